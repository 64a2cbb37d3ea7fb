//! `testdock interpreter allow`.

use testdock_core::interpreter::{Choice, DEFAULT};
use testdock_core::model::{Ask, Fault, RunError};
use testdock_core::plan::Interpreter;
use testdock_engine::interpreters;
use testdock_engine::scan::Scanner;

use crate::project::Project;
use crate::{consent, print};

/// Allows an interpreter what the workspace's files ask for, or takes that back.
pub(super) async fn allow(
    project: &Project,
    scanner: &Scanner,
    name: Option<&str>,
    withdraw: bool,
) -> Result<(), RunError> {
    let name = name.unwrap_or(DEFAULT);
    if withdraw {
        let store = consent::store().map_err(|error| unwritten(&error))?;
        let done = store.withdraw(&project.root, name);
        done.map_err(|error| unwritten(&error.into()))?;
        print::line(&format!("{name} may have nothing beyond its container any more"));
        return Ok(());
    }
    // Where it is comes first: what its containers have is asked there.
    let mut choice = chosen(project, scanner, name);
    let mut given = 0;
    while let Err(RunError { ask: Some(ask), .. }) = &choice {
        give(ask)?;
        given += 1;
        choice = chosen(project, scanner, name);
    }
    let asked = asked(project, &choice?.interpreter).await?;
    asked.as_ref().map_or(Ok(()), give)?;
    if given == 0 && asked.is_none() {
        print::line(&format!("{name} asks for nothing beyond its container"));
    }
    Ok(())
}

fn chosen(project: &Project, scanner: &Scanner, name: &str) -> Result<Choice, RunError> {
    let registered = scanner.read(&project.root).0.registered;
    match registered.into_iter().find(|it| it.name == name) {
        Some(registered) => registered.choice,
        None => {
            Err(RunError::new(Fault::Configuration, format!("no interpreter is named `{name}`"))
                .help("see testdock interpreter list"))
        }
    }
}

/// What the workspace's files give the containers of an interpreter.
async fn asked(project: &Project, interpreter: &Interpreter) -> Result<Option<Ask>, RunError> {
    let grants = interpreters::grants(&project.root, interpreter).await?;
    let given: Vec<_> = grants.into_iter().filter(|grant| grant.by.is_some()).collect();
    let by = given.first().and_then(|grant| grant.by.clone());
    let (root, interpreter) = (project.root.clone(), interpreter.name.clone());
    let what = given.into_iter().map(|grant| grant.what).collect();
    Ok(by.map(|by| Ask { root, interpreter, by, what }))
}

fn give(ask: &Ask) -> Result<(), RunError> {
    consent::give(ask).map_err(|error| unwritten(&error))?;
    ask.what.iter().for_each(|what| print::line(&format!("{} may have {what}", ask.interpreter)));
    Ok(())
}

fn unwritten(error: &anyhow::Error) -> RunError {
    RunError::new(Fault::Configuration, format!("{error:#}"))
        .help("say it in TESTDOCK_INTERPRETER__ALLOW where there is no place to keep it")
}
