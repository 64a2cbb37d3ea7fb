//! What a fixture demands beside what each of its tests must come to.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::support::expected::read;

/// The rest of `expected.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Demands {
    pub(crate) totals: Totals,
    /// What runs for a selection.
    #[serde(default)]
    pub(crate) selections: Vec<Selection>,
    /// A file that passes tests, of which none may pass once it can no longer be built or loaded.
    pub(crate) breaks: String,
    /// Whether outcomes are told before the run is over.
    #[serde(default = "yes")]
    pub(crate) live: bool,
    pub(crate) tests: BTreeMap<String, Test>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Totals {
    passed: u64,
    failed: u64,
    errored: u64,
    skipped: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Selection {
    pub(crate) of: Vec<String>,
    pub(crate) ran: Vec<String>,
    /// How those end that a run of all does not tell.
    #[serde(default)]
    pub(crate) outcomes: BTreeMap<String, String>,
    /// A part of what breaks such a run.
    pub(crate) broken: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Test {
    /// A part of what it printed.
    pub(crate) output: Option<String>,
}

impl Demands {
    /// Of a fixture.
    pub(crate) fn of(name: &str) -> Self {
        read(name)
    }

    pub(crate) fn totals(&self) -> [u64; 4] {
        let Totals { passed, failed, errored, skipped } = self.totals;
        [passed, failed, errored, skipped]
    }
}

fn yes() -> bool {
    true
}
