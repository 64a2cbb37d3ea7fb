//! How an interpreter stands, in a word and in a line.

use camino::Utf8PathBuf;

use super::words::bytes_words;
use crate::interpreter::{Found, Image, Registered, Standing};
use crate::model::{RunError, Stage};
use crate::plan::Source;

/// How an interpreter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterpreterState {
    /// Who could tell was not asked yet.
    Unknown,
    /// It is not described well enough to be used.
    Invalid,
    /// The engine does not answer.
    Unreachable,
    /// The next run builds or pulls the image.
    Absent,
    /// The image is being built or pulled.
    Building,
    /// The next run builds the image again.
    Stale,
    /// The image is there.
    Ready,
    /// A container waits for the next run.
    Warm,
    /// It needs no container.
    Local,
}

/// An interpreter as people see it.
#[derive(Debug, Clone, PartialEq)]
pub struct InterpreterView {
    /// Its name.
    pub name: String,
    /// What it is made from: the id of a [`Kind`](crate::interpreter::Kind), `none` where nothing says.
    pub kind: &'static str,
    /// The same in a few words; empty where it cannot be used.
    pub source: String,
    /// The file that describes it.
    pub file: Option<Utf8PathBuf>,
    /// The engine's address; empty while that is not known, and without a container.
    pub engine: String,
    /// How it stands.
    pub state: InterpreterState,
    /// The same in a line.
    pub detail: String,
    /// Why it cannot be used.
    pub error: Option<RunError>,
    /// Whether tests run there as things are set.
    pub is_chosen: bool,
}

impl InterpreterView {
    /// An interpreter of which the engine said `standing`, and whose image a run is getting.
    pub fn new(
        registered: &Registered,
        standing: Option<&Standing>,
        making: Option<&Stage>,
    ) -> Self {
        let mut view = Self {
            name: registered.name.clone(),
            kind: registered.kind,
            source: String::new(),
            file: registered.file.clone(),
            engine: standing.map(|it| it.engine.clone()).unwrap_or_default(),
            state: InterpreterState::Invalid,
            detail: String::new(),
            error: None,
            is_chosen: registered.is_chosen,
        };
        match &registered.choice {
            Err(error) => view.fail(InterpreterState::Invalid, error),
            Ok(choice) => {
                let source = &choice.interpreter.source;
                view.source = source.short();
                match (source, making) {
                    (Source::Local, _) => {
                        view.stand(InterpreterState::Local, "this machine, without a container");
                    }
                    (_, Some(stage)) => view.stand(InterpreterState::Building, making_words(stage)),
                    _ => view.found(standing.map(|it| &it.found), source),
                }
            }
        }
        view
    }

    /// The same in a workspace whose configuration has a mistake.
    #[must_use]
    pub fn held_up(mut self) -> Self {
        if self.error.is_none() {
            let words = "nothing runs before the configuration is corrected";
            self.stand(InterpreterState::Invalid, words);
        }
        self
    }

    fn found(&mut self, found: Option<&Found>, source: &Source) {
        match found {
            None => self.stand(InterpreterState::Unknown, "its engine was not asked yet"),
            Some(Found::Unreachable(error)) => self.fail(InterpreterState::Unreachable, error),
            Some(Found::Invalid(error)) => self.fail(InterpreterState::Invalid, error),
            Some(Found::Unread) => {
                let words = "the next run asks the compose tool what its files say now";
                self.stand(InterpreterState::Unknown, words);
            }
            Some(Found::Absent) => {
                let words = match source {
                    Source::Dockerfile(_) => "not built yet: the next run does it",
                    // Which of both it is the compose tool tells when a run asks it.
                    Source::Compose(_) => "not here yet: the next run builds or pulls it",
                    Source::Image(_) | Source::Local => "not here yet: the next run pulls it",
                };
                self.stand(InterpreterState::Absent, words);
            }
            Some(Found::Stale) => {
                let words =
                    "files that it is built from have changed: the next run builds it again";
                self.stand(InterpreterState::Stale, words);
            }
            Some(Found::Ready(image)) => {
                self.stand(InterpreterState::Ready, &image_words(image));
            }
            Some(Found::Warm(image)) => {
                let words = format!("a container is warm, of {}", image_words(image));
                self.stand(InterpreterState::Warm, &words);
            }
        }
    }

    fn stand(&mut self, state: InterpreterState, detail: &str) {
        self.state = state;
        detail.clone_into(&mut self.detail);
    }

    fn fail(&mut self, state: InterpreterState, error: &RunError) {
        self.stand(state, &error.message);
        self.error = Some(error.clone());
    }
}

impl InterpreterState {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Invalid => "invalid",
            Self::Unreachable => "unreachable",
            Self::Absent => "absent",
            Self::Building => "building",
            Self::Stale => "stale",
            Self::Ready => "ready",
            Self::Warm => "warm",
            Self::Local => "local",
        }
    }
}

/// Without its steps: those have a progress of their own.
fn making_words(stage: &Stage) -> &'static str {
    match stage {
        Stage::Pulling { .. } => "the image is being pulled",
        _ => "the image is being built",
    }
}

fn image_words(image: &Image) -> String {
    match image.size {
        0 => image.name.clone(),
        size => format!("{}, {}", image.name, bytes_words(size)),
    }
}
