//! The containers view.

use std::sync::Arc;

use serde_json::json;
use testdock_core::containers::Action;
use testdock_core::containers::logs::{Moment, Query, Search};
use testdock_core::model::{Fault, RunError};
use testdock_engine::containers::{self, Source};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

use crate::ext::{
    ContainerAction, ContainerActionParams, ContainersSnapshot, Inspected, ObjectParams,
    OpenLogsParams,
};
use crate::messages::error_words;
use crate::panel;
use crate::shared::Shared;

/// Lines of what is there already, where the client does not say how many.
const TAIL: usize = 1_000;
/// Each log that is read is a connection to the engine.
const MOST_LOGS: usize = 100;
/// What is kept back to find the last lines lies in memory.
const LONGEST_TAIL: usize = 100_000;

/// What there is.
pub(crate) async fn list(shared: &Arc<Shared>) -> Result<ContainersSnapshot> {
    let task = shared.clone();
    let listed = shared.panel.ask(async move { Ok(panel::snapshot(&task).await) });
    listed.await.map_err(|error| refused(&error))
}

/// Does something with a container.
pub(crate) async fn act(shared: &Arc<Shared>, params: ContainerActionParams) -> Result<()> {
    let host = host(shared, &params.engine).await?;
    let world = shared.panel.world().clone();
    let action = match params.action {
        ContainerAction::Start => Action::Start,
        ContainerAction::Stop => Action::Stop,
        ContainerAction::Restart => Action::Restart,
        ContainerAction::Remove => Action::Remove,
    };
    let acted = shared
        .panel
        .ask(async move { containers::act(&world, host.as_deref(), &params.id, action).await });
    acted.await.map_err(|error| refused(&error))
}

/// All that an engine knows of a container.
pub(crate) async fn inspect(shared: &Arc<Shared>, params: ObjectParams) -> Result<Inspected> {
    let host = host(shared, &params.engine).await?;
    let world = shared.panel.world().clone();
    let inspected = shared
        .panel
        .ask(async move { containers::inspect(&world, host.as_deref(), &params.id).await });
    let text = inspected.await.map_err(|error| refused(&error))?;
    Ok(Inspected { text })
}

/// Removes an image.
pub(crate) async fn remove_image(shared: &Arc<Shared>, params: ObjectParams) -> Result<()> {
    let host = host(shared, &params.engine).await?;
    let world = shared.panel.world().clone();
    let removed = shared
        .panel
        .ask(async move { containers::remove_image(&world, host.as_deref(), &params.id).await });
    removed.await.map_err(|error| refused(&error))
}

/// Opens logs.
pub(crate) async fn open_logs(shared: &Arc<Shared>, params: OpenLogsParams) -> Result<()> {
    let host = host(shared, &params.engine).await?;
    let query = query(&params).map_err(|error| refused(&error))?;
    let ids: Vec<String> = params.id.into_iter().chain(params.ids.into_iter().flatten()).collect();
    if ids.is_empty() || params.log_id.is_empty() {
        return Err(Error::invalid_params("logs need a logId, and the id of a container"));
    }
    if ids.len() > MOST_LOGS {
        let message = format!("cannot open {} logs as one; ask for {MOST_LOGS} at most", ids.len());
        return Err(Error::invalid_params(message));
    }
    let source = |id| Source { host: host.clone(), id };
    let wish = panel::Wish {
        name: params.log_id,
        sources: ids.into_iter().map(source).collect(),
        query,
        times: params.timestamps.unwrap_or(false),
        colours: params.colors.unwrap_or(false),
    };
    panel::open_logs(shared, wish).await.map_err(|error| refused(&error))
}

fn query(params: &OpenLogsParams) -> std::result::Result<Query, RunError> {
    let moment = |text: &Option<String>| -> std::result::Result<Option<Moment>, RunError> {
        let text = text.as_deref().filter(|text| !text.trim().is_empty());
        text.map(containers::moment).transpose()
    };
    let search = params.search.as_deref().filter(|search| !search.is_empty());
    Ok(Query {
        since: moment(&params.since)?,
        until: moment(&params.until)?,
        search: search.map(Search::new).transpose()?,
        tail: Some(params.tail.unwrap_or(TAIL).min(LONGEST_TAIL)),
        follow: params.follow.unwrap_or(false),
    })
}

async fn host(shared: &Shared, engine: &str) -> Result<Option<String>> {
    panel::host(shared, engine).await.map_err(|error| refused(&error))
}

/// The parts of the error are in its data, for a client that shows the remedy on its own.
fn refused(error: &RunError) -> Error {
    let code = match error.fault {
        Fault::Configuration => ErrorCode::InvalidParams,
        Fault::Interpreter | Fault::Process | Fault::NoTests => {
            ErrorCode::ServerError(lsp_types::error_codes::REQUEST_FAILED)
        }
    };
    let data = json!({ "message": error.message, "help": error.help });
    Error { code, message: error_words(error).into(), data: Some(data) }
}
