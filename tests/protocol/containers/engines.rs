//! Engines that are not touched, do not answer, go away and come back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

use super::SLEEPS;
use super::bench::{Bench, CHANGED, allowing, container, socket, until};
use crate::client::Client;
use crate::runner::PATIENCE;
use crate::workspace::Workspace;

/// Something before an engine that passes everything on, until it is dropped.
struct Door {
    path: PathBuf,
    opened: Arc<AtomicUsize>,
    _passing: JoinSet<()>,
}

impl Door {
    fn open(path: &Path, engine: Option<&'static Path>) -> Self {
        let listener = UnixListener::bind(path).expect("bound");
        let opened = Arc::new(AtomicUsize::new(0));
        let count = opened.clone();
        let mut passing = JoinSet::new();
        passing.spawn(async move {
            let mut visits = JoinSet::new();
            while let Ok((mut visitor, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                visits.spawn(async move {
                    match engine {
                        Some(engine) => {
                            let mut engine = UnixStream::connect(engine).await.expect("there");
                            let _over = copy_bidirectional(&mut visitor, &mut engine).await;
                        }
                        // It takes the question, and never answers.
                        None => std::future::pending().await,
                    }
                });
            }
        });
        Self { path: path.to_owned(), opened, _passing: passing }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.path);
    }
}

/// A client whose interpreter is on the engine behind a door.
async fn open(workspace: &Workspace, path: &Path) -> (Client, String) {
    let host = format!("unix://{}", path.display());
    let interpreter = json!({ "image": "python:3.12", "host": host });
    let options =
        json!({ "local": false, "settings": { "interpreter": interpreter }, "trusted": true });
    let mut client = Client::start_with(Some(allowing(workspace, &host)));
    client.initialize(&[workspace], json!({}), options).await;
    client.ready(1).await;
    (client, host)
}

fn engine<'s>(snapshot: &'s Value, host: &str) -> Option<&'s Value> {
    let engines = snapshot["engines"].as_array();
    engines.into_iter().flatten().find(|it| it["engine"] == host)
}

#[tokio::test]
async fn no_engine_is_touched_before_the_client_asks() {
    let workspace = Workspace::shop();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("docker.sock");
    let door = Door::open(&path, socket());
    let (mut client, host) = open(&workspace, &path).await;
    client.notify("testdock/watchContainers", json!({ "watch": false })).await;
    client.command("testdock.status", json!({})).await;
    assert_eq!(door.opened.load(Ordering::Relaxed), 0);
    if socket().is_some() {
        let snapshot = client.request("testdock/containers", Value::Null).await;
        assert!(engine(&snapshot, &host).is_some_and(|it| it.get("error").is_none()), "{snapshot}");
        assert!(door.opened.load(Ordering::Relaxed) > 0);
    }
    client.finish().await;
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_told_with_the_remedy() {
    let workspace = Workspace::shop();
    let (mut client, host) = open(&workspace, Path::new("/nowhere/docker.sock")).await;
    let snapshot = client.request("testdock/containers", Value::Null).await;
    let error = &engine(&snapshot, &host).expect("it is told")["error"];
    assert_eq!(
        error["message"],
        "cannot reach Docker at unix:///nowhere/docker.sock: no such file"
    );
    assert!(error["help"].as_str().is_some_and(|it| it.starts_with("start the engine")), "{error}");
    let params = json!({ "engine": host, "id": "x", "action": "stop" });
    let error = client.refused("testdock/containerAction", params).await;
    assert!(error.starts_with("cannot reach Docker at unix:///nowhere/docker.sock"), "{error}");
    client.finish().await;
}

/// However many requests wait for an engine that hangs, a run is started and cancelled.
#[tokio::test]
async fn an_engine_that_hangs_holds_up_nothing_else() {
    let workspace = Workspace::shop();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("docker.sock");
    let _door = Door::open(&path, None);
    let (mut client, host) = open(&workspace, &path).await;
    let mut waiting = Vec::new();
    for _ in 0..40 {
        let params = json!({ "engine": host, "id": "x", "action": "stop" });
        waiting.push(client.ask("testdock/containerAction", params).await);
    }
    let began = std::time::Instant::now();
    client.command("testdock.runAll", json!({})).await;
    let run = client.run().await;
    client.command("testdock.cancel", json!({})).await;
    run.over().await;
    assert!(began.elapsed() < PATIENCE / 4);
    let crowded = "too many requests wait for the engine already; try again when it answers";
    let mut refused = 0;
    for id in waiting.drain(16..) {
        let error = client.answer(id).await.expect_err("refused");
        refused += usize::from(error["message"] == crowded);
    }
    assert_eq!(refused, 24);
    client.request("shutdown", Value::Null).await;
    for id in waiting {
        let error = client.answer(id).await.expect_err("given up");
        assert_eq!(error["message"], "the server is shutting down");
    }
    client.hang_up().await;
    assert!(began.elapsed() < PATIENCE / 4);
}

#[tokio::test]
async fn an_engine_that_went_away_is_told_and_watched_again_when_it_is_back() {
    let (Some(mut bench), Some(real)) = (Bench::new(), socket()) else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("docker.sock");
    let door = Door::open(&path, Some(real));
    let (mut client, host) = open(&bench.workspace, &path).await;
    client.notify("testdock/watchContainers", json!({ "watch": true })).await;
    let id = bench.service("db", SLEEPS);
    let behind = |it: &Value, id: &str| {
        let seen = engine(it, &host).cloned().unwrap_or_default();
        container(&json!({ "engines": [seen] }), id).is_some()
    };
    client.next_where(CHANGED, |it| behind(it, &id)).await;
    drop(door);
    let gone = |it: &Value| engine(it, &host).is_some_and(|it| it.get("error").is_some());
    let told = client.next_where(CHANGED, gone).await;
    let message = &engine(&told, &host).expect("it is told")["error"]["message"];
    assert!(
        message.as_str().is_some_and(|it| it.starts_with("cannot reach Docker at")),
        "{message}"
    );
    // The other one goes on.
    let web = bench.service("web", SLEEPS);
    until(&mut client, &web, "running").await;
    let _door = Door::open(&path, Some(real));
    client.next_where(CHANGED, |it| behind(it, &web)).await;
    client.ignore(&[CHANGED]);
    client.finish().await;
}
