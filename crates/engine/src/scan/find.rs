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
    /// Its suites, with [`Suite::key`] of each.
    suites: Vec<(&'f Arc<Suite>, u64)>,
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
            suites: workspace.suites.iter().map(|suite| (suite, suite.key())).collect(),
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
        let of_suites = files.iter().map(|path| (path, self.suites_of(path)));
        let tests: Vec<_> = of_suites.filter(|(_, suites)| !suites.is_empty()).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = tests.len().div_ceil(threads).max(1);
        std::thread::scope(|scope| {
            for share in tests.chunks(share) {
                scope.spawn(|| {
                    for batch in share.chunks(BATCH) {
                        take(
                            batch
                                .iter()
                                .flat_map(|(path, suites)| self.find(path, suites))
                                .collect(),
                        );
                    }
                });
            }
        });
        self.fresh.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The suites of which a file may hold tests.
    fn suites_of(&self, path: &RelPath) -> Vec<(&'f Arc<Suite>, u64)> {
        let own = self.suites.iter().filter(|(suite, _)| suite.has_test_file(path));
        own.copied().collect()
    }

    fn find(&self, path: &RelPath, suites: &[(&Arc<Suite>, u64)]) -> Vec<FileTests> {
        let (suites, keys): (Vec<_>, Vec<_>) = suites.iter().copied().unzip();
        let state = State::of(&path.on(self.root), keys);
        let kept = state.as_ref().and_then(|state| self.cache.get(path, state, &suites));
        kept.unwrap_or_else(|| {
            let (found, is_alone) = self.read(path);
            let state = state.filter(|state| is_alone && state.is_settled(self.now));
            let fresh = state.and_then(|state| Fresh::of(path, state, &found));
            self.fresh.lock().unwrap_or_else(PoisonError::into_inner).extend(fresh);
            found
        })
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
