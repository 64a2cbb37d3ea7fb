//! Runs your tests in your project's own container: a language server and a command line.

mod args;
mod consent;
mod containers;
mod discover;
mod doctor;
mod exit;
mod explain;
mod init;
mod interpreter;
mod logs;
mod print;
mod project;
mod report;
mod run;
mod select;
mod server;
mod sinks;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use testdock_engine::reaper;

use args::{Arguments, Command, ReapArguments};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log();
    if let Ok(program) = std::env::current_exe() {
        reaper::employ(program);
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(perform(arguments.command));
            // A blocking read of standard input may never return; nothing else is left to wait for.
            runtime.shutdown_background();
            code
        }
        Err(error) => Err(anyhow::Error::from(error).context("cannot start")),
    };
    outcome.and_then(|code| print::lost().map(|()| code)).unwrap_or_else(|error| {
        print::error(&error);
        if error.is::<select::Nothing>() { exit::NO_TESTS } else { exit::USAGE }.into()
    })
}

async fn perform(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Lsp(arguments) => server::serve(&arguments).await,
        Command::Run(arguments) => run::run(arguments).await,
        Command::Discover(arguments) => discover::discover(&arguments),
        Command::Report(arguments) => report::report(&arguments),
        Command::Doctor(arguments) => doctor::doctor(&arguments).await,
        Command::Interpreter(command) => interpreter::interpreter(command).await,
        Command::Containers(arguments) => containers::containers(arguments).await,
        Command::Logs(arguments) => logs::logs(arguments).await,
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Init(arguments) => init::init(&arguments),
        Command::Reap(arguments) => reap(&arguments).await,
    }
}

async fn reap(arguments: &ReapArguments) -> anyhow::Result<ExitCode> {
    let lease = Duration::from_secs(arguments.lease);
    let done = reaper::reap(arguments.host.as_deref(), &arguments.project, lease).await;
    done.map(|()| exit::PASSED.into()).map_err(|error| anyhow::anyhow!(error.message))
}

/// Our own log goes to standard error, and says nothing unless it is asked or something is wrong.
fn log() {
    use tracing_subscriber::EnvFilter;
    // The protocol's framework calls it an error when a client asks for what the server never offered; some always do.
    let usual = "warn,tower_lsp_server::server=off";
    let filter = EnvFilter::try_from_env("TESTDOCK_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
