//! Connects to an engine.

use bollard::Docker;
use testdock_core::model::{Fault, RunError};

/// A connection to the engine at `host`, or to the active one, with a version that both speak.
pub(crate) async fn connect(host: Option<&str>) -> Result<Docker, RunError> {
    let docker = match host {
        None => Docker::connect_with_local_defaults(),
        Some(host) => Docker::connect_with_host(host),
    };
    let error = |e: bollard::errors::Error| {
        RunError::new(Fault::Interpreter, format!("cannot reach Docker: {e}"))
    };
    docker
        .map_err(error)?
        .negotiate_version()
        .await
        .map_err(error)
}
