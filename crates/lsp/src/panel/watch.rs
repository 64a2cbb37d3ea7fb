//! Tells the client of changes, as long as it wants to be told.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use testdock_engine::containers::{self, Engine};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Known, Panel, look_around, snapshot};
use crate::ext::{ContainersChanged, ContainersSnapshot};
use crate::shared::Shared;

/// At most so often the client is told.
const PAUSE: Duration = Duration::from_millis(200);
/// A client that does not keep up has the newest snapshot waiting, and no other.
const ROOM: usize = 1;

/// Begins or ends to tell.
pub(crate) fn watch(shared: &Arc<Shared>, watch: bool) {
    let mut known = shared.panel.known();
    match (watch, known.watching.take()) {
        (true, Some(watching)) => known.watching = Some(watching),
        (true, None) => {
            let watching = shared.over.child_token();
            known.watching = Some(watching.clone());
            tokio::spawn(until_unwatched(shared.clone(), watching));
        }
        (false, Some(watching)) => watching.cancel(),
        (false, None) => {}
    }
}

async fn until_unwatched(shared: Arc<Shared>, watching: CancellationToken) {
    let telling = async { tokio::join!(look(&shared), tell(&shared)) };
    tokio::select! {
        () = watching.cancelled() => {}
        _ = telling => {}
    }
    // What was told is no longer kept up to date; somebody may watch again already.
    let mut known = shared.panel.known();
    if known.watching.as_ref().is_none_or(CancellationToken::is_cancelled) {
        known.told.clear();
    }
}

/// Looks at the engines that there are, and at others when there are others.
async fn look(shared: &Arc<Shared>) {
    let panel = &shared.panel;
    let mut engines = learn(shared).await;
    loop {
        let watched = engines.iter().map(|engine| look_at(panel, engine));
        let change = async {
            loop {
                panel.folders_changed.notified().await;
                let others = learn(shared).await;
                panel.changed.notify_one();
                if others != engines {
                    return others;
                }
            }
        };
        let others = tokio::select! {
            others = change => others,
            _ = join_all(watched) => return,
        };
        let is_there = |host: &Option<String>| others.iter().any(|it| it.host == *host);
        panel.known().told.retain(|host, _| is_there(host));
        engines = others;
    }
}

async fn learn(shared: &Shared) -> Vec<Engine> {
    let (engines, projects) = look_around(shared).await;
    let mut known = shared.panel.known();
    known.projects = projects;
    known.engines.clone_from(&engines);
    engines
}

async fn look_at(panel: &Panel, engine: &Engine) {
    let host = &engine.host;
    containers::watch(&panel.world, host.as_deref(), |look| {
        panel.known().told.insert(host.clone(), look);
        panel.changed.notify_one();
    })
    .await;
}

/// Sends what is known when it has changed.
async fn tell(shared: &Arc<Shared>) {
    let lane = shared.outbox.lane(ROOM);
    let mut last = ContainersSnapshot::default();
    loop {
        shared.panel.changed.notified().await;
        lane.has_room(ROOM).await;
        let new = take(&mut shared.panel.known());
        if let Some(new) = new.filter(|new| new.engines != last.engines) {
            last = new.clone();
            lane.send::<ContainersChanged>(new, ROOM).await;
        }
        sleep(PAUSE).await;
    }
}

/// The snapshot of what is known; an engine that has not told yet is not in it.
fn take(known: &mut Known) -> Option<ContainersSnapshot> {
    if known.told.is_empty() {
        return None;
    }
    known.seq += 1;
    let look = |host: &Option<String>| known.told.get(host);
    Some(snapshot::snapshot(known.seq, &known.engines, &known.projects, look))
}
