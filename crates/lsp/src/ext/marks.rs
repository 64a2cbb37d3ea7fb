//! How the tests of a file stand, line by line: for clients that draw icons beside lines.

use lsp_types::Uri;
use lsp_types::notification::Notification;
use serde::{Deserialize, Serialize};

/// Says how the tests of a file stand: for clients that ask for it by their capabilities.
#[derive(Debug)]
pub enum FileMarks {}

impl Notification for FileMarks {
    type Params = FileMarksParams;
    const METHOD: &'static str = "testdock/marks";
}

/// Parameters of [`FileMarks`]: all of a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileMarksParams {
    /// Which file.
    pub uri: Uri,
    /// The printed id that means all of it.
    pub id: String,
    /// Its number among all that the server says of tests.
    pub seq: u64,
    /// What stands in it; nothing where it holds no tests any more.
    pub marks: Vec<TestMark>,
}

/// A test or group in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestMark {
    /// Its printed id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// Its line, from 0.
    pub line: u32,
    /// How it and all below it stand; `None` where nothing of it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<MarkState>,
    /// Whether that is no longer the truth.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub stale: bool,
}

/// How a test stands, in a word; the greatest counts of all that a group holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum MarkState {
    /// It passed.
    Passed,
    /// It was skipped.
    Skipped,
    /// It is going to run.
    Enqueued,
    /// It runs.
    Started,
    /// It failed.
    Failed,
    /// It failed by something else than its own assertion.
    Errored,
}
