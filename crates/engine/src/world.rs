//! The real world: containers, this machine, files.

use std::sync::Arc;
use std::time::Instant;

use bollard::Docker;
use camino::{Utf8Path, Utf8PathBuf};
use dashmap::DashMap;
use futures_util::future::{BoxFuture, join_all};
use testdock_core::interpreter::{Found, Standing};
use testdock_core::model::{End, Ended, Fault, RunError, RunEvent, Stage};
use testdock_core::plan::{Interpreter, Plan};
use tokio_util::sync::CancellationToken;

use crate::docker::connect::{address, connect};
use crate::docker::standing;
use crate::job;
use crate::log::RunLog;
use crate::runner::{Events, Runner};
use crate::state::state_directory;

/// Runs each job where its interpreter says: in a container, or on this machine.
#[derive(Debug, Clone)]
pub struct World(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Connections that stand, by the engine's address.
    engines: DashMap<Option<String>, Docker>,
    /// Where the logs of runs lie.
    logs: Utf8PathBuf,
}

impl World {
    /// The world, with logs in the caller's state directory.
    pub fn new() -> Self {
        let state = state_directory().unwrap_or_else(|| "/tmp/testdock".into());
        Self::with_logs(state.join("runs"))
    }

    /// The world, with logs in `logs`.
    pub fn with_logs(logs: Utf8PathBuf) -> Self {
        Self(Arc::new(Inner { engines: DashMap::new(), logs }))
    }

    /// The engine of `interpreter`.
    pub(crate) async fn docker(
        &self,
        interpreter: &Interpreter,
        events: &Events,
    ) -> Result<Docker, RunError> {
        if !self.0.engines.contains_key(&interpreter.host) {
            events.send(RunEvent::Preparing(Stage::Connecting)).await;
        }
        self.engine(interpreter.host.as_deref()).await
    }

    /// The engine at `host`, or the active one.
    pub(crate) async fn engine(&self, host: Option<&str>) -> Result<Docker, RunError> {
        let host = host.map(str::to_owned);
        if let Some(docker) = self.0.engines.get(&host) {
            return Ok(docker.clone());
        }
        let docker = connect(host.as_deref()).await?;
        self.0.engines.insert(host, docker.clone());
        Ok(docker)
    }

    /// Gives up the connection to an engine that did not answer: the next one who needs it is told why it
    /// cannot be reached, or reaches it.
    pub(crate) fn forget(&self, host: Option<&str>) {
        self.0.engines.remove(&host.map(str::to_owned));
    }

    /// What an error of the engine at `host` really means: of one that answers no more a new try to reach it
    /// tells most, beside what was being done.
    pub(crate) async fn explain(&self, host: Option<&str>, error: RunError) -> RunError {
        let was_reached = self.0.engines.contains_key(&host.map(str::to_owned));
        if error.fault != Fault::Interpreter || error.place.is_some() || !was_reached {
            return error;
        }
        match connect(host).await {
            Ok(_) => error,
            Err(unreachable) => {
                self.forget(host);
                let doing = error.message.split(": ").next().unwrap_or_default();
                let message = format!("{doing}: {}", unreachable.message);
                RunError { message, ..unreachable }
            }
        }
    }

    /// How an interpreter stands.
    async fn standing(&self, root: &Utf8Path, interpreter: &Interpreter) -> Standing {
        let host = interpreter.host.as_deref();
        let engine = address(host).unwrap_or_else(|_| host.unwrap_or_default().to_owned());
        let need = match standing::need(root, interpreter).await {
            Ok(need) => need,
            Err(error) => {
                return Standing { engine, found: Found::Invalid(error), inputs: Vec::new() };
            }
        };
        let asked = async {
            let docker = self.engine(host).await?;
            standing::found(&docker, root, interpreter, &need).await
        };
        let found = match asked.await {
            Ok(found) => found,
            Err(error) => Found::Unreachable(self.explain(host, error).await),
        };
        Standing { engine, found, inputs: need.inputs }
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl Runner for World {
    fn perform(
        &self,
        plan: Arc<Plan>,
        events: Events,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, ()> {
        let world = self.clone();
        Box::pin(async move {
            let began = Instant::now();
            let mut log = RunLog::new(&world.0.logs, &plan.run);
            let mut how = Box::pin(job::perform(&world, &plan, &events, &cancel, &mut log)).await;
            if let End::Broken(error) = &mut how {
                let recent = Some(log.recent()).filter(|recent| !recent.is_empty());
                error.log = error.log.take().or(recent.map(Into::into));
            }
            let ended = Ended { how, duration: began.elapsed(), log: log.finish() };
            events.send(RunEvent::Ended(ended)).await;
        })
    }

    fn look(
        &self,
        root: Utf8PathBuf,
        places: Vec<Arc<Interpreter>>,
    ) -> BoxFuture<'static, Vec<(Arc<Interpreter>, Standing)>> {
        let world = self.clone();
        Box::pin(async move {
            let standings = places.into_iter().map(|place| async {
                let standing = world.standing(&root, &place).await;
                (place, standing)
            });
            join_all(standings).await
        })
    }
}
