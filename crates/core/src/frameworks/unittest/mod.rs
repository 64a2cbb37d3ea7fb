//! `unittest`, for projects that use it and not pytest: run and followed by a helper script.
//!
//! Its tests stand in files as pytest's do, and are discovered by the same means.

mod detect;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::chosen;
use super::helper::HelperReader;
use super::lines::Lines;
use super::pytest::discover::{self, FoundKind, FoundTest, NameRules};
use super::{Detected, Framework, ItemKind, Kind, Reader, Source, Suite, TestItem};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

pub(super) use detect::is_chosen;

/// How unittest is found.
pub const KIND: Kind = Kind {
    name: "unittest",
    image: "python:3.12",
    shaped_by: &["pyproject.toml", "setup.cfg"],
    detect: |contents| {
        let found = detect::detect(contents).into_iter();
        found.map(|root| Detected::new(root, Unittest)).collect()
    },
    at: |_, _| Arc::new(Unittest),
};

/// The script that runs the tests.
const HELPER: &str = include_str!("helper/testdock_unittest.py");

/// The selection's name in the scratch directory.
const SELECTION: &str = "selection.json";

/// `python -m unittest`.
#[derive(Debug)]
struct Unittest;

impl Framework for Unittest {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn limits_tests(&self) -> bool {
        true
    }

    /// The script is told which files to load.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        path.strip(&suite.root).is_some() && detect::is_test_file(path)
    }

    fn owns(&self, suite: &Suite, path: &RelPath) -> bool {
        path.strip(&suite.root).is_some_and(|inner| inner.ends_with(".py"))
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        let lines = Lines::of(source.text);
        let read = |path: &RelPath| source.other(path);
        // No class is a test by its name, and no function is one by itself.
        let rules = NameRules::new(&["test".to_owned()], &[]);
        let found = discover::discover_in(source.path, source.text, &rules, &read).into_iter();
        let found = found.filter(|it| it.kind == FoundKind::Class || it.names.len() > 1);
        found.map(|test| item(suite, source.path, &lines, test)).collect()
    }

    /// Such as doctests that `load_tests` collects, or classes without a method of their own; scripts are called like
    /// tests too.
    fn may_have_more(&self, text: &str) -> bool {
        ["unittest", "TestCase", "load_tests"].iter().any(|word| text.contains(word))
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation(job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(HelperReader::new("unittest", job, site))
    }
}

fn item(suite: &Suite, path: &RelPath, lines: &Lines<'_>, test: FoundTest) -> TestItem {
    let file = suite.of_file(path.clone());
    TestItem {
        hash: lines.hash(&test.range) ^ test.elsewhere.unwrap_or_default(),
        id: TestId { names: test.names, ..file },
        kind: match test.kind {
            FoundKind::Class => ItemKind::Group,
            FoundKind::Function => ItemKind::Test,
        },
        range: test.range,
        name: test.name_range,
        pattern: None,
        tags: Vec::new(),
    }
}

fn invocation(job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let python = |name: &str| Candidate {
        argv: vec![name.to_owned()],
        check: vec![name.to_owned(), "-c".into(), "import unittest".into()],
    };
    let candidates = match &suite.command {
        Some(command) => vec![Candidate { argv: command.clone(), check: Vec::new() }],
        None => vec![python("python3"), python("python")],
    };
    let mut args = vec![format!("{}/testdock_unittest.py", site.helpers)];
    args.extend(suite.args.iter().chain(&job.args).cloned());
    let mut env = vec![
        ("TESTDOCK_SELECT".to_owned(), format!("{}/{SELECTION}", site.scratch)),
        // What a test prints is seen when it prints it.
        ("PYTHONUNBUFFERED".to_owned(), "1".to_owned()),
    ];
    if let Some(cache) = &site.cache {
        env.push(("PYTHONPYCACHEPREFIX".into(), format!("{cache}/unittest")));
    }
    if let Some(limit) = suite.test_timeout {
        env.push(("TESTDOCK_TEST_TIMEOUT".into(), limit.as_secs_f64().to_string()));
    }
    env.extend(suite.env.iter().cloned());
    let content = selection(job).to_string().into();
    Invocation {
        candidates,
        args,
        env,
        cwd: site.workspace(&suite.root),
        helpers: vec![HelperFile { name: "testdock_unittest.py".into(), content: HELPER.into() }],
        inputs: vec![HelperFile { name: SELECTION.into(), content }],
        reports: Reports::None,
        live: Live::Events,
        remedy: "install Python where the tests run (such as `FROM python:3.12` in a Dockerfile), or set the suite's \
                 `command`"
            .into(),
        ..Invocation::default()
    }
}

/// What to load, and what of it to run, in the script's words.
fn selection(job: &Job) -> serde_json::Value {
    let inner = |file: &RelPath| file.strip(&job.suite.root).unwrap_or(file.as_str()).to_owned();
    let mut files: BTreeMap<String, Vec<&[String]>> = BTreeMap::new();
    for (file, chosen) in chosen::files(job) {
        let names = chosen.into_iter().flatten().map(|id| id.names.as_slice());
        files.insert(inner(&file), names.collect());
    }
    let exclude = job.exclude.iter().filter(|out| !out.names.is_empty());
    let exclude: Vec<_> = exclude.map(|out| json!([inner(&out.file), out.names])).collect();
    json!({ "files": files.into_iter().collect::<Vec<_>>(), "exclude": exclude })
}
