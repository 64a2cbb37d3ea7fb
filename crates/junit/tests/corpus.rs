//! Real reports of some sixty tools against what an independent parser counts in them.
//!
//! The corpus is not part of the project: it is looked for beside the checkout, or where
//! `TESTDOCK_JUNIT_CORPUS` says.

#![expect(clippy::unwrap_used, reason = "a broken corpus is a failed test")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use testdock_junit::{Case, Place, Report, StatusKind, read};

#[test]
fn counts_are_those_of_an_independent_parser() {
    let Some(corpus) = corpus() else { return };
    let rows = table(&corpus.join("INDEX.tsv"));
    let rows: Vec<_> = rows.into_iter().filter(|row| corpus.join(&row["path"]).exists()).collect();
    assert!(rows.len() > 100, "the corpus holds only {} files", rows.len());
    let wrong: Vec<String> = rows.iter().filter_map(|row| difference(&corpus, row)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// The counts of a row, where they are not those that are read.
fn difference(corpus: &Path, row: &Row) -> Option<String> {
    let bytes = std::fs::read(corpus.join(&row["path"])).unwrap();
    let (report, problems) = read(&bytes);
    let well_formed = row["status"] == "ok";
    let differs = counts(&report).into_iter().filter(|(column, count)| {
        let expected: usize = row[*column].parse().unwrap();
        // What follows the place where the independent parser gave up is ours to count.
        if well_formed { *count != expected } else { *count < expected }
    });
    let differs: Vec<_> = differs.map(|(column, n)| (column, n, row[column].clone())).collect();
    let lossy = ["no element", "unclosed", "syntax error"];
    let silent = lossy.iter().any(|what| row["status"].contains(what)) && problems.is_empty();
    (!differs.is_empty() || silent)
        .then(|| format!("{} ({}): {differs:?} {problems:?}", row["path"], row["status"]))
}

fn counts(report: &Report<'_>) -> Vec<(&'static str, usize)> {
    use StatusKind::{Error, Failure, Skipped};
    let is_retry = |kind| !matches!(kind, Failure | Error | Skipped);
    let cases_with =
        |kind| report.cases.iter().filter(|case| count(case, |k| k == kind) > 0).count();
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
        ("suite_level_errors", report.suites.iter().map(|suite| suite.statuses.len()).sum()),
    ]
}

fn count(case: &Case<'_>, is: impl Fn(StatusKind) -> bool) -> usize {
    case.statuses.iter().filter(|status| is(status.kind)).count()
}

/// Known failing lines: at least 97 of 100 are found where the report holds them at all, and at
/// most one is wrong.
#[test]
fn failures_are_located() {
    let Some(corpus) = corpus() else { return };
    let rows = table(&corpus.join("TRUTH.tsv"));
    let rows: Vec<_> = rows.into_iter().filter(|row| corpus.join(&row["xml"]).exists()).collect();
    let mut verdicts: HashMap<Verdict, Vec<String>> = HashMap::new();
    for row in &rows {
        let bytes = std::fs::read(corpus.join(&row["xml"])).unwrap();
        let (verdict, told) = judge(&read(&bytes).0, row, &rows);
        let row = ["xml", "classname", "name", "nth_status", "file", "line"].map(|key| &*row[key]);
        verdicts.entry(verdict).or_default().push(format!("{}: {told}", row.join(" | ")));
    }
    let list = |verdict| verdicts.get(&verdict).map(Vec::as_slice).unwrap_or_default();
    let [right, wrong, none, absent] =
        [Verdict::Right, Verdict::Wrong, Verdict::None, Verdict::NotInReport].map(list);
    println!(
        "right {}, wrong {}, none {}, not in the report {}",
        right.len(),
        wrong.len(),
        none.len(),
        absent.len()
    );
    let located = right.len() + wrong.len() + none.len();
    let good = right.len() * 100 >= located * 97 && wrong.len() * 100 <= located;
    assert!(
        good,
        "wrong:\n{}\nnone:\n{}\n{}",
        wrong.join("\n"),
        none.join("\n"),
        absent.join("\n")
    );
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Verdict {
    Right,
    Wrong,
    None,
    NotInReport,
}

fn judge(report: &Report<'_>, row: &Row, rows: &[Row]) -> (Verdict, String) {
    let nth: usize = row["nth_status"].parse().unwrap();
    let is_case = |case: &&Case<'_>| {
        case.classname.as_deref().unwrap_or_default() == row["classname"]
            && case.name.as_deref().unwrap_or_default() == row["name"]
    };
    let mut told = String::new();
    let mut verdict = Verdict::NotInReport;
    for case in report.cases.iter().filter(is_case) {
        let failures: Vec<_> =
            case.statuses.iter().filter(|s| s.kind != StatusKind::Skipped).collect();
        let Some(&status) = failures.get(nth - 1).or(failures.last()) else {
            continue;
        };
        let location = report.locate(case, status);
        told = format!("{told}{location:?} ");
        // One element may hold several places: the second of them is a frame.
        let frames = if nth > failures.len() { location.frames } else { Vec::new() };
        let places: Vec<_> = location.place.into_iter().chain(frames).collect();
        let in_text = |line: &str| {
            let texts = [Some(&status.text), status.message.as_ref(), case.system_out.as_ref()];
            let own_line = status.line.is_some_and(|own| own.to_string() == line);
            own_line || texts.into_iter().flatten().any(|text| has_number(text, line))
        };
        if places.iter().any(|place| is_right(place, row, rows)) {
            return (Verdict::Right, told);
        }
        verdict = match () {
            () if !places.is_empty() => Verdict::Wrong,
            () if in_text(&row["line"]) => Verdict::None,
            () => verdict,
        };
    }
    (verdict, told)
}

/// Right is the line, the other one that will do, or that of a second failure under the same name.
fn is_right(place: &Place, row: &Row, rows: &[Row]) -> bool {
    let same = |other: &&Row| {
        ["xml", "classname", "name", "nth_status"].iter().all(|key| other[*key] == row[*key])
    };
    let line = place.line.to_string();
    let lines =
        rows.iter().filter(same).any(|other| other["line"] == line || other["alt_line"] == line);
    let path = place.path.replace('\\', "/");
    lines && (row["file"].ends_with(&path) || path.ends_with(&row["file"]))
}

fn has_number(text: &str, number: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits == number)
}

type Row = HashMap<String, String>;

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
fn table(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        let cells = line.split('\t').map(str::to_owned);
        names.iter().map(|name| (*name).to_owned()).zip(cells).collect()
    };
    lines.map(row).collect()
}
