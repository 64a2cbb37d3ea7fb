//! `testdock report` on reports of real tools, as a person and as a program use it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "a test that was skipped says so")]

mod corpus;
mod formats;
mod inputs;
mod merge;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The reports that the project has, and the sources that they are about.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/reports")
}

/// What a call came to.
struct Told {
    code: i32,
    out: String,
    err: String,
}

/// Calls `testdock report` in a folder.
fn report(folder: &Path, arguments: &[&str]) -> Told {
    report_of(folder, arguments, b"")
}

/// The same, with something on its standard input.
fn report_of(folder: &Path, arguments: &[&str], input: &[u8]) -> Told {
    let mut child = Command::new(env!("CARGO_BIN_EXE_testdock"))
        .arg("report")
        .args(arguments)
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A call that does not read it closes it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Told {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The objects that `--format json` prints.
fn objects(told: &Told) -> Vec<Value> {
    told.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A folder with files in it.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

const PASSES: &[u8] = b"<testsuite name='s'><testcase name='a' time='0.5'/></testsuite>";
const FAILS: &[u8] =
    b"<testsuite name='s'><testcase name='b'><failure message='no'/></testcase></testsuite>";
