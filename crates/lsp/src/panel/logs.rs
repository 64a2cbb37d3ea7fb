//! Logs that are open: read as fast as the client takes them, and no faster.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use testdock_core::containers::LogLines;
use testdock_core::containers::logs::Query;
use testdock_core::model::{Fault, RunError};
use testdock_engine::containers::{self, Entry, Logs, Source};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::ext::{LogEnded, LogEndedParams, LogText, LogTextParams};
use crate::outbox::Lane;
use crate::shared::Shared;

/// Bytes of one log that may wait for the client. The engine keeps the rest: it is not read before.
const ROOM: usize = 256 * 1024;
/// Lines are sent together: so many bytes, or what came within so long a time.
const PIECE: usize = 32 * 1024;
const GATHERED: Duration = Duration::from_millis(40);

/// The logs that are open, by the client's names.
#[derive(Debug, Default)]
pub(super) struct Open(Mutex<HashMap<String, CancellationToken>>);

impl Open {
    fn known(&self) -> MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn close_all(&self) {
        for (_, log) in self.known().drain() {
            log.cancel();
        }
    }
}

/// What a client wants to read, and how.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) name: String,
    pub(crate) sources: Vec<Source>,
    pub(crate) query: Query,
    pub(crate) times: bool,
    pub(crate) colours: bool,
}

/// Opens logs; what they say follows.
pub(crate) async fn open(shared: &Arc<Shared>, wish: Wish) -> Result<(), RunError> {
    let closing = reserve(shared, &wish.name)?;
    let (world, sources, query) = (shared.panel.world.clone(), wish.sources, wish.query);
    let opened =
        shared.panel.ask(async move { containers::logs(&world, &sources, query).await }).await;
    let logs = match opened {
        Ok(logs) => logs,
        Err(error) => {
            release(shared, &wish.name, &closing);
            return Err(error);
        }
    };
    let lines = LogLines { names: logs.names.clone(), times: wish.times, colours: wish.colours };
    let reader = Reader {
        name: wish.name,
        lines,
        lane: shared.outbox.lane(ROOM),
        seq: 0,
        piece: String::new(),
        end: None,
    };
    let shared = shared.clone();
    tokio::spawn(reader.read(shared, logs, closing));
    Ok(())
}

fn reserve(shared: &Shared, name: &str) -> Result<CancellationToken, RunError> {
    let mut known = shared.panel.logs.known();
    if known.contains_key(name) {
        let message = format!("cannot open the logs {name}: they are open already");
        return Err(RunError::new(Fault::Configuration, message).help("choose another logId"));
    }
    let closing = shared.over.child_token();
    known.insert(name.to_owned(), closing.clone());
    Ok(closing)
}

/// The name is free again.
fn release(shared: &Shared, name: &str, closing: &CancellationToken) {
    closing.cancel();
    let mut known = shared.panel.logs.known();
    // Others may have the name by now.
    if known.get(name).is_some_and(CancellationToken::is_cancelled) {
        known.remove(name);
    }
}

/// Closes logs; those that are not open are closed.
pub(crate) fn close(shared: &Shared, name: &str) {
    if let Some(closing) = shared.panel.logs.known().get(name) {
        closing.cancel();
    }
}

struct Reader {
    name: String,
    lines: LogLines,
    lane: Lane,
    seq: u64,
    piece: String,
    /// What was said at the end of the only log.
    end: Option<String>,
}

impl Reader {
    async fn read(mut self, shared: Arc<Shared>, mut logs: Logs, closing: CancellationToken) {
        let reading = async {
            while let Some(entry) = logs.entries.recv().await {
                self.add(entry);
                let until = Instant::now() + GATHERED;
                while self.piece.len() < PIECE {
                    match timeout_at(until, logs.entries.recv()).await {
                        Ok(Some(entry)) => self.add(entry),
                        Ok(None) | Err(_) => break,
                    }
                }
                self.send().await;
            }
        };
        closing.run_until_cancelled(reading).await;
        release(&shared, &self.name, &closing);
        let message = self.end;
        shared.outbox.notify::<LogEnded>(LogEndedParams { log_id: self.name, message });
    }

    fn add(&mut self, entry: Entry) {
        let line = match entry {
            Entry::Line(log, line) => self.lines.show(log, &line),
            Entry::Ended(_, message) if self.lines.names.len() == 1 => {
                self.end = Some(message);
                return;
            }
            Entry::Ended(log, message) => self.lines.note(log, &message),
        };
        self.piece.push_str(&line);
        self.piece.push('\n');
    }

    async fn send(&mut self) {
        if self.piece.is_empty() {
            return;
        }
        self.seq += 1;
        let text = std::mem::take(&mut self.piece);
        let weight = text.len();
        let params = LogTextParams { log_id: self.name.clone(), seq: self.seq, text };
        self.lane.send::<LogText>(params, weight).await;
    }
}
