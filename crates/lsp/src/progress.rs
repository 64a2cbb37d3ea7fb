//! `$/progress`: what goes on, with a button to stop it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lsp_types::notification::Progress as ProgressNotification;
use lsp_types::{
    NumberOrString, ProgressParams, ProgressParamsValue, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressEnd, WorkDoneProgressReport,
};
use testdock_core::id::{FolderName, RunId};
use testdock_core::model::Totals;
use testdock_core::session::{Folder, Run, Session};
use testdock_core::views::number_words;
use tokio::sync::watch;

use crate::runs::Named;
use crate::shared::Shared;

/// At most so often a progress moves.
const PAUSE: Duration = Duration::from_millis(100);

/// In front of the run's id, in the token of its progress.
const RUN_TOKEN: &str = "testdock/run/";

/// What is under way: runs, and the scans of folders.
#[derive(Debug)]
pub(crate) struct Board {
    shared: Arc<Shared>,
    runs: HashMap<RunId, Bar>,
    scans: HashMap<FolderName, Bar>,
}

impl Board {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, runs: HashMap::new(), scans: HashMap::new() }
    }

    /// A run was accepted.
    pub(crate) fn run_began(&mut self, session: &Session, id: &RunId) {
        let Some(run) = session.run(id) else {
            return;
        };
        let looks = Looks {
            token: token(id, self.shared.runs.request_of(id).as_ref()),
            title: title(session, &run.folder),
            cancellable: true,
            patience: Duration::ZERO,
        };
        self.runs.insert(id.clone(), Bar::start(&self.shared, looks));
    }

    /// A run takes a step on its way to the first test.
    pub(crate) fn run_prepares(&self, id: &RunId, step: String) {
        if let Some(bar) = self.runs.get(id) {
            bar.report(step, None);
        }
    }

    /// A run's tests begin, or one of them ended.
    pub(crate) fn run_moved(&self, session: &Session, id: &RunId) {
        if let (Some(bar), Some(run)) = (self.runs.get(id), session.run(id)) {
            let totals = run.totals();
            bar.report(words(run, &totals), percentage(run.total, &totals));
        }
    }

    /// A run is over.
    pub(crate) fn run_ended(&mut self, id: &RunId, message: String) {
        if let Some(bar) = self.runs.remove(id) {
            bar.end(message);
        }
    }

    /// A scan began.
    pub(crate) fn scan_began(&mut self, session: &Session, folder: &FolderName) {
        let looks = Looks {
            token: format!("testdock/scan/{}", self.shared.next_seq()),
            title: format!("{}: finding tests", title(session, folder)),
            cancellable: false,
            patience: self.shared.options.scan_patience,
        };
        let bar = Bar::start(&self.shared, looks);
        if let Some(before) = self.scans.insert(folder.clone(), bar) {
            before.end(String::new());
        }
    }

    /// A scan found something.
    pub(crate) fn scan_moved(&self, folder: Option<&Folder>) {
        let Some(folder) = folder else {
            return;
        };
        if let Some(bar) = self.scans.get(&folder.name) {
            bar.report(format!("{} files", folder.files().count()), None);
        }
    }

    /// A scan ended.
    pub(crate) fn scan_ended(&mut self, name: &FolderName, folder: Option<&Folder>) {
        if let Some(bar) = self.scans.remove(name) {
            let files = folder.map_or(0, |folder| folder.files().count());
            bar.end(format!("tests in {}", number_words(files, "file")));
        }
    }
}

/// A run's token, with the request's id where that is another one: so a client knows it again.
fn token(run: &RunId, request: Option<&Named>) -> String {
    match request.map(|request| &*request.name) {
        Some(name) if name != &*run.0 => format!("{RUN_TOKEN}{run}/{name}"),
        _ => format!("{RUN_TOKEN}{run}"),
    }
}

/// The run whose progress has this token.
pub(crate) fn run_of(token: &NumberOrString) -> Option<RunId> {
    match token {
        NumberOrString::String(token) => {
            let run = token.strip_prefix(RUN_TOKEN)?;
            run.split('/').next().map(RunId::from)
        }
        NumberOrString::Number(_) => None,
    }
}

fn title(session: &Session, folder: &FolderName) -> String {
    if session.folders().count() > 1 {
        format!("Testdock ({folder})")
    } else {
        "Testdock".to_owned()
    }
}

/// `12/40, 2 failed`.
fn words(run: &Run, totals: &Totals) -> String {
    let done = totals.all();
    let failed = match totals.bad() {
        0 => String::new(),
        bad => format!(", {bad} failed"),
    };
    match run.total {
        0 if done == 0 => "running".to_owned(),
        0 => format!("{done} done{failed}"),
        total => format!("{done}/{}{failed}", total.max(done)),
    }
}

fn percentage(total: usize, totals: &Totals) -> Option<u32> {
    let done = totals.all();
    let percent = (done * 100).checked_div(total.max(done))?;
    (total > 0).then(|| u32::try_from(percent).unwrap_or(100))
}

/// One progress; it ends when it is dropped.
#[derive(Debug)]
struct Bar(watch::Sender<State>);

#[derive(Debug, Clone, Default)]
struct State {
    message: String,
    percentage: Option<u32>,
    is_over: bool,
}

struct Looks {
    token: String,
    title: String,
    cancellable: bool,
    /// What ends sooner is not shown.
    patience: Duration,
}

impl Bar {
    fn start(shared: &Arc<Shared>, looks: Looks) -> Self {
        let (sender, receiver) = watch::channel(State::default());
        if shared.client_can().progress {
            shared.spawn(show(shared.clone(), looks, receiver));
        }
        Self(sender)
    }

    fn report(&self, message: String, percentage: Option<u32>) {
        self.0.send_replace(State { message, percentage, is_over: false });
    }

    fn end(self, message: String) {
        self.0.send_replace(State { message, percentage: None, is_over: true });
    }
}

/// Follows a state with the client: the newest one counts, those in between may be skipped.
async fn show(shared: Arc<Shared>, looks: Looks, mut state: watch::Receiver<State>) {
    let mut end = state.clone();
    let over = end.wait_for(|state| state.is_over);
    let is_brief = tokio::time::timeout(looks.patience, over).await.is_ok();
    if is_brief && !looks.patience.is_zero() {
        return;
    }
    let token = NumberOrString::String(looks.token.clone());
    // Nothing may be said under a token before the client agreed to it.
    if shared.client.create_work_done_progress(token.clone()).await.is_err() {
        return;
    }
    let send = |value| {
        let value = ProgressParamsValue::WorkDone(value);
        let token = token.clone();
        shared.outbox.notify::<ProgressNotification>(ProgressParams { token, value });
    };
    let now = state.borrow_and_update().clone();
    send(begin(looks, &now));
    if !now.is_over {
        while state.changed().await.is_ok() {
            let now = state.borrow_and_update().clone();
            if now.is_over {
                break;
            }
            send(report(now));
            // Of another receiver: what this one has not seen must stay unseen.
            let mut end = state.clone();
            let over = end.wait_for(|state| state.is_over);
            if tokio::time::timeout(PAUSE, over).await.is_ok() {
                break;
            }
        }
    }
    let message = Some(state.borrow().message.clone()).filter(|message| !message.is_empty());
    send(WorkDoneProgress::End(WorkDoneProgressEnd { message }));
}

fn begin(looks: Looks, state: &State) -> WorkDoneProgress {
    let message = Some(state.message.clone()).filter(|message| !message.is_empty());
    WorkDoneProgress::Begin(WorkDoneProgressBegin {
        title: looks.title,
        cancellable: Some(looks.cancellable),
        message: message.filter(|_| !state.is_over),
        percentage: state.percentage,
    })
}

fn report(state: State) -> WorkDoneProgress {
    WorkDoneProgress::Report(WorkDoneProgressReport {
        cancellable: None,
        message: Some(state.message),
        percentage: state.percentage,
    })
}
