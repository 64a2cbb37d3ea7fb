//! Ends what the services of a compose project have started for tests, once no container of tests needs it.
//!
//! Those containers have no lease of ours in them, and whoever had them started may be killed. So a process of its own waits
//! for the end of the containers of tests, and goes when its work is done.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;

use bollard::Docker;
use bollard::query_parameters::WaitContainerOptions;
use futures_util::StreamExt as _;
use testdock_core::model::RunError;
use tokio::process::Command;
use tokio::time::sleep;

use super::claim::{self, Claim};
use super::ours;
use super::tool::Tool;
use crate::docker::connect::connect;

const LOOK_AGAIN: Duration = Duration::from_secs(1);

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program that does this work, started as `PROGRAM reap PROJECT --lease SECONDS [--host HOST]`. Without
/// one, what a killed process has left goes when the next run makes a container.
pub fn employ(program: PathBuf) {
    // The first one stays.
    let _ = PROGRAM.set(program);
}

/// Has the program wait for the end of what `tool`'s project is about to start.
pub(super) fn hire(tool: &Tool<'_>, lease: Duration) {
    let Some(program) = PROGRAM.get() else {
        return;
    };
    if let Err(error) = claim::keep(&tool.compose.project, lease) {
        tracing::debug!(%error, "another lease may hold for {}", tool.compose.project);
    }
    let mut command = Command::new(program);
    command.args(["reap", &tool.compose.project, "--lease", &lease.as_secs().to_string()]);
    command.args(tool.host.iter().flat_map(|host| ["--host", host]));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(false);
    // Not in the terminal's foreground: what interrupts a run is not meant for it.
    #[cfg(unix)]
    command.process_group(0);
    if let Err(error) = command.spawn() {
        tracing::warn!(%error, "nobody will end the services of {}", tool.compose.project);
    }
}

/// Waits until nobody needs what was started in `project`, for `lease` since somebody last did, and removes it.
///
/// # Errors
///
/// The engine at `host` cannot be reached.
pub async fn reap(host: Option<&str>, project: &str, lease: Duration) -> Result<(), RunError> {
    let docker = connect(host).await?;
    let Some(_only) = Claim::ending(project) else {
        return Ok(());
    };
    while let Some(wait) = end(&docker, project, lease).await {
        match wait {
            Wait::For(container) => ended(&docker, &container).await,
            Wait::Some => sleep(LOOK_AGAIN).await,
        }
    }
    Ok(())
}

/// What is waited for.
enum Wait {
    /// The end of a container.
    For(String),
    /// Time.
    Some,
}

/// Removes what nobody needs; `None` where nothing is left to do.
async fn end(docker: &Docker, project: &str, lease: Duration) -> Option<Wait> {
    let Some(_alone) = Claim::alone(project) else {
        return Some(Wait::Some);
    };
    let ours = ours::started(docker).await;
    let ours: Vec<_> = ours.into_iter().filter(|it| it.project() == project).collect();
    if ours.is_empty() {
        let user = ours::last_user(docker, project).await;
        if user.is_none() {
            ours::remove_abandoned(docker, project).await;
        }
        return user.map(|user| Wait::For(user.id));
    }
    if let Some(user) =
        ours::users(docker).await.into_iter().find(|it| ours.iter().any(|o| o.serves(it)))
    {
        return Some(Wait::For(user.id));
    }
    if claim::idle(project) < claim::lease(project).unwrap_or(lease) {
        return Some(Wait::Some);
    }
    if !ours::is_shared(docker, project).await {
        for left in &ours {
            ours::remove(docker, left).await;
        }
    }
    None
}

async fn ended(docker: &Docker, container: &str) {
    let mut end = docker.wait_container(container, None::<WaitContainerOptions>);
    if !matches!(end.next().await, Some(Ok(_))) {
        // It is gone, or the engine is: that will turn out.
        sleep(LOOK_AGAIN).await;
    }
}
