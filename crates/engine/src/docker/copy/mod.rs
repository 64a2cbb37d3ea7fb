//! The workspace in a container whose engine does not share this machine's files: a copy in a volume of the
//! container, brought up to date before each run with what changed since the last.
//!
//! The volume has no name, and goes with its container. What a container has is noted on this machine
//! ([`ledger`]), and a container that nothing is known of is given up: a copy is never taken for more than
//! it is.

mod ledger;
mod send;
mod tree;

use std::io;

use bollard::Docker;
use camino::Utf8PathBuf;
use testdock_core::model::{Fault, RunError, RunEvent, Stage};
use tokio::task::{JoinHandle, spawn_blocking};

use self::ledger::Ledger;
use self::send::{Coming, Failure, is_full, send};
use self::tree::{Changes, Tree};
use super::container::engine_error;
use super::recipe::Recipe;
use crate::runner::Events;

pub(super) use self::ledger::machine;
pub(super) use self::tree::{Part, left_out};

/// What a container has of the workspace, and where.
#[derive(Debug, Clone)]
pub(super) struct Copy {
    pub(super) root: Utf8PathBuf,
    pub(super) parts: Vec<Part>,
    /// Directories of the container that something else lies over.
    pub(super) hidden: Vec<String>,
    /// Files from elsewhere, for places where the workspace has none or an empty one.
    pub(super) files: Vec<(Utf8PathBuf, String)>,
}

/// The right to change the copies in one kind of container; others wait for it.
#[derive(Debug)]
pub(super) struct Turn {
    copy: Copy,
    /// What there is to be had: it is looked at while the container is found or made.
    look: JoinHandle<Tree>,
    /// `None` for a container that no other run will meet.
    ledger: Option<Ledger>,
}

impl Turn {
    /// Waits for the right to change what the containers of `recipe` have; `None` where they see the workspace itself.
    pub(super) async fn take(recipe: &Recipe) -> Result<Option<Self>, RunError> {
        let Some(copy) = recipe.copy.clone() else {
            return Ok(None);
        };
        let mut ledger = None;
        if !recipe.alone {
            let key = recipe.key.clone();
            let opened = spawn_blocking(move || Ledger::open(&key)).await;
            let opened = opened.unwrap_or_else(|e| Err(io::Error::other(e)));
            ledger = Some(opened.map_err(|e| unnoted(&e))?);
        }
        let look = spawn_blocking({
            let copy = copy.clone();
            move || copy.look()
        });
        Ok(Some(Self { copy, look, ledger }))
    }

    /// Brings all of the workspace to a new container.
    pub(super) async fn fill(
        &mut self,
        docker: &Docker,
        id: &str,
        events: &Events,
    ) -> Result<(), RunError> {
        self.bring(docker, id, Tree::new(), events).await
    }

    /// Brings what changed to a container that was found; says whether it is known what it had.
    pub(super) async fn refresh(
        &mut self,
        docker: &Docker,
        id: &str,
        events: &Events,
    ) -> Result<bool, RunError> {
        match self.ledger.as_mut().and_then(|ledger| ledger.read(id)) {
            Some(before) => self.bring(docker, id, before, events).await.map(|()| true),
            None => Ok(false),
        }
    }

    async fn bring(
        &mut self,
        docker: &Docker,
        id: &str,
        before: Tree,
        events: &Events,
    ) -> Result<(), RunError> {
        let after = (&mut self.look).await.map_err(|e| failed(&e.to_string()))?;
        let changes = Changes::between(&before, &after);
        if changes.is_empty() {
            return Ok(());
        }
        if let Some(ledger) = &mut self.ledger {
            ledger.clear().map_err(|e| unnoted(&e))?;
        }
        let bytes =
            changes.new.iter().filter_map(|path| after.get(path)).map(tree::Entry::size).sum();
        let files = changes.new.len() + changes.gone.len();
        events.send(RunEvent::Preparing(Stage::Copying { files, bytes })).await;
        let coming = self.copy.coming(changes.new);
        let sent = send(docker, id, &changes.gone, coming).await;
        for unread in sent.map_err(not_sent)? {
            let warning = format!("cannot read {unread}: the tests do not see it");
            events.send(RunEvent::Warning(warning)).await;
        }
        match &mut self.ledger {
            Some(ledger) => ledger.write(id, after).map_err(|e| unnoted(&e)),
            None => Ok(()),
        }
    }
}

impl Copy {
    fn look(&self) -> Tree {
        let mut tree = tree::look(&self.root, &self.parts, &self.hidden);
        for (host, path) in &self.files {
            let is_lacking = tree.get(path).is_none_or(|entry| entry.size() == 0);
            if is_lacking && let Some(entry) = tree::entry(host) {
                tree.insert(path.clone(), entry);
            }
        }
        tree
    }

    fn coming(&self, paths: Vec<String>) -> Coming {
        let with_host =
            |path: String| Some((path.trim_start_matches('/').to_owned(), self.host(&path)?));
        paths.into_iter().filter_map(with_host).collect()
    }

    /// The file that goes to a path of the container.
    fn host(&self, path: &str) -> Option<Utf8PathBuf> {
        let below = |part: &Part| {
            let rest = path.strip_prefix(part.dir.trim_end_matches('/'))?;
            match rest.strip_prefix('/') {
                Some(rest) => Some(part.host.join(rest)),
                None => rest.is_empty().then(|| part.host.clone()),
            }
        };
        let nearest = self.parts.iter().filter_map(|part| Some((part.dir.len(), below(part)?)));
        let (_, host) = nearest.max_by_key(|(length, _)| *length)?;
        let brought = self.files.iter().find(|(_, place)| place == path).map(|(host, _)| host);
        let is_lacking = || host.symlink_metadata().map_or(true, |meta| meta.len() == 0);
        Some(brought.filter(|_| is_lacking()).cloned().unwrap_or(host))
    }
}

fn failed(why: &str) -> RunError {
    let message = format!("cannot copy the workspace to the container: {why}");
    RunError::new(Fault::Interpreter, message)
}

fn unnoted(error: &io::Error) -> RunError {
    failed(&format!("what it has cannot be noted in the cache directory: {error}"))
        .help("make room there, or set XDG_CACHE_HOME to a directory that can be written")
}

fn not_sent(failure: Failure) -> RunError {
    match failure {
        Failure::Engine(error) => engine_error("copy the workspace to the container", &error),
        Failure::Command(why) if is_full(&why) => failed("the engine's disk is full")
            .help("free some of it: docker system df, docker system prune; or leave more out: .testdockignore"),
        Failure::Command(why) if why.is_empty() => {
            failed("the container ended meanwhile").help("see whether the engine runs, then run again")
        }
        Failure::Command(why) => failed(&why).help("run again with --fresh for a new container"),
        Failure::Here(error) => {
            failed(&error.to_string()).help("see whether the workspace can be read")
        }
    }
}
