//! What a container has of the workspace, remembered on this machine from one run to the next.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::time::Duration;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::tree::Tree;
use crate::docker::cache;
use crate::supervisor::Cookie;

/// One that nobody has used for so long belongs to no container any more.
const FORGOTTEN: Duration = Duration::from_secs(7 * 24 * 3600);

/// The file with this machine's word, which stays.
const MACHINE: &str = "machine";

/// The record of one kind of container; whoever holds it is alone with it.
#[derive(Debug)]
pub(super) struct Ledger(File);

#[derive(Serialize, Deserialize)]
struct Record {
    /// Which container has it.
    container: String,
    tree: Tree,
}

impl Ledger {
    /// Opens the record of the containers with `key`, and waits for whoever is at it.
    pub(super) fn open(key: &str) -> io::Result<Self> {
        let dir = dir().ok_or(io::ErrorKind::NotFound)?;
        fs::create_dir_all(&dir)?;
        let options = File::options().create(true).read(true).write(true).truncate(false).clone();
        let file = options.open(dir.join(key))?;
        file.lock()?;
        cache::sweep(&dir, FORGOTTEN, MACHINE);
        Ok(Self(file))
    }

    /// What `container` has; `None` where that is not known.
    pub(super) fn read(&mut self, container: &str) -> Option<Tree> {
        let mut text = Vec::new();
        self.0.rewind().ok()?;
        self.0.read_to_end(&mut text).ok()?;
        let record: Record = serde_json::from_slice(&text).ok()?;
        (record.container == container).then_some(record.tree)
    }

    /// Notes that nothing is known: something is about to change.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.0.set_len(0)
    }

    /// Notes what `container` has now.
    pub(super) fn write(&mut self, container: &str, tree: Tree) -> io::Result<()> {
        let record = Record { container: container.to_owned(), tree };
        let text = serde_json::to_vec(&record)?;
        self.clear()?;
        self.0.rewind()?;
        self.0.write_all(&text)
    }
}

/// This machine, in a word: another one with a workspace of the same name has other files in it.
pub(in crate::docker) fn machine() -> String {
    let Some(path) = dir().map(|dir| dir.join(MACHINE)) else {
        return String::new();
    };
    let known = || fs::read_to_string(&path).ok().filter(|word| !word.is_empty());
    known().unwrap_or_else(|| {
        let word = Cookie::random().as_str().to_owned();
        // Of two who make it at once the first has made it; where none can, no container is found again.
        let written = path.parent().map(fs::create_dir_all).is_some_and(|made| made.is_ok())
            && File::create_new(&path).and_then(|mut file| file.write_all(word.as_bytes())).is_ok();
        if written { word } else { known().unwrap_or(word) }
    })
}

fn dir() -> Option<Utf8PathBuf> {
    cache::dir("copies")
}
