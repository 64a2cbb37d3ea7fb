//! What people see: each view is a pure function over the session's state.

mod details;
mod diagnostics;
mod doctor;
mod interpreters;
mod json;
mod junit;
mod lenses;
mod markdown;
mod marks;
mod report;
mod teamcity;
pub mod terminal;
mod words;

pub use details::{details, failure_page};
pub use diagnostics::{
    Diagnostic, Related, Severity, configuration_diagnostics, fault_diagnostic, test_diagnostics,
};
pub use doctor::{
    Finding, Stock, Verdict, doctor_lines, doctor_page, doctor_text, image_finding,
    workspace_findings,
};
pub use interpreters::{InterpreterState, InterpreterView};
pub use json::json_line;
pub use junit::junit_report;
pub use lenses::{Action, Lens, lenses};
pub use markdown::{Extent, plain};
pub use marks::{Mark, Standing, marks};
pub use report::{JsonReport, annotations, report_lines};
pub use teamcity::{Reader, Teamcity};
pub use words::{
    age_words, bytes_words, count_words, duration_words, end_words, from_printed_line, ids_words,
    memory_words, number_words, outcome_words, printable_line, stage_words,
};

#[cfg(test)]
mod json_tests;
