//! Errors of a run that never began, or that lost its process.

use testdock_core::model::{Fault, RunError};
use testdock_core::plan::{Invocation, Limits};

use crate::death;
use crate::docker::Fate;
use crate::frames::Frame;
use crate::stand::{Seat, Stand};

/// Why the supervisor did not start the command.
pub(crate) fn refused(frame: &Frame, invocation: &Invocation, stand: &Stand) -> RunError {
    let place = &stand.provenance.interpreter;
    let interpreter = |message: String| RunError::new(Fault::Interpreter, message);
    match frame {
        Frame::Missing => {
            let first = invocation.candidates.iter().filter_map(|c| c.argv.first());
            let tried: Vec<&str> = first.map(String::as_str).collect();
            let why = match tried.as_slice() {
                [one] => format!("it has no `{one}`"),
                several => format!("none of {} works there", several.join(", ")),
            };
            interpreter(format!("cannot run the tests in {place}: {why}")).help(&invocation.remedy)
        }
        Frame::Blind(path) => {
            let message = format!("the container does not see the workspace: {path} is not there");
            interpreter(message).help(
                "mount the workspace in the service, or leave compose.exec away: \
                 then the tests run in a container that gets a copy",
            )
        }
        Frame::Nowhere(dir) => {
            let message = format!("cannot run the tests in {dir}: {place} has no such directory");
            RunError::new(Fault::Configuration, message)
                .help("correct the suite's root, or interpreter.workdir")
        }
        Frame::Unusable(dir) => interpreter(format!("cannot write {dir} in {place}"))
            .help("give the user that runs the tests a directory to write to"),
        Frame::Line(_) | Frame::Begin(_) | Frame::Report { .. } | Frame::Exit { .. } => {
            interpreter(format!("cannot start the tests in {place}"))
        }
    }
}

/// The container ended again before the command began.
pub(crate) fn gone() -> RunError {
    let message = "cannot run the tests: the container ended before they began, twice";
    RunError::new(Fault::Interpreter, message)
        .help("see whether something removes containers or restarts the engine")
}

/// Why the streams ended before the command did, where `why` is what they said last; `None` when
/// the container ended before the command began.
pub(crate) async fn lost(
    why: &str,
    began: bool,
    limits: &Limits,
    stand: &Stand,
) -> Option<RunError> {
    let Seat::Container(container) = &stand.seat else {
        let message = format!("the shell that ran the tests died {why}");
        return Some(RunError::new(Fault::Process, message));
    };
    let place = &stand.provenance.interpreter;
    let (message, help) = match container.fate().await {
        Fate::Gone { .. } if !began => return None,
        Fate::Gone { out_of_memory: true } => (
            format!("the container died: {}", death::out_of_memory(limits)),
            death::memory_help(limits),
        ),
        Fate::Gone { .. } => (
            "the container was stopped or removed while the tests ran".to_owned(),
            "run again: a new container is made",
        ),
        Fate::Unreachable(error) => (
            format!("lost the engine while the tests ran: {error}"),
            "see whether the engine runs, then run again",
        ),
        Fate::Running if began => (
            format!("lost the tests' process: its stream ended without an exit code {why}"),
            "run again; with --fresh for a new container",
        ),
        Fate::Running => (
            format!("cannot start a shell in {place}: {why}"),
            "the image needs a POSIX shell named sh",
        ),
    };
    Some(RunError::new(Fault::Interpreter, message.trim_end()).help(help))
}
