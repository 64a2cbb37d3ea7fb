//! How an interpreter stands on its engine: looked at, nothing changed.

use std::collections::HashMap;

use bollard::Docker;
use bollard::models::ContainerSummary;
use bollard::query_parameters::{InspectNetworkOptions, ListContainersOptionsBuilder};
use camino::Utf8Path;
use testdock_core::containers::origin::WORKSPACE;
use testdock_core::interpreter::{Found, require_image_name};
use testdock_core::model::{Fault, RunError};
use testdock_core::plan::{Interpreter, Options, Source};

use super::build::{SERIES_LABEL, WORKSPACE_LABEL, require_secrets, series};
use super::compose;
use super::container::engine_error;
use super::image::{find, labelled, read_recipe};
use super::recipe::{NO_NETWORK, OUTLINE, outline};
use super::{bases, known, laid, points, prune, see, shape, status};
use crate::consent;

/// The image that an interpreter needs, known without asking the engine.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Need {
    /// Its name.
    name: String,
    /// The images that it is built on.
    bases: Vec<String>,
    /// What it has in common with those that it replaces, where it is built.
    series: Option<String>,
    /// The files that it is built from, from the workspace's root.
    pub(crate) inputs: Vec<String>,
    /// What keeps it from being built or pulled.
    unready: Option<RunError>,
}

/// What `interpreter` needs, where the caller allows it.
pub(crate) async fn need(root: &Utf8Path, interpreter: &Interpreter) -> Result<Need, RunError> {
    // A container that is somebody else's has what it has.
    if interpreter.source.borrowed().is_some() {
        return Ok(Need::default());
    }
    consent::require(&known(root, interpreter), root)?;
    match &interpreter.source {
        Source::Dockerfile(dockerfile) => {
            let recipe = read_recipe(root.to_owned(), dockerfile.clone()).await?;
            Ok(Need {
                name: recipe.name.clone(),
                series: Some(series(dockerfile)),
                bases: recipe.facts.base_images.clone(),
                inputs: recipe.inputs(),
                unready: require_secrets(&recipe).err(),
            })
        }
        Source::Image(name) => {
            let unready = require_image_name(name).err();
            Ok(Need { name: name.clone(), unready, ..Need::default() })
        }
        // What is remembered of it: the tool is not asked for the mere sake of knowing.
        Source::Compose(service) => match compose::remembered(root, interpreter, service) {
            Some(made) => Box::pin(need(root, &made)).await,
            None => Ok(Need::default()),
        },
        Source::Local => Ok(Need::default()),
    }
}

/// What of it is there, or what the next run would miss.
pub(crate) async fn found(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    need: &Need,
) -> Result<Found, RunError> {
    if let Some(service) = interpreter.source.borrowed() {
        return compose::lent(docker, root, interpreter, service).await;
    }
    let laid = laid(docker, root, interpreter).await;
    let there = there(docker, root, &laid, need).await?;
    let needs_build = matches!(there, Found::Absent | Found::Stale);
    let unready = need.unready.clone().filter(|_| needs_build).map_or(Ok(()), Err);
    let surroundings = surroundings(docker, root, interpreter, &laid.options).await;
    Ok(unready.and(surroundings).map_or_else(Found::Invalid, |()| there))
}

/// That what a container is to be connected with is there.
async fn surroundings(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    laid: &Options,
) -> Result<(), RunError> {
    points::check(root, laid)?;
    if let Some(name) = interpreter.options.network.as_deref().filter(|it| shape::is_name(it)) {
        network(docker, name).await?;
    }
    match &interpreter.source {
        Source::Compose(service) => compose::require(docker, root, interpreter, service).await,
        Source::Dockerfile(_) | Source::Image(_) | Source::Local => Ok(()),
    }
}

async fn network(docker: &Docker, name: &str) -> Result<(), RunError> {
    match docker.inspect_network(name, None::<InspectNetworkOptions>).await {
        Err(error) if status(&error) == Some(404) => {
            let message =
                format!("cannot use the network {name}: the engine has none of that name");
            Err(RunError::new(Fault::Interpreter, message).help(NO_NETWORK))
        }
        // What else may be the matter the run says.
        _ => Ok(()),
    }
}

async fn there(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    need: &Need,
) -> Result<Found, RunError> {
    if need.name.is_empty() {
        return Ok(Found::Unread);
    }
    // Also those that another interpreter of the same outline has made.
    let outline = outline(interpreter);
    let (image, containers) =
        tokio::join!(find(docker, &need.name), containers(docker, root, &outline));
    let Some(image) = image? else {
        let is_older_there = is_older_there(docker, root, need).await?;
        return Ok(if is_older_there { Found::Stale } else { Found::Absent });
    };
    if bases::changed(docker, &need.bases, &image.id).await? {
        return Ok(Found::Stale);
    }
    let is_its = |container: &ContainerSummary| container.image_id.as_ref() == Some(&image.id);
    let image = image.known();
    Ok(match containers?.iter().any(is_its) {
        true => Found::Warm(image),
        false => Found::Ready(image),
    })
}

/// The containers of a workspace that run, of those with this outline.
async fn containers(
    docker: &Docker,
    root: &Utf8Path,
    outline: &str,
) -> Result<Vec<ContainerSummary>, RunError> {
    let labels = vec![format!("{WORKSPACE}={root}"), format!("{OUTLINE}={outline}")];
    let filters = HashMap::from([("label", labels), ("status", vec!["running".to_owned()])]);
    let options = ListContainersOptionsBuilder::default().filters(&filters).build();
    let found = see::containers(docker, options).await;
    found.map_err(|error| engine_error("list containers", &error))
}

/// Whether an image is there that was built in the same way from other files.
async fn is_older_there(docker: &Docker, root: &Utf8Path, need: &Need) -> Result<bool, RunError> {
    let Some(series) = &need.series else {
        return Ok(false);
    };
    let labels = [(WORKSPACE_LABEL, root.to_string()), (SERIES_LABEL, series.clone())];
    let found = labelled(docker, &labels).await;
    let found = found.map_err(|error| engine_error("list images", &error))?;
    Ok(found.iter().any(|image| prune::is_ours(&image.repo_tags)))
}
