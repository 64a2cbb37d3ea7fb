//! Tells a client that watches the tree what it is now, and not too often.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use testdock_core::session::{Change, Session};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::lines;
use crate::ext::{TreeChanged, TreeChangedParams};
use crate::shared::Shared;

/// The client is told at most so often.
const PAUSE: Duration = Duration::from_millis(200);
/// A tree with more lines is told less often: a client takes its time to draw them.
const PAUSE_A_LINE: Duration = Duration::from_micros(100);

/// Whether the client watches. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    bell: Arc<Notify>,
    is_wanted: Arc<AtomicBool>,
}

impl Watch {
    /// The client wants to be told from now on, or no longer.
    pub(crate) fn set(&self, is_wanted: bool) {
        self.is_wanted.store(is_wanted, Ordering::Relaxed);
        self.bell.notify_one();
    }

    /// Follows what changes in the session.
    pub(crate) fn follow(&self, change: &Change) {
        let is_seen = matches!(
            change,
            Change::FolderClosed { .. }
                | Change::ScanEnded(_)
                | Change::Tests { .. }
                | Change::Stale { .. }
                | Change::Queued { .. }
                | Change::Refused { .. }
                | Change::TestStarted { .. }
                | Change::TestFinished { .. }
                | Change::TestRetracted { .. }
                | Change::Ended { .. }
        );
        if is_seen {
            self.bell.notify_one();
        }
    }

    /// Tells what changed, the first change at once and the last one for certain.
    pub(crate) async fn pass_on(self, shared: Arc<Shared>) {
        // Of a client that does not keep up one tree waits, and the next one is made when that has left.
        let lane = shared.outbox.lane(1);
        loop {
            self.bell.notified().await;
            lane.has_room(1).await;
            if !self.is_wanted.load(Ordering::Relaxed) {
                continue;
            }
            let at_loop = shared.clone();
            let Some(tree) = shared.handle.ask(move |session| tree(&at_loop, session)).await else {
                continue;
            };
            let count = u32::try_from(tree.lines.len()).unwrap_or(u32::MAX);
            lane.send::<TreeChanged>(tree, 1).await;
            sleep(PAUSE.max(PAUSE_A_LINE * count)).await;
        }
    }
}

fn tree(shared: &Shared, session: &Session) -> TreeChangedParams {
    TreeChangedParams { seq: shared.next_seq(), lines: lines(shared, session) }
}
