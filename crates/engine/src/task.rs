//! A job's command, ready to start, and what its reports say afterwards.

use camino::Utf8Path;
use testdock_core::frameworks::{Conclusion, Exit, Reader};
use testdock_core::model::{Fault, RunError};
use testdock_core::plan::{Invocation, Job, ReportFile};

use crate::reports::Snapshot;
use crate::scan;
use crate::stand::{Stand, Witness};
use crate::supervisor::{self, Cookie};

/// A job's command, ready to start.
pub(crate) struct Task {
    pub(crate) cookie: Cookie,
    pub(crate) invocation: Invocation,
    pub(crate) reader: Box<dyn Reader>,
    pub(crate) witness: Witness,
    pub(crate) command: supervisor::Command,
    /// The reports in the workspace as they were before.
    before: Option<Snapshot>,
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
        let seen: Vec<String> = seen.filter_map(|p| site.paths.to_container(p)).collect();
        let command = supervisor::command(&invocation, &site, &stand.base, &cookie, &seen)?;
        Ok(Self {
            reader: job.suite.framework.reader(job, &site),
            before: Snapshot::take(root, &invocation.reports)?,
            cookie,
            invocation,
            witness,
            command,
        })
    }

    /// What the reports say, of which `sent` came on the run's own stream.
    pub(crate) async fn conclude(
        mut self,
        sent: Vec<ReportFile>,
        exit: Exit,
    ) -> Result<Conclusion, RunError> {
        // Reading many or large reports takes longer than a loop of events may wait.
        let conclusion = tokio::task::spawn_blocking(move || {
            let reports = self.reports(sent)?;
            if let Some(before) = &self.before {
                self.reader.files(scan::reported(before.root()));
            }
            Ok(self.reader.conclude(&reports, exit))
        });
        conclusion.await.unwrap_or_else(|e| {
            tracing::error!("reading a report failed: {e}");
            let message = "cannot read the report: an error in Testdock itself; its log has more";
            Err(RunError::new(Fault::Process, message))
        })
    }

    fn reports(&self, sent: Vec<ReportFile>) -> Result<Vec<ReportFile>, RunError> {
        match &self.before {
            Some(before) => before.changed(),
            None => Ok(sent),
        }
    }
}
