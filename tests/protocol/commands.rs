//! The commands that every editor can send.

use expect_test::expect;
use serde_json::{Value, json};
use testdock_core::model::RunEvent;

use crate::client::Client;
use crate::runner::{broken, unreachable};
use crate::workspace::{SHOP, Workspace};

const EXECUTE: &str = "workspace/executeCommand";

async fn open(workspace: &Workspace) -> Client {
    let mut client = Client::open(workspace, json!({})).await;
    client.ignore(&["textDocument/publishDiagnostics"]);
    client
}

#[tokio::test]
async fn each_answers_at_once_with_the_runs_id_and_runs_what_it_says() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    let uri = workspace.uri("tests/test_shop.py");
    let at = |line: u32| json!({ "uri": uri, "position": { "line": line, "character": 8 } });
    let cases: [(&str, Value, &[&str]); 7] = [
        (
            "testdock.run",
            json!({ "ids": ["tests/test_shop.py::test_adds"] }),
            &["tests/test_shop.py::test_adds"],
        ),
        ("testdock.runLast", json!({}), &["tests/test_shop.py::test_adds"]),
        ("testdock.runFile", json!({ "uri": uri }), &["tests/test_shop.py"]),
        ("testdock.runAtCursor", at(14), &["tests/test_shop.py::TestCart::test_empty"]),
        ("testdock.runAtCursor", at(12), &["tests/test_shop.py::TestCart"]),
        ("testdock.runAtCursor", at(0), &["tests/test_shop.py"]),
        ("testdock.runAll", Value::Null, &[]),
    ];
    for (command, argument, selection) in cases {
        let answer = client.command(command, argument).await;
        let id = answer["runId"].as_str().expect("an id").to_owned();
        let run = client.run().await;
        assert_eq!(run.selection(), selection, "{command}");
        assert_eq!(run.plan.run.to_string(), id);
        run.complete();
        run.over().await;
        client.idle().await;
    }
    client.finish().await;
}

/// The tests that a class inherits from another file stand where the class does: the class is meant.
#[tokio::test]
async fn a_class_that_inherits_its_tests_runs_as_a_whole() {
    let text = "from base import Store\n\nclass TestMine(Store):\n    pass\n";
    let base = "class Store:\n    def test_get(self):\n        pass\n";
    let files = [("tests/test_mine.py", text), ("tests/base.py", base)];
    let workspace = Workspace::named("shop", &files);
    let mut client = open(&workspace).await;
    let uri = workspace.uri("tests/test_mine.py");
    assert_eq!(client.lenses(&uri).await, ["0 ▶ Run file", "2 ▶ Run all"]);
    let at = json!({ "uri": uri, "position": { "line": 2, "character": 8 } });
    client.command("testdock.runAtCursor", at).await;
    let run = client.run().await;
    assert_eq!(run.selection(), ["tests/test_mine.py::TestMine"]);
    run.pass("tests/test_mine.py::TestMine::test_get");
    run.complete();
    run.over().await;
    client.idle().await;
    assert_eq!(client.lenses(&uri).await[1..], ["0 ✓ 1 passed", "2 ▶ Run all", "2 ✓ 1 passed"]);
    client.finish().await;
}

#[tokio::test]
async fn what_one_command_mends_is_told_with_it_to_a_client_with_a_button() {
    let workspace = Workspace::shop();
    let able = json!({ "experimental": { "testdockRemedies": true } });
    for (capabilities, method) in [(able, "testdock/remedy"), (json!({}), "window/showMessage")] {
        let mut client = Client::open(&workspace, capabilities).await;
        client.ignore(&["textDocument/publishDiagnostics"]);
        client.command("testdock.runAll", json!({})).await;
        let run = client.run().await;
        run.say(unreachable());
        let told = client.next(method).await;
        let message = told["message"].as_str().unwrap_or_default();
        let ends = "docker.sock: no such file; start it (sudo systemctl start docker)";
        assert!(message.ends_with(ends), "{message}");
        if method == "testdock/remedy" {
            assert_eq!(told["title"], "Start Docker");
            assert_eq!(told["command"], "sudo systemctl start docker");
        }
        // What no command mends is a message to everyone.
        client.command("testdock.runAll", json!({})).await;
        let run = client.run().await;
        run.say(broken("no luck"));
        client.next("window/showMessage").await;
        client.finish().await;
    }
}

#[tokio::test]
async fn the_doctor_writes_a_text_or_a_page() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    let text = client.command("testdock.doctor", Value::Null).await;
    let text = text.as_str().expect("a text").to_owned();
    assert!(text.starts_with("ok    project"), "{text}");
    let page = client.command("testdock.doctor", json!({ "format": "markdown" })).await;
    let page = page.as_str().expect("a page").to_owned();
    let begins = "# Testdock: Doctor\n\n## shop\n\nTests can run here.\n\n- ✓ **project**: ";
    assert!(page.starts_with(begins), "{page}");
    client.finish().await;
}

#[tokio::test]
async fn a_fresh_run_under_a_name_of_ones_own() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    let answer = client.command("testdock.runAll", json!({ "fresh": true, "runId": "mine" })).await;
    assert_eq!(answer["runId"], "mine");
    let run = client.run().await;
    assert!(run.plan.jobs[0].fresh);
    let answer = client.command("testdock.cancel", json!({ "runId": "other" })).await;
    assert_eq!(answer, json!({ "runIds": [] }));
    let answer = client.command("testdock.cancel", json!({})).await;
    assert_eq!(answer, json!({ "runIds": ["mine"] }));
    run.over().await;
    client.finish().await;
}

#[tokio::test]
async fn mistakes_are_told_and_harm_nothing() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    let cases = [
        ("testdock.dance", json!([]), "unknown command `testdock.dance`; known: testdock.run, "),
        ("testdock.run", json!([{ "ids": 3 }]), "arguments of testdock.run: invalid type: integer"),
        ("testdock.run", json!([{ "ids": [] }]), "an empty list of tests means no test"),
        ("testdock.runFile", json!([]), "arguments of testdock.runFile: missing field `uri`"),
        (
            "testdock.runFile",
            json!([{ "uri": "file:///gone.py" }]),
            "no open folder holds /gone.py",
        ),
        (
            "testdock.runFile",
            json!([{ "uri": "untitled:1" }]),
            "`untitled:1` is no file of this machine; save it first",
        ),
        (
            "testdock.run",
            json!(["tests"]),
            "arguments of testdock.run: one object is wanted, not \"tests\"",
        ),
        (
            "testdock.run",
            json!([{ "ids": ["nope.py"] }]),
            "no open folder has the test, file or folder `nope.py`; ",
        ),
        (
            "testdock.run",
            json!([{ "ids": ["other//nope.py"] }]),
            "no open folder has the test, file or folder `other//nope.py`; ",
        ),
        (
            "testdock.run",
            json!([{ "exclude": ["nope.py::test"] }]),
            "no open folder has the test, file or folder `nope.py::test`; ",
        ),
        (
            "testdock.showOutput",
            json!([{ "id": "nope" }]),
            "no open folder has the test, file or folder `nope`; ",
        ),
        ("testdock.runLast", json!([]), "nothing was run yet"),
        (
            "testdock.showOutput",
            json!([{}]),
            "arguments of testdock.showOutput: missing field `id`",
        ),
    ];
    for (command, arguments, expected) in cases {
        let params = json!({ "command": command, "arguments": arguments });
        let message = client.refused(EXECUTE, params).await;
        assert!(message.starts_with(expected), "{command}: {message}");
    }
    let error = client.try_request("experimental/runTest", json!({ "include": ["nope.py"] })).await;
    assert_eq!(error.expect_err("it is unknown")["code"], -32602);
    client.command("testdock.runFailed", json!({})).await;
    let message = client.next("window/showMessage").await;
    assert_eq!(message["message"], "Testdock: no test failed in its last run; run all tests first");
    client.command("testdock.run", json!({ "ids": ["other//tests/test_shop.py"] })).await;
    let message = client.next("window/showMessage").await;
    let message = message["message"].as_str().unwrap_or_default();
    assert!(message.contains("has the test `other//tests/test_shop.py`"), "{message}");
    client.finish().await;
}

/// Only its tool can tell what a file holds; and what an earlier run told of is no slip.
#[tokio::test]
async fn what_may_be_there_runs() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    workspace.write("tests/test_new.py", "def test_new(): pass\n");
    client.did_open(&workspace.uri("tests/test_unsaved.py"), "def test_it(): pass\n").await;
    let made =
        ["gone.py::test_made", "tests/test_shop.py::test_made[x]", "tests/test_new.py", "tests"];
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.pass("gone.py::test_made");
    run.complete();
    client.idle().await;
    for id in made {
        client.command("testdock.run", json!({ "ids": [id] })).await;
        let run = client.run().await;
        assert_eq!(run.selection(), [id]);
        run.pass(id);
        run.complete();
        run.over().await;
    }
    client.command("testdock.run", json!({ "ids": ["tests/test_unsaved.py"] })).await;
    let message = client.next("window/showMessage").await;
    let message = message["message"].as_str().unwrap_or_default();
    assert!(message.contains("is not on disk yet"), "{message}");
    client.idle().await;
    client.finish().await;
}

#[tokio::test]
async fn a_cancel_finds_a_run_whose_folder_is_still_being_read() {
    let workspace = Workspace::shop();
    let mut client = Client::start();
    client.initialize(&[&workspace], json!({}), json!({})).await;
    client.notify("initialized", json!({})).await;
    let run = json!({ "command": "testdock.runAll", "arguments": [{ "runId": "early" }] });
    let run = client.ask(EXECUTE, run).await;
    let cancel =
        client.ask(EXECUTE, json!({ "command": "testdock.cancel", "arguments": [] })).await;
    let started = client.answer(run).await;
    let cancelled = client.answer(cancel).await.expect("it succeeds");
    match started {
        Ok(_) => assert_eq!(cancelled["runIds"], json!(["early"])),
        Err(error) => {
            assert_eq!(error["message"], "no workspace folder is open; open the project's folder")
        }
    }
    client.scanned(1).await;
    client.idle().await;
    client.finish().await;
}

#[tokio::test]
async fn the_output_of_a_test_is_shown_as_a_document() {
    let workspace = Workspace::shop();
    let capabilities = json!({ "window": { "showDocument": { "support": true } } });
    let mut client = Client::open(&workspace, capabilities).await;
    client.ignore(&["textDocument/publishDiagnostics"]);
    fail_one(&mut client).await;
    let id = "tests/test_shop.py::test_fails";
    let text = client.command("testdock.showOutput", json!({ "id": id })).await;
    let text = text.as_str().expect("a text").to_owned();
    expect![[r#"
        # tests/test_shop.py::test_fails

        **failed** in 12 ms

        ```text
        AssertionError: assert 3 == 4
        ```

        Trace:

        ```text
        trace of assert 3 == 4
        ```

        Output:

        ```text
        red  text
        ```

        _ran in Dockerfile → shop:1, warm container_
    "#]]
    .assert_eq(&text);
    let shown = client.next("window/showDocument").await;
    let path = shown["uri"].as_str().and_then(|uri| uri.strip_prefix("file://")).expect("a file");
    assert_eq!(std::fs::read_to_string(path).expect("it is there"), text);
    let path = path.to_owned();
    client.finish().await;
    assert!(!std::path::Path::new(&path).exists(), "gone with the server");
}

#[tokio::test]
async fn a_client_that_shows_no_documents_gets_a_message() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    let id = json!({ "id": "tests/test_shop.py::test_adds" });
    let text = client.command("testdock.showOutput", id).await;
    assert_eq!(text, "# tests/test_shop.py::test_adds\n\nIt was not run yet.\n");
    let message = client.next("window/showMessage").await;
    assert_eq!(message["message"], "# tests/test_shop.py::test_adds\nIt was not run yet.");
    client.finish().await;
}

#[tokio::test]
async fn hovering_over_a_name_tells_the_last_outcome() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    fail_one(&mut client).await;
    let hover = |line: u32, character: u32| {
        json!({
            "textDocument": { "uri": workspace.uri("tests/test_shop.py") },
            "position": { "line": line, "character": character },
        })
    };
    let at_name = client.request("textDocument/hover", hover(7, 6)).await;
    let text = at_name["contents"]["value"].as_str().unwrap_or_default();
    assert!(text.starts_with("**failed** in 12 ms\n"), "{text}");
    assert_eq!(at_name["contents"]["kind"], "markdown");
    assert_eq!(client.request("textDocument/hover", hover(8, 6)).await, Value::Null);
    assert_eq!(client.request("textDocument/hover", hover(3, 6)).await, Value::Null, "never ran");
    client.finish().await;
}

#[tokio::test]
async fn the_workspace_is_read_again_on_demand() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    workspace.write("tests/test_new.py", "def test_new(): pass\n");
    client.command("testdock.refresh", json!({})).await;
    client.scanned(1).await;
    assert_eq!(client.lenses(&workspace.uri("tests/test_new.py")).await.len(), 2);
    let status = client.command("testdock.status", json!({})).await;
    let status = status.as_str().unwrap_or_default();
    assert!(status.contains("- tests in 2 files\n"), "{status}");
    assert!(status.contains(": this machine, without a container\n"), "{status}");
    client.finish().await;
}

/// Runs the test that fails.
async fn fail_one(client: &mut Client) {
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    assert!(SHOP.contains("assert total == 4"));
    run.start(1);
    let mut failure = run.failure("tests/test_shop.py::test_fails", 10, "assert 3 == 4");
    failure.output = "\u{1b}[31mred\u{1b}[0m \u{7} text\n".to_owned();
    run.finish(failure);
    run.say(RunEvent::Output("whole\n".to_owned()));
    run.complete();
    client.idle().await;
}

#[tokio::test]
async fn a_file_that_was_never_saved_runs_once_it_is() {
    let workspace = Workspace::shop();
    let (uri, text) = (workspace.uri("tests/test_new.py"), "def test_new(): pass\n");
    let mut client = Client::open(&workspace, json!({})).await;
    client.did_open(&uri, text).await;
    client.command("testdock.runFile", json!({ "uri": uri })).await;
    let said = client.next("window/showMessage").await;
    let message = said["message"].as_str().unwrap_or_default();
    assert!(message.contains("tests/test_new.py is not on disk yet"), "{message}");
    assert!(client.has_no_run());

    workspace.write("tests/test_new.py", text);
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } })).await;
    client.command("testdock.runFile", json!({ "uri": uri })).await;
    assert_eq!(client.run().await.selection(), ["tests/test_new.py"]);
    client.finish().await;
}
