//! Follows `go test -json`: its events while it runs, and what they come to at its end.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::build::{self, Builds};
use super::detect::Modules;
use super::event::{self, Event, is_framing, is_verdict};
use super::failure::{Scene, death, reason, without_failures};
use super::package::{Package, Running, keep};
use crate::frameworks::{Broken, Conclusion, Exit, Known, Reader, Suite};
use crate::id::TestId;
use crate::model::{Failure, Outcome, Place, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile, Site};

pub(super) struct GoReader {
    suite: Arc<Suite>,
    site: Site,
    modules: Modules,
    known: Known,
    selection: Vec<TestId>,
    /// The file of each test function, by directory and name.
    files: HashMap<(RelPath, String), RelPath>,
    packages: BTreeMap<String, Package>,
    builds: Builds,
    results: BTreeMap<TestId, TestResult>,
    /// What the `go` command itself complains of.
    complaints: Vec<String>,
}

impl GoReader {
    pub(super) fn new(modules: &Modules, job: &Job, site: &Site) -> Self {
        let tops = job.known.items().filter(|item| item.id.names.len() == 1);
        let files = tops.map(|item| {
            let file = &item.id.file;
            ((file.parent(), item.id.names[0].clone()), file.clone())
        });
        Self {
            suite: job.suite.clone(),
            site: site.clone(),
            modules: modules.clone(),
            files: files.collect(),
            known: job.known.clone(),
            selection: job.selection.clone(),
            packages: BTreeMap::new(),
            builds: Builds::default(),
            results: BTreeMap::new(),
            complaints: Vec::new(),
        }
    }

    fn event(&mut self, event: &Event) -> Vec<RunEvent> {
        let mut told = Vec::new();
        if !event.output.is_empty() {
            told.push(RunEvent::Output(self.site.text_to_host(&event.output)));
        }
        match event.action.as_str() {
            "build-output" => self.builds.event(&event.import_path, &event.output),
            "start" => drop(self.package(event)),
            "output" => self.output(event),
            "run" => {
                let began = event.clock();
                let running = Running { began, ..Running::default() };
                let package = self.package(event);
                package.has_run = true;
                package.running.insert(event.test.clone(), running);
                told.push(RunEvent::TestStarted(self.id(&event.package, &event.test)));
            }
            "pause" => {
                let running = self.package(event).running.get_mut(&event.test);
                running.into_iter().for_each(|running| running.waited = true);
            }
            "pass" | "fail" | "skip" => {
                let ended = match event.test.is_empty() {
                    true => self.package_ended(event),
                    false => self.test_ended(event),
                };
                told.extend(ended.into_iter().map(|it| RunEvent::TestFinished(Box::new(it))));
            }
            _ => {}
        }
        told
    }

    fn package(&mut self, event: &Event) -> &mut Package {
        self.packages.entry(event.package.clone()).or_default()
    }

    fn output(&mut self, event: &Event) {
        let package = self.package(event);
        let kept = match package.running.get_mut(&event.test) {
            Some(running) => &mut running.output,
            None => &mut package.output,
        };
        keep(kept, &event.output);
        if event.test.is_empty() && event::unbuilt(&event.output).is_some() {
            package.unbuilt.get_or_insert_default();
        }
    }

    fn test_ended(&mut self, event: &Event) -> Vec<TestResult> {
        let ended = self.ended(event);
        if event.test.contains('/') {
            let is_silent = |it: &TestResult| !it.failures.is_empty() && has_no_word(it);
            let silent = ended.as_ref().filter(|it| is_silent(it)).map(|it| it.id.clone());
            self.package(event).silent.extend(silent.clone());
            return ended.filter(|_| silent.is_none()).into_iter().collect();
        }
        let silent = std::mem::take(&mut self.package(event).silent);
        let silent = silent.iter().filter_map(|id| self.results.get(id)).cloned();
        silent.chain(ended).collect()
    }

    fn ended(&mut self, event: &Event) -> Option<TestResult> {
        let outcome = match event.action.as_str() {
            "pass" => Outcome::Passed,
            "skip" => Outcome::Skipped,
            _ => Outcome::Failed,
        };
        let ran = self.package(event).running.remove(&event.test).unwrap_or_default();
        let output = &ran.output;
        let id = self.id(&event.package, &event.test);
        let mut result = TestResult::new(id.clone(), outcome);
        result.duration = ran.duration(event);
        match outcome {
            Outcome::Skipped => result.reason = reason(output),
            Outcome::Failed => {
                result.failures = self.failures(&event.package, &id, output);
                self.package(event).failed.push(id);
            }
            Outcome::Passed | Outcome::Errored => {}
        }
        let printed = match outcome {
            // What is shown as a failure is not shown again as output.
            Outcome::Failed => without_failures(output),
            _ => output.clone(),
        };
        let printed = printed.split_inclusive('\n').filter(|line| !is_framing(line));
        result.output = self.site.text_to_host(&printed.collect::<String>());
        self.take(result)
    }

    /// Keeps a result; of a test that only led to those that were asked for, a failure alone counts.
    fn take(&mut self, result: TestResult) -> Option<TestResult> {
        let id = &result.id;
        let led_to =
            |wanted: &TestId| wanted != id && TestId { case: None, ..id.clone() }.holds(wanted);
        let is_way =
            self.selection.iter().any(led_to) && !self.selection.iter().any(|it| it.holds(id));
        let says_more = result.outcome.is_bad() && !result.failures.is_empty();
        if is_way && !says_more {
            return None;
        }
        self.results.insert(id.clone(), result.clone());
        Some(result)
    }

    fn failures(&mut self, package: &str, id: &TestId, output: &str) -> Vec<Failure> {
        let below: Vec<TestId> = self.failed_below(package, id);
        let is_silent = output.lines().all(|line| is_framing(line) || line.trim().is_empty());
        if is_silent && !below.is_empty() {
            // Its subtests say why.
            return Vec::new();
        }
        let failures = self.scene(package, id, |scene| scene.failures(output));
        // Go tells a panic of the outermost test; it happened in the innermost one that fell silent.
        let silent = below.iter().rev().find(|id| {
            self.results
                .get(*id)
                .is_some_and(|result| result.output.trim().is_empty() && has_no_word(result))
        });
        match (silent.cloned(), failures.as_slice()) {
            (Some(inner), [panic]) if panic.kind == "panic" => {
                if let Some(result) = self.results.get_mut(&inner) {
                    result.failures = failures;
                }
                Vec::new()
            }
            _ => failures,
        }
    }

    fn failed_below(&self, package: &str, id: &TestId) -> Vec<TestId> {
        let failed = self.packages.get(package).into_iter().flat_map(|package| &package.failed);
        failed.filter(|other| *other != id && id.holds(other)).cloned().collect()
    }

    fn scene<T>(&self, package: &str, id: &TestId, look: impl FnOnce(Scene<'_>) -> T) -> T {
        let definition = self.known.place(id, &self.site.root);
        let package = self.directory(package);
        look(Scene { site: &self.site, package: &package, definition: definition.as_ref() })
    }

    fn package_ended(&mut self, event: &Event) -> Vec<TestResult> {
        let package = self.package(event);
        package.ended = true;
        if event.action != "fail" {
            let is_over = package.output.lines().any(event::is_end);
            package.is_mute = event.action == "pass" && !package.has_run && !is_over;
            return Vec::new();
        }
        if !event.failed_build.is_empty() {
            package.unbuilt = Some(event.failed_build.clone());
        }
        if package.unbuilt.is_some() {
            // The error stream may still have to say why.
            let failures = self.build_failures(&event.package);
            let known = (!failures.is_empty()).then(|| self.unloaded(&event.package, failures));
            return known.into_iter().collect();
        }
        let running = std::mem::take(&mut package.running);
        if !running.is_empty() {
            return self.died(&event.package, &running);
        }
        if !package.failed.is_empty() {
            return Vec::new();
        }
        let failure = self.package_failure(&event.package);
        vec![self.unloaded(&event.package, vec![failure])]
    }

    /// The process ended while these tests ran.
    fn died(&mut self, package: &str, running: &BTreeMap<String, Running>) -> Vec<TestResult> {
        let own = self.packages.get(package).map(|it| it.output.clone()).unwrap_or_default();
        let mut results = Vec::new();
        for (name, ran) in running {
            let id = self.id(package, name);
            let below = format!("{name}/");
            let mut result = TestResult::new(id.clone(), Outcome::Errored);
            // The innermost ones say why.
            if !running.keys().any(|other| other.starts_with(&below)) {
                let text = format!("{}{own}", ran.output);
                let failure = self.scene(package, &id, |scene| death(scene, name, &text));
                result.failures.push(failure);
            }
            results.extend(self.take(result));
        }
        results
    }

    /// A package that failed though none of its tests did, or before any ran.
    fn package_failure(&self, package: &str) -> Failure {
        let output = self.packages.get(package).map_or("", |it| it.output.as_str());
        let lines: Vec<&str> = output.lines().collect();
        let file = TestId::of_file(self.test_file(package));
        if let Some(at) = lines.iter().position(|line| line.starts_with("panic: ")) {
            return self.scene(package, &file, |scene| scene.panic(&lines[at..]));
        }
        // What follows on an unknown flag is a page of those that there are.
        let unknown = lines.iter().find(|line| line.starts_with("flag provided but not defined"));
        let last = || {
            lines.iter().rev().find(|line| !is_verdict(line) && !line.starts_with("exit status"))
        };
        let said = unknown.or_else(last);
        let said = said.map(|said| format!(": {}", said.trim())).unwrap_or_default();
        Failure {
            message: format!(
                "the package failed outside of its tests{}",
                self.site.text_to_host(&said)
            ),
            detail: self.site.text_to_host(output.trim_end()),
            place: Some(Place { path: file.file.on(&self.site.root), line: 1, column: None }),
            ..Failure::default()
        }
    }

    fn build_failures(&self, package: &str) -> Vec<Failure> {
        let failed = self.packages.get(package).and_then(|package| package.unbuilt.as_deref());
        let with_tests =
            |name: &str| self.packages.get(name).is_some_and(|package| package.unbuilt.is_some());
        let scene = build::Scene { site: &self.site, cwd: &self.suite.root };
        self.builds.failures(package, failed.unwrap_or_default(), with_tests, scene)
    }

    /// What Go said of a package that it could not build, where that names no place.
    fn said_of_build(&self, package: &str) -> String {
        let failed = self.packages.get(package).and_then(|package| package.unbuilt.as_deref());
        let said = self.builds.said(package, failed.unwrap_or_default());
        let said = if said.is_empty() { self.complaints.join("\n") } else { said.join("\n") };
        self.site.text_to_host(&said)
    }

    /// The result of a package of which nothing ran: of one of its test files.
    fn unloaded(&mut self, package: &str, failures: Vec<Failure>) -> TestResult {
        let directory = self.directory(package);
        let has_tests = self.known.files().any(|file| file.parent() == directory);
        let file = build::file(&failures, &directory, has_tests, &self.site);
        let file = file.unwrap_or_else(|| self.test_file(package));
        let id = self.suite.of_file(file);
        let mut result = TestResult::new(id.clone(), Outcome::Errored);
        result.failures = failures;
        self.results.insert(id, result.clone());
        self.packages.entry(package.to_owned()).or_default().is_told = true;
        result
    }

    fn test_file(&self, package: &str) -> RelPath {
        let known = self.known_test_file(package);
        known.unwrap_or_else(|| self.directory(package).join("go.mod"))
    }

    /// A test file of a package: one that was asked for, else the first.
    fn known_test_file(&self, package: &str) -> Option<RelPath> {
        let dir = self.directory(package);
        let here = |file: &&RelPath| file.parent() == dir;
        let asked = self.selection.iter().map(|id| &id.file).filter(here);
        let mut asked = asked.filter(|file| file.as_str().ends_with("_test.go"));
        let file = asked.next().or_else(|| self.known.files().find(here));
        file.cloned()
    }

    fn directory(&self, package: &str) -> RelPath {
        self.modules.package(package).unwrap_or_else(|| self.suite.root.clone())
    }

    /// The id of `TestX/sub` of a package.
    fn id(&self, package: &str, test: &str) -> TestId {
        let directory = self.directory(package);
        let names: Vec<&str> = test.split('/').collect();
        let file = self.files.get(&(directory, names[0].to_owned())).cloned();
        let file = file.unwrap_or_else(|| self.test_file(package));
        let file = self.suite.of_file(file);
        self.known.resolve(&file, &names)
    }

    /// Whether what was asked for is a folder without packages, or none at all.
    fn found_no_package(&self) -> bool {
        let is_empty = |line: &String| line.ends_with("matched no packages");
        self.complaints.iter().any(is_empty)
            || self.packages.keys().any(|name| self.is_missing(name))
    }

    /// Whether a command found no package in a directory, and was not expected to.
    fn is_missing(&self, name: &str) -> bool {
        let has_tests = |id: &TestId| self.known.items().any(|item| id.holds(&item.id));
        let is_vain = || self.selection.iter().any(|id| !has_tests(id));
        self.builds.is_missing(name) || (self.builds.is_empty(name) && is_vain())
    }

    /// Packages that passed without running any of the tests that stand in them. Where these were asked for, that nothing
    /// ran of them is said anyway.
    fn mute(&self) -> Vec<String> {
        let is_vain = |id: &TestId| !self.results.keys().any(|told| id.holds(told));
        let is_said = |directory: &RelPath| {
            let files = || self.known.files().filter(|file| file.parent() == *directory);
            let is_asked = |id: &TestId| files().any(|file| file.strip(&id.file).is_some());
            self.selection.iter().any(|id| is_asked(id) && is_vain(id))
        };
        let has_tests = |directory: &RelPath| {
            self.known
                .files()
                .any(|file| file.parent() == *directory && !self.known.in_file(file).is_empty())
        };
        let mute = self.packages.iter().filter(|(_, package)| package.is_mute);
        let mute = mute.filter(|(name, _)| {
            let directory = self.directory(name);
            has_tests(&directory) && !is_said(&directory)
        });
        let warning = |(name, _)| {
            format!(
                "{name} ended without a word of the tests that stand in it: does its `TestMain` or an `init` call `os.Exit`?"
            )
        };
        mute.map(warning).collect()
    }

    /// What is wrong with a run that has not told all.
    fn broken(&self, exit: Exit) -> Option<Broken> {
        let open: Vec<&str> = self
            .packages
            .iter()
            .filter(|(_, it)| !it.ended)
            .map(|(name, _)| name.as_str())
            .collect();
        if !open.is_empty() {
            let message = format!("`go test` ended before {} did: {exit}", open.join(", "));
            return Some(Broken::process(message, None));
        }
        let is_red = self.results.values().any(|result| result.outcome.is_bad());
        if exit == Exit::Code(0) || is_red || self.found_no_package() {
            return None;
        }
        let said = match self.complaints.first() {
            Some(first) => format!(": {first}"),
            None => String::new(),
        };
        let message = format!("`go test` ended with {exit}, though no test failed{said}");
        Some(Broken::process(message, Some("the end of its output says why")))
    }
}

impl Reader for GoReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        match serde_json::from_str::<Event>(line) {
            Ok(event) if !event.action.is_empty() => self.event(&event),
            _ => {
                if let Some(package) = event::unbuilt(line) {
                    let package = self.packages.entry(package.to_owned()).or_default();
                    package.unbuilt.get_or_insert_default();
                    package.ended = true;
                }
                vec![RunEvent::Output(self.site.text_to_host(&format!("{line}\n")))]
            }
        }
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        self.builds.line(line);
        let is_news = line.starts_with("go: downloading ") || line.trim().is_empty();
        if !is_news && self.complaints.len() < 8 {
            self.complaints.push(line.trim().to_owned());
        }
        Vec::new()
    }

    fn conclude(&mut self, _: &[ReportFile], exit: Exit) -> Conclusion {
        let silent = |package: &Package| package.unbuilt.is_some() && !package.is_told;
        let is_there = |name: &str| !self.is_missing(name);
        let unbuilt = self.packages.iter().filter(|(name, it)| silent(it) && is_there(name));
        for package in unbuilt.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            let failures = self.build_failures(&package);
            if !failures.is_empty() {
                self.unloaded(&package, failures);
                continue;
            }
            let said = self.said_of_build(&package);
            let first = said.lines().next().unwrap_or("Go does not say why").to_owned();
            if self.known_test_file(&package).is_none() {
                // No test is to blame: an argument was taken for a package, or the other way round.
                self.complaints.insert(0, first);
                continue;
            }
            let failure = Failure {
                message: format!("the package did not build: {first}"),
                detail: said,
                ..self.package_failure(&package)
            };
            self.unloaded(&package, vec![failure]);
        }
        let (broken, warnings) = (self.broken(exit), self.mute());
        Conclusion {
            results: std::mem::take(&mut self.results).into_values().collect(),
            warnings,
            broken,
        }
    }
}

/// Whether nothing is known of why a test failed.
fn has_no_word(result: &TestResult) -> bool {
    result.failures.iter().all(|failure| failure.message == "the test failed")
}
