//! Interpreters: which there are, how they stand, one more, and builds without a run.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use testdock_core::interpreter::{Found, Image};
use testdock_core::model::{End, Fault, Place, RunError, RunEvent, Stage};

use crate::client::{Client, merge, with_explorer};
use crate::runner::ended;
use crate::workspace::{SHOP, Workspace};

const LIST: &str = "testdock/interpreters";
const CHANGED: &str = "testdock/interpretersChanged";
const ADD: &str = "testdock/addInterpreter";
const BUILD: &str = "testdock.buildInterpreter";
const OUTPUT: &str = "experimental/appendOutputToRunTest";
const END: &str = "experimental/endRunTest";

/// A project with a Dockerfile, and another interpreter that nothing uses.
fn docked() -> Workspace {
    let workspace = Workspace::shop();
    workspace.write("Dockerfile", "FROM python:3.12\nCOPY requirements.txt /\n");
    workspace.write("testdock.toml", "# ours\n[interpreters.node]\nimage = \"node:22\"\n");
    workspace
}

fn curious() -> Value {
    let mut capabilities = with_explorer();
    merge(&mut capabilities, json!({ "experimental": { "testdockInterpreters": true } }));
    capabilities
}

/// A client whose server runs in containers.
async fn open(workspace: &Workspace, capabilities: Value, options: Value) -> Client {
    let mut client = Client::start();
    let mut all = json!({ "local": false });
    merge(&mut all, options);
    client.initialize(&[workspace], capabilities, all).await;
    client.ready(1).await;
    client.ignore(&["textDocument/publishDiagnostics", "experimental/discoveredTests"]);
    client
}

fn image(name: &str) -> Image {
    Image { id: format!("sha256:{name}"), name: name.to_owned(), size: 412_000_000, created: 0 }
}

fn line(interpreter: &Value) -> String {
    let text = |key: &str| interpreter[key].as_str().unwrap_or("-").to_owned();
    let chosen = if interpreter["chosen"] == true { "*" } else { " " };
    let (kind, source, state) = (text("kind"), text("source"), text("state"));
    format!("{chosen}{} ({kind}) {source}: {state}, {}", text("name"), text("detail"))
}

fn lines(snapshot: &Value) -> String {
    let all = snapshot["interpreters"].as_array().into_iter().flatten();
    all.map(line).collect::<Vec<_>>().join("\n")
}

/// Waits until an interpreter is told to stand so.
async fn until(client: &mut Client, name: &str, state: &str) -> Value {
    let stands = |it: &Value| it["name"] == name && it["state"] == state;
    let is_it = |snapshot: &Value| {
        snapshot["interpreters"].as_array().is_some_and(|all| all.iter().any(stands))
    };
    client.next_where(CHANGED, is_it).await
}

#[tokio::test]
async fn they_are_told_as_they_stand() {
    let workspace = docked();
    let mut client = open(&workspace, curious(), json!({})).await;
    let told = until(&mut client, "default", "absent").await;
    expect![[r#"
        *default (dockerfile) Dockerfile: absent, not built yet: the next run does it
         node (image) node:22: absent, not here yet: the next run pulls it
         local (local) this machine: local, this machine, without a container"#]]
    .assert_eq(&lines(&told));
    let first = &told["interpreters"][0];
    assert_eq!(first["folder"], "shop");
    assert_eq!(first["folderUri"], workspace.uri(""));
    assert_eq!(first["uri"], workspace.uri("Dockerfile"));
    assert_eq!(first["engine"], "unix:///run/docker.sock");
    assert_eq!(told["interpreters"][1]["uri"], workspace.uri("testdock.toml"));
    let kinds: Vec<&Value> = told["kinds"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    assert_eq!(kinds, ["dockerfile", "image", "compose", "devcontainer", "jenkinsfile"]);
    let path = &told["kinds"][0]["fields"][0];
    assert_eq!((&path["type"], &path["required"]), (&json!("path"), &json!(true)));
    client.claim(CHANGED);

    // What changed meanwhile is told after one asks.
    client.engine.stands("default", Found::Warm(image("shop:1")));
    let answer = client.request(LIST, Value::Null).await;
    assert!(answer["seq"].as_u64() > told["seq"].as_u64());
    assert_eq!(lines(&answer), lines(&told), "answered at once");
    let told = until(&mut client, "default", "warm").await;
    assert_eq!(told["interpreters"][0]["detail"], "a container is warm, of shop:1, 412.0 MB");
    client.finish().await;
}

#[tokio::test]
async fn the_engine_is_left_alone_where_nobody_wants_to_know() {
    let workspace = docked();
    let mut client = open(&workspace, with_explorer(), json!({})).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(0);
    run.complete();
    client.idle().await;
    assert_eq!(client.engine.looks(), 0);
    client.claim("experimental/changeTestState");
    client.claim(OUTPUT);
    client.claim(END);
    client.finish().await;
}

#[tokio::test]
async fn an_engine_that_a_stranger_names_is_not_asked() {
    let workspace = docked();
    let mut client = open(&workspace, curious(), json!({ "trusted": false })).await;
    let told = client.next(CHANGED).await;
    assert_eq!(told["interpreters"][0]["state"], "unknown");
    client.request(LIST, Value::Null).await;
    assert_eq!(client.engine.looks(), 0);
    client.notify("testdock/trust", json!({ "trusted": true })).await;
    until(&mut client, "default", "absent").await;
    client.finish().await;
}

#[tokio::test]
async fn the_setting_chooses() {
    let workspace = docked();
    let check = async |options: Value, expected: Expect| {
        let mut client = open(&workspace, curious(), options).await;
        client.claim(CHANGED);
        let answer = client.request(LIST, Value::Null).await;
        let chosen = answer["interpreters"].as_array().unwrap().iter();
        let chosen: Vec<String> = chosen.filter(|it| it["chosen"] == true).map(line).collect();
        client.catch_up().await;
        client.claim(CHANGED);
        client.finish().await;
        let words = chosen.iter().map(|it| it.split(':').next().unwrap_or_default().to_owned());
        expected.assert_eq(&words.collect::<Vec<_>>().join("\n"));
    };
    check(json!({ "interpreter": "node" }), expect!["*node (image) node"]).await;
    check(json!({ "interpreter": "default" }), expect!["*default (dockerfile) Dockerfile"]).await;
    check(json!({ "interpreter": "local" }), expect!["*local (local) this machine"]).await;
    check(json!({ "local": true }), expect!["*local (local) this machine"]).await;
    check(json!({ "interpreter": "nod" }), expect!["*nod (none) "]).await;
}

#[tokio::test]
async fn a_run_takes_its_interpreter_along() {
    let workspace = docked();
    let mut client = open(&workspace, curious(), json!({})).await;
    until(&mut client, "default", "absent").await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    let step = "RUN make".to_owned();
    run.say(RunEvent::Preparing(Stage::Building { step, number: 1, of: 2 }));
    let told = until(&mut client, "default", "building").await;
    assert_eq!(told["interpreters"][0]["detail"], "the image is being built");
    run.start(0);
    until(&mut client, "default", "warm").await;
    client.engine.stands("default", Found::Stale);
    run.complete();
    until(&mut client, "default", "stale").await;
    for method in ["experimental/changeTestState", OUTPUT, END, CHANGED] {
        client.claim(method);
    }
    client.finish().await;
}

#[tokio::test]
async fn a_changed_input_is_looked_at() {
    let workspace = docked();
    let mut client = open(&workspace, curious(), json!({})).await;
    until(&mut client, "default", "absent").await;
    client.claim(CHANGED);
    client.engine.stands("default", Found::Stale);
    let changed = |path: &str| json!({ "changes": [{ "uri": workspace.uri(path), "type": 2 }] });
    client.notify("workspace/didChangeWatchedFiles", changed("README.md")).await;
    client.catch_up().await;
    assert_eq!(client.claim(CHANGED), [] as [Value; 0]);
    client.notify("workspace/didChangeWatchedFiles", changed("requirements.txt")).await;
    until(&mut client, "default", "stale").await;
    client.finish().await;
}

#[tokio::test]
async fn one_is_added_and_can_be_chosen() {
    let workspace = docked();
    let mut client = open(&workspace, curious(), json!({})).await;
    until(&mut client, "default", "absent").await;
    let values = json!({ "image": "python:3.13", "user": "" });
    let params = json!({ "kind": "image", "name": "py313", "values": values });
    let answer = client.request(ADD, params).await;
    assert_eq!(answer["uri"], workspace.uri("testdock.toml"));
    assert_eq!(answer["message"], "added the interpreter py313 to testdock.toml");
    let told = until(&mut client, "py313", "absent").await;
    assert_eq!(told["interpreters"][2]["source"], "python:3.13");
    expect![[r#"
        # ours
        [interpreters.node]
        image = "node:22"

        [interpreters.py313]
        image = "python:3.13"
    "#]]
    .assert_eq(&std::fs::read_to_string(workspace.path("testdock.toml")).unwrap());
    client.claim(CHANGED);
    client.finish().await;
}

#[tokio::test]
async fn a_wrong_answer_names_its_field_and_writes_nothing() {
    let workspace = docked();
    let mut client = open(&workspace, with_explorer(), json!({})).await;
    let before = std::fs::read_to_string(workspace.path("testdock.toml")).unwrap();
    let cases = [
        (json!({ "kind": "image", "name": "node", "values": { "image": "x" } }), json!("name")),
        (json!({ "kind": "image", "name": "a", "values": {} }), json!("image")),
        (
            json!({ "kind": "dockerfile", "name": "a", "values": { "dockerfile": "gone" } }),
            json!("dockerfile"),
        ),
        (json!({ "kind": "image", "name": "a", "folder": "other" }), Value::Null),
    ];
    for (params, field) in cases {
        let error = client.try_request(ADD, params).await.expect_err("it is refused");
        assert_eq!((&error["code"], &error["data"]["field"]), (&json!(-32602), &field), "{error}");
    }
    let uri = workspace.uri("testdock.toml");
    client.did_open(&uri, "# not saved\n").await;
    let params = json!({ "kind": "image", "name": "a", "values": { "image": "x" } });
    let message = client.refused(ADD, params).await;
    assert_eq!(message, "testdock.toml has changes that are not saved; save it first");
    assert_eq!(std::fs::read_to_string(workspace.path("testdock.toml")).unwrap(), before);
    client.finish().await;
}

#[tokio::test]
async fn a_build_is_a_run_without_tests() {
    let workspace = docked();
    let mut client = open(&workspace, with_explorer(), json!({})).await;
    let arguments = json!({ "name": "default", "fresh": true, "runId": "b" });
    assert_eq!(client.command(BUILD, arguments).await, json!({ "runId": "b" }));
    let run = client.run().await;
    assert!(run.plan.jobs.is_empty());
    let build = &run.plan.builds[0];
    assert!(build.fresh && build.interpreter.name == "default");
    run.say(RunEvent::BuildLog("#1 FROM python:3.12".to_owned()));
    run.say(RunEvent::Built(image("testdock/shop:1")));
    run.say(ended(End::Completed));
    assert_eq!(client.next(OUTPUT).await["text"], "#1 FROM python:3.12\n");
    assert_eq!(client.next(OUTPUT).await["text"], "image testdock/shop:1 is ready\n");
    let end = client.next(END).await;
    assert_eq!((&end["runId"], &end["how"]), (&json!("b"), &json!("completed")));
    assert_eq!(end["message"], "image testdock/shop:1 ready in 340 ms");
    // To run the same again means tests.
    let last = json!({ "command": "testdock.runLast", "arguments": [] });
    let message = client.refused("workspace/executeCommand", last).await;
    assert_eq!(message, "nothing was run yet");
    client.finish().await;
}

#[tokio::test]
async fn a_build_is_cancelled_or_breaks_like_a_run() {
    let workspace = docked();
    let mut client = open(&workspace, with_explorer(), json!({})).await;
    client.command(BUILD, json!({ "runId": "one" })).await;
    let run = client.run().await;
    client.command("testdock.cancel", json!({ "runId": "one" })).await;
    run.over().await;
    assert_eq!(client.next(END).await["how"], "cancelled");

    client.command(BUILD, json!({ "runId": "two" })).await;
    let run = client.run().await;
    let path = workspace.path("Dockerfile").to_str().unwrap().into();
    let place = Some(Place { path, line: 2, column: None });
    let error = RunError::new(Fault::Interpreter, "cannot build Dockerfile: no luck");
    run.say(ended(End::Broken(RunError { place, ..error })));
    assert_eq!(client.next(END).await["how"], "broken");
    client.next("window/showMessage").await;
    client.next(OUTPUT).await;

    client.command(BUILD, json!({ "name": "nod", "runId": "three" })).await;
    let end = client.next(END).await;
    assert_eq!(end["how"], "refused");
    let expected = "no interpreter is named `nod`; name one of default, node, local";
    assert_eq!(end["message"], expected);
    client.next("window/showMessage").await;
    client.next(OUTPUT).await;
    assert!(SHOP.contains("test_adds") && client.has_no_run());
    client.finish().await;
}
