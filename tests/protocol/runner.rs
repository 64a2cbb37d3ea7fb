//! A run as a test tells it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use testdock_core::model::{
    Ask, End, Ended, Failure, Fault, Frame, Outcome, Place, Provenance, RunError, RunEvent,
    TestResult,
};
use testdock_core::plan::Plan;
use testdock_core::remedy::{Remedy, Services};
use testdock_engine::scripted::Script;

/// So long a test waits for what never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A run that waits to be told what happens in it.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) plan: Arc<Plan>,
    script: Script,
    said: Mutex<Vec<TestResult>>,
}

impl Run {
    pub(crate) fn new(script: Script) -> Self {
        Self { plan: script.plan.clone(), script, said: Mutex::default() }
    }

    pub(crate) fn say(&self, event: RunEvent) {
        assert!(!self.is_over(), "the run goes on");
        self.script.say(event);
    }

    /// The tests begin, in a warm container.
    pub(crate) fn start(&self, total: usize) {
        self.say(RunEvent::Started(Arc::new(Provenance {
            interpreter: "Dockerfile → shop:1".to_owned(),
            image: "sha256:1".to_owned(),
            container: "c1".to_owned(),
            warm: true,
            paths: testdock_core::paths::PathMap::identity(),
            ..Provenance::default()
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
        self.script.is_over()
    }

    /// Waits for its end.
    pub(crate) async fn over(&self) {
        let over = tokio::time::timeout(PATIENCE, self.script.over());
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

/// The workspace's own files give the container more than anybody has allowed.
pub(crate) fn unsaid(what: &str) -> RunEvent {
    let error = RunError::new(Fault::Configuration, format!("testdock.toml gives {what}"));
    let (interpreter, by) = ("default".to_owned(), "testdock.toml".to_owned());
    let root = "/w".into();
    let ask = Ask { root, interpreter, by, what: vec![what.to_owned()] };
    ended(End::Broken(RunError { ask: Some(Box::new(ask)), ..error.help("allow it") }))
}

/// The engine is not there, and a command starts it.
pub(crate) fn unreachable() -> RunEvent {
    let message = "cannot reach Docker at unix:///var/run/docker.sock: no such file";
    let remedy = Remedy::Start { services: Services::Systemd, again: false, sudo: true };
    let error = RunError::new(Fault::Interpreter, message);
    let error = error.help("start it (sudo systemctl start docker)");
    ended(End::Broken(RunError { remedy: Some(remedy), ..error }))
}

pub(crate) fn broken(message: &str) -> RunEvent {
    let error = RunError::new(Fault::Interpreter, message);
    ended(End::Broken(error.help("start the engine")))
}
