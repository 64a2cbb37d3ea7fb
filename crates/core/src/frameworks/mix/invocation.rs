//! The commands that run a selection: files, and of them tests by their names or by patterns of these.
//!
//! A pattern means the same in every module of a command, so a file of which one is chosen has a command of its own.

use std::collections::BTreeSet;

use super::detect::Projects;
use crate::frameworks::words::portions;
use crate::frameworks::{ItemKind, chosen};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

const HELPER: &str = include_str!("helper/testdock_exunit.exs");
const HELPER_NAME: &str = "testdock_exunit.exs";

/// Longer patterns are divided among several commands.
const LONGEST_PATTERN: usize = 32 * 1024;

pub(super) fn invocation(projects: &Projects, job: &Job, site: &Site) -> Invocation {
    let suite = &job.suite;
    let words = ["--formatter", "ExUnit.CLIFormatter", "--formatter", "Testdock.Formatter"];
    let given = suite.args.iter().chain(&job.args).cloned();
    let mut env: Vec<(String, String)> = Vec::new();
    env.extend(site.cache.iter().map(|cache| ("TESTDOCK_CACHE".to_owned(), cache.clone())));
    env.extend(suite.env.iter().cloned());
    let limit = suite.test_timeout.map(|limit| limit.as_millis().to_string());
    let limit = limit.into_iter().flat_map(|limit| ["--timeout".to_owned(), limit]);
    Invocation {
        candidates: vec![candidate(job, site)],
        args: words.iter().map(|&word| word.to_owned()).chain(limit).chain(given).collect(),
        steps: steps(projects, job),
        env,
        cwd: site.workspace(&suite.root),
        helpers: vec![HelperFile { name: HELPER_NAME.into(), content: HELPER.into() }],
        reports: Reports::None,
        live: Live::Events,
        remedy: "install Elixir where the tests run (such as `FROM elixir:1.18` in a Dockerfile), or set the suite's \
                 `command` to what starts it"
            .into(),
        ..Invocation::default()
    }
}

fn candidate(job: &Job, site: &Site) -> Candidate {
    let elixir = job.suite.command.clone().unwrap_or_else(|| vec!["elixir".to_owned()]);
    let helper = format!("{}/{HELPER_NAME}", site.helpers);
    let words = ["-r", &helper, "-S", "mix", "test"].map(str::to_owned);
    Candidate { argv: elixir.into_iter().chain(words).collect(), check: Vec::new() }
}

/// What one command runs: folders or files, and of them only what is named, if anything is.
#[derive(Debug, Default)]
struct Step {
    folders: Vec<RelPath>,
    files: Vec<RelPath>,
    only: Vec<Only>,
    out: Vec<String>,
}

/// What is chosen of files.
#[derive(Debug)]
enum Only {
    /// A test: its module, and its whole name as ExUnit has it.
    Test(String, String),
    /// All whose value of a tag is as a pattern says.
    Tagged(String),
}

fn steps(projects: &Projects, job: &Job) -> Vec<Vec<String>> {
    // What is no file of tests stands for all that is tested with it.
    let is_program = |id: &TestId| {
        let is_code = [".ex", ".exs"].iter().any(|end| id.file.as_str().ends_with(end));
        is_code && !projects.tests(&id.file)
    };
    let is_root = |id: &TestId| id.names.is_empty() && id.file == job.suite.root;
    let is_all = job.selection.iter().all(is_root) || job.selection.iter().any(is_program);
    if is_all && job.exclude.is_empty() {
        return Vec::new();
    }
    let job =
        &Job { selection: if is_all { Vec::new() } else { job.selection.clone() }, ..job.clone() };
    let folders = chosen::folders(job);
    let is_in_folder = |file: &RelPath| folders.iter().any(|it| file.strip(it).is_some());
    let below = folders.iter().flat_map(|folder| projects.within(folder)).collect();
    let folder = Step { folders: below, ..Step::default() };
    let (mut whole, mut named) = (Step::default(), Step::default());
    let mut alone: Vec<Step> = Vec::new();
    for (file, chosen) in chosen::files(job).into_iter().filter(|(it, _)| !is_in_folder(it)) {
        let out = job.exclude.iter().filter(|out| out.file == file && !out.names.is_empty());
        let out: Vec<&TestId> = out.collect();
        match chosen {
            None if out.is_empty() => whole.files.push(file),
            None => {
                let out = out.into_iter().flat_map(|out| left_out(job, out)).collect();
                alone.push(Step { files: vec![file], out, ..Step::default() });
            }
            Some(ids) => {
                let (exact, others): (BTreeSet<&TestId>, BTreeSet<_>) =
                    ids.into_iter().partition(|id| is_exact(job, id));
                let exact = exact.into_iter().filter(|id| !out.iter().any(|it| it.holds(id)));
                let exact: Vec<Only> = exact.flat_map(tests).collect();
                if !others.is_empty() {
                    let only = patterns(job, &others, &out);
                    alone.push(Step { files: vec![file.clone()], only, ..Step::default() });
                }
                if !exact.is_empty() {
                    named.files.push(file);
                    named.only.extend(exact);
                }
            }
        }
    }
    let has_something = |step: &Step| !step.folders.is_empty() || !step.files.is_empty();
    let steps = [folder, whole, named].into_iter().filter(has_something).chain(alone);
    let steps: Vec<Vec<String>> = steps.flat_map(|step| step.words(&job.suite.root)).collect();
    if steps.is_empty() { vec![vec![IN.to_owned()]] } else { steps }
}

/// In front of a folder whose tests run; of none where no other stands in a command.
const IN: &str = "--testdock-in=";

impl Step {
    /// The commands of it: several where it names much.
    fn words(self, root: &RelPath) -> Vec<Vec<String>> {
        let inner = |it: &RelPath| it.strip(root).unwrap_or(it.as_str()).to_owned();
        let folders = self.folders.iter().map(|it| format!("{IN}{}", inner(it)));
        let out = self.out.iter().flat_map(|out| ["--exclude".to_owned(), out.clone()]);
        let rest: Vec<String> = folders.chain(out).chain(self.files.iter().map(inner)).collect();
        if self.only.is_empty() {
            return vec![rest];
        }
        let is_named = matches!(self.only.first(), Some(Only::Test(..)));
        let before: Vec<String> = match is_named {
            true => Vec::new(),
            false => ["--exclude", "test"].map(str::to_owned).to_vec(),
        };
        let only = self.only.into_iter().map(|only| match only {
            Only::Test(module, name) => format!("--testdock-test={module} {name}"),
            Only::Tagged(pattern) => format!("--testdock-only={pattern}"),
        });
        let steps = portions(only, LONGEST_PATTERN).into_iter();
        steps.map(|only| before.iter().cloned().chain(only).chain(rest.clone()).collect()).collect()
    }
}

/// Whether a test has one name, which is known.
fn is_exact(job: &Job, id: &TestId) -> bool {
    let is_plain = |id: &TestId| job.known.item(id).is_some_and(|item| item.pattern.is_none());
    let mut around = std::iter::successors(id.parent(), TestId::parent);
    let is_test = job.known.item(id).is_some_and(|item| item.kind != ItemKind::Group);
    is_test && is_plain(id) && around.all(|it| it.names.is_empty() || is_plain(&it))
}

fn tests(id: &TestId) -> Vec<Only> {
    let names = whole_names(&id.names).into_iter();
    names.map(|name| Only::Test(id.names[0].clone(), name)).collect()
}

/// What else is chosen of a file, without what is left out of that.
fn patterns(job: &Job, ids: &BTreeSet<&TestId>, out: &[&TestId]) -> Vec<Only> {
    let patterns = match out {
        [] => ids.iter().map(|id| pattern(job, id)).collect(),
        out => between(job, ids, out),
    };
    patterns.into_iter().map(Only::Tagged).collect()
}

/// The tag by which a test or a group is chosen, and the pattern of its value.
fn pattern(job: &Job, id: &TestId) -> String {
    let is_group = job.known.item(id).is_some_and(|item| item.kind == ItemKind::Group);
    match job.known.levels(id, regex::escape).as_slice() {
        [module] => format!(r"module=Elixir\.{module}"),
        [_, describe] if is_group => format!("describe={describe}"),
        levels => format!("test={}", whole_names(levels).join("|")),
    }
}

/// The same of all tests that are chosen and not left out.
fn between(job: &Job, ids: &BTreeSet<&TestId>, out: &[&TestId]) -> Vec<String> {
    let name = |id: &TestId| whole_names(&job.known.levels(id, regex::escape)).join("|");
    let tests = job.known.items().filter(|it| it.kind != ItemKind::Group).map(|it| &it.id);
    let tests = tests.chain(ids.iter().copied().filter(|id| id.case.is_some()));
    let is_in =
        |id: &&TestId| ids.iter().any(|it| it.holds(id)) && !out.iter().any(|it| it.holds(id));
    let out: Vec<String> = out.iter().map(|id| name(id)).collect();
    let out = format!(r"(?!(?:{})\z)", out.join("|"));
    tests.filter(is_in).map(|id| format!("test={out}(?:{})", name(id))).collect()
}

/// What ExUnit may call a test of these names: the word that says its kind stands in front of all.
fn whole_names(names: &[String]) -> Vec<String> {
    let name = names.last().map_or("", String::as_str);
    let group = if let [_, group, _] = names { format!("{group} ") } else { String::new() };
    let kinds = ["doctest ", "property "].into_iter();
    let of_kind =
        kinds.filter_map(|kind| Some(format!("{kind}{group}{}", name.strip_prefix(kind)?)));
    of_kind.chain([format!("test {group}{name}")]).collect()
}

/// What leaves out a test or a group, in Mix's own words, since what the project leaves out itself is out as well.
fn left_out(job: &Job, id: &TestId) -> Vec<String> {
    let item = job.known.item(id);
    let is_group = item.is_some_and(|item| item.kind == ItemKind::Group);
    if let Some(item) = item.filter(|it| it.pattern.is_some() && id.case.is_none() && !is_group) {
        return vec![format!("line:{}", item.range.start.line + 1)];
    }
    match job.known.names(id).as_slice() {
        [module] => vec![format!("module:{module}")],
        [_, describe] if is_group => vec![format!("describe:{describe}")],
        names => whole_names(names).into_iter().map(|name| format!("test:{name}")).collect(),
    }
}
