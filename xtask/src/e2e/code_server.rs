//! VS Code with a web front and a browser for it, from the package registries alone.
//!
//! The package of code-server brings the sources of its native modules and expects to download the rest.
//! Where that cannot be had, its parts are installed one by one, and built here. All of it lies outside of
//! the repository, once a version, for every checkout of this user.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::shell::{self, step};
use crate::{engine, images};

/// The newest that Node 20 runs.
const CODE_SERVER: &str = "4.100.3";
const PLAYWRIGHT: &str = "1.65.1";

/// What the native modules are built with, and what pages are written in.
const PACKAGES: &[(&str, &str)] = &[
    ("ripgrep", "/usr/bin/rg"),
    ("pkg-config", "/usr/bin/pkg-config"),
    ("libkrb5-dev", "/usr/include/krb5.h"),
    ("libx11-dev", "/usr/include/X11/Xlib.h"),
    ("libxkbfile-dev", "/usr/include/X11/extensions/XKBfile.h"),
    ("libsecret-1-dev", "/usr/include/libsecret-1/libsecret/secret.h"),
    ("fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
];

/// What VS Code itself builds.
const NATIVE: [&str; 5] =
    ["node-pty", "@vscode/spdlog", "native-watchdog", "@vscode/deviceid", "kerberos"];

/// The folder whose `node_modules` hold code-server and Playwright.
pub(crate) fn ensure() -> Result<PathBuf> {
    install_packages()?;
    let caches = cache()?;
    let folder = caches.join(format!("code-server-{CODE_SERVER}-playwright-{PLAYWRIGHT}"));
    let done = folder.join("done");
    let turn = File::create(caches.join("lock")).context("cannot lock the editors' cache")?;
    turn.lock().context("cannot wait for the editors' cache")?;
    if !done.exists() {
        install(&folder)?;
        File::create(&done).with_context(|| format!("cannot write {}", done.display()))?;
    }
    Ok(folder)
}

/// The browser, by any of its names.
pub(crate) fn browser() -> Option<&'static str> {
    ["/usr/bin/chromium", "/usr/bin/google-chrome"].into_iter().find(|it| Path::new(it).exists())
}

fn install_packages() -> Result<()> {
    let absent = PACKAGES.iter().filter(|(_, file)| !Path::new(file).exists());
    let mut missing: Vec<&str> = absent.map(|(package, _)| *package).collect();
    if browser().is_none() {
        missing.push("chromium");
    }
    if missing.is_empty() {
        return Ok(());
    }
    if !shell::installed("apt-get") {
        bail!("VS Code in a browser needs {}: install them", missing.join(", "));
    }
    engine::apt_install(&missing)
        .with_context(|| format!("run `sudo apt-get install {}`", missing.join(" ")))
}

/// Where this user keeps what is made once and used by every checkout.
fn cache() -> Result<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let folder = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    let folder = folder.context("neither XDG_CACHE_HOME nor HOME is set")?.join("testdock/editors");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

fn install(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(folder.join("package.json"), r#"{ "private": true }"#)
        .with_context(|| format!("cannot write into {}", folder.display()))?;
    let wanted = [format!("code-server@{CODE_SERVER}"), format!("playwright-core@{PLAYWRIGHT}")];
    step("installing code-server and Playwright", npm(folder, "install").args(wanted))?;
    step(
        "building its password check",
        Command::new("npm").args(["rebuild", "argon2", "--build-from-source"]).current_dir(folder),
    )?;
    let code = folder.join("node_modules/code-server/lib/vscode");
    step("installing VS Code's server", npm(&code, "install").arg("--omit=dev"))?;
    let ripgrep = code.join("node_modules/@vscode/ripgrep/bin");
    fs::create_dir_all(&ripgrep).with_context(|| format!("cannot make {}", ripgrep.display()))?;
    fs::copy("/usr/bin/rg", ripgrep.join("rg")).context("cannot copy ripgrep")?;
    step(
        "building its native parts",
        // One of them fetches its build tool itself, which npm would ask for.
        Command::new("npm")
            .arg("rebuild")
            .args(NATIVE)
            .current_dir(&code)
            .env("npm_config_yes", "true"),
    )?;
    symlink("node_modules", code.join("node_modules.asar"))
        .context("cannot link VS Code's modules")?;
    let extensions = code.join("extensions");
    step("installing its own extensions", npm(&extensions, "install").arg("--omit=dev"))
}

/// An npm command that runs no script of a package: they download.
pub(crate) fn npm(folder: &Path, command: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.arg(command).args(["--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    npm
}

/// The environment in which a fixture is built on the base image of this machine.
pub(crate) fn base() -> Result<Option<(&'static str, String)>> {
    engine::ensure()?;
    let base = images::base()?;
    Ok(images::override_base(&base).map(|(name, value)| (name, value.to_owned())))
}
