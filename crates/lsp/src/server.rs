//! The protocol's methods, each handed to its own module.

use std::sync::Arc;

use lsp_types::{
    CodeActionParams, CodeActionResponse, CodeLens, CodeLensParams, DidChangeConfigurationParams,
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    ExecuteCommandParams, Hover, HoverParams, InitializeParams, InitializeResult,
    InitializedParams, LSPAny, WorkDoneProgressCancelParams,
};
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::Result;

use crate::ext::{
    AddInterpreterParams, AddedInterpreter, CloseLogsParams, ContainerActionParams,
    ContainersSnapshot, DiscoverTestParams, DiscoverTestResults, Inspected, InterpretersSnapshot,
    Names, NamesParams, ObjectParams, OpenLogsParams, RunName, RunTestParams, TrustParams,
    WatchContainersParams, WatchTreeParams,
};
use crate::handlers::{
    actions, commands, containers, explorer, hover, interpreters, lenses, lifecycle, names, sync,
    workspace,
};
use crate::panel;
use crate::shared::Shared;

/// The server's framework calls it.
#[derive(Debug)]
pub(crate) struct Server(pub(crate) Arc<Shared>);

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        Ok(lifecycle::initialize(&self.0, &params))
    }

    async fn initialized(&self, _: InitializedParams) {
        lifecycle::initialized(&self.0);
    }

    async fn shutdown(&self) -> Result<()> {
        lifecycle::shutdown(&self.0).await;
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        sync::did_open(&self.0, params);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        sync::did_change(&self.0, params);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        sync::did_save(&self.0, &params);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        sync::did_close(&self.0, &params);
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        Ok(hover::hover(&self.0, params).await)
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        Ok(lenses::code_lens(&self.0, &params).await)
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        Ok(actions::code_action(&self.0, params).await)
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        workspace::did_change_configuration(&self.0, &params);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        workspace::did_change_workspace_folders(&self.0, &params);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        workspace::did_change_watched_files(&self.0, &params);
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        commands::execute(&self.0, params).await.map(Some)
    }
}

/// What is not in the framework.
impl Server {
    pub(crate) async fn discover_test(
        &self,
        params: Option<DiscoverTestParams>,
    ) -> Result<DiscoverTestResults> {
        explorer::discover_test(&self.0, params.unwrap_or_default()).await
    }

    pub(crate) async fn run_test(&self, params: Option<RunTestParams>) -> Result<RunName> {
        explorer::run_test(&self.0, params.unwrap_or_default()).await
    }

    pub(crate) async fn watch_tree(&self, params: WatchTreeParams) {
        self.0.outline.set(params.watch);
    }

    pub(crate) async fn names(&self, params: NamesParams) -> Result<Names> {
        names::names(&self.0, params.of).await
    }

    pub(crate) async fn interpreters(&self, _: Option<LSPAny>) -> Result<InterpretersSnapshot> {
        interpreters::list(&self.0).await
    }

    pub(crate) async fn add_interpreter(
        &self,
        params: AddInterpreterParams,
    ) -> Result<AddedInterpreter> {
        interpreters::add(&self.0, params).await
    }

    /// Its parameters are ours: other clients send none.
    pub(crate) async fn abort_run_test(&self, params: Option<RunName>) {
        explorer::abort_run_test(&self.0, params.unwrap_or_default()).await;
    }

    pub(crate) async fn trust(&self, params: TrustParams) {
        lifecycle::trust(&self.0, params.trusted);
    }

    pub(crate) async fn containers(&self, _: Option<LSPAny>) -> Result<ContainersSnapshot> {
        containers::list(&self.0).await
    }

    pub(crate) async fn watch_containers(&self, params: WatchContainersParams) {
        panel::watch(&self.0, params.watch);
    }

    pub(crate) async fn container_action(&self, params: ContainerActionParams) -> Result<()> {
        containers::act(&self.0, params).await
    }

    pub(crate) async fn inspect_container(&self, params: ObjectParams) -> Result<Inspected> {
        containers::inspect(&self.0, params).await
    }

    pub(crate) async fn remove_image(&self, params: ObjectParams) -> Result<()> {
        containers::remove_image(&self.0, params).await
    }

    pub(crate) async fn open_logs(&self, params: OpenLogsParams) -> Result<()> {
        containers::open_logs(&self.0, params).await
    }

    pub(crate) async fn close_logs(&self, params: CloseLogsParams) {
        panel::close_logs(&self.0, &params.log_id);
    }

    pub(crate) async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        lifecycle::cancel_progress(&self.0, &params);
    }
}
