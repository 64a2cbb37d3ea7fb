//! The workspace or its configuration is unusual, or wrong.

use std::process::Command;

use crate::support::images;
use crate::support::person::{Engine, foreign, hand_over, seal};
use crate::support::project::Project;

const FAILS: (&str, &str) = ("tests/test_one.py", "def test_one():\n    assert 1 == 2\n");

/// `testdock.toml` is wrong at this place, and is told so.
#[track_caller]
fn check_configuration(text: &str, place: &str, said: &[&str]) {
    // Nothing runs: no engine is needed.
    let project = Project::empty();
    project.write("testdock.toml", text);
    project.write(FAILS.0, FAILS.1);
    let (code, told) = project.shown(&["run"]);
    assert_eq!(code, 2, "{told}");
    for words in said.iter().chain(&[place]) {
        assert!(told.contains(words), "{words}: {told}");
    }
    let (code, told) = project.shown(&["discover"]);
    assert_eq!((code, told.contains(place)), (2, true), "{told}");
}

#[test]
fn a_wrong_key() {
    check_configuration(
        "[interpreter]\nimagee = 'python:3.12'\n",
        "testdock.toml:2:1: ",
        &["imagee", "image"],
    );
}

#[test]
fn a_wrong_type() {
    check_configuration(
        "[interpreter]\nimage = 'python:3.12'\nlimits = { cpus = 'many' }\n",
        "testdock.toml:3:19: ",
        &["cpus", "number"],
    );
}

#[test]
fn a_cyclic_profile() {
    let profiles = "[profile.a]\ninherits = 'b'\n\n[profile.b]\ninherits = 'a'\n";
    check_configuration(
        &format!("interpreter.image = 'python:3.12'\n{profiles}"),
        "testdock.toml:",
        &["inherits"],
    );
}

/// A file that nobody can read is not the same as none: the tests would run somewhere else.
#[test]
fn a_configuration_that_cannot_be_read() {
    let project = Project::empty();
    project.write(FAILS.0, FAILS.1);
    std::fs::write(project.root.join("testdock.toml"), b"\xff\xfe[\0").unwrap();
    let (code, told) = project.shown(&["run", "--local"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("testdock.toml: cannot read it: it is UTF-16, and not UTF-8"), "{told}");
}

/// A full disk under the log of a build must not look like a build that was told.
#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written() {
    let project = Project::empty();
    project.write("testdock.toml", "[[suite]]\ncommand = ['true']\nreports = ['none.xml']\n");
    for args in [["run", "--local"], ["explain", "suite"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let out = project.testdock(&args).stdout(full).output().unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert!(said.contains("error: cannot write to standard output: "), "{args:?}: {said}");
        assert_eq!(out.status.code(), Some(2), "{args:?}");
    }
}

/// A run that fails at its one line, told with the path as the user knows it.
#[track_caller]
fn check_runs(project: &Project) {
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(1), [0, 1, 0, 0]), "{story:#?}");
    let place = &story.test("tests/test_one.py::test_one")["location"];
    assert_eq!(place["path"], project.root.join(FAILS.0).as_str());
    assert_eq!(place["line"], 2);
}

#[test]
fn a_path_with_spaces_and_unicode() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::named("mein Läden 店 'q\"").in_pytest_image(&image);
    project.write(FAILS.0, FAILS.1);
    check_runs(&project);
    check_next(&project);
}

/// What is said to come next does, typed as it stands, from where it was said.
#[track_caller]
fn check_next(project: &Project) {
    let away = |mut command: Command| {
        let out = command.current_dir(&project.home).output().unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    let told = away(project.testdock(&["run", "--root", project.root.file_name().unwrap()]));
    let next = told.lines().find_map(|line| line.strip_prefix("Next: ")).unwrap();
    for typed in next.split("   or   ") {
        let mut shell = project.shell();
        shell.args(["-c", typed]);
        let told = away(shell);
        assert!(told.contains("\n1 failed in "), "{typed}: {told}");
    }
}

#[test]
fn a_path_through_a_symlink() {
    let Some(project) = Project::with(&[FAILS]) else {
        return;
    };
    let link = project.home.join("link");
    std::os::unix::fs::symlink(&project.root, &link).unwrap();
    // The current folder has no symlinks in its name: only `--root` says how the user sees it.
    let project = project.seen_as(link);
    let story = project.run(&["--root", project.root.as_str()]);
    assert_eq!(story.totals(), [0, 1, 0, 0], "{story:#?}");
    let place = &story.test("tests/test_one.py::test_one")["location"];
    assert_eq!(place["path"], project.root.join(FAILS.0).as_str());
}

#[test]
fn a_read_only_workspace() {
    let project = Project::with(&[FAILS]);
    let Some(project) = project.and_then(|it| hand_over(it, Engine::Allowed)) else {
        return;
    };
    seal(&project.root);
    check_runs(&project);
    assert_eq!(foreign(&project.root), Vec::<String>::new());
}

/// A stray file that configures pytest changes nothing; a project inside of another runs once, for itself.
#[test]
fn configurations_of_pytest_inside_of_another() {
    let fixture = "import pytest\n\n@pytest.fixture\ndef one():\n    return 1\n";
    let project = Project::with(&[
        ("pytest.ini", "[pytest]\n"),
        ("tests/conftest.py", fixture),
        ("tests/unit/pytest.ini", "[pytest]\n"),
        ("tests/unit/test_one.py", "def test_one(one):\n    assert one == 1\n"),
        ("services/a/pyproject.toml", "[tool.pytest.ini_options]\npythonpath = 'src'\n"),
        ("services/a/src/service.py", "TWO = 2\n"),
        (
            "services/a/test_two.py",
            "import service\n\ndef test_two():\n    assert service.TWO == 2\n",
        ),
    ]);
    let Some(project) = project else { return };
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(0), [2, 0, 0, 0]), "{story:#?}");
    assert_eq!(story.test("tests/unit/test_one.py::test_one")["outcome"], "passed");
    assert_eq!(story.test("services/a/test_two.py::test_two")["outcome"], "passed");
}
