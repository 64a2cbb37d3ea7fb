//! Where tests run: from the configuration, or from what the workspace holds.

use std::sync::Arc;

use super::{Choice, Contents};
use crate::config::{self, Config};
use crate::model::{Fault, RunError};
use crate::paths::RelPath;
use crate::plan::{Dockerfile, Interpreter, Limits, Source, User};

/// The interpreter of a name, ready to be performed.
pub(super) fn interpreter(
    config: &Config,
    contents: Contents<'_>,
    name: Option<&str>,
    choice: &Choice,
) -> Result<Arc<Interpreter>, RunError> {
    let settings = config
        .interpreter(name)
        .ok_or_else(|| unknown(config, name))?;
    let source = if choice.local {
        Source::Local
    } else {
        source(settings, contents)?
    };
    Ok(Arc::new(Interpreter {
        name: name.unwrap_or("default").to_owned(),
        source,
        host: settings.host.as_ref().map(|host| host.as_str().to_owned()),
        user: user(&settings.user),
        env: settings.env.clone(),
        workdir: settings.workdir.as_ref().map(|dir| dir.as_str().to_owned()),
        keep_warm: settings.keep_warm.0,
        limits: limits(&settings.limits),
        network: settings.network.clone(),
    }))
}

fn unknown(config: &Config, name: Option<&str>) -> RunError {
    let known: Vec<&str> = config.interpreters.keys().map(String::as_str).collect();
    let message = format!("no interpreter is named `{}`", name.unwrap_or("default"));
    RunError::new(Fault::Configuration, message)
        .help(format!("known interpreters: {}", known.join(", ")))
}

fn source(settings: &config::Interpreter, contents: Contents<'_>) -> Result<Source, RunError> {
    let _ = contents;
    if settings.local == Some(true) {
        return Ok(Source::Local);
    }
    if let Some(image) = &settings.image {
        return Ok(Source::Image(image.clone()));
    }
    let path = settings
        .dockerfile
        .as_ref()
        .map_or("Dockerfile", |path| path.as_str());
    Ok(Source::Dockerfile(Dockerfile {
        path: RelPath::new(path),
        context: RelPath::new(settings.context.as_str()),
        target: settings.target.clone(),
        build_args: settings.build_args.clone(),
    }))
}

fn user(user: &config::User) -> User {
    match user {
        config::User::Host => User::Host,
        config::User::Image => User::Image,
        other => User::Named(other.to_string()),
    }
}

fn limits(limits: &config::Limits) -> Limits {
    Limits {
        cpus_milli: limits.cpus.map(milli),
        memory: limits.memory.map(|size| size.0),
        pids: limits.pids.map(u64::from),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be positive and sane"
)]
fn milli(cpus: f64) -> u64 {
    (cpus * 1000.0).round().clamp(1.0, 1e9) as u64
}
