//! From files and settings to a [`Workspace`]: which suites there are, and where each of them runs.

mod suites;

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::config::{self, Layer};
use crate::frameworks::{KINDS, NamePattern};
use crate::interpreter::{self, Folder, Host, Preference, registered};
use crate::paths::RelPath;
use crate::workspace::{Problem, Workspace};

/// What the user chose for this session, beside the settings.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The profile.
    pub profile: Option<String>,
    /// The interpreter, instead of each suite's own: a name of the configuration, else `default` or
    /// `local`.
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
}

/// Puts a workspace together; `host` is the machine that it is on.
pub fn resolve(
    contents: Contents<'_>,
    host: Host<'_>,
    layers: &[Layer],
    choice: &Choice,
) -> Workspace {
    let resolution = config::resolve(layers, choice.profile.as_deref());
    let problems: Vec<Problem> = resolution.problems.iter().map(Problem::from).collect();
    let warnings = resolution.warnings.iter().map(ToString::to_string).collect();
    let preference = Preference::of(choice.interpreter.as_deref(), choice.local, &resolution);
    let suites = suites::suites(&resolution.config, contents, &preference);
    let mut names: BTreeSet<Option<String>> =
        suites.iter().map(|suite| suite.interpreter.clone()).collect();
    if names.is_empty() || matches!(preference, Preference::Named(_)) {
        names.insert(preference.over(None));
    }
    let framework = |name: Option<&str>| {
        let user = suites.iter().find(|suite| suite.interpreter.as_deref() == name);
        user.map_or("", |suite| suite.framework.name())
    };
    let Contents { root, read, .. } = contents;
    let folders = |dir: &str| folders(contents.files, &RelPath::new(dir));
    let folder = Folder { root, read, folders: &folders, host };
    let registered = registered(&resolution, folder, &framework, &names, &preference);
    let chosen = |name: Option<String>| {
        let choice = match preference {
            Preference::Local => Ok(interpreter::local(&resolution)),
            _ => interpreter::of_name(&registered, name.as_deref()),
        };
        (name, choice)
    };
    Workspace {
        interpreters: names.iter().cloned().map(chosen).collect(),
        registered,
        timeout: resolution.config.timeout.map(|limit| limit.0),
        profile: choice.profile.clone(),
        suites,
        problems,
        warnings,
    }
}

/// The names of the folders in a folder, as far as there are files in them; of sorted files.
fn folders(files: &[RelPath], dir: &RelPath) -> Vec<String> {
    let below = files.iter().filter_map(|file| file.strip(dir));
    let mut names: Vec<String> =
        below.filter_map(|rest| Some(rest.split_once('/')?.0.to_owned())).collect();
    names.dedup();
    names
}

/// Files that shape the workspace, whatever frameworks it uses.
const SHAPING_FILES: [&str; 15] = [
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
];

/// The names of files that shape the workspace, `*` for any part.
pub fn shaping_files() -> impl Iterator<Item = &'static str> {
    let of_frameworks = KINDS.iter().flat_map(|kind| kind.shaped_by.iter().copied());
    SHAPING_FILES.into_iter().chain(["*Dockerfile*"]).chain(of_frameworks)
}

/// Whether a change of this file may change suites or interpreters, so that all is read again.
pub fn shapes_the_workspace(path: &RelPath) -> bool {
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    shaping_files().any(|pattern| {
        let pieces = pattern.split('*').map(str::to_owned);
        NamePattern::new(pieces).matches(name)
    })
}
