//! The tests of a real engine, with Podman as the engine.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::shell::{answer, command, root, run, say, step};
use crate::{elsewhere, engine, images, test};

const SOON: Duration = Duration::from_secs(60);

/// Podman as root, without systemd. The socket is for everyone, since some tests run as somebody else.
const SCRIPT: &str = r#"
mkdir -p /etc/containers
cat >/etc/containers/containers.conf <<EOF
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[network]
network_backend = "netavark"
EOF
podman system service --time=0 "unix://$1" &
until [ -S "$1" ]; do sleep 0.1; done
chmod 666 "$1"
wait
"#;

/// The tests that say nothing of Podman, each with the reason.
const OTHER: &[(&str, &str)] = &[
    ("/^(remote|inside)::/", "they have a host, or a container, of their own"),
    ("/^registry::/", "the registry is on this machine, and Podman has another network"),
    (
        "/^sources::.*service/",
        "Podman leaves health checks to systemd, which is not in its container",
    ),
    ("/secrets_and_keeps_none/", "Podman's builder has no session that could bring secrets"),
    (
        "/a_path_with_spaces_and_unicode/",
        "Podman 4 reads a mount's path as comma-separated values: none may hold a quote",
    ),
    ("/deaths::before_it_began/", "Podman 4 passes over GPUs that are asked for"),
    ("/permission_denied/", "its socket is for everyone here"),
    ("/flags_that_have_no_key/", "its container may not raise limits"),
    ("/with_testcontainers/", "Podman 4 knows no name host.docker.internal"),
    ("/memory_in_the_place_of_files/", "Podman does not show a mount's options"),
];

/// The engine's container, and the folder that it shares with this machine; both go when this is dropped.
struct Podman {
    container: String,
    folder: PathBuf,
}

/// Starts Podman, and runs the tests with it.
pub(crate) fn drive() -> Result<()> {
    engine::ensure()?;
    test::ensure_nextest()?;
    let base = images::base()?;
    let podman = Podman::start()?;
    let socket = podman.socket();
    let host = format!("unix://{}", socket.display());
    let script = "docker save \"$1\" | DOCKER_HOST=\"$2\" docker load";
    step(
        &format!("bringing {base} there"),
        &mut command("sh", ["-c", script, "load", &base, &host]),
    )?;
    for (tests, why) in OTHER {
        say(format_args!("left out: {tests}: {why}"));
    }
    let other: Vec<String> = OTHER.iter().map(|(tests, _)| format!("test({tests})")).collect();
    let which = format!("not ({})", other.join(" or "));
    let tests =
        ["nextest", "run", "--no-fail-fast", "--package", "testdock", "--test", "docker", "-E"];
    run(command("cargo", tests)
        .arg(which)
        .env("DOCKER_HOST", &host)
        .env("TMPDIR", &podman.folder)
        .env("TESTDOCK_REQUIRE_DOCKER", "1")
        .env("TESTDOCK_TEST_BASE", format!("localhost/{base}")))
}

impl Podman {
    fn start() -> Result<Self> {
        let image = images::podman()?;
        let folder = std::env::temp_dir().join(format!("testdock-podman-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        step("opening its folder", command("chmod", ["1777"]).arg(&folder))?;
        let mut start = elsewhere::host();
        start.args(["--volume", "/var/lib/containers"]);
        for shared in [folder.as_path(), root()] {
            start.arg("--volume").arg(format!("{0}:{0}", shared.display()));
        }
        let mut podman = Self { container: String::new(), folder };
        let socket = podman.socket();
        say("starting Podman");
        podman.container =
            answer(start.args([&image, "sh", "-c", SCRIPT, "podman"]).arg(&socket), SOON)?;
        podman.await_answer(&socket)?;
        Ok(podman)
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("podman.sock")
    }

    fn await_answer(&self, socket: &Path) -> Result<()> {
        let deadline = Instant::now() + SOON;
        let host = format!("unix://{}", socket.display());
        while let Err(error) =
            answer(command("docker", ["version"]).env("DOCKER_HOST", &host), SOON)
        {
            if Instant::now() > deadline {
                let log = command("docker", ["logs", "--tail", "20", &self.container]).output()?;
                bail!("{error:#}\n{}", String::from_utf8_lossy(&log.stderr));
            }
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        let gone =
            answer(&mut command("docker", ["rm", "--force", "--volumes", &self.container]), SOON);
        if let Err(error) = gone {
            say(format_args!("cannot remove Podman's container {}: {error:#}", self.container));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
