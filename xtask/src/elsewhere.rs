//! A second engine, on a host of its own: a container with an address and files of its own, reached over TLS
//! and over SSH as a machine across a network is.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::images;
use crate::shell::{self, answer, command, say, scratch, step};

const SCRIPT: &str = include_str!("elsewhere.sh");
const SOON: Duration = Duration::from_secs(20);
/// Whatever its engine had goes with it, file by file.
const END: Duration = Duration::from_secs(180);
const START: Duration = Duration::from_secs(60);

/// What an engine needs that runs in a container. All privileges at once are more than it needs, and are
/// not everywhere to be had.
const CAPABILITIES: &[&str] = &[
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// The engine; it goes when this is dropped.
pub(crate) struct Elsewhere {
    container: String,
    /// Its files for those who reach it: `certs`, `ssh` (a program that knows its key), `address`.
    pub(crate) folder: PathBuf,
    pub(crate) address: String,
}

impl Elsewhere {
    /// Starts one.
    pub(crate) fn start() -> Result<Self> {
        let image = images::engine()?;
        let folder = scratch()?.join(format!("elsewhere-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let key = make_key(&folder)?;
        say("starting a second engine");
        let container = answer(&mut run(&image, &key), SOON)?;
        let mut started = Self { container, folder, address: String::new() };
        started.await_engine()?;
        started.describe()?;
        Ok(started)
    }

    /// Asks until it answers.
    fn await_engine(&self) -> Result<()> {
        let deadline = Instant::now() + START;
        while let Err(error) = self.exec(&["docker", "version"]) {
            if Instant::now() > deadline {
                let log = command("docker", ["logs", "--tail", "20", &self.container]).output()?;
                bail!("{error:#}\n{}", String::from_utf8_lossy(&log.stderr));
            }
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// Writes down how it is reached.
    fn describe(&mut self) -> Result<()> {
        self.address = self.exec(&["hostname", "-i"])?;
        let certs = format!("{}:/certs/client", self.container);
        answer(command("docker", ["cp", &certs]).arg(self.folder.join("certs")), SOON)?;
        let host_key = self.exec(&["cat", "/etc/ssh/ssh_host_ed25519_key.pub"])?;
        let known = format!("{} {host_key}\n", self.address);
        self.write("known_hosts", &known)?;
        let folder = self.folder.display();
        let config = format!(
            "Host *\n  User root\n  IdentityFile {folder}/key\n  IdentitiesOnly yes\n  \
             UserKnownHostsFile {folder}/known_hosts\n  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n"
        );
        self.write("ssh_config", &config)?;
        self.write("address", &self.address)?;
        self.write("container", &self.container)?;
        fs::create_dir_all(self.folder.join("bin"))?;
        // ssh reads a person's own files wherever HOME points to; this is the way to others.
        let program = format!("#!/bin/sh\nexec /usr/bin/ssh -F {folder}/ssh_config \"$@\"\n");
        self.write("bin/ssh", &program)?;
        step("making ssh", command("chmod", ["+x"]).arg(self.folder.join("bin/ssh")))
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// What a command on that host prints.
    fn exec(&self, words: &[&str]) -> Result<String> {
        answer(command("docker", ["exec", &self.container]).args(words), SOON)
    }

    /// Brings an image there.
    pub(crate) fn load(&self, image: &str) -> Result<()> {
        let script = "docker save \"$1\" | docker exec -i \"$2\" docker load";
        let mut load = command("sh", ["-c", script, "load", image, &self.container]);
        step(&format!("bringing {image} there"), &mut load)
    }

    /// A command that speaks to this engine through TLS.
    pub(crate) fn reach(&self, command: &mut Command) {
        command.env("DOCKER_HOST", format!("tcp://{}:2376", self.address));
        command.env("DOCKER_TLS_VERIFY", "1").env("DOCKER_CERT_PATH", self.folder.join("certs"));
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // With its volume, which holds all that it has.
        let gone =
            answer(&mut command("docker", ["rm", "--force", "--volumes", &self.container]), END);
        if let Err(error) = gone {
            say(format_args!("cannot remove the second engine {}: {error:#}", self.container));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes a key to log in with, and answers with its public half.
fn make_key(folder: &std::path::Path) -> Result<String> {
    if !shell::installed("ssh-keygen") {
        crate::engine::apt_install(&["openssh-client"])?;
    }
    let path = folder.join("key");
    let keygen = ["-q", "-t", "ed25519", "-N", "", "-C", "elsewhere", "-f"];
    answer(command("ssh-keygen", keygen).arg(&path), SOON)?;
    let public = fs::read_to_string(path.with_extension("pub")).context("cannot read the key")?;
    Ok(public.trim().to_owned())
}

/// Starts a container that an engine can run in.
pub(crate) fn host() -> Command {
    let mut run = command("docker", ["run", "--detach", "--label", "testdock.elsewhere"]);
    run.args(CAPABILITIES.iter().map(|name| format!("--cap-add={name}")));
    for option in ["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"] {
        run.args(["--security-opt", option]);
    }
    run.args(["--device-cgroup-rule", "a *:* rwm", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"]);
    run
}

fn run(image: &str, key: &str) -> Command {
    let mut run = host();
    run.args(["--volume", "/var/lib/docker"]);
    run.args([image, "sh", "-c", SCRIPT, "elsewhere", key]);
    run
}
