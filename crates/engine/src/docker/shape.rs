//! A container's options in the engine's words.

use std::collections::HashMap;

use bollard::models::{
    ContainerCreateBody, DeviceMapping, DeviceRequest, EndpointSettings, HostConfig,
    HostConfigCgroupnsModeEnum, Mount, MountTmpfsOptions, MountType, NetworkingConfig,
    ResourcesUlimits,
};
use testdock_core::plan::{self, Entrypoint, Label, Limits, MountFrom, Options};

/// Gives `body` what the options say of it.
pub(super) fn shape(body: &mut ContainerCreateBody, options: &Options) {
    body.hostname.clone_from(&options.hostname);
    let networks = options.networks.iter().filter(|join| Some(&join.network) == first(options));
    let mut endpoints: HashMap<_, _> =
        networks.map(|join| (join.network.clone(), endpoint(&join.aliases, options))).collect();
    if let Some(network) = first(options)
        && has_links(network, options)
    {
        endpoints.entry(network.clone()).or_insert_with(|| endpoint(&[], options));
    }
    if !endpoints.is_empty() {
        body.networking_config = Some(NetworkingConfig { endpoints_config: Some(endpoints) });
    }
    if let Some(command) = first_command(options) {
        body.entrypoint = command;
        // What runs before the tests' command gets the variables that it gets.
        let env = options.env.iter().map(|(name, value)| format!("{name}={value}"));
        body.env = Some(env.collect());
    }
}

/// The entrypoint that is kept: the image's own for `None`; no answer where there is to be none.
fn first_command(options: &Options) -> Option<Option<Vec<String>>> {
    match &options.entrypoint {
        Entrypoint::None => None,
        Entrypoint::Image => Some(None),
        Entrypoint::Given(words) => Some(Some(words.clone())),
    }
}

/// The networks that a container joins once it is made.
pub(super) fn later_networks(options: &Options) -> Vec<(String, EndpointSettings)> {
    let later = options.networks.iter().filter(|join| Some(&join.network) != first(options));
    later.map(|join| (join.network.clone(), endpoint(&join.aliases, options))).collect()
}

/// The network that a container is made with.
fn first(options: &Options) -> Option<&String> {
    options.network.as_ref()
}

fn endpoint(aliases: &[String], options: &Options) -> EndpointSettings {
    EndpointSettings {
        aliases: some(aliases),
        links: some(&options.links),
        ..EndpointSettings::default()
    }
}

/// Whether a network has the links in itself: the engine's own modes have not.
fn has_links(network: &str, options: &Options) -> bool {
    !options.links.is_empty() && is_name(network)
}

/// Whether this is the name of a network, and no mode of the engine's own, such as `host` or `container:db`.
pub(super) fn is_name(network: &str) -> bool {
    let modes = ["bridge", "default", "host", "none", "nat", "private", "pasta", "slirp4netns"];
    !modes.contains(&network) && !network.contains(':')
}

/// The older form of links, of the engine's own bridge.
fn bridge_links(options: &Options) -> Option<Vec<String>> {
    let network = first(options).map(String::as_str);
    matches!(network, None | Some("bridge" | "default")).then(|| some(&options.links))?
}

/// What the options say of the container's place on its host.
pub(super) fn host_config(options: &Options) -> HostConfig {
    let Limits { cpus_milli, memory, pids } = options.limits;
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let spaces = &options.namespaces;
    HostConfig {
        auto_remove: Some(true),
        nano_cpus: cpus_milli.map(|milli| signed(milli.saturating_mul(1_000_000))),
        memory: memory.map(signed),
        // Without swap beyond it.
        memory_swap: memory.map(signed),
        pids_limit: pids.map(signed),
        network_mode: options.network.clone(),
        links: bridge_links(options),
        extra_hosts: some(&options.extra_hosts),
        dns: some(&options.dns),
        cap_add: some(&options.cap_add),
        cap_drop: some(&options.cap_drop),
        security_opt: some(&options.security_opt),
        privileged: options.privileged.then_some(true),
        devices: some(&options.devices).map(|all| all.iter().map(|it| device(it)).collect()),
        device_cgroup_rules: some(&options.device_cgroup_rules),
        device_requests: options.gpus.as_ref().map(|gpus| vec![graphics(gpus)]),
        group_add: some(&options.groups),
        init: options.init.then_some(true),
        shm_size: options.shm_size.map(signed),
        ulimits: some(&options.ulimits).map(|all| all.iter().map(ulimit).collect()),
        sysctls: (!options.sysctls.is_empty())
            .then(|| options.sysctls.clone().into_iter().collect()),
        readonly_rootfs: options.read_only.then_some(true),
        ipc_mode: spaces.ipc.clone(),
        pid_mode: spaces.pid.clone(),
        uts_mode: spaces.uts.clone(),
        userns_mode: spaces.users.clone(),
        cgroupns_mode: match spaces.cgroup.as_deref() {
            Some("host") => Some(HostConfigCgroupnsModeEnum::HOST),
            Some(_) => Some(HostConfigCgroupnsModeEnum::PRIVATE),
            None => None,
        },
        runtime: options.runtime.clone(),
        volumes_from: some(&options.volumes_from),
        ..HostConfig::default()
    }
}

/// A list that is there only where it says something: what is left out is the engine's to decide.
fn some<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}

/// A mount with a label, which only the older way to write one has: a colon in a path has no place there.
pub(super) fn labelled(mount: &plan::Mount) -> Option<String> {
    let MountFrom::Host { path, label: Some(label), .. } = &mount.from else {
        return None;
    };
    let label = match label {
        Label::Shared => "z",
        Label::Private => "Z",
    };
    let read_only = if mount.read_only { ",ro" } else { "" };
    let is_plain = !path.as_str().contains(':') && !mount.target.contains(':');
    is_plain.then(|| format!("{path}:{}:{label}{read_only}", mount.target))
}

pub(super) fn mount(mount: &plan::Mount) -> Mount {
    let (typ, source, size) = match &mount.from {
        MountFrom::Host { path, .. } => (MountType::BIND, Some(path.to_string()), None),
        MountFrom::Volume(name) => (MountType::VOLUME, name.clone(), None),
        MountFrom::Memory(size) => (MountType::TMPFS, None, *size),
    };
    let tmpfs = (typ == MountType::TMPFS).then(|| MountTmpfsOptions {
        size_bytes: size.and_then(|size| size.try_into().ok()),
        mode: Some(0o1777),
        ..MountTmpfsOptions::default()
    });
    Mount {
        typ: Some(typ),
        source,
        target: Some(mount.target.clone()),
        read_only: mount.read_only.then_some(true),
        tmpfs_options: tmpfs,
        ..Mount::default()
    }
}

/// `host[:container[:permissions]]`
fn device(written: &str) -> DeviceMapping {
    let mut parts = written.splitn(3, ':');
    let host = parts.next().unwrap_or_default();
    DeviceMapping {
        path_on_host: Some(host.to_owned()),
        path_in_container: Some(parts.next().unwrap_or(host).to_owned()),
        cgroup_permissions: Some(parts.next().unwrap_or("rwm").to_owned()),
    }
}

/// `all`, a number, or `device=…`
fn graphics(written: &str) -> DeviceRequest {
    let ids = written.trim_matches('"').strip_prefix("device=");
    DeviceRequest {
        count: match ids {
            Some(_) => None,
            None => Some(written.trim_start_matches("count=").parse().unwrap_or(-1)),
        },
        device_ids: ids.map(|ids| ids.split(',').map(str::to_owned).collect()),
        capabilities: Some(vec![vec!["gpu".to_owned()]]),
        ..DeviceRequest::default()
    }
}

fn ulimit(limit: &plan::Ulimit) -> ResourcesUlimits {
    ResourcesUlimits {
        name: Some(limit.name.clone()),
        soft: Some(limit.soft),
        hard: Some(limit.hard),
    }
}
