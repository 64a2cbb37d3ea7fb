//! Real reports of some sixty tools against what an independent parser counts in them.
//!
//! The corpus is not part of the project: it is looked for beside the checkout, or where
//! `TESTDOCK_JUNIT_CORPUS` says.

#![expect(clippy::unwrap_used, reason = "a broken corpus is a failed test")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use testdock_junit::{Case, Report, StatusKind};

#[test]
fn counts_are_those_of_an_independent_parser() {
    let Some(corpus) = corpus() else { return };
    let rows = table(&corpus.join("INDEX.tsv"));
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|row| corpus.join(&row["path"]).exists())
        .collect();
    assert!(
        rows.len() > 100,
        "the corpus holds only {} files",
        rows.len()
    );
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|row| difference(&corpus, row))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}

/// The counts of a row, where they are not those that are read.
fn difference(corpus: &Path, row: &HashMap<String, String>) -> Option<String> {
    let bytes = std::fs::read(corpus.join(&row["path"])).unwrap();
    let (report, problems) = testdock_junit::read(&bytes);
    let well_formed = row["status"] == "ok";
    let differs = counts(&report).into_iter().filter(|(column, count)| {
        let expected: usize = row[*column].parse().unwrap();
        // What follows the place where the independent parser gave up is ours to count.
        if well_formed {
            *count != expected
        } else {
            *count < expected
        }
    });
    let differs: Vec<_> = differs
        .map(|(column, n)| (column, n, row[column].clone()))
        .collect();
    let lossy = ["no element", "unclosed", "syntax error"];
    let silent = lossy.iter().any(|what| row["status"].contains(what)) && problems.is_empty();
    (!differs.is_empty() || silent).then(|| {
        format!(
            "{} ({}): {differs:?} {problems:?}",
            row["path"], row["status"]
        )
    })
}

fn counts(report: &Report<'_>) -> Vec<(&'static str, usize)> {
    use StatusKind::{Error, Failure, Skipped};
    let is_retry = |kind| !matches!(kind, Failure | Error | Skipped);
    let cases_with = |kind| {
        report
            .cases
            .iter()
            .filter(|case| count(case, |k| k == kind) > 0)
            .count()
    };
    let elements = |is: &dyn Fn(StatusKind) -> bool| -> usize {
        report.cases.iter().map(|case| count(case, is)).sum()
    };
    vec![
        ("testsuite", report.suites.len()),
        ("testcase", report.cases.len()),
        ("failures", cases_with(Failure)),
        ("errors", cases_with(Error)),
        ("skips", cases_with(Skipped)),
        ("failure_elems", elements(&|kind| kind == Failure)),
        ("error_elems", elements(&|kind| kind == Error)),
        ("flaky_rerun_elems", elements(&is_retry)),
        (
            "suite_level_errors",
            report.suites.iter().map(|suite| suite.statuses.len()).sum(),
        ),
    ]
}

fn count(case: &Case<'_>, is: impl Fn(StatusKind) -> bool) -> usize {
    case.statuses
        .iter()
        .filter(|status| is(status.kind))
        .count()
}

fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/junit");
    let path = std::env::var_os("TESTDOCK_JUNIT_CORPUS").map_or_else(beside, PathBuf::from);
    if path.join("INDEX.tsv").exists() {
        return Some(path);
    }
    println!("skipped: no corpus of reports at {}", path.display());
    None
}

/// The rows of a table with tabs, by the names in its first line.
fn table(path: &Path) -> Vec<HashMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        let cells = line.split('\t').map(str::to_owned);
        names
            .iter()
            .map(|name| (*name).to_owned())
            .zip(cells)
            .collect()
    };
    lines.map(row).collect()
}
