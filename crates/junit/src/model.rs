//! What a report holds: suites, cases and the statuses of a case.

use std::borrow::Cow;

/// A report as two flat lists, in the order of the document.
///
/// Suites name their parent instead of holding their children, so that no depth of nesting costs
/// stack.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report<'a> {
    /// The attribute `name` of the first `<testsuites>`; many tools put their own name here.
    pub name: Option<Cow<'a, str>>,
    /// Every `<testsuite>`, in the order in which they start.
    pub suites: Vec<Suite<'a>>,
    /// Every `<testcase>`, in the order in which they end.
    pub cases: Vec<Case<'a>>,
}

/// How many suites a path names at most: the innermost, since each case of a depth bomb would name all
/// of them otherwise.
pub const MAX_PATH: usize = 64;

/// The place of a suite in [`Report::suites`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SuiteId(pub(crate) u32);

impl SuiteId {
    /// The index into [`Report::suites`]; suites are numbered in the order in which they start.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One `<testsuite>`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suite<'a> {
    /// The suite around this one.
    pub parent: Option<SuiteId>,
    /// The attribute `name`.
    pub name: Option<Cow<'a, str>>,
    /// The attribute `package`.
    pub package: Option<Cow<'a, str>>,
    /// The attribute `file`, or `filepath` where there is none.
    pub file: Option<Cow<'a, str>>,
    /// The attribute `hostname`; some tools put the name of the browser or project here.
    pub hostname: Option<Cow<'a, str>>,
    /// The attribute `timestamp` as it was written: a third of all tools do not write RFC 3339.
    pub timestamp: Option<Cow<'a, str>>,
    /// The attribute `time` in seconds.
    pub time: Option<f64>,
    /// Properties of the suite.
    pub properties: Vec<Property<'a>>,
    /// Failures of the suite itself, outside of any case: a file that did not load, a harness that
    /// died.
    pub statuses: Vec<Status<'a>>,
    /// What the suite printed.
    pub system_out: Option<Cow<'a, str>>,
    /// What the suite printed as errors.
    pub system_err: Option<Cow<'a, str>>,
}

/// One `<testcase>`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Case<'a> {
    /// The innermost suite around the case.
    pub suite: Option<SuiteId>,
    /// The attribute `classname`, or `class` where there is none.
    pub classname: Option<Cow<'a, str>>,
    /// The attribute `name`.
    pub name: Option<Cow<'a, str>>,
    /// The attribute `file`, or `filepath` where there is none.
    pub file: Option<Cow<'a, str>>,
    /// The attribute `line`, or `lineno`: with most tools the line of the definition, not of the failure.
    pub line: Option<u32>,
    /// The attribute `time` in seconds, read leniently.
    pub time: Option<f64>,
    /// The attribute `status`, or `result` where there is none.
    pub status: Option<Cow<'a, str>>,
    /// Properties of the case.
    pub properties: Vec<Property<'a>>,
    /// Failures, errors, skips and earlier tries, in the order of the document.
    pub statuses: Vec<Status<'a>>,
    /// What the case printed.
    pub system_out: Option<Cow<'a, str>>,
    /// What the case printed as errors.
    pub system_err: Option<Cow<'a, str>>,
    /// The input ended, or went on with something else, before the case was closed.
    pub cut: bool,
}

/// A name and a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Property<'a> {
    /// The attribute `name`.
    pub name: Cow<'a, str>,
    /// The attribute `value`, or the element's text where there is none.
    pub value: Cow<'a, str>,
}

/// One `<failure>`, `<error>`, `<skipped>`, or earlier try.
#[derive(Debug, Clone, PartialEq)]
pub struct Status<'a> {
    /// Which element it was.
    pub kind: StatusKind,
    /// The attribute `type`.
    pub type_: Option<Cow<'a, str>>,
    /// The attribute `message`.
    pub message: Option<Cow<'a, str>>,
    /// The element's text, or that of its `<stackTrace>`; empty where there is none.
    pub text: Cow<'a, str>,
    /// The attribute `file`, or that of a `<location>` within: where it failed.
    pub file: Option<Cow<'a, str>>,
    /// The attribute `line`, or that of a `<location>` within: where it failed.
    pub line: Option<u32>,
    /// What an earlier try printed.
    pub system_out: Option<Cow<'a, str>>,
    /// What an earlier try printed as errors.
    pub system_err: Option<Cow<'a, str>>,
}

/// The elements that say how a case, or one try of it, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatusKind {
    /// `<failure>`
    Failure,
    /// `<error>`
    Error,
    /// `<skipped>`
    Skipped,
    /// `<flakyFailure>`: an earlier try failed, a later one passed.
    FlakyFailure,
    /// `<flakyError>`: an earlier try had an error, a later one passed.
    FlakyError,
    /// `<rerunFailure>`: a further try failed too.
    RerunFailure,
    /// `<rerunError>`: a further try had an error too.
    RerunError,
}

/// How a case ended; exactly one of four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It ran and nothing was wrong.
    Passed,
    /// It ran and what it asserts does not hold.
    Failed,
    /// Something else went wrong.
    Errored,
    /// It did not run, or was expected to fail.
    Skipped,
}

/// Something wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, as a lowercase fragment.
    pub message: String,
    /// Where, in bytes from the start; of the decoded text where the input was not UTF-8.
    pub offset: u64,
    /// What it means for what was read.
    pub harm: Harm,
}

/// What a problem means for what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Harm {
    /// Every case is there, and perhaps not every character of a text.
    Slight,
    /// The report ends, or what can be read of it, before it is whole, or it counts what it does not list: there may
    /// have been more cases.
    Cut,
    /// It is no JUnit report.
    NotJunit,
    /// It could not be read, or not to its end.
    Unreadable,
}

impl<'a> Report<'a> {
    /// The names of the suites around a suite and its own, outermost first; unnamed ones are left
    /// out, and so is what is more than [`MAX_PATH`] suites away.
    pub fn suite_path(&self, id: SuiteId) -> Vec<&str> {
        let parent = |suite: &&Suite<'a>| suite.parent.and_then(|id| self.suites.get(id.index()));
        let chain = std::iter::successors(self.suites.get(id.index()), parent);
        let chain = chain.take(MAX_PATH);
        let mut names: Vec<&str> = chain.filter_map(|suite| suite.name.as_deref()).collect();
        names.reverse();
        names
    }
}

impl Case<'_> {
    /// How the case ended.
    ///
    /// - Skipped together with a failure is an expected failure: skipped.
    /// - Otherwise an error counts before a failure, before a skip.
    /// - Earlier tries count only where nothing else does: a flaky case passed in the end, one that
    ///   has nothing but failed reruns failed.
    /// - Without any element the attribute `status` decides; a case that was cut off is an error,
    ///   never a pass.
    pub fn outcome(&self) -> Outcome {
        use StatusKind::{Error, Failure, RerunError, RerunFailure, Skipped};
        let has = |kind| self.statuses.iter().any(|status| status.kind == kind);
        match self.statuses.last() {
            _ if has(Skipped) && has(Failure) => Outcome::Skipped,
            _ if has(Error) => Outcome::Errored,
            _ if has(Failure) => Outcome::Failed,
            _ if has(Skipped) => Outcome::Skipped,
            Some(last) if last.kind == RerunError => Outcome::Errored,
            Some(last) if last.kind == RerunFailure => Outcome::Failed,
            _ if self.cut => Outcome::Errored,
            Some(_) => Outcome::Passed,
            None => self.status.as_deref().map_or(Outcome::Passed, outcome_of_attribute),
        }
    }
}

/// Some tools say it in an attribute only: googletest and ctest of disabled tests, for example.
fn outcome_of_attribute(status: &str) -> Outcome {
    match status.to_ascii_lowercase().as_str() {
        "failed" | "fail" | "failure" => Outcome::Failed,
        "error" | "errored" => Outcome::Errored,
        "skipped" | "skip" | "disabled" | "notrun" | "not_run" | "suppressed" | "ignored"
        | "pending" => Outcome::Skipped,
        _ => Outcome::Passed,
    }
}

impl Status<'_> {
    pub(crate) fn new(kind: StatusKind) -> Self {
        Status {
            kind,
            type_: None,
            message: None,
            text: Cow::Borrowed(""),
            file: None,
            line: None,
            system_out: None,
            system_err: None,
        }
    }
}
