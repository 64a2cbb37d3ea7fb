//! Locks across processes. Each ends with its process, however that ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use crate::state::state_directory;
use crate::supervisor::hex;

/// A lock, held until this is dropped. Where there is no place for one, it keeps nobody from anything.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "its lock is what it is for")] Option<File>);

/// Between two looks whether somebody else is done.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The file of something's lock, or of what is written down beside it, in the caller's state folder: `kind` is the folder and
/// `part` the extension of its name.
pub(crate) fn path(kind: &str, of: &str, part: &str) -> Option<Utf8PathBuf> {
    let name = hex(&Sha256::digest(of)[..8]);
    Some(state_directory()?.join(kind).join(format!("{name}.{part}")))
}

impl Lock {
    /// A lock that nobody else holds; `None` where somebody does.
    pub(crate) fn alone(path: Option<&Utf8Path>) -> Option<Self> {
        let Some(file) = path.and_then(|path| open(path).ok()) else {
            return Some(Self(None));
        };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            Ok(()) | Err(TryLockError::Error(_)) => Some(Self(Some(file))),
        }
    }

    /// The same, once nobody does. Looks again and again: a thread that waits for a lock would outlive a run that is cancelled.
    pub(crate) async fn alone_at_last(path: Option<&Utf8Path>) -> Self {
        loop {
            match Self::alone(path) {
                Some(lock) => return lock,
                None => sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// A lock that others may hold too, once nobody holds it alone. The file's time of modification tells when somebody last
    /// began so.
    pub(crate) async fn shared(path: Option<Utf8PathBuf>) -> Self {
        let taken = tokio::task::spawn_blocking(move || {
            let file = open(&path?).ok()?;
            file.lock_shared().ok()?;
            file.set_modified(SystemTime::now()).ok()?;
            Some(file)
        });
        Self(taken.await.ok().flatten())
    }
}

fn open(path: &Utf8Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}
