//! How a test with cases stands.

use testdock_core::id::TestId;
use testdock_core::model::Outcome;

use crate::ext::TestState;

/// The more telling the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whole {
    Started,
    Skipped,
    Passed,
    Errored,
    Failed,
}

impl Whole {
    pub(super) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Skipped => Self::Skipped,
            Outcome::Errored => Self::Errored,
            Outcome::Failed => Self::Failed,
        }
    }

    /// The same for the client, made so by a case.
    pub(super) fn state(self, case: &TestId) -> TestState {
        match self {
            Self::Started => TestState::Started,
            Self::Skipped => TestState::Skipped,
            Self::Passed => TestState::Passed,
            Self::Errored | Self::Failed => {
                TestState::Failed { message: format!("{} failed", case.label()) }
            }
        }
    }
}
