//! A runner that does what the test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use testdock_core::model::{
    End, Ended, Failure, Fault, Frame, Outcome, Place, Provenance, RunError, RunEvent, TestResult,
};
use testdock_core::plan::Plan;
use testdock_engine::runner::{Events, Runner};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// So long a test waits for what never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Hands each run over to the test.
#[derive(Debug)]
pub(crate) struct Scripted {
    runs: mpsc::UnboundedSender<Run>,
}

/// A run that waits to be told what happens in it.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) plan: Arc<Plan>,
    events: mpsc::UnboundedSender<RunEvent>,
    said: Mutex<Vec<TestResult>>,
}

impl Scripted {
    /// A runner, and the runs that it is asked for.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Run>) {
        let (runs, receiver) = mpsc::unbounded_channel();
        (Self { runs }, receiver)
    }
}

impl Runner for Scripted {
    fn perform(
        &self,
        plan: Arc<Plan>,
        events: Events,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, ()> {
        let (sender, mut script) = mpsc::unbounded_channel();
        let run = Run { plan, events: sender, said: Mutex::default() };
        // A test that is over wants no further run.
        let _ = self.runs.send(run);
        Box::pin(async move {
            loop {
                let event = tokio::select! {
                    biased;
                    () = cancel.cancelled() => ended(End::Cancelled),
                    event = script.recv() => event.unwrap_or_else(|| broken("the test is over")),
                };
                let is_over = matches!(event, RunEvent::Ended(_));
                events.send(event).await;
                if is_over {
                    return;
                }
            }
        })
    }
}

impl Run {
    pub(crate) fn say(&self, event: RunEvent) {
        self.events.send(event).expect("the run goes on");
    }

    /// The tests begin, in a warm container.
    pub(crate) fn start(&self, total: usize) {
        self.say(RunEvent::Started(Arc::new(Provenance {
            interpreter: "Dockerfile → shop:1".to_owned(),
            image: "sha256:1".to_owned(),
            container: "c1".to_owned(),
            warm: true,
            paths: testdock_core::paths::PathMap::identity(),
        })));
        self.say(RunEvent::Collected(total));
    }

    pub(crate) fn pass(&self, id: &str) {
        self.finish(result(id, Outcome::Passed));
    }

    /// A test fails at a line of its file.
    pub(crate) fn fail(&self, id: &str, line: u32, message: &str) {
        self.finish(self.failure(id, line, message));
    }

    /// A test ends.
    pub(crate) fn finish(&self, result: TestResult) {
        let mut said = self.said.lock().expect("nobody panicked");
        said.push(result.clone());
        self.say(RunEvent::TestFinished(Box::new(result)));
    }

    /// The report says the same as the live events, and the run ends as it should.
    pub(crate) fn complete(&self) {
        let said = self.said.lock().expect("nobody panicked").clone();
        self.say(RunEvent::Reported(said));
        self.say(ended(End::Completed));
    }

    pub(crate) fn failure(&self, id: &str, line: u32, message: &str) -> TestResult {
        let mut result = result(id, Outcome::Failed);
        let place = |line| Place { path: result.id.file.on(&self.plan.root), line, column: None };
        let frame = |line, name: &str| Frame { place: place(line), name: name.to_owned() };
        result.failures = vec![Failure {
            kind: "AssertionError".to_owned(),
            message: message.to_owned(),
            detail: format!("trace of {message}"),
            place: Some(place(line)),
            frames: vec![frame(line, "test"), frame(1, "helper")],
            diff: None,
        }];
        result
    }

    /// Whether it has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.events.is_closed()
    }

    /// Waits for its end.
    pub(crate) async fn over(&self) {
        let over = tokio::time::timeout(PATIENCE, self.events.closed());
        over.await.expect("the run ends");
    }

    /// The tests that were asked for, in words.
    pub(crate) fn selection(&self) -> Vec<String> {
        let jobs = self.plan.jobs.iter();
        jobs.flat_map(|job| job.selection.iter().map(ToString::to_string)).collect()
    }
}

pub(crate) fn result(id: &str, outcome: Outcome) -> TestResult {
    let mut result = TestResult::new(id.parse().unwrap_or_default(), outcome);
    result.duration = Some(Duration::from_millis(12));
    result
}

pub(crate) fn ended(how: End) -> RunEvent {
    RunEvent::Ended(Ended { how, duration: Duration::from_millis(340), log: None })
}

pub(crate) fn broken(message: &str) -> RunEvent {
    let error = RunError::new(Fault::Interpreter, message);
    ended(End::Broken(error.help("start the engine")))
}
