//! What a choice must know of the workspace and the machine; plain values and two questions.

use camino::{Utf8Path, Utf8PathBuf};

use super::found::at;
use crate::model::RunError;
use crate::paths::RelPath;

/// Reads a file of the workspace; `None` where there is none at that path.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Lists the folders in a folder of the workspace.
pub type Folders<'a> = &'a dyn Fn(&str) -> Vec<String>;

/// A workspace folder and its surroundings.
#[derive(Clone, Copy)]
pub struct Folder<'f> {
    /// Where it is.
    pub root: &'f Utf8Path,
    /// Reads one of its files.
    pub read: ReadFile<'f>,
    /// The names of the folders in one of its folders, sorted; of none where it is not there.
    pub folders: Folders<'f>,
    /// The machine that Testdock runs on.
    pub host: Host<'f>,
}

/// The machine that Testdock runs on, as far as files speak of it.
#[derive(Clone, Copy)]
pub struct Host<'h> {
    /// A variable of the environment.
    pub env: &'h dyn Fn(&str) -> Option<String>,
    /// The caller's uid and gid, where there are such.
    pub ids: Option<(u32, u32)>,
    /// Whether the caller has allowed an interpreter something that the workspace's files ask for.
    pub is_allowed: &'h dyn Fn(&str, &str) -> bool,
    /// Why something that lies at a path cannot be read as a text; `None` where it can, or nothing lies there.
    pub unread: &'h dyn Fn(&Utf8Path) -> Option<String>,
}

impl Host<'static> {
    /// A machine of which nothing is known.
    pub fn unknown() -> Self {
        Self { env: &|_| None, ids: None, is_allowed: &|_, _| false, unread: &|_| None }
    }
}

impl<'f> Folder<'f> {
    /// One with nothing in it, on a machine of which nothing is known.
    pub(super) fn empty(root: &'f Utf8Path) -> Self {
        Self { root, read: &|_| None, folders: &|_| Vec::new(), host: Host::unknown() }
    }

    /// The text of one of its files, if it has it. One that is there and cannot be read is an error: it would not be
    /// the user's choice to do without it.
    pub(super) fn text(&self, file: &str) -> Result<Option<String>, RunError> {
        if let Some(text) = (self.read)(file) {
            return Ok(Some(text));
        }
        match (self.host.unread)(&self.root.join(file)) {
            None => Ok(None),
            Some(why) => Err(at(*self, file, 1, format!("cannot read {file}: {why}")).help(
                "correct it, or say where the tests run under [interpreter] in testdock.toml",
            )),
        }
    }

    /// A path as people write it, from the workspace's root or the machine's; `None` where it leads out of the workspace.
    pub(super) fn inside(&self, written: &str) -> Option<String> {
        let below = written.strip_prefix(self.root.as_str()).and_then(|it| it.strip_prefix('/'));
        inside("", below.unwrap_or(written))
    }

    /// A path of the machine as people write it: from the workspace's root, or with `~`.
    pub(super) fn host_path(&self, written: &str) -> Utf8PathBuf {
        let home = || (self.host.env)("HOME").unwrap_or_default();
        let path = match written.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{}{rest}", home()),
            _ => written.to_owned(),
        };
        clean(&self.root.join(path))
    }
}

/// A path without `.` and `..`, by text: links stay as they are written.
pub(super) fn clean(path: &Utf8Path) -> Utf8PathBuf {
    let mut clean = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            camino::Utf8Component::ParentDir => drop(clean.pop()),
            camino::Utf8Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}

/// A path that a file of the workspace writes relative to the folder `dir`, from the workspace's root;
/// `None` where it leads out of it.
pub(super) fn inside(dir: &str, written: &str) -> Option<String> {
    let path = RelPath::new(dir).resolve(written).filter(|_| !written.starts_with('/'))?;
    Some(path.to_string())
}

/// A path of the machine from the workspace's root, also where it leads out of it.
pub(super) fn from_root(root: &Utf8Path, path: &Utf8Path) -> RelPath {
    let above = root.ancestors().enumerate();
    let mut ways = above.filter_map(|(steps, dir)| {
        let rest = path.strip_prefix(dir).ok()?;
        Some(RelPath::new(format!("{}{rest}", "../".repeat(steps))))
    });
    ways.next().unwrap_or_else(|| RelPath::new(path))
}
