//! The `cargo nextest` command that runs a selection: one expression says it all.

use std::collections::BTreeSet;

use super::cargo;
use super::packages::{Package, Packages, Target, TargetKind};
use super::selection::{Term, Tests};
use crate::plan::{Invocation, Job, Live, Reports, Site};

/// A longer expression is divided among several commands.
const LONGEST_EXPRESSION: usize = 64 * 1024;

pub(super) fn invocation(
    packages: &Packages,
    terms: &[Term<'_>],
    job: &Job,
    site: &Site,
) -> Invocation {
    let suite = &job.suite;
    let given: Vec<String> = suite.args.iter().chain(&job.args).cloned().collect();
    let own = given.iter().position(|arg| arg == "--").unwrap_or(given.len());
    let (flags, behind) = given.split_at(own);
    let words =
        ["nextest", "run", "--workspace", "--no-fail-fast", "--message-format=libtest-json-plus"];
    let steps = told_apart(portions(terms), &twins(packages, job)).into_iter().map(|expression| {
        let filter = expression.map(|expression| vec!["--filterset".to_owned(), expression]);
        filter.into_iter().flatten().chain(behind.iter().cloned()).collect()
    });
    let mut env = cargo::environment();
    env.push(("NEXTEST_EXPERIMENTAL_LIBTEST_JSON".into(), "1".into()));
    // Where nothing is to run nothing failed.
    env.push(("NEXTEST_NO_TESTS".into(), "pass".into()));
    env.extend(suite.env.iter().cloned());
    let mut candidate = cargo::launched(job, site);
    if suite.command.is_none() {
        candidate.check = ["cargo", "nextest", "--version"].map(str::to_owned).into();
    }
    Invocation {
        candidates: vec![candidate],
        args: words.iter().map(|&word| word.to_owned()).chain(flags.iter().cloned()).collect(),
        steps: steps.collect(),
        env,
        cwd: site.workspace(&suite.root),
        helpers: vec![cargo::helper()],
        reports: Reports::None,
        live: Live::Stdout,
        remedy:
            "install cargo-nextest where the tests run, or set the suite's `framework` to \"cargo\""
                .into(),
        ..Invocation::default()
    }
}

/// Expressions, each short enough; none for everything.
fn portions(terms: &[Term<'_>]) -> Vec<Option<String>> {
    if terms.contains(&Term::All) {
        return vec![None];
    }
    if terms.is_empty() {
        return vec![Some("none()".to_owned())];
    }
    let mut portions: Vec<String> = Vec::new();
    for piece in terms.iter().flat_map(pieces) {
        match portions.last_mut() {
            Some(last) if last.len() + piece.len() < LONGEST_EXPRESSION => {
                last.push_str(" | ");
                last.push_str(&piece);
            }
            _ => portions.push(piece),
        }
    }
    portions.into_iter().map(Some).collect()
}

fn pieces(term: &Term<'_>) -> Vec<String> {
    match term {
        // Nextest runs no examples, and so none are discovered for it.
        Term::All | Term::Examples(..) => Vec::new(),
        Term::Package(package) => vec![format!("package(={})", package.name)],
        Term::Target(package, target, tests) => {
            let binary = format!("binary_id(={})", binary(package, target));
            let of = |tests: String| format!("({binary} & {tests})");
            match tests {
                Tests::Bare => vec![binary],
                Tests::Exact(paths) => {
                    let paths: Vec<&String> = paths.iter().collect();
                    let one = |paths: &[&String]| {
                        let tests: Vec<String> =
                            paths.iter().map(|path| format!("test(={path})")).collect();
                        of(format!("({})", tests.join(" | ")))
                    };
                    paths.chunks(200).map(one).collect()
                }
                Tests::Below(paths) => paths.iter().map(|path| of(below(path))).collect(),
                Tests::Module(module, others) => vec![of(module_only(module, others))],
            }
        }
    }
}

fn below(path: &str) -> String {
    format!("test(/^{path}::/)")
}

fn module_only(module: &[String], others: &BTreeSet<String>) -> String {
    let own = if module.is_empty() { "all()".to_owned() } else { below(&module.join("::")) };
    others.iter().fold(own, |own, other| format!("({own} - {})", below(other)))
}

/// Programs whose tests nextest tells of by the same names as those of the library beside them.
fn twins(packages: &Packages, job: &Job) -> Vec<String> {
    let has_tests = |target: &Target| !job.known.in_file(&target.root).is_empty();
    let is_twin = |package: &Package, target: &Target| {
        let same = packages.named(&package.name, &target.name);
        target.kind == TargetKind::Bin && has_tests(target) && same.count() > 1
    };
    let all =
        packages.own.iter().flat_map(|package| package.targets.iter().map(move |it| (package, it)));
    let twins = all.filter(|(package, target)| is_twin(package, target));
    twins.map(|(package, target)| format!("binary_id(={})", binary(package, target))).collect()
}

/// Twins run in a command of their own.
fn told_apart(portions: Vec<Option<String>>, twins: &[String]) -> Vec<Option<String>> {
    if twins.is_empty() {
        return portions;
    }
    let twins = twins.join(" | ");
    let both = |expression: Option<String>| {
        let all = expression.unwrap_or_else(|| "all()".to_owned());
        [Some(format!("({all}) - ({twins})")), Some(format!("({all}) & ({twins})"))]
    };
    portions.into_iter().flat_map(both).collect()
}

/// As nextest calls a program.
fn binary(package: &Package, target: &Target) -> String {
    match target.kind {
        TargetKind::Lib => package.name.clone(),
        TargetKind::Bin => format!("{}::bin/{}", package.name, target.name),
        TargetKind::Test => format!("{}::{}", package.name, target.name),
    }
}
