//! A service as the compose tool has resolved it, in either of the tool's two dialects.

use camino::Utf8Path;
use serde_json::Value;

use super::super::flags::Flags;
use super::super::flags::mounts::{set, volume};
use super::super::folder::{Folder, clean, from_root};
use super::texts;
use super::values::{bytes, device, hosts, pairs, scalar, ulimits};
use crate::paths::RelPath;
use crate::plan::{Compose, Dockerfile, Entrypoint, Mount, MountFrom, Options, Source, User};

/// One service.
pub(super) struct Reading<'a> {
    pub(super) document: &'a Value,
    pub(super) service: &'a Value,
    pub(super) compose: &'a Compose,
    pub(super) root: &'a Utf8Path,
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
    /// Where the image comes from.
    pub(super) fn source(&self, unheeded: &mut Vec<String>) -> Result<Source, String> {
        let build = &self.service["build"];
        if let Some(context) = build.as_str() {
            return Ok(Source::Dockerfile(Dockerfile {
                path: self.place(context, "Dockerfile"),
                context: self.place(context, ""),
                ..Dockerfile::default()
            }));
        }
        if build.is_object() {
            return Ok(Source::Dockerfile(self.build(build, unheeded)));
        }
        let image = self.text("image");
        image.map(Source::Image).ok_or_else(|| {
            format!("the service `{}` has neither build nor image", self.compose.service)
        })
    }

    fn build(&self, build: &Value, unheeded: &mut Vec<String>) -> Dockerfile {
        let context = build["context"].as_str().unwrap_or(".");
        let dockerfile = build["dockerfile"].as_str().unwrap_or("Dockerfile");
        let mut file = Dockerfile {
            path: self.place(context, dockerfile),
            context: self.place(context, ""),
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
        file
    }

    /// A path of the build, from the workspace's root; what leads out of it is asked for.
    fn place(&self, context: &str, path: &str) -> RelPath {
        from_root(self.root, &clean(&self.root.join(context).join(path)))
    }

    /// How its container is made.
    pub(super) fn options(&self, unheeded: &mut Vec<String>) -> Result<Options, String> {
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
        self.join(&mut options, unheeded);
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

    fn mounts(&self, options: &mut Options, unheeded: &mut Vec<String>) -> Result<(), String> {
        let folder = Folder::empty(self.root);
        for written in self.service["volumes"].as_array().into_iter().flatten() {
            let mut mount = match written {
                Value::String(text) => {
                    let (mount, not) = volume(&folder, text)?;
                    unheeded.extend(not);
                    mount
                }
                fields => self.long_mount(fields, unheeded)?,
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

    fn long_mount(&self, fields: &Value, unheeded: &mut Vec<String>) -> Result<Mount, String> {
        let text = |key: &str| fields[key].as_str();
        let target = text("target").ok_or("a volume of the service has no target")?;
        let from = match (text("type"), text("source")) {
            (Some("bind"), Some(source)) => {
                let make = fields["bind"]["create_host_path"] != false;
                MountFrom::Host { path: clean(Utf8Path::new(source)), make, label: None }
            }
            (Some("tmpfs"), _) => MountFrom::Memory(bytes(&fields["tmpfs"]["size"])),
            (Some("volume") | None, source) => MountFrom::Volume(source.map(str::to_owned)),
            (Some(kind), _) => return Err(format!("the volume {target} is of the kind {kind}")),
        };
        let read_only = fields["read_only"] == true;
        let mut mount = Mount { target: target.to_owned(), from, read_only };
        let settings = [
            fields["bind"]["selinux"].as_str(),
            fields["bind"]["propagation"].as_str(),
            fields["consistency"].as_str(),
            (fields["volume"]["nocopy"] == true).then_some("nocopy"),
        ];
        for setting in settings.into_iter().flatten() {
            if let Err(why) = set(&mut mount, setting) {
                unheeded.push(format!("`{setting}` of the volume `{target}`: {why}"));
            }
        }
        Ok(mount)
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
            let path = clean(&self.root.join(file));
            let from = MountFrom::Host { path, make: false, label: None };
            options.mounts.push(Mount { target, from, read_only: true });
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        let text = scalar(&self.service[key]);
        (!text.is_empty()).then_some(text)
    }
}
