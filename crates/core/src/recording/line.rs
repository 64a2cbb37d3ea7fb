//! What stands in one line of a recording.

use std::time::Duration;

use camino::Utf8PathBuf;
use serde::Deserialize;

use crate::id::TestId;
use crate::model::{
    End, Ended, Failure, Fault, Frame, Outcome, Place, Provenance, RunError, Stage, TestResult,
};
use crate::paths::PathMap;

/// One line. A field that it lacks is as good as `null` where that makes sense, and further ones
/// are ignored.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum Line {
    RunStarted {
        root: Option<Utf8PathBuf>,
    },
    Preparing(Preparing),
    BuildOutput {
        text: String,
    },
    InterpreterReady(Interpreter),
    ImageReady {
        name: String,
        #[serde(default)]
        image: String,
    },
    TestsCollected {
        total: usize,
    },
    TestStarted {
        id: TestId,
    },
    TestFinished(Box<Finished>),
    TestRetracted {
        id: TestId,
    },
    Output {
        text: String,
    },
    Warning {
        message: String,
    },
    RunFinished(Box<RunFinished>),
    /// A later Testdock may say more.
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub(super) enum Preparing {
    Connecting,
    Pulling { image: String, progress: String },
    Building { step: String, number: u32, of: u32 },
    Starting,
}

#[derive(Debug, Deserialize)]
pub(super) struct Interpreter {
    interpreter: String,
    #[serde(default)]
    image: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    inputs: String,
    #[serde(default)]
    engine: String,
    profile: Option<String>,
    #[serde(default)]
    container: String,
    #[serde(default)]
    warm: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Finished {
    id: TestId,
    outcome: Word,
    duration_s: Option<f64>,
    message: Option<String>,
    #[serde(default)]
    failures: Vec<FailureLine>,
    #[serde(default)]
    output: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Passed,
    Failed,
    Errored,
    Skipped,
}

#[derive(Debug, Deserialize)]
struct FailureLine {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    detail: String,
    location: Option<Location>,
    #[serde(default)]
    frames: Vec<FrameLine>,
    expected: Option<String>,
    actual: Option<String>,
}

#[derive(Debug, Deserialize)]
struct FrameLine {
    #[serde(flatten)]
    location: Location,
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
struct Location {
    path: Utf8PathBuf,
    line: u32,
    column: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RunFinished {
    how: How,
    #[serde(default)]
    duration_s: f64,
    error: Option<ErrorLine>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum How {
    Completed,
    Cancelled,
    TimedOut,
    Broken,
    Refused,
}

#[derive(Debug, Deserialize)]
struct ErrorLine {
    fault: FaultWord,
    message: String,
    help: Option<String>,
    location: Option<Location>,
    log: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FaultWord {
    Interpreter,
    Configuration,
    Process,
    NoTests,
}

impl From<Preparing> for Stage {
    fn from(stage: Preparing) -> Self {
        match stage {
            Preparing::Connecting => Self::Connecting,
            Preparing::Pulling { image, progress } => Self::Pulling { image, progress },
            Preparing::Building { step, number, of } => Self::Building { step, number, of },
            Preparing::Starting => Self::Starting,
        }
    }
}

impl From<Interpreter> for Provenance {
    fn from(line: Interpreter) -> Self {
        Self {
            name: line.name,
            interpreter: line.interpreter,
            image: line.image,
            inputs: line.inputs,
            engine: line.engine,
            profile: line.profile,
            container: line.container,
            warm: line.warm,
            // The places of a recording are those of the host already.
            paths: PathMap::identity(),
        }
    }
}

impl From<Finished> for TestResult {
    fn from(line: Finished) -> Self {
        let outcome = match line.outcome {
            Word::Passed => Outcome::Passed,
            Word::Failed => Outcome::Failed,
            Word::Errored => Outcome::Errored,
            Word::Skipped => Outcome::Skipped,
        };
        let failures: Vec<Failure> = line.failures.into_iter().map(Failure::from).collect();
        Self {
            duration: line.duration_s.map(seconds),
            reason: line.message.filter(|_| failures.is_empty()),
            failures,
            output: line.output,
            ..Self::new(line.id, outcome)
        }
    }
}

impl From<FailureLine> for Failure {
    fn from(line: FailureLine) -> Self {
        let frame = |line: FrameLine| Frame { place: line.location.into(), name: line.name };
        Self {
            kind: line.kind.unwrap_or_default(),
            message: line.message,
            detail: line.detail,
            place: line.location.map(Place::from),
            frames: line.frames.into_iter().map(frame).collect(),
            diff: line.expected.zip(line.actual),
        }
    }
}

impl From<Location> for Place {
    fn from(line: Location) -> Self {
        Self { path: line.path, line: line.line, column: line.column }
    }
}

impl From<RunFinished> for Ended {
    fn from(line: RunFinished) -> Self {
        let duration = seconds(line.duration_s);
        let how = match line.how {
            How::Completed => End::Completed,
            How::Cancelled => End::Cancelled,
            How::TimedOut => End::TimedOut(duration),
            How::Broken | How::Refused => End::Broken(line.error.map_or_else(unknown, Into::into)),
        };
        Self { how, duration, log: None }
    }
}

impl From<ErrorLine> for RunError {
    fn from(line: ErrorLine) -> Self {
        let fault = match line.fault {
            FaultWord::Interpreter => Fault::Interpreter,
            FaultWord::Configuration => Fault::Configuration,
            FaultWord::Process => Fault::Process,
            FaultWord::NoTests => Fault::NoTests,
        };
        Self {
            help: line.help,
            place: line.location.map(Place::from),
            log: line.log.map(Into::into),
            ..Self::new(fault, line.message)
        }
    }
}

fn unknown() -> RunError {
    RunError::new(Fault::Process, "the recorded run broke, and its recording does not say why")
}

/// A recording may say anything, also what is no time.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
