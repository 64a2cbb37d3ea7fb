//! Errors of a run that never began, or that lost its process.

use testdock_core::model::{Fault, RunError};
use testdock_core::plan::{Candidate, Invocation, Limits};

use crate::death;
use crate::docker::Fate;
use crate::frames::Frame;
use crate::stand::{Seat, Stand};

/// What helps where a container that is used as it is does not have the workspace.
const NOT_MOUNTED: &str = "mount the workspace in the service, or leave compose.exec away: \
                           then the tests run in a container of their own that has it";

/// Why the supervisor did not start the command.
pub(crate) fn refused(
    frame: &Frame,
    framework: &str,
    invocation: &Invocation,
    stand: &Stand,
) -> RunError {
    let place = &stand.provenance.interpreter;
    let interpreter = |message: String| RunError::new(Fault::Interpreter, message);
    match frame {
        Frame::Missing => {
            let message =
                format!("cannot run the {framework} tests in {place}: {}", lack(invocation));
            interpreter(message).help(&invocation.remedy)
        }
        Frame::Blind(path) => {
            let message = format!("the container does not see the workspace: {path} is not there");
            interpreter(message).help(NOT_MOUNTED)
        }
        Frame::Nowhere(dir) => {
            let message = format!(
                "cannot run the tests in {dir}: {place} has no such directory that their user may enter"
            );
            let help = match stand.is_borrowed() {
                true => NOT_MOUNTED,
                false => {
                    "correct the suite's root, or interpreter.workdir; where it is there, interpreter.user"
                }
            };
            RunError::new(Fault::Configuration, message).help(help)
        }
        Frame::Unusable(dir) => interpreter(format!("cannot write {dir} in {place}"))
            .help("give the user that runs the tests a directory to write to"),
        Frame::Line(_)
        | Frame::Begin(_)
        | Frame::Ended(_)
        | Frame::Report { .. }
        | Frame::Exit { .. } => interpreter(format!("cannot start the tests in {place}")),
    }
}

/// Which tools are not there, or do not work.
fn lack(invocation: &Invocation) -> String {
    let mut tools: Vec<String> = invocation.candidates.iter().map(called).collect();
    tools.dedup();
    match tools.as_slice() {
        [one] => format!("`{one}` is not there, or does not work"),
        several => format!("none of {} is there and works", several.join(", ")),
    }
}

/// What has to be there, in the words of whoever looks for it: a program, or a module of one.
fn called(candidate: &Candidate) -> String {
    match candidate.argv.as_slice() {
        [program, option, module, ..] if option == "-m" && candidate.tool() == program => {
            format!("{program} -m {module}")
        }
        _ => candidate.tool().to_owned(),
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
    let fate = container.fate().await;
    if began
        && fate == (Fate::Gone { out_of_memory: false })
        && let Some(error) = container.entry_error().await
    {
        return Some(error);
    }
    let (message, help) = match fate {
        Fate::Gone { .. } if !began => return None,
        Fate::Gone { out_of_memory: true } => (
            format!("the container died: {}", death::out_of_memory(limits)),
            death::memory_help(limits),
        ),
        Fate::Gone { .. } => (
            "the container was stopped or removed while the tests ran".to_owned(),
            match stand.is_borrowed() {
                true => "start the service again, then run again",
                false => "run again: a new container is made",
            },
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
            match limits.pids {
                Some(_) => "see whether limits.pids lets the tests have enough processes",
                None => {
                    "the image needs a POSIX shell named sh; where `env` sets PATH, `${containerEnv:PATH}` \
                     in its value is the image's"
                }
            },
        ),
    };
    let message = message.trim_end_matches([' ', ':']);
    Some(RunError::new(Fault::Interpreter, message).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lack_of(candidates: &[(&[&str], &[&str])]) -> String {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let candidate = |(argv, check): &(&[&str], &[&str])| Candidate {
            argv: words(argv),
            check: words(check),
        };
        let candidates = candidates.iter().map(candidate).collect();
        lack(&Invocation { candidates, ..Invocation::default() })
    }

    #[test]
    fn the_tool_is_named_and_not_the_shell_that_starts_it() {
        let bats: (&[&str], &[&str]) = (&["bash", "/h/bats.sh", "bats"], &["bats", "--version"]);
        assert_eq!(lack_of(&[bats]), "`bats` is not there, or does not work");
        let launched: [(&[&str], &[&str]); 2] = [
            (&["sh", "/h/jvm.sh", "./mvnw"], &["sh", "-c", "command -v \"$0\"", "./mvnw"]),
            (&["sh", "/h/jvm.sh", "mvn"], &["sh", "-c", "command -v \"$0\"", "mvn"]),
        ];
        assert_eq!(lack_of(&launched), "none of ./mvnw, mvn is there and works");
        let modules: [(&[&str], &[&str]); 2] = [
            (&["pytest"], &[]),
            (&["python3", "-m", "pytest"], &["python3", "-c", "import pytest"]),
        ];
        assert_eq!(lack_of(&modules), "none of pytest, python3 -m pytest is there and works");
        assert_eq!(lack_of(&[(&["go", "test"], &[])]), "`go` is not there, or does not work");
    }
}
