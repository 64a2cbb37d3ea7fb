//! Tells clients that draw icons beside lines how the tests of a file stand: all of a file at once, and not too often.
//!
//! Every client would else have to know which test holds which, and of what all of it is worth.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::id::{FolderName, RunId, TestId};
use testdock_core::paths::RelPath;
use testdock_core::session::{Change, Folder, Session};
use testdock_core::views::{self, Standing};
use tokio::sync::Notify;

use crate::ext::{FileMarks, FileMarksParams, TestMark};
use crate::shared::Shared;
use crate::to_proto;

/// A file is told of at most so often.
const PAUSE: Duration = Duration::from_millis(200);

/// What is to be told. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    bell: Arc<Notify>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Files of which something changed.
    due: BTreeSet<Utf8PathBuf>,
    /// What was said of each file, as a hash: nothing is said twice. `None` where it was opened since.
    told: HashMap<Utf8PathBuf, Option<u64>>,
    /// The tests of each run that did not end yet.
    moving: HashMap<RunId, BTreeMap<TestId, Standing>>,
}

impl Marks {
    /// Follows what changes in the session.
    pub(crate) fn follow(&self, shared: &Shared, session: &Session, change: &Change) {
        if shared.client_can().marks {
            self.touch_changed(shared, session, change);
        }
        self.keep_track(change);
    }

    /// How tests stand is told of files that are open, of others once they are.
    fn touch_changed(&self, shared: &Shared, session: &Session, change: &Change) {
        let named = |name: &FolderName| session.folders().find(|it| it.name == *name);
        let of = |run: &RunId| session.run(run).and_then(|run| named(&run.folder));
        match change {
            // Ids may be other ones, and files belong to no folder any more.
            Change::FolderClosed { .. } | Change::ScanStarted(_) => self.touch_all(),
            Change::Tests { folder, files } => {
                let roots = named(folder).into_iter().map(|folder| &folder.root);
                let paths = roots.flat_map(|root| files.iter().map(|file| file.on(root)));
                paths.for_each(|path| self.touch(path));
            }
            Change::Stale { folder, tests } => self.touch_open(shared, named(folder), tests),
            Change::Queued { run, tests } => self.touch_open(shared, of(run), tests),
            Change::TestStarted { run, id } | Change::TestRetracted { run, id } => {
                self.touch_open(shared, of(run), [id]);
            }
            Change::TestFinished { run, result, .. } => {
                self.touch_open(shared, of(run), [&result.id]);
            }
            Change::Refused { run, .. } | Change::Ended { run, .. } => {
                let left = self.state().moving.get(run).cloned().unwrap_or_default();
                self.touch_open(shared, of(run), left.keys());
            }
            _ => {}
        }
    }

    /// Knows which tests are on their way.
    fn keep_track(&self, change: &Change) {
        match change {
            Change::Queued { run, tests } => {
                let queued = tests.iter().map(|id| (id.clone(), Standing::Enqueued));
                self.state().moving.insert(run.clone(), queued.collect());
            }
            Change::TestStarted { run, id } => self.move_on(run, id, Some(Standing::Started)),
            Change::TestFinished { run, result, .. } => self.move_on(run, &result.id, None),
            Change::Refused { run, .. } | Change::Ended { run, .. } => {
                self.state().moving.remove(run);
            }
            _ => {}
        }
    }

    /// A document was opened: a client need not have kept what it was told before of files that it did not show.
    pub(crate) fn opened(&self, shared: &Shared, path: &Utf8Path) {
        if shared.client_can().marks {
            if let Some(told) = self.state().told.get_mut(path) {
                *told = None;
            }
            self.touch(path.to_owned());
        }
    }

    /// The tests of a folder that are on their way.
    pub(crate) fn moving(
        &self,
        session: &Session,
        folder: &FolderName,
    ) -> BTreeMap<TestId, Standing> {
        self.state().moving(session, folder).map(|(id, it)| (id.clone(), it)).collect()
    }

    fn touch(&self, file: Utf8PathBuf) {
        self.state().due.insert(file);
        self.bell.notify_one();
    }

    fn touch_all(&self) {
        let mut state = self.state();
        let State { due, told, .. } = &mut *state;
        due.extend(told.keys().cloned());
        self.bell.notify_one();
    }

    fn touch_open<'a>(
        &self,
        shared: &Shared,
        folder: Option<&Folder>,
        tests: impl IntoIterator<Item = &'a TestId>,
    ) {
        let files: BTreeSet<&RelPath> = tests.into_iter().map(|id| &id.file).collect();
        let roots = folder.into_iter().map(|folder| &folder.root);
        let paths = roots.flat_map(|root| files.iter().map(|file| file.on(root)));
        paths.filter(|path| shared.documents.is_open(path)).for_each(|path| self.touch(path));
    }

    /// A test of a run begins or ends. It may be a case of one that was queued.
    fn move_on(&self, run: &RunId, id: &TestId, standing: Option<Standing>) {
        if let Some(moving) = self.state().moving.get_mut(run) {
            moving.remove(&TestId { case: None, ..id.clone() });
            moving.remove(id);
            moving.extend(standing.map(|standing| (id.clone(), standing)));
        }
    }

    /// Tells what is due, the first change at once and the last one for certain.
    pub(crate) async fn pass_on(self, shared: Arc<Shared>) {
        loop {
            self.bell.notified().await;
            let (marks, at_loop) = (self.clone(), shared.clone());
            shared.handle.ask(move |session| marks.tell(&at_loop, session)).await;
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn tell(&self, shared: &Shared, session: &Session) {
        let mut state = self.state();
        for path in std::mem::take(&mut state.due) {
            let Some(uri) = shared.uri(&path) else { continue };
            let (id, marks) = state.of(session, &path);
            // A client may know a file that it opens by another spelling than the one that it was told of.
            let hash = Some(hash(&(uri.as_str(), &id, &marks)));
            let is_news = if marks.is_empty() {
                state.told.remove(&path).is_some()
            } else {
                state.told.insert(path.clone(), hash) != Some(hash)
            };
            if is_news {
                let seq = shared.next_seq();
                shared.outbox.notify::<FileMarks>(FileMarksParams { uri, id, seq, marks });
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn moving<'s>(
        &'s self,
        session: &'s Session,
        folder: &'s FolderName,
    ) -> impl Iterator<Item = (&'s TestId, Standing)> {
        let is_its = move |run: &RunId| session.run(run).is_some_and(|it| it.folder == *folder);
        let runs = self.moving.iter().filter(move |(run, _)| is_its(run));
        runs.flat_map(|(_, tests)| tests).map(|(id, it)| (id, *it))
    }

    /// A file's id and marks; none where no folder has it any more.
    fn of(&self, session: &Session, path: &Utf8Path) -> (String, Vec<TestMark>) {
        let folder = session.folder_of(path);
        let known = folder.and_then(|it| Some((it, RelPath::below(&it.root, path)?)));
        let Some((folder, file)) = known else {
            return <_>::default();
        };
        let moving = self.moving(session, &folder.name).filter(|(id, _)| id.file == file);
        let marks = views::marks(folder, &file, &moving.collect());
        let suite = marks.first().and_then(|mark| mark.id.suite.clone());
        let whole = TestId { suite, ..TestId::of_file(file) };
        let marks = marks.iter().map(|mark| to_proto::mark(session, folder, mark));
        (to_proto::id(session, folder, &whole), marks.collect())
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
