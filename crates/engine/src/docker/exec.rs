//! Runs a command in a container that stands.

use std::io;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecOptions, StartExecResults};
use futures_util::StreamExt as _;
use testdock_core::model::{Fault, RunError};

use super::{Container, said, see, status};
use crate::pipes::{Piece, Pipes};
use crate::stand::NotStarted;
use crate::supervisor::Command;

impl Container {
    /// Starts `command`; its frames and its output come on streams of their own.
    pub(crate) async fn exec(&self, command: Command) -> Result<Pipes, NotStarted> {
        let env = command.env.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let options = CreateExecOptions {
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            env: Some(env),
            user: self.user.clone(),
            cmd: Some(command.argv),
            ..CreateExecOptions::default()
        };
        let exec = self.docker.create_exec(&self.id, options).await;
        let exec = exec.map_err(|e| not_started(&e))?;
        let options =
            StartExecOptions { output_capacity: Some(64 << 10), ..StartExecOptions::default() };
        let started = self.docker.start_exec(&exec.id, Some(options)).await;
        match started.map_err(|e| not_started(&e))? {
            StartExecResults::Attached { output, input } => {
                Ok(Pipes { pieces: output.map(piece).boxed(), input })
            }
            StartExecResults::Detached => Err(NotStarted::Gone),
        }
    }
}

fn piece(log: Result<LogOutput, bollard::errors::Error>) -> io::Result<Piece> {
    match log {
        Ok(LogOutput::StdOut { message }) => Ok(Piece::Frames(message)),
        Ok(LogOutput::StdErr { message }) => Ok(Piece::Output(message)),
        // The engine speaks outside the streams only when there is no process.
        Ok(LogOutput::Console { message } | LogOutput::StdIn { message }) => {
            Ok(Piece::Refusal(message))
        }
        Err(e) => Err(io::Error::other(said(&e))),
    }
}

/// What an engine says of a container that has ended, Docker and Podman.
const ENDED: [&str; 2] = ["is not running", "container state improper"];

fn not_started(error: &bollard::errors::Error) -> NotStarted {
    match status(error) {
        // Not running, or paused.
        Some(409) => NotStarted::Gone,
        _ if see::is_absent(error) => NotStarted::Gone,
        _ if ENDED.iter().any(|words| said(error).contains(words)) => NotStarted::Gone,
        _ => {
            let message = format!("cannot start the tests in the container: {}", said(error));
            NotStarted::Failed(
                RunError::new(Fault::Interpreter, message)
                    .help("see whether the engine runs: docker info"),
            )
        }
    }
}
