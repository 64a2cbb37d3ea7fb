//! The tests of a real engine, with one of another kind: it is in a container, and shares this machine's
//! folders.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::Options;
use crate::shell::{answer, command, root, say, step};
use crate::{elsewhere, engine, images, test};

/// What every change has to pass.
const SMOKE: &str = "/^(warm|foreign|cancel)::/";
pub(super) const SOON: Duration = Duration::from_secs(60);

/// Another kind of engine.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The tag of the image that it is in.
    pub(super) image: fn() -> Result<String>,
    /// The folder that it keeps everything in.
    pub(super) state: &'static str,
    /// Starts it. Arguments: the folder that is shared, where it makes a socket named `docker.sock`.
    pub(super) script: &'static str,
    /// The tests that say nothing of it.
    pub(super) other: &'static [&'static [Other]],
}

/// Tests that say nothing of an engine, and the reason.
pub(super) type Other = (&'static str, &'static str);

/// The engine's container, and the folder that it shares with this machine; both go when this is dropped.
pub(super) struct Contained {
    kind: &'static Kind,
    container: String,
    pub(super) folder: PathBuf,
    /// The image that tests are built on, which is there too.
    pub(super) base: String,
}

impl Contained {
    /// Starts one.
    pub(super) fn start(kind: &'static Kind) -> Result<Self> {
        engine::ensure()?;
        test::ensure_nextest()?;
        let base = images::base()?;
        let image = (kind.image)()?;
        let name = format!("testdock-{}-{}", kind.name, std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        step("opening its folder", command("chmod", ["1777"]).arg(&folder))?;
        let mut start = elsewhere::host();
        start.args(["--volume", kind.state]);
        for shared in [folder.as_path(), root()] {
            start.arg("--volume").arg(format!("{0}:{0}", shared.display()));
        }
        let mut started = Self { kind, container: String::new(), folder, base };
        say(format_args!("starting {}", kind.name));
        start.args([&image, "sh", "-c", kind.script, kind.name]).arg(&started.folder);
        started.container = answer(&mut start, SOON)?;
        started.await_answer()?;
        started.load()?;
        Ok(started)
    }

    /// The setting of Cargo by which what it has built here runs in the engine's network, where ports of its containers are,
    /// and through these words.
    pub(super) fn in_its_network(&self, through: &[&str]) -> Result<String> {
        let format = ["inspect", "--format", "{{.State.Pid}}"];
        let pid = answer(command("docker", format).arg(&self.container), SOON)?;
        let words = ["nsenter", "--net", "--target", &pid];
        let words = words.iter().chain(through).map(|word| format!("'{word}'"));
        let words: Vec<String> = words.collect();
        Ok(format!("target.'cfg(unix)'.runner=[{}]", words.join(",")))
    }

    fn host(&self) -> String {
        format!("unix://{}/docker.sock", self.folder.display())
    }

    fn await_answer(&self) -> Result<()> {
        let deadline = Instant::now() + SOON;
        let version = ["version", "--format", "{{.Server.Version}}"];
        while let Err(error) =
            answer(command("docker", version).env("DOCKER_HOST", self.host()), SOON)
        {
            if Instant::now() > deadline {
                let log = command("docker", ["logs", "--tail", "20", &self.container]).output()?;
                bail!("{error:#}\n{}", String::from_utf8_lossy(&log.stderr));
            }
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    fn load(&self) -> Result<()> {
        let script = "docker save \"$1\" | DOCKER_HOST=\"$2\" docker load";
        let mut load = command("sh", ["-c", script, "load", &self.base, &self.host()]);
        step(&format!("bringing {} there", self.base), &mut load)
    }

    /// The tests with this engine; the caller adds what is special with it.
    pub(super) fn tests(&self, options: &Options) -> Command {
        let other = self.kind.other.iter().copied().flatten();
        for (tests, why) in other.clone() {
            say(format_args!("left out: {tests}: {why}"));
        }
        let other = other.map(|(tests, _)| format!("test({tests})"));
        let mut which = format!("not ({})", other.collect::<Vec<_>>().join(" or "));
        let only = options.only.as_deref().or(options.smoke.then_some(SMOKE));
        which.extend(only.map(|only| format!(" and test({only})")));
        let mut tests = command(
            "cargo",
            ["nextest", "run", "--no-fail-fast", "--package", "testdock", "--test", "docker"],
        );
        tests
            .args(["-E", &which])
            .env("DOCKER_HOST", self.host())
            .env("TMPDIR", &self.folder)
            .env("TESTDOCK_REQUIRE_DOCKER", "1")
            .env("TESTDOCK_TEST_BASE", &self.base);
        tests
    }
}

impl Drop for Contained {
    fn drop(&mut self) {
        let name = self.kind.name;
        let gone =
            answer(&mut command("docker", ["rm", "--force", "--volumes", &self.container]), SOON);
        if let Err(error) = gone {
            say(format_args!(
                "cannot remove the container of {name} {}: {error:#}",
                self.container
            ));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
