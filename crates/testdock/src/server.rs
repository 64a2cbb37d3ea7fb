//! `testdock lsp`.

use std::process::ExitCode;
use std::sync::Arc;

use testdock_engine::drive::Services;
use testdock_engine::scan::{Depth, Scanner, Settings};
use testdock_engine::state::Store;
use testdock_engine::world::World;
use testdock_lsp::{Farewell, Options};

use crate::exit;

pub(crate) async fn serve() -> ExitCode {
    let services = Services {
        runner: Arc::new(World::default()),
        scanner: Arc::new(Scanner::new(Settings::default(), Depth::Tests)),
        store: Store::of_user().map(Arc::new),
    };
    let (input, output) = (tokio::io::stdin(), tokio::io::stdout());
    match testdock_lsp::serve(input, output, services, Options::default()).await {
        Farewell::Orderly => exit::PASSED.into(),
        // The protocol asks for 1 where the client leaves without a word.
        Farewell::Abrupt => exit::FAILED.into(),
    }
}
