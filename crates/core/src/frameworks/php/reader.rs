//! Follows PHPUnit: its messages for TeamCity while it runs, its report for what they do not tell apart, and what it says
//! for people of what could not be loaded.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testdock_junit as junit;

use super::message::Message;
use super::trouble::{Trouble, place};
use crate::frameworks::helper::HelperReader;
use crate::frameworks::{Conclusion, Exit, Reader};
use crate::model::RunEvent;
use crate::plan::{Job, ReportFile, Site};

/// A test: its file, its class, and its method with the set of data.
type Key = (String, String, String);

/// Tells what PHPUnit tells in the words of Testdock's own helpers.
pub(super) struct PhpunitReader {
    inner: HelperReader,
    job: Job,
    site: Site,
    finished: BTreeMap<Key, Value>,
    running: Option<(Key, Value)>,
    /// Tests that passed, and did something that PHPUnit may be told to take amiss.
    risky: Vec<Key>,
    /// Suites that have begun and not ended, and how many ended.
    open: Vec<Open>,
    ended: usize,
    trouble: Trouble,
}

/// A suite that has begun.
struct Open {
    name: String,
    /// Its file and class, where it is of one.
    class: Option<(String, String)>,
}

impl PhpunitReader {
    pub(super) fn new(job: &Job, site: &Site) -> Self {
        Self {
            inner: HelperReader::new("PHPUnit", job, site),
            job: job.clone(),
            site: site.clone(),
            finished: BTreeMap::new(),
            running: None,
            risky: Vec::new(),
            open: Vec::new(),
            ended: 0,
            trouble: Trouble::default(),
        }
    }

    fn message(&mut self, message: &Message) -> Vec<RunEvent> {
        match message.name.as_str() {
            "testCount" => {
                let n: usize = message.get("count").parse().unwrap_or_default();
                self.tell(&json!({ "e": "collected", "n": n }))
            }
            "testSuiteStarted" => {
                let class = message.subject().map(|(file, test)| {
                    let class = test.split_once("::").map_or(test, |(class, _)| class);
                    (file.to_owned(), class.to_owned())
                });
                self.open.push(Open { name: message.get("name").to_owned(), class });
                Vec::new()
            }
            // The failure of a class ends it twice.
            "testSuiteFinished" => {
                if self.open.pop_if(|suite| suite.name == message.get("name")).is_some() {
                    self.ended += usize::from(self.open.is_empty());
                }
                Vec::new()
            }
            "testStarted" => self.started(message),
            "testFailed" | "testIgnored" => self.judged(message),
            "testFinished" => self.finish(message),
            _ => Vec::new(),
        }
    }

    fn tell(&mut self, event: &Value) -> Vec<RunEvent> {
        self.inner.line(&event.to_string())
    }

    fn started(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some((file, test)) = message.subject() else {
            return Vec::new();
        };
        let (class, method) = test.split_once("::").unwrap_or((test, ""));
        self.start((file.to_owned(), class.to_owned(), method.to_owned()))
    }

    fn start(&mut self, key: Key) -> Vec<RunEvent> {
        let event = finish(&key.0, &key.1, &key.2, "passed");
        let mut start = event.clone();
        start["e"] = json!("start");
        self.running = Some((key, event));
        self.tell(&start)
    }

    fn judged(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some(key) = self.unprepared(message) else {
            return self.judge(message);
        };
        let mut events = self.start(key);
        events.extend(self.judge(message));
        events.extend(self.finish(message));
        events
    }

    /// The test that `setUp` or a requirement kept from running: its verdict is all that is told of it.
    fn unprepared(&self, message: &Message) -> Option<Key> {
        let (file, class) = self.open.last()?.class.clone()?;
        let name = message.get("name");
        let is_test = self.running.is_none() && name != class;
        is_test.then(|| (file, class, name.to_owned()))
    }

    fn judge(&mut self, message: &Message) -> Vec<RunEvent> {
        if message.name == "testFailed" {
            return self.failed(message);
        }
        let Some((_, event)) = &mut self.running else {
            return self.class_skipped(message);
        };
        event["outcome"] = json!("skipped");
        event["reason"] = json!(message.get("message"));
        Vec::new()
    }

    fn failed(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some((key, event)) = &mut self.running else {
            return self.class_failed(message);
        };
        // What has no place is no failure unless PHPUnit is told so.
        if message.get("details").trim().is_empty() {
            self.risky.push(key.clone());
        } else {
            event["outcome"] = json!("failed");
        }
        let failures = event["failures"].as_array_mut();
        failures.into_iter().for_each(|all| all.push(failure(message)));
        Vec::new()
    }

    /// What goes wrong before the first test of a class, whose name stands for the test's.
    fn class_failed(&mut self, message: &Message) -> Vec<RunEvent> {
        let class = message.get("name").to_owned();
        let first = message.get("details").lines().next().unwrap_or_default();
        let file = self.file(&class).or_else(|| Some(place(first)?.0));
        let Some(file) = file else {
            return Vec::new();
        };
        let mut event = finish(&file, &class, "", "errored");
        event["failures"] = json!([failure(message)]);
        self.finished.insert((file, class, String::new()), event.clone());
        self.tell(&event)
    }

    /// What `setUpBeforeClass` skips, which is told as one.
    fn class_skipped(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some((file, class)) = self.open.last().and_then(|suite| suite.class.clone()) else {
            return Vec::new();
        };
        let mut event = finish(&file, &class, "", "skipped");
        event["reason"] = json!(message.get("message"));
        self.finished.insert((file, class, String::new()), event.clone());
        self.tell(&event)
    }

    fn finish(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some((key, mut event)) = self.running.take() else {
            return Vec::new();
        };
        let milliseconds: f64 = message.get("duration").parse().unwrap_or_default();
        event["duration"] = json!(milliseconds / 1000.0);
        self.finished.insert(key, event.clone());
        self.tell(&event)
    }

    /// The container's path of the file where a class is.
    fn file(&self, class: &str) -> Option<String> {
        let item = self.job.known.items().find(|item| item.id.names == [class])?;
        Some(self.site.workspace(&item.id.file))
    }

    /// PHPUnit's report tells errors from failures.
    fn errors(&mut self, report: &ReportFile) {
        let (report, _) = junit::read(&report.bytes);
        let errored = report.cases.iter().filter(|case| case.outcome() == junit::Outcome::Errored);
        for case in errored {
            let class = case.classname.as_deref().unwrap_or_default().replace('.', "\\");
            let name = case.name.as_deref().unwrap_or_default();
            let same = |(key, _): &(&Key, &mut Value)| key.1 == class && key.2 == name;
            if let Some((_, event)) = self.finished.iter_mut().find(same) {
                event["outcome"] = json!("errored");
            }
        }
    }

    /// The test under way did not end.
    fn settle_running(&mut self, exit: Exit) {
        let Some((key, mut event)) = self.running.take() else {
            return;
        };
        let fatal = self.trouble.fatal.take();
        let place = fatal.as_ref().map(|it| json!({ "path": it.path, "line": it.line }));
        let message = fatal.map(|fatal| fatal.message);
        let message = message.unwrap_or_else(|| format!("the process ended while it ran: {exit}"));
        event["outcome"] = json!("errored");
        event["failures"] = json!([{ "message": message, "frames": Vec::from_iter(place) }]);
        self.finished.insert(key, event);
    }

    /// A file that could not be loaded. What a test's own processes say of themselves is no such thing.
    fn settle_loading(&mut self) {
        let is_whole = self.ended > 0 && self.open.is_empty();
        let fatal = self.trouble.fatal.take().filter(|fatal| fatal.is_inside || !is_whole);
        let Some(fatal) = fatal else {
            return;
        };
        let mut event = finish(&fatal.path, "", "", "errored");
        let told = json!({ "message": fatal.message, "path": fatal.path, "line": fatal.line });
        event["failures"] = json!([told]);
        self.finished.insert((fatal.path, String::new(), String::new()), event);
        self.ended += 1;
    }

    /// PHPUnit asks all providers for their data, also those of tests that were not chosen. Whether it did so in vain.
    fn settle_providers(&mut self) -> bool {
        let mut is_elsewhere = false;
        for invalid in std::mem::take(&mut self.trouble.providers) {
            let names = [invalid.class.clone(), invalid.method.clone()];
            let item = self.job.known.items().find(|item| item.id.names == names);
            if item.is_some_and(|item| !self.job.selects(&item.id)) {
                is_elsewhere = true;
                let message = format!("{}: {}", names.join("::"), invalid.message);
                self.tell(&json!({ "e": "problem", "message": message }));
                continue;
            }
            let own = self.file(&invalid.class);
            let Some(file) = own.or_else(|| invalid.place.clone().map(|place| place.0)) else {
                continue;
            };
            let mut event = finish(&file, &invalid.class, &invalid.method, "errored");
            let frame = invalid.place.map(|(path, line)| json!({ "path": path, "line": line }));
            let told = json!({ "message": invalid.message, "frames": Vec::from_iter(frame) });
            event["failures"] = json!([told]);
            self.finished.entry((file, invalid.class, invalid.method)).or_insert(event);
        }
        is_elsewhere
    }

    /// A project may have PHPUnit take amiss what it only remarks on otherwise.
    fn settle_risky(&mut self, exit: Exit) {
        let is_bad = |event: &Value| event["outcome"] == "failed" || event["outcome"] == "errored";
        if exit == Exit::Code(0) || self.finished.values().any(is_bad) {
            return;
        }
        for key in std::mem::take(&mut self.risky) {
            self.finished.entry(key).and_modify(|event| event["outcome"] = json!("failed"));
        }
    }
}

fn finish(file: &str, class: &str, method: &str, outcome: &str) -> Value {
    let (method, case) = match method.split_once(" with data set ") {
        Some((method, case)) => (method, Some(case)),
        None => (method, None),
    };
    let names: Vec<&str> = [class, method].into_iter().filter(|name| !name.is_empty()).collect();
    json!({ "e": "finish", "file": file, "names": names, "case": case, "outcome": outcome, "failures": [] })
}

fn failure(message: &Message) -> Value {
    let details = message.get("details");
    let frames = details.lines().filter_map(place);
    let frames: Vec<Value> = frames
        .filter(|(path, _)| !path.contains("/vendor/"))
        .map(|(path, line)| json!({ "path": path, "line": line }))
        .collect();
    let mut told = json!({
        "message": message.get("message").trim(),
        "detail": format!("{}\n{details}", message.get("message")),
        "frames": frames,
    });
    if message.get("type") == "comparisonFailure" {
        told["expected"] = json!(message.get("expected"));
        told["actual"] = json!(message.get("actual"));
    }
    told
}

impl Reader for PhpunitReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        Message::of(line).map(|message| self.message(&message)).unwrap_or_default()
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        self.trouble.line(line);
        Vec::new()
    }

    fn conclude(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion {
        reports.iter().for_each(|report| self.errors(report));
        self.settle_running(exit);
        self.settle_loading();
        let exit = if self.settle_providers() { Exit::Code(0) } else { exit };
        self.settle_risky(exit);
        if self.open.is_empty() && (self.ended > 0 || exit == Exit::Code(0)) {
            self.tell(&json!({ "e": "end" }));
        }
        for event in std::mem::take(&mut self.finished).into_values() {
            self.tell(&event);
        }
        self.inner.conclude(&[], exit)
    }
}
