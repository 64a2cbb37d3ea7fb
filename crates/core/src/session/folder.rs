//! One workspace folder: its tests, their newest outcomes, and what its files show.

mod discovery;
mod ghosts;
mod outcomes;
mod stamps;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::interpreters::Standings;
use crate::frameworks::{ItemKind, Known, Memory, Position, Suite, TestItem};
use crate::id::{FolderName, TestId};
use crate::model::{Outcome, Provenance, TestResult};
use crate::paths::RelPath;
use crate::views::Diagnostic;
use crate::workspace::{FileTests, Workspace};
use stamps::Images;
pub(super) use stamps::Now;

/// Why an outcome is no longer the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// The test's text was edited since.
    Edited,
    /// It comes from an earlier process.
    Remembered,
    /// A later run should have run it, and broke before it could.
    NotReached,
    /// It comes from another image, interpreter or profile than the test would run in now.
    Elsewhere,
}

/// The newest outcome of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What the run said.
    pub result: Arc<TestResult>,
    /// Which run said it: higher is newer.
    pub sequence: u64,
    /// Where it came from; `None` for a remembered one.
    pub provenance: Option<Arc<Provenance>>,
    /// Why it is no longer the truth, if it is not.
    pub stale: Option<Stale>,
    /// The test as it stood when it ran: its first line and the hash of its text.
    stood: Option<(u32, u64)>,
    /// Of a file that could not be loaded or compiled: the hash of its text then, as far as an editor told it.
    read: Option<u64>,
}

impl Record {
    /// Takes in whether the text that it is about is as it was; whether it is no longer the truth only now. What is edited
    /// back is the truth again.
    fn compare(&mut self, is_as_it_was: bool) -> bool {
        match (self.stale, is_as_it_was) {
            (None, false) => {
                self.stale = Some(Stale::Edited);
                return true;
            }
            (Some(Stale::Edited), true) => self.stale = None,
            _ => {}
        }
        false
    }
}

/// A workspace folder.
#[derive(Debug)]
pub struct Folder {
    /// Its name, unique in the session.
    pub name: FolderName,
    /// Where it is.
    pub root: Utf8PathBuf,
    /// What its configuration amounts to.
    pub workspace: Workspace,
    /// Whether its configuration was read, so that it can run.
    pub is_resolved: bool,
    /// Whether a scan is under way: more tests may come.
    pub scanning: bool,
    files: BTreeMap<RelPath, Vec<FileTests>>,
    /// Files of tests in which none was found, and whose.
    bare: BTreeMap<RelPath, Vec<Arc<Suite>>>,
    /// Files that have tests on disk, as far as the scan got; others have none when it ends.
    seen: BTreeSet<RelPath>,
    documents: HashMap<RelPath, Document>,
    /// Parts of files, with tests of their own or none, that are files themselves.
    parts: BTreeMap<RelPath, Vec<(RelPath, TestId)>>,
    /// Files without tests of their own that tests come from: what they said last.
    others: BTreeMap<RelPath, Arc<str>>,
    records: BTreeMap<TestId, Record>,
    /// Files of outcomes that were not there when they were last looked for.
    gone: BTreeSet<RelPath>,
    /// Looks for files that have no answer yet.
    lookups: usize,
    /// Outcomes of an earlier process that nobody was shown yet.
    remembered: Vec<TestId>,
    /// Tests that failed at a place in this file, by what their run said.
    failing: BTreeMap<Utf8PathBuf, BTreeSet<TestId>>,
    /// A mistake outside the tests, such as a Dockerfile's line that failed, by whoever put it there.
    faults: BTreeMap<Utf8PathBuf, Vec<Diagnostic>>,
    published: BTreeMap<Utf8PathBuf, Vec<Diagnostic>>,
    pub(super) standings: Standings,
    images: Images,
}

#[derive(Debug)]
struct Document {
    version: i32,
    text: Arc<str>,
    /// The syntax of the text that was looked at last.
    memory: Memory,
    /// What stood in the text that is on disk, which is what runs: the one that was opened, or saved last.
    saved: Vec<FileTests>,
    /// Whether that is this text.
    is_saved: bool,
    /// What stood in the text before, where it was saved while runs were under way: those up to this one had read that.
    before: Option<(u64, Vec<FileTests>)>,
}

impl Document {
    /// Takes in that the text was saved, with these tests in it, and the newest run that had begun by then.
    fn save(&mut self, tests: Vec<FileTests>, begun: Option<u64>) {
        let before = std::mem::replace(&mut self.saved, tests);
        self.is_saved = true;
        if let Some(run) = begun
            && self.before.as_ref().is_none_or(|(known, _)| *known < run)
        {
            self.before = Some((run, before));
        }
    }

    /// What stood in the text that a run read.
    fn read_by(&self, run: u64) -> &[FileTests] {
        match &self.before {
            Some((last, before)) if run <= *last => before,
            _ => &self.saved,
        }
    }
}

impl Folder {
    pub(super) fn new(name: FolderName, root: Utf8PathBuf) -> Self {
        Self {
            name,
            root,
            workspace: Workspace::default(),
            is_resolved: false,
            scanning: false,
            files: BTreeMap::new(),
            bare: BTreeMap::new(),
            seen: BTreeSet::new(),
            documents: HashMap::new(),
            parts: BTreeMap::new(),
            others: BTreeMap::new(),
            records: BTreeMap::new(),
            gone: BTreeSet::new(),
            lookups: 0,
            remembered: Vec::new(),
            failing: BTreeMap::new(),
            faults: BTreeMap::new(),
            published: BTreeMap::new(),
            standings: Standings::default(),
            images: Images::new(),
        }
    }

    /// The files that hold tests.
    pub fn files(&self) -> impl Iterator<Item = &RelPath> {
        self.files.keys()
    }

    /// The tests of a file, for each suite that has some there.
    pub fn tests_in(&self, path: &RelPath) -> &[FileTests] {
        self.files.get(path).map_or(&[], Vec::as_slice)
    }

    /// All tests and groups, with their suites, file by file.
    pub fn items(&self) -> impl Iterator<Item = (&Arc<Suite>, &TestItem)> {
        let files = self.files.values().flatten();
        files.flat_map(|file| file.items.iter().map(|item| (&file.suite, item)))
    }

    /// What stands in a suite's files.
    pub(super) fn known(&self, suite: &Suite) -> Known {
        let files = self.files.values().flatten().filter(|file| file.suite.is_same(suite));
        let parts = self.parts.values().flatten().filter(|(_, id)| id.suite == suite.name);
        let bare = self.bare.iter().filter(|(_, of)| of.iter().any(|it| it.is_same(suite)));
        Known::new(files.map(|file| (file.path.clone(), file.items.clone())))
            .with_parts(parts.cloned())
            .with_bare(bare.map(|(path, _)| path.clone()))
    }

    /// A test or group as it stands in its file.
    pub fn item(&self, id: &TestId) -> Option<&TestItem> {
        self.tests_in(&id.file).iter().find_map(|file| file.items.get(id))
    }

    /// The innermost test or group around a position.
    pub fn test_at(&self, file: &RelPath, position: Position) -> Option<&TestItem> {
        let items = self.tests_in(file).iter().flat_map(|file| file.items.iter());
        let around: Vec<&TestItem> = items.filter(|item| item.range.holds(position)).collect();
        let innermost =
            around.iter().filter(|it| !around.iter().any(|other| it.gives_way_to(other)));
        innermost.max_by_key(|item| item.range.start).copied()
    }

    /// The id of that, or of the file where it has nothing there.
    pub fn id_at(&self, file: &RelPath, position: Position) -> TestId {
        let item = self.test_at(file, position);
        item.map_or_else(|| TestId::of_file(file.clone()), |item| item.id.clone())
    }

    /// Whether it is known what stands in a file: its text was read under the configuration as it is now.
    pub fn has_read(&self, file: &RelPath) -> bool {
        self.is_resolved && (!self.scanning || self.documents.contains_key(file))
    }

    /// Whether anything is known of the file or folder of an id: tests, outcomes, a text that an editor has. What stands in
    /// no file a run alone can tell.
    pub fn knows(&self, id: &TestId) -> bool {
        let is_in = |file: &RelPath| file.strip(&id.file).is_some();
        self.files.keys().any(is_in)
            || self.documents.keys().any(is_in)
            || self.records.keys().any(|it| is_in(&it.file))
    }

    /// The test that defines `id`: itself, or the test that it is a case or a part of.
    pub fn definition(&self, id: &TestId) -> Option<&TestItem> {
        definition_in(id, |id| self.item(id))
    }

    /// Whether the test of an outcome stood in its file when it ran, and stands there no more, or its file is gone.
    pub fn is_lost(&self, record: &Record) -> bool {
        let id = &record.result.id;
        (record.stood.is_some() && self.definition(id).is_none()) || self.is_in_gone_file(id)
    }

    /// The newest outcome of a test.
    pub fn record(&self, id: &TestId) -> Option<&Record> {
        self.records.get(id)
    }

    /// How a test stands: its newest outcome, or that of a group around it that was skipped as a whole since.
    /// Of several tests of one name, which are cases beside the first, no one speaks for all.
    pub fn standing(&self, id: &TestId) -> Option<&Record> {
        let own = self.record(id).filter(|_| !self.has_cases(id));
        let around = std::iter::successors(id.parent(), TestId::parent);
        let around =
            around.filter_map(|id| self.record(&id)).filter(|it| self.is_skipped_group(it));
        around.chain(own).max_by_key(|record| record.sequence)
    }

    /// Whether there are outcomes of a test's cases.
    fn has_cases(&self, id: &TestId) -> bool {
        let mut behind = self.records.range((Bound::Excluded(id), Bound::Unbounded));
        let next = behind.next().map(|(next, _)| next);
        next.is_some_and(|next| next.case.is_some() && TestId { case: None, ..next.clone() } == *id)
    }

    /// Whether all that a group holds was skipped with it.
    fn is_skipped_group(&self, record: &Record) -> bool {
        let id = &record.result.id;
        let is_group = self.item(id).is_some_and(|item| item.kind == ItemKind::Group);
        record.result.outcome == Outcome::Skipped && (id.names.is_empty() || is_group)
    }

    /// Whether it is a group without tests of its own, such as a program whose tests stand in other files.
    pub(super) fn is_empty_group(&self, id: &TestId) -> bool {
        let is_group = self.item(id).is_some_and(|item| item.kind == ItemKind::Group);
        let in_file = self.tests_in(&id.file).iter().flat_map(|file| file.items.iter());
        is_group && in_file.filter(|item| id.holds(&item.id)).count() == 1
    }

    /// The tests and groups in a group that was skipped as a whole, of which nothing else was told since.
    pub fn skipped_with<'f>(&'f self, id: &'f TestId) -> impl Iterator<Item = &'f TestId> {
        let items = self.items().map(|(_, item)| &item.id);
        let is_in = move |it: &&TestId| *it != id && id.holds(it);
        items.filter(is_in).filter(|it| self.standing(it).is_some_and(|by| by.result.id == *id))
    }

    /// The newest outcomes of a test and all below it.
    pub fn records_below<'a>(&'a self, id: &'a TestId) -> impl Iterator<Item = &'a Record> {
        // What a test or group holds stands behind it; what a file or directory holds need not.
        let is_named = !id.names.is_empty();
        let start = if is_named { id.clone() } else { TestId::default() };
        self.records
            .range(start..)
            .take_while(move |(other, _)| !is_named || id.holds(other))
            .filter(move |(other, _)| id.holds(other))
            .map(|(_, record)| record)
    }

    /// The newest outcomes of the tests that one suite has in a file.
    pub fn records_in<'a>(&'a self, file: &'a TestId) -> impl Iterator<Item = &'a Record> {
        self.records
            .range(file..)
            .take_while(|(id, _)| id.file == file.file && id.suite == file.suite)
            .map(|(_, record)| record)
    }

    /// All outcomes.
    pub fn outcomes(&self) -> Vec<(TestId, Outcome)> {
        self.records.iter().map(|(id, record)| (id.clone(), record.result.outcome)).collect()
    }

    /// The tests whose newest outcome is bad, each once: a case, not the test that holds it. One that no one ever saw in
    /// its file, since it is made as that is loaded or the file cannot be read, has the id that its tool told.
    pub fn failed(&self) -> Vec<TestId> {
        let bad: BTreeSet<&TestId> = self.bad().filter(|id| self.may_run(id)).collect();
        // What a test holds stands behind it in the order of ids.
        let is_held = |id: &TestId| bad.contains(&id.whole_file()) && !id.names.is_empty();
        let holds_next = |id: &&TestId| {
            let next = bad.range::<TestId, _>((Bound::Excluded(*id), Bound::Unbounded)).next();
            !id.names.is_empty() && next.is_some_and(|next| id.holds(next))
        };
        let once = bad.iter().filter(|id| !is_held(id) && !holds_next(id));
        once.copied().cloned().collect()
    }

    /// The tests whose newest outcome is bad, and that stand nowhere any more.
    pub(super) fn failed_and_gone(&self) -> Vec<&TestId> {
        self.bad().filter(|id| !self.may_run(id)).collect()
    }

    fn bad(&self) -> impl Iterator<Item = &TestId> {
        let bad = self.records.iter().filter(|(_, record)| record.result.outcome.is_bad());
        bad.map(|(id, _)| id)
    }

    /// What runs a failed test again: for a file without tests, such as one that others could not be built with, those.
    pub(super) fn again(&self, id: TestId) -> Vec<TestId> {
        let mut suites = self.workspace.suites.iter();
        let suite = suites.find(|suite| self.workspace.is_meant(suite, &id));
        let Some(suite) =
            suite.filter(|_| id.names.is_empty() && self.tests_in(&id.file).is_empty())
        else {
            return vec![id];
        };
        let unit = |file: &RelPath| suite.framework.unit(suite, file);
        let own = unit(&id.file);
        let files = self.files.values().flatten().filter(|file| file.suite.is_same(suite));
        let files = files.map(|file| &file.path).filter(|file| unit(file) == own);
        let others: Vec<TestId> = files.map(|file| suite.of_file(file.clone())).collect();
        if others.is_empty() { vec![id] } else { others }
    }

    /// Whether its tool may still have a test.
    fn may_run(&self, id: &TestId) -> bool {
        let was_made = || self.records.get(id).is_some_and(|record| record.stood.is_none());
        !self.is_gone(id) || (was_made() && !self.is_in_gone_file(id))
    }

    /// Whether a test stands nowhere any more, as far as its folder was read. A test may be inherited
    /// by a class that does stand there.
    pub fn is_gone(&self, id: &TestId) -> bool {
        if id.file.is_root() {
            // A command's tests stand in no file: only a run of it can tell.
            return false;
        }
        let is_read = !self.scanning && !self.files.is_empty();
        let group = || TestId { names: id.names[..1].to_vec(), case: None, ..id.clone() };
        let stands = self.definition(id).is_some()
            || (id.names.len() > 1 && self.item(&group()).is_some())
            || (id.names.is_empty() && self.files.contains_key(&id.file));
        is_read && !stands
    }

    /// The text of a file that is open in the editor.
    pub fn text(&self, path: &RelPath) -> Option<&Arc<str>> {
        self.documents.get(path).map(|document| &document.text)
    }

    /// The editor's version of a file that is open there.
    pub fn version(&self, path: &RelPath) -> Option<i32> {
        self.documents.get(path).map(|document| document.version)
    }

    /// How many lines a test has moved down (or up) since it ran.
    pub fn shift(&self, record: &Record) -> i64 {
        let now = self.definition(&record.result.id).map(|item| item.range.start.line);
        match (record.stood, now) {
            (Some((then, _)), Some(now)) => i64::from(now) - i64::from(then),
            _ => 0,
        }
    }
}

/// The test that defines `id`, of those that `item` finds.
fn definition_in<'i>(
    id: &TestId,
    item: impl Fn(&TestId) -> Option<&'i TestItem>,
) -> Option<&'i TestItem> {
    item(id).or_else(|| {
        let above = std::iter::successors(id.parent(), TestId::parent);
        let mut items = above.filter_map(|id| item(&id));
        items.next().filter(|item| item.kind != ItemKind::Group)
    })
}
