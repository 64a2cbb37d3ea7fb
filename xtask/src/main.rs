//! One command for each habit of this repository: `cargo xtask demo | test | ci | bench | …`.
//!
//! Each command brings what it needs, and says what it brings. xtask drives other programs and stays
//! small: it knows how to make a machine ready, and nothing of what Testdock does.

mod engine;
mod images;
mod shell;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about, version)]
enum Habit {
    /// Make sure that a Docker engine answers, installing and starting one where that is possible
    Engine,
    /// Make sure that the base image of the fixtures is there
    Images,
    /// Run all tests, those on a real Docker engine included
    Test {
        /// Arguments for `cargo nextest run`
        #[arg(last = true)]
        nextest: Vec<String>,
    },
    /// Do what a change has to pass: format, lints, documentation, all tests
    Ci,
}

fn main() -> ExitCode {
    match perform(Habit::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn perform(habit: Habit) -> Result<()> {
    match habit {
        Habit::Engine => engine::ensure(),
        Habit::Images => engine::ensure().and_then(|()| images::base()).map(drop),
        Habit::Test { nextest } => test::all(&nextest),
        Habit::Ci => test::ci(),
    }
}
