//! The test explorer: rust-analyzer's, with further fields that a client may ignore.

use std::sync::Arc;

use lsp_types::notification::Notification;
use lsp_types::{Location, Range, TextDocumentIdentifier};
use serde::{Deserialize, Serialize};

/// Asks for the tests below one, or for the topmost ones.
pub const DISCOVER_TEST: &str = "experimental/discoverTest";
/// Asks for a run.
pub const RUN_TEST: &str = "experimental/runTest";
/// Ends a run early.
pub const ABORT_RUN_TEST: &str = "experimental/abortRunTest";
/// Parameters of [`DISCOVER_TEST`].
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DiscoverTestParams {
    /// The test whose children are wanted; `None` for the topmost.
    pub test_id: Option<String>,
}

/// What stands at a place of the tree; editors choose an icon by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TestItemKind {
    /// A workspace folder, or a suite.
    Package,
    /// A file, or a group in it.
    Module,
    /// A test, or a case of one.
    Test,
}

/// A test, or what holds tests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestItem {
    /// Its printed id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// What it is.
    pub kind: TestItemKind,
    /// Whether it may hold tests that were not sent with it.
    pub can_resolve_children: bool,
    /// What holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_document: Option<TextDocumentIdentifier>,
    /// Where it stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// The test that it is a case of, and stands where that does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_of: Option<String>,
    /// Words to choose tests by: framework, suite, marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Arc<str>>,
}

/// Tests that were found. The parent of each comes before it, or is known already.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiscoverTestResults {
    /// The tests.
    pub tests: Vec<TestItem>,
    /// Tests whose children are all here: others below them are gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<String>>,
    /// Files whose tests are all here: others in them are gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_file: Option<Vec<TextDocumentIdentifier>>,
    /// Its number among all that the server says of tests.
    #[serde(default)]
    pub seq: u64,
}

/// Tells of tests that were found, moved or lost.
#[derive(Debug)]
pub enum DiscoveredTests {}

impl Notification for DiscoveredTests {
    type Params = DiscoverTestResults;
    const METHOD: &'static str = "experimental/discoveredTests";
}

/// Parameters of [`RUN_TEST`].
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunTestParams {
    /// What to run; nothing means everything.
    pub include: Option<Vec<String>>,
    /// What to leave out.
    pub exclude: Option<Vec<String>>,
    /// The run's id, chosen by the client.
    pub run_id: Option<String>,
    /// Whether a clean container is wanted.
    pub fresh: bool,
    /// Whether nothing runs now, and what saved files touch of it runs until it is aborted.
    pub continuous: bool,
}

/// Says that a run is over: nothing more is said of it.
#[derive(Debug)]
pub enum EndRunTest {}

impl Notification for EndRunTest {
    type Params = Option<EndRunTestParams>;
    const METHOD: &'static str = "experimental/endRunTest";
}

/// Parameters of [`EndRunTest`], for clients that know run ids.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EndRunTestParams {
    /// Which run.
    pub run_id: String,
    /// Its number among all that the server says of tests.
    pub seq: u64,
    /// How it ended, in words.
    pub message: String,
    /// How it ended, in a word: `completed`, `cancelled`, `timedOut`, `broken` or `refused`.
    pub how: EndKind,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EndKind {
    /// The tool ran to its end, whatever the tests said.
    Completed,
    /// Somebody cancelled it.
    Cancelled,
    /// It took longer than it may.
    TimedOut,
    /// It could not run, or died on the way.
    Broken,
    /// It never began.
    Refused,
}

/// How a test stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", tag = "tag")]
pub enum TestState {
    /// It passed.
    Passed,
    /// It failed, or errored.
    Failed {
        /// What went wrong, as the tool printed it.
        message: String,
    },
    /// It was skipped.
    Skipped,
    /// It runs.
    Started,
    /// It is going to run.
    Enqueued,
}

/// Why a state is no longer the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum StaleReason {
    /// The test was edited since.
    Edited,
    /// It comes from an earlier process.
    Remembered,
    /// A later run should have run it, and broke before it could.
    NotReached,
    /// It comes from another image, interpreter or profile than the test would run in now.
    Elsewhere,
}

/// One thing that went wrong in a test.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestFailure {
    /// What went wrong.
    pub message: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What was expected, where the tool tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// All of it to read, for clients that show Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// The stack, innermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<StackFrame>,
}

/// One frame of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StackFrame {
    /// The function.
    pub label: String,
    /// Where.
    pub location: Location,
}

/// Says which tests a run will run: for clients that take them at once.
#[derive(Debug)]
pub enum QueuedTests {}

impl Notification for QueuedTests {
    type Params = QueuedTestsParams;
    const METHOD: &'static str = "testdock/queuedTests";
}

/// Parameters of [`QueuedTests`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueuedTestsParams {
    /// Which run.
    pub run_id: String,
    /// Its number among all that the server says of tests.
    pub seq: u64,
    /// The tests.
    pub test_ids: Vec<String>,
}

/// Says how a test stands.
#[derive(Debug)]
pub enum ChangeTestState {}

impl Notification for ChangeTestState {
    type Params = ChangeTestStateParams;
    const METHOD: &'static str = "experimental/changeTestState";
}

/// Parameters of [`ChangeTestState`]: what rust-analyzer says, and more.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeTestStateParams {
    /// Which test.
    pub test_id: String,
    /// How it stands.
    pub state: TestState,
    /// In which run; `None` for a state that changed without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// Its number among all that the server says of tests.
    pub seq: u64,
    /// The test that it is a case of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_of: Option<String>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Whether a failed test did not fail by an assertion of its own.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub errored: bool,
    /// One line: the first failure's message, or why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// All that went wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<TestFailure>,
    /// The end of what it printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Why this is no longer the truth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<StaleReason>,
    /// Whether what was said of the test in this run is taken back.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub retracted: bool,
}

impl ChangeTestStateParams {
    /// A state and nothing else.
    pub fn new(test_id: String, state: TestState, run_id: Option<String>, seq: u64) -> Self {
        Self {
            test_id,
            state,
            run_id,
            seq,
            case_of: None,
            duration: None,
            errored: false,
            message: None,
            location: None,
            failures: Vec::new(),
            output: None,
            stale: None,
            retracted: false,
        }
    }
}

/// Says what a run prints, or what becomes of its image.
#[derive(Debug)]
pub enum AppendOutputToRunTest {}

impl Notification for AppendOutputToRunTest {
    type Params = AppendOutputParams;
    const METHOD: &'static str = "experimental/appendOutputToRunTest";
}

/// Parameters of [`AppendOutputToRunTest`]: a bare text, for clients that know no run ids.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum AppendOutputParams {
    /// Lines without the last line break.
    Text(String),
    /// The same, and of which run.
    Detailed(RunOutput),
}

/// Something that a run printed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunOutput {
    /// Which run.
    pub run_id: String,
    /// Its number among all that the server says of tests.
    pub seq: u64,
    /// What; line breaks included.
    pub text: String,
}
