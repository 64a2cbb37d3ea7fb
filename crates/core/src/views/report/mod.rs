//! A JUnit report as people, GitHub and programs read it.

mod github;
mod human;
mod json;

pub use github::annotations;
pub use human::report_lines;
pub use json::JsonReport;

use testdock_junit::Problem;

/// What is wrong with a file, as a line about it.
fn problem_line(path: &str, problem: &Problem) -> String {
    match problem.offset {
        0 => format!("{path}: {}", problem.message),
        offset => format!("{path}: {} (at byte {offset})", problem.message),
    }
}

#[cfg(test)]
mod tests;
