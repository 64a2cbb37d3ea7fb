//! What clients show or complete without knowing how tests belong together: the tree as lines, and names.

use lsp_types::Location;
use lsp_types::notification::Notification;
use serde::{Deserialize, Serialize};

use super::MarkState;

/// Says whether the client wants to be told of the tree.
pub const WATCH_TREE: &str = "testdock/watchTree";
/// Asks for names, to complete one.
pub const NAMES: &str = "testdock/names";

/// Parameters of [`WATCH_TREE`].
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
pub struct WatchTreeParams {
    /// Whether the client wants to be told.
    pub watch: bool,
}

/// Tells what the tree is, whenever it changed.
#[derive(Debug)]
pub enum TreeChanged {}

impl Notification for TreeChanged {
    type Params = TreeChangedParams;
    const METHOD: &'static str = "testdock/treeChanged";
}

/// Parameters of [`TreeChanged`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct TreeChangedParams {
    /// Its number among all that the server says of tests.
    pub seq: u64,
    /// All of it from the top, what an item holds behind it.
    pub lines: Vec<TreeLine>,
}

/// A test, or what holds tests, as a line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeLine {
    /// Its printed id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// How many items hold it.
    pub depth: u32,
    /// How it and all below it stand; `None` where nothing of it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<MarkState>,
    /// Whether that is no longer the truth.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub stale: bool,
    /// How long it took, and why it failed or was skipped, as one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// Parameters of [`NAMES`].
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
pub struct NamesParams {
    /// Of what.
    pub of: NamesOf,
}

/// What has names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum NamesOf {
    /// Tests, and what holds them: their ids.
    Tests,
    /// Interpreters.
    Interpreters,
    /// Containers.
    Containers,
}

/// The answer to [`NAMES`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Names {
    /// Each once, in the order in which they are shown.
    pub names: Vec<String>,
}
