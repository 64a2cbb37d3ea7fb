//! The powers that reach beyond a container, and how they are asked for.

use camino::{Utf8Path, Utf8PathBuf};

use super::super::folder::{clean, inside};
use crate::config::Power;
use crate::plan::{Dockerfile, Mount, Options, Source};

/// What is asked for beside mounts, in words.
pub(in super::super) fn powers(options: &Options, source: &Source) -> Vec<(Power, String)> {
    let build = match source {
        Source::Dockerfile(file) => of_build(file),
        Source::Image(_) | Source::Compose(_) | Source::Local => Vec::new(),
    };
    [
        of_privileges(options),
        of_namespaces(options),
        of_devices(options),
        of_volumes(options),
        build,
    ]
    .concat()
}

fn of_privileges(options: &Options) -> Vec<(Power, String)> {
    const ROOTS: [&str; 8] = [
        "ALL",
        "BPF",
        "DAC_READ_SEARCH",
        "PERFMON",
        "SYS_ADMIN",
        "SYS_MODULE",
        "SYS_RAWIO",
        "SYS_TIME",
    ];
    let all = options.privileged.then(|| "all privileges of the host (privileged)".to_owned());
    // The kernel's own settings below /proc/sys, among which is a program that it runs as root.
    let paths = options.security_opt.iter().filter(|it| it.starts_with("systempaths"));
    let paths = paths.map(|it| format!("the host's system paths ({it})"));
    let amounts_to_all =
        |cap: &&String| ROOTS.contains(&cap.to_ascii_uppercase().trim_start_matches("CAP_"));
    let caps = options.cap_add.iter().filter(amounts_to_all);
    let caps = caps.map(|cap| format!("the capability {cap}"));
    all.into_iter().chain(paths).chain(caps).map(|what| (Power::Privileged, what)).collect()
}

fn of_namespaces(options: &Options) -> Vec<(Power, String)> {
    let spaces = &options.namespaces;
    let networks = options.network.iter().chain(options.networks.iter().map(|it| &it.network));
    let mut shared: Vec<(&str, &String)> = networks.map(|it| ("network", it)).collect();
    let others = [("pid", &spaces.pid), ("ipc", &spaces.ipc), ("userns", &spaces.users)];
    shared.extend(others.into_iter().filter_map(|(space, mode)| Some((space, mode.as_ref()?))));
    let said = shared.into_iter().filter_map(|(space, mode)| match mode.split_once(':') {
        None if mode == "host" => Some(format!("the host's own {space} ({space}=host)")),
        // What is theirs is the host's, where they were given that.
        Some(("container", other)) => {
            Some(format!("the {space} of the container {other} ({space}={mode})"))
        }
        _ => None,
    });
    said.map(|what| (Power::HostNamespaces, what)).collect()
}

/// Devices, but those that stand for nothing of the host's.
fn of_devices(options: &Options) -> Vec<(Power, String)> {
    const HARMLESS: [&str; 9] = [
        "/dev/dri",
        "/dev/fuse",
        "/dev/kfd",
        "/dev/kvm",
        "/dev/net/tun",
        "/dev/null",
        "/dev/nvidia",
        "/dev/snd",
        "/dev/zero",
    ];
    let devices = options.devices.iter().map(|device| device.split(':').next().unwrap_or(device));
    let devices = devices.map(|device| clean(Utf8Path::new(device)).into_string());
    let devices = devices.filter(|it| !HARMLESS.iter().any(|known| it.starts_with(known)));
    let rules = options.device_cgroup_rules.iter().cloned();
    devices
        .chain(rules)
        .map(|device| (Power::HostFiles, format!("the host's device {device}")))
        .collect()
}

/// What mounts show of the host.
pub(in super::super) fn of_mounts<'m>(
    mounts: impl IntoIterator<Item = &'m Mount>,
    root: &Utf8Path,
) -> Vec<(Power, String)> {
    let shown = mounts.into_iter().filter_map(|it| Some((it.host_path()?, it.read_only)));
    shown.filter_map(|(path, read_only)| of_path(path, read_only, root)).collect()
}

fn of_volumes(options: &Options) -> Vec<(Power, String)> {
    let others = options.volumes_from.iter();
    others.map(|it| (Power::HostFiles, format!("the volumes of the container {it}"))).collect()
}

/// What a path of the host is, for a container that is shown it.
pub(in super::super) fn of_path(
    path: &Utf8Path,
    read_only: bool,
    root: &Utf8Path,
) -> Option<(Power, String)> {
    let power = power_of(path, root)?;
    Some(match power {
        Power::DockerSocket => (power, format!("the engine itself ({path})")),
        _ => (power, shown(path, read_only)),
    })
}

/// Whoever lets a container read has not let it write.
pub(super) fn shown(path: &Utf8Path, read_only: bool) -> String {
    format!("the host's {path}{}", if read_only { " (read-only)" } else { "" })
}

/// What a build reads it may send anywhere.
fn of_build(file: &Dockerfile) -> Vec<(Power, String)> {
    let paths = [("Dockerfile", &file.path), ("context", &file.context)];
    let outside = paths.into_iter().filter(|(_, path)| inside("", path.as_str()).is_none());
    let outside = outside.map(|(what, path)| {
        (Power::HostFiles, format!("what is outside of the workspace, {path} (the build's {what})"))
    });
    let network = (file.options.network.as_deref() == Some("host"))
        .then(|| (Power::HostNamespaces, "the host's own network (of the build)".to_owned()));
    outside.chain(network).collect()
}

/// What is read of variables and services goes into containers.
pub(super) fn of_reads(reads: &[Utf8PathBuf], root: &Utf8Path) -> Vec<(Power, String)> {
    let outside = reads.iter().filter(|path| !path.starts_with(root));
    let said = |path| {
        format!("what is outside of the workspace, {path} (read for variables and services)")
    };
    outside.map(|path| (Power::HostFiles, said(path))).collect()
}

/// What lies outside of the workspace is not its own to show, whatever it is.
pub(super) fn power_of(path: &Utf8Path, root: &Utf8Path) -> Option<Power> {
    if path.as_str().ends_with("docker.sock") {
        return Some(Power::DockerSocket);
    }
    (!path.starts_with(root)).then_some(Power::HostFiles)
}
