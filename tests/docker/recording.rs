//! The recordings of the sample service, for clients that are tested without an engine: they are what real
//! runs say, and a server that plays them says what a real one would.

use std::collections::BTreeMap;
use std::io::{BufReader, Read as _, Write as _};
use std::process::Stdio;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

use crate::support::editor::{Editor, is};
use crate::support::expected::Expected;
use crate::support::look::check_editor;
use crate::support::project::Project;
use crate::support::running::Story;

/// Where the recordings say that the project lies.
const ROOT: &str = "/home/me/shop";

fn path() -> Utf8PathBuf {
    named("python-pytest")
}

fn named(name: &str) -> Utf8PathBuf {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings");
    folder.join(format!("{name}.jsonl"))
}

/// What does not depend on when and where a run was recorded.
fn told(story: &Story, root: &str) -> BTreeMap<String, String> {
    let finished = story.of("test-finished").map(|line| &line.value);
    let fact = |it: &Value| {
        let place = it["location"]["path"].as_str().unwrap_or_default().replace(root, "");
        let words = [&it["outcome"], &it["message"], &it["location"]["line"]];
        let id = it["id"].as_str().unwrap().to_owned();
        (id, format!("{place} {}", words.map(ToString::to_string).join(" ")))
    };
    finished.map(fact).collect()
}

/// The sample service where no engine answers: nothing of it can run but a recording.
fn without_engine() -> Project {
    Project::empty().with_the_shop().env("DOCKER_HOST", "unix:///nowhere.sock")
}

/// Holds a recording against what a run says in the project, in which `edit` was made; `UPDATE_EXPECT=1` writes it down.
fn check_recording(path: &Utf8Path, edit: impl Fn(&Project), selection: &[&str]) {
    let Some(project) = Project::shop() else {
        return;
    };
    edit(&project);
    let story = project.run(selection);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let lines: Vec<String> = story.lines.iter().map(|line| line.value.to_string()).collect();
        let name = project.root.file_name().unwrap();
        let text = lines.join("\n").replace(project.root.as_str(), ROOT).replace(name, "shop");
        std::fs::write(path, text + "\n").unwrap();
    }
    let elsewhere = without_engine();
    edit(&elsewhere);
    let played = elsewhere.run(&[&["--replay", path.as_str()], selection].concat());
    assert_eq!(played.code, story.code, "{} {story:#?}", played.errors);
    assert_eq!(told(&played, elsewhere.root.as_str()), told(&story, project.root.as_str()));
}

#[test]
fn the_recording_is_what_the_sample_service_does() {
    check_recording(&path(), |_| (), &[]);
}

/// What follows it where a client mends a test and runs that again.
#[test]
fn the_one_after_it_is_what_a_mended_test_does() {
    let mend = |project: &Project| project.edit("tests/test_orders.py", "77.20", "77.22");
    let one = "tests/test_orders.py::test_total_with_tax";
    check_recording(&named("python-pytest.mended"), mend, &[one]);
}

/// For what editors make of names, messages and output that mean no good.
#[test]
fn the_hostile_one_is_what_such_tests_do() {
    let file = "tests/test_<b> %s|quit! $(zap)'#.py";
    let text = include_str!("../../editors/tests/hostile.py");
    check_recording(&named("hostile"), |project| project.write(file, text), &[file]);
}

#[test]
fn a_server_plays_it_without_an_engine() {
    let project = without_engine();
    let editor = Editor::open_with(&project, &["lsp", "--replay", path().as_str()]);
    check_editor(&project, editor, &Expected::read());
}

#[test]
fn a_run_without_an_end_goes_on_until_it_is_cancelled() {
    let project = without_engine();
    let recording = std::fs::read_to_string(path()).unwrap();
    let cut: Vec<&str> = recording.lines().take_while(|it| !it.contains("run-finished")).collect();
    project.write("cut.jsonl", &cut.join("\n"));
    let mut editor = Editor::open_with(&project, &["lsp", "--replay", "cut.jsonl"]);
    let one = json!({ "ids": ["tests/test_orders.py::test_total"] });
    let run = editor.command("testdock.run", &one);
    editor.until("its test", |it| {
        is(it, "experimental/changeTestState") && it["params"]["state"]["tag"] == "passed"
    });
    editor.command("testdock.cancel", &json!({ "runId": run }));
    assert_eq!(editor.until_ended(&run)["how"], "cancelled");
    assert_eq!(editor.outcomes(&run).len(), 1, "{:?}", editor.outcomes(&run));
}

#[test]
fn service_messages_are_for_an_ide_or_for_teamcity() {
    let recording = path();
    let words = ["run", "--format", "teamcity", "--replay", recording.as_str()];
    let (in_ide, in_build) =
        (without_engine(), without_engine().env("TEAMCITY_VERSION", "2025.11"));
    let count = |text: &str, what: &str| text.lines().filter(|it| it.starts_with(what)).count();
    for (project, key) in [(in_ide, "nodeId"), (in_build, "name")] {
        let (code, text) = project.shown(&words);
        let expected = Expected::read();
        assert_eq!(code, 1, "{text}");
        let of = |kind: &str| count(&text, &format!("##teamcity[{kind} {key}='"));
        assert_eq!(of("testStarted"), expected.tests.len(), "{text}");
        assert_eq!(of("testFailed"), expected.bad().count(), "{text}");
        assert_eq!(count(&text, "##teamcity[testSuite") > 0, key == "nodeId", "{text}");
        assert!(text.contains(project.root.as_str()), "{text}");
    }
}

/// Editors show what a server prints as errors, and some ask for what it never said that it can do.
#[test]
fn what_the_server_cannot_do_is_answered_and_not_logged() {
    let project = without_engine();
    let mut server = project.testdock(&["lsp"]);
    server.env_remove("TESTDOCK_LOG").stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut server = server.spawn().unwrap();
    let mut said = BufReader::new(server.stdout.take().unwrap()).bytes();
    let mut ask = |method: &str, params: Value| {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let (stdin, text) = (server.stdin.as_mut().unwrap(), message.to_string());
        write!(stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        let mut answer = String::new();
        while !answer.ends_with(r#""id":1}"#) {
            answer.push(char::from(said.next().expect("an answer").unwrap()));
        }
        answer
    };
    ask("initialize", json!({ "capabilities": {} }));
    let document = json!({ "textDocument": { "uri": "file:///a.py" } });
    let answer = ask("textDocument/documentSymbol", document);
    assert!(answer.contains(r#""code":-32601"#), "{answer}");
    server.kill().unwrap();
    let output = server.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn what_is_no_recording_is_refused() {
    let project = without_engine();
    project.write("none.jsonl", "{}\n");
    for command in ["run", "lsp"] {
        let (code, text) = project.shown(&[command, "--replay", "none.jsonl"]);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("none.jsonl is no recording"), "{text}");
        assert!(text.contains("line 1"), "{text}");
    }
}
