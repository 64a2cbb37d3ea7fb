//! What runs in a container before its first process of ours, and should go on with that: listened to, since the engine
//! removes such a container with its log when it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bollard::Docker;
use bollard::query_parameters::{AttachContainerOptionsBuilder, EventsOptionsBuilder};
use futures_util::StreamExt as _;
use testdock_core::model::{Fault, RunError};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::container::now;
use super::printed::Tail;
use super::recipe::KEEPER;

/// The engine has so long to say how a container ended.
const PATIENCE: Duration = Duration::from_secs(2);

/// An entrypoint that was kept.
#[derive(Debug, Clone)]
pub(super) struct Entry(Arc<Listener>);

#[derive(Debug)]
struct Listener {
    docker: Docker,
    container: String,
    image: String,
    since: i64,
    said: Arc<Mutex<Tail>>,
    task: AbortHandle,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Entry {
    /// Listens to a container of `image` that is about to start.
    pub(super) async fn listen(docker: &Docker, container: &str, image: &str) -> Option<Self> {
        let options = AttachContainerOptionsBuilder::default();
        let options = options.stream(true).stdout(true).stderr(true).build();
        let attached = docker.attach_container(container, Some(options)).await;
        let mut output = attached.ok()?.output;
        let said = Arc::new(Mutex::new(Tail::default()));
        let heard = said.clone();
        let task = tokio::spawn(async move {
            while let Some(Ok(piece)) = output.next().await {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.push(&String::from_utf8_lossy(&piece.into_bytes()));
            }
        });
        Some(Self(Arc::new(Listener {
            docker: docker.clone(),
            container: container.to_owned(),
            image: image.to_owned(),
            since: now(),
            said,
            task: task.abort_handle(),
        })))
    }

    /// The error of a container that ended by itself; `None` for one that somebody has ended, or that runs.
    pub(super) async fn error(&self) -> Option<RunError> {
        let code = self.exit_code().await?;
        let image = &self.0.image;
        let message = format!(
            "cannot run the tests: the entrypoint of {image} ended with exit code {code}, and the container with it"
        );
        let error = RunError::new(Fault::Interpreter, message).help(
            "it has to go on with the command that it is given: end it with exec \"$@\", or leave it out with \
             entrypoint = false under [interpreter]",
        );
        // Whoever prints what it is given prints all of it.
        let said = self.0.said.lock().unwrap_or_else(PoisonError::into_inner);
        let log = said.text().replace(KEEPER.trim_end(), "…");
        let log = log.trim();
        Some(RunError { log: (!log.is_empty()).then(|| log.into()), ..error })
    }

    async fn exit_code(&self) -> Option<String> {
        let filters = HashMap::from([
            ("container", vec![self.0.container.as_str()]),
            // Podman tells it as Docker does, but looks for it by a word of its own.
            ("event", vec!["kill", "die", "died"]),
        ]);
        let options = EventsOptionsBuilder::default()
            .since(&self.0.since.to_string())
            .until(&(now() + 1).to_string())
            .filters(&filters)
            .build();
        let mut events = self.0.docker.events(Some(options));
        let first = timeout(PATIENCE, events.next()).await.ok()??.ok()?;
        let is_end = first.action.as_deref() == Some("die");
        let attributes = first.actor?.attributes.filter(|_| is_end)?;
        // Podman has a word of its own for it.
        attributes.get("exitCode").or(attributes.get("containerExitCode")).cloned()
    }
}
