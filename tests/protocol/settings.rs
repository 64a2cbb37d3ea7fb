//! The editor's settings, and the files it is asked to watch.

use serde_json::{Value, json};

use crate::client::{Client, merge};
use crate::workspace::Workspace;

const CONFIGURATION: &str = "workspace/configuration";
const REGISTER: &str = "client/registerCapability";

fn configurable() -> Value {
    json!({ "workspace": { "configuration": true } })
}

#[tokio::test]
async fn settings_are_asked_for_before_the_workspace_is_read_and_when_they_change() {
    let workspace = Workspace::shop();
    let mut client = Client::start();
    let overlay = |command: &str| json!({ "suite": [{ "command": [command], "reports": ["*.xml"], "name": "own" }] });
    client.settings = json!({ "local": true, "settings": overlay("make") });
    client.initialize(&[&workspace], configurable(), json!({})).await;
    client.ready(1).await;
    assert_eq!(client.next(CONFIGURATION).await, json!({ "items": [{ "section": "testdock" }] }));
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    let suite = &run.plan.jobs[0].suite;
    assert_eq!(suite.command.as_deref(), Some(&["make".to_owned()][..]));
    run.complete();

    client.settings = json!({ "local": true, "settings": overlay("ninja") });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null })).await;
    client.command("testdock.runAll", json!({})).await;
    client.next(CONFIGURATION).await;
    let run = client.run().await;
    let ninja = run.plan.jobs[0].suite.command.clone().unwrap_or_default();
    run.complete();
    assert_eq!(ninja, ["ninja"]);
    client.idle().await;
    client.finish().await;
}

/// Neovim on Linux and Helix do not; and what asked for the new configuration in between has not read it for the runs.
#[tokio::test]
async fn a_run_goes_by_what_is_on_disk_whoever_changed_it() {
    let own = |tool: &str| {
        format!("[[suite]]\ncommand = [\"{tool}\"]\nreports = [\"*.xml\"]\nname = \"own\"\n")
    };
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    let files =
        [("testdock.toml", "make"), ("testdock.toml", "ninja"), ("testdock.local.toml", "just")];
    for (file, tool) in files {
        workspace.write(file, &own(tool));
        client.command("testdock.doctor", json!({})).await;
        client.command("testdock.runAll", json!({})).await;
        let run = client.run().await;
        let command = run.plan.jobs[0].suite.command.clone();
        assert_eq!(command.as_deref(), Some(&[tool.to_owned()][..]));
        run.complete();
        client.idle().await;
    }
    client.scanned(1).await;
    client.finish().await;
}

/// Files of tests are edited all the time: what is read again for a run is only what shapes it.
#[tokio::test]
async fn a_run_reads_nothing_again_that_is_as_it_was() {
    let workspace = Workspace::shop();
    let progress = json!({ "window": { "workDoneProgress": true } });
    let mut client = Client::open(&workspace, progress).await;
    client.ignore(&["window/workDoneProgress/create"]);
    client.claim("$/progress");
    workspace.write("tests/test_shop.py", "def test_other(): pass\n");
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    run.complete();
    client.idle().await;
    let told = client.claim("$/progress");
    let of_run = |it: &Value| it["token"].as_str().is_some_and(|it| it.contains("/run/"));
    assert!(!told.is_empty() && told.iter().all(of_run), "{told:?}");
    client.finish().await;
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_sends_its_settings() {
    let workspace = Workspace::shop();
    let mut client = Client::open(&workspace, json!({})).await;
    let settings = json!({ "testdock": { "local": "yes" } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": settings })).await;
    let message = client.next("window/showMessage").await;
    let expected = "Testdock: setting testdock.local must be true or false, not \"yes\"";
    assert_eq!(message["message"], expected);
    client.scanned(1).await;
    client.finish().await;
}

#[tokio::test]
async fn the_client_watches_what_matters() {
    let workspace = Workspace::shop();
    let mut capabilities = configurable();
    let watching = json!({ "dynamicRegistration": true });
    merge(&mut capabilities, json!({ "workspace": { "didChangeWatchedFiles": watching } }));
    let mut client = Client::open(&workspace, capabilities).await;
    client.next(CONFIGURATION).await;
    let registered = client.next(REGISTER).await;
    let options = &registered["registrations"][0]["registerOptions"];
    let globs: Vec<&str> = options["watchers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["globPattern"].as_str())
        .collect();
    assert!(globs.contains(&"**/*.py") && globs.contains(&"**/testdock.toml"), "{globs:?}");

    workspace.write("tests/test_new.py", "def test_new(): pass\n");
    let uri = workspace.uri("tests/test_new.py");
    let changed = json!({ "changes": [{ "uri": uri, "type": 1 }] });
    client.notify("workspace/didChangeWatchedFiles", changed).await;
    while client.lenses(&uri).await.len() != 2 {}
    client.finish().await;
}
