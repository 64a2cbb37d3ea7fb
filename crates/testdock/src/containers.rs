//! `testdock containers`: what there is on the engines of a project, and acts upon it.

mod exec;
mod known;
mod terminal;

use std::process::ExitCode;

use anyhow::Result;
use testdock_core::containers::{Action, container_json, groups, list_lines};
use testdock_core::model::{Fault, RunError};
use testdock_engine::containers;

use crate::args::{
    ContainersArguments, ContainersCommand, Format, ListArguments, NameArguments, NamesArguments,
};
use crate::{exit, print};

pub(crate) use known::{Found, Known};

pub(crate) async fn containers(arguments: ContainersArguments) -> Result<ExitCode> {
    match arguments.command {
        None => list(&arguments.list).await,
        Some(ContainersCommand::List(arguments)) => list(&arguments).await,
        Some(ContainersCommand::Start(names)) => act(&names, Action::Start, false).await,
        Some(ContainersCommand::Stop(names)) => act(&names, Action::Stop, false).await,
        Some(ContainersCommand::Restart(names)) => act(&names, Action::Restart, false).await,
        Some(ContainersCommand::Remove { names, force }) => {
            act(&names, Action::Remove, force).await
        }
        Some(ContainersCommand::Inspect(name)) => inspect(&name).await,
        Some(ContainersCommand::Exec(arguments)) => exec::exec(arguments).await,
    }
}

async fn list(arguments: &ListArguments) -> Result<ExitCode> {
    let known = Known::look(&arguments.project, None).await?;
    let owner = std::slice::from_ref(&known.project);
    for engine in &known.engines {
        let groups = groups(&engine.inventory.containers, owner);
        match arguments.format {
            Format::Human => {
                if known.engines.len() > 1 {
                    print::line(&format!("on {}", engine.label));
                }
                list_lines(&groups).iter().for_each(|line| print::line(line));
            }
            Format::Json => {
                let host = engine.host.as_deref().unwrap_or_default();
                for group in &groups {
                    for container in &group.containers {
                        let is_own = known.project.owns(container);
                        let json = container_json(host, group, container, is_own);
                        print::line(&json.to_string());
                    }
                }
            }
        }
    }
    let is_empty = known.engines.iter().all(|it| it.inventory.containers.is_empty());
    if is_empty && known.errors.is_empty() && arguments.format == Format::Human {
        print::note("there is no container");
    }
    Ok(known.complain())
}

async fn act(names: &NamesArguments, action: Action, force: bool) -> Result<ExitCode> {
    let known = Known::look(&names.project, names.engine.as_deref()).await?;
    let found: Result<Vec<Found<'_>>, RunError> =
        names.names.iter().map(|name| known.find(name)).collect();
    let found = match found {
        Ok(found) => found,
        Err(error) => return Ok(known.refuse(&error)),
    };
    if action == Action::Remove
        && !force
        && let Some(running) =
            found.iter().find(|it| it.container.state.is_alive() && !it.container.origin.is_by_us())
    {
        return Ok(known.refuse(&running_and_foreign(&running.container.name)));
    }
    for Found { host, container } in found {
        if let Err(error) = containers::act(&known.world, host, &container.name, action).await {
            return Ok(known.refuse(&error));
        }
        print::line(&format!("{} {}", action.past(), container.name));
    }
    Ok(exit::PASSED.into())
}

fn running_and_foreign(name: &str) -> RunError {
    let message = format!("cannot remove {name}: it runs, and Testdock has not started it");
    RunError::new(Fault::Configuration, message).help("stop it first, or say --force")
}

async fn inspect(name: &NameArguments) -> Result<ExitCode> {
    let known = Known::look(&name.project, name.engine.as_deref()).await?;
    let inspected = match known.find(&name.name) {
        Ok(Found { host, container }) => {
            containers::inspect(&known.world, host, &container.name).await
        }
        Err(error) => Err(error),
    };
    Ok(match inspected {
        Ok(text) => {
            print::line(&text);
            exit::PASSED.into()
        }
        Err(error) => known.refuse(&error),
    })
}
