//! `testdock lsp`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use camino::Utf8Path;
use testdock_engine::drive::Services;
use testdock_engine::replay::Replay;
use testdock_engine::scan::{Depth, Scanner, Settings};
use testdock_engine::state::Store;
use testdock_engine::world::World;
use testdock_lsp::{Farewell, Options};

use crate::args::ServerArguments;
use crate::exit;

pub(crate) async fn serve(arguments: &ServerArguments) -> Result<ExitCode> {
    let services = services(arguments.replay.as_deref(), Settings::default(), Depth::Tests)?;
    let (input, output) = (tokio::io::stdin(), tokio::io::stdout());
    Ok(match testdock_lsp::serve(input, output, services, Options::default()).await {
        Farewell::Orderly => exit::PASSED.into(),
        // The protocol asks for 1 where the client leaves without a word.
        Farewell::Abrupt => exit::FAILED.into(),
    })
}

/// What performs the effects: for real, or as a recording tells it, of which nothing is remembered.
pub(crate) fn services(
    replay: Option<&Utf8Path>,
    settings: Settings,
    depth: Depth,
) -> Result<Services> {
    let scanner = Arc::new(Scanner::new(settings, depth));
    Ok(match replay {
        Some(recording) => {
            Services { runner: Arc::new(Replay::open(recording)?), scanner, store: None }
        }
        None => Services {
            runner: Arc::new(World::default()),
            scanner,
            store: Store::of_user().map(Arc::new),
        },
    })
}
