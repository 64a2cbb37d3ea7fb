//! `cargo xtask bench discovery`: finding the tests of a large workspace, for the first time and again, beside a search for their names and pytest's own
//! collection; and of one large file after each key.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::shell::{answer, command, python, run, say, scratch, target};
use crate::timing::{self, Contender};

const FOLDERS: usize = 100;
const FILES: usize = 100;
const TESTS: usize = 10;
const LONG: Duration = Duration::from_secs(600);

pub(crate) fn compare(rounds: usize) -> Result<()> {
    say("building testdock (optimised)");
    run(&mut command("cargo", ["build", "--quiet", "--release", "--package", "testdock"]))?;
    let workspace = workspace()?;
    let mut contenders = Vec::new();
    if let Ok(version) = answer(&mut command("rg", ["--version"]), LONG) {
        let mut rg = command("rg", ["-c", "def test_"]);
        rg.current_dir(&workspace);
        let name = format!("rg -c 'def test_' ({})", version.lines().next().unwrap_or_default());
        contenders.push(Contender { name, command: rg });
    } else {
        say("without ripgrep: there is no rg");
    }
    for (name, before) in [("first", "rm -rf \"$XDG_STATE_HOME\";"), ("second", "")] {
        let script = format!("{before} exec \"$0\" discover");
        let mut testdock = command("sh", ["-c", script.as_str()]);
        testdock.arg(target()?.join("release/testdock")).current_dir(&workspace);
        testdock.env("XDG_STATE_HOME", scratch()?.join(format!("bench-discovery-{name}")));
        let name = format!("testdock discover, a {name} start");
        contenders.push(Contender { name, command: testdock });
    }
    let title = format!("{} tests in {} files", FOLDERS * FILES * TESTS, FOLDERS * FILES);
    timing::compare(&title, &mut contenders, rounds)?;
    collect(&workspace)?;
    edits()
}

/// What pytest takes for the same, once caches are warm.
fn collect(workspace: &Path) -> Result<()> {
    let python = python("bench-pytest", &["pytest==8.4.2"])?;
    let mut times = [0.0; 2];
    for time in &mut times {
        let began = Instant::now();
        let mut pytest = command(&python, ["-m", "pytest", "--collect-only", "-q"]);
        // Without its caches it would compile each file again.
        pytest.env_remove("PYTHONDONTWRITEBYTECODE");
        answer(pytest.current_dir(workspace), LONG)?;
        *time = began.elapsed().as_secs_f64();
    }
    say(format_args!("  {:<48} {:.3} s, once", "pytest --collect-only -q (8.4.2)", times[1]));
    Ok(())
}

fn edits() -> Result<()> {
    let mut bench = command("cargo", ["bench", "--quiet", "--package", "testdock-core"]);
    let told = answer(bench.args(["--bench", "edit"]), LONG)?;
    say("\nafter a key in a large file: median of a hundred");
    for line in told.lines() {
        let mut words = line.split('\t');
        if let (Some(name), Some(lines), Some(seconds)) = (words.next(), words.next(), words.next())
        {
            let milliseconds = seconds.parse::<f64>().context("no number of seconds")? * 1000.0;
            say(format_args!("  {name} ({lines} lines): {milliseconds:.1} ms"));
        }
    }
    Ok(())
}

/// A workspace of so many files, made once.
fn workspace() -> Result<PathBuf> {
    let root = scratch()?.join("bench-discovery");
    if root.join("pytest.ini").exists() {
        return Ok(root);
    }
    for folder in 0..FOLDERS {
        let folder = root.join(format!("tests/area_{folder}"));
        fs::create_dir_all(&folder).context("cannot make the workspace")?;
        fs::write(folder.join("__init__.py"), "")?;
        for file in 0..FILES {
            fs::write(folder.join(format!("test_part_{file}.py")), module(file))?;
        }
    }
    fs::write(root.join("tests/__init__.py"), "")?;
    fs::write(root.join("testdock.toml"), "[interpreter]\nimage = \"python:3.12-slim\"\n")?;
    fs::write(root.join("pytest.ini"), "[pytest]\n")?;
    Ok(root)
}

/// Functions, and methods of a class; every fourth has cases.
fn module(file: usize) -> String {
    let mut text = String::from(
        "import pytest\n\n\n@pytest.fixture\ndef order():\n    return {\"sku\": \"tea\", \"units\": [1, 2, 3]}\n",
    );
    for test in 0..TESTS {
        let is_method = test >= TESTS / 2;
        if test == TESTS / 2 {
            text += "\n\nclass TestOrders:\n";
        }
        let (indent, myself) = if is_method { ("    ", "self, ") } else { ("", "") };
        text += if is_method { "\n" } else { "\n\n" };
        let argument = if test % 4 == 0 {
            let _ = writeln!(text, "{indent}@pytest.mark.parametrize(\"units\", [1, 2, 3])");
            "units"
        } else {
            "order"
        };
        let _ = write!(
            text,
            "{indent}def test_order_{test}({myself}{argument}):\n{indent}    assert {argument} is not None, \"order {test} of {file}\"\n"
        );
    }
    text
}
