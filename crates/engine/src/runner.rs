//! The one seam to the world: perform this plan, and say what happens; say how a place stands.

use std::sync::Arc;

use camino::Utf8PathBuf;
use futures_util::future::BoxFuture;
use testdock_core::containers::mask::Secrets;
use testdock_core::id::RunId;
use testdock_core::interpreter::Standing;
use testdock_core::model::{RunEvent, Stage};
use testdock_core::plan::{Interpreter, Plan};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Performs plans, and knows the places where they run. Whatever happens, the last event of a run is [`RunEvent::Ended`], once.
pub trait Runner: Send + Sync + 'static {
    /// Performs `plan`; ends within a second of `cancel`, with nothing of it left running.
    fn perform(
        &self,
        plan: Arc<Plan>,
        events: Events,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, ()>;

    /// Says how interpreters of the workspace `root` stand, and changes nothing.
    fn look(
        &self,
        root: Utf8PathBuf,
        places: Vec<Arc<Interpreter>>,
    ) -> BoxFuture<'static, Vec<(Arc<Interpreter>, Standing)>>;
}

/// Where a run's events go. When nobody listens any more, they are dropped.
#[derive(Debug, Clone)]
pub struct Events {
    run: RunId,
    sender: mpsc::Sender<(RunId, RunEvent)>,
    /// What no word of a build is to tell.
    secrets: Arc<Secrets>,
}

impl Events {
    /// Events of `run`, sent to `sender`. A full channel holds the run back, so that a fast tool
    /// never fills memory.
    pub fn new(run: RunId, sender: mpsc::Sender<(RunId, RunEvent)>) -> Self {
        Self { run, sender, secrets: Arc::default() }
    }

    /// The same without these secrets in what a build says.
    pub(crate) fn without(&self, secrets: Secrets) -> Self {
        Self { secrets: Arc::new(secrets), ..self.clone() }
    }

    /// Sends one event.
    pub async fn send(&self, event: RunEvent) {
        let event = match event {
            RunEvent::BuildLog(line) => RunEvent::BuildLog(self.secrets.hide(line)),
            RunEvent::Preparing(Stage::Building { step, number, of }) => {
                let step = self.secrets.hide(step);
                RunEvent::Preparing(Stage::Building { step, number, of })
            }
            event => event,
        };
        // A closed channel means that the loop is gone, and with it everyone who could be told.
        let _ = self.sender.send((self.run.clone(), event)).await;
    }
}
