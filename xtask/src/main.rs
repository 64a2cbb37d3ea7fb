//! One command for each habit of this repository: `cargo xtask demo | test | ci | bench | …`.
//!
//! Each command brings what it needs, and says what it brings. xtask drives other programs and stays
//! small: it knows how to make a machine ready, and nothing of what Testdock does.

mod bench;
mod bench_copy;
mod bench_discovery;
mod bench_junit;
mod bench_server;
mod demo;
mod e2e;
mod editor;
mod elsewhere;
mod engine;
mod frameworks;
mod images;
mod realworld;
mod shell;
mod test;
mod timing;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about, version)]
enum Habit {
    /// Run a sample project's tests in its own container
    Demo,
    /// Make sure that a Docker engine answers, installing and starting one where that is possible
    Engine,
    /// Make sure that base images of the fixtures are there
    Images {
        /// Which, such as `go` [default: python]
        names: Vec<String>,
    },
    /// Run each framework's sample project in its own image, and check what comes of it
    Frameworks {
        /// The fixtures to run [default: all]
        names: Vec<String>,
    },
    /// Run projects of others with their own tools and with Testdock, and compare
    Realworld {
        /// The projects to run [default: all]
        names: Vec<String>,
    },
    /// Run all tests, those on a real Docker engine included
    Test {
        /// Arguments for `cargo nextest run`
        #[arg(last = true)]
        nextest: Vec<String>,
    },
    /// Look at the source alone: format, lints, documentation and its examples
    Check,
    /// Do what a change has to pass: what `check` does, all tests, a smoke of each slow kind
    Ci,
    /// Drive a real editor, and look at what it shows; or an engine on another host
    #[command(subcommand)]
    E2e(e2e::Editor),
    /// Compile the plugin for JetBrains IDEs against the API that it uses, and run its unit tests
    Jetbrains,
    /// Pack an extension for publishing
    #[command(subcommand)]
    Package(Package),
    /// Measure `testdock run`, the report reader or the copy to another host against their peers in turn
    Bench(bench::Options),
}

/// What can be packed.
#[derive(Subcommand)]
enum Package {
    /// The extension for VS Code; its path is printed
    Vscode {
        /// With this machine's server inside, for the platform of this name, such as linux-x64
        #[arg(long, value_name = "PLATFORM")]
        target: Option<String>,
    },
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
        Habit::Demo => demo::show(),
        Habit::Engine => engine::ensure(),
        Habit::Images { names } => engine::ensure().and_then(|()| images::ensure(&names)),
        Habit::Frameworks { names } => frameworks::check(&names),
        Habit::Realworld { names } => realworld::check(&names),
        Habit::Test { nextest } => test::all(&nextest),
        Habit::Bench(options) => bench::compare(&options),
        Habit::E2e(e2e::Editor::Vscode(options)) => e2e::vscode::drive(&options),
        Habit::E2e(e2e::Editor::Nvim(options)) => e2e::nvim::drive(&options),
        Habit::E2e(e2e::Editor::Remote(options)) => e2e::remote::drive(&options),
        Habit::E2e(e2e::Editor::Podman(options)) => e2e::podman::drive(&options),
        Habit::E2e(e2e::Editor::Rootless(options)) => e2e::rootless::docker(&options),
        Habit::E2e(e2e::Editor::RootlessPodman(options)) => e2e::rootless::podman(&options),
        Habit::E2e(e2e::Editor::Remapped(options)) => e2e::remapped::drive(&options),
        Habit::Jetbrains => e2e::jetbrains::check(),
        Habit::Package(Package::Vscode { target }) => {
            let package = e2e::vscode::package(target.as_deref())?;
            shell::say(package.display());
            Ok(())
        }
        Habit::Check => test::source(),
        Habit::Ci => test::ci(),
    }
}
