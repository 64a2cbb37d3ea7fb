//! A command in a container, with a terminal or without.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::{CreateExecOptions, ResizeExecOptions, StartExecOptions, StartExecResults};
use bollard::models::ContainerInspectResponse;
use bytes::Bytes;
use camino::Utf8Path;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use testdock_core::containers::Origin;
use testdock_core::model::{Fault, RunError};
use testdock_core::plan::Interpreter;
use tokio::io::AsyncWrite;
use tokio::time::sleep;
use tokio_util::io::ReaderStream;

use super::{failed, short};
use crate::docker::settle::filled;
use crate::docker::{laid, said, see, status, takeover};
use crate::supervisor::Cookie;
use crate::world::World;

/// The shell that people expect where there is one. It reads no profile: that of many images sets PATH
/// anew, and what the image put into it would not be found.
const SHELL: &str = "if command -v bash >/dev/null 2>&1; then exec bash; fi; exec sh";

/// A command's output ends a moment before the engine knows that the command has ended.
const LOOKS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(25);

/// The variable that all that a command starts has, and nothing else.
const MARK: &str = "TESTDOCK_EXEC";
const HANG_UP: &str = include_str!("hang_up.sh");

/// What to run.
#[derive(Debug, Clone, Default)]
pub struct Command {
    /// The command and its arguments; none for a shell.
    pub argv: Vec<String>,
    /// As whom; `None` as the container's own process.
    pub user: Option<String>,
    /// Where; `None` for where the workspace is, else as the image says.
    pub workdir: Option<String>,
    /// Variables beside the container's own; `${containerEnv:NAME}` in a value stands for one of these.
    pub env: Vec<(String, String)>,
    /// Whether it has a terminal, and how large that is.
    pub terminal: Option<Size>,
}

/// Columns and rows of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Characters in a line.
    pub columns: u16,
    /// Lines.
    pub rows: u16,
}

/// What a command prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Printed {
    /// To its standard output, or to its terminal.
    Out(Bytes),
    /// To its standard error.
    Err(Bytes),
}

/// A command that runs.
pub struct Process {
    /// What it prints; ends with it.
    pub output: BoxStream<'static, io::Result<Printed>>,
    /// What it reads.
    pub input: Pin<Box<dyn AsyncWrite + Send>>,
    /// Its terminal and its end.
    pub control: Control,
}

/// A command that runs, without its streams.
#[derive(Debug)]
pub struct Control {
    docker: Docker,
    exec: String,
    container: String,
    user: Option<String>,
    cookie: Cookie,
}

/// Starts a command in a container that runs.
pub async fn exec(
    world: &World,
    host: Option<&str>,
    id: &str,
    command: Command,
) -> Result<Process, RunError> {
    let docker = world.engine(host).await?;
    let what = || format!("run a command in the container {}", short(id));
    let found = see::container(&docker, id).await.ok();
    let workdir = command.workdir.or_else(|| workspace(found.as_ref()?));
    let own = found.and_then(|it| it.config?.env).unwrap_or_default();
    let (user, cookie) = (command.user, Cookie::random());
    let mark = (MARK.to_owned(), cookie.as_str().to_owned());
    let env = command.env.into_iter().map(|(name, value)| (name, filled(&value, &own)));
    let env = env.chain([mark]).map(|(name, value)| format!("{name}={value}"));
    let shell = || ["sh", "-c", SHELL].map(String::from).into();
    let options = CreateExecOptions {
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        tty: Some(command.terminal.is_some()),
        cmd: Some(if command.argv.is_empty() { shell() } else { command.argv }),
        env: Some(env.collect()),
        user: user.clone(),
        working_dir: workdir,
        ..CreateExecOptions::default()
    };
    let started = async {
        let exec = docker.create_exec(id, options).await?.id;
        let streams = streams(&docker, host, &exec, command.terminal.is_some()).await?;
        Ok::<_, Error>((streams, exec))
    };
    let ((output, input), exec) = match started.await {
        Ok(started) => started,
        // Podman says so in words only.
        Err(error)
            if status(&error) == Some(409) || said(&error).contains("running containers") =>
        {
            let message = format!("cannot {}: {}", what(), said(&error));
            return Err(RunError::new(Fault::Interpreter, message)
                .help(format!("start it first: testdock containers start {}", short(id))));
        }
        Err(error) => return Err(failed(world, host, &what(), &error).await),
    };
    let control = Control { docker, exec, container: id.to_owned(), user, cookie };
    if let Some(size) = command.terminal {
        control.resize(size).await;
    }
    Ok(Process { output, input, control })
}

type Output = BoxStream<'static, io::Result<Printed>>;
type Input = Pin<Box<dyn AsyncWrite + Send>>;

/// Starts what was made, and gives what it prints and what it reads.
async fn streams(
    docker: &Docker,
    host: Option<&str>,
    exec: &str,
    is_terminal: bool,
) -> Result<(Output, Input), Error> {
    if is_terminal && let Some((printed, typed)) = takeover::start(host, exec).await? {
        let pieces = ReaderStream::with_capacity(printed, 64 << 10);
        return Ok((pieces.map(|piece| piece.map(Printed::Out)).boxed(), typed));
    }
    let options = StartExecOptions {
        tty: is_terminal,
        output_capacity: Some(64 << 10),
        ..StartExecOptions::default()
    };
    match docker.start_exec(exec, Some(options)).await? {
        StartExecResults::Attached { output, input } => {
            Ok((output.map(move |piece| printed(piece, is_terminal)).boxed(), input))
        }
        StartExecResults::Detached => Err(io::Error::other("it runs detached").into()),
    }
}

/// The variables of the tests that run in a container of this interpreter, beside the container's own;
/// `${containerEnv:NAME}` in a value stands for one of these.
pub async fn environment(
    world: &World,
    root: &Utf8Path,
    interpreter: &Interpreter,
) -> Result<BTreeMap<String, String>, RunError> {
    let docker = world.engine(interpreter.host.as_deref()).await?;
    Ok(laid(&docker, root, interpreter).await.options.env)
}

/// Where the workspace lies in a container that Testdock has made.
fn workspace(found: &ContainerInspectResponse) -> Option<String> {
    let labels = found.config.as_ref()?.labels.as_ref()?;
    let Origin::Interpreter { workspace, .. } = Origin::of(labels)? else {
        return None;
    };
    let mut mounts = found.mounts.iter().flatten();
    mounts.find(|mount| mount.source.as_deref() == Some(workspace.as_str()))?.destination.clone()
}

fn printed(piece: Result<LogOutput, Error>, is_terminal: bool) -> io::Result<Printed> {
    match piece {
        Ok(LogOutput::StdOut { message } | LogOutput::StdIn { message }) => {
            Ok(Printed::Out(message))
        }
        Ok(LogOutput::StdErr { message }) => Ok(Printed::Err(message)),
        Ok(LogOutput::Console { message }) if is_terminal => Ok(Printed::Out(message)),
        // The engine speaks outside of the streams where there is no process.
        Ok(LogOutput::Console { message }) => Ok(Printed::Err(message)),
        Err(error) => Err(io::Error::other(said(&error))),
    }
}

impl Control {
    /// The terminal has another size.
    pub async fn resize(&self, size: Size) {
        let options = ResizeExecOptions { height: size.rows, width: size.columns };
        // The command may have ended, and then nobody minds.
        if let Err(error) = self.docker.resize_exec(&self.exec, options).await {
            tracing::debug!(%error, "a terminal was not resized");
        }
    }

    /// Nobody waits for the command any more: says so to all that it has started, as a terminal does that is
    /// closed. The engine does not, and a shell would wait for ever for what nobody will type.
    pub async fn hang_up(&self) {
        let words = ["sh", "-c", HANG_UP, "sh", self.cookie.as_str()];
        let options = CreateExecOptions {
            cmd: Some(words.map(String::from).into()),
            user: self.user.clone(),
            ..CreateExecOptions::default()
        };
        let done = async {
            let exec = self.docker.create_exec(&self.container, options).await?.id;
            let options = StartExecOptions { detach: true, ..StartExecOptions::default() };
            self.docker.start_exec(&exec, Some(options)).await
        };
        if let Err(error) = done.await {
            tracing::debug!(%error, "a command was not told to end");
        }
    }

    /// The exit code of a command whose output has ended.
    pub async fn exit_code(&self) -> Result<i64, RunError> {
        for _ in 0..LOOKS {
            let found = self.docker.inspect_exec(&self.exec).await.map_err(|error| {
                let message = format!("cannot learn how the command ended: {}", said(&error));
                RunError::new(Fault::Interpreter, message)
            })?;
            if let (Some(code), Some(false)) = (found.exit_code, found.running) {
                return Ok(code);
            }
            sleep(PAUSE).await;
        }
        let message = "the connection to the command was lost while it ran";
        Err(RunError::new(Fault::Interpreter, message).help("see whether the container still runs"))
    }
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Process").field("control", &self.control).finish_non_exhaustive()
    }
}
