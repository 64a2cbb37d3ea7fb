//! What stands in a file of tests, and where.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::NamePattern;
use crate::id::TestId;
use crate::model::Place;

/// A position in a text, counted as the language server protocol does by default.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Position {
    /// Line, from 0.
    pub line: u32,
    /// UTF-16 code units from the line's start.
    pub character: u32,
}

/// From a position up to another.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Range {
    /// The first position.
    pub start: Position,
    /// The position after the last.
    pub end: Position,
}

impl Range {
    /// Whether a position lies in it, its end included: that is where a cursor stands after it.
    pub fn holds(&self, position: Position) -> bool {
        self.start <= position && position <= self.end
    }

    /// Whether some of a line, counted from 1, is in it.
    pub fn has_line(&self, line: u32) -> bool {
        let is_before_end =
            line <= self.end.line || (line == self.end.line + 1 && self.end.character > 0);
        self.start.line < line && is_before_end
    }
}

/// What stands at a place: a test, or what groups tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemKind {
    /// A class, module or describe block: it has no outcome of its own.
    Group,
    /// A test.
    Test,
    /// A test whose cases appear when it runs, beside those that stand below it already.
    Parametrised,
}

impl ItemKind {
    /// Its name in what programs read.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Test => "test",
            Self::Parametrised => "parametrised",
        }
    }
}

/// A test or group as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestItem {
    /// Which one.
    pub id: TestId,
    /// What it is.
    pub kind: ItemKind,
    /// All of it, decorators included.
    pub range: Range,
    /// Its name: where a lens stands.
    pub name: Range,
    /// A hash of its text: a result is stale when it changed.
    pub hash: u64,
    /// Where parts of its name are known only when it runs: the names that results may give it.
    pub pattern: Option<NamePattern>,
    /// Words to choose tests by: marks, tags, categories, as its framework calls them.
    pub tags: Vec<Arc<str>>,
}

impl TestItem {
    /// The line of its name, in the workspace at `root`.
    pub fn place(&self, root: &Utf8Path) -> Place {
        Place { path: self.id.file.on(root), line: self.name.start.line + 1, column: None }
    }

    /// Whether the other one is nearer to what both stand around. What a class inherits stands where the class does, which
    /// is nearer than that.
    pub fn gives_way_to(&self, other: &Self) -> bool {
        if self.range == other.range {
            return other.id.names.len() < self.id.names.len();
        }
        self.range.start <= other.range.start && other.range.end <= self.range.end
    }
}

/// The tests and groups of a file as they stand in it, parents before their children. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Items(Arc<Sorted>);

#[derive(Debug, Default)]
struct Sorted {
    items: Vec<TestItem>,
    /// Their places in the order of their ids, once one is looked for: a file may have many thousands.
    by_id: OnceLock<Vec<u32>>,
}

impl Items {
    /// The one of that id; the first, where several have it.
    pub fn get(&self, id: &TestId) -> Option<&TestItem> {
        let items = &self.0.items;
        let by_id = self.0.by_id.get_or_init(|| {
            let mut by_id: Vec<u32> = (0..).take(items.len()).collect();
            by_id.sort_by(|a, b| items[*a as usize].id.cmp(&items[*b as usize].id));
            by_id
        });
        let at = by_id.partition_point(|at| items[*at as usize].id < *id);
        by_id.get(at).map(|at| &items[*at as usize]).filter(|item| item.id == *id)
    }
}

impl Deref for Items {
    type Target = [TestItem];

    fn deref(&self) -> &[TestItem] {
        &self.0.items
    }
}

impl From<Vec<TestItem>> for Items {
    fn from(items: Vec<TestItem>) -> Self {
        Self(Arc::new(Sorted { items, by_id: OnceLock::new() }))
    }
}
