//! What Testdock's own helpers say, in whatever language they are: one JSON object a line, on the descriptor that
//! [`EVENTS_FD`](crate::plan::EVENTS_FD) names.
//!
//! | `e` | fields |
//! |---|---|
//! | `collected` | `n` |
//! | `start` | `file`, `names` |
//! | `finish` | `file`, `names`, `case`, `outcome`, `duration` in seconds, `failures`, `reason` of a skip, `output` |
//! | `silent` | `file`: it was run to its end, and told of no test |
//! | `problem` | `message`: worth saying, failing nothing |
//! | `fatal` | `message`, `detail`: the tool could not run the tests, or failed when they `ran` |
//! | `end` | none: the helper has told all |
//!
//! `file` is a path of the container, absolute or from the suite's root; `names` lead from the file to the test, outermost
//! first, and are empty where a file could not be loaded. A failure has a `message`, and may have `type`, `detail`, `path`
//! and `line`, `frames` of `path`, `line` and `name` (innermost first), `expected` and `actual`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::known::JOINT;
use super::{Broken, Conclusion, Exit, Known, Reader, Suite};
use crate::id::TestId;
use crate::model::{Failure, Frame, Outcome, Place, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile, Site};

/// One thing that a helper says.
#[derive(Debug, Deserialize)]
#[serde(tag = "e", rename_all = "kebab-case")]
enum Event {
    Collected {
        n: usize,
    },
    Start(Subject),
    Finish(Box<Finish>),
    Silent {
        file: String,
    },
    Problem {
        message: String,
    },
    Fatal {
        message: String,
        #[serde(default)]
        detail: String,
        #[serde(default)]
        ran: bool,
    },
    End,
}

/// Which test.
#[derive(Debug, Deserialize)]
struct Subject {
    file: String,
    #[serde(default)]
    names: Vec<String>,
    case: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Finish {
    #[serde(flatten)]
    subject: Subject,
    outcome: Word,
    duration: Option<f64>,
    #[serde(default)]
    failures: Vec<RawFailure>,
    reason: Option<String>,
    #[serde(default)]
    output: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Passed,
    Failed,
    Errored,
    Skipped,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawFailure {
    message: String,
    #[serde(rename = "type")]
    kind: String,
    detail: String,
    path: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    frames: Vec<RawFrame>,
    expected: Option<String>,
    actual: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RawFrame {
    path: String,
    line: u32,
    #[serde(default)]
    name: String,
}

/// Follows a helper. Its events are the report.
pub(super) struct HelperReader {
    /// What people call the tool.
    tool: &'static str,
    suite: Arc<Suite>,
    site: Site,
    known: Known,
    results: BTreeMap<TestId, TestResult>,
    warnings: Vec<String>,
    fatal: Option<String>,
    ended: bool,
    /// Whether the tool calls it no failure when there was nothing to run.
    may_be_empty: bool,
}

impl HelperReader {
    pub(super) fn new(tool: &'static str, job: &Job, site: &Site) -> Self {
        Self {
            tool,
            suite: job.suite.clone(),
            site: site.clone(),
            known: job.known.clone(),
            results: BTreeMap::new(),
            warnings: Vec::new(),
            fatal: None,
            ended: false,
            may_be_empty: false,
        }
    }

    /// Of a tool that calls it no failure when there was nothing to run: one that fails then has another reason.
    pub(super) fn that_may_be_empty(self) -> Self {
        Self { may_be_empty: true, ..self }
    }

    fn event(&mut self, event: Event) -> Option<RunEvent> {
        match event {
            Event::Collected { n } => Some(RunEvent::Collected(n)),
            Event::Start(subject) => Some(RunEvent::TestStarted(self.id(&subject)?)),
            Event::Finish(finish) => {
                let result = self.result(*finish)?;
                self.results.insert(result.id.clone(), result.clone());
                Some(RunEvent::TestFinished(Box::new(result)))
            }
            Event::Silent { file } => {
                self.silent(&self.file(&file)?);
                None
            }
            Event::Problem { message } => {
                self.warnings.push(self.site.text_to_host(&message));
                None
            }
            Event::Fatal { message, detail, ran } => {
                let what =
                    if ran { "ran the tests, and failed then" } else { "could not run the tests" };
                let message = self.site.text_to_host(&message);
                self.fatal.get_or_insert(format!("{} {what}: {message}", self.tool));
                (!detail.is_empty()).then(|| RunEvent::Output(self.site.text_to_host(&detail)))
            }
            Event::End => {
                self.ended = true;
                None
            }
        }
    }

    /// What a condition leaves out may well tell of nothing; what ended its own process did not mean to.
    fn silent(&mut self, file: &RelPath) {
        if !self.known.in_file(file).is_empty() {
            self.warnings.push(format!(
                "{file} ended without a word of the tests that stand in it: does it end its process itself?"
            ));
        }
    }

    fn id(&self, subject: &Subject) -> Option<TestId> {
        let file = self.suite.of_file(self.file(&subject.file)?);
        let names: Vec<&str> = subject.names.iter().map(String::as_str).collect();
        let id = self.known.resolve(&file, &names);
        let case = match (&id.case, &subject.case) {
            (Some(names), Some(which)) => Some(format!("{names}{JOINT}{which}")),
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        Some(TestId { case, ..id })
    }

    /// What was told so far was not the last word: all is told anew.
    pub(super) fn forget(&mut self) {
        self.results.clear();
    }

    /// A file of the workspace; one that lies elsewhere is none of ours.
    pub(super) fn file(&self, path: &str) -> Option<RelPath> {
        let absolute = match path.starts_with('/') {
            true => path.to_owned(),
            false => format!("{}/{path}", self.site.workspace(&self.suite.root)),
        };
        RelPath::below(&self.site.root, &self.site.paths.to_host(&absolute)?)
    }

    fn result(&self, finish: Finish) -> Option<TestResult> {
        let outcome = match finish.outcome {
            Word::Passed => Outcome::Passed,
            Word::Failed => Outcome::Failed,
            Word::Errored => Outcome::Errored,
            Word::Skipped => Outcome::Skipped,
        };
        let mut result = TestResult::new(self.id(&finish.subject)?, outcome);
        result.duration = finish.duration.and_then(|it| Duration::try_from_secs_f64(it).ok());
        result.reason = finish.reason.filter(|reason| !reason.is_empty());
        result.output = self.site.text_to_host(&finish.output);
        if outcome.is_bad() {
            let definition = self.known.place(&result.id, &self.site.root);
            let failures = finish.failures.into_iter();
            result.failures =
                failures.map(|failure| self.failure(failure, definition.as_ref())).collect();
        }
        Some(result)
    }

    fn failure(&self, raw: RawFailure, definition: Option<&Place>) -> Failure {
        let frames = raw.frames.iter().filter_map(|frame| {
            let place = self.place(&frame.path, frame.line, None)?;
            Some(Frame { place, name: frame.name.clone() })
        });
        let mut frames: Vec<Frame> = frames.collect();
        let own = |frame: &&Frame| definition.is_some_and(|it| it.path == frame.place.path);
        let nearest = frames.iter().find(own).or(frames.first()).map(|frame| frame.place.clone());
        let told = raw.path.as_deref().zip(raw.line);
        let told = told.and_then(|(path, line)| self.place(path, line, raw.column));
        frames.reverse();
        Failure {
            kind: raw.kind,
            message: self.site.text_to_host(&raw.message),
            detail: self.site.text_to_host(&raw.detail),
            place: told.or(nearest).or_else(|| definition.cloned()),
            frames,
            diff: raw.expected.zip(raw.actual),
        }
    }

    fn place(&self, path: &str, line: u32, column: Option<u32>) -> Option<Place> {
        self.site.place(&self.suite.root, path, line, column)
    }

    fn broken(&self, exit: Exit) -> Option<Broken> {
        let tool = self.tool;
        if let Some(message) = &self.fatal {
            let help = "the output shows more";
            return Some(Broken::process(message.clone(), Some(help)));
        }
        if !self.ended {
            let message = format!("the test process ended before {tool} did: {exit}");
            return Some(Broken::process(message, None));
        }
        let is_red = self.results.values().any(|result| result.outcome.is_bad());
        let is_empty = self.results.is_empty() && !self.may_be_empty;
        let is_explained = exit == Exit::Code(0) || is_red || is_empty;
        (!is_explained).then(|| {
            let message = format!("{tool} ended with {exit}, though no test failed");
            Broken::process(message, Some("the end of its output may say why"))
        })
    }
}

impl Reader for HelperReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        let event = serde_json::from_str(line).ok().and_then(|event| self.event(event));
        event.into_iter().collect()
    }

    fn conclude(&mut self, _: &[ReportFile], exit: Exit) -> Conclusion {
        Conclusion {
            broken: self.broken(exit),
            results: std::mem::take(&mut self.results).into_values().collect(),
            warnings: std::mem::take(&mut self.warnings),
        }
    }
}
