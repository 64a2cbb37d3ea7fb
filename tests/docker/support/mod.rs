//! A project on this machine, the binary at work in it, and the engine below.

pub(crate) mod docker;
pub(crate) mod editor;
pub(crate) mod elsewhere;
pub(crate) mod expected;
pub(crate) mod images;
pub(crate) mod look;
pub(crate) mod person;
pub(crate) mod project;
pub(crate) mod running;
pub(crate) mod terminal;
pub(crate) mod way;

use std::fs::File;
use std::time::{Duration, Instant};

/// So long anything may take that is expected to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(50);

/// Waits until `check` gives something.
#[track_caller]
pub(crate) fn soon<T>(what: &str, within: Duration, mut check: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + within;
    loop {
        if let Some(found) = check() {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {within:?}: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Waits until `check` finds nothing any more.
#[track_caller]
pub(crate) fn gone(what: &str, within: Duration, check: impl Fn() -> Vec<String>) {
    let deadline = Instant::now() + within;
    loop {
        let left = check();
        if left.is_empty() {
            return;
        }
        let late = Instant::now() >= deadline;
        assert!(!late, "after {within:?} there still are {what}: {left:#?}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Says why a test is not done.
#[expect(clippy::print_stdout, reason = "the test runner collects it")]
pub(crate) fn skip<T>(why: &str) -> Option<T> {
    println!("skipped: {why}");
    None
}

/// Waits until no other test is at what they do one after the other; the turn ends with what comes back.
pub(crate) fn turn() -> File {
    // Whoever calls the tests need not be who has built them: this one is there, and it is locked unwritten.
    let turn = File::open(env!("CARGO_TARGET_TMPDIR")).unwrap();
    turn.lock().unwrap();
    turn
}
