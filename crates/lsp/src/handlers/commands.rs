//! The commands that any editor can send.

use std::fmt::Display;
use std::sync::Arc;

use camino::Utf8PathBuf;
use lsp_types::ExecuteCommandParams;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};

use super::request::{self, Request, Target};
use super::{interpreters, page, workspace};
use crate::ext::{FileArguments, PageArguments, RunArguments, RunName, TestArguments, command};
use crate::from_proto;
use crate::runs::Origin;
use crate::shared::Shared;

/// Performs a command; answers at once, whatever it started.
pub(crate) async fn execute(shared: &Arc<Shared>, params: ExecuteCommandParams) -> Result<Value> {
    let arguments =
        Arguments { command: &params.command, first: params.arguments.first().cloned() };
    match params.command.as_str() {
        command::RUN => {
            let arguments: RunArguments = arguments.read()?;
            let target = Target::Tests {
                ids: arguments.ids.clone(),
                exclude: arguments.exclude.clone().unwrap_or_default(),
            };
            run(shared, target, arguments).await
        }
        command::RUN_ALL => run(shared, everything(), arguments.read()?).await,
        command::RUN_FAILED => run(shared, Target::Failed, arguments.read()?).await,
        command::RUN_LAST => run(shared, Target::Last, arguments.read()?).await,
        command::RUN_FILE => {
            let arguments: FileArguments = arguments.read()?;
            let target = Target::File(path(shared, &arguments)?);
            run(shared, target, arguments.into()).await
        }
        command::RUN_AT_CURSOR => {
            let arguments: FileArguments = arguments.read()?;
            let position = from_proto::position(arguments.position.unwrap_or_default());
            let target = Target::At(path(shared, &arguments)?, position);
            run(shared, target, arguments.into()).await
        }
        command::BUILD_INTERPRETER => interpreters::build(shared, arguments.read()?).await,
        command::CANCEL => {
            let arguments: RunName = arguments.read()?;
            let names = request::cancel(shared, arguments.run_id).await;
            Ok(json!({ "runIds": names }))
        }
        command::SHOW_OUTPUT => {
            let arguments: TestArguments = arguments.read()?;
            page::of_test(shared, arguments.id).await.map(Value::String)
        }
        command::STATUS => Ok(Value::String(page::status(shared).await)),
        command::DOCTOR => {
            let arguments: PageArguments = arguments.read()?;
            Ok(Value::String(page::doctor(shared, arguments.format).await))
        }
        command::REFRESH => {
            workspace::reopen(shared);
            Ok(Value::Null)
        }
        unknown => Err(Error::invalid_params(format!(
            "unknown command `{unknown}`; known: {}",
            command::ALL.join(", ")
        ))),
    }
}

fn everything() -> Target {
    Target::Tests { ids: None, exclude: Vec::new() }
}

async fn run(shared: &Arc<Shared>, target: Target, arguments: RunArguments) -> Result<Value> {
    let request = Request {
        fresh: arguments.fresh,
        name: arguments.run_id,
        ..Request::new(target, Origin::Editor)
    };
    Ok(json!(request::start(shared, request).await?))
}

fn path(shared: &Shared, arguments: &FileArguments) -> Result<Utf8PathBuf> {
    let uri = &arguments.uri;
    let path = from_proto::path(uri).map(|path| shared.folders.of_client(&path));
    path.ok_or_else(|| {
        Error::invalid_params(format!(
            "`{}` is no file of this machine; save it first",
            uri.as_str()
        ))
    })
}

impl From<FileArguments> for RunArguments {
    fn from(arguments: FileArguments) -> Self {
        Self { fresh: arguments.fresh, run_id: arguments.run_id, ..Self::default() }
    }
}

struct Arguments<'a> {
    command: &'a str,
    first: Option<Value>,
}

impl Arguments<'_> {
    /// Its one argument, an object; none is an empty one.
    fn read<T: DeserializeOwned>(self) -> Result<T> {
        let value = self.first.filter(|value| !value.is_null());
        let value = value.unwrap_or_else(|| json!({}));
        let wrong = |what: &dyn Display| {
            Error::invalid_params(format!("arguments of {}: {what}", self.command))
        };
        if !value.is_object() {
            return Err(wrong(&format_args!("one object is wanted, not {value}")));
        }
        serde_json::from_value(value).map_err(|error| wrong(&error))
    }
}
