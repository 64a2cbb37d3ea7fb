//! What is known of a test of CTest while it runs.

use super::program::Program;
use super::status::Status;
use crate::model::{Outcome, TestResult};

/// A test of CTest that runs.
#[derive(Debug, Default)]
pub(super) struct Running {
    pub(super) test: Program,
    /// Whether what CTest says of it before it prints anything is over.
    pub(super) prints: bool,
    pub(super) lines: Vec<String>,
    /// The test of GoogleTest that runs in it, and the line where it began.
    pub(super) inner: Option<(String, usize)>,
    /// How the only test of GoogleTest in it ended, where it is no more than that.
    pub(super) only: Option<TestResult>,
    /// How the tests of GoogleTest in it ended that are not told for themselves.
    pub(super) untold: Vec<TestResult>,
    /// Those that are told for themselves, and whether one of them is bad.
    pub(super) told: usize,
    pub(super) is_told_bad: bool,
}

impl Running {
    /// Whether the tests in a program that are told say all that its own line would.
    pub(super) fn is_told_by_parts(&self, status: &Status) -> bool {
        let is_as_its_parts = match status.outcome {
            Outcome::Passed => !self.is_told_bad,
            Outcome::Failed => self.is_told_bad,
            Outcome::Errored | Outcome::Skipped => false,
        };
        self.told > 0 && self.untold.is_empty() && is_as_its_parts
    }
}
