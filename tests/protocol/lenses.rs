//! Lenses over tests, through edits and runs.

use expect_test::expect;
use serde_json::json;

use crate::client::Client;
use crate::workspace::{SHOP, Workspace};

const FILE: &str = "tests/test_shop.py";

#[tokio::test]
async fn every_test_has_its_lens() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    let lenses = client.lenses(&workspace.uri(FILE)).await;
    expect![[r#"
        0 ▶ Run file
        3 ▶ Run
        7 ▶ Run
        12 ▶ Run all
        13 ▶ Run
        17 ▶ Run cases"#]]
    .assert_eq(&lenses.join("\n"));

    let params = json!({ "textDocument": { "uri": workspace.uri(FILE) } });
    let lenses = client.request("textDocument/codeLens", params).await;
    let command = &lenses[1]["command"];
    assert_eq!(command["command"], "testdock.run");
    assert_eq!(command["arguments"], json!([{ "ids": ["tests/test_shop.py::test_adds"] }]));
    client.finish().await;
}

#[tokio::test]
async fn lenses_move_with_text_that_is_not_saved() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    let uri = workspace.uri(FILE);
    client.did_open(&uri, SHOP).await;
    client.did_change(&uri, 2, &format!("# one\n# two\n{SHOP}")).await;
    assert_eq!(client.lenses(&uri).await[1], "5 ▶ Run");
    client.did_change(&uri, 3, "def test_new():\n    pass\n").await;
    assert_eq!(client.lenses(&uri).await, ["0 ▶ Run file", "0 ▶ Run"]);
    client.finish().await;
}

#[tokio::test]
async fn a_new_file_has_lenses_before_it_is_saved() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    let uri = workspace.uri("tests/test_new.py");
    client.did_open(&uri, "def test_new():\n    pass\n").await;
    assert_eq!(client.lenses(&uri).await.len(), 2);
    client.finish().await;
}

#[tokio::test]
async fn a_document_opened_before_its_folder_counts() {
    let workspace = Workspace::shop();
    let mut client = Client::start();
    client.initialize(&[&workspace], json!({}), json!({})).await;
    let uri = workspace.uri(FILE);
    client.did_open(&uri, "def test_new():\n    pass\n").await;
    client.ready(1).await;
    assert_eq!(client.lenses(&uri).await.len(), 2);
    client.finish().await;
}

#[tokio::test]
async fn an_older_version_never_overwrites_a_newer_one() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    let uri = workspace.uri(FILE);
    let tests = |count: usize| -> String {
        (0..count).map(|n| format!("def test_{n}(): pass\n")).collect()
    };
    // Everything in the wrong order, the opening included.
    client.did_change(&uri, 4, &tests(4)).await;
    client.did_change(&uri, 2, &tests(2)).await;
    client.did_open(&uri, &tests(1)).await;
    client.did_change(&uri, 3, &tests(3)).await;
    assert_eq!(client.lenses(&uri).await.len(), 1 + 4);
    // Closed: what is on disk counts, whatever comes late.
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } })).await;
    client.did_change(&uri, 4, &tests(1)).await;
    client.scanned(1).await;
    while client.lenses(&uri).await.len() != 6 {}
    client.finish().await;
}

#[tokio::test]
async fn a_result_shows_over_its_test_until_the_test_is_edited() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    client.ignore(&["textDocument/publishDiagnostics"]);
    let uri = workspace.uri(FILE);
    client.did_open(&uri, SHOP).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(4);
    run.pass("tests/test_shop.py::test_adds");
    run.fail("tests/test_shop.py::test_fails", 10, "assert 3 == 4");
    run.pass("tests/test_shop.py::TestCart::test_count[1]");
    run.fail("tests/test_shop.py::TestCart::test_count[2]", 19, "assert 2 < 2");
    run.complete();
    client.idle().await;
    expect![[r#"
        0 ▶ Run file
        0 ✗ 2 failed, 2 passed
        3 ▶ Run
        3 ✓ passed 12 ms
        7 ▶ Run
        7 ✗ failed 12 ms
        12 ▶ Run all
        12 ✗ 1 failed, 1 passed
        13 ▶ Run
        17 ▶ Run cases
        17 ✗ 1 failed, 1 passed"#]]
    .assert_eq(&client.lenses(&uri).await.join("\n"));

    client.did_change(&uri, 2, &SHOP.replace("1 + 1 == 2", "1 + 1 == 3")).await;
    assert_eq!(client.lenses(&uri).await[3], "3 ✓ passed 12 ms (before the last edit)");
    client.did_change(&uri, 3, SHOP).await;
    assert_eq!(client.lenses(&uri).await[3], "3 ✓ passed 12 ms");
    client.finish().await;
}

#[tokio::test]
async fn the_client_is_asked_to_refresh_and_not_for_each_test() {
    let workspace = Workspace::shop();
    let capabilities = json!({ "workspace": { "codeLens": { "refreshSupport": true } } });
    let mut client = Client::open(&workspace, capabilities).await;
    client.claim("workspace/codeLens/refresh");
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(1000);
    for n in 0..1000 {
        run.pass(&format!("tests/test_shop.py::TestCart::test_count[{n}]"));
    }
    run.complete();
    client.idle().await;
    client.next("workspace/codeLens/refresh").await;
    let more = client.claim("workspace/codeLens/refresh").len();
    assert!(more < 20, "{more} refreshes");
    client.ignore(&["workspace/codeLens/refresh"]);
    client.finish().await;
}
