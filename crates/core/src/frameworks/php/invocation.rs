//! The commands that run a selection: one file by its path, several by a pattern of their tests' names.

use std::collections::BTreeSet;

use crate::frameworks::chosen;
use crate::frameworks::words::portions;
use crate::id::TestId;
use crate::plan::{Candidate, Invocation, Job, Live, Reports, Site};

/// The report's name in the scratch directory.
pub(super) const REPORT: &str = "phpunit.xml";

/// Longer patterns are divided among several commands. PHP's regular expressions end at 64 KiB.
const LONGEST_PATTERN: usize = 16 * 1024;

/// Tells the tool where to tell what happens, and nobody else.
const LAUNCH: &str =
    r#"fd=$TESTDOCK_EVENTS_FD; unset TESTDOCK_EVENTS_FD; exec "$@" --log-teamcity "php://fd/$fd""#;

pub(super) fn invocation(job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let steps = steps(job);
    let report = |step: usize| format!("{step}-{REPORT}");
    let with_report = |(at, words): (usize, Vec<String>)| {
        let log = ["--log-junit".to_owned(), format!("{}/{}", site.scratch, report(at))];
        log.into_iter().chain(words).collect()
    };
    Invocation {
        candidates: candidates(job, site),
        args: suite.args.iter().chain(&job.args).cloned().collect(),
        reports: Reports::Scratch((0..steps.len()).map(report).collect()),
        steps: steps.into_iter().enumerate().map(with_report).collect(),
        env: suite.env.clone(),
        cwd: site.workspace(&suite.root),
        live: Live::Events,
        remedy: "install PHPUnit in the image (such as `RUN composer install` in a Dockerfile that begins with \
                 `FROM php:8.4-cli`), or set the suite's `command`"
            .into(),
        ..Invocation::default()
    }
}

/// PHPUnit as the project has it, else as the image does.
fn candidates(job: &Job, site: &Site) -> Vec<Candidate> {
    let launch = |command: &[String], check| {
        let words = ["sh", "-c", LAUNCH, "sh"].map(str::to_owned);
        Candidate { argv: words.into_iter().chain(command.iter().cloned()).collect(), check }
    };
    if let Some(command) = &job.suite.command {
        return vec![launch(command, Vec::new())];
    }
    let here = |command: String| {
        let check = ["sh", "-c", "command -v \"$0\"", &command].map(str::to_owned).to_vec();
        launch(&[command], check)
    };
    let own = site.workspace(&job.suite.root.join("vendor/bin/phpunit"));
    vec![here(own), here("phpunit".to_owned())]
}

fn steps(job: &Job) -> Vec<Vec<String>> {
    let is_all = job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root);
    if is_all && job.exclude.is_empty() {
        return vec![Vec::new()];
    }
    let files = chosen::files(job);
    let out: Vec<String> =
        job.exclude.iter().filter(|out| !out.names.is_empty()).map(pattern).collect();
    let only = (files.len() == 1).then(|| files.keys().next()).flatten();
    let only = only.map(|file| file.strip(&job.suite.root).unwrap_or(file.as_str()).to_owned());
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut steps = Vec::new();
    for (file, chosen) in &files {
        match chosen {
            Some(chosen) => names.extend(chosen.iter().map(|id| pattern(id))),
            // All of the one file needs no names.
            None if only.is_some() && out.is_empty() => steps.push(only.iter().cloned().collect()),
            None => {
                let tops = job.known.in_file(file).iter().filter(|item| item.id.names.len() == 1);
                let tops: Vec<String> = tops.map(|item| pattern(&item.id)).collect();
                // A file in which nothing was found may have tests all the same.
                let inner = file.strip(&job.suite.root).unwrap_or(file.as_str());
                steps.extend(tops.is_empty().then(|| vec![inner.to_owned()]));
                names.extend(tops);
            }
        }
    }
    for names in portions(&names, LONGEST_PATTERN) {
        let filter = [format!("--filter={}", expression(&names, &out))];
        steps.push(filter.into_iter().chain(only.clone()).collect());
    }
    if steps.is_empty() {
        steps.push(vec![format!("--filter={NOTHING}")]);
    }
    steps
}

/// A pattern that no name matches.
const NOTHING: &str = "/(?!)/";

/// The pattern of a test with all of its data, of one set, or of a class. A name in quotes is what newer versions
/// print of a set that has one.
fn pattern(id: &TestId) -> String {
    let names: Vec<String> = id.names.iter().map(|name| escaped(name)).collect();
    match (names.as_slice(), &id.case) {
        ([class], _) => format!("{class}::.*"),
        (names, Some(case)) => format!("{} with data set {}", names.join("::"), escaped(case)),
        (names, None) => format!("{}(?: with data set .*)?", names.join("::")),
    }
}

/// One of these names, and none of those.
fn expression(names: &[&String], out: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    let out = if out.is_empty() { String::new() } else { format!("(?!(?:{})$)", out.join("|")) };
    format!("/^{out}(?:{})$/s", names.join("|"))
}

/// A name as a pattern that matches nothing else.
fn escaped(name: &str) -> String {
    regex::escape(name).replace('/', r"\/")
}
