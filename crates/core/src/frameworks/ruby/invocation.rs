//! The command that runs a selection: the tool with a script that chooses.

use serde_json::{Value, json};

use super::Tool;
use crate::frameworks::{chosen, known::JOINT};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

const CORE: &str = include_str!("helper/testdock_core.rb");

/// The selection's name in the scratch directory.
const SELECTION: &str = "selection.json";

pub(super) fn invocation(tool: Tool, has_gemfile: bool, job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let (name, script) = match tool {
        Tool::Rspec => ("testdock_rspec.rb", include_str!("helper/testdock_rspec.rb")),
        Tool::Minitest => ("testdock_minitest.rb", include_str!("helper/testdock_minitest.rb")),
    };
    let script_path = format!("{}/{name}", site.helpers);
    let words = match tool {
        Tool::Rspec => vec!["--require".to_owned(), script_path],
        Tool::Minitest => vec!["-Ilib".to_owned(), "-Itest".to_owned(), script_path],
    };
    let given = suite.args.iter().chain(&job.args).cloned();
    let mut env = vec![("TESTDOCK_SELECT".to_owned(), format!("{}/{SELECTION}", site.scratch))];
    env.extend(suite.env.iter().cloned());
    let helper =
        |name: &str, content: &str| HelperFile { name: name.into(), content: content.into() };
    Invocation {
        candidates: candidates(tool, has_gemfile, job),
        args: words.into_iter().chain(given).collect(),
        env,
        cwd: site.workspace(&suite.root),
        helpers: vec![helper("testdock_core.rb", CORE), helper(name, script)],
        inputs: vec![helper(SELECTION, &selection(tool, job).to_string())],
        reports: Reports::None,
        live: Live::Events,
        remedy: format!(
            "install {} where the tests run (such as `RUN bundle install` in a Dockerfile that begins with \
             `FROM ruby:3.3`), or set the suite's `command`",
            match tool {
                Tool::Rspec => "RSpec",
                Tool::Minitest => "Ruby with Minitest",
            }
        ),
        ..Invocation::default()
    }
}

/// The tool as the project's Gemfile has it, else the one of the image.
fn candidates(tool: Tool, has_gemfile: bool, job: &Job) -> Vec<Candidate> {
    let candidate = |words: &[&str], check: &[&str]| Candidate {
        argv: words.iter().map(|&word| word.to_owned()).collect(),
        check: check.iter().map(|&word| word.to_owned()).collect(),
    };
    if let Some(command) = &job.suite.command {
        return vec![Candidate { argv: command.clone(), check: Vec::new() }];
    }
    let plain = match tool {
        Tool::Rspec => "rspec",
        Tool::Minitest => "ruby",
    };
    let bundled = candidate(&["bundle", "exec", plain], &["bundle", "check", "--dry-run"]);
    has_gemfile.then_some(bundled).into_iter().chain([candidate(&[plain], &[])]).collect()
}

/// What to load and what of it to run, in the script's words. RSpec knows itself what all is.
fn selection(tool: Tool, job: &Job) -> Value {
    let is_all = job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root);
    let exclude = job.exclude.iter().filter(|out| !out.names.is_empty());
    let exclude: Vec<Value> =
        exclude.map(|out| json!([inner(job, &out.file), levels(job, out)])).collect();
    if is_all && job.exclude.is_empty() && tool == Tool::Rspec {
        return json!({ "files": null, "exclude": exclude });
    }
    let files = chosen::files(job).into_iter().map(|(file, names)| {
        let names: Vec<_> = names.into_iter().flatten().map(|id| levels(job, id)).collect();
        json!([inner(job, &file), names])
    });
    json!({ "files": files.collect::<Vec<_>>(), "exclude": exclude })
}

/// A file as the tool sees it from where it runs.
fn inner(job: &Job, file: &RelPath) -> String {
    file.strip(&job.suite.root).unwrap_or(file.as_str()).to_owned()
}

/// The patterns of a test's names, and which of the tests of these names it is, where it is one of several.
fn levels(job: &Job, id: &TestId) -> Value {
    let (id, ordinal) = without_ordinal(id);
    json!([job.known.own_levels(&id, escaped), ordinal])
}

fn without_ordinal(id: &TestId) -> (TestId, Option<&str>) {
    let case = id.case.as_deref().unwrap_or_default();
    let (names, last) = match case.rsplit_once(JOINT) {
        Some((names, last)) => (Some(names.to_owned()), last),
        None => (None, case),
    };
    let number = last.strip_prefix('#').filter(|it| it.parse::<usize>().is_ok());
    match number {
        Some(_) => (TestId { case: names, ..id.clone() }, Some(last)),
        None => (id.clone(), None),
    }
}

/// A name as a pattern of Ruby that matches nothing else.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if r"\.+*?()|[]{}^$/-".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
