//! What understands one command, from its first line to its reports.

use crate::model::{Fault, RunEvent, TestResult};
use crate::paths::Files;
use crate::plan::ReportFile;

/// Follows one command from its first live line to its reports.
pub trait Reader: Send {
    /// The meaning of a live line; a line that is no event means nothing, and spoils nothing. An
    /// [`RunEvent::Output`] is shown as if the tool had printed it.
    fn line(&mut self, line: &str) -> Vec<RunEvent>;

    /// The same for a line that the tool prints for people: it is shown in any case. Paths in it are
    /// still the container's.
    fn printed(&mut self, line: &str) -> Vec<RunEvent> {
        let _ = line;
        Vec::new()
    }

    /// The workspace's files, which paths in a report may mean; told before [`Reader::conclude`] where
    /// reports come from the workspace.
    fn files(&mut self, files: Files) {
        drop(files);
    }

    /// What the reports say, once the process has ended with `exit`.
    fn conclude(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion;
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// With this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "killed by signal {signal}"),
        }
    }
}

/// The verdict of one job.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conclusion {
    /// What is true of each test.
    pub results: Vec<TestResult>,
    /// Worth saying, failing nothing.
    pub warnings: Vec<String>,
    /// Why the results cannot be the whole truth: the process died, or its report is missing or cut.
    pub broken: Option<Broken>,
}

/// A job that ended without telling the whole truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Who is at fault.
    pub fault: Fault,
    /// What is missing, in words.
    pub message: String,
    /// The remedy, where there is one.
    pub help: Option<String>,
}

impl Broken {
    /// The process is at fault.
    pub fn process(message: impl Into<String>, help: Option<&str>) -> Self {
        Self { fault: Fault::Process, message: message.into(), help: help.map(str::to_owned) }
    }
}
