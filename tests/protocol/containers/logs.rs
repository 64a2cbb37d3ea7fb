//! Logs: what was printed and what is printed, in order, of one container and of several.

use serde_json::{Value, json};

use super::bench::{Bench, docker};
use super::{SLEEPS, act};
use crate::client::{Client, merge};

const TEXT: &str = "testdock/logText";
const ENDED: &str = "testdock/logEnded";

async fn open(client: &mut Client, ids: &[&str], options: Value) {
    let mut params = json!({ "engine": "", "ids": ids, "logId": "1" });
    merge(&mut params, options);
    client.request("testdock/openLogs", params).await;
}

/// All that logs say up to their end, and how they end.
async fn all(client: &mut Client) -> (String, Value) {
    let ended = client.next_where(ENDED, |it| it["logId"] == "1").await;
    let pieces = client.claim(TEXT);
    let seqs: Vec<u64> = pieces.iter().filter_map(|it| it["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
    let text = pieces.iter().filter_map(|it| it["text"].as_str());
    (text.collect(), ended["message"].clone())
}

/// Waits until a text came, and takes what came with it.
async fn until(client: &mut Client, wanted: &str) -> String {
    let has = |it: &Value| it["text"].as_str().is_some_and(|it| it.contains(wanted));
    let piece = client.next_where(TEXT, has).await;
    piece["text"].as_str().unwrap_or_default().to_owned()
}

/// A container that has printed and ended.
fn printed(bench: &mut Bench, options: &[&str], script: &str) -> String {
    let id = bench.run(options, script);
    docker(&["wait", &id]).expect("it ends");
    id
}

#[tokio::test]
async fn a_log_is_read_to_its_end() {
    let Some(mut bench) = Bench::new() else { return };
    let id = printed(
        &mut bench,
        &[],
        r"printf 'one\n\033[31mtwo\033[0m\n\377\n'; echo err >&2; printf half",
    );
    let mut client = bench.open().await;
    open(&mut client, &[&id], json!({ "tail": 100 })).await;
    let (text, message) = all(&mut client).await;
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["err", "half", "one", "two", "\u{fffd}"]);
    assert_eq!(message, Value::Null);
    open(&mut client, &[&id], json!({ "search": "^two$", "colors": true })).await;
    assert_eq!(all(&mut client).await.0, "\u{1b}[31mtwo\u{1b}[0m\u{1b}[0m\n");
    client.finish().await;
}

#[tokio::test]
async fn a_terminals_log_is_read_as_well() {
    let Some(mut bench) = Bench::new() else { return };
    let long = "head -c 40000 /dev/zero | tr '\\0' x; echo; printf '10%%\\r100%%\\n'; printf end";
    let id = printed(&mut bench, &["-t"], long);
    let mut client = bench.open().await;
    open(&mut client, &[&id], json!({})).await;
    let (text, _) = all(&mut client).await;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0].len(), 40_000);
    assert!(lines[0].bytes().all(|b| b == b'x'));
    assert_eq!(lines[1..], ["100%", "end"]);
    client.finish().await;
}

#[tokio::test]
async fn only_what_is_wanted_is_told() {
    let Some(mut bench) = Bench::new() else { return };
    let script = "echo early one; echo early two; sleep 1.5; echo late one; echo late two";
    let id = printed(&mut bench, &[], script);
    let mut client = bench.open().await;
    let mut check = async |options: Value, expected: &[&str]| {
        open(&mut client, &[&id], options).await;
        let (text, _) = all(&mut client).await;
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    };
    check(json!({ "tail": 1 }), &["late two"]).await;
    check(json!({ "tail": 0 }), &[]).await;
    check(json!({ "search": "one" }), &["early one", "late one"]).await;
    check(json!({ "search": "one", "tail": 1 }), &["late one"]).await;
    check(
        json!({ "since": "1h", "until": "0s" }),
        &["early one", "early two", "late one", "late two"],
    )
    .await;
    let times = docker(&["logs", "-t", &id]).expect("its log");
    let moments: Vec<&str> = times.lines().filter_map(|it| it.split(' ').next()).collect();
    check(json!({ "since": moments[2] }), &["late one", "late two"]).await;
    check(json!({ "until": moments[1] }), &["early one", "early two"]).await;
    check(json!({ "until": moments[1], "tail": 1 }), &["early two"]).await;
    let line = format!("{} late two", moments[3]);
    check(json!({ "tail": 1, "timestamps": true }), &[line.as_str()]).await;
    client.finish().await;
}

#[tokio::test]
async fn several_logs_come_in_the_order_of_their_times() {
    let Some(mut bench) = Bench::new() else { return };
    let a = printed(&mut bench, &[], "echo 1; sleep 0.6; echo 3");
    let b = printed(&mut bench, &[], "echo 4");
    let (name_a, name_b) = (bench.name(&a), bench.name(&b));
    let mut client = bench.open().await;
    open(&mut client, &[&b, &a], json!({})).await;
    let (text, _) = all(&mut client).await;
    let lines = text.lines().map(|line| line.split_once(" | ").expect("a name"));
    let lines: Vec<(&str, &str)> = lines.map(|(name, text)| (name.trim(), text)).collect();
    assert_eq!(lines, [(&*name_a, "1"), (&*name_a, "3"), (&*name_b, "4")]);
    client.finish().await;
}

#[tokio::test]
async fn a_followed_log_goes_on_through_a_restart_to_the_end_of_the_container() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.run(&[], &format!("echo begins; {SLEEPS}"));
    let mut client = bench.open().await;
    open(&mut client, &[&id], json!({ "follow": true })).await;
    until(&mut client, "begins").await;
    act(&mut client, &id, "restart").await;
    assert_eq!(until(&mut client, "begins").await, "begins\n");
    act(&mut client, &id, "stop").await;
    let ended = client.next(ENDED).await;
    assert_eq!(ended["message"], "the container has ended with exit code 3");
    client.finish().await;
}

#[tokio::test]
async fn a_followed_log_has_nothing_twice_and_ends_with_the_removal() {
    let Some(mut bench) = Bench::new() else { return };
    let script =
        "i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo $i; [ $i -gt 300 ] && sleep 0.01; done";
    let id = bench.run(&[], &format!("{script}; {SLEEPS}"));
    let mut client = bench.open().await;
    open(&mut client, &[&id], json!({ "follow": true, "tail": 5000 })).await;
    let mut text = String::new();
    while !text.ends_with("\n400\n") {
        text.push_str(client.next(TEXT).await["text"].as_str().unwrap_or_default());
    }
    let numbers: Vec<u32> = text.lines().filter_map(|line| line.parse().ok()).collect();
    assert_eq!(numbers, (1..=400).collect::<Vec<_>>());
    docker(&["rm", "-f", &id]).expect("removed");
    let ended = client.next(ENDED).await;
    assert_eq!(ended["message"], "the container was removed");
    client.finish().await;
}

/// Nothing of what is there, and then all that comes.
#[tokio::test]
async fn an_empty_tail_is_followed() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.run(&[], &format!("echo old; trap 'echo new' USR1; {SLEEPS}"));
    let mut client = bench.open().await;
    open(&mut client, &[&id], json!({ "logId": "old", "follow": true })).await;
    until(&mut client, "old").await;
    open(&mut client, &[&id], json!({ "follow": true, "tail": 0 })).await;
    docker(&["kill", "-s", "USR1", &id]).expect("told");
    let piece = client.next_where(TEXT, |it| it["logId"] == "1").await;
    assert_eq!((&piece["text"], &piece["seq"]), (&json!("new\n"), &json!(1)));
    client.ignore(&[TEXT, ENDED]);
    client.finish().await;
}

#[tokio::test]
async fn closed_logs_end_and_their_name_is_free() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.run(&[], &format!("echo begins; {SLEEPS}"));
    let mut client = bench.open().await;
    for _ in 0..2 {
        open(&mut client, &[&id], json!({ "follow": true })).await;
        until(&mut client, "begins").await;
        let again = json!({ "id": id, "logId": "1" });
        let error = client.refused("testdock/openLogs", again).await;
        assert_eq!(error, "cannot open the logs 1: they are open already; choose another logId");
        client.notify("testdock/closeLogs", json!({ "logId": "1" })).await;
        assert_eq!(client.next(ENDED).await, json!({ "logId": "1" }));
    }
    client.notify("testdock/closeLogs", json!({ "logId": "none" })).await;
    client.finish().await;
}

#[tokio::test]
async fn a_server_that_is_shut_down_ends_its_logs() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.run(&[], SLEEPS);
    let mut client = bench.open().await;
    open(&mut client, &[&id], json!({ "follow": true })).await;
    client.ignore(&[ENDED]);
    client.finish().await;
    let mut client = bench.open().await;
    open(&mut client, &[&id], json!({ "follow": true })).await;
    client.hang_up().await;
}

#[tokio::test]
async fn what_cannot_be_opened_is_said() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.run(&[], SLEEPS);
    let mut client = bench.open().await;
    let mut check = async |options: Value, expected: &str| {
        let mut params = json!({ "id": id, "logId": "1" });
        merge(&mut params, options);
        let error = client.refused("testdock/openLogs", params).await;
        assert!(error.starts_with(expected), "{error}");
    };
    check(json!({ "search": "a(b" }), "cannot search for `a(b`: unclosed group").await;
    check(json!({ "since": "soon" }), "cannot read the time `soon`; write 10m").await;
    check(json!({ "id": "nobody" }), "cannot read the log of the container nobody: it is not")
        .await;
    check(json!({ "logId": "" }), "logs need a logId, and the id of a container").await;
    check(json!({ "id": null }), "logs need a logId, and the id of a container").await;
    check(json!({ "tail": -1 }), "").await;
    let many = vec!["x"; 100];
    check(json!({ "ids": many }), "cannot open 101 logs as one; ask for 100 at most").await;
    client.finish().await;
}

/// A client that does not read for a while gets everything, later, and in order.
#[tokio::test]
async fn nothing_is_lost_on_a_slow_client() {
    let Some(mut bench) = Bench::new() else { return };
    let script = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); echo line number $i of many; done";
    let id = printed(&mut bench, &[], script);
    let mut client = bench.open().await;
    open(&mut client, &[&id], json!({ "tail": 100_000 })).await;
    // So much does not fit into what may wait: whatever the client does next, the rest is still at the
    // engine, and other requests are answered meanwhile.
    client.command("testdock.status", json!({})).await;
    let (text, _) = all(&mut client).await;
    assert_eq!(text.lines().count(), 60_000);
    assert!(text.ends_with("line number 60000 of many\n"));
    client.finish().await;
}
