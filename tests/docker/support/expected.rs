//! What a sample project's tests must come to, wherever it is looked at.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// `expected.json` of a fixture, as far as every look at it is concerned.
#[derive(Debug, Deserialize)]
pub(crate) struct Expected {
    pub(crate) tests: BTreeMap<String, Test>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Test {
    pub(crate) outcome: String,
    pub(crate) message: Option<String>,
    /// Where it went wrong; of a test that failed in one of its parts alone there is none.
    pub(crate) location: Option<Place>,
    /// Where else it went wrong.
    #[serde(default)]
    pub(crate) further: Vec<Place>,
    /// Frames of the stack.
    #[serde(default)]
    pub(crate) related: Vec<Place>,
    /// Made as the file is loaded, so that no one can see it there.
    #[serde(default)]
    pub(crate) made: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) line: u64,
}

impl Expected {
    /// Of the sample service.
    pub(crate) fn read() -> Self {
        Self::of("python-pytest")
    }

    /// Of a fixture.
    pub(crate) fn of(name: &str) -> Self {
        read(name)
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

impl Test {
    /// All places where it went wrong.
    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        self.location.iter().chain(&self.further)
    }
}

/// The folder of a fixture.
pub(crate) fn fixture(name: &str) -> Utf8PathBuf {
    let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = here.ancestors().nth(2).unwrap();
    repository.join("fixtures").join(name)
}

/// `expected.json` of a fixture, or a part of it.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = fixture(name).join("expected.json");
    let text = std::fs::read_to_string(&path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}
