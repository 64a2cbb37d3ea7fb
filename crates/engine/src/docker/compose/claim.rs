//! Who is about to use what a compose project has, across processes: a lock that ends with its process, however that ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::time::{Duration, SystemTime};

use camino::Utf8PathBuf;
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use crate::state::state_directory;
use crate::supervisor::hex;

/// A project's lock, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim(#[expect(dead_code, reason = "its lock is what it is for")] Option<File>);

/// Between two looks whether somebody else is done.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

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
        at_last(project, Part::Making).await
    }

    /// That a run begins which needs what the project has: until it is over, nobody may take that away. Waits for
    /// whoever is doing so. Where there is no place for a lock, there is none.
    pub(super) async fn begin(project: &str) -> Self {
        let path = path(project, Part::Things);
        let taken = tokio::task::spawn_blocking(move || {
            let file = open(path?).ok()?;
            file.lock_shared().ok()?;
            // Says when somebody last began.
            file.set_modified(SystemTime::now()).ok()?;
            Some(file)
        });
        Self(taken.await.ok().flatten())
    }

    /// That nobody uses the project meanwhile; `None` where somebody does.
    pub(super) fn alone(project: &str) -> Option<Self> {
        exclusive(project, Part::Things)
    }

    /// The same, once nobody does.
    pub(super) async fn alone_at_last(project: &str) -> Self {
        at_last(project, Part::Things).await
    }

    /// That this process is the one to end what the project has; `None` where another one is.
    pub(super) fn ending(project: &str) -> Option<Self> {
        exclusive(project, Part::Ending)
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

/// Looks again and again: a thread that waits for a lock would outlive a run that is cancelled.
async fn at_last(project: &str, part: Part) -> Claim {
    loop {
        match exclusive(project, part) {
            Some(claim) => return claim,
            None => sleep(LOOK_AGAIN).await,
        }
    }
}

fn exclusive(project: &str, part: Part) -> Option<Claim> {
    let Some(file) = path(project, part).and_then(|path| open(path).ok()) else {
        return Some(Claim(None));
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        Ok(()) | Err(TryLockError::Error(_)) => Some(Claim(Some(file))),
    }
}

fn open(path: Utf8PathBuf) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

fn path(project: &str, part: Part) -> Option<Utf8PathBuf> {
    let name = hex(&Sha256::digest(project)[..8]);
    let part = match part {
        Part::Making => "making",
        Part::Things => "things",
        Part::Ending => "ending",
        Part::Lease => "lease",
    };
    Some(state_directory()?.join("compose").join(format!("{name}.{part}")))
}
