//! Any command that writes JUnit: the universal framework.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use testdock_junit as junit;

use super::{Broken, Conclusion, Exit, Framework, Reader, Source, Suite, TestItem};
use crate::id::TestId;
use crate::model::{Failure, Fault, Frame, Place, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Candidate, Invocation, Job, ReportFile, Reports, Site};

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
        })
    }
}

struct CommandReader {
    suite: Arc<Suite>,
    site: Site,
    globs: Vec<String>,
}

impl Reader for CommandReader {
    fn line(&mut self, _: &str) -> Vec<RunEvent> {
        Vec::new()
    }

    fn conclude(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion {
        let mut conclusion = Conclusion::default();
        let mut ordinals = HashMap::new();
        for file in reports {
            let (report, problems) = junit::read(&file.bytes);
            let cases = report.cases.iter();
            conclusion.results.extend(cases.map(|case| self.result(&report, case, &mut ordinals)));
            if let Some(problem) = problems.first() {
                let message = format!("the report {} is damaged: {}", file.name, problem.message);
                conclusion.broken = Some(Broken {
 fault: Fault::Process,
                    message,
                    help: Some(
                        "the command may have died while it wrote it: the end of its output may say why"
                            .into(),
                    ),
                });
            }
        }
        if conclusion.broken.is_none() {
            conclusion.broken = self.missing(reports, &conclusion.results, exit);
        }
        conclusion
    }
}

impl CommandReader {
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
            return Some(Broken {
                fault: Fault::Process,
                message: format!("the command {ended} and wrote no report that matches `{globs}`"),
                help: Some("have it write JUnit XML, or correct the suite's `reports`".into()),
            });
        }
        let red = results.iter().any(|result| result.outcome.is_bad());
        (exit != Exit::Code(0) && !red).then(|| Broken {
            fault: Fault::Process,
            message: format!("the command {ended}, though its report shows no failure"),
            help: Some("the end of its output may say why".into()),
        })
    }

    fn result(
        &self,
        report: &junit::Report<'_>,
        case: &junit::Case<'_>,
        ordinals: &mut HashMap<TestId, usize>,
    ) -> TestResult {
        let suites = case.suite.map(|suite| report.suite_path(suite)).unwrap_or_default();
        let mut id = self.id(case, &suites);
        let ordinal = ordinals.entry(id.clone()).or_insert(0);
        *ordinal += 1;
        if *ordinal > 1 {
            id.case = Some(format!("#{ordinal}"));
        }
        let mut result = TestResult::new(id, case.outcome().into());
        result.duration = case.time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        result.output = case.system_out.as_deref().map(|text| self.host(text)).unwrap_or_default();
        for status in &case.statuses {
            let message = status.message.as_deref().unwrap_or_default();
            if status.kind == junit::StatusKind::Skipped {
                result.reason = Some(self.host(message)).filter(|reason| !reason.is_empty());
            } else if result.outcome.is_bad() {
                result.failures.push(self.failure(report.locate(case, status), case, status));
            }
        }
        result
    }

    fn id(&self, case: &junit::Case<'_>, suites: &[&str]) -> TestId {
        let mut names: Vec<String> = suites.iter().map(|&name| name.to_owned()).collect();
        names.extend(case.classname.as_deref().map(str::to_owned));
        names.dedup();
        names.extend(case.name.as_deref().map(str::to_owned));
        let file = case.file.as_deref().and_then(|file| self.file(file));
        let file = file.and_then(|path| RelPath::below(&self.site.root, &path));
        TestId {
            suite: self.suite.name.clone(),
            names,
            ..TestId::of_file(file.unwrap_or_default())
        }
    }

    fn failure(
        &self,
        at: junit::Location,
        case: &junit::Case<'_>,
        status: &junit::Status<'_>,
    ) -> Failure {
        let own = case.file.as_deref();
        let text = self.host(&status.text);
        let message = status.message.as_deref().map(|message| self.host(message));
        let first = || text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().to_owned();
        let frames = at.frames.iter().filter_map(|frame| self.place(frame, own));
        Failure {
            kind: status.type_.as_deref().unwrap_or_default().to_owned(),
            message: message.filter(|m| !m.trim().is_empty()).unwrap_or_else(first),
            // Where the test stands is better than nowhere.
            place: at.place.or(at.definition).and_then(|place| self.place(&place, own)),
            frames: frames.map(|place| Frame { place, name: String::new() }).collect(),
            detail: text,
            diff: None,
        }
    }

    /// A place as the tool wrote it. A bare file name may be any file of that name, unless it is the
    /// `own` one that the case gives.
    fn place(&self, place: &junit::Place, own: Option<&str>) -> Option<Place> {
        let is_certain = place.path.contains('/') || own == Some(&place.path);
        let path = self.file(&place.path).filter(|_| is_certain)?;
        Some(Place { path, line: place.line, column: place.column })
    }

    /// A file as the tool names it: absolute in the container, or relative to where it ran.
    fn file(&self, path: &str) -> Option<camino::Utf8PathBuf> {
        if path.starts_with('/') {
            let host = self.site.paths.to_host(path)?;
            return host.starts_with(&self.site.root).then_some(host);
        }
        Some(self.suite.root.join(path).on(&self.site.root))
    }

    fn host(&self, text: &str) -> String {
        self.site.paths.text_to_host(text).into_owned()
    }
}
