//! Who is about to use what a compose project has, across processes: a lock that ends with its process, however that ends.

use std::fs;
use std::io;
use std::time::Duration;

use camino::Utf8PathBuf;

use crate::lock::{self, Lock};

/// A project's lock, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim(#[expect(dead_code, reason = "its lock is what it is for")] Lock);

/// What is claimed of a project.
#[derive(Clone, Copy)]
enum Part {
    /// Making and replacing what its services have.
    Making,
    /// What its services have made.
    Things,
    /// The task of ending them.
    Ending,
    /// How long they are kept.
    Lease,
}

impl Claim {
    /// That this process is the one to make or replace what the project has; waits for another one.
    pub(super) async fn turn(project: &str) -> Self {
        Self(Lock::alone_at_last(path(project, Part::Making).as_deref()).await)
    }

    /// That a run begins which needs what the project has: until it is over, nobody may take that away. Waits for
    /// whoever is doing so. Where there is no place for a lock, there is none.
    pub(super) async fn begin(project: &str) -> Self {
        Self(Lock::shared(path(project, Part::Things)).await)
    }

    /// That nobody uses the project meanwhile; `None` where somebody does.
    pub(super) fn alone(project: &str) -> Option<Self> {
        Lock::alone(path(project, Part::Things).as_deref()).map(Self)
    }

    /// The same, once nobody does.
    pub(super) async fn alone_at_last(project: &str) -> Self {
        Self(Lock::alone_at_last(path(project, Part::Things).as_deref()).await)
    }

    /// That this process is the one to end what the project has; `None` where another one is.
    pub(super) fn ending(project: &str) -> Option<Self> {
        Lock::alone(path(project, Part::Ending).as_deref()).map(Self)
    }
}

/// How long ago somebody last began with a project.
pub(super) fn idle(project: &str) -> Duration {
    let began =
        path(project, Part::Things).and_then(|path| fs::metadata(path).ok()?.modified().ok());
    began.and_then(|began| began.elapsed().ok()).unwrap_or_default()
}

/// Writes down how long a project is kept after that: whoever ends it may have begun when something else was wanted.
pub(super) fn keep(project: &str, lease: Duration) -> io::Result<()> {
    let Some(path) = path(project, Part::Lease) else {
        return Ok(());
    };
    fs::create_dir_all(path.parent().unwrap_or(&path))?;
    fs::write(path, lease.as_secs().to_string())
}

/// How long a project is kept, by the newest word.
pub(super) fn lease(project: &str) -> Option<Duration> {
    let text = fs::read_to_string(path(project, Part::Lease)?).ok()?;
    text.parse().ok().map(Duration::from_secs)
}

fn path(project: &str, part: Part) -> Option<Utf8PathBuf> {
    let part = match part {
        Part::Making => "making",
        Part::Things => "things",
        Part::Ending => "ending",
        Part::Lease => "lease",
    };
    lock::path("compose", project, part)
}
