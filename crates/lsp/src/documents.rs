//! The documents that are open in the editor.
//!
//! Kept here beside the session's own, because a document may be opened before its folder is, and
//! because diagnostics must carry the URI exactly as the client spells it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use lsp_types::Uri;

/// What is open, by path.
#[derive(Debug, Default)]
pub(crate) struct Documents(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    open: HashMap<Utf8PathBuf, Document>,
    /// The last version of what was closed: a change that arrives late does not open it again.
    closed: HashMap<Utf8PathBuf, i32>,
}

/// An open document.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) uri: Uri,
    pub(crate) version: i32,
    pub(crate) text: Arc<str>,
}

impl Documents {
    /// Takes over an opened document; `false` where a change of it was faster, and is newer.
    pub(crate) fn open(&self, path: &Utf8Path, document: Document) -> bool {
        let mut known = self.known();
        known.closed.remove(path);
        known.take(path, document)
    }

    /// Takes over a change; `false` where it came too late.
    pub(crate) fn change(&self, path: &Utf8Path, document: Document) -> bool {
        let mut known = self.known();
        let late = known.closed.get(path).is_some_and(|last| document.version <= *last);
        !late && known.take(path, document)
    }

    pub(crate) fn close(&self, path: &Utf8Path) {
        let mut known = self.known();
        if let Some(document) = known.open.remove(path) {
            known.closed.insert(path.to_owned(), document.version);
        }
    }

    pub(crate) fn is_open(&self, path: &Utf8Path) -> bool {
        self.known().open.contains_key(path)
    }

    /// The text of a file that is open.
    pub(crate) fn text(&self, path: &Utf8Path) -> Option<Arc<str>> {
        self.known().open.get(path).map(|document| document.text.clone())
    }

    /// A file's URI as the client spells it.
    pub(crate) fn uri(&self, path: &Utf8Path) -> Option<Uri> {
        self.known().open.get(path).map(|document| document.uri.clone())
    }

    /// What is open below a folder.
    pub(crate) fn below(&self, root: &Utf8Path) -> Vec<(Utf8PathBuf, Document)> {
        let known = self.known();
        let below = known.open.iter().filter(|(path, _)| path.starts_with(root));
        below.map(|(path, document)| (path.clone(), document.clone())).collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn take(&mut self, path: &Utf8Path, document: Document) -> bool {
        let newer = self.open.get(path);
        if newer.is_some_and(|known| known.version > document.version) {
            return false;
        }
        self.open.insert(path.to_owned(), document);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(version: i32) -> Document {
        Document { uri: "file:///a.py".parse().expect("a URI"), version, text: "".into() }
    }

    #[test]
    fn the_newest_version_stays_in_whatever_order_they_come() {
        let documents = Documents::default();
        let path = Utf8Path::new("/a.py");
        assert!(documents.change(path, document(3)), "faster than its opening");
        assert!(!documents.open(path, document(1)));
        assert!(!documents.change(path, document(2)));
        assert!(documents.change(path, document(4)));
        documents.close(path);
        assert!(!documents.change(path, document(4)), "late");
        assert!(!documents.is_open(path));
        assert!(documents.open(path, document(1)), "opened again");
    }
}
