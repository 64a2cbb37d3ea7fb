//! All tests in one run, and all that a change has to pass.

use std::time::Duration;

use anyhow::Result;

use crate::shell::{answer, command, run, say, step};
use crate::{e2e, engine, frameworks, images};

/// Runs every test, those on a real engine included; `arguments` go to nextest.
pub(crate) fn all(arguments: &[String]) -> Result<()> {
    engine::ensure()?;
    engine::ensure_compose()?;
    let base = images::base()?;
    // One compiled language for a taste; `cargo xtask frameworks` runs the others.
    images::ensure(&["go".to_owned()])?;
    let (variable, bases) = images::told();
    ensure_nextest()?;
    let left_out = frameworks::without_base(&bases)?;
    if !left_out.is_empty() {
        say(format_args!(
            "skipping the sample projects {}: their base images are not here, `cargo xtask frameworks` brings them",
            left_out.join(", ")
        ));
    }
    run(command("cargo", ["nextest", "run", "--workspace"])
        .args(arguments)
        .env("TESTDOCK_REQUIRE_DOCKER", "1")
        .env("TESTDOCK_TEST_BASE", base)
        .env(variable, bases))
}

/// What is wrong with the source before anything runs: format, lints, documentation and its examples.
pub(crate) fn source() -> Result<()> {
    say("format");
    run(&mut command("cargo", ["fmt", "--all", "--check"]))?;
    say("lints");
    let lints = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    run(&mut command("cargo", lints))?;
    say("documentation");
    let docs = ["doc", "--workspace", "--no-deps"];
    run(command("cargo", docs).env("RUSTDOCFLAGS", "--deny warnings"))?;
    // The test runner leaves these out.
    say("examples in the documentation");
    let examples = ["test", "--workspace", "--doc", "--quiet"];
    run(&mut command("cargo", examples))
}

/// The source, the tests, then the clients in the real editors.
pub(crate) fn ci() -> Result<()> {
    source()?;
    say("tests");
    all(&[])?;
    say("the extension for VS Code");
    e2e::vscode::check()?;
    e2e::vscode::drive(&e2e::Options { smoke: true, only: None })?;
    say("an engine on another host");
    e2e::remote::drive(&e2e::remote::Options { smoke: true, keep: false })?;
    say("the plugin for JetBrains IDEs");
    e2e::jetbrains::check()?;
    say("the plugin for Neovim");
    e2e::nvim::drive(&e2e::Options { smoke: true, only: None })
}

pub(crate) fn ensure_nextest() -> Result<()> {
    let version = ["nextest", "--version"];
    if answer(&mut command("cargo", version), Duration::from_secs(30)).is_ok() {
        return Ok(());
    }
    let install = ["install", "--locked", "cargo-nextest"];
    step("installing cargo-nextest (takes some minutes)", &mut command("cargo", install))
}
