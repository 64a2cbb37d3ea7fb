//! What goes into the session and what comes out of it, as plain data.

use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;

use super::RunRequest;
use crate::id::{FolderName, RunId, TestId};
use crate::interpreter::{Image, Standing};
use crate::model::{Ended, Outcome, Provenance, RunError, RunEvent, Stage, TestResult};
use crate::paths::RelPath;
use crate::plan::{Interpreter, Plan};
use crate::views::Diagnostic;
use crate::workspace::{FileTests, Workspace};

/// What happened in the world.
#[derive(Debug)]
pub enum Input {
    /// A workspace folder will be opened in a moment; what is asked of it waits for that.
    Announce {
        /// Its name, unique in the session.
        folder: FolderName,
        /// Where it is.
        root: Utf8PathBuf,
    },
    /// What a run means may be about to change: runs that are asked for from now on wait for as many
    /// [`Input::Release`]s.
    Hold,
    /// It has changed, or stays as it was.
    Release,
    /// A workspace folder was opened, or everything in it should be read again.
    Open {
        /// Its name, unique in the session.
        folder: FolderName,
        /// Where it is.
        root: Utf8PathBuf,
    },
    /// A workspace folder was closed.
    Close(FolderName),
    /// The outcomes that an earlier process remembered.
    Restored {
        /// Whose.
        folder: FolderName,
        /// The outcomes.
        outcomes: Vec<(TestId, Outcome)>,
    },
    /// A folder's configuration and suites were read.
    Resolved {
        /// Which folder.
        folder: FolderName,
        /// What it amounts to.
        workspace: Box<Workspace>,
    },
    /// Tests were found in files; more may follow.
    Found {
        /// In which folder.
        folder: FolderName,
        /// What was found.
        files: Vec<FileTests>,
    },
    /// The scan of a folder is over: files that it did not find hold no tests.
    ScanEnded(FolderName),
    /// Of the files that an [`Effect::LookForFiles`] named, these are not there.
    FilesGone {
        /// In which folder.
        folder: FolderName,
        /// Which.
        files: Vec<RelPath>,
    },
    /// A document was opened or edited; its text is not yet on disk.
    Edited {
        /// Which file.
        path: Utf8PathBuf,
        /// The editor's version of it; an older one never replaces a newer one.
        version: i32,
        /// The whole text.
        text: Arc<str>,
    },
    /// A document was closed: what is on disk counts again.
    Closed(Utf8PathBuf),
    /// A document was saved.
    Saved {
        /// Which file.
        path: Utf8PathBuf,
        /// The id of a run of its tests, where one is wanted.
        by_itself: Option<RunId>,
    },
    /// Files changed on disk.
    Changed(Vec<Utf8PathBuf>),
    /// The user says whether the workspace may run.
    Trusted(bool),
    /// The user asks for a run.
    Run(RunRequest),
    /// The user wants a run to stop.
    Cancel(RunId),
    /// A run says something.
    Event(RunId, RunEvent),
    /// Somebody wants to know how the interpreters stand, now and whenever that changes.
    WatchInterpreters,
    /// How a folder's interpreters stand.
    Looked {
        /// Whose.
        folder: FolderName,
        /// Each that was asked for.
        standings: Vec<(Arc<Interpreter>, Standing)>,
    },
    /// The time of an [`Effect::Remind`] has come.
    Reminded(FolderName),
}

/// What is to be done.
#[derive(Debug)]
#[must_use]
pub enum Effect {
    /// Read a folder's configuration, then find its tests.
    Scan {
        /// Which folder.
        folder: FolderName,
        /// Where it is.
        root: Utf8PathBuf,
        /// Only these files, when their folder's configuration still stands.
        only: Option<(Box<Workspace>, Vec<RelPath>)>,
    },
    /// See which of these files are gone.
    LookForFiles {
        /// Of which folder.
        folder: FolderName,
        /// Where the folder is.
        root: Utf8PathBuf,
        /// Which.
        files: Vec<RelPath>,
    },
    /// Start a run.
    Start(Arc<Plan>),
    /// Stop a run.
    Stop(RunId),
    /// Ask the engines how interpreters stand.
    Look {
        /// Whose.
        folder: FolderName,
        /// Where the folder is.
        root: Utf8PathBuf,
        /// Which.
        places: Vec<Arc<Interpreter>>,
    },
    /// Send [`Input::Reminded`] later.
    Remind {
        /// For which folder.
        folder: FolderName,
        /// After how long.
        after: Duration,
    },
    /// Remember a folder's outcomes for later processes.
    Save {
        /// Where the folder is.
        root: Utf8PathBuf,
        /// All its outcomes.
        outcomes: Vec<(TestId, Outcome)>,
    },
    /// Tell people.
    Show(Change),
}

/// A change that people may see. Each way of showing it is a pure function over this and the
/// [`Session`](super::Session).
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A folder was closed; the session knows it no longer.
    FolderClosed {
        /// Its name.
        folder: FolderName,
        /// Where it is.
        root: Utf8PathBuf,
    },
    /// A scan began.
    ScanStarted(FolderName),
    /// A scan ended.
    ScanEnded(FolderName),
    /// The tests of these files are other ones, or elsewhere.
    Tests {
        /// In which folder.
        folder: FolderName,
        /// In which files.
        files: Vec<RelPath>,
    },
    /// The whole of what a file's diagnostics are now.
    Diagnostics {
        /// Which file.
        path: Utf8PathBuf,
        /// All of them.
        diagnostics: Vec<Diagnostic>,
    },
    /// Outcomes went stale, and are no longer the truth.
    Stale {
        /// In which folder.
        folder: FolderName,
        /// Which.
        tests: Vec<TestId>,
    },
    /// A run was accepted; it means these tests, as far as they are known.
    Queued {
        /// Which run.
        run: RunId,
        /// What it will run.
        tests: Vec<TestId>,
    },
    /// A run was refused.
    Refused {
        /// Which run.
        run: RunId,
        /// Why.
        error: RunError,
    },
    /// A run takes a step on its way to the first test.
    Preparing {
        /// Which run.
        run: RunId,
        /// The step.
        stage: Stage,
    },
    /// A line of a build log.
    BuildLog {
        /// Which run.
        run: RunId,
        /// The line.
        line: String,
    },
    /// A run's tests begin.
    Started {
        /// Which run.
        run: RunId,
        /// Where they run.
        provenance: Arc<Provenance>,
    },
    /// A run knows how many tests it has.
    Collected {
        /// Which run.
        run: RunId,
        /// How many, jobs before this one included.
        total: usize,
    },
    /// A test began.
    TestStarted {
        /// In which run.
        run: RunId,
        /// Which test.
        id: TestId,
    },
    /// A test ended, or its outcome was corrected.
    TestFinished {
        /// In which run.
        run: RunId,
        /// How it ended.
        result: Arc<TestResult>,
        /// Whether this is the newest run of that test: only then do trees and lenses show it.
        newest: bool,
    },
    /// A preview turned out to be wrong: the report does not know the test.
    TestRetracted {
        /// In which run.
        run: RunId,
        /// Which test.
        id: TestId,
    },
    /// A run printed something.
    Output {
        /// Which run.
        run: RunId,
        /// What.
        text: String,
    },
    /// Worth saying, failing nothing.
    Warning {
        /// In which run.
        run: RunId,
        /// What.
        message: String,
    },
    /// A run that only builds has an image.
    Built {
        /// Which run.
        run: RunId,
        /// The image.
        image: Image,
    },
    /// The interpreters of a folder are other ones, or stand otherwise.
    Interpreters(FolderName),
    /// The images of a folder are built from other files.
    BuildInputs(FolderName),
    /// A run is over; the session still knows all of it.
    Ended {
        /// Which run.
        run: RunId,
        /// How.
        ended: Ended,
    },
}
