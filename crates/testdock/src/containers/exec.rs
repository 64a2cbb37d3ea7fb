//! `testdock containers exec`: a command in a container, as if it ran here.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use futures_util::StreamExt as _;
use testdock_core::model::RunError;
use testdock_engine::containers::{self, Command, Printed, Process};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::terminal::{Raw, asked_to_end, size, sizes};
use super::{Found, Known};
use crate::args::ExecArguments;

pub(crate) async fn exec(arguments: ExecArguments) -> Result<ExitCode> {
    let name = &arguments.container;
    let known = Known::look(&name.project, name.engine.as_deref()).await?;
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let command = Command {
        argv: arguments.command,
        user: arguments.user,
        workdir: arguments.workdir,
        env: terminal_env(is_terminal),
        terminal: size().filter(|_| is_terminal),
    };
    let started = match known.find(&name.name) {
        Ok(found) => start(&known, found, command).await,
        Err(error) => Err(error),
    };
    let ended = match started {
        Ok(process) => {
            let _raw = is_terminal.then(Raw::enter).flatten();
            attend(process, is_terminal).await
        }
        Err(error) => Err(error),
    };
    Ok(match ended {
        Ok(code) => u8::try_from(code).unwrap_or(u8::MAX).into(),
        Err(error) => known.refuse(&error),
    })
}

/// Starts a command, in a container of the tests with what they have.
async fn start(known: &Known, found: Found<'_>, command: Command) -> Result<Process, RunError> {
    let Found { host, container } = found;
    let mut env: Vec<_> = known.environment(container).await?.into_iter().collect();
    env.extend(command.env);
    let command = Command { env, ..command };
    containers::exec(&known.world, host, &container.name, command).await
}

/// So long the command is told that nobody waits for it any more.
const PATIENCE: Duration = Duration::from_secs(2);

/// What programs ask to know what this terminal can do.
fn terminal_env(is_terminal: bool) -> Vec<(String, String)> {
    let names = ["TERM", "COLORTERM"].into_iter().filter(|_| is_terminal);
    let values = names.filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
    values.collect()
}

/// Passes on what is typed and what is printed until the command ends; its exit code.
async fn attend(process: Process, is_terminal: bool) -> Result<i64, RunError> {
    let Process { output, mut input, control } = process;
    let typing = async {
        // A read that waits cannot be given up: it ends with this process.
        let mut typed = tokio::io::stdin();
        let mut buffer = vec![0; 16 << 10];
        while let Ok(count @ 1..) = typed.read(&mut buffer).await {
            if input.write_all(&buffer[..count]).await.is_err() || input.flush().await.is_err() {
                break;
            }
        }
        let _ended_already = input.shutdown().await;
        std::future::pending::<()>().await;
    };
    let resizing = async {
        let mut sizes = sizes();
        while let Some(size) = sizes.next().await {
            if is_terminal {
                control.resize(size).await;
            }
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = show(output) => control.exit_code().await,
        () = typing => control.exit_code().await,
        () = resizing => control.exit_code().await,
        signal = asked_to_end() => {
            let _gone_anyway = timeout(PATIENCE, control.hang_up()).await;
            Ok(128 + signal)
        }
    }
}

async fn show(mut output: futures_util::stream::BoxStream<'static, io::Result<Printed>>) {
    while let Some(printed) = output.next().await {
        let written = match printed {
            Ok(Printed::Out(bytes)) => write(&mut io::stdout(), &bytes),
            Ok(Printed::Err(bytes)) => write(&mut io::stderr(), &bytes),
            // How the command ended says more.
            Err(_) => return,
        };
        if written.is_err() {
            return;
        }
    }
}

fn write(stream: &mut impl io::Write, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}
