//! The command line that runs a selection of pytest's tests.

use std::sync::Arc;

use crate::frameworks::Suite;
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

/// The helper plugin that is brought into the container.
const PLUGIN: &str = include_str!("helper/testdock_pytest.py");

/// The report's name in the scratch directory.
pub(super) const REPORT: &str = "report.xml";

/// The selection's name in the scratch directory, where it is too long for a command line.
const SELECTION: &str = "selection";

/// A longer selection goes into a file: some systems allow 128 KiB for all arguments together.
const LONGEST_SELECTION: usize = 16 * 1024;

/// `inner` are directories that belong to other suites.
pub(super) fn invocation(job: &Job, site: &Site, inner: &[RelPath]) -> Invocation {
    let suite = &job.suite;
    let mut invocation = Invocation {
        candidates: candidates(suite),
        args: vec!["-p".into(), "testdock_pytest".into()],
        env: vec![
            (
                "TESTDOCK_REPORT".into(),
                format!("{}/{REPORT}", site.scratch),
            ),
            // What a test prints is seen when it prints it.
            ("PYTHONUNBUFFERED".into(), "1".into()),
        ],
        prepend: vec![("PYTHONPATH".into(), site.helpers.clone())],
        cwd: site.workspace(&suite.root),
        helpers: vec![HelperFile {
            name: "testdock_pytest.py".into(),
            content: PLUGIN.into(),
        }],
        reports: Reports::Scratch(vec![REPORT.into()]),
        live: Live::Events,
        remedy:
            "install pytest where the tests run (in a Dockerfile: `RUN pip install pytest`), or set the suite's \
                 `command`"
                .into(),
        ..Invocation::default()
    };
    if let Some(cache) = &site.cache {
        invocation.env.push(("TESTDOCK_PYCACHE".into(), format!("{cache}/pytest")));
    }
    if let Some(limit) = suite.test_timeout {
        invocation.env.push(("TESTDOCK_TEST_TIMEOUT".into(), limit.as_secs_f64().to_string()));
    }
    invocation.env.extend(suite.env.iter().cloned());
    invocation.args.extend(suite.args.iter().chain(&job.args).cloned());
    let inner = inner.iter().filter_map(|dir| dir.strip(&suite.root));
    invocation.args.extend(inner.map(|dir| format!("--ignore={dir}")));
    invocation
        .args
        .extend(job.exclude.iter().map(|id| format!("--deselect={}", node_id(suite, id))));
    select(&mut invocation, job, site);
    invocation
}

fn candidates(suite: &Suite) -> Vec<Candidate> {
    if let Some(command) = &suite.command {
        return vec![Candidate { argv: command.clone(), check: Vec::new() }];
    }
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let module = |python: &str| Candidate {
        argv: words(&[python, "-m", "pytest"]),
        check: words(&[python, "-c", "import pytest"]),
    };
    vec![
        Candidate { argv: words(&["pytest"]), check: Vec::new() },
        module("python3"),
        module("python"),
    ]
}

fn select(invocation: &mut Invocation, job: &Job, site: &Site) {
    let ids: Vec<String> = job.selection.iter().map(|id| node_id(&job.suite, id)).collect();
    if !ids.is_empty() {
        invocation.env.push(("TESTDOCK_ASKED".into(), ids.len().to_string()));
    }
    if ids.iter().map(|id| id.len() + 1).sum::<usize>() <= LONGEST_SELECTION {
        invocation.args.extend(ids);
        return;
    }
    let content: Arc<str> = format!("{}\n", ids.join("\n")).into();
    invocation.inputs.push(HelperFile { name: SELECTION.into(), content });
    let path = format!("{}/{SELECTION}", site.scratch);
    invocation.env.push(("TESTDOCK_SELECT".into(), path));
}

/// A test's id in pytest's words, relative to the suite's root.
pub(super) fn node_id(suite: &Suite, id: &TestId) -> String {
    let file = id.file.strip(&suite.root).unwrap_or(id.file.as_str());
    let mut node = if file.is_empty() { ".".to_owned() } else { file.to_owned() };
    for name in &id.names {
        node.push_str("::");
        node.push_str(name);
    }
    if let Some(case) = &id.case {
        node.push_str(&format!("[{case}]"));
    }
    node
}
