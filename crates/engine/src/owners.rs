//! Whether a run left files in the workspace that the caller cannot delete.

use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::views::terminal::shell_quoted;
use tokio::time::Instant;

/// So long a workspace is looked through; a larger one is looked through in part.
const PATIENCE: Duration = Duration::from_millis(500);

/// A run whose tests may be somebody else than the caller.
#[derive(Debug)]
pub(crate) struct Watch {
    began: SystemTime,
}

impl Watch {
    /// Nothing to watch where tests run as the caller: what they make is the caller's, and looking would cost
    /// each run some time. Nor for root, to whom nothing is barred.
    pub(crate) fn over(is_caller: bool) -> Option<Self> {
        let is_barred = caller().is_some_and(|uid| uid != 0);
        // Clocks of file systems are coarse.
        let began = SystemTime::now().checked_sub(Duration::from_millis(20))?;
        (!is_caller && is_barred).then_some(Self { began })
    }

    /// What to say when the run is over.
    pub(crate) async fn end(self, root: &Utf8Path) -> Option<String> {
        let root = root.to_owned();
        let looked = tokio::task::spawn_blocking(move || self.foreign(&root));
        let Foreign { first, all, count } = looked.await.ok()??;
        let others = match count {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let all = shell_quoted(all.as_str());
        Some(format!(
            "the tests left files in the workspace that belong to somebody else: {first}{others}; \
             set interpreter.user to \"host\", or take them over: sudo chown -R \"$(id -u):$(id -g)\" {all}"
        ))
    }

    /// What is somebody else's since the run began.
    fn foreign(&self, root: &Utf8Path) -> Option<Foreign> {
        let until = Instant::now() + PATIENCE;
        let uid = caller()?;
        let walk = ignore::WalkBuilder::new(root).standard_filters(false).build();
        let mut found: Option<Foreign> = None;
        for entry in walk.flatten() {
            let path = Utf8Path::from_path(entry.path());
            if let (Some(path), true) = (path, is_foreign(&entry, uid, self.began)) {
                found.get_or_insert_with(|| Foreign::new(path)).add(path);
            }
            if Instant::now() > until {
                break;
            }
        }
        found
    }
}

/// Paths that are somebody else's.
struct Foreign {
    first: Utf8PathBuf,
    /// Where all of them are.
    all: Utf8PathBuf,
    count: usize,
}

impl Foreign {
    fn new(first: &Utf8Path) -> Self {
        Self { first: first.to_owned(), all: first.to_owned(), count: 0 }
    }

    fn add(&mut self, path: &Utf8Path) {
        while !path.starts_with(&self.all) && self.all.pop() {}
        self.count += 1;
    }
}

#[cfg(unix)]
fn is_foreign(entry: &ignore::DirEntry, uid: u32, since: SystemTime) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(found) = entry.metadata() else {
        return false;
    };
    let since = since.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let changed = (found.ctime(), found.ctime_nsec());
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    found.uid() != uid && changed >= (seconds, i64::from(since.subsec_nanos()))
}

#[cfg(unix)]
fn caller() -> Option<u32> {
    Some(rustix::process::getuid().as_raw())
}

#[cfg(not(unix))]
fn is_foreign(_: &ignore::DirEntry, _: u32, _: SystemTime) -> bool {
    false
}

#[cfg(not(unix))]
fn caller() -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_is_taken_over() {
        let paths = ["/w/out/a", "/w/out/b/c", "/w/out/b"].map(Utf8Path::new);
        let mut foreign = Foreign::new(paths[0]);
        foreign.add(paths[0]);
        assert_eq!(foreign.all, "/w/out/a");
        paths[1..].iter().for_each(|path| foreign.add(path));
        assert_eq!(
            (foreign.all.as_str(), foreign.first.as_str(), foreign.count),
            ("/w/out", "/w/out/a", 3)
        );
    }
}
