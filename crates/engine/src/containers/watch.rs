//! What there is on an engine, told whenever it changed.

use std::collections::HashMap;
use std::time::Duration;

use bollard::Docker;
use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::StreamExt as _;
use testdock_core::containers::Inventory;
use testdock_core::model::RunError;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::list::list;
use crate::world::World;

/// Events of so long a time are one change.
const GATHERED: Duration = Duration::from_millis(150);
/// So often it is looked without an event: words such as `up 5 minutes` become wrong by themselves, and
/// an engine that vanished without a word is missed.
const REGULARLY: Duration = Duration::from_secs(30);
const SECOND_LOOK: Duration = Duration::from_secs(1);
/// An engine that does not answer is asked again after so long, and then after ever longer.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What changes a list, Podman's own words for it included. Commands that run in containers are events as well, and change nothing.
const EVENTS: [&str; 18] = [
    "create",
    "start",
    "restart",
    "stop",
    "kill",
    "die",
    "died",
    "oom",
    "pause",
    "unpause",
    "rename",
    "destroy",
    "remove",
    "health_status",
    "tag",
    "untag",
    "delete",
    "import",
];

/// Tells what there is on the engine at `host`, now and whenever it changed, or why that cannot be known;
/// goes on until it is dropped. An engine that went away is told of, and reached for again.
pub async fn watch(
    world: &World,
    host: Option<&str>,
    mut tell: impl FnMut(Result<Inventory, RunError>) + Send,
) {
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match world.engine(host).await {
            Ok(docker) => {
                let mut tell = |inventory| {
                    pause = FIRST_PAUSE;
                    tell(Ok(inventory));
                };
                follow(world, host, &docker, &mut tell).await
            }
            Err(error) => Some(error),
        };
        if let Some(error) = error {
            tell(Err(error));
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Tells what there is as long as the engine answers; then why it does not, where it does not.
async fn follow(
    world: &World,
    host: Option<&str>,
    docker: &Docker,
    tell: &mut (dyn FnMut(Inventory) + Send),
) -> Option<RunError> {
    let filters: HashMap<&str, Vec<&str>> =
        HashMap::from([("type", vec!["container", "image"]), ("event", EVENTS.to_vec())]);
    let options = EventsOptionsBuilder::default().filters(&filters).build();
    let mut events = docker.events(Some(options));
    // Nobody knows when the engine has begun to tell: what happened before that is found by a second look.
    let mut wait = SECOND_LOOK;
    loop {
        match list(world, host).await {
            Ok(inventory) => tell(inventory),
            Err(error) => return Some(error),
        }
        match timeout(wait, events.next()).await {
            Ok(Some(Ok(_))) => {
                let gathered = Instant::now() + GATHERED;
                while let Ok(Some(Ok(_))) = timeout_at(gathered, events.next()).await {}
            }
            Ok(Some(Err(_)) | None) => return None,
            Err(_) => wait = REGULARLY,
        }
    }
}
