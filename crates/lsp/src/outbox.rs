//! Notifications on their way to the client, in order.
//!
//! The loop must never wait for the client, so it puts them here; one task sends them. What a run
//! prints is held back where the client does not keep up: memory does not grow with it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lsp_types::notification::Notification;
use tokio::sync::mpsc;
use tower_lsp::Client;

/// Bytes of output that may wait.
const ROOM: usize = 4 * 1024 * 1024;

type Sending = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Letter {
    weight: usize,
    send: Box<dyn FnOnce(Client) -> Sending + Send>,
}

/// Where notifications go. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    letters: mpsc::UnboundedSender<Letter>,
    waiting: Arc<AtomicUsize>,
}

/// The other end of an [`Outbox`].
#[derive(Debug)]
pub(crate) struct Letters {
    letters: mpsc::UnboundedReceiver<Letter>,
    waiting: Arc<AtomicUsize>,
}

/// An outbox and its other end.
pub(crate) fn channel() -> (Outbox, Letters) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let outbox = Outbox { letters: sender, waiting: waiting.clone() };
    (outbox, Letters { letters: receiver, waiting })
}

impl Outbox {
    /// Sends a notification when its turn has come.
    pub(crate) fn notify<N: Notification + 'static>(&self, params: N::Params) {
        self.put::<N>(params, 0);
    }

    /// Sends a notification that carries `weight` bytes of output; gives it up where too much
    /// waits already.
    pub(crate) fn offer<N: Notification + 'static>(
        &self,
        params: N::Params,
        weight: usize,
    ) -> bool {
        if self.waiting.load(Ordering::Relaxed) + weight > ROOM {
            return false;
        }
        self.waiting.fetch_add(weight, Ordering::Relaxed);
        self.put::<N>(params, weight);
        true
    }

    fn put<N: Notification + 'static>(&self, params: N::Params, weight: usize) {
        let send = Box::new(move |client: Client| -> Sending {
            Box::pin(async move { client.send_notification::<N>(params).await })
        });
        // When the other end is gone, so is the client.
        let _ = self.letters.send(Letter { weight, send });
    }
}

/// Sends what is put into the outbox, one after the other.
pub(crate) async fn deliver(mut letters: Letters, client: Client) {
    while let Some(letter) = letters.letters.recv().await {
        (letter.send)(client.clone()).await;
        letters.waiting.fetch_sub(letter.weight, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("weight", &self.weight).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use lsp_types::notification::LogMessage;
    use lsp_types::{LogMessageParams, MessageType};

    use super::*;

    #[test]
    fn output_that_nobody_takes_is_given_up() {
        let (outbox, _letters) = channel();
        let offer = |weight| {
            let message = LogMessageParams { typ: MessageType::LOG, message: String::new() };
            outbox.offer::<LogMessage>(message, weight)
        };
        assert!(offer(ROOM - 1));
        assert!(!offer(2));
        assert!(offer(1));
    }
}
