//! Runs that start by themselves: whenever a file is saved, what of a standing wish it touches.

use std::time::Duration;

use camino::Utf8Path;

use super::{Change, Effect, Folder, Run, RunRequest, Selection, Session, Status};
use crate::id::{FolderName, RunId, TestId};
use crate::model::{End, Ended};
use crate::paths::RelPath;

/// A wish that stands until it is cancelled.
#[derive(Debug)]
pub(super) struct Watch {
    wish: RunRequest,
    folder: FolderName,
    /// How many runs it has started: each has a number.
    count: u64,
    last: Option<(RunId, Vec<TestId>)>,
}

/// What a saved file touches of a selection.
enum Touched {
    Nothing,
    /// These tests; all where there are none.
    Tests(Vec<TestId>),
}

impl Session {
    /// Begins to watch for what a request means, instead of running it at once.
    pub(super) fn watch(&mut self, wish: RunRequest) -> Vec<Effect> {
        let id = wish.id.clone();
        match self.may_begin(&wish) {
            Ok(folder) => {
                let watch = Watch { wish, folder, count: 0, last: None };
                self.watches.insert(id, watch);
                Vec::new()
            }
            Err(error) => vec![Effect::Show(Change::Refused { run: id, error })],
        }
    }

    /// A file was saved: what it touches of each standing wish runs. Where it is none of theirs, its
    /// own tests run as `by_itself`.
    pub(super) fn saved(&mut self, path: &Utf8Path, by_itself: Option<RunId>) -> Vec<Effect> {
        let found = self.folder_of(path);
        let found = found.and_then(|it| Some((it.name.clone(), RelPath::below(&it.root, path)?)));
        let Some((folder, file)) = found else {
            return Vec::new();
        };
        let is_under_way = |run: &&Run| run.folder == folder && run.status == Status::Running;
        let begun = self.runs.values().filter(is_under_way).map(|run| run.sequence).max();
        if let Some(folder) = self.folders.get_mut(&folder) {
            folder.saved(&file, begun);
        }
        if self.untrusted {
            return Vec::new();
        }
        let mut requests = Vec::new();
        let mut effects = Vec::new();
        for id in self.watches.keys().cloned().collect::<Vec<_>>() {
            let (stopped, request) = self.touch(&id, &folder, &file);
            effects.extend(stopped);
            requests.extend(request);
        }
        let holds_tests = self.folders[&folder].holds_tests(&file);
        if let Some(id) = by_itself.filter(|_| requests.is_empty() && holds_tests) {
            let selection = Selection::only(vec![TestId::of_file(file.clone())]);
            requests.push(RunRequest { folder: Some(folder), ..RunRequest::new(id, selection) });
        }
        if !requests.is_empty() && crate::resolve::shapes_the_workspace(&file) {
            // They run with what the file says now.
            effects.extend(self.changed(&[path.to_owned()]));
            self.waiting.extend(requests);
            return effects;
        }
        effects.extend(requests.into_iter().flat_map(|request| self.request(request)));
        effects
    }

    /// The run that a saved file means for a wish, and the end of the one before, where that would only
    /// say the same, of older text.
    fn touch(
        &mut self,
        id: &RunId,
        folder: &FolderName,
        file: &RelPath,
    ) -> (Vec<Effect>, Option<RunRequest>) {
        let (Some(watch), Some(folder)) = (self.watches.get_mut(id), self.folders.get(folder))
        else {
            return (Vec::new(), None);
        };
        let Selection::Tests { include, exclude } = &watch.wish.selection else {
            return (Vec::new(), None);
        };
        if watch.folder != folder.name {
            return (Vec::new(), None);
        }
        let Touched::Tests(touched) = folder.touched(file, include) else {
            return (Vec::new(), None);
        };
        watch.count += 1;
        let run = RunId::from(format!("{id}-{}", watch.count).as_str());
        let before = watch.last.replace((run.clone(), touched.clone()));
        let is_covered = |old: &[TestId]| {
            let covers = |id: &TestId| touched.iter().any(|new| new.holds(id));
            touched.is_empty() || (!old.is_empty() && old.iter().all(covers))
        };
        let selection = Selection::Tests { include: touched.clone(), exclude: exclude.clone() };
        let request = RunRequest {
            id: run,
            folder: Some(folder.name.clone()),
            selection,
            is_continuous: false,
            ..watch.wish.clone()
        };
        let obsolete = before.filter(|(_, old)| is_covered(old)).map(|(run, _)| run);
        let stopped = obsolete.into_iter().flat_map(|run| self.cancel(&run)).collect();
        (stopped, Some(request))
    }

    /// Ends a standing wish, and what it has started last; `None` where there is none of that name.
    pub(super) fn unwatch(&mut self, id: &RunId) -> Option<Vec<Effect>> {
        let watch = self.watches.remove(id)?;
        let last = watch.last.map(|(run, _)| self.cancel(&run));
        Some(last.into_iter().flatten().chain([over(id.clone())]).collect())
    }

    /// Ends the standing wishes for a folder that was closed, as its runs were.
    pub(super) fn unwatch_all(&mut self, folder: &FolderName) -> Vec<Effect> {
        let mut ended = Vec::new();
        self.watches.retain(|id, watch| {
            let stays = watch.folder != *folder;
            if !stays {
                ended.push(over(id.clone()));
            }
            stays
        });
        ended
    }
}

fn over(run: RunId) -> Effect {
    let ended = Ended { how: End::Cancelled, duration: Duration::ZERO, log: None };
    Effect::Show(Change::Ended { run, ended })
}

impl Folder {
    fn holds_tests(&self, file: &RelPath) -> bool {
        self.tests_in(file).iter().any(|tests| !tests.items.is_empty())
    }

    /// What of `include` a file touches: its own tests, or, where it has none, all that may use it.
    fn touched(&self, file: &RelPath, include: &[TestId]) -> Touched {
        if !self.holds_tests(file) {
            return if is_no_source(file) {
                Touched::Nothing
            } else {
                Touched::Tests(include.to_vec())
            };
        }
        if include.is_empty() {
            return Touched::Tests(vec![TestId::of_file(file.clone())]);
        }
        let part = |id: &TestId| {
            let whole = TestId { suite: id.suite.clone(), ..TestId::of_file(file.clone()) };
            let mut place = id.clone();
            place.folder = None;
            match place.holds(&whole) {
                true => Some(whole),
                false => whole.holds(&place).then_some(place),
            }
        };
        let parts: Vec<TestId> = include.iter().filter_map(part).collect();
        if parts.is_empty() { Touched::Nothing } else { Touched::Tests(parts) }
    }
}

/// Whether a file is one that no test reads: what tools keep for themselves, and texts for people.
fn is_no_source(file: &RelPath) -> bool {
    let hidden = file.as_str().split('/').any(|part| part.starts_with('.'));
    let text = [".md", ".rst", ".adoc"].iter().any(|ending| file.as_str().ends_with(ending));
    hidden || text
}
