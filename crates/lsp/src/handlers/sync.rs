//! Documents as they are opened, edited, saved and closed.

use std::sync::Arc;

use camino::Utf8PathBuf;
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, Uri,
};
use testdock_core::session::Input;

use super::workspace;
use crate::documents::Document;
use crate::from_proto;
use crate::runs;
use crate::shared::Shared;

pub(crate) fn did_open(shared: &Arc<Shared>, params: DidOpenTextDocumentParams) {
    let opened = params.text_document;
    let Some(path) = path(shared, &opened.uri) else {
        return;
    };
    let document = Document { uri: opened.uri, version: opened.version, text: opened.text.into() };
    if shared.documents.open(&path, document.clone()) {
        shared.marks.opened(shared, &path);
        edited(shared, path.clone(), document);
        shared.published.follow(shared, path);
    }
}

/// The last change says the whole text.
pub(crate) fn did_change(shared: &Shared, params: DidChangeTextDocumentParams) {
    let changed = params.text_document;
    let last = params.content_changes.into_iter().next_back();
    // A change of a range would be one to a text that nobody promised to be the same here.
    let whole = last.filter(|change| change.range.is_none());
    let (Some(path), Some(change)) = (path(shared, &changed.uri), whole) else {
        tracing::warn!(uri = changed.uri.as_str(), "a change without the whole text");
        return;
    };
    let document =
        Document { uri: changed.uri, version: changed.version, text: change.text.into() };
    if shared.documents.change(&path, document.clone()) {
        edited(shared, path, document);
    }
}

fn edited(shared: &Shared, path: Utf8PathBuf, document: Document) {
    shared.handle.send(Input::Edited { path, version: document.version, text: document.text });
}

pub(crate) fn did_close(shared: &Arc<Shared>, params: &DidCloseTextDocumentParams) {
    if let Some(path) = path(shared, &params.text_document.uri) {
        shared.documents.close(&path);
        shared.handle.send(Input::Closed(path.clone()));
        shared.published.follow(shared, path);
    }
}

/// What is on disk changed; and where the user wants it, tests run by themselves.
pub(crate) fn did_save(shared: &Arc<Shared>, params: &DidSaveTextDocumentParams) {
    let Some(path) = path(shared, &params.text_document.uri) else {
        return;
    };
    // A client that watches files tells it anyway.
    if !shared.client_can().watching {
        shared.handle.send(Input::Changed(vec![path.clone()]));
    }
    // What runs by itself needs more than the absence of distrust.
    if shared.is_trusted() {
        workspace::renew(shared);
    }
    let runs_by_itself = shared.is_trusted() && shared.settings().run_on_save;
    shared.handle.send(Input::Saved { path, by_itself: runs_by_itself.then(runs::new_id) });
}

fn path(shared: &Shared, uri: &Uri) -> Option<Utf8PathBuf> {
    from_proto::path(uri).map(|path| shared.folders.of_client(&path))
}
