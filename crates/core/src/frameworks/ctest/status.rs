//! How CTest says that a test ended.

use std::time::Duration;

use crate::model::Outcome;

const NOT_RUN: &str = "it did not run";

/// The end of a test.
#[derive(Debug)]
pub(super) struct Status {
    pub(super) outcome: Outcome,
    /// In its words, without what says no more than that.
    pub(super) words: String,
    pub(super) time: Option<Duration>,
}

impl Status {
    /// Of `name ....***Failed  why  0.01 sec`.
    pub(super) fn of(text: &str, name: &str) -> Self {
        let text = text.strip_prefix(name).unwrap_or(text).trim_start_matches([' ', '.']);
        let (text, time) = match text.strip_suffix(" sec").and_then(|text| text.rsplit_once(' ')) {
            Some((text, time)) => (text.trim_end(), time.parse().ok()),
            None => (text, None),
        };
        let time = time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let (outcome, words) = match text.trim_start_matches('*') {
            "Passed" => (Outcome::Passed, String::new()),
            words if words.starts_with("Skipped") => (Outcome::Skipped, String::new()),
            "Not Run (Disabled)" => (Outcome::Skipped, "disabled".to_owned()),
            words if words.starts_with("Not Run") => (Outcome::Errored, NOT_RUN.to_owned()),
            words if words.starts_with("Timeout") => {
                (Outcome::Errored, "it took too long".to_owned())
            }
            words if words.contains("Exception:") => {
                let what = words.replace("***", " ").replace("Exception:", "");
                (Outcome::Errored, format!("its process was ended: {}", what.trim()))
            }
            words => {
                let why = words.strip_prefix("Failed").unwrap_or(words).trim();
                // `Regex=[…` goes on in the next line.
                (Outcome::Failed, why.split(" Regex=[").next().unwrap_or(why).to_owned())
            }
        };
        Self { outcome, words, time }
    }

    /// Of a program that ended well while something went on in it.
    pub(super) fn left(what: &str, time: Option<Duration>) -> Self {
        let words = format!("its process ended while {what}");
        Self { outcome: Outcome::Errored, words, time }
    }

    pub(super) fn reason(&self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.clone())
    }

    pub(super) fn is_not_run(&self) -> bool {
        self.words == NOT_RUN
    }
}
