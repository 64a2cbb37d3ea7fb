//! From files and settings to a [`Workspace`]: which suites there are, and where each of them runs.

mod interpreters;
mod suites;

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::config::{self, Layer};
use crate::interpreter::Host;
use crate::paths::RelPath;
use crate::workspace::{Problem, Workspace};

/// What the user chose for this session, beside the settings.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The profile.
    pub profile: Option<String>,
    /// The interpreter, instead of each suite's own.
    pub interpreter: Option<String>,
    /// No container: the tests run on this machine.
    pub local: bool,
}

/// What a folder holds.
#[derive(Clone, Copy)]
pub struct Contents<'c> {
    /// Where the folder is.
    pub root: &'c Utf8Path,
    /// Its files that git would not ignore, sorted.
    pub files: &'c [RelPath],
    /// The text of one of its files; `None` where there is none.
    pub read: &'c dyn Fn(&str) -> Option<String>,
    /// The machine that the folder is on.
    pub host: Host<'c>,
}

/// Puts a workspace together.
pub fn resolve(contents: Contents<'_>, layers: &[Layer], choice: &Choice) -> Workspace {
    let resolution = config::resolve(layers, choice.profile.as_deref());
    let problems: Vec<Problem> = resolution.problems.iter().map(Problem::from).collect();
    let suites = suites::suites(&resolution.config, contents, choice);
    let mut names: BTreeSet<Option<String>> =
        suites.iter().map(|suite| suite.interpreter.clone()).collect();
    names.insert(choice.interpreter.clone());
    let interpreter = |name: Option<String>| {
        let chosen = interpreters::interpreter(&resolution, contents, name.as_deref(), choice);
        (name, chosen)
    };
    Workspace {
        interpreters: names.into_iter().map(interpreter).collect(),
        timeout: resolution.config.timeout.map(|limit| limit.0),
        suites,
        problems,
    }
}

/// Files that shape the workspace, by name; so does every Dockerfile.
pub const SHAPING_FILES: [&str; 20] = [
    "testdock.toml",
    "testdock.local.toml",
    "Jenkinsfile",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "devcontainer.json",
    ".devcontainer.json",
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
    "testenvironments.json",
    ".env",
    "pyproject.toml",
    "pytest.ini",
    ".pytest.ini",
    "setup.cfg",
    "tox.ini",
];

/// Whether a change of this file may change suites or interpreters, so that all is read again.
pub fn shapes_the_workspace(path: &RelPath) -> bool {
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    SHAPING_FILES.contains(&name) || name.contains("Dockerfile")
}
