//! Follows CTest with `-V`: which test starts, what it prints, and how it ended.
//!
//! Each line that a test prints comes with the number of its test in front, so that nothing that a test says can be
//! taken for CTest's own words. What a program reports in XML is shown to people in other words.

mod outcomes;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::build::Build;
use super::names::{DISABLED as OFF, Names, is_listed, spoken};
use super::program::Program;
use super::running::Running;
use crate::frameworks::{Broken, Conclusion, Exit, ItemKind, Known, Reader, Suite, TestItem};
use crate::id::TestId;
use crate::model::{Outcome, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile, Site};

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// `    Start 12: name`
static START: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ +Start +(\d+): (.*)$"));

/// `12: what the test prints`
static PRINTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d+): (.*)$"));

/// ` 1/39 Test #12: name ....   Passed    0.01 sec`
static ENDED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ *\d+/\d+ Test +#(\d+): (.*)$"));

/// `[       OK ] Suite.Name (0 ms)`, where it may stand behind what a test printed.
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\[ +(RUN|OK|FAILED|SKIPPED) +\] ([^ ,]+)(?:, where .*?)?(?: \((\d+) ms\))?$")
});

/// `  YOU HAVE 2 DISABLED TESTS`
static DISABLED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ +YOU HAVE \d+ DISABLED TESTS?$"));

pub(super) struct CtestReader {
    job: Job,
    suite: Arc<Suite>,
    site: Site,
    known: Known,
    names: Names,
    build: Build,
    running: BTreeMap<u32, Running>,
    /// Which test of CTest told of a test: when it runs again, the last time counts.
    told_by: BTreeMap<TestId, u32>,
    results: BTreeMap<TestId, TestResult>,
    /// What CTest said last of a program that it could not start.
    complaint: Option<String>,
    /// Whether a program that was not asked for, but may have held what was, failed by its other tests.
    is_red_elsewhere: bool,
    /// Programs that passed and said nothing of any test.
    mute: Vec<String>,
    /// Whether a program of GoogleTest holds tests that are turned off.
    has_disabled: bool,
    began: bool,
    ended: bool,
    /// Whether people see the line that is read.
    is_shown: bool,
}

impl CtestReader {
    pub(super) fn new(job: &Job, site: &Site) -> Self {
        Self {
            job: job.clone(),
            suite: job.suite.clone(),
            site: site.clone(),
            known: job.known.clone(),
            names: Names::new(&job.known),
            build: Build::default(),
            running: BTreeMap::new(),
            told_by: BTreeMap::new(),
            results: BTreeMap::new(),
            complaint: None,
            is_red_elsewhere: false,
            mute: Vec::new(),
            has_disabled: false,
            began: false,
            ended: false,
            is_shown: true,
        }
    }

    fn of_ctest(&mut self, line: &str) -> Vec<RunEvent> {
        if let Some(found) = START.captures(line) {
            let test = Program { name: found[2].to_owned(), ..Program::default() };
            if let Ok(number) = found[1].parse() {
                self.running.insert(number, Running { test, ..Running::default() });
            }
        } else if let Some(found) = ENDED.captures(line) {
            let running = found[1]
                .parse()
                .ok()
                .and_then(|number| Some((number, self.running.remove(&number)?)));
            let ended = running.map(|(number, running)| self.concluded(number, running, &found[2]));
            return ended.unwrap_or_default();
        } else if let Some(found) = PRINTED.captures(line) {
            let number = found[1].parse().ok();
            if let Some(number) = number.filter(|number| self.running.contains_key(number)) {
                return self.of_test(number, &found[2]);
            }
        } else if line.contains("tests passed") && line.contains('%')
            || line == "No tests were found!!!"
        {
            self.ended = true;
        } else if line.starts_with("Unable to find executable: ")
            || line.starts_with("Failed test dependencies: ")
        {
            self.complaint = Some(line.to_owned());
        }
        Vec::new()
    }

    /// A line that a test printed, or that CTest says of it.
    fn of_test(&mut self, number: u32, line: &str) -> Vec<RunEvent> {
        let Some(running) = self.running.get_mut(&number) else {
            return Vec::new();
        };
        if let Some(command) = line.strip_prefix("Test command: ").filter(|_| !running.prints) {
            running.test.command(command);
            let id = self.running.get(&number).map(|it| self.named(&it.test));
            // Of others it turns out whether they are told.
            let id = id.filter(|id| self.job.selects(id) && self.is_told(id));
            return id.map(RunEvent::TestStarted).into_iter().collect();
        }
        // Variables follow, each indented.
        const SAYS: &[&str] = &["Working Directory: ", "Environment variables:", " "];
        if !running.prints && SAYS.iter().any(|start| line.starts_with(start)) {
            return Vec::new();
        }
        let is_last = !running.prints && line.starts_with("Test timeout computed to be: ");
        running.prints = true;
        if is_last {
            return Vec::new();
        }
        if running.test.reports {
            self.is_shown = false;
            return self.reported(number, line);
        }
        match MARK.captures(line) {
            Some(found) => {
                let before = &line[..found.get(0).map_or(0, |it| it.start())];
                self.mark(number, before, &found[1], &found[2], found.get(3).map(|it| it.as_str()))
            }
            None => {
                self.has_disabled |= DISABLED.is_match(line);
                running.around(line);
                running.print(line);
                Vec::new()
            }
        }
    }

    /// Tests that their programs did not run since they are turned off by their names, as GoogleTest says of no single one.
    fn disabled(&self) -> Vec<TestResult> {
        let is_off = |item: &&TestItem| {
            item.kind != ItemKind::Group && !is_listed(&item.id) && spoken(item).contains(OFF)
        };
        let items = self.known.items().filter(|_| self.has_disabled).filter(is_off);
        let untold = items.filter(|item| {
            self.job.selects(&item.id) && !self.results.keys().any(|told| item.id.holds(told))
        });
        let result = |item: &TestItem| TestResult {
            reason: Some("disabled".to_owned()),
            ..TestResult::new(item.id.clone(), Outcome::Skipped)
        };
        untold.map(result).collect()
    }

    /// Programs that passed without running any of GoogleTest's tests in the file that is called like them. Where these were
    /// asked for, that nothing ran of them is said anyway.
    fn silent(&self) -> Vec<String> {
        let stem = |file: &RelPath| {
            let name = file.as_str().rsplit('/').next().unwrap_or_default();
            name.split('.').next().unwrap_or_default().to_owned()
        };
        let is_test = |item: &TestItem| {
            let is_live = item.kind != ItemKind::Group && !spoken(item).contains(OFF);
            is_live && item.id.names.len() == 2 && self.job.selects(&item.id)
        };
        let is_vain = |id: &TestId| !self.results.keys().any(|told| id.holds(told));
        let is_silent = |file: &RelPath| {
            let is_asked = |id: &TestId| file.strip(&id.file).is_some();
            self.known.in_file(file).iter().any(is_test)
                && !self.results.keys().any(|told| told.file == *file)
                && !self.job.selection.iter().any(|id| is_asked(id) && is_vain(id))
        };
        let told = self.mute.iter().filter_map(|program| {
            let mut files = self.known.files().filter(|file| stem(file) == *program);
            let file = files.next().filter(|file| files.next().is_none() && is_silent(file))?;
            Some(format!(
                "{program} ended without a word of the tests in {file}: does its `main` call `RUN_ALL_TESTS`?"
            ))
        });
        told.collect()
    }

    /// What did not build. Where nothing is missing of what was asked for, files that have nothing to do with that do not matter.
    fn unbuilt(&self) -> Vec<TestResult> {
        let is_all = self.build.is_of_cmake || self.is_unmet();
        let is_wanted = |file: &TestId| {
            let has_tests = !self.known.in_file(&file.file).is_empty();
            let is_asked_for =
                |id: &TestId| id.file == file.file || file.file.strip(&id.file).is_some();
            is_all
                || !has_tests
                || self.job.selection.is_empty()
                || self.job.selection.iter().any(is_asked_for)
        };
        let files = self.build.failures(&self.site, &self.suite.root).into_iter();
        let results = files.map(|(file, failures)| {
            let id = self.with_suite(TestId::of_file(file));
            TestResult { failures, ..TestResult::new(id, Outcome::Errored) }
        });
        results.filter(|result| is_wanted(&result.id)).collect()
    }

    /// Whether nothing was told of something that was asked for: its program may be one that was not built.
    fn is_unmet(&self) -> bool {
        let is_met = |id: &TestId| {
            let id = self.with_suite(TestId { folder: None, ..id.clone() });
            self.results.keys().any(|told| id.holds(told))
        };
        !self.job.selection.iter().all(is_met)
    }

    fn broken(&self, exit: Exit, has_unbuilt: bool) -> Option<Broken> {
        if self.began && !self.ended {
            return Some(Broken::process(
                format!("CTest ended before its tests did: {exit}"),
                None,
            ));
        }
        let is_red =
            self.is_red_elsewhere || self.results.values().any(|result| result.outcome.is_bad());
        if exit == Exit::Code(0) || is_red || (has_unbuilt && self.began) {
            return None;
        }
        let said = self.build.complaint().map(|first| format!(": {first}")).unwrap_or_default();
        let message = format!("the project was not built or tested: {exit}{said}");
        Some(Broken::process(message, Some("the output says more")))
    }
}

impl Reader for CtestReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        self.is_shown = true;
        let events = self.printed(line);
        let shown = self.is_shown.then(|| self.site.text_to_host(&format!("{line}\n")));
        shown.map(RunEvent::Output).into_iter().chain(events).collect()
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        self.began |= line.starts_with("Test project ");
        if self.began {
            return self.of_ctest(line);
        }
        self.build.line(line);
        Vec::new()
    }

    fn conclude(&mut self, _: &[ReportFile], exit: Exit) -> Conclusion {
        for (number, running) in std::mem::take(&mut self.running) {
            let text = format!("{} ...***Not Run", running.test.name);
            drop(self.concluded(number, running, &text));
        }
        let disabled = self.disabled().into_iter().map(|it| (it.id.clone(), it));
        self.results.extend(disabled.collect::<Vec<_>>());
        let has_unbuilt = self.build.complaint().is_some();
        for result in self.unbuilt() {
            self.results.insert(result.id.clone(), result);
        }
        let (broken, warnings) = (self.broken(exit, has_unbuilt), self.silent());
        let results = std::mem::take(&mut self.results).into_values().collect();
        Conclusion { results, warnings, broken }
    }
}
