//! What a client shows or completes without a test explorer of its own: the tree as lines, and names.

use std::fmt::Write as _;

use expect_test::expect;
use serde_json::{Value, json};
use testdock_core::model::{Outcome, RunEvent};

use crate::client::Client;
use crate::runner::result;
use crate::workspace::{SHOP, Workspace};

const CHANGED: &str = "testdock/treeChanged";
const WATCH: &str = "testdock/watchTree";
const FILE: &str = "tests/test_shop.py";

async fn open(workspaces: &[&Workspace]) -> Client {
    let mut client = Client::start();
    client.initialize(workspaces, json!({}), json!({})).await;
    client.ready(workspaces.len()).await;
    client.ignore(&["textDocument/publishDiagnostics"]);
    client
}

async fn watch(client: &mut Client, is_wanted: bool) {
    client.notify(WATCH, json!({ "watch": is_wanted })).await;
}

fn shown(tree: &Value) -> String {
    let mut text = String::new();
    for line in tree["lines"].as_array().into_iter().flatten() {
        let word = |key: &str| line[key].as_str().unwrap_or("-");
        let indent = usize::try_from(line["depth"].as_u64().unwrap_or(99)).unwrap_or(99) * 2;
        let stale = if line["stale"] == true { " stale" } else { "" };
        let (label, state, detail) = (word("label"), word("state"), word("detail"));
        let _ = writeln!(text, "{:indent$}{label} {state}{stale} | {detail}", "");
    }
    text.trim_end().to_owned()
}

/// The tree once nothing runs.
async fn at_rest(client: &mut Client) -> String {
    client.idle().await;
    client.claim(CHANGED);
    watch(client, true).await;
    shown(&client.next(CHANGED).await)
}

/// Waits until a line of the tree is so.
async fn until(client: &mut Client, line: &str) -> String {
    let is_so = |it: &Value| shown(it).lines().any(|it| it.trim() == line);
    shown(&client.next_where(CHANGED, is_so).await)
}

#[tokio::test]
async fn the_tree_is_told_while_it_is_watched() {
    let workspace = Workspace::shop();
    let mut client = open(&[&workspace]).await;
    watch(&mut client, true).await;
    let tree = client.next(CHANGED).await;
    expect![[r#"
        tests/test_shop.py - | -
          test_adds - | -
          test_fails - | -
          TestCart - | -
            test_empty - | -
            test_count - | -"#]]
    .assert_eq(&shown(&tree));
    let group = &tree["lines"][3];
    assert_eq!(group["id"], json!("tests/test_shop.py::TestCart"));
    assert_eq!(group["location"]["uri"], json!(workspace.uri(FILE)));
    assert_eq!(group["location"]["range"]["start"]["line"], json!(12));
    // Once more for a client that asks again, and no more for one that looks away.
    watch(&mut client, true).await;
    assert_eq!(client.next(CHANGED).await["lines"], tree["lines"]);
    watch(&mut client, false).await;
    client.command("testdock.runAll", json!({})).await;
    client.run().await.complete();
    client.idle().await;
    assert_eq!(client.claim(CHANGED), Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test]
async fn the_tree_follows_a_run_and_the_worst_stands_for_all() {
    let workspace = Workspace::shop();
    let mut client = open(&[&workspace]).await;
    client.did_open(&workspace.uri(FILE), SHOP).await;
    watch(&mut client, true).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(4);
    run.say(RunEvent::TestStarted("tests/test_shop.py::test_adds".parse().expect("an id")));
    expect![[r#"
        tests/test_shop.py started | -
          test_adds started | -
          test_fails enqueued | -
          TestCart enqueued | -
            test_empty enqueued | -
            test_count enqueued | -"#]]
    .assert_eq(&until(&mut client, "test_adds started | -").await);
    run.pass("tests/test_shop.py::test_adds");
    run.finish(result("tests/test_shop.py::test_fails", Outcome::Skipped));
    run.pass("tests/test_shop.py::TestCart::test_empty");
    run.pass("tests/test_shop.py::TestCart::test_count[1]");
    run.fail("tests/test_shop.py::TestCart::test_count[2]", 19, "assert 1 == 2");
    run.complete();
    expect![[r#"
        tests/test_shop.py failed | -
          test_adds passed | 12 ms
          test_fails skipped | 12 ms
          TestCart failed | -
            test_empty passed | 12 ms
            test_count failed | -
              test_count[1] passed | 12 ms
              test_count[2] failed | 12 ms  assert 1 == 2"#]]
    .assert_eq(&at_rest(&mut client).await);
    let edited = SHOP.replacen("def test_adds():\n", "def test_adds():\n    print()\n", 1);
    client.did_change(&workspace.uri(FILE), 2, &edited).await;
    until(&mut client, "test_adds passed stale | 12 ms").await;
    client.claim(CHANGED);
    client.finish().await;
}

#[tokio::test]
async fn several_folders_stand_side_by_side() {
    let (one, two) =
        (Workspace::named("one", &[("test_a.py", "def test_a():\n    pass\n")]), Workspace::shop());
    let mut client = open(&[&one, &two]).await;
    watch(&mut client, true).await;
    let tree = client.next(CHANGED).await;
    expect![[r#"
        one - | -
          test_a.py - | -
            test_a - | -
        shop - | -
          tests/test_shop.py - | -
            test_adds - | -
            test_fails - | -
            TestCart - | -
              test_empty - | -
              test_count - | -"#]]
    .assert_eq(&shown(&tree));
    client.finish().await;
}

#[tokio::test]
async fn names_complete_what_is_asked_for() {
    let workspace = Workspace::shop();
    let mut client = open(&[&workspace]).await;
    let names = |of: &str| json!({ "of": of });
    let tests = client.request("testdock/names", names("tests")).await;
    expect![[r#"["tests/test_shop.py","tests/test_shop.py::test_adds","tests/test_shop.py::test_fails","tests/test_shop.py::TestCart","tests/test_shop.py::TestCart::test_empty","tests/test_shop.py::TestCart::test_count"]"#]].assert_eq(&tests["names"].to_string());
    let interpreters = client.request("testdock/names", names("interpreters")).await;
    assert_eq!(interpreters["names"], json!(["default", "local"]));
    let refused = client.refused("testdock/names", names("colours")).await;
    assert!(refused.contains("colours"), "{refused}");
    client.finish().await;
}
