//! What the compose tool has made of its files: the interpreter, and what it needs.

use std::fmt;

use camino::Utf8Path;
use serde_json::Value;

use super::super::found::NO_NEW_PRIVILEGES;
use super::super::mounts::distinct;
use super::super::reach::granted;
use super::beside::beside;
use super::networks::ComposeNetwork;
use super::service::Reading;
use super::values::unescaped;
use super::{overlay::over, texts, yaml};
use crate::model::{Fault, RunError};
use crate::plan::{Beside, Compose, Entrypoint, Interpreter};

/// A service, ready to be run in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposeService {
    /// The interpreter that it comes to.
    pub interpreter: Interpreter,
    /// Services that have to be there before it, those that they need themselves included.
    pub needs: Vec<Dependency>,
    /// The networks that it is in.
    pub networks: Vec<ComposeNetwork>,
    /// The volumes that it uses and somebody else makes: what the files and what the engine call them.
    pub external_volumes: Vec<(String, String)>,
    /// What it calls some of them: service and name.
    pub links: Vec<(String, String)>,
}

/// A service that another one needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub service: String,
    /// What has to be true of it.
    pub condition: Condition,
    /// All that the files say of it, and of whoever lends it something: another text, another container.
    pub definition: String,
    /// Whether its image is built, and not pulled alone.
    pub is_built: bool,
    /// The name that the files give to its image.
    pub image: Option<String>,
}

/// When a service is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It runs.
    Started,
    /// Its health check passes.
    Healthy,
    /// It has run to its end, and well.
    Completed,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Started => "started",
            Self::Healthy => "healthy",
            Self::Completed => "completed",
        })
    }
}

/// Reads what the compose tool has made of its files, for a service of the workspace `root`.
///
/// `interpreter` is what was chosen, with the settings' options; those of the service lie below them.
pub fn compose_interpreter(
    interpreter: &Interpreter,
    compose: &Compose,
    config: &str,
    root: &Utf8Path,
) -> Result<ComposeService, RunError> {
    let error = |message: String| {
        RunError::new(Fault::Configuration, format!("cannot use the compose files: {message}"))
    };
    let document = unescaped(yaml(config).map_err(|(_, e)| error(e))?);
    let services = &document["services"];
    let service = &services[&compose.service];
    if !service.is_object() {
        return Err(error(format!("there is no service `{}`", compose.service))
            .help("correct compose.service, or name its profile with compose.profiles"));
    }
    let reading = Reading { document: &document, service, compose, root };
    let mut unheeded = Vec::new();
    let base = reading.options(&mut unheeded).map_err(error)?;
    let source = reading.source(&mut unheeded).map_err(error)?;
    if compose.exec {
        // Its own container has all that the tool has given it.
        unheeded.clear();
    }
    let mut options = interpreter.options.clone();
    if base.privileged || !base.security_opt.is_empty() {
        options.security_opt.retain(|it| it != NO_NEW_PRIVILEGES);
    }
    let mut made = Interpreter {
        source,
        options: over(&options, base),
        unheeded: [interpreter.unheeded.clone(), unheeded].concat(),
        pull: interpreter.pull || service["pull_policy"] == "always",
        ..interpreter.clone()
    };
    distinct(&mut made.options, root).map_err(error)?;
    if let Some(user) = &compose.user {
        made.options.user = user.clone();
    }
    if compose.entrypoint == Some(false) {
        made.options.entrypoint = Entrypoint::None;
    }
    let mut needs = Vec::new();
    needs_of(services, &compose.service, &mut needs);
    for name in run_beside(services, compose).map_err(error)? {
        need(services, name, Condition::Started, &mut needs);
    }
    let (beside, asked) = beside(&reading, &needs);
    made.granted = granted(&made, asked, root);
    made.beside = beside;
    let (networks, links) = (reading.networks(), links(service));
    let external_volumes = reading.external_volumes();
    Ok(ComposeService { interpreter: made, needs, networks, external_volumes, links })
}

/// What a service needs, and what that needs, without repetition.
fn needs_of(services: &Value, name: &str, needs: &mut Vec<Dependency>) {
    let service = &services[name];
    let mut own: Vec<(&str, Condition)> = Vec::new();
    match &service["depends_on"] {
        Value::Array(list) => {
            own.extend(list.iter().filter_map(Value::as_str).map(|name| (name, Condition::Started)))
        }
        Value::Object(map) => own.extend(map.iter().map(|(name, how)| {
            let condition = match how["condition"].as_str() {
                Some("service_healthy") => Condition::Healthy,
                Some("service_completed_successfully") => Condition::Completed,
                _ => Condition::Started,
            };
            (name.as_str(), condition)
        })),
        _ => {}
    }
    let links = links(service);
    let links = links.iter().map(|(service, _)| service.as_str());
    own.extend(links.chain(lenders(services, service)).map(|name| (name, Condition::Started)));
    for (name, condition) in own {
        need(services, name, condition, needs);
    }
}

fn need(services: &Value, name: &str, condition: Condition, needs: &mut Vec<Dependency>) {
    if !needs.iter().any(|known| known.service == name) {
        let service = &services[name];
        needs.push(Dependency {
            service: name.to_owned(),
            condition,
            definition: definition(services, name),
            is_built: !service["build"].is_null(),
            image: service["image"].as_str().map(str::to_owned),
        });
        needs_of(services, name, needs);
    }
}

/// The services that run beside the one of the tests, whether it needs them or not.
fn run_beside<'v>(services: &'v Value, compose: &'v Compose) -> Result<Vec<&'v str>, String> {
    let is_on = |service: &Value| {
        let profiles = texts(&service["profiles"]);
        profiles.is_empty() || profiles.iter().any(|it| compose.profiles.contains(it))
    };
    let mut names: Vec<&str> = match &compose.beside {
        Beside::Needed => Vec::new(),
        Beside::Named(names) => names.iter().map(String::as_str).collect(),
        Beside::All => {
            let all = services.as_object().into_iter().flatten();
            all.filter(|(_, service)| is_on(service)).map(|(name, _)| name.as_str()).collect()
        }
    };
    names.retain(|name| *name != compose.service);
    match names.iter().find(|name| !services[**name].is_object()) {
        Some(name) => Err(format!("there is no service `{name}`, which runServices names")),
        None => Ok(names),
    }
}

fn definition(services: &Value, name: &str) -> String {
    let service = &services[name];
    let lent = lenders(services, service).map(|lender| services[lender].to_string());
    [service.to_string()].into_iter().chain(lent).collect::<Vec<_>>().join("\n")
}

/// What a service links to, and by which name.
fn links(service: &Value) -> Vec<(String, String)> {
    let link = |link: String| match link.split_once(':') {
        Some((service, name)) => (service.to_owned(), name.to_owned()),
        None => (link.clone(), link),
    };
    texts(&service["links"]).into_iter().map(link).collect()
}

/// The services whose namespaces or volumes the tool gives to a service, which it starts for that.
fn lenders<'v>(services: &Value, service: &'v Value) -> impl Iterator<Item = &'v str> {
    let modes = ["network_mode", "pid", "ipc"].into_iter();
    let modes = modes.filter_map(|key| service[key].as_str()?.strip_prefix("service:"));
    let volumes = service["volumes_from"].as_array().into_iter().flatten();
    let volumes = volumes.filter_map(|it| it.as_str()?.split(':').next());
    modes.chain(volumes.filter(|name| services[*name].is_object()))
}
