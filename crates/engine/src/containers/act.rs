//! What can be done with one container or image.

use bollard::query_parameters::{
    RemoveContainerOptionsBuilder, RemoveImageOptionsBuilder, RestartContainerOptions,
    StartContainerOptions, StopContainerOptions,
};
use testdock_core::containers::{Action, mask};
use testdock_core::model::{Fault, RunError};

use super::{failed, short};
use crate::docker::{KEY, said, see, status};
use crate::world::World;

/// Does something with a container. What is so already is no error: it is stopped, it is removed.
pub async fn act(
    world: &World,
    host: Option<&str>,
    id: &str,
    action: Action,
) -> Result<(), RunError> {
    let docker = world.engine(host).await?;
    let done = match action {
        Action::Start => docker.start_container(id, None::<StartContainerOptions>).await,
        Action::Stop => docker.stop_container(id, None::<StopContainerOptions>).await,
        Action::Restart => docker.restart_container(id, None::<RestartContainerOptions>).await,
        Action::Remove => {
            let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
            docker.remove_container(id, Some(options)).await
        }
    };
    match done {
        Ok(()) => Ok(()),
        // Somebody else removes it at this moment.
        Err(error) if action == Action::Remove && matches!(status(&error), Some(404 | 409)) => {
            Ok(())
        }
        Err(error) => {
            let what = format!("{} the container {}", action.as_str(), short(id));
            Err(failed(world, host, &what, &error).await)
        }
    }
}

/// All that the engine knows of a container, as JSON; what looks like a secret is masked.
pub async fn inspect(world: &World, host: Option<&str>, id: &str) -> Result<String, RunError> {
    let docker = world.engine(host).await?;
    let what = || format!("inspect the container {}", short(id));
    let found = match see::container(&docker, id).await {
        Ok(found) => found,
        Err(error) => return Err(failed(world, host, &what(), &error).await),
    };
    let text = serde_json::to_value(found).and_then(|mut value| {
        mask::inspected(&mut value);
        serde_json::to_string_pretty(&value)
    });
    text.map_err(|error| RunError::new(Fault::Interpreter, format!("cannot {}: {error}", what())))
}

/// Removes an image that Testdock has built, and no other.
pub async fn remove_image(world: &World, host: Option<&str>, id: &str) -> Result<(), RunError> {
    let docker = world.engine(host).await?;
    let what = || format!("remove the image {}", short(id));
    let found = match see::image(&docker, id).await {
        Ok(found) => found,
        Err(error) if status(&error) == Some(404) => return Ok(()),
        Err(error) => return Err(failed(world, host, &what(), &error).await),
    };
    let labels = found.config.and_then(|config| config.labels).unwrap_or_default();
    if !labels.contains_key(KEY) {
        let message = format!("cannot {}: Testdock has not built it", what());
        return Err(RunError::new(Fault::Configuration, message).help("remove it with docker rmi"));
    }
    // All its names go; a container that is made of it is in the way.
    for name in found.repo_tags.into_iter().flatten().chain([id.to_owned()]) {
        let options = RemoveImageOptionsBuilder::default().build();
        match docker.remove_image(&name, Some(options), None).await {
            Ok(_) => {}
            Err(error) if status(&error) == Some(404) => {}
            Err(error) if status(&error) == Some(409) => {
                let message = format!("cannot {}: {}", what(), said(&error));
                return Err(RunError::new(Fault::Interpreter, message)
                    .help("remove the containers that are made of it first"));
            }
            Err(error) => return Err(failed(world, host, &what(), &error).await),
        }
    }
    Ok(())
}
