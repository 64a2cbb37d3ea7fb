//! What a file of the workspace says about where tests run, and the settings laid over it.

use camino::Utf8Path;

use super::flags::{Flags, volume};
use super::folder::Folder;
use crate::config::{Interpreter as Settings, Power, Pull, User as UserSetting};
use crate::model::{Fault, Place, RunError};
use crate::plan::{Entrypoint, Interpreter, MountFrom, Options, Setup, Source, User};

/// What a source comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) source: Source,
    pub(super) options: Options,
    /// Whether the registry is asked each time.
    pub(super) pull: bool,
    /// What of the file it was, such as `the agent of stage Test`.
    pub(super) which: String,
    /// What the file asks for and does not get.
    pub(super) unheeded: Vec<String>,
}

impl Found {
    /// A source whose container is Testdock's own to shape.
    pub(super) fn plain(source: Source) -> Self {
        let options =
            Options { security_opt: vec!["no-new-privileges".to_owned()], ..Options::default() };
        Self { source, options, pull: false, which: String::new(), unheeded: Vec::new() }
    }

    /// The interpreter that the settings make of it; `title` is the table that they stand in.
    pub(super) fn under(
        self,
        settings: &Settings,
        (name, title): (&str, &str),
        folder: Folder<'_>,
    ) -> Result<Interpreter, RunError> {
        let made = self.shaped(settings, (name, title), folder)?;
        refuse_powers(&made.options, &settings.allow, title, folder.root)?;
        Ok(made)
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
        for written in &settings.mounts {
            let mount = volume(&folder, written).map_err(|e| wrong(title, "mounts", &e))?;
            flags.options.mounts.push(mount);
        }
        flags.take(&settings.run_args).map_err(|e| wrong(title, "run-args", &e))?;
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
        })
    }
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

/// What reaches beyond the container is the user's to grant.
pub(super) fn refuse_powers(
    options: &Options,
    allow: &[Power],
    title: &str,
    root: &Utf8Path,
) -> Result<(), RunError> {
    let asked = powers(options, root);
    let Some((power, what)) = asked.into_iter().find(|(power, _)| !allow.contains(power)) else {
        return Ok(());
    };
    let mut allowed: Vec<&str> = allow.iter().map(|power| power.as_str()).collect();
    allowed.push(power.as_str());
    let message = format!("the container is to have {what}, which nobody has allowed");
    let list = allowed.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    Err(RunError::new(Fault::Configuration, message)
        .help(format!("write allow = [{list}] under [{title}] in testdock.toml if you trust it")))
}

/// Powers that reach beyond the container, and how they are asked for.
fn powers(options: &Options, root: &Utf8Path) -> Vec<(Power, String)> {
    let mut powers = Vec::new();
    if options.privileged {
        powers.push((Power::Privileged, "all privileges of the host (privileged)".to_owned()));
    }
    let capability = |cap: &&String| {
        let cap = cap.to_ascii_uppercase();
        ["ALL", "SYS_ADMIN", "SYS_MODULE"].contains(&cap.trim_start_matches("CAP_"))
    };
    for cap in options.cap_add.iter().filter(capability) {
        powers.push((Power::Privileged, format!("the capability {cap}")));
    }
    let spaces = &options.namespaces;
    let shared = [("network", &options.network), ("pid", &spaces.pid), ("ipc", &spaces.ipc)];
    for (space, _) in shared.into_iter().filter(|(_, mode)| mode.as_deref() == Some("host")) {
        powers.push((Power::HostNamespaces, format!("the host's own {space} ({space}=host)")));
    }
    for mount in &options.mounts {
        let MountFrom::Host { path, .. } = &mount.from else {
            continue;
        };
        if path.as_str().ends_with("docker.sock") {
            powers.push((Power::DockerSocket, format!("the engine itself ({path})")));
        } else if is_system(path, root) {
            powers.push((Power::HostFiles, format!("the host's {path}")));
        }
    }
    powers
}

/// Whether a path is the system's, or holds what is not this workspace's alone.
fn is_system(path: &Utf8Path, root: &Utf8Path) -> bool {
    const SYSTEM: [&str; 12] = [
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/lib",
        "/proc",
        "/run",
        "/sbin",
        "/sys",
        "/usr",
        "/var",
        "/root/.ssh",
    ];
    let holds_homes = ["/", "/home", "/root", "/Users"].contains(&path.as_str());
    let in_system = SYSTEM.iter().any(|dir| path.starts_with(dir)) && !path.starts_with(root);
    // Volumes and caches that people share lie below these two; what is sensitive lies elsewhere.
    let shared = ["/var/tmp", "/var/cache", "/dev/shm"].iter().any(|dir| path.starts_with(dir));
    holds_homes || (in_system && !shared) || path.file_name() == Some(".ssh")
}

/// An error at a line of a file of the workspace.
pub(super) fn at(folder: Folder<'_>, file: &str, line: u32, message: String) -> RunError {
    let place = Place { path: folder.root.join(file), line, column: None };
    RunError { place: Some(place), ..RunError::new(Fault::Configuration, message) }
}
