//! What a client draws beside the lines of a file.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use testdock_core::model::{Outcome, RunEvent};

use crate::client::Client;
use crate::runner::result;
use crate::workspace::{SHOP, Workspace};

const MARKS: &str = "testdock/marks";
const FILE: &str = "tests/test_shop.py";

async fn open(workspace: &Workspace) -> Client {
    let able = json!({ "experimental": { "testdockMarks": true } });
    let mut client = Client::open(workspace, able).await;
    client.ignore(&["textDocument/publishDiagnostics"]);
    client
}

/// One line a mark.
fn shown(marks: &Value) -> Vec<String> {
    let line = |mark: &Value| {
        let state = mark["state"].as_str().unwrap_or("-");
        let stale = if mark["stale"] == true { " stale" } else { "" };
        format!("{} {} {state}{stale}", mark["line"], mark["label"].as_str().unwrap_or("-"))
    };
    marks["marks"].as_array().into_iter().flatten().map(line).collect()
}

/// Waits until the marks are so: what changes soon after something else is told once.
async fn check(client: &mut Client, expected: &Expect) {
    let wanted = expected.data().trim().lines().map(|it| it.trim().to_owned());
    let wanted: Vec<String> = wanted.collect();
    let marks = client.next_where(MARKS, |it| shown(it) == wanted).await;
    expected.assert_eq(&shown(&marks).join("\n"));
    client.claim(MARKS);
}

#[tokio::test]
async fn a_file_is_told_of_as_a_whole() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    let marks = client.next(MARKS).await;
    assert_eq!(marks["uri"], json!(workspace.uri(FILE)));
    assert_eq!(marks["id"], json!(FILE));
    assert_eq!(marks["marks"][2]["id"], json!("tests/test_shop.py::TestCart"));
    expect![[r#"
        3 test_adds -
        7 test_fails -
        12 TestCart -
        13 test_empty -
        17 test_count -"#]]
    .assert_eq(&shown(&marks).join("\n"));
    client.finish().await;
}

#[tokio::test]
async fn marks_follow_a_run_and_the_worst_stands_for_all() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    client.next(MARKS).await;
    client.did_open(&workspace.uri(FILE), SHOP).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(4);
    run.say(RunEvent::TestStarted("tests/test_shop.py::test_adds".parse().expect("an id")));
    check(
        &mut client,
        &expect![[r#"
            3 test_adds started
            7 test_fails enqueued
            12 TestCart enqueued
            13 test_empty enqueued
            17 test_count enqueued"#]],
    )
    .await;
    run.pass("tests/test_shop.py::test_adds");
    run.finish(result("tests/test_shop.py::test_fails", Outcome::Skipped));
    run.pass("tests/test_shop.py::TestCart::test_empty");
    run.finish(result("tests/test_shop.py::TestCart::test_count[1]", Outcome::Errored));
    run.fail("tests/test_shop.py::TestCart::test_count[2]", 19, "assert 2 < 2");
    run.complete();
    check(
        &mut client,
        &expect![[r#"
            3 test_adds passed
            7 test_fails skipped
            12 TestCart errored
            13 test_empty passed
            17 test_count errored"#]],
    )
    .await;

    let edited = SHOP.replace("1 + 1 == 2", "1 + 1 == 3");
    client.did_change(&workspace.uri(FILE), 2, &format!("\n{edited}")).await;
    check(
        &mut client,
        &expect![[r#"
            4 test_adds passed stale
            8 test_fails skipped
            13 TestCart errored
            14 test_empty passed
            18 test_count errored"#]],
    )
    .await;
    client.finish().await;
}

#[tokio::test]
async fn a_test_that_a_run_left_out_stands_as_before() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    client.next(MARKS).await;
    client.did_open(&workspace.uri(FILE), SHOP).await;
    client.command("testdock.runAll", json!({ "runId": "1" })).await;
    let run = client.run().await;
    run.start(4);
    run.pass("tests/test_shop.py::test_adds");
    run.say(RunEvent::TestStarted("tests/test_shop.py::test_fails".parse().expect("an id")));
    let started = |it: &Value| shown(it).contains(&"7 test_fails started".to_owned());
    client.next_where(MARKS, started).await;
    client.command("testdock.cancel", json!({ "runId": "1" })).await;
    run.over().await;
    check(
        &mut client,
        &expect![[r#"
            3 test_adds passed
            7 test_fails -
            12 TestCart -
            13 test_empty -
            17 test_count -"#]],
    )
    .await;
    client.finish().await;
}

/// How tests stand in a file that nobody looks at is told once somebody does.
#[tokio::test]
async fn a_file_that_is_not_open_is_told_of_when_it_is() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    client.next(MARKS).await;
    client.command("testdock.run", json!({ "ids": ["tests/test_shop.py::test_adds"] })).await;
    let run = client.run().await;
    run.start(1);
    run.pass("tests/test_shop.py::test_adds");
    run.complete();
    client.idle().await;
    assert_eq!(client.claim(MARKS), Vec::<Value>::new());
    client.did_open(&workspace.uri(FILE), SHOP).await;
    let marks = client.next(MARKS).await;
    assert_eq!(shown(&marks)[0], "3 test_adds passed");
    client.finish().await;
}

/// A client may tell files apart by the text of their URIs.
#[tokio::test]
async fn a_file_that_is_opened_by_another_spelling_is_told_of_by_that() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    let first = client.next(MARKS).await;
    let spelt = workspace.uri(FILE).replace("test_shop", "test%5Fshop");
    client.did_open(&spelt, SHOP).await;
    let marks = client.next(MARKS).await;
    assert_eq!((&marks["uri"], &marks["marks"]), (&json!(spelt), &first["marks"]));
    client.finish().await;
}

#[tokio::test]
async fn a_file_without_tests_has_no_marks_any_more() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    client.next(MARKS).await;
    let uri = workspace.uri(FILE);
    client.did_open(&uri, SHOP).await;
    client.did_change(&uri, 2, "# nothing\n").await;
    let marks = client.next(MARKS).await;
    assert_eq!((&marks["uri"], &marks["marks"]), (&json!(uri), &json!([])));
    client.did_change(&uri, 3, SHOP).await;
    assert_eq!(shown(&client.next(MARKS).await).len(), 5);

    // So does one whose folder was closed.
    let folder = json!({ "uri": workspace.uri(""), "name": "shop" });
    let change = json!({ "event": { "added": [], "removed": [folder] } });
    client.notify("workspace/didChangeWorkspaceFolders", change).await;
    let marks = client.next(MARKS).await;
    assert_eq!((&marks["uri"], &marks["marks"]), (&json!(uri), &json!([])));
    client.finish().await;
}

#[tokio::test]
async fn with_a_second_folder_all_ids_name_theirs() {
    let (workspace, bank) = (Workspace::shop(), Workspace::named("bank", &[]));
    let mut client = open(&workspace).await;
    client.next(MARKS).await;
    let folder = json!({ "uri": bank.uri(""), "name": "bank" });
    let change = json!({ "event": { "added": [folder], "removed": [] } });
    client.notify("workspace/didChangeWorkspaceFolders", change).await;
    let marks = client.next(MARKS).await;
    assert_eq!(marks["id"], json!("@shop//tests/test_shop.py"));
    assert_eq!(marks["marks"][0]["id"], json!("@shop//tests/test_shop.py::test_adds"));
    client.finish().await;
}

/// A client need not keep what it is told of files that it does not show.
#[tokio::test]
async fn a_file_that_is_opened_is_told_of_again() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace).await;
    let before = client.next(MARKS).await;
    client.did_open(&workspace.uri(FILE), SHOP).await;
    assert_eq!(client.next(MARKS).await["marks"], before["marks"]);
    client.finish().await;
}
