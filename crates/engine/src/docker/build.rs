//! Building an image from a Dockerfile.
//!
//! BuildKit is asked over the engine's own API, in a session of bollard's: tried with engine 20.10,
//! it does cache mounts, follows every step as data, and a build ends with the request that asked
//! for it. The `docker` command would need its buildx component, which is often not there. The price
//! is bollard's gRPC: some fifty crates. TLS stays the one that the engine is reached with.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use bollard::auth::DockerCredentials;
use bollard::errors::Error;
use bollard::query_parameters::{
    BuildImageOptions, BuildImageOptionsBuilder, BuilderVersion, TagImageOptionsBuilder,
};
use bollard::{Docker, body_try_stream};
use futures_util::StreamExt;
use testdock_core::containers::mask::Secrets;
use testdock_core::model::{Fault, RunError};

use super::context::{self, Ids};
use super::pull::{credentials_of, registry_of, server_key};
use super::{engine_error, is_podman, nature};
use crate::runner::Events;

mod failure;
mod follow;
mod inputs;
mod progress;
mod recipe;
mod solve;

pub(super) use inputs::is_whole_context;
pub(super) use recipe::{Recipe, series, source};
pub(super) use solve::require_secrets;

/// The label with the workspace that an image was built for.
pub(super) const WORKSPACE_LABEL: &str = "dev.testdock.workspace";

/// The label with the key of what an image was built from.
const KEY_LABEL: &str = "dev.testdock.key";

/// The engine answers when it has taken the context, which takes long where it is large or far away.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(3600);

/// The label with what an image was built from, among all that one workspace builds.
pub(super) const SOURCE_LABEL: &str = "dev.testdock.source";

/// The label that an image has in common with those that a newer one replaces.
pub(super) const SERIES_LABEL: &str = "dev.testdock.series";

/// Which steps of earlier builds a build takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steps {
    /// All that are the same.
    Kept,
    /// None.
    Anew,
}

/// Builds the image of `recipe`, and says how far it is.
pub(super) async fn build(
    docker: &Docker,
    recipe: &Recipe,
    steps: Steps,
    events: &Events,
) -> Result<(), RunError> {
    let arguments = arguments(recipe);
    let secrets = Secrets::among(arguments.iter().map(|(name, value)| (&**name, &**value)));
    let events = &events.without(secrets.clone());
    let owner = (builder(docker).await, nature::root(docker).await);
    let built = build_with(owner, docker, recipe, steps, events).await;
    built.map_err(|error| RunError {
        message: secrets.hide(error.message),
        help: error.help.map(|help| secrets.hide(help)),
        log: error.log.map(|log| secrets.hide(log.into()).into()),
        ..error
    })?;
    name_further(docker, recipe).await
}

/// Gives the image the other names that it is to have.
async fn name_further(docker: &Docker, recipe: &Recipe) -> Result<(), RunError> {
    for name in &recipe.dockerfile.options.tags {
        let last = name.rsplit('/').next().unwrap_or(name);
        let (repo, tag) = match last.contains(':') {
            true => name.rsplit_once(':').unwrap_or((name, "latest")),
            false => (name.as_str(), "latest"),
        };
        let options = TagImageOptionsBuilder::new().repo(repo).tag(tag).build();
        let tagged = docker.tag_image(&recipe.name, Some(options)).await;
        tagged.map_err(|e| {
            let message = format!("cannot name the image {name}: {}", said(&e));
            RunError::new(Fault::Interpreter, message).help("correct the build's tag")
        })?;
    }
    Ok(())
}

/// Builds with this builder, and what is sent as this owner's.
async fn build_with(
    (builder, owner): (BuilderVersion, Ids),
    docker: &Docker,
    recipe: &Recipe,
    steps: Steps,
    events: &Events,
) -> Result<(), RunError> {
    let credentials = credentials(&recipe.facts.base_images, events).await;
    if solve::is_needed(&recipe.dockerfile) {
        if builder == BuilderVersion::BuilderV1 {
            return Err(needs_buildkit(recipe));
        }
        return solve::solve(docker, (recipe, owner), steps, &credentials, events).await;
    }
    let (pieces, sending) = context::stream(recipe.context(owner));
    let docker = docker.clone().with_timeout(UPLOAD_PATIENCE);
    let body = body_try_stream(pieces);
    let mut answers =
        docker.build_image(options(recipe, builder, steps), Some(credentials), Some(body));
    let mut progress = progress::Progress::default();
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(info) => tell(events, progress.take(info)).await,
            // The line break of the last message, where it comes as a piece of its own, is an error to bollard.
            Err(Error::IOError { err }) if progress.is_made() => {
                tracing::debug!(%err, "what came after a build was lost");
                break;
            }
            Err(error) => {
                drop(answers);
                return Err(match sending.await {
                    Ok(Err(unread)) if !is_hang_up(&unread) => recipe.unreadable(&unread),
                    // The engine said nothing: no step is to blame.
                    _ if is_lost(&error) => {
                        engine_error(&format!("build {}", recipe.dockerfile.path), &error)
                    }
                    _ => failure::failure(recipe, &said(&error), progress),
                });
            }
        }
    }
    Ok(())
}

fn needs_buildkit(recipe: &Recipe) -> RunError {
    let path = &recipe.dockerfile.path;
    let message = format!("cannot build {path}: secrets and several extra hosts need BuildKit");
    RunError::new(Fault::Configuration, message)
        .help("use an engine of Docker's, or leave them out")
}

async fn tell(events: &Events, said: Vec<testdock_core::model::RunEvent>) {
    for event in said {
        events.send(event).await;
    }
}

/// The engine needs no more of the context; what it says of the build is what matters.
fn is_hang_up(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::BrokenPipe
}

/// Whether the way to the engine was lost.
fn is_lost(error: &Error) -> bool {
    matches!(error, Error::HyperResponseError { .. } | Error::IOError { .. })
}

fn said(error: &Error) -> String {
    match error {
        Error::DockerResponseServerError { message, .. } => message.trim().to_owned(),
        Error::DockerStreamError { error } => error.trim().to_owned(),
        other => other.to_string(),
    }
}

/// BuildKit is in every Docker engine for Linux; Podman and Windows containers do without.
async fn builder(docker: &Docker) -> BuilderVersion {
    let Ok(version) = docker.version().await else {
        return BuilderVersion::BuilderBuildKit;
    };
    if is_podman(&version) || version.os.as_deref() == Some("windows") {
        BuilderVersion::BuilderV1
    } else {
        BuilderVersion::BuilderBuildKit
    }
}

/// The image's labels: the build's own, and ours.
fn labels(recipe: &Recipe) -> HashMap<String, String> {
    let theirs = recipe.dockerfile.options.labels.clone();
    let ours = [
        (WORKSPACE_LABEL, recipe.root.to_string()),
        (KEY_LABEL, recipe.key.clone()),
        (SOURCE_LABEL, source(&recipe.dockerfile)),
        (SERIES_LABEL, series(&recipe.dockerfile)),
    ];
    let ours = ours.map(|(name, value)| (name.to_owned(), value));
    theirs.into_iter().chain(ours).collect()
}

fn options(recipe: &Recipe, builder: BuilderVersion, steps: Steps) -> BuildImageOptions {
    let dockerfile = &recipe.dockerfile;
    let further = &dockerfile.options;
    let labels = labels(recipe);
    let args = arguments(recipe);
    let options = BuildImageOptionsBuilder::new()
        .dockerfile(recipe.sent_as())
        .t(&recipe.name)
        .target(dockerfile.target.as_deref().unwrap_or_default())
        .buildargs(&args)
        .labels(&labels)
        .rm(true)
        .forcerm(true)
        .nocache(steps == Steps::Anew || further.no_cache)
        .platform(further.platform.as_deref().unwrap_or_default())
        .version(builder);
    let options = BuildImageOptions {
        // More of them than one cannot be said in this request; see `solve`.
        extrahosts: further.extra_hosts.first().cloned(),
        networkmode: further.network.clone(),
        shmsize: further.shm_size.and_then(|size| size.try_into().ok()),
        cachefrom: (!further.cache_from.is_empty()).then(|| further.cache_from.clone()),
        ..options.build()
    };
    match builder {
        BuilderVersion::BuilderBuildKit => {
            BuildImageOptions { session: Some(session_id(&recipe.key)), ..options }
        }
        BuilderVersion::BuilderV1 => options,
    }
}

/// The build's arguments, with the proxies that Docker's configuration gives to every build: those shape no
/// image, and are in none.
fn arguments(recipe: &Recipe) -> HashMap<String, String> {
    let all = recipe.proxies.iter().chain(&recipe.dockerfile.build_args);
    all.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// An id that no other build has, also not one of the same recipe at the same time.
fn session_id(key: &str) -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let nanos = since.map_or(0, |since| since.as_nanos());
    format!("testdock-{key}-{}-{nanos}", std::process::id())
}

/// Credentials for the registries that the build pulls from, by their names in the Docker config.
async fn credentials(images: &[String], events: &Events) -> HashMap<String, DockerCredentials> {
    let mut found = HashMap::new();
    for image in images {
        let server = server_key(registry_of(image)).to_owned();
        if !found.contains_key(&server)
            && let Some(credentials) = credentials_of(image, events).await
        {
            found.insert(server, credentials);
        }
    }
    found
}

#[cfg(test)]
mod tests;
