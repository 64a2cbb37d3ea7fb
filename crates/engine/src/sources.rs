//! What a workspace's configuration is read from, and whether that is still what it was.
//!
//! Not every editor tells of files that change; a look at each of these before a run costs next to nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::config::{Layer, Origin, environment_layers};
use testdock_core::paths::RelPath;
use testdock_core::resolve::{shapes_the_workspace, shaping_files};
use testdock_core::workspace::Workspace;

use crate::scan::Settings;
use crate::text;

/// The files that were read, or looked for in vain, as they stood before that.
#[derive(Debug, Default)]
pub(crate) struct Sources(RefCell<BTreeMap<Utf8PathBuf, Option<Stamp>>>);

/// What is another one wherever a file was written.
#[derive(Debug, PartialEq)]
struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
}

impl Sources {
    /// The text of a file.
    pub(crate) fn read(&self, path: &Utf8Path) -> io::Result<String> {
        self.note(path.to_owned());
        text::read(path)
    }

    /// The same, with a sign in the place of what is not UTF-8: a comment may be in an older encoding.
    pub(crate) fn read_lossy(&self, path: &Utf8Path) -> io::Result<String> {
        self.note(path.to_owned());
        text::read_lossy(path)
    }

    /// A file counts, there or not.
    pub(crate) fn note(&self, path: Utf8PathBuf) {
        let now = stamp(&path);
        self.0.borrow_mut().entry(path).or_insert(now);
    }

    /// All that shapes the workspace at its root counts, there or not.
    pub(crate) fn note_root(&self, root: &Utf8Path) {
        let names = shaping_files().filter(|name| !name.contains('*'));
        names.for_each(|name| self.note(root.join(name)));
    }

    /// Leaves out files of tests, which a framework may be known by: they are edited all the time, and change none of this.
    pub(crate) fn without_tests(self, root: &Utf8Path, workspace: &Workspace) -> Self {
        let is_test =
            |path: &RelPath| workspace.suites.iter().any(|suite| suite.has_test_file(path));
        let counts = |path: &Utf8PathBuf| {
            RelPath::below(root, path).is_none_or(|it| shapes_the_workspace(&it) || !is_test(&it))
        };
        self.0.borrow_mut().retain(|path, _| counts(path));
        self
    }

    /// Whether one of them is not what it was.
    pub(crate) fn have_changed(&self) -> bool {
        self.0.borrow().iter().any(|(path, before)| stamp(path) != *before)
    }
}

fn stamp(path: &Utf8Path) -> Option<Stamp> {
    let found = fs::metadata(path).ok()?;
    Some(Stamp { modified: found.modified().ok(), len: found.len() })
}

/// What is set for a workspace, by whomever.
pub(crate) fn layers(root: &Utf8Path, settings: &Settings, sources: &Sources) -> Vec<Layer> {
    let mut layers = file_layers(root, sources);
    layers.extend(environment_layers(std::env::vars()));
    layers.extend(settings.layers.iter().cloned());
    layers
}

/// The configuration files that count for a workspace.
fn file_layers(root: &Utf8Path, sources: &Sources) -> Vec<Layer> {
    let candidates = [
        person_file().map(Origin::Person),
        Some(Origin::Repository(root.join("testdock.toml"))),
        Some(Origin::Local(root.join("testdock.local.toml"))),
    ];
    let read = |origin: Origin| match sources.read(origin.file()?) {
        Ok(text) => Some(Layer::from_toml(origin, &text)),
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => None,
            ErrorKind::InvalidData => Some(Layer::unreadable(origin, "it is not UTF-8".to_owned())),
            _ => Some(Layer::unreadable(origin, error.to_string())),
        },
    };
    candidates.into_iter().flatten().filter_map(read).collect()
}

/// The configuration file of one person, for all workspaces.
pub(crate) fn person_file() -> Option<Utf8PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    let path = etcetera::BaseStrategy::config_dir(&base).join("testdock/testdock.toml");
    Utf8PathBuf::from_path_buf(path).ok()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use super::*;

    /// Of a file that was there, and of one that was looked for in vain, each change is seen.
    #[test]
    fn a_file_that_comes_or_goes_or_is_written_counts() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let file = root.join("testdock.toml");
        let read = || {
            let sources = Sources::default();
            sources.note_root(root);
            let _ = sources.read(&file);
            assert!(!sources.have_changed());
            sources
        };
        let sources = read();
        fs::write(&file, "one").unwrap();
        assert!(sources.have_changed(), "it is there now");
        let sources = read();
        fs::write(&file, "longer").unwrap();
        assert!(sources.have_changed(), "it was written");
        let sources = read();
        let later = SystemTime::now() + Duration::from_secs(3);
        File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
        assert!(sources.have_changed(), "it has the same length");
        let sources = read();
        fs::remove_file(&file).unwrap();
        assert!(sources.have_changed(), "it is gone");
    }
}
