//! Several workspace folders.

use serde_json::{Value, json};

use crate::client::{Client, with_explorer};
use crate::workspace::Workspace;

const DISCOVER: &str = "experimental/discoverTest";
const DISCOVERED: &str = "experimental/discoveredTests";
const END: &str = "experimental/endRunTest";

async fn two() -> (Workspace, Workspace, Client) {
    let shop = Workspace::shop();
    let bank = Workspace::named("bank", &[("test_bank.py", "def test_pays(): pass\n")]);
    let mut client = Client::start();
    client.initialize(&[&shop, &bank], with_explorer(), json!({})).await;
    client.ready(2).await;
    client.ignore(&["textDocument/publishDiagnostics", "experimental/changeTestState"]);
    (shop, bank, client)
}

fn ids(results: &Value) -> Vec<&str> {
    let tests = results["tests"].as_array().into_iter().flatten();
    tests.filter_map(|test| test["id"].as_str()).collect()
}

#[tokio::test]
async fn ids_name_their_folder() {
    let (_shop, bank, mut client) = two().await;
    client.claim(DISCOVERED);
    let top = client.request(DISCOVER, json!({})).await;
    assert_eq!(ids(&top), ["@bank//", "@shop//"]);
    assert_eq!(top["tests"][0]["kind"], "package");
    let below = client.request(DISCOVER, json!({ "testId": "@bank//" })).await;
    assert_eq!(ids(&below), ["@bank//test_bank.py", "@bank//test_bank.py::test_pays"]);
    assert_eq!(below["tests"][0]["parent"], "@bank//");

    let params = json!({ "textDocument": { "uri": bank.uri("test_bank.py") } });
    let lenses = client.request("textDocument/codeLens", params).await;
    let ids = json!([{ "ids": ["@bank//test_bank.py::test_pays"] }]);
    assert_eq!(lenses[1]["command"]["arguments"], ids);
    let message =
        client.refused("experimental/runTest", json!({ "include": ["@gone//a.py"] })).await;
    assert_eq!(
        message,
        "no open folder has the test, file or folder `@gone//a.py`; `testdock discover` lists the tests"
    );
    client.finish().await;
}

#[tokio::test]
async fn a_request_over_two_folders_is_two_runs_and_ends_once() {
    let (_shop, _bank, mut client) = two().await;
    client.claim(DISCOVERED);
    let include = json!(["@bank//test_bank.py", "@shop//tests/test_shop.py::test_adds"]);
    client.request("experimental/runTest", json!({ "include": include, "runId": "both" })).await;
    let (first, second) = (client.run().await, client.run().await);
    assert_eq!(first.selection(), ["test_bank.py"]);
    assert_eq!(second.selection(), ["tests/test_shop.py::test_adds"]);
    first.pass("test_bank.py::test_pays");
    first.complete();
    second.pass("tests/test_shop.py::test_adds");
    second.complete();
    let end = client.next(END).await;
    assert_eq!(end["runId"], "both");
    assert_eq!(end["message"], "1 passed in 340 ms; 1 passed in 340 ms");
    client.idle().await;
    client.finish().await;
}

#[tokio::test]
async fn a_run_of_everything_leaves_out_a_folder_without_tests() {
    let shop = Workspace::shop();
    let docs = Workspace::bare("docs");
    let mut client = Client::start();
    client.initialize(&[&docs, &shop], json!({}), json!({})).await;
    client.ready(2).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    assert!(run.plan.root.ends_with("shop"));
    run.complete();
    client.idle().await;
    assert!(client.has_no_run());
    client.finish().await;
}

#[tokio::test]
async fn folders_come_and_go() {
    let shop = Workspace::shop();
    let bank = Workspace::named("bank", &[("test_bank.py", "def test_pays(): pass\n")]);
    let mut client = Client::open(&shop, with_explorer()).await;
    let of_bank = json!({ "uri": bank.uri(""), "name": "bank" });
    client.claim(DISCOVERED);
    let change = json!({ "event": { "added": [of_bank], "removed": [] } });
    client.notify("workspace/didChangeWorkspaceFolders", change).await;
    let again = client.next(DISCOVERED).await;
    assert_eq!(ids(&again)[..2], ["@shop//", "@shop//tests/test_shop.py"], "all ids changed");
    let new = client.next(DISCOVERED).await;
    assert_eq!(ids(&new)[..2], ["@bank//", "@bank//test_bank.py"]);

    client.command("testdock.runAll", json!({})).await;
    let (first, second) = (client.run().await, client.run().await);
    let change = json!({ "event": { "added": [], "removed": [of_bank] } });
    client.notify("workspace/didChangeWorkspaceFolders", change).await;
    let gone = client.next(DISCOVERED).await;
    assert_eq!(gone["tests"], json!([]));
    assert_eq!(gone["scopeFile"], json!([{ "uri": bank.uri("test_bank.py") }]));
    assert_eq!(ids(&client.next(DISCOVERED).await)[0], "tests/test_shop.py");
    // The run in the closed folder is ended, the other one goes on.
    first.over().await;
    second.complete();
    client.next(END).await;
    client.ignore(&["experimental/changeTestState"]);
    client.finish().await;
}
