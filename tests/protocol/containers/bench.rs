//! Containers on the real engine, gone with the test.

use std::path::Path;
use std::process::{Command, Stdio};

use camino::Utf8PathBuf;
use serde_json::{Value, json};
use testdock_core::model::Ask;
use testdock_engine::state::Store;

use crate::client::Client;
use crate::workspace::Workspace;

/// The base of the containers, where `cargo xtask test` names no other.
const PUBLIC: &str = "python:3.12-slim";

pub(super) const CHANGED: &str = "testdock/containersChanged";

/// A workspace with a service of a compose project and whatever else a test makes.
pub(super) struct Bench {
    pub(super) workspace: Workspace,
    pub(super) image: String,
    made: Vec<String>,
    images: Vec<String>,
}

impl Bench {
    /// `None`, with a word of why, where there is no engine.
    pub(super) fn new() -> Option<Self> {
        let image = std::env::var("TESTDOCK_TEST_BASE").unwrap_or_else(|_| PUBLIC.to_owned());
        match docker(&["image", "inspect", "-f", "{{.Id}}", &image]) {
            Ok(_) => Some(Self {
                workspace: Workspace::shop(),
                image,
                made: Vec::new(),
                images: Vec::new(),
            }),
            Err(why) if std::env::var_os("TESTDOCK_REQUIRE_DOCKER").is_some() => {
                panic!("{why}; `cargo xtask test` brings an engine and the image")
            }
            Err(why) => skipped(&why),
        }
    }

    /// Starts a container that runs a script; its id.
    pub(super) fn run(&mut self, options: &[&str], script: &str) -> String {
        let words = [&["run", "-d"], options, &[&self.image, "sh", "-c", script]].concat();
        let id = docker(&words).expect("it starts");
        self.made.push(id.clone());
        id
    }

    /// Starts a service of a compose project in the workspace.
    pub(super) fn service(&mut self, service: &str, script: &str) -> String {
        self.service_with(&[], service, script)
    }

    /// The same, with further options.
    pub(super) fn service_with(&mut self, more: &[&str], service: &str, script: &str) -> String {
        let directory = self.workspace.path("").display().to_string();
        let labels = [
            "com.docker.compose.project=shop".to_owned(),
            format!("com.docker.compose.service={service}"),
            format!("com.docker.compose.project.working_dir={}", directory.trim_end_matches('/')),
        ];
        let labels = labels.iter().flat_map(|label| ["-l", label.as_str()]);
        let options: Vec<&str> = labels.chain(more.iter().copied()).collect();
        self.run(&options, script)
    }

    /// Makes an image of a container, as if Testdock had built it for the workspace; its id and its name.
    pub(super) fn commit(&mut self, container: &str) -> (String, String) {
        let tag = format!("testdock/panel-test:{}", &container[..12]);
        let labels = format!("LABEL dev.testdock.key=1 {}", self.workspace_label());
        docker(&["commit", "-c", &labels, container, &tag]).expect("it is made");
        self.images.push(tag.clone());
        (docker(&["inspect", "-f", "{{.Id}}", &tag]).expect("it is there"), tag)
    }

    /// What says that something is of the workspace.
    pub(super) fn workspace_label(&self) -> String {
        let workspace = self.workspace.path("").display().to_string();
        format!("dev.testdock.workspace={}", workspace.trim_end_matches('/'))
    }

    /// The name of a container.
    pub(super) fn name(&self, id: &str) -> String {
        let name = docker(&["inspect", "-f", "{{.Name}}", id]).expect("it is there");
        name.trim_start_matches('/').to_owned()
    }

    pub(super) async fn open(&self) -> Client {
        Client::open(&self.workspace, json!({ "experimental": { "testdockContainers": true } }))
            .await
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        for id in &self.made {
            let _gone_already = docker(&["rm", "-fv", id]);
        }
        for tag in &self.images {
            let _gone_already = docker(&["rmi", "--no-prune", tag]);
        }
    }
}

#[expect(clippy::print_stdout, reason = "the test runner collects it")]
fn skipped<T>(why: &str) -> Option<T> {
    println!("skipped: {why}");
    None
}

/// What `docker` prints, or what it complains of.
pub(super) fn docker(args: &[&str]) -> Result<String, String> {
    let out = Command::new("docker")
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot start docker: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if out.status.success() { Ok(text(&out.stdout)) } else { Err(text(&out.stderr)) }
}

/// The socket of the engine, where it has one that a test can stand before.
pub(super) fn socket() -> Option<&'static Path> {
    let usual = Path::new("/var/run/docker.sock");
    let is_there = usual.exists() && std::env::var_os("DOCKER_HOST").is_none();
    if is_there { Some(usual) } else { skipped("the engine has no socket of its own") }
}

/// A container in a snapshot, and the group that it is in.
pub(super) fn container<'s>(snapshot: &'s Value, id: &str) -> Option<(&'s Value, &'s Value)> {
    let each = |value: &'s Value, key: &str| value[key].as_array().into_iter().flatten();
    let groups = each(snapshot, "engines").flat_map(|engine| each(engine, "groups"));
    let mut all = groups.flat_map(|group| each(group, "containers").map(move |it| (group, it)));
    all.find(|(_, container)| container["id"] == id)
}

/// The state of a container in a snapshot; empty for one that is not there.
pub(super) fn state(snapshot: &Value, id: &str) -> String {
    let found = container(snapshot, id).and_then(|(_, it)| it["state"].as_str());
    found.unwrap_or_default().to_owned()
}

/// Waits until the client is told that a container stands so; with which number.
pub(super) async fn until(client: &mut Client, id: &str, wanted: &str) -> Option<u64> {
    client.next_where(CHANGED, |it| state(it, id) == wanted).await["seq"].as_u64()
}

/// What a user has who lets a workspace have its tests on this engine.
pub(crate) fn allowing(workspace: &Workspace, host: &str) -> Store {
    let kept = Utf8PathBuf::from_path_buf(workspace.path(".state")).expect("unicode");
    let root = kept.parent().expect("a folder").to_owned();
    let store = Store::at(kept);
    let what = vec![format!("the engine at {host}, which gets the workspace")];
    let ask = Ask { root, interpreter: "default".to_owned(), by: String::new(), what };
    store.allow(&ask).expect("written");
    store
}
