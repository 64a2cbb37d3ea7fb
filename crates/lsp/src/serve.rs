//! The server's life: from its first byte to the end of its last run.

use std::sync::Arc;
use std::time::Duration;

use testdock_core::session::Session;
use testdock_engine::drive::{self, Services, drive};
use tokio::io::{AsyncRead, AsyncWrite};
use tower_lsp::LspService;

use crate::refresh::Refresh;
use crate::server::Server;
use crate::shared::Shared;
use crate::sink::EditorSink;
use crate::{ext, inbound, outbox};

/// Bytes of input that may wait for the server.
const BUFFER: usize = 64 * 1024;

/// Messages that are handled at once: more than may wait for engines, so that those hold up no other.
const AT_ONCE: usize = 64;

/// How the server presents itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its version, for the client's log.
    pub version: String,
    /// A scan that ends sooner shows no progress.
    pub scan_patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scan_patience: Duration::from_millis(300),
        }
    }
}

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// The client asked for it.
    Orderly,
    /// The client went away.
    Abrupt,
}

/// Speaks the protocol until the client says that it is over, closes its end, or dies. Nothing of
/// any run is left when it returns.
pub async fn serve<I, O>(stdin: I, stdout: O, services: Services, options: Options) -> Farewell
where
    I: AsyncRead + Unpin,
    O: AsyncWrite,
{
    let (handle, mailbox) = drive::channel();
    let (outbox, letters) = outbox::channel();
    let build = LspService::build(|client| {
        let shared = Shared::new(client, handle.clone(), &services, outbox, options);
        Server(Arc::new(shared))
    });
    let (service, socket) = build
        .custom_method(ext::DISCOVER_TEST, Server::discover_test)
        .custom_method(ext::RUN_TEST, Server::run_test)
        .custom_method(ext::ABORT_RUN_TEST, Server::abort_run_test)
        .custom_method(ext::WATCH_TREE, Server::watch_tree)
        .custom_method(ext::NAMES, Server::names)
        .custom_method(ext::INTERPRETERS, Server::interpreters)
        .custom_method(ext::ADD_INTERPRETER, Server::add_interpreter)
        .custom_method(ext::TRUST, Server::trust)
        .custom_method(ext::CONTAINERS, Server::containers)
        .custom_method(ext::WATCH_CONTAINERS, Server::watch_containers)
        .custom_method(ext::CONTAINER_ACTION, Server::container_action)
        .custom_method(ext::INSPECT_CONTAINER, Server::inspect_container)
        .custom_method(ext::REMOVE_IMAGE, Server::remove_image)
        .custom_method(ext::OPEN_LOGS, Server::open_logs)
        .custom_method(ext::CLOSE_LOGS, Server::close_logs)
        .custom_method(ext::CANCEL_PROGRESS, Server::cancel_progress)
        .finish();
    let shared = service.inner().0.clone();
    let refresh = Refresh::default();
    let mut sink = EditorSink::new(&shared, refresh.clone());
    // Should the loop end by a bug of ours, nobody would ever answer again: the server ends too.
    let on_panic = shared.hang_up.clone().drop_guard();
    let driver = tokio::spawn(async move {
        drive(Session::default(), mailbox, services, &mut sink).await;
        on_panic.disarm();
    });
    shared.spawn(outbox::deliver(letters, shared.client.clone()));
    shared.spawn(refresh.pass_on(shared.clone()));
    shared.spawn(shared.marks.clone().pass_on(shared.clone()));
    shared.spawn(shared.outline.clone().pass_on(shared.clone()));

    let (to_server, input) = tokio::io::duplex(BUFFER);
    let relay = async {
        inbound::pass_on(stdin, to_server).await;
        // The server reads its end of the input, and ends by it once all that was asked is answered.
        shared.panel.close();
        std::future::pending::<()>().await;
    };
    let server = tower_lsp::Server::new(input, stdout, socket).concurrency_level(AT_ONCE);
    tokio::select! {
        () = server.serve(service) => {}
        () = relay => {}
        () = shared.hang_up.cancelled() => {}
    }
    handle.quit().await;
    shared.over.cancel();
    if let Err(error) = driver.await {
        tracing::error!(%error, "the loop ended badly");
    }
    shared.close();
    shared.farewell()
}
