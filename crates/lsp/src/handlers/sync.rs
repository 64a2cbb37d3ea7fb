//! Documents as they are opened, edited, saved and closed.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, Uri,
};
use testdock_core::paths::RelPath;
use testdock_core::session::{Input, Session};

use super::request::{self, Request, Target};
use crate::documents::Document;
use crate::from_proto;
use crate::runs::Origin;
use crate::shared::Shared;

pub(crate) fn did_open(shared: &Shared, params: DidOpenTextDocumentParams) {
    let opened = params.text_document;
    let Some(path) = path(shared, &opened.uri) else {
        return;
    };
    let document = Document { uri: opened.uri, version: opened.version, text: opened.text.into() };
    if shared.documents.open(&path, document.clone()) {
        edited(shared, path, document);
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

pub(crate) fn did_close(shared: &Shared, params: &DidCloseTextDocumentParams) {
    if let Some(path) = path(shared, &params.text_document.uri) {
        shared.documents.close(&path);
        shared.handle.send(Input::Closed(path));
    }
}

/// What is on disk changed; and where the user wants it, its tests run.
pub(crate) async fn did_save(shared: &Arc<Shared>, params: &DidSaveTextDocumentParams) {
    let Some(path) = path(shared, &params.text_document.uri) else {
        return;
    };
    // A client that watches files tells it anyway.
    if !shared.client_can().watching {
        shared.handle.send(Input::Changed(vec![path.clone()]));
    }
    // What runs by itself needs more than the absence of distrust.
    let is_allowed = *shared.trusted() == Some(true) && shared.settings().run_on_save;
    if !is_allowed {
        return;
    }
    let saved = path.clone();
    let answer = shared.handle.ask(move |session| has_tests(session, &saved));
    if answer.await == Some(true) {
        let request = Request::new(Target::File(path), Origin::Editor);
        if let Err(error) = request::start(shared, request).await {
            tracing::warn!(%error, "cannot run on save");
        }
    }
}

fn has_tests(session: &Session, path: &Utf8Path) -> bool {
    let found = session.folder_of(path).and_then(|folder| {
        let file = RelPath::below(&folder.root, path)?;
        folder.tests_in(&file).iter().find(|it| !it.items.is_empty())
    });
    found.is_some()
}

fn path(shared: &Shared, uri: &Uri) -> Option<Utf8PathBuf> {
    from_proto::path(uri).map(|path| shared.folders.as_opened(&path))
}
