//! A `testdock run --format json` under way, and all that it said.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::PATIENCE;

/// A line of output, and when it was read.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) at: Instant,
    pub(crate) value: Value,
}

impl Line {
    pub(crate) fn event(&self) -> &str {
        self.value["event"].as_str().unwrap_or_default()
    }
}

/// A run under way; killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<Line>,
    seen: Vec<Line>,
    errors: Option<JoinHandle<String>>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line)
                    .unwrap_or_else(|error| panic!("{error} in the line {line}"));
                let at = Instant::now();
                if sender.send(Line { at, value }).is_err() {
                    break;
                }
            }
        });
        let mut stderr = child.stderr.take().unwrap();
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            let _closed = stderr.read_to_string(&mut text);
            text
        });
        Self { child, lines, seen: Vec::new(), errors: Some(errors) }
    }

    /// Waits for a line.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Line {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("no {what}: {:#?}", self.seen);
            };
            self.seen.push(line.clone());
            if wanted(&line.value) {
                return line;
            }
        }
    }

    /// Waits until a test has begun.
    #[track_caller]
    pub(crate) fn until_started(&mut self, test: &str) {
        self.until(test, |line| line["event"] == "test-started" && line["id"] == test);
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Story {
        let mut lines = std::mem::take(&mut self.seen);
        loop {
            // A busy machine may take long to build an image; it does not fall silent.
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => lines.push(line),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("no end: {lines:#?}"),
            }
        }
        let code = self.child.wait().unwrap().code();
        let errors = self.errors.take().unwrap().join().unwrap();
        Story { code, lines, errors }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}

/// All that a run said.
#[derive(Debug)]
pub(crate) struct Story {
    /// The exit code; `None` where a signal killed it.
    pub(crate) code: Option<i32>,
    pub(crate) lines: Vec<Line>,
    /// What it printed to standard error.
    pub(crate) errors: String,
}

impl Story {
    pub(crate) fn of(&self, event: &'static str) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.event() == event)
    }

    /// The one line of this event.
    #[track_caller]
    pub(crate) fn only(&self, event: &'static str) -> &Line {
        let mut all = self.of(event);
        match (all.next(), all.next()) {
            (Some(line), None) => line,
            other => panic!("{event}: {other:?} in {self:#?}"),
        }
    }

    /// What the last line of a test says.
    #[track_caller]
    pub(crate) fn test(&self, id: &str) -> &Value {
        let finished: Vec<&Line> = self.of("test-finished").collect();
        let of_id = finished.iter().rev().find(|line| line.value["id"] == id);
        match of_id {
            Some(line) => &line.value,
            None => panic!("no {id} in {self:#?}"),
        }
    }

    /// How many passed, failed, errored, were skipped.
    #[track_caller]
    pub(crate) fn totals(&self) -> [u64; 4] {
        let totals = &self.only("run-finished").value["totals"];
        ["passed", "failed", "errored", "skipped"].map(|key| totals[key].as_u64().unwrap())
    }

    #[track_caller]
    pub(crate) fn is_warm(&self) -> bool {
        self.only("interpreter-ready").value["warm"].as_bool().unwrap()
    }

    #[track_caller]
    pub(crate) fn container(&self) -> &str {
        self.only("interpreter-ready").value["container"].as_str().unwrap()
    }

    /// The error that ended the run: message, remedy and log in one text.
    #[track_caller]
    pub(crate) fn error(&self) -> String {
        let error = &self.only("run-finished").value["error"];
        let text = |key: &str| error[key].as_str().unwrap_or_default();
        format!("{} [{}]\n{}", text("message"), text("help"), text("log"))
    }
}
