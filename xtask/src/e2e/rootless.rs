//! The tests of a real engine, with a rootless one, and called by whom it belongs to.

use anyhow::{Context as _, Result};

use super::Options;
use super::contained::{Contained, Kind, SOON};
use crate::images;
use crate::shell::{answer, command, root, run};

/// The person is made there, and its bridge is none that a bridge of this machine's looks like.
const ROOTLESS: Kind = Kind {
    name: "rootless",
    image: images::rootless,
    state: "/home/caller",
    script: r#"
set -e
echo caller:x:1234:1234::/home/caller:/bin/sh >>/etc/passwd
echo caller:200000:65536 | tee /etc/subuid >/etc/subgid
mkdir -p /dev/net
[ -e /dev/net/tun ] || mknod -m 666 /dev/net/tun c 10 200
chown 1234:1234 /home/caller
export HOME=/home/caller XDG_RUNTIME_DIR="$1"
exec setpriv --reuid=1234 --regid=1234 --clear-groups \
  sh /usr/share/docker.io/contrib/dockerd-rootless.sh --log-level warn --bip 10.123.0.1/24
"#,
    other: &[
        ("/^remote::/", "they have a host of their own"),
        ("/(out_of|want_of)_memory/", "limits need cgroups of version 2, and a part of them"),
    ],
};

/// The words that make a command that person's.
const CALLER: [&str; 4] = ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups"];

/// Starts a rootless engine, and runs the tests with it.
pub(crate) fn drive(options: &Options) -> Result<()> {
    let mut look = command(CALLER[0], &CALLER[1..]);
    answer(look.args(["test", "-r"]).arg(root().join("Cargo.toml")), SOON)
        .context("this repository has to be readable to others than its owner")?;
    let rootless = Contained::start(&ROOTLESS)?;
    let home = format!("HOME={}", rootless.folder.display());
    // Cargo builds as whoever is here; what it has built, it runs as the caller.
    let through = [&CALLER[..], &["env", &home]].concat();
    let runner = rootless.in_its_network(&through)?;
    run(rootless.tests(options).args(["--config", &runner]))
}
