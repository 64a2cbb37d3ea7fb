//! The demo project's tests, run in its own container, from nothing.

use anyhow::{Context as _, Result, bail};

use crate::shell::{command, root, run, say, target};
use crate::{engine, images};

const PROJECT: &str = "fixtures/python-pytest";

/// What `testdock run` answers when tests failed, as some of the demo's do on purpose.
const TESTS_FAILED: i32 = 1;

pub(crate) fn show() -> Result<()> {
    engine::ensure()?;
    let base = images::base()?;
    // Not optimised: a person waits for this build, and the run itself waits for Docker.
    say("building testdock (not optimised, to be quick)");
    run(&mut command("cargo", ["build", "--quiet", "--package", "testdock"]))?;
    let testdock = target()?.join("debug/testdock");

    // From here, so that the places it prints open from where the person is.
    say(format_args!("\n$ testdock run --root {PROJECT}"));
    let status = command(&testdock, ["run", "--root", PROJECT])
        .current_dir(root())
        .envs(images::override_base(&base))
        .status()
        .with_context(|| format!("cannot run {} in {PROJECT}", testdock.display()))?;
    match status.code() {
        Some(0) => (),
        Some(TESTS_FAILED) => say("\nThe failures are the demo's own: it fails on purpose."),
        _ => bail!("`testdock run` ended with {status}"),
    }
    let testdock = testdock.display();
    say(format_args!(
        "From here:
  cargo xtask demo   (again: the container is warm now)
  {testdock} lsp   (the language server, for your editor)"
    ));
    Ok(())
}
