//! Follows ExUnit by the formatter's events, and Mix by what it prints of what does not compile.

use std::slice;

use super::build::Build;
use super::detect::Projects;
use crate::frameworks::complaint::{Complaint, by_file};
use crate::frameworks::helper::HelperReader;
use crate::frameworks::{Broken, Conclusion, Exit, Reader};
use crate::model::{Failure, Outcome, RunEvent, TestResult};
use crate::plan::{Job, ReportFile, Site};

pub(super) struct MixReader {
    events: HelperReader,
    build: Build,
    projects: Projects,
    job: Job,
    site: Site,
}

impl MixReader {
    pub(super) fn new(projects: &Projects, job: &Job, site: &Site) -> Self {
        Self {
            events: HelperReader::new("ExUnit", job, site),
            build: Build::default(),
            projects: projects.clone(),
            job: job.clone(),
            site: site.clone(),
        }
    }

    /// Files that could not be loaded.
    fn unloaded(&self, complaints: &[Complaint]) -> Vec<TestResult> {
        let suite = &self.job.suite;
        let is_same = |a: &Failure, b: &Failure| (&a.place, &a.message) == (&b.place, &b.message);
        let files = by_file(complaints, &self.site, &suite.root, is_same);
        let result = |(file, failures)| TestResult {
            failures,
            ..TestResult::new(suite.of_file(file), Outcome::Errored)
        };
        files.into_iter().map(result).collect()
    }
}

impl Reader for MixReader {
    fn line(&mut self, line: &str) -> Vec<RunEvent> {
        self.events.line(line)
    }

    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        self.build.line(line, &self.projects, &self.job.suite.root);
        Vec::new()
    }

    fn conclude(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion {
        let mut conclusion = self.events.conclude(reports, exit);
        let mut unloaded = self.unloaded(self.build.errors());
        if let Some(fatal) = self.build.fatal().filter(|_| conclusion.broken.is_some()) {
            unloaded.extend(self.unloaded(slice::from_ref(fatal)));
            let message =
                format!("Mix ended with {exit}: {}", self.site.text_to_host(&fatal.message));
            conclusion.broken =
                Some(Broken::process(message, Some("the end of its output says why")));
        }
        if !unloaded.is_empty() && matches!(exit, Exit::Code(_)) {
            conclusion.broken = None;
        }
        conclusion.results.extend(unloaded);
        conclusion
    }
}
