//! Any command that writes JUnit: the universal framework.

use std::collections::HashMap;
use std::sync::Arc;

use testdock_junit as junit;

use super::{Broken, Conclusion, Exit, Framework, Reader, Source, Suite, TestItem};
use crate::id::TestId;
use crate::model::{Failure, Outcome, RunEvent, TestResult};
use crate::paths::{Files, Finder, Near, RelPath};
use crate::plan::{Candidate, Invocation, Job, ReportFile, Reports, Site};
use crate::report::{Placing, cut_off, duration, failure, is_bad};

/// A command and where it leaves its reports.
#[derive(Debug)]
pub struct Command {
    /// Globs of report files, relative to the suite's root.
    reports: Vec<String>,
}

impl Command {
    /// Its name in the configuration.
    pub const NAME: &'static str = "command";

    /// A command whose reports match these globs, relative to the suite's root.
    pub fn new(reports: Vec<String>) -> Self {
        Self { reports }
    }
}

impl Framework for Command {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn can_select(&self) -> bool {
        false
    }

    /// What a command's tests are is known from its reports only.
    fn is_test_file(&self, _: &Suite, _: &RelPath) -> bool {
        false
    }

    fn discover(&self, _: &Suite, _: &mut Source<'_>) -> Vec<TestItem> {
        Vec::new()
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        let suite = &job.suite;
        let argv = suite.command.clone().unwrap_or_default();
        let globs = self.reports.iter().map(|glob| suite.root.join(glob).to_string()).collect();
        Invocation {
            candidates: vec![Candidate { argv, check: Vec::new() }],
            args: suite.args.iter().chain(&job.args).cloned().collect(),
            env: suite.env.clone(),
            cwd: site.workspace(&suite.root),
            reports: Reports::Workspace(globs),
            remedy: "install it in the image, or correct the suite's `command`".into(),
            ..Invocation::default()
        }
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(CommandReader {
            suite: job.suite.clone(),
            site: site.clone(),
            globs: self.reports.clone(),
            files: Files::default(),
        })
    }
}

const WRITE_JUNIT: &str = "have it write JUnit XML, or correct the suite's `reports`";

struct CommandReader {
    suite: Arc<Suite>,
    site: Site,
    globs: Vec<String>,
    files: Files,
}

impl Reader for CommandReader {
    fn line(&mut self, _: &str) -> Vec<RunEvent> {
        Vec::new()
    }

    fn files(&mut self, files: Files) {
        self.files = files;
    }

    fn conclude(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion {
        let mut conclusion = Conclusion::default();
        let reports_of_tool = reports.iter().map(|file| (file, junit::read(&file.bytes)));
        let read: Vec<_> = reports_of_tool.collect();
        let tool = read.iter().find_map(|(_, (report, _))| report.tool());
        let mut identities = junit::Identities::new(tool);
        let mut known: HashMap<TestId, usize> = HashMap::new();
        for (file, (report, problems)) in &read {
            for case in &report.cases {
                let sighting = identities.next(report, case);
                let result = self.result(report, case, &sighting.identity);
                match known.get(&result.id).filter(|_| sighting.part > 1) {
                    Some(&index) => take_in(&mut conclusion.results[index], result),
                    None => {
                        known.insert(result.id.clone(), conclusion.results.len());
                        conclusion.results.push(result);
                    }
                }
            }
            conclusion.results.extend(self.broken_suites(report));
            self.judge(&file.name, problems, &mut conclusion);
        }
        let none_is_junit = read.iter().all(|(_, (_, problems))| {
            problems.iter().any(|problem| problem.harm == junit::Harm::NotJunit)
        });
        if let Some(message) = conclusion.warnings.pop_if(|_| none_is_junit) {
            conclusion.broken = Some(Broken::process(message, Some(WRITE_JUNIT)));
        } else if conclusion.broken.is_none() {
            conclusion.broken = self.missing(reports, &conclusion.results, exit);
        }
        conclusion
    }
}

/// What of a group's name its file does not say already: `TestCart` of `tests.test_cart.TestCart` in
/// `tests/test_cart.py`.
fn below_file<'g>(group: &'g str, file: &str) -> Option<&'g str> {
    let module = file.rsplit_once('.').map_or(file, |(module, _)| module).replace('/', ".");
    let is_end = |whole: &str, separator: char| {
        let before = whole.strip_suffix(group);
        before.is_some_and(|before| before.is_empty() || before.ends_with(separator))
    };
    if file.is_empty() {
        return Some(group);
    }
    if is_end(file, '/') || is_end(&module, '.') {
        return None;
    }
    let inner = group.strip_prefix(module.as_str()).and_then(|rest| rest.strip_prefix('.'));
    Some(inner.unwrap_or(group))
}

/// A further case that speaks of the same test: the last try decides, and what went wrong after the
/// test is added to what went wrong in it.
fn take_in(known: &mut TestResult, further: TestResult) {
    let is_after = further.failures.iter().any(|failure| failure.message.contains("teardown"));
    let duration = match (known.duration, further.duration) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    };
    match is_after {
        true => {
            known.outcome = if known.outcome.is_bad() { known.outcome } else { further.outcome };
            known.failures.extend(further.failures);
        }
        false => *known = further,
    }
    known.duration = duration;
}

impl CommandReader {
    /// A report that is not whole is not the whole truth; a slighter problem is worth saying.
    fn judge(&self, name: &str, problems: &[junit::Problem], conclusion: &mut Conclusion) {
        let Some(worst) = problems.iter().max_by_key(|problem| problem.harm) else {
            return;
        };
        let message = format!("the report {name} is damaged: {}", worst.message);
        match worst.harm {
            // A pattern may match other files beside the reports.
            junit::Harm::NotJunit => conclusion.warnings.push(format!("{name}: {}", worst.message)),
            junit::Harm::Slight => conclusion.warnings.push(message),
            _ => {
                let help = "the command may have died while it wrote it: the end of its output may say why";
                conclusion.broken = Some(Broken::process(message, Some(help)));
            }
        }
    }

    /// A command that leaves no report, or fails without a failing test, has not told the truth.
    fn missing(
        &self,
        reports: &[ReportFile],
        results: &[TestResult],
        exit: Exit,
    ) -> Option<Broken> {
        let ended = match exit {
            Exit::Code(code) => format!("ended with exit code {code}"),
            Exit::Signal(signal) => format!("was killed by signal {signal}"),
        };
        if reports.is_empty() {
            let globs = self.globs.join("`, `");
            let message = format!("the command {ended} and wrote no report that matches `{globs}`");
            return Some(Broken::process(message, Some(WRITE_JUNIT)));
        }
        let red = results.iter().any(|result| result.outcome.is_bad());
        (exit != Exit::Code(0) && !red).then(|| {
            let message = format!("the command {ended}, though its report shows no failure");
            Broken::process(message, Some("the end of its output may say why"))
        })
    }

    fn result(
        &self,
        report: &junit::Report<'_>,
        case: &junit::Case<'_>,
        identity: &junit::Identity,
    ) -> TestResult {
        let suite = case.suite.and_then(|id| report.suites.get(id.index()));
        let mut result = TestResult::new(self.id(case, suite, identity), case.outcome().into());
        result.duration = duration(case);
        result.output =
            case.system_out.as_deref().map(|text| self.site.text_to_host(text)).unwrap_or_default();
        for status in &case.statuses {
            let of = junit::Failure { status, case: Some(case), suite };
            if !is_bad(status) {
                let reason = self.site.text_to_host(status.message.as_deref().unwrap_or_default());
                result.reason = Some(reason).filter(|reason| !reason.is_empty());
            } else if result.outcome.is_bad() {
                result.failures.push(self.failure(of));
            }
        }
        result.failures.extend(cut_off(case));
        result
    }

    /// A suite that failed as a whole, outside of any test.
    fn broken_suites(&self, report: &junit::Report<'_>) -> Vec<TestResult> {
        let result = |suite: &junit::Suite<'_>| {
            let of = |status| junit::Failure { status, case: None, suite: Some(suite) };
            let bad = suite.statuses.iter().filter(|status| is_bad(status));
            let failures: Vec<Failure> = bad.map(|status| self.failure(of(status))).collect();
            let id = TestId {
                suite: self.suite.name.clone(),
                names: suite.name.iter().map(|name| name.to_string()).collect(),
                ..TestId::of_file(self.file(suite.file.as_deref()).unwrap_or_default())
            };
            (!failures.is_empty())
                .then(|| TestResult { failures, ..TestResult::new(id, Outcome::Errored) })
        };
        report.suites.iter().filter_map(result).collect()
    }

    /// The file is told by names only, never by a failure: a test that passes has the same id.
    fn id(
        &self,
        case: &junit::Case<'_>,
        suite: Option<&junit::Suite<'_>>,
        identity: &junit::Identity,
    ) -> TestId {
        let stated = case.file.as_deref().or_else(|| suite?.file.as_deref());
        let named = [case.classname.as_deref(), suite.and_then(|suite| suite.name.as_deref())];
        let named = || named.into_iter().flatten().find_map(|name| self.finder().find_class(name));
        let file = self.file(stated).or_else(named).unwrap_or_default();
        let groups = identity.groups.iter().filter_map(|group| below_file(group, file.as_str()));
        TestId {
            suite: self.suite.name.clone(),
            names: groups.chain([identity.name.as_str()]).map(str::to_owned).collect(),
            case: (identity.ordinal > 1).then(|| format!("#{}", identity.ordinal)),
            ..TestId::of_file(file)
        }
    }

    fn failure(&self, of: junit::Failure<'_>) -> Failure {
        let located = Placing::Only(self.finder()).located(&junit::locate(of), of.case, of.suite);
        failure(of.status, located, |text| self.site.text_to_host(text))
    }

    fn file(&self, written: Option<&str>) -> Option<RelPath> {
        self.finder().find(&junit::path_of(written?)?, Near::default())
    }

    fn finder(&self) -> Finder<'_> {
        self.site.finder(&self.files, &self.suite.root)
    }
}

#[cfg(test)]
mod tests;
