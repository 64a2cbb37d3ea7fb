//! Services that ended while the tests ran: a test that cannot reach one says no more than that.

use std::collections::HashMap;

use bollard::Docker;
use bollard::models::ContainerInspectResponse;
use bollard::query_parameters::ListContainersOptionsBuilder;
use futures_util::future::join_all;
use jiff::Timestamp;

use super::super::see;
use super::{PROJECT, SERVICE};

/// What is to be said of the project's services that came to a bad end since then.
pub(crate) async fn ended(docker: &Docker, project: &str, since: i64) -> Vec<String> {
    let labels = vec![format!("{PROJECT}={project}")];
    let filters = HashMap::from([("label", labels), ("status", vec!["exited".to_owned()])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let listed = see::containers(docker, options).await.unwrap_or_default();
    let ids: Vec<String> = listed.into_iter().filter_map(|container| container.id).collect();
    let found = join_all(ids.iter().map(|id| see::container(docker, id))).await;
    found.into_iter().flatten().filter_map(|service| words(&service, since)).collect()
}

fn words(service: &ContainerInspectResponse, since: i64) -> Option<String> {
    let state = service.state.as_ref()?;
    let code = state.exit_code.filter(|code| *code != 0)?;
    let ended: Timestamp = state.finished_at.as_deref()?.parse().ok()?;
    let name = service.config.as_ref()?.labels.as_ref()?.get(SERVICE)?;
    let why = match state.oom_killed {
        Some(true) => "out of memory".to_owned(),
        _ => format!("exit code {code}"),
    };
    (ended.as_second() >= since).then(|| {
        format!("the service {name} ended while the tests ran ({why}): testdock logs {name} has what it said")
    })
}
