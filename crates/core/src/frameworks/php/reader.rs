//! Follows PHPUnit: its messages for TeamCity while it runs, its report for what they do not tell apart, and what it says
//! for people of what could not be loaded.

mod report;
mod settle;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::Tool;
use super::class_errors::ClassErrors;
use super::failure::{bad_outcome, failure, is_placeless};
use super::last_words::LastWords;
use super::message::Message;
use super::pest::names::made;
use super::pest::naming::{Naming, bare, split};
use super::trouble::{Trouble, place, unprovided};
use super::unloaded::Unloaded;
use crate::frameworks::helper::HelperReader;
use crate::frameworks::{Conclusion, Exit, Reader};
use crate::model::RunEvent;
use crate::plan::{Job, ReportFile, Site};

/// A test: its file, its class, and its method with the set of data.
type Key = (String, String, String);

/// Tells what PHPUnit tells in the words of Testdock's own helpers.
pub(super) struct PhpunitReader {
    inner: HelperReader,
    /// The container's paths of the files where classes are.
    classes: HashMap<String, String>,
    tool: Tool,
    job: Job,
    site: Site,
    finished: BTreeMap<Key, Value>,
    running: Option<(Key, Value)>,
    naming: Naming,
    /// Tests of which something was said without a place: they failed, or did what PHPUnit may be told to take amiss.
    placeless: Vec<Key>,
    fails_on_risky: bool,
    /// Suites that have begun and not ended, and how many ended.
    open: Vec<Open>,
    ended: usize,
    trouble: Trouble,
    class_errors: ClassErrors,
    unloaded: Unloaded,
    last_words: LastWords,
}

/// What stands in PHPUnit 9 before a test that its provider skips.
const OF_PROVIDERS: [&str; 2] =
    ["PHPUnit\\Framework\\SkippedTestCase::", "PHPUnit\\Framework\\IncompleteTestCase::"];

/// A suite that has begun.
struct Open {
    name: String,
    /// Its file and class, where it is of one.
    class: Option<(String, String)>,
}

impl PhpunitReader {
    pub(super) fn new(tool: Tool, fails_on_risky: bool, job: &Job, site: &Site) -> Self {
        let (name, naming) = match tool {
            Tool::Phpunit => ("PHPUnit", Naming::default()),
            Tool::Pest => ("Pest", Naming::new(job)),
        };
        let classes = job.known.items().filter(|item| item.id.names.len() == 1);
        let classes = classes.map(|item| (item.id.names[0].clone(), site.workspace(&item.id.file)));
        Self {
            inner: HelperReader::new(name, job, site),
            classes: classes.collect(),
            tool,
            naming,
            job: job.clone(),
            site: site.clone(),
            finished: BTreeMap::new(),
            running: None,
            placeless: Vec::new(),
            fails_on_risky,
            open: Vec::new(),
            ended: 0,
            trouble: Trouble::default(),
            class_errors: ClassErrors::default(),
            unloaded: Unloaded::default(),
            last_words: LastWords::default(),
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
                    (self.home(class, file), class.to_owned())
                });
                self.open.push(Open { name: message.get("name").to_owned(), class });
                Vec::new()
            }
            "testSuiteFinished" => {
                self.close(message.get("name"));
                Vec::new()
            }
            "testStarted" => self.started(message),
            "testFailed" | "testIgnored" => self.judged(message),
            "testFinished" => self.finish(message),
            _ => Vec::new(),
        }
    }

    /// The failure of a class ends it twice, or, in Pest, never: then what is around it ends.
    fn close(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|suite| suite.name == name) {
            self.open.truncate(at);
            self.ended += usize::from(self.open.is_empty());
        }
    }

    fn tell(&mut self, event: &Value) -> Vec<RunEvent> {
        self.inner.line(&event.to_string())
    }

    fn started(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some((file, test)) = message.subject() else {
            return Vec::new();
        };
        let test = OF_PROVIDERS.iter().find_map(|own| test.strip_prefix(own)).unwrap_or(test);
        let (class, method) = test.split_once("::").unwrap_or((test, ""));
        self.start((self.home(class, file), class.to_owned(), method.to_owned()))
    }

    fn start(&mut self, key: Key) -> Vec<RunEvent> {
        let event = self.event(&key, "passed");
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
        let reason = message.get("message");
        event["reason"] = json!(if reason == "__TODO__" { "todo" } else { reason });
        Vec::new()
    }

    fn failed(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some((key, event)) = &mut self.running else {
            return self.class_failed(message);
        };
        if is_placeless(message) {
            self.placeless.push(key.clone());
        }
        event["outcome"] = json!(bad_outcome(message));
        let failures = event["failures"].as_array_mut();
        failures.into_iter().for_each(|all| all.push(failure(message)));
        Vec::new()
    }

    /// What goes wrong before the first test of a class, whose name stands for the test's.
    fn class_failed(&mut self, message: &Message) -> Vec<RunEvent> {
        let (class, details) = (message.get("name"), message.get("details"));
        let Some((key, event)) = self.class_errored(class, details, &failure(message)) else {
            return Vec::new();
        };
        self.finished.insert(key, event.clone());
        self.tell(&event)
    }

    /// What goes wrong in a class, and in none of its tests.
    fn class_errored(&self, class: &str, stack: &str, failure: &Value) -> Option<(Key, Value)> {
        let file = self.file(class).or_else(|| Some(stack.lines().find_map(place)?.0))?;
        let key = (file, class.to_owned(), String::new());
        let mut event = self.event(&key, "errored");
        event["failures"] = json!([failure]);
        Some((key, event))
    }

    /// What `setUpBeforeClass` skips, which is told as one.
    fn class_skipped(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some((file, class)) = self.open.last().and_then(|suite| suite.class.clone()) else {
            return Vec::new();
        };
        let key = (file, class, String::new());
        let mut event = self.event(&key, "skipped");
        event["reason"] = json!(message.get("message"));
        self.finished.insert(key, event.clone());
        self.tell(&event)
    }

    /// PHPUnit 9 tells of an invalid provider as of a test of its own, `Error` or `Warning`.
    fn of_provider(&self, key: Key, event: Value) -> (Key, Value) {
        let message = event["failures"][0]["message"].as_str().unwrap_or_default();
        let (first, why) = message.split_once('\n').unwrap_or((message, ""));
        let own =
            unprovided(first).and_then(|(class, method)| Some((self.file(&class)?, class, method)));
        let Some(key) = own else {
            return (key, event);
        };
        let places = why.lines().filter_map(place);
        let frames = places.map(|(path, line)| json!({ "path": path, "line": line }));
        let words: Vec<&str> = why.lines().filter(|line| place(line).is_none()).collect();
        let message = if words.is_empty() { first.to_owned() } else { words.join("\n") };
        let mut own = self.event(&key, "errored");
        own["failures"] = json!([{ "message": message, "frames": Vec::from_iter(frames) }]);
        (key, own)
    }

    /// PHPUnit 9 tells what goes wrong after the last test of a class as of a test that is called as the method.
    fn of_class(&self, key: Key, event: Value) -> (Key, Value) {
        let (file, class, method) = &key;
        let message = event["failures"][0]["message"].as_str().unwrap_or_default();
        let first = format!("Exception in {class}::{method}");
        let Some(why) =
            message.strip_prefix(&first).filter(|why| why.is_empty() || why.starts_with('\n'))
        else {
            return (key, event);
        };
        let own = (file.clone(), class.clone(), String::new());
        let mut told = self.event(&own, "errored");
        told["failures"] = event["failures"].clone();
        told["failures"][0]["message"] = json!(if why.is_empty() { &first } else { why.trim() });
        (own, told)
    }

    fn finish(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some((key, event)) = self.running.take() else {
            return Vec::new();
        };
        let (key, event) = self.of_provider(key, event);
        let (key, mut event) = self.of_class(key, event);
        let milliseconds: f64 = message.get("duration").parse().unwrap_or_default();
        event["duration"] = json!(milliseconds / 1000.0);
        self.finished.insert(key, event.clone());
        self.tell(&event)
    }

    /// The result of a test; without its file where what Pest calls it does not tell which one it is.
    fn event(&self, key: &Key, outcome: &str) -> Value {
        let (file, class, name) = key;
        let (method, case) = split(name);
        let mut event = json!({ "e": "finish", "case": case, "outcome": outcome, "failures": [] });
        let Some(class) = made(class) else {
            let names = [class.as_str(), method].into_iter().filter(|name| !name.is_empty());
            (event["file"], event["names"]) = (json!(file), names.collect());
            return event;
        };
        event["case"] = json!(case.map(bare));
        if let Some((file, names)) = self.naming.test(class, method) {
            (event["file"], event["names"]) = (json!(file), json!(names));
        }
        event
    }

    /// The container's path of the file where a class is.
    fn file(&self, class: &str) -> Option<String> {
        if let Some(class) = made(class) {
            let file = self.job.suite.root.join(&self.naming.file(class));
            return Some(self.site.workspace(&file));
        }
        self.classes.get(class).cloned()
    }

    /// Where a test is of a class: a method that it inherits is told in the file where it stands, and the class, which
    /// begins before, in its own.
    fn home(&self, class: &str, told: &str) -> String {
        if made(class).is_some() {
            return told.to_owned();
        }
        let begun = self.open.iter().filter_map(|suite| suite.class.as_ref());
        let begun = || begun.clone().find(|(_, name)| name == class).map(|(file, _)| file.clone());
        self.file(class).or_else(begun).unwrap_or_else(|| told.to_owned())
    }
}

impl Reader for PhpunitReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        Message::of(line).map(|message| self.message(&message)).unwrap_or_default()
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        self.trouble.line(line);
        self.class_errors.line(line);
        self.unloaded.line(line);
        self.last_words.line(line);
        Vec::new()
    }

    fn conclude(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion {
        self.settle(reports, exit)
    }
}
