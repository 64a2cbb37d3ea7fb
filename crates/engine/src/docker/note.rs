//! What was found out about an image or an engine, kept in the user's cache: losing it costs time and nothing else.

use std::time::Duration;

use camino::Utf8PathBuf;
use sha2::{Digest as _, Sha256};

use super::cache;
use crate::supervisor::hex;

/// What is still of use by then is found out again.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 3600);

/// A text about an image or an engine.
#[derive(Debug, Clone)]
pub(super) struct Note(Option<Utf8PathBuf>);

impl Note {
    /// The note on the image of that id, about something.
    pub(super) fn on<'a>(image: &'a str, about: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hash = Sha256::new();
        for part in about.into_iter().chain([image]) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let name = hex(&hash.finalize()[..16]);
        Self(cache::dir("images").map(|dir| dir.join(name)))
    }

    /// The note on the engine behind a socket of this machine, for as long as it runs; `None` where that cannot be told.
    pub(super) fn on_engine(socket: &str, about: &str) -> Option<Self> {
        let start = identity(socket)?;
        Some(Self::on(&start, [socket, about]))
    }

    /// What it says.
    pub(super) fn read(&self) -> Option<String> {
        std::fs::read_to_string(self.0.as_ref()?).ok()
    }

    /// How long ago it was written.
    pub(super) fn age(&self) -> Option<Duration> {
        std::fs::metadata(self.0.as_ref()?).ok()?.modified().ok()?.elapsed().ok()
    }

    /// Writes it down; where that fails, it will be found out again.
    pub(super) fn write(&self, text: &str) {
        let Some(path) = &self.0 else {
            return;
        };
        if let Some(dir) = path.parent() {
            let _ = std::fs::create_dir_all(dir);
            cache::sweep(dir, FORGOTTEN, "");
        }
        let _ = std::fs::write(path, text);
    }
}

/// A socket is another one each time that its engine starts.
#[cfg(unix)]
fn identity(path: &str) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::metadata(path).ok()?;
    Some(format!("{}:{}:{}.{}", found.dev(), found.ino(), found.ctime(), found.ctime_nsec()))
}

#[cfg(not(unix))]
fn identity(_: &str) -> Option<String> {
    None
}
