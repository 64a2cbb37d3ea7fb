//! The containers view: what there is on the engines of the open folders, live while the client asks.
//!
//! No engine is touched before the client asks for something. What waits for an engine does so beside the
//! handlers, and a few at a time: an engine that hangs holds up nothing else.

mod logs;
mod snapshot;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use testdock_core::containers::{Inventory, Project};
use testdock_core::model::{Fault, RunError};
use testdock_engine::containers::{self, Engine};
use testdock_engine::world::World;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::ext::ContainersSnapshot;
use crate::shared::Shared;

pub(crate) use logs::{Wish, close as close_logs, open as open_logs};
pub(crate) use watch::watch;

/// Requests that may wait for engines at once.
const AT_ONCE: usize = 16;
/// So long an engine may take to tell what there is.
const PATIENCE: Duration = Duration::from_secs(8);

/// What the view knows.
#[derive(Debug)]
pub(crate) struct Panel {
    world: World,
    known: Mutex<Known>,
    /// What is known has changed.
    changed: Notify,
    /// Folders or their interpreters have changed.
    folders_changed: Notify,
    slots: Arc<Semaphore>,
    logs: logs::Open,
    /// Nobody waits for an engine any more.
    closed: CancellationToken,
}

#[derive(Debug, Default)]
struct Known {
    seq: u64,
    /// Ends the watching; there while the client is told of changes.
    watching: Option<CancellationToken>,
    engines: Vec<Engine>,
    projects: Vec<Project>,
    /// What the watched engines have told last.
    told: BTreeMap<Option<String>, Result<Inventory, RunError>>,
}

impl Default for Panel {
    fn default() -> Self {
        Self {
            world: World::new(),
            known: Mutex::default(),
            changed: Notify::new(),
            folders_changed: Notify::new(),
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            logs: logs::Open::default(),
            closed: CancellationToken::new(),
        }
    }
}

impl Panel {
    /// Folders came, went or were read again: containers belong to others, engines may be others.
    pub(crate) fn folders_changed(&self) {
        self.folders_changed.notify_one();
    }

    /// Watches no longer, reads no logs and waits for no engine any more.
    pub(crate) fn close(&self) {
        self.closed.cancel();
        if let Some(watching) = self.known().watching.take() {
            watching.cancel();
        }
        self.logs.close_all();
    }

    /// Asks an engine for something, beside everything else: a request that is cancelled leaves nothing
    /// half done.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        request: impl Future<Output = Result<T, RunError>> + Send + 'static,
    ) -> Result<T, RunError> {
        let Ok(slot) = self.slots.clone().try_acquire_owned() else {
            let message = "too many requests wait for the engine already";
            return Err(
                RunError::new(Fault::Interpreter, message).help("try again when it answers")
            );
        };
        let asked = tokio::spawn(async move {
            let answer = request.await;
            drop(slot);
            answer
        });
        match self.closed.run_until_cancelled(asked).await {
            Some(Ok(answer)) => answer,
            Some(Err(error)) => {
                let message = format!("cannot ask the engine: {error}");
                Err(RunError::new(Fault::Interpreter, message))
            }
            None => Err(RunError::new(Fault::Interpreter, "the server is shutting down")),
        }
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engines that there are for the open folders, and these folders.
async fn look_around(shared: &Shared) -> (Vec<Engine>, Vec<Project>) {
    let hosts = shared.handle.ask(|session| {
        let hosts = session.folders().flat_map(|folder| folder.workspace.hosts());
        hosts.collect::<BTreeSet<_>>()
    });
    let engines = containers::engines(&hosts.await.unwrap_or_default());
    (engines, shared.folders.projects())
}

/// The engine that a client names, if it is one that it was told of.
pub(crate) async fn host(shared: &Shared, engine: &str) -> Result<Option<String>, RunError> {
    if engine.is_empty() {
        return Ok(None);
    }
    let (engines, _) = look_around(shared).await;
    let known = engines.into_iter().find(|it| it.host.as_deref() == Some(engine));
    known.map(|it| it.host).ok_or_else(|| {
        let message = format!("no interpreter of the open folders is on the engine {engine}");
        RunError::new(Fault::Configuration, message)
            .help("name one that testdock/containers tells of")
    })
}

/// What there is. Engines that are watched have told already; the others are asked.
pub(crate) async fn snapshot(shared: &Arc<Shared>) -> ContainersSnapshot {
    let (engines, projects) = look_around(shared).await;
    let untold = {
        let known = shared.panel.known();
        let mut untold = engines.clone();
        untold.retain(|engine| !known.told.contains_key(&engine.host));
        untold
    };
    let asked = untold.into_iter().map(|engine| async {
        let listed = containers::list(&shared.panel.world, engine.host.as_deref());
        let listed = match tokio::time::timeout(PATIENCE, listed).await {
            Ok(listed) => listed,
            Err(_) => Err(silent(&engine)),
        };
        (engine.host, listed)
    });
    let asked: BTreeMap<_, _> = join_all(asked).await.into_iter().collect();
    let mut known = shared.panel.known();
    known.seq += 1;
    // What was told meanwhile is newer.
    let look = |host: &Option<String>| known.told.get(host).or_else(|| asked.get(host));
    snapshot::snapshot(known.seq, &engines, &projects, look)
}

fn silent(engine: &Engine) -> RunError {
    let message = format!(
        "cannot look at Docker at {}: no answer within {} s",
        engine.label,
        PATIENCE.as_secs()
    );
    RunError::new(Fault::Interpreter, message).help("see whether the engine runs: docker info")
}
