//! Looks at all that an editor shows of a sample project.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::editor::{Editor, uri};
use super::expected::{Expected, Place};
use super::project::Project;

/// A test as it stands in a file.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kind: String,
    pub(crate) line: u64,
    pub(crate) id: String,
}

/// What is found without running anything.
pub(crate) fn discover(project: &Project) -> Vec<Found> {
    let (code, text) = project.shown(&["discover", "--format", "json"]);
    assert_eq!(code, 0, "{text}");
    let text_of = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = text.lines().map(|line| {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {line}"));
        let line = value["line"].as_u64().unwrap();
        Found { kind: text_of(&value["kind"]), line, id: text_of(&value["id"]) }
    });
    lines.collect()
}

/// Runs everything from an editor, and looks at all that it shows.
pub(crate) fn check_editor(project: &Project, mut editor: Editor, expected: &Expected) {
    let run = editor.command("testdock.runAll", &json!({}));
    assert_eq!(editor.until_ended(&run)["how"], "completed");
    editor.settle();
    assert_eq!(editor.outcomes(&run), shown(project, expected));
    check_diagnostics(project, &editor, expected);
    check_progress(&editor, &run);
    check_lenses(project, &mut editor, expected);
}

/// The outcomes that are expected, and those of the tests that have cases and stand in their file: as the worst of them. What is
/// skipped with its group is skipped.
pub(crate) fn shown(project: &Project, expected: &Expected) -> BTreeMap<String, String> {
    let mut outcomes = expected.outcomes();
    let worse = ["skipped", "passed", "errored", "failed"];
    for id in discover(project).into_iter().filter(|it| it.kind != "group").map(|it| it.id) {
        let cases = format!("{id}[");
        let all = expected.outcomes().into_iter();
        let is_in = |group: &str| id.strip_prefix(group).is_some_and(|it| it.starts_with("::"));
        let all = all.filter(|(test, outcome)| {
            *test == id || test.starts_with(&cases) || (outcome == "skipped" && is_in(test))
        });
        let worst = all
            .map(|(_, outcome)| outcome)
            .max_by_key(|outcome| worse.iter().position(|it| it == outcome));
        outcomes.extend(worst.map(|outcome| (id, outcome)));
    }
    outcomes
}

fn check_diagnostics(project: &Project, editor: &Editor, expected: &Expected) {
    let published = editor.said("textDocument/publishDiagnostics");
    let files: BTreeSet<&str> = published.map(|it| it["uri"].as_str().unwrap()).collect();
    let mut shown = BTreeMap::new();
    for file in files {
        for diagnostic in editor.diagnostics(file) {
            let place = place(project, file, &diagnostic["range"]);
            let id = diagnostic["code"].as_str().unwrap().to_owned();
            shown.insert((place, id), diagnostic);
        }
    }
    let wanted = expected
        .bad()
        .flat_map(|(id, test)| test.places().map(move |place| (place.clone(), id.clone())));
    let wanted: BTreeSet<_> = wanted.collect();
    assert_eq!(shown.keys().cloned().collect::<BTreeSet<_>>(), wanted);
    for (id, test) in expected.bad() {
        let Some(location) = &test.location else {
            continue;
        };
        let diagnostic = &shown[&(location.clone(), id.clone())];
        let message = diagnostic["message"].as_str().unwrap();
        assert!(message.contains(test.message.as_deref().unwrap_or_default()), "{id}: {message}");
        let related = diagnostic["relatedInformation"].as_array().into_iter().flatten();
        let related = related.map(|it| &it["location"]);
        let related: Vec<Place> =
            related.map(|it| place(project, it["uri"].as_str().unwrap(), &it["range"])).collect();
        for place in &test.related {
            assert!(related.contains(place), "{id}: {place:?} in {related:?}");
        }
    }
}

fn place(project: &Project, file: &str, range: &Value) -> Place {
    let path =
        file.strip_prefix(&uri(&project.root)).unwrap_or_else(|| panic!("elsewhere: {file}"));
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

/// Over each test that stands in a file one may run it, and sees how it ended.
fn check_lenses(project: &Project, editor: &mut Editor, expected: &Expected) {
    for Found { kind, line, id } in discover(project) {
        assert!(expected.tests.get(&id).is_none_or(|test| !test.made), "{id}");
        let file = id.split("::").next().unwrap();
        let titles = editor.lenses(&uri(project.root.join(file)), line);
        let said = |word: &str| titles.iter().any(|title| title.contains(word));
        let outcome = expected.tests.get(&id).filter(|_| kind != "group");
        let outcome = outcome.map_or("", |test| test.outcome.as_str());
        assert!(said("▶ Run") && said(outcome), "{id} {outcome}: {titles:?}");
    }
}
