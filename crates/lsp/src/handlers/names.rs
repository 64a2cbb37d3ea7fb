//! Names, for what completes one.

use std::collections::HashSet;
use std::sync::Arc;

use tower_lsp::jsonrpc::Result;

use super::{containers, interpreters, request};
use crate::ext::{Names, NamesOf};
use crate::shared::Shared;
use crate::tree::Tree;

/// Those of one kind of things.
pub(crate) async fn names(shared: &Arc<Shared>, of: NamesOf) -> Result<Names> {
    let mut names = match of {
        NamesOf::Tests => tests(shared).await?,
        NamesOf::Interpreters => {
            let interpreters = interpreters::list(shared).await?.interpreters;
            interpreters.into_iter().map(|it| it.name).collect()
        }
        NamesOf::Containers => {
            let engines = containers::list(shared).await?.engines.into_iter();
            let groups = engines.flat_map(|it| it.groups);
            groups.flat_map(|it| it.containers).map(|it| it.name).collect()
        }
    };
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(Names { names })
}

async fn tests(shared: &Arc<Shared>) -> Result<Vec<String>> {
    let at_loop = shared.clone();
    let names = shared.handle.ask(move |session| {
        let trees = session.folders().map(|folder| Tree::new(&at_loop, session, folder));
        trees.flat_map(Tree::names).collect()
    });
    names.await.ok_or_else(request::gone)
}
