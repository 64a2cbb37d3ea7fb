//! The containers view: what there is on the engines, acts upon it, logs.
//!
//! An `engine` is what a snapshot says of it: its address, empty for the active one.

use lsp_types::Uri;
use lsp_types::notification::Notification;
use serde::{Deserialize, Serialize};

/// Asks for what there is.
pub const CONTAINERS: &str = "testdock/containers";
/// Says whether the client wants to be told of changes.
pub const WATCH_CONTAINERS: &str = "testdock/watchContainers";
/// Does something with a container.
pub const CONTAINER_ACTION: &str = "testdock/containerAction";
/// Asks for all that an engine knows of a container.
pub const INSPECT_CONTAINER: &str = "testdock/inspectContainer";
/// Removes an image that Testdock has built.
pub const REMOVE_IMAGE: &str = "testdock/removeImage";
/// Opens the logs of containers.
pub const OPEN_LOGS: &str = "testdock/openLogs";
/// Closes them.
pub const CLOSE_LOGS: &str = "testdock/closeLogs";

/// All of them, in both directions.
pub const CONTAINER_METHODS: [&str; 10] = [
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
];

/// Tells what there is, whenever it changed.
#[derive(Debug)]
pub enum ContainersChanged {}

impl Notification for ContainersChanged {
    type Params = ContainersSnapshot;
    const METHOD: &'static str = "testdock/containersChanged";
}

/// Everything that there is: parameters of [`ContainersChanged`], and the answer to [`CONTAINERS`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainersSnapshot {
    /// Its number: a client drops one that is older than what it shows.
    pub seq: u64,
    /// The engines, the active one first.
    pub engines: Vec<EngineItem>,
}

/// An engine and what there is on it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineItem {
    /// Its name in requests.
    pub engine: String,
    /// Its name for people.
    pub label: String,
    /// Why it cannot be looked at; then nothing else is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<EngineError>,
    /// The same with its remedy, as one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// All containers in groups, the open folders' first.
    pub groups: Vec<GroupItem>,
    /// The images that Testdock has built, the newest first.
    pub images: Vec<ImageItem>,
}

/// Why an engine cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineError {
    /// What went wrong.
    pub message: String,
    /// The remedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Containers that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupItem {
    /// Their name for people.
    pub label: String,
    /// What they have in common, in a word: `interpreter`, `compose`, `testcontainers` or `other`.
    pub kind: String,
    /// The containers.
    pub containers: Vec<ContainerItem>,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerItem {
    /// Which engine has it.
    pub engine: String,
    /// The engine's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its image's name.
    pub image: String,
    /// The engine's word for how it stands.
    pub state: String,
    /// The same for people.
    pub status: String,
    /// What its health check says: `healthy`, `unhealthy` or `starting`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// Its published ports, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ports: Option<String>,
    /// Image, status, health and ports, as one line.
    pub detail: String,
    /// The open folder that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder_uri: Option<Uri>,
    /// The interpreter's name, where Testdock made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<String>,
    /// The service's name, of a compose project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What can be done with it as it stands: `start`, `stop`, `restart`, `remove`.
    pub actions: Vec<String>,
}

/// An image that Testdock has built.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageItem {
    /// The engine's id.
    pub id: String,
    /// Its names.
    pub names: Vec<String>,
    /// Size and age in words.
    pub detail: String,
    /// Bytes.
    pub size: u64,
    /// When it was made: seconds since the epoch.
    pub created: i64,
    /// The open folder that it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder_uri: Option<Uri>,
    /// Whether a container is made of it: then it cannot be removed.
    pub in_use: bool,
}

/// Parameters of [`WATCH_CONTAINERS`].
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
pub struct WatchContainersParams {
    /// Whether the client wants to be told of changes.
    pub watch: bool,
}

/// Names a container or an image: parameters of [`INSPECT_CONTAINER`] and [`REMOVE_IMAGE`].
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct ObjectParams {
    /// Which engine.
    #[serde(default)]
    pub engine: String,
    /// The engine's id.
    pub id: String,
}

/// Parameters of [`CONTAINER_ACTION`].
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct ContainerActionParams {
    /// Which engine.
    #[serde(default)]
    pub engine: String,
    /// The engine's id.
    pub id: String,
    /// What to do.
    pub action: ContainerAction,
}

/// What can be done with a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ContainerAction {
    /// Start it.
    Start,
    /// Ask it to end, and end it where it does not.
    Stop,
    /// Both.
    Restart,
    /// Remove it with what it wrote, running or not.
    Remove,
}

/// The answer to [`INSPECT_CONTAINER`].
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Inspected {
    /// JSON; what looks like a secret is masked.
    pub text: String,
}

/// Parameters of [`OPEN_LOGS`].
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OpenLogsParams {
    /// Which engine.
    pub engine: String,
    /// The container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Several, whose lines then begin with their names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
    /// What the client calls the logs.
    pub log_id: String,
    /// So many lines of what is there already, of each container; else 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail: Option<usize>,
    /// Whether to go on with what is printed from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow: Option<bool>,
    /// None from before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// None from after this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Only lines that hold this regular expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Whether each line begins with its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamps: Option<bool>,
    /// Whether the client shows ANSI colours; without, they are taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colors: Option<bool>,
}

/// Parameters of [`CLOSE_LOGS`].
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CloseLogsParams {
    /// Which logs.
    pub log_id: String,
}

/// Brings lines of logs.
#[derive(Debug)]
pub enum LogText {}

impl Notification for LogText {
    type Params = LogTextParams;
    const METHOD: &'static str = "testdock/logText";
}

/// Parameters of [`LogText`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogTextParams {
    /// Which logs.
    pub log_id: String,
    /// Its number among the pieces of these logs, from 1.
    pub seq: u64,
    /// Whole lines, line breaks included.
    pub text: String,
}

/// Says that nothing more comes of logs.
#[derive(Debug)]
pub enum LogEnded {}

impl Notification for LogEnded {
    type Params = LogEndedParams;
    const METHOD: &'static str = "testdock/logEnded";
}

/// Parameters of [`LogEnded`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEndedParams {
    /// Which logs.
    pub log_id: String,
    /// Why, where that is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}
