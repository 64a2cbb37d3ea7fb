//! What Maven complains of: what does not compile, and where; and whatever else stopped it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::super::Build;
use crate::model::{Failure, Place};
use crate::paths::RelPath;
use crate::plan::Site;

/// The complaints of a build, as they are printed for people.
#[derive(Debug, Default)]
pub(in super::super) struct Complaints {
    errors: Vec<Error>,
    /// Whether lines still belong to the last one.
    is_open: bool,
    /// Why goals failed.
    goals: Vec<String>,
    /// Processes of tests that ended before they should.
    crash: Option<String>,
    /// The classes that ran in them.
    crashed: BTreeSet<String>,
    /// Whether lines still name these.
    is_crashed: bool,
    first: Option<String>,
    /// Whether Surefire has counted tests.
    has_counted: bool,
}

/// What Surefire says of a process that it lost.
const CRASHES: &[&str] = &[
    "The forked VM terminated without",
    "There was a timeout or other error in the fork",
    "There was an error in the forked process",
];

#[derive(Debug, PartialEq, Eq)]
struct Error {
    path: String,
    line: u32,
    column: u32,
    message: String,
}

/// `/path/A.java:[12,5] text` of javac; `/path/A.kt: (12, 5) text`, `file:///path/A.kt:12:5 text` of Kotlin's compiler.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:file://)?(/.+?\.(?:java|kt)):(?: ?[\[(]?)(\d+)[,:] ?(\d+)[\])]? (.*)$")
        .expect("a pattern")
});

/// `Tests run: 2, Failures: 1, …`, of a class or of all.
static COUNT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"Tests run: [1-9]\d*, Failures: ").expect("a pattern"));

const MOST_ERRORS: usize = 200;

impl Build for Complaints {
    fn line(&mut self, line: &str) {
        self.has_counted |= COUNT.is_match(line);
        self.crash_line(line.strip_prefix("[ERROR] ").unwrap_or(line));
        let Some(text) = line.strip_prefix("[ERROR] ") else {
            // javac says more on lines of its own.
            match self.errors.last_mut().filter(|_| self.is_open && line.starts_with("  ")) {
                Some(error) => say_more(error, line),
                None => self.is_open = false,
            }
            return;
        };
        if let Some(found) = PLACE.captures(text) {
            let number = |at: usize| found[at].parse().unwrap_or(1);
            let message = found[4].to_owned();
            let error =
                Error { path: found[1].to_owned(), line: number(2), column: number(3), message };
            // All of it is said again at the end.
            let is_same = |it: &Error| {
                (&it.path, it.line, it.column) == (&error.path, error.line, error.column)
            };
            self.is_open = !self.errors.iter().any(is_same) && self.errors.len() < MOST_ERRORS;
            self.errors.extend(self.is_open.then_some(error));
            return;
        }
        self.is_open = false;
        if let Some(goal) = text.strip_prefix("Failed to execute goal ") {
            self.goals.push(goal.trim_end_matches(" -> [Help 1]").to_owned());
        }
        if self.first.is_none() && !text.trim().is_empty() {
            self.first = Some(text.to_owned());
        }
    }

    fn failures(&self, site: &Site) -> BTreeMap<RelPath, Vec<Failure>> {
        let mut files: BTreeMap<RelPath, Vec<Failure>> = BTreeMap::new();
        for error in &self.errors {
            let host = site.paths.to_host(&error.path);
            let Some(file) = host.and_then(|host| RelPath::below(&site.root, &host)) else {
                continue;
            };
            let path = file.on(&site.root);
            let place = Place { path, line: error.line.max(1), column: Some(error.column.max(1)) };
            files.entry(file).or_default().push(Failure {
                message: site.text_to_host(&error.message),
                place: Some(place),
                ..Failure::default()
            });
        }
        files
    }

    fn crash(&self) -> Option<(&str, Vec<&str>)> {
        let classes = self.crashed.iter().map(String::as_str).collect();
        self.crash.as_deref().map(|crash| (crash, classes))
    }

    fn has_counted(&self) -> bool {
        self.has_counted
    }

    fn complaint(&self) -> Option<&str> {
        let is_told = |goal: &&String| {
            goal.contains("There are test failures") || goal.contains("Compilation failure")
        };
        match self.goals.as_slice() {
            [] => self.first.as_deref().filter(|_| self.errors.is_empty()),
            goals => goals.iter().find(|goal| !is_told(goal)).map(String::as_str),
        }
    }
}

impl Complaints {
    /// With `testFailureIgnore` Maven ends well even so, and older versions of Surefire do not call it an error.
    fn crash_line(&mut self, text: &str) {
        if self.crash.is_none() && CRASHES.iter().any(|start| text.starts_with(start)) {
            self.crash = Some(text.to_owned());
        }
        let is_class = !text.is_empty()
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '$'));
        if self.is_crashed && is_class {
            self.crashed.insert(text.to_owned());
        } else {
            self.is_crashed = text == "Crashed tests:";
        }
    }
}

fn say_more(error: &mut Error, line: &str) {
    if error.message.len() < 4096 {
        error.message.push('\n');
        error.message.push_str(line);
    }
}
