//! Interpreters: what a folder has, how each stands, and how to add one.

use std::collections::BTreeMap;

use lsp_types::Uri;
use lsp_types::notification::Notification;
use serde::{Deserialize, Serialize};

/// Asks for all interpreters, and to be told when they stand otherwise.
pub const INTERPRETERS: &str = "testdock/interpreters";
/// Adds one to the folder's `testdock.toml`, or to the person's own.
pub const ADD_INTERPRETER: &str = "testdock/addInterpreter";

/// Tells of interpreters that stand otherwise than before: all of them.
#[derive(Debug)]
pub enum InterpretersChanged {}

impl Notification for InterpretersChanged {
    type Params = InterpretersSnapshot;
    const METHOD: &'static str = "testdock/interpretersChanged";
}

/// The answer to [`INTERPRETERS`].
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InterpretersSnapshot {
    /// Its number: of two snapshots the one with the higher number counts.
    pub seq: u64,
    /// The interpreters of all open folders.
    pub interpreters: Vec<Interpreter>,
    /// What can be added.
    pub kinds: Vec<InterpreterKind>,
}

/// An interpreter, as it stands.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interpreter {
    /// The name of its folder.
    pub folder: String,
    /// The folder.
    pub folder_uri: Uri,
    /// Its name: what the setting `testdock.interpreter` takes.
    pub name: String,
    /// What it is made from: the id of a kind.
    pub kind: String,
    /// The same in a few words; empty where it cannot be used.
    pub source: String,
    /// The file that describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<Uri>,
    /// The engine's address; empty while that is not known, and without a container.
    pub engine: String,
    /// How it stands, in a word.
    pub state: String,
    /// The same in a line.
    pub detail: String,
    /// What mends it, where it cannot be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The one command that mends it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<InterpreterRemedy>,
    /// Whether tests run there as things are set.
    pub chosen: bool,
}

/// A command that mends something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct InterpreterRemedy {
    /// What it does, for a button.
    pub title: String,
    /// A line for a shell.
    pub command: String,
}

/// A kind of interpreter that can be added.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InterpreterKind {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// What it is for.
    pub description: String,
    /// What to ask for.
    pub fields: Vec<InterpreterField>,
}

/// Something to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InterpreterField {
    /// Its key in [`AddInterpreterParams::values`].
    pub key: String,
    /// Its name for people.
    pub label: String,
    /// What it means.
    pub description: String,
    /// What can be answered.
    #[serde(rename = "type")]
    pub form: FieldType,
    /// Whether there must be an answer.
    pub required: bool,
    /// What most people would answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The answers to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whether most people would rather not be asked.
    pub advanced: bool,
}

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldType {
    /// A line of text.
    Text,
    /// A path, from the folder.
    Path,
    /// One of the choices.
    Choice,
}

/// Parameters of [`ADD_INTERPRETER`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddInterpreterParams {
    /// The name of the folder; the only one, or the first, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The id of a kind.
    pub kind: String,
    /// The name of the new interpreter.
    pub name: String,
    /// Answers, by the keys of the kind's fields.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// Whether it is for the person alone, in all projects, instead of in the folder's file.
    #[serde(default)]
    pub personal: bool,
}

/// The answer to [`ADD_INTERPRETER`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddedInterpreter {
    /// The file that says so.
    pub uri: Uri,
    /// What was done, in words.
    pub message: String,
}

/// Arguments of [`command::BUILD_INTERPRETER`](super::command::BUILD_INTERPRETER).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BuildInterpreterArguments {
    /// The name of the folder; all that have it, if left out.
    pub folder: Option<String>,
    /// Its name; those where tests run as things are set, if left out.
    pub name: Option<String>,
    /// Whether nothing of earlier builds is taken over.
    pub fresh: bool,
    /// The run's id, chosen by the client.
    pub run_id: Option<String>,
}
