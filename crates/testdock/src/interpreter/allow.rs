//! `testdock interpreter allow`.

use testdock_core::interpreter::DEFAULT;
use testdock_core::model::{Ask, Fault, RunError};
use testdock_core::workspace::Workspace;
use testdock_engine::interpreters;

use crate::project::Project;
use crate::{consent, print};

/// Allows an interpreter what the workspace's files give it beyond its container, or takes that back.
pub(super) async fn allow(
    project: &Project,
    workspace: &Workspace,
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
    let Some(registered) = workspace.registered.iter().find(|it| it.name == name) else {
        let message = format!("no interpreter is named `{name}`");
        return Err(
            RunError::new(Fault::Configuration, message).help("see testdock interpreter list")
        );
    };
    let interpreter = &registered.choice.as_ref().map_err(Clone::clone)?.interpreter;
    let grants = interpreters::grants(&project.root, interpreter).await?;
    let given: Vec<_> = grants.into_iter().filter(|grant| grant.by.is_some()).collect();
    let Some(by) = given.first().and_then(|grant| grant.by.clone()) else {
        print::line(&format!("{name} asks for nothing beyond its container"));
        return Ok(());
    };
    let what: Vec<String> = given.into_iter().map(|grant| grant.what).collect();
    let ask = Ask { interpreter: name.to_owned(), by, what };
    consent::give(project, &ask).map_err(|error| unwritten(&error))?;
    ask.what.iter().for_each(|what| print::line(&format!("{name} may have {what}")));
    Ok(())
}

fn unwritten(error: &anyhow::Error) -> RunError {
    RunError::new(Fault::Configuration, format!("{error:#}"))
        .help("say it in TESTDOCK_INTERPRETER__ALLOW where there is no place to keep it")
}
