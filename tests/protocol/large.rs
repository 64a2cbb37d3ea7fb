//! A large tree: what the server says of it stays in proportion to the tests.

use std::fmt::Write;

use serde_json::{Value, json};
use testdock_core::model::RunEvent;

use crate::client::{Client, merge, with_explorer};
use crate::workspace::Workspace;

const FILES: usize = 100;
const TESTS: usize = 100;
const DISCOVERED: &str = "experimental/discoveredTests";
const QUEUED: &str = "testdock/queuedTests";
const STATE: &str = "experimental/changeTestState";
const END: &str = "experimental/endRunTest";

/// How many there are, and their bytes.
fn measure(messages: &[Value]) -> (usize, usize) {
    (messages.len(), messages.iter().map(|it| it.to_string().len()).sum())
}

#[tokio::test]
async fn ten_thousand_tests_are_told_in_few_messages_and_run_in_two_each() {
    let workspace = Workspace::named("large", &[]);
    let mut text = String::new();
    for test in 0..TESTS {
        let _ = write!(text, "def test_{test}():\n    assert True\n\n");
    }
    for file in 0..FILES {
        workspace.write(&format!("tests/test_{file}.py"), &text);
    }
    let mut able = with_explorer();
    merge(&mut able, json!({ "experimental": { "testdockQueuedTests": true } }));
    let mut client = Client::open(&workspace, able).await;
    client.ignore(&["textDocument/publishDiagnostics"]);
    let discovered = client.claim(DISCOVERED);
    let told: usize = discovered.iter().filter_map(|it| it["tests"].as_array()).map(Vec::len).sum();
    assert_eq!(told, FILES * (TESTS + 1));
    let (batches, bytes) = measure(&discovered);
    assert!(batches <= 8 && bytes < 3_500_000, "{batches} messages, {bytes} bytes");

    client.request("experimental/runTest", json!({ "runId": "all" })).await;
    let run = client.run().await;
    run.start(FILES * TESTS);
    for file in 0..FILES {
        for test in 0..TESTS {
            let id = format!("tests/test_{file}.py::test_{test}");
            run.say(RunEvent::TestStarted(id.parse().unwrap_or_default()));
            run.pass(&id);
        }
    }
    run.complete();
    client.next(END).await;
    let queued = client.claim(QUEUED);
    let told: usize = queued.iter().filter_map(|it| it["testIds"].as_array()).map(Vec::len).sum();
    assert_eq!((told, queued.len()), (FILES * TESTS, FILES * TESTS / 1_000));
    let states = client.claim(STATE);
    for tag in ["started", "passed"] {
        let of_tag: Vec<Value> =
            states.iter().filter(|it| it["state"]["tag"] == tag).cloned().collect();
        let (count, bytes) = measure(&of_tag);
        assert_eq!(count, FILES * TESTS, "{tag}");
        assert!(bytes / count < 200, "{tag}: {bytes} bytes");
    }
    // The report that confirms what was told says nothing again.
    assert_eq!(states.len(), 2 * FILES * TESTS);
    client.ignore(&["experimental/appendOutputToRunTest"]);
    client.finish().await;
}
