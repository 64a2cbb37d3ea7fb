//! Finds the pytest projects of a workspace, and which of their files hold tests.
//!
//! Follows pytest's own choice of its root directory and configuration file: a directory whose file
//! has a section for pytest is a root; without any, the project's directory is. Where such directories
//! nest, the inner one is a root only if the outer one would not simply collect its tests too.

use std::collections::{BTreeMap, BTreeSet};

use crate::frameworks::globs::Globs;

use super::ini::{self, CONFIG_FILES, Options};
use super::patterns::{PathPatterns, glob_set};

/// A directory that pytest runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PytestRoot {
    /// Path from the workspace's top, which itself is `""`.
    pub root: String,
    /// Path of the configuration file from the workspace's top.
    pub config_file: Option<String>,
    /// Where to look, from the root; empty for everywhere.
    pub testpaths: Vec<String>,
    /// Globs for test files.
    pub python_files: Vec<String>,
    /// Prefixes and globs for test functions.
    pub python_functions: Vec<String>,
    /// Prefixes and globs for test classes.
    pub python_classes: Vec<String>,
    /// Globs for directories to leave out.
    pub norecursedirs: Vec<String>,
}

/// The pytest projects among a workspace's files, ordered by root. `files` are paths from the
/// workspace's top with slashes; `read` gives the text of one of them.
#[must_use]
pub fn detect<'f>(
    files: impl IntoIterator<Item = &'f str>,
    read: impl Fn(&str) -> Option<String>,
) -> Vec<PytestRoot> {
    let found = Found::among(files);
    let mut candidates: BTreeMap<&str, PytestRoot> = found
        .configs
        .iter()
        .filter_map(|(dir, names)| Some((*dir, configured(dir, names, &read)?)))
        .collect();
    let orphans = found
        .tests
        .iter()
        .filter(|dir| !ancestors(dir).any(|above| candidates.contains_key(above)));
    let homes: BTreeSet<&str> = orphans.map(|dir| found.project_of(dir)).collect();
    for home in homes {
        candidates.entry(home).or_insert_with(|| PytestRoot::plain(home));
    }
    let mut roots: Vec<PytestRoot> = Vec::new();
    for candidate in candidates.into_values() {
        let outer = owner(&roots, &candidate.root);
        if outer.is_none_or(|outer| found.is_apart(&candidate, outer)) {
            roots.push(candidate);
        }
    }
    roots
}

/// The root that a file belongs to: the nearest above it.
#[must_use]
pub fn owner<'r>(roots: &'r [PytestRoot], path: &str) -> Option<&'r PytestRoot> {
    roots.iter().filter(|root| below(&root.root, path).is_some()).max_by_key(|root| root.root.len())
}

/// The directories that matter.
#[derive(Default)]
struct Found<'f> {
    configs: BTreeMap<&'f str, BTreeSet<&'f str>>,
    projects: BTreeSet<&'f str>,
    tests: BTreeSet<&'f str>,
    modules: Vec<&'f str>,
}

impl<'f> Found<'f> {
    fn among(files: impl IntoIterator<Item = &'f str>) -> Self {
        let mut found = Self::default();
        for path in files {
            let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
            if !dir.split('/').any(is_foreign) {
                found.add(dir, name);
                found.modules.extend(name.ends_with(".py").then_some(path));
            }
        }
        found
    }

    fn add(&mut self, dir: &'f str, name: &'f str) {
        if CONFIG_FILES.contains(&name) {
            self.configs.entry(dir).or_default().insert(name);
        }
        if matches!(name, "pyproject.toml" | "setup.py" | "setup.cfg") {
            self.projects.insert(dir);
        }
        if looks_like_test(name) {
            self.tests.insert(dir);
        }
    }

    /// Whether a root inside of another one has tests that are not simply tests of that one.
    fn is_apart(&self, inner: &PytestRoot, outer: &PytestRoot) -> bool {
        let (rules, outer_rules) = (FileRules::new(inner), FileRules::new(outer));
        let modules = self.modules.iter().filter(|path| rules.is_test_file(path));
        let mut own = modules.peekable();
        let between = ancestors(&inner.root).skip(1).take_while(|dir| dir.len() > outer.root.len());
        if own.peek().is_none() || between.clone().any(|dir| self.tests.contains(dir)) {
            return false;
        }
        let is_collected =
            outer.config_file.is_some() && own.any(|path| outer_rules.is_test_file(path));
        let is_project = self.projects.contains(inner.root.as_str());
        !is_collected || (is_project && outer.testpaths.is_empty())
    }

    /// The top-most project around a directory, else the workspace.
    fn project_of(&self, dir: &'f str) -> &'f str {
        ancestors(dir).filter(|above| self.projects.contains(above)).last().unwrap_or("")
    }
}

fn looks_like_test(name: &str) -> bool {
    let stem = name.strip_suffix(".py");
    stem.is_some_and(|stem| {
        stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest"
    })
}

/// Directories of other people's code.
fn is_foreign(dir: &str) -> bool {
    dir.starts_with('.')
        || matches!(
            dir,
            "node_modules" | "site-packages" | "dist-packages" | "venv" | "__pycache__"
        )
}

fn configured(
    dir: &str,
    names: &BTreeSet<&str>,
    read: impl Fn(&str) -> Option<String>,
) -> Option<PytestRoot> {
    CONFIG_FILES.iter().filter(|name| names.contains(*name)).find_map(|name| {
        let path = join(dir, name);
        let options = ini::read(name, &read(&path)?)?;
        Some(PytestRoot::new(dir, Some(path), options))
    })
}

impl PytestRoot {
    /// A root without any configuration.
    #[must_use]
    pub fn plain(root: &str) -> Self {
        Self::new(root, None, Options::default())
    }

    fn new(root: &str, config_file: Option<String>, options: Options) -> Self {
        let or = |value: Option<Vec<String>>, default: &[&str]| {
            value.unwrap_or_else(|| default.iter().map(|&word| word.to_owned()).collect())
        };
        Self {
            root: root.to_owned(),
            config_file,
            testpaths: or(options.testpaths, &[]),
            python_files: or(options.python_files, &["test_*.py", "*_test.py"]),
            python_functions: or(options.python_functions, &["test"]),
            python_classes: or(options.python_classes, &["Test"]),
            norecursedirs: or(
                options.norecursedirs,
                &[
                    "*.egg",
                    ".*",
                    "_darcs",
                    "build",
                    "CVS",
                    "dist",
                    "node_modules",
                    "venv",
                    "{arch}",
                ],
            ),
        }
    }
}

/// Which files of a root pytest would collect.
#[derive(Debug, Clone)]
pub struct FileRules {
    root: String,
    testpaths: Option<Globs>,
    files: PathPatterns,
    skipped_dirs: PathPatterns,
}

impl FileRules {
    /// The rules of a root.
    #[must_use]
    pub fn new(root: &PytestRoot) -> Self {
        let testpaths =
            root.testpaths.iter().map(|path| path.trim_start_matches("./").trim_end_matches('/'));
        let everywhere = root.testpaths.is_empty()
            || testpaths.clone().any(|path| path.is_empty() || path == ".");
        Self {
            root: root.root.clone(),
            testpaths: (!everywhere).then(|| glob_set(testpaths)),
            files: PathPatterns::new(&root.python_files),
            skipped_dirs: PathPatterns::new(&root.norecursedirs),
        }
    }

    /// Whether the file at this path from the workspace's top may hold tests.
    #[must_use]
    pub fn is_test_file(&self, path: &str) -> bool {
        let Some(inner) = below(&self.root, path).filter(|inner| inner.ends_with(".py")) else {
            return false;
        };
        let Some(start) = self.start(inner) else {
            return false;
        };
        // A file that is named outright is taken whatever its name; a directory that is named is entered.
        start == inner || (self.files.is_match(path) && !self.is_skipped(inner, start))
    }

    /// Where collection starts on the way to a file.
    fn start<'p>(&self, inner: &'p str) -> Option<&'p str> {
        match &self.testpaths {
            None => Some(""),
            Some(testpaths) => std::iter::once(inner)
                .chain(ancestors(inner))
                .filter(|path| !path.is_empty() && testpaths.is_match(path))
                .last(),
        }
    }

    fn is_skipped(&self, inner: &str, start: &str) -> bool {
        let dirs = ancestors(inner).skip(1).take_while(|dir| dir.len() > start.len());
        dirs.map(|dir| join(&self.root, dir)).any(|dir| self.skipped_dirs.is_match(&dir))
    }
}

fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// A path without the directory that it lies in.
fn below<'p>(dir: &str, path: &'p str) -> Option<&'p str> {
    if dir.is_empty() { Some(path) } else { path.strip_prefix(dir)?.strip_prefix('/') }
}

/// A path and all directories above it, the workspace's top last.
fn ancestors(path: &str) -> impl Iterator<Item = &str> + Clone {
    std::iter::successors(Some(path), |path| {
        (!path.is_empty()).then(|| path.rsplit_once('/').map_or("", |(above, _)| above))
    })
}

#[cfg(test)]
mod tests;
