//! Notifications on their way to the client, in order.
//!
//! The loop must never wait for the client, so it puts them here; one task sends them. What a run
//! prints is held back where the client does not keep up: memory does not grow with it. What can wait at
//! its source, such as the log of a container, has a lane of its own, and waits there.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lsp_types::notification::Notification;
use tokio::sync::{Notify, mpsc};
use tower_lsp::Client;

/// Bytes of output that may wait.
const ROOM: usize = 4 * 1024 * 1024;

type Sending = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Letter {
    weight: usize,
    load: Arc<Load>,
    send: Box<dyn FnOnce(Client) -> Sending + Send>,
}

/// What waits of one kind.
#[derive(Debug, Default)]
struct Load {
    waiting: AtomicUsize,
    freed: Notify,
}

/// Where notifications go. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    letters: mpsc::UnboundedSender<Letter>,
    load: Arc<Load>,
}

/// The other end of an [`Outbox`].
#[derive(Debug)]
pub(crate) struct Letters(mpsc::UnboundedReceiver<Letter>);

/// An outbox and its other end.
pub(crate) fn channel() -> (Outbox, Letters) {
    let (letters, receiver) = mpsc::unbounded_channel();
    (Outbox { letters, load: Arc::default() }, Letters(receiver))
}

impl Outbox {
    /// Sends a notification when its turn has come.
    pub(crate) fn notify<N: Notification + 'static>(&self, params: N::Params) {
        self.put::<N>(params, 0, &self.load);
    }

    /// Sends a notification that carries `weight` bytes of output; gives it up where too much
    /// waits already.
    pub(crate) fn offer<N: Notification + 'static>(
        &self,
        params: N::Params,
        weight: usize,
    ) -> bool {
        let fits = self.load.waiting.load(Ordering::Relaxed) + weight <= ROOM;
        if fits {
            self.put::<N>(params, weight, &self.load);
        }
        fits
    }

    /// A way into the outbox where only `room` bytes may wait, whatever waits besides.
    pub(crate) fn lane(&self, room: usize) -> Lane {
        Lane { outbox: self.clone(), room, load: Arc::default() }
    }

    fn put<N: Notification + 'static>(&self, params: N::Params, weight: usize, load: &Arc<Load>) {
        load.waiting.fetch_add(weight, Ordering::Relaxed);
        let send = Box::new(move |client: Client| -> Sending {
            Box::pin(async move { client.send_notification::<N>(params).await })
        });
        // When the other end is gone, so is the client.
        let _ = self.letters.send(Letter { weight, load: load.clone(), send });
    }
}

/// A way into the outbox for what can wait at its source. It has one user, who waits.
#[derive(Debug)]
pub(crate) struct Lane {
    outbox: Outbox,
    room: usize,
    load: Arc<Load>,
}

impl Lane {
    /// Waits until there is room for `weight` bytes.
    pub(crate) async fn has_room(&self, weight: usize) {
        loop {
            let waiting = self.load.waiting.load(Ordering::Relaxed);
            // What is larger than all the room goes alone.
            if waiting == 0 || waiting + weight <= self.room {
                return;
            }
            self.load.freed.notified().await;
        }
    }

    /// Sends a notification that carries `weight` bytes, when there is room for them.
    pub(crate) async fn send<N: Notification + 'static>(&self, params: N::Params, weight: usize) {
        self.has_room(weight).await;
        self.outbox.put::<N>(params, weight, &self.load);
    }
}

/// Sends what is put into the outbox, one after the other.
pub(crate) async fn deliver(mut letters: Letters, client: Client) {
    while let Some(letter) = letters.0.recv().await {
        (letter.send)(client.clone()).await;
        letter.load.waiting.fetch_sub(letter.weight, Ordering::Relaxed);
        letter.load.freed.notify_one();
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

    #[tokio::test]
    async fn a_full_lane_waits_for_room_and_bothers_nobody_else() {
        let (outbox, mut letters) = channel();
        let lane = outbox.lane(10);
        let message = || LogMessageParams { typ: MessageType::LOG, message: String::new() };
        // Larger than all the room, and alone.
        lane.send::<LogMessage>(message(), 11).await;
        assert!(outbox.offer::<LogMessage>(message(), ROOM));
        let waiting = async {
            lane.send::<LogMessage>(message(), 1).await;
        };
        let taking = async {
            let letter = letters.0.recv().await.expect("the first");
            letter.load.waiting.fetch_sub(letter.weight, Ordering::Relaxed);
            letter.load.freed.notify_one();
        };
        tokio::join!(biased; waiting, taking);
        assert_eq!(lane.load.waiting.load(Ordering::Relaxed), 1);
    }
}
