//! The command lines that Jenkins itself would run for an agent.

use super::super::folder::Folder;
use super::agent::{Agent, tag};
use super::agent_of;
use crate::config::Interpreter as Settings;
use crate::containers::mask;
use crate::model::{Fault, RunError};
use crate::plan::Source;

/// What Jenkins runs for the agent that these settings mean, line by line.
pub fn jenkins_commands(settings: &Settings, folder: Folder<'_>) -> Result<Vec<String>, RunError> {
    let file = settings.jenkinsfile.as_ref().map_or("Jenkinsfile", |file| file.as_str());
    let nothing = |why: String| {
        RunError::new(Fault::Configuration, format!("{file} says nothing of a container: {why}"))
            .help("name its stage with interpreter.stage, or its file with interpreter.jenkinsfile")
    };
    let text = folder.text(file)?.ok_or_else(|| nothing("there is no such file".to_owned()))?;
    let agent = agent_of(file, &text, settings.stage.as_deref(), folder)?.map_err(nothing)?;
    Ok(commands(&agent, folder))
}

fn commands(agent: &Agent, folder: Folder<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let image = match &agent.source {
        Source::Dockerfile(file) => {
            let text = (folder.read)(file.path.as_str()).unwrap_or_default();
            let project = folder.root.file_name().unwrap_or_default();
            let name = tag(project, &text, agent.build_args.as_deref());
            let args = agent.build_args.as_deref().filter(|args| !args.is_empty());
            let args = args.map(|args| format!(" {}", shown(args))).unwrap_or_default();
            let context = if file.context.is_root() { "." } else { file.context.as_str() };
            lines.push(format!("docker build -t {name}{args} -f \"{}\" \"{context}\"", file.path));
            name
        }
        Source::Image(name) => {
            let pull = format!("docker pull {}", quoted(name));
            lines.push(match agent.pull {
                true => pull,
                false => format!("docker inspect -f . {} || {pull}", quoted(name)),
            });
            name.clone()
        }
        Source::Compose(_) | Source::Local => String::new(),
    };
    lines.push(run(agent, folder, &image));
    lines
}

fn run(agent: &Agent, folder: Folder<'_>, image: &str) -> String {
    let root = folder.root;
    let mut words: Vec<String> = ["docker", "run", "-t", "-d"].map(str::to_owned).into();
    if let Some((uid, gid)) = folder.host.ids {
        words.extend(["-u".to_owned(), format!("{uid}:{gid}")]);
    }
    words.extend(agent.args.iter().cloned());
    words.extend(["-w".to_owned(), root.to_string()]);
    for dir in [root.to_string(), format!("{root}@tmp")] {
        words.extend(["-v".to_owned(), format!("{dir}:{dir}:rw,z")]);
    }
    for (name, value) in &agent.env {
        words.extend(["-e".to_owned(), format!("{name}={value}")]);
    }
    words.extend([image.to_owned(), "cat".to_owned()]);
    joined(&mask::command(words))
}

/// Arguments in one text as they may be shown: as they are written, where nothing in them looks like a secret.
fn shown(args: &str) -> String {
    let masked = shlex::split(args).map(|words| (mask::command(words.clone()), words));
    match masked.filter(|(masked, words)| masked != words) {
        Some((masked, _)) => joined(&masked),
        None => args.to_owned(),
    }
}

fn joined(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./-_•".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
