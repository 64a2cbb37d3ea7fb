//! The one loop: inputs to the session, its effects to the world.
//!
//! The command line and the language server are two sinks of it. Whatever takes long (scans, runs,
//! files) happens beside it and comes back as an input, so that a question is answered at once.

use std::future::Future;
use std::sync::Arc;

use dashmap::DashMap;
use testdock_core::id::RunId;
use testdock_core::model::RunEvent;
use testdock_core::session::{Change, Effect, Input, Session};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::runner::{Events, Runner};
use crate::scan::{self, Scanner};
use crate::state::Store;

/// How many events of runs may wait for the loop before the runs are held back.
const WAITING_EVENTS: usize = 256;

/// Shows changes to somebody. It must not block: the loop waits for it.
pub trait Sink: Send {
    /// Shows one change; the session is as it is after it.
    fn show(&mut self, session: &Session, change: &Change);
}

enum Message {
    Input(Input),
    Question(Box<dyn FnOnce(&Session) + Send>),
    Quit(oneshot::Sender<()>),
}

/// Speaks to the loop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle(mpsc::UnboundedSender<Message>);

impl Handle {
    /// Hands over an input; returns at once.
    pub fn send(&self, input: Input) {
        // When the loop is gone, so is everyone who could be shown the consequences.
        let _ = self.0.send(Message::Input(input));
    }

    /// Asks the session; `None` when the loop is over.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Session) -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, answer) = oneshot::channel();
        let question = Box::new(move |session: &Session| {
            // Whoever asked may have stopped waiting.
            let _ = sender.send(question(session));
        });
        self.0.send(Message::Question(question)).ok()?;
        answer.await.ok()
    }

    /// Stops all runs, waits until nothing of them is left, and ends the loop.
    pub async fn quit(&self) {
        let (sender, done) = oneshot::channel();
        if self.0.send(Message::Quit(sender)).is_ok() {
            let _ = done.await;
        }
    }
}

/// The other end of a [`Handle`], for [`drive`].
#[derive(Debug)]
pub struct Mailbox {
    messages: mpsc::UnboundedReceiver<Message>,
    handle: Handle,
}

/// A new handle and its mailbox.
pub fn channel() -> (Handle, Mailbox) {
    let (sender, messages) = mpsc::unbounded_channel();
    let handle = Handle(sender);
    (handle.clone(), Mailbox { messages, handle })
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Input(input) => f.debug_tuple("Input").field(input).finish(),
            Self::Question(_) => f.write_str("Question"),
            Self::Quit(_) => f.write_str("Quit"),
        }
    }
}

/// What performs the effects.
#[derive(Clone)]
pub struct Services {
    /// Performs plans.
    pub runner: Arc<dyn Runner>,
    /// Reads workspaces.
    pub scanner: Arc<Scanner>,
    /// Remembers outcomes; `None` to remember nothing.
    pub store: Option<Arc<Store>>,
}

/// Runs the loop until [`Handle::quit`].
pub async fn drive(
    mut session: Session,
    mailbox: Mailbox,
    services: Services,
    sink: &mut dyn Sink,
) {
    let Mailbox { mut messages, handle } = mailbox;
    let (events_in, mut events) = mpsc::channel(WAITING_EVENTS);
    let desk = Desk {
        services,
        handle,
        events: events_in,
        runs: DashMap::new(),
        tasks: TaskTracker::new(),
        over: CancellationToken::new(),
    };
    loop {
        let input = tokio::select! {
            biased;
            message = messages.recv() => match message {
                Some(Message::Input(input)) => input,
                Some(Message::Question(question)) => {
                    question(&session);
                    continue;
                }
                Some(Message::Quit(done)) => {
                    desk.shut_down(&mut events).await;
                    let _ = done.send(());
                    return;
                }
                None => return,
            },
            Some((run, event)) = events.recv() => Input::Event(run, event),
        };
        for effect in session.handle(input) {
            match effect {
                Effect::Show(change) => sink.show(&session, &change),
                effect => desk.perform(effect),
            }
        }
    }
}

/// Where effects become tasks.
struct Desk {
    services: Services,
    handle: Handle,
    events: mpsc::Sender<(RunId, RunEvent)>,
    runs: DashMap<RunId, CancellationToken>,
    tasks: TaskTracker,
    /// The loop is over: what nobody waits for ends.
    over: CancellationToken,
}

impl Desk {
    fn perform(&self, effect: Effect) {
        match effect {
            Effect::Scan { folder, root, only } => {
                let (scanner, handle) = (self.services.scanner.clone(), self.handle.clone());
                let store = self.services.store.clone();
                // Nobody waits for it at the end: whoever cancels does not mean to wait until a disk was read.
                tokio::task::spawn_blocking(move || match only {
                    Some((workspace, files)) => {
                        scanner.scan_files(&handle, &folder, &root, &workspace, &files);
                    }
                    None => {
                        let outcomes = store.map(|store| store.load(&root)).unwrap_or_default();
                        if !outcomes.is_empty() {
                            handle.send(Input::Restored { folder: folder.clone(), outcomes });
                        }
                        scanner.scan(&handle, &folder, &root);
                    }
                });
            }
            Effect::LookForFiles { folder, root, mut files } => {
                let handle = self.handle.clone();
                self.tasks.spawn_blocking(move || {
                    files.retain(|file| scan::is_gone(&root, file));
                    handle.send(Input::FilesGone { folder, files });
                });
            }
            Effect::Start(plan) => {
                // An entry outlives its run by a cancelled token at most; ids are not used twice.
                self.runs.retain(|_, token| !token.is_cancelled());
                let token = CancellationToken::new();
                self.runs.insert(plan.run.clone(), token.clone());
                let events = Events::new(plan.run.clone(), self.events.clone());
                let run = self.services.runner.perform(plan, events, token.clone());
                self.tasks.spawn(async move {
                    run.await;
                    token.cancel();
                });
            }
            Effect::Stop(run) => {
                if let Some(token) = self.runs.get(&run) {
                    token.cancel();
                }
            }
            Effect::Save { root, outcomes } => {
                if let Some(store) = self.services.store.clone() {
                    self.tasks.spawn_blocking(move || store.save(&root, &outcomes));
                }
            }
            Effect::Look { folder, root, places } => {
                let look = self.services.runner.look(root, places);
                let handle = self.handle.clone();
                self.beside(async move {
                    let standings = look.await;
                    handle.send(Input::Looked { folder, standings });
                });
            }
            Effect::Remind { folder, after } => {
                let handle = self.handle.clone();
                self.beside(async move {
                    tokio::time::sleep(after).await;
                    handle.send(Input::Reminded(folder));
                });
            }
            Effect::Show(_) => unreachable!("shown by the loop"),
        }
    }

    /// Does something that nobody waits for at the end.
    fn beside(&self, task: impl Future<Output = ()> + Send + 'static) {
        let over = self.over.clone();
        self.tasks.spawn(async move {
            over.run_until_cancelled(task).await;
        });
    }

    /// Cancels what runs and waits for it; events that still come are of no interest any more.
    async fn shut_down(&self, events: &mut mpsc::Receiver<(RunId, RunEvent)>) {
        for run in &self.runs {
            run.value().cancel();
        }
        self.over.cancel();
        self.tasks.close();
        let ended = self.tasks.wait();
        tokio::pin!(ended);
        loop {
            tokio::select! {
                () = &mut ended => return,
                _ = events.recv() => {}
            }
        }
    }
}
