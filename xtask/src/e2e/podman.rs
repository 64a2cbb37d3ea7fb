//! The tests of a real engine, with Podman as the engine.

use anyhow::Result;

use super::Options;
use super::contained::{Contained, Kind, Other};
use crate::images;
use crate::shell::run;

/// The tests that say nothing of Podman, each with the reason.
pub(super) const OTHER: &[Other] = &[
    ("/^(remote|inside)::/", "they have a host, or a container, of their own"),
    ("/^registry::/", "the registry is on this machine, and Podman has another network"),
    (
        "/^compose::(a_|an_|what_|the_tools_own)|a_service_is_waited_for/",
        "Podman leaves health checks to systemd, which is not in its container",
    ),
    ("/secrets_and_keeps_none/", "Podman's builder has no session that could bring secrets"),
    (
        "/a_path_with_spaces_and_unicode/",
        "Podman 4 reads a mount's path as comma-separated values: none may hold a quote",
    ),
    ("/deaths::before_it_began/", "Podman 4 passes over GPUs that are asked for"),
    ("/permission_denied/", "its socket is for everyone here"),
    ("/what_no_setting_names/", "it has no socket where Docker's is"),
    ("/flags_that_have_no_key/", "its container may not raise limits"),
    ("/with_testcontainers/", "Podman 4 knows no name host.docker.internal"),
    (
        "/a_mount_has_the_label/",
        "Podman labels nothing where there is no SELinux, and does not tell",
    ),
    ("/memory_in_the_place_of_files/", "Podman does not show a mount's options"),
];

const PODMAN: Kind = Kind {
    name: "podman",
    image: images::podman,
    state: "/var/lib/containers",
    // As root, without systemd. The socket is for everyone, since some tests run as somebody else.
    script: concat!(
        include_str!("podman.sh"),
        r#"
podman system service --time=0 "unix://$1/docker.sock" &
until [ -S "$1/docker.sock" ]; do sleep 0.1; done
chmod 666 "$1/docker.sock"
wait
"#
    ),
    other: &[OTHER],
};

/// Starts Podman, and runs the tests with it.
pub(crate) fn drive(options: &Options) -> Result<()> {
    let podman = Contained::start(&PODMAN)?;
    // It has a name for what comes from no registry.
    let base = format!("localhost/{}", podman.base);
    run(podman.tests(options).env("TESTDOCK_TEST_BASE", base))
}
