//! A compose service as the place where tests run.
//!
//! The compose tool itself resolves the files and starts what the service needs; nobody else knows what
//! they mean. The container of the tests is ours like any other, on the service's networks, and the
//! service's own is never touched: it may be left out, or be run in as it is.

mod borrowed;
mod claim;
mod ended;
mod needs;
mod networks;
mod ours;
pub mod reaper;
mod service;
mod telling;
mod tool;
mod volumes;

use bollard::Docker;
use camino::Utf8Path;
use testdock_core::interpreter::dockerfile::unused_arguments;
use testdock_core::interpreter::{ComposeNetwork, ComposeService, compose_interpreter};
use testdock_core::model::{RunError, RunEvent, Stage};
use testdock_core::plan::{Compose, Interpreter, Options, Source};

use crate::consent;
use crate::runner::Events;
use crate::text;
use needs::Needs;
use networks::is_there;
use service::Service;
use telling::kept_warnings;
use tool::Tool;

pub(super) use borrowed::{borrow, lent, listed};
pub(crate) use claim::Claim;
pub(crate) use ended::ended;
pub(super) use ours::{sweep, take_down};
pub(crate) use tool::name as tool_name;

/// The labels with which the compose tool marks its containers and networks.
const PROJECT: &str = "com.docker.compose.project";
const SERVICE: &str = "com.docker.compose.service";
const NETWORK: &str = "com.docker.compose.network";

/// The service's interpreter, with nothing started.
pub(crate) async fn resolved(
    root: &Utf8Path,
    interpreter: &Interpreter,
    compose: &Compose,
) -> Result<ComposeService, RunError> {
    let tool = Tool::new(root, compose, interpreter.host.as_deref());
    let config = tool.config().await?;
    match compose_interpreter(interpreter, compose, &config, root) {
        Err(error) if error.help.is_none() => {
            let line = tool.line(&["config"]).await;
            Err(error.help(format!("see what they come to: {line}")))
        }
        Ok(mut made) => {
            made.interpreter.warnings.extend(kept_warnings(&config));
            note_unused(root, compose, &mut made.interpreter);
            Ok(made)
        }
        error => error,
    }
}

/// The same, as far as it was resolved before and its files are as they were.
pub(crate) fn remembered(
    root: &Utf8Path,
    interpreter: &Interpreter,
    compose: &Compose,
) -> Option<Interpreter> {
    let mut made = known_service(root, interpreter, compose)?.interpreter;
    note_unused(root, compose, &mut made);
    Some(made)
}

fn known_service(
    root: &Utf8Path,
    interpreter: &Interpreter,
    compose: &Compose,
) -> Option<ComposeService> {
    let tool = Tool::new(root, compose, interpreter.host.as_deref());
    compose_interpreter(interpreter, compose, &tool.known_config()?, root).ok()
}

/// That what somebody else has to make is there, as far as the service was resolved before.
pub(super) async fn require(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    compose: &Compose,
) -> Result<(), RunError> {
    match known_service(root, interpreter, compose) {
        Some(service) => require_others(docker, interpreter, &service).await,
        None => Ok(()),
    }
}

/// That what somebody else has to make for a service is there.
pub(crate) async fn require_others(
    docker: &Docker,
    interpreter: &Interpreter,
    service: &ComposeService,
) -> Result<(), RunError> {
    volumes::require(docker, &service.external_volumes).await?;
    for network in joined(interpreter, service).iter().filter(|network| network.is_external) {
        is_there(docker, network).await?;
    }
    Ok(())
}

/// The networks of a service that the tests join: what the settings say goes before what the files say.
fn joined<'s>(interpreter: &Interpreter, service: &'s ComposeService) -> &'s [ComposeNetwork] {
    match interpreter.options.network {
        Some(_) => &[],
        None => &service.networks,
    }
}

/// Notes the arguments that its Dockerfile does not ask for, where Testdock builds it.
fn note_unused(root: &Utf8Path, compose: &Compose, made: &mut Interpreter) {
    if !compose.exec
        && let Source::Dockerfile(file) = &made.source
        && let Ok(text) = text::read_lossy(&file.path.on(root))
    {
        made.unheeded.extend(unused_arguments(file, &text));
    }
}

/// The service's interpreter, with what the service needs up, well and as the files say for as long as the claim is held;
/// after that it stays for as long as a container of it runs, or until the files say something else.
pub(super) async fn ready(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    compose: &Compose,
    events: &Events,
) -> Result<(Interpreter, Claim), RunError> {
    let tool = Tool::new(root, compose, interpreter.host.as_deref());
    let is_news = tool.known_config().is_none();
    if is_news {
        // The tool takes its time.
        let doing = format!("reading {}", tool.files());
        events.send(RunEvent::Preparing(Stage::Services { doing })).await;
    }
    let service = resolved(root, interpreter, compose).await?;
    let mut made = service.interpreter.clone();
    if is_news {
        // What it needs may be made anew, and the tests' own container stay.
        for warning in std::mem::take(&mut made.warnings) {
            events.send(RunEvent::Warning(warning)).await;
        }
    }
    if compose.exec {
        return Ok((made, Claim::begin(&compose.project).await));
    }
    // Before anything of it is started, the services beside it included.
    consent::require(&made, root)?;
    volumes::require(docker, &service.external_volumes).await?;
    let networks = joined(interpreter, &service);
    let needs = Needs { docker, tool: &tool, interpreter, all: &service.needs, networks, events };
    let claim = needs.bring_up().await?;
    for (service, name) in &service.links {
        if let Some(found) = Service::find(docker, &compose.project, service).await? {
            made.options.links.push(format!("{}:{name}", found.name()));
        }
    }
    leave_out_absent(docker, networks, &mut made.options).await?;
    Ok((made, claim))
}

/// Leaves out the network that nothing has made.
async fn leave_out_absent(
    docker: &Docker,
    networks: &[ComposeNetwork],
    options: &mut Options,
) -> Result<(), RunError> {
    for network in networks.iter().filter(|network| network.is_plain) {
        if !is_there(docker, network).await? {
            options.networks.retain(|join| join.network != network.name);
            if options.network.as_ref() == Some(&network.name) {
                let next = (!options.networks.is_empty()).then(|| options.networks.remove(0));
                options.network = next.map(|join| join.network);
            }
        }
    }
    Ok(())
}
