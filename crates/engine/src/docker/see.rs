//! Looks at containers and images.
//!
//! While Podman tidies up after a container it tells a state that Docker's API does not have, of one container or in a list of all;
//! while an image goes, a look at another one may come by it and fail. It is asked again then.

use std::future::Future;
use std::time::Duration;

use bollard::Docker;
use bollard::errors::Error;
use bollard::models::{ContainerInspectResponse, ContainerSummary, ImageInspect, ImageSummary};
use bollard::query_parameters::{
    InspectContainerOptions, ListContainersOptions, ListImagesOptions,
};
use tokio::time::{Instant, sleep};

use super::{said, status};

/// Podman's word for that state.
const TIDYING_UP: &str = "`stopped`";

/// It takes less, but for a machine that is very busy.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// A container by its id or name.
pub(crate) async fn container(
    docker: &Docker,
    id: &str,
) -> Result<ContainerInspectResponse, Error> {
    patiently(|| docker.inspect_container(id, None::<InspectContainerOptions>)).await
}

/// The containers that are asked for.
pub(crate) async fn containers(
    docker: &Docker,
    options: ListContainersOptions,
) -> Result<Vec<ContainerSummary>, Error> {
    patiently(|| docker.list_containers(Some(options.clone()))).await
}

/// An image by its id or name.
pub(crate) async fn image(docker: &Docker, name: &str) -> Result<ImageInspect, Error> {
    patiently(|| docker.inspect_image(name)).await
}

/// The images that are asked for; all where nothing is said.
pub(crate) async fn images(
    docker: &Docker,
    options: Option<ListImagesOptions>,
) -> Result<Vec<ImageSummary>, Error> {
    patiently(|| docker.list_images(options.clone())).await
}

async fn patiently<T, F>(look: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let end = Instant::now() + PATIENCE;
    loop {
        match look().await {
            Err(error) if is_passing(&error) && Instant::now() < end => sleep(PAUSE).await,
            seen => return seen,
        }
    }
}

fn is_passing(error: &Error) -> bool {
    match error {
        Error::JsonDataError { message, .. } => message.contains(TIDYING_UP),
        Error::DockerResponseServerError { status_code, message } => {
            *status_code == 500 && message.contains("image not known")
        }
        _ => false,
    }
}

/// Whether an engine does not have a container any more, or not as one that runs. Podman may have it `stopped`, which the
/// Engine API has no word for, and says in words only that it is removed just now.
pub(crate) fn is_absent(error: &Error) -> bool {
    match error {
        Error::JsonDataError { message, .. } => message.contains(TIDYING_UP),
        _ => status(error) == Some(404) || said(error).contains("no such container"),
    }
}
