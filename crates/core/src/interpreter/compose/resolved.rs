//! What the compose tool has made of its files: the interpreter, and what it needs.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::super::folder::clean;
use super::super::reach::{granted, of_path, powers};
use super::service::Reading;
use super::{overlay::over, texts, yaml};
use crate::config::Power;
use crate::model::{Fault, RunError};
use crate::plan::{Compose, Entrypoint, Interpreter, Mount, Source};

/// A service, ready to be run in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposeService {
    /// The interpreter that it comes to.
    pub interpreter: Interpreter,
    /// Services that have to be there before it, those that they need themselves included.
    pub needs: Vec<Dependency>,
}

/// A service that another one needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub service: String,
    /// What has to be true of it.
    pub condition: Condition,
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
            .help("see what they come to: docker compose config")
    };
    let document = yaml(config).map_err(|(_, e)| error(e))?;
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
    let mut made = Interpreter {
        source,
        options: over(&interpreter.options, base),
        unheeded: [interpreter.unheeded.clone(), unheeded].concat(),
        pull: interpreter.pull || service["pull_policy"] == "always",
        ..interpreter.clone()
    };
    if let Some(user) = &compose.user {
        made.options.user = user.clone();
    }
    if compose.entrypoint == Some(false) {
        made.options.entrypoint = Entrypoint::None;
    }
    let mut needs = Vec::new();
    needs_of(services, &compose.service, &mut needs);
    let (beside, asked) = beside(&reading, &needs);
    made.granted = granted(&made, asked, root)?;
    made.beside = beside;
    Ok(ComposeService { interpreter: made, needs })
}

/// The host's files that are shown to the services that the tests need, and what else they have that is not theirs. What
/// cannot be told may be anything.
fn beside(reading: &Reading<'_>, needs: &[Dependency]) -> (Vec<Utf8PathBuf>, Vec<(Power, String)>) {
    let mut shown = reading.bound_volumes();
    let mut asked: Vec<_> =
        shown.iter().filter_map(|path| of_path(path, false, reading.root)).collect();
    for Dependency { service: name, .. } in needs {
        let reading = Reading { service: &reading.document["services"][name], ..*reading };
        let of_service = match reading.options(&mut Vec::new()) {
            Ok(options) => {
                shown.extend(options.mounts.iter().filter_map(Mount::host_path).cloned());
                powers(&options, &Source::Local, reading.root)
            }
            Err(why) => vec![(Power::HostFiles, format!("what Testdock cannot read: {why}"))],
        };
        let build = &reading.service["build"];
        let context = build.as_str().or(build["context"].as_str());
        shown.extend(context.map(|it| clean(&reading.root.join(it))));
        let named = |(power, what)| (power, format!("{what} (service {name})"));
        asked.extend(of_service.into_iter().map(named));
    }
    (shown, asked)
}

/// What a service needs, and what that needs, without repetition.
fn needs_of(services: &Value, name: &str, needs: &mut Vec<Dependency>) {
    let service = &services[name];
    let mut own: Vec<Dependency> = Vec::new();
    match &service["depends_on"] {
        Value::Array(list) => own.extend(list.iter().filter_map(Value::as_str).map(|service| {
            Dependency { service: service.to_owned(), condition: Condition::Started }
        })),
        Value::Object(map) => own.extend(map.iter().map(|(service, how)| Dependency {
            service: service.clone(),
            condition: match how["condition"].as_str() {
                Some("service_healthy") => Condition::Healthy,
                Some("service_completed_successfully") => Condition::Completed,
                _ => Condition::Started,
            },
        })),
        _ => {}
    }
    let links = texts(&service["links"]);
    own.extend(links.iter().map(|link| Dependency {
        service: link.split(':').next().unwrap_or(link).to_owned(),
        condition: Condition::Started,
    }));
    for need in own {
        if !needs.iter().any(|known| known.service == need.service) {
            let service = need.service.clone();
            needs.push(need);
            needs_of(services, &service, needs);
        }
    }
}
