//! The image with the editors of a terminal, made once, of Debian's newest packages.

use std::fs::{self, File};
use std::time::Duration;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::images;
use crate::shell::{answer, command, say, scratch, step};

/// Debian's unstable suite: the editors that people have are newer than those of a stable one.
const SUITE: &str = "sid";
const PACKAGES: &str = "ca-certificates,elpa-lsp-mode,emacs-nox,git,hx,neovim,procps,tmux";

/// The tag of the image, which is made where it is not here.
pub(crate) fn image() -> Result<String> {
    let hex: String = Sha256::digest(format!("{SUITE} {PACKAGES}"))
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect();
    let tag = format!("testdock/editors:{}", &hex[..12]);
    let inspect = ["image", "inspect", &tag];
    if answer(&mut command("docker", inspect), Duration::from_secs(10)).is_ok() {
        say(format_args!("image {tag} is here"));
        return Ok(tag);
    }
    images::ensure_mmdebstrap()?;
    let archive = scratch()?.join("editors.tar");
    let turn = File::create(scratch()?.join("images.lock")).context("cannot lock the image")?;
    turn.lock().context("cannot wait for the image")?;
    let include = format!("--include={PACKAGES}");
    // The suite's files are often older than they say that they may be.
    let valid = r#"--aptopt=Acquire::Check-Valid-Until "false""#;
    let packing = format!("packing Debian {SUITE} with editors (takes about 2 min)");
    let arguments = ["--variant=apt", &include, valid, SUITE];
    step(&packing, command("mmdebstrap", arguments).arg(&archive))?;
    let import = ["import", "--change=ENV LANG=C.UTF-8"];
    step("importing it", command("docker", import).arg(&archive).arg(&tag))?;
    fs::remove_file(&archive).with_context(|| format!("cannot remove {}", archive.display()))?;
    Ok(tag)
}
