//! The tests of files that did not change since an earlier process read them.
//!
//! One file a workspace in `$XDG_STATE_HOME/testdock`. What it says of a file holds while everything that its tests
//! are found by is the same: this program, the suites that the file is of, and its size, times and number on the
//! disk. A file that had just changed when it was read is not in it, since one more change may leave no trace; nor is
//! one whose tests come from other files too. Losing it loses nothing but time.

use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use testdock_core::frameworks::{Items, Suite, kept};
use testdock_core::paths::RelPath;
use testdock_core::workspace::FileTests;

use crate::state::replace;

/// No file system tells times more coarsely: FAT's are the coarsest.
const COARSEST: Duration = Duration::from_secs(2);

/// The cache of a workspace in which nothing was found anew for so long is removed.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A larger one is none of ours: this is enough for millions of tests.
const LARGEST: u64 = 256 << 20;

/// How the caches' files are called.
pub(super) const PREFIX: &str = "tests";

/// What is kept of a workspace's files, by path.
#[derive(Default)]
pub(super) struct Cache<'b>(HashMap<&'b str, Entry<'b>>);

#[derive(Serialize, Deserialize)]
struct Content<'b> {
    program: u64,
    #[serde(borrow)]
    entries: Vec<Entry<'b>>,
}

/// What is kept of a file.
#[derive(Clone, Serialize, Deserialize)]
struct Entry<'b> {
    path: &'b str,
    state: State,
    /// For each suite that it is of.
    #[serde(borrow)]
    tests: Vec<Tests<'b>>,
}

/// What one suite has of a file.
#[derive(Clone, Serialize, Deserialize)]
struct Tests<'b> {
    /// As [`kept::encode`] writes them.
    items: &'b [u8],
    is_bare: bool,
}

/// The tests of a file that was read.
pub(super) struct Fresh {
    path: RelPath,
    state: State,
    /// For each suite that it is of, with whether it is bare.
    tests: Vec<(Vec<u8>, bool)>,
}

/// What the tests that are found in a file depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// [`Suite::key`] of each suite that it is of.
    suites: Vec<u64>,
    stamp: Stamp,
}

/// What tells that a file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    /// Another one where it was replaced.
    number: u64,
    /// Seconds and nanoseconds since 1970.
    modified: (i64, i64),
    /// The same of when anything of it changed, which no program can set.
    changed: (i64, i64),
}

impl<'b> Cache<'b> {
    /// What the bytes of its file say: nothing where another program wrote them.
    pub(super) fn of(bytes: &'b [u8]) -> Self {
        let content = postcard::from_bytes(bytes).ok();
        let content = content.filter(|it: &Content<'_>| Some(it.program) == program());
        let entries = content.map(|it| it.entries).unwrap_or_default();
        Self(entries.into_iter().map(|entry| (entry.path, entry)).collect())
    }

    /// The tests of a file in this state, which is of these suites.
    pub(super) fn get(
        &self,
        path: &RelPath,
        state: &State,
        suites: &[&Arc<Suite>],
    ) -> Option<Vec<FileTests>> {
        let entry = self.0.get(path.as_str()).filter(|entry| entry.state == *state)?;
        let found = suites.iter().zip(&entry.tests).map(|(suite, tests)| {
            let items: Items = kept::decode(tests.items, &suite.of_file(path.clone()))?.into();
            Some(FileTests {
                suite: (*suite).clone(),
                path: path.clone(),
                items,
                is_bare: tests.is_bare,
                others: Vec::new(),
                parts: Vec::new(),
            })
        });
        found.collect()
    }

    /// Writes down what was read, beside what is kept of the others of the workspace's files.
    pub(super) fn write(
        &self,
        path: &Utf8Path,
        fresh: &[Fresh],
        files: &[RelPath],
    ) -> io::Result<()> {
        let Some(program) = program() else {
            return Ok(());
        };
        let mut entries: Vec<Entry<'_>> = fresh.iter().map(Fresh::entry).collect();
        let known: HashSet<&str> = entries.iter().map(|entry| entry.path).collect();
        let others = files.iter().filter(|file| !known.contains(file.as_str()));
        entries.extend(others.filter_map(|file| self.0.get(file.as_str()).cloned()));
        replace(path, || {
            postcard::to_allocvec(&Content { program, entries }).map_err(io::Error::other)
        })?;
        path.parent().map_or(Ok(()), remove_unused)
    }
}

impl Fresh {
    /// What was found in a file that was in this state before it was read. Of one with parts elsewhere nothing is kept.
    pub(super) fn of(path: &RelPath, state: State, found: &[FileTests]) -> Option<Self> {
        if found.iter().any(|file| !file.parts.is_empty()) {
            return None;
        }
        let encode = |file: &FileTests| {
            let items = kept::encode(&file.items, &file.suite.of_file(path.clone()))?;
            Some((items, file.is_bare))
        };
        let tests: Option<Vec<_>> = found.iter().map(encode).collect();
        Some(Self { path: path.clone(), state, tests: tests? })
    }

    fn entry(&self) -> Entry<'_> {
        let tests = self.tests.iter().map(|(items, is_bare)| Tests { items, is_bare: *is_bare });
        let tests = tests.collect();
        Entry { path: self.path.as_str(), state: self.state.clone(), tests }
    }
}

impl State {
    /// Of the file at `path` as it is now, of the suites with these keys.
    pub(super) fn of(path: &Utf8Path, suites: Vec<u64>) -> Option<Self> {
        let stamp = Stamp::of(&fs::metadata(path).ok()?);
        Some(Self { suites, stamp })
    }

    /// Whether one more change, after `now`, would surely be seen.
    pub(super) fn is_settled(&self, now: SystemTime) -> bool {
        let seconds = |time: SystemTime| {
            let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        };
        self.stamp.modified.0.max(self.stamp.changed.0) < seconds(now - COARSEST)
    }
}

impl Stamp {
    #[cfg(unix)]
    fn of(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            size: file.size(),
            number: file.ino(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }

    #[cfg(not(unix))]
    fn of(file: &Metadata) -> Self {
        let modified = file.modified().ok();
        let modified = modified.and_then(|it| it.duration_since(SystemTime::UNIX_EPOCH).ok());
        let modified = modified.unwrap_or_default();
        let seconds = i64::try_from(modified.as_secs()).unwrap_or(i64::MAX);
        let modified = (seconds, i64::from(modified.subsec_nanos()));
        Self { size: file.len(), number: 0, modified, changed: modified }
    }
}

/// The bytes of a cache's file, where there is one.
pub(super) fn read(path: &Utf8Path) -> Option<Vec<u8>> {
    let file = fs::metadata(path).ok()?;
    (file.is_file() && file.len() <= LARGEST).then(|| fs::read(path).ok())?
}

/// A number of this build of the program: another one may find other tests.
fn program() -> Option<u64> {
    let program = fs::metadata(std::env::current_exe().ok()?).ok()?;
    let mut hasher = DefaultHasher::new();
    Stamp::of(&program).hash(&mut hasher);
    Some(hasher.finish())
}

/// Workspaces go, and no one says so.
fn remove_unused(directory: &Utf8Path) -> io::Result<()> {
    let is_unused = |file: &Metadata| {
        let age = file.modified().ok().and_then(|modified| modified.elapsed().ok());
        age.is_some_and(|age| age > UNUSED)
    };
    for entry in directory.read_dir_utf8()? {
        let entry = entry?;
        let file = entry.metadata()?;
        if entry.file_name().starts_with(PREFIX) && file.is_file() && is_unused(&file) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
