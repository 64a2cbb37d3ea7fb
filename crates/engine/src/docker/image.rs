//! The image that tests run in: there already, pulled or built.

use std::collections::HashMap;

use bollard::Docker;
use bollard::errors::Error;
use bollard::models::{ImageInspect, ImageSummary};
use bollard::query_parameters::ListImagesOptionsBuilder;
use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::interpreter;
use testdock_core::interpreter::dockerfile::DockerfileFacts;
use testdock_core::model::{Fault, RunError, RunEvent};
use testdock_core::plan::{Dockerfile, Interpreter, Source};
use tokio_util::sync::CancellationToken;

use super::bases;
use super::build::{Recipe, SERIES_LABEL, Steps, WORKSPACE_LABEL, build, is_whole_context, series};
use super::pull::pull;
use super::see;
use super::surroundings::proxies;
use crate::runner::Events;

/// An image that is ready to run, and what its maker decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// The directories that its Dockerfile copies the whole build context to, the last one first.
    pub(crate) copied_to: Vec<String>,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// When it was made, in seconds since the epoch.
    pub(crate) created: i64,
    /// The hash of what it was built from; empty where it was not built here.
    pub(crate) inputs: String,
    /// The labels of those that it replaces, where it was built.
    pub(super) series: Vec<(&'static str, String)>,
}

/// Makes sure that the engine has the image of `interpreter`. Ends soon after `cancel`, with an error
/// that nobody needs to see.
pub(crate) async fn ensure(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Image, RunError> {
    obtain(docker, root, interpreter, Steps::Kept, events, cancel).await
}

/// Builds or pulls the image of `interpreter` again, whether or not the engine has it; so are the images
/// that it is built on, as far as there is a registry for them.
pub(crate) async fn renew(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Image, RunError> {
    obtain(docker, root, interpreter, Steps::Anew, events, cancel).await
}

async fn obtain(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    steps: Steps,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Image, RunError> {
    let work = async {
        match &interpreter.source {
            Source::Image(name) => by_name(docker, name, interpreter, steps, events).await,
            Source::Dockerfile(dockerfile) => {
                by_dockerfile(docker, root, dockerfile, (interpreter, steps), events).await
            }
            Source::Compose(_) | Source::Local => Err(RunError::new(
                Fault::Configuration,
                "cannot find the image of an interpreter that has none of its own",
            )),
        }
    };
    // Dropping the request makes the engine end what it was doing for it.
    let done = cancel.run_until_cancelled(work).await;
    done.unwrap_or_else(|| Err(RunError::new(Fault::Interpreter, "cancelled")))
}

async fn by_name(
    docker: &Docker,
    name: &str,
    interpreter: &Interpreter,
    steps: Steps,
    events: &Events,
) -> Result<Image, RunError> {
    let platform = interpreter.options.platform.as_deref();
    match (find(docker, name).await?, steps) {
        (Some(image), Steps::Kept) if !interpreter.pull => return Ok(image),
        (Some(_), _) => pull_newer(docker, name, platform, events).await,
        (None, _) => pull(docker, name, platform, events).await?,
    }
    let found = find(docker, name).await?;
    found.ok_or_else(|| vanished(name))
}

/// Pulls an image that is there already; one that no registry has stays as it is.
async fn pull_newer(docker: &Docker, name: &str, platform: Option<&str>, events: &Events) {
    if let Err(error) = pull(docker, name, platform, events).await {
        let why = format!("{}; the one that is here is used", error.message);
        events.send(RunEvent::Warning(why)).await;
    }
}

async fn by_dockerfile(
    docker: &Docker,
    root: &Utf8Path,
    dockerfile: &Dockerfile,
    (interpreter, steps): (&Interpreter, Steps),
    events: &Events,
) -> Result<Image, RunError> {
    let mut recipe = read_recipe(root.to_owned(), dockerfile.clone()).await?;
    recipe.proxies = proxies(interpreter.host.as_deref());
    recipe.host.clone_from(&interpreter.host);
    let image = match (current(docker, &recipe).await?, steps) {
        (Some(image), Steps::Kept) if !interpreter.pull => image,
        (_, Steps::Kept) if !interpreter.pull => made(docker, &recipe, steps, events).await?,
        _ => {
            renew_bases(docker, &recipe, events).await?;
            made(docker, &recipe, steps, events).await?
        }
    };
    Ok(Image {
        description: format!("{} → {}", dockerfile.path, image.name),
        copied_to: copied_to(&recipe.facts, &image.workdir),
        inputs: recipe.key.clone(),
        series: vec![(WORKSPACE_LABEL, root.to_string()), (SERIES_LABEL, series(dockerfile))],
        ..image
    })
}

/// The image of a recipe, unless it is stale.
pub(super) async fn current(docker: &Docker, recipe: &Recipe) -> Result<Option<Image>, RunError> {
    let Some(image) = find(docker, &recipe.name).await? else {
        return Ok(None);
    };
    let is_stale = bases::changed(docker, &recipe.facts.base_images, &image.id).await?;
    Ok((!is_stale).then_some(image))
}

/// Builds the image of a recipe.
async fn made(
    docker: &Docker,
    recipe: &Recipe,
    steps: Steps,
    events: &Events,
) -> Result<Image, RunError> {
    build(docker, recipe, steps, events).await?;
    let built = find(docker, &recipe.name).await?.ok_or_else(|| vanished(&recipe.name))?;
    bases::remember(docker, &recipe.facts.base_images, &built.id).await?;
    Ok(built)
}

/// The images that have all of these labels; of no label, none.
pub(super) async fn labelled(
    docker: &Docker,
    labels: &[(&str, String)],
) -> Result<Vec<ImageSummary>, Error> {
    let Some(((name, value), others)) = labels.split_first() else {
        return Ok(Vec::new());
    };
    // Asked for several labels at once, Podman finds none.
    let filters = HashMap::from([("label", vec![format!("{name}={value}")])]);
    let options = ListImagesOptionsBuilder::default().filters(&filters).build();
    let mut found = see::images(docker, Some(options)).await?;
    found.retain(|image| others.iter().all(|(name, value)| image.labels.get(*name) == Some(value)));
    Ok(found)
}

/// Pulls the images that a build starts from; one that is not here is pulled by the build itself.
async fn renew_bases(docker: &Docker, recipe: &Recipe, events: &Events) -> Result<(), RunError> {
    for base in &recipe.facts.base_images {
        if find(docker, base).await?.is_some() {
            let platform = recipe.dockerfile.options.platform.as_deref();
            pull_newer(docker, base, platform, events).await;
        }
    }
    Ok(())
}

pub(super) async fn read_recipe(
    root: Utf8PathBuf,
    dockerfile: Dockerfile,
) -> Result<Recipe, RunError> {
    let reading = tokio::task::spawn_blocking(move || Recipe::read(&root, &dockerfile));
    reading.await.unwrap_or_else(|e| {
        let message = format!("cannot read the build's files: {e}");
        Err(RunError::new(Fault::Interpreter, message))
    })
}

/// Where the workspace's copies lie; those of a Dockerfile without `WORKDIR` hang on its base image's,
/// which is then the built image's too.
fn copied_to(facts: &DockerfileFacts, workdir: &str) -> Vec<String> {
    let mut dirs = facts.workspace_copied_to.clone();
    let relative = facts.copies.iter().filter(|copy| copy.path.is_none() && is_whole_context(copy));
    dirs.extend(relative.map(|copy| join(workdir, &copy.dest)));
    dirs.reverse();
    dirs
}

fn join(dir: &str, path: &str) -> String {
    let parts = dir.split('/').chain(path.split('/'));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty() && *part != ".").collect();
    format!("/{}", parts.join("/"))
}

fn vanished(name: &str) -> RunError {
    let message = format!("cannot use the image {name}: the engine made it and does not have it");
    RunError::new(Fault::Interpreter, message)
        .help("run again; something else may be removing images (docker image prune)")
}

/// The image `name`, if the engine has it.
pub(super) async fn find(docker: &Docker, name: &str) -> Result<Option<Image>, RunError> {
    match see::image(docker, name).await {
        Ok(inspected) => Ok(Some(Image::new(name, inspected))),
        // 400 and 301 answer what is no name at all; a pull says why.
        Err(Error::DockerResponseServerError { status_code: 404 | 400 | 301, .. }) => Ok(None),
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
            series: Vec::new(),
            size: inspected.size.and_then(|size| size.try_into().ok()).unwrap_or(0),
            created: inspected.created.map_or(0, |at| at.unix_timestamp()),
            inputs: String::new(),
        }
    }

    /// As the rest of Testdock knows it.
    pub(crate) fn known(&self) -> interpreter::Image {
        let Self { id, name, size, created, .. } = self.clone();
        interpreter::Image { id, name, size, created }
    }
}

#[cfg(test)]
pub(super) mod tests;
