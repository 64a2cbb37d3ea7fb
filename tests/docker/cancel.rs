//! After a cancel, and after a sudden death, nothing of the run is alive a second later.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::support::docker::processes;
use crate::support::editor::{Editor, is};
use crate::support::project::Project;
use crate::support::{PATIENCE, gone, soon};

const SECOND: Duration = Duration::from_secs(1);
/// In the command line of the processes that a test leaves running.
const MARK: &str = "10301.5";
const STUBBORN: &str = r#"import signal, subprocess, time

def test_stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    deaf = "trap '' TERM INT HUP; sleep 10301.5; sleep 10301.5"
    subprocess.Popen(["setsid", "sh", "-c", deaf])
    subprocess.Popen(["sh", "-c", deaf], start_new_session=True)
    orphan = "setsid env -i sleep 10301.5 </dev/null >/dev/null 2>&1 &"
    subprocess.run(["sh", "-c", orphan])
    time.sleep(60)
"#;

fn project() -> Option<Project> {
    Project::with(&[("test_stubborn.py", STUBBORN)])
}

/// The container, once the test's processes run in it.
fn container(project: &Project) -> String {
    soon("the test's processes", PATIENCE, || {
        let container = project.containers().pop()?;
        (processes(&container, MARK).len() >= 5).then_some(container)
    })
}

#[track_caller]
fn check_nothing_is_left(container: &str) {
    let left = || [processes(container, MARK), processes(container, "pytest")].concat();
    gone("the run's processes", SECOND, left);
}

#[test]
fn an_interrupt_ends_all() {
    let Some(project) = project() else { return };
    let run = project.start(&[]);
    let container = container(&project);
    run.signal(Signal::INT);
    check_nothing_is_left(&container);
    let story = run.end();
    assert_eq!(story.code, Some(130), "{story:#?}");
    assert_eq!(story.only("run-finished").value["how"], "cancelled");
    assert_eq!(story.totals()[0], 0, "no test is green");
    assert_eq!(project.container(), container, "it stays warm");
}

#[test]
fn a_killed_run_leaves_nothing() {
    let Some(project) = project() else { return };
    let run = project.start(&[]);
    let container = container(&project);
    run.signal(Signal::KILL);
    check_nothing_is_left(&container);
    assert_eq!(run.end().code, None);
}

/// What makes a container ready is no more than the run that waits for it; half ready, the container is of no use.
#[test]
fn a_setup_ends_with_its_run() {
    let Some(project) = Project::with(&[("test_one.py", "def test_one(): pass\n")]) else { return };
    for signal in [Signal::INT, Signal::KILL] {
        let run = project.start(&["--set", "interpreter.setup = ['sleep 10301.5']"]);
        soon("the command", PATIENCE, || {
            let container = project.containers().pop()?;
            (!processes(&container, MARK).is_empty()).then_some(())
        });
        run.signal(signal);
        gone("containers", Duration::from_secs(10), || project.containers());
        let code = run.end().code;
        assert_eq!(code, (signal == Signal::INT).then_some(130));
    }
}

#[test]
fn a_killed_server_leaves_nothing() {
    let Some(project) = project() else { return };
    let mut editor = Editor::open(&project);
    editor.command("testdock.runAll", &json!({}));
    let container = container(&project);
    editor.kill();
    check_nothing_is_left(&container);
}

#[test]
fn the_cancel_button_ends_all() {
    let Some(project) = project() else { return };
    let mut editor = Editor::open(&project);
    let run = editor.command("testdock.runAll", &json!({}));
    let begin = editor.until("progress", |it| {
        is(it, "$/progress") && it["params"]["value"]["cancellable"] == true
    });
    let container = container(&project);
    let token = &begin.value["params"]["token"];
    editor.notify("window/workDoneProgress/cancel", &json!({ "token": token }));
    check_nothing_is_left(&container);
    assert_eq!(editor.until_ended(&run)["how"], "cancelled");
}
