//! The containers view, on the real engine: what there is, live; acts; images; engines that come and go.

mod bench;
mod engines;
mod examples;
mod logs;

use serde_json::{Value, json};

use crate::client::Client;
use bench::{Bench, CHANGED, container, docker, state, until};

const SLEEPS: &str = "trap 'exit 3' TERM; while :; do sleep 1 & wait $!; done";

async fn act(client: &mut Client, id: &str, action: &str) -> Value {
    let params = json!({ "engine": "", "id": id, "action": action });
    client.request("testdock/containerAction", params).await
}

#[tokio::test]
async fn containers_are_told_with_their_group_and_folder() {
    let Some(mut bench) = Bench::new() else { return };
    let workspace = bench.workspace_label();
    let ours = bench.run(&["-l", "dev.testdock.interpreter=default", "-l", &workspace], SLEEPS);
    let service = bench.service("db", SLEEPS);
    let health = ["--health-cmd", "true", "--health-interval", "100ms", "-p", "127.0.0.1::80"];
    let other = bench.run(&health, SLEEPS);
    let session = bench.run(&["-l", "org.testcontainers.sessionId=0123456789"], SLEEPS);
    let helper = bench.run(&["-l", "dev.testdock.helper=look"], SLEEPS);

    let mut client = bench.open().await;
    let snapshot = client.request("testdock/containers", Value::Null).await;
    assert_eq!(snapshot["engines"][0]["engine"], "");
    let folder = bench.workspace.uri("");
    let (group, found) = container(&snapshot, &ours).expect("it is there");
    assert_eq!((&group["label"], &group["kind"]), (&json!("shop"), &json!("interpreter")));
    assert_eq!(found["name"], bench.name(&ours));
    assert_eq!(found["image"], bench.image);
    assert_eq!(found["state"], "running");
    assert_eq!(found["status"], "up less than a minute");
    assert_eq!(found["folderUri"], folder);
    assert_eq!(found["interpreter"], "default");
    assert_eq!(found["actions"], json!(["stop", "restart", "remove"]));
    let (group, found) = container(&snapshot, &service).expect("it is there");
    assert_eq!((&group["label"], &group["kind"]), (&json!("shop"), &json!("compose")));
    assert_eq!((&found["service"], &found["folderUri"]), (&json!("db"), &json!(folder)));
    let (group, found) = container(&snapshot, &other).expect("it is there");
    assert_eq!(group["kind"], "other");
    assert!(found["health"] == "starting" || found["health"] == "healthy", "{found}");
    assert!(found["ports"].as_str().is_some_and(|it| it.ends_with("→80")), "{found}");
    assert_eq!(found.get("folderUri"), None);
    let (group, _) = container(&snapshot, &session).expect("it is there");
    assert_eq!(group["kind"], "testcontainers");
    assert!(container(&snapshot, &helper).is_none());
    client.finish().await;
}

#[tokio::test]
async fn changes_are_told_while_the_client_wants_to_know() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.service("db", SLEEPS);
    let mut client = bench.open().await;
    client.notify("testdock/watchContainers", json!({ "watch": true })).await;
    let mut seqs = vec![until(&mut client, &id, "running").await];
    act(&mut client, &id, "stop").await;
    let is_over = |it: &Value| state(it, &id) == "exited";
    let snapshot = client.next_where(CHANGED, is_over).await;
    let (_, found) = container(&snapshot, &id).expect("it is there");
    assert_eq!(found["status"], "exited (3) less than a minute ago");
    assert_eq!(found["actions"], json!(["start", "remove"]));
    seqs.push(snapshot["seq"].as_u64());
    // Others are at work on this engine: they may have been the reason to tell of it for a second time.
    client.claim(CHANGED);
    act(&mut client, &id, "start").await;
    seqs.push(until(&mut client, &id, "running").await);
    act(&mut client, &id, "restart").await;
    act(&mut client, &id, "remove").await;
    seqs.push(until(&mut client, &id, "").await);
    // What is so already is done.
    act(&mut client, &id, "remove").await;
    let answer = client.request("testdock/containers", Value::Null).await;
    seqs.push(answer["seq"].as_u64());
    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");

    client.notify("testdock/watchContainers", json!({ "watch": false })).await;
    let later = bench.service("web", SLEEPS);
    let answer = client.request("testdock/containers", Value::Null).await;
    assert_eq!(state(&answer, &later), "running");
    let told = client.claim(CHANGED);
    assert!(told.iter().all(|it| container(it, &later).is_none()));
    client.finish().await;
}

/// Whoever watches for a second time is told of everything again.
#[tokio::test]
async fn watching_begins_again_with_everything() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.service("db", SLEEPS);
    let mut client = bench.open().await;
    for _ in 0..3 {
        client.notify("testdock/watchContainers", json!({ "watch": true })).await;
        client.notify("testdock/watchContainers", json!({ "watch": true })).await;
        until(&mut client, &id, "running").await;
        client.notify("testdock/watchContainers", json!({ "watch": false })).await;
        client.claim(CHANGED);
    }
    client.ignore(&[CHANGED]);
    client.finish().await;
}

#[tokio::test]
async fn what_cannot_be_done_is_said_with_a_remedy() {
    let Some(bench) = Bench::new() else { return };
    let mut client = bench.open().await;
    let nobody = "0123456789abcdef".repeat(4);
    let params = json!({ "engine": "", "id": nobody, "action": "stop" });
    let error = client.try_request("testdock/containerAction", params).await.expect_err("none");
    assert_eq!(error["code"], -32803);
    assert_eq!(
        error["message"],
        "cannot stop the container 0123456789ab: it is not there; \
         see which there are: testdock containers"
    );
    assert_eq!(error["data"]["help"], "see which there are: testdock containers");
    let error = client.refused("testdock/inspectContainer", json!({ "id": nobody })).await;
    assert!(error.starts_with("cannot inspect the container 0123456789ab: it is not there"));
    let params = json!({ "engine": "tcp://nobody:1", "id": "x", "action": "stop" });
    let error = client.try_request("testdock/containerAction", params).await.expect_err("none");
    assert_eq!(error["code"], -32602);
    let message = "no interpreter of the open folders is on the engine tcp://nobody:1";
    assert_eq!(error["data"]["message"], message);
    for params in [json!({ "id": "x", "action": "explode" }), json!({}), json!(3)] {
        client.refused("testdock/containerAction", params).await;
    }
    client.finish().await;
}

#[tokio::test]
async fn an_inspected_container_keeps_its_secrets() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.run(&["-e", "API_TOKEN=hunter2", "-e", "LEVEL=debug"], SLEEPS);
    let mut client = bench.open().await;
    let answer = client.request("testdock/inspectContainer", json!({ "id": id })).await;
    let text = answer["text"].as_str().expect("text");
    let value: Value = serde_json::from_str(text).expect("JSON");
    let env = value["Config"]["Env"].as_array().cloned().unwrap_or_default();
    assert!(
        env.contains(&json!("API_TOKEN=•••")) && env.contains(&json!("LEVEL=debug")),
        "{env:?}"
    );
    assert!(!text.contains("hunter2"));
    client.finish().await;
}

#[tokio::test]
async fn our_images_are_told_and_removed_and_no_others() {
    let Some(mut bench) = Bench::new() else { return };
    let made = bench.run(&[], "true");
    let (image, tag) = bench.commit(&made);
    let user = docker(&["create", &tag, "true"]).expect("it is made");

    let mut client = bench.open().await;
    let find = |snapshot: &Value| {
        let images = snapshot["engines"][0]["images"].as_array().cloned().unwrap_or_default();
        images.into_iter().find(|it| it["id"] == image)
    };
    let snapshot = client.request("testdock/containers", Value::Null).await;
    let found = find(&snapshot).expect("it is there");
    assert_eq!(found["names"], json!([tag]));
    assert_eq!(found["folderUri"], bench.workspace.uri(""));
    assert_eq!(found["inUse"], true);
    assert!(found["detail"].as_str().is_some_and(|it| it.ends_with("ago, in use")), "{found}");

    let params = json!({ "engine": "", "id": image });
    let error = client.refused("testdock/removeImage", params.clone()).await;
    assert!(error.ends_with("; remove the containers that are made of it first"), "{error}");
    act(&mut client, &user, "remove").await;
    client.request("testdock/removeImage", params.clone()).await;
    assert!(docker(&["inspect", &tag]).is_err());
    let snapshot = client.request("testdock/containers", Value::Null).await;
    assert_eq!(find(&snapshot), None);
    client.request("testdock/removeImage", params).await;
    let error = client.refused("testdock/removeImage", json!({ "id": bench.image })).await;
    assert!(error.ends_with("Testdock has not built it; remove it with docker rmi"), "{error}");
    client.finish().await;
}
