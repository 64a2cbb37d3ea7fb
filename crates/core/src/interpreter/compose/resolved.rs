//! A service as the compose tool has resolved it, in either of the tool's two dialects.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::super::flags::{Flags, volume};
use super::super::folder::{Folder, Host};
use super::super::found::refuse_powers;
use super::{texts, yaml};
use crate::config::Size;
use crate::model::{Fault, RunError};
use crate::paths::RelPath;
use crate::plan::{
    Compose, Dockerfile, Entrypoint, Interpreter, Join, Mount, MountFrom, Options, Source, Ulimit,
    User,
};

/// A service, ready to be run in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposeService {
    /// The interpreter that it comes to.
    pub interpreter: Interpreter,
    /// Services that have to be there before it, those that they need themselves included.
    pub needs: Vec<Dependency>,
}

/// A service that another one needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub service: String,
    /// What has to be true of it.
    pub condition: Condition,
}

/// When a service is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It runs.
    Started,
    /// Its health check passes.
    Healthy,
    /// It has run to its end, and well.
    Completed,
}

/// Reads what the compose tool has made of its files, for a service of the workspace `root`.
///
/// `interpreter` is what was chosen, with the settings' options; those of the service lie below them.
pub fn compose_interpreter(
    interpreter: &Interpreter,
    compose: &Compose,
    config: &str,
    root: &Utf8Path,
) -> Result<ComposeService, RunError> {
    let error = |message: String| {
        RunError::new(Fault::Configuration, format!("cannot use the compose files: {message}"))
            .help("see what they come to: docker compose config")
    };
    let document = yaml(config).map_err(|(_, e)| error(e))?;
    let services = &document["services"];
    let service = &services[&compose.service];
    if !service.is_object() {
        return Err(error(format!("there is no service `{}`", compose.service))
            .help("correct compose.service, or name its profile with compose.profiles"));
    }
    let reading = Reading { document: &document, service, compose, root };
    let mut unheeded = Vec::new();
    let base = reading.options(&mut unheeded).map_err(error)?;
    let source = reading.source(&mut unheeded).map_err(error)?;
    let mut made = Interpreter {
        source,
        options: over(&interpreter.options, base),
        unheeded: [interpreter.unheeded.clone(), unheeded].concat(),
        pull: interpreter.pull || service["pull_policy"] == "always",
        ..interpreter.clone()
    };
    if let Some(user) = &compose.user {
        made.options.user = user.clone();
    }
    if compose.entrypoint == Some(false) {
        made.options.entrypoint = Entrypoint::None;
    }
    let title = match interpreter.name.as_str() {
        "default" => "interpreter".to_owned(),
        name => format!("interpreters.{name}"),
    };
    refuse_powers(&made.options, &compose.allow, &title, root)?;
    let mut needs = Vec::new();
    needs_of(services, &compose.service, &mut needs);
    Ok(ComposeService { interpreter: made, needs })
}

/// What a service needs, and what that needs, without repetition.
fn needs_of(services: &Value, name: &str, needs: &mut Vec<Dependency>) {
    let service = &services[name];
    let mut own: Vec<Dependency> = Vec::new();
    match &service["depends_on"] {
        Value::Array(list) => own.extend(list.iter().filter_map(Value::as_str).map(|service| {
            Dependency { service: service.to_owned(), condition: Condition::Started }
        })),
        Value::Object(map) => own.extend(map.iter().map(|(service, how)| Dependency {
            service: service.clone(),
            condition: match how["condition"].as_str() {
                Some("service_healthy") => Condition::Healthy,
                Some("service_completed_successfully") => Condition::Completed,
                _ => Condition::Started,
            },
        })),
        _ => {}
    }
    let links = texts(&service["links"]);
    own.extend(links.iter().map(|link| Dependency {
        service: link.split(':').next().unwrap_or(link).to_owned(),
        condition: Condition::Started,
    }));
    for need in own {
        if !needs.iter().any(|known| known.service == need.service) {
            let service = need.service.clone();
            needs.push(need);
            needs_of(services, &service, needs);
        }
    }
}

/// The settings' options over those of the service: what says something wins, lists are joined.
fn over(top: &Options, mut base: Options) -> Options {
    let none = Options::default();
    base.env.extend(top.env.clone());
    base.labels.extend(top.labels.clone());
    base.sysctls.extend(top.sysctls.clone());
    base.workdir = top.workdir.clone().or(base.workdir);
    base.limits.cpus_milli = top.limits.cpus_milli.or(base.limits.cpus_milli);
    base.limits.memory = top.limits.memory.or(base.limits.memory);
    base.limits.pids = top.limits.pids.or(base.limits.pids);
    if top.network.is_some() {
        base.network.clone_from(&top.network);
        base.networks.clone_from(&top.networks);
    }
    for (over, base) in [
        (&top.extra_hosts, &mut base.extra_hosts),
        (&top.dns, &mut base.dns),
        (&top.cap_add, &mut base.cap_add),
        (&top.cap_drop, &mut base.cap_drop),
        (&top.security_opt, &mut base.security_opt),
        (&top.devices, &mut base.devices),
        (&top.device_cgroup_rules, &mut base.device_cgroup_rules),
        (&top.groups, &mut base.groups),
        (&top.volumes_from, &mut base.volumes_from),
    ] {
        base.extend(over.iter().cloned());
    }
    base.mounts.retain(|mount| top.mounts.iter().all(|over| over.target != mount.target));
    base.mounts.extend(top.mounts.clone());
    base.ulimits.extend(top.ulimits.clone());
    base.setup.extend(top.setup.clone());
    base.hostname = top.hostname.clone().or(base.hostname);
    base.gpus = top.gpus.clone().or(base.gpus);
    base.runtime = top.runtime.clone().or(base.runtime);
    base.platform = top.platform.clone().or(base.platform);
    base.shm_size = top.shm_size.or(base.shm_size);
    base.privileged |= top.privileged;
    base.init |= top.init;
    base.read_only |= top.read_only;
    if top.namespaces != none.namespaces {
        base.namespaces.clone_from(&top.namespaces);
    }
    if top.user != none.user {
        base.user.clone_from(&top.user);
    }
    if top.entrypoint != none.entrypoint {
        base.entrypoint.clone_from(&top.entrypoint);
    }
    base
}

struct Reading<'a> {
    document: &'a Value,
    service: &'a Value,
    compose: &'a Compose,
    root: &'a Utf8Path,
}

/// Keys that say how compose runs a service, and nothing that a test could see.
const ELSEWHERE: &[&str] = &[
    "annotations",
    "attach",
    "build",
    "command",
    "container_name",
    "depends_on",
    "deploy",
    "develop",
    "expose",
    "healthcheck",
    "image",
    "labels",
    "links",
    "logging",
    "profiles",
    "pull_policy",
    "restart",
    "scale",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "tty",
    "working_dir",
];

/// Keys that become options.
const HONOURED: &[&str] = &[
    "cap_add",
    "cap_drop",
    "cgroup",
    "cpus",
    "device_cgroup_rules",
    "devices",
    "dns",
    "entrypoint",
    "environment",
    "extra_hosts",
    "group_add",
    "hostname",
    "init",
    "ipc",
    "mem_limit",
    "network_mode",
    "networks",
    "pid",
    "pids_limit",
    "platform",
    "privileged",
    "read_only",
    "runtime",
    "secrets",
    "configs",
    "security_opt",
    "shm_size",
    "sysctls",
    "tmpfs",
    "ulimits",
    "user",
    "userns_mode",
    "uts",
    "volumes",
];

impl Reading<'_> {
    fn source(&self, unheeded: &mut Vec<String>) -> Result<Source, String> {
        let build = &self.service["build"];
        if let Some(context) = build.as_str() {
            return Ok(Source::Dockerfile(Dockerfile {
                path: self.inside(context, "Dockerfile")?,
                context: self.inside(context, "")?,
                ..Dockerfile::default()
            }));
        }
        if build.is_object() {
            return self.build(build, unheeded).map(Source::Dockerfile);
        }
        let image = self.text("image");
        image.map(Source::Image).ok_or_else(|| {
            format!("the service `{}` has neither build nor image", self.compose.service)
        })
    }

    fn build(&self, build: &Value, unheeded: &mut Vec<String>) -> Result<Dockerfile, String> {
        let context = build["context"].as_str().unwrap_or(".");
        let dockerfile = build["dockerfile"].as_str().unwrap_or("Dockerfile");
        let mut file = Dockerfile {
            path: self.inside(context, dockerfile)?,
            context: self.inside(context, "")?,
            target: build["target"].as_str().map(str::to_owned),
            build_args: pairs(&build["args"]),
            ..Dockerfile::default()
        };
        let options = &mut file.options;
        options.extra_hosts = hosts(&build["extra_hosts"]);
        options.network = build["network"].as_str().map(str::to_owned);
        options.cache_from = texts(&build["cache_from"]);
        options.labels = pairs(&build["labels"]);
        options.shm_size = bytes(&build["shm_size"]);
        options.no_cache = build["no_cache"] == true;
        options.platform = self.text("platform");
        const KNOWN: [&str; 11] = [
            "context",
            "dockerfile",
            "target",
            "args",
            "extra_hosts",
            "network",
            "cache_from",
            "labels",
            "shm_size",
            "no_cache",
            "pull",
        ];
        let rest = build.as_object().into_iter().flatten().map(|(key, _)| key);
        let rest = rest.filter(|key| !KNOWN.contains(&key.as_str()));
        unheeded.extend(rest.map(|key| format!("`build.{key}`: Testdock's builds do not know it")));
        Ok(file)
    }

    /// A path of the build, from the workspace's root.
    fn inside(&self, context: &str, path: &str) -> Result<RelPath, String> {
        let full = super::super::folder::clean(&self.root.join(context).join(path));
        RelPath::below(self.root, &full).ok_or_else(|| {
            format!("{full} lies outside of the workspace, which Testdock's builds do not use")
        })
    }

    fn options(&self, unheeded: &mut Vec<String>) -> Result<Options, String> {
        let service = self.service;
        let flag = |name: &str| service[name] == true || service[name] == "true";
        let mut options = Options {
            user: self.text("user").map_or(User::Host, User::Named),
            env: pairs(&service["environment"]),
            entrypoint: match &service["entrypoint"] {
                Value::Null => Entrypoint::Image,
                Value::String(line) => {
                    Entrypoint::Given(shlex::split(line).unwrap_or_else(|| vec![line.clone()]))
                }
                words => Entrypoint::Given(texts(words)),
            },
            extra_hosts: hosts(&service["extra_hosts"]),
            dns: texts(&service["dns"]),
            hostname: self.text("hostname"),
            cap_add: texts(&service["cap_add"]),
            cap_drop: texts(&service["cap_drop"]),
            security_opt: texts(&service["security_opt"]),
            privileged: flag("privileged"),
            devices: service["devices"].as_array().into_iter().flatten().map(device).collect(),
            device_cgroup_rules: texts(&service["device_cgroup_rules"]),
            groups: service["group_add"].as_array().into_iter().flatten().map(scalar).collect(),
            init: flag("init"),
            shm_size: bytes(&service["shm_size"]),
            ulimits: ulimits(&service["ulimits"]),
            sysctls: pairs(&service["sysctls"]),
            read_only: flag("read_only"),
            runtime: self.text("runtime"),
            platform: self.text("platform"),
            ..Options::default()
        };
        options.namespaces.ipc = self.text("ipc");
        options.namespaces.pid = self.text("pid");
        options.namespaces.uts = self.text("uts");
        options.namespaces.users = self.text("userns_mode");
        options.namespaces.cgroup = self.text("cgroup");
        self.limits(&mut options);
        self.networks(&mut options, unheeded);
        self.mounts(&mut options, unheeded)?;
        let rest = service.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        let rest = rest.filter(|key| !ELSEWHERE.contains(key) && !HONOURED.contains(key));
        unheeded.extend(rest.filter(|key| !key.starts_with("x-")).map(|key| match key {
            "ports" => {
                "`ports`: the tests run inside the container, so no port is published".into()
            }
            key => format!("`{key}`: Testdock does not know it"),
        }));
        Ok(options)
    }

    fn limits(&self, options: &mut Options) {
        let deploy = &self.service["deploy"]["resources"]["limits"];
        let first = |own: &str, theirs: &str| match &self.service[own] {
            Value::Null => deploy[theirs].clone(),
            own => own.clone(),
        };
        let cpus: Option<f64> = scalar(&first("cpus", "cpus")).parse().ok();
        options.limits.cpus_milli = cpus.filter(|c| *c > 0.0).map(|c| (c * 1000.0).round() as u64);
        options.limits.memory = bytes(&first("mem_limit", "memory"));
        options.limits.pids = scalar(&first("pids_limit", "pids")).parse().ok();
    }

    fn networks(&self, options: &mut Options, unheeded: &mut Vec<String>) {
        if let Some(mode) = self.text("network_mode") {
            match mode.split_once(':') {
                Some(("service" | "container", _)) => unheeded
                    .push(format!("`network_mode: {mode}`: Testdock's container has its own")),
                _ => options.network = Some(mode),
            }
            return;
        }
        let named = |key: &str| {
            let network = &self.document["networks"][key];
            let name = network["name"].as_str().or(network["external"]["name"].as_str());
            match (name, &network["external"]) {
                (Some(name), _) => name.to_owned(),
                (None, Value::Bool(true)) => key.to_owned(),
                (None, _) => format!("{}_{key}", self.compose.project),
            }
        };
        let mut names: Vec<String> = match &self.service["networks"] {
            Value::Array(list) => list.iter().filter_map(Value::as_str).map(named).collect(),
            Value::Object(map) => map.keys().map(|key| named(key)).collect(),
            _ => vec![named("default")],
        };
        if !names.is_empty() {
            options.network = Some(names.remove(0));
        }
        let join = |network| Join { network, aliases: Vec::new() };
        options.networks = names.into_iter().map(join).collect();
    }

    fn mounts(&self, options: &mut Options, unheeded: &mut Vec<String>) -> Result<(), String> {
        let folder = Folder { root: self.root, read: &|_| None, host: Host::unknown() };
        for written in self.service["volumes"].as_array().into_iter().flatten() {
            let mut mount = match written {
                Value::String(text) => volume(&folder, text)?,
                fields => self.long_mount(fields)?,
            };
            self.take_the_workspace(&mount, options);
            if let MountFrom::Volume(Some(name)) = &mut mount.from {
                *name = self.volume_name(name);
            }
            let is_workspace =
                matches!(&mount.from, MountFrom::Host { path, .. } if path == self.root);
            if !is_workspace {
                options.mounts.push(mount);
            }
        }
        for written in texts(&self.service["tmpfs"]) {
            let mut flags = Flags::new(folder, Options::default());
            flags.take(&["--tmpfs".to_owned(), written])?;
            options.mounts.append(&mut flags.options.mounts);
        }
        for kind in ["secrets", "configs"] {
            self.files(kind, options, unheeded);
        }
        Ok(())
    }

    /// A mount of the workspace, or of a folder above it, says where the workspace is.
    fn take_the_workspace(&self, mount: &Mount, options: &mut Options) {
        if let MountFrom::Host { path, .. } = &mount.from
            && let Some(rest) = RelPath::below(path, self.root)
        {
            let target = mount.target.trim_end_matches('/');
            options.workdir = Some(match rest.is_root() {
                true => mount.target.clone(),
                false => format!("{target}/{rest}"),
            });
        }
    }

    fn long_mount(&self, fields: &Value) -> Result<Mount, String> {
        let text = |key: &str| fields[key].as_str();
        let target = text("target").ok_or("a volume of the service has no target")?;
        let from = match (text("type"), text("source")) {
            (Some("bind"), Some(source)) => {
                MountFrom::Host { path: Utf8PathBuf::from(source), make: true }
            }
            (Some("tmpfs"), _) => MountFrom::Memory(bytes(&fields["tmpfs"]["size"])),
            (Some("volume") | None, source) => MountFrom::Volume(source.map(str::to_owned)),
            (Some(kind), _) => return Err(format!("the volume {target} is of the kind {kind}")),
        };
        Ok(Mount { target: target.to_owned(), from, read_only: fields["read_only"] == true })
    }

    /// What the engine calls a volume of the files.
    fn volume_name(&self, key: &str) -> String {
        let volume = &self.document["volumes"][key];
        match (volume["name"].as_str(), &volume["external"]) {
            (Some(name), _) => name.to_owned(),
            (None, Value::Bool(true)) => key.to_owned(),
            (None, _) => format!("{}_{key}", self.compose.project),
        }
    }

    /// Secrets and configs that are files.
    fn files(&self, kind: &str, options: &mut Options, unheeded: &mut Vec<String>) {
        for entry in self.service[kind].as_array().into_iter().flatten() {
            let name = entry.as_str().or(entry["source"].as_str()).unwrap_or_default();
            let Some(file) = self.document[kind][name]["file"].as_str() else {
                unheeded
                    .push(format!("the {} `{name}`: it is no file", kind.trim_end_matches('s')));
                continue;
            };
            let place = if kind == "secrets" { "/run/secrets" } else { "" };
            let target = match entry["target"].as_str() {
                Some(target) if target.starts_with('/') => target.to_owned(),
                Some(target) => format!("{place}/{target}"),
                None => format!("{place}/{name}"),
            };
            let from = MountFrom::Host { path: self.root.join(file), make: false };
            options.mounts.push(Mount { target, from, read_only: true });
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        let text = scalar(&self.service[key]);
        (!text.is_empty()).then_some(text)
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => String::new(),
    }
}

/// A table, or a list of `NAME=value`; a name without a value stays out.
fn pairs(value: &Value) -> BTreeMap<String, String> {
    match value {
        Value::Object(map) => {
            let set = map.iter().filter(|(_, value)| !value.is_null());
            set.map(|(name, value)| (name.clone(), scalar(value))).collect()
        }
        Value::Array(list) => {
            let lines = list.iter().filter_map(Value::as_str);
            let pairs = lines.filter_map(|line| line.split_once('='));
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        }
        _ => BTreeMap::new(),
    }
}

/// `name:address`, which the tool may have written with `=`.
fn hosts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => {
            map.iter().map(|(name, ip)| format!("{name}:{}", scalar(ip))).collect()
        }
        value => texts(value).iter().map(|host| host.replacen('=', ":", 1)).collect(),
    }
}

fn bytes(value: &Value) -> Option<u64> {
    scalar(value).parse::<Size>().ok().map(|size| size.0)
}

fn device(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let field = |key: &str| fields.get(key).map(scalar).unwrap_or_default();
            let permissions = Some(field("permissions")).filter(|p| !p.is_empty());
            let permissions = permissions.unwrap_or_else(|| "rwm".to_owned());
            format!("{}:{}:{permissions}", field("source"), field("target"))
        }
        value => scalar(value),
    }
}

fn ulimits(value: &Value) -> Vec<Ulimit> {
    let limit = |(name, value): (&String, &Value)| {
        let number = |value: &Value| scalar(value).parse::<i64>().ok();
        let (soft, hard) = match value {
            Value::Object(_) => (number(&value["soft"])?, number(&value["hard"])?),
            value => (number(value)?, number(value)?),
        };
        Some(Ulimit { name: name.clone(), soft, hard })
    };
    value.as_object().into_iter().flatten().filter_map(limit).collect()
}
