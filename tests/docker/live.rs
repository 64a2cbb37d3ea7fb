//! A failure is seen while the run goes on.

use std::time::Duration;

use serde_json::json;

use crate::support::editor::{Editor, is, uri};
use crate::support::project::Project;

const FILE: &str = "test_live.py";
const TESTS: &str = "import time

def test_first():
    assert 1 == 2

def test_second():
    time.sleep(5)
";
/// The second test's time, less what a busy machine may take to tell.
const EARLIER: Duration = Duration::from_secs(3);

#[test]
fn a_line_tells_of_it() {
    let Some(project) = Project::with(&[(FILE, TESTS)]) else {
        return;
    };
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(1), [1, 1, 0, 0]));
    let first = story.of("test-finished").next().unwrap();
    assert_eq!(first.value["outcome"], "failed");
    assert_eq!(first.value["location"]["line"], 4);
    assert!(story.only("run-finished").at - first.at >= EARLIER);
}

#[test]
fn a_diagnostic_tells_of_it() {
    let Some(project) = Project::with(&[(FILE, TESTS)]) else {
        return;
    };
    let mut editor = Editor::open(&project);
    editor.command("testdock.runAll", &json!({}));
    let file = uri(project.root.join(FILE));
    let told = editor.until("diagnostic", |it| {
        let line = &it["params"]["diagnostics"][0]["range"]["start"]["line"];
        is(it, "textDocument/publishDiagnostics") && it["params"]["uri"] == file && *line == 3
    });
    let end = editor.until("end", |it| is(it, "experimental/endRunTest"));
    assert!(end.at - told.at >= EARLIER);
    assert_eq!(editor.diagnostics(&file).len(), 1);
}
