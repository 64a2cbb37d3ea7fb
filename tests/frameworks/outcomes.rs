//! What a run of a fixture must come to, on a terminal, in JSON lines and in the merged report.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use testdock_junit::{Case, Outcome};

use crate::demands::Demands;
use crate::selection;
use crate::support::editor::Editor;
use crate::support::expected::{Expected, Place};
use crate::support::look::check_editor;
use crate::support::project::Project;
use crate::support::running::Story;

/// All of it in one container, since the next look finds it warm.
pub(crate) fn check(name: &str) {
    let Some(project) = Project::of_fixture(name) else {
        return;
    };
    let (expected, demands) = (Expected::of(name), Demands::of(name));
    // The first run takes as long as its image takes to build.
    let (code, text) = project.shown(&["run"]);
    check_terminal(&expected, &demands, code, &text);

    let file = project.home.join("merged.xml");
    let story = project.run(&["--junit", file.as_str()]);
    check_json(&project, &expected, &demands, &story);
    check_previews(&story);
    check_report(&project, &expected, &std::fs::read(file).unwrap());
    if demands.live {
        check_live(&story);
    }
    selection::check(&project, &expected, &demands);
    check_editor(&project, Editor::open(&project), &expected);
    check_broken(&project, &expected, &demands.breaks);
    assert_eq!(foreign_files(&project), Vec::<String>::new());
}

/// The container is warm, and may still hold what the file was before.
fn check_broken(project: &Project, expected: &Expected, file: &str) {
    let is_of_file = |id: &str| id.strip_prefix(file).is_some_and(|rest| rest.starts_with("::"));
    let passing = |it: (&str, &str)| is_of_file(it.0) && it.1 == "passed";
    let outcomes = expected.outcomes();
    assert!(outcomes.iter().any(|(id, outcome)| passing((id, outcome))), "{file} passes nothing");
    project.write(file, &format!("{}\n)]}}'\"(\n", project.read(file)));
    let story = project.run(&[]);
    let told = story.of("test-finished").map(|line| &line.value);
    let mut told = told.map(|it| (it["id"].as_str().unwrap(), it["outcome"].as_str().unwrap()));
    assert_eq!(told.find(|it| passing(*it)), None, "{}", story.errors);
    assert_ne!(story.code, Some(0));
}

fn check_terminal(expected: &Expected, demands: &Demands, code: i32, text: &str) {
    assert_eq!(code, i32::from(expected.bad().next().is_some()), "{text}");
    let [passed, failed, errored, skipped] = demands.totals();
    let counts =
        [(failed, "failed"), (errored, "errored"), (passed, "passed"), (skipped, "skipped")];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts =
        counts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ");
    assert!(text.contains(&counts), "{counts}: {text}");
    for (id, test) in expected.bad() {
        let Some(Place { path, line }) = &test.location else {
            continue;
        };
        let wanted = first_line(test.message.as_deref());
        let start = format!("{path}:{line}:");
        let shown = |it: &str| it.starts_with(&start) && it.contains(wanted);
        assert!(text.lines().any(shown), "{id}: {start} {wanted}: {text}");
    }
    let strange = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
    assert_eq!(text.chars().find(strange), None, "{text:?}");
}

fn check_json(project: &Project, expected: &Expected, demands: &Demands, story: &Story) {
    let told: BTreeMap<String, String> = story
        .of("test-finished")
        .map(|line| ["id", "outcome"].map(|key| line.value[key].as_str().unwrap().to_owned()))
        .map(Into::into)
        .collect();
    assert_eq!(told, expected.outcomes(), "{}", story.errors);
    assert_eq!(story.totals(), demands.totals());
    for (id, test) in &expected.tests {
        let told = story.test(id);
        let message = told["message"].as_str().unwrap_or_default();
        let wanted = first_line(test.message.as_deref());
        assert!(message.contains(wanted), "{id}: {message} without {wanted}");
        let failures = || told["failures"].as_array().into_iter().flatten();
        let places: Vec<Place> =
            failures().filter_map(|it| place(project, &it["location"])).collect();
        assert_eq!(places.iter().collect::<Vec<_>>(), test.places().collect::<Vec<_>>(), "{id}");
        let frames = failures().flat_map(|it| it["frames"].as_array().into_iter().flatten());
        let frames: BTreeSet<Place> = frames.filter_map(|it| place(project, it)).collect();
        for related in &test.related {
            assert!(frames.contains(related), "{id}: {related:?} in {frames:?}");
        }
        let output = told["output"].as_str().unwrap_or_default();
        let wanted = demands.tests[id].output.as_deref().unwrap_or_default();
        assert!(output.contains(wanted), "{id}: {output:?} without {wanted:?}");
    }
    assert_eq!(story.lines.last().unwrap().event(), "run-finished");
}

/// What is told of a test while others run is not taken back at the end. Which bad outcome it is may be known later.
fn check_previews(story: &Story) {
    let mut told: BTreeMap<&str, &str> = BTreeMap::new();
    for line in story.of("test-finished") {
        let [id, outcome] = ["id", "outcome"].map(|key| line.value[key].as_str().unwrap());
        let outcome = if outcome == "errored" { "failed" } else { outcome };
        let before = told.insert(id, outcome).unwrap_or(outcome);
        assert_eq!(before, outcome, "{id} was told as {before} first");
    }
}

/// The place in a JSON object, relative to the project.
fn place(project: &Project, value: &Value) -> Option<Place> {
    let path = value["path"].as_str()?;
    let path = path.strip_prefix(project.root.as_str())?;
    Some(Place { path: path.trim_start_matches('/').to_owned(), line: value["line"].as_u64()? })
}

fn check_report(project: &Project, expected: &Expected, xml: &[u8]) {
    let (report, problems) = testdock_junit::read(xml);
    assert_eq!(problems, []);
    let cases: BTreeMap<String, &Case<'_>> = report.cases.iter().map(|it| (id(it), it)).collect();
    assert_eq!(cases.len(), report.cases.len(), "no id stands twice");
    let outcomes = cases.iter().map(|(id, case)| (id.clone(), outcome(case)));
    assert_eq!(outcomes.collect::<BTreeMap<_, _>>(), expected.outcomes());
    for (id, test) in expected.bad() {
        let status = &cases[id].statuses[0];
        let message = status.message.as_deref().unwrap_or_default();
        let wanted = first_line(test.message.as_deref());
        assert!(message.contains(wanted), "{id}: {message}");
        if let Some(Place { path, line }) = &test.location {
            let place = format!("{}/{path}:{line}", project.root);
            assert!(status.text.contains(&place), "{id}: {place}: {}", status.text);
        }
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

/// Each fixture has a test that takes a second: some other outcome is told before that is over.
fn check_live(story: &Story) {
    let mut finished = story.of("test-finished");
    let first = finished.next().expect("a test").at;
    let end = story.only("run-finished").at;
    let ahead = end.duration_since(first);
    assert!(ahead > Duration::from_millis(700), "the first outcome came {ahead:?} before the end");
}

fn first_line(message: Option<&str>) -> &str {
    message.and_then(|message| message.lines().next()).unwrap_or_default()
}

/// Files in the project that are not of whoever runs this.
fn foreign_files(project: &Project) -> Vec<String> {
    let me = rustix::process::getuid().as_raw().to_string();
    let find = Command::new("find").arg(&project.root).args(["!", "-uid", &me]).output().unwrap();
    let found = String::from_utf8(find.stdout).unwrap();
    found.lines().map(str::to_owned).collect()
}
