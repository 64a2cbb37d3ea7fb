//! What outlives a process: the last outcome of each test, by workspace, and what was allowed (`consent`).
//!
//! One small JSON file a workspace in `$XDG_STATE_HOME/testdock`, shared by the command line and
//! every server under a lock. Losing it loses nothing but memory: a file that cannot be read is
//! treated as empty, and said in the log.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};
use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use testdock_core::id::TestId;
use testdock_core::model::Outcome;

use crate::supervisor::hex;

/// Remembers outcomes between processes.
#[derive(Debug, Clone)]
pub struct Store {
    directory: Utf8PathBuf,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Remembered {
    /// The workspace, for people who look into the file.
    root: String,
    /// Printed test ids, by outcome.
    outcomes: BTreeMap<String, Vec<TestId>>,
}

impl Store {
    /// The user's own store; `None` where the user has no home.
    pub fn of_user() -> Option<Self> {
        state_directory().map(Self::at)
    }

    /// A store in a directory.
    pub fn at(directory: Utf8PathBuf) -> Self {
        Self { directory }
    }

    /// The remembered outcomes of a workspace.
    pub fn load(&self, root: &Utf8Path) -> Vec<(TestId, Outcome)> {
        let path = self.file_of("outcomes", "json", root);
        let remembered: Remembered = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(%path, %error, "cannot read the remembered outcomes");
                Remembered::default()
            }),
            Err(_) => return Vec::new(),
        };
        let parse = |(word, ids): (String, Vec<TestId>)| {
            let outcome = outcome_of(&word)?;
            Some(ids.into_iter().map(move |id| (id, outcome)))
        };
        remembered.outcomes.into_iter().filter_map(parse).flatten().collect()
    }

    /// Remembers the outcomes of a workspace.
    pub fn save(&self, root: &Utf8Path, outcomes: &[(TestId, Outcome)]) {
        if let Err(error) = self.try_save(root, outcomes) {
            let directory = &self.directory;
            tracing::warn!(%directory, %error, "cannot write down the outcomes of {root}");
        }
    }

    fn try_save(&self, root: &Utf8Path, outcomes: &[(TestId, Outcome)]) -> io::Result<()> {
        let mut remembered = Remembered { root: root.to_string(), ..Remembered::default() };
        for (id, outcome) in outcomes {
            remembered.outcomes.entry(outcome.as_str().to_owned()).or_default().push(id.clone());
        }
        replace(&self.file_of("outcomes", "json", root), || Ok(serde_json::to_vec(&remembered)?))
    }

    /// The file that keeps something of a workspace.
    pub(crate) fn file_of(&self, what: &str, extension: &str, root: &Utf8Path) -> Utf8PathBuf {
        let hash = Sha256::digest(root.as_str());
        self.directory.join(format!("{what}-{}.{extension}", hex(&hash[..8])))
    }
}

/// Writes a whole file anew. Several processes may do so at once: `content` is asked for when it is this one's turn.
pub(crate) fn replace(
    path: &Utf8Path,
    content: impl FnOnce() -> io::Result<Vec<u8>>,
) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Utf8Path::new("."));
    fs::create_dir_all(directory)?;
    let lock = File::create(directory.join("lock"))?;
    lock.lock()?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(&content()?)?;
    file.persist(path)?;
    Ok(())
}

fn outcome_of(word: &str) -> Option<Outcome> {
    let all = [Outcome::Passed, Outcome::Failed, Outcome::Errored, Outcome::Skipped];
    all.into_iter().find(|outcome| outcome.as_str() == word)
}

/// The caller's home.
pub(crate) fn home() -> Option<Utf8PathBuf> {
    Utf8PathBuf::from_path_buf(std::env::home_dir()?).ok()
}

/// Where Testdock keeps what outlives a process.
pub fn state_directory() -> Option<Utf8PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    let directory = base.state_dir().unwrap_or_else(|| base.data_dir()).join("testdock");
    Utf8PathBuf::from_path_buf(directory).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_come_back_and_a_broken_file_is_empty() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let directory = Utf8PathBuf::from_path_buf(directory.path().into()).expect("unicode");
        let store = Store::at(directory);
        let root = Utf8Path::new("/home/me/shop");
        assert_eq!(store.load(root), []);

        let id = |text: &str| text.parse::<TestId>().unwrap_or_default();
        let outcomes = vec![(id("a.py::x[1]"), Outcome::Failed), (id("a.py::y"), Outcome::Passed)];
        store.save(root, &outcomes);
        assert_eq!(store.load(root), outcomes);
        assert_eq!(store.load(Utf8Path::new("/elsewhere")), []);

        fs::write(store.file_of("outcomes", "json", root), "{").expect("written");
        assert_eq!(store.load(root), []);
    }
}
