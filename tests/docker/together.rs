//! Runs at once, of one process and of several, do not disturb each other.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::editor::Editor;
use crate::support::expected::Expected;
use crate::support::images;
use crate::support::look::shown;
use crate::support::project::Project;
use crate::support::running::Story;

fn outcomes(story: &Story) -> BTreeMap<String, String> {
    let finished = story.of("test-finished");
    let pairs =
        finished.map(|it| ["id", "outcome"].map(|key| it.value[key].as_str().unwrap().to_owned()));
    pairs.map(Into::into).collect()
}

#[test]
fn two_processes_run_in_one_workspace() {
    let Some(project) = Project::shop() else {
        return;
    };
    let (one, two) = (project.start(&[]), project.start(&[]));
    for story in [one.end(), two.end()] {
        assert_eq!(story.code, Some(1), "{story:#?}");
        assert_eq!(outcomes(&story), Expected::read().outcomes());
        assert_eq!(story.container(), project.container());
    }
}

#[test]
fn two_runs_share_a_server() {
    let Some(project) = Project::shop() else {
        return;
    };
    let files = ["tests/test_service.py", "tests/test_orders.py"];
    let mut editor = Editor::open(&project);
    let runs = files.map(|file| editor.command("testdock.run", &json!({ "ids": [file] })));
    for (file, run) in files.iter().zip(&runs) {
        assert_eq!(editor.until_ended(run)["how"], "completed");
        let mut wanted = shown(&project, &Expected::read());
        wanted.retain(|id, _| id.starts_with(file));
        assert_eq!(editor.outcomes(run), wanted);
    }
}

#[test]
fn two_servers_share_a_workspace() {
    let Some(project) = Project::shop() else {
        return;
    };
    let mut editors = [Editor::open(&project), Editor::open(&project)];
    let runs = editors.each_mut().map(|editor| editor.command("testdock.runAll", &json!({})));
    for (editor, run) in editors.iter_mut().zip(&runs) {
        assert_eq!(editor.until_ended(run)["how"], "completed");
        assert_eq!(editor.outcomes(run), shown(&project, &Expected::read()));
    }
    project.container();
}

/// Its report tells which of them wrote it; it is written once the test says so.
const COUNT: &str = "n=$(($(cat n 2>/dev/null || echo 0) + 1)); echo $n > n
while [ ! -e go ]; do sleep 0.05; done
echo \"<testsuite><testcase classname='c' name='run$n'/></testsuite>\" > out.xml
";

#[test]
fn two_commands_that_write_the_same_report_take_turns() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    let suite = |name: &str, reports: &str| {
        format!(
            "[[suite]]\nname = '{name}'\ncommand = ['sh', 'count.sh']\nreports = ['{reports}']\n"
        )
    };
    let suites = suite("one", "out.xml") + &suite("other", "o*.xml");
    project.write("testdock.toml", &format!("[interpreter]\nimage = '{image}'\n\n{suites}"));
    project.write("count.sh", COUNT);
    let mut one = project.start(&["one//"]);
    one.until("place to run in", |line| line["event"] == "interpreter-ready");
    // The same folder by another path, and another suite whose reports are some of these.
    let link = project.home.join("link");
    std::os::unix::fs::symlink(&project.root, &link).unwrap();
    let mut two = project.start(&["--root", link.as_str(), "other//"]);
    two.until("word that it waits", |line| line["stage"] == "waiting");
    project.write("go", "");
    for (story, name) in [(one.end(), "run1"), (two.end(), "run2")] {
        assert_eq!((story.code, story.totals()), (Some(0), [1, 0, 0, 0]), "{story:#?}");
        let ids: Vec<String> = outcomes(&story).into_keys().collect();
        assert!(ids.len() == 1 && ids[0].ends_with(name), "{ids:?}");
    }
}
