//! The engine, the image or the container is at fault: exit code 3, and a remedy.

use camino::Utf8PathBuf;

use crate::support::docker::{docker, socket};
use crate::support::images;
use crate::support::person::{Engine, hand_over};
use crate::support::project::Project;
use crate::support::running::Story;
use crate::support::{skip, way};

const ONE: (&str, &str) = ("test_one.py", "def test_one():\n    pass\n");

/// The interpreter failed, no test is said to have passed, and the error says all of this.
#[track_caller]
fn check(story: &Story, said: &[&str]) {
    assert_eq!(story.code, Some(3), "{story:#?}");
    assert_eq!(story.totals(), [0; 4]);
    let error = story.error();
    for words in said {
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn no_engine() {
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    assert_eq!(project.run(&[]).code, Some(0));
    let project = project.env("DOCKER_HOST", "unix:///nonexistent.sock");
    let said = ["cannot reach Docker at unix:///nonexistent.sock", "interpreter.host"];
    check(&project.run(&[]), &said);
    let (code, text) = project.shown(&["run"]);
    assert_eq!((code, text.contains("help:")), (3, true), "{text}");
}

#[test]
fn an_engine_that_is_lost_under_a_build() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    project.write(ONE.0, ONE.1);
    let step = format!("RUN echo {} && sleep 5", project.root);
    project.write("Dockerfile", &format!("FROM {image}\n{step}\n"));
    let at = project.home.join("engine.sock");
    let cut = way::to_the_engine(&at);
    let project = project.env("DOCKER_HOST", &format!("unix://{at}"));
    let mut run = project.start(&[]);
    run.until("step", |line| line["step"] == step.as_str());
    cut();
    check(&run.end(), &["cannot build Dockerfile", &format!("cannot reach Docker at unix://{at}")]);
    let project = project.env("DOCKER_HOST", &format!("unix://{}", socket()));
    assert_eq!(project.run(&[]).code, Some(0));
}

#[test]
fn permission_denied() {
    let project = Project::with(&[ONE]);
    let Some(project) = project.and_then(|it| hand_over(it, Engine::Denied)) else {
        return;
    };
    check(&project.run(&[]), &["permission denied", "group docker"]);
}

/// Whoever has an engine and may not use the system's has chosen.
#[test]
fn the_systems_is_not_for_the_caller_who_has_another() {
    const SYSTEM: &str = "/var/run/docker.sock";
    let socket = Utf8PathBuf::from(socket());
    if rustix::process::getuid().is_root()
        || socket == SYSTEM
        || socket.file_name() != Some("docker.sock")
    {
        let _: Option<()> =
            skip("the caller has no engine of its own; `cargo xtask e2e rootless` starts one");
        return;
    }
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    let runtime = socket.parent().unwrap();
    let project = project.env("DOCKER_HOST", "").env("XDG_RUNTIME_DIR", runtime.as_str());
    let story = project.run(&[]);
    assert_eq!(story.code, Some(0), "{story:#?}");
    assert_eq!(project.containers(), [story.container()]);
}

#[test]
fn no_such_image() {
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    // Nothing listens there: that is found out at once.
    let image = "localhost:1/no-such-image:1";
    check(&project.run(&["--image", image]), &[image, "docker load"]);
}

#[test]
fn a_broken_dockerfile() {
    let Some(base) = images::base() else { return };
    let project = Project::empty();
    project.write(ONE.0, ONE.1);
    let lines = [
        format!("FROM {base}"),
        "WORKDIR /app".to_owned(),
        "RUN echo about to break && cat /no/such/file".to_owned(),
    ];
    project.write("Dockerfile", &lines.join("\n"));
    let story = project.run(&[]);
    check(&story, &["about to break", "/no/such/file: No such file"]);
    let place = &story.only("run-finished").value["error"]["location"];
    assert_eq!(place["path"], project.root.join("Dockerfile").as_str());
    assert_eq!(place["line"], 3);
    let (_, text) = project.shown(&["run"]);
    assert!(text.contains("Dockerfile:3: "), "{text}");
}

/// As pip says behind a proxy that signs anew.
#[test]
fn a_build_that_knows_no_authority() {
    let Some(base) = images::base() else { return };
    let project = Project::empty();
    project.write(ONE.0, ONE.1);
    let said = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain";
    project.write("Dockerfile", &format!("FROM {base}\nRUN echo '{said}' && exit 1\n"));
    check(
        &project.run(&[]),
        &["failed with exit code 1", "copy its bundle", "interpreter.secrets"],
    );
}

#[test]
fn no_pytest() {
    let Some(base) = images::base() else { return };
    let project = Project::empty().env("TESTDOCK_INTERPRETER__IMAGE", &base);
    project.write(ONE.0, ONE.1);
    check(&project.run(&[]), &["pytest", "pip install pytest"]);
}

#[test]
fn no_python() {
    let Some(base) = images::base() else { return };
    let project = Project::empty();
    project.write(ONE.0, ONE.1);
    let away = "RUN for p in python python3 pytest; do rm -f $(command -v $p); done";
    project.write("Dockerfile", &format!("FROM {base}\n{away}\n"));
    check(&project.run(&[]), &["python3", "pip install pytest"]);
}

#[test]
fn no_such_command() {
    let Some(project) = Project::with(&[]) else {
        return;
    };
    let suite = "[[suite]]\ncommand = ['no-such-tool', '--all']\nreports = ['*.xml']\n";
    project.write("testdock.toml", suite);
    check(&project.run(&[]), &["no-such-tool", "install it in the image"]);
}

#[test]
fn a_container_that_is_removed_under_a_run() {
    let slow = "import time\n\ndef test_slow():\n    time.sleep(60)\n";
    let Some(project) = Project::with(&[ONE, ("test_slow.py", slow)]) else {
        return;
    };
    let mut run = project.start(&[]);
    run.until_started("test_slow.py::test_slow");
    docker(&["rm", "-f", &project.container()]).unwrap();
    let story = run.end();
    assert_eq!(story.code, Some(3), "{story:#?}");
    assert!(story.error().contains("removed"), "{}", story.error());
    assert!(story.error().contains("run again"), "{}", story.error());
    assert_eq!(story.test("test_one.py::test_one")["outcome"], "passed");
    let again = project.run(&["test_one.py"]);
    assert_eq!((again.code, again.is_warm()), (Some(0), false));
}
