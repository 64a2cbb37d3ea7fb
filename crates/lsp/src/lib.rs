//! Shows it to editors: the language server protocol and the test-explorer extension.
//!
//! Handlers are mailboxes: each converts its parameters, hands one input to the loop of
//! `testdock-engine` or asks its session, and returns. What the session changes reaches the editor
//! through `sink`, in order, by way of one `outbox`. Nobody waits for the client.

pub mod ext;

mod serve;
mod server;
mod shared;

mod handlers;

mod sink;

mod explorer;
mod marks;
mod messages;
mod progress;
mod published;
mod refresh;
mod watch;

mod consent;
mod documents;
mod folders;
mod inbound;
mod interpreters;
mod outbox;
mod outline;
mod panel;
mod runs;
mod settings;
mod tree;
mod watchdog;

mod from_proto;
mod to_proto;

pub use serve::{Farewell, Options, serve};
