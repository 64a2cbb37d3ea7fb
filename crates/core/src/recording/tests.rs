//! Recordings, read and played to a session.

use std::collections::VecDeque;

use camino::Utf8Path;
use expect_test::{Expect, expect};

use super::*;
use crate::frameworks::Source;
use crate::interpreter::Host;
use crate::paths::RelPath;
use crate::plan::{Build, Interpreter};
use crate::resolve::{Choice, Contents, resolve};
use crate::session::{Change, Effect, Input, RunRequest, Selection, Session};
use crate::views::json_line;

/// A run as it was recorded elsewhere: one test fails, one is skipped, a third was a mistake.
const RECORDED: &str = r#"{"event":"run-started","run":"cli-1","root":"/recorded","tests":[]}
{"event":"preparing","stage":"building","step":"RUN make","number":1,"of":2}
{"event":"build-output","text":"make: nothing to do"}
{"event":"interpreter-ready","interpreter":"Dockerfile → shop:1","name":"default","image":"sha256:1","inputs":"1","engine":"unix:///s","profile":"eu","container":"c1","warm":true}
{"event":"tests-collected","total":3}
{"event":"test-started","id":"test_a.py::one"}
{"event":"test-finished","id":"test_a.py::one","outcome":"failed","duration_s":0.5,"message":"no","location":{"path":"/recorded/test_a.py","line":7},"failures":[{"type":"E","message":"no","detail":"/recorded/test_a.py:7: no","location":{"path":"/recorded/test_a.py","line":7},"frames":[{"path":"/usr/lib/x.py","line":1,"name":"f"}],"expected":"2","actual":"1"}],"output":"in /recorded\n"}
{"event":"test-finished","id":"test_a.py::two","outcome":"skipped","duration_s":null,"message":"why","location":null,"failures":[],"output":""}
{"event":"a-later-invention"}
{"event":"test-started","id":"test_a.py::ghost"}
{"event":"test-finished","id":"test_a.py::ghost","outcome":"passed","duration_s":0.0,"message":null,"location":null,"failures":[],"output":""}
{"event":"test-retracted","id":"test_a.py::ghost"}
{"event":"run-finished","how":"completed","totals":{"passed":0,"failed":1,"errored":0,"skipped":1},"duration_s":3.5,"error":null}
"#;

/// A session with a folder that pytest runs.
fn session(root: &str, files: &[(&str, &str)]) -> Session {
    let mut paths = vec![RelPath::new("pytest.ini")];
    paths.extend(files.iter().map(|(path, _)| RelPath::new(path)));
    let contents = Contents { root: Utf8Path::new(root), files: &paths, read: &|_| None };
    let workspace =
        resolve(contents, Host::unknown(), &[], &Choice { local: true, ..Choice::default() });
    let found = |(path, text): &(&str, &str)| {
        workspace.discover(&mut Source::new(&RelPath::new(path), text))
    };
    let (folder, found) = ("shop".into(), files.iter().flat_map(found).collect());
    let mut session = Session::default();
    let inputs = [
        Input::Open { folder, root: root.into() },
        Input::Resolved { folder: "shop".into(), workspace: Box::new(workspace) },
        Input::Found { folder: "shop".into(), files: found },
    ];
    for input in inputs {
        let _ = session.handle(input);
    }
    session
}

/// Shows what happens when a recording is played to a session with these files.
pub(crate) fn play(
    recording: &str,
    root: &str,
    files: &[(&str, &str)],
    tests: &[&str],
    mut show: impl FnMut(&Session, &Change),
) {
    let recordings = read(recording).expect("it is one");
    let mut session = session(root, files);
    let include = tests.iter().map(|id| id.parse().unwrap_or_default()).collect();
    let request = RunRequest::new("cli-1".into(), Selection::only(include));
    let mut inputs = VecDeque::from([Input::Run(request)]);
    while let Some(input) = inputs.pop_front() {
        for effect in session.handle(input) {
            match effect {
                Effect::Show(change) => show(&session, &change),
                Effect::Start(plan) => {
                    let events = recordings[0].played_for(&plan).into_iter();
                    inputs.extend(events.map(|event| Input::Event(plan.run.clone(), event)));
                }
                _ => {}
            }
        }
    }
}

/// The same as lines of JSON.
fn played(recording: &str, root: &str, tests: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    let files = [("test_a.py", "")];
    play(recording, root, &files, tests, |session, change| {
        lines.extend(json_line(session, change));
    });
    lines
}

#[test]
fn what_is_played_is_what_was_recorded() {
    let told = RECORDED.lines().filter(|line| !line.contains("a-later-invention"));
    let mut played = played(RECORDED, "/recorded", &[]);
    // A report comes at the end, and with it what it takes back.
    assert!(played[played.len() - 2].contains("test-retracted"), "{played:#?}");
    let mut told: Vec<&str> = told.collect();
    told.sort_unstable();
    played.sort_unstable();
    assert_eq!(played, told);
}

#[test]
fn places_are_those_of_the_workspace_that_it_is_played_in() {
    let lines = played(RECORDED, "/home/me/shop", &[]);
    let about_one = lines.iter().filter(|line| line.contains("test-finished")).take(1);
    let about_one: Vec<&str> = about_one.map(String::as_str).collect();
    expect![[r#"{"event":"test-finished","id":"test_a.py::one","outcome":"failed","duration_s":0.5,"message":"no","location":{"path":"/home/me/shop/test_a.py","line":7},"failures":[{"type":"E","message":"no","detail":"/home/me/shop/test_a.py:7: no","location":{"path":"/home/me/shop/test_a.py","line":7},"frames":[{"path":"/usr/lib/x.py","line":1,"name":"f"}],"expected":"2","actual":"1"}],"output":"in /home/me/shop\n"}"#]]
        .assert_eq(&about_one.concat());
    assert!(lines.iter().all(|line| !line.contains("/recorded")), "{lines:#?}");
}

#[test]
fn only_what_was_asked_for_is_played() {
    let lines = played(RECORDED, "/recorded", &["test_a.py::two"]);
    let ids = lines.iter().filter(|line| line.contains("\"test_a.py::")).count();
    assert_eq!(ids, 1, "{lines:#?}");
    assert!(lines.contains(&r#"{"event":"tests-collected","total":1}"#.to_owned()), "{lines:#?}");
    assert!(lines.last().is_some_and(|line| line.contains("\"skipped\":1")), "{lines:#?}");
}

#[test]
fn a_build_is_what_comes_before_the_first_test() {
    let played = |text: &str| {
        let build = Build { interpreter: Arc::new(interpreter()), fresh: false };
        let root = "/w".into();
        let (jobs, builds) = (Vec::new(), vec![build]);
        let plan = Plan { run: "b".into(), root, jobs, builds, timeout: None };
        read(text).expect("it is a recording")[0].played_for(&plan)
    };
    let [.., built, RunEvent::Ended(ended)] = &played(RECORDED)[..] else { panic!("no end") };
    let image = Image { id: "sha256:1".into(), name: "shop:1".into(), ..Image::default() };
    assert_eq!((built, &ended.how), (&RunEvent::Built(image), &End::Completed));
    let own = r#"{"event":"run-started"}
{"event":"image-ready","name":"shop:1","image":"sha256:1"}
{"event":"run-finished","how":"completed","duration_s":1.0}"#;
    assert_eq!(played(own).len(), 2);
    let broken = r#"{"event":"run-started"}
{"event":"build-output","text":"make"}
{"event":"run-finished","how":"broken","duration_s":1.0,"error":{"fault":"interpreter","message":"no"}}"#;
    let [RunEvent::BuildLog(_), RunEvent::Ended(ended)] = &played(broken)[..] else {
        panic!("another end")
    };
    assert!(matches!(ended.how, End::Broken(_)));
}

fn interpreter() -> Interpreter {
    let workspace = session("/w", &[]);
    let workspace = workspace.folders().next().expect("it is open").workspace.clone();
    let choice = workspace.interpreters.into_values().next().expect("one is chosen");
    choice.expect("it can be used").interpreter
}

#[test]
fn a_recording_holds_several_runs_and_one_may_have_no_end() {
    let cut = RECORDED.lines().take(6).collect::<Vec<_>>().join("\n");
    let runs = read(&format!("{RECORDED}\n{cut}")).expect("both are read");
    let ends = |run: &Recording| matches!(run.events.last(), Some(RunEvent::Ended(_)));
    assert_eq!(runs.iter().map(ends).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_run_that_broke_breaks_again() {
    let error = r#"{"fault":"interpreter","message":"cannot build /recorded/Dockerfile","help":"mend it","location":{"path":"/recorded/Dockerfile","line":3},"log":"RUN make"}"#;
    let text = format!(
        r#"{{"event":"run-started","root":"/recorded"}}
{{"event":"run-finished","how":"broken","duration_s":1.0,"error":{error}}}"#
    );
    let lines = played(&text, "/w", &[]);
    let last = lines.last().map(String::as_str).unwrap_or_default();
    expect![[r#"{"event":"run-finished","how":"broken","totals":{"passed":0,"failed":0,"errored":0,"skipped":0},"duration_s":1.0,"error":{"fault":"interpreter","message":"cannot build /w/Dockerfile","help":"mend it","location":{"path":"/w/Dockerfile","line":3},"log":"RUN make"}}"#]]
        .assert_eq(last);
}

#[test]
fn what_is_no_recording_is_refused_with_its_line() {
    check_bad("", &expect!["line 1: there is no run in it"]);
    check_bad(
        "{\"event\":\"output\",\"text\":\"\"}",
        &expect!["line 1: a recording begins with `run-started`"],
    );
    check_bad(
        "{\"event\":\"run-started\"}\n\nnot JSON",
        &expect!["line 3: expected ident at line 1 column 2"],
    );
    check_bad(
        "{\"event\":\"run-started\"}\n{\"event\":\"test-finished\",\"id\":\"a\",\"outcome\":\"fine\"}",
        &expect![
            "line 2: unknown variant `fine`, expected one of `passed`, `failed`, `errored`, `skipped`"
        ],
    );
}

fn check_bad(text: &str, expected: &Expect) {
    expected.assert_eq(&read(text).expect_err("it is none").to_string());
}
