//! What people want to know of a report: how many, what failed, what was slow.

use std::collections::HashMap;
use std::time::Duration;

use testdock_junit as junit;

use super::{BrokenSuite, Entry, Listener, Located, cut_off, duration, failure, is_bad};
use crate::model::{Failure, Outcome, Totals};

/// How many of the slowest tests are told.
const SLOWEST: usize = 5;
/// So many groups are told apart.
const MOST_GROUPS: usize = 100_000;
/// Whoever writes a longer time counts in nanoseconds, or not at all.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);
/// So much is kept of what a failed test printed, and of a trace.
const MAX_TEXT: usize = 32 << 10;

/// The sum of one or more reports, in memory that grows with their failures only.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many cases ended how.
    pub totals: Totals,
    /// How many suites failed as a whole.
    pub broken_suites: usize,
    /// What all cases took together.
    pub time: Duration,
    /// What failed, in the reports' order.
    pub bad: Vec<Bad>,
    /// Files or suites, in the reports' order.
    pub groups: Vec<Group>,
    /// The slowest cases, slowest first.
    pub slowest: Vec<(Duration, String)>,
    /// Cases that passed in the end, and failed in an earlier try.
    pub flaky: Vec<String>,
    index: HashMap<String, usize>,
}

/// A case that failed, or a suite that did.
#[derive(Debug)]
pub struct Bad {
    /// Its name behind its group's.
    pub label: String,
    /// Failed or errored.
    pub outcome: Outcome,
    /// What went wrong.
    pub failures: Vec<Failure>,
    /// The end of what it printed.
    pub output: String,
    /// The case, with nothing but its names; none for a suite.
    pub case: Option<junit::Case<'static>>,
}

/// A file, class or suite.
#[derive(Debug, Default)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How many of its cases ended how.
    pub totals: Totals,
    /// What they took together.
    pub time: Duration,
}

impl Tally {
    /// Whether something went wrong.
    pub fn is_bad(&self) -> bool {
        !self.bad.is_empty()
    }

    /// Adds another report.
    pub fn add(&mut self, other: Tally) {
        self.totals += other.totals;
        self.broken_suites += other.broken_suites;
        self.time = self.time.saturating_add(other.time);
        self.bad.extend(other.bad);
        self.flaky.extend(other.flaky);
        for group in other.groups {
            let own = self.group(&group.name);
            own.time = own.time.saturating_add(group.time);
            own.totals += group.totals;
        }
        for (time, label) in other.slowest {
            self.was_slow(time, || label);
        }
    }

    fn group(&mut self, name: &str) -> &mut Group {
        let is_full = self.groups.len() >= MOST_GROUPS && !self.index.contains_key(name);
        let name = if is_full { "others" } else { name };
        let index = match self.index.get(name) {
            Some(&index) => index,
            None => {
                self.index.insert(name.to_owned(), self.groups.len());
                self.groups.push(Group { name: name.to_owned(), ..Group::default() });
                self.groups.len() - 1
            }
        };
        &mut self.groups[index]
    }

    fn was_slow(&mut self, time: Duration, label: impl FnOnce() -> String) {
        let at = self.slowest.partition_point(|(slower, _)| *slower >= time);
        if at < SLOWEST && !time.is_zero() {
            self.slowest.insert(at, (time, label()));
            self.slowest.truncate(SLOWEST);
        }
    }
}

impl Listener for Tally {
    fn case(&mut self, entry: &Entry<'_>) {
        let group = group_name(entry);
        let label = || label(&group, entry.case);
        let group = or_unnamed(group.clone());
        let time = duration(entry.case).filter(|time| *time < LONGEST).unwrap_or_default();
        self.totals.count(entry.outcome);
        self.time = self.time.saturating_add(time);
        let own = self.group(&group);
        own.totals.count(entry.outcome);
        own.time = own.time.saturating_add(time);
        self.was_slow(time, label);
        if entry.outcome.is_bad() {
            self.bad.push(Bad {
                label: label(),
                outcome: entry.outcome,
                output: output(entry.case),
                failures: failures(&entry.case.statuses, &entry.located)
                    .into_iter()
                    .chain(cut_off(entry.case))
                    .collect(),
                case: Some(names_only(entry.case)),
            });
        } else if entry.outcome == Outcome::Passed && !entry.case.statuses.is_empty() {
            self.flaky.push(label());
        }
    }

    fn suite(&mut self, suite: &BrokenSuite<'_>) {
        let failures = failures(suite.statuses, &suite.located);
        if failures.is_empty() {
            return;
        }
        self.broken_suites += 1;
        self.bad.push(Bad {
            label: or_unnamed(suite.suites.join(" > ")),
            outcome: Outcome::Errored,
            failures,
            output: String::new(),
            case: None,
        });
    }
}

fn failures<'s>(statuses: &'s [junit::Status<'s>], located: &'s [Located]) -> Vec<Failure> {
    let bad = statuses.iter().zip(located).filter(|(status, _)| is_bad(status));
    bad.map(|(status, at)| {
        let failure = failure(status, at.clone(), str::to_owned);
        Failure { detail: tail(&failure.detail).to_owned(), ..failure }
    })
    .collect()
}

/// The file if it is told; else the class, unless the tool puts the test's title there; else the
/// suite.
fn group_name(entry: &Entry<'_>) -> String {
    let case = entry.case;
    let file = case.file.as_deref().or_else(|| entry.suite?.file.as_deref());
    if let Some(file) = file.and_then(junit::path_of) {
        return file;
    }
    let class = case.classname.as_deref().unwrap_or_default();
    let name = case.name.as_deref().unwrap_or_default();
    if says_nothing(class, name) {
        return match entry.suites.join(" > ") {
            suites if suites.is_empty() => class.to_owned(),
            suites => suites,
        };
    }
    class.to_owned()
}

fn label(group: &str, case: &junit::Case<'_>) -> String {
    let name = case.name.as_deref().unwrap_or_default();
    let class = case.classname.as_deref().unwrap_or_default();
    // A class within a file says more than the file alone.
    let class = if says_nothing(class, name) { "" } else { class_within(group, class) };
    // Some tools say the group's name once more.
    let group = if group == name { "" } else { group };
    let parts = [group, class, name].into_iter().filter(|part| !part.is_empty());
    or_unnamed(parts.collect::<Vec<_>>().join(" > "))
}

fn or_unnamed(name: String) -> String {
    if name.is_empty() { "(no name)".to_owned() } else { name }
}

/// Some tools put the test's title there, and Node `test` for each.
fn says_nothing(class: &str, name: &str) -> bool {
    name.contains(class) || class == "test"
}

/// What a class says beside the file or class that it is in: `TestC` of `tests.test_a.TestC`.
fn class_within<'c>(group: &str, class: &'c str) -> &'c str {
    let stem = group
        .rsplit_once('.')
        .filter(|(_, end)| !end.contains('/'))
        .map_or(group, |(stem, _)| stem);
    let file = stem.replace(['/', '\\'], ".");
    [group, &file]
        .iter()
        .find_map(|it| class.strip_prefix(*it))
        .map_or(class, |rest| rest.trim_start_matches('.'))
}

fn output(case: &junit::Case<'_>) -> String {
    let printed = case.system_out.iter().chain(&case.system_err);
    let printed: Vec<&str> =
        printed.map(|text| text.trim_end()).filter(|it| !it.is_empty()).collect();
    tail(&printed.join("\n")).to_owned()
}

/// The end of a text, which is what is shown of it.
fn tail(text: &str) -> &str {
    let start = text.len().saturating_sub(MAX_TEXT);
    let start = (start..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    text[start..].trim_start_matches(['\r', '\n'])
}

fn names_only(case: &junit::Case<'_>) -> junit::Case<'static> {
    let own = |text: &Option<std::borrow::Cow<'_, str>>| {
        text.as_deref().map(|text| text.to_owned().into())
    };
    junit::Case {
        suite: case.suite,
        classname: own(&case.classname),
        name: own(&case.name),
        file: own(&case.file),
        line: case.line,
        ..junit::Case::default()
    }
}
