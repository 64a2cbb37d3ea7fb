//! Problems at places in files.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::frameworks::{Position, Range};
use crate::model::{Failure, Outcome, Place, RunError};
use crate::session::{Folder, Record, Stale};
use crate::workspace::Problem;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It is so.
    Error,
    /// It was so, before an edit or a broken run.
    Information,
}

/// A problem at a place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub range: Range,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong; the first line is enough.
    pub message: String,
    /// The test's printed id, or a word for what else it is.
    pub code: String,
    /// Further places, such as the frames of a stack.
    pub related: Vec<Related>,
}

/// A further place of a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there.
    pub message: String,
}

/// What one test's newest outcome puts into a file.
pub fn test_diagnostics(
    folder: &Folder,
    record: &Record,
    path: &Utf8Path,
    text: Option<&Arc<str>>,
) -> Vec<Diagnostic> {
    if !record.result.outcome.is_bad() {
        return Vec::new();
    }
    let failures = record.result.failures.iter();
    failures.filter_map(|failure| test_diagnostic(folder, record, failure, path, text)).collect()
}

fn test_diagnostic(
    folder: &Folder,
    record: &Record,
    failure: &Failure,
    path: &Utf8Path,
    text: Option<&Arc<str>>,
) -> Option<Diagnostic> {
    let id = &record.result.id;
    let range = match &failure.place {
        Some(place) if place.path == path => {
            let in_own_file = id.file.on(&folder.root) == path;
            line_range(moved(place.line, if in_own_file { folder.shift(record) } else { 0 }), text)
        }
        Some(_) => return None,
        None => folder.definition(id)?.name,
    };
    let (severity, before) = match record.stale {
        None => (Severity::Error, ""),
        Some(Stale::Edited) => (Severity::Information, "before the last edit: "),
        Some(Stale::NotReached) => {
            (Severity::Information, "not reached by the last run; before it: ")
        }
        Some(Stale::Remembered) => (Severity::Information, "in an earlier session: "),
        Some(Stale::Elsewhere) => (Severity::Information, "in another image: "),
    };
    let what = match record.result.outcome {
        Outcome::Errored => "error: ",
        Outcome::Failed | Outcome::Passed | Outcome::Skipped => "",
    };
    Some(Diagnostic {
        range,
        severity,
        message: format!("{before}{what}{}", failure.headline()),
        code: id.to_string(),
        related: related(failure),
    })
}

/// The stack's other places, innermost first: that is where people look.
fn related(failure: &Failure) -> Vec<Related> {
    let others = failure.frames.iter().filter(|frame| failure.place.as_ref() != Some(&frame.place));
    let mut related: Vec<Related> = others
        .map(|frame| Related {
            place: frame.place.clone(),
            message: if frame.name.is_empty() {
                "here".to_owned()
            } else {
                format!("in {}", frame.name)
            },
        })
        .collect();
    related.reverse();
    related
}

fn moved(line: u32, shift: i64) -> u32 {
    u32::try_from((i64::from(line) + shift).max(1)).unwrap_or(1)
}

/// The text of a line (from 1) without its indentation; where the text is not known, all of the line.
fn line_range(line: u32, text: Option<&Arc<str>>) -> Range {
    let index = line.saturating_sub(1);
    let start = Position { line: index, character: 0 };
    let Some(content) = text.and_then(|text| text.lines().nth(index as usize)) else {
        return Range { start, end: Position { line: index + 1, character: 0 } };
    };
    let units = |s: &str| u32::try_from(s.encode_utf16().count()).unwrap_or(u32::MAX);
    let indent = content.len() - content.trim_start().len();
    Range {
        start: Position { character: units(&content[..indent]), ..start },
        end: Position { line: index, character: units(content.trim_end()) },
    }
}

/// The mistakes in a folder's configuration files, by file.
pub fn configuration_diagnostics(problems: &[Problem]) -> BTreeMap<Utf8PathBuf, Vec<Diagnostic>> {
    let mut by_file: BTreeMap<Utf8PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    for problem in problems {
        let Some(place) = &problem.place else {
            continue;
        };
        by_file.entry(place.path.clone()).or_default().push(problem_diagnostic(problem, place));
    }
    by_file
}

fn problem_diagnostic(problem: &Problem, place: &Place) -> Diagnostic {
    let start = Position {
        line: place.line.saturating_sub(1),
        character: place.column.unwrap_or(1).saturating_sub(1),
    };
    let end = Position { character: start.character + problem.length.max(1), ..start };
    let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    Diagnostic {
        range: Range { start, end },
        severity: Severity::Error,
        message: format!("{}{help}", problem.message),
        code: "configuration".to_owned(),
        related: Vec::new(),
    }
}

/// A run's fault at its place, such as the line of a Dockerfile that failed.
pub fn fault_diagnostic(error: &RunError, place: &Place) -> Diagnostic {
    let help = error.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    Diagnostic {
        range: line_range(place.line, None),
        severity: Severity::Error,
        message: format!("{}{help}", error.message),
        code: "interpreter".to_owned(),
        related: Vec::new(),
    }
}
