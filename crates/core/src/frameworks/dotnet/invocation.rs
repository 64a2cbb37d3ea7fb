//! The commands that run a selection: one for each project that has something to do, with a filter of names.

use std::collections::{BTreeMap, BTreeSet};

use super::detect::Projects;
use super::names;
use crate::frameworks::words::portions;
use crate::frameworks::{ItemKind, chosen};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

const HELPER: &str = include_str!("helper/testdock_dotnet.sh");
const HELPER_NAME: &str = "testdock_dotnet.sh";

/// Longer filters are divided among several commands: each term costs VSTest stack.
const LONGEST_FILTER: usize = 16 * 1024;

pub(super) fn invocation(projects: &Projects, job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let given: Vec<String> = suite.args.iter().chain(&job.args).cloned().collect();
    let end = given.iter().position(|arg| arg == "--").unwrap_or(given.len());
    // What is for the tests themselves stands behind all else.
    let (args, of_tests) = given.split_at(end);
    let path = |path: &RelPath| site.workspace(path);
    let steps = steps(projects, job).into_iter().map(|(target, filter)| {
        let filter = filter.map(|filter| ["--filter".to_owned(), filter]);
        let words = [path(&target)].into_iter().chain(filter.into_iter().flatten());
        words.chain(of_tests.iter().cloned()).collect()
    });
    let quiet = ["DOTNET_NOLOGO", "DOTNET_SKIP_FIRST_TIME_EXPERIENCE"];
    let quiet = quiet.map(|name| (name.to_owned(), "1".to_owned()));
    Invocation {
        candidates: vec![candidate(job, site)],
        args: args.to_vec(),
        steps: steps.collect(),
        env: quiet.into_iter().chain(suite.env.iter().cloned()).collect(),
        cwd: site.workspace(&suite.root),
        helpers: vec![HelperFile { name: HELPER_NAME.into(), content: HELPER.into() }],
        reports: Reports::None,
        live: Live::Events,
        remedy: "use an image with the .NET SDK (such as `FROM mcr.microsoft.com/dotnet/sdk:8.0` in a Dockerfile), or set \
                 the suite's `command`"
            .into(),
        ..Invocation::default()
    }
}

fn candidate(job: &Job, site: &Site) -> Candidate {
    let results = format!("{}/trx", site.scratch);
    let helper = format!("{}/{HELPER_NAME}", site.helpers);
    let usual = ["dotnet", "test"].map(str::to_owned).to_vec();
    let command = job.suite.command.clone().unwrap_or(usual);
    let options =
        ["--logger", "trx", "--logger", "console;verbosity=normal", "--results-directory"];
    let launch = ["sh".to_owned(), helper, results.clone()];
    let argv = launch.into_iter().chain(command).chain(options.map(str::to_owned)).chain([results]);
    Candidate { argv: argv.collect(), check: Vec::new() }
}

/// What is built and tested, and the filter of its tests.
fn steps(projects: &Projects, job: &Job) -> Vec<(RelPath, Option<String>)> {
    let is_all = job.selection.iter().all(|id| id.names.is_empty() && id.file == job.suite.root);
    let out: Vec<String> =
        job.exclude.iter().filter(|out| !out.names.is_empty()).map(|id| term(job, id)).collect();
    if is_all && job.exclude.is_empty() {
        return vec![(projects.target.clone(), None)];
    }
    let mut terms: BTreeMap<&RelPath, BTreeSet<String>> = BTreeMap::new();
    for (file, chosen) in chosen::files(job) {
        let Some(project) = projects.of_file(&file) else {
            continue;
        };
        let own = terms.entry(project).or_default();
        match chosen {
            Some(chosen) => own.extend(chosen.into_iter().map(|id| term(job, id))),
            None => {
                let tops = job.known.in_file(&file).iter().filter(|it| it.id.names.len() == 1);
                own.extend(tops.map(|item| term(job, &item.id)));
            }
        }
    }
    let filters = terms.into_iter().flat_map(|(project, terms)| {
        let portions = portions(terms, LONGEST_FILTER).into_iter();
        portions.map(move |terms| (project.clone(), terms))
    });
    let steps: Vec<_> =
        filters.map(|(project, terms)| (project, Some(expression(&terms, &out)))).collect();
    match steps.is_empty() {
        // Nothing is called so.
        true => vec![(projects.target.clone(), Some("FullyQualifiedName=-".to_owned()))],
        false => steps,
    }
}

/// One of these, and none of those.
fn expression(terms: &[String], out: &[String]) -> String {
    let terms = terms.join("|");
    if out.is_empty() {
        return terms;
    }
    // What is left out is said of each of its names.
    let out: Vec<String> = out.iter().flat_map(|term| term.split('|')).map(not).collect();
    format!("({terms})&{}", out.join("&"))
}

fn not(term: &str) -> String {
    let at = term.find(['=', '~']).unwrap_or(term.len());
    format!("{}!{}", &term[..at], &term[at..])
}

/// A class with those in it, or a test with its cases, which NUnit calls by their arguments. Which case runs cannot be said.
fn term(job: &Job, id: &TestId) -> String {
    let whole = TestId { case: None, ..id.clone() };
    let item = job.known.item(&whole);
    let is_group = item.map_or(id.names.len() == 1, |item| item.kind == ItemKind::Group);
    if is_group {
        let class = escaped(&names::class(&id.names));
        return format!("FullyQualifiedName~{class}.|FullyQualifiedName~{class}+");
    }
    let (method, classes) = id.names.split_last().map_or(("", &[][..]), |(it, rest)| (it, rest));
    let name = escaped(&format!("{}.{method}", names::class(classes)));
    let is_table = item.is_none_or(|item| item.kind == ItemKind::Parametrised);
    let cases = if is_table { format!(r"|FullyQualifiedName~{name}\(") } else { String::new() };
    format!("FullyQualifiedName={name}{cases}")
}

/// A name as a value of a filter.
fn escaped(name: &str) -> String {
    let mut plain = String::new();
    for c in name.chars() {
        if matches!(c, '\\' | '(' | ')' | '&' | '|' | '=' | '!' | '~') {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}
