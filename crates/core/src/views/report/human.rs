//! A report in a terminal, as a run ends there.

use camino::Utf8Path;
use testdock_junit::{Problem, Selection};

use crate::report::{Group, Tally};
use crate::views::terminal::{
    BOLD, DIM, GREEN, RED, YELLOW, failure_block, paint, shell_quoted, summary_of,
};
use crate::views::words::{count_words, duration_words, printable_line};

use super::{end_words, problem_line};

/// What failed, what was slow, what is wrong with the files, and the counts. `problems` names the
/// file of each; `reports` is how many files there are.
pub fn report_lines(
    tally: &Tally,
    problems: &[(String, Problem)],
    reports: usize,
    next: Option<&Selection>,
    cwd: &Utf8Path,
) -> Vec<String> {
    let mut lines = groups(tally);
    for bad in &tally.bad {
        lines.extend(failure_block(&bad.label, &bad.failures, &bad.output, cwd));
    }
    section(&mut lines, summary(tally, cwd));
    section(&mut lines, slowest(tally));
    section(&mut lines, flaky(tally));
    let warning = |(path, problem): &(String, Problem)| {
        format!("{} {}", paint(YELLOW, "warning:"), printable_line(problem_line(path, problem)))
    };
    section(&mut lines, problems.iter().map(warning).collect());
    section(&mut lines, vec![end(tally, reports)]);
    lines.extend(next.map(next_line));
    lines
}

fn section(lines: &mut Vec<String>, more: Vec<String>) {
    if !more.is_empty() && !lines.is_empty() {
        lines.push(String::new());
    }
    lines.extend(more);
}

/// The files or suites that something is wrong in, and how many others there are.
fn groups(tally: &Tally) -> Vec<String> {
    let (bad, good): (Vec<&Group>, Vec<&Group>) =
        tally.groups.iter().partition(|group| group.totals.bad() > 0);
    let mut lines: Vec<String> = bad
        .iter()
        .map(|group| {
            let (name, counts) = (printable_line(&group.name), count_words(&group.totals));
            let line = format!("{}  {name}  {counts}", paint(RED, "FAIL"));
            match group.time.is_zero() {
                true => line,
                false => line + &paint(DIM, &format!("  {}", duration_words(group.time))),
            }
        })
        .collect();
    let count: usize = good.iter().map(|group| group.totals.all()).sum();
    match (good.as_slice(), count) {
        ([], _) | (_, 0) => {}
        ([group], _) => {
            let counts = count_words(&group.totals);
            lines.push(format!(
                "{}  {}  {counts}",
                paint(GREEN, "PASS"),
                printable_line(&group.name)
            ));
        }
        (good, count) => {
            let others = if bad.is_empty() { "" } else { "other " };
            let groups = good.len();
            lines.push(format!(
                "{}  {groups} {others}groups with {count} tests",
                paint(GREEN, "PASS")
            ));
        }
    }
    lines
}

fn summary(tally: &Tally, cwd: &Utf8Path) -> Vec<String> {
    tally.bad.iter().flat_map(|bad| summary_of(&bad.label, &bad.failures, cwd)).collect()
}

fn slowest(tally: &Tally) -> Vec<String> {
    // Of a few tests all would be named.
    if tally.totals.all() <= tally.slowest.len() {
        return Vec::new();
    }
    let line = |(time, label): &(std::time::Duration, String)| {
        format!("{:>10}  {}", duration_words(*time), printable_line(label))
    };
    let lines: Vec<String> = tally.slowest.iter().map(line).collect();
    if lines.is_empty() { lines } else { [vec![paint(BOLD, "Slowest")], lines].concat() }
}

fn flaky(tally: &Tally) -> Vec<String> {
    let line = |label: &String| format!("{} {}", paint(YELLOW, "flaky:"), printable_line(label));
    tally.flaky.iter().map(line).collect()
}

fn end(tally: &Tally, reports: usize) -> String {
    let style = match (tally.is_bad(), tally.totals.all()) {
        (true, _) => RED,
        (false, 0) => YELLOW,
        (false, _) => GREEN,
    };
    let (counts, time) = end_words(tally);
    let files = if reports == 1 { String::new() } else { format!(" ({reports} reports)") };
    format!("{}{time}{files}", paint(style, &counts))
}

/// How to run the first failure again.
fn next_line(selection: &Selection) -> String {
    let program = if selection.command.is_empty() { &["PROGRAM"][..] } else { selection.command };
    let words = program.iter().copied().chain(selection.args.iter().map(String::as_str));
    let words: Vec<String> = words.map(shell_quoted).collect();
    format!("{} {}", paint(BOLD, "Next:"), printable_line(words.join(" ")))
}
