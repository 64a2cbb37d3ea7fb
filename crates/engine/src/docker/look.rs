//! A look into an image, once for each image: what lies at some of its directories.

use std::collections::BTreeSet;

use bollard::Docker;
use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, CreateContainerOptions, RemoveContainerOptionsBuilder,
    StartContainerOptions,
};
use futures_util::StreamExt as _;
use testdock_core::containers::origin::HELPER;
use testdock_core::model::RunError;
use testdock_core::placement::Tree;

use super::container::engine_error;
use super::image::Image;
use super::note::Note;
use super::recipe::VERSION;

const SCRIPT: &str = include_str!("look.sh");
/// What is found may be this long; an image with more directories shows only some.
const MAX: usize = 4 << 20;

/// What `image` holds at `dirs`.
pub(super) async fn look(
    docker: &Docker,
    image: &Image,
    dirs: &BTreeSet<&str>,
) -> Result<Tree, RunError> {
    Ok(Tree::parse(&told(docker, image, SCRIPT, dirs).await?))
}

/// The image's list of users.
pub(super) async fn passwd(docker: &Docker, image: &Image) -> Result<String, RunError> {
    told(docker, image, "cat /etc/passwd", &BTreeSet::new()).await
}

/// Whether the image has a program of that name.
pub(super) async fn has(docker: &Docker, image: &Image, program: &str) -> Result<bool, RunError> {
    let script = r#"command -v "$1""#;
    Ok(!told(docker, image, script, &BTreeSet::from([program])).await?.is_empty())
}

/// What a script prints in `image`, asked once for each image and its arguments.
async fn told(
    docker: &Docker,
    image: &Image,
    script: &str,
    arguments: &BTreeSet<&str>,
) -> Result<String, RunError> {
    let note = Note::on(&image.id, [script].into_iter().chain(arguments.iter().copied()));
    if let Some(text) = note.read() {
        return Ok(text);
    }
    let (docker, name) = (docker.clone(), image.name.clone());
    let body = body(image, script, arguments);
    // On its own, so that a cancelled run leaves no container behind.
    let looked = tokio::spawn(async move {
        ask(&docker, body).await.map_err(|e| engine_error(&format!("look into {name}"), &e))
    });
    let text = match looked.await {
        Ok(text) => text?,
        Err(_) => String::new(),
    };
    note.write(&text);
    Ok(text)
}

fn body(image: &Image, script: &str, arguments: &BTreeSet<&str>) -> ContainerCreateBody {
    let script = ["sh", "-c", script, "testdock"].map(String::from);
    let labels = [(VERSION, env!("CARGO_PKG_VERSION")), (HELPER, "look")];
    ContainerCreateBody {
        image: Some(image.id.clone()),
        entrypoint: Some(script.into()),
        cmd: Some(arguments.iter().map(|d| (*d).to_owned()).collect()),
        user: Some("0".to_owned()),
        attach_stdout: Some(true),
        labels: Some(labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into()),
        host_config: Some(HostConfig {
            auto_remove: Some(true),
            network_mode: Some("none".to_owned()),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}

/// What a container of `body` prints; it is gone afterwards.
pub(super) async fn ask(
    docker: &Docker,
    body: ContainerCreateBody,
) -> Result<String, bollard::errors::Error> {
    let id = docker.create_container(None::<CreateContainerOptions>, body).await?.id;
    let told = follow(docker, &id).await;
    if told.is_err() {
        // A container that never started does not go by itself.
        let options = RemoveContainerOptionsBuilder::default().force(true).build();
        let _ = docker.remove_container(&id, Some(options)).await;
    }
    told
}

async fn follow(docker: &Docker, id: &str) -> Result<String, bollard::errors::Error> {
    let options = AttachContainerOptionsBuilder::default().stdout(true).stream(true).build();
    let mut output = docker.attach_container(id, Some(options)).await?.output;
    docker.start_container(id, None::<StartContainerOptions>).await?;
    let mut text = Vec::new();
    while let Some(piece) = output.next().await {
        text.extend_from_slice(&piece?.into_bytes());
        text.truncate(MAX);
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}
