//! Runs that somebody tells, for tests of whoever drives them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use camino::Utf8PathBuf;
use futures_util::future::BoxFuture;
use testdock_core::interpreter::{Found, Standing};
use testdock_core::model::{End, Ended, RunEvent};
use testdock_core::plan::{Interpreter, Plan};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::runner::{Events, Runner};

/// Hands each run over to the one at the other end, and lets happen in it what that one says.
#[derive(Debug, Clone)]
pub struct Scripted {
    runs: mpsc::UnboundedSender<Script>,
    places: Arc<Mutex<Places>>,
}

#[derive(Debug, Default)]
struct Places {
    found: BTreeMap<String, Found>,
    looks: usize,
}

impl Scripted {
    /// A runner, and the runs that it is asked for.
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Script>) {
        let (runs, receiver) = mpsc::unbounded_channel();
        (Self { runs, places: Arc::default() }, receiver)
    }

    /// From now on an interpreter stands like this; one of which nothing was said is absent.
    pub fn stands(&self, interpreter: &str, found: Found) {
        self.places().found.insert(interpreter.to_owned(), found);
    }

    /// How often somebody looked at interpreters.
    pub fn looks(&self) -> usize {
        self.places().looks
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that waits to be told what happens in it. One that nobody tells of any more goes on until it is
/// cancelled.
#[derive(Debug)]
pub struct Script {
    /// What was asked for.
    pub plan: Arc<Plan>,
    events: mpsc::UnboundedSender<RunEvent>,
}

impl Script {
    /// Lets something happen; in a run that is over nothing does.
    pub fn say(&self, event: RunEvent) {
        let _ = self.events.send(event);
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        self.events.is_closed()
    }

    /// Waits for its end.
    pub async fn over(&self) {
        self.events.closed().await;
    }
}

impl Runner for Scripted {
    fn perform(
        &self,
        plan: Arc<Plan>,
        events: Events,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, ()> {
        let (sender, told) = mpsc::unbounded_channel();
        // Without anybody at the other end it is a run that nobody tells of.
        let _ = self.runs.send(Script { plan, events: sender });
        Box::pin(pass_on(told, events, cancel))
    }

    fn look(
        &self,
        _: Utf8PathBuf,
        asked: Vec<Arc<Interpreter>>,
    ) -> BoxFuture<'static, Vec<(Arc<Interpreter>, Standing)>> {
        let mut places = self.places();
        places.looks += 1;
        let standing = |place: Arc<Interpreter>| {
            let found = places.found.get(&place.name).cloned().unwrap_or(Found::Absent);
            let inputs = vec!["requirements.txt".to_owned()];
            (place, Standing { engine: "unix:///run/docker.sock".to_owned(), found, inputs })
        };
        Box::pin(std::future::ready(asked.into_iter().map(standing).collect()))
    }
}

/// Lets happen what is told, until an end is told or somebody cancels.
pub(crate) async fn pass_on(
    mut told: mpsc::UnboundedReceiver<RunEvent>,
    events: Events,
    cancel: CancellationToken,
) {
    loop {
        let event = tokio::select! {
            biased;
            () = cancel.cancelled() => RunEvent::Ended(cancelled()),
            Some(event) = told.recv() => event,
        };
        let is_over = matches!(event, RunEvent::Ended(_));
        events.send(event).await;
        if is_over {
            return;
        }
    }
}

fn cancelled() -> Ended {
    Ended { how: End::Cancelled, duration: Duration::ZERO, log: None }
}

#[cfg(test)]
pub(crate) mod tests {
    use testdock_core::id::RunId;

    use super::*;

    /// A run of nothing: what happens in it is told, not done.
    pub(crate) fn plan() -> Plan {
        let (jobs, builds) = (Vec::new(), Vec::new());
        Plan { run: "r".into(), root: "/w".into(), jobs, builds, timeout: None }
    }

    /// What becomes of a run in which `script` happens, cancelled once it has.
    async fn play(script: &[RunEvent]) -> Vec<RunEvent> {
        let (sender, mut receiver) = mpsc::channel(8);
        let (runner, mut runs) = Scripted::new();
        let cancel = CancellationToken::new();
        let events = Events::new(RunId::from("r"), sender);
        let run = tokio::spawn(runner.perform(Arc::new(plan()), events, cancel.clone()));
        let told = runs.recv().await.unwrap();
        let mut happened = Vec::new();
        for event in script {
            told.say(event.clone());
            happened.push(receiver.recv().await.unwrap().1);
        }
        cancel.cancel();
        told.over().await;
        run.await.unwrap();
        while let Some((_, event)) = receiver.recv().await {
            happened.push(event);
        }
        happened
    }

    #[tokio::test]
    async fn a_run_ends_as_it_is_told_or_when_it_is_cancelled() {
        let completed = Ended { how: End::Completed, ..cancelled() };
        let collected = RunEvent::Collected(1);
        let whole = [collected.clone(), RunEvent::Ended(completed)];
        assert_eq!(play(&whole).await, whole);
        let cut = [collected.clone(), RunEvent::Ended(cancelled())];
        assert_eq!(play(&[collected]).await, cut);
    }
}
