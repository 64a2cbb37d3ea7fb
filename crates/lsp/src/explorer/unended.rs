//! The tests that the client was told will run, or run: once their run is over, those that have not ended do so no more.

use std::collections::{BTreeSet, HashMap};

use testdock_core::id::{FolderName, RunId, TestId};

use crate::ext::TestState;

type Test = (FolderName, TestId);

#[derive(Debug, Default)]
pub(super) struct Unended(HashMap<RunId, BTreeSet<Test>>);

impl Unended {
    /// The client is told this of a test by a run.
    pub(super) fn told(&mut self, run: &RunId, test: Test, state: &TestState) {
        match state {
            TestState::Enqueued | TestState::Started => {
                self.0.entry(run.clone()).or_default().insert(test);
            }
            TestState::Passed | TestState::Failed { .. } | TestState::Skipped => self.stands(&test),
        }
    }

    /// The client is told how a test stands, whoever says so.
    pub(super) fn stands(&mut self, test: &Test) {
        for tests in self.0.values_mut() {
            tests.remove(test);
        }
    }

    /// The tests that a run leaves behind, and that no other is going to end.
    pub(super) fn left_by(&mut self, run: &RunId) -> Vec<Test> {
        let left = self.0.remove(run).unwrap_or_default();
        let is_elsewhere = |test: &Test| self.0.values().any(|tests| tests.contains(test));
        left.into_iter().filter(|test| !is_elsewhere(test)).collect()
    }
}
