//! Plays recorded runs instead of running anything: a server for testing clients, without an engine.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use camino::{Utf8Path, Utf8PathBuf};
use futures_util::future::BoxFuture;
use testdock_core::interpreter::Standing;
use testdock_core::model::RunEvent;
use testdock_core::plan::{Interpreter, Plan};
use testdock_core::recording::{self, BadLine, Recording};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::runner::{Events, Runner};
use crate::scripted;

/// Plays the first recorded run for the first plan that it is given, and so on; the last one again for
/// every further plan.
#[derive(Debug)]
pub struct Replay {
    runs: Vec<Recording>,
    played: AtomicUsize,
}

/// A recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Its file cannot be read.
    #[error("cannot read the recording {0}")]
    Read(Utf8PathBuf, #[source] std::io::Error),
    /// Its file holds something else.
    #[error("{0} is no recording of `testdock run --format json`")]
    Content(Utf8PathBuf, #[source] BadLine),
}

impl Replay {
    /// The runs that a file holds.
    pub fn open(path: &Utf8Path) -> Result<Self, ReplayError> {
        let text = fs::read_to_string(path).map_err(|e| ReplayError::Read(path.to_owned(), e))?;
        let runs = recording::read(&text).map_err(|e| ReplayError::Content(path.to_owned(), e))?;
        Ok(Self { runs, played: AtomicUsize::new(0) })
    }

    fn events(&self, plan: &Plan) -> Vec<RunEvent> {
        let turn = self.played.fetch_add(1, Ordering::Relaxed).min(self.runs.len() - 1);
        self.runs[turn].played_for(plan)
    }
}

impl Runner for Replay {
    fn perform(
        &self,
        plan: Arc<Plan>,
        events: Events,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, ()> {
        let (sender, told) = mpsc::unbounded_channel();
        for event in self.events(&plan) {
            // The other end is in the next line.
            let _ = sender.send(event);
        }
        Box::pin(scripted::pass_on(told, events, cancel))
    }

    /// A recording says nothing of them: how they stand stays unknown.
    fn look(
        &self,
        _: Utf8PathBuf,
        _: Vec<Arc<Interpreter>>,
    ) -> BoxFuture<'static, Vec<(Arc<Interpreter>, Standing)>> {
        Box::pin(std::future::ready(Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use testdock_core::id::RunId;
    use testdock_core::model::{End, Ended};

    use super::*;
    use crate::scripted::tests::plan;

    const RUN: &str = r#"{"event":"run-started"}
{"event":"output","text":"first"}
{"event":"run-finished","how":"completed","duration_s":0.0}
{"event":"run-started"}
{"event":"output","text":"second"}
"#;

    fn replay(text: &str) -> Result<Replay, ReplayError> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(&file, text).expect("it is written");
        Replay::open(Utf8Path::from_path(file.path()).expect("unicode"))
    }

    async fn play(replay: &Replay, cancelled: bool) -> Vec<RunEvent> {
        let (sender, mut receiver) = mpsc::channel(8);
        let cancel = CancellationToken::new();
        let events = Events::new(RunId::from("r"), sender);
        let run = tokio::spawn(replay.perform(Arc::new(plan()), events, cancel.clone()));
        let mut told = Vec::new();
        while let Some((_, event)) = receiver.recv().await {
            told.push(event);
            if cancelled {
                cancel.cancel();
            }
        }
        run.await.expect("it ends");
        told
    }

    #[tokio::test]
    async fn runs_are_played_in_turn_and_one_without_an_end_until_it_is_cancelled() {
        let replay = replay(RUN).expect("it is one");
        let text = |text: &str| RunEvent::Output(text.to_owned());
        let ended = |how| RunEvent::Ended(Ended { how, duration: Duration::ZERO, log: None });
        let first = [text("first"), RunEvent::Reported(Vec::new()), ended(End::Completed)];
        assert_eq!(play(&replay, false).await, first);
        for _ in 0..2 {
            assert_eq!(play(&replay, true).await, [text("second"), ended(End::Cancelled)]);
        }
    }

    #[test]
    fn what_cannot_be_played_is_said_with_its_file_and_line() {
        let error = replay("{}").expect_err("it is none");
        let file = error.to_string();
        assert!(file.ends_with(" is no recording of `testdock run --format json`"), "{file}");
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("line 1: missing field `event` at line 1 column 2"));
        let gone = Replay::open(Utf8Path::new("/gone")).expect_err("it is not there");
        assert_eq!(gone.to_string(), "cannot read the recording /gone");
    }
}
