//! The commands that run a selection.
//!
//! A filter means the same in every file of a command. So each file of which some tests are chosen has a command of its
//! own; those that run as a whole share one.

use std::collections::BTreeSet;

use crate::frameworks::chosen;
use crate::frameworks::words::portions;
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

/// Longer lists of files, and longer filters, are divided among several commands.
const LONGEST: usize = 32 * 1024;

const HELPER: &str = include_str!("helper/testdock_bats.sh");
const HELPER_NAME: &str = "testdock_bats.sh";

pub(super) fn invocation(job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let bats = vec!["bats".to_owned()];
    let command = suite.command.as_ref().unwrap_or(&bats);
    let launch = ["bash".to_owned(), format!("{}/{HELPER_NAME}", site.helpers)];
    let check = match &suite.command {
        Some(_) => Vec::new(),
        None => vec!["bats".to_owned(), "--version".to_owned()],
    };
    // What formatters are fed with tells more than any of them; the last one that is named counts.
    let given = suite.args.iter().chain(&job.args).cloned();
    let ours = [
        "--formatter",
        "cat",
        "--timing",
        "--show-output-of-passing-tests",
        "--print-output-on-failure",
    ]
    .map(str::to_owned);
    let limit = suite
        .test_timeout
        .map(|limit| ("BATS_TEST_TIMEOUT".to_owned(), limit.as_secs().max(1).to_string()));
    Invocation {
        candidates: vec![Candidate {
            argv: launch.into_iter().chain(command.iter().cloned()).collect(),
            check,
        }],
        args: given.chain(ours).collect(),
        steps: steps(job, site),
        env: limit.into_iter().chain(suite.env.iter().cloned()).collect(),
        cwd: site.workspace(&suite.root),
        helpers: vec![HelperFile { name: HELPER_NAME.into(), content: HELPER.into() }],
        reports: Reports::None,
        live: Live::Stdout,
        remedy: "install Bats (1.5 or newer) where the tests run, such as `RUN apt-get update && apt-get install -y bats` in \
                 a Dockerfile, or set the suite's `command`"
            .into(),
        ..Invocation::default()
    }
}

/// The titles that are chosen of a file; `None` for everything.
fn titles(job: &Job, file: &RelPath, chosen: Option<BTreeSet<&TestId>>) -> Option<Vec<String>> {
    let is_out = |id: &TestId| job.exclude.iter().any(|out| out.holds(id));
    if let Some(chosen) = chosen {
        let chosen = chosen.into_iter().filter(|id| !is_out(id));
        return Some(chosen.map(|id| expression(job, id)).collect());
    }
    // A filter cannot say what is left out: it names what stays.
    job.exclude.iter().any(|out| out.file == *file).then(|| {
        let stays = job.known.in_file(file).iter().filter(|item| !is_out(&item.id));
        stays.map(|item| expression(job, &item.id)).collect()
    })
}

fn steps(job: &Job, site: &Site) -> Vec<Vec<String>> {
    let mut whole = Vec::new();
    let mut steps = Vec::new();
    for (file, chosen) in chosen::files(job) {
        let path = site.workspace(&file);
        match titles(job, &file, chosen) {
            None => whole.push(path),
            Some(names) => steps.extend(portions(names, LONGEST).into_iter().map(|names| {
                let filter = format!("^({})$", names.join("|"));
                vec!["--filter".to_owned(), filter, "--".to_owned(), path.clone()]
            })),
        }
    }
    let whole =
        portions(whole, LONGEST).into_iter().map(|paths| [vec!["--".to_owned()], paths].concat());
    let mut all: Vec<Vec<String>> = whole.chain(steps).collect();
    if all.is_empty() {
        // No step at all would mean one without any word.
        all.push(vec!["--version".to_owned(), "--".to_owned()]);
    }
    all
}

/// A test's title, as an extended regular expression. Bats compares it as it stands in the file: the shell has not yet filled
/// in what has to be, nor taken out its backslashes.
fn expression(job: &Job, id: &TestId) -> String {
    let pattern = job.known.definition(id).and_then(|item| item.pattern.as_ref());
    pattern.map_or_else(|| escaped(&id.names.join(" ")), |pattern| pattern.regex(escaped))
}

fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if "\"\\$`".contains(c) {
            out.push_str(r"\\?");
        }
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
