//! What can be done at a failure, or at a test.

use serde_json::{Value, json};

use crate::client::Client;
use crate::workspace::{SHOP, Workspace};

#[tokio::test]
async fn a_failure_can_be_run_again_and_shown() {
    let workspace = Workspace::shop();
    let literals = json!({ "codeActionKind": { "valueSet": ["quickfix"] } });
    let capabilities = json!({
        "textDocument": { "codeAction": { "codeActionLiteralSupport": literals } },
    });
    let mut client = Client::open(&workspace, capabilities).await;
    let uri = workspace.uri("tests/test_shop.py");
    client.did_open(&uri, SHOP).await;
    let params = |line: u32, diagnostics: &Value, only: &Value| {
        let at = json!({ "line": line, "character": 6 });
        json!({
            "textDocument": { "uri": uri }, "range": { "start": at, "end": at },
            "context": { "diagnostics": diagnostics, "only": only },
        })
    };
    const ACTION: &str = "textDocument/codeAction";
    let actions = client.request(ACTION, params(3, &json!([]), &Value::Null)).await;
    let here = ["Run test_adds", "Run file", "Run all tests"];
    assert_eq!(titles(&actions), here);
    // The empty kind is above all others.
    let any = params(3, &json!([]), &json!(["", "refactor"]));
    assert_eq!(titles(&client.request(ACTION, any).await), here);

    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.fail("tests/test_shop.py::test_fails", 10, "assert 3 == 4");
    run.complete();
    let published = client.next("textDocument/publishDiagnostics").await;
    let diagnostics = &published["diagnostics"];
    let actions = client.request(ACTION, params(9, diagnostics, &Value::Null)).await;
    let whole = ["Run file", "Run all tests", "Run failed tests"];
    let expected = [&["Run again test_fails", "Show output of test_fails"][..], &whole].concat();
    assert_eq!(titles(&actions), expected);
    assert_eq!(actions[0]["kind"], "quickfix");
    assert_eq!(&actions[0]["diagnostics"], diagnostics);
    let ids = json!([{ "ids": ["tests/test_shop.py::test_fails"] }]);
    assert_eq!(actions[0]["command"]["arguments"], ids);

    let only = json!(["quickfix"]);
    let actions = client.request(ACTION, params(9, diagnostics, &only)).await;
    assert_eq!(titles(&actions).len(), 2);
    let foreign = json!([{ "range": diagnostics[0]["range"], "message": "x", "source": "ruff",
        "code": "tests/test_shop.py::test_fails" }]);
    let actions = client.request(ACTION, params(9, &foreign, &only)).await;
    assert_eq!(titles(&actions), [""; 0]);
    // Off a test there is what an editor without lenses has no other place for.
    let actions = client.request(ACTION, params(0, &json!([]), &Value::Null)).await;
    assert_eq!(titles(&actions), whole);
    assert_eq!(actions[0]["command"]["arguments"], json!([{ "ids": ["tests/test_shop.py"] }]));
    // But nothing for one that only looks whether there is anything.
    let mut by_itself = params(0, &json!([]), &Value::Null);
    by_itself["context"]["triggerKind"] = json!(2);
    assert_eq!(titles(&client.request(ACTION, by_itself).await), [""; 0]);
    let mut elsewhere = params(0, &json!([]), &Value::Null);
    elsewhere["textDocument"]["uri"] = json!(workspace.uri("pytest.ini"));
    assert_eq!(titles(&client.request(ACTION, elsewhere).await), [""; 0]);
    client.finish().await;
}

#[tokio::test]
async fn a_simple_client_gets_commands() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    let at = json!({ "line": 3, "character": 0 });
    let params = json!({
        "textDocument": { "uri": workspace.uri("tests/test_shop.py") },
        "range": { "start": at, "end": at },
        "context": { "diagnostics": [] },
    });
    let actions = client.request("textDocument/codeAction", params).await;
    assert_eq!(actions[0]["command"], "testdock.run");
    client.finish().await;
}

fn titles(actions: &Value) -> Vec<&str> {
    let actions = actions.as_array().into_iter().flatten();
    actions.filter_map(|action| action["title"].as_str()).collect()
}
