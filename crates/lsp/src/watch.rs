//! Has the editor watch the files that matter: those that shape a workspace, and those of the kinds
//! that hold its tests.

use std::collections::BTreeSet;
use std::sync::Arc;

use lsp_types::notification::{DidChangeWatchedFiles, Notification};
use lsp_types::{
    DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern, Registration,
    Unregistration,
};
use testdock_core::paths::RelPath;
use testdock_core::resolve::shaping_files;
use testdock_core::session::{Folder, Session};

use crate::shared::Shared;

/// What the client was asked to watch.
#[derive(Debug)]
pub(crate) struct Watch {
    shared: Arc<Shared>,
    globs: BTreeSet<String>,
    /// Counts registrations: each has an id of its own.
    count: u32,
}

impl Watch {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, globs: BTreeSet::new(), count: 0 }
    }

    /// Asks for what a scan has shown to matter.
    pub(crate) fn update(&mut self, session: &Session) {
        if !self.shared.client_can().watching {
            return;
        }
        let files = session.folders().flat_map(|folder| folder.files());
        let mut globs: BTreeSet<String> = files.map(glob).collect();
        globs.extend(shaping_files().map(|name| format!("**/{name}")));
        let inputs = session.folders().flat_map(Folder::build_inputs);
        globs.extend(inputs.flat_map(input));
        if globs == self.globs {
            return;
        }
        self.globs = globs;
        self.count += 1;
        self.register();
    }

    fn register(&self) {
        let watchers = self.globs.iter().map(|glob| FileSystemWatcher {
            glob_pattern: GlobPattern::String(glob.clone()),
            kind: None,
        });
        let options = DidChangeWatchedFilesRegistrationOptions { watchers: watchers.collect() };
        let method = DidChangeWatchedFiles::METHOD.to_owned();
        let registration = Registration {
            id: id(self.count),
            method: method.clone(),
            register_options: serde_json::to_value(options).ok(),
        };
        let before = (self.count > 1).then(|| Unregistration { id: id(self.count - 1), method });
        let client = self.shared.client.clone();
        self.shared.spawn(async move {
            if let Err(error) = client.register_capability(vec![registration]).await {
                tracing::warn!(%error, "the client does not watch files");
            }
            if let Some(before) = before {
                let _ = client.unregister_capability(vec![before]).await;
            }
        });
    }
}

fn id(count: u32) -> String {
    format!("testdock-watch-{count}")
}

/// What an image is built from: a file, or a folder with all in it. Where that is the whole
/// workspace, the other globs must do.
fn input(input: &str) -> Vec<String> {
    match input.trim_matches('/') {
        "" | "." => Vec::new(),
        input => vec![format!("**/{input}"), format!("**/{input}/**")],
    }
}

/// Files like this one.
fn glob(file: &RelPath) -> String {
    let name = file.as_str().rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((_, extension)) => format!("**/*.{extension}"),
        None => format!("**/{name}"),
    }
}
