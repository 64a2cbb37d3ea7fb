//! The commands that run a selection: the task `test` of each module that is meant, with patterns of its classes and methods.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::super::launch::{candidates, classes, helper};
use super::super::modules::Modules;
use crate::frameworks::ItemKind;
use crate::frameworks::words::portions;
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{HelperFile, Invocation, Job, Live, Reports, Site};

const SCRIPT: &str = include_str!("../helper/testdock_gradle.init.gradle");
const SCRIPT_NAME: &str = "testdock_gradle.init.gradle";

/// Where reports are written.
const REPORTS: &str = "*/test-results/*/TEST-*.xml";

/// A build that comes from a cache of its configuration calls no listener before Gradle 8.4, and none that is not allowed there since.
/// These are what Gradle called it over time; older versions ignore them.
const NO_CACHE: [&str; 4] = [
    "configuration-cache",
    "unsafe.configuration-cache",
    "isolated-projects",
    "unsafe.isolated-projects",
];

/// Longer lists are divided among several commands.
const LONGEST_LIST: usize = 32 * 1024;

pub(in super::super) fn invocation(modules: &Modules, job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let mut words = vec![
        "--no-daemon".to_owned(),
        "--console=plain".to_owned(),
        // Each module is tested, whatever became of the others.
        "--continue".to_owned(),
        "--init-script".to_owned(),
        format!("{}/{SCRIPT_NAME}", site.helpers),
    ];
    words.extend(NO_CACHE.map(|name| format!("-Dorg.gradle.{name}=false")));
    let mut env = vec![("TESTDOCK_LIVE".to_owned(), format!("{}/live", site.scratch))];
    if let Some(cache) = &site.cache {
        words.extend(["--project-cache-dir".to_owned(), format!("{cache}/gradle")]);
    }
    env.extend(suite.env.iter().cloned());
    words.extend(suite.args.iter().chain(&job.args).cloned());
    let steps = steps(modules, job);
    let all = steps.is_empty().then(|| "test".to_owned());
    Invocation {
        // The project's own script that fetches its version of Gradle, else the one of the image.
        candidates: candidates(job, site, REPORTS, ["./gradlew", "gradle"]),
        args: words.into_iter().chain(all).collect(),
        steps,
        env,
        cwd: site.workspace(&suite.root),
        helpers: vec![
            helper(),
            HelperFile { name: SCRIPT_NAME.into(), content: SCRIPT.into() },
        ],
        reports: Reports::None,
        live: Live::Events,
        remedy: "install Gradle where the tests run (such as `FROM gradle:8-jdk21` in a Dockerfile), give the project its \
                 wrapper, or set the suite's `command`"
            .into(),
        ..Invocation::default()
    }
}

fn steps(modules: &Modules, job: &Job) -> Vec<Vec<String>> {
    let is_all = job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root);
    if is_all && job.exclude.is_empty() {
        return Vec::new();
    }
    let root = [job.suite.of_file(job.suite.root.clone())];
    let selection = if job.selection.is_empty() { &root } else { job.selection.as_slice() };
    let mut wanted: BTreeMap<RelPath, BTreeSet<String>> = BTreeMap::new();
    for id in selection.iter().flat_map(|id| classes(job, id)).flat_map(|id| without(job, id)) {
        if let (Some(module), Some(class)) = (modules.of_file(&id.file), modules.class(&id.file)) {
            wanted.entry(module.dir.clone()).or_default().extend(patterns(job, &id, &class));
        }
    }
    let mut steps: Vec<Vec<String>> = Vec::new();
    for (dir, patterns) in wanted {
        let inner = dir.strip(&job.suite.root).unwrap_or_default().replace('/', ":");
        let task = if inner.is_empty() { ":test".to_owned() } else { format!(":{inner}:test") };
        for patterns in portions(patterns, LONGEST_LIST) {
            let words = patterns.into_iter().flat_map(|it| ["--tests".to_owned(), it]);
            let words: Vec<String> = [task.clone()].into_iter().chain(words).collect();
            let length = |step: &[String]| step.iter().map(String::len).sum::<usize>();
            match steps.last_mut() {
                // A task runs once in a command.
                Some(last)
                    if length(last) + length(&words) < LONGEST_LIST && !last.contains(&task) =>
                {
                    last.extend(words);
                }
                _ => steps.push(words),
            }
        }
    }
    // Of nothing nothing is run, and everything of no task at all.
    if steps.is_empty() { vec![vec!["help".to_owned()]] } else { steps }
}

/// A chosen test or class without what is left out: then its tests, one by one, since Gradle cannot say it otherwise.
fn without(job: &Job, id: TestId) -> Vec<TestId> {
    let is_out = |id: &TestId| job.exclude.iter().any(|out| out.holds(id));
    if is_out(&id) {
        return Vec::new();
    }
    if !job.exclude.iter().any(|out| id.holds(out)) {
        return vec![id];
    }
    let tests = job.known.items().filter(|it| it.kind != ItemKind::Group).map(|it| it.id.clone());
    tests.filter(|test| id.holds(test) && !is_out(test)).collect()
}

/// The patterns of a test, or of a class and those in it.
///
/// Java reads its arguments as the container's locale has them, and where that is none, as ASCII: anything may stand in
/// the place of other characters.
fn patterns(job: &Job, id: &TestId, of_file: &str) -> Vec<String> {
    let any_locale = |pattern: String| OTHERS.replace_all(&pattern, "*").into_owned();
    exact_patterns(job, id, of_file).into_iter().map(any_locale).collect()
}

static OTHERS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[^\x00-\x7f]+").expect("a pattern"));

fn exact_patterns(job: &Job, id: &TestId, of_file: &str) -> Vec<String> {
    let package =
        of_file.rsplit_once('.').map_or(String::new(), |(package, _)| format!("{package}."));
    let item = job.known.item(&TestId { case: None, ..id.clone() });
    let is_test = id.case.is_some()
        || id.names.len() > 1 && item.is_none_or(|item| item.kind != ItemKind::Group);
    let depth = id.names.len() - usize::from(is_test);
    let class = format!("{package}{}", id.names[..depth].join("$"));
    if !is_test {
        return vec![class.clone(), format!("{class}$*")];
    }
    let method = id.names.last().map(String::as_str).unwrap_or_default();
    let is_table = item.is_some_and(|item| item.kind == ItemKind::Parametrised);
    match &id.case {
        // JUnit 5 knows a method alone, and JUnit 4 a case by this name alone.
        Some(case) => vec![format!("{class}.{method}"), format!("{class}.{method}[{case}]")],
        None if is_table => vec![format!("{class}.{method}"), format!("{class}.{method}[*")],
        None => vec![format!("{class}.{method}")],
    }
}
