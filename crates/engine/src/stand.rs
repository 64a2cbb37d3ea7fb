//! A place that is ready to run a job's command: a container, or this machine.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempPath;
use testdock_core::model::{Fault, Provenance, RunError};
use testdock_core::plan::{Job, Site};

use crate::docker::Container;
use crate::docker::compose::Claim;
use crate::frames::Frame;
use crate::local;
use crate::pipes::Pipes;
use crate::supervisor::{Base, Command, Cookie, helpers_dir};

/// The variable by which build servers say that they are.
const CI: &str = "CI";

/// Where a job's command runs.
#[derive(Debug)]
pub(crate) struct Stand {
    /// What results are stamped with.
    pub(crate) provenance: Arc<Provenance>,
    /// Variables for everything that runs there, beside those that are there anyway.
    pub(crate) env: BTreeMap<String, String>,
    /// The shell that runs commands there.
    pub(crate) shell: &'static [&'static str],
    /// Our directory there.
    pub(crate) base: Base,
    /// Whether what is written there is the caller's.
    pub(crate) is_caller: bool,
    /// What makes it.
    pub(crate) seat: Seat,
    /// That nobody takes away what it needs of a compose project.
    #[expect(dead_code, reason = "holding it is what it is for")]
    pub(crate) claim: Option<Claim>,
}

/// What a stand is made of.
#[derive(Debug)]
pub(crate) enum Seat {
    /// This machine.
    Here,
    /// A container.
    Container(Box<Container>),
}

/// Why a command was not started.
#[derive(Debug)]
pub(crate) enum NotStarted {
    /// The container is gone; another one may do.
    Gone,
    /// An error for people.
    Failed(RunError),
}

impl Stand {
    /// Starts a command there.
    pub(crate) async fn start(&self, command: &Command) -> Result<Pipes, NotStarted> {
        let mut env = self.passed_on();
        env.extend(self.env.clone());
        env.extend(command.env.iter().cloned());
        let command = Command { argv: command.argv.clone(), env: env.into_iter().collect() };
        match &self.seat {
            Seat::Here => local::start(&command).map_err(NotStarted::Failed),
            Seat::Container(container) => container.exec(command).await,
        }
    }

    /// What a container is told of the caller's environment: test tools ask whether a build server has started them, and
    /// then write no snapshot that is not there.
    fn passed_on(&self) -> BTreeMap<String, String> {
        let is_container = matches!(self.seat, Seat::Container(_));
        let told = std::env::var(CI).ok().filter(|value| is_container && !value.is_empty());
        told.map(|value| (CI.to_owned(), value)).into_iter().collect()
    }

    /// Where `job` runs, in the words of its framework.
    pub(crate) fn site(&self, root: &Utf8Path, job: &Job, cookie: &Cookie) -> Site {
        let mut site = Site {
            root: root.to_owned(),
            paths: self.provenance.paths.clone(),
            helpers: format!("{}/helpers", self.base.dir),
            cache: match self.seat {
                Seat::Container(_) => Some("/tmp/testdock-cache".to_owned()),
                Seat::Here => None,
            },
            scratch: cookie.scratch(&self.base),
        };
        // The helpers are the same wherever they lie, and their directory is named after them.
        let helpers = job.suite.framework.invocation(job, &site).helpers;
        site.helpers = helpers_dir(&self.base, &helpers);
        site
    }

    /// Whether it is still to be proven that the workspace is seen there.
    pub(crate) fn is_new(&self) -> bool {
        matches!(&self.seat, Seat::Container(container) if container.is_unproven())
    }

    /// Gives up a container that does not see the workspace: it never will. Says whether another one may.
    pub(crate) async fn forsake(&self, refusal: &Frame) -> bool {
        match (&self.seat, refusal) {
            (Seat::Container(container), Frame::Blind(_)) => container.forsake().await,
            _ => false,
        }
    }

    /// Whether its container is somebody else's.
    pub(crate) fn is_borrowed(&self) -> bool {
        matches!(&self.seat, Seat::Container(container) if container.is_borrowed())
    }

    /// Whether what is written there is not written here.
    pub(crate) fn has_copy(&self) -> bool {
        matches!(&self.seat, Seat::Container(container) if container.has_copy())
    }

    /// Why its container has ended by itself, where it has.
    pub(crate) async fn entry_error(&self) -> Option<RunError> {
        match &self.seat {
            Seat::Container(container) => container.entry_error().await,
            Seat::Here => None,
        }
    }

    /// Ends what was made for one run alone.
    pub(crate) async fn leave(&self) {
        if let Seat::Container(container) = &self.seat {
            container.leave().await;
        }
    }
}

/// Files of the workspace that a container must see, and the one among them that was made for it.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    pub(crate) paths: Vec<Utf8PathBuf>,
    pub(crate) made: Option<TempPath>,
}

impl Witness {
    /// A new file of the workspace, which a stale copy of the workspace cannot have; names that
    /// are there anyway, where the workspace cannot be written.
    pub(crate) fn call(root: &Utf8Path) -> Result<Self, RunError> {
        let git = root.join(".git");
        let dirs = [git.is_dir().then_some(git.as_path()), Some(root)];
        let made = dirs.into_iter().flatten().find_map(|dir| {
            let file = tempfile::Builder::new().prefix(".testdock-").tempfile_in(dir);
            file.ok()
        });
        if let Some(file) = made {
            let made = file.into_temp_path();
            let paths = Utf8PathBuf::from_path_buf(made.to_path_buf()).into_iter().collect();
            return Ok(Self { paths, made: Some(made) });
        }
        let entries = root.read_dir_utf8().map_err(|e| {
            RunError::new(Fault::Configuration, format!("cannot read the workspace {root}: {e}"))
        })?;
        let paths = entries.flatten().take(8).map(|e| e.into_path()).collect();
        Ok(Self { paths, made: None })
    }
}
