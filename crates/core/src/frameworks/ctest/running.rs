//! What is known of a test of CTest while it runs.

use super::program::Program;
use super::report::Report;
use super::status::Status;
use crate::id::TestId;
use crate::model::{Outcome, TestResult};

/// So many lines of a test's output are kept.
const MOST_LINES: usize = 20_000;

/// A test of CTest that runs.
#[derive(Debug, Default)]
pub(super) struct Running {
    pub(super) test: Program,
    /// Whether what CTest says of it before it prints anything is over.
    pub(super) prints: bool,
    pub(super) lines: Vec<String>,
    /// What it prints in XML of its tests, where it does.
    pub(super) report: Option<Report>,
    /// The test of its library that runs in it, or ran last.
    pub(super) inner: Option<Inner>,
    /// Whether GoogleTest runs its tests, and has not said yet that it is through with them.
    pub(super) is_under_way: bool,
    /// Whether GoogleTest said that it has tests to run.
    pub(super) has_begun: bool,
    /// How the only test in it ended, where it is no more than that.
    pub(super) only: Option<TestResult>,
    /// How the tests in it ended that are not told for themselves.
    pub(super) untold: Vec<TestResult>,
    /// Those that are told for themselves.
    pub(super) told: Vec<(TestId, Outcome)>,
}

/// A test in a program.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) name: String,
    pub(super) id: TestId,
    /// The line where it began.
    pub(super) from: usize,
    /// What it printed, where it seems to have ended: a test may print what looks like its end, and its end is the last one.
    pub(super) ended: Option<Vec<String>>,
}

impl Running {
    /// Keeps a line that it printed.
    pub(super) fn print(&mut self, line: &str) {
        if self.lines.len() < MOST_LINES {
            self.lines.push(line.to_owned());
        }
    }

    /// Takes in what GoogleTest says before it runs the tests of a program, and after it ran them.
    pub(super) fn around(&mut self, line: &str) {
        if let Some((_, said)) = line.split_once("[==========] ") {
            self.is_under_way = said.starts_with("Running ");
            self.has_begun = true;
        }
    }

    /// Whether a program that may hold tests said nothing of any.
    pub(super) fn is_mute(&self) -> bool {
        let is_told = self.only.is_some() || !self.told.is_empty() || !self.untold.is_empty();
        self.test.is_bare() && !self.test.reports && !self.has_begun && !is_told
    }

    /// The test that has not ended.
    pub(super) fn unended(&mut self) -> Option<Inner> {
        self.inner.take().filter(|inner| inner.ended.is_none())
    }

    /// Whether its library has more to say of its tests.
    pub(super) fn is_cut(&self) -> bool {
        self.is_under_way || self.report.as_ref().is_some_and(|report| !report.is_whole)
    }

    /// Takes back how a test in it ended.
    pub(super) fn forget(&mut self, id: &TestId) {
        self.told.retain(|(told, _)| told != id);
        self.untold.retain(|result| result.id != *id);
    }

    /// Whether a test in it that is told is bad.
    pub(super) fn is_told_bad(&self) -> bool {
        self.told.iter().any(|(_, outcome)| outcome.is_bad())
    }

    /// Whether tests in it are told, all that ran, and none is bad.
    pub(super) fn is_well_in_parts(&self) -> bool {
        !self.told.is_empty() && self.untold.is_empty() && !self.is_told_bad()
    }

    /// Whether the tests in a program that are told say all that its own line would.
    pub(super) fn is_told_by_parts(&self, status: &Status) -> bool {
        let is_as_its_parts = match status.outcome {
            Outcome::Passed => !self.is_told_bad(),
            Outcome::Failed => self.is_told_bad(),
            Outcome::Skipped => self.told.iter().all(|(_, it)| *it == Outcome::Skipped),
            Outcome::Errored => false,
        };
        !self.told.is_empty() && self.untold.is_empty() && is_as_its_parts
    }
}
