//! The commands that run a selection: where it is, and a pattern of its tests' names.

use std::collections::BTreeSet;

use super::{Php, Tool, pest, places};
use crate::frameworks::words::portions;
use crate::frameworks::{ItemKind, chosen};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, Invocation, Job, Live, Reports, Site};

/// The report's name in the scratch directory.
pub(super) const REPORT: &str = "phpunit.xml";

/// Longer patterns are divided among several commands. PHP's regular expressions end at 64 KiB.
const LONGEST_PATTERN: usize = 16 * 1024;

/// Tells the tool where to tell what happens, and nobody else.
const LAUNCH: &str =
    r#"fd=$TESTDOCK_EVENTS_FD; unset TESTDOCK_EVENTS_FD; exec "$@" --log-teamcity "php://fd/$fd""#;

/// Goes before that where another command may be there instead: nobody is told of the one that is not.
const IF_THERE: &str = r#"command -v "$1" >/dev/null || exit 127; "#;

pub(super) fn invocation(php: &Php, job: &Job, site: &Site) -> Invocation {
    let (suite, tool) = (&job.suite, php.tool);
    let steps = steps(php, job);
    let report = |step: usize| format!("{step}-{REPORT}");
    let with_report = |(at, words): (usize, Vec<String>)| {
        let log = ["--log-junit".to_owned(), format!("{}/{}", site.scratch, report(at))];
        log.into_iter().chain(words).collect()
    };
    Invocation {
        candidates: candidates(tool, job, site),
        args: suite.args.iter().chain(&job.args).cloned().collect(),
        reports: Reports::Scratch((0..steps.len()).map(report).collect()),
        steps: steps.into_iter().enumerate().map(with_report).collect(),
        env: suite.env.clone(),
        cwd: site.workspace(&suite.root),
        live: Live::Events,
        remedy: format!(
            "install {} in the image (such as `RUN composer install` in a Dockerfile that begins with \
             `FROM php:8.4-cli`), or set the suite's `command`",
            match tool {
                Tool::Phpunit => "PHPUnit",
                Tool::Pest => "Pest",
            }
        ),
        ..Invocation::default()
    }
}

/// The tool as the project has it, else as the image does.
fn candidates(tool: Tool, job: &Job, site: &Site) -> Vec<Candidate> {
    let launch = |script: &str, command: &[String], check| {
        let words = ["sh", "-c", script, "sh"].map(str::to_owned);
        Candidate { argv: words.into_iter().chain(command.iter().cloned()).collect(), check }
    };
    if let Some(command) = &job.suite.command {
        return vec![launch(LAUNCH, command, Vec::new())];
    }
    let here = |command: String| {
        let check = ["sh", "-c", "command -v \"$0\"", &command].map(str::to_owned).to_vec();
        launch(&format!("{IF_THERE}{LAUNCH}"), &[command], check)
    };
    let name = match tool {
        Tool::Phpunit => "phpunit",
        Tool::Pest => "pest",
    };
    let own = site.workspace(&job.suite.root.join(&format!("vendor/bin/{name}")));
    vec![here(own), here(name.to_owned())]
}

fn steps(php: &Php, job: &Job) -> Vec<Vec<String>> {
    let tool = php.tool;
    if places::is_everywhere(job) && job.exclude.is_empty() {
        return vec![Vec::new()];
    }
    let folders = folders(job);
    let mut files = chosen::files(job);
    files.retain(|file, _| !folders.iter().any(|dir| file.strip(dir).is_some()));
    let out = job.exclude.iter().filter(|out| !out.names.is_empty());
    let out: Vec<String> = out.map(|id| pattern(tool, job, id)).collect();
    let inner = |path: &RelPath| path.strip(&job.suite.root).unwrap_or(path.as_str()).to_owned();
    let is_one = files.len() == 1;
    let mut steps: Vec<Vec<String>> = folders.iter().map(|dir| vec![inner(dir)]).collect();
    let (mut names, mut named) = (BTreeSet::new(), Vec::new());
    for (file, chosen) in &files {
        let patterns: Vec<String> = match chosen {
            Some(chosen) => {
                let patterns = chosen.iter().map(|id| pattern(tool, job, id));
                patterns.chain(chosen.iter().filter_map(|id| of_provider(id))).collect()
            }
            // All of the one file needs no names.
            None if is_one && out.is_empty() => Vec::new(),
            None => whole(tool, job, file),
        };
        // A file in which nothing was found may have tests all the same.
        match patterns.is_empty() {
            true => steps.push(vec![inner(file)]),
            false => named.push(file),
        }
        names.extend(patterns);
    }
    let places = places::of(job, &named, php.takes_several);
    for names in portions(&names, LONGEST_PATTERN) {
        let filter = [format!("--filter={}", expression(&names, &out))];
        steps.push(filter.into_iter().chain(places.clone()).collect());
    }
    if steps.is_empty() {
        steps.push(vec![format!("--filter={NOTHING}")]);
    }
    steps
}

/// The selected folders that have files in which nothing was found: PHPUnit looks into them by itself. Others it knows by
/// the names of what is in them, so that it heeds what its configuration leaves out.
fn folders(job: &Job) -> Vec<RelPath> {
    let has_bare = |dir: &RelPath| job.known.bare().any(|file| file.strip(dir).is_some());
    let mut folders: Vec<RelPath> = chosen::folders(job).into_iter().filter(has_bare).collect();
    folders.sort();
    // An outer folder comes before those in it.
    folders.dedup_by(|inner, outer| inner.strip(outer).is_some());
    folders
}

/// A pattern that no name matches.
const NOTHING: &str = "/(?!)/";

/// The patterns of all that stands in a file.
fn whole(tool: Tool, job: &Job, file: &RelPath) -> Vec<String> {
    let groups = job.known.in_file(file).iter().filter(|item| item.kind == ItemKind::Group);
    let tops = groups.filter(|item| item.id.names.len() == 1);
    match tool {
        Tool::Phpunit => tops.map(|item| of_class(&item.id)).collect(),
        Tool::Pest => {
            let classes = tops.filter(|item| is_of_class(&item.id)).map(|item| of_class(&item.id));
            classes.chain([pest::pattern::file(job, file, escaped)]).collect()
        }
    }
}

/// The pattern of a test, or of what groups tests. Pest's own may be called as a class is.
fn pattern(tool: Tool, job: &Job, id: &TestId) -> String {
    match tool {
        Tool::Phpunit => of_class(id),
        Tool::Pest if is_of_class(id) => {
            format!("{}|{}", of_class(id), pest::pattern::test(job, id, escaped))
        }
        Tool::Pest => pest::pattern::test(job, id, escaped),
    }
}

/// Whether a class and a method may be called so.
fn is_of_class(id: &TestId) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_' || c == '\\';
    id.names.len() <= 2 && id.names.iter().all(|name| name.chars().all(is_letter))
}

/// The pattern of a test of a class with all of its data, of one set, or of the class. A name in quotes is what newer
/// versions print of a set that has one.
fn of_class(id: &TestId) -> String {
    let names: Vec<String> = id.names.iter().map(|name| escaped(name)).collect();
    match (names.as_slice(), &id.case) {
        ([class], _) => format!("{class}::.*"),
        (names, Some(case)) => format!("{} with data set {}", names.join("::"), escaped(case)),
        (names, None) => format!("{}(?: with data set .*| is invalid.*)?", names.join("::")),
    }
}

/// The pattern of what is said of a provider that throws, where one set of its data is chosen.
fn of_provider(id: &TestId) -> Option<String> {
    let names: Vec<String> = id.names.iter().map(|name| escaped(name)).collect();
    id.case.as_ref().map(|_| format!("{} is invalid.*", names.join("::")))
}

/// What stands before the name of a test whose provider has no data, where PHPUnit 9 filters: before 10 it takes for the
/// name the message of one that throws, and another class for that of one that skips.
const UNPROVIDED: &str =
    r"(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?";

/// One of these names, and none of those.
fn expression(names: &[&String], out: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    let out = if out.is_empty() { String::new() } else { format!("(?!(?:{})$)", out.join("|")) };
    format!("/^{UNPROVIDED}{out}(?:{})$/s", names.join("|"))
}

/// A name as a pattern that matches nothing else.
fn escaped(name: &str) -> String {
    regex::escape(name).replace('/', r"\/")
}
