//! Follows one process from its first frame to its end.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use futures_util::StreamExt as _;
use testdock_core::frameworks::Readers;
use testdock_core::model::RunEvent;
use testdock_core::paths::PathMap;
use testdock_core::plan::ReportFile;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::death;
use crate::frames::{Frame, Frames};
use crate::log::RunLog;
use crate::output::{Budget, Decoder, Lines, Printed};
use crate::pipes::{Lifeline, Piece, Pipes};
use crate::runner::Events;

/// Half a line is shown when nothing has followed it for so long: progress dots are half lines.
const IDLE: Duration = Duration::from_millis(60);
/// The supervisor has so long to end everything once its lifeline is cut.
const GRACE: Duration = Duration::from_millis(950);
/// The end of the output follows the exit frame on a stream of its own, and may be late.
const LAG: Duration = Duration::from_millis(500);

/// When a process must stop before its end.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    /// Somebody cancels.
    pub(crate) cancel: CancellationToken,
    /// The time is up.
    pub(crate) deadline: Option<Instant>,
}

impl Stop {
    async fn wait(&self) -> Finish {
        tokio::select! {
            () = self.cancel.cancelled() => Finish::Cancelled,
            () = at(self.deadline) => Finish::TimedOut,
        }
    }
}

/// How it came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finish {
    /// The command ended with this code as a shell tells it.
    Exit { code: i32, ooms: u64 },
    /// It was not started; the frame says why.
    Refused(Frame),
    /// The stream ended first: the container, the engine or the supervisor is gone.
    Lost(String),
    /// Cancelled.
    Cancelled,
    /// Out of time.
    TimedOut,
}

/// What came on the run's own stream.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) reports: Vec<ReportFile>,
    /// The names of those that were too long to come whole.
    pub(crate) cut: BTreeSet<String>,
}

/// What is left when a process has ended.
#[derive(Debug)]
pub(crate) struct Followed {
    /// How it ended.
    pub(crate) finish: Finish,
    /// The reports that came.
    pub(crate) sent: Sent,
    /// Whether the command was started.
    pub(crate) began: bool,
}

/// Follows `pipes` until the end, or until a second after `stop`.
pub(crate) async fn follow(pipes: Pipes, stop: &Stop, ear: Ear<'_>) -> Followed {
    let mut follower = Follower {
        ear,
        stop: stop.clone(),
        finish: None,
        exited: false,
        until: None,
        sent: Sent::default(),
        began: false,
        refusal: Vec::new(),
    };
    let finish = follower.run(pipes).await;
    let rest = follower.ear.decoder.flush();
    follower.print(rest).await;
    follower.print_last_line().await;
    if let Some(rest) = follower.ear.budget.rest() {
        follower.send(RunEvent::Output(rest)).await;
    }
    Followed { finish, sent: follower.sent, began: follower.began }
}

/// What understands and records the streams.
pub(crate) struct Ear<'a> {
    pub(crate) frames: Frames,
    pub(crate) decoder: Decoder,
    pub(crate) lines: Lines,
    pub(crate) paths: PathMap,
    pub(crate) budget: Budget,
    pub(crate) readers: &'a mut Readers,
    pub(crate) log: &'a mut RunLog,
    pub(crate) events: &'a Events,
    /// Files that go away as soon as the command begins.
    pub(crate) witness: Option<tempfile::TempPath>,
}

struct Follower<'a> {
    ear: Ear<'a>,
    stop: Stop,
    /// The end, once it is decided.
    finish: Option<Finish>,
    /// Whether the supervisor has said its last word.
    exited: bool,
    /// When waiting for what is still to come ends.
    until: Option<Instant>,
    sent: Sent,
    began: bool,
    refusal: Vec<u8>,
}

impl Follower<'_> {
    async fn run(&mut self, pipes: Pipes) -> Finish {
        let Pipes { mut pieces, input } = pipes;
        let mut lifeline = Some(Lifeline::hold(input));
        let mut idle = None;
        while !self.done() {
            let stop = self.stop.clone();
            tokio::select! {
                biased;
                finish = stop.wait(), if self.finish.is_none() => {
                    drop(lifeline.take());
                    self.decide(finish, GRACE);
                }
                () = at(self.until) => break,
                piece = pieces.next() => match self.take(piece).await {
                    Ok(()) => idle = self.ear.decoder.waits().then(|| Instant::now() + IDLE),
                    Err(lost) => {
                        self.finish.get_or_insert(lost);
                        break;
                    }
                },
                () = at(idle) => {
                    idle = None;
                    let half = self.ear.decoder.flush();
                    self.print(half).await;
                }
            }
        }
        self.finish.take().unwrap_or(Finish::Lost(String::new()))
    }

    /// Whether nothing that matters is still to come.
    fn done(&self) -> bool {
        match &self.finish {
            Some(Finish::Exit { .. }) => self.ear.decoder.ended(),
            Some(Finish::Cancelled | Finish::TimedOut) => self.exited,
            Some(Finish::Refused(_) | Finish::Lost(_)) => true,
            None => false,
        }
    }

    fn decide(&mut self, finish: Finish, patience: Duration) {
        self.finish = Some(finish);
        self.until = Some(Instant::now() + patience);
    }

    async fn take(&mut self, piece: Option<io::Result<Piece>>) -> Result<(), Finish> {
        match piece {
            Some(Ok(Piece::Output(bytes))) => {
                for printed in self.ear.decoder.push(&bytes) {
                    match printed {
                        Printed::Text(text) => self.print(text).await,
                        Printed::All => {
                            self.print_last_line().await;
                            self.ear.readers.printed_all();
                        }
                    }
                }
            }
            Some(Ok(Piece::Frames(bytes))) => {
                let mut frames = Vec::new();
                self.ear.frames.push(&bytes, &mut frames);
                for frame in frames {
                    self.frame(frame).await;
                }
            }
            Some(Ok(Piece::Refusal(bytes))) => self.refusal.extend_from_slice(&bytes),
            Some(Err(e)) => return Err(Finish::Lost(e.to_string())),
            None => {
                let said = String::from_utf8_lossy(&self.refusal).trim().to_owned();
                return Err(Finish::Lost(said));
            }
        }
        Ok(())
    }

    async fn frame(&mut self, frame: Frame) {
        match frame {
            Frame::Line(line) => {
                let events = self.ear.readers.line(&line);
                self.tell(events).await;
            }
            Frame::Begin(_) => {
                self.began = true;
                self.ear.witness = None;
            }
            Frame::Ended(code) => self.ear.readers.ended(death::exit(code)),
            Frame::Report { name, bytes, is_whole } => {
                if !is_whole {
                    self.sent.cut.insert(name.clone());
                }
                self.sent.reports.push(ReportFile { name, bytes });
            }
            Frame::Exit { code, ooms } => {
                self.exited = true;
                if self.finish.is_none() {
                    self.decide(Finish::Exit { code, ooms }, LAG);
                }
            }
            refusal @ (Frame::Missing
            | Frame::Blind(_)
            | Frame::Nowhere(_)
            | Frame::Unusable(_)) => {
                self.finish.get_or_insert(Finish::Refused(refusal));
            }
        }
    }

    /// Passes on what the command printed, and what the reader makes of it.
    async fn print(&mut self, text: String) {
        let shown = match self.ear.paths.text_to_host(&text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(shown) => Some(shown),
        };
        let mut events = Vec::new();
        self.ear.lines.push(&text, |line| events.extend(self.ear.readers.printed(line)));
        self.show(shown.unwrap_or(text)).await;
        self.tell(events).await;
    }

    /// The last line may have no end.
    async fn print_last_line(&mut self) {
        let mut events = Vec::new();
        self.ear.lines.end(|line| events.extend(self.ear.readers.printed(line)));
        self.tell(events).await;
    }

    async fn tell(&mut self, events: Vec<RunEvent>) {
        for event in events {
            match event {
                RunEvent::Output(text) => self.show(text).await,
                event => self.send(event).await,
            }
        }
    }

    async fn show(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        self.ear.log.write(&text);
        if let Some(text) = self.ear.budget.admit(text) {
            self.send(RunEvent::Output(text)).await;
        }
    }

    /// Sends an event. A listener that is slow holds the process back, but not its cancellation.
    async fn send(&mut self, event: RunEvent) {
        tokio::select! {
            biased;
            () = self.ear.events.send(event) => {}
            _ = self.stop.wait() => {}
        }
    }
}

/// Waits until `instant`; for ever without one.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
