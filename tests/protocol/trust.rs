//! Nothing runs where the user does not trust the workspace, and nothing by itself unless he does.

use camino::Utf8PathBuf;
use serde_json::{Value, json};
use testdock_engine::state::Store;

use crate::client::{Client, with_explorer};
use crate::runner::unsaid;
use crate::workspace::{SHOP, Workspace};

const END: &str = "experimental/endRunTest";

async fn open(workspace: &Workspace, options: Value) -> Client {
    let mut client = Client::start();
    client.initialize(&[workspace], with_explorer(), options).await;
    client.ready(1).await;
    client.ignore(&["experimental/discoveredTests", "experimental/changeTestState"]);
    client
}

async fn save(client: &mut Client, uri: &str) {
    let params = json!({ "textDocument": { "uri": uri } });
    client.notify("textDocument/didSave", params).await;
}

#[tokio::test]
async fn a_run_in_an_untrusted_workspace_is_refused_until_it_is_trusted() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, json!({ "trusted": false })).await;
    client.request("experimental/runTest", json!({ "runId": "no" })).await;
    let message = client.next("window/showMessage").await;
    let message = message["message"].as_str().unwrap_or_default();
    assert!(message.starts_with("Testdock: this workspace is not trusted; trust it"), "{message}");
    assert_eq!(client.next(END).await["how"], "refused");
    client.claim("experimental/appendOutputToRunTest");
    assert!(client.has_no_run());

    client.notify("testdock/trust", json!({ "trusted": true })).await;
    client.request("experimental/runTest", json!({ "runId": "yes" })).await;
    client.run().await.complete();
    assert_eq!(client.next(END).await["how"], "completed");
    client.finish().await;
}

#[tokio::test]
async fn a_refusal_in_two_folders_is_told_once() {
    let shop = Workspace::shop();
    let bank = Workspace::named("bank", &[("test_bank.py", "def test_pays(): pass\n")]);
    let mut client = Client::start();
    let options = json!({ "trusted": false });
    client.initialize(&[&shop, &bank], json!({}), options).await;
    client.ready(2).await;
    client.command("testdock.runAll", json!({})).await;
    client.next("window/showMessage").await;
    client.idle().await;
    client.finish().await;
}

#[tokio::test]
async fn a_saved_file_runs_where_that_is_wanted_and_trusted() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, json!({ "trusted": true, "runOnSave": true })).await;
    let uri = workspace.uri("tests/test_shop.py");
    client.did_open(&uri, SHOP).await;
    save(&mut client, &workspace.uri("pytest.ini")).await;
    save(&mut client, &uri).await;
    let run = client.run().await;
    assert_eq!(run.selection(), ["tests/test_shop.py"]);
    run.complete();
    client.next(END).await;
    client.scanned(1).await;
    client.finish().await;
}

#[tokio::test]
async fn a_continuous_run_runs_what_is_saved_until_it_is_aborted() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, json!({ "trusted": true, "runOnSave": true })).await;
    let test = "tests/test_shop.py::test_adds";
    let wish = json!({ "include": [test], "runId": "watch", "continuous": true });
    let answer = client.request("experimental/runTest", wish).await;
    assert_eq!(answer, json!({ "runId": "watch" }));
    client.idle().await;
    assert!(client.has_no_run());

    for saved in ["tests/test_shop.py", "shop/cart.py"] {
        save(&mut client, &workspace.uri(saved)).await;
        let run = client.run().await;
        assert_eq!(run.selection(), [test]);
        assert_ne!(run.plan.run.to_string(), "watch");
        run.complete();
        assert_eq!(client.next(END).await["runId"], run.plan.run.to_string());
    }
    client.notify("experimental/abortRunTest", json!({ "runId": "watch" })).await;
    let end = client.next(END).await;
    assert_eq!((&end["runId"], &end["how"]), (&json!("watch"), &json!("cancelled")));
    save(&mut client, &workspace.uri("shop/cart.py")).await;
    client.idle().await;
    assert!(client.has_no_run());
    client.finish().await;
}

#[tokio::test]
async fn a_continuous_run_needs_a_word_of_trust() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, json!({})).await;
    let message = client.refused("experimental/runTest", json!({ "continuous": true })).await;
    assert!(
        message.starts_with("the workspace is not trusted, and what runs by itself"),
        "{message}"
    );
    client.notify("testdock/trust", json!({ "trusted": true })).await;
    client.request("experimental/runTest", json!({ "continuous": true, "runId": "w" })).await;
    // An abort without a name ends all, this one too.
    client.notify("experimental/abortRunTest", Value::Null).await;
    assert_eq!(client.next(END).await["runId"], "w");
    client.finish().await;
}

#[tokio::test]
async fn nothing_runs_by_itself_without_a_word_of_trust() {
    let workspace = Workspace::shop();
    let mut client = open(&workspace, json!({ "runOnSave": true })).await;
    let uri = workspace.uri("tests/test_shop.py");
    client.did_open(&uri, SHOP).await;
    save(&mut client, &uri).await;
    client.idle().await;
    assert!(client.has_no_run());
    client.finish().await;
}

/// What a container gets that the workspace's files ask for is the user's to allow; then the run begins anew.
#[tokio::test]
async fn what_reaches_beyond_a_container_is_asked_for() {
    const ASK: &str = "window/showMessageRequest";
    const ENGINE: &str = "the engine itself";
    let image = ("testdock.toml", "interpreter.image = 'python:3.12'\n");
    let workspace = Workspace::named("shop", &[image, ("test_a.py", "def test_a(): pass\n")]);
    let kept = tempfile::tempdir().expect("a temporary directory");
    let directory = Utf8PathBuf::from_path_buf(kept.path().into()).expect("unicode");
    let mut client = Client::start_with(Some(Store::at(directory.clone())));
    client.read(&workspace, json!({})).await;
    let allowed = || {
        let files = directory.read_dir_utf8().expect("a directory").filter_map(Result::ok);
        let mut files = files.filter(|file| file.file_name().starts_with("allowed-"));
        files.next().map(|file| std::fs::read_to_string(file.path()).expect("a file"))
    };

    client.command("testdock.runAll", json!({})).await;
    client.run().await.say(unsaid(ENGINE));
    let asked = client.next(ASK).await;
    let message = asked["message"].as_str().unwrap_or_default();
    assert_eq!(message, "Testdock: testdock.toml gives the engine itself");
    let titles: Vec<&Value> = asked["actions"].as_array().into_iter().flatten().collect();
    assert_eq!(json!(titles), json!([{ "title": "Allow from Now On" }, { "title": "Not Now" }]));
    client.idle().await;
    assert!(client.has_no_run());
    assert_eq!(allowed(), None);

    client.press = asked["actions"][0].clone();
    client.command("testdock.runAll", json!({})).await;
    client.run().await.say(unsaid(ENGINE));
    client.next(ASK).await;
    client.run().await.complete();
    let text = allowed().unwrap_or_default();
    assert!(text.contains(r#""interpreters":{"default":["the engine itself"]}"#), "{text}");

    // A build is allowed likewise, and no test runs for that.
    client.command("testdock.buildInterpreter", json!({ "name": "default" })).await;
    client.run().await.say(unsaid("the host's /"));
    client.next(ASK).await;
    client.idle().await;
    assert!(client.has_no_run());
    client.finish().await;
}
