//! What the helper plugin says, one JSON object a line.

use std::borrow::Cow;

use serde::Deserialize;

use crate::model::{Failure, Frame, Outcome, Place};
use crate::plan::Site;

/// An event of the helper plugin; its own documentation is in `helper/testdock_pytest.py`.
#[derive(Debug, Deserialize)]
#[serde(tag = "e", rename_all = "kebab-case")]
pub(super) enum Event {
    Session {
        rootdir: String,
        /// What the project puts before the class names of the report.
        junit_prefix: Option<String>,
    },
    Collected {
        n: usize,
    },
    Start {
        id: String,
    },
    Finish(Box<Finish>),
    CollectError(Box<Finish>),
    InternalError {
        message: String,
        #[serde(default)]
        detail: String,
    },
    Problem {
        during: String,
        message: String,
    },
    End {
        exitstatus: i32,
        cut: bool,
    },
}

/// The end of a test.
#[derive(Debug, Deserialize)]
pub(super) struct Finish {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) status: Status,
    pub(super) duration: Option<f64>,
    pub(super) stdout: Option<String>,
    pub(super) stderr: Option<String>,
    #[serde(default)]
    pub(super) subtests: Vec<Status>,
    /// Further phases that went wrong, such as a teardown after a failure.
    #[serde(default)]
    pub(super) others: Vec<Status>,
}

/// How one phase of a test, or one subtest, ended.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) outcome: Word,
    #[serde(default)]
    message: String,
    #[serde(default)]
    detail: String,
    #[serde(default, rename = "type")]
    kind: String,
    path: Option<String>,
    line: Option<u32>,
    #[serde(default)]
    frames: Vec<RawFrame>,
    pub(super) xfail: Option<String>,
    label: Option<String>,
    expected: Option<String>,
    actual: Option<String>,
}

/// The plugin's words for an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Word {
    Passed,
    Failed,
    Errored,
    Skipped,
}

impl From<Word> for Outcome {
    fn from(word: Word) -> Self {
        match word {
            Word::Passed => Self::Passed,
            Word::Failed => Self::Failed,
            Word::Errored => Self::Errored,
            Word::Skipped => Self::Skipped,
        }
    }
}

#[derive(Debug, Deserialize)]
struct RawFrame {
    path: String,
    line: u32,
    name: String,
}

/// A traceback in pytest's layout. pytest strips it, and with it what a line of source at its top is set in by.
pub(super) fn laid_out(text: &str) -> Cow<'_, str> {
    let is_source = ["def ", "async def ", "class ", "@"].iter().any(|it| text.starts_with(it));
    if is_source { Cow::Owned(format!("    {text}")) } else { Cow::Borrowed(text) }
}

impl Status {
    /// The failure in host paths.
    pub(super) fn failure(&self, site: &Site) -> Failure {
        let label = self.label.as_ref().map(|label| format!("{label} ")).unwrap_or_default();
        let message = match self.message.strip_prefix(&label) {
            Some(_) if !label.is_empty() => self.message.clone(),
            _ => format!("{label}{}", self.message),
        };
        Failure {
            kind: self.kind.clone(),
            message: site.text_to_host(&message),
            detail: site.text_to_host(&laid_out(&self.detail)),
            place: self
                .path
                .as_deref()
                .zip(self.line)
                .and_then(|(path, line)| place(site, path, line)),
            frames: self.frames.iter().filter_map(|frame| frame.resolve(site)).collect(),
            diff: self.expected.clone().zip(self.actual.clone()),
        }
    }

    /// The plain message.
    pub(super) fn message(&self) -> &str {
        &self.message
    }
}

impl RawFrame {
    fn resolve(&self, site: &Site) -> Option<Frame> {
        Some(Frame { place: place(site, &self.path, self.line)?, name: self.name.clone() })
    }
}

fn place(site: &Site, path: &str, line: u32) -> Option<Place> {
    let path = site.paths.to_host(path)?;
    path.starts_with(&site.root).then_some(Place { path, line: line.max(1), column: None })
}
