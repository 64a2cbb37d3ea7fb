//! Where a failure happened, from all that a report says about it.
//!
//! Nothing here knows a dialect by name. A failure's own `file` and `line` say it best; else every
//! line of its text is asked for what looks like a place, and of those the test's own code comes
//! before its helpers', and libraries are left out. Paths are as the tool wrote them, except that a
//! Java package becomes folders and a URL loses its host.
//!
//! A wrong place is worse than none: without a place that a tool vouches for there is none.

mod choose;
mod frames;
mod library;
mod line;
mod path;
mod plain;
mod terms;
mod worded;

use crate::model::{Case, Report, Status, Suite};
use crate::text::without_colours;

pub use path::clean as path_of;
pub(crate) use path::is_source;

/// A line in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path as the tool wrote it: absolute, relative to anything, or a bare file name.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, where the tool says it.
    pub column: Option<u32>,
}

/// Where a failure happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The place that says it best.
    pub place: Option<Place>,
    /// Where the test is defined, if its tool says so; not where it failed. pytest counts its lines
    /// from 0 (`xunit1`).
    pub definition: Option<Place>,
    /// The other places along the way, in the tool's order, without those in libraries.
    pub frames: Vec<Place>,
}

/// All that is known about a failure.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'r> {
    /// The failure itself.
    pub status: &'r Status<'r>,
    /// The case that failed; none where a suite did.
    pub case: Option<&'r Case<'r>>,
    /// The suite around it.
    pub suite: Option<&'r Suite<'r>>,
}

impl Report<'_> {
    /// Where a status of one of the report's cases happened.
    ///
    /// ```
    /// let xml = br#"<testcase classname="tests.test_a" name="t"><failure>
    /// tests/test_a.py:7: in t
    /// lib/calc.py:3: ZeroDivisionError</failure></testcase>"#;
    /// let (report, _) = testdock_junit::read(xml);
    /// let case = &report.cases[0];
    /// let location = report.locate(case, &case.statuses[0]);
    /// assert_eq!(location.place.unwrap().path, "tests/test_a.py");
    /// assert_eq!(location.frames[0].path, "lib/calc.py");
    /// ```
    pub fn locate(&self, case: &Case<'_>, status: &Status<'_>) -> Location {
        let suite = case.suite.and_then(|id| self.suites.get(id.index()));
        locate(Failure { status, case: Some(case), suite })
    }
}

/// Where a failure happened.
pub fn locate(failure: Failure<'_>) -> Location {
    let said = place(failure, failure.status.line);
    let own = choose::Own::of(failure);
    let status = failure.status;
    let texts = [Some(status.text.as_ref()), status.message.as_deref(), status.type_.as_deref()];
    let in_text = texts.into_iter().flatten().find_map(|text| {
        let frames = frames::in_text(&without_colours(text));
        choose::best(&frames, &own, said.as_ref())
    });
    let location = in_text.or_else(|| in_output(failure, &own)).unwrap_or_default();
    let definition = place(failure, failure.case.and_then(|case| case.line));
    let place = location.place.map(|place| in_full(failure, place));
    let place = place.or(said).or_else(|| linted(failure));
    Location { place, definition, ..location }
}

/// A place in the file that an attribute names from further up: the tool's text may begin where the tool ran.
fn in_full(failure: Failure<'_>, place: Place) -> Place {
    let files = [
        failure.case.and_then(|it| it.file.as_deref()),
        failure.suite.and_then(|it| it.file.as_deref()),
    ];
    let mut files = files.into_iter().flatten().filter_map(path::clean);
    let is_longer = |file: &String| {
        let rest = file.strip_suffix(place.path.as_str());
        !file.starts_with('/') && rest.is_some_and(|rest| rest.ends_with('/'))
    };
    match files.find(is_longer) {
        Some(path) => Place { path, ..place },
        None => place,
    }
}

/// Linters have a suite for each file, named by its path, and begin with the line.
fn linted(failure: Failure<'_>) -> Option<Place> {
    let text = failure.status.text.trim_start();
    let text = text.strip_prefix("On ").unwrap_or(text);
    let (line, rest) = line::number(text.strip_prefix("line ")?)?;
    let rest =
        ["umn ", " "].iter().find_map(|end| rest.strip_prefix(", col")?.strip_prefix(end))?;
    let (column, _) = line::number(rest)?;
    let path = failure.suite?.name.as_deref().filter(|name| path::is_source(name))?;
    Some(Place { path: path::clean(path)?, line, column: Some(column) })
}

/// A line that an attribute tells, of the failure or of the test, in the file that one of them
/// tells.
fn place(failure: Failure<'_>, line: Option<u32>) -> Option<Place> {
    let file = failure.status.file.as_deref();
    let file = file.or_else(|| failure.case?.file.as_deref());
    let file = file.or_else(|| failure.suite?.file.as_deref());
    Some(Place { path: path::clean(file?)?, line: line?, column: None })
}

/// Of what a test printed, only what names itself a failure is one.
fn in_output(failure: Failure<'_>, own: &choose::Own<'_>) -> Option<Location> {
    let case = failure.case?;
    let status = failure.status;
    let outputs = [&status.system_out, &status.system_err, &case.system_out, &case.system_err];
    outputs.into_iter().flatten().find_map(|output| {
        let frames = frames::of_failures_in_output(&without_colours(output));
        choose::best(&frames, own, None)
    })
}
