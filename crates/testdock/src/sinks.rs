//! How the command line shows a run.

mod human;
mod json;
mod teamcity;

pub(crate) use human::Human;
pub(crate) use json::Json;
pub(crate) use teamcity::ServiceMessages;

use testdock_core::session::{Change, Session};
use tokio::sync::oneshot;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// The exit code.
    pub(crate) code: u8,
    /// The merged report, where one was asked for.
    pub(crate) junit: Option<Vec<u8>>,
}

/// Tells the waiting command that the run is over.
#[derive(Debug)]
pub(crate) struct Finish {
    pub(crate) sender: Option<oneshot::Sender<Verdict>>,
    pub(crate) timestamp: Option<String>,
}

impl Finish {
    /// Looks at a change; where it is the end of the run, says so.
    pub(crate) fn look(&mut self, session: &Session, change: &Change) {
        let verdict = match change {
            Change::Refused { error, .. } => {
                Verdict { code: crate::exit::of_fault(error.fault), junit: None }
            }
            Change::Ended { run, ended } => {
                let Some(run) = session.run(run) else { return };
                Verdict {
                    code: crate::exit::of_end(&ended.how, run),
                    junit: self
                        .timestamp
                        .as_deref()
                        .map(|time| testdock_core::views::junit_report(run, time)),
                }
            }
            _ => return,
        };
        if let Some(sender) = self.sender.take() {
            // The command may have given up waiting after a second interrupt.
            let _ = sender.send(verdict);
        }
    }
}
