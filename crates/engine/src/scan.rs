//! Reads a workspace: its configuration, what it holds, and where its tests are.
//!
//! Nothing is run. What git ignores is not looked at; files are read once, in parallel, and handed
//! on in batches, so that a large workspace fills the tree while it is being read. Of a workspace that
//! was read before only what changed is read.

mod cache;
mod find;

use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{WalkBuilder, WalkState};
use testdock_core::config::{self, Layer, Resolution};
use testdock_core::id::FolderName;
use testdock_core::interpreter::{Folder, Host, jenkins_commands};
use testdock_core::model::RunError;
use testdock_core::paths::{Files, RelPath};
use testdock_core::resolve;
use testdock_core::session::Input;
use testdock_core::workspace::{FileTests, Workspace};

use self::cache::Cache;
use self::find::Finder;
use crate::consent::Given;
use crate::drive::Handle;
use crate::sources::{Sources, layers};
use crate::state::Store;
use crate::text;

/// Reads workspaces with one set of settings.
#[derive(Debug)]
pub struct Scanner {
    settings: Mutex<Settings>,
    depth: Depth,
    /// What the caller has allowed.
    store: Option<Store>,
    /// What the configuration of each workspace was read from when it was scanned.
    sources: Mutex<HashMap<Utf8PathBuf, Sources>>,
}

/// How much of a workspace is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What shapes it, and what a run has to know: enough to run.
    Configuration,
    /// The tests too.
    Tests,
}

/// What is set beside the files of a workspace.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// From the command line, or the editor.
    pub layers: Vec<Layer>,
    /// The chosen profile.
    pub profile: Option<String>,
    /// The chosen interpreter, instead of each suite's own.
    pub interpreter: Option<String>,
    /// Whether tests run without a container.
    pub local: bool,
}

impl Scanner {
    /// A scanner with these settings.
    pub fn new(settings: Settings, depth: Depth) -> Self {
        let sources = Mutex::default();
        Self { settings: Mutex::new(settings), depth, store: Store::of_user(), sources }
    }

    /// The same, for what is allowed in another store than the user's own.
    #[must_use]
    pub fn with_store(self, store: Store) -> Self {
        Self { store: Some(store), ..self }
    }

    /// Replaces the settings; what was read stays as it is until it is read again.
    pub fn set(&self, settings: Settings) {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// Reads a whole workspace, and sends what it finds.
    pub fn scan(&self, handle: &Handle, folder: &FolderName, root: &Utf8Path) {
        let files = list(root);
        let (workspace, sources) = self.resolve(root, &files);
        self.sources().insert(root.to_owned(), sources);
        let resolved = Box::new(workspace.clone());
        handle.send(Input::Resolved { folder: folder.clone(), workspace: resolved });
        let needed = match self.depth {
            Depth::Tests => workspace,
            Depth::Configuration => {
                let suites = workspace.suites.iter().filter(|suite| suite.framework.needs_known());
                Workspace { suites: suites.cloned().collect(), ..Workspace::default() }
            }
        };
        if !needed.suites.is_empty() {
            self.with_cache(root, &needed, &files, found(handle, folder));
        }
        handle.send(Input::ScanEnded(folder.clone()));
    }

    /// Whether a workspace's configuration is not what it was when it was scanned: it is to be scanned again.
    pub fn is_stale(&self, root: &Utf8Path) -> bool {
        self.sources().get(root).is_some_and(Sources::have_changed)
    }

    /// Reads a workspace's configuration only.
    pub fn read(&self, root: &Utf8Path) -> (Workspace, Vec<RelPath>) {
        let files = list(root);
        (self.resolve(root, &files).0, files)
    }

    /// Finds the tests of these files, and sends what it finds.
    pub fn scan_files(
        &self,
        handle: &Handle,
        folder: &FolderName,
        root: &Utf8Path,
        workspace: &Workspace,
        files: &[RelPath],
    ) {
        Finder::new(root, workspace, &Cache::default()).in_parallel(files, found(handle, folder));
    }

    /// The tests of these files, by file.
    pub fn find(
        &self,
        root: &Utf8Path,
        workspace: &Workspace,
        files: &[RelPath],
    ) -> Vec<FileTests> {
        collected(|take| {
            Finder::new(root, workspace, &Cache::default()).in_parallel(files, take);
        })
    }

    /// The same of all files of the workspace.
    pub fn find_all(
        &self,
        root: &Utf8Path,
        workspace: &Workspace,
        files: &[RelPath],
    ) -> Vec<FileTests> {
        collected(|take| self.with_cache(root, workspace, files, take))
    }

    /// Hands on the tests of all files of a workspace; what is read now need not be by the next process.
    fn with_cache(
        &self,
        root: &Utf8Path,
        workspace: &Workspace,
        files: &[RelPath],
        take: impl Fn(Vec<FileTests>) + Sync,
    ) {
        let path = self.store.as_ref().map(|store| store.file_of(cache::PREFIX, "bin", root));
        let bytes = path.as_ref().and_then(|path| cache::read(path)).unwrap_or_default();
        let cache = Cache::of(&bytes);
        let fresh = Finder::new(root, workspace, &cache).in_parallel(files, take);
        if let Some(path) = path.filter(|_| !fresh.is_empty())
            && let Err(error) = cache.write(&path, &fresh, files)
        {
            // Only time is lost.
            tracing::debug!(%path, %error, "cannot write down where the tests of {root} are");
        }
    }

    /// What all layers of a workspace's configuration say together.
    pub fn settings(&self, root: &Utf8Path) -> Resolution {
        let settings = self.chosen();
        config::resolve(&layers(root, &settings, &Sources::default()), settings.profile.as_deref())
    }

    /// The command lines that Jenkins would run for the agent of a workspace's Jenkinsfile.
    pub fn jenkins(&self, root: &Utf8Path) -> Result<Vec<String>, RunError> {
        let config = self.settings(root).config;
        let name = self.chosen().interpreter;
        let settings = config.interpreter(name.as_deref()).unwrap_or(&config.interpreter);
        let read = |path: &str| text::read_lossy(&root.join(path)).ok();
        let folders = |path: &str| folders(&root.join(path));
        self.with_host(root, |host| {
            jenkins_commands(settings, Folder { root, read: &read, folders: &folders, host })
        })
    }

    fn resolve(&self, root: &Utf8Path, files: &[RelPath]) -> (Workspace, Sources) {
        let settings = self.chosen();
        let sources = Sources::default();
        sources.note_root(root);
        let allowed = self.store.iter().map(|store| store.file_of("allowed", "json", root));
        allowed.for_each(|file| sources.note(file));
        let layers = layers(root, &settings, &sources);
        let choice = resolve::Choice {
            profile: settings.profile,
            interpreter: settings.interpreter,
            local: settings.local,
        };
        let read = |path: &str| sources.read_lossy(&root.join(path)).ok();
        let contents = resolve::Contents { root, files, read: &read };
        let workspace =
            self.with_host(root, |host| resolve::resolve(contents, host, &layers, &choice));
        let sources = sources.without_tests(root, &workspace);
        (workspace, sources)
    }

    fn sources(&self) -> MutexGuard<'_, HashMap<Utf8PathBuf, Sources>> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This machine, with what the caller has allowed for a workspace.
    fn with_host<T>(&self, root: &Utf8Path, take: impl FnOnce(Host<'_>) -> T) -> T {
        let env = |name: &str| std::env::var(name).ok();
        let given = Given::of(self.store.as_ref(), root);
        take(host(&env, &|name, what| given.holds(name, what)))
    }

    /// The settings, with what the environment chooses where they choose nothing.
    fn chosen(&self) -> Settings {
        let settings = self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Settings {
            profile: settings.profile.or_else(|| env("TESTDOCK_PROFILE")),
            interpreter: settings.interpreter.or_else(|| env("TESTDOCK_INTERPRETER")),
            ..settings
        }
    }
}

/// The names of the folders in a folder, sorted.
pub(crate) fn folders(path: &Utf8Path) -> Vec<String> {
    let entries = path.read_dir_utf8().into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().to_owned()).collect();
    names.sort();
    names
}

/// This machine.
pub(crate) fn host<'h>(
    env: &'h dyn Fn(&str) -> Option<String>,
    is_allowed: &'h dyn Fn(&str, &str) -> bool,
) -> Host<'h> {
    Host { env, ids: caller(), is_allowed, unread: &text::unread }
}

#[cfg(unix)]
fn caller() -> Option<(u32, u32)> {
    Some((rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw()))
}

#[cfg(not(unix))]
fn caller() -> Option<(u32, u32)> {
    None
}

/// Sends what is found in a folder.
fn found<'h>(handle: &'h Handle, folder: &'h FolderName) -> impl Fn(Vec<FileTests>) + Sync + 'h {
    |files| handle.send(Input::Found { folder: folder.clone(), files })
}

/// What is handed on batch by batch, by file.
fn collected(find: impl FnOnce(&(dyn Fn(Vec<FileTests>) + Sync))) -> Vec<FileTests> {
    let found = Mutex::new(Vec::new());
    find(&|files| found.lock().unwrap_or_else(PoisonError::into_inner).extend(files));
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.retain(|file: &FileTests| !file.items.is_empty());
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The files of a workspace that git would not ignore, sorted.
pub fn list(root: &Utf8Path) -> Vec<RelPath> {
    let found = Mutex::new(Vec::new());
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build_parallel();
    walk.run(|| {
        Box::new(|entry| {
            let Ok(entry) = entry else {
                return WalkState::Continue;
            };
            let file = entry.file_type().is_some_and(|kind| kind.is_file() || kind.is_symlink());
            let path = Utf8Path::from_path(entry.path()).and_then(|p| RelPath::below(root, p));
            if let (true, Some(path)) = (file, path) {
                found.lock().unwrap_or_else(PoisonError::into_inner).push(path);
            }
            WalkState::Continue
        })
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort();
    found
}

/// Whether a file is surely not there; one that may not be looked at may be.
pub(crate) fn is_gone(root: &Utf8Path, file: &RelPath) -> bool {
    let gone =
        |error: &io::Error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    fs::metadata(file.on(root)).is_err_and(|error| gone(&error))
}

/// The files that the paths of a report may mean.
pub fn reported(root: &Utf8Path) -> Files {
    let mut files = Files::new(list(root));
    for path in files.telling() {
        if let Ok(text) = text::read_lossy(&path.on(root)) {
            files.read(&path, &text);
        }
    }
    files
}
