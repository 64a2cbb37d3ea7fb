//! What the test explorer asks.

use std::sync::Arc;

use testdock_core::id::FolderName;
use testdock_core::session::Session;
use tower_lsp::jsonrpc::Result;

use super::request::{self, Request, Target};
use crate::ext::{DiscoverTestParams, DiscoverTestResults, RunName, RunTestParams, TestItem};
use crate::from_proto;
use crate::runs::Origin;
use crate::shared::Shared;
use crate::tree::{self, Tree};

/// The topmost items, or all below one, once all folders are read.
pub(crate) async fn discover_test(
    shared: &Arc<Shared>,
    params: DiscoverTestParams,
) -> Result<DiscoverTestResults> {
    let gone = || request::gone();
    let mut scans = shared.scans.subscribe();
    loop {
        let (at_loop, params) = (shared.clone(), params.clone());
        let results = shared.handle.ask(move |session| discovered(&at_loop, session, params));
        if let Some(results) = results.await.ok_or_else(gone)? {
            return Ok(results);
        }
        tokio::select! {
            _ = scans.changed() => {}
            () = shared.over.cancelled() => return Err(gone()),
        }
    }
}

fn discovered(
    shared: &Shared,
    session: &Session,
    params: DiscoverTestParams,
) -> Option<DiscoverTestResults> {
    let is_read = |name: &FolderName| {
        let mut folders = session.folders();
        folders.any(|it| it.name == *name && it.is_resolved && !it.scanning)
    };
    if !shared.folders.all().iter().all(|(name, _)| is_read(name)) {
        return None;
    }
    let (tests, scope) = match params.test_id {
        None => (tree::top(shared, session), None),
        Some(id) => (below(shared, session, &id), Some(vec![id])),
    };
    Some(DiscoverTestResults { tests, scope, scope_file: None, seq: shared.next_seq() })
}

fn below(shared: &Shared, session: &Session, id: &str) -> Vec<TestItem> {
    let Some((name, id)) = from_proto::test(session, id) else {
        return Vec::new();
    };
    let folder = session.folders().find(|folder| folder.name == name);
    folder.map_or_else(Vec::new, |folder| Tree::new(shared, session, folder).below(&id))
}

/// Runs tests, or what saved files touch of them, and answers with the run's id.
pub(crate) async fn run_test(shared: &Arc<Shared>, params: RunTestParams) -> Result<RunName> {
    if params.continuous && !shared.is_trusted() {
        return Err(request::failed(
            "the workspace is not trusted, and what runs by itself needs that; trust it first",
        ));
    }
    let target = Target::Tests { ids: params.include, exclude: params.exclude.unwrap_or_default() };
    let request = Request {
        fresh: params.fresh,
        is_continuous: params.continuous,
        name: params.run_id,
        ..Request::new(target, Origin::Explorer)
    };
    request::start(shared, request).await
}

/// Ends a run early.
pub(crate) async fn abort_run_test(shared: &Arc<Shared>, params: RunName) {
    request::cancel(shared, params.run_id).await;
}
