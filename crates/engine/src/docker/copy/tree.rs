//! What of the workspace goes to an engine that does not share it: a look at every file, and what differs
//! from the last look.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};
use serde::{Deserialize, Serialize};
use testdock_core::interpreter::dockerignore::Matcher;
use testdock_core::paths::RelPath;

use crate::docker::context::{mode, owner};
use crate::text;

/// Overrides what the other files with rules say.
const OWN_RULES: &str = ".testdockignore";
/// What version control keeps for itself: often larger than all the rest.
const STORES: [&str; 4] = [".git", ".hg", ".svn", ".jj"];
/// A file that was written so shortly before it was looked at may have been written again since, with the
/// same time and size.
const TICK: Duration = Duration::from_millis(20);

/// A part of the workspace, and the directory of the container that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) host: Utf8PathBuf,
    pub(crate) dir: String,
}

/// By the path in the container: what lies there.
pub(super) type Tree = BTreeMap<String, Entry>;

/// A file, directory or link, as far as a difference matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    kind: Kind,
    mode: u32,
    owner: (u64, u64),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    /// Nanoseconds since the epoch: when it was written, and when anything of it changed.
    File {
        size: u64,
        written: u128,
        changed: u128,
    },
    Dir,
    Link(PathBuf),
}

/// Looks at the parts. Paths below one of `hidden`, directories of the container, are left out.
pub(super) fn look(root: &Utf8Path, parts: &[Part], hidden: &[String]) -> Tree {
    let rules = Rules::of(root);
    let mut tree = Tree::new();
    for part in parts {
        tree.extend(look_at(part, &rules, hidden));
    }
    tree
}

/// Those of the workspace's files that stay at home since builds do without them.
pub(in crate::docker) fn left_out<'f>(
    root: &Utf8Path,
    files: &'f [RelPath],
) -> impl Iterator<Item = &'f RelPath> {
    let rules = Rules::of(root);
    files.iter().filter(move |file| rules.stays(file.on(&rules.root).as_std_path(), false))
}

fn look_at(part: &Part, rules: &Rules, hidden: &[String]) -> Tree {
    let found = Mutex::new(Tree::new());
    let walk = WalkBuilder::new(&part.host)
        .hidden(false)
        .ignore(false)
        .require_git(false)
        .add_custom_ignore_filename(OWN_RULES)
        .filter_entry({
            let rules = rules.clone();
            move |entry| rules.enters(entry)
        })
        .threads(std::thread::available_parallelism().map_or(2, usize::from).min(8))
        .build_parallel();
    let since = SystemTime::now();
    walk.run(|| {
        let mut batch = Batch { found: &found, entries: Vec::new() };
        Box::new(move |entry| {
            if let Ok(entry) = entry
                && !rules.leaves(&entry)
                && let Some((path, entry)) = seen(&entry, part, since)
                && !hidden.iter().any(|dir| is_below(&path, dir))
            {
                batch.entries.push((path, entry));
            }
            WalkState::Continue
        })
    });
    let mut tree = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    add_parents(&mut tree, part, since);
    tree
}

/// What one thread has found, handed over at its end.
struct Batch<'a> {
    found: &'a Mutex<Tree>,
    entries: Vec<(String, Entry)>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        found.extend(self.entries.drain(..));
    }
}

fn is_below(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn seen(entry: &DirEntry, part: &Part, since: SystemTime) -> Option<(String, Entry)> {
    let path = Utf8Path::from_path(entry.path())?;
    let below = path.strip_prefix(&part.host).ok()?;
    let metadata = entry.metadata().ok()?;
    let path = match below.as_str() {
        "" => part.dir.clone(),
        below => format!("{}/{below}", part.dir.trim_end_matches('/')),
    };
    Some((path, Entry::of(entry.path(), &metadata, since)?))
}

/// Directories that are ignored, with something in them that is not.
fn add_parents(tree: &mut Tree, part: &Part, since: SystemTime) {
    let parents = tree.keys().filter_map(|path| path.rsplit_once('/')).map(|(dir, _)| dir);
    let mut missing: Vec<String> = parents
        .filter(|dir| is_below(dir, &part.dir) && !tree.contains_key(*dir))
        .map(str::to_owned)
        .collect();
    missing.dedup();
    while let Some(dir) = missing.pop() {
        let below = dir.strip_prefix(&part.dir).unwrap_or_default().trim_start_matches('/');
        let path = part.host.join(below);
        let Ok(metadata) = path.symlink_metadata() else { continue };
        if let Some(entry) = Entry::of(path.as_std_path(), &metadata, since) {
            let above = dir.rsplit_once('/').map(|(above, _)| above.to_owned());
            tree.insert(dir, entry);
            missing.extend(
                above.filter(|above| is_below(above, &part.dir) && !tree.contains_key(above)),
            );
        }
    }
}

/// A file from elsewhere.
pub(super) fn entry(path: &Utf8Path) -> Option<Entry> {
    Entry::of(path.as_std_path(), &path.symlink_metadata().ok()?, SystemTime::now())
}

impl Entry {
    fn of(path: &Path, metadata: &Metadata, since: SystemTime) -> Option<Self> {
        let kind = metadata.file_type();
        let kind = if kind.is_dir() {
            Kind::Dir
        } else if kind.is_symlink() {
            Kind::Link(std::fs::read_link(path).ok()?)
        } else if kind.is_file() {
            let (written, changed) = (nanos(metadata.modified().ok()), changed(metadata));
            let certain = nanos(since.checked_sub(TICK));
            // What cannot be told apart from a later write is sent again.
            let changed = if written.max(changed) < certain { changed } else { 0 };
            Kind::File { size: metadata.len(), written, changed }
        } else {
            return None; // sockets, pipes and devices are of this machine alone
        };
        Some(Self { kind, mode: mode(metadata), owner: owner(metadata) })
    }

    pub(super) fn is_dir(&self) -> bool {
        matches!(self.kind, Kind::Dir)
    }

    /// Whether it may be other than it was looked at.
    fn is_certain(&self) -> bool {
        !matches!(self.kind, Kind::File { changed: 0, .. })
    }

    pub(super) fn size(&self) -> u64 {
        match self.kind {
            Kind::File { size, .. } => size,
            Kind::Dir | Kind::Link(_) => 0,
        }
    }
}

fn nanos(time: Option<SystemTime>) -> u128 {
    time.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| since.as_nanos())
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> u128 {
    use std::os::unix::fs::MetadataExt as _;
    let at = Duration::new(
        metadata.ctime().try_into().unwrap_or(0),
        metadata.ctime_nsec().try_into().unwrap_or(0),
    );
    at.as_nanos()
}

#[cfg(not(unix))]
fn changed(metadata: &Metadata) -> u128 {
    nanos(metadata.modified().ok())
}

/// What has to be done for one tree to become another.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// What goes, without what is below it.
    pub(super) gone: Vec<String>,
    /// What comes, parents first.
    pub(super) new: Vec<String>,
}

impl Changes {
    pub(super) fn between(before: &Tree, after: &Tree) -> Self {
        let mut changes = Self::default();
        for (path, old) in before {
            let stays = after.get(path).is_some_and(|new| new.is_dir() == old.is_dir());
            if !stays && !changes.gone.last().is_some_and(|last| is_below(path, last)) {
                changes.gone.push(path.clone());
            }
        }
        let is_old = |path: &str, new: &Entry| before.get(path) == Some(new) && new.is_certain();
        let new = after.iter().filter(|(path, entry)| !is_old(path, entry));
        changes.new = new.map(|(path, _)| path.clone()).collect();
        changes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.new.is_empty()
    }
}

/// What stays at home, beside what version control ignores.
#[derive(Debug, Clone)]
struct Rules {
    root: Utf8PathBuf,
    build: std::sync::Arc<Matcher>,
    own: Option<Gitignore>,
}

impl Rules {
    fn of(root: &Utf8Path) -> Self {
        let build = text::read(&root.join(".dockerignore")).unwrap_or_default();
        let own = root.join(OWN_RULES);
        let own = own.is_file().then(|| {
            let mut builder = GitignoreBuilder::new(root);
            // A rule that cannot be read rules nothing.
            let _ = builder.add(own);
            builder.build().ok()
        });
        Self { root: root.to_owned(), build: Matcher::parse(&build).into(), own: own.flatten() }
    }

    /// Whether an entry, and what is below it, is looked at.
    fn enters(&self, entry: &DirEntry) -> bool {
        let is_store = entry.file_name().to_str().is_some_and(|name| STORES.contains(&name));
        if is_store && entry.depth() > 0 {
            return self.is_wanted(entry.path(), is_dir(entry));
        }
        !self.is_left(entry.path())
            || self.is_wanted(entry.path(), is_dir(entry))
            || (is_dir(entry) && self.brings_back())
    }

    /// Whether an entry that is looked at stays at home all the same.
    fn leaves(&self, entry: &DirEntry) -> bool {
        self.brings_back() && self.stays(entry.path(), is_dir(entry))
    }

    /// Whether something may be wanted below a directory that is left.
    fn brings_back(&self) -> bool {
        !self.build.can_skip_directories()
            || self.own.as_ref().is_some_and(|own| own.num_whitelists() > 0)
    }

    /// Whether builds do without a path, and nothing brings it back.
    fn stays(&self, path: &Path, is_dir: bool) -> bool {
        self.is_left(path) && !self.is_wanted(path, is_dir)
    }

    fn is_left(&self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.root).ok().and_then(Path::to_str);
        below.is_some_and(|below| !below.is_empty() && self.build.is_ignored(below))
    }

    fn is_wanted(&self, path: &Path, is_dir: bool) -> bool {
        self.own
            .as_ref()
            .is_some_and(|own| own.matched_path_or_any_parents(path, is_dir).is_whitelist())
    }
}

fn is_dir(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
