//! What Testdock knows of each test framework.
//!
//! A framework is one module. It answers: is it here, where are its tests, what command runs this
//! selection and where will its report be, what does a live line mean, and which test does a report
//! case belong to. Adding one touches its module, its registration, a fixture and a table
//! row in the documentation.

pub mod command;
pub mod pytest;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::id::TestId;
use crate::model::{Fault, RunEvent, TestResult};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, ReportFile, Site};

/// A set of tests that one command runs: a framework at one place of the workspace.
#[derive(Debug, Clone)]
pub struct Suite {
    /// Its name, where the configuration gives one; then part of its tests' ids.
    pub name: Option<Arc<str>>,
    /// Where it stands.
    pub root: RelPath,
    /// Its framework, as found or configured at this place.
    pub framework: Arc<dyn Framework>,
    /// The interpreter's name in the configuration; `None` for the default one.
    pub interpreter: Option<String>,
    /// The command that runs the tool, where the configuration gives one.
    pub command: Option<Vec<String>>,
    /// Further arguments from the configuration.
    pub args: Vec<String>,
    /// Further environment from the configuration.
    pub env: Vec<(String, String)>,
    /// Its part of a run may take this long.
    pub timeout: Option<Duration>,
    /// One test of it may take this long.
    pub test_timeout: Option<Duration>,
}

/// A framework at one place of a workspace.
pub trait Framework: Debug + Send + Sync {
    /// Its name in the configuration, such as `pytest`.
    fn name(&self) -> &'static str;

    /// Whether its command can run some of its tests only.
    fn can_select(&self) -> bool {
        true
    }

    /// Whether `path` may hold tests of this suite.
    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool;

    /// The tests that the text of a file defines, parents before their children.
    fn discover(&self, suite: &Suite, path: &RelPath, text: &str) -> Vec<TestItem>;

    /// The command that runs a job there.
    fn invocation(&self, job: &Job, site: &Site) -> Invocation;

    /// Understands what that command says while it runs and when it has ended.
    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader>;
}

/// Follows one command from its first live line to its reports.
pub trait Reader: Send {
    /// The meaning of a live line; a line that is no event means nothing, and spoils nothing.
    fn line(&mut self, line: &str) -> Option<RunEvent>;

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

/// A position in a text, counted as the language server protocol does by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Line, from 0.
    pub line: u32,
    /// UTF-16 code units from the line's start.
    pub character: u32,
}

/// From a position up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Range {
    /// The first position.
    pub start: Position,
    /// The position after the last.
    pub end: Position,
}

/// What stands at a place: a test, or what groups tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A class, module or describe block.
    Group,
    /// A test.
    Test,
    /// A test whose cases appear when it runs.
    Parametrised,
}

/// A test or group as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestItem {
    /// Which one.
    pub id: TestId,
    /// What it is.
    pub kind: ItemKind,
    /// All of it, decorators included.
    pub range: Range,
    /// Its name: where a lens stands.
    pub name: Range,
    /// A hash of its text: a result is stale when it changed.
    pub hash: u64,
}
