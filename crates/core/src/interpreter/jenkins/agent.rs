//! One Docker agent: what it says, and what becomes of it.

use std::collections::BTreeMap;

use camino::Utf8Path;
use sha1::{Digest as _, Sha1};

use super::super::build_flags;
use super::super::flags::Flags;
use super::super::folder::{Folder, inside};
use super::super::found::{Found, at};
use super::super::groovy::{Call, Value};
use super::pick;
use super::words::Variables;
use crate::model::RunError;
use crate::paths::RelPath;
use crate::plan::{Dockerfile, Entrypoint, Options, Source};

/// An agent, understood.
pub(super) struct Agent {
    pub(super) source: Source,
    pub(super) pull: bool,
    /// In words.
    pub(super) whose: String,
    pub(super) unheeded: Vec<String>,
    /// The `environment` around it.
    pub(super) env: BTreeMap<String, String>,
    /// `args`, taken apart.
    pub(super) args: Vec<String>,
    /// `additionalBuildArgs` as it is written, the values of strings filled in.
    pub(super) build_args: Option<String>,
    file: String,
    line: u32,
}

/// Settings of an agent that mean something to Jenkins alone, and why that is no loss.
const ELSEWHERE: &[(&str, &str)] = &[
    ("label", "the tests run on your engine, on no node of Jenkins"),
    ("customWorkspace", "the workspace goes to the path that it has here"),
    ("registryCredentialsId", "Docker's own configuration has the credentials (docker login)"),
];

pub(super) fn read(
    file: &str,
    picked: &pick::Agent<'_>,
    calls: &[Call],
    folder: Folder<'_>,
) -> Result<Agent, RunError> {
    let variables = Variables::of(&picked.around, calls, folder);
    let mut reading = Reading { file, call: picked.call, folder, unheeded: Vec::new(), variables };
    let mut agent = match picked.call.name.as_str() {
        "docker" => reading.docker()?,
        _ => reading.dockerfile()?,
    };
    agent.args = reading.args()?;
    reading.note_the_rest(&picked.around);
    agent.whose = picked.whose.clone();
    agent.unheeded = reading.unheeded;
    agent.unheeded.extend(picked.unheeded.clone());
    agent.env = reading.variables.env;
    Ok(agent)
}

struct Reading<'a> {
    file: &'a str,
    call: &'a Call,
    folder: Folder<'a>,
    unheeded: Vec<String>,
    variables: Variables<'a>,
}

impl<'a> Reading<'a> {
    fn docker(&self) -> Result<Agent, RunError> {
        let image = match self.call.first() {
            Some(value) => Some(self.text(value, self.call.line)?),
            None => self.setting("image")?,
        };
        let image = image.ok_or_else(|| self.error(self.call.line, "the agent names no image"))?;
        let registry = self.setting("registryUrl")?;
        let image = registry.map_or_else(|| image.clone(), |url| qualified(&url, &image));
        Ok(self.agent(Source::Image(image), self.is_set("alwaysPull")))
    }

    fn dockerfile(&mut self) -> Result<Agent, RunError> {
        let name = self.path("filename")?.unwrap_or_else(|| "Dockerfile".to_owned());
        let dir = self.path("dir")?;
        let place = |path: &str| {
            let dir = dir.as_deref().unwrap_or_default();
            inside(dir, path).filter(|_| !dir.starts_with('/')).ok_or_else(|| {
                let message = format!("`{dir}/{path}` lies outside of the workspace");
                self.error(self.call.line, &message)
            })
        };
        let path = place(&name)?;
        let Some(text) = self.folder.text(&path)? else {
            let message = format!("no Dockerfile found at {path} in the workspace");
            return Err(self.error(self.call.line, &message).help(format!(
                "correct filename and dir of the agent in {}; filename is relative to dir",
                self.file
            )));
        };
        let mut file = Dockerfile {
            path: RelPath::new(path),
            context: RelPath::new(place("")?),
            ..Dockerfile::default()
        };
        let build_args = self.setting("additionalBuildArgs")?;
        let mut pull = false;
        if let Some(line) = &build_args {
            let words = self.variables.shell(line).map_err(|unknown| {
                let message = format!("additionalBuildArgs: `{unknown}` needs a shell to be known");
                self.error(self.call.line, &message).help(
                    "write dockerfile, build-args and target under [interpreter] in testdock.toml",
                )
            })?;
            let taken = build_flags::take(&words, &mut file, self.folder);
            let (unheeded, asked) = taken
                .map_err(|e| self.error(self.call.line, &format!("additionalBuildArgs: {e}")))?;
            self.unheeded.extend(unheeded);
            pull = asked;
        }
        let project = self.folder.root.file_name().unwrap_or_default();
        file.options.tags.push(tag(project, &text, build_args.as_deref()));
        let mut agent = self.agent(Source::Dockerfile(file), pull);
        agent.build_args = build_args;
        Ok(agent)
    }

    fn agent(&self, source: Source, pull: bool) -> Agent {
        Agent {
            source,
            pull,
            whose: String::new(),
            unheeded: Vec::new(),
            env: BTreeMap::new(),
            args: Vec::new(),
            build_args: None,
            file: self.file.to_owned(),
            line: self.call.line,
        }
    }

    fn args(&self) -> Result<Vec<String>, RunError> {
        let Some(line) = self.setting("args")? else {
            return Ok(Vec::new());
        };
        let words = self.variables.tokens(&line);
        words.ok_or_else(|| self.error(self.call.line, "args: a quote that nothing closes"))
    }

    /// The setting of the agent's block, or its named argument.
    fn value(&self, name: &str) -> Option<(&'a Value, u32)> {
        let child = self.call.child(name).and_then(|call| Some((call.first()?, call.line)));
        child.or_else(|| Some((self.call.named(name)?, self.call.line)))
    }

    fn setting(&self, name: &str) -> Result<Option<String>, RunError> {
        self.value(name).map(|(value, line)| self.text(value, line)).transpose()
    }

    /// A setting that is a path: from the workspace's root, where it is one of the machine's that is in it.
    fn path(&self, name: &str) -> Result<Option<String>, RunError> {
        let from_root = |path: String| {
            let inside = Utf8Path::new(&path).strip_prefix(self.folder.root);
            inside.map_or_else(|_| path.clone(), |inside| inside.to_string())
        };
        Ok(self.setting(name)?.map(from_root))
    }

    fn is_set(&self, name: &str) -> bool {
        matches!(self.value(name), Some((Value::Bool(true), _)))
    }

    fn text(&self, value: &Value, line: u32) -> Result<String, RunError> {
        let text = match value {
            Value::Word(name) => self.variables.named(name).ok_or_else(|| name.clone()),
            Value::Text(text) => self.variables.fill(text),
            _ => {
                let message = "an expression whose value only Jenkins can tell";
                return Err(self.error(line, message).help(self.instead()));
            }
        };
        text.map_err(|unknown| self.unknown(&unknown, line))
    }

    fn unknown(&self, name: &str, line: u32) -> RunError {
        let error = self.error(line, &format!("`${{{name}}}` is known to Jenkins only"));
        let plain = name.strip_prefix("env.").or(name.strip_prefix("params.")).unwrap_or(name);
        match plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            true => error.help(format!("set {plain} in your environment, or {}", self.instead())),
            false => error.help(self.instead()),
        }
    }

    fn instead(&self) -> String {
        format!(
            "write image or dockerfile under [interpreter] in testdock.toml instead of relying on {}",
            self.file
        )
    }

    fn note_the_rest(&mut self, around: &[&Call]) {
        const KNOWN: [&str; 10] = [
            "image",
            "args",
            "alwaysPull",
            "registryUrl",
            "filename",
            "dir",
            "additionalBuildArgs",
            "reuseNode",
            "containerPerStageRoot",
            "true",
        ];
        for setting in self.call.children().filter(|call| !KNOWN.contains(&call.name.as_str())) {
            let why = ELSEWHERE.iter().find(|(name, _)| *name == setting.name);
            let why = why.map_or("Testdock does not know it", |(_, why)| why);
            self.unheeded.push(format!("`{}`: {why}", setting.name));
        }
        for tool in around.iter().filter_map(|call| call.child("tools")).flat_map(Call::children) {
            let why = "a tool that Jenkins installs; the image has to have it";
            self.unheeded.push(format!("`tools {{ {} }}`: {why}", tool.name));
        }
        self.unheeded.append(&mut self.variables.missing);
    }

    fn error(&self, line: u32, message: &str) -> RunError {
        at(self.folder, self.file, line, format!("cannot use {}: {message}", self.file))
            .help("correct it, or write image or dockerfile under [interpreter] in testdock.toml")
    }
}

impl Agent {
    /// The container that Jenkins makes, as options.
    pub(super) fn options(&self, found: &mut Found, folder: Folder<'_>) -> Result<(), RunError> {
        let options = Options {
            entrypoint: Entrypoint::Image,
            env: self.env.clone(),
            only_own_group: true,
            ..Options::default()
        };
        let mut flags = Flags::new(folder, options);
        flags.take(&self.args).map_err(|error| {
            let message = format!("cannot use {}: args: {error}", self.file);
            at(folder, &self.file, self.line, message)
                .help("correct it, or write run-args under [interpreter] in testdock.toml")
        })?;
        // Jenkins says where the workspace is after `args`, and the last word counts.
        if let Some(dir) = flags.options.workdir.replace(folder.root.to_string()) {
            let why = "Jenkins itself sets the working directory to the workspace after it";
            flags.unheeded.push(format!("`--workdir={dir}`: {why}"));
        }
        flags.options.env.extend(self.env.clone());
        found.options = flags.options;
        found.reads.append(&mut flags.reads);
        found.pull |= flags.pull;
        found.unheeded.append(&mut flags.unheeded);
        Ok(())
    }
}

/// The tag that Jenkins gives the image: the hash of the project's name, the Dockerfile and the build's
/// arguments.
pub(super) fn tag(project: &str, dockerfile: &str, build_args: Option<&str>) -> String {
    let args = build_args.filter(|args| !args.is_empty());
    let args = args.map(|args| format!(" {args}")).unwrap_or_default();
    format!("{:x}", Sha1::digest(format!("{project}\n{dockerfile}\n{args}")))
}

/// An image's name in a registry that is given by its address.
fn qualified(url: &str, image: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let first = image.split('/').next().unwrap_or_default();
    let has_registry = image.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    match host {
        "" | "index.docker.io" | "registry-1.docker.io" | "docker.io" => image.to_owned(),
        _ if has_registry => image.to_owned(),
        host => format!("{host}/{image}"),
    }
}
