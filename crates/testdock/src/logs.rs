//! `testdock logs`.

use std::process::ExitCode;

use anyhow::Result;
use testdock_core::containers::logs::{Query, Search};
use testdock_core::containers::{LogLines, line_json};
use testdock_core::model::{Fault, RunError};
use testdock_engine::containers::{self, Entry, Logs, Source};

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
    match arguments.format {
        Format::Human => human(logs, arguments.timestamps).await,
        Format::Json => json(logs, &sources).await,
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

async fn human(mut logs: Logs, times: bool) {
    // Colours are taken out by whoever prints, where nobody sees them.
    let lines = LogLines { names: logs.names, times, colours: true };
    while let Some(entry) = logs.entries.recv().await {
        match entry {
            Entry::Line(log, line) => {
                if !print::line_if_wanted(&lines.show(log, &line)) {
                    return;
                }
            }
            Entry::Ended(log, message) => print::note(&lines.note(log, &message)),
        }
    }
}

async fn json(mut logs: Logs, sources: &[Source]) {
    while let Some(entry) = logs.entries.recv().await {
        match entry {
            Entry::Line(log, line) => {
                let json = line_json(&sources[log].id, &logs.names[log], &line);
                if !print::line_if_wanted(&json.to_string()) {
                    return;
                }
            }
            Entry::Ended(log, message) => print::note(&format!("{}: {message}", logs.names[log])),
        }
    }
}
