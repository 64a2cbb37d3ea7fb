//! Finds the tests of files: on all processors, batch by batch, each file read once.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use camino::Utf8Path;
use testdock_core::frameworks::{Source, Suite};
use testdock_core::paths::RelPath;
use testdock_core::workspace::{FileTests, Workspace};

use super::cache::{Cache, Fresh, State};
use crate::text;

/// Files of tests that are handed on at once.
const BATCH: usize = 256;

/// Finds tests in a workspace.
pub(super) struct Finder<'f> {
    root: &'f Utf8Path,
    workspace: &'f Workspace,
    /// Of each suite of the workspace.
    keys: Vec<u64>,
    cache: &'f Cache<'f>,
    others: Others,
    /// When it began.
    pub(super) now: SystemTime,
    fresh: Mutex<Vec<Fresh>>,
}

impl<'f> Finder<'f> {
    pub(super) fn new(root: &'f Utf8Path, workspace: &'f Workspace, cache: &'f Cache<'f>) -> Self {
        Self {
            root,
            workspace,
            keys: workspace.suites.iter().map(|suite| suite.key()).collect(),
            cache,
            others: Others::default(),
            now: SystemTime::now(),
            fresh: Mutex::default(),
        }
    }

    /// Hands on the tests of these files, and returns those that the cache may keep and does not know.
    pub(super) fn in_parallel(
        self,
        files: &[RelPath],
        take: impl Fn(Vec<FileTests>) + Sync,
    ) -> Vec<Fresh> {
        let is_test = |path: &&RelPath| self.workspace.suites_of(path).next().is_some();
        let tests: Vec<&RelPath> = files.iter().filter(is_test).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = tests.len().div_ceil(threads).max(1);
        std::thread::scope(|scope| {
            for share in tests.chunks(share) {
                scope.spawn(|| {
                    for batch in share.chunks(BATCH) {
                        take(batch.iter().flat_map(|path| self.find(path)).collect());
                    }
                });
            }
        });
        self.fresh.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, path: &RelPath) -> Vec<FileTests> {
        let suites: Vec<&Arc<Suite>> = self.workspace.suites_of(path).collect();
        let state = self.state(path, &suites);
        let kept = state.as_ref().and_then(|state| self.cache.get(path, state, &suites));
        kept.unwrap_or_else(|| {
            let (found, is_alone) = self.read(path);
            let state = state.filter(|state| is_alone && state.is_settled(self.now));
            let fresh = state.and_then(|state| Fresh::of(path, state, &found));
            self.fresh.lock().unwrap_or_else(PoisonError::into_inner).extend(fresh);
            found
        })
    }

    fn state(&self, path: &RelPath, suites: &[&Arc<Suite>]) -> Option<State> {
        let all = self.workspace.suites.iter().zip(&self.keys);
        let own = all.filter(|(suite, _)| suites.iter().any(|own| Arc::ptr_eq(own, suite)));
        State::of(&path.on(self.root), own.map(|(_, key)| *key).collect())
    }

    /// The tests of a file, and whether it was read and no other file has a say in them.
    fn read(&self, path: &RelPath) -> (Vec<FileTests>, bool) {
        let text = text::read_lossy(&path.on(self.root));
        let is_alone = Cell::new(text.is_ok());
        // Gone or unreadable: nothing stands there any more.
        let text = text.unwrap_or_default();
        let read = |path: &RelPath| {
            is_alone.set(false);
            self.others.read(self.root, path)
        };
        let found = self.workspace.discover(&mut Source::new(path, &text).beside(&read));
        (found, is_alone.get())
    }
}

/// Files that several files of tests come from are read once, and those that are not there looked for once.
#[derive(Default)]
struct Others(Mutex<HashMap<RelPath, Option<Arc<str>>>>);

impl Others {
    fn read(&self, root: &Utf8Path, path: &RelPath) -> Option<Arc<str>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = known.entry(path.clone()).or_insert_with(|| {
            let text = text::read_lossy(&path.on(root)).ok()?;
            Some(text.into())
        });
        text.clone()
    }
}
