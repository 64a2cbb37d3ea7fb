//! The image that tests run in: there already, pulled or built.

use bollard::Docker;
use bollard::errors::Error;
use bollard::models::ImageInspect;
use camino::Utf8Path;
use testdock_core::model::{Fault, RunError};
use testdock_core::plan::Source;
use tokio_util::sync::CancellationToken;

use super::pull::pull;
use crate::runner::Events;

/// An image that is ready to run, and what its maker decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image {
    /// The engine's id, `sha256:…`.
    pub(crate) id: String,
    /// The name to create containers from.
    pub(crate) name: String,
    /// Its environment, `NAME=value`.
    pub(crate) env: Vec<String>,
    /// Its working directory; `/` where it names none.
    pub(crate) workdir: String,
    /// Its user; empty for root.
    pub(crate) user: String,
    /// In words, such as `Dockerfile → testdock/shop:3f2a…`.
    pub(crate) description: String,
    /// The directories that its Dockerfile copies the whole build context to, the last one first;
    /// the source may hide below such a directory only if the context is the workspace.
    pub(crate) copied_to: Vec<String>,
}

/// Makes sure that the engine has the image of `source`. Ends soon after `cancel`, with an error
/// that nobody needs to see.
pub(crate) async fn ensure(
    docker: &Docker,
    root: &Utf8Path,
    source: &Source,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Image, RunError> {
    let work = async {
        match source {
            Source::Image(name) => by_name(docker, name, events).await,
            Source::Dockerfile(_) => Err(RunError::new(
                Fault::Interpreter,
                format!("cannot build in {root}: not yet"),
            )),
            Source::Local => Err(RunError::new(
                Fault::Configuration,
                "cannot find the image of an interpreter that is local",
            )),
        }
    };
    // Dropping the request makes the engine end what it was doing for it.
    let done = cancel.run_until_cancelled(work).await;
    done.unwrap_or_else(|| Err(RunError::new(Fault::Interpreter, "cancelled")))
}

async fn by_name(docker: &Docker, name: &str, events: &Events) -> Result<Image, RunError> {
    if let Some(image) = find(docker, name).await? {
        return Ok(image);
    }
    pull(docker, name, events).await?;
    let found = find(docker, name).await?;
    found.ok_or_else(|| {
        let message = format!("cannot use {name}: the engine pulled it and does not have it");
        RunError::new(Fault::Interpreter, message).help("pull it by hand (docker pull)")
    })
}

/// The image `name`, if the engine has it.
async fn find(docker: &Docker, name: &str) -> Result<Option<Image>, RunError> {
    match docker.inspect_image(name).await {
        Ok(inspected) => Ok(Some(Image::new(name, inspected))),
        Err(Error::DockerResponseServerError {
            status_code: 404, ..
        }) => Ok(None),
        Err(error) => {
            let message = format!("cannot inspect the image {name}: {error}");
            Err(RunError::new(Fault::Interpreter, message)
                .help("check its name, and that the engine is well (docker image inspect)"))
        }
    }
}

impl Image {
    fn new(name: &str, inspected: ImageInspect) -> Self {
        let config = inspected.config.unwrap_or_default();
        let workdir = config.working_dir.filter(|dir| !dir.is_empty());
        Self {
            id: inspected.id.unwrap_or_default(),
            name: name.to_owned(),
            env: config.env.unwrap_or_default(),
            workdir: workdir.unwrap_or_else(|| "/".to_owned()),
            user: config.user.unwrap_or_default(),
            description: name.to_owned(),
            copied_to: Vec::new(),
        }
    }
}
