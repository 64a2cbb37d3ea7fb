//! A JUnit report as people, GitHub and programs read it.

mod github;
mod human;
mod json;

pub use github::annotations;
pub use human::report_lines;
pub use json::JsonReport;

use testdock_junit::Problem;

use crate::report::Tally;
use crate::views::words::{count_words, duration_words};

/// How many ended how, and how long they took where that is told: `2 failed, 9 passed in 3.4 s`.
fn end_words(tally: &Tally) -> (String, String) {
    let broken = match tally.broken_suites {
        0 => String::new(),
        1 => "1 suite broken, ".to_owned(),
        count => format!("{count} suites broken, "),
    };
    let time = match tally.time.is_zero() {
        true => String::new(),
        false => format!(" in {}", duration_words(tally.time)),
    };
    (format!("{broken}{}", count_words(&tally.totals)), time)
}

/// What is wrong with a file, as a line about it.
fn problem_line(path: &str, problem: &Problem) -> String {
    match problem.offset {
        0 => format!("{path}: {}", problem.message),
        offset => format!("{path}: {} (at byte {offset})", problem.message),
    }
}
