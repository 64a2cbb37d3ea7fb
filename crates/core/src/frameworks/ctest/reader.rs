//! Follows CTest with `-V`: which test starts, what it prints, and how it ended.
//!
//! Each line that a test prints comes with the number of its test in front, so that nothing that a test says can be
//! taken for CTest's own words.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use regex::Regex;

use super::LISTS;
use super::build::Build;
use super::names::Names;
use super::program::Program;
use super::running::Running;
use super::status::Status;
use super::verdict::Scene;
use crate::frameworks::{Broken, Conclusion, Exit, Known, Reader, Suite};
use crate::id::TestId;
use crate::model::{Outcome, Place, RunEvent, TestResult};
use crate::plan::{Job, ReportFile, Site};

/// So many lines of a test's output are kept.
const MOST_LINES: usize = 20_000;

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
    began: bool,
    ended: bool,
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
            began: false,
            ended: false,
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
            let id = self.id(number).filter(|id| self.job.selects(id));
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
        match MARK.captures(line) {
            Some(found) => {
                let before = &line[..found.get(0).map_or(0, |it| it.start())];
                self.mark(number, before, &found[1], &found[2], found.get(3).map(|it| it.as_str()))
            }
            None => {
                if running.lines.len() < MOST_LINES {
                    running.lines.push(line.to_owned());
                }
                Vec::new()
            }
        }
    }

    /// A test of GoogleTest begins or ends.
    fn mark(
        &mut self,
        number: u32,
        before: &str,
        mark: &str,
        name: &str,
        time: Option<&str>,
    ) -> Vec<RunEvent> {
        let Some(running) = self.running.get_mut(&number) else {
            return Vec::new();
        };
        if !before.is_empty() {
            running.lines.push(before.to_owned());
        }
        if mark == "RUN" {
            running.inner = Some((name.to_owned(), running.lines.len()));
            let is_only = running.test.filter.is_some();
            let id = self.of_googletest(number, name).filter(|id| !is_only && self.job.selects(id));
            return id.map(RunEvent::TestStarted).into_iter().collect();
        }
        // All that failed are named again at the end.
        let Some((_, from)) = running.inner.take_if(|(inner, _)| inner == name) else {
            return Vec::new();
        };
        let outcome = match mark {
            "OK" => Outcome::Passed,
            "FAILED" => Outcome::Failed,
            _ => Outcome::Skipped,
        };
        let lines = running.lines.split_off(from);
        let id = self.of_googletest(number, name).unwrap_or_default();
        let mut result = self.result(id, outcome, &lines);
        result.duration = time.and_then(|time| time.parse().ok()).map(Duration::from_millis);
        self.part(number, result).into_iter().collect()
    }

    /// How a test of GoogleTest ended: by itself, or as what its test of CTest is about.
    fn part(&mut self, number: u32, result: TestResult) -> Option<RunEvent> {
        let is_told = self.job.selects(&result.id);
        let running = self.running.get_mut(&number)?;
        if running.test.filter.is_some() {
            running.only = Some(result);
            return None;
        }
        if !is_told {
            running.untold.push(result);
            return None;
        }
        running.told += 1;
        running.is_told_bad |= result.outcome.is_bad();
        self.finished(number, result)
    }

    /// A test of CTest ended.
    fn concluded(&mut self, number: u32, running: Running, text: &str) -> Vec<RunEvent> {
        let mut status = Status::of(text, &running.test.name);
        if running.test.name.ends_with("_NOT_BUILT") && self.build.complaint().is_some() {
            return Vec::new();
        }
        let mut events = Vec::new();
        let id = self.named(&running.test);
        let mut running = running;
        // Its process ended while a test ran in it.
        if let Some((name, from)) = running.inner.take() {
            // What CTest takes for success is none.
            if status.outcome == Outcome::Passed {
                status = Status::left(&name, status.time);
            }
            let lines = running.lines.split_off(from);
            let inner = self.names.of_googletest(&name, &running.test.program);
            let inner = self.with_suite(inner.unwrap_or_else(|| self.nowhere(&name)));
            let mut result = self.result(inner, Outcome::Errored, &lines);
            let definition = self.known.place(&result.id, &self.site.root);
            result.failures.push(self.scene(definition.as_ref()).of_program(&lines, &status.words));
            if running.test.filter.is_some() {
                running.only = Some(result);
            } else if self.job.selects(&result.id) {
                events.extend(self.finished(number, result));
            } else {
                running.untold.push(result);
            }
        }
        if self.job.selects(&id) && !running.is_told_by_parts(&status) {
            let result = self.whole(id, running, &status);
            events.extend(self.finished(number, result));
        }
        events
    }

    fn whole(&mut self, id: TestId, running: Running, status: &Status) -> TestResult {
        let Running { lines, only, untold, is_told_bad, .. } = running;
        let mut result = only.unwrap_or_else(|| self.result(id.clone(), status.outcome, &lines));
        // CTest may know better: a test may be meant to fail, or be judged by what it prints.
        result.id = id;
        result.outcome = status.outcome;
        result.duration = status.time;
        match status.outcome {
            Outcome::Passed => result.failures.clear(),
            Outcome::Skipped => {
                result.failures.clear();
                result.reason = result.reason.or_else(|| status.reason());
            }
            Outcome::Failed | Outcome::Errored => {
                let parts = untold.into_iter().flat_map(|part| part.failures);
                result.failures.extend(parts);
                let is_of_process = status.outcome == Outcome::Errored;
                if result.failures.is_empty() && (!is_told_bad || is_of_process) {
                    let definition = self.known.place(&result.id, &self.site.root);
                    let how = self.complaint.take().filter(|_| status.is_not_run());
                    let how = how.unwrap_or_else(|| status.words.clone());
                    let failure = self.scene(definition.as_ref()).of_program(&lines, &how);
                    result.failures.push(failure);
                }
            }
        }
        result
    }

    /// What a test printed, and what that says of it.
    fn result(&self, id: TestId, outcome: Outcome, lines: &[String]) -> TestResult {
        let definition = self.known.place(&id, &self.site.root);
        let verdict = self.scene(definition.as_ref()).verdict(lines);
        let failures = if outcome.is_bad() { verdict.failures } else { Vec::new() };
        let reason = verdict.reason.filter(|_| outcome == Outcome::Skipped);
        TestResult { failures, reason, output: verdict.output, ..TestResult::new(id, outcome) }
    }

    fn scene<'s>(&'s self, definition: Option<&'s Place>) -> Scene<'s> {
        Scene { site: &self.site, root: &self.suite.root, definition }
    }

    fn id(&self, number: u32) -> Option<TestId> {
        Some(self.named(&self.running.get(&number)?.test))
    }

    fn named(&self, test: &Program) -> TestId {
        self.with_suite(self.names.of(test).unwrap_or_else(|| self.nowhere(&test.name)))
    }

    fn of_googletest(&self, number: u32, name: &str) -> Option<TestId> {
        let program = &self.running.get(&number)?.test.program;
        let id = self.names.of_googletest(name, program).unwrap_or_else(|| self.nowhere(name));
        Some(self.with_suite(id))
    }

    /// A test that stands in no file under such a name: the project knows it.
    fn nowhere(&self, name: &str) -> TestId {
        let file = TestId::of_file(self.suite.root.join(LISTS));
        TestId { names: vec![name.to_owned()], ..file }
    }

    fn with_suite(&self, id: TestId) -> TestId {
        TestId { suite: self.suite.name.clone(), ..id }
    }

    fn finished(&mut self, number: u32, result: TestResult) -> Option<RunEvent> {
        // Of several programs with a test of that name, one in which it failed counts.
        let by = self.told_by.insert(result.id.clone(), number);
        let known =
            self.results.get(&result.id).filter(|it| by != Some(number) && it.outcome.is_bad());
        if known.is_some() {
            return None;
        }
        self.results.insert(result.id.clone(), result.clone());
        Some(RunEvent::TestFinished(Box::new(result)))
    }

    /// What did not build: of files that have nothing to do with what was asked for nothing is said.
    fn unbuilt(&self) -> Vec<TestResult> {
        let is_wanted = |file: &TestId| {
            let has_tests = !self.known.in_file(&file.file).is_empty();
            let is_asked_for =
                |id: &TestId| id.file == file.file || file.file.strip(&id.file).is_some();
            !has_tests
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

    fn broken(&self, exit: Exit, has_unbuilt: bool) -> Option<Broken> {
        if self.began && !self.ended {
            return Some(Broken::process(
                format!("CTest ended before its tests did: {exit}"),
                None,
            ));
        }
        let is_red = self.results.values().any(|result| result.outcome.is_bad());
        if exit == Exit::Code(0) || is_red || (has_unbuilt && self.began) {
            return None;
        }
        let said = self.build.complaint().map(|first| format!(": {first}")).unwrap_or_default();
        let message = format!("the project was not built or tested: {exit}{said}");
        Some(Broken::process(message, Some("the output says more")))
    }
}

impl Reader for CtestReader {
    fn line(&mut self, _: &str) -> Vec<RunEvent> {
        Vec::new()
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
        let has_unbuilt = self.build.complaint().is_some();
        for result in self.unbuilt() {
            self.results.insert(result.id.clone(), result);
        }
        let broken = self.broken(exit, has_unbuilt);
        Conclusion {
            results: std::mem::take(&mut self.results).into_values().collect(),
            warnings: Vec::new(),
            broken,
        }
    }
}
