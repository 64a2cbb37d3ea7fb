//! Whether an engine shares this machine's files.
//!
//! It is taken to, until a container proves otherwise: one that cannot be made since the engine lacks the
//! workspace, or one that does not see a file that was made a moment before. That is remembered for a day.

use std::time::Duration;

use camino::Utf8Path;

use super::note::Note;

/// An engine may be given a share of the files later.
const BELIEVED: Duration = Duration::from_secs(24 * 3600);

/// How the containers of an engine come by a workspace.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    note: Note,
    pub(super) is_copy: bool,
}

impl Share {
    /// As far as it is known.
    pub(super) fn of(root: &Utf8Path, engine: &str) -> Self {
        let note = Note::on(root.as_str(), ["share", engine]);
        let is_copy = note.age().is_some_and(|age| age < BELIEVED);
        Self { note, is_copy }
    }

    /// The engine turned out to have other files.
    pub(super) fn give_up(&mut self) {
        self.note.write("none");
        self.is_copy = true;
    }
}
