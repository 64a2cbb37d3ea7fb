//! The tests, or what they leave behind, are at fault: nothing is lost, and nothing old stays green.

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::support::editor::{Editor, uri};
use crate::support::project::Project;
use crate::support::running::Story;
use crate::support::{PATIENCE, soon};

#[track_caller]
fn check_error(story: &Story, said: &[&str]) {
    let error = story.error();
    for words in said {
        assert!(error.contains(words), "{words}: {error}");
    }
}

const SUDDEN: &str = "import os

def test_before():
    pass

def test_sudden():
    os._exit(7)

def test_after():
    pass
";

#[test]
fn a_test_that_ends_the_interpreter() {
    let Some(project) = Project::with(&[("test_a.py", SUDDEN)]) else {
        return;
    };
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(1), [1, 0, 1, 0]));
    assert_eq!(story.test("test_a.py::test_before")["outcome"], "passed");
    let sudden = story.test("test_a.py::test_sudden");
    assert_eq!(sudden["outcome"], "errored");
    let message = sudden["message"].as_str().unwrap();
    assert!(message.contains("exit code 7"), "{message}");
}

/// A test that a broken run did not reach was green before; it is no longer plainly so.
#[test]
fn no_stale_green() {
    let Some(project) = Project::with(&[("test_a.py", SUDDEN)]) else {
        return;
    };
    project.edit("test_a.py", "os._exit(7)", "assert os");
    let mut editor = Editor::open(&project);
    let mut run = || {
        let run = editor.command("testdock.runAll", &json!({}));
        editor.until_ended(&run);
        editor.lenses(&uri(project.root.join("test_a.py")), 9).concat()
    };
    let green = run();
    assert!(green.contains("✓ passed") && !green.contains("not reached"), "{green}");
    project.edit("test_a.py", "assert os", "os._exit(7)");
    let stale = run();
    assert!(stale.contains("(not reached by the last run)"), "{stale}");
}

#[test]
fn out_of_memory() {
    let greedy = "def test_small():
    pass

def test_greedy():
    held = [b'x' * 1_000_000 for _ in range(1000)]
";
    let Some(project) = Project::with(&[("test_a.py", greedy)]) else {
        return;
    };
    let story = project.run(&["--set", "interpreter.limits.memory = '64m'"]);
    assert_eq!((story.code, story.totals()), (Some(1), [1, 0, 1, 0]));
    let told = format!("{}{}", story.test("test_a.py::test_greedy"), story.error());
    assert!(told.contains("memory") && told.contains("64 MiB"), "{told}");
    assert!(told.contains("limits.memory"), "{told}");
}

/// A project whose only suite is a shell script.
fn script(script: &str) -> Option<Project> {
    let project = Project::with(&[])?;
    let suite =
        format!("[[suite]]\ncommand = ['sh', '-c', '''{script}''']\nreports = ['out/*.xml']\n");
    project.write("testdock.toml", &suite);
    Some(project)
}

#[test]
fn no_report() {
    let Some(project) = script("echo all is well") else {
        return;
    };
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(1), [0; 4]), "{story:#?}");
    check_error(&story, &["wrote no report", "out/*.xml", "`reports`"]);
}

/// A report of an earlier run is no report of this one.
#[test]
fn an_old_report() {
    let Some(project) = script("exit 0") else {
        return;
    };
    let old = "<testsuite><testcase name='green' classname='old'/></testsuite>";
    project.write("out/old.xml", old);
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(1), [0; 4]), "{story:#?}");
    check_error(&story, &["wrote no report"]);
}

#[test]
fn a_truncated_report() {
    let half = r#"mkdir -p out; echo "<testsuite name=\"a\"><testcase name=\"one\" classname=\"a\"/><testcase name=\"two\" classn" >out/r.xml"#;
    let Some(project) = script(half) else { return };
    let story = project.run(&[]);
    assert_eq!(story.code, Some(1), "{story:#?}");
    assert_eq!(story.totals()[0], 1, "what was read is kept");
    check_error(&story, &["out/r.xml", "damaged", "end of its output"]);
}

#[test]
fn a_syntax_error() {
    let good = ("test_good.py", "def test_good():\n    pass\n");
    let bad = ("test_bad.py", "def test_bad():\n    pass\n\ndef broken(:\n    pass\n");
    let Some(project) = Project::with(&[good, bad]) else {
        return;
    };
    let story = project.run(&[]);
    assert_eq!(story.code, Some(1), "{story:#?}");
    let told = story.test("test_bad.py");
    assert_eq!(told["outcome"], "errored");
    assert_eq!(told["location"]["path"], project.root.join("test_bad.py").as_str());
    assert_eq!(told["location"]["line"], 4);
    assert_eq!(told["failures"][0]["type"], "SyntaxError");
}

/// 200 MB of output from one test; what Testdock held in memory at most, in MB.
fn check_flood(test: &str, args: &[&str], code: i32) {
    const MOST: u64 = 150;
    let Some(project) = Project::with(&[("test_loud.py", test)]) else {
        return;
    };
    let mut command = project.testdock(&[&["run"], args].concat());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut peak = 0;
    let status = soon("end of the flood", PATIENCE, || {
        peak = peak.max(high_water(child.id()).unwrap_or(0));
        child.try_wait().unwrap()
    });
    assert_eq!(status.code(), Some(code));
    assert!((1..MOST).contains(&peak), "{peak} MB");
}

/// The most memory that a process held so far, in MB.
fn high_water(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024)
}

#[test]
fn a_flood_of_output_that_is_shown() {
    let test = "def test_loud():\n    for _ in range(200):\n        print(('x' * 99 + '\\n') * 10_000, end='')\n";
    check_flood(test, &["--", "-s"], 0);
}

#[test]
fn a_flood_of_output_that_is_captured() {
    let test = "def test_loud():\n    for _ in range(200):\n        print(('x' * 99 + '\\n') * 10_000, end='')\n    assert False\n";
    check_flood(test, &[], 1);
}

#[test]
fn a_run_that_takes_too_long() {
    let slow =
        "import time\n\ndef test_quick():\n    pass\n\ndef test_slow():\n    time.sleep(60)\n";
    let Some(project) = Project::with(&[("test_slow.py", slow)]) else {
        return;
    };
    let run = project.start(&["--timeout", "2s"]);
    let began = std::time::Instant::now();
    let story = run.end();
    assert_eq!(story.code, Some(1), "{story:#?}");
    assert_eq!(story.only("run-finished").value["how"], "timed-out");
    assert_eq!(story.test("test_slow.py::test_quick")["outcome"], "passed");
    assert!(began.elapsed() < Duration::from_secs(20));
}
