//! The flags of `docker run`, as a Jenkins agent's `args`, a dev container's `runArgs` and the setting
//! `run-args` write them.
//!
//! A flag becomes an option, or means nothing to tests and passes, or is said to be unheeded: none is
//! skipped in silence.

pub(super) mod mounts;

use camino::Utf8PathBuf;

use super::folder::Folder;
use crate::config::Size;
use crate::plan::{Entrypoint, Join, MountFrom, Options, Ulimit, User};

/// What reads flags.
pub(super) struct Flags<'a> {
    pub(super) folder: Folder<'a>,
    /// What becomes of them.
    pub(super) options: Options,
    /// Flags that cannot be honoured, each with the reason.
    pub(super) unheeded: Vec<String>,
    /// Whether `--pull=always` stands there.
    pub(super) pull: bool,
    /// The files that they name.
    pub(super) reads: Vec<Utf8PathBuf>,
}

/// Flags without a value, beside those that become options.
const SWITCHES: &[&str] = &[
    "detach",
    "disable-content-trust",
    "init",
    "interactive",
    "no-healthcheck",
    "oom-kill-disable",
    "privileged",
    "publish-all",
    "quiet",
    "read-only",
    "rm",
    "sig-proxy",
    "tty",
];

/// One-letter flags and their long names.
const SHORT: &[(char, &str)] = &[
    ('P', "publish-all"),
    ('a', "attach"),
    ('c', "cpu-shares"),
    ('d', "detach"),
    ('e', "env"),
    ('h', "hostname"),
    ('i', "interactive"),
    ('l', "label"),
    ('m', "memory"),
    ('p', "publish"),
    ('q', "quiet"),
    ('t', "tty"),
    ('u', "user"),
    ('v', "volume"),
    ('w', "workdir"),
];

/// What a switch is set to, in all the words that docker takes.
fn on(name: &str, value: &str) -> Result<bool, String> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!("`--{name}={value}` is neither true nor false")),
    }
}

impl<'a> Flags<'a> {
    pub(super) fn new(folder: Folder<'a>, options: Options) -> Self {
        Self { folder, options, unheeded: Vec::new(), pull: false, reads: Vec::new() }
    }

    /// Takes in a list of flags; an error is a word that cannot be understood.
    pub(super) fn take(&mut self, words: &[String]) -> Result<(), String> {
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if let Some(long) = word.strip_prefix("--") {
                self.long(long, &mut words)?;
            } else if let Some(short) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                self.short(short, &mut words)?;
            } else {
                return Err(format!("`{word}` is no flag of docker run"));
            }
        }
        Ok(())
    }

    fn long<'w>(
        &mut self,
        word: &'w str,
        words: &mut impl Iterator<Item = &'w str>,
    ) -> Result<(), String> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        if SWITCHES.contains(&name) {
            return self.switch(name, value.map_or(Ok(true), |value| on(name, value))?);
        }
        match value.or_else(|| words.next()) {
            Some(value) => self.option(name, value),
            None if self.knows(name) => Err(format!("`--{name}` lacks its value")),
            None => {
                self.unheeded(&format!("--{name}"), UNKNOWN);
                Ok(())
            }
        }
    }

    /// Whether an option of that name is one.
    fn knows(&self, name: &str) -> bool {
        let mut probe = Flags::new(self.folder, Options::default());
        let _ = probe.option(name, "");
        !probe.unheeded.iter().any(|it| it.ends_with(UNKNOWN))
    }

    fn short<'w>(
        &mut self,
        letters: &'w str,
        words: &mut impl Iterator<Item = &'w str>,
    ) -> Result<(), String> {
        for (at, letter) in letters.char_indices() {
            let known = SHORT.iter().find(|(short, _)| *short == letter);
            let (_, name) = known.ok_or_else(|| format!("`-{letter}` is no flag of docker run"))?;
            if SWITCHES.contains(name) {
                self.switch(name, true)?;
                continue;
            }
            let rest = letters[at + letter.len_utf8()..].trim_start_matches('=');
            let value = if rest.is_empty() { words.next() } else { Some(rest) };
            let value = value.ok_or_else(|| format!("`-{letter}` lacks its value"))?;
            return self.option(name, value);
        }
        Ok(())
    }

    fn switch(&mut self, name: &str, on: bool) -> Result<(), String> {
        match name {
            "init" => self.options.init = on,
            "privileged" => self.options.privileged = on,
            "read-only" => self.options.read_only = on,
            "publish-all" if on => self.unheeded("--publish-all", PORTS),
            "no-healthcheck" | "oom-kill-disable" if on => {
                self.unheeded(&format!("--{name}"), "it means nothing to a test");
            }
            // How the command line behaves, not what the container is.
            _ => {}
        }
        Ok(())
    }

    fn option(&mut self, name: &str, value: &str) -> Result<(), String> {
        let text = value.to_owned();
        let some = Some(text.clone());
        let options = &mut self.options;
        match name {
            "add-host" => options.extra_hosts.push(text),
            "cap-add" => options.cap_add.push(text),
            "cap-drop" => options.cap_drop.push(text),
            "cgroupns" => options.namespaces.cgroup = some,
            "cpus" => options.limits.cpus_milli = Some(milli(value)?),
            "device" => options.devices.push(text),
            "device-cgroup-rule" => options.device_cgroup_rules.push(text),
            "dns" => options.dns.push(text),
            "entrypoint" if value.is_empty() => options.entrypoint = Entrypoint::None,
            "entrypoint" => options.entrypoint = Entrypoint::Given(vec![text]),
            "env" => self.env(value),
            "env-file" => return self.env_file(value),
            "gpus" => options.gpus = some,
            "group-add" => options.groups.push(text),
            "hostname" => options.hostname = some,
            "ipc" => options.namespaces.ipc = some,
            "label" => drop(options.labels.insert(pair(value).0, pair(value).1)),
            "memory" => options.limits.memory = Some(size(name, value)?),
            "mount" => self.mount(value)?,
            "network" | "net" => self.network(value),
            "network-alias" => self.alias(value),
            "pid" => options.namespaces.pid = some,
            "pids-limit" => options.limits.pids = pids(value)?,
            "platform" => options.platform = some,
            "pull" => self.pull = value == "always",
            "runtime" => options.runtime = some,
            "security-opt" => options.security_opt.push(text),
            "shm-size" => options.shm_size = Some(size(name, value)?),
            "sysctl" => drop(options.sysctls.insert(pair(value).0, pair(value).1)),
            "tmpfs" => {
                let (mount, unheeded) = mounts::tmpfs(value)?;
                self.options.mounts.push(mount);
                for setting in unheeded {
                    self.unheeded(&format!("--tmpfs …:{setting}"), TMPFS);
                }
            }
            "ulimit" => options.ulimits.push(ulimit(value)?),
            "user" => options.user = User::Named(text),
            "userns" => options.namespaces.users = some,
            "uts" => options.namespaces.uts = some,
            "volume" => {
                self.volume(value)?;
            }
            "volumes-from" => options.volumes_from.push(text),
            "workdir" => options.workdir = some,
            _ => self.other(name, value),
        }
        Ok(())
    }

    /// Flags with a value that shape nothing.
    fn other(&mut self, name: &str, value: &str) {
        let flag = format!("--{name}={value}");
        match name {
            "attach" | "cidfile" | "detach-keys" => {}
            "name" => self.unheeded(&flag, "Testdock names its containers itself"),
            "publish" | "expose" => self.unheeded(&flag, PORTS),
            "restart" | "stop-signal" | "stop-timeout" => {
                self.unheeded(&flag, "Testdock starts and ends its containers itself");
            }
            name if name.starts_with("health-") || name.starts_with("log-") => {
                self.unheeded(&flag, "it means nothing to a test");
            }
            _ => self.unheeded(&flag, UNKNOWN),
        }
    }

    fn unheeded(&mut self, flag: &str, why: &str) {
        self.unheeded.push(format!("`{flag}`: {why}"));
    }

    /// A mount as `--volume` takes it.
    pub(super) fn volume(&mut self, written: &str) -> Result<(), String> {
        let (mount, unheeded) = mounts::volume(&self.folder, written)?;
        self.options.mounts.push(mount);
        self.unheeded.extend(unheeded);
        Ok(())
    }

    /// A mount of the settings: as `--volume` takes it, but what it shows of the workspace has to be there.
    pub(super) fn setting(&mut self, written: &str) -> Result<(), String> {
        self.volume(written)?;
        let last = self.options.mounts.last_mut().map(|mount| &mut mount.from);
        if let Some(MountFrom::Host { path, make, .. }) = last {
            *make = !path.starts_with(self.folder.root);
        }
        Ok(())
    }

    /// A mount as `--mount` takes it.
    pub(super) fn mount(&mut self, written: &str) -> Result<(), String> {
        let (mount, unheeded) = mounts::mount(&self.folder, written)?;
        self.options.mounts.push(mount);
        for field in unheeded {
            self.unheeded(&format!("--mount …,{field}"), MOUNT);
        }
        Ok(())
    }

    /// A variable without a value has the caller's.
    fn env(&mut self, written: &str) {
        let (name, value) = match written.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (written, (self.folder.host.env)(written)),
        };
        if let Some(value) = value {
            self.options.env.insert(name.to_owned(), value);
        }
    }

    fn env_file(&mut self, path: &str) -> Result<(), String> {
        let inside = super::folder::inside("", path)
            .ok_or_else(|| format!("{path} lies outside of the workspace (--env-file)"))?;
        let text = (self.folder.read)(&inside);
        let text = text.ok_or_else(|| format!("the workspace has no file {path} (--env-file)"))?;
        self.reads.push(self.folder.root.join(inside));
        let lines = text.lines().map(str::trim);
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).for_each(|l| self.env(l));
        Ok(())
    }

    /// The first network decides how the container is made; it joins the others afterwards.
    fn network(&mut self, value: &str) {
        match &self.options.network {
            None => self.options.network = Some(value.to_owned()),
            Some(_) => {
                let join = Join { network: value.to_owned(), aliases: Vec::new() };
                self.options.networks.push(join);
            }
        }
    }

    fn alias(&mut self, value: &str) {
        let networks = &mut self.options.networks;
        let network = networks.last().map(|join| join.network.clone());
        match network.or_else(|| self.options.network.clone()) {
            Some(network) => match networks.iter_mut().find(|join| join.network == network) {
                Some(join) => join.aliases.push(value.to_owned()),
                None => networks.push(Join { network, aliases: vec![value.to_owned()] }),
            },
            None => self.unheeded(&format!("--network-alias={value}"), "no network is named"),
        }
    }
}

const UNKNOWN: &str = "Testdock does not know it";
const MOUNT: &str = "a setting of mounts that Testdock does not know";
const TMPFS: &str = "of its settings Testdock knows the size alone";
const PORTS: &str = "the tests run inside the container, so no port is published";

pub(super) fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (name.to_owned(), value.to_owned())
}

pub(super) fn size(name: &str, value: &str) -> Result<u64, String> {
    value.parse::<Size>().map(|size| size.0).map_err(|error| format!("`--{name}`: {error}"))
}

fn milli(value: &str) -> Result<u64, String> {
    let cpus: Option<f64> = value.parse().ok().filter(|cpus| *cpus > 0.0);
    let cpus = cpus.ok_or_else(|| format!("`--cpus`: expected a number, found `{value}`"))?;
    Ok((cpus * 1000.0).round() as u64)
}

/// A number; -1 and 0 mean that there is no limit.
fn pids(value: &str) -> Result<Option<u64>, String> {
    let number: Result<i64, _> = value.parse();
    let number =
        number.map_err(|_| format!("`--pids-limit`: expected a number, found `{value}`"))?;
    Ok(u64::try_from(number).ok().filter(|number| *number > 0))
}

/// `nofile=1024[:2048]`
fn ulimit(written: &str) -> Result<Ulimit, String> {
    let parse = || {
        let (name, limits) = written.split_once('=')?;
        let (soft, hard) = limits.split_once(':').unwrap_or((limits, limits));
        Some(Ulimit { name: name.to_owned(), soft: soft.parse().ok()?, hard: hard.parse().ok()? })
    };
    parse().ok_or_else(|| format!("`--ulimit`: expected `nofile=1024:2048`, found `{written}`"))
}

#[cfg(test)]
mod tests;
