//! What a build says, whichever builder it is: steps under way, lines of output, the step that failed.

use std::collections::{HashMap, HashSet, VecDeque};

use bollard::moby::buildkit::v1::{StatusResponse, Vertex};
use bollard::models::{BuildInfo, BuildInfoAux};
use testdock_core::model::{RunEvent, Stage};

/// How many lines of a step's output an error shows.
const TAIL_LINES: usize = 30;

/// A line that is longer goes on in the next one.
const LINE_BYTES: usize = 4096;

/// A step of a build, as the builder names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Step {
    /// The stage's name in the Dockerfile, where the builder tells it.
    pub(super) stage: Option<String>,
    /// The instruction, on one line; for BuildKit's own work, what it says of it.
    pub(super) instruction: String,
    /// Its number, from 1, and how many there are: of the stage with BuildKit, of all without.
    pub(super) number: u32,
    pub(super) of: u32,
}

/// Follows a build.
#[derive(Default)]
pub(super) struct Progress {
    /// BuildKit's steps by digest; they may run side by side.
    running: HashMap<String, Running>,
    /// BuildKit may take up a step again that it has told of, a pull for example.
    announced: HashSet<String>,
    /// The classic builder's only step.
    classic: Running,
    failed: Option<Running>,
    is_made: bool,
}

#[derive(Default)]
struct Running {
    step: Step,
    output: Output,
}

impl Progress {
    /// What to tell of the next message.
    pub(super) fn take(&mut self, info: BuildInfo) -> Vec<RunEvent> {
        match info.aux {
            Some(BuildInfoAux::BuildKit(status)) => self.take_status(&status),
            Some(BuildInfoAux::Default(_)) => {
                self.is_made = true;
                Vec::new()
            }
            None => self.take_stream(&info.stream.unwrap_or_default()),
        }
    }

    /// Whether the image is there: the builder has told its id, or its name, which is the last it says.
    pub(super) fn is_made(&self) -> bool {
        self.is_made
    }

    /// The step that failed, and the end of its output. The classic builder does not say that a
    /// step failed: it just stops.
    pub(super) fn failure(self) -> (Step, String) {
        let running = self.failed.unwrap_or(self.classic);
        (running.step, running.output.tail())
    }

    fn take_status(&mut self, status: &StatusResponse) -> Vec<RunEvent> {
        let mut events = Vec::new();
        for vertex in &status.vertexes {
            events.extend(self.take_vertex(vertex));
        }
        for log in &status.logs {
            let running = self.running.entry(log.vertex.clone()).or_default();
            let text = String::from_utf8_lossy(&log.msg);
            events.extend(running.output.push(&text).into_iter().map(RunEvent::BuildLog));
        }
        for vertex in status.vertexes.iter().filter(|vertex| vertex.completed.is_some()) {
            events.extend(self.complete(vertex));
        }
        events
    }

    fn take_vertex(&mut self, vertex: &Vertex) -> Vec<RunEvent> {
        let running = self.running.entry(vertex.digest.clone()).or_default();
        running.step = Step::of_vertex(&vertex.name);
        let is_news = vertex.started.is_some() && running.step.number > 0;
        if !is_news || !self.announced.insert(vertex.digest.clone()) {
            return Vec::new();
        }
        let cached = if vertex.cached { " (cached)" } else { "" };
        let line = RunEvent::BuildLog(format!("{}{cached}", vertex.name));
        vec![running.step.event(), line]
    }

    /// A step ended: well, or as the first that failed, or because another one had failed.
    fn complete(&mut self, vertex: &Vertex) -> Option<RunEvent> {
        let mut running = self.running.remove(&vertex.digest)?;
        let rest = running.output.flush();
        let failed = !vertex.error.is_empty() && !vertex.error.contains("context canceled");
        if failed && self.failed.is_none() {
            self.failed = Some(running);
        }
        rest.map(RunEvent::BuildLog)
    }

    fn take_stream(&mut self, text: &str) -> Vec<RunEvent> {
        let mut events = Vec::new();
        self.is_made |= text.starts_with("Successfully tagged ");
        for line in self.classic.output.push(text) {
            if is_bookkeeping(&line) {
                self.classic.output.last.pop_back();
                continue;
            }
            if let Some(step) = Step::of_line(&line) {
                events.push(step.event());
                self.classic.step = step;
                self.classic.output = Output::default();
            }
            events.push(RunEvent::BuildLog(line));
        }
        events
    }
}

impl Step {
    /// From `[builder 2/5] RUN make`, or `[2/5] RUN make`.
    fn of_vertex(name: &str) -> Self {
        let parsed = name.strip_prefix('[').and_then(|rest| {
            let (bracket, instruction) = rest.split_once("] ")?;
            let (stage, count) = match bracket.rsplit_once(' ') {
                Some((stage, count)) => (Some(stage.trim().to_owned()), count),
                None => (None, bracket),
            };
            let (number, of) = numbers(count)?;
            let instruction = instruction.to_owned();
            Some(Self { stage, instruction, number, of })
        });
        parsed.unwrap_or_else(|| Self { instruction: name.to_owned(), ..Self::default() })
    }

    /// From what BuildKit says of a command that failed: `process "/bin/sh -c make" did not complete`, or
    /// `executor failed running [/bin/sh -c make]:`.
    pub(super) fn of_error(said: &str) -> Self {
        let newer = || said.split_once("process \"")?.1.rsplit_once("\" did not complete");
        let older = || said.split_once("failed running [")?.1.rsplit_once("]:");
        let Some((command, _)) = newer().or_else(older) else {
            return Self::default();
        };
        let line = command.split_once(" -c ").map_or(command, |(_, line)| line);
        Self { instruction: format!("RUN {}", line.replace("\\\"", "\"")), ..Self::default() }
    }

    /// From the classic builder's `Step 2/5 : RUN make`, and Podman's `STEP 2/5: RUN make`.
    fn of_line(line: &str) -> Option<Self> {
        let docker = || line.strip_prefix("Step ")?.split_once(" : ");
        let podman = || line.strip_prefix("STEP ")?.split_once(": ");
        let (count, instruction) = docker().or_else(podman)?;
        let (number, of) = numbers(count)?;
        let instruction = instruction.to_owned();
        Some(Self { stage: None, instruction, number, of })
    }

    fn event(&self) -> RunEvent {
        RunEvent::Preparing(Stage::Building {
            step: self.instruction.clone(),
            number: self.number,
            of: self.of,
        })
    }
}

/// A builder's word on its own layers and containers, which is nobody's output.
fn is_bookkeeping(line: &str) -> bool {
    line.starts_with(" ---> ")
        || line.starts_with("--> ")
        || line.starts_with("Removing intermediate container ")
}

fn numbers(count: &str) -> Option<(u32, u32)> {
    let (number, of) = count.split_once('/')?;
    Some((number.trim().parse().ok()?, of.trim().parse().ok()?))
}

/// Output that arrives in arbitrary pieces, as lines; keeps the last ones.
#[derive(Default)]
struct Output {
    unfinished: String,
    last: VecDeque<String>,
}

impl Output {
    /// The lines that `text` completes.
    fn push(&mut self, text: &str) -> Vec<String> {
        let mut complete = Vec::new();
        for piece in text.split_inclusive('\n') {
            self.unfinished.push_str(piece);
            if piece.ends_with('\n') || self.unfinished.len() > LINE_BYTES {
                complete.extend(self.flush());
            }
        }
        complete
    }

    /// The line that was never completed.
    fn flush(&mut self) -> Option<String> {
        if self.unfinished.is_empty() {
            return None;
        }
        let line = visible(&std::mem::take(&mut self.unfinished)).to_owned();
        if self.last.len() == TAIL_LINES {
            self.last.pop_front();
        }
        self.last.push_back(line.clone());
        Some(line)
    }

    fn tail(mut self) -> String {
        self.flush();
        Vec::from(self.last).join("\n").trim_end().to_owned()
    }
}

/// What a terminal would show in the end of a line that rewrites itself.
fn visible(line: &str) -> &str {
    let line = line.trim_end_matches(['\n', '\r']);
    line.rsplit('\r').next().unwrap_or(line)
}

#[cfg(test)]
mod tests;
