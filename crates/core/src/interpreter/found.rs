//! What a file of the workspace says about where tests run, and the settings laid over it.

use camino::Utf8PathBuf;

use super::flags::Flags;
use super::folder::Folder;
use super::mounts::distinct;
use super::reach::granted;
use crate::config::{Interpreter as Settings, Pull, User as UserSetting};
use crate::model::{Fault, Place, RunError};
use crate::plan::{Allowed, Entrypoint, Interpreter, Options, Setup, Source, User};

/// What no container of Testdock's own shape gives.
pub(super) const NO_NEW_PRIVILEGES: &str = "no-new-privileges";

/// What a source comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) source: Source,
    pub(super) options: Options,
    /// Whether the registry is asked each time.
    pub(super) pull: bool,
    /// What of the file it was, such as `the agent of stage Test`.
    pub(super) which: String,
    /// What is read for it beside the file itself.
    pub(super) reads: Vec<Utf8PathBuf>,
    /// What the file asks for and does not get.
    pub(super) unheeded: Vec<String>,
}

impl Found {
    /// A source whose container is Testdock's own to shape.
    pub(super) fn plain(source: Source) -> Self {
        let options =
            Options { security_opt: vec![NO_NEW_PRIVILEGES.to_owned()], ..Options::default() };
        Self {
            source,
            options,
            pull: false,
            which: String::new(),
            reads: Vec::new(),
            unheeded: Vec::new(),
        }
    }

    /// The interpreter that the settings make of it; `title` is the table that they stand in, `allow` what they let it have.
    pub(super) fn under(
        self,
        settings: &Settings,
        (name, title): (&str, &str),
        allow: Allowed,
        folder: Folder<'_>,
    ) -> Result<Interpreter, RunError> {
        let made = Interpreter { allow, ..self.shaped(settings, (name, title), folder)? };
        let granted = granted(&made, Vec::new(), folder.root);
        Ok(Interpreter { granted, ..made })
    }

    /// The same, whatever it may reach: for what is no container.
    pub(super) fn shaped(
        self,
        settings: &Settings,
        (name, title): (&str, &str),
        folder: Folder<'_>,
    ) -> Result<Interpreter, RunError> {
        let mut flags = Flags::new(folder, self.options);
        overlay(&mut flags.options, settings);
        if flags.options.testcontainers {
            // What the tests mount into their containers is mounted by the engine, which knows the host's paths.
            flags.options.workdir.get_or_insert_with(|| folder.root.to_string());
        }
        for written in &settings.mounts {
            flags.setting(written).map_err(|e| wrong(title, "mounts", &e))?;
        }
        flags.take(&settings.run_args).map_err(|e| wrong(title, "run-args", &e))?;
        distinct(&mut flags.options, folder.root).map_err(|e| twice(title, &e))?;
        let mut source = self.source;
        if let Source::Dockerfile(file) = &mut source {
            let hosts = settings.extra_hosts.iter().map(|(name, ip)| format!("{name}:{ip}"));
            file.options.extra_hosts.extend(hosts);
            file.options.platform = settings.platform.clone().or(file.options.platform.take());
        }
        Ok(Interpreter {
            name: name.to_owned(),
            source,
            pull: settings.pull.map_or(self.pull || flags.pull, |pull| pull == Pull::Always),
            host: settings.host.as_ref().map(ToString::to_string),
            keep_warm: settings.keep_warm.0,
            options: flags.options,
            unheeded: [self.unheeded, flags.unheeded].concat(),
            warnings: Vec::new(),
            allow: Allowed::default(),
            granted: Vec::new(),
            beside: Vec::new(),
            reads: [self.reads, flags.reads].concat(),
        })
    }
}

fn twice(title: &str, error: &str) -> RunError {
    RunError::new(Fault::Configuration, error).help(format!(
        "give one of them another place, in `{title}` or the file that it is made from"
    ))
}

fn wrong(title: &str, setting: &str, error: &str) -> RunError {
    let message = format!("`{title}.{setting}`: {error}");
    RunError::new(Fault::Configuration, message).help("correct it in testdock.toml")
}

/// Lays the settings over what a source says.
fn overlay(options: &mut Options, settings: &Settings) {
    match &settings.user {
        None => {}
        Some(UserSetting::Host) => options.user = User::Host,
        Some(UserSetting::Image) => options.user = User::Image,
        Some(ids @ UserSetting::Ids { .. }) => options.user = User::Named(ids.to_string()),
    }
    options.env.extend(settings.env.clone());
    let workdir = settings.workdir.as_ref().map(ToString::to_string);
    options.workdir = workdir.or(options.workdir.take());
    options.testcontainers = settings.testcontainers.unwrap_or(options.testcontainers);
    options.ca_certificates |= settings.ca_certificates.is_some();
    let limits = &settings.limits;
    let cpus = limits.cpus.map(|cpus| (cpus * 1000.0).round() as u64);
    options.limits.cpus_milli = cpus.or(options.limits.cpus_milli);
    options.limits.memory = limits.memory.map(|memory| memory.0).or(options.limits.memory);
    options.limits.pids = limits.pids.map(u64::from).or(options.limits.pids);
    if let Some(network) = &settings.network {
        options.network = Some(network.clone());
        options.networks.clear();
    }
    options.platform = settings.platform.clone().or(options.platform.take());
    options.extra_hosts.extend(settings.extra_hosts.iter().map(|(n, ip)| format!("{n}:{ip}")));
    options.init = settings.init.unwrap_or(options.init);
    options.shm_size = settings.shm_size.map(|size| size.0).or(options.shm_size);
    options.setup.extend(settings.setup.iter().map(|line| Setup {
        name: "interpreter.setup".to_owned(),
        argv: ["sh", "-c", line].map(str::to_owned).into(),
    }));
    match settings.entrypoint {
        Some(true) if options.entrypoint == Entrypoint::None => {
            options.entrypoint = Entrypoint::Image;
        }
        Some(false) => options.entrypoint = Entrypoint::None,
        Some(true) | None => {}
    }
}

/// An error at a line of a file of the workspace.
pub(super) fn at(folder: Folder<'_>, file: &str, line: u32, message: String) -> RunError {
    let place = Place { path: folder.root.join(file), line, column: None };
    RunError { place: Some(place), ..RunError::new(Fault::Configuration, message) }
}
