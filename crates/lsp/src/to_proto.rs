//! From our terms to the protocol's.

use std::time::Duration;

use camino::Utf8Path;
use lsp_types::{
    CodeLens, Command, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString,
    Uri,
};
use serde_json::json;
use testdock_core::frameworks::{Position, Range};
use testdock_core::id::TestId;
use testdock_core::model::{Failure, Outcome, Place, TestResult};
use testdock_core::session::{Folder, Session, Stale};
use testdock_core::views::{Action, Diagnostic, Lens, Mark, Severity, Standing, failure_page};

use crate::ext;
use crate::ext::{MarkState, StackFrame, StaleReason, TestFailure, TestMark, TestState, command};
use crate::shared::Shared;

/// Bytes of a trace, and of a test's output, that a notification carries.
const LONGEST_TEXT: usize = 64 * 1024;

/// The file URI of a path.
pub(crate) fn uri(path: &Utf8Path) -> Option<Uri> {
    Uri::from_file_path(path.as_std_path())
}

/// The printed id of a test: it names the folder where there are several.
pub(crate) fn id(session: &Session, folder: &Folder, id: &TestId) -> String {
    let mut id = id.clone();
    id.folder = (session.folders().count() > 1).then(|| folder.name.clone());
    id.to_string()
}

/// The printed id of the test that this one is a case of, or else a part of that its file does not show.
pub(crate) fn case_of(session: &Session, folder: &Folder, test: &TestId) -> Option<String> {
    let whole = folder.definition(test).filter(|it| it.id != *test)?;
    Some(id(session, folder, &whole.id))
}

pub(crate) fn range(range: Range) -> lsp_types::Range {
    lsp_types::Range::new(position(range.start), position(range.end))
}

fn position(position: Position) -> lsp_types::Position {
    lsp_types::Position::new(position.line, position.character)
}

/// A place in a file, as an empty range.
pub(crate) fn location(shared: &Shared, place: &Place) -> Option<Location> {
    let line = place.line.saturating_sub(1);
    let column = place.column.map_or(0, |column| column.saturating_sub(1));
    let at = lsp_types::Position::new(line, column);
    let uri = shared.uri(&place.path)?;
    Some(Location::new(uri, lsp_types::Range::new(at, at)))
}

/// A diagnostic; its code is the test's printed id.
pub(crate) fn diagnostic(
    shared: &Shared,
    session: &Session,
    folder: Option<&Folder>,
    diagnostic: &Diagnostic,
) -> lsp_types::Diagnostic {
    let related = diagnostic.related.iter().filter_map(|related| {
        Some(DiagnosticRelatedInformation {
            location: location(shared, &related.place)?,
            message: related.message.clone(),
        })
    });
    let related: Vec<_> = related.collect();
    lsp_types::Diagnostic {
        range: range(diagnostic.range),
        severity: Some(match diagnostic.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Information => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(code(session, folder, diagnostic))),
        source: Some("testdock".to_owned()),
        message: diagnostic.message.clone(),
        related_information: (!related.is_empty() && shared.client_can().related_information)
            .then_some(related),
        ..lsp_types::Diagnostic::default()
    }
}

/// A diagnostic of a test has its id; others have a word that is no test's id.
fn code(session: &Session, folder: Option<&Folder>, diagnostic: &Diagnostic) -> String {
    let test: TestId = diagnostic.code.parse().unwrap_or_default();
    match folder {
        Some(folder) if folder.record(&test).is_some() => id(session, folder, &test),
        _ => diagnostic.code.clone(),
    }
}

/// A lens whose command is one of ours.
pub(crate) fn lens(session: &Session, folder: &Folder, lens: &Lens) -> CodeLens {
    let (name, arguments) = match &lens.action {
        Action::Run(ids) => {
            let ids: Vec<String> = ids.iter().map(|test| id(session, folder, test)).collect();
            (command::RUN, json!({ "ids": ids }))
        }
        Action::ShowOutput(test) => {
            (command::SHOW_OUTPUT, json!({ "id": id(session, folder, test) }))
        }
    };
    CodeLens {
        range: range(lens.range),
        command: Some(Command::new(lens.title.clone(), name.to_owned(), Some(vec![arguments]))),
        data: None,
    }
}

/// What stands beside a line.
pub(crate) fn mark(session: &Session, folder: &Folder, mark: &Mark) -> TestMark {
    TestMark {
        id: id(session, folder, &mark.id),
        label: mark.id.label(),
        line: mark.line,
        state: mark.standing.map(standing),
        stale: mark.is_stale,
    }
}

/// How a test stands, in a word.
pub(crate) fn standing(standing: Standing) -> MarkState {
    match standing {
        Standing::Passed => MarkState::Passed,
        Standing::Skipped => MarkState::Skipped,
        Standing::Enqueued => MarkState::Enqueued,
        Standing::Started => MarkState::Started,
        Standing::Failed => MarkState::Failed,
        Standing::Errored => MarkState::Errored,
    }
}

/// How a test ended, in the explorer's words.
pub(crate) fn state(result: &TestResult) -> TestState {
    match result.outcome {
        Outcome::Passed => TestState::Passed,
        Outcome::Skipped => TestState::Skipped,
        Outcome::Failed | Outcome::Errored => TestState::Failed { message: failure_text(result) },
    }
}

/// What went wrong, as a terminal would show it.
fn failure_text(result: &TestResult) -> String {
    let texts = result.failures.iter().map(|failure| {
        if failure.detail.trim().is_empty() { failure.headline() } else { failure.detail.clone() }
    });
    let text = texts.collect::<Vec<_>>().join("\n\n");
    if text.is_empty() { "the test failed".to_owned() } else { end_of(&text).to_owned() }
}

/// Everything that a result says of a test.
pub(crate) fn change(
    shared: &Shared,
    session: &Session,
    folder: &Folder,
    result: &TestResult,
    run_id: Option<String>,
) -> ext::ChangeTestStateParams {
    let test_id = id(session, folder, &result.id);
    // What is bad failed by something, though its tool may not say by what.
    let unknown = (result.outcome.is_bad() && result.failures.is_empty()).then(Failure::default);
    let failures = result.failures.iter().chain(&unknown);
    ext::ChangeTestStateParams {
        case_of: case_of(session, folder, &result.id),
        duration: result.duration.map(milliseconds),
        errored: result.outcome == Outcome::Errored,
        message: result.message().map(str::to_owned),
        location: result.place().and_then(|place| location(shared, place)),
        failures: failures.map(|it| failure(shared, &folder.root, it)).collect(),
        output: Some(end_of(&result.output).to_owned()).filter(|text| !text.is_empty()),
        ..ext::ChangeTestStateParams::new(test_id, state(result), run_id, shared.next_seq())
    }
}

fn failure(shared: &Shared, root: &Utf8Path, failure: &Failure) -> TestFailure {
    let link = |place: &Place| Some(shared.uri(&place.path)?.as_str().to_owned());
    let markdown = shared.client_can().markdown.then(|| failure_page(failure, root, link));
    let (expected, actual) = failure.diff.clone().unzip();
    let frames = failure.frames.iter().rev();
    TestFailure {
        message: failure.headline(),
        location: failure.place.as_ref().and_then(|place| location(shared, place)),
        expected,
        actual,
        markdown,
        stack: frames
            .filter_map(|frame| {
                Some(StackFrame {
                    label: frame.name.clone(),
                    location: location(shared, &frame.place)?,
                })
            })
            .collect(),
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The end of a text, whole characters.
fn end_of(text: &str) -> &str {
    let mut start = text.len().saturating_sub(LONGEST_TEXT);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

/// Why an outcome is no longer the truth.
pub(crate) fn stale(stale: Stale) -> StaleReason {
    match stale {
        Stale::Edited => StaleReason::Edited,
        Stale::Remembered => StaleReason::Remembered,
        Stale::NotReached => StaleReason::NotReached,
        Stale::Elsewhere => StaleReason::Elsewhere,
    }
}
