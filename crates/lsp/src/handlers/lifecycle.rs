//! From the first word to the last.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use lsp_types::{
    CodeActionOptions, CodeActionProviderCapability, CodeLensOptions, ExecuteCommandOptions,
    HoverProviderCapability, InitializeParams, InitializeResult, OneOf, PositionEncodingKind,
    SaveOptions, ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, WorkDoneProgressCancelParams,
    WorkspaceFolder, WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};
use serde_json::{Value, json};
use testdock_core::session::Input;

use super::{actions, workspace};
use crate::ext::command;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::{progress, watchdog};

/// So long the client's settings are waited for, and the end of the runs when it shuts the server down; what is still
/// left then ends with the connection.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Answered at once: nothing is read, folders are opened when the client is ready.
pub(crate) fn initialize(shared: &Arc<Shared>, params: &InitializeParams) -> InitializeResult {
    shared.learn(&params.capabilities);
    let options = params.initialization_options.clone().unwrap_or_default();
    let trusted = options.get("trusted").and_then(Value::as_bool);
    if let Some(trusted) = trusted {
        trust(shared, trusted);
    }
    let (settings, mistakes) = Settings::read(&options);
    workspace::tell_mistakes(shared, &mistakes);
    shared.scanner.set(settings.for_scanner());
    *shared.settings() = settings;
    for folder in folders(params) {
        shared.folders.add(&folder.uri, &folder.name);
    }
    if shared.client_can().interpreters {
        shared.handle.send(Input::WatchInterpreters);
    }
    follow(shared, params.process_id);
    InitializeResult {
        capabilities: capabilities(),
        server_info: Some(ServerInfo {
            name: "testdock".to_owned(),
            version: Some(shared.options.version.clone()),
        }),
        offset_encoding: None,
    }
}

/// The folders of the workspace; older clients know one only.
fn folders(params: &InitializeParams) -> Vec<WorkspaceFolder> {
    let folders = params.workspace_folders.clone();
    if let Some(folders) = folders.filter(|it| !it.is_empty()) {
        return folders;
    }
    #[expect(deprecated, reason = "older clients send nothing else")]
    let root = params.root_uri.clone();
    let folder = root.map(|uri| WorkspaceFolder { uri, name: String::new() });
    folder.into_iter().collect()
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(PositionEncodingKind::UTF16),
        text_document_sync: Some(TextDocumentSyncCapability::Options(text_sync())),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(actions::kinds()),
            ..CodeActionOptions::default()
        })),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: command::ALL.map(str::to_owned).to_vec(),
            ..ExecuteCommandOptions::default()
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            ..WorkspaceServerCapabilities::default()
        }),
        experimental: Some(json!({
            "testExplorer": true,
            "testRunIds": true,
            "testdockContainers": true,
            "testdockInterpreters": true,
            "testdockMarkdown": true,
            "testdockMarks": true,
            "testdockQueuedTests": true,
            "testdockRemedies": true,
        })),
        ..ServerCapabilities::default()
    }
}

/// Whole texts: a client that reorders its messages cannot garble them, since each says all.
fn text_sync() -> TextDocumentSyncOptions {
    TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::FULL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
            include_text: Some(false),
        })),
        ..TextDocumentSyncOptions::default()
    }
}

/// Ends when the client's process does.
fn follow(shared: &Arc<Shared>, process: Option<u32>) {
    let hang_up = shared.hang_up.clone();
    shared.spawn(async move {
        watchdog::gone(process).await;
        tracing::info!("the client's process is gone");
        hang_up.cancel();
    });
}

/// The client is ready: its settings are read, then its folders.
pub(crate) fn initialized(shared: &Arc<Shared>) {
    // A client may ask for a run at once, before it has told its settings.
    for (folder, root) in shared.folders.all() {
        shared.handle.send(Input::Announce { folder, root });
    }
    let task = shared.clone();
    shared.spawn(async move {
        let settings = workspace::ask_settings(&task);
        if tokio::time::timeout(PATIENCE, settings).await.is_err() {
            tracing::warn!("the client does not tell its settings; going on without them");
        }
        for (folder, root) in task.folders.all() {
            workspace::open(&task, folder, &root);
        }
    });
}

/// Ends all runs, and says so when they have ended.
pub(crate) async fn shutdown(shared: &Shared) {
    shared.is_shut_down.store(true, Ordering::Relaxed);
    shared.panel.close();
    let ended = tokio::time::timeout(PATIENCE, shared.handle.quit());
    if ended.await.is_err() {
        tracing::warn!("runs have not ended after {PATIENCE:?}");
    }
}

/// The user trusts the workspace, or does not.
pub(crate) fn trust(shared: &Shared, trusted: bool) {
    *shared.trusted() = Some(trusted);
    shared.handle.send(Input::Trusted(trusted));
}

/// The user pressed the cancel button of a progress.
pub(crate) fn cancel_progress(shared: &Shared, params: &WorkDoneProgressCancelParams) {
    if let Some(run) = progress::run_of(&params.token) {
        shared.handle.send(Input::Cancel(run));
    }
}
