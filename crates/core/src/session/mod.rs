//! The one owner of state: what is open, what was found, what ran and how it ended.
//!
//! Synchronous and pure: an input goes in, effects come out. The dispatcher in `testdock-engine`
//! performs the effects and brings what they yield back as inputs; CLI and language server are two
//! sinks of the same loop.

mod folder;
mod interpreters;
mod message;
mod run;
mod select;
mod watches;

pub use folder::{Folder, Record, Stale};
pub use message::{Change, Effect, Input};
pub use run::{Run, Status};
pub use select::{RunRequest, Selection};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use interpreters::Told;
use watches::Watch;

use crate::id::{FolderName, RunId, TestId};
use crate::model::{End, Ended, Outcome, RunEvent};
use crate::paths::RelPath;
use crate::workspace::{FileTests, Workspace};

/// All that Testdock knows.
#[derive(Debug, Default)]
pub struct Session {
    folders: BTreeMap<FolderName, Folder>,
    runs: BTreeMap<RunId, Run>,
    /// Requests that cannot be met yet: their folder is still being read, or they are held.
    waiting: Vec<RunRequest>,
    held: usize,
    /// Requests that stand: what a saved file touches of them runs.
    watches: BTreeMap<RunId, Watch>,
    /// Counts runs: a higher number is a newer run.
    sequence: u64,
    untrusted: bool,
    /// Whether somebody wants to know how the interpreters stand.
    watches_interpreters: bool,
}

/// Ended runs that are kept for those who ask about them.
const KEPT_RUNS: usize = 16;

impl Session {
    /// Takes one input to its consequences.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Announce { folder, root } => {
                self.folder_at(folder, root);
                Vec::new()
            }
            Input::Hold => {
                self.held += 1;
                Vec::new()
            }
            Input::Release => {
                self.held = self.held.saturating_sub(1);
                self.retry_waiting()
            }
            Input::Open { folder, root } => self.open(folder, root),
            Input::Close(folder) => self.close(&folder),
            Input::Restored { folder, outcomes } => self.restore(&folder, outcomes),
            Input::Resolved { folder, workspace } => self.resolved(&folder, *workspace),
            Input::Found { folder, files } => self.found(&folder, files),
            Input::ScanEnded(folder) => self.scan_ended(&folder),
            Input::FilesGone { folder, files } => self.files_gone(&folder, files),
            Input::Edited { path, version, text } => self.edited(&path, version, &text),
            Input::Closed(path) => self.closed(&path),
            Input::Saved { path, by_itself } => self.saved(&path, by_itself),
            Input::Changed(paths) => self.changed(&paths),
            Input::Trusted(trusted) => self.trusted(trusted),
            Input::Run(wish) if wish.is_continuous => self.watch(wish),
            Input::Run(request) => self.request(request),
            Input::Cancel(run) => self.cancel(&run),
            Input::Event(run, event) => self.event(&run, event),
            Input::WatchInterpreters => self.watch_interpreters(),
            Input::Looked { folder, standings } => self.looked(&folder, standings),
            Input::Reminded(folder) => self.look_again(&folder),
        }
    }

    /// The open folders, by name.
    pub fn folders(&self) -> impl Iterator<Item = &Folder> {
        self.folders.values()
    }

    /// The folder that holds a file; the innermost where they nest.
    pub fn folder_of(&self, path: &Utf8Path) -> Option<&Folder> {
        self.folders
            .values()
            .filter(|f| path.starts_with(&f.root))
            .max_by_key(|f| f.root.as_str().len())
    }

    /// A run, while it goes on and for a while after.
    pub fn run(&self, id: &RunId) -> Option<&Run> {
        self.runs.get(id)
    }

    /// The runs that are known, oldest first.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        let mut runs: Vec<&Run> = self.runs.values().collect();
        runs.sort_by_key(|run| run.sequence);
        runs.into_iter()
    }

    /// The newest outcome of a test.
    pub fn record(&self, id: &TestId) -> Option<&Record> {
        self.folder_of_id(id)?.record(id)
    }

    /// The folder that a test's id means; with one folder open, an id need not name it.
    pub fn folder_of_id(&self, id: &TestId) -> Option<&Folder> {
        match &id.folder {
            Some(name) => self.folders.get(name),
            None => self.folders.values().next(),
        }
    }

    fn folder_at(&mut self, name: FolderName, root: Utf8PathBuf) -> &mut Folder {
        let entry = self.folders.entry(name.clone());
        entry.or_insert_with(|| Folder::new(name, root))
    }

    fn open(&mut self, name: FolderName, root: Utf8PathBuf) -> Vec<Effect> {
        self.folder_at(name.clone(), root.clone()).begin_scan();
        vec![
            Effect::Show(Change::ScanStarted(name.clone())),
            Effect::Scan { folder: name, root, only: None },
        ]
    }

    fn close(&mut self, name: &FolderName) -> Vec<Effect> {
        let Some(mut folder) = self.folders.remove(name) else {
            return Vec::new();
        };
        let runs = self.runs.values().filter(|r| r.folder == *name && r.is_active());
        let mut effects: Vec<Effect> = runs.map(|r| Effect::Stop(r.id.clone())).collect();
        effects.extend(self.unwatch_all(name));
        effects.extend(self.forget_waiting(|request| request.folder.as_ref() == Some(name)));
        effects.extend(folder.forget_all());
        effects.push(Effect::Show(Change::FolderClosed { folder: folder.name, root: folder.root }));
        effects
    }

    fn restore(&mut self, name: &FolderName, outcomes: Vec<(TestId, Outcome)>) -> Vec<Effect> {
        if let Some(folder) = self.folders.get_mut(name) {
            folder.restore(outcomes);
        }
        Vec::new()
    }

    fn trusted(&mut self, trusted: bool) -> Vec<Effect> {
        self.untrusted = !trusted;
        let folders: Vec<FolderName> = self.folders.keys().cloned().collect();
        folders.iter().flat_map(|folder| self.look(folder)).collect()
    }

    fn resolved(&mut self, name: &FolderName, workspace: Workspace) -> Vec<Effect> {
        let Some(folder) = self.folders.get_mut(name) else {
            return Vec::new();
        };
        let mut effects = folder.resolved(workspace);
        effects.extend(self.show_interpreters(name));
        effects.extend(self.look(name));
        effects.extend(self.retry_waiting());
        effects
    }

    fn found(&mut self, name: &FolderName, files: Vec<FileTests>) -> Vec<Effect> {
        self.folders.get_mut(name).map(|f| f.found(files)).unwrap_or_default()
    }

    fn files_gone(&mut self, name: &FolderName, files: Vec<RelPath>) -> Vec<Effect> {
        let told = self.folders.get_mut(name).map(|f| f.files_gone(files));
        let mut effects = told.unwrap_or_default();
        effects.extend(self.retry_waiting());
        effects
    }

    fn scan_ended(&mut self, name: &FolderName) -> Vec<Effect> {
        let ended = self.folders.get_mut(name).map(Folder::end_scan);
        let mut effects = ended.unwrap_or_default();
        effects.extend(self.retry_waiting());
        effects
    }

    /// Meets the requests that can be met by now.
    fn retry_waiting(&mut self) -> Vec<Effect> {
        let waiting = std::mem::take(&mut self.waiting);
        waiting.into_iter().flat_map(|request| self.request(request)).collect()
    }

    fn edited(&mut self, path: &Utf8Path, version: i32, text: &Arc<str>) -> Vec<Effect> {
        self.folder_of_mut(path).map(|f| f.edited(path, version, text)).unwrap_or_default()
    }

    fn closed(&mut self, path: &Utf8Path) -> Vec<Effect> {
        self.folder_of_mut(path).map(|f| f.closed(path)).unwrap_or_default()
    }

    fn changed(&mut self, paths: &[Utf8PathBuf]) -> Vec<Effect> {
        let mut effects = Vec::new();
        for folder in self.folders.values_mut() {
            let here: Vec<RelPath> =
                paths.iter().filter_map(|p| RelPath::below(&folder.root, p)).collect();
            if !here.is_empty() {
                effects.extend(folder.changed(&here));
            }
        }
        effects.extend(self.build_inputs_changed(paths));
        effects
    }

    fn cancel(&mut self, id: &RunId) -> Vec<Effect> {
        if let Some(effects) = self.unwatch(id) {
            return effects;
        }
        let waiting = self.forget_waiting(|request| request.id == *id);
        if !waiting.is_empty() {
            return waiting;
        }
        match self.runs.get(id) {
            Some(run) if run.is_active() => vec![Effect::Stop(id.clone())],
            _ => Vec::new(),
        }
    }

    /// Ends requests that still wait for their folder to be read.
    fn forget_waiting(&mut self, which: impl Fn(&RunRequest) -> bool) -> Vec<Effect> {
        let ended = self.waiting.extract_if(.., |request| which(request));
        let effect = |request: RunRequest| {
            let ended = Ended { how: End::Cancelled, duration: Duration::ZERO, log: None };
            let run = request.id;
            Effect::Show(Change::Ended { run, ended })
        };
        ended.map(effect).collect()
    }

    fn folder_of_mut(&mut self, path: &Utf8Path) -> Option<&mut Folder> {
        let name = self.folder_of(path)?.name.clone();
        self.folders.get_mut(&name)
    }

    fn event(&mut self, id: &RunId, event: RunEvent) -> Vec<Effect> {
        let Some(run) = self.runs.get_mut(id).filter(|run| run.is_active()) else {
            return Vec::new();
        };
        // The folder may have been closed while its run was dying.
        let Some(folder) = self.folders.get_mut(&run.folder) else {
            let RunEvent::Ended(ended) = event else {
                return Vec::new();
            };
            self.runs.remove(id);
            let run = id.clone();
            return vec![Effect::Show(Change::Ended { run, ended })];
        };
        let (name, told) = (run.folder.clone(), Told::by(&event, run.is_fresh()));
        let mut effects = run.event(folder, event);
        if let Some(told) = told {
            effects.extend(self.run_told(id, &name, &told));
        }
        self.prune_runs();
        effects
    }

    fn prune_runs(&mut self) {
        let mut ended: Vec<(u64, RunId)> = self
            .runs
            .values()
            .filter(|run| !run.is_active())
            .map(|run| (run.sequence, run.id.clone()))
            .collect();
        ended.sort();
        let surplus = ended.len().saturating_sub(KEPT_RUNS);
        for (_, id) in ended.drain(..surplus) {
            self.runs.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests;
