//! Where settings come from: the layers, in the order in which they override each other.

use std::fmt;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

/// Who set a setting.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Testdock itself.
    Defaults,
    /// A person's own file, for all workspaces.
    Person(Utf8PathBuf),
    /// `testdock.toml` in the repository.
    Repository(Utf8PathBuf),
    /// `testdock.local.toml`, one person's file for one workspace.
    Local(Utf8PathBuf),
    /// The chosen profile, or one that it inherits from.
    Profile {
        /// The profile's name.
        name: String,
        /// The file that holds it.
        file: Utf8PathBuf,
    },
    /// An environment variable.
    Environment(String),
    /// A flag on the command line.
    CommandLine(String),
    /// The editor's settings.
    Editor,
}

impl Origin {
    /// The place in the order of precedence; the higher one wins. Command line and editor never meet.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Defaults => 0,
            Self::Person(_) => 1,
            Self::Repository(_) => 2,
            Self::Local(_) => 3,
            Self::Profile { .. } => 4,
            Self::Environment(_) => 5,
            Self::CommandLine(_) | Self::Editor => 6,
        }
    }

    /// Whether the caller has said it, and no file that may have come with the workspace: an editor's settings may.
    pub(crate) fn is_callers(&self) -> bool {
        match self {
            Self::Defaults | Self::Person(_) | Self::Environment(_) | Self::CommandLine(_) => true,
            Self::Repository(_) | Self::Local(_) | Self::Profile { .. } | Self::Editor => false,
        }
    }

    /// The file in which the setting stands, for an origin that is one.
    pub fn file(&self) -> Option<&Utf8Path> {
        match self {
            Self::Person(file) | Self::Repository(file) | Self::Local(file) => Some(file),
            Self::Profile { file, .. } => Some(file),
            Self::Defaults | Self::Environment(_) | Self::CommandLine(_) | Self::Editor => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defaults => f.write_str("default"),
            Self::Person(file) | Self::Repository(file) | Self::Local(file) => file.fmt(f),
            Self::Profile { name, file } => write!(f, "profile `{name}` in {file}"),
            Self::Environment(variable) => write!(f, "environment variable {variable}"),
            Self::CommandLine(flag) => write!(f, "command line ({flag})"),
            Self::Editor => f.write_str("editor settings"),
        }
    }
}

/// Settings from one place.
#[derive(Debug, Clone)]
pub struct Layer {
    pub(super) origin: Origin,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Toml(Arc<str>),
    /// A file that is there and says nothing, and why.
    Unreadable(String),
    Values(Value),
}

impl Layer {
    /// The text of a file.
    pub fn from_toml(origin: Origin, text: &str) -> Self {
        Self { origin, content: Content::Toml(text.into()) }
    }

    /// A file that is there and cannot be read: not the same as none.
    pub fn unreadable(origin: Origin, why: String) -> Self {
        Self { origin, content: Content::Unreadable(why) }
    }

    /// A tree of values, such as an editor's settings: `{"interpreter": {"image": "node:22"}}`.
    pub fn from_values(origin: Origin, values: Value) -> Self {
        Self { origin, content: Content::Values(values) }
    }

    /// A single setting, such as a flag sets it: `Layer::set(origin, "interpreter.local", true)`.
    pub fn set(origin: Origin, key: &str, value: impl Into<Value>) -> Self {
        Self::at_path(origin, key.split('.'), value.into())
    }

    /// A single setting whose key is given step by step, since a name in it may hold a dot.
    pub(super) fn at_path<'k>(
        origin: Origin,
        path: impl DoubleEndedIterator<Item = &'k str>,
        value: Value,
    ) -> Self {
        Self::from_values(origin, path.rfold(value, |inner, key| json!({ key: inner })))
    }
}
