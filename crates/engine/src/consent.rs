//! What somebody lets the containers of a workspace have beyond themselves, though it is the workspace's own files that
//! ask for it.
//!
//! One small JSON file a workspace in `$XDG_STATE_HOME/testdock`, in the words that were shown: what is not in it word by
//! word is asked about anew. A file that cannot be read allows nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use testdock_core::interpreter::{reach, unsaid};
use testdock_core::model::{Ask, RunError};
use testdock_core::plan::{Grant, Interpreter};

use crate::links::real;
use crate::state::{Store, replace};

#[derive(Debug, Default, Serialize, Deserialize)]
struct Allowed {
    /// The workspace, for people who look into the file.
    root: String,
    /// What was allowed, by interpreter.
    interpreters: BTreeMap<String, BTreeSet<String>>,
}

impl Store {
    /// Writes down that what is asked is allowed, from now on, in this workspace.
    pub fn allow(&self, ask: &Ask) -> io::Result<()> {
        self.change(&ask.root, |interpreters| {
            let allowed = interpreters.entry(ask.interpreter.clone()).or_default();
            allowed.extend(ask.what.iter().cloned());
        })
    }

    /// Takes back all that was allowed to an interpreter.
    pub fn withdraw(&self, root: &Utf8Path, interpreter: &str) -> io::Result<()> {
        self.change(root, |interpreters| drop(interpreters.remove(interpreter)))
    }

    fn change(
        &self,
        root: &Utf8Path,
        change: impl FnOnce(&mut BTreeMap<String, BTreeSet<String>>),
    ) -> io::Result<()> {
        let path = self.file_of("allowed", "json", root);
        replace(&path, || {
            let mut allowed = Allowed { root: root.to_string(), ..read(&path) };
            change(&mut allowed.interpreters);
            Ok(serde_json::to_vec(&allowed)?)
        })
    }
}

/// Refuses what the container is to have beyond itself and the caller has not allowed.
pub(crate) fn require(interpreter: &Interpreter, root: &Utf8Path) -> Result<(), RunError> {
    let grants = grants(interpreter, root);
    if grants.iter().all(|grant| grant.by.is_none()) {
        return Ok(());
    }
    let given = Given::of(Store::of_user().as_ref(), root);
    let is_allowed = |what: &str| given.holds(&interpreter.name, what);
    unsaid(interpreter, &grants, root, &is_allowed).map_or(Ok(()), Err)
}

/// What the caller has allowed in a workspace.
#[derive(Debug, Default)]
pub(crate) struct Given(Allowed);

impl Given {
    pub(crate) fn of(store: Option<&Store>, root: &Utf8Path) -> Self {
        let file = store.map(|store| store.file_of("allowed", "json", root));
        Self(file.map(|file| read(&file)).unwrap_or_default())
    }

    pub(crate) fn holds(&self, interpreter: &str, what: &str) -> bool {
        self.0.interpreters.get(interpreter).is_some_and(|all| all.contains(what))
    }
}

/// What an interpreter is to have beyond its container, as it shows where the files are.
pub(crate) fn grants(interpreter: &Interpreter, root: &Utf8Path) -> Vec<Grant> {
    reach(interpreter, root, &real)
}

fn read(path: &Utf8Path) -> Allowed {
    let bytes = fs::read(path).unwrap_or_else(|_| b"{}".to_vec());
    serde_json::from_slice(&bytes).unwrap_or_default()
}
