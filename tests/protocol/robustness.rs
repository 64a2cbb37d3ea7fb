//! Messages that no client should send.

use serde_json::{Value, json};

use crate::client::{Client, with_explorer};
use crate::workspace::Workspace;

#[tokio::test]
async fn malformed_messages_do_no_harm() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    let uri = workspace.uri("tests/test_shop.py");
    for (method, params) in [
        ("textDocument/didOpen", json!({ "textDocument": 3 })),
        ("textDocument/didChange", json!([])),
        (
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri, "version": 1 },
                "contentChanges": [{ "range": { "start": { "line": 0, "character": 0 },
                    "end": { "line": 0, "character": 1 } }, "text": "x" }],
            }),
        ),
        ("textDocument/didClose", json!({ "textDocument": { "uri": "file:///never/opened.py" } })),
        ("testdock/trust", json!({ "trusted": "perhaps" })),
        ("experimental/abortRunTest", json!({ "runId": 7 })),
        ("window/workDoneProgress/cancel", json!({ "token": 12 })),
        ("window/workDoneProgress/cancel", json!({ "token": "testdock/run/none" })),
        (
            "workspace/didChangeWorkspaceFolders",
            json!({ "event": { "added": [{ "uri": "no:uri", "name": "" }], "removed": [] } }),
        ),
        ("workspace/didChangeConfiguration", json!({ "settings": [1, 2] })),
        ("no/suchNotification", json!(null)),
        ("$/setTrace", json!({ "value": "off" })),
    ] {
        client.notify(method, params).await;
    }
    for (method, params) in [
        ("textDocument/codeLens", json!({})),
        ("textDocument/hover", json!({ "textDocument": { "uri": "::" } })),
        ("experimental/runTest", json!({ "include": "all" })),
        ("experimental/discoverTest", json!([1])),
        ("no/suchRequest", json!({})),
    ] {
        client.refused(method, params).await;
    }
    client.send_text("{ this is no JSON").await;
    client.send_text("[]").await;
    assert_eq!(client.lenses(&uri).await.len(), 6);
    client.finish().await;
}

#[tokio::test]
async fn nothing_is_done_before_initialize() {
    let mut client = Client::start();
    client.refused("workspace/executeCommand", json!({ "command": "testdock.runAll" })).await;
    let workspace = Workspace::shop();
    client.initialize(&[&workspace], json!({}), json!({ "trusted": 3, "settings": "x" })).await;
    let message = client.next("window/showMessage").await;
    let message = message["message"].as_str().unwrap_or_default();
    assert!(message.contains("testdock.settings must be an object"), "{message}");
    client.ready(1).await;
    client.finish().await;
}

#[tokio::test]
async fn no_folder_is_an_answer_too() {
    let mut client = Client::start();
    client.initialize(&[], with_explorer(), json!({})).await;
    client.notify("initialized", json!({})).await;
    let message = client.refused("experimental/runTest", json!({})).await;
    assert_eq!(message, "no workspace folder is open; open the project's folder");
    let top = client.request("experimental/discoverTest", Value::Null).await;
    assert_eq!(top["tests"], json!([]));
    client.finish().await;
}

/// Many requests at once, more than the framework has slots for, and each is answered.
#[tokio::test]
async fn a_flood_is_answered_while_runs_go_on() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    let mut asked = Vec::new();
    for _ in 0..200 {
        let params = json!({ "command": "testdock.status", "arguments": [] });
        asked.push(client.ask("workspace/executeCommand", params).await);
    }
    for id in asked {
        client.answer(id).await.expect("it is answered");
    }
    assert!(!run.is_over());
    run.complete();
    client.finish().await;
}
