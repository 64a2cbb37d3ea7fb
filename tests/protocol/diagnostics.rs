//! Diagnostics on the failing line, while the run goes on.

use expect_test::expect;
use serde_json::{Value, json};

use crate::client::Client;
use crate::runner::{ended, result};
use crate::workspace::{SHOP, Workspace, uri};
use testdock_core::model::{End, Outcome, RunEvent};

const PUBLISH: &str = "textDocument/publishDiagnostics";

fn related() -> Value {
    json!({ "textDocument": { "publishDiagnostics": { "relatedInformation": true } } })
}

#[tokio::test]
async fn a_failure_shows_while_the_run_goes_on_and_goes_when_it_is_mended() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, related()).await;
    let file = workspace.uri("tests/test_shop.py");
    client.did_open(&file, SHOP).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(2);
    run.fail("tests/test_shop.py::test_fails", 10, "assert 3 == 4");

    let published = client.next(PUBLISH).await;
    assert_eq!(published["uri"], file);
    assert_eq!(published["version"], 1);
    let text = serde_json::to_string_pretty(&published["diagnostics"]).expect("JSON");
    expect![[r#"
        [
          {
            "range": {
              "start": {
                "line": 9,
                "character": 4
              },
              "end": {
                "line": 9,
                "character": 21
              }
            },
            "severity": 1,
            "code": "tests/test_shop.py::test_fails",
            "source": "testdock",
            "message": "AssertionError: assert 3 == 4",
            "relatedInformation": [
              {
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
                },
                "message": "in helper"
              }
            ]
          }
        ]"#]]
    .assert_eq(&text.replace(&file, "FILE"));
    assert!(!run.is_over());

    // An edit above moves it, one of the test itself makes it a thing of the past.
    client.did_change(&file, 2, &format!("# new\n{SHOP}")).await;
    let moved = client.next(PUBLISH).await;
    assert_eq!(moved["diagnostics"][0]["range"]["start"]["line"], 10);
    assert_eq!(moved["version"], 2);
    client.did_change(&file, 3, &SHOP.replace("total = 3", "total = 4")).await;
    let stale = client.next(PUBLISH).await;
    assert_eq!(stale["diagnostics"][0]["severity"], 3);

    run.complete();
    client.command("testdock.runFailed", json!({})).await;
    let run = client.run().await;
    assert_eq!(run.selection(), ["tests/test_shop.py::test_fails"]);
    run.start(1);
    run.pass("tests/test_shop.py::test_fails");
    assert_eq!(client.next(PUBLISH).await["diagnostics"], json!([]));
    run.complete();
    client.finish().await;
}

#[tokio::test]
async fn a_report_takes_back_what_a_preview_said() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(2);
    run.fail("tests/test_shop.py::test_fails", 10, "assert 3 == 4");
    client.next(PUBLISH).await;
    run.say(RunEvent::Reported(vec![result("tests/test_shop.py::test_fails", Outcome::Passed)]));
    assert_eq!(client.next(PUBLISH).await["diagnostics"], json!([]));
    run.say(ended(End::Completed));
    client.finish().await;
}

#[tokio::test]
async fn paths_with_spaces_and_letters_come_back_as_the_client_spells_them() {
    let name = "tests/test_déjà vu.py";
    let workspace = Workspace::named("мой shop", &[(name, SHOP)]);
    let mut client = Client::open(&workspace, json!({})).await;
    // Some clients escape more than they must.
    let spelled = workspace.uri(name).replace('-', "%2D");
    client.did_open(&spelled, SHOP).await;
    assert_eq!(client.lenses(&spelled).await.len(), 6);
    client.command("testdock.runFile", json!({ "uri": spelled })).await;
    let run = client.run().await;
    assert_eq!(run.selection(), [name]);
    run.start(1);
    run.fail(&format!("{name}::test_fails"), 10, "assert 3 == 4");
    let published = client.next(PUBLISH).await;
    assert_eq!(published["uri"], spelled);
    assert_eq!(published["diagnostics"][0]["code"], format!("{name}::test_fails"));
    run.complete();
    client.finish().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_opened_by_a_link_shows_its_files_below_the_link() {
    let workspace = Workspace::shop();
    let link = workspace.path("../link");
    let link = link.parent().and_then(|it| it.parent()).expect("a directory").join("link");
    std::os::unix::fs::symlink(workspace.path(""), &link).expect("linked");
    let mut client = Client::start();
    let params = json!({
        "processId": null, "capabilities": {}, "rootUri": uri(&link),
        "initializationOptions": { "local": true },
    });
    client.request("initialize", params).await;
    client.ready(1).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(1);
    // The engine may have followed the link.
    let mut failure = run.failure("tests/test_shop.py::test_fails", 10, "assert 3 == 4");
    let real = workspace.path("tests/test_shop.py");
    let real = camino::Utf8PathBuf::from_path_buf(real).expect("unicode");
    for place in failure.failures.iter_mut().flat_map(|it| it.place.as_mut()) {
        place.path.clone_from(&real);
    }
    run.finish(failure);
    assert_eq!(client.next(PUBLISH).await["uri"], uri(&link.join("tests/test_shop.py")));
    run.complete();
    client.finish().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_opened_by_a_link_has_lenses_and_diagnostics_by_the_link() {
    let workspace = Workspace::shop();
    let link = workspace.path("").parent().expect("a directory").join("link");
    std::os::unix::fs::symlink(workspace.path(""), &link).expect("linked");
    let (linked, real) =
        (uri(&link.join("tests/test_shop.py")), workspace.uri("tests/test_shop.py"));
    let mut client = Client::open(&workspace, json!({})).await;
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.start(1);
    run.fail("tests/test_shop.py::test_fails", 10, "assert 3 == 4");
    assert_eq!(client.next(PUBLISH).await["uri"], real);

    client.did_open(&linked, SHOP).await;
    assert!(!client.lenses(&linked).await.is_empty());
    let moved = |published: &Value| {
        let count = published["diagnostics"].as_array().map(Vec::len);
        (published["uri"].as_str().unwrap_or_default().to_owned(), count.unwrap_or_default())
    };
    assert_eq!(moved(&client.next(PUBLISH).await), (real.clone(), 0));
    assert_eq!(moved(&client.next(PUBLISH).await), (linked.clone(), 1));
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": linked } })).await;
    assert_eq!(moved(&client.next(PUBLISH).await), (linked, 0));
    assert_eq!(moved(&client.next(PUBLISH).await), (real, 1));
    // What is on disk is read again, and may say more of the line.
    client.ignore(&[PUBLISH]);
    client.claim(PUBLISH);
    run.complete();
    client.finish().await;
}

#[tokio::test]
async fn a_mistake_in_the_configuration_has_its_line() {
    let workspace = Workspace::shop();
    workspace.write("testdock.toml", "[interpreter]\nimagee = \"python\"\n");
    let mut client = Client::open(&workspace, json!({})).await;
    let published = client.next(PUBLISH).await;
    assert_eq!(published["uri"], workspace.uri("testdock.toml"));
    assert_eq!(published["diagnostics"][0]["range"]["start"]["line"], 1);
    assert_eq!(published["diagnostics"][0]["code"], "configuration");
    client.finish().await;
}
