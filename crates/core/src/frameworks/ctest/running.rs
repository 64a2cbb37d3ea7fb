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
    /// The test of its library that runs in it.
    pub(super) inner: Option<Inner>,
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
}

impl Running {
    /// Keeps a line that it printed.
    pub(super) fn print(&mut self, line: &str) {
        if self.lines.len() < MOST_LINES {
            self.lines.push(line.to_owned());
        }
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
