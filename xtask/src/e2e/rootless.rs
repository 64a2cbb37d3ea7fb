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
    script: concat!(
        include_str!("person.sh"),
        r#"
export XDG_RUNTIME_DIR="$1"
exec setpriv --reuid=1234 --regid=1234 --clear-groups \
  sh /usr/share/docker.io/contrib/dockerd-rootless.sh --log-level warn --bip 10.123.0.1/24
"#
    ),
    other: &[
        &[
            ("/^remote::/", "they have a host of their own"),
            ("/what_no_setting_names/", "the system's socket is not in its container"),
            ("/lost_under_a_pull/", "the way that is cut begins beside it, where it sees nothing"),
        ],
        &[("/(out_of|want_of)_memory/", "limits need cgroups of version 2, and a part of them")],
    ],
};

/// Podman of the same person, without systemd and with the kernel's own overlay.
const PODMAN: Kind = Kind {
    name: "rootless-podman",
    image: images::podman,
    state: "/home/caller",
    script: concat!(
        include_str!("person.sh"),
        include_str!("podman.sh"),
        r#"
export XDG_RUNTIME_DIR=/home/caller/run
printf '[storage]\ndriver = "overlay"\n' >/etc/containers/storage.conf
exec setpriv --reuid=1234 --regid=1234 --clear-groups \
  podman system service --time=0 "unix://$1/docker.sock"
"#
    ),
    other: &[
        super::podman::OTHER,
        &[
            ("/(out_of|want_of)_memory|shape::limits/", "limits need cgroups of version 2"),
            (
                "/followed_logs_end_with/",
                "until it has tidied up, Podman 4 tells a state that Docker's API does not have",
            ),
        ],
    ],
};

/// The words that make a command that person's.
const CALLER: [&str; 4] = ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups"];

/// Starts a rootless Docker, and runs the tests with it.
pub(crate) fn docker(options: &Options) -> Result<()> {
    drive(&ROOTLESS, options, |base| base.to_owned())
}

/// The same with Podman, which has a name for what comes from no registry.
pub(crate) fn podman(options: &Options) -> Result<()> {
    drive(&PODMAN, options, |base| format!("localhost/{base}"))
}

fn drive(kind: &'static Kind, options: &Options, named: fn(&str) -> String) -> Result<()> {
    let mut look = command(CALLER[0], &CALLER[1..]);
    answer(look.args(["test", "-r"]).arg(root().join("Cargo.toml")), SOON)
        .context("this repository has to be readable to others than its owner")?;
    let rootless = Contained::start(kind)?;
    let home = format!("HOME={}", rootless.folder.display());
    // Cargo builds as whoever is here; what it has built, it runs as the caller.
    let through = [&CALLER[..], &["env", &home]].concat();
    let runner = rootless.in_its_network(&through)?;
    let base = named(&rootless.base);
    run(rootless.tests(options).args(["--config", &runner]).env("TESTDOCK_TEST_BASE", base))
}
