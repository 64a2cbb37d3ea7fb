//! What there is on an engine.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use bollard::Docker;
use bollard::errors::Error;
use bollard::models::{ContainerSummary, ImageSummary, PortSummary};
use bollard::query_parameters::ListContainersOptionsBuilder;
use testdock_core::containers::origin::WORKSPACE;
use testdock_core::containers::{Container, Image, Inventory, Origin, Port, State, status_words};
use testdock_core::model::RunError;
use tokio::time::timeout;

use super::failed;
use crate::docker::{KEY, see, status};
use crate::world::World;

/// An engine that was reached and then hangs is waited for so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Everything that is on the engine at `host`, or on the active one.
pub async fn list(world: &World, host: Option<&str>) -> Result<Inventory, RunError> {
    let error = match inventory(&world.engine(host).await?).await {
        Err(error) if status(&error).is_none() => error,
        Ok(inventory) => return Ok(inventory),
        Err(error) => return Err(failed(world, host, WHAT, &error).await),
    };
    // A connection that stood may be one to an engine that was started again since.
    tracing::debug!(%error, "an engine is asked once more");
    world.forget(host);
    match inventory(&world.engine(host).await?).await {
        Ok(inventory) => Ok(inventory),
        Err(error) => Err(failed(world, host, WHAT, &error).await),
    }
}

const WHAT: &str = "list the containers";

async fn inventory(docker: &Docker) -> Result<Inventory, Error> {
    let all = ListContainersOptionsBuilder::default().all(true).build();
    let asked = async { tokio::try_join!(see::containers(docker, all), see::images(docker, None)) };
    let answer = timeout(PATIENCE, asked).await;
    let (containers, images) = answer.unwrap_or(Err(Error::RequestTimeoutError))?;
    let mut names: HashMap<&str, &str> = HashMap::new();
    for image in &images {
        let name = image.repo_tags.iter().find(|name| !name.starts_with("<none>"));
        names.extend(name.map(|name| (image.id.as_str(), name.as_str())));
    }
    let containers: Vec<Container> =
        containers.into_iter().filter_map(|found| container(found, &names)).collect();
    let used: BTreeSet<&str> = containers.iter().map(|it| it.image_id.as_str()).collect();
    let ours = images.iter().filter(|image| image.labels.contains_key(KEY));
    let mut images: Vec<Image> = ours.map(|it| image(it, used.contains(it.id.as_str()))).collect();
    images.sort_by(|a, b| (b.created, &a.names).cmp(&(a.created, &b.names)));
    Ok(Inventory { containers, images })
}

fn container(found: ContainerSummary, names: &HashMap<&str, &str>) -> Option<Container> {
    let origin = Origin::of(&found.labels.unwrap_or_default())?;
    let name = found.names.into_iter().flatten().next().unwrap_or_default();
    let state = found.state.map(|state| state.to_string()).unwrap_or_default();
    let (status, health) = status_words(&found.status.unwrap_or_default());
    let (image, image_id) = (found.image.unwrap_or_default(), found.image_id.unwrap_or_default());
    // One that was made of an image's id is told by the image's name.
    let is_id =
        image_id.trim_start_matches("sha256:").starts_with(image.trim_start_matches("sha256:"));
    let named = names.get(image_id.as_str()).filter(|_| is_id);
    let mut ports: Vec<Port> = found.ports.into_iter().flatten().filter_map(port).collect();
    ports.sort();
    Some(Container {
        id: found.id.unwrap_or_default(),
        name: name.trim_start_matches('/').to_owned(),
        image: named.map_or(image, |name| (*name).to_owned()),
        image_id,
        state: State::of(&state),
        status,
        health,
        ports,
        origin,
        created: found.created.unwrap_or_default(),
    })
}

fn port(found: PortSummary) -> Option<Port> {
    Some(Port {
        address: found.ip.unwrap_or_default(),
        outside: found.public_port?,
        inside: found.private_port,
        protocol: found.typ.map(|typ| typ.to_string()).unwrap_or_default(),
    })
}

fn image(found: &ImageSummary, in_use: bool) -> Image {
    let names = found.repo_tags.iter().filter(|name| !name.starts_with("<none>"));
    Image {
        id: found.id.clone(),
        names: names.cloned().collect(),
        size: found.size.try_into().unwrap_or(0),
        created: found.created,
        workspace: found.labels.get(WORKSPACE).map(Into::into),
        in_use,
    }
}
