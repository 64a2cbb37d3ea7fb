//! `testdock interpreter`: what is registered here, and what is kept of it on the engine.

mod add;
mod allow;
mod answers;
mod questions;
mod shown;

pub(crate) use answers::Answers;

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::Result;
use camino::Utf8Path;
use testdock_core::interpreter::Registered;
use testdock_core::model::RunError;
use testdock_core::session::{RunRequest, Selection};
use testdock_core::views::{InterpreterView, age_words, bytes_words, duration_words, terminal};
use testdock_core::workspace::Workspace;
use testdock_engine::interpreters::{self, Container, Image, Kept};
use testdock_engine::scan::{Depth, Scanner};
use testdock_engine::world::World;

use crate::args::{InterpreterCommand, RunFormat};
use crate::project::Project;
use crate::run::{self, Looks};
use crate::server::services;
use crate::{exit, print};

pub(crate) async fn interpreter(command: InterpreterCommand) -> Result<ExitCode> {
    let project = match &command {
        InterpreterCommand::Add(arguments) => return add::add(arguments),
        InterpreterCommand::Allow { project, .. }
        | InterpreterCommand::List { project, .. }
        | InterpreterCommand::Show { project, .. }
        | InterpreterCommand::Build { project, .. }
        | InterpreterCommand::Remove { project, .. } => Project::find(project)?,
    };
    if let InterpreterCommand::Build { name, no_cache, format, .. } = command {
        return build(&project, name, no_cache, format).await;
    }
    let scanner = Scanner::new(project.settings.clone(), Depth::Configuration);
    let (workspace, _) = scanner.read(&project.root);
    let (world, host) = (World::new(), host(&workspace));
    let host = host.as_deref();
    let done = match &command {
        InterpreterCommand::List { all, .. } => {
            registered(&world, &project.root, &workspace).await;
            let kept = interpreters::list(&world, host).await;
            let listed = kept.map(|mut kept| {
                kept.containers.retain(|it| *all || it.workspace == project.root);
                kept.images.retain(|it| *all || it.workspace == project.root);
                list(&kept);
            });
            listed.and(workspace.mistakes().map_or(Ok(()), Err))
        }
        InterpreterCommand::Show { name, .. } => {
            match workspace.registered.iter().find(|it| it.name == *name) {
                Some(registered) => shown::interpreter(&world, &project.root, registered).await,
                None => interpreters::show(&world, host, &project.root, name)
                    .await
                    .map(|container| shown::container(&container)),
            }
        }
        InterpreterCommand::Add(_) | InterpreterCommand::Build { .. } => Ok(()),
        InterpreterCommand::Allow { name, withdraw, .. } => {
            allow::allow(&project, &scanner, name.as_deref(), *withdraw).await
        }
        InterpreterCommand::Remove { name: Some(name), images, .. } => {
            let which = (name.as_str(), workspace.registered.as_slice());
            let (root, mut removed) = (&project.root, Vec::new());
            let done = interpreters::remove(&world, host, root, which, *images, &mut removed).await;
            tell_removed(&removed, name, done)
        }
        InterpreterCommand::Remove { name: None, images, .. } => {
            remove_all(&world, &project.root, &workspace, *images).await
        }
    };
    Ok(match done {
        Ok(()) => exit::PASSED.into(),
        Err(error) => {
            for line in terminal::error_lines(&error, &project.cwd) {
                print::note(&line);
            }
            exit::of_fault(error.fault).into()
        }
    })
}

/// Removes what was made for the project on each engine that one of its interpreters is on, and on the active one.
async fn remove_all(
    world: &World,
    root: &Utf8Path,
    workspace: &Workspace,
    images: bool,
) -> Result<(), RunError> {
    let registered = workspace.registered.iter().filter_map(Registered::needs_engine);
    let hosts: BTreeSet<_> = registered.map(|it| it.host.as_deref()).chain([None]).collect();
    let (mut removed, mut failed) = (Vec::new(), Ok(()));
    for host in hosts {
        // After a failure, another engine may answer.
        failed =
            failed.and(interpreters::remove_all(world, host, root, images, &mut removed).await);
    }
    tell_removed(&removed, "this project", failed.map(|()| Vec::new()))
}

/// Tells what was removed, also where it ended with an error, and which images stay for which interpreter.
fn tell_removed(
    removed: &[String],
    what: &str,
    done: Result<Vec<(String, String)>, RunError>,
) -> Result<(), RunError> {
    removed.iter().for_each(|name| print::line(&format!("removed {name}")));
    let stay = done?;
    for (image, needed_by) in &stay {
        print::line(&format!("kept {image}: the interpreter {needed_by} needs it"));
    }
    if removed.is_empty() && stay.is_empty() {
        print::line(&format!("nothing of {what} is there"));
    }
    Ok(())
}

/// The engine that the project's default interpreter is on.
fn host(workspace: &Workspace) -> Option<String> {
    let chosen = workspace.interpreters.values().find_map(|choice| choice.as_ref().ok());
    chosen.and_then(|choice| choice.interpreter.host.clone())
}

/// Builds as a run without tests: the same words, the same cancel, the same exit codes.
async fn build(
    project: &Project,
    name: Option<String>,
    no_cache: bool,
    format: RunFormat,
) -> Result<ExitCode> {
    let request =
        RunRequest { fresh: no_cache, ..RunRequest::new(run::run_id(), Selection::Build(name)) };
    let looks = Looks { format, show_output: true, timestamp: None };
    let services = services(None, project.settings.clone(), Depth::Configuration)?;
    let verdict = run::perform(project, services, request, looks).await?;
    Ok(verdict.map_or(exit::CANCELLED, |verdict| verdict.code).into())
}

/// Every interpreter of the project, as it stands; a star is at those that the tests run in.
async fn registered(world: &World, root: &Utf8Path, workspace: &Workspace) {
    print::line("registered in this project");
    let standings = interpreters::look(world, root, &workspace.registered).await;
    for (registered, standing) in workspace.registered.iter().zip(standings) {
        let view = InterpreterView::new(registered, standing.as_ref(), None);
        let view = if workspace.problems.is_empty() { view } else { view.held_up() };
        let mark = if view.is_chosen { "*" } else { " " };
        let source = if view.source.is_empty() { view.kind } else { &view.source };
        let state = view.state.as_str();
        let age = standing.as_ref().and_then(|it| shown::age(&it.found));
        let age = age.map(|age| format!(", made {} ago", age_words(age))).unwrap_or_default();
        print::line(&format!(" {mark}{}: {source}; {state}: {}{age}", view.name, view.detail));
        if let Some(help) = view.error.and_then(|error| error.help) {
            print::line(&format!("    {help}"));
        }
    }
}

fn list(kept: &Kept) {
    print::line("containers that are kept");
    kept.containers
        .iter()
        .for_each(|container| print::line(&format!("  {}", container_line(container))));
    if kept.containers.is_empty() {
        print::line("  none");
    }
    print::line("images that were built");
    kept.images.iter().for_each(|image| print::line(&format!("  {}", image_line(image))));
    if kept.images.is_empty() {
        print::line("  none");
    }
}

fn container_line(container: &Container) -> String {
    let lease = match container.lease {
        Some(lease) => format!(", stays {} more if unused", duration_words(lease)),
        None => String::new(),
    };
    let size =
        container.size.map(|size| format!(", wrote {}", bytes_words(size))).unwrap_or_default();
    // A service's own is for nobody's interpreter.
    let whose = match container.interpreter.as_str() {
        "" => String::new(),
        interpreter => format!("  {interpreter} for {}", container.workspace),
    };
    format!(
        "{}{whose}  ({}, made {} ago{size}{lease})",
        container.name,
        container.state,
        age_words(container.age)
    )
}

fn image_line(image: &Image) -> String {
    let name = image.names.first().map_or(image.id.as_str(), String::as_str);
    let age = age_words(image.age);
    format!("{name}  for {}  ({}, made {age} ago)", image.workspace, bytes_words(image.size))
}
