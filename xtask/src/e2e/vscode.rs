//! The extension for VS Code: checked, packaged, and driven in the real thing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{Options, code_server};
use crate::shell::{command, root, run, say, scratch, step, target};

/// The scenarios, in a VS Code of their own; screenshots are kept in `target/e2e/vscode`.
pub(crate) fn drive(options: &Options) -> Result<()> {
    let base = code_server::base()?;
    let tools = code_server::ensure()?;
    say("building testdock");
    run(&mut command("cargo", ["build", "--quiet", "--package", "testdock"]))?;
    let package = package(None)?;
    let extensions = scratch()?.join("vscode-extensions");
    install(&tools, &package, &extensions)?;
    let artefacts = target()?.join("e2e/vscode");
    run(Command::new("node")
        .arg(folder().join("e2e/main.mjs"))
        .args(options.smoke.then_some("--smoke"))
        .args(&options.only)
        .current_dir(root())
        .envs(base)
        .envs(code_server::browser().map(|path| ("TESTDOCK_E2E_CHROMIUM", path)))
        .env("TESTDOCK_E2E_TOOLS", &tools)
        .env("TESTDOCK_E2E_EXTENSIONS", &extensions)
        .env("TESTDOCK_E2E_SERVER", target()?.join("debug/testdock"))
        .env("TESTDOCK_E2E_ARTEFACTS", artefacts))
}

/// Types, style and unit tests.
pub(crate) fn check() -> Result<()> {
    ensure_modules()?;
    for script in ["check", "test"] {
        run(Command::new("npm").args(["run", "--silent", script]).current_dir(folder()))?;
    }
    Ok(())
}

/// Packs the extension; for one platform with its server inside.
pub(crate) fn package(platform: Option<&str>) -> Result<PathBuf> {
    ensure_modules()?;
    let server = folder().join("server");
    if server.exists() {
        fs::remove_dir_all(&server)
            .with_context(|| format!("cannot remove {}", server.display()))?;
    }
    if platform.is_some() {
        bundle(&server)?;
    }
    let name = platform.map(|platform| format!("-{platform}")).unwrap_or_default();
    let package = scratch()?.join(format!("testdock{name}.vsix"));
    let mut vsce = Command::new("npm");
    vsce.args(["exec", "--", "vsce", "package", "--no-dependencies", "--out"]).arg(&package);
    if let Some(platform) = platform {
        vsce.args(["--target", platform]);
    }
    step("packing the extension", vsce.current_dir(folder()))?;
    Ok(package)
}

/// Puts this machine's server, optimised, into the extension.
fn bundle(server: &Path) -> Result<()> {
    say("building testdock (optimised)");
    run(&mut command("cargo", ["build", "--quiet", "--release", "--package", "testdock"]))?;
    fs::create_dir_all(server).with_context(|| format!("cannot make {}", server.display()))?;
    let name = format!("testdock{}", std::env::consts::EXE_SUFFIX);
    fs::copy(target()?.join("release").join(&name), server.join(&name))
        .context("cannot copy the server")?;
    Ok(())
}

fn ensure_modules() -> Result<()> {
    let lock = folder().join("package-lock.json");
    let installed = folder().join("node_modules/.package-lock.json");
    let age = |file: &Path| fs::metadata(file).and_then(|it| it.modified()).ok();
    if age(&installed) >= age(&lock) {
        return Ok(());
    }
    step("installing the extension's tools", &mut code_server::npm(&folder(), "ci"))
}

fn install(tools: &Path, package: &Path, extensions: &Path) -> Result<()> {
    let entry = tools.join("node_modules/code-server/out/node/entry.js");
    let data = scratch()?.join("vscode-install");
    step(
        "installing the extension",
        Command::new("node")
            .arg(entry)
            .args(["--force", "--install-extension"])
            .arg(package)
            .arg("--extensions-dir")
            .arg(extensions)
            .arg("--user-data-dir")
            .arg(&data)
            .arg("--config")
            .arg(data.join("config.yaml")),
    )
}

fn folder() -> PathBuf {
    root().join("editors/vscode")
}
