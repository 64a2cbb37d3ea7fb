//! Makes sure that a Docker engine answers.
//!
//! One that answers already is used as it is. Otherwise one is installed and started, but only where
//! that cannot surprise anyone: on Debian and its kin, as root, when nothing points at another engine.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::shell::{self, answer, command, say, step};

const START: Duration = Duration::from_secs(60);
const ANSWER: Duration = Duration::from_secs(10);

/// Returns once an engine answers.
pub(crate) fn ensure() -> Result<()> {
    match plan(&Situation::here()) {
        Plan::Use(version) => {
            say(format_args!("Docker engine {version} answers"));
            Ok(())
        }
        Plan::Install => {
            apt_install(&["docker.io"])?;
            start()
        }
        Plan::Start => start(),
        Plan::Tell(words) => bail!("{words}"),
    }
}

/// Makes sure that the compose tool is there, which some tests drive.
pub(crate) fn ensure_compose() -> Result<()> {
    let plugin = answer(&mut command("docker", ["compose", "version"]), ANSWER);
    if plugin.is_ok() || shell::installed("docker-compose") {
        return Ok(());
    }
    let here = Situation::here();
    match here.root && here.apt {
        true => apt_install(&["docker-compose"]),
        false => bail!("there is no compose tool: install docker-compose-plugin or docker-compose"),
    }
}

/// Installs Debian packages.
pub(crate) fn apt_install(packages: &[&str]) -> Result<()> {
    step("refreshing the package lists", &mut command("apt-get", ["update"]))?;
    let mut install = command("apt-get", ["install", "--yes"]);
    install.args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    step(&format!("installing {}", packages.join(", ")), &mut install)
}

/// What decides how to come by an engine.
struct Situation {
    /// The version of the engine that answers, or why none does.
    answer: Result<String, String>,
    /// What points the docker client to an engine other than this machine's own.
    elsewhere: Option<String>,
    linux: bool,
    root: bool,
    apt: bool,
    dockerd: bool,
}

#[derive(Debug)]
enum Plan {
    Use(String),
    Start,
    Install,
    Tell(String),
}

impl Situation {
    fn here() -> Self {
        Self {
            answer: version().map_err(|error| format!("{error:#}")),
            elsewhere: elsewhere(),
            linux: cfg!(target_os = "linux"),
            root: answer(&mut command("id", ["-u"]), ANSWER).is_ok_and(|id| id == "0"),
            apt: shell::installed("apt-get"),
            dockerd: shell::installed("dockerd"),
        }
    }
}

fn plan(here: &Situation) -> Plan {
    let why = match &here.answer {
        Ok(version) => return Plan::Use(version.clone()),
        Err(why) => why,
    };
    let remedy = match here {
        Situation { elsewhere: Some(place), .. } => {
            format!("start the engine that {place} points to, or unset it")
        }
        Situation { linux: false, .. } => "start Docker Desktop, or set DOCKER_HOST".to_owned(),
        Situation { root: true, dockerd: true, .. } => return Plan::Start,
        Situation { root: true, apt: true, .. } => return Plan::Install,
        _ if why.contains("permission denied") => {
            "add yourself to the group docker (`sudo usermod -aG docker $USER`), and log in again"
                .to_owned()
        }
        Situation { dockerd: true, .. } => "run `sudo systemctl start docker`".to_owned(),
        Situation { apt: true, .. } => {
            "run `sudo apt-get install docker.io`, and add yourself to the group docker".to_owned()
        }
        _ => "install Docker with your system's package manager, and start it".to_owned(),
    };
    Plan::Tell(format!("no Docker engine answers ({why}): {remedy}"))
}

fn version() -> Result<String> {
    let question = ["version", "--format", "{{.Server.Version}}"];
    let version = answer(&mut command("docker", question), ANSWER)?;
    if version.is_empty() {
        bail!("the engine did not tell its version");
    }
    Ok(version)
}

fn elsewhere() -> Option<String> {
    if let Some(host) = std::env::var_os("DOCKER_HOST") {
        return Some(format!("DOCKER_HOST={}", host.display()));
    }
    let context = answer(&mut command("docker", ["context", "show"]), ANSWER).ok()?;
    (context != "default").then(|| format!("the Docker context {context}"))
}

/// Starts this machine's engine. Whoever else starts it at the same time is waited for.
fn start() -> Result<()> {
    let folder = shell::scratch()?;
    let turn =
        File::create(folder.join("engine.lock")).context("cannot lock the engine's start")?;
    turn.lock().context("cannot wait for the engine's start")?;
    if let Ok(version) = version() {
        say(format_args!("Docker engine {version} answers"));
        return Ok(());
    }
    if Path::new("/run/systemd/system").is_dir() {
        step("starting Docker", &mut command("systemctl", ["start", "docker"]))?;
        return version().map(drop);
    }
    let log = folder.join("dockerd.log");
    let dockerd = detach(Command::new("dockerd").args(["--log-level", "warn"]), &log)?;
    say(format_args!("starting dockerd, which writes to {}", log.display()));
    let version = wait_for(version, dockerd, START).with_context(|| {
        format!("dockerd does not start; its log ends with\n{}", shell::tail(&log))
    })?;
    say(format_args!("Docker engine {version} answers"));
    Ok(())
}

/// Starts a program that outlives this one: in a session of its own, so that neither Ctrl-C nor the
/// end of the terminal reaches it.
fn detach(program: &Command, log: &Path) -> Result<Child> {
    let output = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    Command::new("setsid")
        .arg(program.get_program())
        .args(program.get_args())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()
        .with_context(|| format!("cannot start {}", program.get_program().display()))
}

/// Asks until there is an answer, or no one left who could give it.
fn wait_for<T>(ask: impl Fn() -> Result<T>, mut daemon: Child, within: Duration) -> Result<T> {
    let deadline = Instant::now() + within;
    loop {
        let ended = daemon.try_wait()?;
        let refusal = match ask() {
            Ok(answer) => return Ok(answer),
            Err(refusal) => refusal,
        };
        if let Some(status) = ended {
            return Err(refusal.context(format!("it ended with {status}")));
        }
        if Instant::now() > deadline {
            return Err(refusal.context(format!("no answer in {within:?}")));
        }
        thread::sleep(Duration::from_millis(200));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Debian as root, with no engine about.
    fn bare() -> Situation {
        Situation {
            answer: Err("cannot connect".to_owned()),
            elsewhere: None,
            linux: true,
            root: true,
            apt: true,
            dockerd: false,
        }
    }

    fn check(change: impl FnOnce(&mut Situation), expected: &Expect) {
        let mut here = bare();
        change(&mut here);
        expected.assert_eq(&format!("{:?}", plan(&here)));
    }

    #[test]
    fn an_engine_that_answers_is_used_wherever_it_is() {
        let change = |here: &mut Situation| {
            here.answer = Ok("28.2.2".to_owned());
            here.elsewhere = Some("DOCKER_HOST=ssh://box".to_owned());
        };
        check(change, &expect![[r#"Use("28.2.2")"#]]);
    }

    #[test]
    fn debian_as_root_gets_an_engine() {
        check(|_| (), &expect!["Install"]);
        check(|here| here.dockerd = true, &expect!["Start"]);
    }

    #[test]
    fn an_engine_elsewhere_is_never_replaced_by_one_here() {
        let elsewhere = Some("DOCKER_HOST=ssh://box".to_owned());
        check(
            |here| here.elsewhere = elsewhere,
            &expect![[
                r#"Tell("no Docker engine answers (cannot connect): start the engine that DOCKER_HOST=ssh://box points to, or unset it")"#
            ]],
        );
    }

    #[test]
    fn who_may_not_install_is_told_what_to_run() {
        check(
            |here| here.root = false,
            &expect![[
                r#"Tell("no Docker engine answers (cannot connect): run `sudo apt-get install docker.io`, and add yourself to the group docker")"#
            ]],
        );
        check(
            |here| (here.root, here.apt) = (false, false),
            &expect![[
                r#"Tell("no Docker engine answers (cannot connect): install Docker with your system's package manager, and start it")"#
            ]],
        );
        check(
            |here| (here.root, here.dockerd) = (false, true),
            &expect![[
                r#"Tell("no Docker engine answers (cannot connect): run `sudo systemctl start docker`")"#
            ]],
        );
        let refused = Err("permission denied on the socket".to_owned());
        check(
            |here| (here.root, here.answer) = (false, refused),
            &expect![[
                r#"Tell("no Docker engine answers (permission denied on the socket): add yourself to the group docker (`sudo usermod -aG docker $USER`), and log in again")"#
            ]],
        );
        check(
            |here| here.linux = false,
            &expect![[
                r#"Tell("no Docker engine answers (cannot connect): start Docker Desktop, or set DOCKER_HOST")"#
            ]],
        );
    }

    #[test]
    fn a_daemon_is_asked_until_it_answers() {
        let asked = std::cell::Cell::new(0);
        let ask = || {
            asked.set(asked.get() + 1);
            if asked.get() < 3 { bail!("not yet") } else { Ok("20.10") }
        };
        let daemon = Command::new("sleep").arg("60").spawn().unwrap();
        let id = daemon.id().to_string();
        assert_eq!(wait_for(ask, daemon, START).unwrap(), "20.10");
        Command::new("kill").arg(id).status().unwrap();
    }

    #[test]
    fn a_daemon_that_died_is_not_waited_for() {
        let ask = || -> Result<()> { bail!("cannot connect") };
        let mut daemon = Command::new("false").spawn().unwrap();
        daemon.wait().unwrap();
        let error = wait_for(ask, daemon, START).unwrap_err();
        expect!["it ended with exit status: 1: cannot connect"].assert_eq(&format!("{error:#}"));
    }
}
