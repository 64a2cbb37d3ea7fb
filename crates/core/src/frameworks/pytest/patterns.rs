//! pytest's patterns for names and paths: prefixes, and `fnmatch` globs.

use globset::{Glob, GlobBuilder};

use crate::frameworks::globs::Globs;

/// Patterns for functions and classes: each is a prefix or else a glob.
#[derive(Debug, Clone)]
pub(super) struct NamePatterns {
    prefixes: Vec<String>,
    globs: Globs,
}

impl NamePatterns {
    pub(super) fn new(patterns: &[String]) -> Self {
        Self {
            prefixes: patterns.to_vec(),
            globs: fnmatch_set(
                patterns.iter().map(String::as_str).filter(|one| one.contains(['*', '?', '['])),
            ),
        }
    }

    pub(super) fn is_match(&self, name: &str) -> bool {
        self.prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
            || self.globs.is_match(name)
    }
}

/// Patterns for files and directories: those with a slash speak of the end of the path, others of the last name.
#[derive(Debug, Clone)]
pub(super) struct PathPatterns {
    names: Globs,
    paths: Globs,
}

impl PathPatterns {
    pub(super) fn new(patterns: &[String]) -> Self {
        let (paths, names): (Vec<&str>, Vec<&str>) =
            patterns.iter().map(String::as_str).partition(|pattern| pattern.contains('/'));
        let paths: Vec<String> =
            paths.iter().map(|path| format!("*/{}", path.trim_start_matches('/'))).collect();
        Self { names: fnmatch_set(names), paths: fnmatch_set(paths.iter().map(String::as_str)) }
    }

    pub(super) fn is_match(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.names.is_match(name)
            || (!self.paths.is_empty() && self.paths.is_match(&format!("/{path}")))
    }
}

/// Python's `fnmatch`: a star crosses slashes, a brace is a brace.
fn fnmatch_set<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Globs {
    set(patterns.into_iter().map(|pattern| {
        let pattern = pattern.replace('{', "[{]").replace('}', "[}]");
        GlobBuilder::new(&pattern).backslash_escape(false).build()
    }))
}

/// Python's `glob`: a star stays within a directory.
pub(super) fn glob_set<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Globs {
    set(patterns
        .into_iter()
        .map(|pattern| GlobBuilder::new(pattern).literal_separator(true).build()))
}

/// A pattern that is none matches nothing, as in Python, where it is taken literally.
fn set(globs: impl Iterator<Item = Result<Glob, globset::Error>>) -> Globs {
    Globs::new(globs.flatten()).unwrap_or_default()
}
