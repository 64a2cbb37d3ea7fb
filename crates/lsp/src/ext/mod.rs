//! What Testdock adds to the protocol: every custom method, its parameters, and every command.
//!
//! The test explorer is rust-analyzer's, with further fields that a client may ignore.
//! `docs/protocol.md` describes all of it; a test holds both together.

mod containers;
mod explorer;
mod interpreters;
mod marks;
mod remedy;
mod tree;

pub use containers::*;
pub use explorer::*;
pub use interpreters::*;
pub use marks::*;
pub use remedy::*;
pub use tree::*;

use lsp_types::Uri;
use lsp_types::notification::Notification;
use serde::{Deserialize, Serialize};

/// Says whether the workspace is trusted.
pub const TRUST: &str = "testdock/trust";
/// The user pressed the cancel button of a progress; the protocol's own, which the server's
/// framework does not know.
pub const CANCEL_PROGRESS: &str = "window/workDoneProgress/cancel";

/// Every method that is not in the framework, in both directions.
pub const METHODS: [&str; 28] = [
    DISCOVER_TEST,
    DiscoveredTests::METHOD,
    RUN_TEST,
    ABORT_RUN_TEST,
    EndRunTest::METHOD,
    QueuedTests::METHOD,
    ChangeTestState::METHOD,
    AppendOutputToRunTest::METHOD,
    FileMarks::METHOD,
    WATCH_TREE,
    TreeChanged::METHOD,
    NAMES,
    INTERPRETERS,
    InterpretersChanged::METHOD,
    ADD_INTERPRETER,
    Remedy::METHOD,
    TRUST,
    CONTAINERS,
    WATCH_CONTAINERS,
    ContainersChanged::METHOD,
    CONTAINER_ACTION,
    INSPECT_CONTAINER,
    REMOVE_IMAGE,
    OPEN_LOGS,
    CLOSE_LOGS,
    LogText::METHOD,
    LogEnded::METHOD,
    CANCEL_PROGRESS,
];

/// The commands of `workspace/executeCommand`.
pub mod command {
    /// Runs tests by id.
    pub const RUN: &str = "testdock.run";
    /// Runs the tests of a file.
    pub const RUN_FILE: &str = "testdock.runFile";
    /// Runs the test around a position.
    pub const RUN_AT_CURSOR: &str = "testdock.runAtCursor";
    /// Runs everything.
    pub const RUN_ALL: &str = "testdock.runAll";
    /// Runs what failed last.
    pub const RUN_FAILED: &str = "testdock.runFailed";
    /// Runs the same as the last time.
    pub const RUN_LAST: &str = "testdock.runLast";
    /// Builds or pulls an interpreter's image, and runs nothing.
    pub const BUILD_INTERPRETER: &str = "testdock.buildInterpreter";
    /// Cancels runs.
    pub const CANCEL: &str = "testdock.cancel";
    /// Shows what the newest run said of a test.
    pub const SHOW_OUTPUT: &str = "testdock.showOutput";
    /// Says how things stand in the server: what was read, what runs.
    pub const STATUS: &str = "testdock.status";
    /// Looks at what a run needs: what was found, what is missing, what mends it.
    pub const DOCTOR: &str = "testdock.doctor";
    /// Reads the workspace again.
    pub const REFRESH: &str = "testdock.refresh";

    /// All of them.
    pub const ALL: [&str; 12] = [
        RUN,
        RUN_FILE,
        RUN_AT_CURSOR,
        RUN_ALL,
        RUN_FAILED,
        RUN_LAST,
        BUILD_INTERPRETER,
        CANCEL,
        SHOW_OUTPUT,
        STATUS,
        DOCTOR,
        REFRESH,
    ];
}

/// The keys of the section `testdock` in an editor's settings, and of `initializationOptions`.
pub const SETTINGS: [&str; 5] = ["interpreter", "profile", "local", "runOnSave", "settings"];

/// Arguments of [`command::RUN`], and parameters of [`RUN_TEST`] by other names.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunArguments {
    /// What to run; nothing means everything.
    pub ids: Option<Vec<String>>,
    /// What to leave out.
    pub exclude: Option<Vec<String>>,
    /// Whether a clean container is wanted.
    pub fresh: bool,
    /// The run's id, chosen by the client.
    pub run_id: Option<String>,
}

/// Arguments of the commands that run what a file holds.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileArguments {
    /// Which file.
    pub uri: Uri,
    /// Where in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<lsp_types::Position>,
    /// Whether a clean container is wanted.
    #[serde(default)]
    pub fresh: bool,
    /// The run's id, chosen by the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
}

/// Names a run: arguments of [`command::CANCEL`], parameters of [`ABORT_RUN_TEST`], and the answer
/// to everything that starts one.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunName {
    /// The run; `None` for all that are active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
}

/// Arguments of [`command::SHOW_OUTPUT`].
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct TestArguments {
    /// Which test.
    pub id: String,
}

/// Arguments of [`command::DOCTOR`].
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct PageArguments {
    /// How the answer is written.
    pub format: PageFormat,
}

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PageFormat {
    /// As lines of text.
    #[default]
    Text,
    /// In Markdown.
    Markdown,
}

/// Parameters of [`TRUST`].
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct TrustParams {
    /// Whether the user trusts the workspace.
    pub trusted: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_false(value: &bool) -> bool {
    !*value
}
