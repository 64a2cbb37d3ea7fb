//! `testdock interpreter add`.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use anyhow::Result;
use camino::Utf8Path;
use testdock_core::interpreter::{Addition, KINDS, Kind, NotAdded, Registered};
use testdock_core::views::terminal::{self, shell_quoted};
use testdock_engine::register::{self, Owner};
use testdock_engine::scan::{Depth, Scanner};

use super::answers::flag;
use super::questions::Questions;
use crate::args::{AddArguments, ProjectArguments};
use crate::project::Project;
use crate::{exit, print};

pub(super) fn add(arguments: &AddArguments) -> Result<ExitCode> {
    let of_project =
        ProjectArguments { root: arguments.root.clone(), ..ProjectArguments::default() };
    let project = Project::find(&of_project)?;
    let scanner = Scanner::new(project.settings.clone(), Depth::Configuration);
    let mut addition = Addition {
        kind: Kind::answered(arguments.answers.0.keys().map(String::as_str))
            .map_or_else(String::new, |kind| kind.id.to_owned()),
        name: arguments.name.clone().unwrap_or_default(),
        values: arguments.answers.0.clone(),
    };
    let mut owner = if arguments.personal { Owner::Person } else { Owner::Project };
    let is_complete = !addition.kind.is_empty() && !addition.name.is_empty();
    if is_complete {
        return Ok(match register::add(&scanner, &project.root, owner, &addition) {
            Ok(path) => added(&addition, owner, &path, &project.root),
            Err(refused) => not_added(&refused, &project.cwd),
        });
    }
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Ok(incomplete(&addition));
    }
    let taken = scanner.read(&project.root).0.registered;
    let mut questions = Questions::new(io::stdin().lock(), io::stdout().lock());
    questions.all(&mut addition, &mut owner, &taken.iter().map(name).collect::<Vec<_>>())?;
    loop {
        match register::add(&scanner, &project.root, owner, &addition) {
            Ok(path) => return Ok(added(&addition, owner, &path, &project.root)),
            Err(refused) if refused.field.is_none() => {
                return Ok(not_added(&refused, &project.cwd));
            }
            Err(refused) => {
                tell(&refused, &project.cwd);
                questions.again(&mut addition, &refused)?;
            }
        }
    }
}

fn name(registered: &Registered) -> &str {
    &registered.name
}

fn added(addition: &Addition, owner: Owner, path: &Utf8Path, root: &Utf8Path) -> ExitCode {
    let name = addition.name.trim();
    let file = path.strip_prefix(root).unwrap_or(path);
    print::line(&format!("added the interpreter {name} to {file}"));
    let quoted = shell_quoted(name);
    match (name, owner) {
        (testdock_core::interpreter::DEFAULT, _) => print::line("Next: testdock run"),
        (_, Owner::Project) => print::line(&format!(
            "Next: testdock run --interpreter {quoted}, or interpreter = \"{name}\" in a [[suite]]"
        )),
        (_, Owner::Person) => print::line(&format!(
            "Next: testdock run --interpreter {quoted}, or TESTDOCK_INTERPRETER={quoted} for all runs"
        )),
    }
    exit::PASSED.into()
}

fn not_added(refused: &NotAdded, cwd: &Utf8Path) -> ExitCode {
    tell(refused, cwd);
    exit::USAGE.into()
}

fn tell(refused: &NotAdded, cwd: &Utf8Path) {
    for line in terminal::error_lines(&refused.error, cwd) {
        print::note(&line);
    }
}

/// Nobody is there to be asked.
fn incomplete(addition: &Addition) -> ExitCode {
    let first = |kind: &Kind| kind.fields.iter().find(|field| field.is_required);
    let flags: Vec<String> =
        KINDS.iter().filter_map(first).map(|field| format!("--{}", flag(field.key))).collect();
    let what = if addition.name.is_empty() { "its name" } else { "what it is made from" };
    print::note(&format!("error: cannot add an interpreter: {what} is missing"));
    print::note(&format!(
        "help:  testdock interpreter add NAME with one of {}; on a terminal it asks",
        flags.join(", ")
    ));
    exit::USAGE.into()
}
