//! A run in a terminal: one line a test while it goes on, then what is wrong, then the counts.
//!
//! The text carries ANSI colours; whoever prints it takes them out where they are not wanted.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use camino::Utf8Path;

use super::words::{duration_words, outcome_words, printable, printable_line};
use crate::model::{End, Ended, Failure, Fault, Outcome, Place, Provenance, RunError, TestResult};
use crate::session::Run;

pub(super) const RED: Style = AnsiColor::Red.on_default().bold();
pub(super) const GREEN: Style = AnsiColor::Green.on_default().bold();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();

/// Lines of a trace that are shown, and of what a test printed.
const TRACE_LINES: usize = 40;
const OUTPUT_LINES: usize = 20;
/// A longer value is no part of a line.
const LONGEST_VALUE: usize = 60;
/// A line that says what was expected is cut behind so many letters.
const LONGEST_LINE: usize = 200;

pub(super) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A place as people can open it: relative to where they are, where it lies below.
pub fn place_words(place: &Place, cwd: &Utf8Path) -> String {
    let path = place.path.strip_prefix(cwd).unwrap_or(&place.path);
    match place.column {
        Some(column) => format!("{path}:{}:{column}", place.line),
        None => format!("{path}:{}", place.line),
    }
}

/// Where the tests run.
pub fn started_line(provenance: &Provenance) -> String {
    let container = match (provenance.container.is_empty(), provenance.warm) {
        (true, _) => String::new(),
        (false, true) => format!("; container {} was warm", short(&provenance.container)),
        (false, false) => format!("; container {} started", short(&provenance.container)),
    };
    format!("{} {}{container}", paint(BOLD, "Interpreter"), provenance.interpreter)
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// How a test ended; a failure with its place and message.
pub fn test_lines(result: &TestResult, cwd: &Utf8Path) -> Vec<String> {
    let (style, word) = match result.outcome {
        Outcome::Passed => (GREEN, "PASS"),
        Outcome::Failed => (RED, "FAIL"),
        Outcome::Errored => (RED, "ERROR"),
        Outcome::Skipped => (YELLOW, "SKIP"),
    };
    let time = result.duration.map(|d| format!("  {}", duration_words(d))).unwrap_or_default();
    let mut line = format!(
        "{}{:pad$} {}{}",
        paint(style, word),
        "",
        printable_line(result.id.to_string()),
        paint(DIM, &time),
        pad = 5 - word.len()
    );
    if let (Outcome::Skipped, Some(reason)) = (result.outcome, &result.reason) {
        line.push_str(&paint(DIM, &printable_line(format!("  ({reason})"))));
    }
    let mut lines = vec![line];
    if result.outcome.is_bad() {
        lines.extend(result.failures.iter().map(|f| format!("      {}", failure_line(f, cwd))));
    }
    lines
}

fn failure_line(failure: &Failure, cwd: &Utf8Path) -> String {
    let what = headline(failure);
    match &failure.place {
        Some(place) => format!("{}: {what}", place_words(place, cwd)),
        None => what,
    }
}

/// The first line of what went wrong; where it says what was expected, what came instead follows. Where neither of two
/// short values is in it, they follow.
fn headline(failure: &Failure) -> String {
    let headline = failure.headline();
    let lines = headline.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    let first = lines.first().copied().unwrap_or_default();
    let expects = first.to_lowercase().contains("expected:");
    match (lines.as_slice(), values(failure, first)) {
        ([_, _, ..], _) if expects => printable(&expectation(&lines)),
        (_, Some(values)) => printable(&format!("{first} ({values})")),
        (_, None) => printable(first),
    }
}

/// `expected: 90, got: 80`, and `expected: <one two> but was: <one>` of values that have lines of their own.
fn expectation(lines: &[&str]) -> String {
    const CAME: &[&str] = &["got:", "actual:", "but was:", "received:"];
    let says = |line: &str, how: fn(&str, &str) -> bool| {
        CAME.iter().any(|word| how(&line.to_lowercase(), word))
    };
    let came = lines.iter().position(|line| says(line, |line, word| line.starts_with(word)));
    let line = match came.filter(|at| *at > 0) {
        Some(at) => format!("{}, {}", lines[..at].join(" "), lines[at]),
        None if says(lines[0], |line, word| line.contains(word)) => lines[0].to_owned(),
        None => lines.join(" "),
    };
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// What was expected and what came, where both fit in a line that does not say them.
fn values(failure: &Failure, line: &str) -> Option<String> {
    let (expected, actual) = failure.diff.as_ref()?;
    let is_short = |value: &str| value.len() <= LONGEST_VALUE && !value.contains('\n');
    let is_said = line.contains(expected.as_str()) && line.contains(actual.as_str());
    (is_short(expected) && is_short(actual) && !is_said)
        .then(|| format!("expected {expected}, got {actual}"))
}

/// What is wrong, test by test, with traces and output: for the end of a run.
pub fn failure_blocks(run: &Run, cwd: &Utf8Path) -> Vec<String> {
    let block = |result: &TestResult| {
        failure_block(&result.id.to_string(), &result.failures, &result.output, cwd)
    };
    // Of a test that failed by its parts there is nothing to say.
    let has_something = |it: &&TestResult| !it.failures.is_empty() || !it.output.trim().is_empty();
    bad(run).into_iter().filter(has_something).flat_map(block).collect()
}

/// The bad results, file by file and line by line.
fn bad(run: &Run) -> Vec<&TestResult> {
    let results = run.results().map(AsRef::as_ref);
    let mut bad: Vec<&TestResult> = results.filter(|r: &&TestResult| r.outcome.is_bad()).collect();
    bad.sort_by_key(|result| (&result.id.file, result.place()));
    bad
}

/// A test's failures with their traces, and the end of what it printed.
pub(super) fn failure_block(
    label: &str,
    failures: &[Failure],
    output: &str,
    cwd: &Utf8Path,
) -> Vec<String> {
    let mut lines = vec![String::new(), paint(RED, &format!("── {}", printable_line(label)))];
    for failure in failures {
        lines.push(failure_line(failure, cwd));
        let shown = last_lines(&failure.detail, TRACE_LINES);
        lines.extend(shown.iter().map(|l| format!("    {}", paint(DIM, &printable(l)))));
    }
    if !output.trim().is_empty() {
        lines.push(paint(BOLD, "  printed"));
        let shown = last_lines(output, OUTPUT_LINES);
        lines.extend(shown.iter().map(|l| format!("    {}", printable(l))));
    }
    lines
}

/// The last lines of a text, and how many stand before them.
fn last_lines(text: &str, count: usize) -> Vec<Cow<'_, str>> {
    let text = text.trim_end();
    let before = text.lines().count().saturating_sub(count);
    let cut = (before > 0).then(|| Cow::Owned(format!("… {before} more above")));
    cut.into_iter().chain(text.lines().skip(before).map(Cow::Borrowed)).collect()
}

/// The failures once more, one line each, for the eye and for tools that read `path:line: message`.
pub fn summary_lines(run: &Run, cwd: &Utf8Path) -> Vec<String> {
    let lines = |result: &TestResult| summary_of(&result.id.to_string(), &result.failures, cwd);
    bad(run).into_iter().flat_map(lines).collect()
}

/// A test's failures, one line each; where no place is known the test's name stands for it.
pub(super) fn summary_of(label: &str, failures: &[Failure], cwd: &Utf8Path) -> Vec<String> {
    let line = |failure: &Failure| match failure.place {
        Some(_) => failure_line(failure, cwd),
        None => format!("{}: {}", printable_line(label), headline(failure)),
    };
    failures.iter().map(line).collect()
}

/// The last line: counts, time, and how warm it was.
pub fn end_line(run: &Run, ended: &Ended) -> String {
    let totals = run.totals();
    let is_empty = matches!(&ended.how, End::Broken(RunError { fault: Fault::NoTests, .. }));
    let style = match (&ended.how, totals.bad(), totals.all() + run.built.len()) {
        (End::Completed, 0, 1..) => GREEN,
        (End::Completed, 0, 0) => YELLOW,
        _ if is_empty => YELLOW,
        _ => RED,
    };
    let how = match &ended.how {
        End::Completed => String::new(),
        End::Cancelled => "cancelled: ".to_owned(),
        End::TimedOut(limit) => format!("timed out after {}: ", duration_words(*limit)),
        End::Broken(_) if is_empty => String::new(),
        End::Broken(_) => "broken: ".to_owned(),
    };
    let counts = paint(style, &format!("{how}{}", outcome_words(run)));
    format!("{counts} in {}{}", duration_words(ended.duration), warm_words(run, &ended.how))
}

fn warm_words(run: &Run, how: &End) -> &'static str {
    // One that is lost is not warm for anybody.
    let is_lost = matches!(how, End::Broken(RunError { fault: Fault::Interpreter, .. }));
    let mut containers = run.provenances.iter().filter(|it| !it.container.is_empty());
    let is_new = containers.clone().any(|it| !it.warm);
    match (containers.next(), run.provenances.is_empty()) {
        (None, true) => "",
        (None, false) => " (no container)",
        (Some(_), _) if !is_new => " (warm container)",
        (Some(_), _) if run.is_alone() || is_lost => " (new container)",
        (Some(_), _) => " (new container; the next run is warm)",
    }
}

/// An error with its place, the end of its log, and the remedy.
pub fn error_lines(error: &RunError, cwd: &Utf8Path) -> Vec<String> {
    let place =
        error.place.as_ref().map(|p| format!("{}: ", place_words(p, cwd))).unwrap_or_default();
    let mut lines = Vec::new();
    if let Some(log) = error.log.as_ref().filter(|log| !log.trim().is_empty()) {
        lines.extend(
            last_lines(log, TRACE_LINES)
                .iter()
                .map(|l| format!("    {}", paint(DIM, &printable(l)))),
        );
    }
    lines.push(format!("{} {place}{}", paint(RED, "error:"), error.message));
    lines.extend(error.help.as_ref().map(|help| format!("{}  {help}", paint(BOLD, "help:"))));
    lines
}

/// The next thing to try; `call` is what a run of this project begins with, such as `testdock run`.
pub fn next_line(run: &Run, call: &str) -> Option<String> {
    let first = run.results().find(|result| result.outcome.is_bad())?;
    let quoted = shell_quoted(&first.id.to_string());
    let next = paint(BOLD, "Next:");
    Some(format!("{next} {call} --rerun-failed   or   {call} {quoted}"))
}

/// A word as a shell takes it for one.
pub fn shell_quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:@%+=,".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_was_expected_and_what_came() {
        let check = |message: &str, expected: &str| {
            let failure = Failure { message: message.to_owned(), ..Failure::default() };
            assert_eq!(failure_line(&failure, Utf8Path::new("/")), expected);
        };
        check("expected: 90\n     got: 80\n\n(compared using ==)", "expected: 90, got: 80");
        check("Expected: 90\n  Actual: 80", "Expected: 90, Actual: 80");
        check("Expected:", "Expected:");
        check("\nno\nway", "no");
        check("got: '1' expected: '2'\nas said", "got: '1' expected: '2'");
        let junit = "expected: <one\ntwo> but was: <one\nthree>";
        check(junit, "expected: <one two> but was: <one three>");
        let long = format!("expected: <one\n{}", "x".repeat(300));
        check(&long, &format!("expected: <one {}…", "x".repeat(185)));
    }

    #[test]
    fn a_line_that_does_not_say_the_values_gets_them() {
        let check = |message: &str, expected: &str, actual: &str, line: &str| {
            let diff = Some((expected.to_owned(), actual.to_owned()));
            let failure = Failure { message: message.to_owned(), diff, ..Failure::default() };
            assert_eq!(failure_line(&failure, Utf8Path::new("/")), line);
        };
        let jest = "expect(received).toBe(expected)\n\nExpected: 1\nReceived: 2";
        check(jest, "1", "2", "expect(received).toBe(expected) (expected 1, got 2)");
        check("expected 2 to equal 1", "1", "2", "expected 2 to equal 1");
        check("Expected: 1\nActual: 2", "1", "2", "Expected: 1, Actual: 2");
        check("values differ", "{\n  a\n}", "2", "values differ");
        check("values differ", &"x".repeat(61), "2", "values differ");
    }
}
