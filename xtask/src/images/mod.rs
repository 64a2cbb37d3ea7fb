//! The base images that the fixtures are built on.
//!
//! Where a registry answers they are the public ones. Where there is none, they are made from Debian
//! packages, once, each under a tag that is the hash of its recipe. In either case the image that is
//! already here is the memory of what was decided: nothing is asked twice.

mod bases;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::engine;
use crate::shell::{self, answer, command, say, step};

pub(crate) use bases::{BASES, Base, PYTHON};
use bases::{EDITORS, ENGINE, PODMAN, ROOTLESS};

/// The certificates that this machine trusts: behind a proxy that inspects TLS, tools in a container
/// reach their registries only with them.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// The variables by which tools are told of certificates.
const TRUST: &[&str] = &[
    "CARGO_HTTP_CAINFO",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
];

/// The tag of an image with Python that is on the engine.
pub(crate) fn base() -> Result<String> {
    of(&PYTHON)
}

/// Makes sure that the base images of these names are on the engine; of none, the one with Python.
pub(crate) fn ensure(names: &[String]) -> Result<()> {
    if names.is_empty() {
        base()?;
    }
    for name in names {
        let Some(base) = BASES.iter().find(|base| base.name == *name) else {
            let known: Vec<&str> = BASES.iter().map(|base| base.name).collect();
            bail!("no base image is named {name}; there are {}", known.join(", "));
        };
        of(base)?;
    }
    Ok(())
}

/// The tag of the base image of this name.
pub(crate) fn named(name: &str) -> Result<String> {
    let base = BASES.iter().find(|base| base.name == name);
    of(base.with_context(|| format!("no base image is named {name}"))?)
}

/// The tag of the base image that stands for this public one.
pub(crate) fn standing_for(public: &str) -> Result<String> {
    let base = BASES.iter().find(|base| base.public == public);
    of(base.with_context(|| format!("no base image is described for {public}"))?)
}

/// The tag of a base image that is on the engine, which is made where it is not.
pub(crate) fn of(base: &Base) -> Result<String> {
    if let Some(tag) = found(base) {
        say(format_args!("base image {tag} is here"));
        return Ok(tag);
    }
    let recipe = Recipe::here(base);
    let (public, tag) = (base.public, recipe.tag());
    if let Err(why) = pull(public) {
        say(format_args!(
            "{public} cannot be pulled ({why:#}): building {tag} from Debian packages"
        ));
        recipe.build(&tag)?;
        return Ok(tag);
    }
    Ok(public.to_owned())
}

/// The tag of the image with the editors of a terminal.
pub(crate) fn editors() -> Result<String> {
    made(&EDITORS)
}

/// The tag of the image of a host with an engine.
pub(crate) fn engine() -> Result<String> {
    made(&ENGINE)
}

/// The tag of the image of a host with Podman.
pub(crate) fn podman() -> Result<String> {
    made(&PODMAN)
}

/// The tag of the image of a host with a rootless engine.
pub(crate) fn rootless() -> Result<String> {
    made(&ROOTLESS)
}

/// The tag of an image that there is none to pull of, which is made where it is not here.
fn made(base: &Base) -> Result<String> {
    let recipe = Recipe::here(base);
    recipe.build(&recipe.tag())?;
    Ok(recipe.tag())
}

/// The tag of a base image, where it is on the engine.
fn found(base: &Base) -> Option<String> {
    let tags = [base.public.to_owned(), Recipe::here(base).tag()];
    tags.into_iter().find(|tag| exists(tag))
}

/// Tells whole-program tests which image stands for which public one, of those that are on the engine.
pub(crate) fn told() -> (&'static str, String) {
    let found = BASES.iter().filter_map(|base| Some((base.public, found(base)?)));
    let found: BTreeMap<&str, String> = found.collect();
    let pairs: Vec<String> = found.iter().map(|(public, tag)| format!("{public}={tag}")).collect();
    ("TESTDOCK_TEST_BASES", pairs.join(" "))
}

/// What makes Testdock build a fixture on this base image, where it is not the fixture's own.
pub(crate) fn override_base(base: &str) -> Option<(&'static str, &str)> {
    (base != PYTHON.public).then_some(("TESTDOCK_INTERPRETER__BUILD_ARGS__BASE", base))
}

/// All that makes an image from Debian packages what it is.
struct Recipe {
    base: Base,
    bootstrap: Vec<String>,
    import: Vec<String>,
    certificates: Vec<u8>,
}

impl Recipe {
    fn here(base: &Base) -> Self {
        let certificates = fs::read(CERTIFICATES).unwrap_or_default();
        Self {
            base: *base,
            bootstrap: bootstrap(base, !certificates.is_empty()),
            import: import(base),
            certificates,
        }
    }

    fn tag(&self) -> String {
        let mut hash = Sha256::new();
        for word in self.bootstrap.iter().chain(&self.import) {
            hash.update(word.as_bytes());
            hash.update([0]);
        }
        hash.update(&self.certificates);
        let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("testdock/base-{}:{}", self.base.name, &hex[..12])
    }

    fn build(&self, tag: &str) -> Result<()> {
        let folder = shell::scratch()?;
        let turn = File::create(folder.join("images.lock")).context("cannot lock the image")?;
        turn.lock().context("cannot wait for the image")?;
        if exists(tag) {
            return Ok(());
        }
        if !shell::installed("mmdebstrap") {
            install_mmdebstrap(self.base.public)?;
        }
        let archive = folder.join(format!("base-{}.tar", self.base.name));
        let Base { suite, name, .. } = self.base;
        let packing = format!("packing Debian {suite} with {name} (takes about 40 s)");
        step(&packing, command("mmdebstrap", &self.bootstrap).arg(&archive))?;
        step(
            "importing it",
            command("docker", &self.import).args([archive.as_path(), tag.as_ref()]),
        )?;
        fs::remove_file(&archive).with_context(|| format!("cannot remove {}", archive.display()))
    }
}

fn bootstrap(base: &Base, with_certificates: bool) -> Vec<String> {
    let packages = [&["ca-certificates"], base.packages].concat().join(",");
    let mut arguments = vec!["--variant=apt".to_owned(), format!("--include={packages}")];
    arguments.extend(base.hooks.iter().map(|hook| format!("--customize-hook={hook}")));
    if base.suite == "sid" {
        // Its lists are often older than they say that they may be.
        arguments.push(r#"--aptopt=Acquire::Check-Valid-Until "false""#.to_owned());
    }
    if with_certificates {
        let folder = Path::new(CERTIFICATES).parent().unwrap_or(Path::new("/"));
        arguments.push(format!("--customize-hook=copy-in {CERTIFICATES} {}", folder.display()));
    }
    arguments.push(base.suite.to_owned());
    arguments
}

fn import(base: &Base) -> Vec<String> {
    let trust = TRUST.iter().map(|name| format!("{name}={CERTIFICATES}"));
    let own = base.environment.iter().map(|(name, value)| format!("{name}={value}"));
    let variables = [PATH.to_owned()].into_iter().chain(trust).chain(own);
    let mut arguments = vec!["import".to_owned()];
    arguments.extend(variables.map(|variable| format!("--change=ENV {variable}")));
    arguments.push(format!(r#"--change=CMD ["{}"]"#, base.cmd));
    arguments
}

fn install_mmdebstrap(public: &str) -> Result<()> {
    if !shell::installed("apt-get") {
        bail!(
            "no registry answers, and an image is built from packages on Debian only: `docker load` {public}"
        );
    }
    engine::apt_install(&["mmdebstrap", "debian-archive-keyring"])
        .context("run `sudo apt-get install mmdebstrap debian-archive-keyring`")
}

fn exists(image: &str) -> bool {
    answer(&mut command("docker", ["image", "inspect", image]), Duration::from_secs(10)).is_ok()
}

/// Pulls an image, if its registry answers soon: the engine prints a first line as soon as it has
/// found the image, and then may take its time.
fn pull(image: &str) -> Result<()> {
    const FIRST_LINE: Duration = Duration::from_secs(8);
    say(format_args!("pulling {image}"));
    let mut pull = command("docker", ["pull", image])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start `docker`")?;
    if let Err(late) = await_line(&mut pull, FIRST_LINE) {
        pull.kill()?;
        pull.wait()?;
        return Err(late);
    }
    let output = pull.wait_with_output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// Waits for the first line, or the end, of a program's output, and lets the rest of it go by.
fn await_line(child: &mut Child, within: Duration) -> Result<()> {
    let output = child.stdout.take().context("the output is not piped")?;
    let (sender, line) = mpsc::channel();
    thread::spawn(move || {
        for _line in BufReader::new(output).lines() {
            let _ = sender.send(());
        }
    });
    match line.recv_timeout(within) {
        Err(mpsc::RecvTimeoutError::Timeout) => bail!("no registry answered in {within:?}"),
        Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(certificates: &[u8]) -> Recipe {
        Recipe {
            base: PYTHON,
            bootstrap: bootstrap(&PYTHON, true),
            import: import(&PYTHON),
            certificates: certificates.to_vec(),
        }
    }

    #[test]
    fn the_tag_tells_recipes_apart() {
        let same = recipe(b"one").tag();
        assert_eq!(same, recipe(b"one").tag());
        assert_ne!(same, recipe(b"two").tag());
        let plain = Recipe { bootstrap: bootstrap(&PYTHON, false), ..recipe(b"one") };
        assert_ne!(same, plain.tag());
        let tags: std::collections::BTreeSet<String> =
            BASES.iter().map(|base| Recipe::here(base).tag()).collect();
        assert_eq!(tags.len(), BASES.len());
    }

    #[test]
    fn a_registry_that_is_silent_is_given_up() {
        let mut silent = command("sleep", ["60"]).stdout(Stdio::piped()).spawn().unwrap();
        let error = await_line(&mut silent, Duration::from_millis(1)).unwrap_err();
        silent.kill().unwrap();
        assert_eq!(error.to_string(), "no registry answered in 1ms");
    }
}
