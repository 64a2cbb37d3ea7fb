//! How the command line shows a run.

mod human;
mod json;
mod teamcity;

pub(crate) use human::Human;
pub(crate) use json::Json;
pub(crate) use teamcity::ServiceMessages;

use testdock_core::id::TestId;
use testdock_core::model::{Ask, End, Ended, Fault};
use testdock_core::session::{Change, Run, Session};
use tokio::sync::oneshot;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// The exit code.
    pub(crate) code: u8,
    /// The merged report, where one was asked for.
    pub(crate) junit: Option<Vec<u8>>,
    /// What was asked for and did not run.
    pub(crate) unmet: Vec<TestId>,
    /// What has to be allowed before it can run.
    pub(crate) ask: Option<Box<Ask>>,
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
                let code = crate::exit::of_fault(error.fault);
                Verdict { code, junit: None, unmet: Vec::new(), ask: error.ask.clone() }
            }
            Change::Ended { run, ended } => {
                // What was cancelled before the project was read is no run yet.
                let run = session.run(run);
                let time = self.timestamp.as_deref();
                Verdict {
                    code: run
                        .map_or(crate::exit::CANCELLED, |run| crate::exit::of_end(&ended.how, run)),
                    junit: run
                        .zip(time)
                        .map(|(run, time)| testdock_core::views::junit_report(run, time)),
                    unmet: run.map(|run| unmet(run, ended)).unwrap_or_default(),
                    ask: ask(&ended.how),
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

fn ask(how: &End) -> Option<Box<Ask>> {
    match how {
        End::Broken(error) => error.ask.clone(),
        End::Completed | End::Cancelled | End::TimedOut(_) => None,
    }
}

/// What did not run of what was asked for, where that is all that went wrong.
fn unmet(run: &Run, ended: &Ended) -> Vec<TestId> {
    let may_be_a_slip = match &ended.how {
        End::Completed => true,
        End::Broken(error) => matches!(error.fault, Fault::NoTests | Fault::Configuration),
        End::Cancelled | End::TimedOut(_) => false,
    };
    if may_be_a_slip { run.unmet().into_iter().cloned().collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_run_may_be_cancelled_before_it_is_one() {
        let (sender, mut verdict) = oneshot::channel();
        let mut finish = Finish { sender: Some(sender), timestamp: None };
        let ended = Ended { how: End::Cancelled, duration: Duration::ZERO, log: None };
        finish.look(&Session::default(), &Change::Ended { run: "cli-1".into(), ended });
        assert_eq!(verdict.try_recv().map(|verdict| verdict.code), Ok(crate::exit::CANCELLED));
    }
}
