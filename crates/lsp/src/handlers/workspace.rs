//! Folders, settings and files of the workspace.

use std::pin::pin;
use std::sync::Arc;

use camino::Utf8Path;
use lsp_types::{
    ConfigurationItem, DidChangeConfigurationParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, MessageType,
};
use serde_json::Value;
use testdock_core::id::FolderName;
use testdock_core::session::Input;

use super::lifecycle::PATIENCE;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::{from_proto, messages};

/// Opens a folder, or reads it again.
pub(crate) fn open(shared: &Shared, folder: FolderName, root: &Utf8Path) {
    shared.handle.send(Input::Open { folder, root: root.to_owned() });
    shared.replay(root);
}

/// Reads the folders again whose configuration changed on disk: not every client tells of that. No run begins before it is done.
pub(crate) fn renew(shared: &Arc<Shared>) {
    shared.handle.send(Input::Hold);
    let task = shared.clone();
    shared.spawn(async move {
        let (scanner, mut folders) = (task.scanner.clone(), task.folders.all());
        let stale = tokio::task::spawn_blocking(move || {
            folders.retain(|(_, root)| scanner.is_stale(root));
            folders
        });
        for (folder, root) in stale.await.unwrap_or_default() {
            open(&task, folder, &root);
        }
        task.handle.send(Input::Release);
    });
}

/// Folders were added or removed.
pub(crate) fn did_change_workspace_folders(
    shared: &Shared,
    params: &DidChangeWorkspaceFoldersParams,
) {
    for gone in &params.event.removed {
        if let Some(folder) = shared.folders.remove(&gone.uri) {
            shared.handle.send(Input::Close(folder));
        }
    }
    for new in &params.event.added {
        if let Some((folder, root)) = shared.folders.add(&new.uri, &new.name) {
            open(shared, folder, &root);
        }
    }
}

/// Files changed on disk.
pub(crate) fn did_change_watched_files(shared: &Shared, params: &DidChangeWatchedFilesParams) {
    let changes = params.changes.iter();
    let paths = changes.filter_map(|change| from_proto::path(&change.uri));
    let paths = paths.map(|path| shared.folders.of_client(&path)).collect();
    shared.handle.send(Input::Changed(paths));
}

/// Settings changed: asked for again, or, of a client that cannot be asked, taken as sent.
pub(crate) fn did_change_configuration(
    shared: &Arc<Shared>,
    params: &DidChangeConfigurationParams,
) {
    if !shared.client_can().configuration {
        let sent = params.settings.get("testdock");
        if sent.is_some_and(|settings| take(shared, settings)) {
            reopen(shared);
        }
        return;
    }
    shared.handle.send(Input::Hold);
    let task = shared.clone();
    shared.spawn(async move {
        let mut renewed = pin!(async {
            if ask_settings(&task).await {
                reopen(&task);
            }
        });
        // A client that takes its time keeps no run from beginning.
        let in_time = tokio::time::timeout(PATIENCE, &mut renewed).await;
        task.handle.send(Input::Release);
        if in_time.is_err() {
            renewed.await;
        }
    });
}

/// Asks the client for its settings; whether they shape the workspace otherwise than before.
pub(crate) async fn ask_settings(shared: &Shared) -> bool {
    if !shared.client_can().configuration {
        return false;
    }
    let item = ConfigurationItem { scope_uri: None, section: Some("testdock".to_owned()) };
    match shared.client.configuration(vec![item]).await {
        Ok(answer) => answer.first().is_some_and(|value| take(shared, value)),
        Err(error) => {
            tracing::warn!(%error, "the client does not tell its settings");
            false
        }
    }
}

/// Takes over settings; whether they shape the workspace otherwise than before. A client that has
/// none answers with `null`, and what it said at the start stays.
fn take(shared: &Shared, value: &Value) -> bool {
    if !value.is_object() {
        return false;
    }
    let (settings, mistakes) = Settings::read(value);
    tell_mistakes(shared, &mistakes);
    shared.scanner.set(settings.for_scanner());
    let before = std::mem::replace(&mut *shared.settings(), settings.clone());
    let but_for_saving = Settings { run_on_save: before.run_on_save, ..settings };
    but_for_saving != before
}

/// Reads everything again.
pub(crate) fn reopen(shared: &Shared) {
    for (folder, root) in shared.folders.all() {
        open(shared, folder, &root);
    }
}

/// Says what is wrong with the editor's settings.
pub(crate) fn tell_mistakes(shared: &Shared, mistakes: &[String]) {
    for mistake in mistakes {
        let message = format!("Testdock: {mistake}");
        messages::show(&shared.outbox, MessageType::WARNING, &message);
    }
}
