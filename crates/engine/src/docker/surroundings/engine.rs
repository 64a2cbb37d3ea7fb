//! The engine itself, for tests that start containers of their own.

use std::net::UdpSocket;

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::plan::{Interpreter, Mount, MountFrom};

use crate::docker::connect;
use crate::docker::nature::Nature;
use crate::docker::own::Own;

/// Where Docker's socket is, if nobody says otherwise.
const SOCKET: &str = "/var/run/docker.sock";
/// What Testcontainers mounts into its own helper is the engine's to find.
const SOCKET_OVERRIDE: &str = "TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE";
/// The engine's machine, as its containers know it.
const MACHINE: &str = "host.docker.internal";

pub(super) fn lay(interpreter: &mut Interpreter, nature: Nature, own: &Own) {
    // Elsewhere the engine is in a virtual machine, and its socket where it usually is.
    let socket = connect::socket(interpreter.host.as_deref()).filter(|_| cfg!(target_os = "linux"));
    let socket = socket.unwrap_or_else(|| SOCKET.to_owned());
    let (group, address) = match nature {
        Nature::Plain | Nature::Remapped => (group_of(&socket), Some("host-gateway".to_owned())),
        // Its socket is its owner's, whom the tests are, and its gateway has none of the ports that it publishes.
        Nature::Rootless => (None, own_address()),
    };
    // Where the engine has it, should this be a container.
    let there = own.there(Utf8Path::new(&socket)).map_or(socket.clone(), Utf8PathBuf::into_string);
    let options = &mut interpreter.options;
    options.env.entry(SOCKET_OVERRIDE.to_owned()).or_insert(there);
    lay_socket(interpreter, &socket, group, address.as_deref());
}

/// This machine's address, as others see it: that of the way out, which is not gone here.
fn own_address() -> Option<String> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip().to_string())
}

fn lay_socket(
    interpreter: &mut Interpreter,
    socket: &str,
    group: Option<u32>,
    address: Option<&str>,
) {
    let options = &mut interpreter.options;
    let machine = match options.network.as_deref() {
        Some("host") => "localhost",
        _ => MACHINE,
    };
    for (name, value) in [
        ("DOCKER_HOST", format!("unix://{SOCKET}").as_str()),
        // Ports of containers are published on the engine's machine.
        ("TESTCONTAINERS_HOST_OVERRIDE", machine),
    ] {
        options.env.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    if machine == MACHINE {
        options.extra_hosts.extend(address.map(|address| format!("{MACHINE}:{address}")));
        let lost = format!(
            "testcontainers: ports are found under no {MACHINE}, since this machine is in no network"
        );
        interpreter.unheeded.extend(address.is_none().then_some(lost));
    }
    options.groups.extend(group.map(|group| group.to_string()));
    // SELinux lets no confined container talk to the engine, whatever the socket's label.
    options.security_opt.push("label=disable".to_owned());
    if !options.mounts.iter().any(|mount| mount.is_at(SOCKET)) {
        let from = MountFrom::Host { path: socket.into(), make: false, label: None };
        options.mounts.push(Mount { target: SOCKET.to_owned(), from, read_only: false });
    }
}

/// The group that may use the socket: the tests' user is in no group of the host otherwise.
#[cfg(unix)]
fn group_of(socket: &str) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(socket).ok().map(|metadata| metadata.gid())
}

#[cfg(not(unix))]
fn group_of(_: &str) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use testdock_core::plan::Source;

    use super::*;

    #[test]
    fn the_socket_of_another_engine_is_where_tools_look_for_it() {
        let mut interpreter = Interpreter::new("x", Source::Local);
        lay_socket(&mut interpreter, "/run/user/1000/docker.sock", Some(998), Some("host-gateway"));
        let options = &interpreter.options;
        assert_eq!(options.mounts[0].target, SOCKET);
        assert_eq!(options.env["TESTCONTAINERS_HOST_OVERRIDE"], MACHINE);
        assert_eq!(options.extra_hosts, ["host.docker.internal:host-gateway"]);
        assert_eq!(options.groups, ["998"]);
    }

    #[test]
    fn in_the_hosts_network_the_host_is_here() {
        let mut interpreter = Interpreter::new("x", Source::Local);
        interpreter.options.network = Some("host".to_owned());
        lay_socket(&mut interpreter, SOCKET, None, Some("host-gateway"));
        let options = &interpreter.options;
        assert_eq!(options.env["TESTCONTAINERS_HOST_OVERRIDE"], "localhost");
        assert_eq!(options.extra_hosts, [""; 0]);
    }
}
