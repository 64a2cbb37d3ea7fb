//! `$/progress`, and its cancel button.

use serde_json::{Value, json};
use testdock_core::model::{RunEvent, Stage};

use crate::client::Client;
use crate::runner::broken;
use crate::workspace::Workspace;

const PROGRESS: &str = "$/progress";

fn able() -> Value {
    json!({ "window": { "workDoneProgress": true } })
}

/// A server that has told of its scan.
async fn open(workspace: &Workspace) -> Client {
    let mut client = Client::open(workspace, able()).await;
    let scan = client.next(PROGRESS).await;
    assert_eq!(scan["value"]["title"], "Testdock: finding tests");
    assert_eq!(scan["value"]["cancellable"], false);
    let is_end = |it: &Value| it["value"]["kind"] == "end";
    let end = client.next_where(PROGRESS, is_end).await;
    assert_eq!(end["token"], scan["token"]);
    assert_eq!(end["value"]["message"], "tests in 1 file");
    client.claim(PROGRESS);
    client.claim("window/workDoneProgress/create");
    client
}

#[tokio::test]
async fn a_run_says_how_far_it_is() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    client.ignore(&["textDocument/publishDiagnostics"]);
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    let created = client.next("window/workDoneProgress/create").await;
    let begin = client.next(PROGRESS).await;
    assert_eq!(begin["token"], created["token"]);
    assert_eq!(begin["value"]["kind"], "begin");
    assert_eq!(begin["value"]["title"], "Testdock");
    assert_eq!(begin["value"]["cancellable"], true);

    let says = |message: &'static str| move |it: &Value| it["value"]["message"] == message;
    run.say(RunEvent::Preparing(Stage::Building {
        step: "RUN pip install .".to_owned(),
        number: 3,
        of: 7,
    }));
    client.next_where(PROGRESS, says("building 3/7 RUN pip install .")).await;
    run.start(4);
    run.fail("tests/test_shop.py::test_fails", 10, "assert 3 == 4");
    let report = client.next_where(PROGRESS, says("1/4, 1 failed")).await;
    assert_eq!(report["value"]["kind"], "report");
    assert_eq!(report["value"]["percentage"], 25);
    run.pass("tests/test_shop.py::test_adds");
    run.complete();
    let end = client.next_where(PROGRESS, |it| it["value"]["kind"] == "end").await;
    assert_eq!(end["token"], begin["token"]);
    assert_eq!(end["value"]["message"], "1 failed, 1 passed in 340 ms");
    client.ignore(&[PROGRESS]);
    client.finish().await;
}

#[tokio::test]
async fn its_button_cancels_the_run_and_no_other() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    client.command("testdock.runAll", json!({})).await;
    let first = client.run().await;
    let token = client.next(PROGRESS).await["token"].take();
    client.command("testdock.runAll", json!({})).await;
    let second = client.run().await;
    client.next_where(PROGRESS, |it| it["token"] != token).await;
    client.notify("window/workDoneProgress/cancel", json!({ "token": token })).await;
    let is_end = |it: &Value| it["value"]["kind"] == "end";
    let end = client.next_where(PROGRESS, is_end).await;
    assert_eq!(end["token"], token);
    assert_eq!(end["value"]["message"], "cancelled after 0 µs: no test had ended");
    assert!(first.is_over());
    assert!(!second.is_over());
    second.complete();
    client.next_where(PROGRESS, is_end).await;
    client.ignore(&[PROGRESS, "window/workDoneProgress/create"]);
    client.finish().await;
}

#[tokio::test]
async fn a_run_without_a_test_says_why() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    client.command("testdock.runAll", json!({})).await;
    client.run().await.complete();
    let is_end = |it: &Value| it["value"]["kind"] == "end";
    let end = client.next_where(PROGRESS, is_end).await;
    assert_eq!(end["value"]["message"], "no test ran: pytest ran none");
    let message = client.next("window/showMessage").await;
    assert_eq!(message["type"], 3);
    let text = message["message"].as_str().unwrap_or_default();
    assert!(text.starts_with("Testdock: no test ran: pytest ran none; see whether"), "{text}");
    client.ignore(&[PROGRESS, "window/workDoneProgress/create"]);
    client.finish().await;
}

#[tokio::test]
async fn a_broken_run_says_why_and_what_to_do() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.say(broken("cannot reach the engine"));
    let is_end = |it: &Value| it["value"]["kind"] == "end";
    let end = client.next_where(PROGRESS, is_end).await;
    assert_eq!(end["value"]["message"], "cannot reach the engine");
    let message = client.next("window/showMessage").await;
    assert_eq!(message["type"], 1);
    assert_eq!(message["message"], "Testdock: cannot reach the engine; start the engine");
    client.ignore(&[PROGRESS, "window/workDoneProgress/create"]);
    client.finish().await;
}
