//! Commands that each new container begins with.

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecOptions, StartExecResults};
use futures_util::StreamExt as _;
use testdock_core::model::{Fault, RunError, RunEvent};
use testdock_core::plan::Setup;

use super::container::engine_error;
use super::printed::Tail;
use super::recipe::{BASE, Recipe};
use super::status;
use crate::runner::Events;

/// Renews the lease while a command runs, and ends with it. Where the other end of its input goes first, nobody waits
/// for the command any more: the first process is told to end the container. Arguments: the lease file, the lease, the
/// command.
const RUN: &str = "exec 5<&0 </dev/null; _end=$1.end; \
                   (while read -r _; do :; done; : >\"$_end\") <&5 >/dev/null 2>&1 & _watch=$!; exec 5<&-; \
                   (while [ ! -e \"$_end\" ]; do echo \"$2\" >\"$1\"; sleep 2; done) >/dev/null 2>&1 & _keep=$!; \
                   shift 2; (\"$@\"); _code=$?; kill $_keep $_watch; exit $_code";
/// Waits until another process has made the container ready, for as long as its lease is renewed.
const WAIT: &str = "left=30; while [ ! -e \"$1/ready\" ] && [ $left -gt 0 ]; do sleep 1; left=$((left-1)); \
                    [ ! -s \"$1/lease\" ] || left=30; done; [ -e \"$1/ready\" ]";
/// A line that is longer is not shown.
const LINE: usize = 4096;

/// Runs the recipe's commands in a new container, one after the other.
pub(super) async fn run(
    docker: &Docker,
    id: &str,
    recipe: &Recipe,
    events: &Events,
) -> Result<(), RunError> {
    for setup in &recipe.setup {
        events.send(RunEvent::BuildLog(format!("{}: {}", setup.name, words(setup)))).await;
        let lease = recipe.lease.as_secs().to_string();
        let lead = ["sh", "-c", RUN, "testdock", &format!("{BASE}/lease"), &lease];
        let argv = lead.iter().map(|word| (*word).to_owned()).chain(setup.argv.iter().cloned());
        let (code, tail) = exec(docker, id, recipe, argv.collect(), Some(events))
            .await
            .map_err(|error| not_ready(&error))?;
        if code != 0 {
            let message = format!(
                "cannot make the container ready: {} `{}` failed with exit code {code}",
                setup.name,
                words(setup)
            );
            let error = RunError::new(Fault::Interpreter, message)
                .help("correct the command, or what it needs of the image");
            return Err(RunError { log: Some(tail.into()), ..error });
        }
    }
    if !recipe.setup.is_empty() {
        let done = ["sh", "-c", ": >\"$1/ready\"", "testdock", BASE].map(str::to_owned);
        exec(docker, id, recipe, done.into(), None).await.map_err(|error| not_ready(&error))?;
    }
    Ok(())
}

/// Waits for whoever made the container; says whether it is ready. One that goes meanwhile is not.
pub(super) async fn is_ready(docker: &Docker, id: &str, recipe: &Recipe) -> Result<bool, RunError> {
    if recipe.setup.is_empty() {
        return Ok(true);
    }
    let argv = ["sh", "-c", WAIT, "testdock", BASE].map(str::to_owned);
    match exec(docker, id, recipe, argv.into(), None).await {
        Ok((code, _)) => Ok(code == 0),
        Err(error) if matches!(status(&error), Some(404 | 409)) => Ok(false),
        Err(error) => Err(not_ready(&error)),
    }
}

fn not_ready(error: &bollard::errors::Error) -> RunError {
    engine_error("make the container ready", error)
}

fn words(setup: &Setup) -> String {
    match setup.argv.as_slice() {
        [shell, flag, line] if shell == "sh" && flag == "-c" => line.clone(),
        words => words.join(" "),
    }
}

/// Runs a command in the workspace; its exit code, and the end of what it printed. Its input stays open until then.
async fn exec(
    docker: &Docker,
    id: &str,
    recipe: &Recipe,
    argv: Vec<String>,
    events: Option<&Events>,
) -> Result<(i64, String), bollard::errors::Error> {
    let options = CreateExecOptions {
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        cmd: Some(argv),
        env: Some(recipe.env.iter().map(|(name, value)| format!("{name}={value}")).collect()),
        working_dir: Some(recipe.workspace.clone()),
        ..CreateExecOptions::default()
    };
    let exec = docker.create_exec(id, options).await?;
    let started = docker.start_exec(&exec.id, None::<StartExecOptions>).await?;
    let mut said = Said::default();
    if let StartExecResults::Attached { mut output, input: _open } = started {
        while let Some(piece) = output.next().await {
            for line in said.take(&piece?) {
                if let Some(events) = events {
                    events.send(RunEvent::BuildLog(line)).await;
                }
            }
        }
    }
    let ended = docker.inspect_exec(&exec.id).await?;
    Ok((ended.exit_code.unwrap_or(-1), said.tail.text().to_owned()))
}

/// What a command printed.
#[derive(Default)]
struct Said {
    /// A line that has no end yet.
    open: String,
    tail: Tail,
}

impl Said {
    /// The lines that end with this piece.
    fn take(&mut self, piece: &LogOutput) -> Vec<String> {
        let (LogOutput::StdOut { message } | LogOutput::StdErr { message }) = piece else {
            return Vec::new();
        };
        let text = String::from_utf8_lossy(message);
        self.tail.push(&text);
        self.open.push_str(&text);
        let mut lines: Vec<String> = self.open.split('\n').map(str::to_owned).collect();
        self.open = lines.pop().filter(|open| open.len() < LINE).unwrap_or_default();
        lines
    }
}
