//! Lists, shows and removes what carries our labels.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecOptions, StartExecResults};
use bollard::models::{ContainerInspectResponse, ContainerSummary, ImageSummary};
use bollard::query_parameters::{
    ListContainersOptionsBuilder, ListImagesOptionsBuilder, RemoveContainerOptionsBuilder,
};
use camino::Utf8Path;
use futures_util::{StreamExt as _, future::join_all};
use testdock_core::containers::mask;
use testdock_core::containers::origin::{INTERPRETER, WORKSPACE};
use testdock_core::model::{Fault, RunError};
use testdock_core::paths::{Mount, PathMap};
use testdock_core::plan::{Compose, Dockerfile, Limits};

use super::build::{SERIES_LABEL, SOURCE_LABEL, series, source};
use super::compose;
use super::container::{engine_error, now};
use super::prune;
use super::recipe::{BASE, KEY};
use super::see;
use super::status;
use crate::interpreters::{Container, Image, Kept, Shown};

/// A container that does not answer has no lease to tell.
const PATIENCE: Duration = Duration::from_secs(2);

/// Everything of ours.
pub(crate) async fn list(docker: &Docker) -> Result<Kept, RunError> {
    // A container inherits its image's labels; the interpreter is one that no image has.
    let ours = |label: &str| HashMap::from([("label", vec![label.to_owned()])]);
    let containers = ListContainersOptionsBuilder::default()
        .all(true)
        .size(true)
        .filters(&ours(INTERPRETER))
        .build();
    let images = ListImagesOptionsBuilder::default().filters(&ours(KEY)).build();
    let (containers, images) =
        tokio::join!(see::containers(docker, containers), see::images(docker, Some(images)),);
    let containers = containers.map_err(|e| engine_error("list containers", &e))?;
    let images = images.map_err(|e| engine_error("list images", &e))?;
    let mut kept = Kept {
        containers: join_all(containers.into_iter().map(|c| container(docker, c))).await,
        images: images.into_iter().filter(|it| prune::is_ours(&it.repo_tags)).map(image).collect(),
    };
    kept.containers.sort_by_key(|c| c.age);
    kept.images.sort_by_key(|i| i.age);
    Ok(kept)
}

async fn container(docker: &Docker, found: ContainerSummary) -> Container {
    let labels = found.labels.unwrap_or_default();
    let label = |key: &str| labels.get(key).cloned().unwrap_or_default();
    let id = found.id.unwrap_or_default();
    let name = found.names.into_iter().flatten().next().unwrap_or_default();
    let state = found.state.map(|s| s.to_string()).unwrap_or_default();
    let lease = match state.as_str() {
        "running" => tokio::time::timeout(PATIENCE, lease(docker, &id)).await.ok().flatten(),
        _ => None,
    };
    Container {
        id,
        name: name.trim_start_matches('/').to_owned(),
        interpreter: label(INTERPRETER),
        workspace: label(WORKSPACE).into(),
        image: found.image_id.unwrap_or_default(),
        state,
        age: age(found.created),
        lease,
        size: found.size_rw.and_then(|n| n.try_into().ok()),
    }
}

/// What is left of a container's lease, as its first process counts it.
async fn lease(docker: &Docker, id: &str) -> Option<Duration> {
    let options = CreateExecOptions {
        attach_stdout: Some(true),
        cmd: Some(vec!["cat".to_owned(), format!("{BASE}/lease.left")]),
        ..CreateExecOptions::default()
    };
    let exec = docker.create_exec(id, options).await.ok()?;
    let started = docker.start_exec(&exec.id, None::<StartExecOptions>).await.ok()?;
    let StartExecResults::Attached { mut output, .. } = started else {
        return None;
    };
    let mut text = Vec::new();
    while let Some(Ok(LogOutput::StdOut { message })) = output.next().await {
        text.extend_from_slice(&message);
    }
    let seconds = String::from_utf8_lossy(&text).trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn image(found: ImageSummary) -> Image {
    Image {
        workspace: found.labels.get(WORKSPACE).cloned().unwrap_or_default().into(),
        source: found.labels.get(SOURCE_LABEL).cloned().unwrap_or_default(),
        series: found.labels.get(SERIES_LABEL).cloned().unwrap_or_default(),
        id: found.id,
        names: found.repo_tags.into_iter().filter(|name| name != "<none>:<none>").collect(),
        age: age(Some(found.created)),
        size: found.size.try_into().unwrap_or(0),
    }
}

fn age(created: Option<i64>) -> Duration {
    let seconds = created.map_or(0, |then| now().saturating_sub(then));
    Duration::from_secs(seconds.try_into().unwrap_or(0))
}

/// The containers of an interpreter, closely.
pub(crate) async fn of_interpreter(
    docker: &Docker,
    root: &Utf8Path,
    name: &str,
) -> Result<Vec<Shown>, RunError> {
    let mut shown = Vec::new();
    for container in list(docker).await?.containers {
        if container.interpreter == name && container.workspace == root {
            shown.push(inspected(docker, container).await?);
        }
    }
    Ok(shown)
}

/// Where an image comes from.
pub(crate) struct Made {
    /// What registries know it by.
    pub(crate) digests: Vec<String>,
    /// The hash of what it was built from.
    pub(crate) inputs: String,
    /// Its environment, `NAME=value`.
    pub(crate) env: Vec<String>,
}

/// Where an image comes from.
pub(crate) async fn origin(docker: &Docker, id: &str) -> Result<Made, RunError> {
    let found = see::image(docker, id).await;
    let found = found.map_err(|e| engine_error(&format!("inspect the image {id}"), &e))?;
    let config = found.config.unwrap_or_default();
    Ok(Made {
        digests: found.repo_digests.unwrap_or_default(),
        inputs: config.labels.and_then(|mut labels| labels.remove(KEY)).unwrap_or_default(),
        env: config.env.unwrap_or_default(),
    })
}

/// One container, closely.
pub(crate) async fn show(docker: &Docker, root: &Utf8Path, name: &str) -> Result<Shown, RunError> {
    let mut meant = list(docker).await?.containers;
    meant.retain(|c| is_meant(c, root, name));
    let container = match meant.len() {
        1 => meant.remove(0),
        0 => return Err(unknown(name)),
        _ => {
            let names: Vec<String> = meant.into_iter().map(|c| c.name).collect();
            let message = format!("cannot tell which container {name} means");
            return Err(RunError::new(Fault::Configuration, message)
                .help(format!("name one of {}", names.join(", "))));
        }
    };
    inspected(docker, container).await
}

/// The container of a service in which tests run as it is, closely.
pub(crate) async fn of_service(
    docker: &Docker,
    service: &Compose,
) -> Result<Option<Shown>, RunError> {
    match compose::listed(docker, service).await? {
        Some(found) => inspected(docker, container(docker, found).await).await.map(Some),
        None => Ok(None),
    }
}

async fn inspected(docker: &Docker, container: Container) -> Result<Shown, RunError> {
    let found = see::container(docker, &container.id).await;
    let found = found
        .map_err(|e| engine_error(&format!("inspect the container {}", container.name), &e))?;
    Ok(shown(container, found))
}

fn shown(container: Container, found: ContainerInspectResponse) -> Shown {
    let config = found.config.unwrap_or_default();
    let host = found.host_config.unwrap_or_default();
    let unsigned = |n: Option<i64>| n.and_then(|n| n.try_into().ok()).filter(|n| *n > 0);
    let mounts = || found.mounts.iter().flatten().cloned();
    let read_only = mounts().filter(|mount| mount.rw == Some(false));
    Shown {
        container,
        read_only: read_only.filter_map(|mount| mount.destination).collect(),
        user: config.user.unwrap_or_default(),
        paths: PathMap::new(mounts().filter_map(|m| {
            let host = m.source.filter(|_| m.typ.as_deref() == Some("bind"));
            Some(Mount { container: m.destination?, host: host.map(Into::into) })
        })),
        network: host.network_mode.unwrap_or_default(),
        env: config.env.into_iter().flatten().map(|e| masked(&e)).collect(),
        limits: Limits {
            cpus_milli: unsigned(host.nano_cpus).map(|nano| nano / 1_000_000),
            memory: unsigned(host.memory),
            pids: unsigned(host.pids_limit),
        },
    }
}

/// A variable as it may be shown.
fn masked(variable: &str) -> (String, String) {
    let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
    (name.to_owned(), mask::value(name, value).into_owned())
}

/// What the interpreters of a workspace on one engine are built from, by their names.
pub(crate) type Builds = BTreeMap<String, Dockerfile>;

/// Removes what `name` means, and adds to `removed` what that was, also where not all of it can be. Says which images stay, and
/// for which interpreter.
pub(crate) async fn remove(
    docker: &Docker,
    root: &Utf8Path,
    name: &str,
    builds: Option<&Builds>,
    removed: &mut Vec<String>,
) -> Result<Vec<(String, String)>, RunError> {
    let mut kept = list(docker).await?;
    kept.containers.retain(|container| is_meant(container, root, name));
    let goes = |interpreter: &str| {
        interpreter == name || kept.containers.iter().any(|it| it.interpreter == interpreter)
    };
    let is_taken = |image: &Image| {
        let is_theirs = || kept.containers.iter().any(|container| container.image == image.id);
        let is_its = |file: &Dockerfile| source(file) == image.source;
        let is_built = |all: &Builds| all.get(name).is_some_and(is_its) || is_theirs();
        image.workspace == root && builds.is_some_and(is_built)
    };
    let mut stay = Vec::new();
    kept.images.retain(|image| {
        if image_is_meant(image, name) {
            return true;
        }
        let needed_by = builds.and_then(|all| needed_by(image, all, goes));
        match needed_by.filter(|_| is_taken(image)) {
            Some(other) => {
                let title = prune::our_name(&image.names).unwrap_or(&image.id);
                stay.push((title.to_owned(), other.to_owned()));
                false
            }
            None => is_taken(image),
        }
    });
    take_away(docker, root, Some(name), &kept, removed).await?;
    Ok(stay)
}

/// An interpreter that stays and needs an image, or has needed it before its files changed.
fn needed_by<'b>(
    image: &Image,
    builds: &'b Builds,
    goes: impl Fn(&str) -> bool,
) -> Option<&'b str> {
    let needs = |(name, file): &(&String, &Dockerfile)| !goes(name) && series(file) == image.series;
    builds.iter().find(needs).map(|(name, _)| name.as_str())
}

/// Removes all that was made for a workspace, and adds to `removed` what that was, also where not all of it can be.
pub(crate) async fn remove_all(
    docker: &Docker,
    root: &Utf8Path,
    images: bool,
    removed: &mut Vec<String>,
) -> Result<(), RunError> {
    let mut kept = list(docker).await?;
    kept.containers.retain(|container| container.workspace == root);
    kept.images.retain(|image| images && image.workspace == root);
    take_away(docker, root, None, &kept, removed).await
}

/// Removes what is in `kept`, and the services of the interpreter of this name, or of all.
async fn take_away(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: Option<&str>,
    kept: &Kept,
    removed: &mut Vec<String>,
) -> Result<(), RunError> {
    for container in &kept.containers {
        remove_container(docker, container).await?;
        removed.push(container.name.clone());
    }
    removed.extend(compose::take_down(docker, root, interpreter).await);
    for image in &kept.images {
        removed.extend(remove_image(docker, image).await?);
    }
    Ok(())
}

async fn remove_container(docker: &Docker, container: &Container) -> Result<(), RunError> {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    let gone = docker.remove_container(&container.id, Some(options)).await;
    done(gone, &format!("remove the container {}", container.name))
}

/// Removes an image, and says what of it went: without a name it stays where somebody has made another image from it.
async fn remove_image(docker: &Docker, image: &Image) -> Result<Option<String>, RunError> {
    let name = prune::our_name(&image.names);
    let title = name.unwrap_or(&image.id);
    let gone = prune::take(docker, &image.id, &image.names).await;
    if gone.as_ref().is_err_and(|e| status(e) == Some(409)) {
        return match user(docker, image).await? {
            Some(user) => Err(in_use(title, user)),
            None => Ok(name.map(str::to_owned)),
        };
    }
    done(gone, &format!("remove the image {title}"))?;
    Ok(Some(title.to_owned()))
}

/// A container that is made of an image.
async fn user(docker: &Docker, image: &Image) -> Result<Option<ContainerSummary>, RunError> {
    let all = ListContainersOptionsBuilder::default().all(true).build();
    let found = see::containers(docker, all).await;
    let found = found.map_err(|e| engine_error("list containers", &e))?;
    Ok(found.into_iter().find(|it| it.image_id.as_ref() == Some(&image.id)))
}

fn in_use(image: &str, user: ContainerSummary) -> RunError {
    let is_kept = user.labels.is_some_and(|labels| labels.contains_key(INTERPRETER));
    let name = user.names.into_iter().flatten().next().unwrap_or_default();
    let name = name.trim_start_matches('/');
    let message = format!("cannot remove the image {image}: it is in use by the container {name}");
    let command = if is_kept { "testdock interpreter remove" } else { "docker rm" };
    RunError::new(Fault::Interpreter, message).help(format!("remove that first: {command} {name}"))
}

/// What somebody else has removed meanwhile is removed.
fn done(result: Result<(), bollard::errors::Error>, what: &str) -> Result<(), RunError> {
    match result {
        Err(e) if status(&e) != Some(404) => Err(engine_error(what, &e)),
        _ => Ok(()),
    }
}

/// An interpreter's name means the container of this project only: every project has a default one.
fn is_meant(container: &Container, root: &Utf8Path, name: &str) -> bool {
    let is_interpreter = container.interpreter == name && container.workspace == root;
    container.name == name || is_interpreter || is_id(&container.id, name)
}

fn image_is_meant(image: &Image, name: &str) -> bool {
    let plain = image.id.trim_start_matches("sha256:");
    image.id == name || image.names.iter().any(|n| n == name) || is_id(plain, name)
}

/// Whether `name` is the beginning of `id`, long enough to be meant as one.
fn is_id(id: &str, name: &str) -> bool {
    name.len() >= 6 && id.starts_with(name)
}

pub(crate) fn unknown(name: &str) -> RunError {
    RunError::new(
        Fault::Configuration,
        format!("the project has no interpreter `{name}`, and Testdock no container or image of that name"),
    )
    .help("see which there are: testdock interpreter list")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_word_is_no_id() {
        assert!(is_id("abcdef0123", "abcdef"));
        assert!(!is_id("abcdef0123", "abc"));
    }
}
