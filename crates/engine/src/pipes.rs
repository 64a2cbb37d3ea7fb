//! The streams of a process that runs under the supervisor, wherever it runs.

use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::supervisor::HEARTBEAT;

/// What arrives from a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Of its frame stream.
    Frames(Bytes),
    /// Of what the command prints.
    Output(Bytes),
    /// Something that the engine says instead of starting the process.
    Refusal(Bytes),
}

/// A started process.
pub(crate) struct Pipes {
    /// What it says.
    pub(crate) pieces: BoxStream<'static, io::Result<Piece>>,
    /// Its standard input.
    pub(crate) input: Pin<Box<dyn AsyncWrite + Send>>,
}

/// Keeps a process alive: gives a sign of life every few seconds, and closes its standard input
/// when dropped.
#[derive(Debug)]
pub(crate) struct Lifeline(#[expect(dead_code, reason = "held for its drop")] DropGuard);

impl Lifeline {
    /// Holds on to `input`.
    pub(crate) fn hold(input: Pin<Box<dyn AsyncWrite + Send>>) -> Self {
        let end = CancellationToken::new();
        tokio::spawn(beat(input, end.clone()));
        Self(end.drop_guard())
    }
}

async fn beat(mut input: Pin<Box<dyn AsyncWrite + Send>>, end: CancellationToken) {
    while end.run_until_cancelled(tokio::time::sleep(HEARTBEAT)).await.is_some() {
        if input.write_all(b"\n").await.is_err() || input.flush().await.is_err() {
            return;
        }
    }
    // Dropping one half of a connection would not close it.
    let _ = input.shutdown().await;
}
