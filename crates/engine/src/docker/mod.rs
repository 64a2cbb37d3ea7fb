//! Runs in containers.

mod container;
mod exec;
mod fate;
pub(crate) mod kept;
mod look;
mod placement;
mod recipe;

mod bases;
mod build;
pub(crate) mod connect;
mod context;
mod image;
mod note;
mod pull;
pub(crate) mod standing;
pub(crate) mod takeover;

pub(crate) use container::{Container, engine_error};
pub(crate) use fate::Fate;
pub(crate) use recipe::KEY;

use std::sync::Arc;

use bollard::Docker;
use camino::Utf8Path;
use testdock_core::interpreter;
use testdock_core::model::{Provenance, RunError};
use testdock_core::plan::{Build, Job};
use tokio_util::sync::CancellationToken;

use crate::runner::Events;
use crate::stand::{Seat, Stand};
use crate::supervisor::Base;
use recipe::{BASE, Recipe};

/// A container for `job`, with its image made and the workspace in it.
pub(crate) async fn stand(
    docker: &Docker,
    root: &Utf8Path,
    job: &Job,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Stand, RunError> {
    let interpreter = &job.interpreter;
    let image = image::ensure(docker, root, &interpreter.source, events, cancel).await?;
    let placement = placement::placement(docker, root, interpreter, &image).await?;
    let recipe = Recipe::new(root, job, &image, &placement);
    let container = container::obtain(docker, recipe, events).await?;
    if !container.is_warm() {
        tokio::spawn(image.clone().prune(docker.clone()));
    }
    let provenance = Provenance {
        interpreter: image.description,
        image: image.id,
        container: container.id().to_owned(),
        warm: container.is_warm(),
        paths: container.paths().clone(),
    };
    Ok(Stand {
        provenance: Arc::new(provenance),
        base: Base { dir: BASE.to_owned(), lease: Some(recipe::lease(interpreter)) },
        seat: Seat::Container(container),
    })
}

/// The image of a build, got and nothing more.
pub(crate) async fn get(
    docker: &Docker,
    root: &Utf8Path,
    build: &Build,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<interpreter::Image, RunError> {
    let source = &build.interpreter.source;
    let image = match build.fresh {
        false => image::ensure(docker, root, source, events, cancel).await,
        true => image::renew(docker, root, source, events, cancel).await,
    };
    let image = image?;
    image.clone().prune(docker.clone()).await;
    Ok(image.known())
}

/// The status code of an engine's refusal.
pub(crate) fn status(error: &bollard::errors::Error) -> Option<u16> {
    match error {
        bollard::errors::Error::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

/// An engine's error without the wrapping around it.
pub(crate) fn said(error: &bollard::errors::Error) -> String {
    match error {
        bollard::errors::Error::DockerResponseServerError { message, .. } => {
            message.trim().to_owned()
        }
        error => connect::innermost(error),
    }
}
