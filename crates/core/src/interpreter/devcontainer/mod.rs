//! `devcontainer.json`: the container that an editor would move into, as one that tests run in.

mod file;
mod variables;

#[cfg(test)]
mod tests;

use jsonc_parser::{ParseOptions, parse_to_serde_value};

use super::build_flags;
use super::compose::read_service;
use super::detect::Read;
use super::flags::Flags;
use super::flags::mounts::mount;
use super::folder::{Folder, inside};
use super::found::{Found, at};
use crate::config::Interpreter as Settings;
use crate::model::RunError;
use crate::paths::RelPath;
use crate::plan::{Beside, Dockerfile, Entrypoint, MountFrom, Options, Setup, Source, User};
use file::{Build, File};
use variables::Variables;

/// What a `devcontainer.json` says.
pub(super) fn read(
    path: &str,
    text: &str,
    settings: &Settings,
    folder: Folder<'_>,
) -> Result<Read, RunError> {
    let strict = ParseOptions {
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_loose_object_property_names: false,
        ..ParseOptions::default()
    };
    let file: File =
        parse_to_serde_value(text.trim_start_matches('\u{feff}'), &strict).map_err(|error| {
            let line = u32::try_from(error.line_display()).unwrap_or(1);
            let what = error.kind().to_string().to_lowercase();
            at(folder, path, line, format!("cannot read {path}: {what}"))
                .help("correct it; comments and trailing commas are fine")
        })?;
    let reading = Reading { path, folder, file: &file, variables: Variables::new(path, folder) };
    if !file.docker_compose_file.list().is_empty() {
        return reading.compose(settings);
    }
    reading.found(settings).map(|found| Read::Found(Box::new(found)))
}

struct Reading<'a> {
    path: &'a str,
    folder: Folder<'a>,
    file: &'a File,
    variables: Variables<'a>,
}

impl Reading<'_> {
    /// A service of compose files, with what this file says laid over it.
    fn compose(mut self, settings: &Settings) -> Result<Read, RunError> {
        let files = self.file.docker_compose_file.list();
        let files = files.iter().map(|file| self.beside(&self.variables.fill(file)));
        let files: Vec<String> = files.collect::<Result<_, _>>()?;
        for file in &files {
            if self.folder.text(file)?.is_none() {
                let why = format!("dockerComposeFile names {file}, which is not in the workspace");
                return Err(self.error(&why));
            }
        }
        let Some(service) = &self.file.service else {
            return Err(self.error("it names compose files and no service"));
        };
        let beside = self.file.run_services.clone().map_or(Beside::All, Beside::Named);
        let (plain, folder) = (crate::config::Compose::default(), self.folder);
        let of = (self.path, service.as_str());
        let read = read_service(&files, Some(of), &beside, &plain, settings, folder)?;
        let Read::Found(mut found) = read else {
            return Ok(read);
        };
        let place = self.file.workspace_folder.as_deref().map(|dir| self.variables.fill(dir));
        self.variables.container_folder = place.unwrap_or_default();
        let mut options = self.options("");
        options.workdir = None;
        self.lifecycle(settings.lifecycle, &mut options, &mut found.unheeded);
        if self.file.override_command != Some(true) {
            options.entrypoint = Entrypoint::None; // as the service says
        }
        self.say_the_rest(&mut found.unheeded);
        let whose = match &self.file.name {
            Some(name) => format!("the dev container `{name}`"),
            None => "a dev container".to_owned(),
        };
        found.which = format!("{whose} in service `{service}`");
        found.options = options;
        Ok(Read::Found(found))
    }

    fn found(mut self, settings: &Settings) -> Result<Found, RunError> {
        let place = self.workspace();
        self.variables.container_folder = place.clone();
        let mut unheeded = Vec::new();
        let (source, pull) = self.source(&mut unheeded)?;
        let mut flags = Flags::new(self.folder, self.options(&place));
        for wanted in &self.file.mounts {
            let written = self.variables.fill(&wanted.written());
            flags.mount(&written).map_err(|error| self.error(&error))?;
        }
        let args: Vec<String> =
            self.file.run_args.iter().map(|word| self.variables.fill(word)).collect();
        flags.take(&args).map_err(|error| self.error(&format!("runArgs: {error}")))?;
        // The workspace's own place is not the arguments' to say.
        flags.options.workdir = Some(place);
        self.lifecycle(settings.lifecycle, &mut flags.options, &mut unheeded);
        self.say_the_rest(&mut unheeded);
        unheeded.append(&mut flags.unheeded);
        Ok(Found {
            source,
            options: flags.options,
            pull: pull || flags.pull,
            which: match &self.file.name {
                Some(name) => format!("the dev container `{name}`"),
                None => "a dev container".to_owned(),
            },
            reads: flags.reads,
            unheeded,
        })
    }

    fn source(&self, unheeded: &mut Vec<String>) -> Result<(Source, bool), RunError> {
        if let Some(image) = &self.file.image {
            return Ok((Source::Image(self.variables.fill(image)), false));
        }
        let old = Build {
            dockerfile: self.file.docker_file.clone(),
            context: self.file.context.clone(),
            ..Build::default()
        };
        let build = self.file.build.as_ref().unwrap_or(&old);
        let Some(dockerfile) = &build.dockerfile else {
            let message = "it names no image, no Dockerfile and no compose file";
            return Err(self.error(message));
        };
        self.build(build, dockerfile, unheeded)
    }

    fn build(
        &self,
        build: &Build,
        dockerfile: &str,
        unheeded: &mut Vec<String>,
    ) -> Result<(Source, bool), RunError> {
        let fill = |text: &str| self.variables.fill(text);
        let dockerfile = self.beside(&fill(dockerfile))?;
        if self.folder.text(&dockerfile)?.is_none() {
            return Err(self.error(&format!("the workspace has no {dockerfile}")));
        }
        let mut file = Dockerfile {
            path: RelPath::new(dockerfile),
            context: RelPath::new(self.beside(&fill(build.context.as_deref().unwrap_or(".")))?),
            target: build.target.as_deref().map(fill),
            build_args: build.args.iter().map(|(k, v)| (k.clone(), fill(v))).collect(),
            ..Dockerfile::default()
        };
        file.options.cache_from = build.cache_from.list().iter().map(|it| fill(it)).collect();
        let words: Vec<String> = build.options.iter().map(|word| fill(word)).collect();
        let taken = build_flags::take(&words, &mut file, self.folder);
        let (more, pull) = taken.map_err(|e| self.error(&format!("build.options: {e}")))?;
        unheeded.extend(more);
        Ok((Source::Dockerfile(file), pull))
    }

    /// A path beside the file, from the workspace's root.
    fn beside(&self, written: &str) -> Result<String, RunError> {
        let dir = self.path.rsplit_once('/').map_or("", |(dir, _)| dir);
        inside(dir, written).ok_or_else(|| {
            self.error(&format!(
                "`{written}` lies outside of the workspace, which Testdock does not use"
            ))
        })
    }

    /// Where the workspace lies in the container.
    fn workspace(&self) -> String {
        let named = self.folder.root.file_name().unwrap_or("workspace");
        let folder = self.file.workspace_folder.as_deref().map(|dir| self.variables.fill(dir));
        let told = self.file.workspace_mount.as_deref().and_then(|written| {
            let written = self.variables.fill(written);
            let (mount, _) = mount(&self.folder, &written).ok()?;
            let ours =
                matches!(&mount.from, MountFrom::Host { path, .. } if path == self.folder.root);
            ours.then_some(mount.target)
        });
        told.or(folder).unwrap_or_else(|| format!("/workspaces/{named}"))
    }

    fn options(&self, place: &str) -> Options {
        let file = self.file;
        let mut env: std::collections::BTreeMap<_, _> = file
            .container_env
            .iter()
            .map(|(name, value)| (name.clone(), self.variables.fill(value)))
            .collect();
        for (name, value) in &file.remote_env {
            match value {
                Some(value) => drop(env.insert(name.clone(), self.variables.fill(value))),
                None => drop(env.remove(name)),
            }
        }
        Options {
            user: self.user(),
            env,
            workdir: Some(place.to_owned()),
            entrypoint: match file.override_command {
                Some(false) => Entrypoint::Image,
                Some(true) | None => Entrypoint::None,
            },
            init: file.init,
            privileged: file.privileged,
            cap_add: file.cap_add.clone(),
            security_opt: file.security_opt.clone(),
            ..Options::default()
        }
    }

    /// As whom the tests run. Where the uid of the container's user follows the caller's, so does ours.
    fn user(&self) -> User {
        let named = self.file.remote_user.as_ref().or(self.file.container_user.as_ref());
        let Some(name) = named.map(|name| self.variables.fill(name)) else {
            return User::Host;
        };
        let is_number = name.starts_with(|c: char| c.is_ascii_digit());
        match name == "root" || is_number || self.file.update_remote_user_uid == Some(false) {
            true => User::Named(name),
            false => User::Alias(name),
        }
    }

    /// Commands of the container's making: run once in each new container, where that was asked for.
    fn lifecycle(&self, wanted: Option<bool>, options: &mut Options, unheeded: &mut Vec<String>) {
        for (name, command) in self.file.lifecycle() {
            let commands = command.commands();
            if commands.is_empty() {
                continue;
            }
            if wanted == Some(true) {
                options.setup.extend(commands.into_iter().map(|argv| Setup {
                    name: name.to_owned(),
                    argv: argv.iter().map(|word| self.variables.fill(word)).collect(),
                }));
            } else {
                unheeded.push(format!(
                    "`{name}`: not run; lifecycle = true under [interpreter] runs it in each new container"
                ));
            }
        }
    }

    fn say_the_rest(&self, unheeded: &mut Vec<String>) {
        let file = self.file;
        if file.initialize_command.is_some() {
            unheeded.push(
                "`initializeCommand`: Testdock runs nothing of it on your machine".to_owned(),
            );
        }
        if file.post_attach_command.is_some() {
            unheeded.push("`postAttachCommand`: nobody attaches".to_owned());
        }
        for feature in file.features.keys() {
            unheeded.push(format!(
                "the feature `{feature}`: Testdock installs no features; the image has to have it"
            ));
        }
        if let Some(mount) = &file.workspace_mount
            && !self.variables.fill(mount).contains(self.folder.root.as_str())
        {
            unheeded.push("`workspaceMount`: the workspace is mounted as it is".to_owned());
        }
        unheeded.extend(
            file.rest
                .keys()
                .filter(|key| !file::is_for_editors(key))
                .map(|key| format!("`{key}`: Testdock does not know it")),
        );
        unheeded.extend(self.variables.unknown());
    }

    fn error(&self, message: &str) -> RunError {
        at(self.folder, self.path, 1, format!("cannot use {}: {message}", self.path))
            .help("correct it, or write image or dockerfile under [interpreter] in testdock.toml")
    }
}

/// `key=value` pairs of a mount that is written as an object.
fn mount_text(fields: &serde_json::Map<String, serde_json::Value>) -> String {
    let field = |(key, value): (&String, &serde_json::Value)| match value {
        serde_json::Value::String(text) => format!("{key}={text}"),
        value => format!("{key}={value}"),
    };
    fields.iter().map(field).collect::<Vec<_>>().join(",")
}
