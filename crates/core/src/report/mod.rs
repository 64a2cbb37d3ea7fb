//! What a JUnit report says: its cases one by one, each with its failures where they can be opened.

mod placing;
mod tally;

use std::collections::HashMap;
use std::time::Duration;

use testdock_junit as junit;

pub use placing::{Located, Placing};
pub use tally::{Bad, Group, Tally};

use crate::model::{Failure, Frame, Outcome};

/// A case, and where each of its statuses happened.
#[derive(Debug)]
pub struct Entry<'r> {
    /// The names of the suites around it, outermost first.
    pub suites: Vec<&'r str>,
    /// The suite right around it.
    pub suite: Option<&'r junit::Suite<'r>>,
    /// The case as it was read.
    pub case: &'r junit::Case<'r>,
    /// How it ended.
    pub outcome: Outcome,
    /// Where each of `case.statuses` happened.
    pub located: Vec<Located>,
}

/// A suite that failed as a whole: a file that did not load, a harness that died.
#[derive(Debug)]
pub struct BrokenSuite<'r> {
    /// Its name behind those of the suites around it, outermost first.
    pub suites: Vec<&'r str>,
    /// What went wrong.
    pub statuses: &'r [junit::Status<'r>],
    /// Where each of them happened.
    pub located: Vec<Located>,
}

/// Takes what a report says, while it is read.
pub trait Listener {
    /// A case is complete.
    fn case(&mut self, entry: &Entry<'_>);

    /// A suite is complete, and failed as a whole.
    fn suite(&mut self, suite: &BrokenSuite<'_>);
}

/// So many suites and cases are kept, to tell the tool by.
const SAMPLE: usize = 200;

/// Reads a report case by case, in memory that does not grow with it.
pub struct Reading<'w, L> {
    placing: Placing<'w>,
    listener: L,
    open: OpenSuites,
    /// The first suites and cases; or all.
    seen: junit::Report<'static>,
    keeps_all: bool,
}

impl<'w, L: Listener> Reading<'w, L> {
    /// Tells a listener of it.
    pub fn new(placing: Placing<'w>, listener: L) -> Self {
        let (open, seen) = (OpenSuites::default(), junit::Report::default());
        Self { placing, listener, open, seen, keeps_all: false }
    }

    /// Keeps the whole report, too.
    pub fn keep_all(mut self, keeps_all: bool) -> Self {
        self.keeps_all = keeps_all;
        self
    }

    /// The listener; and the report, without most of its cases unless all are kept: enough to know the
    /// tool by.
    pub fn finish(self) -> (L, junit::Report<'static>) {
        (self.listener, self.seen)
    }

    fn located(&self, of: junit::Failure<'_>) -> Located {
        self.placing.located(&junit::locate(of), of.case, of.suite)
    }
}

impl<L: Listener> junit::Visitor<'static> for Reading<'_, L> {
    fn enter_report(&mut self, name: Option<std::borrow::Cow<'static, str>>) {
        self.seen.enter_report(name);
    }

    fn enter_suite(&mut self, id: junit::SuiteId, suite: &junit::Suite<'static>) {
        self.open.suites.insert(id, suite.clone());
        if self.keeps_all || self.seen.suites.len() < SAMPLE {
            self.seen.suites.push(suite.clone());
        }
    }

    fn case(&mut self, case: junit::Case<'static>) {
        let suite = case.suite.and_then(|id| self.open.suites.get(&id));
        let of = |status| junit::Failure { status, case: Some(&case), suite };
        let entry = Entry {
            suites: case.suite.map(|id| self.open.path(id)).unwrap_or_default(),
            suite,
            outcome: case.outcome().into(),
            located: case.statuses.iter().map(|status| self.located(of(status))).collect(),
            case: &case,
        };
        self.listener.case(&entry);
        if self.keeps_all || self.seen.cases.len() < SAMPLE {
            self.seen.cases.push(case);
        }
    }

    fn leave_suite(&mut self, id: junit::SuiteId, suite: junit::Suite<'static>) {
        if !suite.statuses.is_empty() {
            let of = |status| junit::Failure { status, case: None, suite: Some(&suite) };
            let broken = BrokenSuite {
                suites: self.open.path(id),
                located: suite.statuses.iter().map(|status| self.located(of(status))).collect(),
                statuses: &suite.statuses,
            };
            self.listener.suite(&broken);
        }
        self.open.suites.remove(&id);
        if let Some(seen) = self.seen.suites.get_mut(id.index()) {
            *seen = suite;
        }
    }
}

/// The suites that have begun and not ended.
#[derive(Debug, Default)]
struct OpenSuites {
    suites: HashMap<junit::SuiteId, junit::Suite<'static>>,
}

impl OpenSuites {
    /// The names of a suite and of those around it, outermost first.
    fn path(&self, id: junit::SuiteId) -> Vec<&str> {
        let parent = |suite: &&junit::Suite<'static>| self.suites.get(&suite.parent?);
        let chain = std::iter::successors(self.suites.get(&id), parent).take(junit::MAX_PATH);
        let mut names: Vec<&str> = chain.filter_map(|suite| suite.name.as_deref()).collect();
        names.reverse();
        names
    }
}

/// What went wrong, in our words; `host` turns the container's paths in a text into ours.
pub fn failure(status: &junit::Status<'_>, at: Located, host: impl Fn(&str) -> String) -> Failure {
    let text = host(&status.text);
    let message = status.message.as_deref().map(host);
    let message = message.filter(|m| !m.trim().is_empty()).unwrap_or_else(|| first_line(&text));
    Failure {
        kind: status.type_.as_deref().unwrap_or_default().to_owned(),
        message: panic_message(&message, &text).unwrap_or(message),
        // Where the test stands is better than nowhere.
        place: at.place.or(at.definition),
        frames: at.frames.into_iter().map(|place| Frame { place, name: String::new() }).collect(),
        detail: text,
        diff: None,
    }
}

/// What is wrong with a case of which the report does not say how it ended.
pub fn cut_off(case: &junit::Case<'_>) -> Option<Failure> {
    let is_untold = case.cut && !case.statuses.iter().any(is_bad);
    let message = "the report was cut off before the end of this case".to_owned();
    is_untold.then(|| Failure { message, ..Failure::default() })
}

fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

/// Rust's first line says where it panicked, and the next one why.
fn panic_message(message: &str, text: &str) -> Option<String> {
    let headline = message.trim().trim_end_matches(':');
    if !headline.starts_with("thread '")
        || !headline.contains("' panicked at ") && !headline.contains(") panicked at ")
    {
        return None;
    }
    let after = text.split_once(headline)?.1.strip_prefix(':')?;
    Some(first_line(after)).filter(|line| !line.is_empty())
}

/// How long a case took.
pub fn duration(case: &junit::Case<'_>) -> Option<Duration> {
    case.time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

/// Whether a status tells of something wrong, rather than of a skip.
pub fn is_bad(status: &junit::Status<'_>) -> bool {
    status.kind != junit::StatusKind::Skipped
}
