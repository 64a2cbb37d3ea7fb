//! The test tree as lines from the top, each with how it stands: for clients that draw it as it comes.

mod watch;

use std::collections::{BTreeMap, HashMap};

use lsp_types::Location;
use testdock_core::id::TestId;
use testdock_core::session::{Folder, Session};
use testdock_core::views::{Standing, duration_words};

use crate::ext::{TestItem, TreeLine};
use crate::shared::Shared;
use crate::to_proto;
use crate::tree::Tree;

pub(crate) use watch::Watch;

/// All lines of all folders.
pub(crate) fn lines(shared: &Shared, session: &Session) -> Vec<TreeLine> {
    session.folders().flat_map(|folder| Outline::of(shared, session, folder).lines()).collect()
}

struct Outline<'s> {
    tree: Tree<'s>,
    folder: &'s Folder,
    held: HashMap<Option<TestId>, Vec<TestId>>,
    /// Tests that are on their way.
    moving: BTreeMap<TestId, Standing>,
    lines: Vec<TreeLine>,
}

/// How an item stands, and whether that is no longer the truth.
#[derive(Clone, Copy, Default)]
struct Stands(Option<Standing>, bool);

impl<'s> Outline<'s> {
    fn of(shared: &'s Shared, session: &'s Session, folder: &'s Folder) -> Self {
        let tree = Tree::new(shared, session, folder);
        let moving = shared.marks.moving(session, &folder.name);
        Self { tree, folder, held: tree.by_holder(), moving, lines: Vec::new() }
    }

    fn lines(mut self) -> Vec<TreeLine> {
        self.add_below(None, 0);
        self.lines
    }

    /// Adds what an item holds; how that stands at worst.
    fn add_below(&mut self, holder: Option<&TestId>, depth: u32) -> Stands {
        let ids = self.held.remove(&holder.cloned()).unwrap_or_default();
        ids.iter().map(|id| self.add(id, depth)).fold(Stands::default(), Stands::and)
    }

    fn add(&mut self, id: &TestId, depth: u32) -> Stands {
        let Some(item) = self.tree.item(id) else {
            return Stands::default();
        };
        let at = self.lines.len();
        self.lines.push(TreeLine { detail: self.detail(id), ..line(item, depth) });
        let stands = self.own(id).and(self.add_below(Some(id), depth + 1));
        self.lines[at].state = stands.0.map(to_proto::standing);
        self.lines[at].stale = stands.1;
        stands
    }

    /// How it stands without what the tree holds below it.
    fn own(&self, id: &TestId) -> Stands {
        let record = self.folder.standing(id).filter(|it| !self.is_moving(&it.result.id));
        let outcome: Option<Standing> = record.map(|it| it.result.outcome.into());
        // A case that runs for the first time is not in the tree yet.
        let moving = self.moving.range(id..).take_while(|(it, _)| is_within(it, id));
        let moving = moving.map(|(_, standing)| *standing).max();
        Stands(outcome.max(moving), record.is_some_and(|it| it.stale.is_some()))
    }

    fn is_moving(&self, id: &TestId) -> bool {
        let whole = TestId { case: None, ..id.clone() };
        self.moving.contains_key(id) || self.moving.contains_key(&whole)
    }

    fn detail(&self, id: &TestId) -> Option<String> {
        let record = self.folder.record(id).filter(|_| !self.is_moving(id))?;
        let time = record.result.duration.map(duration_words);
        let message = record.result.message().map(str::to_owned);
        let words: Vec<String> = time.into_iter().chain(message).collect();
        Some(words.join("  ")).filter(|it| !it.is_empty())
    }
}

impl Stands {
    fn and(self, other: Self) -> Self {
        Self(self.0.max(other.0), self.1 || other.1)
    }
}

/// What a test or group holds stands behind it; what a file holds need not, and is in the tree.
fn is_within(it: &TestId, id: &TestId) -> bool {
    it == id || !id.names.is_empty() && id.holds(it)
}

fn line(item: TestItem, depth: u32) -> TreeLine {
    let TestItem { id, label, text_document, range, .. } = item;
    let location = text_document.map(|it| Location::new(it.uri, range.unwrap_or_default()));
    TreeLine { id, label, depth, state: None, stale: false, detail: None, location }
}
