//! A report as one JSON object a file, on one line; `docs/report.md` is its contract.

use std::io::{Result, Write};

use serde::Serialize;
use testdock_junit as junit;

use crate::model::{Outcome, Place, Totals};
use crate::report::{BrokenSuite, Entry, Listener, Located};

/// Writes a file's object while it is read, so that no report is too long.
pub struct JsonReport<W> {
    out: W,
    totals: Totals,
    cases: usize,
    broken: Vec<serde_json::Value>,
    /// The first error of the writer; nothing is written after it.
    result: Result<()>,
}

#[derive(Serialize)]
struct Case<'r> {
    suites: &'r [&'r str],
    classname: Option<&'r str>,
    name: Option<&'r str>,
    outcome: &'static str,
    time_s: Option<f64>,
    statuses: Vec<Status<'r>>,
}

#[derive(Serialize)]
struct Status<'r> {
    kind: &'static str,
    r#type: Option<&'r str>,
    message: Option<&'r str>,
    text: &'r str,
    location: Option<Location<'r>>,
    frames: Vec<Location<'r>>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    line: u32,
    column: Option<u32>,
}

#[derive(Serialize)]
struct Suite<'r> {
    suites: &'r [&'r str],
    statuses: Vec<Status<'r>>,
}

impl<W: Write> JsonReport<W> {
    /// Begins the object of a file.
    pub fn new(path: &str, mut out: W) -> Self {
        let result = begin(&mut out, path);
        Self { out, totals: Totals::default(), cases: 0, broken: Vec::new(), result }
    }

    /// Ends it, with the line, and gives the writer back.
    ///
    /// # Errors
    ///
    /// The first that the writer had.
    pub fn end(mut self, problems: &[junit::Problem]) -> Result<W> {
        self.result?;
        let problems: Vec<serde_json::Value> = problems
            .iter()
            .map(|it| serde_json::json!({ "message": it.message, "offset": it.offset }))
            .collect();
        let totals = serde_json::json!({
            "cases": self.cases,
            "passed": self.totals.passed,
            "failed": self.totals.failed,
            "errored": self.totals.errored,
            "skipped": self.totals.skipped,
        });
        write!(self.out, "],\"totals\":{totals},\"problems\":")?;
        serde_json::to_writer(&mut self.out, &problems)?;
        if !self.broken.is_empty() {
            self.out.write_all(b",\"suites\":")?;
            serde_json::to_writer(&mut self.out, &self.broken)?;
        }
        self.out.write_all(b"}\n")?;
        Ok(self.out)
    }

    fn write(&mut self, case: &Case<'_>) -> Result<()> {
        if self.cases > 0 {
            self.out.write_all(b",")?;
        }
        serde_json::to_writer(&mut self.out, case)?;
        Ok(())
    }
}

fn begin(out: &mut impl Write, path: &str) -> Result<()> {
    out.write_all(b"{\"path\":")?;
    serde_json::to_writer(&mut *out, path)?;
    out.write_all(b",\"cases\":[")
}

impl<W: Write> Listener for JsonReport<W> {
    fn case(&mut self, entry: &Entry<'_>) {
        self.totals.count(entry.outcome);
        let case = Case {
            suites: &entry.suites,
            classname: entry.case.classname.as_deref(),
            name: entry.case.name.as_deref(),
            outcome: Outcome::as_str(entry.outcome),
            time_s: entry.case.time,
            statuses: statuses(&entry.case.statuses, &entry.located),
        };
        if self.result.is_ok() {
            self.result = self.write(&case);
        }
        self.cases += 1;
    }

    fn suite(&mut self, suite: &BrokenSuite<'_>) {
        let statuses = statuses(suite.statuses, &suite.located);
        let suite = Suite { suites: &suite.suites, statuses };
        self.broken.extend(serde_json::to_value(suite));
    }
}

fn statuses<'r>(statuses: &'r [junit::Status<'_>], located: &'r [Located]) -> Vec<Status<'r>> {
    let status = |(status, at): (&'r junit::Status<'_>, &'r Located)| Status {
        kind: kind(status.kind),
        r#type: status.type_.as_deref(),
        message: status.message.as_deref(),
        text: &status.text,
        location: at.place.as_ref().map(location),
        frames: at.frames.iter().map(location).collect(),
    };
    statuses.iter().zip(located).map(status).collect()
}

fn kind(kind: junit::StatusKind) -> &'static str {
    use junit::StatusKind as Kind;
    match kind {
        Kind::Failure => "failure",
        Kind::Error => "error",
        Kind::Skipped => "skipped",
        Kind::FlakyFailure | Kind::FlakyError => "flaky",
        Kind::RerunFailure | Kind::RerunError => "rerun",
    }
}

fn location(place: &Place) -> Location<'_> {
    Location { path: place.path.as_str(), line: place.line, column: place.column }
}
