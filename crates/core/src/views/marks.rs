//! What stands beside each test's line in an editor: how the test stands.

use std::collections::{BTreeMap, HashSet};

use crate::frameworks::TestItem;
use crate::id::TestId;
use crate::model::Outcome;
use crate::paths::RelPath;
use crate::session::{Folder, Record};

/// How a test stands; of all that a group holds the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It passed.
    Passed,
    /// It was skipped.
    Skipped,
    /// It is going to run.
    Enqueued,
    /// It runs.
    Started,
    /// It failed.
    Failed,
    /// It failed by something else than its own assertion.
    Errored,
}

impl From<Outcome> for Standing {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Skipped => Self::Skipped,
            Outcome::Failed => Self::Failed,
            Outcome::Errored => Self::Errored,
        }
    }
}

/// A test or group, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Which one.
    pub id: TestId,
    /// Its line, from 0.
    pub line: u32,
    /// How it and all below it stand; `None` where nothing of it ran.
    pub standing: Option<Standing>,
    /// Whether that is no longer the truth.
    pub is_stale: bool,
}

/// The marks of a file, of which these tests are on their way; cases show in their test.
pub fn marks(folder: &Folder, path: &RelPath, moving: &BTreeMap<&TestId, Standing>) -> Vec<Mark> {
    let items = folder.tests_in(path).iter().flat_map(|it| it.items.iter());
    // Tests that classes inherit stand where they are written, once for each class: once is enough.
    let mut seen = HashSet::new();
    let items = items.filter(|item| item.id.case.is_none() && seen.insert(item.name));
    items.map(|item| mark(folder, item, moving)).collect()
}

fn mark(folder: &Folder, item: &TestItem, moving: &BTreeMap<&TestId, Standing>) -> Mark {
    let id = &item.id;
    let on_its_way = moving.iter().filter(|(other, _)| id.holds(other)).map(|(_, it)| *it).max();
    let is_past = |record: &&Record| {
        let whole = TestId { case: None, ..record.result.id.clone() };
        !moving.contains_key(&record.result.id) && !moving.contains_key(&whole)
    };
    let records: Vec<&Record> = match folder.standing(id) {
        Some(own) => Vec::from_iter(Some(own).filter(is_past)),
        None => folder.records_below(id).filter(is_past).collect(),
    };
    let outcomes = records.iter().map(|record| record.result.outcome.into());
    Mark {
        id: id.clone(),
        line: item.name.start.line,
        standing: outcomes.max().max(on_its_way),
        is_stale: records.iter().any(|record| record.stale.is_some()),
    }
}
