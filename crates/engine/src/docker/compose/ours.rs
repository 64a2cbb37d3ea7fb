//! What Testdock had the compose tool start: found by its label, and taken down when nobody uses it.

use std::collections::HashMap;
use std::time::Duration;

use bollard::Docker;
use bollard::errors::Error;
use bollard::query_parameters::{
    InspectNetworkOptions, ListContainersOptionsBuilder, ListNetworksOptionsBuilder,
    RemoveContainerOptionsBuilder,
};
use camino::Utf8Path;
use testdock_core::containers::origin::{INTERPRETER, SERVES, WORKSPACE};
use tokio::time::sleep;

use super::super::container::now;
use super::super::recipe::KEY;
use super::super::see;
use super::super::status;
use super::claim::Claim;
use super::{NETWORK, PROJECT, SERVICE};

/// The label of a network that Testdock has made: when, in seconds since 1970.
pub(super) const MADE: &str = "dev.testdock.made";

/// What was started so recently may be waiting for the container that needs it, also in a process that keeps its claims
/// elsewhere, such as another person's.
const YOUNG: i64 = 300;

/// How often a network is tried to be removed, and how long the pause is in between.
const LOOKS: u32 = 10;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Takes down what Testdock had started for containers that are gone, unless somebody else uses the
/// project by now. Where nobody was killed, a process of its own has done it before.
pub(in super::super) async fn sweep(docker: &Docker) {
    let ours = started(docker).await;
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
            remove(docker, left).await;
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
        remove_container(docker, &left.id).await;
    }
}

/// Removes what was started of a project, and with the last container the project's networks.
pub(super) async fn remove(docker: &Docker, left: &Listed) {
    if left.is_network {
        return remove_network(docker, &left.id).await;
    }
    remove_container(docker, &left.id).await;
    remove_abandoned(docker, &left.project()).await;
}

/// Removes the networks of a project that has no container any more.
pub(super) async fn remove_abandoned(docker: &Docker, project: &str) {
    for network in abandoned(docker, project).await {
        remove_network(docker, &network.id).await;
    }
}

/// The networks of a project that has no container any more.
async fn abandoned(docker: &Docker, project: &str) -> Vec<Listed> {
    let of_project = format!("{PROJECT}={project}");
    match try_listed(docker, &of_project).await {
        Ok(containers) if containers.is_empty() => networks(docker, &of_project).await,
        _ => Vec::new(),
    }
}

/// A container of tests that is in a network of a project without containers: another workspace's, which calls its
/// project the same.
pub(super) async fn last_user(docker: &Docker, project: &str) -> Option<Listed> {
    let mut inside = Vec::new();
    for network in abandoned(docker, project).await {
        let found = docker.inspect_network(&network.id, None::<InspectNetworkOptions>).await;
        let containers = found.ok().and_then(|found| found.containers);
        inside.extend(containers.into_iter().flatten().map(|(id, _)| id));
    }
    users(docker).await.into_iter().find(|user| inside.contains(&user.id))
}

async fn remove_container(docker: &Docker, id: &str) {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    // Whoever else has removed it meanwhile has done it.
    let _ = docker.remove_container(id, Some(options)).await;
}

/// A network that is in use stays; of a container that has just ended the engine may think so for a moment.
async fn remove_network(docker: &Docker, id: &str) {
    for _ in 0..LOOKS {
        match docker.remove_network(id).await {
            Err(error) if status(&error) != Some(404) => sleep(LOOK_AGAIN).await,
            _ => break,
        }
    }
}

/// A container or a network as the engine lists it.
pub(super) struct Listed {
    /// A network's name: Podman lets one go that is in use where it is called by its id.
    pub(super) id: String,
    is_network: bool,
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

/// All that Testdock had started: the containers first.
pub(super) async fn started(docker: &Docker) -> Vec<Listed> {
    let mut all = listed(docker, SERVES).await;
    all.extend(networks(docker, SERVES).await);
    all
}

async fn networks(docker: &Docker, label: &str) -> Vec<Listed> {
    let filters = HashMap::from([("label", vec![label.to_owned()])]);
    let options = ListNetworksOptionsBuilder::default().filters(&filters).build();
    let list = docker.list_networks(Some(options)).await.unwrap_or_default();
    let listed = list.into_iter().map(|network| Listed {
        id: network.name.or(network.id).unwrap_or_default(),
        is_network: true,
        created: 0,
        running: false,
        labels: network.labels.unwrap_or_default(),
    });
    let made = |network: &Listed| network.label(MADE).parse().unwrap_or(0);
    listed.map(|network| Listed { created: made(&network), ..network }).collect()
}

pub(super) async fn listed(docker: &Docker, label: &str) -> Vec<Listed> {
    try_listed(docker, label).await.unwrap_or_default()
}

async fn try_listed(docker: &Docker, label: &str) -> Result<Vec<Listed>, Error> {
    let filters = HashMap::from([("label", vec![label.to_owned()])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let list = see::containers(docker, options).await?;
    let listed = list.into_iter().map(|c| Listed {
        id: c.id.unwrap_or_default(),
        is_network: false,
        created: c.created.unwrap_or(0),
        running: c.state.is_some_and(|state| state.to_string() == "running"),
        labels: c.labels.unwrap_or_default(),
    });
    Ok(listed.collect())
}

/// Takes down what Testdock had started for an interpreter of the workspace, or for all of them, and says its names.
pub(in super::super) async fn take_down(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: Option<&str>,
) -> Vec<String> {
    let mut removed = Vec::new();
    for left in started(docker).await {
        let is_its = interpreter.is_none_or(|name| left.label(SERVES) == name);
        if is_its && left.label(WORKSPACE) == root.as_str() {
            remove(docker, &left).await;
            let what = if left.is_network { NETWORK } else { SERVICE };
            removed.push(format!("{} of {}", left.label(what), left.project()));
        }
    }
    removed
}
