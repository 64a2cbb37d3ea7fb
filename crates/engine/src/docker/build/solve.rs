//! A build that the engine's own request cannot ask for: with secrets, or with several extra hosts.
//!
//! BuildKit is spoken to directly, in a session that hands out the secrets when a step asks for one:
//! their values are in no request, no command line and no log. The price is that the context is held in
//! memory. The steps are asked for beside it: see [`follow`].

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use bollard::Docker;
use bollard::auth::DockerCredentials;
use bollard::grpc::BuildRef;
use bollard::grpc::build::{
    ImageBuildFrontendOptions, ImageBuildHostIp, ImageBuildLoadInput, ImageBuildNetworkMode,
    ImageBuildPlatform, SecretSource,
};
use bollard::grpc::driver::{Build as _, moby::Moby};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use testdock_core::model::{Fault, RunError, RunEvent, Stage};
use testdock_core::plan::{Dockerfile, Secret};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::{Recipe, Steps, arguments, context, failure, follow, is_hang_up, labels};
use crate::docker::context::Ids;
use crate::runner::Events;

/// The steps may be told so long after the build has ended.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the build of `dockerfile` needs this.
pub(super) fn is_needed(dockerfile: &Dockerfile) -> bool {
    !dockerfile.options.secrets.is_empty() || dockerfile.options.extra_hosts.len() > 1
}

/// Builds the image of `recipe`.
pub(super) async fn solve(
    docker: &Docker,
    (recipe, owner): (&Recipe, Ids),
    steps: Steps,
    credentials: &HashMap<String, DockerCredentials>,
    events: &Events,
) -> Result<(), RunError> {
    let options = options(recipe, steps)?;
    let step = format!("all of {}", recipe.dockerfile.path);
    events.send(RunEvent::Preparing(Stage::Building { step, number: 0, of: 0 })).await;
    let input = ImageBuildLoadInput::Upload(whole(recipe, owner).await?);
    let build = BuildRef::random();
    let steps = follow::follow(recipe.host.clone(), build.as_ref().to_owned(), events.clone());
    let steps = AbortOnDropHandle::new(tokio::spawn(steps));
    let (docker, name, credentials) = (docker.clone(), recipe.name.clone(), credentials.clone());
    let token = CancellationToken::new();
    // Whoever gives up waiting ends the build.
    let _guard = token.clone().drop_guard();
    // The conversation with BuildKit stays on one thread.
    let building = tokio::task::spawn_blocking(move || {
        let credentials = credentials.iter().map(|(name, value)| (name.as_str(), value.clone()));
        let credentials = Some(credentials.collect());
        let build =
            Moby::new(&docker).docker_build(&name, options, input, credentials, Some(build));
        let build = token.run_until_cancelled(build);
        Handle::current().block_on(build).unwrap_or(Ok(())).map_err(|error| error.to_string())
    });
    let built = building.await.unwrap_or_else(|e| Err(e.to_string()));
    // BuildKit ends what it tells with the build.
    let steps = tokio::time::timeout(PATIENCE, steps).await;
    let progress = steps.ok().and_then(Result::ok).unwrap_or_default();
    built.map_err(|said| {
        let said = said.split_once("message = ").map_or(said.as_str(), |(_, said)| said);
        failure::failure(recipe, said, progress)
    })
}

/// The build context in one piece.
async fn whole(recipe: &Recipe, owner: Ids) -> Result<Bytes, RunError> {
    let (pieces, sending) = context::stream(recipe.context(owner));
    let mut pieces = std::pin::pin!(pieces);
    let mut all = BytesMut::new();
    while let Some(Ok(piece)) = pieces.next().await {
        all.extend_from_slice(&piece);
    }
    match sending.await {
        Ok(Err(unread)) if !is_hang_up(&unread) => Err(recipe.unreadable(&unread)),
        _ => Ok(all.freeze()),
    }
}

fn options(recipe: &Recipe, steps: Steps) -> Result<ImageBuildFrontendOptions, RunError> {
    let dockerfile = &recipe.dockerfile;
    let further = &dockerfile.options;
    let mut options = ImageBuildFrontendOptions::builder()
        .dockerfile(Path::new(recipe.sent_as()))
        .nocache(steps == Steps::Anew || further.no_cache)
        .shmsize(further.shm_size.unwrap_or(0));
    if let Some(target) = &dockerfile.target {
        options = options.target(target);
    }
    for (name, value) in arguments(recipe) {
        options = options.buildarg(&name, &value);
    }
    for (name, value) in labels(recipe) {
        options = options.label(&name, &value);
    }
    if let Some(platform) = &further.platform {
        options = options.platforms(&parsed(platform));
    }
    match further.network.as_deref() {
        Some("host") => options = options.force_network_mode(&ImageBuildNetworkMode::Host),
        Some("none") => options = options.force_network_mode(&ImageBuildNetworkMode::None),
        _ => {}
    }
    for host in &further.extra_hosts {
        options = options.extrahost(&host_ip(recipe, host)?);
    }
    for (id, secret) in &further.secrets {
        options = options.set_secret(id, &source_of(recipe, id, secret)?);
    }
    Ok(options.build())
}

/// That the value of each secret is there.
pub(in super::super) fn require_secrets(recipe: &Recipe) -> Result<(), RunError> {
    let mut secrets = recipe.dockerfile.options.secrets.iter();
    secrets.try_for_each(|(id, secret)| source_of(recipe, id, secret).map(drop))
}

/// Where the value is, once it is known to be there.
fn source_of(recipe: &Recipe, id: &str, secret: &Secret) -> Result<SecretSource, RunError> {
    let missing = |what: String, help: String| {
        let path = &recipe.dockerfile.path;
        let message = format!("cannot build {path}: the secret `{id}` is to come from {what}");
        Err(RunError::new(Fault::Configuration, message).help(help))
    };
    match secret {
        Secret::Env(name) if name.is_empty() => missing(
            "a variable, and no name of one follows `env:`".to_owned(),
            format!("write {id} = \"env:NAME\" in secrets"),
        ),
        Secret::Env(name) if std::env::var_os(name).is_none() => {
            missing(format!("the variable {name}, which is not set"), format!("set {name}"))
        }
        Secret::Env(name) => Ok(SecretSource::Env(name.clone())),
        Secret::File(path) if !path.is_file() => missing(
            format!("the file {path}, which is not there"),
            "put it there, or correct secrets".to_owned(),
        ),
        Secret::File(path) => Ok(SecretSource::File(path.clone().into_std_path_buf())),
    }
}

fn host_ip(recipe: &Recipe, written: &str) -> Result<ImageBuildHostIp, RunError> {
    let parse = || {
        let (host, ip) = written.split_once(':')?;
        Some(ImageBuildHostIp { host: host.to_owned(), ip: ip.parse().ok()? })
    };
    parse().ok_or_else(|| {
        let path = &recipe.dockerfile.path;
        let message = format!("cannot build {path}: the extra host `{written}` has no address");
        RunError::new(Fault::Configuration, message).help("write it as name = \"10.0.0.1\"")
    })
}

/// `os/architecture[/variant]`
fn parsed(platform: &str) -> ImageBuildPlatform {
    let mut parts = platform.splitn(3, '/').map(str::to_owned);
    let os = parts.next().unwrap_or_default();
    ImageBuildPlatform { os, architecture: parts.next().unwrap_or_default(), variant: parts.next() }
}
