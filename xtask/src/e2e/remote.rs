//! The tests of an engine that is on another host, on one.

use anyhow::Result;
use clap::Args;

use crate::elsewhere::Elsewhere;
use crate::shell::{command, run, say};
use crate::{engine, images, test};

#[derive(Args)]
pub(crate) struct Options {
    /// Only what every change has to pass
    #[arg(long)]
    pub(crate) smoke: bool,
    /// Start the engine, say how it is reached, and keep it until the input ends
    #[arg(long)]
    pub(crate) keep: bool,
}

/// Starts the engine, and runs the tests there.
pub(crate) fn drive(options: &Options) -> Result<()> {
    engine::ensure()?;
    test::ensure_nextest()?;
    let base = images::base()?;
    let elsewhere = Elsewhere::start()?;
    elsewhere.load(&base)?;
    if options.keep {
        say(format_args!("{} is at {}", elsewhere.folder.display(), elsewhere.address));
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
        return Ok(());
    }
    let which = if options.smoke { "test(/^remote::smoke/)" } else { "test(/^remote::/)" };
    let mut tests =
        command("cargo", ["nextest", "run", "--package", "testdock", "--test", "docker"]);
    // One after the other: some of them end the engine under the others.
    tests.args(["--test-threads", "1", "-E", which]);
    run(tests
        .env("TESTDOCK_REQUIRE_DOCKER", "1")
        .env("TESTDOCK_TEST_BASE", &base)
        .env("TESTDOCK_TEST_ELSEWHERE", &elsewhere.folder))
}
