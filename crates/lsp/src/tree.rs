//! The test tree: folders, suites, files, groups, tests and their cases.
//!
//! A folder is in the tree where several are open, a suite where the configuration names it. Cases
//! and tests that no file shows are there once a run told of them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use lsp_types::TextDocumentIdentifier;
use testdock_core::frameworks::{self, ItemKind};
use testdock_core::id::TestId;
use testdock_core::paths::RelPath;
use testdock_core::session::{Folder, Session};

use crate::ext::{TestItem, TestItemKind};
use crate::shared::Shared;
use crate::to_proto;

/// Makes the items of one folder.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'s> {
    shared: &'s Shared,
    session: &'s Session,
    folder: &'s Folder,
}

/// The topmost items of all folders.
pub(crate) fn top(shared: &Shared, session: &Session) -> Vec<TestItem> {
    let trees = session.folders().map(|folder| Tree::new(shared, session, folder));
    if session.folders().count() > 1 {
        trees.filter_map(|tree| tree.item(&TestId::default())).collect()
    } else {
        trees.flat_map(Tree::top).collect()
    }
}

impl<'s> Tree<'s> {
    pub(crate) fn new(shared: &'s Shared, session: &'s Session, folder: &'s Folder) -> Self {
        Self { shared, session, folder }
    }

    /// What stands at the top of the folder: suites with a name, and the files of the others.
    fn top(self) -> Vec<TestItem> {
        let mut seen = BTreeSet::new();
        let all = self.all_ids();
        let topmost = all.iter().filter_map(|id| self.chain(id).into_iter().next());
        topmost.filter(|id| seen.insert(id.clone())).filter_map(|id| self.item(&id)).collect()
    }

    /// All that an item holds, parents before their children.
    pub(crate) fn below(self, id: &TestId) -> Vec<TestItem> {
        self.ids_below(id).iter().filter_map(|id| self.item(id)).collect()
    }

    /// All of the folder by what holds it, in order; under `None` what stands at the top.
    pub(crate) fn by_holder(self) -> HashMap<Option<TestId>, Vec<TestId>> {
        let mut held: HashMap<_, Vec<TestId>> = HashMap::new();
        for id in self.all() {
            held.entry(self.parent(&id)).or_default().push(id);
        }
        held
    }

    /// The ids of all of the folder, in order.
    pub(crate) fn names(self) -> impl Iterator<Item = String> {
        self.all().map(move |id| to_proto::id(self.session, self.folder, &id))
    }

    fn all(self) -> impl Iterator<Item = TestId> {
        let whole = TestId::default();
        let ids = self.ids_below(&whole);
        let whole = (self.session.folders().count() > 1).then_some(whole);
        whole.into_iter().chain(ids)
    }

    fn ids_below(self, id: &TestId) -> Vec<TestId> {
        let ids = if id.file.is_root() { self.all_ids() } else { self.ids_in(&id.file) };
        let ids = ids.into_iter();
        let below = |it: &TestId| {
            let suite = id.suite.is_none() || id.suite == it.suite;
            let mut it = it.clone();
            it.suite.clone_from(&id.suite);
            suite && id.holds(&it)
        };
        let mut seen = BTreeSet::new();
        let steps = ids.filter(below).flat_map(|it| self.chain(&it));
        steps.filter(|step| *step != *id && below(step) && seen.insert(step.clone())).collect()
    }

    /// The items of some files, with all that holds them.
    pub(crate) fn files(self, files: &[RelPath]) -> Vec<TestItem> {
        let mut seen = BTreeSet::new();
        let mut items = Vec::new();
        for file in files {
            for id in self.ids_in(file) {
                for step in self.chain(&id) {
                    if seen.insert(step.clone()) {
                        items.extend(self.item(&step));
                    }
                }
            }
        }
        items
    }

    /// An item with all that holds it.
    pub(crate) fn path_to(self, id: &TestId) -> Vec<TestItem> {
        let chain = self.chain(id).into_iter();
        let mut items: Vec<TestItem> = chain.filter_map(|step| self.item(&step)).collect();
        if let Some((_, above)) = items.split_last_mut() {
            // Also a test whose first case this is.
            above.iter_mut().for_each(|item| item.can_resolve_children = true);
        }
        items
    }

    fn all_ids(self) -> Vec<TestId> {
        let mut files: BTreeSet<RelPath> = self.folder.files().cloned().collect();
        files.extend(self.folder.outcomes().into_iter().map(|(id, _)| id.file));
        files.iter().flat_map(|file| self.ids_in(file)).collect()
    }

    /// What stands in a file, and what runs told of it beside that.
    fn ids_in(self, file: &RelPath) -> Vec<TestId> {
        let suites = self.folder.workspace.suites.iter();
        let mut names: BTreeSet<_> = suites.map(|suite| suite.name.clone()).collect();
        names.insert(None);
        names
            .into_iter()
            .flat_map(|suite| self.ids_of(&TestId { suite, ..TestId::of_file(file.clone()) }))
            .collect()
    }

    /// The same for one suite; `file` with its suite.
    fn ids_of(self, file: &TestId) -> Vec<TestId> {
        let tests = self.folder.tests_in(&file.file).iter();
        let mine = tests.filter(|tests| tests.suite.name == file.suite);
        let mut ids: Vec<TestId> =
            mine.flat_map(|tests| tests.items.iter().map(|item| item.id.clone())).collect();
        if !ids.is_empty() {
            ids.insert(0, file.clone());
        }
        ids.extend(self.told_in(file));
        ids
    }

    /// Tests of a file that only runs told of.
    fn told_in(self, file: &TestId) -> Vec<TestId> {
        let records = self.folder.records_in(file).filter(|record| !self.folder.is_lost(record));
        let ids = records.map(|record| &record.result.id);
        ids.filter(|id| self.folder.item(id).is_none()).cloned().collect()
    }

    /// What leads from the top to an item, which is the last.
    fn chain(self, id: &TestId) -> Vec<TestId> {
        let mut chain = vec![id.clone()];
        while let Some(parent) = chain.last().and_then(|id| self.parent(id)) {
            chain.push(parent);
        }
        chain.reverse();
        chain
    }

    fn parent(self, id: &TestId) -> Option<TestId> {
        let folder = || {
            let several = self.session.folders().count() > 1;
            (several && *id != TestId::default()).then(TestId::default)
        };
        id.holder().or_else(folder)
    }

    pub(crate) fn item(self, id: &TestId) -> Option<TestItem> {
        let name = |id: &TestId| to_proto::id(self.session, self.folder, id);
        let parent = self.parent(id).map(|parent| name(&parent));
        if id.names.is_empty() && id.file.is_root() {
            return Some(self.package(id, parent));
        }
        let found = self.folder.definition(id);
        let is_case = id.case.is_some();
        let kind = match found.map(|found| found.kind) {
            _ if id.names.is_empty() => TestItemKind::Module,
            Some(ItemKind::Group) if !is_case => TestItemKind::Module,
            Some(_) => TestItemKind::Test,
            // A run told of it: a test, unless of something below it.
            None if self.folder.record(id).is_none() => TestItemKind::Module,
            None => TestItemKind::Test,
        };
        let itself = found.filter(|found| found.id == *id);
        // Also a test that turned out to have cases when it ran, such as by a fixture's parameters.
        let has_cases = || self.folder.records_below(id).any(|it| it.result.id.case.is_some());
        let is_parametrised = || {
            itself.is_some_and(|it| it.kind == ItemKind::Parametrised) || (!is_case && has_cases())
        };
        let document = (!id.file.is_root()).then(|| self.document(&id.file)).flatten();
        Some(TestItem {
            id: name(id),
            label: id.label(),
            kind,
            can_resolve_children: kind == TestItemKind::Module || is_parametrised(),
            parent,
            range: document.as_ref().and(found).map(range),
            case_of: to_proto::case_of(self.session, self.folder, id),
            text_document: document,
            tags: self.tags(id, kind, found),
        })
    }

    /// The words that a test is chosen by; what holds tests has none of its own.
    fn tags(
        self,
        id: &TestId,
        kind: TestItemKind,
        found: Option<&frameworks::TestItem>,
    ) -> Vec<Arc<str>> {
        let tests = self.folder.tests_in(&id.file).iter();
        let by_file = tests.map(|it| &it.suite).find(|suite| suite.name == id.suite);
        let named = self.folder.workspace.suites.iter();
        // The tests of a command stand in no file; its suite has a name.
        let suite =
            by_file.or_else(|| named.clone().find(|it| it.name.is_some() && it.name == id.suite));
        let Some(suite) = suite.filter(|_| kind == TestItemKind::Test) else {
            return Vec::new();
        };
        let marks = found.into_iter().flat_map(|it| it.tags.iter().cloned());
        [Some(Arc::from(suite.framework.name())), suite.name.clone()]
            .into_iter()
            .flatten()
            .chain(marks)
            .collect()
    }

    /// A folder or a suite.
    fn package(self, id: &TestId, parent: Option<String>) -> TestItem {
        let label = id.suite.as_ref().unwrap_or(&self.folder.name);
        TestItem {
            id: to_proto::id(self.session, self.folder, id),
            label: label.to_string(),
            kind: TestItemKind::Package,
            can_resolve_children: true,
            parent,
            text_document: None,
            range: None,
            case_of: None,
            tags: Vec::new(),
        }
    }

    /// A file, as notifications name it.
    pub(crate) fn document(self, file: &RelPath) -> Option<TextDocumentIdentifier> {
        let uri = self.shared.uri(&file.on(&self.folder.root))?;
        Some(TextDocumentIdentifier { uri })
    }
}

fn range(item: &frameworks::TestItem) -> lsp_types::Range {
    to_proto::range(item.range)
}
