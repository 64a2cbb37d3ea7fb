//! Finds the tests of one Python file without running it, as pytest's own collection would name them.
//!
//! Classes that it derives from may stand in other files. What a file does at run time
//! (`pytest_generate_tests`, classes that it makes) is not seen here; the report completes the picture.

mod collect;
mod elsewhere;
mod lines;
mod outline;
mod rows;
mod syntax;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::collect::collect;
use self::elsewhere::{Elsewhere, File};
use self::lines::Parse;
use self::outline::Body;
use super::patterns::NamePatterns;
use crate::frameworks::{Position, Range, Read};
use crate::paths::RelPath;

/// Which names make a test.
#[derive(Debug, Clone)]
pub struct NameRules {
    functions: NamePatterns,
    classes: NamePatterns,
}

impl NameRules {
    /// pytest's `python_functions` and `python_classes`, each a list of prefixes and globs.
    #[must_use]
    pub fn new(functions: &[String], classes: &[String]) -> Self {
        Self { functions: NamePatterns::new(functions), classes: NamePatterns::new(classes) }
    }
}

impl Default for NameRules {
    fn default() -> Self {
        Self::new(&["test".to_owned()], &["Test".to_owned()])
    }
}

/// What a found item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundKind {
    /// A class that holds tests.
    Class,
    /// A test.
    Function,
}

/// What marks and decorators say of a test; those of a class or module hold for all that is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// It has cases that appear when it runs.
    pub parametrized: bool,
    /// It may be skipped.
    pub skip: bool,
    /// It is expected to fail.
    pub xfail: bool,
    /// The names of all its marks, in the order of the alphabet.
    pub names: BTreeSet<Arc<str>>,
}

/// A test or a class of tests. Parents come before their children, siblings in their order in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTest {
    /// Its name under those of its classes: what follows the file in a node id.
    pub names: Vec<String>,
    /// What it is.
    pub kind: FoundKind,
    /// The identifier.
    pub name_range: Range,
    /// All of it, decorators included.
    pub range: Range,
    /// What its marks say.
    pub marks: Marks,
    /// Whether it is a coroutine function.
    pub is_async: bool,
    /// Whether it stands in a base class, where the range points.
    pub inherited: bool,
    /// Of a test that stands in another file a hash of its text there: here its class stands for it.
    pub elsewhere: Option<u64>,
    /// The index of its class in the list.
    pub parent: Option<usize>,
}

/// The tests that a file's text defines, also while it is being typed.
#[must_use]
pub fn discover(text: &str, rules: &NameRules) -> Vec<FoundTest> {
    discover_in(&RelPath::default(), text, rules, &|_| None)
}

/// The tests of the file at `path`, with those that its classes inherit from files that can be read.
#[must_use]
pub fn discover_in(
    path: &RelPath,
    text: &str,
    rules: &NameRules,
    read: Read<'_>,
) -> Vec<FoundTest> {
    collect(&outline(text), rules, Some((Elsewhere::new(rules, read), File { path, text })))
}

/// From the lines where they say all there is to say; a parse takes ten times as long.
fn outline(text: &str) -> Body<'_> {
    match lines::outline(text) {
        (body, Parse::Same | Parse::Fails) => body,
        (body, Parse::Unsure) => syntax::outline(text).unwrap_or(body),
    }
}

/// The position after `before`, which starts its line.
fn position(row: usize, before: &str) -> Position {
    let units =
        if before.is_ascii() { before.len() } else { before.chars().map(char::len_utf16).sum() };
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: count(row), character: count(units) }
}
