//! What handlers and the sink both know.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use camino::Utf8Path;
use lsp_types::{ClientCapabilities, Uri};
use tempfile::TempDir;
use testdock_core::session::Input;
use testdock_engine::drive::{Handle, Services};
use testdock_engine::scan::Scanner;
use testdock_engine::state::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower_lsp::Client;

use crate::documents::Documents;
use crate::folders::Folders;
use crate::marks::Marks;
use crate::outbox::Outbox;
use crate::outline;
use crate::panel::Panel;
use crate::published::Published;
use crate::runs::Runs;
use crate::serve::{Farewell, Options};
use crate::settings::Settings;
use crate::to_proto;

/// What handlers and the sink both know.
pub(crate) struct Shared {
    pub(crate) client: Client,
    pub(crate) handle: Handle,
    pub(crate) scanner: Arc<Scanner>,
    /// What outlives the server; `None` to keep nothing.
    pub(crate) store: Option<Arc<Store>>,
    pub(crate) outbox: Outbox,
    pub(crate) options: Options,
    pub(crate) documents: Documents,
    pub(crate) folders: Folders,
    pub(crate) runs: Runs,
    pub(crate) panel: Panel,
    pub(crate) marks: Marks,
    pub(crate) outline: outline::Watch,
    pub(crate) published: Published,
    /// Counts the folders that were read.
    pub(crate) scans: watch::Sender<u64>,
    /// Whether the user said that this workspace may run by itself, or may not run at all.
    pub(crate) trusted: Mutex<Option<bool>>,
    pub(crate) settings: Mutex<Settings>,
    /// The client is gone, or its process is.
    pub(crate) hang_up: CancellationToken,
    /// The server is over: whatever still waits for the client stops.
    pub(crate) over: CancellationToken,
    /// The client asked for the end.
    pub(crate) is_shut_down: AtomicBool,
    /// Where documents are put that the editor shows.
    pub(crate) pages: Mutex<Option<TempDir>>,
    abilities: OnceLock<Abilities>,
    seq: AtomicU64,
}

/// What the client can do.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Abilities {
    pub(crate) lens_refresh: bool,
    pub(crate) progress: bool,
    pub(crate) configuration: bool,
    pub(crate) watching: bool,
    pub(crate) show_document: bool,
    pub(crate) related_information: bool,
    pub(crate) action_literals: bool,
    /// It has a test explorer.
    pub(crate) explorer: bool,
    /// Its test explorer knows that runs have ids and may overlap.
    pub(crate) run_ids: bool,
    /// It takes the tests that a run will run at once.
    pub(crate) queued_tests: bool,
    /// It draws how tests stand beside their lines.
    pub(crate) marks: bool,
    /// It shows failures as Markdown.
    pub(crate) markdown: bool,
    /// It shows how interpreters stand.
    pub(crate) interpreters: bool,
    /// It has a button for a command that mends something.
    pub(crate) remedies: bool,
}

impl Shared {
    pub(crate) fn new(
        client: Client,
        handle: Handle,
        services: &Services,
        outbox: Outbox,
        options: Options,
    ) -> Self {
        Self {
            client,
            handle,
            scanner: services.scanner.clone(),
            store: services.store.clone(),
            outbox,
            panel: Panel::default(),
            marks: Marks::default(),
            outline: outline::Watch::default(),
            published: Published::default(),
            scans: watch::Sender::default(),
            options,
            documents: Documents::default(),
            folders: Folders::default(),
            runs: Runs::default(),
            trusted: Mutex::default(),
            settings: Mutex::default(),
            hang_up: CancellationToken::new(),
            over: CancellationToken::new(),
            is_shut_down: AtomicBool::new(false),
            pages: Mutex::default(),
            abilities: OnceLock::new(),
            seq: AtomicU64::new(0),
        }
    }

    /// What the client can do; nothing before it said so.
    pub(crate) fn client_can(&self) -> Abilities {
        self.abilities.get().copied().unwrap_or_default()
    }

    pub(crate) fn learn(&self, capabilities: &ClientCapabilities) {
        // `initialize` comes once.
        let _ = self.abilities.set(Abilities::of(capabilities));
    }

    /// The next number of what is said of tests.
    pub(crate) fn next_seq(&self) -> u64 {
        self.seq.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A file's URI: as the client spells it where it has the file open.
    pub(crate) fn uri(&self, path: &Utf8Path) -> Option<Uri> {
        let path = self.folders.as_opened(path);
        self.documents.uri(&path).or_else(|| to_proto::uri(&path))
    }

    /// Does something beside everything else, until the server is over.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let over = self.over.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = over.cancelled() => {}
                () = task => {}
            }
        });
    }

    /// Sends what is open in the editor below a folder: it may have been opened before the folder.
    pub(crate) fn replay(&self, root: &Utf8Path) {
        for (path, document) in self.documents.below(root) {
            self.handle.send(Input::Edited {
                path,
                version: document.version,
                text: document.text,
            });
        }
    }

    /// Leaves nothing behind.
    pub(crate) fn close(&self) {
        drop(self.pages.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    pub(crate) fn farewell(&self) -> Farewell {
        if self.is_shut_down.load(Ordering::Relaxed) { Farewell::Orderly } else { Farewell::Abrupt }
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the user said that what runs by itself may do so.
    pub(crate) fn is_trusted(&self) -> bool {
        *self.trusted() == Some(true)
    }

    pub(crate) fn trusted(&self) -> MutexGuard<'_, Option<bool>> {
        self.trusted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Abilities {
    fn of(capabilities: &ClientCapabilities) -> Self {
        let workspace = capabilities.workspace.as_ref();
        let window = capabilities.window.as_ref();
        let document = capabilities.text_document.as_ref();
        let experimental = |key: &str| {
            let value = capabilities.experimental.as_ref().and_then(|it| it.get(key));
            value.and_then(serde_json::Value::as_bool) == Some(true)
        };
        Self {
            lens_refresh: workspace
                .and_then(|it| it.code_lens.as_ref()?.refresh_support)
                .unwrap_or(false),
            progress: window.and_then(|it| it.work_done_progress).unwrap_or(false),
            configuration: workspace.and_then(|it| it.configuration).unwrap_or(false),
            watching: workspace
                .and_then(|it| it.did_change_watched_files.as_ref()?.dynamic_registration)
                .unwrap_or(false),
            show_document: window
                .and_then(|it| it.show_document.as_ref())
                .is_some_and(|it| it.support),
            related_information: document
                .and_then(|it| it.publish_diagnostics.as_ref()?.related_information)
                .unwrap_or(false),
            action_literals: document
                .and_then(|it| it.code_action.as_ref()?.code_action_literal_support.as_ref())
                .is_some(),
            explorer: experimental("testExplorer"),
            run_ids: experimental("testRunIds"),
            queued_tests: experimental("testdockQueuedTests"),
            marks: experimental("testdockMarks"),
            markdown: experimental("testdockMarkdown"),
            interpreters: experimental("testdockInterpreters"),
            remedies: experimental("testdockRemedies"),
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
