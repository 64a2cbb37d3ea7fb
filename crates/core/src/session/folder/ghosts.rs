//! Files that are not there: deleted, or new in an editor and never saved. A scan tells of files with tests that stand
//! there; whether one without any was deleted, or makes its tests as it is loaded, only a look at the disk can tell.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::Folder;
use crate::id::TestId;
use crate::paths::RelPath;
use crate::session::{Change, Effect};

impl Folder {
    /// Asks which files are there that have outcomes and no test, or are open and have none on disk; a scan under way
    /// may still find some.
    pub(in crate::session) fn look_for_files(&mut self) -> Option<Effect> {
        let told = self.records.keys().map(|id| &id.file);
        let is_doubtful = |file: &&RelPath| !file.is_root() && !self.files.contains_key(*file);
        let open = self.documents.keys().filter(|file| !self.seen.contains(*file));
        let doubtful = told.filter(is_doubtful).chain(open);
        let files: BTreeSet<RelPath> = doubtful.cloned().collect();
        if self.scanning || (files.is_empty() && self.gone.is_empty()) {
            return None;
        }
        self.lookups += 1;
        let (folder, root) = (self.name.clone(), self.root.clone());
        Some(Effect::LookForFiles { folder, root, files: files.into_iter().collect() })
    }

    /// Takes over which files are gone; their tests are shown nowhere any more.
    pub(in crate::session) fn files_gone(&mut self, files: Vec<RelPath>) -> Vec<Effect> {
        self.lookups = self.lookups.saturating_sub(1);
        let before = std::mem::replace(&mut self.gone, files.into_iter().collect());
        let other: Vec<RelPath> = before.symmetric_difference(&self.gone).cloned().collect();
        if other.is_empty() {
            return Vec::new();
        }
        let paths: Vec<Utf8PathBuf> = other.iter().map(|file| file.on(&self.root)).collect();
        let folder = self.name.clone();
        let mut effects = vec![Effect::Show(Change::Tests { folder, files: other })];
        effects.extend(self.publish(paths));
        effects
    }

    /// A file was saved, and so is there; `begun` is the newest run whose tests run.
    pub(in crate::session) fn saved(&mut self, file: &RelPath, begun: Option<u64>) {
        self.gone.remove(file);
        // Whatever a look says that was on its way.
        self.seen.insert(file.clone());
        let tests = self.tests_in(file).to_vec();
        if let Some(document) = self.documents.get_mut(file) {
            document.save(tests, begun);
        }
    }

    /// The first of these tests whose file is in an editor, and not on disk.
    pub(in crate::session) fn unsaved<'t>(&self, tests: &'t [TestId]) -> Option<&'t RelPath> {
        self.only_in_editor(tests).find(|file| self.gone.contains(*file))
    }

    /// Whether it will be known in a moment which of these tests' files are on disk.
    pub(in crate::session) fn is_looking_for(&self, tests: &[TestId]) -> bool {
        self.is_looking() && self.only_in_editor(tests).next().is_some()
    }

    /// Whether it will be known in a moment which files of outcomes are on disk.
    pub(in crate::session) fn is_looking(&self) -> bool {
        self.lookups > 0
    }

    /// Files that are open, and of which nothing was found on disk.
    fn only_in_editor<'t>(&self, tests: &'t [TestId]) -> impl Iterator<Item = &'t RelPath> {
        let files = tests.iter().map(|id| &id.file);
        files.filter(|file| self.documents.contains_key(*file) && !self.seen.contains(*file))
    }

    /// Whether a test's file was not there when it was last looked for.
    pub(super) fn is_in_gone_file(&self, id: &TestId) -> bool {
        self.gone.contains(&id.file) && !self.files.contains_key(&id.file)
    }
}
