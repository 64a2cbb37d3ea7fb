//! What CMake, the compiler and the linker say: what did not build, and where.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::frameworks::complaint::{Complaint, MOST, MOST_LINES, by_file};
use crate::model::Failure;
use crate::paths::RelPath;
use crate::plan::Site;

/// The complaints of a build.
#[derive(Debug, Default)]
pub(super) struct Build {
    errors: Vec<Complaint>,
    /// Whether lines still belong to the last one.
    is_open: bool,
    /// Whether the last one is CMake's, and its first paragraph goes on: CMake breaks lines.
    is_paragraph: bool,
    /// Whether CMake itself failed, and so nothing was built.
    pub(super) is_of_cmake: bool,
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// `path:1:2: error: text`
static COMPILER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(.+?):(\d+)(?::(\d+))?: (?:fatal )?error: (.*)$"));

/// `path:1:(.text+0x1f): undefined reference to …`
static LINKER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\S*ld: )?(\S+?):(\d+):(?:\([^)]*\):)? ?((?:undefined reference to|multiple definition of) .*)$",
    )
});

/// `>>> referenced by name.cpp:1 (path:1)`, of another linker.
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^>>> referenced by \S+ \((.+?):(\d+)\)"));

/// `CMake Error at path:1 (command):`
static CMAKE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^CMake Error(?: at (.+?):(\d+)(?: \(.*\))?| in (.+?))?:(.*)$"));

impl Build {
    pub(super) fn line(&mut self, line: &str) {
        let at = |path: &str, line: &str, column: Option<&str>| {
            Some((path.to_owned(), line.parse().ok()?, column.and_then(|it| it.parse().ok())))
        };
        if let Some(found) = COMPILER.captures(line) {
            let column = found.get(3).map(|it| it.as_str());
            self.begin(line, &found[4], at(&found[1], &found[2], column));
        } else if let Some(found) = LINKER.captures(line) {
            self.begin(line, &found[3], at(&found[1], &found[2], None));
        } else if let Some(found) = CMAKE.captures(line) {
            let text = |group: usize| found.get(group).map(|it| it.as_str());
            let path = text(1).or(text(3));
            let place = path.and_then(|path| at(path, text(2).unwrap_or("1"), None));
            self.begin(line, found[4].trim(), place);
            self.is_paragraph = true;
            self.is_of_cmake = true;
        } else if let Some(message) = line.split_once("ld.lld: error: ").map(|(_, message)| message)
        {
            self.begin(line, message, None);
        } else {
            self.further(line);
        }
    }

    fn begin(&mut self, line: &str, message: &str, place: Option<(String, u32, Option<u32>)>) {
        self.is_paragraph = false;
        self.is_open = self.errors.len() < MOST;
        if self.is_open {
            let detail = vec![line.to_owned()];
            self.errors.push(Complaint { message: message.to_owned(), place, detail });
        }
    }

    /// What explains the last error, as far as it is indented or notes something.
    fn further(&mut self, line: &str) {
        let Some(error) = self.errors.last_mut().filter(|_| self.is_open) else {
            return;
        };
        if let Some(found) = REFERENCE.captures(line).filter(|_| error.place.is_none()) {
            error.place = found[2].parse().ok().map(|line| (found[1].to_owned(), line, None));
        }
        let belongs = line.is_empty() || line.starts_with([' ', '>']) || line.contains(": note: ");
        self.is_open = belongs && error.detail.len() < MOST_LINES;
        if self.is_open {
            let is_begun = !error.message.is_empty();
            self.is_paragraph &= !(line.is_empty() && is_begun);
            if !is_begun {
                line.trim().clone_into(&mut error.message);
            } else if self.is_paragraph {
                error.message.push(' ');
                error.message.push_str(line.trim());
            }
            error.detail.push(line.to_owned());
        }
    }

    /// The errors in files of the workspace, by file.
    pub(super) fn failures(&self, site: &Site, root: &RelPath) -> BTreeMap<RelPath, Vec<Failure>> {
        // A header is compiled for each file that includes it.
        by_file(&self.errors, site, root, |known, it| {
            known.place == it.place && known.message == it.message
        })
    }

    /// The first complaint, wherever it is.
    pub(super) fn complaint(&self) -> Option<&str> {
        self.errors.first().map(|error| error.message.as_str())
    }
}
