//! One report of many.

use testdock_junit::{Outcome, read};

use crate::{FAILS, PASSES, fixtures, folder, report};

#[test]
fn all_cases_come_into_one_report() {
    let dir = folder(&[]);
    let merged = dir.path().join("new/folder/all.xml");
    let arguments = [
        "pytest.xml",
        "node-test.xml",
        "vitest.xml",
        "nextest.xml",
        "--merge",
        merged.to_str().unwrap(),
    ];
    let told = report(&fixtures(), &arguments);
    assert_eq!(told.code, 1);
    assert!(
        told.err.starts_with("wrote ") && told.err.ends_with(": 18 cases of 4 reports\n"),
        "{}",
        told.err
    );
    let xml = std::fs::read(&merged).unwrap();
    let (report, problems) = read(&xml);
    assert_eq!(problems, []);
    let count = |outcome| report.cases.iter().filter(|case| case.outcome() == outcome).count();
    let counts = [Outcome::Passed, Outcome::Failed, Outcome::Errored, Outcome::Skipped].map(count);
    assert_eq!(counts, [5, 8, 1, 4]);
    let suites: Vec<&str> =
        report.suites.iter().filter_map(|suite| suite.name.as_deref()).collect();
    assert_eq!(suites, ["pytest", "cart", "src/cart.test.ts", "cart"]);
}

/// Where it went the last time may be among the files that are named.
#[test]
fn a_merged_report_is_not_merged_again() {
    let dir = folder(&[("a.xml", PASSES), ("b.xml", FAILS)]);
    for _ in 0..2 {
        let told = report(dir.path(), &["*.xml", "--merge", "merged.xml"]);
        assert_eq!(told.code, 1);
        assert!(told.out.ends_with("1 failed, 1 passed in 500 ms (2 reports)\n"), "{}", told.out);
    }
    let told = report(dir.path(), &["a.xml", "--merge", "a.xml/no/folder.xml"]);
    assert_eq!(told.code, 2);
    assert!(
        told.err.starts_with("error: cannot write the merged report a.xml/no/folder.xml: "),
        "{}",
        told.err
    );
}

/// Whoever names a report as the target as well would lose it.
#[test]
fn a_report_that_is_to_be_read_is_not_overwritten() {
    let dir = folder(&[("a.xml", PASSES), ("b.xml", FAILS)]);
    for files in [&["a.xml"][..], &["b.xml", "./a.xml"], &["*.xml"]] {
        let told = report(dir.path(), &[files, &["--merge", "a.xml"]].concat());
        assert_eq!(told.code, 2);
        assert!(told.err.contains("would take the place of"), "{}", told.err);
        assert_eq!(std::fs::read(dir.path().join("a.xml")).unwrap(), PASSES);
    }
    let merged = ["a.xml", "b.xml", "--merge", "all.xml"];
    assert_eq!(report(dir.path(), &merged).code, 1);
    let before = std::fs::read(dir.path().join("all.xml")).unwrap();
    let told = report(dir.path(), &["all.xml", "--merge", "all.xml"]);
    assert_eq!((told.code, std::fs::read(dir.path().join("all.xml")).unwrap()), (2, before));
}

/// It is there whole, or not at all.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_an_error() {
    use std::process::{Command, Stdio};
    let dir = folder(&[("a.xml", PASSES)]);
    let told = report(dir.path(), &["a.xml", "--merge", "/dev/full"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("cannot write the merged report /dev/full"), "{}", told.err);
    for format in ["human", "github", "json"] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_testdock"))
            .args(["report", "a.xml", "--format", format])
            .current_dir(dir.path())
            .stdout(Stdio::from(full))
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.starts_with("error: cannot write to standard output: "), "{format}: {err}");
        assert_eq!(output.status.code(), Some(2), "{format}");
    }
}

/// Who reads it no longer does not change what the tests came to.
#[test]
fn a_reader_that_went_away_does_not_hide_a_failure() {
    use std::process::{Command, Stdio};
    let dir = folder(&[("a.xml", FAILS)]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_testdock"))
        .args(["report", "a.xml", "--format", "json"])
        .current_dir(dir.path())
        .stdout(Stdio::from(writer))
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(1), Vec::new()));
}
