//! A report as GitHub's workflow commands: an annotation for each failure.
//!
//! What stands in a command is escaped as GitHub wants it, so that no text of a test can become a
//! command of its own.

use testdock_junit::Problem;

use crate::model::Failure;
use crate::report::{Bad, Tally};
use crate::views::words::printable;

use super::{end_words, problem_line};

/// Lines of a trace in an annotation.
const TRACE_LINES: usize = 20;

/// An annotation for each failure, each flaky test and each problem of a file; then the counts.
pub fn annotations(tally: &Tally, problems: &[(String, Problem)]) -> Vec<String> {
    let mut lines: Vec<String> = tally.bad.iter().flat_map(of_test).collect();
    let flaky = |label: &String| command("warning", &[("title", "flaky")], &printable(label));
    lines.extend(tally.flaky.iter().map(flaky));
    let of_file = |(path, problem): &(String, Problem)| {
        command("warning", &[("title", "report")], &printable(&problem_line(path, problem)))
    };
    lines.extend(problems.iter().map(of_file));
    let (counts, time) = end_words(tally);
    lines.push(counts + &time);
    lines
}

fn of_test(bad: &Bad) -> Vec<String> {
    let without_words = [Failure::default()];
    let failures = if bad.failures.is_empty() { &without_words } else { bad.failures.as_slice() };
    failures.iter().map(|failure| annotation(&bad.label, failure)).collect()
}

fn annotation(label: &str, failure: &Failure) -> String {
    let title = printable(label);
    let (line, column);
    let mut properties = Vec::new();
    if let Some(place) = &failure.place {
        line = place.line.to_string();
        properties.extend([("file", place.path.as_str()), ("line", line.as_str())]);
        if let Some(of_place) = place.column {
            column = of_place.to_string();
            properties.push(("col", column.as_str()));
        }
    }
    properties.push(("title", title.as_str()));
    command("error", &properties, &text(failure))
}

/// The headline, and the end of the trace where it says more.
fn text(failure: &Failure) -> String {
    let headline = failure.headline();
    let trace = failure.detail.trim();
    let skipped = trace.lines().count().saturating_sub(TRACE_LINES);
    let lines = headline.lines().chain(trace.lines().skip(skipped).filter(|_| trace != headline));
    lines.map(printable).collect::<Vec<_>>().join("\n")
}

fn command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(key, value)| format!("{key}={}", in_property(value))).collect();
    format!("::{name} {}::{}", properties.join(","), in_message(message))
}

fn in_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn in_property(text: &str) -> String {
    in_message(text).replace(':', "%3A").replace(',', "%2C")
}
