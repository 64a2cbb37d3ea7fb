//! How an interpreter stands on its engine: looked at, nothing changed.

use std::collections::HashMap;

use bollard::Docker;
use bollard::models::ContainerSummary;
use bollard::query_parameters::ListContainersOptionsBuilder;
use camino::Utf8Path;
use testdock_core::containers::origin::WORKSPACE;
use testdock_core::interpreter::Found;
use testdock_core::model::RunError;
use testdock_core::plan::{Interpreter, Source};

use super::build::{SERIES_LABEL, WORKSPACE_LABEL, series};
use super::compose;
use super::container::engine_error;
use super::image::{find, labelled, read_recipe};
use super::recipe::{OUTLINE, outline};
use super::{bases, laid, points, prune, see};

/// The image that an interpreter needs, known without asking the engine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Need {
    /// Its name.
    name: String,
    /// The images that it is built on.
    bases: Vec<String>,
    /// What it has in common with those that it replaces, where it is built.
    series: Option<String>,
    /// The files that it is built from, from the workspace's root.
    pub(crate) inputs: Vec<String>,
}

/// What `interpreter` needs.
pub(crate) async fn need(root: &Utf8Path, interpreter: &Interpreter) -> Result<Need, RunError> {
    match &interpreter.source {
        Source::Dockerfile(dockerfile) => {
            let recipe = read_recipe(root.to_owned(), dockerfile.clone()).await?;
            Ok(Need {
                name: recipe.name.clone(),
                series: Some(series(dockerfile)),
                bases: recipe.facts.base_images.clone(),
                inputs: recipe.inputs(),
            })
        }
        Source::Image(name) => Ok(Need { name: name.clone(), ..Need::default() }),
        // What is remembered of it: the tool is not asked for the mere sake of knowing.
        Source::Compose(service) => match compose::remembered(root, interpreter, service) {
            Some(made) => Box::pin(need(root, &made)).await,
            None => Ok(Need::default()),
        },
        Source::Local => Ok(Need::default()),
    }
}

/// What of it is there.
pub(crate) async fn found(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    need: &Need,
) -> Result<Found, RunError> {
    let interpreter = laid(docker, root, interpreter).await;
    if let Err(error) = points::check(root, &interpreter.options) {
        return Ok(Found::Invalid(error));
    }
    if need.name.is_empty() {
        return Ok(Found::Unread);
    }
    // Also those that another interpreter of the same outline has made.
    let outline = outline(&interpreter);
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
