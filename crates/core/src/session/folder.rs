//! One workspace folder: its tests, their newest outcomes, and what its files show.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Change, Effect};
use crate::frameworks::{ItemKind, Suite, TestItem};
use crate::id::{FolderName, TestId};
use crate::model::{Outcome, Place, Provenance, TestResult};
use crate::paths::RelPath;
use crate::views::{self, Diagnostic};
use crate::workspace::{FileTests, Workspace};

/// Why an outcome is no longer the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// The test's text was edited since.
    Edited,
    /// It comes from an earlier process.
    Remembered,
    /// A later run should have run it, and broke before it could.
    NotReached,
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
    /// Files found by the scan under way; the others are gone when it ends.
    seen: BTreeSet<RelPath>,
    documents: HashMap<RelPath, Document>,
    records: BTreeMap<TestId, Record>,
    /// Tests that failed at a place in this file, by what their run said.
    failing: BTreeMap<Utf8PathBuf, BTreeSet<TestId>>,
    /// A mistake outside the tests, such as a Dockerfile's line that failed, by whoever put it there.
    faults: BTreeMap<Utf8PathBuf, Vec<Diagnostic>>,
    published: BTreeMap<Utf8PathBuf, Vec<Diagnostic>>,
}

#[derive(Debug)]
struct Document {
    version: i32,
    text: Arc<str>,
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
            seen: BTreeSet::new(),
            documents: HashMap::new(),
            records: BTreeMap::new(),
            failing: BTreeMap::new(),
            faults: BTreeMap::new(),
            published: BTreeMap::new(),
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

    /// A test or group as it stands in its file.
    pub fn item(&self, id: &TestId) -> Option<&TestItem> {
        self.tests_in(&id.file)
            .iter()
            .flat_map(|f| &f.items)
            .find(|item| item.id == *id)
    }

    /// The test that defines `id`: itself, or of a case the parametrised test.
    pub fn definition(&self, id: &TestId) -> Option<&TestItem> {
        self.item(id)
            .or_else(|| id.case.as_ref().and_then(|_| self.item(&id.parent()?)))
    }

    /// The newest outcome of a test.
    pub fn record(&self, id: &TestId) -> Option<&Record> {
        self.records.get(id)
    }

    /// The newest outcomes of a test and all below it.
    pub fn records_below<'a>(&'a self, id: &'a TestId) -> impl Iterator<Item = &'a Record> {
        // Ids of one file stand together; those of a directory need not.
        let whole_file = !id.names.is_empty();
        let start = if whole_file {
            id.clone()
        } else {
            TestId::default()
        };
        self.records
            .range(start..)
            .take_while(move |(other, _)| !whole_file || other.file == id.file)
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
        self.records
            .iter()
            .map(|(id, record)| (id.clone(), record.result.outcome))
            .collect()
    }

    /// The tests whose newest outcome is bad, each once: a case, not the test that holds it.
    pub fn failed(&self) -> Vec<TestId> {
        let bad = self
            .records
            .iter()
            .filter(|(_, r)| r.result.outcome.is_bad());
        bad.map(|(id, _)| id.clone()).collect()
    }

    /// The text of a file that is open in the editor.
    pub fn text(&self, path: &RelPath) -> Option<&Arc<str>> {
        self.documents.get(path).map(|document| &document.text)
    }

    /// The editor's version of a file that is open there.
    pub fn version(&self, path: &RelPath) -> Option<i32> {
        self.documents.get(path).map(|document| document.version)
    }

    pub(super) fn begin_scan(&mut self) {
        self.scanning = true;
        self.seen.clear();
    }

    pub(super) fn resolved(&mut self, workspace: Workspace) -> Vec<Effect> {
        self.workspace = workspace;
        self.is_resolved = true;
        let mistakes = views::configuration_diagnostics(&self.workspace.problems);
        let mut touched: BTreeSet<Utf8PathBuf> = self.faults.keys().cloned().collect();
        touched.extend(mistakes.keys().cloned());
        self.faults = mistakes;
        let open: Vec<RelPath> = self.documents.keys().cloned().collect();
        let mut effects = Vec::new();
        for path in open {
            effects.extend(self.rediscover(&path));
        }
        effects.extend(self.publish(touched));
        effects
    }

    pub(super) fn found(&mut self, files: Vec<FileTests>) -> Vec<Effect> {
        let mut by_path: BTreeMap<RelPath, Vec<FileTests>> = BTreeMap::new();
        for file in files {
            by_path.entry(file.path.clone()).or_default().push(file);
        }
        let mut effects = Vec::new();
        let mut changed = Vec::new();
        for (path, tests) in by_path {
            self.seen.insert(path.clone());
            // What is open in the editor is newer than what is on disk.
            if self.documents.contains_key(&path) {
                continue;
            }
            effects.extend(self.replace(&path, tests));
            changed.push(path);
        }
        if !changed.is_empty() {
            effects.push(Effect::Show(Change::Tests {
                folder: self.name.clone(),
                files: changed,
            }));
        }
        effects
    }

    pub(super) fn end_scan(&mut self) -> Vec<Effect> {
        self.scanning = false;
        let gone: Vec<RelPath> = self
            .files
            .keys()
            .filter(|path| !self.seen.contains(path) && !self.documents.contains_key(path))
            .cloned()
            .collect();
        let mut effects = Vec::new();
        for path in &gone {
            effects.extend(self.replace(path, Vec::new()));
        }
        if !gone.is_empty() {
            effects.push(Effect::Show(Change::Tests {
                folder: self.name.clone(),
                files: gone,
            }));
        }
        effects.push(Effect::Show(Change::ScanEnded(self.name.clone())));
        effects
    }

    pub(super) fn edited(&mut self, path: &Utf8Path, version: i32, text: &Arc<str>) -> Vec<Effect> {
        let Some(path) = RelPath::below(&self.root, path) else {
            return Vec::new();
        };
        if self
            .documents
            .get(&path)
            .is_some_and(|known| known.version > version)
        {
            return Vec::new();
        }
        self.documents.insert(
            path.clone(),
            Document {
                version,
                text: text.clone(),
            },
        );
        self.rediscover(&path)
    }

    pub(super) fn closed(&mut self, path: &Utf8Path) -> Vec<Effect> {
        let Some(path) = RelPath::below(&self.root, path) else {
            return Vec::new();
        };
        match self.documents.remove(&path) {
            Some(_) => vec![self.scan_only(vec![path])],
            None => Vec::new(),
        }
    }

    /// Files changed on disk: those that shape the workspace mean a new scan, others themselves.
    pub(super) fn changed(&mut self, paths: Vec<RelPath>) -> Vec<Effect> {
        if paths.iter().any(crate::resolve::shapes_the_workspace) {
            self.begin_scan();
            let effect = Effect::Scan {
                folder: self.name.clone(),
                root: self.root.clone(),
                only: None,
            };
            return vec![Effect::Show(Change::ScanStarted(self.name.clone())), effect];
        }
        let is_test = |path: &RelPath| {
            self.files.contains_key(path)
                || self
                    .workspace
                    .suites
                    .iter()
                    .any(|s| s.framework.is_test_file(s, path))
        };
        let tests: Vec<RelPath> = paths
            .into_iter()
            .filter(|path| !self.documents.contains_key(path) && is_test(path))
            .collect();
        if tests.is_empty() {
            Vec::new()
        } else {
            vec![self.scan_only(tests)]
        }
    }

    fn scan_only(&self, files: Vec<RelPath>) -> Effect {
        Effect::Scan {
            folder: self.name.clone(),
            root: self.root.clone(),
            only: Some((Box::new(self.workspace.clone()), files)),
        }
    }

    /// Finds the tests of an open document again.
    fn rediscover(&mut self, path: &RelPath) -> Vec<Effect> {
        let Some(document) = self.documents.get(path) else {
            return Vec::new();
        };
        let tests = self.workspace.discover(path, &document.text);
        if tests.is_empty() && !self.files.contains_key(path) {
            return Vec::new();
        }
        let mut effects = self.replace(path, tests);
        let change = Change::Tests {
            folder: self.name.clone(),
            files: vec![path.clone()],
        };
        effects.push(Effect::Show(change));
        effects
    }

    /// Takes over a file's tests; outcomes of edited tests go stale, diagnostics move along.
    fn replace(&mut self, path: &RelPath, tests: Vec<FileTests>) -> Vec<Effect> {
        if tests.iter().all(|file| file.items.is_empty()) {
            self.files.remove(path);
        } else {
            self.files.insert(path.clone(), tests);
        }
        let stale = self.mark_edited(path);
        let mut effects = Vec::new();
        if !stale.is_empty() {
            effects.push(Effect::Show(Change::Stale {
                folder: self.name.clone(),
                tests: stale,
            }));
        }
        effects.extend(self.publish([path.on(&self.root)]));
        effects
    }

    /// Marks the outcomes of tests whose text changed; a test edited back is the truth again.
    fn mark_edited(&mut self, path: &RelPath) -> Vec<TestId> {
        let hashes: HashMap<&TestId, u64> = self
            .files
            .get(path)
            .into_iter()
            .flatten()
            .flat_map(|f| &f.items)
            .map(|i| (&i.id, i.hash))
            .collect();
        let first = TestId::of_file(path.clone());
        let mut stale = Vec::new();
        let mut touch = |id: &TestId, record: &mut Record| {
            let Some((_, stood)) = record.stood else {
                return;
            };
            let now = hashes
                .get(id)
                .or_else(|| hashes.get(&id.parent()?))
                .copied();
            match (record.stale, now == Some(stood)) {
                (None, false) => {
                    record.stale = Some(Stale::Edited);
                    stale.push(id.clone());
                }
                (Some(Stale::Edited), true) => record.stale = None,
                _ => {}
            }
        };
        for (id, record) in self
            .records
            .iter_mut()
            .filter(|(id, _)| id.file == first.file)
        {
            touch(id, record);
        }
        stale
    }

    pub(super) fn restore(&mut self, outcomes: Vec<(TestId, Outcome)>) {
        for (id, outcome) in outcomes {
            self.records.entry(id.clone()).or_insert_with(|| Record {
                result: Arc::new(TestResult::new(id, outcome)),
                sequence: 0,
                provenance: None,
                stale: Some(Stale::Remembered),
                stood: None,
            });
        }
    }

    /// Takes over a result; whether it is of the newest run of its test. The effects show it.
    pub(super) fn record_result(
        &mut self,
        sequence: u64,
        result: &Arc<TestResult>,
        provenance: Option<&Arc<Provenance>>,
    ) -> (bool, BTreeSet<Utf8PathBuf>) {
        if self
            .records
            .get(&result.id)
            .is_some_and(|known| known.sequence > sequence)
        {
            return (false, BTreeSet::new());
        }
        let mut touched = self.unlink(&result.id);
        let stood = self
            .definition(&result.id)
            .map(|item| (item.range.start.line, item.hash));
        let record = Record {
            result: result.clone(),
            sequence,
            provenance: provenance.cloned(),
            stale: None,
            stood,
        };
        self.records.insert(result.id.clone(), record);
        for failure in &result.failures {
            if let Some(path) = self.shown_in(&result.id, failure.place.as_ref()) {
                self.failing
                    .entry(path.clone())
                    .or_default()
                    .insert(result.id.clone());
                touched.insert(path);
            }
        }
        (true, touched)
    }

    /// Forgets what a run said of a test, if nothing newer was said.
    pub(super) fn retract(&mut self, sequence: u64, id: &TestId) -> BTreeSet<Utf8PathBuf> {
        if self
            .records
            .get(id)
            .is_none_or(|known| known.sequence > sequence)
        {
            return BTreeSet::new();
        }
        self.records.remove(id);
        self.unlink(id)
    }

    /// Marks outcomes as no longer true where a newer run did not get to the test.
    pub(super) fn not_reached(&mut self, ids: impl Iterator<Item = TestId>) -> Vec<TestId> {
        let mut stale = Vec::new();
        for id in ids {
            let Some(record) = self.records.get_mut(&id) else {
                continue;
            };
            if record.stale.is_none() {
                record.stale = Some(Stale::NotReached);
                stale.push(id);
            }
        }
        stale
    }

    fn unlink(&mut self, id: &TestId) -> BTreeSet<Utf8PathBuf> {
        let mut touched = BTreeSet::new();
        self.failing.retain(|path, ids| {
            if ids.remove(id) {
                touched.insert(path.clone());
            }
            !ids.is_empty()
        });
        touched
    }

    /// The file that a failure shows in: where it happened, else where the test stands.
    fn shown_in(&self, id: &TestId, place: Option<&Place>) -> Option<Utf8PathBuf> {
        let happened = place.map(|place| place.path.clone());
        happened.or_else(|| self.definition(id).map(|item| item.id.file.on(&self.root)))
    }

    /// Puts a fault of a run at its place, or takes away the one of an earlier run.
    pub(super) fn set_fault(
        &mut self,
        path: Utf8PathBuf,
        diagnostics: Vec<Diagnostic>,
    ) -> Vec<Effect> {
        if diagnostics.is_empty() {
            self.faults.remove(&path);
        } else {
            self.faults.insert(path.clone(), diagnostics);
        }
        self.publish([path])
    }

    /// Shows the diagnostics of these files, where they are other ones than before.
    pub(super) fn publish(&mut self, paths: impl IntoIterator<Item = Utf8PathBuf>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for path in paths {
            let diagnostics = self.diagnostics(&path);
            let known = self.published.get(&path).map_or(&[][..], Vec::as_slice);
            if known == diagnostics.as_slice() {
                continue;
            }
            if diagnostics.is_empty() {
                self.published.remove(&path);
            } else {
                self.published.insert(path.clone(), diagnostics.clone());
            }
            effects.push(Effect::Show(Change::Diagnostics { path, diagnostics }));
        }
        effects
    }

    fn diagnostics(&self, path: &Utf8Path) -> Vec<Diagnostic> {
        let text = RelPath::below(&self.root, path).and_then(|rel| self.text(&rel));
        let failing = self.failing.get(path).into_iter().flatten();
        let mut all: Vec<Diagnostic> = failing
            .filter_map(|id| self.records.get(id))
            .flat_map(|record| views::test_diagnostics(self, record, path, text))
            .collect();
        all.extend(self.faults.get(path).into_iter().flatten().cloned());
        all.sort_by_key(|d| d.range);
        all
    }

    /// How many lines a test has moved down (or up) since it ran.
    pub fn shift(&self, record: &Record) -> i64 {
        let now = self
            .definition(&record.result.id)
            .map(|item| item.range.start.line);
        match (record.stood, now) {
            (Some((then, _)), Some(now)) => i64::from(now) - i64::from(then),
            _ => 0,
        }
    }

    /// Takes away everything that is shown.
    pub(super) fn forget_all(&mut self) -> Vec<Effect> {
        self.records.clear();
        self.failing.clear();
        self.faults.clear();
        let paths: Vec<Utf8PathBuf> = self.published.keys().cloned().collect();
        self.publish(paths)
    }

    /// The tests (not groups) of a suite.
    pub fn tests_of<'a>(&'a self, suite: &'a Suite) -> impl Iterator<Item = &'a TestItem> {
        self.items()
            .filter(|(s, item)| {
                s.name == suite.name && s.root == suite.root && item.kind != ItemKind::Group
            })
            .map(|(_, item)| item)
    }
}
