//! What the compiler and MSBuild complain of, and what stops the tests.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anstream::adapter::strip_str;
use regex::Regex;

use crate::frameworks::complaint::{Complaint, MOST, by_file};
use crate::model::Failure;
use crate::paths::RelPath;
use crate::plan::Site;

/// The complaints of a run, as they are printed for people.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    errors: Vec<Complaint>,
    /// What is said of no file.
    other: Option<String>,
    /// Why the process of the tests ended before they did.
    abort: Option<String>,
}

impl Complaints {
    pub(super) fn line(&mut self, line: &str) {
        /// `/path/A.cs(12,5): error CS1002: ; expected [/path/A.csproj]`, `/path/A.csproj : error NU1101: text`,
        /// `MSBUILD : error MSB1009: text`.
        static ERROR: LazyLock<Regex> = LazyLock::new(|| {
            let text = r"^\s*(?:(.+?)(?:\((\d+)(?:,(\d+))?(?:[,-]\d+)*\))? ?: )?error ([A-Z]+\d+): (.+?)(?: \[([^\]]+)\])?$";
            Regex::new(text).expect("a pattern")
        });
        let line = strip_str(line.trim_end()).to_string();
        if line.contains("The active test run was aborted")
            || line.contains("Test host process crashed")
            || line.trim_start().starts_with("Test Run Aborted")
        {
            self.abort.get_or_insert_with(|| line.trim().to_owned());
        }
        let Some(found) = ERROR.captures(&line) else {
            return;
        };
        let message = format!("{}: {}", &found[4], &found[5]);
        // A tool is no file.
        let path = found.get(1).map(|it| it.as_str()).filter(|it| it.contains(['/', '.']));
        // A project that is built for several frameworks says for which.
        let project = found.get(6).map(|it| it.as_str());
        let project = project.map(|it| it.split("::").next().unwrap_or(it));
        let Some(path) = path.or(project) else {
            self.other.get_or_insert(message);
            return;
        };
        // The compiler may name a file from its project on.
        let path = match project.and_then(|it| it.rsplit_once('/')) {
            Some((dir, _)) if !path.starts_with('/') => format!("{dir}/{path}"),
            _ => path.to_owned(),
        };
        if self.errors.len() < MOST {
            let number = |at: usize| found.get(at).and_then(|it| it.as_str().parse().ok());
            let place = Some((path, number(2).unwrap_or(1), number(3)));
            self.errors.push(Complaint { message, place, detail: vec![line.trim().to_owned()] });
        }
    }

    /// What does not build, by file. MSBuild repeats all of it at its end.
    pub(super) fn failures(&self, site: &Site, cwd: &RelPath) -> BTreeMap<RelPath, Vec<Failure>> {
        let is_same = |a: &Failure, b: &Failure| (&a.place, &a.message) == (&b.place, &b.message);
        by_file(&self.errors, site, cwd, is_same)
    }

    /// What stopped the tests, other than what is told of files of the workspace.
    pub(super) fn stop(&self, is_told: bool) -> Option<&str> {
        let elsewhere = self.errors.first().filter(|_| !is_told);
        self.other.as_deref().or(elsewhere.map(|error| error.message.as_str()))
    }

    pub(super) fn abort(&self) -> Option<&str> {
        self.abort.as_deref()
    }
}
