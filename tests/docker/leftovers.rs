//! What nobody's container tells of goes too: networks of compose projects whose services failed, or are gone.

use std::fs;
use std::io::BufRead as _;
use std::time::Duration;

use crate::compose::Compose;
use crate::sources::all_pass;
use crate::support::docker::{clean, docker};
use crate::support::project::Project;
use crate::support::{gone, images};

/// A project whose tests need a database: `built` from a folder, or from an image with a folder mounted.
fn shop(db: &str) -> Option<Compose> {
    let project = Compose::of(|| Some(Project::empty().env("BASE", &images::pytest()?)))?;
    let app = "image: \"${BASE}\", volumes: ['.:/srv/app'], depends_on: [db]";
    project.write("compose.yaml", &format!("services: {{ app: {{ {app} }}, db: {{ {db} }} }}\n"));
    project.write("test_it.py", "def test_it():\n    pass\n");
    Some(project)
}

#[test]
fn a_service_that_does_not_build_says_why_and_leaves_nothing() {
    let Some(project) = shop("build: ./db") else { return };
    let base = images::base().unwrap();
    project.write(
        "db/Dockerfile",
        &format!("FROM {base}\nRUN : {}; echo why-it-failed; exit 3\n", project.root),
    );
    let story = project.run(&["--set", "interpreter.compose.service = 'app'"]);
    assert_eq!(story.code, Some(3), "{story:#?}");
    let log = story.only("run-finished").value["error"]["log"].to_string();
    assert!(log.contains("\\nwhy-it-failed\\n"), "{log}");
    assert!(project.networks().is_empty());
    let commands = docker(&["ps", "-a", "--no-trunc", "--format", "{{.Command}}"]).unwrap();
    assert!(!commands.contains(project.root.as_str()), "{commands}");
}

#[test]
fn a_network_of_two_workspaces_goes_with_the_last_container_of_their_tests() {
    let db = "image: \"${BASE}\", volumes: ['./data:/data'], command: [sleep, '600']";
    let Some(project) = shop(db) else { return };
    let other = project.home.join("other").join(project.root.file_name().unwrap());
    fs::create_dir_all(&other).unwrap();
    for file in ["compose.yaml", "test_it.py"] {
        fs::copy(project.root.join(file), other.join(file)).unwrap();
    }
    all_pass(&project.run(&[]), 1);
    let there = |words: &[&str]| {
        let out = project.testdock(words).current_dir(&other).output().unwrap();
        assert!(out.status.success(), "{out:?}");
    };
    there(&["run"]);
    there(&["interpreter", "remove", "default"]);
    assert_eq!(project.networks().len(), 1, "tests of this workspace are in it");
    let (code, removed) = project.shown(&["interpreter", "remove", "default"]);
    assert_eq!(code, 0, "{removed}");
    gone("the network", Duration::from_secs(20), || project.networks());
    clean(&other);
}

/// The images that were built for a project.
fn images_of(project: &Project) -> String {
    let label = format!("label=dev.testdock.workspace={}", project.root);
    docker(&["images", "-q", "--filter", &label]).unwrap()
}

#[test]
fn an_image_goes_with_its_interpreter_though_the_compose_file_has_changed() {
    let Some(project) = shop("image: \"${BASE}\", command: [sleep, '600']") else { return };
    let base = images::pytest().unwrap();
    project.write("Dockerfile", &format!("FROM {base}\nRUN echo {} >/nonce\n", project.root));
    project.edit("compose.yaml", "app: { image: \"${BASE}\"", "app: { build: .");
    all_pass(&project.run(&[]), 1);
    project.write("compose.yaml", &format!("# changed\n{}", project.read("compose.yaml")));
    let (_, list) = project.shown(&["interpreter", "list"]);
    assert!(list.contains("; unknown: "), "{list}");
    let (code, removed) = project.shown(&["interpreter", "remove", "default", "--images"]);
    assert_eq!((code, images_of(&project).as_str()), (0, ""), "{removed}");
    let again = project.shown(&["interpreter", "remove", "default", "--images"]);
    assert_eq!(again, (0, "nothing of default is there\n".to_owned()));
    let (code, unknown) = project.shown(&["interpreter", "remove", "nope"]);
    assert_eq!(code, 2, "{unknown}");
}

#[test]
fn all_that_was_made_for_a_project_goes_at_once() {
    let Some(project) = shop("image: \"${BASE}\", command: [sleep, '600']") else { return };
    let base = images::pytest().unwrap();
    project.write("Dockerfile", &format!("FROM {base}\nRUN echo {} >/nonce\n", project.root));
    project.write("testdock.toml", "[interpreters.old]\ndockerfile = 'Dockerfile'\n");
    all_pass(&project.run(&["--interpreter", "old"]), 1);
    project.write("testdock.toml", "");
    all_pass(&project.run(&[]), 1);
    all_pass(&project.run(&["--set", "interpreter.env.A = '1'"]), 1);
    assert_eq!(project.containers().len(), 4, "three of tests, and the database");
    let (code, removed) = project.shown(&["interpreter", "remove", "--all"]);
    assert_eq!((code, project.containers().len()), (0, 0), "{removed}");
    assert_eq!((project.networks().len(), images_of(&project).is_empty()), (0, false), "{removed}");
    let (code, removed) = project.shown(&["interpreter", "remove", "--all", "--images"]);
    assert_eq!((code, images_of(&project).as_str()), (0, ""), "{removed}");
    let again = project.shown(&["interpreter", "remove", "--all"]);
    assert_eq!(again, (0, "nothing of this project is there\n".to_owned()));
}

#[test]
fn a_service_is_waited_for_in_words_and_may_be_removed() {
    let db = "image: \"${BASE}\", command: [sh, -c, 'sleep 2; touch /tmp/up; sleep 600'], \
              healthcheck: { test: [CMD, test, -f, /tmp/up], interval: 1s, retries: 60 }";
    let Some(project) = shop(db) else { return };
    let healthy = "depends_on: { db: { condition: service_healthy } }";
    project.edit("compose.yaml", "depends_on: [db]", healthy);
    let (code, said) = project.shown(&["run"]);
    assert_eq!(code, 0, "{said}");
    let steps = ["reading compose.yaml", "starting db", "waiting for db (healthy)"];
    let at = steps.map(|step| said.find(step).unwrap_or_else(|| panic!("{step}: {said}")));
    assert!(at.is_sorted(), "{said}");
    let (code, said) = project.shown(&["containers", "remove", "db"]);
    assert!(code == 0 && said.starts_with("removed "), "{said}");
}

#[test]
fn a_doctor_sees_that_there_is_no_compose_tool() {
    let Some(project) = shop("image: \"${BASE}\"") else { return };
    let (code, said) = project.shown(&["doctor"]);
    assert!(code == 0 && said.contains("compose is here"), "{said}");
    let empty = project.home.join("empty");
    fs::create_dir(&empty).unwrap();
    let out = project.testdock(&["doctor"]).env("PATH", &empty).output().unwrap();
    let said = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(3), "{said}");
    assert!(said.contains("there is neither `docker compose` nor `docker-compose`"), "{said}");
    let json =
        project.testdock(&["doctor", "--format", "json"]).env("PATH", &empty).output().unwrap();
    let lines = json.stdout.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap());
    let found: Vec<serde_json::Value> = lines.collect();
    let compose = found.iter().find(|it| it["subject"] == "compose").unwrap();
    assert_eq!(compose["verdict"], "bad", "{compose}");
    assert!(compose["help"].as_array().is_some_and(|help| !help.is_empty()), "{compose}");
}
