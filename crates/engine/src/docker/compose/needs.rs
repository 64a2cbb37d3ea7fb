//! What a service needs: brought up by the compose tool, waited for, and taken down when nobody uses it.

use std::collections::HashMap;
use std::io::Write as _;
use std::time::Duration;

use bollard::Docker;
use bollard::models::{ContainerInspectResponse, HealthStatusEnum};
use bollard::query_parameters::{
    InspectContainerOptions, ListContainersOptionsBuilder, ListNetworksOptionsBuilder,
    RemoveContainerOptionsBuilder,
};
use camino::Utf8Path;
use testdock_core::containers::origin::{INTERPRETER, WORKSPACE};
use testdock_core::interpreter::{Condition, Dependency, compose_labels};
use testdock_core::model::{Fault, RunError, RunEvent, Stage};
use testdock_core::plan::Interpreter;
use tokio::time::{Instant, sleep};

use super::super::container::{engine_error, now};
use super::super::recipe::{KEY, lease};
use super::claim::Claim;
use super::reaper;
use super::tool::Tool;
use super::{PROJECT, SERVICE};
use crate::runner::Events;
use crate::text;

/// The label of what Testdock had started: for which interpreter of the workspace.
pub(super) const SERVES: &str = "dev.testdock.serves";

/// A service has so long to become what is asked of it.
const PATIENCE: Duration = Duration::from_secs(180);
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// What was started so recently may be waiting for the container that needs it.
const YOUNG: i64 = 300;

/// How a service is.
enum State {
    /// As it has to be.
    Well,
    /// Not yet.
    Coming,
    /// Not there, or ended.
    Down,
    /// It will not become well, and why.
    Bad(String),
}

/// Makes sure that all that is needed is there. What runs already is left as it is.
pub(super) async fn bring_up(
    docker: &Docker,
    tool: &Tool<'_>,
    interpreter: &Interpreter,
    needs: &[Dependency],
    events: &Events,
) -> Result<(), RunError> {
    let mut down = Vec::new();
    for need in needs {
        let is_down = match state(docker, tool, need).await? {
            State::Down => true,
            // What made it fail may be mended meanwhile.
            State::Bad(_) => forsake(docker, tool, need).await,
            State::Well | State::Coming => false,
        };
        if is_down {
            down.push(need.service.as_str());
        }
    }
    if !down.is_empty() {
        events.send(RunEvent::Preparing(Stage::Starting)).await;
        reaper::hire(tool, lease(interpreter));
        events.send(RunEvent::BuildLog(format!("starting {}", down.join(", ")))).await;
        up(tool, interpreter, &down).await?;
    }
    let deadline = Instant::now() + PATIENCE;
    for need in needs {
        loop {
            match state(docker, tool, need).await? {
                State::Well => break,
                State::Coming if Instant::now() < deadline => sleep(LOOK_AGAIN).await,
                State::Coming => return Err(unwell(need, "it is not ready after three minutes")),
                State::Down => return Err(unwell(need, "it ended")),
                State::Bad(why) => return Err(unwell(need, &why)),
            }
        }
    }
    Ok(())
}

/// Removes a failed service that Testdock had started; whether it was one.
async fn forsake(docker: &Docker, tool: &Tool<'_>, need: &Dependency) -> bool {
    let ours = listed(docker, SERVES).await.into_iter().filter(|it| {
        it.label(PROJECT) == tool.compose.project && it.label(SERVICE) == need.service
    });
    let ours: Vec<Listed> = ours.collect();
    for left in &ours {
        remove(docker, &left.id, &tool.compose.project).await;
    }
    !ours.is_empty()
}

fn unwell(need: &Dependency, why: &str) -> RunError {
    let service = &need.service;
    let (first, log) = why.split_once('\n').unwrap_or((why, ""));
    let message = format!("the service {service}, which the tests need, is not well: {first}");
    let error = RunError::new(Fault::Interpreter, message)
        .help(format!("see its log: docker compose logs {service}"));
    RunError { log: (!log.is_empty()).then(|| log.into()), ..error }
}

/// Starts services, marked as ours; none that has a container is made anew.
async fn up(tool: &Tool<'_>, interpreter: &Interpreter, services: &[&str]) -> Result<(), RunError> {
    let main = tool.compose.files.first().map(|file| file.on(tool.root));
    let main = main.and_then(|path| text::read(&path).ok()).unwrap_or_default();
    let labels = [(SERVES, interpreter.name.as_str()), (WORKSPACE, tool.root.as_str())];
    let over = compose_labels(&main, services, &labels);
    let failed = |e: std::io::Error| {
        RunError::new(Fault::Interpreter, format!("cannot write a temporary file: {e}"))
            .help("make room, or set TMPDIR")
    };
    let mut file = tempfile::Builder::new().suffix(".yaml").tempfile().map_err(failed)?;
    file.write_all(over.as_bytes()).map_err(failed)?;
    let path = Utf8Path::from_path(file.path()).unwrap_or(Utf8Path::new(""));
    tool.run(&[path], &[&["up", "-d", "--no-recreate"], services].concat()).await?;
    Ok(())
}

async fn state(docker: &Docker, tool: &Tool<'_>, need: &Dependency) -> Result<State, RunError> {
    let filters = HashMap::from([(
        "label",
        vec![format!("{PROJECT}={}", tool.compose.project), format!("{SERVICE}={}", need.service)],
    )]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let listed = docker.list_containers(Some(options)).await;
    let listed = listed.map_err(|e| engine_error("list containers", &e))?;
    let one_off = |labels: &HashMap<String, String>| {
        labels.get("com.docker.compose.oneoff").is_some_and(|it| it.eq_ignore_ascii_case("true"))
    };
    let own = listed.into_iter().find(|c| !c.labels.as_ref().is_some_and(one_off));
    let Some(id) = own.and_then(|c| c.id) else {
        return Ok(State::Down);
    };
    match docker.inspect_container(&id, None::<InspectContainerOptions>).await {
        Ok(found) => Ok(judge(&found, need.condition)),
        Err(_) => Ok(State::Down),
    }
}

fn judge(found: &ContainerInspectResponse, condition: Condition) -> State {
    let state = found.state.clone().unwrap_or_default();
    let running = state.running == Some(true);
    let code = state.exit_code.unwrap_or(0);
    let ended = state.status.map(|s| s.to_string()).is_some_and(|status| status == "exited");
    if condition == Condition::Completed {
        return match (running, ended, code) {
            (true, ..) => State::Coming,
            (_, true, 0) => State::Well,
            (_, true, code) => State::Bad(format!("it ended with exit code {code}")),
            _ => State::Down,
        };
    }
    let health = state.health.unwrap_or_default();
    let last = health.log.as_ref().and_then(|log| log.last());
    let said = last.and_then(|probe| probe.output.clone()).unwrap_or_default();
    match (condition, health.status) {
        _ if !running => State::Down,
        (Condition::Healthy, Some(HealthStatusEnum::HEALTHY)) | (Condition::Started, _) => {
            State::Well
        }
        (_, Some(HealthStatusEnum::UNHEALTHY)) => {
            State::Bad(format!("its health check fails\n{}", said.trim()))
        }
        (_, Some(HealthStatusEnum::STARTING)) => State::Coming,
        _ => State::Bad("it has no health check, and its health is asked for".to_owned()),
    }
}

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
