//! Follows PHPUnit: its messages for TeamCity while it runs, its report for what they do not tell apart, and what it says
//! for people of what could not be loaded.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use testdock_junit as junit;

use super::Tool;
use super::failure::{bad_outcome, failure, is_placeless, noticed, reported};
use super::last_words::LastWords;
use super::message::Message;
use super::pest::names::{gist, made};
use super::pest::naming::{Naming, bare, split};
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
    last_words: LastWords,
}

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
        let class = message.get("name").to_owned();
        let first = message.get("details").lines().next().unwrap_or_default();
        let file = self.file(&class).or_else(|| Some(place(first)?.0));
        let Some(file) = file else {
            return Vec::new();
        };
        let key = (file, class, String::new());
        let mut event = self.event(&key, "errored");
        event["failures"] = json!([failure(message)]);
        self.finished.insert(key, event.clone());
        self.tell(&event)
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

    fn finish(&mut self, message: &Message) -> Vec<RunEvent> {
        let Some((key, mut event)) = self.running.take() else {
            return Vec::new();
        };
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

    /// What no report tells has the name that its method tells.
    fn settle_names(&mut self) {
        for (key, event) in &mut self.finished {
            if let Some(class) = made(&key.1).filter(|_| event["file"].is_null()) {
                let (file, names) = self.naming.guess(class, split(&key.2).0);
                (event["file"], event["names"]) = (json!(file), json!(names));
            }
        }
    }

    /// What Pest says for people of a class whose first test did not begin.
    fn settle_classes(&mut self) {
        for told in self.trouble.notices.of_classes() {
            let (Some(class), Some(file)) =
                (&told.class, told.class.as_deref().map(|it| self.naming.file(it)))
            else {
                continue;
            };
            let is_open = |suite: &&Open| made(&suite.name) == Some(class);
            if let Some(name) = self.open.iter().find(is_open).map(|suite| suite.name.clone()) {
                self.close(&name);
            }
            let key = (file, format!("P\\{class}"), String::new());
            let mut event = self.event(&key, "errored");
            event["failures"] = json!([noticed(&told)]);
            self.finished.entry(key).or_insert(event);
        }
    }

    /// What stopped Pest, which names a file in its message where it says no place.
    fn settle_stop(&mut self) {
        let Some(told) =
            self.trouble.notices.stop().filter(|_| self.ended == 0 && self.open.is_empty())
        else {
            return;
        };
        let file = told.place.as_ref().map(|place| place.0.clone());
        let Some(file) = file.or_else(|| told.file()) else {
            return;
        };
        let key = (file, String::new(), String::new());
        let mut event = self.event(&key, "errored");
        event["failures"] = json!([noticed(&told)]);
        self.finished.insert(key, event);
        self.ended += 1;
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

    /// The report tells errors from failures, and what Pest's tests are called.
    fn report(&mut self, report: &ReportFile) {
        let (report, _) = junit::read(&report.bytes);
        let own = |class: &str| made(class).unwrap_or(class).to_owned();
        // Pest writes names in words, also those of PHPUnit's tests.
        let brief = |name: &str| {
            let (name, case) = split(name);
            (gist(name), case.map(str::to_owned))
        };
        let keys = self.finished.keys().map(|key| ((own(&key.1), brief(&key.2)), key.clone()));
        let keys: BTreeMap<_, Key> = keys.collect();
        for case in &report.cases {
            let class = case.classname.as_deref().unwrap_or_default().replace('.', "\\");
            let name = case.name.as_deref().unwrap_or_default();
            let exact = self.finished.keys().find(|key| key.1 == class && key.2 == name).cloned();
            let briefs = [(gist(name), None), brief(name)];
            let near =
                || briefs.iter().find_map(|it| keys.get(&(own(&class), it.clone())).cloned());
            let Some((key, event)) =
                exact.or_else(near).and_then(|it| self.finished.get_key_value(&it))
            else {
                continue;
            };
            let (key, mut event) = (key.clone(), event.clone());
            reported(case, &mut event);
            let is_placeless = self.placeless.contains(&key);
            match case.outcome() {
                junit::Outcome::Failed => event["outcome"] = json!("failed"),
                // PHPUnit 9 reports what is risky as an error, whatever it makes of it.
                _ if is_placeless => event["outcome"] = json!("passed"),
                junit::Outcome::Errored => event["outcome"] = json!("errored"),
                _ => {}
            }
            if let Some(class) = made(&key.1).filter(|_| event["file"].is_null()) {
                let told = self.naming.reported(class, case);
                (event["file"], event["names"]) = (json!(told.0), json!(told.1));
            }
            self.finished.insert(key, event);
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
        if self.inner.file(&fatal.path).is_none() {
            self.fatal(&format!("{} in {}:{}", fatal.message, fatal.path, fatal.line));
            return;
        }
        let told = json!({ "message": fatal.message, "path": fatal.path, "line": fatal.line });
        let key = (fatal.path, String::new(), String::new());
        let mut event = self.event(&key, "errored");
        event["failures"] = json!([told]);
        self.finished.insert(key, event);
        self.ended += 1;
    }

    /// What is nobody's test and no file of the project, and kept all from running.
    fn fatal(&mut self, message: &str) {
        self.tell(&json!({ "e": "fatal", "message": message }));
    }

    /// Whether it came to its end, or says what kept it from beginning. One that ends well without a word was ended
    /// by what it loaded.
    fn settle_end(&mut self, has_report: bool, exit: Exit) {
        if !self.open.is_empty() {
            return;
        }
        let is_pest_well = self.tool == Tool::Pest && exit == Exit::Code(0);
        if self.ended > 0 || self.last_words.is_empty || has_report || is_pest_well {
            self.tell(&json!({ "e": "end" }));
        } else if let Some(why) = self.last_words.why().filter(|_| self.tool == Tool::Phpunit) {
            self.fatal(&why);
        }
    }

    /// PHPUnit asks all providers for their data, also those of tests that were not chosen. Whether it did so in vain.
    fn settle_providers(&mut self) -> bool {
        let mut is_elsewhere = false;
        for invalid in std::mem::take(&mut self.trouble.providers) {
            let of_pest = made(&invalid.class).and_then(|it| self.naming.test(it, &invalid.method));
            let names = of_pest.map_or_else(
                || vec![invalid.class.clone(), invalid.method.clone()],
                |(_, names)| names,
            );
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
            let key = (file, invalid.class, invalid.method);
            let mut event = self.event(&key, "errored");
            let frame = invalid.place.map(|(path, line)| json!({ "path": path, "line": line }));
            let told = json!({ "message": invalid.message, "frames": Vec::from_iter(frame) });
            event["failures"] = json!([told]);
            self.finished.entry(key).or_insert(event);
        }
        is_elsewhere
    }

    /// A project may have PHPUnit take amiss what it only remarks on otherwise.
    fn settle_risky(&mut self, exit: Exit) {
        let is_bad = |event: &Value| event["outcome"] == "failed" || event["outcome"] == "errored";
        let is_explained = exit == Exit::Code(0) || self.finished.values().any(is_bad);
        if is_explained && !self.fails_on_risky {
            return;
        }
        for key in std::mem::take(&mut self.placeless) {
            let risky = self.finished.get_mut(&key).filter(|event| event["outcome"] == "passed");
            if let Some(event) = risky {
                event["outcome"] = json!("failed");
            }
        }
    }
}

impl Reader for PhpunitReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        Message::of(line).map(|message| self.message(&message)).unwrap_or_default()
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        self.trouble.line(line);
        self.last_words.line(line);
        Vec::new()
    }

    fn conclude(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion {
        reports.iter().for_each(|report| self.report(report));
        self.settle_running(exit);
        self.settle_classes();
        self.settle_loading();
        self.settle_stop();
        let exit = if self.settle_providers() { Exit::Code(0) } else { exit };
        self.settle_risky(exit);
        self.settle_end(reports.iter().any(|report| !report.bytes.is_empty()), exit);
        self.settle_names();
        for event in std::mem::take(&mut self.finished).into_values() {
            self.tell(&event);
        }
        self.inner.conclude(&[], exit)
    }
}
