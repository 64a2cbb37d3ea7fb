//! Follows Bats by what it feeds its formatters with: TAP, with the file of each test and its beginning.
//!
//! What is told of a test comes in lines behind its outcome, up to whatever comes next.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use regex::Regex;

use super::failure::failure;
use crate::frameworks::text::tail;
use crate::frameworks::{Broken, Conclusion, Exit, Known, Reader, Suite};
use crate::id::TestId;
use crate::model::{Failure, Outcome, Place, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile, Site};

/// `not ok 3 title …`
static ENDED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(not )?ok (\d+) (.*)$").expect("a pattern"));

/// What stands behind a title: ` in 12ms # skip reason`. Bats is asked for the time of each test.
static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^ in (?<time>\d+)(?<unit>ms|sec)(?: # (?<hint>skip|timeout)(?<why>.*))?$")
        .expect("a pattern")
});

/// `path: line 3: message`
static SYNTAX: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(.+?): line (\d+): (.*)$").expect("a pattern"));

/// What Bats says of files and of the whole as if it were a test.
const OF_FILES: &[&str] =
    &["setup_file failed", "teardown_file failed", "setup_suite", "teardown_suite"];

pub(super) struct BatsReader {
    job: Job,
    suite: Arc<Suite>,
    site: Site,
    known: Known,
    /// The file whose tests run.
    file: RelPath,
    running: Option<TestId>,
    /// The tests that began and did not end, and their titles, by their number: a test may print what looks like
    /// another one's outcome.
    begun: BTreeMap<String, (TestId, String)>,
    /// The test that ended last, and what is told of it.
    last: Option<(TestResult, Vec<String>)>,
    unread: BTreeMap<String, Vec<String>>,
    results: BTreeMap<TestId, TestResult>,
}

impl BatsReader {
    pub(super) fn new(job: &Job, site: &Site) -> Self {
        Self {
            job: job.clone(),
            suite: job.suite.clone(),
            site: site.clone(),
            known: job.known.clone(),
            file: RelPath::default(),
            running: None,
            begun: BTreeMap::new(),
            last: None,
            unread: BTreeMap::new(),
            results: BTreeMap::new(),
        }
    }

    fn id(&self, title: &str) -> TestId {
        self.known.resolve(&self.of_file(self.file.clone()), &[title])
    }

    fn of_file(&self, file: RelPath) -> TestId {
        self.suite.of_file(file)
    }

    fn place(&self, path: &str, line: u32) -> Option<Place> {
        self.site.place(&self.suite.root, path, line, None)
    }

    fn begun(&mut self, number: &str, title: &str) -> Option<RunEvent> {
        let id = self.id(title);
        self.running = Some(id.clone());
        self.begun.insert(number.to_owned(), (id.clone(), title.to_owned()));
        self.job.selects(&id).then_some(RunEvent::TestStarted(id))
    }

    fn ended(&mut self, line: &str) {
        let Some(found) = ENDED.captures(line) else {
            return;
        };
        let is_red = found.get(1).is_some();
        let is_of_file = || {
            let mut behind = OF_FILES.iter().filter_map(|it| found[3].strip_prefix(it));
            behind.any(|rest| rest.is_empty() || BEHIND.is_match(rest))
        };
        let result = match self.ended_test(is_red, &found[2], &found[3]) {
            Some(result) => result,
            None if is_of_file() => {
                let outcome = if is_red { Outcome::Errored } else { Outcome::Passed };
                TestResult::new(self.of_file(self.file.clone()), outcome)
            }
            None => return,
        };
        self.running = None;
        self.last = Some((result, Vec::new()));
    }

    fn ended_test(&mut self, is_red: bool, number: &str, said: &str) -> Option<TestResult> {
        let (_, title) = self.begun.get(number)?;
        let behind = BEHIND.captures(said.strip_prefix(title.as_str())?)?;
        let (id, _) = self.begun.remove(number)?;
        let text = |name: &str| behind.name(name).map_or("", |it| it.as_str());
        let outcome = match (is_red, text("hint")) {
            (false, "skip") => Outcome::Skipped,
            (false, _) => Outcome::Passed,
            (true, "timeout") => Outcome::Errored,
            (true, _) => Outcome::Failed,
        };
        let time = text("time").parse().ok().map(|time| match text("unit") {
            "ms" => Duration::from_millis(time),
            _ => Duration::from_secs(time),
        });
        let reason = (outcome == Outcome::Skipped).then(|| text("why").trim().to_owned());
        let reason = reason.filter(|it| !it.is_empty());
        Some(TestResult { duration: time, reason, ..TestResult::new(id, outcome) })
    }

    /// All is told of the test that ended last.
    fn settle(&mut self) -> Option<RunEvent> {
        let (mut result, lines) = self.last.take()?;
        let lines: Vec<String> =
            lines.into_iter().filter(|line| !line.starts_with("bats warning: Executed ")).collect();
        if result.outcome.is_bad() {
            let definition = self.known.place(&result.id, &self.site.root);
            let (mut failure, output) =
                failure(&lines, &self.site, &self.suite.root, definition.as_ref());
            // Bats finds some of what it cannot read only when it runs the file.
            if result.id.names.is_empty()
                && let Some((place, message)) = self.unreadable(lines.iter().map(String::as_str))
                && (message.starts_with("syntax error") || message.starts_with("unexpected EOF"))
            {
                (failure.place, failure.message) = (Some(place), message);
            }
            // What failed before all files is told of the file where it stands.
            if result.id.file.is_root() {
                let place = failure.place.as_ref();
                let file = place.and_then(|place| RelPath::below(&self.site.root, &place.path));
                result.id.file = file.unwrap_or_default();
            }
            result.output = tail(&output).to_owned();
            result.failures = vec![failure];
        } else {
            let printed: String = lines.iter().map(|line| format!("{line}\n")).collect();
            result.output = self.site.text_to_host(tail(&printed));
        }
        self.finished(result)
    }

    fn finished(&mut self, result: TestResult) -> Option<RunEvent> {
        if !result.id.names.is_empty() && !self.job.selects(&result.id) {
            return None;
        }
        // A file may fail both before its tests and behind them.
        let earlier = self.results.remove(&result.id).filter(|_| result.id.names.is_empty());
        let failures = earlier.into_iter().flat_map(|it| it.failures);
        let failures = failures.chain(result.failures.iter().cloned()).collect();
        let result = TestResult { failures, ..result };
        self.results.insert(result.id.clone(), result.clone());
        Some(RunEvent::TestFinished(Box::new(result)))
    }

    /// A test whose process was ended.
    fn abandon(&mut self) -> Option<RunEvent> {
        let id = self.running.take()?;
        let place = self.known.place(&id, &self.site.root);
        let message = "its process was ended".to_owned();
        let failures = vec![Failure { message, place, ..Failure::default() }];
        self.finished(TestResult { failures, ..TestResult::new(id, Outcome::Errored) })
    }

    /// Where the shell cannot read a file, and why.
    fn unreadable<'l>(&self, mut lines: impl Iterator<Item = &'l str>) -> Option<(Place, String)> {
        lines.find_map(|line| {
            let found = SYNTAX.captures(line)?;
            Some((self.place(&found[1], found[2].parse().ok()?)?, found[3].to_owned()))
        })
    }

    fn unread_files(&mut self) {
        for (path, lines) in std::mem::take(&mut self.unread) {
            let Some(first) = self.place(&path, 1) else {
                continue;
            };
            let file = RelPath::below(&self.site.root, &first.path).unwrap_or_default();
            let said = lines.iter().map(|line| line.strip_prefix("# ").unwrap_or(line));
            let said: Vec<&str> = said
                .filter(|line| !line.starts_with("1..") && !line.contains("bats-gather-tests"))
                .collect();
            let told = self.unreadable(said.iter().copied());
            let message = || said.first().map_or("Bats cannot read it", |line| *line).to_owned();
            let (place, message) = told.unwrap_or_else(|| (first, message()));
            let failure = Failure {
                message: self.site.text_to_host(&message),
                detail: self.site.text_to_host(&said.join("\n")),
                place: Some(place),
                ..Failure::default()
            };
            let result = TestResult::new(self.of_file(file), Outcome::Errored);
            drop(self.finished(TestResult { failures: vec![failure], ..result }));
        }
    }

    fn broken(&self, exit: Exit) -> Option<Broken> {
        let is_red = self.results.values().any(|result| result.outcome.is_bad());
        let is_explained = exit == Exit::Code(0) || (is_red && exit == Exit::Code(1));
        (!is_explained).then(|| {
            let message =
                format!("`bats` ended with {exit}, and did not tell of a test that explains it");
            Broken::process(message, Some("the end of its output may say why"))
        })
    }
}

impl Reader for BatsReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        if let Some((_, lines)) = &mut self.last
            && let Some(told) = line.strip_prefix('#')
        {
            lines.push(told.strip_prefix(' ').unwrap_or(told).to_owned());
            return vec![RunEvent::Output(self.site.text_to_host(&format!("{line}\n")))];
        }
        if let Some(told) = line.strip_prefix("testdock-unread\t") {
            if let Some((file, said)) = told.split_once('\t') {
                self.unread.entry(file.to_owned()).or_default().push(said.to_owned());
            }
            return Vec::new();
        }
        let mut events: Vec<RunEvent> = self.settle().into_iter().collect();
        if let Some(path) = line.strip_prefix("suite ") {
            events.extend(self.abandon());
            let place = self.place(path, 1);
            let file = place.and_then(|place| RelPath::below(&self.site.root, &place.path));
            self.file = file.unwrap_or_default();
        } else if let Some((number, title)) =
            line.strip_prefix("begin ").and_then(|it| it.split_once(' '))
        {
            events.extend(self.abandon());
            events.extend(self.begun(number, title));
        } else {
            self.ended(line);
            events.push(RunEvent::Output(self.site.text_to_host(&format!("{line}\n"))));
        }
        events
    }

    fn conclude(&mut self, _: &[ReportFile], exit: Exit) -> Conclusion {
        drop(self.settle());
        drop(self.abandon());
        self.unread_files();
        let broken = self.broken(exit);
        Conclusion {
            results: std::mem::take(&mut self.results).into_values().collect(),
            warnings: Vec::new(),
            broken,
        }
    }
}
