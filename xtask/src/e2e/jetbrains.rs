//! The plugin for JetBrains IDEs: compiled against the declarations of what it uses of the platform, and the
//! unit tests of what needs none. The platform itself is Gradle's business: see `.github/workflows/jetbrains.yml`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::sample;
use crate::engine;
use crate::shell::{command, installed, root, run, say, scratch, target};

/// What the oldest machine of ours has; the IDEs have a newer one.
const RELEASE: [&str; 2] = ["--release", "17"];

/// Compiles all of it, and runs its unit tests, the real program in them.
pub(crate) fn check() -> Result<()> {
    if !installed("javac") {
        engine::apt_install(&["default-jdk-headless"]).context("install a JDK, 17 or later")?;
    }
    say("building testdock");
    run(&mut command("cargo", ["build", "--quiet", "--package", "testdock"]))?;
    let out = scratch()?.join("jetbrains");
    let _ = fs::remove_dir_all(&out);
    let [api, main, tests, project] = ["api", "main", "test", "shop"].map(|name| out.join(name));
    sample::project(&project)?;
    sample::hostile(&project)?;
    // The declarations are no style of ours; the sources are to compile without a warning.
    compile("api", &[], &api, "-Xlint:none")?;
    compile("src/main/java", &[&api], &main, "-Xlint:all,-rawtypes")?;
    compile("src/test/java", &[&main], &tests, "-Xlint:all")?;
    run(Command::new("java")
        .arg("-cp")
        .arg(joined(&[&main, &tests])?)
        .arg("dev.testdock.jetbrains.logic.LogicTest")
        .env("TESTDOCK", target()?.join("debug/testdock"))
        .env("RECORDINGS", root().join("tests/recordings"))
        .env("PROJECT", project))
}

fn compile(sources: &str, classes: &[&Path], out: &Path, lint: &str) -> Result<()> {
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut files = Vec::new();
    find(&root().join("editors/jetbrains").join(sources), &mut files)?;
    say(format_args!("compiling {} files of editors/jetbrains/{sources}", files.len()));
    run(Command::new("javac")
        .args(RELEASE)
        .args(["-Werror", "-Xlint:-options", lint, "-cp"])
        .arg(joined(classes)?)
        .arg("-d")
        .arg(out)
        .args(files))
}

fn joined(classes: &[&Path]) -> Result<OsString> {
    std::env::join_paths(classes).context("a path that no class path can hold")
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "java") {
            files.push(path);
        }
    }
    Ok(())
}
