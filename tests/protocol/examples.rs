//! A conversation in which every method of ours is used once: it makes the examples of the page.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testdock_core::interpreter::{Found, Image};
use testdock_core::model::RunEvent;
use testdock_lsp::ext;

use crate::book::Book;
use crate::client::{Client, merge, with_explorer};
use crate::runner::{Run, unreachable};
use crate::workspace::Workspace;

const CART: &str = "\
from shop import cart


def test_total():
    assert cart.total() == 4


def test_slow():
    assert cart.audit()
";

const FILE: &str = "tests/test_cart.py";
const TOTAL: &str = "tests/test_cart.py::test_total";

const DISCOVERED: &str = "experimental/discoveredTests";
const QUEUED: &str = "testdock/queuedTests";
const STATE: &str = "experimental/changeTestState";
const OUTPUT: &str = "experimental/appendOutputToRunTest";
const MARKS: &str = "testdock/marks";
const TREE: &str = "testdock/treeChanged";
const END: &str = "experimental/endRunTest";
const REMEDY: &str = "testdock/remedy";
const CHANGED: &str = "testdock/interpretersChanged";

#[tokio::test]
async fn the_examples_are_what_a_conversation_says() {
    let workspace = Workspace::named("shop", &[(FILE, CART)]);
    let mut able = with_explorer();
    let more = json!({ "testdockQueuedTests": true, "testdockMarkdown": true });
    merge(&mut able, json!({ "window": { "workDoneProgress": true }, "experimental": more }));
    let mut client = Client::open(&workspace, able).await;
    client.ignore(&["textDocument/publishDiagnostics"]);
    let mut book = Book::default();

    book.told(DISCOVERED, client.next(DISCOVERED).await);
    ask(&mut client, &mut book, ext::DISCOVER_TEST, json!({ "testId": FILE })).await;
    run(&mut client, &mut book).await;
    end_early(&mut client, &mut book).await;
    let token = press_cancel(&mut client, &mut book).await;
    tell(&mut client, &mut book, ext::TRUST, json!({ "trusted": true })).await;

    let drawn = marks(&mut book).await;
    let shown = tree(&mut book).await;
    let docked = interpreters(&mut book).await;

    // Those of containers are used in a conversation of their own, with the real engine.
    let of_containers = BTreeSet::from(ext::CONTAINER_METHODS);
    let methods: BTreeSet<&str> = ext::METHODS.into_iter().collect();
    assert!(methods.is_superset(&of_containers));
    assert_eq!(book.methods(), &methods - &of_containers);
    book.check(&[
        (&workspace.uri(""), "file:///shop"),
        (&drawn, "file:///shop"),
        (&shown, "file:///shop"),
        (&docked, "file:///shop"),
        (&token, "testdock/run/4f2-642c1-0/9"),
    ]);
    client.ignore(&[QUEUED, STATE, OUTPUT, END, "$/progress", "window/workDoneProgress/create"]);
    client.finish().await;
}

/// A conversation about what stands beside lines; the folder that it is about.
async fn marks(book: &mut Book) -> String {
    let workspace = Workspace::named("shop", &[(FILE, CART)]);
    let able = json!({ "experimental": { "testdockMarks": true } });
    let mut client = Client::open(&workspace, able).await;
    client.did_open(&workspace.uri(FILE), CART).await;
    client.command("testdock.run", json!({ "ids": [TOTAL] })).await;
    let run = client.run().await;
    run.start(1);
    run.fail(TOTAL, 5, "assert 3 == 4");
    run.complete();
    let has_failed = |it: &Value| it["marks"][0]["state"] == "failed";
    let mut told = client.next_where(MARKS, has_failed).await;
    // What changes soon after something else is told with it: the number is another one each time.
    told["seq"] = json!(2);
    book.told(MARKS, told);
    client.ignore(&[MARKS, "textDocument/publishDiagnostics"]);
    client.finish().await;
    workspace.uri("")
}

/// A conversation about the tree and the names in it; the folder that it is about.
async fn tree(book: &mut Book) -> String {
    let workspace = Workspace::named("shop", &[(FILE, CART)]);
    let mut client = Client::open(&workspace, json!({})).await;
    ask(&mut client, book, ext::NAMES, json!({ "of": "tests" })).await;
    client.command("testdock.run", json!({ "ids": [TOTAL] })).await;
    let run = client.run().await;
    run.start(1);
    run.fail(TOTAL, 5, "assert 3 == 4");
    run.complete();
    client.idle().await;
    tell(&mut client, book, ext::WATCH_TREE, json!({ "watch": true })).await;
    let mut told = client.next(TREE).await;
    told["seq"] = json!(8);
    book.told(TREE, told);
    client.ignore(&["textDocument/publishDiagnostics"]);
    client.finish().await;
    workspace.uri("")
}

/// A conversation about interpreters; the folder that it is about.
async fn interpreters(book: &mut Book) -> String {
    let workspace = Workspace::named("shop", &[(FILE, CART)]);
    workspace.write("Dockerfile", "FROM python:3.12 AS test\n");
    workspace
        .write("testdock.toml", "[interpreter]\ndockerfile = \"Dockerfile\"\ntarget = \"test\"\n");
    let mut client = Client::start();
    let name = "testdock/shop:1e89bb7be5c4".to_owned();
    let image = Image { id: "sha256:1".to_owned(), name, size: 412_000_000, created: 0 };
    client.engine.stands("default", Found::Warm(image));
    let able = json!({ "testdockInterpreters": true, "testdockRemedies": true });
    let able = json!({ "experimental": able });
    client.initialize(&[&workspace], able, json!({ "local": false })).await;
    client.ready(1).await;
    let last_stands = |state: &'static str| {
        move |it: &Value| {
            let mut all = it["interpreters"].as_array().into_iter().flatten();
            all.rfind(|it| it["kind"] != "local").is_some_and(|it| it["state"] == state)
        }
    };
    client.next_where(CHANGED, last_stands("warm")).await;
    let mut answer = client.request(ext::INTERPRETERS, Value::Null).await;
    // The page says that it shows two fields of one kind only.
    let kinds = answer["kinds"].as_array_mut().expect("kinds");
    kinds.truncate(1);
    kinds[0]["fields"].as_array_mut().expect("fields").truncate(2);
    book.answered(ext::INTERPRETERS, Value::Null, answer);
    let values = json!({ "image": "python:3.13" });
    let wish = json!({ "folder": "shop", "kind": "image", "name": "py313", "values": values, "personal": false });
    ask(&mut client, book, ext::ADD_INTERPRETER, wish).await;
    let mut changed = client.next_where(CHANGED, last_stands("absent")).await;
    changed["kinds"] = json!([]);
    book.told(CHANGED, changed);
    client.command("testdock.buildInterpreter", json!({})).await;
    client.run().await.say(unreachable());
    book.told(REMEDY, client.next(REMEDY).await);
    client.ignore(&[CHANGED]);
    client.finish().await;
    workspace.uri("")
}

async fn ask(client: &mut Client, book: &mut Book, method: &'static str, params: Value) {
    let result = client.request(method, params.clone()).await;
    book.answered(method, params, result);
}

async fn tell(client: &mut Client, book: &mut Book, method: &'static str, params: Value) {
    client.notify(method, params.clone()).await;
    book.told(method, params);
}

/// A run that prints something, and whose one test fails.
async fn run(client: &mut Client, book: &mut Book) {
    let exclude = json!([format!("{FILE}::test_slow")]);
    let wish = json!({ "include": [FILE], "exclude": exclude, "runId": "7", "fresh": false });
    ask(client, book, ext::RUN_TEST, wish).await;
    let run: Run = client.run().await;
    run.say(RunEvent::Output("collected 1 item\n".to_owned()));
    let mut failure = run.failure(TOTAL, 5, "assert 3 == 4");
    failure.failures[0].detail = "    assert cart.total() == 4\nE   assert 3 == 4".to_owned();
    failure.failures[0].frames.truncate(1);
    failure.failures[0].diff = Some(("4".to_owned(), "3".to_owned()));
    failure.output = "adding up\n".to_owned();
    run.finish(failure);
    run.complete();
    book.told(QUEUED, client.next(QUEUED).await);
    book.told(OUTPUT, client.next(OUTPUT).await);
    let is_failed = |it: &Value| it["state"]["tag"] == "failed";
    book.told(STATE, client.next_where(STATE, is_failed).await);
    book.told(END, client.next(END).await);
}

async fn end_early(client: &mut Client, book: &mut Book) {
    client.request(ext::RUN_TEST, json!({ "runId": "8" })).await;
    let run = client.run().await;
    tell(client, book, ext::ABORT_RUN_TEST, json!({ "runId": "8" })).await;
    run.over().await;
}

/// Cancels a run by its progress; the token, which is never the same.
async fn press_cancel(client: &mut Client, book: &mut Book) -> String {
    client.request(ext::RUN_TEST, json!({ "runId": "9" })).await;
    let run = client.run().await;
    let token = format!("testdock/run/{}/9", run.plan.run);
    let is_its = |it: &Value| it["token"] == *token;
    client.next_where("window/workDoneProgress/create", is_its).await;
    tell(client, book, ext::CANCEL_PROGRESS, json!({ "token": token })).await;
    run.over().await;
    token
}
