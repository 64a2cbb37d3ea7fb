//! A conversation in which every method of the containers view is used once: it makes the examples of the
//! page. What else is on the engine is left out of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testdock_lsp::ext;

use super::bench::{Bench, CHANGED, allowing, container, docker};
use super::{SLEEPS, act};
use crate::book::Book;
use crate::client::Client;

/// Nobody answers there.
const ELSEWHERE: &str = "tcp://127.0.0.1:1";

struct Scene {
    bench: Bench,
    ours: String,
    db: String,
    web: String,
    image: String,
    tag: String,
}

impl Scene {
    fn new() -> Option<Self> {
        let mut bench = Bench::new()?;
        let workspace = bench.workspace_label();
        let labels = ["-l", "dev.testdock.interpreter=default", "-l", &workspace];
        let ours = bench.run(&labels, SLEEPS);
        let (image, tag) = bench.commit(&ours);
        let db = bench.service_with(
            &["-p", "127.0.0.1::5432", "--health-cmd", "true", "--health-interval", "200ms"],
            "db",
            &format!("echo 'ready to accept connections'; {SLEEPS}"),
        );
        let web = bench.service("web", "exit 1");
        docker(&["wait", &web]).expect("it ends");
        Some(Self { bench, ours, db, web, image, tag })
    }

    /// A snapshot without what others have on the engine, and without what is never the same.
    fn own(&self, mut snapshot: Value) -> Value {
        let own = [&self.ours, &self.db, &self.web];
        for engine in items(&mut snapshot, "engines") {
            if engine["engine"] == "" {
                engine["label"] = json!("unix:///var/run/docker.sock");
            }
            for group in items(engine, "groups") {
                items(group, "containers").retain(|it| own.iter().any(|id| it["id"] == **id));
            }
            items(engine, "groups").retain(|it| it["containers"] != json!([]));
            items(engine, "images").retain(|it| it["id"] == self.image);
            for image in items(engine, "images") {
                image["size"] = json!(247_100_000);
                image["created"] = json!(1_769_869_800);
                image["detail"] = json!("247.1 MB, made 3 days ago");
            }
        }
        snapshot
    }

    /// What is never the same, and what the page has in its place.
    fn names(&self) -> Vec<(String, &'static str)> {
        let port = docker(&["port", &self.db, "5432"]).unwrap_or_default();
        let uri = self.bench.workspace.uri("");
        let names = [
            (&self.ours, "c0ffee5d2e10"),
            (&self.bench.name(&self.ours), "testdock-shop-1e89bb7be5c4"),
            (&self.db, "8b1f00c5d2e1"),
            (&self.bench.name(&self.db), "shop-db-1"),
            (&self.web, "5a17e4b0c3d2"),
            (&self.bench.name(&self.web), "shop-web-1"),
            (&self.image, "sha256:1e89bb7be5c4"),
            (&self.tag, "testdock/shop:1e89bb7be5c4"),
            (&self.bench.image, "shop:dev"),
            (&port, "127.0.0.1:5432"),
            (&uri, "file:///shop"),
        ];
        let names = names.map(|(from, to)| (from.clone(), to));
        let mut names: Vec<_> = names.into_iter().filter(|(from, _)| !from.is_empty()).collect();
        names.push((ELSEWHERE.to_owned(), "tcp://build:2376"));
        names
    }
}

fn items<'v>(value: &'v mut Value, key: &str) -> &'v mut Vec<Value> {
    value[key].as_array_mut().expect("a list")
}

#[tokio::test]
async fn the_examples_are_what_a_conversation_says() {
    let Some(scene) = Scene::new() else { return };
    let names = scene.names();
    let interpreter = json!({ "image": "shop:dev", "host": ELSEWHERE });
    let options = json!({ "local": false, "settings": { "interpreter": interpreter } });
    let workspace = &scene.bench.workspace;
    let mut client = Client::start_with(Some(allowing(workspace, ELSEWHERE)));
    client.initialize(&[workspace], json!({}), options).await;
    client.ready(1).await;
    let mut book = Book::default();

    look(&mut client, &mut book, &scene).await;
    read(&mut client, &mut book, &scene).await;
    let params = json!({ "engine": "", "id": scene.db, "action": "stop" });
    ask(&mut client, &mut book, ext::CONTAINER_ACTION, params).await;
    let params = json!({ "engine": "", "id": scene.db });
    let mut answer = client.request(ext::INSPECT_CONTAINER, params.clone()).await;
    let text = answer["text"].as_str().and_then(|it| it.lines().nth(1)).unwrap_or_default();
    answer["text"] = json!(format!("{{\n{text}\n  …"));
    book.answered(ext::INSPECT_CONTAINER, params, answer);
    act(&mut client, &scene.ours, "remove").await;
    let params = json!({ "engine": "", "id": scene.image });
    ask(&mut client, &mut book, ext::REMOVE_IMAGE, params).await;

    assert_eq!(book.methods(), BTreeSet::from(ext::CONTAINER_METHODS));
    client.ignore(&[CHANGED]);
    client.finish().await;
    let names: Vec<(&str, &str)> = names.iter().map(|(from, to)| (from.as_str(), *to)).collect();
    book.check(&names);
}

async fn ask(client: &mut Client, book: &mut Book, method: &'static str, params: Value) {
    let result = client.request(method, params.clone()).await;
    book.answered(method, params, result);
}

async fn tell(client: &mut Client, book: &mut Book, method: &'static str, params: Value) {
    client.notify(method, params.clone()).await;
    book.told(method, params);
}

async fn look(client: &mut Client, book: &mut Book, scene: &Scene) {
    tell(client, book, ext::WATCH_CONTAINERS, json!({ "watch": true })).await;
    let is_whole = |it: &Value| {
        let db = container(it, &scene.db).is_some_and(|(_, it)| it["health"] == "healthy");
        db && it["engines"].as_array().is_some_and(|it| it.len() == 2)
    };
    let mut told = scene.own(client.next_where(CHANGED, is_whole).await);
    told["seq"] = json!(3);
    book.told(CHANGED, told);
    let answer = client.request(ext::CONTAINERS, Value::Null).await;
    let mut answer = scene.own(answer);
    answer["seq"] = json!(4);
    book.answered(ext::CONTAINERS, Value::Null, answer);
}

async fn read(client: &mut Client, book: &mut Book, scene: &Scene) {
    let params = json!({
        "engine": "", "id": scene.db, "logId": "1",
        "tail": 200, "follow": true, "since": "10m", "search": "ready|error",
    });
    ask(client, book, ext::OPEN_LOGS, params).await;
    book.told("testdock/logText", client.next("testdock/logText").await);
    let params = json!({ "ids": [scene.web], "logId": "2", "follow": true });
    client.request(ext::OPEN_LOGS, params).await;
    let ended = client.next_where("testdock/logEnded", |it| it["logId"] == "2").await;
    book.told("testdock/logEnded", ended);
    tell(client, book, ext::CLOSE_LOGS, json!({ "logId": "1" })).await;
    client.next_where("testdock/logEnded", |it| it["logId"] == "1").await;
}
