//! From files and settings to a [`Workspace`]: which suites there are, and where each of them runs.

mod interpreters;
mod suites;

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use crate::config::{self, ConfigProblem, Layer};
use crate::model::Place;
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

/// What a folder holds, as far as it shapes the workspace.
#[derive(Debug, Clone, Copy)]
pub struct Contents<'c> {
    /// Where the folder is.
    pub root: &'c Utf8Path,
    /// Its files that git would not ignore, sorted.
    pub files: &'c [RelPath],
    /// The texts of those that [`is_read`].
    pub texts: &'c BTreeMap<RelPath, String>,
}

impl Contents<'_> {
    /// Whether a file is there.
    pub fn has(&self, path: &str) -> bool {
        self.files.binary_search(&RelPath::new(path)).is_ok()
    }

    /// A file's text, where it was read.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(&RelPath::new(path)).map(String::as_str)
    }
}

/// Puts a workspace together.
pub fn resolve(contents: Contents<'_>, layers: &[Layer], choice: &Choice) -> Workspace {
    let resolution = config::resolve(layers, choice.profile.as_deref());
    let mut problems: Vec<Problem> = resolution.problems.iter().map(problem).collect();
    let config = &resolution.config;
    let suites = suites::suites(config, contents, choice, &mut problems);
    let names: BTreeSet<Option<String>> = suites.iter().map(|s| s.interpreter.clone()).collect();
    let interpreters = names
        .into_iter()
        .map(|name| {
            let interpreter = interpreters::interpreter(config, contents, name.as_deref(), choice);
            (name, interpreter)
        })
        .collect();
    Workspace {
        suites,
        interpreters,
        problems,
        timeout: config.timeout.map(|limit| limit.0),
    }
}

fn problem(problem: &ConfigProblem) -> Problem {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let at = problem.location.as_ref();
    let place = problem.origin.file().map(|path| Place {
        path: path.to_owned(),
        line: at.map_or(1, |at| number(at.line)),
        column: at.map(|at| number(at.column)),
    });
    Problem {
        length: at.map_or(1, |at| number(at.span.len())),
        message: match &place {
            Some(_) => problem.message.clone(),
            None => format!("{}: {}", problem.origin, problem.message),
        },
        place,
        help: problem.help.clone(),
    }
}

/// Files whose text shapes the workspace, by name.
pub const SHAPING_FILES: [&str; 16] = [
    "testdock.toml",
    "testdock.local.toml",
    "Dockerfile",
    "Jenkinsfile",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "devcontainer.json",
    ".devcontainer.json",
    ".dockerignore",
    "pyproject.toml",
    "pytest.ini",
    ".pytest.ini",
    "setup.cfg",
    "tox.ini",
];

/// Whether the text of this file is needed to resolve a workspace.
pub fn is_read(path: &RelPath) -> bool {
    SHAPING_FILES.contains(&path.as_str().rsplit('/').next().unwrap_or_default())
}

/// Whether a change of this file may change suites or interpreters, so that all is read again.
pub fn shapes_the_workspace(path: &RelPath) -> bool {
    is_read(path)
}
