//! Outcomes of files that are not there any more. A scan tells of files with tests that stand there; whether one
//! without any was deleted, or makes its tests as it is loaded, only a look at the disk can tell.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::Folder;
use crate::id::TestId;
use crate::paths::RelPath;
use crate::session::{Change, Effect};

impl Folder {
    /// Asks which of the files that have outcomes and no test are there; a scan under way may still find some.
    pub(in crate::session) fn look_for_files(&self) -> Option<Effect> {
        let told = self.records.keys().map(|id| &id.file);
        let is_doubtful = |file: &&RelPath| !file.is_root() && !self.files.contains_key(*file);
        let files: BTreeSet<RelPath> = told.filter(is_doubtful).cloned().collect();
        if self.scanning || (files.is_empty() && self.gone.is_empty()) {
            return None;
        }
        let (folder, root) = (self.name.clone(), self.root.clone());
        Some(Effect::LookForFiles { folder, root, files: files.into_iter().collect() })
    }

    /// Takes over which files are gone; their tests are shown nowhere any more.
    pub(in crate::session) fn files_gone(&mut self, files: Vec<RelPath>) -> Vec<Effect> {
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

    /// Whether a test's file was not there when it was last looked for.
    pub(super) fn is_in_gone_file(&self, id: &TestId) -> bool {
        self.gone.contains(&id.file) && !self.files.contains_key(&id.file)
    }
}
