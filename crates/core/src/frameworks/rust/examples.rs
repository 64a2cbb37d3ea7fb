//! The examples of the documentation as `rustdoc` tells of them: in words for people.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::frameworks::TestItem;
use crate::frameworks::text::MOST;
use crate::model::Outcome;

/// How the example of something is called in ids; it may have several.
pub(super) fn name(path: &str, number: usize) -> String {
    let further = if number > 1 { format!(" {number}") } else { String::new() };
    format!("{path} (doc{further})").trim_start().to_owned()
}

/// What the example is about, if that is what an item is.
pub(super) fn subject(item: &TestItem) -> Option<&str> {
    let (path, rest) = item.id.names.last()?.rsplit_once("(doc")?;
    rest.ends_with(')').then(|| path.trim_end())
}

/// What rustdoc said of an example.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spoken {
    /// A path from the workspace's root or the package's.
    pub(super) file: String,
    /// Modules and item.
    pub(super) path: String,
    pub(super) line: u32,
}

/// Follows it.
#[derive(Debug, Default)]
pub(super) struct Examples {
    /// Those that failed, and what is said of it later.
    failed: BTreeMap<Spoken, String>,
    current: Option<Spoken>,
}

impl Examples {
    /// Takes in a line; an outcome, where it is known with that.
    pub(super) fn line(&mut self, line: &str) -> Option<(Spoken, Outcome)> {
        static OUTCOME: LazyLock<Regex> = LazyLock::new(|| {
            let pattern =
                r"^test (\S+\.\w+) - (.*)\(line (\d+)\)(?: - [a-z ]+)? \.\.\. (ok|FAILED|ignored)";
            Regex::new(pattern).expect("a pattern")
        });
        static HEAD: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"^---- (\S+\.\w+) - (.*)\(line (\d+)\)(?: - [a-z ]+)? stdout ----$";
            Regex::new(pattern).expect("a pattern")
        });
        let spoken = |found: &regex::Captures<'_>| Spoken {
            file: found[1].to_owned(),
            path: found[2].trim().to_owned(),
            line: found[3].parse().unwrap_or(1),
        };
        if let Some(found) = OUTCOME.captures(line) {
            let example = spoken(&found);
            let outcome = match &found[4] {
                "ok" => Outcome::Passed,
                "ignored" => Outcome::Skipped,
                _ => {
                    self.failed.entry(example).or_default();
                    return None;
                }
            };
            return Some((example, outcome));
        }
        if let Some(found) = HEAD.captures(line) {
            self.current = Some(spoken(&found));
            return None;
        }
        if line == "failures:" || line.starts_with("test result: ") {
            self.current = None;
        }
        let text = self.current.as_ref().and_then(|current| self.failed.get_mut(current));
        if let Some(text) = text.filter(|text| text.len() < MOST) {
            text.push_str(line);
            text.push('\n');
        }
        None
    }

    /// Those that failed, with what was said.
    pub(super) fn failed(&mut self) -> BTreeMap<Spoken, String> {
        std::mem::take(&mut self.failed)
    }
}

/// The item that is meant: the one in that line, else one about the same.
pub(super) fn item<'k>(spoken: &Spoken, in_file: &'k [TestItem]) -> Option<&'k TestItem> {
    let mut examples = in_file.iter().filter(|item| subject(item).is_some());
    let here = |item: &&TestItem| item.range.start.line + 1 == spoken.line;
    let about = |item: &&TestItem| {
        subject(item)
            .is_some_and(|subject| spoken.path.rsplit("::").next() == subject.rsplit("::").next())
    };
    examples.clone().find(here).or_else(|| examples.find(about))
}
