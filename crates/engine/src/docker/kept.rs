//! Lists, shows and removes what carries our labels.

use std::collections::HashMap;
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
use testdock_core::plan::Limits;

use super::build::SOURCE_LABEL;
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
        id: found.id,
        names: found.repo_tags,
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

/// What registries know an image by, and the hash of what it was built from.
pub(crate) async fn origin(docker: &Docker, id: &str) -> Result<(Vec<String>, String), RunError> {
    let found = see::image(docker, id).await;
    let found = found.map_err(|e| engine_error(&format!("inspect the image {id}"), &e))?;
    let labels = found.config.and_then(|config| config.labels).unwrap_or_default();
    Ok((found.repo_digests.unwrap_or_default(), labels.get(KEY).cloned().unwrap_or_default()))
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
    let mounts = found.mounts.into_iter().flatten();
    Shown {
        container,
        user: config.user.unwrap_or_default(),
        paths: PathMap::new(mounts.filter_map(|m| {
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

/// Images that are to be removed too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Images<'a> {
    /// None.
    Stay,
    /// Those that were built for the containers that go, and what the workspace's build of this name has left.
    Built(Option<&'a str>),
}

/// Removes what `name` means, and says what that was.
pub(crate) async fn remove(
    docker: &Docker,
    root: &Utf8Path,
    name: &str,
    images: Images<'_>,
) -> Result<Vec<String>, RunError> {
    let Kept { mut containers, images: mut built } = list(docker).await?;
    containers.retain(|container| is_meant(container, root, name));
    built.retain(|image| {
        let is_theirs = || containers.iter().any(|container| container.image == image.id);
        let is_built = match images {
            Images::Stay => false,
            Images::Built(source) => source == Some(image.source.as_str()) || is_theirs(),
        };
        image_is_meant(image, name) || (is_built && image.workspace == root)
    });
    let mut removed = remove_containers(docker, &containers).await?;
    removed.extend(compose::take_down(docker, root, Some(name)).await);
    removed.extend(remove_images(docker, &built).await?);
    Ok(removed)
}

/// Removes all that was made for a workspace, and says what that was.
pub(crate) async fn remove_all(
    docker: &Docker,
    root: &Utf8Path,
    images: bool,
) -> Result<Vec<String>, RunError> {
    let Kept { mut containers, images: mut built } = list(docker).await?;
    containers.retain(|container| container.workspace == root);
    built.retain(|image| images && image.workspace == root);
    let mut removed = remove_containers(docker, &containers).await?;
    removed.extend(compose::take_down(docker, root, None).await);
    removed.extend(remove_images(docker, &built).await?);
    Ok(removed)
}

async fn remove_containers(
    docker: &Docker,
    containers: &[Container],
) -> Result<Vec<String>, RunError> {
    for container in containers {
        let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
        let gone = docker.remove_container(&container.id, Some(options)).await;
        done(gone, &format!("remove the container {}", container.name))?;
    }
    Ok(containers.iter().map(|container| container.name.clone()).collect())
}

async fn remove_images(docker: &Docker, images: &[Image]) -> Result<Vec<String>, RunError> {
    let title = |image: &Image| prune::our_name(&image.names).unwrap_or(&image.id).to_owned();
    for image in images {
        let gone = prune::take(docker, &image.id, &image.names).await;
        if gone.as_ref().is_err_and(|e| status(e) == Some(409)) {
            return Err(in_use(docker, image, &title(image)).await);
        }
        done(gone, &format!("remove the image {}", title(image)))?;
    }
    Ok(images.iter().map(title).collect())
}

/// The error for an image that containers are made of.
async fn in_use(docker: &Docker, image: &Image, title: &str) -> RunError {
    let all = ListContainersOptionsBuilder::default().all(true).build();
    let mut users = see::containers(docker, all).await.unwrap_or_default();
    users.retain(|it| it.image_id.as_ref() == Some(&image.id));
    let user = users.into_iter().next();
    let is_kept = user.iter().flat_map(|it| &it.labels).any(|it| it.contains_key(INTERPRETER));
    let name = user.and_then(|it| it.names?.into_iter().next()).unwrap_or_default();
    let name = name.trim_start_matches('/');
    let message = format!("cannot remove the image {title}: it is in use by the container {name}");
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
