//! What stands over each test in an editor: run it, and how it ended last.

use std::collections::HashSet;

use super::words::{count_words, duration_words};
use crate::frameworks::{ItemKind, Position, Range, TestItem};
use crate::id::TestId;
use crate::model::{Outcome, Totals};
use crate::paths::RelPath;
use crate::session::{Folder, Record, Stale};

/// Something to click over a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    /// Over what.
    pub range: Range,
    /// What it says.
    pub title: String,
    /// What it does.
    pub action: Action,
}

/// What a click does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Runs these tests.
    Run(Vec<TestId>),
    /// Shows what the last run said of this test.
    ShowOutput(TestId),
}

/// The lenses of a file: one to run all of it, and for each test and group one to run it and, once
/// it ran, one that says how it ended.
pub fn lenses(folder: &Folder, path: &RelPath) -> Vec<Lens> {
    let items: Vec<&TestItem> = folder.tests_in(path).iter().flat_map(|f| f.items.iter()).collect();
    if items.is_empty() {
        return Vec::new();
    }
    let file = TestId { suite: items[0].id.suite.clone(), ..TestId::of_file(path.clone()) };
    let top = Range { start: Position::default(), end: Position::default() };
    let mut lenses = vec![run_lens(top, "▶ Run file", file.clone())];
    lenses.extend(outcome_lens(folder, top, &file));
    // Tests that classes inherit stand where they are written, once for each class: once is enough.
    let mut seen = HashSet::new();
    for item in items.into_iter().filter(|item| seen.insert(item.name)) {
        let title = match item.kind {
            ItemKind::Group => "▶ Run all",
            ItemKind::Test => "▶ Run",
            ItemKind::Parametrised => "▶ Run cases",
        };
        lenses.push(run_lens(item.name, title, item.id.clone()));
        lenses.extend(outcome_lens(folder, item.name, &item.id));
    }
    lenses
}

fn run_lens(range: Range, title: &str, id: TestId) -> Lens {
    Lens { range, title: title.to_owned(), action: Action::Run(vec![id]) }
}

fn outcome_lens(folder: &Folder, range: Range, id: &TestId) -> Option<Lens> {
    let title = outcome_title(folder, id)?;
    Some(Lens { range, title, action: Action::ShowOutput(id.clone()) })
}

fn outcome_title(folder: &Folder, id: &TestId) -> Option<String> {
    if let Some(record) = folder.standing(id) {
        return Some(record_title(record));
    }
    let below: Vec<&Record> = match id.names.is_empty() {
        true => folder.records_in(id).collect(),
        false => folder.records_below(id).collect(),
    };
    if below.is_empty() {
        return None;
    }
    let totals = Totals::of(below.iter().map(|record| record.result.outcome));
    let mark = if totals.bad() > 0 {
        "✗"
    } else if totals.passed > 0 {
        "✓"
    } else {
        "○"
    };
    Some(format!("{mark} {}{}", count_words(&totals), all_stale_words(&below)))
}

/// Why outcomes are no longer the truth, by the first of these, and of how many that is so unless it is all.
fn all_stale_words(records: &[&Record]) -> String {
    let stale: Vec<Stale> = records.iter().filter_map(|record| record.stale).collect();
    match stale.first() {
        None => String::new(),
        Some(first) if stale.len() == records.len() => format!(" ({})", stale_words(*first)),
        Some(first) => format!(" ({} {})", stale.len(), stale_words(*first)),
    }
}

fn record_title(record: &Record) -> String {
    let result = &record.result;
    let mark = match result.outcome {
        Outcome::Passed => "✓",
        Outcome::Failed | Outcome::Errored => "✗",
        Outcome::Skipped => "○",
    };
    let time = result.duration.map(|d| format!(" {}", duration_words(d))).unwrap_or_default();
    format!("{mark} {}{time}{}", result.outcome.as_str(), all_stale_words(&[record]))
}

fn stale_words(stale: Stale) -> &'static str {
    match stale {
        Stale::Edited => "before the last edit",
        Stale::Remembered => "earlier",
        Stale::NotReached => "not reached by the last run",
        Stale::Elsewhere => "in another image",
    }
}
