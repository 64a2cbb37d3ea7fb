//! Finds the tests of one Python file without running it, as pytest's own collection would name them.
//!
//! What a file does at run time (imported base classes, `pytest_generate_tests`) is not seen here;
//! the report completes the picture.

mod collect;
mod lines;
mod outline;
mod syntax;
#[cfg(test)]
mod tests;

use self::collect::collect;
use super::patterns::NamePatterns;
use crate::frameworks::{Position, Range};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// It has cases that appear when it runs.
    pub parametrized: bool,
    /// It may be skipped.
    pub skip: bool,
    /// It is expected to fail.
    pub xfail: bool,
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
    /// The index of its class in the list.
    pub parent: Option<usize>,
}

/// The tests that a file's text defines, also while it is being typed.
#[must_use]
pub fn discover(text: &str, rules: &NameRules) -> Vec<FoundTest> {
    collect(&syntax::outline(text).unwrap_or_else(|| lines::outline(text)), rules)
}

/// The same from the lines alone: ten times as fast, for the first look at a large workspace.
/// Where a list of marks stands on several lines it may miss one.
#[must_use]
pub fn skim(text: &str, rules: &NameRules) -> Vec<FoundTest> {
    collect(&lines::outline(text), rules)
}

/// The position after `before`, which starts its line.
fn position(row: usize, before: &str) -> Position {
    let units =
        if before.is_ascii() { before.len() } else { before.chars().map(char::len_utf16).sum() };
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: count(row), character: count(units) }
}
