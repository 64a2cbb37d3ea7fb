//! From what a user asks for to runs: one for each folder that it means.
//!
//! All of it is decided in the loop, in one go: what is asked next, a cancel above all, finds the
//! runs there.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use lsp_types::error_codes::REQUEST_FAILED;
use testdock_core::frameworks::Position;
use testdock_core::id::{FolderName, TestId};
use testdock_core::interpreter::{self, Registered};
use testdock_core::paths::RelPath;
use testdock_core::session::{Folder, Input, RunRequest, Selection, Session};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

use super::workspace;
use crate::ext::RunName;
use crate::from_proto;
use crate::runs::{Origin, Wish};
use crate::shared::Shared;

/// What is to run.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// These, without those; everything where none is named.
    Tests { ids: Option<Vec<String>>, exclude: Vec<String> },
    /// What a file holds.
    File(Utf8PathBuf),
    /// The test around a position, else what the file holds.
    At(Utf8PathBuf, Position),
    /// What failed last.
    Failed,
    /// The same as the last time.
    Last,
    /// No test: only an interpreter's image is got.
    Interpreter { folder: Option<String>, name: Option<String> },
}

/// What a user asks for.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) target: Target,
    pub(crate) origin: Origin,
    pub(crate) fresh: bool,
    /// Whether it stands, and runs what saved files touch.
    pub(crate) is_continuous: bool,
    /// The run's id, chosen by the client.
    pub(crate) name: Option<String>,
}

impl Request {
    pub(crate) fn new(target: Target, origin: Origin) -> Self {
        Self { target, origin, fresh: false, is_continuous: false, name: None }
    }
}

/// Starts what is asked for, and answers with its name.
pub(crate) async fn start(shared: &Arc<Shared>, request: Request) -> Result<RunName> {
    workspace::renew(shared);
    let at_loop = shared.clone();
    let answer = shared.handle.ask(move |session| begin(&at_loop, session, request));
    answer.await.unwrap_or_else(|| Err(gone()))
}

fn begin(shared: &Shared, session: &Session, request: Request) -> Result<RunName> {
    let (name, origin) = (request.name.clone(), request.origin);
    let wish = wish(shared, session, request)?;
    let begun = shared.runs.begin(name.clone(), origin, &wish);
    let (name, ids) = begun.ok_or_else(|| {
        let name = name.unwrap_or_default();
        Error::invalid_params(format!("a run with the id {name} is under way"))
    })?;
    for (id, (folder, selection)) in ids.into_iter().zip(wish.parts) {
        shared.handle.send(Input::Run(RunRequest {
            folder: Some(folder),
            fresh: wish.fresh,
            is_continuous: wish.is_continuous,
            ..RunRequest::new(id, selection)
        }));
    }
    Ok(RunName { run_id: Some(name.to_string()) })
}

/// What is to run in which folder.
fn wish(shared: &Shared, session: &Session, request: Request) -> Result<Wish> {
    if session.folders().next().is_none() {
        return Err(no_folder());
    }
    let parts = match request.target {
        Target::Tests { ids: None, exclude } => everything(session, &exclude)?,
        Target::Tests { ids: Some(ids), exclude } => some(session, &ids, &exclude)?,
        Target::File(path) => vec![of_file(session, &path, None)?],
        Target::At(path, position) => vec![of_file(session, &path, Some(position))?],
        Target::Failed => failures(session),
        Target::Last => return last(shared, session),
        Target::Interpreter { folder, name } => build(session, folder.as_deref(), name.as_deref())?,
    };
    let Request { fresh, is_continuous, .. } = request;
    Ok(Wish { parts, fresh, is_continuous })
}

/// All tests of all folders; of several, those that have any.
fn everything(session: &Session, exclude: &[String]) -> Result<Vec<(FolderName, Selection)>> {
    let has_tests = |folder: &&Folder| !folder.is_resolved || !folder.workspace.suites.is_empty();
    let mut folders: Vec<&Folder> = session.folders().filter(has_tests).collect();
    if folders.is_empty() {
        folders.extend(session.folders().next());
    }
    let parts = folders.into_iter().map(|folder| (folder.name.clone(), Vec::new()));
    without(session, parts.collect(), exclude)
}

fn some(
    session: &Session,
    ids: &[String],
    exclude: &[String],
) -> Result<Vec<(FolderName, Selection)>> {
    let mut parts: Vec<(FolderName, Vec<TestId>)> = Vec::new();
    for text in ids {
        let (folder, id) = named(session, text)?;
        match parts.iter_mut().find(|(name, _)| *name == folder) {
            Some((_, include)) => include.push(id),
            None => parts.push((folder, vec![id])),
        }
    }
    if parts.is_empty() {
        let message = "an empty list of tests means no test; leave it out to run all";
        return Err(Error::invalid_params(message));
    }
    without(session, parts, exclude)
}

fn without(
    session: &Session,
    parts: Vec<(FolderName, Vec<TestId>)>,
    exclude: &[String],
) -> Result<Vec<(FolderName, Selection)>> {
    let out = exclude.iter().map(|text| named(session, text));
    let out: Vec<(FolderName, TestId)> = out.collect::<Result<_>>()?;
    let part = |(folder, include): (FolderName, Vec<TestId>)| {
        let mine = out.iter().filter(|(name, _)| *name == folder);
        let exclude = mine.map(|(_, id)| id.clone()).collect();
        (folder, Selection::Tests { include, exclude })
    };
    Ok(parts.into_iter().map(part).collect())
}

fn named(session: &Session, text: &str) -> Result<(FolderName, TestId)> {
    test(session, text).map(|(folder, id)| (folder.name.clone(), id))
}

/// The test, file or folder that a printed id means. What nobody knows and is no file is a slip of whoever asks; of a
/// file that is there its tool alone can tell what it holds.
pub(super) fn test<'s>(session: &'s Session, text: &str) -> Result<(&'s Folder, TestId)> {
    let found = from_proto::test(session, text).and_then(|(name, id)| {
        let folder = session.folders().find(|folder| folder.name == name)?;
        Some((folder, id))
    });
    let is_there = |(folder, id): &(&Folder, TestId)| {
        folder.knows(id) || !matches!(id.file.on(&folder.root).try_exists(), Ok(false))
    };
    let unknown = format!(
        "no open folder has the test, file or folder `{text}`; `testdock discover` lists the tests"
    );
    found.filter(is_there).ok_or_else(|| Error::invalid_params(unknown))
}

fn of_file(
    session: &Session,
    path: &Utf8Path,
    position: Option<Position>,
) -> Result<(FolderName, Selection)> {
    let found = session.folder_of(path).and_then(|folder| {
        let file = RelPath::below(&folder.root, path)?;
        Some((folder, file))
    });
    let outside = || Error::invalid_params(format!("no open folder holds {path}"));
    let (folder, file) = found.ok_or_else(outside)?;
    let selection = match position {
        // Where it was not read yet, the session waits for that.
        Some(at) if !folder.has_read(&file) => Selection::At(file, at),
        Some(at) => Selection::only(vec![folder.id_at(&file, at)]),
        None => Selection::only(vec![TestId::of_file(file)]),
    };
    Ok((folder.name.clone(), selection))
}

fn failures(session: &Session) -> Vec<(FolderName, Selection)> {
    let part = |folder: &Folder| (folder.name.clone(), Selection::Failed(Vec::new()));
    let failed = session.folders().filter(|folder| !folder.failed().is_empty());
    let mut parts: Vec<_> = failed.map(part).collect();
    if parts.is_empty() {
        // Whose refusal says that nothing failed.
        parts.extend(session.folders().next().map(part));
    }
    parts
}

/// The folders that a build means: the named one, else all that have the interpreter, or have one to
/// build.
fn build(
    session: &Session,
    folder: Option<&str>,
    name: Option<&str>,
) -> Result<Vec<(FolderName, Selection)>> {
    let part = |folder: &Folder| (folder.name.clone(), Selection::Build(name.map(str::to_owned)));
    if let Some(wanted) = folder {
        let found = session.folders().find(|folder| &*folder.name == wanted);
        return found.map(|it| vec![part(it)]).ok_or_else(|| unknown_folder(wanted));
    }
    let is_meant = |it: &Registered| match name {
        Some(name) => it.name == name,
        None => it.is_chosen && it.kind != interpreter::LOCAL,
    };
    let has_one = |it: &&Folder| it.workspace.registered.iter().any(is_meant);
    let mut parts: Vec<_> = session.folders().filter(has_one).map(part).collect();
    if parts.is_empty() {
        // Whose refusal says what is wrong.
        parts.extend(session.folders().next().map(part));
    }
    Ok(parts)
}

fn last(shared: &Shared, session: &Session) -> Result<Wish> {
    let nothing = || failed("nothing was run yet");
    let mut wish = shared.runs.last().ok_or_else(nothing)?;
    let is_open = |name: &FolderName| session.folders().any(|folder| folder.name == *name);
    wish.parts.retain(|(name, _)| is_open(name));
    if wish.parts.is_empty() {
        return Err(failed("the folder of the last run is closed"));
    }
    Ok(wish)
}

/// Cancels a request's runs, or all; answers with the names.
pub(crate) async fn cancel(shared: &Arc<Shared>, name: Option<String>) -> Vec<String> {
    let at_loop = shared.clone();
    let cancelled = shared.handle.ask(move |_| {
        let names = at_loop.runs.names(name.as_deref());
        for run in at_loop.runs.active(name.as_deref()) {
            at_loop.handle.send(Input::Cancel(run));
        }
        names.iter().map(ToString::to_string).collect()
    });
    cancelled.await.unwrap_or_default()
}

/// A request in an empty window.
pub(crate) fn no_folder() -> Error {
    failed("no workspace folder is open; open the project's folder")
}

/// A request that names a folder which is not there.
pub(crate) fn unknown_folder(name: &str) -> Error {
    Error::invalid_params(format!("no open folder is named `{name}`"))
}

/// A request that comes too late.
pub(super) fn gone() -> Error {
    failed("the server is shutting down")
}

/// A request that is right, and cannot be met.
pub(crate) fn failed(message: &'static str) -> Error {
    Error { code: ErrorCode::ServerError(REQUEST_FAILED), message: message.into(), data: None }
}
