//! `testdock logs`.

use std::process::ExitCode;

use anyhow::Result;
use testdock_core::containers::logs::{Query, Search};
use testdock_core::containers::{LogLines, line_json};
use testdock_core::model::{Fault, RunError};
use testdock_engine::containers::{self, Entry, Logs, Source};
use tokio::sync::mpsc;

use crate::args::{Format, LogsArguments};
use crate::containers::{Found, Known};
use crate::{exit, print};

pub(crate) async fn logs(arguments: LogsArguments) -> Result<ExitCode> {
    let known = Known::look(&arguments.project, arguments.engine.as_deref()).await?;
    let read = async {
        let query = query(&arguments)?;
        let found = meant(&known, &arguments.names)?;
        let source = |it: &Found<'_>| Source {
            host: it.host.map(str::to_owned),
            id: it.container.id.clone(),
        };
        let sources: Vec<Source> = found.iter().map(source).collect();
        let logs = containers::logs(&known.world, &sources, query).await?;
        Ok::<_, RunError>((sources, logs))
    };
    let (sources, logs) = match read.await {
        Ok(read) => read,
        Err(error) => return Ok(known.refuse(&error)),
    };
    let Logs { names, entries } = logs;
    match arguments.format {
        Format::Human => {
            let silent = silence(&names, &arguments);
            // Colours are taken out by whoever prints, where nobody sees them.
            let lines = LogLines { names, times: arguments.timestamps, colours: true };
            if !print(entries, |entry| human(&lines, entry)).await {
                print::note(&silent);
            }
        }
        Format::Json => {
            print(entries, |entry| json(&names, &sources, entry)).await;
        }
    }
    Ok(exit::PASSED.into())
}

fn query(arguments: &LogsArguments) -> Result<Query, RunError> {
    let moment = |text: &Option<String>| text.as_deref().map(containers::moment).transpose();
    Ok(Query {
        since: moment(&arguments.since)?,
        until: moment(&arguments.until)?,
        search: arguments.search.as_deref().map(Search::new).transpose()?,
        tail: arguments.tail,
        follow: arguments.follow,
    })
}

/// The containers that are named, each once; those of the project where none is.
fn meant<'k>(known: &'k Known, names: &[String]) -> Result<Vec<Found<'k>>, RunError> {
    let mut found = match names.is_empty() {
        true => known.own(),
        false => names.iter().map(|name| known.find(name)).collect::<Result<Vec<_>, _>>()?,
    };
    if let (true, Some(error)) = (found.is_empty(), known.errors.first()) {
        return Err(error.clone());
    }
    if found.is_empty() {
        let message = format!("the project {} has no container", known.project.root);
        return Err(RunError::new(Fault::Configuration, message)
            .help("name one of those that testdock containers lists, or run the tests first"));
    }
    found.sort_by_key(|it| (&it.container.name, it.host));
    found.dedup_by_key(|it| (&it.container.id, it.host));
    Ok(found)
}

/// What is said where there is nothing to show.
fn silence(names: &[String], arguments: &LogsArguments) -> String {
    let are_chosen =
        arguments.search.is_some() || arguments.since.is_some() || arguments.until.is_some();
    let fitting = if are_chosen { " that fits" } else { "" };
    format!("nothing{fitting} was printed by {}", names.join(", "))
}

/// How an entry is shown: a line of results, or a note beside them.
enum Shown {
    Line(String),
    Note(String),
}

/// Bytes that are written at once, where so much is there.
const PIECE: usize = 64 << 10;

/// Prints what comes until nothing more comes, or nobody reads it any more; whether anything came.
async fn print(mut entries: mpsc::Receiver<Entry>, show: impl Fn(Entry) -> Shown) -> bool {
    let mut text = String::new();
    let mut is_any = false;
    while let Some(entry) = entries.recv().await {
        is_any = true;
        let mut next = Some(entry);
        while let Some(entry) = next {
            match show(entry) {
                Shown::Line(line) => {
                    text.push_str(&line);
                    text.push('\n');
                }
                Shown::Note(note) => {
                    print::text_if_wanted(&std::mem::take(&mut text));
                    print::note(&note);
                }
            }
            next = if text.len() < PIECE { entries.try_recv().ok() } else { None };
        }
        if !print::text_if_wanted(&std::mem::take(&mut text)) {
            break;
        }
    }
    is_any
}

fn human(lines: &LogLines, entry: Entry) -> Shown {
    match entry {
        Entry::Line(log, line) => Shown::Line(lines.show(log, &line)),
        Entry::Ended(log, message) => Shown::Note(lines.note(log, &message)),
    }
}

fn json(names: &[String], sources: &[Source], entry: Entry) -> Shown {
    match entry {
        Entry::Line(log, line) => {
            Shown::Line(line_json(&sources[log].id, &names[log], &line).to_string())
        }
        Entry::Ended(log, message) => Shown::Note(format!("{}: {message}", names[log])),
    }
}
