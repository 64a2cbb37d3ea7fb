//! Which interpreters there are, and one more.

use std::borrow::Cow;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use testdock_core::interpreter::{Addition, NotAdded};
use testdock_core::session::{Input, Session};
use testdock_engine::register::{self, Owner};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

use super::request::{self, Request, Target};
use crate::ext::{
    AddInterpreterParams, AddedInterpreter, BuildInterpreterArguments, InterpretersSnapshot,
};
use crate::interpreters;
use crate::messages;
use crate::runs::Origin;
use crate::shared::Shared;

/// All of them, as far as they are known; what the engine says is told when it has said it.
pub(crate) async fn list(shared: &Arc<Shared>) -> Result<InterpretersSnapshot> {
    shared.handle.send(Input::WatchInterpreters);
    let at_loop = shared.clone();
    let snapshot = shared.handle.ask(move |session| interpreters::snapshot(&at_loop, session));
    snapshot.await.ok_or_else(request::gone)
}

/// Writes a new one into the folder's file, which is then read again.
pub(crate) async fn add(
    shared: &Arc<Shared>,
    params: AddInterpreterParams,
) -> Result<AddedInterpreter> {
    let folder = params.folder.clone();
    let roots = shared.handle.ask(move |session| roots(session, folder.as_deref()));
    let roots = roots.await.unwrap_or_else(|| Err(request::gone()));
    let (root, all) = roots?;
    let owner = if params.personal { Owner::Person } else { Owner::Project };
    let addition = Addition { kind: params.kind, name: params.name, values: params.values };
    let (task, name) = (shared.clone(), addition.name.trim().to_owned());
    let written = tokio::task::spawn_blocking(move || write(&task, &root, owner, &addition)).await;
    let path = written.unwrap_or_else(|_| Err(request::failed("the file was not written")))?;
    // A client that watches files tells of this one too: it is read once more, and that is all.
    // A person's own file counts in every folder, and lies in none.
    let changed = match owner {
        Owner::Project => vec![path.clone()],
        Owner::Person => all.iter().map(|root| root.join("testdock.toml")).collect(),
    };
    shared.handle.send(Input::Changed(changed));
    let file = match owner {
        Owner::Project => path.file_name().unwrap_or_default(),
        Owner::Person => path.as_str(),
    };
    let message = format!("added the interpreter {name} to {file}");
    let uri = shared.uri(&path).ok_or_else(|| request::failed("the file has no URI"))?;
    Ok(AddedInterpreter { uri, message })
}

/// Builds one's image, as a run of its own.
pub(crate) async fn build(
    shared: &Arc<Shared>,
    arguments: BuildInterpreterArguments,
) -> Result<Value> {
    let BuildInterpreterArguments { folder, name, fresh, run_id } = arguments;
    let target = Target::Interpreter { folder, name };
    let request = Request { fresh, name: run_id, ..Request::new(target, Origin::Editor) };
    Ok(json!(request::start(shared, request).await?))
}

/// The root of the folder of that name, or of the first one; and those of all.
fn roots(session: &Session, name: Option<&str>) -> Result<(Utf8PathBuf, Vec<Utf8PathBuf>)> {
    let meant = match name {
        None => session.folders().next().ok_or_else(request::no_folder)?,
        Some(name) => {
            let named = session.folders().find(|folder| &*folder.name == name);
            named.ok_or_else(|| request::unknown_folder(name))?
        }
    };
    let all = session.folders().map(|folder| folder.root.clone());
    Ok((meant.root.clone(), all.collect()))
}

fn write(
    shared: &Shared,
    root: &Utf8Path,
    owner: Owner,
    addition: &Addition,
) -> Result<Utf8PathBuf> {
    if let Some(file) = register::file(root, owner)
        && let Some(text) = shared.documents.text(&shared.folders.of_client(&file))
        && std::fs::read_to_string(&file).is_ok_and(|on_disk| *on_disk != *text)
    {
        return Err(refused("testdock.toml has changes that are not saved; save it first", None));
    }
    register::add(&shared.scanner, root, owner, addition).map_err(|NotAdded { field, error }| {
        refused(messages::error_words(&error), field.as_deref())
    })
}

/// An error that names the field whose answer is wrong.
fn refused(message: impl Into<Cow<'static, str>>, field: Option<&str>) -> Error {
    let data = field.map(|field| json!({ "field": field }));
    Error { code: ErrorCode::InvalidParams, message: message.into(), data }
}
