//! Follows `cargo test` and `cargo nextest`: what the test library tells while tests run, and what it comes
//! to at their end.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use regex::Regex;
use serde::Deserialize;

use super::build::Build;
use super::examples::{self, Examples, Spoken};
use super::failure::Scene;
use super::packages::{Packages, Target, TargetKind};
use super::places;
use crate::frameworks::text::tail;
use crate::frameworks::{Broken, Conclusion, Exit, Known, Reader, Suite};
use crate::id::TestId;
use crate::model::{Failure, Outcome, Place, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile, Site};

const ABANDONED: &str = "the tests' process ended while this one ran";

/// One line: of Cargo, of our runner, of the test library or of nextest.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event {
    reason: String,
    executable: Option<String>,
    target: Option<Built>,
    code: Option<i32>,
    #[serde(rename = "type")]
    kind: String,
    event: String,
    name: String,
    exec_time: Option<f64>,
    stdout: String,
    message: Option<serde_json::Value>,
    nextest: Option<Binary>,
    passed: usize,
    failed: usize,
    ignored: usize,
}

/// A program, as nextest tells of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Binary {
    #[serde(rename = "crate")]
    package: String,
    test_binary: String,
    kind: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Built {
    src_path: String,
}

/// A program of tests that runs.
#[derive(Debug, Clone)]
struct Program {
    path: String,
    target: Target,
    package: RelPath,
}

pub(super) struct RustReader {
    job: Job,
    suite: Arc<Suite>,
    site: Site,
    packages: Packages,
    known: Known,
    /// The first file of each program, by its path.
    built: HashMap<String, String>,
    current: Option<Program>,
    /// What the current program printed, where it is one test.
    printed: String,
    /// What Cargo says of programs that a signal ended: how they were called, and the signal's name.
    killed: Vec<(String, String)>,
    /// The tests in the middle of which a program ended, by its path.
    abandoned: Vec<(String, TestId)>,
    /// The kind of the program that nextest calls by a package and a name.
    kinds: HashMap<(String, String), TargetKind>,
    /// What ended tests from outside, by the last part of their paths.
    ends: Vec<(String, String)>,
    /// With what nextest calls their programs.
    running: BTreeMap<TestId, String>,
    examples: Examples,
    build: Build,
    results: BTreeMap<TestId, TestResult>,
}

impl RustReader {
    pub(super) fn new(packages: &Packages, job: &Job, site: &Site) -> Self {
        Self {
            job: job.clone(),
            suite: job.suite.clone(),
            site: site.clone(),
            packages: packages.clone(),
            known: job.known.clone(),
            built: HashMap::new(),
            current: None,
            printed: String::new(),
            killed: Vec::new(),
            abandoned: Vec::new(),
            kinds: HashMap::new(),
            ends: Vec::new(),
            running: BTreeMap::new(),
            examples: Examples::default(),
            build: Build::default(),
            results: BTreeMap::new(),
        }
    }

    fn event(&mut self, event: Event) -> Vec<RunEvent> {
        match (event.reason.as_str(), event.kind.as_str()) {
            ("compiler-artifact", _) => {
                if let (Some(program), Some(target)) = (event.executable, event.target) {
                    self.built.insert(program, target.src_path);
                }
                Vec::new()
            }
            ("testdock-runs", _) => {
                let abandoned = self.abandon();
                self.printed.clear();
                self.current = event.executable.and_then(|program| self.program(&program));
                abandoned
            }
            ("testdock-ran", _) => self.bare(event.code.unwrap_or(1)),
            (_, "suite") => {
                let mut ignored = Vec::new();
                if let Some(Binary { package, test_binary, kind }) = event.nextest {
                    if event.event == "ok" && event.passed + event.failed == 0 {
                        ignored = self.ignored(&package, &test_binary, event.ignored);
                    }
                    let kind = match kind.as_str() {
                        "lib" | "proc-macro" => TargetKind::Lib,
                        "bin" => TargetKind::Bin,
                        _ => TargetKind::Test,
                    };
                    self.kinds.insert((package, test_binary), kind);
                }
                ignored
            }
            (_, "test") => self.test(&event).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The tests of a program that ended well and without a word of them: nextest says of none that it is ignored
    /// where it runs no other. It counts those that were not asked for too. Another program of the same name may still
    /// run its own: they are more than are ignored, then.
    fn ignored(&mut self, package: &str, binary: &str, count: usize) -> Vec<RunEvent> {
        let is_own = |spoken: &str| match spoken.split_once("::") {
            Some(spoken) => spoken == (package, binary),
            None => spoken == package && spoken == binary,
        };
        let ids = self.running.iter().filter(|(_, spoken)| is_own(spoken)).map(|(id, _)| id);
        let mut ids: Vec<TestId> = ids.cloned().collect();
        if ids.len() > count {
            ids.clear();
        }
        ids.iter().for_each(|id| drop(self.running.remove(id)));
        ids.into_iter().map(|id| self.finished(TestResult::new(id, Outcome::Skipped))).collect()
    }

    fn program(&self, executable: &str) -> Option<Program> {
        let host = self.site.paths.to_host(self.built.get(executable)?)?;
        let root = RelPath::below(&self.site.root, &host)?;
        let (package, target) = self.packages.targets_of(&root).into_iter().next()?;
        let path = executable.to_owned();
        Some(Program { path, target: target.clone(), package: package.dir.clone() })
    }

    /// A program without the test library is one test.
    fn bare(&mut self, code: i32) -> Vec<RunEvent> {
        let Some(program) = self.current.take() else {
            return Vec::new();
        };
        let id = places::resolve(&program.target, &self.known, "main");
        let id = TestId { suite: self.suite.name.clone(), ..id };
        let mut result =
            TestResult::new(id, if code == 0 { Outcome::Passed } else { Outcome::Failed });
        let printed = std::mem::take(&mut self.printed);
        if code != 0 {
            let definition = self.known.place(&result.id, &self.site.root);
            let scene = self.scene(&program.package, definition.as_ref());
            let failure = scene.panic(&printed).unwrap_or_else(|| Failure {
                message: format!("the program ended with exit code {code}"),
                detail: self.site.text_to_host(tail(printed.trim_end())),
                place: definition.clone(),
                ..Failure::default()
            });
            result.failures.push(failure);
        }
        result.output = self.site.text_to_host(tail(&printed));
        vec![self.finished(result)]
    }

    fn test(&mut self, event: &Event) -> Option<RunEvent> {
        let (program, path) = self.spoken(&event.name)?;
        let id = places::resolve(&program.target, &self.known, &path);
        let id = TestId { suite: self.suite.name.clone(), ..id };
        // Nextest tells of ignored ones whether they were asked for or not.
        if matches!(event.event.as_str(), "started" | "ignored") && !self.job.selects(&id) {
            return None;
        }
        let outcome = match event.event.as_str() {
            "started" => {
                let binary = event.name.split('$').next().unwrap_or_default();
                self.running.insert(id.clone(), binary.to_owned());
                return Some(RunEvent::TestStarted(id));
            }
            "ok" => Outcome::Passed,
            "failed" => Outcome::Failed,
            "ignored" => Outcome::Skipped,
            _ => return None,
        };
        self.running.remove(&id);
        let message = event.message.as_ref().and_then(serde_json::Value::as_str);
        let mut result = TestResult::new(id, outcome);
        result.duration = event.exec_time.and_then(|it| Duration::try_from_secs_f64(it).ok());
        result.output = self.site.text_to_host(tail(&event.stdout));
        match outcome {
            Outcome::Skipped => result.reason = message.map(str::to_owned),
            Outcome::Failed => {
                let definition = self.known.place(&result.id, &self.site.root);
                let scene = self.scene(&program.package, definition.as_ref());
                result.failures.push(scene.failure(&event.stdout, message));
            }
            Outcome::Passed | Outcome::Errored => {}
        }
        Some(self.finished(result))
    }

    /// Of a test whose process was ended, its output does not say why it failed.
    fn say_what_ended(&mut self) {
        for (call, signal) in std::mem::take(&mut self.killed) {
            let is_it = |path: &str| call.split(' ').any(|word| word == path);
            for (_, id) in self.abandoned.iter().filter(|(path, _)| is_it(path)) {
                let failures = self.results.get_mut(id).into_iter().flat_map(|it| &mut it.failures);
                failures.for_each(|it| it.message = format!("{ABANDONED}: {signal}"));
            }
        }
        for (path, how) in std::mem::take(&mut self.ends) {
            let ended = |result: &&mut TestResult| {
                let name = result.id.names.join("::");
                result.outcome.is_bad() && (path == name || path.ends_with(&format!("::{name}")))
            };
            let failures = self.results.values_mut().filter(ended).flat_map(|it| &mut it.failures);
            for failure in failures.filter(|failure| failure.frames.is_empty()) {
                failure.message.clone_from(&how);
            }
        }
    }

    /// The program and the path of a test: nextest says both in its name.
    fn spoken(&self, name: &str) -> Option<(Program, String)> {
        let Some((binary, path)) = name.split_once('$') else {
            return Some((self.current.clone()?, name.to_owned()));
        };
        let (package, target) = binary.split_once("::").unwrap_or((binary, binary));
        // Where it was tried again, the number follows.
        let path = path
            .rsplit_once('#')
            .filter(|(_, count)| count.parse::<u32>().is_ok())
            .map_or(path, |it| it.0);
        let kind = self.kinds.get(&(package.to_owned(), target.to_owned()));
        let mut targets = self.packages.named(package, target);
        let target = targets.find(|target| kind.is_none_or(|kind| target.kind == *kind))?;
        let dir = self.packages.own.iter().find(|it| it.name == package)?.dir.clone();
        let program = Program { path: String::new(), target: target.clone(), package: dir };
        Some((program, path.to_owned()))
    }

    fn with_suite(&self, id: TestId) -> TestId {
        TestId { suite: self.suite.name.clone(), ..id }
    }

    fn finished(&mut self, result: TestResult) -> RunEvent {
        // A module may be part of several programs: where it fails in one it failed.
        let known = self.results.get(&result.id).filter(|known| known.outcome.is_bad());
        let told = known.cloned().unwrap_or(result);
        self.results.insert(told.id.clone(), told.clone());
        RunEvent::TestFinished(Box::new(told))
    }

    /// Tests that a program did not come to the end of.
    fn abandon(&mut self) -> Vec<RunEvent> {
        let running = std::mem::take(&mut self.running);
        if let Some(program) = &self.current {
            self.abandoned.extend(running.keys().map(|id| (program.path.clone(), id.clone())));
        }
        let abandoned = running.into_keys().map(|id| {
            let place = self.known.place(&id, &self.site.root);
            let message = ABANDONED.to_owned();
            let failures = vec![Failure { message, place, ..Failure::default() }];
            TestResult { failures, ..TestResult::new(id, Outcome::Errored) }
        });
        let abandoned: Vec<TestResult> = abandoned.collect();
        abandoned.into_iter().map(|result| self.finished(result)).collect()
    }

    fn example(&mut self, spoken: &Spoken, outcome: Outcome) -> TestResult {
        let file = places::file(&self.packages, &self.suite.root, &spoken.file, &self.known);
        let item = examples::item(spoken, self.known.in_file(&file));
        let id = item.map(|item| item.id.clone()).unwrap_or_else(|| {
            let names = vec![examples::name(&spoken.path, 1)];
            self.with_suite(TestId { names, ..TestId::of_file(file) })
        });
        TestResult::new(id, outcome)
    }

    fn failed_examples(&mut self) {
        for (spoken, text) in self.examples.failed() {
            let mut result = self.example(&spoken, Outcome::Failed);
            let path = result.id.file.on(&self.site.root);
            let definition = Place { path, line: spoken.line, column: None };
            let package =
                self.packages.of_file(&result.id.file).map(|it| it.dir.clone()).unwrap_or_default();
            let failure = self.scene(&package, Some(&definition)).failure(&text, None);
            let mut build = Build::default();
            text.lines().for_each(|line| build.line(line));
            let unbuilt = build.failures(&self.site, &self.suite.root).remove(&result.id.file);
            // A panic counts lines of a file that was made of the example.
            let told = Failure { place: Some(definition), frames: Vec::new(), ..failure };
            result.failures = unbuilt.unwrap_or_else(|| vec![told]);
            result.output = self.site.text_to_host(tail(&text));
            self.results.insert(result.id.clone(), result);
        }
    }

    fn scene<'s>(&'s self, package: &'s RelPath, definition: Option<&'s Place>) -> Scene<'s> {
        Scene { site: &self.site, workspace: &self.suite.root, package, definition }
    }

    fn broken(&self, exit: Exit) -> Option<Broken> {
        let is_red = self.results.values().any(|result| result.outcome.is_bad());
        // Nextest ends so where nothing was to run.
        let is_idle = self.results.values().all(|it| it.outcome == Outcome::Skipped);
        if exit == Exit::Code(0) || is_red || (exit == Exit::Code(4) && is_idle) {
            return None;
        }
        let said = self.build.complaint().map(|first| format!(": {first}")).unwrap_or_default();
        let message = format!("`cargo` ended with {exit}, though no test failed{said}");
        Some(Broken::process(message, Some("the end of its output says why")))
    }
}

/// The event that a line ends with: a test may have printed something before it.
fn event(line: &str) -> Option<(&str, Event)> {
    let starts = [r#"{ "type": ""#, r#"{"type":""#, r#"{"reason":""#];
    let at = starts.iter().filter_map(|start| line.find(start)).min()?;
    let event = serde_json::from_str(&line[at..]).ok()?;
    Some((&line[..at], event))
}

impl Reader for RustReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        let Some((before, event)) = event(line) else {
            if self.current.as_ref().is_some_and(|program| program.target.is_bare) {
                self.printed.push_str(line);
                self.printed.push('\n');
            }
            let told = self.examples.line(line);
            let output = RunEvent::Output(self.site.text_to_host(&format!("{line}\n")));
            let finished = told.map(|(spoken, outcome)| {
                let result = self.example(&spoken, outcome);
                self.finished(result)
            });
            return [output].into_iter().chain(finished).collect();
        };
        let before = (!before.is_empty()).then(|| RunEvent::Output(self.site.text_to_host(before)));
        let events = self.event(event);
        before.into_iter().chain(events).collect()
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        static ENDED: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"^ *(SIG[A-Z0-9]+|ABORT|TIMEOUT) \[.*?\] +(?:\(.*?\) +)?\S+ (\S+)$";
            Regex::new(pattern).expect("a pattern")
        });
        static KILLED: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"process didn't exit successfully: `(.*)` \(signal: \d+, (SIG[A-Z0-9]+)";
            Regex::new(pattern).expect("a pattern")
        });
        self.build.line(line);
        if let Some(found) = KILLED.captures(line) {
            self.killed.push((found[1].to_owned(), found[2].to_owned()));
        }
        if let Some(found) = ENDED.captures(line) {
            let how = match &found[1] {
                "TIMEOUT" => "it took too long".to_owned(),
                "ABORT" => "its process was aborted".to_owned(),
                signal => format!("its process was ended by {signal}"),
            };
            self.ends.push((found[2].to_owned(), how));
        }
        Vec::new()
    }

    fn conclude(&mut self, _: &[ReportFile], exit: Exit) -> Conclusion {
        drop(self.abandon());
        self.failed_examples();
        self.say_what_ended();
        for (file, failures) in self.build.failures(&self.site, &self.suite.root) {
            let id = self.with_suite(TestId::of_file(file));
            let result = TestResult { failures, ..TestResult::new(id.clone(), Outcome::Errored) };
            self.results.insert(id, result);
        }
        let broken = self.broken(exit);
        Conclusion {
            results: std::mem::take(&mut self.results).into_values().collect(),
            warnings: Vec::new(),
            broken,
        }
    }
}
