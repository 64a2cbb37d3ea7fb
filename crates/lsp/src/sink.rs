//! From what changes in the session to what the editor shows.

use std::sync::Arc;

use camino::Utf8Path;
use lsp_types::MessageType;
use testdock_core::id::RunId;
use testdock_core::model::{End, Ended, Provenance, RunError, Totals};
use testdock_core::paths::RelPath;
use testdock_core::session::{Change, Session};
use testdock_core::views::{count_words, end_words, outcome_words, stage_words};
use testdock_engine::drive::Sink;

use crate::explorer::Explorer;
use crate::ext::EndKind;
use crate::progress::Board;
use crate::refresh::Refresh;
use crate::shared::Shared;
use crate::watch::Watch;
use crate::{consent, interpreters, messages};

/// Shows changes to the editor; never waits for it.
#[derive(Debug)]
pub(crate) struct EditorSink {
    shared: Arc<Shared>,
    explorer: Explorer,
    progress: Board,
    refresh: Refresh,
    watch: Watch,
}

impl EditorSink {
    pub(crate) fn new(shared: &Arc<Shared>, refresh: Refresh) -> Self {
        Self {
            shared: shared.clone(),
            explorer: Explorer::new(shared.clone()),
            progress: Board::new(shared.clone()),
            refresh,
            watch: Watch::new(shared.clone()),
        }
    }
}

impl Sink for EditorSink {
    fn show(&mut self, session: &Session, change: &Change) {
        self.shared.marks.follow(&self.shared, session, change);
        self.shared.outline.follow(change);
        match change {
            Change::FolderClosed { folder, root } => {
                self.progress.scan_ended(folder, None);
                self.shared.scans.send_modify(|count| *count += 1);
                self.explorer.closed(session, folder, root);
                self.shared.panel.folders_changed();
                interpreters::tell(&self.shared, session);
                self.refresh_lenses();
            }
            Change::ScanStarted(folder) => {
                self.explorer.rename(session);
                self.progress.scan_began(session, folder);
            }
            Change::ScanEnded(name) => {
                let folder = session.folders().find(|folder| folder.name == *name);
                self.progress.scan_ended(name, folder);
                self.shared.scans.send_modify(|count| *count += 1);
                self.watch.update(session);
                self.shared.panel.folders_changed();
            }
            Change::Tests { folder, files } => {
                let known = session.folders().find(|it| it.name == *folder);
                self.progress.scan_moved(known);
                self.explorer.tests(session, folder, files);
                if known.is_some_and(|it| files.iter().any(|file| self.is_open(&it.root, file))) {
                    self.refresh_lenses();
                }
            }
            Change::Diagnostics { path, diagnostics } => {
                self.shared.published.tell(&self.shared, session, path, diagnostics)
            }
            Change::Stale { folder, tests } => {
                self.explorer.stale(session, folder, tests);
                self.refresh_lenses();
            }
            Change::Queued { run, tests } => {
                self.shared.runs.adopt(run);
                self.progress.run_began(session, run);
                self.explorer.queued(session, run, tests);
            }
            Change::Refused { run, error } => self.refused(session, run, error),
            Change::Preparing { run, stage } => {
                self.progress.run_prepares(run, stage_words(stage));
            }
            Change::BuildLog { run, line } => self.explorer.output(run, &format!("{line}\n")),
            Change::Started { run, provenance } => {
                self.progress.run_moved(session, run);
                self.explorer.output(run, &started_line(provenance));
            }
            Change::Built { run, image } => {
                self.explorer.output(run, &format!("image {} is ready\n", image.name));
            }
            Change::Interpreters(_) => interpreters::tell(&self.shared, session),
            Change::BuildInputs(_) => self.watch.update(session),
            Change::Collected { run, total: _ } => self.progress.run_moved(session, run),
            Change::TestStarted { run, id } => self.explorer.started(session, run, id),
            Change::TestFinished { run, result, newest } => {
                self.progress.run_moved(session, run);
                if *newest {
                    self.explorer.finished(session, run, result);
                    self.refresh_lenses();
                }
            }
            Change::TestRetracted { run, id } => {
                self.progress.run_moved(session, run);
                self.explorer.retracted(session, run, id);
                self.refresh_lenses();
            }
            Change::Output { run, text } => self.explorer.output(run, text),
            Change::Warning { run, message } => {
                self.explorer.output(run, &format!("warning: {message}\n"));
                let message = format!("warning: {message}");
                messages::log(&self.shared.outbox, MessageType::WARNING, message);
            }
            Change::Ended { run, ended } => self.ended(session, run, ended),
        }
    }
}

impl EditorSink {
    fn is_open(&self, root: &Utf8Path, file: &RelPath) -> bool {
        self.shared.documents.is_open(&file.on(root))
    }

    fn refresh_lenses(&self) {
        if self.shared.client_can().lens_refresh {
            self.refresh.ask();
        }
    }

    fn refused(&mut self, session: &Session, run: &RunId, error: &RunError) {
        self.shared.runs.adopt(run);
        let words = messages::error_words(error);
        // Of several folders the same is said once.
        if !self.shared.runs.has_said(run, &words) {
            match error.ask {
                Some(_) => self.ask(run, error),
                None => messages::refused(&self.shared, error),
            }
        }
        self.explorer.output(run, &format!("{words}\n"));
        self.over(session, run, EndKind::Refused, words);
    }

    fn ended(&mut self, session: &Session, run: &RunId, ended: &Ended) {
        match &ended.how {
            End::Broken(error) if error.ask.is_some() => self.ask(run, error),
            how => messages::ended(&self.shared, how),
        }
        let words = match session.run(run) {
            Some(run) => end_words(&outcome_words(run), ended),
            None => end_words(&count_words(&Totals::default()), ended),
        };
        self.progress.run_ended(run, words.clone());
        if let End::Broken(error) = &ended.how {
            let log = error.log.as_deref().map(|log| format!("{log}\n"));
            let words = messages::error_words(error);
            self.explorer.output(run, &format!("{}{words}\n", log.unwrap_or_default()));
        }
        self.refresh_lenses();
        self.over(session, run, messages::end_kind(&ended.how), words);
    }

    /// Asks for what a run needs.
    fn ask(&self, run: &RunId, error: &RunError) {
        consent::ask(&self.shared, error, self.shared.runs.is_repeatable(run));
    }

    fn over(&mut self, session: &Session, run: &RunId, how: EndKind, words: String) {
        self.explorer.over(session, run);
        if let Some(finished) = self.shared.runs.ended(run, how, words) {
            self.explorer.ended(finished);
        }
    }
}

fn started_line(provenance: &Provenance) -> String {
    let how = match (provenance.container.is_empty(), provenance.warm) {
        (true, _) => "",
        (false, true) => " (warm container)",
        (false, false) => " (new container)",
    };
    format!("Interpreter {}{how}\n", provenance.interpreter)
}
