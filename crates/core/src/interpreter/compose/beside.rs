//! What the services beside the tests have that is not theirs: the compose tool gives it to them, so it is measured first.

use camino::Utf8PathBuf;
use serde_json::Value;

use super::super::folder::clean;
use super::super::reach::{of_mounts, of_path, powers};
use super::resolved::Dependency;
use super::service::Reading;
use super::texts;
use super::values::scalar;
use crate::config::Power;
use crate::plan::{Mount, Source};

/// The host's files that are shown to the services that the tests need, and what else they have that is not theirs. What
/// cannot be told may be anything.
pub(super) fn beside(
    reading: &Reading<'_>,
    needs: &[Dependency],
) -> (Vec<Utf8PathBuf>, Vec<(Power, String)>) {
    let (mut shown, others) = volumes(reading);
    let mut asked: Vec<_> =
        shown.iter().filter_map(|path| of_path(path, false, reading.root)).collect();
    asked.extend(others.into_iter().map(|what| (Power::HostFiles, what)));
    for Dependency { service: name, .. } in needs {
        let reading = Reading { service: &reading.document["services"][name], ..*reading };
        let of_service = match reading.options(&mut Vec::new()) {
            Ok(options) => {
                shown.extend(options.mounts.iter().filter_map(Mount::host_path).cloned());
                let mounted = of_mounts(&options.mounts, reading.root);
                [powers(&options, &Source::Local), mounted].concat()
            }
            Err(why) => vec![(Power::HostFiles, format!("what Testdock cannot read: {why}"))],
        };
        let read = read_by_build(&reading);
        let built = read.iter().filter_map(|path| of_path(path, true, reading.root));
        let named = |(power, what)| (power, format!("{what} (service {name})"));
        asked
            .extend(of_service.into_iter().chain(built).chain(of_tool(reading.service)).map(named));
        shown.extend(read);
    }
    (shown, asked)
}

/// The directories of the host that the files' volumes stand for; and, in words, what only its kernel can tell.
fn volumes(reading: &Reading<'_>) -> (Vec<Utf8PathBuf>, Vec<String>) {
    let (mut paths, mut others) = (Vec::new(), Vec::new());
    for (name, volume) in reading.document["volumes"].as_object().into_iter().flatten() {
        let options = &volume["driver_opts"];
        match (scalar(&options["type"]).as_str(), scalar(&options["device"]).as_str()) {
            // Of the network, of memory, and the engine's own.
            ("nfs" | "nfs4" | "cifs" | "tmpfs", _) | ("", "") => {}
            ("" | "none" | "bind", device) if device.starts_with('/') => paths.push(device.into()),
            (kind, device) => {
                others.push(format!("the volume {name}, a mount of {device} ({kind})"))
            }
        }
    }
    (paths, others)
}

/// Files that the tool gives to the build of a service.
fn read_by_build(reading: &Reading<'_>) -> Vec<Utf8PathBuf> {
    let build = &reading.service["build"];
    let more = build["additional_contexts"].as_object().into_iter().flatten();
    let secrets = build["secrets"].as_array().into_iter().flatten();
    let secrets = secrets.filter_map(|it| it.as_str().or(it["source"].as_str()));
    let read = build.as_str().or(build["context"].as_str()).into_iter();
    let read = read.chain(more.filter_map(|(_, context)| context.as_str()));
    let read =
        read.chain(secrets.filter_map(|name| reading.document["secrets"][name]["file"].as_str()));
    let read = read.filter(|path| !path.contains("://") && !path.starts_with("service:"));
    read.map(|path| clean(&reading.root.join(path))).collect()
}

/// What no container of Testdock's own can have, and the tool gives.
fn of_tool(service: &Value) -> Vec<(Power, String)> {
    let build = &service["build"];
    let hooks = ["post_start", "pre_stop"].map(|key| service[key].as_array());
    let mut hooks = hooks.into_iter().flatten().flatten();
    let entitled = |to: &str| texts(&build["entitlements"]).iter().any(|it| it == to);
    let insecure = build["privileged"] == true || entitled("security.insecure");
    let network = build["network"] == "host" || entitled("network.host");
    let api = service["use_api_socket"] == true;
    let asked = [
        (!service["provider"].is_null(), Power::Privileged, "a program of this machine (provider)"),
        (api, Power::DockerSocket, "the engine itself and your logins (use_api_socket)"),
        (
            hooks.any(|hook| hook["privileged"] == true),
            Power::Privileged,
            "all privileges of the host (of a hook)",
        ),
        (insecure, Power::Privileged, "all privileges of the host (of the build)"),
        (network, Power::HostNamespaces, "the host's own network (of the build)"),
        (!build["ssh"].is_null(), Power::HostFiles, "your SSH keys (of the build)"),
    ];
    let asked = asked.into_iter().filter(|(is_asked, ..)| *is_asked);
    let asked = asked.map(|(_, power, what)| (power, what.to_owned()));
    let volumes = texts(&service["volumes_from"]);
    let volumes = volumes.iter().filter_map(|it| it.strip_prefix("container:"));
    let volumes =
        volumes.map(|it| (Power::HostFiles, format!("the volumes of the container {it}")));
    // A container of Testdock's own gets none: only the tool gives it.
    let network = service["network_mode"].as_str().and_then(|it| it.strip_prefix("container:"));
    let network =
        network.map(|it| (Power::HostNamespaces, format!("the network of the container {it}")));
    asked.chain(volumes).chain(network).collect()
}
