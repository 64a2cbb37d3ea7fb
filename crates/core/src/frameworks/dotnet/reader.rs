//! Follows `dotnet test`: what is printed of each test, and the reports, which decide.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::build::Complaints;
use super::detect::Projects;
use super::names;
use super::printed::Printed;
use super::trx::{self, Case};
use crate::frameworks::told::Told;
use crate::frameworks::{Broken, Conclusion, Exit, ItemKind, Known, Reader, Suite, TestItem};
use crate::id::TestId;
use crate::model::{Failure, Frame, Outcome, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile, Site};

pub(super) struct DotnetReader {
    suite: Arc<Suite>,
    site: Site,
    projects: Projects,
    known: Known,
    printed: Printed,
    complaints: Complaints,
    reports: Told,
    results: BTreeMap<TestId, TestResult>,
    /// What was said of tests before their reports.
    told: BTreeMap<TestId, TestResult>,
    cut: Option<String>,
}

impl DotnetReader {
    pub(super) fn new(projects: &Projects, job: &Job, site: &Site) -> Self {
        Self {
            suite: job.suite.clone(),
            site: site.clone(),
            projects: projects.clone(),
            known: job.known.clone(),
            printed: Printed::new(&job.known),
            complaints: Complaints::default(),
            reports: Told::default(),
            results: BTreeMap::new(),
            told: BTreeMap::new(),
            cut: None,
        }
    }

    fn report(&mut self, name: &str, text: &str) -> Vec<RunEvent> {
        let report = trx::read(text);
        if report.is_cut {
            self.cut.get_or_insert_with(|| format!("the report {name} is cut off"));
        }
        let mut fresh: BTreeMap<TestId, TestResult> = BTreeMap::new();
        let mut shown: BTreeMap<TestId, &str> = BTreeMap::new();
        for case in &report.cases {
            let mut result = self.result(case);
            // Cases that are called otherwise for people, of a test that does not stand in the files.
            let first = *shown.entry(result.id.clone()).or_insert(&case.shown);
            if result.id.case.is_none() && first != case.shown {
                result.id.case = Some(case.shown.clone());
            }
            // One that ran twice is as good as the worse of the two.
            if fresh.get(&result.id).is_none_or(|other| !other.outcome.is_bad()) {
                fresh.insert(result.id.clone(), result);
            }
        }
        for (id, result) in &mut fresh {
            // One time for one test: that of the console is rounded, and was shown.
            if let Some(told) = self.told.get(id).filter(|told| told.outcome == result.outcome) {
                result.duration = told.duration;
            }
            // So it is where a project is built for several frameworks.
            if self.results.get(id).is_none_or(|other| !other.outcome.is_bad()) {
                self.results.insert(id.clone(), result.clone());
            }
        }
        fresh.retain(|id, result| self.told.get(id) != Some(result));
        fresh.into_values().map(|result| RunEvent::TestFinished(Box::new(result))).collect()
    }

    fn result(&self, case: &Case) -> TestResult {
        let id = self.id(case);
        let outcome = match case.outcome.as_str() {
            "Passed" | "PassedButRunAborted" | "Completed" | "Warning" => Outcome::Passed,
            "Failed" => Outcome::Failed,
            "NotExecuted" | "NotRunnable" | "Inconclusive" | "Pending" => Outcome::Skipped,
            _ => Outcome::Errored,
        };
        let mut result = TestResult::new(id, outcome);
        result.duration = case.duration;
        result.output = self.site.text_to_host(&case.output);
        let message = self.site.text_to_host(case.message.trim());
        match outcome {
            Outcome::Failed | Outcome::Errored => {
                let message = if message.is_empty() { case.outcome.clone() } else { message };
                result.failures.push(self.failure(&result.id, case, message));
            }
            Outcome::Skipped => {
                // The reason is told as if the test had printed it, by xUnit there alone.
                let printed = result.output.trim().to_owned();
                if message.is_empty() || message == printed {
                    result.output.clear();
                }
                let said = if message.is_empty() { printed } else { message };
                result.reason = Some(said).filter(|reason| !reason.is_empty());
            }
            _ => {}
        }
        result
    }

    fn failure(&self, id: &TestId, case: &Case, message: String) -> Failure {
        let definition = self.known.place(id, &self.site.root);
        let mut frames: Vec<Frame> = case.stack.lines().filter_map(|it| self.frame(it)).collect();
        let own =
            |frame: &&Frame| definition.as_ref().is_some_and(|it| it.path == frame.place.path);
        let nearest = frames.iter().find(own).or(frames.first()).map(|frame| frame.place.clone());
        frames.reverse();
        let stack = self.site.text_to_host(case.stack.trim_end());
        Failure {
            detail: format!("{message}\n{stack}").trim_end().to_owned(),
            message,
            place: nearest.or(definition),
            frames,
            ..Failure::default()
        }
    }

    /// `   at Shop.Cart.Add(Int32 n) in /path/Cart.cs:line 12`.
    fn frame(&self, line: &str) -> Option<Frame> {
        static FRAME: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"^\s*at (.+?)(?:\(.*\))? in (/.+):line (\d+)\s*$").expect("a pattern")
        });
        let found = FRAME.captures(line)?;
        let place = self.site.place(&self.suite.root, &found[2], found[3].parse().ok()?, None)?;
        Some(Frame { place, name: found[1].to_owned() })
    }

    /// The test that a report tells of.
    fn id(&self, case: &Case) -> TestId {
        let class = case.class.split(',').next().unwrap_or_default();
        if class.is_empty() {
            let whole = TestId {
                names: vec![case.shown.clone()],
                ..self.suite.of_file(self.project(case))
            };
            return whole;
        }
        let mut names = names::of_class(class);
        let bare = case.method.rsplit_once('.').filter(|(of, _)| class.ends_with(of));
        let bare = bare.map_or(case.method.as_str(), |(_, method)| method);
        let end = bare.find(['(', '<', ' ']).unwrap_or(bare.len());
        let file = self.file(case, &names, &bare[..end]);
        names.push(bare[..end].to_owned());
        let id = TestId { names, ..self.suite.of_file(file) };
        let is_table = self.known.item(&id).is_some_and(|it| it.kind == ItemKind::Parametrised);
        let (name, which) = names::test(class, &case.method, &case.shown, is_table);
        let mut names = id.names;
        names.pop();
        names.push(name);
        TestId { names, case: which, ..id }
    }

    /// The file of a class: the one with the method, of the project whose assembly it is, else the one in which the failure is,
    /// else the project itself.
    fn file(&self, case: &Case, class: &[String], method: &str) -> RelPath {
        let project = self.project(case);
        let is_of = |item: &&TestItem| item.id.names.starts_with(class);
        let has_method =
            |item: &TestItem| item.id.names.get(class.len()).is_some_and(|it| it == method);
        let is_own = |item: &TestItem| self.projects.of_file(&item.id.file) == Some(&project);
        let found = self.known.items().filter(is_of).max_by_key(|it| (is_own(it), has_method(it)));
        let told = || {
            let frames = case.stack.lines().rev().filter_map(|line| self.frame(line));
            let mut files = frames.filter_map(|it| RelPath::below(&self.site.root, &it.place.path));
            files.find(|file| self.projects.of_file(file).is_some())
        };
        found.map(|item| item.id.file.clone()).or_else(told).unwrap_or(project)
    }

    /// The project that an assembly is made of.
    fn project(&self, case: &Case) -> RelPath {
        let assembly = case.storage.replace('\\', "/");
        let host = self.site.paths.to_host(&assembly);
        let file = host.and_then(|host| RelPath::below(&self.site.root, &host));
        let depth = |project: &RelPath| {
            let dir = project.parent();
            file.as_ref()?.strip(&dir).map(|_| dir.as_str().len())
        };
        let own = self.projects.own.iter().filter(|project| depth(project).is_some());
        let nearest = own.max_by_key(|project| depth(project));
        nearest.unwrap_or(&self.projects.target).clone()
    }

    fn broken(&self, exit: Exit, failed_to_build: bool) -> Option<Broken> {
        let help = Some("the end of its output says why");
        if let Some(cut) = &self.cut {
            return Some(Broken::process(cut.clone(), help));
        }
        if let Some(abort) = self.complaints.abort() {
            let message =
                format!("the process of the tests died: {}", self.site.text_to_host(abort));
            return Some(Broken::process(message, help));
        }
        if exit == Exit::Code(0) {
            return None;
        }
        let is_red = self.results.values().any(|result| result.outcome.is_bad());
        let message = match self.complaints.stop(failed_to_build) {
            Some(stop) => self.site.text_to_host(stop),
            None if is_red || failed_to_build => return None,
            None => "no test failed".to_owned(),
        };
        Some(Broken::process(format!("dotnet test ended with {exit}: {message}"), help))
    }
}

impl Reader for DotnetReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        let whole = self.reports.line(line);
        whole.map(|(name, text)| self.report(&name, &text)).unwrap_or_default()
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        self.complaints.line(line);
        let Some(result) = self.printed.line(line) else {
            return Vec::new();
        };
        self.told.insert(result.id.clone(), result.clone());
        vec![RunEvent::TestFinished(Box::new(result))]
    }

    fn conclude(&mut self, _: &[ReportFile], exit: Exit) -> Conclusion {
        let failures = self.complaints.failures(&self.site, &self.suite.root);
        let broken = self.broken(exit, !failures.is_empty());
        for (file, failures) in failures {
            let id = self.suite.of_file(file);
            let result = TestResult { failures, ..TestResult::new(id.clone(), Outcome::Errored) };
            self.results.insert(id, result);
        }
        Conclusion {
            broken,
            results: std::mem::take(&mut self.results).into_values().collect(),
            warnings: Vec::new(),
        }
    }
}
