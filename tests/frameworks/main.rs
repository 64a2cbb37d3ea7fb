//! Every framework's sample project, run in the image that its own Dockerfile describes and held against
//! what it must come to: in JSON, in the merged report, on a terminal and in an editor.
//!
//! A folder in `fixtures` with an `expected.json` is all it takes. `discovered.txt` beside it holds what
//! is found without running anything; `UPDATE_EXPECT=1` writes it anew.

#![expect(
    clippy::unwrap_used,
    reason = "the tests' own helpers are tests too: what goes wrong in them is to be loud"
)]

use libtest_mimic::{Arguments, Failed, Trial};

mod demands;
mod discovery;
mod outcomes;
mod selection;

#[path = "../docker/support/mod.rs"]
#[expect(dead_code, reason = "the tests in tests/docker use the rest of it")]
mod support;

use support::expected::fixture;
use support::images;

fn main() {
    let arguments = Arguments::from_args();
    let trials = fixtures().into_iter().flat_map(|name| {
        let trial = |what: &str, check: fn(&str)| {
            let fixture = name.clone();
            Trial::test(format!("{name}::{what}"), move || {
                check(&fixture);
                Ok::<(), Failed>(())
            })
        };
        let outcomes = trial("outcomes", outcomes::check);
        let outcomes = outcomes.with_ignored_flag(is_without_base(&name));
        [trial("discovery", discovery::check), outcomes]
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

/// The fixtures that say what they must come to.
fn fixtures() -> Vec<String> {
    let folder = fixture("");
    let entries = folder.read_dir_utf8().unwrap().map(Result::unwrap);
    let expected = entries.filter(|entry| entry.path().join("expected.json").is_file());
    let mut names: Vec<String> = expected.map(|entry| entry.file_name().to_owned()).collect();
    names.sort();
    names
}

/// Whether `cargo xtask` found no base image for a fixture, so that the summary can count its tests as skipped.
fn is_without_base(fixture: &str) -> bool {
    let is_set = |variable| std::env::var_os(variable).is_some();
    let public = images::public_base_of(fixture);
    let may_be_left_out = is_set(images::BASES) && !is_set(images::REQUIRE_BASES);
    may_be_left_out && public != images::PUBLIC && images::told(&public).is_none()
}
