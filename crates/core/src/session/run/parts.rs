//! The jobs of a run: how each ended, and what became of those that did not get to their end.

use super::Run;
use crate::frameworks::Suite;
use crate::id::TestId;
use crate::model::{End, Failure, Fault, Outcome, RunError, TestResult};
use crate::session::{Effect, Folder};
use crate::views::duration_words;

impl Run {
    /// The suites that were to run and did not get to their end, and why.
    pub fn incomplete(&self) -> impl Iterator<Item = (&Suite, &RunError)> {
        let ended = self.jobs.iter().zip(&self.jobs_ended);
        ended.filter_map(|(job, how)| Some((job.suite.as_ref(), how.as_ref().err()?)))
    }

    /// What a broken job said before it broke stands: the next one's report does not know of it.
    pub(super) fn job_ended(
        &mut self,
        folder: &mut Folder,
        how: Result<(), RunError>,
    ) -> Vec<Effect> {
        let cause = how.as_ref().err().map(|error| error.message.clone());
        self.jobs_ended.push(how);
        let Some(cause) = cause else { return Vec::new() };
        self.previews.clear();
        self.done_before = self.tests_told();
        self.close_tests(folder, &cause)
    }

    /// A test that was running when the run died did not pass: it errored, with the cause.
    pub(super) fn close_running(&mut self, folder: &mut Folder, how: &End) -> Vec<Effect> {
        let cause = match how {
            End::Completed | End::Cancelled => return Vec::new(),
            End::TimedOut(limit) => {
                format!(
                    "still running when the run's timeout of {} s was over",
                    limit.as_secs_f64()
                )
            }
            End::Broken(error) => error.message.clone(),
        };
        self.close_tests(folder, &cause)
    }

    fn close_tests(&mut self, folder: &mut Folder, cause: &str) -> Vec<Effect> {
        let died: Vec<TestId> = std::mem::take(&mut self.running).into_iter().collect();
        let mut effects = Vec::new();
        for id in died {
            let place = folder.definition(&id).map(|item| item.place(&folder.root));
            let mut result = TestResult::new(id, Outcome::Errored);
            let message = cause.to_owned();
            result.failures.push(Failure { message, place, ..Failure::default() });
            effects.extend(self.take(folder, result));
        }
        effects
    }

    /// The job that was under way when the run ended early, and those behind it, did not get to their end either.
    pub(super) fn close_jobs(&mut self, how: &End) {
        let error = match how {
            End::Completed => return,
            End::Cancelled => RunError::new(Fault::Process, "cancelled before it was over"),
            End::TimedOut(limit) => {
                let limit = duration_words(*limit);
                RunError::new(Fault::Process, format!("not over after the timeout of {limit}"))
            }
            End::Broken(error) => error.clone(),
        };
        self.jobs_ended.resize(self.jobs.len(), Err(error));
    }
}
