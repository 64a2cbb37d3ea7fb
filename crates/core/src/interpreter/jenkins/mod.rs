//! A Jenkinsfile's Docker agent: the same build and the same run as Jenkins makes.
//!
//! Held to the source of Jenkins' own plugin: the workspace at the path that it has outside, the
//! caller's uid, `args` as flags of `docker run`, the image's entrypoint first. What only Jenkins has (its
//! credentials, its tools, its nodes) is said to be missing.

mod agent;
mod command;
mod pick;
mod words;

#[cfg(test)]
mod tests;

use super::detect::Read;
use super::folder::Folder;
use super::found::{Found, at};
use super::groovy::{self, Call, Value};
use crate::model::RunError;
use pick::Picked;

pub use command::jenkins_commands;

/// What a Jenkinsfile says; `stage` is the one that the settings name.
pub(super) fn read(
    file: &str,
    text: &str,
    stage: Option<&str>,
    folder: Folder<'_>,
) -> Result<Read, RunError> {
    Ok(match agent_of(file, text, stage, folder)? {
        Ok(agent) => Read::Found(Box::new(agent.found(folder)?)),
        Err(reason) => Read::Nothing(reason),
    })
}

/// The agent that is meant; the inner error says why there is none, which is no mistake.
fn agent_of(
    file: &str,
    text: &str,
    stage: Option<&str>,
    folder: Folder<'_>,
) -> Result<Result<agent::Agent, String>, RunError> {
    let calls = groovy::read(text).map_err(|problem| {
        let message = format!("cannot read {file}: {}", problem.message);
        at(folder, file, problem.line, message).help("close it, or name an image or a Dockerfile")
    })?;
    let Some(pipeline) = calls.iter().find(|call| call.name == "pipeline") else {
        return scripted(file, &calls, folder);
    };
    match pick::pick(pipeline, stage) {
        Ok(Picked::Agent(picked)) => agent::read(file, &picked, &calls, folder).map(Ok),
        Ok(Picked::NoContainer(reason)) => Ok(Err(reason)),
        Ok(Picked::Script(whose, call)) => {
            let message = format!(
                "cannot use {file}: {whose} runs `{}` in a script, and what that does with containers only Jenkins can tell",
                call.name
            );
            Err(at(folder, file, call.line, message).help(image_of(call, &calls)))
        }
        Err(error) => {
            Err(at(folder, file, error.line, format!("cannot use {file}: {}", error.message))
                .help(error.help))
        }
    }
}

/// A pipeline that is a program: what it does with containers, only Jenkins can tell.
fn scripted(
    file: &str,
    calls: &[Call],
    folder: Folder<'_>,
) -> Result<Result<agent::Agent, String>, RunError> {
    let is_docker =
        |call: &Call| call.name.starts_with("docker.") || call.name == "withDockerContainer";
    let Some(first) = calls.iter().find_map(|call| call.find(&is_docker)) else {
        return Ok(Err("it has no Docker agent".to_owned()));
    };
    let message = format!(
        "cannot use {file}: it is a scripted pipeline, and what it does with containers only Jenkins can tell"
    );
    Err(at(folder, file, first.line, message).help(image_of(first, calls)))
}

/// The setting that does what a step of a script does.
fn image_of(step: &Call, calls: &[Call]) -> String {
    let constants = words::constants(calls);
    let known = |name: &str| constants.get(name).cloned();
    let is_one = step.name == "docker.image" && !pick::starts_another(step);
    let image = match step.first().filter(|_| is_one) {
        Some(Value::Text(text)) => text.filled(&known).ok(),
        Some(Value::Word(name)) => known(name),
        _ => None,
    };
    let image = image.as_deref().unwrap_or("NAME");
    format!("write image = \"{image}\" under [interpreter] in testdock.toml")
}

impl agent::Agent {
    fn found(&self, folder: Folder<'_>) -> Result<Found, RunError> {
        let mut found = Found {
            source: self.source.clone(),
            options: crate::plan::Options::default(),
            pull: self.pull,
            which: format!("the agent of {}", self.whose),
            reads: Vec::new(),
            unheeded: self.unheeded.clone(),
        };
        self.options(&mut found, folder)?;
        Ok(found)
    }
}
