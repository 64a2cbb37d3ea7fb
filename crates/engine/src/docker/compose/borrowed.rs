//! Running in a service's own container, as it is.

use std::collections::HashMap;

use bollard::Docker;
use bollard::models::{ContainerInspectResponse, ContainerSummary};
use bollard::query_parameters::ListContainersOptionsBuilder;
use camino::Utf8Path;
use testdock_core::interpreter::Found;
use testdock_core::model::{Fault, RunError};
use testdock_core::plan::{Compose, Interpreter};

use super::super::container::{Container, engine_error};
use super::super::image::{Image, find};
use super::super::own::Own;
use super::super::recipe;
use super::super::see;
use super::service::is_one_off;
use super::tool::Tool;
use super::{PROJECT, SERVICE};

/// The service's container that runs, and its image with the variables that are in the container.
pub(in super::super) async fn borrow(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    compose: &Compose,
    own: &Own,
) -> Result<(Container, Image), RunError> {
    let Some(found) = running(docker, compose).await? else {
        return Err(not_running(root, interpreter, compose).await);
    };
    let config = found.config.unwrap_or_default();
    let image = Image {
        id: found.image.unwrap_or_default(),
        name: config.image.unwrap_or_default(),
        env: config.env.unwrap_or_default(),
        ..Image::default()
    };
    let user = recipe::user(&interpreter.options.user);
    let id = found.id.unwrap_or_default();
    Ok((Container::borrowed(docker.clone(), id, found.mounts, user, own), image))
}

/// Whether that container is there, and what of.
pub(in super::super) async fn lent(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    compose: &Compose,
) -> Result<Found, RunError> {
    let Some(found) = running(docker, compose).await? else {
        return Ok(Found::Invalid(not_running(root, interpreter, compose).await));
    };
    let id = found.image.unwrap_or_default();
    let name = found.config.and_then(|config| config.image).unwrap_or_default();
    let image = find(docker, &id).await?.unwrap_or_default();
    Ok(Found::Warm(Image { id, name, ..image }.known()))
}

async fn running(
    docker: &Docker,
    compose: &Compose,
) -> Result<Option<ContainerInspectResponse>, RunError> {
    let Some(id) = listed(docker, compose).await?.and_then(|found| found.id) else {
        return Ok(None);
    };
    let found = see::container(docker, &id).await;
    let what = format!("inspect the service {}", compose.service);
    found.map(Some).map_err(|e| engine_error(&what, &e))
}

/// The service's container that runs, as a list has it.
pub(in super::super) async fn listed(
    docker: &Docker,
    compose: &Compose,
) -> Result<Option<ContainerSummary>, RunError> {
    let (project, service) = (&compose.project, &compose.service);
    let filters = HashMap::from([
        ("label", vec![format!("{PROJECT}={project}"), format!("{SERVICE}={service}")]),
        ("status", vec!["running".to_owned()]),
    ]);
    let options = ListContainersOptionsBuilder::default().filters(&filters).build();
    let list = see::containers(docker, options).await;
    let list = list.map_err(|e| engine_error("list containers", &e))?;
    Ok(list.into_iter().find(|it| !is_one_off(it)))
}

async fn not_running(root: &Utf8Path, interpreter: &Interpreter, compose: &Compose) -> RunError {
    let Compose { project, service, .. } = compose;
    let message = format!("the service {service} of the project {project} is not running");
    let tool = Tool::new(root, compose, interpreter.host.as_deref());
    let line = tool.line(&["up", "-d", service]).await;
    RunError::new(Fault::Interpreter, message).help(format!(
        "start it ({line}), or leave out compose.exec to run the tests in a container of their own"
    ))
}
