//! A job's command, ready to start, and what its reports say afterwards.

use camino::Utf8Path;
use testdock_core::frameworks::{Conclusion, Exit, Readers};
use testdock_core::model::{Fault, RunError, RunEvent, Stage};
use testdock_core::plan::{Invocation, Job, ReportFile, Reports};

use crate::lock::{self, Lock};
use crate::pump::Sent;
use crate::reports::{Homecoming, Received, Snapshot};
use crate::runner::Events;
use crate::scan;
use crate::stand::{Stand, Witness};
use crate::supervisor::{self, Cookie, Errand};

/// A job's command, ready to start.
pub(crate) struct Task {
    pub(crate) cookie: Cookie,
    pub(crate) invocation: Invocation,
    pub(crate) readers: Readers,
    pub(crate) witness: Witness,
    pub(crate) command: supervisor::Command,
    /// The reports in the workspace as they were before.
    before: Option<Snapshot>,
    /// That no other run writes them.
    turn: Option<Lock>,
    /// What comes back to the workspace, where that does not see it.
    coming: Option<Homecoming>,
}

impl Task {
    /// The command of `job` at `stand`.
    pub(crate) fn plan(root: &Utf8Path, job: &Job, stand: &Stand) -> Result<Self, RunError> {
        let cookie = Cookie::random();
        let site = stand.site(root, job, &cookie);
        let mut invocation = job.suite.framework.invocation(job, &site);
        invocation.env.splice(0..0, job.suite.env.iter().cloned());
        let witness = if stand.is_new() { Witness::call(root)? } else { Witness::default() };
        let seen = witness.paths.iter();
        let coming = Homecoming::of(root, &site, &invocation, job, !stand.has_copy())?;
        let errand = Errand {
            witnesses: seen.filter_map(|p| site.paths.to_container(p)).collect(),
            written: coming.as_ref().map(Homecoming::searches).unwrap_or_default(),
        };
        let command =
            supervisor::command(&invocation, &site, &stand.base, &cookie, &errand, stand.shell)?;
        let readers = {
            let job = job.clone();
            Readers::new(move || job.suite.framework.reader(&job, &site))
        };
        Ok(Self { readers, before: None, turn: None, coming, cookie, invocation, witness, command })
    }

    /// Keeps in mind what the workspace's reports are before the command starts. Where another run, of any process, is writing
    /// some, it waits: each of both would read what the other writes.
    pub(crate) async fn begin(&mut self, root: &Utf8Path, events: &Events) -> Result<(), RunError> {
        let Reports::Workspace(globs) = &self.invocation.reports else {
            return Ok(());
        };
        // Of two sets of patterns nobody knows whether they mean the same file; of two paths, whether they are one folder.
        let whole = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
        let lock = lock::path("reports", whole.as_str(), "lock");
        self.turn = Lock::alone(lock.as_deref());
        if self.turn.is_none() {
            events.send(RunEvent::Preparing(Stage::Waiting)).await;
            self.turn = Some(Lock::alone_at_last(lock.as_deref()).await);
        }
        if self.coming.is_none() {
            self.before = Some(Snapshot::take(root, globs)?);
        }
        Ok(())
    }

    /// What the reports say, of which `sent` came on the run's own stream.
    pub(crate) async fn conclude(self, sent: Sent, exit: Exit) -> Result<Conclusion, RunError> {
        // Reading many or large reports takes longer than a loop of events may wait.
        let conclusion = tokio::task::spawn_blocking(move || {
            let Received { reports, warnings } = self.reports(sent)?;
            let root = self.before.as_ref().map(Snapshot::root);
            let root = root.or(self.coming.as_ref().and_then(Homecoming::reporting));
            let files = root.map(scan::reported);
            let reports = by_command(reports, &self.invocation);
            let mut conclusion = self.readers.conclude(&reports, files, exit);
            conclusion.warnings.extend(warnings);
            Ok(conclusion)
        });
        conclusion.await.unwrap_or_else(|e| {
            tracing::error!("reading a report failed: {e}");
            let message = "cannot read the report: an error in Testdock itself; its log has more";
            Err(RunError::new(Fault::Process, message))
        })
    }

    fn reports(&self, sent: Sent) -> Result<Received, RunError> {
        let reports = match (&self.before, &self.coming) {
            (Some(before), _) => before.changed()?,
            (None, Some(coming)) => return Ok(coming.receive(sent)),
            (None, None) => sent.reports,
        };
        Ok(Received { reports, ..Received::default() })
    }
}

/// The reports of each command, where each writes one of its own.
fn by_command(reports: Vec<ReportFile>, invocation: &Invocation) -> Vec<Vec<ReportFile>> {
    let last = invocation.steps.len().max(1) - 1;
    let names = match &invocation.reports {
        Reports::Scratch(names) if names.len() > last => names.as_slice(),
        Reports::Scratch(_) | Reports::None | Reports::Workspace(_) => &[],
    };
    let mut all = vec![Vec::new(); last + 1];
    for report in reports {
        let command = names.iter().position(|name| *name == report.name);
        all[command.unwrap_or(last).min(last)].push(report);
    }
    all
}
