//! The `cargo test` commands that run a selection.

use std::collections::BTreeSet;

use super::packages::{Packages, Target, TargetKind};
use super::selection::{Term, Tests};
use crate::frameworks::words::portions;
use crate::plan::{Candidate, HelperFile, Invocation, Job, Live, Reports, Site};

const HELPER: &str = include_str!("helper/testdock_cargo.sh");
const HELPER_NAME: &str = "testdock_cargo.sh";

/// Longer lists of tests are divided among several commands.
const LONGEST_LIST: usize = 32 * 1024;

pub(super) fn invocation(
    packages: &Packages,
    terms: &[Term<'_>],
    job: &Job,
    site: &Site,
) -> Invocation {
    let suite = &job.suite;
    let given: Vec<String> = suite.args.iter().chain(&job.args).cloned().collect();
    // What follows is for the tests' own programs.
    let own = given.iter().position(|arg| arg == "--").unwrap_or(given.len());
    let (flags, behind) = (&given[..own], given.get(own + 1..).unwrap_or_default());
    // No step at all would mean everything.
    let nothing = terms.is_empty().then(|| (vec!["--no-run".to_owned()], Vec::new()));
    let steps = terms.iter().flat_map(steps).chain(nothing).map(|(flags, tests)| {
        let tests: Vec<String> = tests.into_iter().chain(behind.iter().cloned()).collect();
        let separator = (!tests.is_empty()).then(|| "--".to_owned());
        flags.into_iter().chain(separator).chain(tests).collect()
    });
    let runner = format!(r#"target."cfg(all())".runner=["sh","{}/{HELPER_NAME}"]"#, site.helpers);
    let words =
        ["--config", &runner, "test", "--no-fail-fast", "--message-format=json-render-diagnostics"];
    let bare =
        packages.own.iter().flat_map(|package| &package.targets).filter(|target| target.is_bare);
    let bare: Vec<String> = bare.map(|target| target.name.replace('-', "_")).collect();
    let mut env = environment();
    env.push(("TESTDOCK_BARE".into(), bare.join(":")));
    env.extend(suite.env.iter().cloned());
    Invocation {
        candidates: vec![launched(job, site)],
        args: words.iter().map(|&word| word.to_owned()).chain(flags.iter().cloned()).collect(),
        steps: steps.collect(),
        env,
        cwd: site.workspace(&suite.root),
        helpers: vec![helper()],
        reports: Reports::None,
        live: Live::Stdout,
        remedy: REMEDY.into(),
        ..Invocation::default()
    }
}

pub(super) const REMEDY: &str = "install Rust where the tests run (such as `FROM rust:1.85` in a Dockerfile), or set the suite's `command`";

pub(super) fn helper() -> HelperFile {
    HelperFile { name: HELPER_NAME.into(), content: HELPER.into() }
}

/// Cargo, started so that what it builds stays where the tests run.
pub(super) fn launched(job: &Job, site: &Site) -> Candidate {
    let cargo = vec!["cargo".to_owned()];
    let command = job.suite.command.as_ref().unwrap_or(&cargo);
    let check = match &job.suite.command {
        Some(_) => Vec::new(),
        None => vec!["cargo".to_owned(), "--version".to_owned()],
    };
    let helper = format!("{}/{HELPER_NAME}", site.helpers);
    let cache = site.cache.clone().unwrap_or_default();
    let launch = ["sh".to_owned(), helper, "launch".to_owned(), cache];
    Candidate { argv: launch.into_iter().chain(command.iter().cloned()).collect(), check }
}

/// Stacks of panics, and none of errors that nobody reports.
pub(super) fn environment() -> Vec<(String, String)> {
    let pairs =
        [("CARGO_TERM_COLOR", "never"), ("RUST_BACKTRACE", "1"), ("RUST_LIB_BACKTRACE", "0")];
    pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Cargo's words and those of the programs.
type Step = (Vec<String>, Vec<String>);

fn steps(term: &Term<'_>) -> Vec<Step> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let skips = |skipped: &BTreeSet<String>| {
        skipped.iter().flat_map(|it| ["--skip".to_owned(), it.clone()]).collect::<Vec<_>>()
    };
    match term {
        Term::All => vec![(words(&["--workspace"]), Vec::new())],
        Term::Package(package) => vec![(words(&["--package", &package.name]), Vec::new())],
        Term::Examples(package, chosen, others) => {
            let tests = chosen.iter().cloned().chain(skips(others)).collect();
            vec![(words(&["--package", &package.name, "--doc"]), tests)]
        }
        Term::Target(package, target, tests) => {
            let flags = [words(&["--package", &package.name]), flags(target)].concat();
            let step = |tests| (flags.clone(), tests);
            match tests {
                Tests::Bare => vec![step(Vec::new())],
                Tests::Exact(paths) => {
                    let exact = |paths| [words(&["--exact"]), paths].concat();
                    portions(paths.iter().cloned(), LONGEST_LIST)
                        .into_iter()
                        .map(|paths| step(exact(paths)))
                        .collect()
                }
                Tests::Below(paths) => {
                    let paths: BTreeSet<String> =
                        paths.iter().map(|path| format!("{path}::")).collect();
                    portions(paths, LONGEST_LIST).into_iter().map(step).collect()
                }
                Tests::Module(module, others) => {
                    let module = (!module.is_empty()).then(|| format!("{}::", module.join("::")));
                    let others = others.iter().map(|other| format!("{other}::")).collect();
                    vec![step(module.into_iter().chain(skips(&others)).collect())]
                }
            }
        }
    }
}

fn flags(target: &Target) -> Vec<String> {
    match target.kind {
        TargetKind::Lib => vec!["--lib".to_owned()],
        TargetKind::Bin => vec!["--bin".to_owned(), target.name.clone()],
        TargetKind::Test => vec!["--test".to_owned(), target.name.clone()],
    }
}
