//! A run for people: a line a test while it goes on, a progress bar below, the failures at the end.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use camino::Utf8PathBuf;
use indicatif::{ProgressBar, ProgressStyle};
use testdock_core::containers::harmless;
use testdock_core::id::TestId;
use testdock_core::model::{End, Ended, RunError, Stage};
use testdock_core::session::{Change, Run, Session};
use testdock_core::views::{self, terminal};
use testdock_engine::drive::Sink;

use super::Finish;
use crate::print;
use crate::project::Project;

/// Shows a run in a terminal, or as plain lines where there is none.
#[derive(Debug)]
pub(crate) struct Human {
    finish: Finish,
    cwd: Utf8PathBuf,
    /// What a run of this project begins with.
    call: String,
    show_output: bool,
    bar: ProgressBar,
    last_step: Option<String>,
    /// The lines that a build said, where they were printed.
    built: HashSet<String>,
    told: Told,
}

/// The tests that this run told of, with numbers of what was printed of them.
#[derive(Debug, Default)]
struct Told(BTreeMap<TestId, u64>);

impl Told {
    /// Whether these lines are not those that stand above already: a report may know more of a failure than its line says.
    fn is_news(&mut self, id: &TestId, lines: &[String]) -> bool {
        let mut hasher = DefaultHasher::new();
        lines.hash(&mut hasher);
        let number = hasher.finish();
        self.0.insert(id.clone(), number) != Some(number)
    }
}

impl Human {
    pub(crate) fn new(finish: Finish, project: &Project, show_output: bool) -> Self {
        // Drawn to standard error, and only where that is a terminal.
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        bar.set_style(style("{spinner} {wide_msg} {elapsed}"));
        let (cwd, call) = (project.cwd.clone(), project.call.clone());
        Self {
            finish,
            cwd,
            call,
            show_output,
            bar,
            last_step: None,
            built: HashSet::new(),
            told: Told::default(),
        }
    }

    fn line(&self, text: &str) {
        self.bar.suspend(|| print::line(text));
    }

    fn preparing(&mut self, stage: &Stage) {
        let step = views::stage_words(stage);
        self.bar.set_message(step.clone());
        // Without a terminal there is no bar; what may take long is worth a line for each step.
        let worth_a_line = match stage {
            // What the build says itself names its steps.
            Stage::Building { .. } => !self.show_output,
            Stage::Services { .. } | Stage::Waiting => true,
            _ => false,
        };
        if self.bar.is_hidden() && worth_a_line && self.last_step.as_ref() != Some(&step) {
            print::line(&step);
            self.last_step = Some(step);
        }
    }

    fn build_said(&mut self, line: &str) {
        self.line(&harmless(line));
        self.built.insert(line.to_owned());
    }

    /// An error, with as much of its log as does not stand above.
    fn broken(&self, error: &RunError) {
        let stands_above =
            |log: &str| log.lines().all(|line| line.is_empty() || self.built.contains(line));
        let log = error.log.clone().filter(|log| !stands_above(log));
        let error = RunError { log, ..error.clone() };
        print::line("");
        terminal::error_lines(&error, &self.cwd).iter().for_each(|line| print::line(line));
    }

    fn tests_begin(&self, total: usize) {
        self.bar.set_length(total as u64);
        self.bar.set_style(style("{bar:30} {pos}/{len}  {wide_msg} {elapsed}"));
    }

    fn progress(&self, run: &Run) {
        let totals = run.totals();
        self.bar.set_position(totals.all() as u64);
        let running = run.running().next().map(|id| format!("  {id}")).unwrap_or_default();
        self.bar.set_message(format!("{}{running}", views::count_words(&totals)));
    }

    fn ended(&self, run: &Run, ended: &Ended) {
        self.bar.finish_and_clear();
        for line in terminal::failure_blocks(run, &self.cwd) {
            print::line(&line);
        }
        let summary = terminal::summary_lines(run, &self.cwd);
        if !summary.is_empty() {
            print::line("");
        }
        for line in summary {
            print::line(&line);
        }
        if let End::Broken(error) = &ended.how {
            self.broken(error);
        }
        print::line("");
        print::line(&terminal::end_line(run, ended));
        if let (Some(log), true) =
            (&ended.log, run.totals().bad() > 0 || ended.how != End::Completed)
        {
            print::line(&format!("Full output: {log}"));
        }
        if let Some(next) = terminal::next_line(run, &self.call) {
            print::line(&next);
        }
    }
}

impl Sink for Human {
    fn show(&mut self, session: &Session, change: &Change) {
        let run = |id| session.run(id);
        match change {
            Change::Refused { error, .. } => {
                self.bar.finish_and_clear();
                for line in terminal::error_lines(error, &self.cwd) {
                    print::note(&line);
                }
            }
            Change::Preparing { stage, .. } => self.preparing(stage),
            Change::BuildLog { line, .. } if self.show_output => self.build_said(line),
            Change::Started { provenance, .. } => self.line(&terminal::started_line(provenance)),
            Change::Collected { total, .. } => self.tests_begin(*total),
            Change::TestStarted { run: id, .. } => {
                run(id).into_iter().for_each(|run| self.progress(run))
            }
            Change::TestFinished { run: id, result, .. } => {
                let lines = terminal::test_lines(result, &self.cwd);
                if self.told.is_news(&result.id, &lines) {
                    lines.iter().for_each(|line| self.line(line));
                }
                run(id).into_iter().for_each(|run| self.progress(run));
            }
            // What an earlier run said is not above.
            Change::TestRetracted { id, .. } if self.told.0.remove(id).is_some() => {
                self.line(&format!(
                    "the report does not know {id}: its result above does not count"
                ));
            }
            Change::Output { text, .. } if self.show_output => {
                text.lines().for_each(|line| self.line(&harmless(line)));
            }
            Change::Warning { message, .. } => self.line(&format!("warning: {message}")),
            Change::Ended { run: id, ended } => match run(id) {
                Some(run) => self.ended(run, ended),
                None => self.line("cancelled while the project was read"),
            },
            Change::FolderClosed { .. }
            | Change::TestRetracted { .. }
            | Change::ScanStarted(_)
            | Change::ScanEnded(_)
            | Change::Tests { .. }
            | Change::Diagnostics { .. }
            | Change::Stale { .. }
            | Change::Queued { .. }
            | Change::BuildLog { .. }
            | Change::Built { .. }
            | Change::Interpreters(_)
            | Change::BuildInputs(_)
            | Change::Output { .. } => {}
        }
        self.finish.look(session, change);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_above_is_not_said_again() {
        let mut told = Told::default();
        let mut is_news = |test: &str, line: &str| {
            told.is_news(&test.parse().unwrap_or_default(), &[line.to_owned()])
        };
        assert!(is_news("a.py::test_one", "FAIL"));
        assert!(is_news("a.py::test_two", "FAIL"));
        assert!(!is_news("a.py::test_one", "FAIL"));
        assert!(is_news("a.py::test_one", "ERROR"));
    }
}
