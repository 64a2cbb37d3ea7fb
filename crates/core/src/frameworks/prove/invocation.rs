//! The command that runs files. `prove` knows nothing smaller: what else a file says is not told.

use std::collections::BTreeSet;

use crate::frameworks::words::portions;
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

/// A longer list of files is divided among several commands.
const LONGEST_LIST: usize = 32 * 1024;

pub(super) fn invocation(job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let prove = vec!["prove".to_owned()];
    let check = match &suite.command {
        Some(_) => Vec::new(),
        None => vec!["prove".to_owned(), "--version".to_owned()],
    };
    let argv = suite.command.as_ref().unwrap_or(&prove).clone();
    let args = ["-Ptestdock_prove", "-l", "-r"].map(str::to_owned);
    let helpers = [
        ("testdock_prove.pm", include_str!("helper/testdock_prove.pm")),
        ("testdock_diagnostics.pm", include_str!("helper/testdock_diagnostics.pm")),
    ];
    let helpers =
        helpers.map(|(name, content)| HelperFile { name: name.into(), content: content.into() });
    Invocation {
        candidates: vec![Candidate { argv, check }],
        args: args.into_iter().chain(suite.args.iter().chain(&job.args).cloned()).collect(),
        steps: steps(job),
        env: suite.env.clone(),
        prepend: vec![("PERL5LIB".into(), site.helpers.clone())],
        cwd: site.workspace(&suite.root),
        helpers: helpers.into(),
        reports: Reports::None,
        live: Live::Events,
        remedy: "install Perl with its `prove` where the tests run (such as `FROM perl:5.40` in a Dockerfile), or set \
                 the suite's `command`"
            .into(),
        ..Invocation::default()
    }
}

fn steps(job: &Job) -> Vec<Vec<String>> {
    let root = &job.suite.root;
    let is_out = |file: &RelPath| {
        let id = job.suite.of_file(file.clone());
        job.exclude.iter().any(|out| out.holds(&id))
    };
    let tests = root.join("t");
    let all = [TestId::of_file(root.clone())];
    let selection = if job.selection.is_empty() { &all[..] } else { &job.selection };
    let mut files: BTreeSet<RelPath> = BTreeSet::new();
    for id in selection {
        let is_file = id.file.as_str().ends_with(".t");
        if is_file || job.exclude.is_empty() {
            // Also what discovery found nothing in: a folder means all files in it.
            files.insert(if tests.strip(&id.file).is_some() {
                tests.clone()
            } else {
                id.file.clone()
            });
        } else {
            files.extend(job.known.files().filter(|file| file.strip(&id.file).is_some()).cloned());
        }
    }
    let folders: Vec<RelPath> =
        files.iter().filter(|it| !it.as_str().ends_with(".t")).cloned().collect();
    let is_within =
        |file: &RelPath| folders.iter().any(|it| it != file && file.strip(it).is_some());
    files.retain(|file| !is_out(file) && !is_within(file));
    let paths = files.iter().filter_map(|file| file.strip(root)).map(str::to_owned);
    let mut steps = portions(paths, LONGEST_LIST);
    if steps.is_empty() {
        // No step at all would mean all of `t`.
        steps.push(vec!["--version".to_owned()]);
    }
    steps
}
