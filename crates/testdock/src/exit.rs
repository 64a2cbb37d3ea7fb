//! What the process's exit code says.

use testdock_core::model::{End, Fault};
use testdock_core::report::Tally;
use testdock_core::session::Run;
use testdock_junit::Harm;

/// Every test passed.
pub(crate) const PASSED: u8 = 0;
/// Some test failed.
pub(crate) const FAILED: u8 = 1;
/// The usage or the configuration is wrong.
pub(crate) const USAGE: u8 = 2;
/// The interpreter failed: no engine, a broken build, a container that died.
pub(crate) const INTERPRETER: u8 = 3;
/// No test ran.
pub(crate) const NO_TESTS: u8 = 4;
/// Somebody cancelled.
pub(crate) const CANCELLED: u8 = 130;

/// The code of a run that ended.
pub(crate) fn of_end(how: &End, run: &Run) -> u8 {
    let totals = run.totals();
    match how {
        End::Cancelled => CANCELLED,
        End::Broken(error) => of_fault(error.fault),
        End::TimedOut(_) => FAILED,
        End::Completed if totals.bad() > 0 => FAILED,
        End::Completed if totals.all() == 0 && !run.is_build() => NO_TESTS,
        End::Completed => PASSED,
    }
}

/// The code of reports with so much of a problem. One that was cut off is no success: whoever wrote it
/// died.
pub(crate) fn of_report(tally: &Tally, worst: Harm) -> u8 {
    match worst {
        _ if tally.is_bad() => FAILED,
        Harm::Unreadable => USAGE,
        Harm::Cut => FAILED,
        Harm::NotJunit if tally.totals.all() == 0 => USAGE,
        Harm::Slight | Harm::NotJunit if tally.totals.all() == 0 => NO_TESTS,
        Harm::Slight | Harm::NotJunit => PASSED,
    }
}

/// The code of a run that could not run.
pub(crate) fn of_fault(fault: Fault) -> u8 {
    match fault {
        Fault::Interpreter => INTERPRETER,
        Fault::Configuration => USAGE,
        // The process died under a test, which so did not pass.
        Fault::Process => FAILED,
        Fault::NoTests => NO_TESTS,
    }
}
