//! Makes sure that an interpreter's image is there.

use bollard::Docker;
use camino::Utf8Path;
use testdock_core::model::{Fault, RunError};
use testdock_core::plan::Source;
use tokio_util::sync::CancellationToken;

use crate::runner::Events;

/// An image that the engine has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Image {
    /// The engine's id.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) env: Vec<String>,
    pub(crate) workdir: String,
    pub(crate) user: String,
    pub(crate) description: String,
    pub(crate) copied_to: Vec<String>,
}

/// Gets the image of `source`.
pub(crate) async fn ensure(
    docker: &Docker,
    _root: &Utf8Path,
    source: &Source,
    _events: &Events,
    _cancel: &CancellationToken,
) -> Result<Image, RunError> {
    let Source::Image(name) = source else {
        return Err(RunError::new(Fault::Configuration, "not yet"));
    };
    let found = docker.inspect_image(name).await.map_err(|e| {
        RunError::new(
            Fault::Interpreter,
            format!("cannot find the image {name}: {e}"),
        )
    })?;
    let config = found.config.unwrap_or_default();
    Ok(Image {
        id: found.id.unwrap_or_default(),
        name: name.clone(),
        env: config.env.unwrap_or_default(),
        workdir: config.working_dir.unwrap_or_default(),
        user: config.user.unwrap_or_default(),
        description: name.clone(),
        copied_to: Vec::new(),
    })
}
