//! Runs that were recorded: the lines of `testdock run --format json`, read back.
//!
//! A recording is played to a client instead of a run of its own: what it says of a test is told of the
//! same test in the client's workspace, wherever that lies. `docs/json.md` says what a line means.

mod line;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;

use self::line::Line;
use crate::id::TestId;
use crate::interpreter::Image;
use crate::model::{End, Ended, Failure, Frame, Place, RunError, RunEvent, TestResult};
use crate::paths::{Mount, PathMap};
use crate::plan::Plan;

/// One recorded run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recording {
    /// The project's folder where it was recorded; `None` where the recording does not tell it.
    pub root: Option<Utf8PathBuf>,
    /// What happened. Without an end it is a run that goes on until somebody cancels it.
    pub events: Vec<RunEvent>,
}

/// A line that is none of a recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads the runs of a recording, in order.
pub fn read(text: &str) -> Result<Vec<Recording>, BadLine> {
    let mut runs: Vec<Reader> = Vec::new();
    for (index, text) in text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let bad = |message| BadLine { line: index + 1, message };
        match serde_json::from_str(text).map_err(|error| bad(error.to_string()))? {
            Line::RunStarted { root } => runs.push(Reader::new(root)),
            line => match runs.last_mut() {
                Some(run) => run.take(line),
                None => return Err(bad("a recording begins with `run-started`".to_owned())),
            },
        }
    }
    if runs.is_empty() {
        return Err(BadLine { line: 1, message: "there is no run in it".to_owned() });
    }
    Ok(runs.into_iter().map(|run| run.recording).collect())
}

/// Reads one run.
struct Reader {
    recording: Recording,
    /// The last word on each test.
    results: BTreeMap<TestId, TestResult>,
}

impl Reader {
    fn new(root: Option<Utf8PathBuf>) -> Self {
        let recording = Recording { root, events: Vec::new() };
        Self { recording, results: BTreeMap::new() }
    }

    fn take(&mut self, line: Line) {
        let event = match line {
            Line::Preparing(stage) => RunEvent::Preparing(stage.into()),
            Line::BuildOutput { text } => RunEvent::BuildLog(text),
            Line::InterpreterReady(line) => RunEvent::Started(Arc::new(line.into())),
            Line::ImageReady { name, image } => {
                RunEvent::Built(Image { id: image, name, ..Image::default() })
            }
            Line::TestsCollected { total } => RunEvent::Collected(total),
            Line::TestStarted { id } => RunEvent::TestStarted(id),
            Line::TestFinished(line) => {
                let result = TestResult::from(*line);
                self.results.insert(result.id.clone(), result.clone());
                RunEvent::TestFinished(Box::new(result))
            }
            Line::TestRetracted { id } => {
                // That is what the report at the end will come to.
                self.results.remove(&id);
                return;
            }
            Line::Output { text } => RunEvent::Output(text),
            Line::Warning { message } => RunEvent::Warning(message),
            Line::RunFinished(line) => return self.end((*line).into()),
            Line::RunStarted { .. } | Line::Unknown => return,
        };
        self.recording.events.push(event);
    }

    /// A run that got to its end had a report, which says of each test what was said of it last.
    fn end(&mut self, ended: Ended) {
        if ended.how == End::Completed {
            let results = std::mem::take(&mut self.results).into_values().collect();
            self.recording.events.push(RunEvent::Reported(results));
        }
        self.recording.events.push(RunEvent::Ended(ended));
    }
}

impl Recording {
    /// What happens when the recording is played for `plan`: of its tests only, at its places.
    pub fn played_for(&self, plan: &Plan) -> Vec<RunEvent> {
        let all = if plan.builds.is_empty() { self.events.clone() } else { self.as_build() };
        let mount = |root: &Utf8PathBuf| Mount {
            container: root.as_str().to_owned(),
            host: Some(plan.root.clone()),
        };
        let moved = Moved(PathMap::new(self.root.as_ref().map(mount)));
        let left_out: BTreeSet<&TestId> =
            all.iter().filter_map(test_of).filter(|id| !plan.selects(id)).collect();
        let played = |event: &RunEvent| match event {
            RunEvent::Collected(total) => {
                Some(RunEvent::Collected(total.saturating_sub(left_out.len())))
            }
            RunEvent::Reported(results) => {
                let results = results.iter().filter(|it| !left_out.contains(&it.id));
                Some(RunEvent::Reported(results.map(|it| moved.result(it)).collect()))
            }
            event if test_of(event).is_some_and(|id| left_out.contains(id)) => None,
            event => Some(moved.event(event)),
        };
        all.iter().filter_map(played).collect()
    }
}

impl Recording {
    /// What of it a run without tests would have said: all that comes before the first test.
    fn as_build(&self) -> Vec<RunEvent> {
        let mut events = Vec::new();
        for event in &self.events {
            let image = match event {
                RunEvent::Built(image) => image.clone(),
                RunEvent::Started(provenance) => Image {
                    id: provenance.image.clone(),
                    name: provenance.image_name().to_owned(),
                    ..Image::default()
                },
                RunEvent::Preparing(_) | RunEvent::BuildLog(_) => {
                    events.push(event.clone());
                    continue;
                }
                RunEvent::Ended(_) => {
                    events.push(event.clone());
                    break;
                }
                _ => continue,
            };
            events.extend([RunEvent::Built(image), RunEvent::Ended(completed())]);
            break;
        }
        events
    }
}

fn completed() -> Ended {
    Ended { how: End::Completed, duration: Duration::ZERO, log: None }
}

/// The test that an event is about.
fn test_of(event: &RunEvent) -> Option<&TestId> {
    match event {
        RunEvent::TestStarted(id) => Some(id),
        RunEvent::TestFinished(result) => Some(&result.id),
        _ => None,
    }
}

/// Turns the places of a recording into those of the workspace that it is played in.
struct Moved(PathMap);

impl Moved {
    fn event(&self, event: &RunEvent) -> RunEvent {
        match event {
            RunEvent::TestFinished(result) => RunEvent::TestFinished(Box::new(self.result(result))),
            RunEvent::Output(text) => RunEvent::Output(self.text(text)),
            RunEvent::Warning(text) => RunEvent::Warning(self.text(text)),
            RunEvent::Ended(ended) => {
                let how = match &ended.how {
                    End::Broken(error) => End::Broken(self.error(error)),
                    how => how.clone(),
                };
                RunEvent::Ended(Ended { how, ..ended.clone() })
            }
            event => event.clone(),
        }
    }

    fn result(&self, result: &TestResult) -> TestResult {
        TestResult {
            failures: result.failures.iter().map(|it| self.failure(it)).collect(),
            output: self.text(&result.output),
            ..result.clone()
        }
    }

    fn failure(&self, failure: &Failure) -> Failure {
        let frame = |frame: &Frame| Frame { place: self.place(&frame.place), ..frame.clone() };
        Failure {
            message: self.text(&failure.message),
            detail: self.text(&failure.detail),
            place: failure.place.as_ref().map(|place| self.place(place)),
            frames: failure.frames.iter().map(frame).collect(),
            ..failure.clone()
        }
    }

    fn error(&self, error: &RunError) -> RunError {
        RunError {
            message: self.text(&error.message),
            place: error.place.as_ref().map(|place| self.place(place)),
            log: error.log.as_ref().map(|log| self.text(log).into()),
            ..error.clone()
        }
    }

    fn place(&self, place: &Place) -> Place {
        let path = self.0.to_host(place.path.as_str()).unwrap_or_else(|| place.path.clone());
        Place { path, ..place.clone() }
    }

    fn text(&self, text: &str) -> String {
        self.0.text_to_host(text).into_owned()
    }
}
