//! The container of a service that the tests need: how it is, and whether it is what the files say.

use std::collections::HashMap;

use bollard::Docker;
use bollard::models::{
    ContainerInspectResponse, ContainerState, ContainerSummary, HealthStatusEnum,
};
use bollard::query_parameters::ListContainersOptionsBuilder;
use sha2::{Digest as _, Sha256};
use testdock_core::containers::origin::SERVES;
use testdock_core::interpreter::{Condition, Dependency};
use testdock_core::model::RunError;

use super::super::container::engine_error;
use super::super::printed::end_of_log;
use super::super::see;
use super::{PROJECT, SERVICE};
use crate::supervisor::hex;

/// The label of what Testdock had started: the hash of what the files said of it.
pub(super) const DEFINITION: &str = "dev.testdock.definition";

/// How a service is.
pub(super) enum State {
    /// As it has to be.
    Well,
    /// Not yet.
    Coming,
    /// Not there, or not started.
    Down,
    /// It ran, and ended with that exit code.
    Ended(i64),
    /// It will not become well, why, and what it said.
    Bad(&'static str, String),
}

/// A service's container.
pub(super) struct Service(ContainerInspectResponse);

impl Service {
    /// The container of a service, where it has one.
    pub(super) async fn find(
        docker: &Docker,
        project: &str,
        service: &str,
    ) -> Result<Option<Self>, RunError> {
        let labels = vec![format!("{PROJECT}={project}"), format!("{SERVICE}={service}")];
        let filters = HashMap::from([("label", labels)]);
        let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
        let listed = see::containers(docker, options).await;
        let listed = listed.map_err(|e| engine_error("list containers", &e))?;
        let Some(id) = listed.into_iter().find(|it| !is_one_off(it)).and_then(|it| it.id) else {
            return Ok(None);
        };
        // One that is gone by now is not there.
        let found = see::container(docker, &id).await;
        Ok(found.ok().map(Self))
    }

    /// How it is, for somebody who needs it so.
    pub(super) fn state(&self, condition: Condition) -> State {
        judge(&self.0.state.clone().unwrap_or_default(), condition)
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        self.0.name.as_deref().unwrap_or_default().trim_start_matches('/')
    }

    /// Whether Testdock had it started.
    pub(super) fn is_ours(&self) -> bool {
        self.label(SERVES).is_some()
    }

    /// Whether the tool would make another one now: the files say something else, or its image's name means another image.
    pub(super) async fn is_outdated(&self, docker: &Docker, need: &Dependency) -> bool {
        if self.label(DEFINITION) != Some(&hash(&need.definition)) {
            return true;
        }
        let name = self.0.config.as_ref().and_then(|config| config.image.as_deref());
        // The newer tool writes down which one it took.
        let taken = self.label("com.docker.compose.image").or(self.0.image.as_ref());
        match see::image(docker, name.unwrap_or_default()).await {
            Ok(image) => digest(image.id.as_ref()) != digest(taken),
            // Without its image nothing is known of another one.
            Err(_) => false,
        }
    }

    /// Whether it ended, and not as it should have.
    pub(super) fn failed(&self, condition: Condition) -> bool {
        match self.state(condition) {
            State::Bad(..) => true,
            State::Ended(code) => code != 0,
            State::Well | State::Coming | State::Down => false,
        }
    }

    /// The end of what it printed.
    pub(super) async fn log(&self, docker: &Docker) -> String {
        end_of_log(docker, self.0.id.as_deref().unwrap_or_default()).await
    }

    fn label(&self, name: &str) -> Option<&String> {
        self.0.config.as_ref()?.labels.as_ref()?.get(name)
    }
}

/// Whether somebody has made it for one command, beside the service's own.
pub(super) fn is_one_off(container: &ContainerSummary) -> bool {
    let label = container.labels.as_ref().and_then(|it| it.get("com.docker.compose.oneoff"));
    label.is_some_and(|it| it.eq_ignore_ascii_case("true"))
}

/// An image's id in one form.
fn digest(id: Option<&String>) -> &str {
    id.map_or("", |id| id.trim_start_matches("sha256:"))
}

/// The value of the label.
pub(super) fn hash(definition: &str) -> String {
    hex(&Sha256::digest(definition)[..16])
}

fn judge(state: &ContainerState, condition: Condition) -> State {
    let running = state.running == Some(true);
    let status = state.status.map(|status| status.to_string()).unwrap_or_default();
    let ended = matches!(status.as_str(), "exited" | "dead");
    let code = state.exit_code.unwrap_or(0);
    let health = state.health.clone().unwrap_or_default();
    match (condition, health.status) {
        (Condition::Completed, _) if running => State::Coming,
        (Condition::Completed, _) if ended && code == 0 => State::Well,
        _ if ended => State::Ended(code),
        _ if !running => State::Down,
        (Condition::Healthy, Some(HealthStatusEnum::HEALTHY)) | (Condition::Started, _) => {
            State::Well
        }
        (_, Some(HealthStatusEnum::UNHEALTHY)) => {
            let last = health.log.iter().flatten().last();
            let said = last.and_then(|probe| probe.output.clone()).unwrap_or_default();
            State::Bad("its health check fails", said)
        }
        (_, Some(HealthStatusEnum::STARTING)) => State::Coming,
        _ => State::Bad("it has no health check, and its health is asked for", String::new()),
    }
}
