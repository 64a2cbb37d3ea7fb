//! What the sample service's tests must come to, wherever it is looked at.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `fixtures/python-pytest/expected.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Expected {
    pub(crate) totals: Totals,
    pub(crate) tests: BTreeMap<String, Test>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Totals {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) errored: u64,
    pub(crate) skipped: u64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Test {
    pub(crate) outcome: String,
    pub(crate) message: Option<String>,
    pub(crate) location: Option<Place>,
    #[serde(default)]
    pub(crate) related: Vec<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) line: u64,
}

impl Expected {
    pub(crate) fn read() -> Self {
        let text = include_str!("../../../fixtures/python-pytest/expected.json");
        serde_json::from_str(text).unwrap()
    }

    pub(crate) fn totals(&self) -> [u64; 4] {
        let Totals { passed, failed, errored, skipped } = self.totals;
        [passed, failed, errored, skipped]
    }

    /// The outcome of each test.
    pub(crate) fn outcomes(&self) -> BTreeMap<String, String> {
        let outcome = |(id, test): (&String, &Test)| (id.clone(), test.outcome.clone());
        self.tests.iter().map(outcome).collect()
    }

    /// What failed or errored.
    pub(crate) fn bad(&self) -> impl Iterator<Item = (&String, &Test)> {
        self.tests.iter().filter(|(_, test)| ["failed", "errored"].contains(&test.outcome.as_str()))
    }
}
