//! Follows `prove` by what each file says, line by line, as the helper tells it.
//!
//! What is said of an assertion that failed comes behind it, up to whatever is told next.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::tap::{self, Directive, Says, Test};
use crate::frameworks::text::tail;
use crate::frameworks::{Broken, Conclusion, Exit, Known, Reader, Suite};
use crate::id::TestId;
use crate::model::{Failure, Outcome, Place, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile, Site};

/// Where something happened: `… at t/a.t line 3.`, `… at t/a.t line 3, near "…"`
static PLACE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(.*?) ?\bat (.+?) line (\d+)(?:\.|(,.*))$").expect("a pattern"));

/// One file that runs.
#[derive(Debug, Default)]
struct File {
    id: TestId,
    /// The subtests around, and how far what they say is indented.
    open: Vec<Open>,
    /// How many assertions and subtests it told, without those in subtests.
    count: usize,
    /// How often something was said already.
    said: HashMap<TestId, usize>,
    /// What failed last, and what is said of it.
    last: Option<(TestResult, Vec<String>)>,
    /// Whether what is said explains something that needs no explanation: what failed and may, or whose part says why.
    is_hushed: bool,
    /// What was printed since.
    printed: Vec<String>,
    /// What is no TAP, and what the test library says of the file.
    stray: Vec<String>,
    has_plan: bool,
    is_cut: bool,
    /// What prove finds wrong with the file as a whole: numbers out of order, another count than planned.
    wrong: Vec<String>,
    is_red: bool,
    skip: Option<String>,
}

#[derive(Debug)]
struct Open {
    name: String,
    indent: usize,
    /// How many it told.
    count: usize,
    is_red: bool,
}

pub(super) struct ProveReader {
    job: Job,
    suite: Arc<Suite>,
    site: Site,
    known: Known,
    files: BTreeMap<String, File>,
    results: BTreeMap<TestId, TestResult>,
    bail_out: Option<String>,
}

impl ProveReader {
    pub(super) fn new(job: &Job, site: &Site) -> Self {
        Self {
            job: job.clone(),
            suite: job.suite.clone(),
            site: site.clone(),
            known: job.known.clone(),
            files: BTreeMap::new(),
            results: BTreeMap::new(),
            bail_out: None,
        }
    }

    fn opened(&mut self, path: &str) {
        let place = self.site.place(&self.suite.root, path, 1, None);
        let file = place.and_then(|place| RelPath::below(&self.site.root, &place.path));
        let id = self.suite.of_file(file.unwrap_or_default());
        self.files.insert(path.to_owned(), File { id, ..File::default() });
    }

    fn said(&mut self, path: &str, text: &str) -> Vec<RunEvent> {
        let Some(file) = self.files.get_mut(path) else {
            return Vec::new();
        };
        let line = tap::line(text);
        match line.says {
            Says::Test(test) => {
                let mut events = self.settled(path);
                events.extend(self.told(path, line.indent, &test));
                return events;
            }
            Says::Subtest(name) => {
                let mut events = self.settled(path);
                events.extend(self.begun(path, line.indent, name));
                return events;
            }
            Says::Plan { count, skip } if line.indent == 0 => {
                file.has_plan = true;
                file.skip = skip.filter(|_| count == 0).map(str::to_owned);
            }
            Says::Comment(comment) => {
                let is_end = comment.starts_with("Looks like your test")
                    || comment.starts_with("Looks like you planned");
                file.is_cut |= is_end && line.indent == 0;
                match &mut file.last {
                    Some((_, lines)) => lines.push(comment.to_owned()),
                    None if file.is_hushed || comment.starts_with("Looks like you") => {}
                    None => file.printed.push(text.to_owned()),
                }
            }
            Says::BailOut(why) => self.bail_out = Some(why.to_owned()),
            Says::Other if !text.is_empty() => {
                file.stray.push(text.to_owned());
                file.printed.push(text.to_owned());
            }
            Says::Other | Says::Plan { .. } => {}
        }
        Vec::new()
    }

    /// What a file prints beside its TAP means nothing, except that other libraries explain failures there.
    fn aside(&mut self, path: &str, text: &str) {
        let Some(file) = self.files.get_mut(path) else {
            return;
        };
        match (tap::line(text).says, &mut file.last) {
            (Says::Comment(comment), Some((_, lines))) => lines.push(comment.to_owned()),
            _ if text.is_empty() => {}
            _ => file.stray.push(text.to_owned()),
        }
    }

    fn begun(&mut self, path: &str, indent: usize, name: &str) -> Option<RunEvent> {
        let file = self.files.get_mut(path)?;
        file.open.retain(|open| open.indent <= indent);
        file.open.push(Open { name: name.to_owned(), indent: indent + 4, count: 0, is_red: false });
        let names: Vec<&str> = file.open.iter().map(|open| open.name.as_str()).collect();
        let id = self.known.resolve(&file.id, &names);
        self.job.selects(&id).then_some(RunEvent::TestStarted(id))
    }

    /// An assertion, or a subtest that is over.
    fn told(&mut self, path: &str, indent: usize, test: &Test<'_>) -> Option<RunEvent> {
        let file = self.files.get_mut(path)?;
        let mut ended = None;
        while file.open.last().is_some_and(|open| open.indent > indent) {
            ended = file.open.pop();
        }
        let count = file.open.last_mut().map_or(&mut file.count, |open| &mut open.count);
        *count += 1;
        let title = match (&ended, test.title.is_empty()) {
            (Some(ended), true) => ended.name.clone(),
            // It has that number also where the file does not say it.
            (None, true) if test.number.is_empty() => format!("test {count}"),
            (None, true) => format!("test {}", test.number),
            (_, false) => test.title.clone(),
        };
        let names: Vec<&str> =
            file.open.iter().map(|open| open.name.as_str()).chain([title.as_str()]).collect();
        let mut id = self.known.resolve(&file.id, &names);
        let count = file.said.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            id.case = Some(
                id.case.map_or_else(|| format!("#{count}"), |case| format!("{case} #{count}")),
            );
        }
        let (outcome, reason) = match (&test.directive, test.passed) {
            (Some(Directive::Skip(why)), _) => (Outcome::Skipped, Some(*why)),
            (Some(Directive::Todo(why)), false) => (Outcome::Skipped, Some(*why)),
            (_, true) => (Outcome::Passed, None),
            (_, false) => (Outcome::Failed, None),
        };
        let mut result = TestResult::new(id, outcome);
        result.reason = reason.filter(|it| !it.is_empty()).map(str::to_owned);
        let printed: String = file.printed.drain(..).map(|line| format!("{line}\n")).collect();
        result.output = self.site.text_to_host(tail(&printed));
        if outcome.is_bad() {
            file.is_red = true;
            file.open.iter_mut().for_each(|open| open.is_red = true);
            // A part says why.
            if ended.is_none_or(|ended| !ended.is_red) {
                result.failures.push(Failure::default());
            }
        }
        file.is_hushed = !test.passed;
        if !result.failures.is_empty() {
            file.last = Some((result, Vec::new()));
            return None;
        }
        self.finished(result)
    }

    /// All is said of what failed last.
    fn settled(&mut self, path: &str) -> Vec<RunEvent> {
        let Some((mut result, lines)) = self.files.get_mut(path).and_then(|file| file.last.take())
        else {
            return Vec::new();
        };
        result.failures = vec![self.failure(&result.id, &lines)];
        self.finished(result).into_iter().collect()
    }

    /// What the test library says of it: where, what it got, and what it expected.
    fn failure(&self, id: &TestId, lines: &[String]) -> Failure {
        let place = lines.iter().find_map(|line| self.placed(line)).map(|(_, place)| place);
        let is_told = |line: &&str| {
            let line = line.trim();
            !line.starts_with("Failed ")
                && !line.starts_with("at ")
                && !line.starts_with("Looks like you failed")
        };
        let said: Vec<&str> = lines.iter().map(String::as_str).filter(is_told).collect();
        let value = |name: &str| {
            said.iter().find_map(|line| line.trim().strip_prefix(name)).map(str::to_owned)
        };
        // What the library says is indented, up to the end of the last value; what the file says by itself (`diag`, `note`)
        // explains it, or does not.
        let (own, others) = said.split_at(end_of_library(&said));
        let first = lines.first().map_or("the test failed", |line| line.trim());
        let head = (own.is_empty() && !others.iter().any(|it| it.trim() == first)).then_some(first);
        let words = own.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        let words = Some(words).filter(|words| !words.is_empty());
        let others = others.iter().map(|line| line.trim().to_owned());
        let message = head.map(str::to_owned).into_iter().chain(words).chain(others);
        let message = message.collect::<Vec<_>>().join("\n");
        Failure {
            message: self.site.text_to_host(&message),
            detail: self.site.text_to_host(&lines.join("\n")),
            place: place.or_else(|| self.known.place(id, &self.site.root)),
            diff: value("expected: ").zip(value("got: ")),
            ..Failure::default()
        }
    }

    /// What ended a file: the first error of a compilation, else what was said last. Warnings look alike.
    fn cause(&self, stray: &[String]) -> Option<(String, Place)> {
        let is_compilation = stray.iter().any(|line| {
            line.contains("compilation aborted") || line.contains("due to compilation errors")
        });
        // A stack stands behind what it belongs to.
        let said = stray.iter().filter(|line| !line.starts_with('\t'));
        let mut placed = said.filter_map(|line| self.placed(line));
        if is_compilation { placed.next() } else { placed.next_back() }
    }

    fn placed(&self, line: &str) -> Option<(String, Place)> {
        let found = PLACE.captures(line)?;
        let place = self.site.place(&self.suite.root, &found[2], found[3].parse().ok()?, None)?;
        let near = found.get(4).map_or("", |near| near.as_str());
        Some((format!("{}{near}", &found[1]), place))
    }

    /// Of assertions of the same description each can be chosen.
    fn is_wanted(&self, id: &TestId) -> bool {
        let holds = |chosen: &TestId| {
            let place =
                TestId { folder: id.folder.clone(), suite: id.suite.clone(), ..chosen.clone() };
            place.holds(id)
        };
        let selection = &self.job.selection;
        self.job.selects(id) && (selection.is_empty() || selection.iter().any(holds))
    }

    fn finished(&mut self, result: TestResult) -> Option<RunEvent> {
        if !result.id.names.is_empty() && !self.is_wanted(&result.id) {
            return None;
        }
        self.results.insert(result.id.clone(), result.clone());
        Some(RunEvent::TestFinished(Box::new(result)))
    }

    /// A file ended: perhaps before its tests did, or without any.
    fn closed(&mut self, path: &str, code: &str) -> Vec<RunEvent> {
        let mut events = self.settled(path);
        let Some(file) = self.files.remove(path) else {
            return events;
        };
        if let Some(why) = file.skip {
            let reason = Some(why).filter(|why| !why.is_empty());
            events.extend(
                self.finished(TestResult { reason, ..TestResult::new(file.id, Outcome::Skipped) }),
            );
            return events;
        }
        let is_kept = file.has_plan && !file.is_cut && file.wrong.is_empty();
        let is_whole = is_kept && (code == "0" || file.is_red);
        if is_whole {
            return events;
        }
        let told = self.cause(&file.stray);
        let ended = match code.starts_with("SIG") {
            true => format!("it was ended by {code}"),
            false => format!("it ended with exit code {code}"),
        };
        let (message, place) = match told {
            Some((message, place)) => (message, Some(place)),
            None if code == "0" && !file.wrong.is_empty() => (file.wrong.join("; "), None),
            None if file.has_plan => {
                let wrong = if file.wrong.is_empty() { "" } else { ": " };
                let wrong = format!("{wrong}{}", file.wrong.join("; "));
                (format!("{ended} before its tests did{wrong}"), None)
            }
            None => (format!("{ended} and without a plan of its tests"), None),
        };
        let first = self.site.place(&self.suite.root, path, 1, None);
        let failure = Failure {
            message: self.site.text_to_host(&message),
            detail: self.site.text_to_host(tail(&file.stray.join("\n"))),
            place: place.or(first),
            ..Failure::default()
        };
        let result = TestResult::new(file.id, Outcome::Errored);
        events.extend(self.finished(TestResult { failures: vec![failure], ..result }));
        events
    }

    fn broken(&self, exit: Exit) -> Option<Broken> {
        if let Some(why) = &self.bail_out {
            return Some(Broken::process(
                format!("a test bailed out: {}", self.site.text_to_host(why)),
                None,
            ));
        }
        if !self.files.is_empty() {
            return Some(Broken::process(
                format!("`prove` ended before its tests did: {exit}"),
                None,
            ));
        }
        let is_red = self.results.values().any(|result| result.outcome.is_bad());
        // A part that was not asked for may have failed.
        let is_part = self.job.selection.iter().any(|id| !id.names.is_empty());
        let is_explained = exit == Exit::Code(0) || is_red || (is_part && exit == Exit::Code(1));
        (!is_explained).then(|| {
            let message = format!("`prove` ended with {exit}, though no test failed");
            Broken::process(message, Some("the end of its output may say why"))
        })
    }
}

/// How many of these lines are the test library's: a value may have lines of its own.
fn end_of_library(said: &[&str]) -> usize {
    let Some(last) = said.iter().rposition(|line| line.starts_with(' ')) else {
        return 0;
    };
    let is_open = |line: &str| {
        line.split_once('\'').is_some_and(|(_, value)| !value.trim_end().ends_with('\''))
    };
    let rest = said[last + 1..].iter().position(|line| line.trim_end().ends_with('\''));
    last + 1 + rest.filter(|_| is_open(said[last])).map_or(0, |at| at + 1)
}

impl Reader for ProveReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        let mut parts = line.splitn(3, '\t');
        let (what, path) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let rest = parts.next().unwrap_or_default();
        match what {
            "open" => {
                self.opened(path);
                Vec::new()
            }
            "line" => self.said(path, rest),
            "aside" => {
                self.aside(path, rest);
                Vec::new()
            }
            "wrong" => {
                self.files.get_mut(path).into_iter().for_each(|it| it.wrong.push(rest.to_owned()));
                Vec::new()
            }
            "close" => self.closed(path, rest),
            _ => Vec::new(),
        }
    }

    fn conclude(&mut self, _: &[ReportFile], exit: Exit) -> Conclusion {
        let broken = self.broken(exit);
        Conclusion {
            results: std::mem::take(&mut self.results).into_values().collect(),
            warnings: Vec::new(),
            broken,
        }
    }
}
