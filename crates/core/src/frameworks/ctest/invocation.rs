//! The command that runs a selection: Testdock's own script configures, builds, and has CTest run what a file names.

use std::collections::BTreeSet;

use super::names;
use crate::frameworks::{ItemKind, TestItem};
use crate::id::TestId;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

const HELPER: &str = include_str!("helper/testdock_ctest.sh");
const HELPER_NAME: &str = "testdock_ctest.sh";

/// A longer filter is none: an environment holds no more.
const LONGEST_FILTER: usize = 64 * 1024;

pub(super) fn invocation(job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let given = suite.args.iter().chain(&job.args).cloned();
    let (of_cmake, of_ctest): (Vec<String>, Vec<String>) =
        given.partition(|arg| arg.starts_with("-D") || arg.starts_with("--preset"));
    let limit =
        suite.test_timeout.map(|limit| ["--timeout".into(), limit.as_secs().max(1).to_string()]);
    let mut env = vec![("TESTDOCK_CMAKE_ARGS".to_owned(), of_cmake.join("\n"))];
    env.extend(suite.env.iter().cloned());
    Invocation {
        candidates: vec![launched(job, site)],
        args: limit.into_iter().flatten().chain(of_ctest).collect(),
        env,
        cwd: site.workspace(&suite.root),
        helpers: vec![HelperFile { name: HELPER_NAME.into(), content: HELPER.into() }],
        inputs: inputs(job),
        reports: Reports::None,
        live: Live::Printed,
        remedy: "install CMake and a compiler where the tests run (such as `RUN apt-get update && apt-get install -y \
                 cmake g++` in a Dockerfile), or set the suite's `command`"
            .into(),
        ..Invocation::default()
    }
}

/// CTest, after the project was built where nobody else builds.
fn launched(job: &Job, site: &Site) -> Candidate {
    let name = job.suite.root.as_str().replace('/', "+");
    let place = site.cache.as_ref().unwrap_or(&site.scratch);
    let helper = format!("{}/{HELPER_NAME}", site.helpers);
    let launch = ["sh".to_owned(), helper, format!("{place}/cmake-{name}"), site.scratch.clone()];
    let ctest = vec!["ctest".to_owned()];
    let command = job.suite.command.as_ref().unwrap_or(&ctest);
    let check = match &job.suite.command {
        Some(_) => Vec::new(),
        None => vec!["cmake".to_owned(), "--version".to_owned()],
    };
    Candidate { argv: launch.into_iter().chain(command.iter().cloned()).collect(), check }
}

fn inputs(job: &Job) -> Vec<HelperFile> {
    let is_all = job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root);
    if is_all && job.exclude.is_empty() {
        return Vec::new();
    }
    let wanted = if is_all { BTreeSet::new() } else { keys(job, &job.selection) };
    let mut unwanted = keys(job, &job.exclude);
    // What another test is called too runs, and nothing is told of the one that is left out.
    let is_out = |id: &TestId| job.exclude.iter().any(|out| out.holds(id));
    let others = job.known.items().filter(|item| !is_out(&item.id)).map(names::spoken);
    let others: BTreeSet<String> = others.collect();
    unwanted.retain(|key| !others.contains(&key.name));
    let line = |sign: char, key: &Key| format!("{sign}{}\n", key.name.replace('\n', " "));
    let only = (!is_all).then(|| "=\n".to_owned());
    let wanted_lines = wanted.iter().map(|key| line(if key.is_start { '^' } else { '+' }, key));
    let selection: String = only
        .into_iter()
        .chain(wanted_lines)
        .chain(unwanted.iter().map(|key| line('-', key)))
        .collect();
    let classes = wanted.iter().filter_map(|key| Some(format!("{}\n", key.class.as_ref()?)));
    let classes: String = classes.collect();
    let file =
        |name: &str, content: String| HelperFile { name: name.into(), content: content.into() };
    vec![
        file("selection", selection),
        file("classes", classes),
        file("filter", filter(&wanted, &unwanted)),
    ]
}

/// By what a test is known to its tools.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    name: String,
    /// Whether its name only begins so.
    is_start: bool,
    /// The class of a test of GoogleTest.
    class: Option<String>,
    /// What GoogleTest's own filter says for it.
    filter: String,
    /// Whether it is a whole program.
    is_program: bool,
}

fn keys(job: &Job, ids: &[TestId]) -> BTreeSet<Key> {
    ids.iter().flat_map(|id| of(job, id)).collect()
}

/// A test, all tests of a group, or all below a file or folder.
fn of(job: &Job, id: &TestId) -> Vec<Key> {
    let item = job.known.item(id);
    let is_test = item.is_some_and(|item| item.kind != ItemKind::Group);
    if id.case.is_none() && !is_test {
        let below = job.known.items().filter(|it| it.kind != ItemKind::Group && id.holds(&it.id));
        let below: Vec<Key> = below.map(|item| key(item, None)).collect();
        if !below.is_empty() || id.names.is_empty() {
            return below;
        }
    }
    match job.known.definition(id) {
        Some(item) => vec![key(item, id.case.as_deref())],
        None => vec![Key {
            name: id.names.join("."),
            is_start: false,
            class: None,
            filter: String::new(),
            is_program: names::is_listed(id),
        }],
    }
}

fn key(item: &TestItem, case: Option<&str>) -> Key {
    let name = names::spoken(item);
    let is_program = names::is_listed(&item.id);
    let key = |name: &str| Key {
        name: name.to_owned(),
        is_start: false,
        class: None,
        filter: String::new(),
        is_program,
    };
    match (&item.pattern, case) {
        (Some(_), Some(case)) => key(case),
        (Some(pattern), None) => Key { is_start: true, ..key(pattern.start()) },
        (None, case) => {
            let of_case = case.map(|case| format!("{name}[{case}]"));
            let key = key(of_case.as_ref().unwrap_or(&name));
            let [suite, test] = item.id.names.as_slice() else {
                return key;
            };
            let filter = match item.kind {
                ItemKind::Parametrised => {
                    format!("{name}/*:*/{name}/*:{suite}/*.{test}:*/{suite}/*.{test}")
                }
                _ => name,
            };
            Key { class: Some(format!("{suite}_{test}_Test")), filter, ..key }
        }
    }
}

/// What a whole program of GoogleTest runs. A program that is itself wanted runs all of its tests.
fn filter(wanted: &BTreeSet<Key>, unwanted: &BTreeSet<Key>) -> String {
    let patterns = |keys: &BTreeSet<Key>, is_out: bool| {
        // A case that is left out runs, and is not told.
        let meant = keys.iter().filter(|key| !is_out || !key.name.ends_with(']'));
        let patterns = meant.map(|key| key.filter.as_str()).filter(|filter| !filter.is_empty());
        patterns.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(":")
    };
    if wanted.iter().any(|key| key.is_program) {
        return String::new();
    }
    let (wanted, unwanted) = (patterns(wanted, false), patterns(unwanted, true));
    let out = if unwanted.is_empty() { unwanted } else { format!("-{unwanted}") };
    let filter = wanted + &out;
    if filter.len() > LONGEST_FILTER { String::new() } else { filter }
}
