//! Follows a pytest session: the helper's events while it runs, the JUnit report at its end.

use std::collections::BTreeMap;
use std::time::Duration;

use testdock_junit as junit;

use super::event::{Event, Finish, Word, laid_out};
use crate::frameworks::{Broken, Conclusion, Exit, Reader, Suite};
use crate::id::TestId;
use crate::model::{Failure, Fault, Outcome, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile, Site};
use std::sync::Arc;

/// The property that carries a case's node id in a report that the helper has written.
const ID_PROPERTY: &str = "testdock.id";

pub(super) struct PytestReader {
    suite: Arc<Suite>,
    site: Site,
    /// What node ids are relative to, in the workspace.
    root: RelPath,
    /// What the project puts before the class names of the report.
    prefix: Option<String>,
    live: BTreeMap<TestId, TestResult>,
    /// Whether a test began.
    has_begun: bool,
    internal_error: Option<String>,
    /// A selected test or file that there is none of, as pytest names it.
    not_found: Option<String>,
    end: Option<End>,
    warnings: Vec<String>,
}

struct End {
    status: i32,
    cut: bool,
}

impl PytestReader {
    pub(super) fn new(job: &Job, site: &Site) -> Self {
        Self {
            suite: job.suite.clone(),
            site: site.clone(),
            root: job.suite.root.clone(),
            prefix: None,
            live: BTreeMap::new(),
            has_begun: false,
            internal_error: None,
            not_found: None,
            end: None,
            warnings: Vec::new(),
        }
    }

    fn event(&mut self, event: Event) -> Option<RunEvent> {
        match event {
            Event::Session { rootdir, junit_prefix } => {
                self.prefix = junit_prefix.filter(|prefix| !prefix.is_empty());
                let host = self.site.paths.to_host(&rootdir);
                if let Some(root) = host.and_then(|host| RelPath::below(&self.site.root, &host)) {
                    self.root = root;
                }
                None
            }
            Event::Collected { n } => Some(RunEvent::Collected(n)),
            Event::Start { id } => {
                self.has_begun = true;
                Some(RunEvent::TestStarted(self.test_id(&id)))
            }
            Event::Finish(finish) | Event::CollectError(finish) => {
                let result = self.result(&finish);
                self.live.insert(result.id.clone(), result.clone());
                Some(RunEvent::TestFinished(Box::new(result)))
            }
            Event::InternalError { message, detail } => {
                self.internal_error = Some(message);
                (!detail.is_empty()).then(|| RunEvent::Output(self.site.text_to_host(&detail)))
            }
            Event::Problem { during, message } => {
                self.warnings
                    .push(format!("the pytest helper could not tell of a {during}: {message}"));
                None
            }
            Event::End { exitstatus, cut } => {
                self.end = Some(End { status: exitstatus, cut });
                None
            }
        }
    }

    fn result(&self, finish: &Finish) -> TestResult {
        let status = &finish.status;
        let mut result = TestResult::new(self.test_id(&finish.id), status.outcome.into());
        result.duration = finish.duration.and_then(seconds);
        if result.outcome.is_bad() {
            result.failures.push(status.failure(&self.site));
            let subtests = finish.subtests.iter().filter(|s| s.outcome == Word::Failed);
            for further in finish.others.iter().chain(subtests) {
                let failure = further.failure(&self.site);
                if !result
                    .failures
                    .iter()
                    .any(|known| known.place == failure.place && known.message == failure.message)
                {
                    result.failures.push(failure);
                }
            }
        } else {
            let reason = status.xfail.as_ref().map(|reason| match reason.as_str() {
                "" => "expected to fail".to_owned(),
                reason => format!("expected to fail: {reason}"),
            });
            result.reason =
                reason.or_else(|| Some(status.message().to_owned())).filter(|r| !r.is_empty());
        }
        let printed = [finish.stdout.as_deref(), finish.stderr.as_deref()];
        let printed: String = printed.into_iter().flatten().collect();
        result.output = self.site.text_to_host(&printed);
        result
    }

    /// The id of a node: `tests/test_a.py::TestC::test_x[case]`, relative to pytest's root.
    fn test_id(&self, node: &str) -> TestId {
        let (file, names) = node.split_once("::").unwrap_or((node, ""));
        let mut id = self.suite.of_file(self.root.join(file));
        let (names, case) = match names.split_once('[').filter(|_| names.ends_with(']')) {
            Some((names, case)) => (names, Some(case[..case.len() - 1].to_owned())),
            None => (names, None),
        };
        id.names = names.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        id.case = case;
        id
    }

    /// The verdict where a whole report is there: its outcomes, with the places that only the helper
    /// could see.
    fn merge(&mut self, report: &junit::Report<'_>) -> Vec<TestResult> {
        let mut results: BTreeMap<TestId, TestResult> = BTreeMap::new();
        // A case without a name is a test that was under way when the session was interrupted.
        for case in report.cases.iter().filter(|case| is_named(case)) {
            let result = self.case_result(case);
            match results.get_mut(&result.id) {
                // A second case of a test is its teardown's error.
                Some(known) => absorb(known, result),
                None => {
                    results.insert(result.id.clone(), result);
                }
            }
        }
        for (id, live) in std::mem::take(&mut self.live) {
            match results.get_mut(&id) {
                Some(known) => refine(known, live),
                // What did not load is in no report under a name that could be matched for sure.
                None if id.names.is_empty() => {
                    results.insert(id, live);
                }
                None => {}
            }
        }
        results.into_values().collect()
    }

    fn case_result(&self, case: &junit::Case<'_>) -> TestResult {
        let mut result = TestResult::new(self.case_id(case), case.outcome().into());
        result.duration = case.time.and_then(seconds);
        for status in &case.statuses {
            let message = status.message.as_deref().unwrap_or_default().to_owned();
            match status.kind {
                junit::StatusKind::Skipped => result.reason = Some(message),
                _ if result.outcome.is_bad() => result.failures.push(Failure {
                    kind: status.type_.as_deref().unwrap_or_default().to_owned(),
                    message: self.site.text_to_host(&message),
                    detail: self.site.text_to_host(&laid_out(&status.text)),
                    ..Failure::default()
                }),
                _ => {}
            }
        }
        result
    }

    fn case_id(&self, case: &junit::Case<'_>) -> TestId {
        let property = case.properties.iter().find(|property| property.name == ID_PROPERTY);
        if let Some(property) = property {
            return self.test_id(&property.value);
        }
        let classname = self.without_prefix(case.classname.as_deref().unwrap_or_default());
        let name = case.name.as_deref().unwrap_or_default();
        let dotted = |id: &TestId| dotted(&self.root, id);
        let known =
            self.live.keys().find(|id| dotted(id) == (classname.to_owned(), name.to_owned()));
        known.cloned().unwrap_or_else(|| self.guessed_id(classname, name))
    }

    fn without_prefix<'c>(&self, classname: &'c str) -> &'c str {
        let rest = self.prefix.as_deref().and_then(|prefix| classname.strip_prefix(prefix));
        rest.map_or(classname, |rest| rest.strip_prefix('.').unwrap_or(rest))
    }

    /// The id of a case that nobody has named: a module's path in dots, then its classes.
    fn guessed_id(&self, classname: &str, name: &str) -> TestId {
        if classname.is_empty() {
            return self.test_id(&format!("{}.py", name.replace('.', "/")));
        }
        let parts: Vec<&str> = classname.split('.').collect();
        let is_class = |part: &&str| part.starts_with(|c: char| c.is_uppercase());
        let module = parts.iter().position(is_class).unwrap_or(parts.len());
        let names: String = parts[module..].iter().map(|class| format!("{class}::")).collect();
        self.test_id(&format!("{}.py::{names}{name}", parts[..module].join("/")))
    }

    /// pytest says that something is wrong, and no test says what: an interrupted session, a plugin that
    /// fails the run for its own reasons, such as coverage below its limit. Or it says that all is well
    /// (`pytest.exit` may say what it likes), and has not come to its end.
    fn unexplained(&self, exit: Exit, results: &[TestResult]) -> Option<Broken> {
        let nothing_ran = matches!(exit, Exit::Code(0 | 5)) && results.is_empty();
        let is_cut = self.end.as_ref().is_some_and(|end| end.cut);
        let is_red = results.iter().any(|result| result.outcome.is_bad());
        let message = match exit {
            _ if nothing_ran || is_red => return None,
            Exit::Code(0) if is_cut => "pytest stopped before all tests had run".to_owned(),
            Exit::Code(0) => return None,
            exit => format!("pytest ended{}, though no test failed", code_words(exit)),
        };
        let help = "the end of its output says why: an interrupted session, or a plugin";
        Some(Broken { fault: Fault::Process, message, help: Some(help.into()) })
    }

    /// What is wrong with a session that has left no whole report.
    fn broken(&self, exit: Exit, report: Option<&[junit::Problem]>) -> Option<Broken> {
        if let Some(message) = &self.internal_error {
            let message = format!("pytest itself failed: {message}");
            return Some(Broken {
                fault: Fault::Process,
                message,
                help: Some(
                    "the output shows where; a plugin of the project may be at fault".into(),
                ),
            });
        }
        match (&self.end, exit) {
            (Some(End { status: 4, .. }), _) | (None, Exit::Code(4)) if self.live.is_empty() => {
                let (fault, message) = match &self.not_found {
                    Some(what) => {
                        (Fault::NoTests, format!("no test ran: pytest does not find {what}"))
                    }
                    None => (
                        Fault::Configuration,
                        "pytest could not start: it refused its command line or a selected test"
                            .into(),
                    ),
                };
                Some(Broken {
                    fault,
                    message,
                    help: Some("`testdock discover` lists the tests".into()),
                })
            }
            (Some(End { cut: false, .. }), _) if report.is_none() => None,
            (Some(_), _) => report.and_then(<[_]>::first).map(|problem| Broken {
                fault: Fault::Process,
                message: format!("the report of pytest is damaged: {}", problem.message),
                help: None,
            }),
            (None, exit) => Some(Broken {
                fault: Fault::Process,
                message: format!("the test process ended{} before pytest did", code_words(exit)),
                help: matches!(exit, Exit::Code(_)).then(|| match self.has_begun {
                    true => {
                        "the last test that began may have ended the interpreter (os._exit)".into()
                    }
                    false => "no test had begun: the output shows what went wrong before".into(),
                }),
            }),
        }
    }
}

impl Reader for PytestReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        let event = serde_json::from_str(line).ok().and_then(|event| self.event(event));
        event.into_iter().collect()
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        const WORDS: [&str; 2] = ["ERROR: not found: ", "ERROR: file or directory not found: "];
        let what = WORDS.iter().find_map(|words| line.strip_prefix(words));
        if let (Some(what), None) = (what, &self.not_found) {
            self.not_found = Some(self.site.text_to_host(what.trim()));
        }
        Vec::new()
    }

    fn conclude(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion {
        let report = reports.first().map(|file| junit::read(&file.bytes));
        let problems = report.as_ref().map(|(_, problems)| problems.as_slice());
        let broken = self.broken(exit, problems);
        let whole = report.filter(|(_, problems)| problems.is_empty() && broken.is_none());
        let results = match whole {
            Some((report, _)) => self.merge(&report),
            None => std::mem::take(&mut self.live).into_values().collect(),
        };
        Conclusion {
            broken: broken.or_else(|| self.unexplained(exit, &results)),
            results,
            warnings: std::mem::take(&mut self.warnings),
        }
    }
}

fn is_named(case: &junit::Case<'_>) -> bool {
    let has_id = case.properties.iter().any(|property| property.name == ID_PROPERTY);
    has_id || case.name.as_deref().is_some_and(|name| !name.is_empty())
}

/// How the process ended, as far as the signal that the engine names does not say it.
fn code_words(exit: Exit) -> String {
    match exit {
        Exit::Code(_) => format!(" with {exit}"),
        Exit::Signal(_) => String::new(),
    }
}

/// A test's teardown went wrong after the test itself was reported.
fn absorb(known: &mut TestResult, further: TestResult) {
    known.outcome = match (known.outcome, further.outcome) {
        (Outcome::Failed, _) | (_, Outcome::Failed) => Outcome::Failed,
        (Outcome::Errored, _) | (_, Outcome::Errored) => Outcome::Errored,
        (Outcome::Passed, Outcome::Passed) => Outcome::Passed,
        (Outcome::Skipped, other) | (other, Outcome::Skipped) => other,
    };
    known.failures.extend(further.failures);
    known.duration = match (known.duration, further.duration) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    };
}

/// The report's outcome, told in the helper's better words where they speak of the same end.
fn refine(known: &mut TestResult, live: TestResult) {
    let agree = known.outcome.is_bad() == live.outcome.is_bad();
    if agree {
        known.outcome = live.outcome;
        known.failures = live.failures;
        known.reason = live.reason.or(known.reason.take());
    }
    // What did not load took no time that anybody measured.
    known.duration = live.duration.or(known.duration).filter(|_| !known.id.names.is_empty());
    known.output = live.output;
}

fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// Class name and name as pytest's JUnit report gives them.
fn dotted(root: &RelPath, id: &TestId) -> (String, String) {
    let file = id.file.strip(root).unwrap_or(id.file.as_str());
    let module = file.strip_suffix(".py").unwrap_or(file).replace('/', ".");
    match id.names.split_last() {
        None => (String::new(), module),
        Some((name, classes)) => {
            let classname =
                std::iter::once(module.as_str()).chain(classes.iter().map(String::as_str));
            let case = id.case.as_ref().map(|case| format!("[{case}]")).unwrap_or_default();
            (classname.collect::<Vec<_>>().join("."), format!("{name}{case}"))
        }
    }
}
