//! Diagnostics as the client is told them: of each file under one URI, the one by which it has the file open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use lsp_types::notification::PublishDiagnostics;
use lsp_types::{PublishDiagnosticsParams, Uri};
use testdock_core::paths::RelPath;
use testdock_core::session::Session;
use testdock_core::views::Diagnostic;

use crate::shared::Shared;
use crate::to_proto;

/// The URI under which a file's diagnostics stand, where it has some.
#[derive(Debug, Default)]
pub(crate) struct Published(Mutex<HashMap<Utf8PathBuf, Uri>>);

impl Published {
    /// Tells all diagnostics that a file has now.
    pub(crate) fn tell(
        &self,
        shared: &Shared,
        session: &Session,
        path: &Utf8Path,
        diagnostics: &[Diagnostic],
    ) {
        let path = shared.folders.as_opened(path);
        let Some(uri) = shared.uri(&path) else {
            return;
        };
        let before = match diagnostics {
            [] => self.known().remove(&path),
            _ => self.known().insert(path.clone(), uri.clone()),
        };
        let publish = |uri, diagnostics, version| {
            let params = PublishDiagnosticsParams::new(uri, diagnostics, version);
            shared.outbox.notify::<PublishDiagnostics>(params);
        };
        if let Some(before) = before.filter(|before| *before != uri) {
            publish(before, Vec::new(), None);
        }
        let folder = session.folder_of(&path);
        let file = folder.and_then(|folder| RelPath::below(&folder.root, &path));
        let version = folder.zip(file).and_then(|(folder, file)| folder.version(&file));
        let shown = diagnostics.iter().map(|it| to_proto::diagnostic(shared, session, folder, it));
        publish(uri, shown.collect(), version);
    }

    /// A file was opened or closed: its diagnostics follow, where the client spells its URI otherwise now.
    pub(crate) fn follow(&self, shared: &Arc<Shared>, path: Utf8PathBuf) {
        if !self.stands_elsewhere(shared, &path) {
            return;
        }
        let (at_loop, handle) = (shared.clone(), shared.handle.clone());
        let tell = move |session: &Session| {
            let shown = session.folder_of(&path).map(|folder| folder.published(&path));
            // It may have been told meanwhile.
            if at_loop.published.stands_elsewhere(&at_loop, &path) {
                at_loop.published.tell(&at_loop, session, &path, shown.unwrap_or_default());
            }
        };
        shared.spawn(async move {
            handle.ask(tell).await;
        });
    }

    fn stands_elsewhere(&self, shared: &Shared, path: &Utf8Path) -> bool {
        let stands = self.known().get(path).cloned();
        stands.is_some_and(|stands| shared.uri(path) != Some(stands))
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Utf8PathBuf, Uri>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
