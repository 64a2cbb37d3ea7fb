//! The base image that the fixtures are built on.
//!
//! Where a registry answers it is the public one. Where there is none, it is made from Debian
//! packages, once, under a tag that is the hash of its recipe. In either case the image that is
//! already here is the memory of what was decided: nothing is asked twice.

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

/// The fixtures' own default, `ARG BASE`.
const PUBLIC: &str = "python:3.12-slim";

const SUITE: &str = "bookworm";
const PACKAGES: &str = "ca-certificates,python3,python3-pip,python3-venv";
/// The certificates that this machine trusts: behind a proxy that inspects TLS, tools in a container
/// reach their registries only with them.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";
const ENVIRONMENT: &[(&str, &str)] = &[
    ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ("PIP_BREAK_SYSTEM_PACKAGES", "1"),
    ("SSL_CERT_FILE", CERTIFICATES),
    ("PIP_CERT", CERTIFICATES),
    ("REQUESTS_CA_BUNDLE", CERTIFICATES),
    ("NODE_EXTRA_CA_CERTS", CERTIFICATES),
    ("CARGO_HTTP_CAINFO", CERTIFICATES),
];

/// The tag of an image with Python that is on the engine.
pub(crate) fn base() -> Result<String> {
    let recipe = Recipe::here();
    let tag = recipe.tag();
    for image in [PUBLIC, &tag] {
        if exists(image) {
            say(format_args!("base image {image} is here"));
            return Ok(image.to_owned());
        }
    }
    if let Err(why) = pull(PUBLIC) {
        say(format_args!(
            "{PUBLIC} cannot be pulled ({why:#}): building {tag} from Debian packages"
        ));
        recipe.build(&tag)?;
        return Ok(tag);
    }
    Ok(PUBLIC.to_owned())
}

/// What makes Testdock build a fixture on this base image, where it is not the fixture's own.
pub(crate) fn override_base(base: &str) -> Option<(&'static str, &str)> {
    (base != PUBLIC).then_some(("TESTDOCK_INTERPRETER__BUILD_ARGS__BASE", base))
}

/// All that makes an image from Debian packages what it is.
struct Recipe {
    bootstrap: Vec<String>,
    import: Vec<String>,
    certificates: Vec<u8>,
}

impl Recipe {
    fn here() -> Self {
        let certificates = fs::read(CERTIFICATES).unwrap_or_default();
        Self { bootstrap: bootstrap(!certificates.is_empty()), import: import(), certificates }
    }

    fn tag(&self) -> String {
        let mut hash = Sha256::new();
        for word in self.bootstrap.iter().chain(&self.import) {
            hash.update(word.as_bytes());
            hash.update([0]);
        }
        hash.update(&self.certificates);
        let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("testdock/base-python:{}", &hex[..12])
    }

    fn build(&self, tag: &str) -> Result<()> {
        let folder = shell::scratch()?;
        let turn = File::create(folder.join("images.lock")).context("cannot lock the image")?;
        turn.lock().context("cannot wait for the image")?;
        if exists(tag) {
            return Ok(());
        }
        ensure_mmdebstrap()?;
        let archive = folder.join("base.tar");
        let packing = format!("packing Debian {SUITE} with Python (takes about 40 s)");
        step(
            &packing,
            command("mmdebstrap", &self.bootstrap).args([SUITE.as_ref(), archive.as_path()]),
        )?;
        step(
            "importing it",
            command("docker", &self.import).args([archive.as_path(), tag.as_ref()]),
        )?;
        fs::remove_file(&archive).with_context(|| format!("cannot remove {}", archive.display()))
    }
}

fn bootstrap(with_certificates: bool) -> Vec<String> {
    let mut arguments = vec![
        "--variant=apt".to_owned(),
        format!("--include={PACKAGES}"),
        r#"--customize-hook=ln -s python3 "$1/usr/bin/python""#.to_owned(),
    ];
    if with_certificates {
        let folder = Path::new(CERTIFICATES).parent().unwrap_or(Path::new("/"));
        arguments.push(format!("--customize-hook=copy-in {CERTIFICATES} {}", folder.display()));
    }
    arguments
}

fn import() -> Vec<String> {
    let mut arguments = vec!["import".to_owned()];
    for (name, value) in ENVIRONMENT {
        arguments.push(format!("--change=ENV {name}={value}"));
    }
    arguments.push(r#"--change=CMD ["python3"]"#.to_owned());
    arguments
}

/// Makes sure that an image can be made from Debian packages.
pub(crate) fn ensure_mmdebstrap() -> Result<()> {
    if shell::installed("mmdebstrap") {
        return Ok(());
    }
    if !shell::installed("apt-get") {
        bail!(
            "no registry answers, and an image is built from packages on Debian only: `docker load` {PUBLIC}"
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

    fn recipe() -> Recipe {
        Recipe { bootstrap: bootstrap(true), import: import(), certificates: b"one".to_vec() }
    }

    #[test]
    fn the_tag_tells_recipes_apart() {
        let same = recipe().tag();
        assert_eq!(same, recipe().tag());
        assert_ne!(same, Recipe { certificates: b"two".to_vec(), ..recipe() }.tag());
        assert_ne!(same, Recipe { bootstrap: bootstrap(false), ..recipe() }.tag());
    }

    #[test]
    fn a_registry_that_is_silent_is_given_up() {
        let mut silent = command("sleep", ["60"]).stdout(Stdio::piped()).spawn().unwrap();
        let error = await_line(&mut silent, Duration::from_millis(1)).unwrap_err();
        silent.kill().unwrap();
        assert_eq!(error.to_string(), "no registry answered in 1ms");
    }
}
