//! The errors of classes that PHPUnit lists for people at its end. Of what goes wrong in `tearDownAfterClass` it says nothing
//! elsewhere.

use std::sync::LazyLock;

use anstream::adapter::strip_str;
use regex::Regex;

use super::trouble::place;

/// What was listed so far.
#[derive(Debug, Default)]
pub(super) struct ClassErrors {
    pub(super) told: Vec<ClassError>,
    list: List,
    /// Whether the lines belong to the last one.
    is_open: bool,
}

/// The list that is under way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum List {
    #[default]
    None,
    /// Of tests and classes.
    All,
    /// Of what runs before the first and after the last test of a class, as `--testdox` has it.
    Fixtures,
}

/// One of them.
#[derive(Debug, Default)]
pub(super) struct ClassError {
    pub(super) class: String,
    pub(super) message: String,
    /// The stack, and whatever follows it.
    pub(super) details: String,
}

impl ClassErrors {
    pub(super) fn line(&mut self, line: &str) {
        let line = strip_str(line).to_string();
        if let Some(list) = List::of(&line) {
            (self.list, self.is_open) = (list, false);
        } else if let Some(class) = self.list.entry(&line) {
            self.is_open = class.is_some();
            self.told.extend(class.map(|class| ClassError { class, ..ClassError::default() }));
        } else if self.is_open
            && let Some(last) = self.told.last_mut()
        {
            last.line(&line);
        }
    }
}

impl List {
    /// What a line begins or ends.
    fn of(line: &str) -> Option<Self> {
        static ALL: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"^There (?:was 1 error|were \d+ errors):$").expect("a pattern")
        });
        match line {
            "--" | "ERRORS!" => Some(Self::None),
            "These before-first-test methods errored:"
            | "These after-last-test methods errored:" => Some(Self::Fixtures),
            line => ALL.is_match(line).then_some(Self::All),
        }
    }

    /// The class of an entry, where it is of none of its tests.
    fn entry(self, line: &str) -> Option<Option<String>> {
        static ENTRY: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"^\d+\) ([\w\\]+)(?:$|(::))").expect("a pattern"));
        let entry = ENTRY.captures(line).filter(|_| self != Self::None)?;
        let is_class = self == Self::Fixtures || entry.get(2).is_none();
        Some(is_class.then(|| entry[1].to_owned()))
    }
}

impl ClassError {
    fn line(&mut self, line: &str) {
        let is_stack = !self.details.is_empty() || place(line).is_some();
        let text = if is_stack { &mut self.details } else { &mut self.message };
        text.push_str(line);
        text.push('\n');
    }
}
