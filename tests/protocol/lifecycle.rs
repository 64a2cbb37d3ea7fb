//! From the first word to the last.

use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};
use testdock_lsp::Farewell;

use crate::client::{Client, with_explorer};
use crate::workspace::Workspace;

#[tokio::test]
async fn initialize_is_answered_before_anything_is_read() {
    let workspace = Workspace::named("large", &[("test_0.py", "def test_one(): pass\n")]);
    for n in 1..10_000 {
        workspace.link("test_0.py", &format!("tests/d{}/test_{n}.py", n % 100));
    }
    let mut client = Client::start();
    let begin = Instant::now();
    let answer = client.initialize(&[&workspace], with_explorer(), json!({})).await;
    println!("initialize on 10,000 files: {:?}", begin.elapsed());
    assert_eq!(answer["serverInfo"]["name"], "testdock");
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(answer["capabilities"]["textDocumentSync"]["change"], 1);

    let status = client.command("testdock.status", json!({})).await;
    assert_eq!(status, "", "no folder is open before the client is ready");

    client.ready(1).await;
    println!("all of them read: {:?}", begin.elapsed());
    let told = client.claim("experimental/discoveredTests");
    let files: usize = told.iter().map(|it| it["scopeFile"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(files, 10_000);
    client.finish().await;
}

#[tokio::test]
async fn an_older_client_knows_one_folder() {
    let workspace = Workspace::shop();
    let mut client = Client::start();
    let params = json!({ "processId": null, "rootUri": workspace.uri(""), "capabilities": {} });
    client.request("initialize", params).await;
    client.ready(1).await;
    let lenses = client.lenses(&workspace.uri("tests/test_shop.py")).await;
    assert_eq!(lenses[0], "0 ▶ Run file");
    client.finish().await;
}

#[tokio::test]
async fn a_shutdown_ends_the_runs_first() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(5);
    client.request("shutdown", Value::Null).await;
    assert!(run.is_over(), "cancelled before the answer came");
    client.notify("exit", Value::Null).await;
    assert_eq!(client.gone().await, Farewell::Orderly);
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_runs_along() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(5);
    assert_eq!(client.hang_up().await, Farewell::Abrupt);
    assert!(run.is_over());
}

#[cfg(unix)]
#[tokio::test]
async fn a_client_whose_process_died_is_gone() {
    let mut editor =
        Command::new("sleep").arg("600").stdout(Stdio::null()).spawn().expect("sleep is there");
    let mut client = Client::start();
    let params = json!({ "processId": editor.id(), "capabilities": {}, "workspaceFolders": [] });
    client.request("initialize", params).await;
    client.notify("initialized", json!({})).await;
    editor.kill().expect("killed");
    editor.wait().expect("it is dead");
    assert_eq!(client.gone().await, Farewell::Abrupt);
}
