//! The commands that run a selection: files, and patterns of the names that are meant in them.
//!
//! A pattern means the same in every file of a command, so files share one only where it means no more than was chosen.

use std::collections::BTreeSet;

use super::detect::Projects;
use crate::frameworks::words::portions;
use crate::frameworks::{ItemKind, TestItem, chosen};
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

/// What one command runs: files, and of them only what patterns say, if there are any.
#[derive(Debug, Default)]
struct Step {
    files: Vec<RelPath>,
    only: Vec<String>,
    out: Vec<String>,
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
    let mut whole = Step::default();
    let mut shared: Vec<(Step, Names)> = Vec::new();
    let mut alone: Vec<Step> = Vec::new();
    for (file, chosen) in chosen::files(job) {
        let out = job.exclude.iter().filter(|out| out.file == file && !out.names.is_empty());
        let out: Vec<&TestId> = out.collect();
        let files = vec![file.clone()];
        match chosen {
            None if out.is_empty() => whole.files.push(file),
            None => {
                let out = out.into_iter().flat_map(|out| left_out(job, out)).collect();
                alone.push(Step { files, only: Vec::new(), out });
            }
            Some(ids) if !out.is_empty() => {
                alone.push(Step { files, only: between(job, &ids, &out), ..Step::default() });
            }
            Some(ids) => {
                let only = ids.iter().map(|id| pattern(job, id)).collect();
                let names = Names::of(job, &file, &ids);
                let step = Step { files, only, out: Vec::new() };
                match shared.last_mut() {
                    Some((last, known)) if known.goes_with(&names) => {
                        last.files.extend(step.files);
                        last.only.extend(step.only);
                        known.take(names);
                    }
                    _ if names.is_exact => shared.push((step, names)),
                    _ => alone.push(step),
                }
            }
        }
    }
    let whole = (!whole.files.is_empty()).then_some(whole);
    let steps = whole.into_iter().chain(shared.into_iter().map(|(step, _)| step)).chain(alone);
    let steps: Vec<Vec<String>> = steps.flat_map(|step| step.words(&job.suite.root)).collect();
    if steps.is_empty() { Step::nothing() } else { steps }
}

impl Step {
    /// The commands of it: several where its patterns are long.
    fn words(self, root: &RelPath) -> Vec<Vec<String>> {
        let files = self.files.iter().map(|it| it.strip(root).unwrap_or(it.as_str()).to_owned());
        let files: Vec<String> = files.collect();
        let out = self.out.iter().flat_map(|out| ["--exclude".to_owned(), out.clone()]);
        let rest: Vec<String> = out.chain(files).collect();
        if self.only.is_empty() {
            return vec![rest];
        }
        let only = self.only.iter().map(|only| format!("--testdock-only={only}"));
        let steps = portions(only, LONGEST_PATTERN).into_iter().map(|only| {
            let all = ["--exclude".to_owned(), "test".to_owned()];
            all.into_iter().chain(only).chain(rest.iter().cloned()).collect()
        });
        steps.collect()
    }

    /// No test is of this kind.
    fn nothing() -> Vec<Vec<String>> {
        vec![["--exclude", "test"].map(str::to_owned).to_vec()]
    }
}

/// The whole names of a file's tests, as ExUnit has them.
#[derive(Debug, Default)]
struct Names {
    chosen: BTreeSet<String>,
    others: BTreeSet<String>,
    /// Whether all of the file's names are known.
    is_exact: bool,
}

impl Names {
    fn of(job: &Job, file: &RelPath, ids: &BTreeSet<&TestId>) -> Self {
        let items = job.known.in_file(file);
        let tests: Vec<&TestItem> = items.iter().filter(|it| it.kind != ItemKind::Group).collect();
        let is_test = |id: &&TestId| tests.iter().any(|it| it.id == **id);
        let is_exact = ids.iter().all(is_test) && items.iter().all(|it| it.pattern.is_none());
        let (chosen, others): (Vec<_>, Vec<_>) =
            tests.into_iter().partition(|it| ids.contains(&it.id));
        let whole =
            |items: Vec<&TestItem>| items.iter().map(|it| it.id.names[1..].join(" ")).collect();
        Self { chosen: whole(chosen), others: whole(others), is_exact }
    }

    fn goes_with(&self, other: &Self) -> bool {
        let is_exact = self.is_exact && other.is_exact;
        is_exact && self.chosen.is_disjoint(&other.others) && other.chosen.is_disjoint(&self.others)
    }

    fn take(&mut self, mut other: Self) {
        self.chosen.append(&mut other.chosen);
        self.others.append(&mut other.others);
    }
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
