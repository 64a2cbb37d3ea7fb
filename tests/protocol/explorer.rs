//! The test explorer: the tree, and how its tests stand.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use testdock_core::model::{Outcome, RunEvent};

use crate::client::{Client, merge, with_explorer};
use crate::runner::{broken, result};
use crate::workspace::{SHOP, Workspace};

const DISCOVER: &str = "experimental/discoverTest";
const DISCOVERED: &str = "experimental/discoveredTests";
const STATE: &str = "experimental/changeTestState";
const OUTPUT: &str = "experimental/appendOutputToRunTest";
const END: &str = "experimental/endRunTest";
const RUN: &str = "experimental/runTest";
const ABORT: &str = "experimental/abortRunTest";

/// A client that knows rust-analyzer's extension and nothing more.
fn plain_explorer() -> Value {
    json!({ "experimental": { "testExplorer": true } })
}

async fn open(workspace: &Workspace, capabilities: Value) -> Client {
    let mut client = Client::open(workspace, capabilities).await;
    client.ignore(&["textDocument/publishDiagnostics"]);
    client.claim(DISCOVERED);
    client
}

fn check_tree(tests: &Value, expected: &Expect) {
    let line = |test: &Value| {
        let text = |key: &str| test[key].as_str().unwrap_or("-").to_owned();
        let more = if test["canResolveChildren"] == true { " …" } else { "" };
        let at = test["range"]["start"]["line"].as_u64();
        let at = at.map(|line| format!(" @{line}")).unwrap_or_default();
        format!("{} {} < {}{at}{more}", text("kind"), text("id"), text("parent"))
    };
    let lines: Vec<String> = tests.as_array().into_iter().flatten().map(line).collect();
    expected.assert_eq(&lines.join("\n"));
}

/// States without their numbers, which only have to grow.
async fn states(client: &mut Client, count: usize) -> String {
    let mut lines = Vec::new();
    let mut last = 0;
    for _ in 0..count {
        let state = client.next(STATE).await;
        let seq = state["seq"].as_u64().expect("a number");
        assert!(seq > last, "{seq} after {last}");
        last = seq;
        let tag = state["state"]["tag"].as_str().unwrap_or_default();
        lines.push(format!("{} {tag}", state["testId"].as_str().unwrap_or_default()));
    }
    lines.join("\n")
}

/// Nobody can tell an empty answer from a workspace without tests.
#[tokio::test]
async fn who_asks_early_is_answered_once_all_is_read() {
    let workspace = Workspace::shop();
    for file in 0..500 {
        workspace.write(&format!("tests/test_{file}.py"), "def test_it():\n    pass\n");
    }
    let mut client = Client::start();
    client.initialize(&[&workspace], with_explorer(), json!({})).await;
    client.claim(DISCOVERED);
    client.notify("initialized", json!({})).await;
    let top = client.request(DISCOVER, json!({})).await;
    assert_eq!(top["tests"].as_array().unwrap().len(), 501);
}

#[tokio::test]
async fn the_tree_unfolds() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, with_explorer()).await;
    let told = client.next(DISCOVERED).await;
    assert_eq!(told["scopeFile"], json!([{ "uri": workspace.uri("tests/test_shop.py") }]));
    check_tree(
        &told["tests"],
        &expect![[r#"
        module tests/test_shop.py < - …
        test tests/test_shop.py::test_adds < tests/test_shop.py @3
        test tests/test_shop.py::test_fails < tests/test_shop.py @7
        module tests/test_shop.py::TestCart < tests/test_shop.py @12 …
        test tests/test_shop.py::TestCart::test_empty < tests/test_shop.py::TestCart @13
        test tests/test_shop.py::TestCart::test_count < tests/test_shop.py::TestCart @16 …"#]],
    );

    let top = client.request(DISCOVER, json!({})).await;
    assert_eq!(top.get("scope"), None);
    check_tree(&top["tests"], &expect!["module tests/test_shop.py < - …"]);
    let group = json!({ "testId": "tests/test_shop.py::TestCart" });
    let below = client.request(DISCOVER, group).await;
    assert_eq!(below["scope"], json!(["tests/test_shop.py::TestCart"]));
    check_tree(
        &below["tests"],
        &expect![[r#"
        test tests/test_shop.py::TestCart::test_empty < tests/test_shop.py::TestCart @13
        test tests/test_shop.py::TestCart::test_count < tests/test_shop.py::TestCart @16 …"#]],
    );
    let nothing = client.request(DISCOVER, json!({ "testId": "gone.py" })).await;
    assert_eq!(nothing["tests"], json!([]));
    client.finish().await;
}

#[tokio::test]
async fn tests_have_tags() {
    let workspace = Workspace::named("shop", &[]);
    let text = "import pytest\n@pytest.mark.slow\nclass TestA:\n    def test_one(self): pass\n";
    workspace.write("tests/test_a.py", text);
    workspace.write("testdock.toml", "[[suite]]\nframework = \"pytest\"\nname = \"unit\"\n");
    let mut client = Client::open(&workspace, with_explorer()).await;
    let told = client.next(DISCOVERED).await;
    let tags = |test: &Value| format!("{} {}", test["label"], test["tags"]);
    let lines: Vec<String> = told["tests"].as_array().into_iter().flatten().map(tags).collect();
    expect![[r#"
        "unit" null
        "tests/test_a.py" null
        "TestA" null
        "test_one" ["pytest","unit","slow"]"#]]
    .assert_eq(&lines.join("\n"));

    // A mark that is added is told, though nothing moved.
    let uri = workspace.uri("tests/test_a.py");
    client.did_open(&uri, text).await;
    client.did_change(&uri, 2, &text.replace("slow", "fast")).await;
    let told = client.next(DISCOVERED).await;
    assert_eq!(told["tests"][3]["tags"], json!(["pytest", "unit", "fast"]));
    client.finish().await;
}

#[tokio::test]
async fn an_edit_tells_what_changed_and_nothing_else() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, with_explorer()).await;
    let uri = workspace.uri("tests/test_shop.py");
    client.did_open(&uri, SHOP).await;
    client.did_change(&uri, 2, &SHOP.replace("total = 3", "total = 5")).await;
    client.did_change(&uri, 3, "def test_new(): pass\n").await;
    let told = client.next(DISCOVERED).await;
    check_tree(
        &told["tests"],
        &expect![[r#"
        module tests/test_shop.py < - …
        test tests/test_shop.py::test_new < tests/test_shop.py @0"#]],
    );
    client.did_change(&uri, 4, "").await;
    let told = client.next(DISCOVERED).await;
    assert_eq!(told["tests"], json!([]));
    assert_eq!(told["scopeFile"], json!([{ "uri": uri }]));
    client.finish().await;
}

#[tokio::test]
async fn a_run_tells_how_its_tests_stand() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, with_explorer()).await;
    let params = json!({ "include": ["tests/test_shop.py"], "runId": "mine",
        "exclude": ["tests/test_shop.py::test_adds"] });
    let answer = client.request(RUN, params).await;
    assert_eq!(answer, json!({ "runId": "mine" }));
    let run = client.run().await;
    assert_eq!(run.selection(), ["tests/test_shop.py"]);
    assert_eq!(run.plan.jobs[0].exclude.len(), 1);
    run.start(3);
    run.say(RunEvent::TestStarted("tests/test_shop.py::test_fails".parse().unwrap_or_default()));
    let mut failure = run.failure("tests/test_shop.py::test_fails", 10, "assert 3 == 4");
    failure.output = "printed\n".to_owned();
    run.finish(failure);
    run.finish(result("tests/test_shop.py::TestCart::test_empty", Outcome::Errored));
    run.pass("tests/test_shop.py::TestCart::test_count[1]");
    run.say(RunEvent::Output("a line\n".to_owned()));
    run.complete();

    let states = states(&mut client, 4).await;
    expect![[r#"
        tests/test_shop.py::test_fails enqueued
        tests/test_shop.py::TestCart::test_empty enqueued
        tests/test_shop.py::TestCart::test_count enqueued
        tests/test_shop.py::test_fails started"#]]
    .assert_eq(&states);
    let mut failed = client.next(STATE).await;
    failed["seq"].take();
    let text = serde_json::to_string_pretty(&failed).expect("JSON");
    expect![[r#"
        {
          "testId": "tests/test_shop.py::test_fails",
          "state": {
            "tag": "failed",
            "message": "trace of assert 3 == 4"
          },
          "runId": "mine",
          "seq": null,
          "duration": 12.0,
          "message": "assert 3 == 4",
          "location": {
            "uri": "FILE",
            "range": {
              "start": {
                "line": 9,
                "character": 0
              },
              "end": {
                "line": 9,
                "character": 0
              }
            }
          },
          "failures": [
            {
              "message": "AssertionError: assert 3 == 4",
              "location": {
                "uri": "FILE",
                "range": {
                  "start": {
                    "line": 9,
                    "character": 0
                  },
                  "end": {
                    "line": 9,
                    "character": 0
                  }
                }
              },
              "stack": [
                {
                  "label": "helper",
                  "location": {
                    "uri": "FILE",
                    "range": {
                      "start": {
                        "line": 0,
                        "character": 0
                      },
                      "end": {
                        "line": 0,
                        "character": 0
                      }
                    }
                  }
                },
                {
                  "label": "test",
                  "location": {
                    "uri": "FILE",
                    "range": {
                      "start": {
                        "line": 9,
                        "character": 0
                      },
                      "end": {
                        "line": 9,
                        "character": 0
                      }
                    }
                  }
                }
              ]
            }
          ],
          "output": "printed\n"
        }"#]]
    .assert_eq(&text.replace(&workspace.uri("tests/test_shop.py"), "FILE"));
    let errored = client.next(STATE).await;
    assert_eq!(errored["state"]["tag"], "failed");
    assert_eq!(errored["errored"], true);
    // A case appears in the tree before anything is said of it.
    let case = client.next(DISCOVERED).await;
    let passed = client.next(STATE).await;
    assert!(case["seq"].as_u64() < passed["seq"].as_u64());
    check_tree(
        &case["tests"],
        &expect![[r#"
        module tests/test_shop.py < - …
        module tests/test_shop.py::TestCart < tests/test_shop.py @12 …
        test tests/test_shop.py::TestCart::test_count < tests/test_shop.py::TestCart @16 …
        test tests/test_shop.py::TestCart::test_count[1] < tests/test_shop.py::TestCart::test_count @16"#]],
    );

    // And the test stands as its cases do.
    let whole = client.next(STATE).await;
    assert_eq!(whole["testId"], "tests/test_shop.py::TestCart::test_count");
    assert_eq!((&whole["state"]["tag"], &whole["runId"]), (&json!("passed"), &json!("mine")));

    assert_eq!(
        client.next(OUTPUT).await["text"],
        "Interpreter Dockerfile → shop:1 (warm container)\n"
    );
    let output = client.next(OUTPUT).await;
    assert_eq!((&output["text"], &output["runId"]), (&json!("a line\n"), &json!("mine")));
    let end = client.next(END).await;
    assert_eq!(end["runId"], "mine");
    assert_eq!(end["how"], "completed");
    assert_eq!(end["message"], "1 failed, 1 errored, 1 passed in 340 ms");
    client.finish().await;
}

#[tokio::test]
async fn a_test_that_ran_goes_with_its_text() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, with_explorer()).await;
    client
        .request(RUN, json!({ "include": ["tests/test_shop.py::test_adds"], "runId": "1" }))
        .await;
    let run = client.run().await;
    run.pass("tests/test_shop.py::test_adds");
    // Of this one only the run told.
    run.pass("tests/test_shop.py::test_made");
    run.complete();
    client.next(END).await;
    client.claim(DISCOVERED);
    let uri = workspace.uri("tests/test_shop.py");
    client.did_open(&uri, "# nothing is left\n").await;
    let told = client.next(DISCOVERED).await;
    check_tree(
        &told["tests"],
        &expect![[r#"
        module tests/test_shop.py < - …
        test tests/test_shop.py::test_made < tests/test_shop.py"#]],
    );
    client.ignore(&[STATE, OUTPUT]);
    client.finish().await;
}

#[tokio::test]
async fn a_failure_reads_as_markdown_whatever_was_said() {
    let workspace = Workspace::shop();
    let mut able = with_explorer();
    merge(&mut able, json!({ "experimental": { "testdockMarkdown": true } }));
    let mut client = open(&workspace, able).await;
    client
        .request(RUN, json!({ "include": ["tests/test_shop.py::test_fails"], "runId": "1" }))
        .await;
    let run = client.run().await;
    let id = "tests/test_shop.py::test_fails";
    let mut failure = run.failure(id, 9, "assert `<b>` == [x](command:y)");
    failure.failures[0].detail = "E  \u{1b}[31m```\u{1b}[0m".to_owned();
    run.finish(failure);
    let is_failed = |it: &Value| it["state"]["tag"] == "failed";
    let told = client.next_where(STATE, is_failed).await;
    let markdown = told["failures"][0]["markdown"].as_str().unwrap_or_default();
    let markdown = markdown.replace(&workspace.uri(""), "file:///shop");
    expect![[r#"
        AssertionError: assert \`\<b\>\` == \[x\](command:y)

        ````text
        E  ```
        ````

        [tests/test_shop.py:9](<file:///shop/tests/test_shop.py#L9>)
    "#]]
    .assert_eq(&markdown);
    // A tool may not say by what a test failed.
    run.finish(result(id, Outcome::Failed));
    let told = client.next_where(STATE, is_failed).await;
    assert_eq!(
        told["failures"],
        json!([{ "message": "the test failed", "markdown": "the test failed\n" }])
    );
    run.complete();
    client.next(END).await;
    client.ignore(&[STATE, OUTPUT]);
    client.finish().await;
}

#[tokio::test]
async fn a_plain_client_is_told_of_its_own_run_in_its_own_terms() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, plain_explorer()).await;
    // Not its own: it has no place to show it.
    client.command("testdock.runAll", json!({})).await;
    let other = client.run().await;
    other.start(1);
    other.pass("tests/test_shop.py::test_adds");
    other.complete();
    client.idle().await;

    client.request(RUN, json!({ "include": ["tests/test_shop.py::test_adds"] })).await;
    let run = client.run().await;
    run.say(RunEvent::Output("a line\n".to_owned()));
    run.pass("tests/test_shop.py::test_adds");
    run.complete();
    assert_eq!(client.next(OUTPUT).await, "a line");
    let states = states(&mut client, 2).await;
    expect![[r#"
        tests/test_shop.py::test_adds enqueued
        tests/test_shop.py::test_adds passed"#]]
    .assert_eq(&states);
    assert_eq!(client.next(END).await, Value::Null);
    client.finish().await;
}

#[tokio::test]
async fn two_runs_at_once_do_not_mix() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, with_explorer()).await;
    client.request(RUN, json!({ "runId": "one" })).await;
    let one = client.run().await;
    client.request(RUN, json!({ "runId": "two" })).await;
    let two = client.run().await;
    client.refused(RUN, json!({ "runId": "two" })).await;
    two.pass("tests/test_shop.py::test_adds");
    let is_passed = |it: &Value| it["state"]["tag"] == "passed";
    assert_eq!(client.next_where(STATE, is_passed).await["runId"], "two");
    // What the older run says of the same test afterwards is news no more.
    one.fail("tests/test_shop.py::test_adds", 5, "late");
    one.pass("tests/test_shop.py::test_fails");
    assert_eq!(client.next_where(STATE, is_passed).await["runId"], "one");
    client.notify(ABORT, json!({ "runId": "one" })).await;
    let end = client.next(END).await;
    assert_eq!((&end["runId"], &end["how"]), (&json!("one"), &json!("cancelled")));
    one.over().await;
    assert!(!two.is_over());
    two.complete();
    assert_eq!(client.next(END).await["runId"], "two");
    // What the newer run did not run still stands as the older one left it: nothing of it is retracted.
    let states = client.claim(STATE);
    let told = states.iter().filter(|it| it["state"]["tag"] != "enqueued");
    check_told(
        told,
        &expect![[r#"
        tests/test_shop.py::TestCart::test_count retracted
        tests/test_shop.py::TestCart::test_empty retracted"#]],
    );
    client.finish().await;
}

/// Each without a run.
fn check_told<'v>(states: impl Iterator<Item = &'v Value>, expected: &Expect) {
    let line = |it: &Value| {
        assert_eq!(it.get("runId"), None);
        let word = if it["retracted"] == true { &json!("retracted") } else { &it["state"]["tag"] };
        let stale = it["stale"].as_str().map(|it| format!(" {it}")).unwrap_or_default();
        format!("{} {}{stale}", it["testId"], word).replace('"', "")
    };
    expected.assert_eq(&states.map(line).collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn what_a_run_left_behind_stands_as_before_and_not_as_running() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, with_explorer()).await;
    client.request(RUN, json!({})).await;
    let run = client.run().await;
    run.fail("tests/test_shop.py::test_fails", 10, "assert 3 == 4");
    run.pass("tests/test_shop.py::TestCart::test_count[1]");
    run.complete();
    client.next(END).await;
    client.claim(STATE);
    client.request(RUN, json!({ "runId": "two" })).await;
    let run = client.run().await;
    let begin = |id: &str| run.say(RunEvent::TestStarted(id.parse().unwrap_or_default()));
    begin("tests/test_shop.py::test_adds");
    run.pass("tests/test_shop.py::test_adds");
    begin("tests/test_shop.py::TestCart::test_empty");
    begin("tests/test_shop.py::TestCart::test_count[1]");
    client.notify(ABORT, json!({ "runId": "two" })).await;
    client.next(END).await;
    let states = client.claim(STATE);
    let told = states.iter().filter(|it| it.get("runId").is_none());
    check_told(
        told,
        &expect![[r#"
            tests/test_shop.py::TestCart::test_count[1] passed notReached
            tests/test_shop.py::test_fails failed notReached
            tests/test_shop.py::TestCart::test_count passed notReached
            tests/test_shop.py::TestCart::test_empty retracted"#]],
    );
    client.claim(DISCOVERED);
    client.finish().await;
}

#[tokio::test]
async fn an_abort_without_a_name_ends_all() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, plain_explorer()).await;
    client.request(RUN, json!({})).await;
    let one = client.run().await;
    client.request(RUN, json!({})).await;
    let two = client.run().await;
    client.send(&json!({ "jsonrpc": "2.0", "method": ABORT })).await;
    // One end for both: the client knows of one run only.
    client.next(END).await;
    one.over().await;
    two.over().await;
    client.claim(STATE);
    client.finish().await;
}

#[tokio::test]
async fn stale_results_and_those_taken_back_are_told() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, with_explorer()).await;
    let uri = workspace.uri("tests/test_shop.py");
    client.did_open(&uri, SHOP).await;
    client.request(RUN, json!({ "runId": "one" })).await;
    let run = client.run().await;
    run.pass("tests/test_shop.py::test_adds");
    let preview = result("tests/test_shop.py::TestCart::test_count[9]", Outcome::Passed);
    run.say(RunEvent::TestFinished(Box::new(preview)));
    run.complete();
    let end = client.next(END).await;
    assert_eq!(end["message"], "1 passed in 340 ms");
    let is_retracted = |it: &Value| it["retracted"] == true;
    let retracted = client.next_where(STATE, is_retracted).await;
    assert_eq!(retracted["testId"], "tests/test_shop.py::TestCart::test_count[9]");
    client.claim(STATE);
    client.claim(DISCOVERED);

    client.did_change(&uri, 2, &SHOP.replace("1 + 1", "1 + 2")).await;
    let stale = client.next(STATE).await;
    assert_eq!(stale["stale"], "edited");
    assert_eq!(stale["state"]["tag"], "passed");
    client.did_change(&uri, 3, SHOP).await;
    assert_eq!(client.next(STATE).await.get("stale"), None);
    client.finish().await;
}

/// Cases may come from a fixture's parameters: no text of the test tells of them.
#[tokio::test]
async fn a_test_with_cases_stands_as_they_do() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, with_explorer()).await;
    client.request(RUN, json!({ "include": ["tests/test_shop.py::test_adds"] })).await;
    let run = client.run().await;
    let case = |n: u32| format!("tests/test_shop.py::test_adds[{n}]");
    run.say(RunEvent::TestStarted(case(1).parse().unwrap_or_default()));
    run.pass(&case(1));
    run.finish(result(&case(2), Outcome::Skipped));
    run.fail(&case(3), 5, "no");
    run.pass(&case(4));
    run.complete();
    let states = states(&mut client, 9).await;
    expect![[r#"
        tests/test_shop.py::test_adds enqueued
        tests/test_shop.py::test_adds[1] started
        tests/test_shop.py::test_adds started
        tests/test_shop.py::test_adds[1] passed
        tests/test_shop.py::test_adds passed
        tests/test_shop.py::test_adds[2] skipped
        tests/test_shop.py::test_adds[3] failed
        tests/test_shop.py::test_adds failed
        tests/test_shop.py::test_adds[4] passed"#]]
    .assert_eq(&states);
    let is_case = |it: &Value| it["tests"].to_string().contains("test_adds[1]");
    let told = client.next_where(DISCOVERED, is_case).await;
    check_tree(
        &told["tests"],
        &expect![[r#"
            module tests/test_shop.py < - …
            test tests/test_shop.py::test_adds < tests/test_shop.py @3 …
            test tests/test_shop.py::test_adds[1] < tests/test_shop.py::test_adds @3"#]],
    );
    client.claim(DISCOVERED);
    client.claim(OUTPUT);
    client.next(END).await;
    client.finish().await;
}

#[tokio::test]
async fn the_tests_of_a_skipped_group_are_told_as_skipped() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, with_explorer()).await;
    client.request(RUN, json!({ "include": ["tests/test_shop.py::TestCart::test_empty"] })).await;
    let run = client.run().await;
    run.finish(result("tests/test_shop.py::TestCart", Outcome::Skipped));
    run.complete();
    expect![[r#"
        tests/test_shop.py::TestCart::test_empty enqueued
        tests/test_shop.py::TestCart skipped
        tests/test_shop.py::TestCart::test_empty skipped
        tests/test_shop.py::TestCart::test_count skipped"#]]
    .assert_eq(&states(&mut client, 4).await);
    assert_eq!(client.next(END).await["message"], "1 skipped in 340 ms");
    client.finish().await;
}

#[tokio::test]
async fn what_an_earlier_process_remembered_is_told_as_such() {
    let workspace = Workspace::shop();
    let state = tempfile::tempdir().expect("a temporary directory");
    let store = || {
        let dir = camino::Utf8PathBuf::from_path_buf(state.path().to_owned());
        Some(testdock_engine::state::Store::at(dir.expect("unicode")))
    };
    let mut first = Client::start_with(store());
    first.read(&workspace, json!({})).await;
    first.ignore(&["textDocument/publishDiagnostics"]);
    first.command("testdock.runAll", json!({})).await;
    let run = first.run().await;
    run.pass("tests/test_shop.py::test_adds");
    run.fail("tests/test_shop.py::TestCart::test_count[1]", 18, "no");
    run.complete();
    run.over().await;
    first.idle().await;
    first.finish().await;

    let mut second = Client::start_with(store());
    second.read(&workspace, with_explorer()).await;
    let told = second.next(DISCOVERED).await;
    let mut seq = told["seq"].as_u64();
    for (id, tag) in [
        ("tests/test_shop.py::TestCart::test_count[1]", "failed"),
        ("tests/test_shop.py::test_adds", "passed"),
    ] {
        let state = second.next(STATE).await;
        assert_eq!((&state["testId"], &state["state"]["tag"]), (&json!(id), &json!(tag)));
        assert_eq!((&state["stale"], state.get("runId")), (&json!("remembered"), None));
        assert!(state["seq"].as_u64() > seq, "after its item");
        seq = state["seq"].as_u64();
    }
    assert!(told["tests"].to_string().contains("test_count[1]"), "{told:#}");
    second.finish().await;
}

#[tokio::test]
async fn a_file_that_is_deleted_while_its_tests_run_leaves_no_ghost() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, with_explorer()).await;
    let whole = client.next(DISCOVERED).await;
    client.ignore(&["textDocument/publishDiagnostics", STATE, OUTPUT, END]);
    client.request(RUN, json!({})).await;
    let run = client.run().await;
    run.start(1);

    let (file, uri) = (workspace.path("tests/test_shop.py"), workspace.uri("tests/test_shop.py"));
    let changed = json!({ "changes": [{ "uri": uri, "type": 3 }] });
    std::fs::remove_file(&file).expect("removed");
    client.notify("workspace/didChangeWatchedFiles", changed.clone()).await;
    let nothing = (json!([]), json!([{ "uri": uri }]));
    let gone = client.next(DISCOVERED).await;
    assert_eq!((&gone["tests"], &gone["scopeFile"]), (&nothing.0, &nothing.1));

    run.fail("tests/test_shop.py::test_fails", 9, "no");
    let told = client.next(DISCOVERED).await;
    assert!(told["tests"].to_string().contains("test_fails"), "as tests are that a run makes");
    run.complete();
    let gone = client.next(DISCOVERED).await;
    assert_eq!((&gone["tests"], &gone["scopeFile"]), (&nothing.0, &nothing.1));
    assert_eq!(client.request(DISCOVER, json!({})).await["tests"], json!([]));

    std::fs::write(&file, SHOP).expect("written");
    client.notify("workspace/didChangeWatchedFiles", changed.clone()).await;
    assert_eq!(client.next(DISCOVERED).await["tests"], whole["tests"], "back, with its tests");
    client.finish().await;
}

#[tokio::test]
async fn a_broken_run_ends_with_its_cause() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, with_explorer()).await;
    client.request(RUN, json!({ "include": ["tests/test_shop.py::test_adds"] })).await;
    let run = client.run().await;
    run.say(RunEvent::BuildLog("#1 RUN make".to_owned()));
    run.say(broken("cannot reach the engine"));
    assert_eq!(client.next(OUTPUT).await["text"], "#1 RUN make\n");
    assert_eq!(client.next(OUTPUT).await["text"], "cannot reach the engine; start the engine\n");
    assert_eq!(client.next(END).await["how"], "broken");
    client.next("window/showMessage").await;
    client.claim(STATE);
    client.finish().await;
}
