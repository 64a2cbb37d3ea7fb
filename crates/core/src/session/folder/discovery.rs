//! What stands in a folder's files: from scans, from the editor, from changes on disk.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Document, Folder, Record};
use crate::frameworks::{Source, Suite};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::session::{Change, Effect};
use crate::views;
use crate::workspace::{FileTests, Workspace};

impl Folder {
    pub(in crate::session) fn begin_scan(&mut self) {
        self.scanning = true;
        // What is asked for from now on is meant under what the configuration says now.
        self.is_resolved = false;
        self.seen.clear();
        self.parts.retain(|path, _| self.documents.contains_key(path));
        self.bare.retain(|path, _| self.documents.contains_key(path));
    }

    pub(in crate::session) fn resolved(&mut self, workspace: Workspace) -> Vec<Effect> {
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
        effects.extend(self.restamp());
        effects
    }

    pub(in crate::session) fn found(&mut self, files: Vec<FileTests>) -> Vec<Effect> {
        let mut by_path: BTreeMap<RelPath, Vec<FileTests>> = BTreeMap::new();
        for file in files {
            self.others.extend(file.others.iter().cloned());
            by_path.entry(file.path.clone()).or_default().push(file);
        }
        let mut effects = Vec::new();
        let mut changed = Vec::new();
        for (path, tests) in by_path {
            match tests.iter().all(|file| file.items.is_empty()) {
                true => self.seen.remove(&path),
                false => self.seen.insert(path.clone()),
            };
            // What is open in the editor is newer than what is on disk.
            if let Some(document) = self.documents.get_mut(&path) {
                let has_others = tests.iter().any(|file| !file.others.is_empty());
                document.saved = tests;
                if has_others {
                    effects.extend(self.rediscover(&path));
                }
                continue;
            }
            effects.extend(self.replace(&path, tests));
            changed.push(path);
        }
        if !changed.is_empty() {
            effects.push(Effect::Show(Change::Tests { folder: self.name.clone(), files: changed }));
        }
        effects.extend(self.look_for_files());
        effects
    }

    pub(in crate::session) fn end_scan(&mut self) -> Vec<Effect> {
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
            effects.push(Effect::Show(Change::Tests { folder: self.name.clone(), files: gone }));
        }
        effects.extend(self.show_remembered());
        effects.extend(self.look_for_files());
        effects.push(Effect::Show(Change::ScanEnded(self.name.clone())));
        effects
    }

    pub(in crate::session) fn edited(
        &mut self,
        path: &Utf8Path,
        version: i32,
        text: &Arc<str>,
    ) -> Vec<Effect> {
        let Some(path) = RelPath::below(&self.root, path) else {
            return Vec::new();
        };
        if self.documents.get(&path).is_some_and(|known| known.version > version) {
            return Vec::new();
        }
        let known = self.documents.remove(&path);
        let stale = self.compare_file(&path, known.as_ref().map_or(text, |it| &it.text), text);
        let is_saved = known.as_ref().is_none_or(|it| it.is_saved && it.text == *text);
        let (memory, saved, before) =
            known.map(|known| (known.memory, known.saved, known.before)).unwrap_or_default();
        let document = Document { version, text: text.clone(), memory, saved, is_saved, before };
        self.documents.insert(path.clone(), document);
        let was_known = self.files.contains_key(&path);
        let mut effects: Vec<Effect> = self.stale(stale).into_iter().collect();
        effects.extend(self.rediscover(&path));
        // It may be a new file.
        if !was_known && self.files.contains_key(&path) {
            effects.extend(self.look_for_files());
        }
        effects
    }

    pub(in crate::session) fn closed(&mut self, path: &Utf8Path) -> Vec<Effect> {
        let Some(path) = RelPath::below(&self.root, path) else {
            return Vec::new();
        };
        match self.documents.remove(&path) {
            Some(_) => vec![self.scan_only(vec![path])],
            None => Vec::new(),
        }
    }

    /// Files changed on disk: those that shape the workspace mean a new scan, others themselves.
    pub(in crate::session) fn changed(&mut self, paths: &[RelPath]) -> Vec<Effect> {
        if paths.iter().any(crate::resolve::shapes_the_workspace) {
            self.begin_scan();
            let effect =
                Effect::Scan { folder: self.name.clone(), root: self.root.clone(), only: None };
            return vec![Effect::Show(Change::ScanStarted(self.name.clone())), effect];
        }
        let is_test = |path: &RelPath| {
            self.files.contains_key(path)
                || self.records.keys().any(|id| id.file == *path)
                || self.workspace.suites.iter().any(|suite| suite.has_test_file(path))
        };
        // Also those that are open: what they say is known, but not what the files say that they import.
        let mut tests: BTreeSet<RelPath> = paths.iter().filter(|p| is_test(p)).cloned().collect();
        tests.extend(self.dependent(paths));
        self.others.retain(|path, _| !paths.contains(path));
        match tests.is_empty() {
            true => Vec::new(),
            false => vec![self.scan_only(tests.into_iter().collect())],
        }
    }

    /// The files whose tests come in part from one of these.
    fn dependent(&self, paths: &[RelPath]) -> Vec<RelPath> {
        let comes_from =
            |file: &FileTests| file.others.iter().any(|(path, _)| paths.contains(path));
        let files = self.files.iter().filter(|(_, files)| files.iter().any(comes_from));
        files.map(|(path, _)| path.clone()).collect()
    }

    /// Reads what is on disk of the documents that an editor changed: it may have read them again from there.
    pub(in crate::session) fn read_edited(&self) -> Option<Effect> {
        let edited = self.documents.iter().filter(|(_, document)| !document.is_saved);
        let edited: Vec<RelPath> = edited.map(|(path, _)| path.clone()).collect();
        (!edited.is_empty()).then(|| self.scan_only(edited))
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
        let Some(document) = self.documents.get_mut(path) else {
            return Vec::new();
        };
        let (text, memory) = (document.text.clone(), std::mem::take(&mut document.memory));
        let read = |path: &RelPath| self.text(path).or_else(|| self.others.get(path)).cloned();
        let mut source = Source::edited(path, &text, &memory).beside(&read);
        let tests = self.workspace.discover(&mut source);
        let memory = source.into_memory(text.clone());
        if let Some(document) = self.documents.get_mut(path) {
            document.memory = memory;
            if document.is_saved {
                document.saved.clone_from(&tests);
            }
        }
        if tests.is_empty() && !self.files.contains_key(path) {
            return self.publish([path.on(&self.root)]);
        }
        let mut effects = self.replace(path, tests);
        let change = Change::Tests { folder: self.name.clone(), files: vec![path.clone()] };
        effects.push(Effect::Show(change));
        effects
    }

    /// Takes over a file's tests; outcomes of edited tests go stale, diagnostics move along.
    fn replace(&mut self, path: &RelPath, tests: Vec<FileTests>) -> Vec<Effect> {
        let parts: Vec<(RelPath, TestId)> = tests.iter().flat_map(parts).collect();
        match parts.is_empty() {
            true => self.parts.remove(path),
            false => self.parts.insert(path.clone(), parts),
        };
        let bare: Vec<Arc<Suite>> =
            tests.iter().filter(|file| file.is_bare).map(|file| file.suite.clone()).collect();
        match bare.is_empty() {
            true => self.bare.remove(path),
            false => self.bare.insert(path.clone(), bare),
        };
        if tests.iter().all(|file| file.items.is_empty()) {
            self.files.remove(path);
        } else {
            self.files.insert(path.clone(), tests);
        }
        let stale = self.mark_edited(path);
        let mut effects: Vec<Effect> = self.stale(stale).into_iter().collect();
        effects.extend(self.publish([path.on(&self.root)]));
        effects
    }

    /// Marks what was said of a file as a whole, such as that it does not compile: that is about its text, as it was `before` when
    /// an edit was first heard of.
    fn compare_file(&mut self, path: &RelPath, before: &str, now: &str) -> Vec<TestId> {
        let is_of_it = |id: &TestId| id.file == *path && id.names.is_empty();
        let said = self.records.iter_mut().filter(|(id, _)| is_of_it(id));
        let stale = said.filter_map(|(id, record)| {
            let read = *record.read.get_or_insert_with(|| Source::hash_of(before));
            let is_bad = record.result.outcome.is_bad();
            (is_bad && record.compare(read == Source::hash_of(now))).then(|| id.clone())
        });
        stale.collect()
    }

    fn stale(&self, tests: Vec<TestId>) -> Option<Effect> {
        let folder = self.name.clone();
        (!tests.is_empty()).then(|| Effect::Show(Change::Stale { folder, tests }))
    }

    /// Marks the outcomes of tests whose text changed.
    fn mark_edited(&mut self, path: &RelPath) -> Vec<TestId> {
        let hashes: HashMap<&TestId, u64> = self
            .files
            .get(path)
            .into_iter()
            .flatten()
            .flat_map(|f| f.items.iter())
            .map(|i| (&i.id, i.hash))
            .collect();
        let first = TestId::of_file(path.clone());
        let mut stale = Vec::new();
        let mut touch = |id: &TestId, record: &mut Record| {
            let Some((_, stood)) = record.stood else {
                return;
            };
            let mut above = std::iter::successors(Some(id.clone()), TestId::parent);
            let now = above.find_map(|id| hashes.get(&id).copied());
            if record.compare(now == Some(stood)) {
                stale.push(id.clone());
            }
        };
        for (id, record) in self.records.iter_mut().filter(|(id, _)| id.file == first.file) {
            touch(id, record);
        }
        stale
    }
}

/// The files that are parts of a file, and which.
fn parts(file: &FileTests) -> impl Iterator<Item = (RelPath, TestId)> {
    let whole = file.suite.of_file(file.path.clone());
    let id = move |names: &Vec<String>| TestId { names: names.clone(), ..whole.clone() };
    file.parts.iter().map(move |part| (part.file.clone(), id(&part.names)))
}
