//! What Gradle complains of: what does not compile, and where; and whatever else stopped it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::Build;
use crate::frameworks::complaint::{Complaint, MOST, MOST_LINES, by_file};
use crate::model::Failure;
use crate::paths::RelPath;
use crate::plan::Site;

/// The complaints of a build, as they are printed for people.
#[derive(Debug, Default)]
pub(in super::super) struct Complaints {
    errors: Vec<Complaint>,
    /// Whether lines still belong to the last one.
    is_open: bool,
    /// Whether the next lines say what went wrong.
    is_wrong: bool,
    /// What went wrong, other than what is told elsewhere.
    wrong: Vec<String>,
    /// What the wrapper downloads.
    download: Option<String>,
    /// What kept the wrapper from starting Gradle.
    wrapper: Option<String>,
}

/// `/path/A.java:12: error: text` of javac, perhaps behind the name of a task; `e: /path/A.kt: (12, 5): text`, `e: file:///path/A.kt:12:5 text` of Kotlin's compiler.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^ *(?:e: )?(?::[\w:.-]+)?(?:file://)?(/.+?\.(?:java|kt)):(?: ?\(?)(\d+)(?:[,:] ?(\d+)\)?)?:? (?:error: )?(.*)$")
        .expect("a pattern")
});

impl Build for Complaints {
    fn line(&mut self, line: &str) {
        let is_error = line.contains(": error: ") || line.starts_with("e: ");
        if let Some(found) = PLACE.captures(line).filter(|_| is_error) {
            let column = found.get(3).and_then(|it| it.as_str().parse().ok());
            let place = Some((found[1].to_owned(), found[2].parse().unwrap_or(1), column));
            let detail = vec![line.to_owned()];
            self.is_open = self.errors.len() < MOST;
            if self.is_open {
                self.errors.push(Complaint { message: found[4].to_owned(), place, detail });
            }
            return;
        }
        if let Some(from) = line.strip_prefix("Downloading ") {
            self.download.get_or_insert_with(|| from.to_owned());
        } else if let Some(what) = line.strip_prefix("Exception in thread \"main\" ") {
            let of = self.download.as_ref().map(|from| format!("{from}: ")).unwrap_or_default();
            let said = || format!("the wrapper could not get its Gradle: {of}{what}");
            self.wrapper.get_or_insert_with(said);
        }
        if line == "* What went wrong:" {
            (self.is_wrong, self.is_open) = (true, false);
        } else if line.is_empty() || line.starts_with("* ") {
            self.is_wrong = false;
        } else if self.is_wrong && !line.starts_with(' ') {
            self.wrong.push(line.trim_start_matches("> ").to_owned());
        }
        if line.is_empty() || line.ends_with(" error") || line.ends_with(" errors") {
            self.is_open = false;
        }
        if let Some(error) = self.errors.last_mut().filter(|_| self.is_open)
            && error.detail.len() < MOST_LINES
        {
            error.detail.push(line.to_owned());
        }
    }

    fn failures(&self, site: &Site) -> BTreeMap<RelPath, Vec<Failure>> {
        let is_same = |a: &Failure, b: &Failure| (&a.place, &a.message) == (&b.place, &b.message);
        by_file(&self.errors, site, &RelPath::default(), is_same)
    }

    fn crash(&self) -> Option<(&str, Vec<&str>)> {
        let died =
            |it: &&String| it.contains("Gradle Test Executor") && it.contains("finished with");
        self.wrong.iter().find(died).map(|it| (it.as_str(), Vec::new()))
    }

    fn complaint(&self) -> Option<&str> {
        let is_told = |line: &&String| {
            line.starts_with("Execution failed for task ")
                || line.starts_with("Compilation failed")
                || line.starts_with("Compilation error")
                || line.starts_with("There were failing tests")
        };
        let told = self.wrong.iter().find(|line| !is_told(line));
        let all = || self.wrong.first().filter(|_| self.errors.is_empty());
        told.or_else(all).or(self.failed_wrapper()).map(String::as_str)
    }

    fn help(&self) -> &'static str {
        match self.failed_wrapper() {
            Some(_) => {
                "let the image's build run `./gradlew help` with a `GRADLE_USER_HOME` that is for everyone, or let the tests reach \
                 what it downloads"
            }
            None => "the end of its output says why",
        }
    }
}

impl Complaints {
    /// Where Gradle itself has said what went wrong, it was there.
    fn failed_wrapper(&self) -> Option<&String> {
        self.wrapper.as_ref().filter(|_| self.wrong.is_empty())
    }
}
