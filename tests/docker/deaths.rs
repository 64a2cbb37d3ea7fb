//! Why a run died, in words.

use crate::support::docker::docker;
use crate::support::project::Project;
use crate::support::running::Story;

#[track_caller]
fn says(story: &Story, code: i32, said: &[&str]) {
    assert_eq!(story.code, Some(code), "{story:#?}");
    let error = story.error();
    for words in said {
        assert!(error.contains(words), "{words}: {error}");
    }
}

/// What is said of a suite that is this script, which writes no report.
#[track_caller]
fn check(script: &str, settings: &str, said: &[&str]) {
    let Some(project) = Project::with(&[]) else {
        return;
    };
    let suite = format!(
        "{settings}\n[[suite]]\ncommand = ['sh', '-c', '''{script}''']\nreports = ['out/*.xml']\n"
    );
    project.write("testdock.toml", &suite);
    says(&project.run(&[]), 1, said);
}

#[test]
fn by_a_signal() {
    check("kill -SEGV $$", "", &["SIGSEGV", "memory that is not its own"]);
    check("kill -KILL $$", "", &["SIGKILL"]);
}

#[test]
fn by_a_signal_under_a_test() {
    let test = "import os, signal\n\ndef test_a():\n    pass\n\ndef test_b():\n    os.kill(os.getpid(), signal.SIGSEGV)\n";
    let Some(project) = Project::with(&[("test_a.py", test)]) else {
        return;
    };
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(1), [1, 0, 1, 0]), "{story:#?}");
    let message = story.test("test_a.py::test_b")["message"].to_string();
    assert!(message.contains("SIGSEGV"), "{message}");
}

#[test]
fn by_a_command_that_is_not_there() {
    check("no-such-tool", "", &["the command was not found (exit code 127)"]);
}

#[test]
fn by_a_command_that_cannot_be_executed() {
    let said = "the command was found but cannot be executed (exit code 126)";
    check(": >/tmp/tool; exec /tmp/tool", "", &[said]);
}

/// What `docker run` says with exit code 125: the engine made no container.
#[test]
fn before_it_began() {
    let Some(project) = Project::with(&[("test_a.py", "def test_a():\n    pass\n")]) else {
        return;
    };
    let no_network = ["--set", "interpreter.network = 'no-such-network'"];
    says(&project.run(&no_network), 3, &["cannot start a container", "create that network"]);
    let no_user = ["--set", "interpreter.run-args = ['--user', 'no-such-user']"];
    says(&project.run(&no_user), 3, &["no-such-user", "interpreter.user"]);
    let no_device = ["--set", "interpreter.run-args = ['--gpus', 'all']"];
    says(&project.run(&no_device), 3, &["cannot start a container", "leave out --gpus"]);
    for (setting, remedy) in [
        ("platform = 'linux/s390x'", "leave out interpreter.platform"),
        ("limits.memory = '1m'", "raise limits.memory"),
        ("limits.cpus = 10000", "lower limits.cpus"),
        ("extra-hosts = { a = 'b' }", "correct it where the interpreter is described"),
    ] {
        let set = format!("interpreter.{setting}");
        says(&project.run(&["--set", &set]), 3, &["cannot start a container", remedy]);
    }
    assert_eq!(project.containers(), [""; 0]);
}

#[test]
fn for_want_of_memory() {
    check(
        "head -c 200000000 /dev/zero | tail | wc; kill -KILL $$",
        "interpreter.limits.memory = '40m'",
        &["want of memory", "40 MiB", "limits.memory"],
    );
}

#[test]
fn for_want_of_room() {
    check(
        "cat /dev/zero >/small/file",
        "interpreter.run-args = ['--tmpfs', '/small:size=1m']",
        &["the disk is full", "docker system df"],
    );
}

#[test]
fn with_its_container() {
    let slow = "import time\n\ndef test_slow():\n    time.sleep(60)\n";
    let Some(project) = Project::with(&[("test_slow.py", slow)]) else {
        return;
    };
    for end in [&["kill"][..], &["stop", "-t", "0"], &["rm", "-f"]] {
        let mut run = project.start(&[]);
        run.until_started("test_slow.py::test_slow");
        docker(&[end, &[&project.container()]].concat()).unwrap();
        says(&run.end(), 3, &["the container was stopped or removed", "run again"]);
    }
}
