//! What containers print: what is there already in the order of its times, then what comes.

use std::sync::Arc;
use std::time::Duration;

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::{Stream, StreamExt as _};
use testdock_core::containers::State;
use testdock_core::containers::logs::{
    Assembler, Line, Merge, Moment, Piece, Query, Stream as Kind, Tail,
};
use testdock_core::model::RunError;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{failed, short};
use crate::docker::{said, see, status};
use crate::world::World;

/// Lines that may wait for whoever takes them: then the engine is read no further.
const WAITING: usize = 256;
/// A container that ended may be one that is started again.
const LOOKS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(150);

/// A container whose log is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its engine's address; `None` for the active one.
    pub host: Option<String>,
    /// Its id or name.
    pub id: String,
}

/// Something that is said of the logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A line of the log with this number.
    Line(usize, Line),
    /// Nothing more comes of it, and why: the container has ended, say. A log that is not followed ends
    /// without a word.
    Ended(usize, String),
}

/// Logs that are read.
#[derive(Debug)]
pub struct Logs {
    /// The containers' names, in the order of the sources.
    pub names: Vec<String>,
    /// What is said of them; closed when all is said.
    pub entries: mpsc::Receiver<Entry>,
}

/// Reads the logs of containers, all at once. It ends when the receiver is dropped, and waits where that
/// is full: nothing is lost, and nothing piles up here.
pub async fn logs(world: &World, sources: &[Source], query: Query) -> Result<Logs, RunError> {
    // What must end at a time is not gone on with.
    let query = Query { follow: query.follow && query.until.is_none(), ..query };
    let (mut logs, mut names) = (Vec::new(), Vec::new());
    for source in sources {
        let host = source.host.as_deref();
        let docker = world.engine(host).await?;
        let found = see::container(&docker, &source.id).await;
        match found {
            Ok(found) => {
                let name = found.name.unwrap_or_else(|| source.id.clone());
                names.push(name.trim_start_matches('/').to_owned());
            }
            Err(error) => {
                let what = format!("read the log of the container {}", short(&source.id));
                return Err(failed(world, host, &what, &error).await);
            }
        }
        logs.push(Log { docker, id: source.id.clone(), query: Arc::new(query.clone()) });
    }
    let (sender, entries) = mpsc::channel(WAITING);
    // Who wants nothing of what is there wants all that is printed from now on, not from later on.
    let ends = match query.tail {
        Some(0) => Some(past(&logs, &sender).await),
        _ => None,
    };
    tokio::spawn(async move {
        let reading = Box::pin(read(logs, ends, &sender));
        tokio::select! {
            () = reading => {}
            () = sender.closed() => {}
        }
    });
    Ok(Logs { names, entries })
}

/// When the last line of a log was printed that is there already.
type Last = Result<Option<Moment>, Error>;

async fn read(logs: Vec<Log>, ends: Option<Vec<Last>>, sender: &mpsc::Sender<Entry>) {
    let ends = match ends {
        Some(ends) => ends,
        None => past(&logs, sender).await,
    };
    let mut following = JoinSet::new();
    for (number, (log, end)) in logs.into_iter().zip(ends).enumerate() {
        match end {
            Ok(last) if log.query.follow => {
                following.spawn(log.follow(number, last, sender.clone()));
            }
            Ok(_) => {}
            Err(error) => {
                let message = format!("its log cannot be read: {}", said(&error));
                send(sender, Entry::Ended(number, message)).await;
            }
        }
    }
    while following.join_next().await.is_some() {}
}

/// Passes on what is there already, in order.
async fn past(logs: &[Log], sender: &mpsc::Sender<Entry>) -> Vec<Last> {
    let mut lines = Vec::new();
    let mut tasks = Vec::new();
    for log in logs {
        let (line_in, line_out) = mpsc::channel(WAITING);
        lines.push(line_out);
        // Ends by itself when nobody takes its lines any more.
        tasks.push(tokio::spawn(log.clone().past(line_in)));
    }
    let mut merge = Merge::new(logs.len());
    loop {
        while let Some(number) = merge.waits_for() {
            merge.put(number, lines[number].recv().await);
        }
        let Some((number, line)) = merge.take() else { break };
        send(sender, Entry::Line(number, line)).await;
    }
    let mut ends = Vec::new();
    for task in tasks {
        ends.push(task.await.unwrap_or(Ok(None)));
    }
    ends
}

/// Whoever reads may have gone: then the reading ends as a whole.
async fn send(sender: &mpsc::Sender<Entry>, entry: Entry) {
    let _ = sender.send(entry).await;
}

#[derive(Debug, Clone)]
struct Log {
    docker: Docker,
    id: String,
    query: Arc<Query>,
}

/// What became of a container whose log ended.
enum End {
    /// It runs again.
    Again,
    /// It is over, in words.
    Over(String),
}

impl Log {
    /// Passes on what is there; when the last line of it was printed.
    async fn past(self, lines: mpsc::Sender<Line>) -> Result<Option<Moment>, Error> {
        let tail = self.query.tail_of_engine().map_or("all".to_owned(), |tail| tail.to_string());
        let mut pieces = Box::pin(self.pieces(false, self.query.since, &tail));
        let mut assembler = Assembler::default();
        // The engine has counted already, where it could.
        let mut kept = Tail::new(self.query.tail);
        let mut last = None;
        while let Some(piece) = pieces.next().await {
            let Some(line) = push(&mut assembler, &piece?) else { continue };
            last = last.max(line.at);
            if self.query.wants(&line)
                && let Some(line) = kept.push(line)
                && lines.send(line).await.is_err()
            {
                return Ok(last);
            }
        }
        // Half a line is read again, whole, by whoever follows.
        let half: Vec<Line> = match self.query.follow {
            true => Vec::new(),
            false => assembler.finish().filter(|line| self.query.wants(line)).collect(),
        };
        let whole = half.into_iter().filter_map(|line| kept.push(line)).collect::<Vec<_>>();
        for line in kept.finish().chain(whole) {
            if lines.send(line).await.is_err() {
                break;
            }
        }
        Ok(last)
    }

    /// Passes on what comes after `last`.
    async fn follow(self, number: usize, mut last: Option<Moment>, sender: mpsc::Sender<Entry>) {
        loop {
            let broken = self.follow_once(number, &mut last, &sender).await.err();
            let end = match broken {
                Some(error) if status(&error).is_some() => End::Over(said(&error)),
                _ => self.end().await,
            };
            if let End::Over(message) = end {
                return send(&sender, Entry::Ended(number, message)).await;
            }
        }
    }

    async fn follow_once(
        &self,
        number: usize,
        last: &mut Option<Moment>,
        sender: &mpsc::Sender<Entry>,
    ) -> Result<(), Error> {
        let known = *last;
        let mut pieces = Box::pin(self.pieces(true, known.or(self.query.since), "all"));
        let mut assembler = Assembler::default();
        while let Some(piece) = pieces.next().await {
            let Some(line) = push(&mut assembler, &piece?) else { continue };
            // The engine counts in seconds: it repeats what was printed in the last one.
            if known.is_some() && line.at.is_some() && line.at <= known {
                continue;
            }
            *last = (*last).max(line.at);
            if self.query.wants(&line) {
                send(sender, Entry::Line(number, line)).await;
            }
        }
        for line in assembler.finish().filter(|line| self.query.wants(line)) {
            *last = (*last).max(line.at);
            send(sender, Entry::Line(number, line)).await;
        }
        Ok(())
    }

    fn pieces(
        &self,
        follow: bool,
        since: Option<Moment>,
        tail: &str,
    ) -> impl Stream<Item = Result<LogOutput, Error>> + use<> {
        let seconds = |at: Moment| at.seconds().clamp(0, i64::from(i32::MAX));
        let seconds = |at: Moment| i32::try_from(seconds(at)).unwrap_or(i32::MAX);
        let options = LogsOptionsBuilder::default()
            .follow(follow)
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .since(since.map_or(0, seconds))
            .until(self.query.until.map_or(0, |at| seconds(at).saturating_add(1)))
            .tail(tail)
            .build();
        self.docker.logs(&self.id, Some(options))
    }

    /// What became of the container.
    async fn end(&self) -> End {
        let mut words = String::new();
        for _ in 0..LOOKS {
            sleep(PAUSE).await;
            let found = see::container(&self.docker, &self.id);
            let state = match found.await {
                Ok(found) => found.state.unwrap_or_default(),
                Err(error) if status(&error) == Some(404) => {
                    return End::Over("the container was removed".to_owned());
                }
                Err(error) => {
                    return End::Over(format!("the engine does not answer: {}", said(&error)));
                }
            };
            let word = state.status.map(|it| it.to_string()).unwrap_or_default();
            match State::of(&word) {
                State::Running | State::Paused => return End::Again,
                State::Removing => return End::Over("the container was removed".to_owned()),
                _ => {}
            }
            words = match state.exit_code {
                Some(code) => format!("the container has ended with exit code {code}"),
                None => "the container has ended".to_owned(),
            };
        }
        End::Over(words)
    }
}

fn push(assembler: &mut Assembler, output: &LogOutput) -> Option<Line> {
    match output {
        LogOutput::StdOut { message } | LogOutput::StdIn { message } => {
            assembler.push(Piece::Of(Kind::Stdout, message))
        }
        LogOutput::StdErr { message } => assembler.push(Piece::Of(Kind::Stderr, message)),
        LogOutput::Console { message } => assembler.push(Piece::Terminal(message)),
    }
}
