//! Notices that the editor's process is gone, should its end of the pipe outlive it.

use std::time::Duration;

/// At most so long the server outlives the editor.
const PAUSE: Duration = Duration::from_secs(2);

/// Returns when the process is gone; never for one that cannot be seen from here, such as that of
/// an editor outside this container.
#[cfg(unix)]
pub(crate) async fn gone(process: Option<u32>) {
    use rustix::process::{Pid, test_kill_process};

    let pid = process.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    // One that belongs to somebody else is alive too.
    let is_gone = |pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH);
    let Some(pid) = pid.filter(|pid| !is_gone(*pid)) else {
        return std::future::pending().await;
    };
    while !is_gone(pid) {
        tokio::time::sleep(PAUSE).await;
    }
}

/// Elsewhere the end of standard input must do.
#[cfg(not(unix))]
pub(crate) async fn gone(_process: Option<u32>) {
    std::future::pending().await
}
