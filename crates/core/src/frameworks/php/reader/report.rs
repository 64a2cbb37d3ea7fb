//! What PHPUnit's JUnit report says of the tests. A test may print what looks like a message of its end, or of another's:
//! the report is PHPUnit's own word.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testdock_junit::{self as junit, Outcome};

use super::{Key, PhpunitReader};
use crate::frameworks::php::Tool;
use crate::frameworks::php::failure::{reported, told_by_report};
use crate::frameworks::php::pest::names::{gist, made};
use crate::frameworks::php::pest::naming::split;
use crate::frameworks::php::trouble::unprovided;
use crate::plan::ReportFile;

/// A class and a method, with the set of data where it says so.
type Name = (String, String);

impl PhpunitReader {
    pub(super) fn heed(&mut self, report: &ReportFile) {
        let (read, problems) = junit::read(&report.bytes);
        self.report(&read);
        let is_whole = problems.iter().all(|problem| problem.harm == junit::Harm::Slight);
        if self.tool == Tool::Phpunit && is_whole && !report.bytes.is_empty() {
            self.hold_to(&read);
        }
    }

    /// The report tells errors from failures, and what Pest's tests are called.
    fn report(&mut self, report: &junit::Report<'_>) {
        let own = |class: &str| made(class).unwrap_or(class).to_owned();
        // Pest writes names in words, also those of PHPUnit's tests.
        let brief = |name: &str| {
            let (name, case) = split(name);
            (gist(name), case.map(str::to_owned))
        };
        let keys = self.finished.keys().map(|key| ((own(&key.1), brief(&key.2)), key.clone()));
        let keys: BTreeMap<_, Key> = keys.collect();
        // A test that ran twice is as good as the worse of the two.
        let mut cases = Vec::from_iter(&report.cases);
        cases.sort_by_key(|case| matches!(case.outcome(), Outcome::Failed | Outcome::Errored));
        for case in cases {
            let (class, name) = name_of(case);
            let exact = self.finished.keys().find(|key| key.1 == class && key.2 == name).cloned();
            let briefs = [(gist(&name), None), brief(&name)];
            let near =
                || briefs.iter().find_map(|it| keys.get(&(own(&class), it.clone())).cloned());
            if let Some(key) = exact.or_else(near) {
                self.judge_by(case, &key);
            }
        }
    }

    fn judge_by(&mut self, case: &junit::Case<'_>, key: &Key) {
        let Some(mut event) = self.finished.get(key).cloned() else {
            return;
        };
        reported(case, &mut event);
        let is_placeless = self.placeless.contains(key);
        match case.outcome() {
            Outcome::Failed => event["outcome"] = json!("failed"),
            Outcome::Errored if !is_placeless || !is_risky(case, &event) => {
                event["outcome"] = json!("errored");
            }
            _ if is_placeless => event["outcome"] = json!("passed"),
            Outcome::Skipped => event["outcome"] = json!("skipped"),
            Outcome::Passed if self.tool == Tool::Phpunit => {
                (event["outcome"], event["reason"]) = (json!("passed"), json!(""));
            }
            _ => {}
        }
        if let Some(class) = made(&key.1).filter(|_| event["file"].is_null()) {
            let told = self.naming.reported(class, case);
            (event["file"], event["names"]) = (json!(told.0), json!(told.1));
        }
        self.finished.insert(key.clone(), event);
    }

    /// What a whole report has ran, and nothing else. Where both call a set of data differently, what was told stays.
    fn hold_to(&mut self, report: &junit::Report<'_>) {
        let named = report.cases.iter().map(|case| (name_of(case), case));
        let named: BTreeMap<Name, &junit::Case<'_>> = named.collect();
        let told = self.finished.keys().map(|key| (key.1.clone(), key.2.clone()));
        let told: BTreeSet<Name> = told.collect();
        let method = |name: &Name| (name.0.clone(), split(&name.1).0.to_owned());
        let untold: Vec<&Name> = named.keys().filter(|name| !told.contains(*name)).collect();
        let unheard = told.iter().filter(|name| !named.contains_key(*name));
        let vague: BTreeSet<Name> = unheard.map(method).collect();
        let lost: BTreeSet<Name> = untold.iter().map(|name| method(name)).collect();
        for name in untold.into_iter().filter(|name| !vague.contains(&method(name))) {
            self.add(name, named[name]);
        }
        let job = &self.job;
        // PHPUnit 10.0 leaves out tests that are skipped before they begin.
        let is_known_skip = |(class, method): &Name, event: &Value| {
            let is_it = |names: &[String]| names.iter().eq([class, method]);
            event["outcome"] == "skipped" && job.known.items().any(|item| is_it(&item.id.names))
        };
        self.finished.retain(|key, event| {
            let name = (key.1.clone(), key.2.clone());
            let own = method(&name);
            let is_of_class = name.1.is_empty();
            let is_heard = named.contains_key(&name) || lost.contains(&own);
            is_of_class || is_heard || is_known_skip(&own, event)
        });
        // It is written when all has run.
        self.running = None;
        self.open.clear();
        self.ended = self.ended.max(1);
    }

    /// A test whose messages another one spoilt.
    fn add(&mut self, (class, name): &Name, case: &junit::Case<'_>) {
        let Some(file) = self.file(class).or_else(|| case.file.as_deref().map(str::to_owned))
        else {
            return;
        };
        let key = (file, class.clone(), name.clone());
        let outcome = match case.outcome() {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Errored => "errored",
            Outcome::Skipped => "skipped",
        };
        let mut event = self.event(&key, outcome);
        event["duration"] = json!(case.time);
        event["failures"] = json!(Vec::from_iter(told_by_report(case)));
        self.finished.insert(key, event);
    }
}

/// What the messages call a test of the report. PHPUnit 9 has none of its class where its provider throws or skips.
fn name_of(case: &junit::Case<'_>) -> Name {
    let name = case.name.as_deref().unwrap_or_default();
    if let Some(class) = case.classname.as_deref() {
        return (class.replace('.', "\\"), name.to_owned());
    }
    let text = case.statuses.first().and_then(|status| status.text.lines().nth(1));
    let skipped = || name.split_once("::").map(|(class, name)| (class.to_owned(), name.to_owned()));
    text.and_then(unprovided).or_else(skipped).unwrap_or_else(|| (String::new(), name.to_owned()))
}

/// PHPUnit 9 reports what is risky as an error, whatever it makes of it.
fn is_risky(case: &junit::Case<'_>, event: &Value) -> bool {
    let mut kinds = case.statuses.iter().filter_map(|status| status.type_.as_deref());
    event["outcome"] == "passed" || kinds.any(|kind| kind.ends_with("RiskyTestError"))
}
