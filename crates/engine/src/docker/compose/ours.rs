//! What Testdock had the compose tool start: found by its label, and taken down when nobody uses it.

use std::collections::HashMap;

use bollard::Docker;
use bollard::query_parameters::{
    ListContainersOptionsBuilder, ListNetworksOptionsBuilder, RemoveContainerOptionsBuilder,
};
use camino::Utf8Path;
use testdock_core::containers::origin::{INTERPRETER, WORKSPACE};

use super::super::container::now;
use super::super::recipe::KEY;
use super::claim::Claim;
use super::{PROJECT, SERVICE};

/// The label of what Testdock had started: for which interpreter of the workspace.
pub(super) const SERVES: &str = "dev.testdock.serves";

/// What was started so recently may be waiting for the container that needs it.
const YOUNG: i64 = 300;

/// Takes down what Testdock had started for containers that are gone, unless somebody else uses the
/// project by now. Where nobody was killed, a process of its own has done it before.
pub(in super::super) async fn sweep(docker: &Docker) {
    let ours = listed(docker, SERVES).await;
    if ours.is_empty() {
        return;
    }
    let users = users(docker).await;
    let old = now() - YOUNG;
    for left in
        ours.iter().filter(|left| left.created < old && !users.iter().any(|it| left.serves(it)))
    {
        let project = left.project();
        let Some(_alone) = Claim::alone(&project) else {
            continue;
        };
        if !is_shared(docker, &project).await {
            remove(docker, &left.id, &project).await;
        }
    }
}

/// The containers of tests that run.
pub(super) async fn users(docker: &Docker) -> Vec<Listed> {
    let mut tests = listed(docker, KEY).await;
    tests.retain(|container| container.running && !container.label(INTERPRETER).is_empty());
    tests
}

/// Whether somebody else runs something of a project.
pub(super) async fn is_shared(docker: &Docker, project: &str) -> bool {
    let all = listed(docker, &format!("{PROJECT}={project}")).await;
    all.iter().any(|container| container.running && container.label(SERVES).is_empty())
}

/// Removes the containers that Testdock had started of a service.
pub(super) async fn forsake(docker: &Docker, project: &str, service: &str) {
    let ours = listed(docker, SERVES).await;
    for left in ours.iter().filter(|it| it.project() == project && it.label(SERVICE) == service) {
        remove(docker, &left.id, "").await;
    }
}

/// Removes a container of a project, and with the last one the project's networks.
pub(super) async fn remove(docker: &Docker, id: &str, project: &str) {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    // Whoever else has removed it meanwhile has done it.
    let _ = docker.remove_container(id, Some(options)).await;
    if project.is_empty() || !listed(docker, &format!("{PROJECT}={project}")).await.is_empty() {
        return;
    }
    let filters = HashMap::from([("label", vec![format!("{PROJECT}={project}")])]);
    let options = ListNetworksOptionsBuilder::default().filters(&filters).build();
    for network in docker.list_networks(Some(options)).await.unwrap_or_default() {
        // One that is in use stays.
        let _ = docker.remove_network(&network.id.unwrap_or_default()).await;
    }
}

/// A container as the engine lists it.
pub(super) struct Listed {
    pub(super) id: String,
    created: i64,
    running: bool,
    labels: HashMap<String, String>,
}

impl Listed {
    fn label(&self, name: &str) -> String {
        self.labels.get(name).cloned().unwrap_or_default()
    }

    /// The compose project that it is of.
    pub(super) fn project(&self) -> String {
        self.label(PROJECT)
    }

    /// Whether it was started for a container of tests like `user`.
    pub(super) fn serves(&self, user: &Self) -> bool {
        self.label(WORKSPACE) == user.label(WORKSPACE)
            && self.label(SERVES) == user.label(INTERPRETER)
    }
}

pub(super) async fn listed(docker: &Docker, label: &str) -> Vec<Listed> {
    let filters = HashMap::from([("label", vec![label.to_owned()])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let list = docker.list_containers(Some(options)).await.unwrap_or_default();
    let listed = list.into_iter().map(|c| Listed {
        id: c.id.unwrap_or_default(),
        created: c.created.unwrap_or(0),
        running: c.state.is_some_and(|state| state.to_string() == "running"),
        labels: c.labels.unwrap_or_default(),
    });
    listed.collect()
}

/// Takes down what Testdock had started for an interpreter of the workspace, and says its names.
pub(in super::super) async fn take_down(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &str,
) -> Vec<String> {
    let mut removed = Vec::new();
    for left in listed(docker, &format!("{SERVES}={interpreter}")).await {
        if left.label(WORKSPACE) == root.as_str() {
            remove(docker, &left.id, &left.label(PROJECT)).await;
            removed.push(format!("{} of {}", left.label(SERVICE), left.label(PROJECT)));
        }
    }
    removed
}
