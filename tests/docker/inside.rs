//! Testdock itself in a container: with the engine's socket, and the workspace at another path.

use std::process::{Command, Stdio};

use camino::Utf8PathBuf;

use crate::support::docker::{clean, containers, docker, is_rootless, socket};
use crate::support::images;
use crate::support::project::Project;
use crate::support::running::{Running, Story};

const TWO: &str = "import os\n\ndef test_two():\n    open('written', 'w').close()\n    \
                   print('here is ' + os.path.abspath(__file__))\n    assert 1 == 2\n";

/// A project, and where a Testdock in a container sees it.
struct Inside {
    project: Project,
    root: Utf8PathBuf,
    image: String,
}

impl Inside {
    fn with(files: &[(&str, &str)]) -> Option<Self> {
        let project = Project::with(files)?;
        let root = Utf8PathBuf::from("/inside").join(project.root.file_name().unwrap());
        Some(Self { root, image: images::pytest()?, project })
    }

    /// A command beside a Testdock in a container, in the workspace; `mount` is how it comes by that.
    fn testdock(&self, mount: &str, env: &[&str], words: &[&str]) -> Command {
        let (uid, gid) = (rustix::process::getuid(), rustix::process::getgid());
        let user = match is_rootless() {
            true => "0:0".to_owned(),
            false => format!("{}:{}", uid.as_raw(), gid.as_raw()),
        };
        let image = format!("TESTDOCK_INTERPRETER__IMAGE={}", self.image);
        let mut command = Command::new("docker");
        command.args(["run", "--rm", "--interactive", "--user", &user, "--workdir"]);
        command.arg(&self.root).args(["--volume", mount]);
        for place in ["/var/run/docker.sock", "/engine.sock"] {
            command.arg("--volume").arg(format!("{}:{place}", socket()));
        }
        command.arg("--volume").arg(concat!(env!("CARGO_BIN_EXE_testdock"), ":/bin/testdock:ro"));
        for variable in ["HOME=/tmp", &image, "TESTDOCK_INTERPRETER__ENV__PYTHONPATH=."] {
            command.args(["--env", variable]);
        }
        command.args(env.iter().flat_map(|variable| ["--env", variable]));
        command.arg(&self.image).args(words);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, mount: &str, env: &[&str]) -> Story {
        Running::start(self.testdock(mount, env, &["testdock", "run", "--format", "json"])).end()
    }

    /// All of it at its place there.
    fn whole(&self) -> String {
        format!("{}:{}", self.project.root, self.root)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        clean(&self.root);
    }
}

/// What the tests' container has of the host, and where.
fn binds(container: &str) -> String {
    let format =
        "{{range .Mounts}}{{if eq .Type \"bind\"}}{{.Source}}:{{.Destination}} {{end}}{{end}}";
    docker(&["inspect", "-f", format, container]).unwrap()
}

#[test]
fn paths_are_those_of_the_side_that_testdock_is_on() {
    let Some(inside) = Inside::with(&[("test_two.py", TWO)]) else { return };
    let at_app = ["TESTDOCK_INTERPRETER__WORKDIR=/app"];
    let story = inside.run(&inside.whole(), &at_app);
    assert_eq!(story.totals(), [0, 1, 0, 0], "{story:#?}");
    let file = inside.root.join("test_two.py");
    let place = &story.test("test_two.py::test_two")["failures"][0]["location"];
    assert_eq!(place["path"], file.as_str(), "{story:#?}");
    assert_eq!(place["line"], 6);
    // The engine mounts what it has, and what the tests write is on its machine at once.
    let tests = containers(&inside.root);
    assert_eq!(tests.len(), 1, "{tests:?}");
    assert_eq!(binds(&tests[0]), format!("{}:/app", inside.project.root));
    assert!(inside.project.root.join("written").exists());

    let shown = inside.testdock(&inside.whole(), &at_app, &["testdock", "run"]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(&format!("here is {file}")), "{shown}");
}

/// What Testcontainers has the engine mount is at the engine's own path, wherever the socket is here.
#[test]
fn tests_that_start_containers_know_the_engines_own_socket() {
    let test = "import os\n\ndef test_socket():\n    \
                assert os.environ['TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE'] == os.environ['SOCKET']\n    \
                assert os.path.exists('/var/run/docker.sock')\n";
    let Some(inside) = Inside::with(&[("test_socket.py", test)]) else { return };
    let expected = format!("TESTDOCK_INTERPRETER__ENV__SOCKET={}", socket());
    let env =
        ["TESTDOCK_INTERPRETER__TESTCONTAINERS=true", "DOCKER_HOST=unix:///engine.sock", &expected];
    let story = inside.run(&inside.whole(), &env);
    assert_eq!(story.totals(), [1, 0, 0, 0], "{story:#?}");
}

#[test]
fn a_warm_container_is_found_again() {
    let Some(inside) = Inside::with(&[("test_two.py", TWO)]) else { return };
    // The workspace is a part of what is mounted.
    let above = format!("{}:/inside", inside.project.root.parent().unwrap());
    let first = inside.run(&above, &[]);
    let second = inside.run(&above, &[]);
    assert!(second.is_warm(), "{second:#?}");
    assert_eq!(first.container(), second.container());
    assert_eq!(binds(second.container()), format!("{}:{}", inside.project.root, inside.root));
}

#[test]
fn a_workspace_that_the_engine_has_nowhere_is_copied() {
    let Some(inside) = Inside::with(&[("test_two.py", TWO)]) else { return };
    // Its own file system has the workspace, and no mount does.
    let own = Utf8PathBuf::from("/tmp").join(inside.root.file_name().unwrap());
    let from = format!("{}:/from:ro", inside.project.root);
    let script = "cp -R /from \"$0\" && cd \"$0\" && exec testdock run --format json";
    let command = inside.testdock(&from, &[], &["sh", "-c", script, own.as_str()]);
    let story = Running::start(command).end();
    let left = containers(&own);
    clean(&own);
    assert_eq!(story.totals(), [0, 1, 0, 0], "{story:#?}");
    assert_eq!(left.len(), 1);
    assert!(!inside.project.root.join("written").exists());
}
