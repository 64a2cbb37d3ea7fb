//! Runs in containers.

mod cache;
pub(crate) mod compose;
mod container;
mod copy;
mod entry;
mod exec;
mod fate;
pub(crate) mod kept;
mod look;
mod made;
pub(crate) mod nature;
mod passwd;
mod placement;
mod points;
mod printed;
mod recipe;
pub(crate) mod see;
mod selinux;
pub(crate) mod settle;
mod setup;
mod shape;
mod share;
pub(crate) mod surroundings;
mod variables;

mod bases;
mod build;
pub(crate) mod connect;
mod context;
mod image;
mod not_made;
mod note;
pub(crate) mod own;
mod prune;
mod pull;
pub(crate) mod standing;
pub(crate) mod takeover;

pub(crate) use container::{Container, engine_error, now};
pub(crate) use fate::Fate;
pub(crate) use recipe::KEY;

use std::sync::Arc;

use bollard::Docker;
use bollard::models::SystemVersion;
use camino::Utf8Path;
use testdock_core::interpreter;
use testdock_core::model::{Provenance, RunError, RunEvent};
use testdock_core::plan::{Build, Compose, Dockerfile, Grant, Interpreter, Job, Source};
use tokio_util::sync::CancellationToken;

use crate::consent;
use crate::runner::Events;
use crate::scan;
use crate::stand::{Seat, Stand};
use crate::supervisor::Base;
use compose::Claim;
use image::Image;
use nature::Nature;
use not_made::NotMade;
use own::Own;
use recipe::{BASE, Place, Recipe};
use share::Share;

/// A container for `job`, with its image made and the workspace in it.
pub(crate) async fn stand(
    docker: &Docker,
    root: &Utf8Path,
    job: &Job,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Stand, RunError> {
    let own = Own::of_process(docker).await;
    let mut interpreter = (*job.interpreter).clone();
    let mut claim = None;
    if let Source::Compose(service) = &job.interpreter.source {
        let (ready, held) = compose::ready(docker, root, &interpreter, service, events).await?;
        (interpreter, claim) = (ready, Some(held));
        if service.exec {
            if job.fresh {
                events
                    .send(not_honoured("`--fresh`: a service's own container is not replaced"))
                    .await;
            }
            return borrowed(docker, root, job, &interpreter, (service, claim, &own), events).await;
        }
    } else {
        consent::require(&interpreter, root)?;
    }
    let said = nature::of(docker, interpreter.host.as_deref()).await;
    let laid = |interpreter: &Interpreter| surroundings::lay(interpreter, said.nature, &own);
    let interpreter = &laid(&interpreter);
    let image = image::ensure(docker, root, interpreter, events, cancel).await?;
    let settled = settle::settle(docker, root, interpreter, &image, &own, &said).await?;
    let interpreter = &settled.interpreter;
    let placement = placement::placement(docker, root, interpreter, &image).await?;
    let files = made::fetch(docker, root, &image, &placement.files).await;
    let place = Place { placement: &placement, files: &files, own: &own };
    let mut share = Share::of(root, &connect::address(interpreter.host.as_deref())?);
    if !share.is_copy {
        points::make(root, &interpreter.options, &placement)?;
    }
    // Now that what is mounted is there.
    let outline = recipe::outline(&laid(&known(root, &job.interpreter)));
    let container = loop {
        let recipe = Recipe::new(root, interpreter, job.is_alone(), &image, &place, share.is_copy);
        let recipe = recipe.of_outline(&outline);
        match container::obtain(docker, recipe, share.clone(), events).await {
            Ok(container) => break container,
            Err(NotMade::Unseen) => share.give_up(),
            Err(NotMade::Failed(error)) => return Err(error),
        }
    };
    if !container.is_warm() {
        if container.has_copy()
            && let Some(warning) = without_tests(root, job).await
        {
            events.send(RunEvent::Warning(warning)).await;
        }
        tokio::spawn(tidied(docker.clone(), image.clone(), interpreter.host.clone(), own.clone()));
    }
    let shell = variables::shell(docker, &image, interpreter, job, events).await?;
    let provenance = Provenance {
        interpreter: match &job.interpreter.source {
            service @ Source::Compose(_) => format!("{} → {}", service.short(), image.name),
            _ => image.description,
        },
        image: image.id,
        inputs: image.inputs,
        container: container.id().to_owned(),
        warm: container.is_warm(),
        paths: container.paths().clone(),
        ..Provenance::default()
    };
    Ok(Stand {
        shell,
        env: interpreter.options.env.clone(),
        provenance: Arc::new(provenance),
        base: Base { dir: BASE.to_owned(), lease: Some(recipe::lease(interpreter)) },
        is_caller: settled.is_caller,
        seat: Seat::Container(Box::new(container)),
        claim,
    })
}

/// What is to be said of tests that a copy of the workspace lacks.
async fn without_tests(root: &Utf8Path, job: &Job) -> Option<String> {
    const RULES: &str = ".dockerignore";
    let (root, suite) = (root.to_owned(), job.suite.clone());
    let look = move || {
        root.join(RULES).is_file().then_some(())?;
        let files = scan::list(&root);
        let mut tests = copy::left_out(&root, &files).filter(|file| suite.has_test_file(file));
        let first = tests.next()?;
        Some(format!(
            "{RULES} leaves out {} of the test files, such as {first}: the copy of the workspace on the engine's \
             machine does without them; bring them along in .testdockignore, as in `!{first}`",
            tests.count() + 1
        ))
    };
    tokio::task::spawn_blocking(look).await.ok().flatten()
}

/// A service's own container, as it is.
async fn borrowed(
    docker: &Docker,
    root: &Utf8Path,
    job: &Job,
    interpreter: &Interpreter,
    (service, claim, own): (&Compose, Option<Claim>, &Own),
    events: &Events,
) -> Result<Stand, RunError> {
    let mut interpreter = interpreter.clone();
    let nature = nature::of(docker, interpreter.host.as_deref()).await.nature;
    // Whom its engine has made somebody else stays so in a container that is there already.
    let is_caller = nature.is_caller(&interpreter.options) && nature != Nature::Remapped;
    nature::adapt(&mut interpreter.options, nature);
    let (container, image) = compose::borrow(docker, root, &interpreter, service, own).await?;
    // The service's own variables are in the container.
    let shell = variables::shell(docker, &image, &job.interpreter, job, events).await?;
    let provenance = Provenance {
        interpreter: format!("the running service {} of {}", service.service, service.project),
        image: image.id,
        container: container.id().to_owned(),
        warm: true,
        paths: container.paths().clone(),
        ..Provenance::default()
    };
    Ok(Stand {
        env: job.interpreter.options.env.clone(),
        shell,
        provenance: Arc::new(provenance),
        // A directory of one user is of no use to another.
        base: Base { dir: format!("/tmp/testdock-{}", container.user_word()), lease: None },
        is_caller,
        seat: Seat::Container(Box::new(container)),
        claim,
    })
}

/// The interpreter, with a source that has an image.
async fn imaged(root: &Utf8Path, interpreter: &Interpreter) -> Result<Interpreter, RunError> {
    match &interpreter.source {
        Source::Compose(service) => {
            Ok(compose::resolved(root, interpreter, service).await?.interpreter)
        }
        Source::Dockerfile(_) | Source::Image(_) | Source::Local => Ok(interpreter.clone()),
    }
}

/// The interpreter as far as it is known without asking the compose tool.
pub(crate) fn known(root: &Utf8Path, interpreter: &Interpreter) -> Interpreter {
    let made = match &interpreter.source {
        Source::Compose(service) => compose::remembered(root, interpreter, service),
        Source::Dockerfile(_) | Source::Image(_) | Source::Local => None,
    };
    made.unwrap_or_else(|| interpreter.clone())
}

/// The same, with all that it is to have of this machine.
pub(crate) async fn laid(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
) -> Interpreter {
    let interpreter = known(root, interpreter);
    let nature = nature::of(docker, interpreter.host.as_deref()).await.nature;
    surroundings::lay(&interpreter, nature, &Own::of_process(docker).await)
}

/// What an interpreter has beyond its container.
pub(crate) async fn grants(
    root: &Utf8Path,
    interpreter: &Interpreter,
) -> Result<Vec<Grant>, RunError> {
    Ok(consent::grants(&imaged(root, interpreter).await?, root))
}

/// What an interpreter's image is built from, where it is built. For a compose service the compose tool is asked.
pub(crate) async fn built_from(
    root: &Utf8Path,
    interpreter: &Interpreter,
) -> Result<Option<Dockerfile>, RunError> {
    match imaged(root, interpreter).await?.source {
        Source::Dockerfile(dockerfile) => Ok(Some(dockerfile)),
        Source::Image(_) | Source::Compose(_) | Source::Local => Ok(None),
    }
}

/// The image of a build, got and nothing more.
pub(crate) async fn get(
    docker: &Docker,
    root: &Utf8Path,
    build: &Build,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<interpreter::Image, RunError> {
    let interpreter = &imaged(root, &build.interpreter).await?;
    consent::require(interpreter, root)?;
    let image = match build.fresh {
        false => image::ensure(docker, root, interpreter, events, cancel).await,
        true => image::renew(docker, root, interpreter, events, cancel).await,
    };
    let image = image?;
    for unheeded in &interpreter.unheeded {
        events.send(not_honoured(unheeded)).await;
    }
    let own = Own::of_process(docker).await;
    tidied(docker.clone(), image.clone(), interpreter.host.clone(), own).await;
    Ok(image.known())
}

/// What is said of something that a file asks for and does not get.
pub(crate) fn not_honoured(what: &str) -> RunEvent {
    RunEvent::Warning(format!("not honoured: {what}"))
}

/// Removes the images that are not needed now that this one is there.
async fn tidied(docker: Docker, image: Image, host: Option<String>, own: Own) {
    prune::replaced(&docker, &image).await;
    prune::orphans(&docker, host.as_deref(), &own).await;
}

/// Whether an engine is Podman, which says so among its components only.
pub(crate) fn is_podman(version: &SystemVersion) -> bool {
    version.components.iter().flatten().any(|component| component.name.contains("Podman"))
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
