//! The sample service's expected outcome, held against everything that shows a run.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testdock_junit::{Case, Outcome};

use crate::support::docker::docker;
use crate::support::editor::{Editor, uri};
use crate::support::expected::{Expected, Place};
use crate::support::project::Project;

/// The place in a JSON object, relative to the project.
fn place(project: &Project, value: &Value) -> Option<Place> {
    let path = value["path"].as_str()?;
    let path = path.strip_prefix(project.root.as_str())?;
    Some(Place { path: path.trim_start_matches('/').to_owned(), line: value["line"].as_u64()? })
}

#[test]
fn json_lines_say_what_is_expected() {
    let Some(project) = Project::shop() else {
        return;
    };
    let (expected, story) = (Expected::read(), project.run(&[]));
    assert_eq!(story.code, Some(1), "{}", story.errors);
    assert_eq!(story.totals(), expected.totals());
    let told: BTreeMap<String, String> = story
        .of("test-finished")
        .map(|line| ["id", "outcome"].map(|key| line.value[key].as_str().unwrap().to_owned()))
        .map(Into::into)
        .collect();
    assert_eq!(told, expected.outcomes());
    for (id, test) in &expected.tests {
        let told = story.test(id);
        let wanted = test.message.as_deref().unwrap_or_default();
        let message = told["message"].as_str().unwrap_or_default();
        assert!(message.contains(wanted), "{id}: {message}");
        assert_eq!(place(&project, &told["location"]), test.location, "{id}");
        let frames = told["failures"][0]["frames"].as_array().into_iter().flatten();
        let frames: Vec<Place> = frames.filter_map(|it| place(&project, it)).collect();
        for related in &test.related {
            assert!(frames.contains(related), "{id}: {related:?} in {frames:?}");
        }
    }
    let last = story.lines.last().unwrap();
    assert_eq!(last.event(), "run-finished");
}

#[test]
fn a_terminal_shows_what_is_expected() {
    let Some(project) = Project::shop() else {
        return;
    };
    let expected = Expected::read();
    let (code, text) = project.shown(&["run"]);
    assert_eq!(code, 1, "{text}");
    let [passed, failed, errored, skipped] = expected.totals();
    let counts = format!("{failed} failed, {errored} errored, {passed} passed, {skipped} skipped");
    assert!(text.contains(&counts), "{counts}: {text}");
    for (id, test) in expected.bad() {
        let Place { path, line } = test.location.as_ref().unwrap();
        let wanted = test.message.as_deref().unwrap();
        let start = format!("{path}:{line}: ");
        let shown = |it: &str| it.starts_with(&start) && it.contains(wanted);
        assert!(text.lines().any(shown), "{id}: {start}{wanted}: {text}");
    }
    let strange = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
    assert_eq!(text.chars().find(strange), None, "{text:?}");
}

#[test]
fn colours_are_for_those_who_want_them() {
    let Some(project) = Project::shop() else {
        return;
    };
    let project = project.env("CLICOLOR_FORCE", "1");
    let run = ["run", "tests/test_orders.py::test_total"];
    assert!(project.shown(&run).1.contains("\x1b["));
    let project = project.env("NO_COLOR", "1");
    let (code, text) = project.shown(&run);
    assert_eq!((code, text.contains('\x1b')), (0, false), "{text:?}");
}

#[test]
fn the_merged_report_says_what_is_expected() {
    let Some(project) = Project::shop() else {
        return;
    };
    let expected = Expected::read();
    let file = project.home.join("merged.xml");
    let story = project.run(&["--junit", file.as_str()]);
    assert_eq!(story.code, Some(1), "{}", story.errors);
    let xml = std::fs::read(file).unwrap();
    let (report, problems) = testdock_junit::read(&xml);
    assert_eq!(problems, []);
    let cases: BTreeMap<String, &Case<'_>> = report.cases.iter().map(|it| (id(it), it)).collect();
    assert_eq!(cases.len(), report.cases.len(), "no id stands twice");
    let outcomes = cases.iter().map(|(id, case)| (id.clone(), outcome(case)));
    assert_eq!(outcomes.collect::<BTreeMap<_, _>>(), expected.outcomes());
    for (id, test) in expected.bad() {
        let Place { path, line } = test.location.as_ref().unwrap();
        let status = &cases[id].statuses[0];
        let message = status.message.as_deref().unwrap_or_default();
        let wanted = test.message.as_deref().unwrap();
        assert!(message.contains(wanted), "{id}: {message}");
        let place = format!("{}/{path}:{line}", project.root);
        assert!(status.text.contains(&place), "{id}: {place}: {}", status.text);
    }
}

/// The test that a case of a merged report is.
fn id(case: &Case<'_>) -> String {
    let mut properties = case.properties.iter();
    let id = properties.find(|it| it.name == "testdock.id").unwrap();
    id.value.clone().into_owned()
}

fn outcome(case: &Case<'_>) -> String {
    let word = match case.outcome() {
        Outcome::Failed => "failed",
        Outcome::Errored => "errored",
        Outcome::Skipped => "skipped",
        _ => "passed",
    };
    word.to_owned()
}

/// What has no other tool between the tests and the eye.
#[test]
fn pytest_alone_says_the_same() {
    let Some(project) = Project::shop() else {
        return;
    };
    let image = project.run(&["tests/test_orders.py::test_total"]);
    let image = image.only("interpreter-ready").value["image"].as_str().unwrap().to_owned();
    let mount = format!("{0}:{0}:ro", project.root);
    let script =
        "python3 -m pytest -p no:cacheprovider --junitxml=/tmp/r.xml >/tmp/log; cat /tmp/r.xml";
    let words = ["run", "--rm", "-v", &mount, "-w", project.root.as_str()];
    let env = ["-e", "PYTHONPATH=.", "-e", "PYTHONDONTWRITEBYTECODE=1"];
    let command = [image.as_str(), "sh", "-c", script];
    let xml = docker(&[&words[..], &env, &command].concat()).unwrap();
    let (report, problems) = testdock_junit::read(xml.as_bytes());
    assert_eq!(problems, []);
    let outcomes = report.cases.iter().map(|case| (node_id(case), outcome(case)));
    assert_eq!(outcomes.collect::<BTreeMap<_, _>>(), Expected::read().outcomes());
}

/// `tests.test_pricing.TestRounding` and `test_down` are `tests/test_pricing.py::TestRounding::test_down`.
fn node_id(case: &Case<'_>) -> String {
    let class = case.classname.as_deref().unwrap().to_owned();
    let is_class = |part: &&str| part.starts_with("Test");
    let module: Vec<&str> = class.split('.').take_while(|part| !is_class(part)).collect();
    let classes = class.split('.').skip(module.len());
    let mut parts = vec![format!("{}.py", module.join("/"))];
    parts.extend(classes.map(str::to_owned));
    parts.push(case.name.as_deref().unwrap().to_owned());
    parts.join("::")
}

#[test]
fn discovery_finds_every_expected_test_at_its_line() {
    // It runs nothing, and so needs no engine; but it is the same project.
    let Some(project) = Project::shop() else {
        return;
    };
    let (code, text) = project.shown(&["discover", "--format", "json"]);
    assert_eq!(code, 0, "{text}");
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let items: Vec<Value> = lines.collect();
    let found = items.iter().filter(|it| it["kind"] != "group").map(|it| {
        let key = |key: &str| it[key].as_str().unwrap().to_owned();
        ((key("id"), key("kind")), it["line"].as_u64().unwrap())
    });
    let found: BTreeMap<(String, String), u64> = found.collect();
    let wanted = Expected::read();
    let wanted = wanted.tests.keys().map(|id| match id.split_once('[') {
        Some((parent, _)) => (parent.to_owned(), "parametrised".to_owned()),
        None => (id.clone(), "test".to_owned()),
    });
    let wanted: BTreeMap<_, _> = wanted
        .map(|key| {
            let line = definition(&project, &key.0);
            (key, line)
        })
        .collect();
    assert_eq!(found, wanted);
    assert!(project.containers().is_empty());
}

/// The line of a test's name, from 1.
fn definition(project: &Project, id: &str) -> u64 {
    let (path, names) = id.split_once("::").unwrap();
    let name = names.rsplit("::").next().unwrap();
    let wanted = format!("def {name}(");
    let text = project.read(path);
    let line = text.lines().position(|line| line.contains(&wanted)).unwrap();
    line as u64 + 1
}

#[test]
fn an_editor_shows_what_is_expected() {
    let Some(project) = Project::shop() else {
        return;
    };
    check_editor(&project, Editor::open(&project));
}

/// Runs everything from an editor, and looks at all that it shows.
pub(crate) fn check_editor(project: &Project, mut editor: Editor) {
    let expected = Expected::read();
    let run = editor.command("testdock.runAll", &json!({}));
    assert_eq!(editor.until_ended(&run)["how"], "completed");
    editor.settle();

    let mut outcomes = editor.outcomes(&run);
    // A test with cases stands as the worst of them.
    let whole = outcomes.remove("tests/test_pricing.py::test_discount");
    assert_eq!(whole.as_deref(), Some("failed"));
    assert_eq!(outcomes, expected.outcomes());
    check_diagnostics(project, &editor, &expected);
    check_progress(&editor, &run);
    check_lenses(project, &mut editor, &expected);
}

fn check_diagnostics(project: &Project, editor: &Editor, expected: &Expected) {
    let published = editor.said("textDocument/publishDiagnostics");
    let files: BTreeSet<&str> = published.map(|it| it["uri"].as_str().unwrap()).collect();
    let mut shown = BTreeMap::new();
    for file in files {
        for diagnostic in editor.diagnostics(file) {
            let place = editor_place(project, file, &diagnostic["range"]);
            let id = diagnostic["code"].as_str().unwrap().to_owned();
            shown.insert((place, id), diagnostic);
        }
    }
    let wanted = expected.bad().map(|(id, test)| (test.location.clone().unwrap(), id.clone()));
    let wanted: BTreeSet<_> = wanted.collect();
    assert_eq!(shown.keys().cloned().collect::<BTreeSet<_>>(), wanted);
    for ((_, id), diagnostic) in shown {
        let test = &expected.tests[&id];
        let message = diagnostic["message"].as_str().unwrap();
        assert!(message.contains(test.message.as_deref().unwrap()), "{id}: {message}");
        let related = diagnostic["relatedInformation"].as_array().into_iter().flatten();
        let related = related.map(|it| &it["location"]);
        let related: Vec<Place> = related
            .map(|it| editor_place(project, it["uri"].as_str().unwrap(), &it["range"]))
            .collect();
        for place in &test.related {
            assert!(related.contains(place), "{id}: {place:?} in {related:?}");
        }
    }
}

fn editor_place(project: &Project, file: &str, range: &Value) -> Place {
    let path = file.strip_prefix(&uri(&project.root)).unwrap();
    Place {
        path: path.trim_start_matches('/').to_owned(),
        line: range["start"]["line"].as_u64().unwrap() + 1,
    }
}

fn check_progress(editor: &Editor, run: &str) {
    let token = format!("testdock/run/{run}");
    let of_run = editor.said("$/progress").filter(|it| it["token"] == *token);
    let kinds: Vec<&str> = of_run.map(|it| it["value"]["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"begin"), Some(&"end")));
    assert!(kinds[1..kinds.len() - 1].iter().all(|kind| *kind == "report"), "{kinds:?}");
}

fn check_lenses(project: &Project, editor: &mut Editor, expected: &Expected) {
    let file = "tests/test_orders.py";
    for (id, test) in expected.tests.iter().filter(|(id, _)| id.starts_with(file)) {
        let line = definition(project, id);
        let titles = editor.lenses(&uri(project.root.join(file)), line);
        let said = |word: &str| titles.iter().any(|title| title.contains(word));
        assert!(said("▶ Run") && said(&test.outcome), "{id}: {titles:?}");
    }
}
