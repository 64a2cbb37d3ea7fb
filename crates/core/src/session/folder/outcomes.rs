//! What runs said of a folder's tests, and what its files show of it.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Folder, Record, Stale, definition_in};
use crate::frameworks::{ItemKind, TestItem};
use crate::id::TestId;
use crate::model::{Outcome, Place, Provenance, TestResult};
use crate::paths::RelPath;
use crate::session::{Change, Effect};
use crate::views::{self, Diagnostic};

impl Folder {
    pub(in crate::session) fn restore(&mut self, outcomes: Vec<(TestId, Outcome)>) {
        for (id, outcome) in outcomes {
            self.records.entry(id.clone()).or_insert_with(|| {
                self.remembered.push(id.clone());
                Record {
                    result: Arc::new(TestResult::new(id, outcome)),
                    sequence: 0,
                    provenance: None,
                    stale: Some(Stale::Remembered),
                    stood: None,
                    read: None,
                }
            });
        }
    }

    /// Shows what an earlier process remembered of the tests that still stand.
    pub(in crate::session) fn show_remembered(&mut self) -> Option<Effect> {
        let mut tests = std::mem::take(&mut self.remembered);
        let is_so = |record: &Record| record.stale == Some(Stale::Remembered);
        tests.retain(|id| self.records.get(id).is_some_and(is_so) && !self.is_gone(id));
        let folder = self.name.clone();
        (!tests.is_empty()).then(|| Effect::Show(Change::Stale { folder, tests }))
    }

    /// Takes over a result; whether it is of the newest run of its test. The effects show it.
    pub(in crate::session) fn record_result(
        &mut self,
        sequence: u64,
        result: &Arc<TestResult>,
        provenance: Option<&Arc<Provenance>>,
    ) -> (bool, BTreeSet<Utf8PathBuf>) {
        if self.records.get(&result.id).is_some_and(|known| known.sequence > sequence) {
            return (false, BTreeSet::new());
        }
        let mut touched = self.unlink(&result.id);
        let ran = self.read_by(sequence, &result.id);
        let stood = ran.map(|item| (item.range.start.line, item.hash));
        let now = self.definition(&result.id).map(|item| item.hash);
        let is_edited = stood.is_some_and(|(_, then)| now.is_some_and(|now| now != then));
        let record = Record {
            result: result.clone(),
            sequence,
            provenance: provenance.cloned(),
            stale: is_edited.then_some(Stale::Edited),
            stood,
            read: None,
        };
        self.records.insert(result.id.clone(), record);
        for failure in &result.failures {
            if let Some(path) = self.shown_in(&result.id, failure.place.as_ref()) {
                self.failing.entry(path.clone()).or_default().insert(result.id.clone());
                touched.insert(path);
            }
        }
        (true, touched)
    }

    /// The definition of a test as it stood on disk when a run read it.
    fn read_by(&self, run: u64, id: &TestId) -> Option<&TestItem> {
        let read = self.documents.get(&id.file).map(|document| document.read_by(run));
        match read.filter(|files| !files.is_empty()) {
            Some(files) => definition_in(id, |id| files.iter().find_map(|it| it.items.get(id))),
            None => self.definition(id),
        }
    }

    /// Forgets what a run said of a test, if nothing newer was said.
    pub(in crate::session) fn retract(
        &mut self,
        sequence: u64,
        id: &TestId,
    ) -> BTreeSet<Utf8PathBuf> {
        if self.records.get(id).is_none_or(|known| known.sequence > sequence) {
            return BTreeSet::new();
        }
        self.records.remove(id);
        self.unlink(id)
    }

    /// What is no longer so since a run told of `id`: the outcome of the whole where it has cases now, those
    /// of cases where it has none any more.
    pub(in crate::session) fn outdated(&self, sequence: u64, id: &TestId) -> Vec<TestId> {
        let whole = TestId { case: None, ..id.clone() };
        let is_older = |it: &TestId| self.records.get(it).is_some_and(|it| it.sequence < sequence);
        if id.case.is_some() {
            return Some(whole).filter(is_older).into_iter().collect();
        }
        let below = self.records.range((Bound::Excluded(&whole), Bound::Unbounded));
        let cases = below
            .map(|(it, _)| it)
            .take_while(|it| it.file == id.file && it.suite == id.suite && it.names == id.names);
        cases.filter(|it| is_older(it)).cloned().collect()
    }

    /// Forgets what runs up to this one said of tests that are no more.
    pub(in crate::session) fn forget(&mut self, sequence: u64, ids: Vec<TestId>) -> Vec<Effect> {
        let mut touched = BTreeSet::new();
        let mut files = BTreeSet::new();
        for id in ids {
            touched.extend(self.retract(sequence, &id));
            files.insert(id.file);
        }
        if files.is_empty() {
            return Vec::new();
        }
        let files = files.into_iter().collect();
        let mut effects = vec![Effect::Show(Change::Tests { folder: self.name.clone(), files })];
        effects.extend(self.publish(touched));
        effects
    }

    /// Files whose newest outcome is that they could not be loaded, groups that could not be set up, and those that
    /// were skipped as a whole.
    pub(in crate::session) fn unloaded(&self) -> impl Iterator<Item = &TestId> {
        let not_run = self.records.iter().filter(|(_, it)| it.result.outcome != Outcome::Passed);
        let is_group = |id: &TestId| self.item(id).is_some_and(|item| item.kind == ItemKind::Group);
        let holds = move |id: &&TestId| id.names.is_empty() || is_group(id);
        not_run.map(|(id, _)| id).filter(|id| !id.file.is_root()).filter(holds)
    }

    /// Marks outcomes as no longer true where a newer run did not get to the test.
    pub(in crate::session) fn not_reached(
        &mut self,
        ids: impl Iterator<Item = TestId>,
    ) -> Vec<TestId> {
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
    pub(in crate::session) fn set_fault(
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
    pub(in crate::session) fn publish(
        &mut self,
        paths: impl IntoIterator<Item = Utf8PathBuf>,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        for path in paths {
            let diagnostics = self.diagnostics(&path);
            if self.published(&path) == diagnostics.as_slice() {
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

    /// The diagnostics that a file was last shown with.
    pub fn published(&self, path: &Utf8Path) -> &[Diagnostic] {
        self.published.get(path).map_or(&[], Vec::as_slice)
    }

    fn diagnostics(&self, path: &Utf8Path) -> Vec<Diagnostic> {
        let text = RelPath::below(&self.root, path).and_then(|rel| self.text(&rel));
        let failing = self.failing.get(path).into_iter().flatten();
        let mut all: Vec<Diagnostic> = failing
            .filter_map(|id| self.records.get(id))
            .filter(|record| !self.is_in_gone_file(&record.result.id))
            .flat_map(|record| views::test_diagnostics(self, record, path, text))
            .collect();
        all.extend(self.faults.get(path).into_iter().flatten().cloned());
        all.sort_by_key(|d| d.range);
        all
    }

    /// Takes away everything that is shown.
    pub(in crate::session) fn forget_all(&mut self) -> Vec<Effect> {
        self.records.clear();
        self.failing.clear();
        self.faults.clear();
        let paths: Vec<Utf8PathBuf> = self.published.keys().cloned().collect();
        self.publish(paths)
    }
}
