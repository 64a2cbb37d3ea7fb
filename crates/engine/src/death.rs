//! Why a process ended, in words.

use testdock_core::frameworks::{Broken, Exit};
use testdock_core::model::RunError;
use testdock_core::plan::Limits;
use testdock_core::views::memory_words;

/// How a process ended, from the code that a shell gives it.
pub(crate) fn exit(code: i32) -> Exit {
    match code {
        129..=192 => Exit::Signal(code - 128),
        code => Exit::Code(code),
    }
}

/// The error of a process that did not tell the whole truth, with the cause as far as it is known.
pub(crate) fn broken(
    broken: Broken,
    exit: Exit,
    ooms: u64,
    limits: &Limits,
    printed: &str,
) -> RunError {
    let mut error = RunError::new(broken.fault, broken.message);
    error.help = broken.help;
    if ooms > 0 {
        error.message = format!("{}: {}", error.message, out_of_memory(limits));
        error.help = Some(memory_help(limits).to_owned());
    } else if let Some(help) = room_help(printed) {
        error.message = format!("{}: the disk is full", error.message);
        error.help = Some(help.to_owned());
    } else if let Some(cause) = cause(exit) {
        error.message = format!("{}: {cause}", error.message);
    }
    error
}

/// What the system says where a disk is full.
const NO_ROOM: &str = "no space left on device";

/// What to do where a text says that a disk is full: the engine's own, mostly.
pub(crate) fn room_help(said: &str) -> Option<&'static str> {
    said.to_ascii_lowercase().contains(NO_ROOM).then_some(
        "make room for the engine: docker system df shows what takes it, testdock interpreter list what is ours",
    )
}

/// That the kernel killed a process for want of memory.
pub(crate) fn out_of_memory(limits: &Limits) -> String {
    let limit = limits.memory.map_or("the machine has no more".to_owned(), |bytes| {
        format!("the container's limit is {}", memory_words(bytes))
    });
    format!("the kernel killed a process of the tests for want of memory ({limit})")
}

pub(crate) fn memory_help(limits: &Limits) -> &'static str {
    match limits.memory {
        Some(_) => "raise limits.memory of the interpreter, or run fewer tests at once",
        None => "set limits.memory of the interpreter, or run fewer tests at once",
    }
}

fn cause(exit: Exit) -> Option<String> {
    Some(match exit {
        Exit::Code(126) => "the command was found but cannot be executed (exit code 126)".into(),
        Exit::Code(127) => "the command was not found (exit code 127)".into(),
        Exit::Code(_) => return None,
        Exit::Signal(number) => format!("the process was ended by {}", signal(number)),
    })
}

fn signal(number: i32) -> String {
    let name = match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL (an instruction that this processor lacks)",
        6 => "SIGABRT (it gave up by itself)",
        7 => "SIGBUS (memory that is not there)",
        8 => "SIGFPE (an arithmetic error)",
        9 => "SIGKILL",
        11 => "SIGSEGV (memory that is not its own)",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        31 => "SIGSYS (a system call that is forbidden here)",
        number => return format!("signal {number}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use testdock_core::model::Fault;

    use super::*;

    fn check(code: i32, ooms: u64, memory: Option<u64>, expected: &Expect) {
        let limits = Limits { memory, ..Limits::default() };
        let said =
            Broken { fault: Fault::Process, message: "pytest wrote no report".into(), help: None };
        let error = broken(said, exit(code), ooms, &limits, "");
        expected.assert_eq(&format!("{} [{}]", error.message, error.help.unwrap_or_default()));
    }

    #[test]
    fn causes_are_said_in_words() {
        check(3, 0, None, &expect!["pytest wrote no report []"]);
        check(
            127,
            0,
            None,
            &expect!["pytest wrote no report: the command was not found (exit code 127) []"],
        );
        check(
            139,
            0,
            None,
            &expect![
                "pytest wrote no report: the process was ended by SIGSEGV (memory that is not its own) []"
            ],
        );
        check(
            137,
            1,
            Some(64 << 20),
            &expect![
                "pytest wrote no report: the kernel killed a process of the tests for want of memory (the container's limit is 64 MiB) [raise limits.memory of the interpreter, or run fewer tests at once]"
            ],
        );
        check(255, 0, None, &expect!["pytest wrote no report []"]);
    }
}
