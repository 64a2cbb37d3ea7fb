//! Runs that are told beforehand, for tests of whoever drives them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use testdock_core::model::{End, Ended, RunEvent};
use testdock_core::plan::Plan;
use tokio_util::sync::CancellationToken;

use crate::runner::{Events, Runner};

/// Replays events: the first list for the first plan that it is given, and so on; the last list
/// again for every further one.
///
/// A list without an end is a run that goes on until somebody cancels it.
#[derive(Debug, Clone)]
pub struct Scripted(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    scripts: VecDeque<Vec<RunEvent>>,
    plans: Vec<Arc<Plan>>,
}

impl Scripted {
    /// A runner that replays `scripts`.
    pub fn new(scripts: impl IntoIterator<Item = Vec<RunEvent>>) -> Self {
        Self(Arc::new(Mutex::new(State {
            scripts: scripts.into_iter().collect(),
            plans: Vec::new(),
        })))
    }

    /// The plans that it was given.
    pub fn plans(&self) -> Vec<Arc<Plan>> {
        self.state(|state| state.plans.clone())
    }

    fn next(&self, plan: Arc<Plan>) -> Vec<RunEvent> {
        self.state(|state| {
            state.plans.push(plan);
            match state.scripts.len() {
                0 | 1 => state.scripts.front().cloned().unwrap_or_default(),
                _ => state.scripts.pop_front().unwrap_or_default(),
            }
        })
    }

    fn state<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Runner for Scripted {
    fn perform(
        &self,
        plan: Arc<Plan>,
        events: Events,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, ()> {
        let script = self.next(plan);
        Box::pin(async move {
            for event in script {
                if cancel.is_cancelled() {
                    break;
                }
                let over = matches!(event, RunEvent::Ended(_));
                events.send(event).await;
                if over {
                    return;
                }
            }
            cancel.cancelled().await;
            events.send(RunEvent::Ended(cancelled())).await;
        })
    }
}

fn cancelled() -> Ended {
    Ended { how: End::Cancelled, duration: Duration::ZERO, log: None }
}

#[cfg(test)]
mod tests {
    use testdock_core::id::RunId;
    use tokio::sync::mpsc;

    use super::*;

    async fn play(runner: &Scripted, cancel: CancellationToken) -> Vec<RunEvent> {
        let plan = Plan { run: "r".into(), root: "/w".into(), jobs: Vec::new(), timeout: None };
        let (sender, mut receiver) = mpsc::channel(8);
        runner.perform(Arc::new(plan), Events::new(RunId::from("r"), sender), cancel).await;
        let mut events = Vec::new();
        while let Some((_, event)) = receiver.recv().await {
            events.push(event);
        }
        events
    }

    #[tokio::test]
    async fn scripts_are_played_in_turn_and_the_last_again() {
        let ended = |n| RunEvent::Ended(Ended { duration: Duration::from_secs(n), ..cancelled() });
        let runner = Scripted::new([vec![ended(1)], vec![RunEvent::Collected(1), ended(2)]]);
        let never = CancellationToken::new;
        assert_eq!(play(&runner, never()).await, [ended(1)]);
        for _ in 0..2 {
            assert_eq!(play(&runner, never()).await, [RunEvent::Collected(1), ended(2)]);
        }
        assert_eq!(runner.plans().len(), 3);
    }

    #[tokio::test]
    async fn a_script_without_end_ends_when_cancelled() {
        let runner = Scripted::new([vec![RunEvent::Collected(1)]]);
        let cancel = CancellationToken::new();
        cancel.cancel();
        assert_eq!(play(&runner, cancel).await, [RunEvent::Ended(cancelled())]);
    }
}
