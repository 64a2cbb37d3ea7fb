//! The tests of a real engine, with one that gives its containers users of their own numbers (`userns-remap`).

use anyhow::Result;

use super::Options;
use super::contained::{Contained, Kind};
use crate::images;
use crate::shell::run;

/// Its bridge is none that a bridge of this machine's looks like.
const REMAPPED: Kind = Kind {
    name: "remapped",
    image: images::rootless,
    state: "/var/lib/docker",
    script: r#"
set -e
echo dockremap:x:990:990::/:/bin/false >>/etc/passwd
echo dockremap:x:990: >>/etc/group
echo dockremap:300000:65536 | tee /etc/subuid >/etc/subgid
exec dockerd --log-level warn --userns-remap default --bip 10.124.0.1/24 -H "unix://$1/docker.sock"
"#,
    other: &[&[
        ("/^remote::/", "they have a host of their own"),
        ("/^inside::/", "nobody in a container of its is who may use its socket"),
        (
            "/a_dev_containers_user_and/",
            "the home that the image has for its user is nobody's there",
        ),
        ("/permission_denied|what_no_setting_names/", "its socket is not where the system's is"),
    ]],
};

/// Starts such an engine, and runs the tests with it.
pub(crate) fn drive(options: &Options) -> Result<()> {
    let remapped = Contained::start(&REMAPPED)?;
    let network = remapped.in_its_network(&[])?;
    run(remapped.tests(options).args(["--config", &network]))
}
