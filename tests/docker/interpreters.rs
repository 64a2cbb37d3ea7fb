//! Interpreters from a person's side: built without a run, listed as they stand, seen in an editor.

use serde_json::{Value, json};

use crate::support::editor::{Editor, is, uri};
use crate::support::project::Project;

#[test]
fn a_build_makes_the_next_run_quick() {
    let Some(project) = Project::of_fixture("python-pytest") else {
        return;
    };
    let list = |state: &str| {
        let (code, text) = project.shown(&["interpreter", "list"]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(&format!("*default: Dockerfile; {state}: ")), "{text}");
    };
    list("absent");
    let (code, text) = project.shown(&["interpreter", "build"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("image testdock/python-pytest-"), "{text}");
    list("ready");
    assert_eq!(project.containers(), [""; 0]);
    let run = project.run(&["tests/test_orders.py::test_total"]);
    assert_eq!((run.code, run.of("build-output").count()), (Some(0), 0));
    list("warm");
    project.edit("requirements.txt", "pytest", "# changed\npytest");
    list("stale");
}

#[test]
fn a_broken_build_has_the_exit_code_of_one() {
    let Some(project) = Project::of_fixture("python-pytest") else {
        return;
    };
    project.edit("Dockerfile", "COPY . .", "RUN exit 7\nCOPY . .");
    let (code, text) = project.shown(&["interpreter", "build", "default"]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("RUN exit 7 failed with exit code 7"), "{text}");
    let (code, text) = project.shown(&["interpreter", "build", "other"]);
    assert_eq!(code, 2, "{text}");
}

#[test]
fn an_editor_sees_how_they_stand_and_builds() {
    let Some(project) = Project::of_fixture("python-pytest") else {
        return;
    };
    let mut editor = Editor::open(&project);
    stands(&mut editor, "absent");
    let build = editor.command("testdock.buildInterpreter", &json!({}));
    stands(&mut editor, "building");
    stands(&mut editor, "ready");
    let end = editor.until_ended(&build);
    assert_eq!(end["how"], "completed", "{end}");
    let run = editor.command("testdock.runAll", &json!({}));
    stands(&mut editor, "warm");
    editor.until_ended(&run);

    project.edit("requirements.txt", "pytest", "# changed\npytest");
    let changed = json!({ "uri": uri(project.root.join("requirements.txt")), "type": 2 });
    editor.notify("workspace/didChangeWatchedFiles", &json!({ "changes": [changed] }));
    stands(&mut editor, "stale");
}

/// Waits until the default interpreter is told to stand so.
#[track_caller]
fn stands(editor: &mut Editor, state: &str) {
    let default = |it: &Value| it["name"] == "default" && it["state"] == state;
    editor.until(state, |it| {
        let all = it["params"]["interpreters"].as_array();
        is(it, "testdock/interpretersChanged") && all.is_some_and(|all| all.iter().any(default))
    });
}
