//! The file's form.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct File {
    pub(super) name: Option<String>,
    pub(super) image: Option<String>,
    pub(super) build: Option<Build>,
    /// The older form of `build.dockerfile`.
    pub(super) docker_file: Option<String>,
    /// The older form of `build.context`.
    pub(super) context: Option<String>,
    pub(super) docker_compose_file: Many,
    pub(super) service: Option<String>,
    pub(super) run_services: Option<Vec<String>>,
    pub(super) workspace_folder: Option<String>,
    pub(super) workspace_mount: Option<String>,
    pub(super) mounts: Vec<Mount>,
    pub(super) container_env: BTreeMap<String, String>,
    pub(super) remote_env: BTreeMap<String, Option<String>>,
    pub(super) container_user: Option<String>,
    pub(super) remote_user: Option<String>,
    #[serde(rename = "updateRemoteUserUID")]
    pub(super) update_remote_user_uid: Option<bool>,
    pub(super) override_command: Option<bool>,
    pub(super) run_args: Vec<String>,
    pub(super) init: bool,
    pub(super) privileged: bool,
    pub(super) cap_add: Vec<String>,
    pub(super) security_opt: Vec<String>,
    pub(super) features: Map<String, Value>,
    pub(super) initialize_command: Option<Command>,
    on_create_command: Command,
    update_content_command: Command,
    post_create_command: Command,
    post_start_command: Command,
    pub(super) post_attach_command: Option<Command>,
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Build {
    pub(super) dockerfile: Option<String>,
    pub(super) context: Option<String>,
    pub(super) args: BTreeMap<String, String>,
    pub(super) target: Option<String>,
    pub(super) cache_from: Many,
    pub(super) options: Vec<String>,
}

/// One text, or several.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Many {
    #[default]
    None,
    One(String),
    Several(Vec<String>),
}

impl Many {
    pub(super) fn list(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

/// A mount as `docker run --mount` writes it, or as an object.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Mount {
    Text(String),
    Object(Map<String, Value>),
}

impl Mount {
    pub(super) fn written(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Object(fields) => super::mount_text(fields),
        }
    }
}

/// A command for a shell, a command of words, or several of them by name.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Command {
    #[default]
    None,
    Shell(String),
    Words(Vec<String>),
    Several(BTreeMap<String, Command>),
}

impl Command {
    /// The commands, ready to start.
    pub(super) fn commands(&self) -> Vec<Vec<String>> {
        match self {
            Self::None => Vec::new(),
            Self::Shell(line) if line.trim().is_empty() => Vec::new(),
            Self::Shell(line) => vec![["sh", "-c", line].map(str::to_owned).into()],
            Self::Words(words) if words.is_empty() => Vec::new(),
            Self::Words(words) => vec![words.clone()],
            Self::Several(commands) => commands.values().flat_map(Self::commands).collect(),
        }
    }
}

impl File {
    /// The commands that make a container ready, in their order.
    pub(super) fn lifecycle(&self) -> [(&'static str, &Command); 4] {
        [
            ("onCreateCommand", &self.on_create_command),
            ("updateContentCommand", &self.update_content_command),
            ("postCreateCommand", &self.post_create_command),
            ("postStartCommand", &self.post_start_command),
        ]
    }
}

/// What only the editor that would move in has a use for.
pub(super) fn is_for_editors(key: &str) -> bool {
    const EDITORS: [&str; 15] = [
        "$schema",
        "appPort",
        "customizations",
        "devPort",
        "extensions",
        "forwardPorts",
        "hostRequirements",
        "otherPortsAttributes",
        "overrideFeatureInstallOrder",
        "portsAttributes",
        "secrets",
        "settings",
        "shutdownAction",
        "userEnvProbe",
        "waitFor",
    ];
    EDITORS.contains(&key)
}
