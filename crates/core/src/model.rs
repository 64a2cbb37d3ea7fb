//! What a run says: outcomes, failures and their places, and the events that bring them.

use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;

use crate::id::TestId;
use crate::interpreter::Image;
use crate::paths::PathMap;
use crate::remedy::Remedy;

/// How a test ended. Exclusive: a test that was skipped *and* failed was expected to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// An assertion of the test did not hold.
    Failed,
    /// Something else went wrong: set-up, collection, the process.
    Errored,
    /// It did not run, or was expected to fail and did.
    Skipped,
}

impl Outcome {
    /// The word for it in JSON, state and terminals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Errored => "errored",
            Self::Skipped => "skipped",
        }
    }

    /// Whether this outcome makes a run red.
    pub fn is_bad(self) -> bool {
        match self {
            Self::Failed | Self::Errored => true,
            Self::Passed | Self::Skipped => false,
        }
    }
}

impl From<testdock_junit::Outcome> for Outcome {
    fn from(outcome: testdock_junit::Outcome) -> Self {
        match outcome {
            testdock_junit::Outcome::Passed => Self::Passed,
            testdock_junit::Outcome::Failed => Self::Failed,
            testdock_junit::Outcome::Errored => Self::Errored,
            testdock_junit::Outcome::Skipped => Self::Skipped,
        }
    }
}

/// A place in a file of the caller's machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Absolute host path.
    pub path: Utf8PathBuf,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1, where the tool tells it.
    pub column: Option<u32>,
}

/// One frame of a stack trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Where it is.
    pub place: Place,
    /// The function, where the tool tells it.
    pub name: String,
}

/// One thing that went wrong in a test; a test may have several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// The exception or assertion type, where the tool tells it.
    pub kind: String,
    /// What went wrong, in a line or a few.
    pub message: String,
    /// The whole trace as the tool printed it, bounded.
    pub detail: String,
    /// The statement that failed, in the test's own file where there is one.
    pub place: Option<Place>,
    /// The stack, outermost first, as far as it lies in the workspace.
    pub frames: Vec<Frame>,
    /// Expected and actual value, where the tool gives both.
    pub diff: Option<(String, String)>,
}

impl Failure {
    /// Kind and message as people read them, in a line or a few. Many tools begin the message with
    /// the kind: then it is not said twice.
    pub fn headline(&self) -> String {
        let message = self.message.trim();
        match (self.kind.as_str(), message) {
            ("", "") => "the test failed".to_owned(),
            (kind, "") => kind.to_owned(),
            (kind, message) if message.starts_with(kind) => message.to_owned(),
            (kind, message) => format!("{kind}: {message}"),
        }
    }
}

/// What a run says of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// Which test.
    pub id: TestId,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took, set-up and teardown included, where the tool tells it.
    pub duration: Option<Duration>,
    /// Why it was skipped, or expected to fail.
    pub reason: Option<String>,
    /// What went wrong, worst first.
    pub failures: Vec<Failure>,
    /// The end of what it printed.
    pub output: String,
}

impl TestResult {
    /// A result without failures or output.
    pub fn new(id: TestId, outcome: Outcome) -> Self {
        Self {
            id,
            outcome,
            duration: None,
            reason: None,
            failures: Vec::new(),
            output: String::new(),
        }
    }

    /// The first line of what went wrong, or of why it was skipped.
    pub fn message(&self) -> Option<&str> {
        let text = self.failures.first().map(|f| f.message.as_str()).or(self.reason.as_deref())?;
        text.lines().find(|line| !line.trim().is_empty())
    }

    /// Where the test failed, as far as it is known.
    pub fn place(&self) -> Option<&Place> {
        self.failures.iter().find_map(|f| f.place.as_ref())
    }
}

/// How many tests ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
    /// Tests that errored.
    pub errored: usize,
    /// Tests that were skipped.
    pub skipped: usize,
}

impl Totals {
    /// Counts `outcomes`.
    pub fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let mut totals = Self::default();
        outcomes.into_iter().for_each(|outcome| totals.count(outcome));
        totals
    }

    /// Counts one more.
    pub fn count(&mut self, outcome: Outcome) {
        *self.number(outcome) += 1;
    }

    /// Takes one back that was counted.
    pub(crate) fn uncount(&mut self, outcome: Outcome) {
        *self.number(outcome) -= 1;
    }

    fn number(&mut self, outcome: Outcome) -> &mut usize {
        match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed => &mut self.failed,
            Outcome::Errored => &mut self.errored,
            Outcome::Skipped => &mut self.skipped,
        }
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.passed + self.failed + self.errored + self.skipped
    }

    /// Failed and errored ones.
    pub fn bad(&self) -> usize {
        self.failed + self.errored
    }
}

impl std::ops::AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.errored += other.errored;
        self.skipped += other.skipped;
    }
}

/// Where results come from: every result is stamped with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// The interpreter's name in the configuration.
    pub name: String,
    /// The interpreter in words, such as `Dockerfile → testdock/shop:3f2a…` or `local`.
    pub interpreter: String,
    /// The engine's id of the image; empty without a container.
    pub image: String,
    /// The hash of what the image was built from; empty where it was not built here.
    pub inputs: String,
    /// The engine's address; empty without a container.
    pub engine: String,
    /// The profile that was chosen.
    pub profile: Option<String>,
    /// The container's id; empty without a container.
    pub container: String,
    /// Whether the container stood ready before this run.
    pub warm: bool,
    /// The container's real mounts.
    pub paths: PathMap,
}

impl Provenance {
    /// The image's name.
    pub fn image_name(&self) -> &str {
        self.interpreter.rsplit(" → ").next().unwrap_or_default()
    }
}

/// A step on the way to the first test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Reaching the engine.
    Connecting,
    /// Getting an image that the engine lacks; what of it has arrived.
    Pulling {
        /// The image's name.
        image: String,
        /// In words, such as `3 of 7 layers, 41 MB`.
        progress: String,
    },
    /// Building the image.
    Building {
        /// The instruction under way, such as `RUN pip install -r requirements.txt`.
        step: String,
        /// Its number, from 1.
        number: u32,
        /// How many there are; 0 where that is not known.
        of: u32,
    },
    /// Seeing to the services that the container needs.
    Services {
        /// In words, such as `waiting for db (healthy)`.
        doing: String,
    },
    /// Creating and starting the container.
    Starting,
    /// Bringing the workspace to an engine that does not share it.
    Copying {
        /// How many files, directories and links differ.
        files: usize,
        /// How much is brought.
        bytes: u64,
    },
    /// Letting another run end, which writes reports into the workspace too.
    Waiting,
}

/// What happens in a run, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEvent {
    /// A step on the way.
    Preparing(Stage),
    /// A line of the image's build log.
    BuildLog(String),
    /// The tests' process runs.
    Started(Arc<Provenance>),
    /// A run that only builds has an image: a new one, or the one that was there.
    Built(Image),
    /// The tool knows how many tests it will run.
    Collected(usize),
    /// A test began.
    TestStarted(TestId),
    /// A preview of a result, while the run goes on.
    TestFinished(Box<TestResult>),
    /// What the tests' process printed, paths already those of the host.
    Output(String),
    /// The truth: what the report says of all tests of one job. Replaces that job's previews.
    Reported(Vec<TestResult>),
    /// A job is over, in the order of the plan: it got to its end, or why it did not.
    JobEnded(Result<(), RunError>),
    /// Something that the user should know but that fails nothing.
    Warning(String),
    /// The run is over.
    Ended(Ended),
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    /// How it came.
    pub how: End,
    /// From the request to the end.
    pub duration: Duration,
    /// Where the whole output lies, when there was more than a few lines of it.
    pub log: Option<Utf8PathBuf>,
}

/// How a run came to its end.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// The tool ran to its end, whatever the tests said.
    Completed,
    /// Somebody cancelled it.
    Cancelled,
    /// It took longer than it may.
    TimedOut(Duration),
    /// It could not run, or died on the way.
    Broken(RunError),
}

/// Who or what is at fault for a broken run; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The engine, the image or the container.
    Interpreter,
    /// The configuration, or what it names.
    Configuration,
    /// The tests' process ended without a report.
    Process,
    /// There is nothing to run.
    NoTests,
}

/// Why a run could not run, or died.
#[derive(Debug, Clone, PartialEq)]
pub struct RunError {
    /// Who is at fault.
    pub fault: Fault,
    /// Operation and subject, such as `cannot build Dockerfile: RUN make failed with exit code 2`.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
    /// The place at fault, such as a line of the Dockerfile.
    pub place: Option<Place>,
    /// The end of the log that shows it.
    pub log: Option<Box<str>>,
    /// The one command that mends it, where there is one.
    pub remedy: Option<Remedy>,
    /// What has to be allowed first, where that is the matter.
    pub ask: Option<Box<Ask>>,
}

/// A question to whoever runs the tests: whether what the workspace's own files ask for may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The workspace.
    pub root: Utf8PathBuf,
    /// The interpreter.
    pub interpreter: String,
    /// What gives it.
    pub by: String,
    /// What that is, in words.
    pub what: Vec<String>,
}

impl RunError {
    /// An error without remedy, place or log.
    pub fn new(fault: Fault, message: impl Into<String>) -> Self {
        Self {
            fault,
            message: message.into(),
            help: None,
            place: None,
            log: None,
            remedy: None,
            ask: None,
        }
    }

    /// With a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_says_kind_and_message_once() {
        let headline = |kind: &str, message: &str| {
            let (kind, message) = (kind.to_owned(), message.to_owned());
            Failure { kind, message, ..Failure::default() }.headline()
        };
        assert_eq!(headline("", ""), "the test failed");
        assert_eq!(headline("ValueError", " \n"), "ValueError");
        assert_eq!(headline("", "\nno\nway\n"), "no\nway");
        assert_eq!(headline("ValueError", "no"), "ValueError: no");
        assert_eq!(headline("AssertionError", "AssertionError: no"), "AssertionError: no");
    }
}
