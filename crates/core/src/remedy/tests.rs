use expect_test::{Expect, expect};

use super::*;

const LINUX: Machine = Machine {
    system: System::Linux,
    services: Services::Systemd,
    is_root: false,
    is_installed: true,
};
const SYSTEM: &str = "unix:///var/run/docker.sock";

fn check(cases: &[(Machine, &str, Trouble)], expected: &Expect) {
    let lines = cases.iter().map(|(machine, address, trouble)| {
        let advice = advise(*machine, address, *trouble);
        let title = advice.remedy.map(|it| format!(" [{}]", it.title())).unwrap_or_default();
        format!("{}{title}\n", advice.words)
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn an_engine_that_is_not_there_is_started_as_this_machine_does_it() {
    let absent = |machine| (machine, SYSTEM, Trouble::Absent);
    check(
        &[
            absent(LINUX),
            absent(Machine { is_root: true, ..LINUX }),
            absent(Machine { services: Services::Init, ..LINUX }),
            absent(Machine { services: Services::Init, is_root: true, ..LINUX }),
            absent(Machine { services: Services::Unknown, ..LINUX }),
            absent(Machine { services: Services::Unknown, is_root: true, ..LINUX }),
            absent(Machine { is_installed: false, ..LINUX }),
            absent(Machine { system: System::Wsl, is_installed: false, ..LINUX }),
            absent(Machine { system: System::Wsl, ..LINUX }),
            absent(Machine { system: System::Mac, ..LINUX }),
            absent(Machine { system: System::Mac, is_installed: false, ..LINUX }),
        ],
        &expect![[r#"
            start it (sudo systemctl start docker) [Start Docker]
            start it (systemctl start docker) [Start Docker]
            start it (sudo service docker start) [Start Docker]
            start it (service docker start) [Start Docker]
            start it (sudo dockerd) [Start Docker]
            start it (dockerd) [Start Docker]
            install Docker (https://docs.docker.com/engine/install)
            start Docker Desktop on Windows and turn on its integration for this distribution, or install Docker here
            start it (sudo systemctl start docker) [Start Docker]
            start it (open -a Docker) [Start Docker Desktop]
            install Docker (https://docs.docker.com/engine/install)
        "#]],
    );
    let windows = Machine { system: System::Windows, services: Services::Unknown, ..LINUX };
    check(
        &[(windows, "npipe:////./pipe/docker_engine", Trouble::Absent)],
        &expect![[r#"
        start it (docker desktop start) [Start Docker Desktop]
    "#]],
    );
}

#[test]
fn an_address_tells_which_engine_it_is() {
    let mac = Machine { system: System::Mac, ..LINUX };
    check(
        &[
            (LINUX, "unix:///run/user/1000/docker.sock", Trouble::Absent),
            (LINUX, "unix:///run/user/1000/podman/podman.sock", Trouble::Absent),
            (LINUX, "unix:///home/me/.docker/desktop/docker.sock", Trouble::Absent),
            (mac, "unix:///Users/me/.docker/run/docker.sock", Trouble::Absent),
            (mac, "unix:///Users/me/.colima/default/docker.sock", Trouble::Absent),
            (mac, "unix:///Users/me/.orbstack/run/docker.sock", Trouble::Absent),
            (mac, "unix:///Users/me/podman.sock", Trouble::Absent),
        ],
        &expect![[r#"
            start it (systemctl --user start docker) [Start Docker]
            start it (systemctl --user start podman.socket) [Start Podman]
            start it (systemctl --user start docker-desktop) [Start Docker Desktop]
            start it (open -a Docker) [Start Docker Desktop]
            start it (colima start) [Start Colima]
            start it (open -a OrbStack) [Start OrbStack]
            start it (podman machine start) [Start Podman]
        "#]],
    );
}

/// Whoever names an address has to know what is there: no command of ours starts that.
#[test]
fn an_engine_elsewhere_has_advice_and_no_command() {
    check(
        &[
            (LINUX, "tcp://box:2375", Trouble::Absent),
            (LINUX, "tcp://box:2375", Trouble::Silent),
            (LINUX, "unix:///srv/docker.sock", Trouble::Absent),
            (LINUX, "unix:///srv/docker.sock", Trouble::Denied),
        ],
        &expect![[r#"
            start it, or check host and port
            check the address and the firewall
            start the engine that listens there
            check who may use its socket
        "#]],
    );
}

#[test]
fn one_may_not_speak_to_it_or_it_does_not_speak() {
    let root = Machine { is_root: true, ..LINUX };
    check(
        &[
            (LINUX, SYSTEM, Trouble::Denied),
            (root, SYSTEM, Trouble::Denied),
            (LINUX, SYSTEM, Trouble::Silent),
            (root, SYSTEM, Trouble::Silent),
            (Machine { services: Services::Init, ..LINUX }, SYSTEM, Trouble::Silent),
            (Machine { services: Services::Unknown, ..LINUX }, SYSTEM, Trouble::Silent),
        ],
        &expect![[r#"
            add yourself to the group docker (sudo usermod -aG docker $USER, then log in again) [Join the Group docker]
            check who may use its socket
            restart it (sudo systemctl restart docker) [Restart Docker]
            restart it (systemctl restart docker) [Restart Docker]
            restart it (sudo service docker restart) [Restart Docker]
            restart it
        "#]],
    );
}
