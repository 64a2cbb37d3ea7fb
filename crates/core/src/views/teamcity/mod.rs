//! A run as service messages: for the test runner of a JetBrains IDE, and for TeamCity.
//!
//! Both read the same language and understand it in different ways: an IDE builds a tree out of ids, and
//! shows each test while it runs; TeamCity knows a test by its name, and wants what belongs to it in a
//! row. `docs/teamcity.md` is the contract.

mod message;
mod tree;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Bound;

use self::message::Message;
use self::tree::Tree;
use super::junit::case_name;
use super::terminal::{place_words, shell_quoted, started_line};
use super::words::{end_words, outcome_words, stage_words};
use crate::id::{RunId, TestId};
use crate::model::{End, Ended, Failure, Fault, Outcome, RunError, Stage, TestResult};
use crate::session::{Change, Session};

/// Who reads the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The test runner of an IDE.
    Ide,
    /// TeamCity, in a build.
    Build,
}

/// What was told of one run.
#[derive(Debug)]
pub struct Teamcity {
    reader: Reader,
    tree: Tree,
    /// How each test was said to have ended.
    told: BTreeMap<TestId, Outcome>,
    counted: usize,
    step: String,
}

impl Teamcity {
    /// Nothing was told yet.
    pub fn new(reader: Reader) -> Self {
        let (tree, told) = (Tree::default(), BTreeMap::new());
        Self { reader, tree, told, counted: 0, step: String::new() }
    }

    /// The lines that a change comes to.
    pub fn lines(&mut self, session: &Session, change: &Change) -> Vec<String> {
        let is_ide = self.reader == Reader::Ide;
        match change {
            Change::Queued { run, .. } if is_ide => {
                vec![Message::new("enteredTheMatrix").line(), root_name(session, run, None)]
            }
            Change::Preparing { stage, .. } => self.preparing(stage),
            Change::BuildLog { line, .. } => self.plain(line),
            Change::Started { run, provenance } => {
                let name = root_name(session, run, Some(&provenance.interpreter));
                let shown = anstream::adapter::strip_str(&started_line(provenance)).to_string();
                let name = is_ide.then_some(name);
                name.into_iter().chain(self.plain(&shown)).collect()
            }
            Change::Collected { total, .. } if is_ide => {
                let more = total.saturating_sub(std::mem::replace(&mut self.counted, *total));
                vec![Message::new("testCount").with("count", &more.to_string()).line()]
            }
            Change::TestStarted { run, id } if is_ide => self.tree.start(session, run, id),
            Change::TestFinished { run, result, .. } => self.finished(session, run, result),
            Change::TestRetracted { id, .. } => {
                vec![warning(&format!("the report does not know {id}: its result does not count"))]
            }
            Change::Output { text, .. } => self.plain(text.strip_suffix('\n').unwrap_or(text)),
            Change::Warning { message, .. } => vec![warning(message)],
            Change::Refused { error, .. } => {
                let start = is_ide.then(|| Message::new("enteredTheMatrix").line());
                start.into_iter().chain(self.broken(error)).collect()
            }
            Change::Ended { run, ended } => self.ended(session, run, ended),
            Change::Built { image, .. } => self.plain(&format!("image {} is ready", image.name)),
            Change::FolderClosed { .. }
            | Change::ScanStarted(_)
            | Change::ScanEnded(_)
            | Change::Tests { .. }
            | Change::Diagnostics { .. }
            | Change::Stale { .. }
            | Change::Interpreters(_)
            | Change::BuildInputs(_)
            | Change::Queued { .. }
            | Change::Collected { .. }
            | Change::TestStarted { .. } => Vec::new(),
        }
    }

    /// A text that is no message. What only looks like one to an IDE would be taken for one of ours.
    fn plain(&self, text: &str) -> Vec<String> {
        match self.reader {
            Reader::Ide => vec![text.replace("##teamcity[", "## teamcity[")],
            Reader::Build => vec![text.to_owned()],
        }
    }

    /// A step is told once; how far it is, not at all.
    fn preparing(&mut self, stage: &Stage) -> Vec<String> {
        let words = match stage {
            Stage::Pulling { image, .. } => format!("pulling {image}"),
            stage => stage_words(stage),
        };
        if self.step == words {
            return Vec::new();
        }
        self.step.clone_from(&words);
        match self.reader {
            Reader::Ide => self.plain(&words),
            Reader::Build => vec![Message::single("progressMessage", &words)],
        }
    }

    fn finished(&mut self, session: &Session, run: &RunId, result: &TestResult) -> Vec<String> {
        let id = &result.id;
        match self.told.insert(id.clone(), result.outcome) {
            Some(before) if before == result.outcome => Vec::new(),
            Some(before) if before.is_bad() || !result.outcome.is_bad() => {
                let [now, before] = [result.outcome, before].map(Outcome::as_str);
                vec![warning(&format!("the report says that {id} {now}, not {before}"))]
            }
            _ => match self.reader {
                Reader::Ide => self.finished_in_tree(session, run, result),
                Reader::Build => {
                    let name = build_name(id);
                    let again = shell_quoted(&id.to_string());
                    let details = format!("{}\ntestdock run {again}\n", details(result));
                    let mut lines = vec![Message::new("testStarted").with("name", &name).line()];
                    lines.extend(self.outcome(result, &name, details.trim_start()));
                    lines
                }
            },
        }
    }

    fn finished_in_tree(
        &mut self,
        session: &Session,
        run: &RunId,
        result: &TestResult,
    ) -> Vec<String> {
        let id = &result.id;
        let mut lines = self.tree.start(session, run, id);
        // An IDE makes up how a node stands that holds others.
        if let Some(node) = self.tree.holder(id).filter(|_| self.is_told_by_parts(result)) {
            let output = Message::new("testStdOut").with("nodeId", &node);
            let output = output.with("out", &result.output).line();
            lines.extend((!result.output.is_empty()).then_some(output));
            return lines;
        }
        let (node, own) = self.tree.test(session, run, id);
        lines.extend(own);
        lines.extend(self.outcome(result, &node, &details(result)));
        lines
    }

    /// Whether what a test started says how it ended.
    fn is_told_by_parts(&self, result: &TestResult) -> bool {
        let id = &result.id;
        let below = self.told.range((Bound::Excluded(id), Bound::Unbounded));
        let mut parts = below.take_while(|(it, _)| id.holds(it)).map(|(_, outcome)| outcome);
        match result.outcome {
            Outcome::Failed | Outcome::Errored => parts.any(|outcome| outcome.is_bad()),
            Outcome::Passed | Outcome::Skipped => parts.next().is_some(),
        }
    }

    /// What a test printed, what went wrong in it, and its end.
    fn outcome(&self, result: &TestResult, test: &str, details: &str) -> Vec<String> {
        let key = match self.reader {
            Reader::Ide => "nodeId",
            Reader::Build => "name",
        };
        let message = |name| Message::new(name).with(key, test);
        let mut lines = Vec::new();
        if !result.output.is_empty() {
            lines.push(message("testStdOut").with("out", &result.output));
        }
        match result.outcome {
            Outcome::Passed => {}
            Outcome::Skipped => {
                let reason = result.message().unwrap_or_default();
                lines.push(message("testIgnored").with("message", reason));
            }
            Outcome::Failed | Outcome::Errored => {
                let is_error = result.outcome == Outcome::Errored && self.reader == Reader::Ide;
                let failed = message("testFailed").with("message", &failed_words(result));
                let failed = failed.with_some("error", is_error.then_some("true"));
                lines.push(with_diff(failed.with("details", details), result));
            }
        }
        let duration = result.duration.map(|it| it.as_millis().to_string());
        lines.push(message("testFinished").with_some("duration", duration.as_deref()));
        lines.into_iter().map(Message::line).collect()
    }

    fn ended(&mut self, session: &Session, run: &RunId, ended: &Ended) -> Vec<String> {
        let mut lines = self.tree.close();
        match &ended.how {
            End::Broken(error) => lines.extend(self.broken(error)),
            // A tree without anything in it is shown as a launch that failed.
            End::Cancelled if self.tree.is_empty() && self.reader == Reader::Ide => {
                lines.extend(self.tree.note("cancelled"));
            }
            End::Completed | End::Cancelled | End::TimedOut(_) => {}
        }
        if !matches!(ended.how, End::Broken(_)) {
            let came_to = session.run(run).map(outcome_words).unwrap_or_default();
            lines.extend(self.plain(&end_words(&came_to, ended)));
        }
        lines
    }

    /// Why there are no results, or not all of them.
    fn broken(&mut self, error: &RunError) -> Vec<String> {
        let details = [error.log.as_deref(), error.help.as_deref()];
        let details: Vec<&str> = details.into_iter().flatten().map(str::trim_end).collect();
        let details = details.join("\n");
        let place = error.place.as_ref();
        match self.reader {
            Reader::Ide => {
                let hint = place.map(|it| tree::location(&it.path, Some(it.line)));
                self.tree.error(fault_words(error.fault), &error.message, &details, hint.as_deref())
            }
            Reader::Build => {
                let place = place.map(|it| format!("{}: ", place_words(it, "".into())));
                let description = format!("{}{}", place.unwrap_or_default(), error.message);
                let mut lines = self.plain(&details);
                lines.retain(|text| !text.is_empty());
                let problem = Message::new("buildProblem").with("description", &description);
                lines.push(problem.with("identity", fault_words(error.fault)).line());
                lines
            }
        }
    }
}

fn root_name(session: &Session, run: &RunId, comment: Option<&str>) -> String {
    let folder = tree::folder(session, run);
    let name = folder.map(|it| &*it.name).unwrap_or_default();
    let root = folder.map(|it| tree::location(&it.root, None));
    Message::new("rootName")
        .with("name", name)
        .with_some("comment", comment)
        .with_some("location", root.as_deref())
        .line()
}

fn warning(text: &str) -> String {
    Message::new("message").with("text", text).with("status", "WARNING").line()
}

fn fault_words(fault: Fault) -> &'static str {
    match fault {
        Fault::Interpreter => "interpreter",
        Fault::Configuration => "configuration",
        Fault::Process => "process",
        Fault::NoTests => "tests",
    }
}

/// A test as TeamCity groups it: `suite: package.class.test`.
fn build_name(id: &TestId) -> String {
    let suite = id.suite.as_ref().map(|suite| format!("{suite}: ")).unwrap_or_default();
    let (class, name) = case_name(id);
    if class.is_empty() { format!("{suite}{name}") } else { format!("{suite}{class}.{name}") }
}

/// A failure without a message would pass for none.
fn failed_words(result: &TestResult) -> String {
    result.failures.first().map_or_else(|| result.outcome.as_str().to_owned(), Failure::headline)
}

fn with_diff(failed: Message, result: &TestResult) -> Message {
    match result.failures.iter().find_map(|it| it.diff.as_ref()) {
        Some((expected, actual)) => {
            let failed = failed.with("type", "comparisonFailure");
            failed.with("expected", expected).with("actual", actual)
        }
        None => failed,
    }
}

/// The traces of all that went wrong, each with its places as a stack that can be clicked on.
fn details(result: &TestResult) -> String {
    let mut text = String::new();
    for (index, failure) in result.failures.iter().enumerate() {
        if index > 0 {
            text.push_str(&format!("\n{}\n", failure.headline()));
        }
        text.push_str(failure.detail.trim_end());
        text.push('\n');
        text.push_str(&stack(failure));
    }
    text.trim_start_matches('\n').to_owned()
}

fn stack(failure: &Failure) -> String {
    let line = |place, name: &str| match name {
        "" => format!("    at {}\n", place_words(place, "".into())),
        name => format!("    at {name} ({})\n", place_words(place, "".into())),
    };
    let alone = failure.place.iter().filter(|_| failure.frames.is_empty());
    let frames = failure.frames.iter().rev().map(|frame| line(&frame.place, &frame.name));
    alone.map(|place| line(place, "")).chain(frames).collect()
}
