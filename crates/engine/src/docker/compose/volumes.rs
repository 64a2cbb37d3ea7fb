//! The volumes that somebody else makes: the engine would make what is missed, empty.

use bollard::Docker;
use testdock_core::model::{Fault, RunError};

use super::super::container::engine_error;
use super::super::status;

/// Makes sure that volumes are there, each by what the files and what the engine call it.
pub(super) async fn require(docker: &Docker, volumes: &[(String, String)]) -> Result<(), RunError> {
    for (key, name) in volumes {
        docker.inspect_volume(name).await.map_err(|error| match status(&error) {
            Some(404) => {
                let message = format!(
                    "cannot use the volume {key}: it is external, and the engine has none of the name {name}"
                );
                RunError::new(Fault::Interpreter, message)
                    .help(format!("make it: docker volume create {name}"))
            }
            _ => engine_error(&format!("inspect the volume {name}"), &error),
        })?;
    }
    Ok(())
}
