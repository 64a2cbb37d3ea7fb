//! `testdock containers` and `testdock logs`, beside what Docker says of the same containers.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::docker::{docker, processes};
use crate::support::project::Project;
use crate::support::terminal::Terminal;
use crate::support::{PATIENCE, gone, images, soon};

const SLEEPS: &str = "trap 'exit 3' TERM; while :; do sleep 1 & wait $!; done";

/// A project with services, gone with the test.
struct Bench {
    project: Project,
    image: String,
    made: Vec<String>,
}

impl Bench {
    fn new() -> Option<Self> {
        let image = images::base()?;
        Some(Self { project: Project::empty(), image, made: Vec::new() })
    }

    /// Starts a service of a compose project in the folder; its id.
    fn service(&mut self, service: &str, script: &str) -> String {
        let labels = [
            "com.docker.compose.project=shop".to_owned(),
            format!("com.docker.compose.service={service}"),
            format!("com.docker.compose.project.working_dir={}/deploy", self.project.root),
        ];
        let options: Vec<&str> = labels.iter().flat_map(|label| ["-l", label]).collect();
        self.run(&options, script)
    }

    fn run(&mut self, options: &[&str], script: &str) -> String {
        let words = [&["run", "-d"], options, &[&self.image, "sh", "-c", script]].concat();
        let id = docker(&words).unwrap();
        self.made.push(id.clone());
        id
    }

    /// What the binary prints, and its exit code.
    fn shown(&self, args: &[&str]) -> (i32, String) {
        self.project.shown(args)
    }

    /// The same, of which each line is JSON.
    fn json(&self, args: &[&str]) -> Vec<Value> {
        let (code, text) = self.shown(args);
        assert_eq!(code, 0, "{text}");
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn terminal(&self, args: &[&str]) -> Terminal {
        // For the size of its window a program has to be in front in the terminal.
        let mut words = self.project.testdock(args);
        let mut command = std::process::Command::new("setsid");
        command.arg("--ctty").arg(words.get_program()).args(words.get_args());
        command.current_dir(&self.project.root).env("TERM", "xterm-256color");
        words.env_clear();
        Terminal::start(&mut command, 33, 101)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        for id in &self.made {
            let _gone_already = docker(&["rm", "-fv", id]);
        }
    }
}

fn name(id: &str) -> String {
    docker(&["inspect", "-f", "{{.Name}}", id]).unwrap().trim_start_matches('/').to_owned()
}

fn state(id: &str) -> String {
    docker(&["inspect", "-f", "{{.State.Status}}", id]).unwrap_or_default()
}

#[test]
fn a_list_tells_all_and_whose_it_is() {
    let Some(mut bench) = Bench::new() else { return };
    let db = bench.service("db", SLEEPS);
    let other = bench.run(&[], SLEEPS);
    let all = bench.json(&["containers", "--format", "json"]);
    let find = |id: &str| all.iter().find(|it| it["id"] == id).unwrap();
    let found = find(&db);
    assert_eq!(found["name"], name(&db));
    assert_eq!(
        (&found["kind"], &found["group"], &found["role"]),
        (&"compose".into(), &"shop".into(), &"db".into())
    );
    assert_eq!((&found["project"], &found["state"]), (&Value::Bool(true), &"running".into()));
    let found = find(&other);
    assert_eq!((&found["kind"], &found["project"]), (&"other".into(), &Value::Bool(false)));
    let (code, text) = bench.shown(&["containers"]);
    assert_eq!(code, 0);
    let line = text.lines().find(|line| line.contains(&name(&db))).unwrap();
    assert!(line.contains("  db  ") && line.contains("up less than a minute"), "{line}");
    // This project comes first.
    assert!(text.starts_with("shop (compose)\n"), "{text}");
}

#[test]
fn containers_are_stopped_started_and_removed_by_name() {
    let Some(mut bench) = Bench::new() else { return };
    let (db, dbadmin) = (bench.service("db", SLEEPS), bench.service("dbadmin", SLEEPS));
    let both = [name(&db), name(&dbadmin)];
    assert_eq!(
        bench.shown(&["containers", "stop", "db", "dba"]),
        (0, format!("stopped {}\nstopped {}\n", both[0], both[1]))
    );
    assert_eq!([state(&db), state(&dbadmin)], ["exited", "exited"]);
    assert_eq!(
        bench.shown(&["containers", "start", &both[0]]),
        (0, format!("started {}\n", both[0]))
    );
    assert_eq!(bench.shown(&["containers", "restart", &db[..12]]).0, 0);
    let (code, text) = bench.shown(&["containers", "remove", "dbadmin", "db"]);
    let refusal = format!(
        "error: cannot remove {}: it runs, and Testdock has not started it\n\
         help:  stop it first, or say --force\n",
        both[0]
    );
    assert_eq!((code, text), (2, refusal));
    assert_eq!([state(&db), state(&dbadmin)], ["running", "exited"]);
    assert_eq!(bench.shown(&["containers", "remove", "--force", "dbadmin", "db"]).0, 0);
    assert_eq!([state(&db), state(&dbadmin)], ["", ""]);
    let (code, text) = bench.shown(&["containers", "stop", "db"]);
    assert_eq!(code, 2);
    assert!(text.ends_with("help:  see which there are: testdock containers\n"), "{text}");
}

#[test]
fn a_name_that_fits_several_lists_them() {
    let Some(mut bench) = Bench::new() else { return };
    let (a, b) = (bench.service("queue-a", SLEEPS), bench.service("queue-b", SLEEPS));
    let mut names = [name(&a), name(&b)];
    names.sort();
    let (code, text) = bench.shown(&["logs", "queue"]);
    assert_eq!(code, 2);
    let expected = format!(
        "error: cannot tell which container queue means\nhelp:  name one of {}\n",
        names.join(", ")
    );
    assert_eq!(text, expected);
}

#[test]
fn inspecting_shows_no_secret() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.run(&["-e", "DB_PASSWORD=hunter2"], SLEEPS);
    let (code, text) = bench.shown(&["containers", "inspect", &id]);
    assert_eq!(code, 0);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["Id"], id);
    assert!(text.contains("DB_PASSWORD=•••") && !text.contains("hunter2"));
    let at = |engine| bench.shown(&["containers", "inspect", "--engine", engine, &id]).0;
    assert_eq!([at("unix:///nowhere/docker.sock"), at("")], [3, 0]);
}

#[test]
fn logs_of_the_project_come_together_in_order() {
    let Some(mut bench) = Bench::new() else { return };
    // A second later each: Podman tells no time finer than that.
    let then = "trap 'sleep 1; echo three >&2; echo four; exit' USR1";
    let a = bench.service("a", &format!("{then}; echo one; while :; do sleep 1 & wait $!; done"));
    // A container that has started need not have said anything yet.
    soon("one", PATIENCE, || docker(&["logs", &a]).ok().filter(|it| it == "one"));
    let b = bench.service("b", "sleep 1; echo two");
    let other = bench.run(&[], "echo other");
    docker(&["wait", &b, &other]).unwrap();
    docker(&["kill", "-s", "USR1", &a]).unwrap();
    docker(&["wait", &a]).unwrap();
    let (code, text) = bench.shown(&["logs"]);
    assert_eq!(code, 0, "{text}");
    let lines = text.lines().map(|line| line.split_once(" | ").unwrap());
    let lines: Vec<(&str, &str)> = lines.map(|(name, text)| (name.trim(), text)).collect();
    let (a_name, b_name) = (name(&a), name(&b));
    assert_eq!(lines[..2], [(&*a_name, "one"), (&*b_name, "two")]);
    assert_eq!(lines[2..].iter().map(|(name, _)| *name).collect::<Vec<_>>(), [&a_name, &a_name]);
    assert_eq!(bench.shown(&["logs", "a", "--search", "^o", "-n", "5"]), (0, "one\n".to_owned()));
    let json = bench.json(&["logs", "a", "--format", "json", "--search", "three"]);
    assert_eq!(json.len(), 1);
    assert_eq!((&json[0]["container"], &json[0]["id"]), (&a_name.into(), &a.into()));
    assert_eq!((&json[0]["stream"], &json[0]["text"]), (&"stderr".into(), &"three".into()));
}

#[test]
fn logs_without_a_line_are_told() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.service("quiet", SLEEPS);
    let told = |fits: &str| (0, format!("nothing{fits} was printed by {}\n", name(&id)));
    assert_eq!(bench.shown(&["logs", "quiet"]), told(""));
    assert_eq!(bench.shown(&["logs", "quiet", "--search", "x"]), told(" that fits"));
    assert_eq!(bench.json(&["logs", "quiet", "--format", "json"]), [Value::Null; 0]);
}

#[test]
fn followed_logs_end_with_their_containers_or_their_reader() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.service("a", "echo begins; sleep 1; echo ends; exit 4");
    let (code, text) = bench.shown(&["logs", "a", "--follow"]);
    assert_eq!(code, 0);
    assert_eq!(text, "begins\nends\nthe container has ended with exit code 4\n");
    docker(&["rm", &id]).unwrap();

    bench.service("b", "while :; do echo again; sleep 0.1; done");
    let mut follower = bench.project.testdock(&["logs", "b", "-f"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(follower.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "again\n");
    soon("the end of what nobody reads", PATIENCE, || follower.try_wait().unwrap());
}

#[test]
fn a_project_without_containers_has_no_logs() {
    let Some(bench) = Bench::new() else { return };
    let (code, text) = bench.shown(&["logs"]);
    assert_eq!(code, 2);
    assert!(
        text.starts_with(&format!("error: the project {} has no container\n", bench.project.root))
    );
    let (code, text) = bench.shown(&["logs", "--search", "a(b"]);
    assert_eq!(code, 2);
    assert!(text.starts_with("error: cannot search for `a(b`: unclosed group\n"), "{text}");
}

#[test]
fn an_engine_that_does_not_answer_is_an_error_with_its_exit_code() {
    let project = Project::empty().env("DOCKER_HOST", "unix:///nowhere/docker.sock");
    for args in [&["containers"][..], &["containers", "stop", "db"], &["logs"]] {
        let (code, text) = project.shown(args);
        assert_eq!(code, 3, "{text}");
        assert!(text.starts_with("error: cannot reach Docker at unix:///nowhere"), "{text}");
    }
}

#[test]
fn a_command_runs_as_if_it_ran_here() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.service("db", SLEEPS);
    let mut command = bench.project.testdock(&[
        "containers",
        "exec",
        "db",
        "sh",
        "-c",
        "cat; echo err >&2; exit 7",
    ]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"\0typed\n").unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(7));
    assert_eq!((&*out.stdout, &*out.stderr), (&b"\0typed\n"[..], &b"err\n"[..]));
    let flags =
        ["containers", "exec", "-u", "nobody", "-w", "/tmp", "db", "sh", "-c", "id -un; pwd"];
    assert_eq!(bench.shown(&flags), (0, "nobody\n/tmp\n".to_owned()));
    docker(&["stop", &id]).unwrap();
    let (code, text) = bench.shown(&["containers", "exec", "db", "true"]);
    assert_eq!(code, 3);
    let help = format!("help:  start it first: testdock containers start {}\n", name(&id));
    assert!(text.ends_with(&help), "{text}");
}

#[test]
fn a_shell_begins_in_the_workspace() {
    let Some(project) = Project::with(&[("test_a.py", "def test_a(): pass\n")]) else { return };
    assert_eq!(project.run(&[]).code, Some(0));
    let args = ["containers", "exec", "default", "sh", "-c", "pwd; ls"];
    let (code, text) = project.shown(&args);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.starts_with(&format!("{}\n", project.root)) && text.contains("test_a.py"),
        "{text}"
    );
}

#[test]
fn a_shell_has_a_real_terminal() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.service("db", SLEEPS);
    let mut terminal = bench.terminal(&["containers", "exec", "db"]);
    terminal.type_in("PS1='$ '; echo $TERM $(stty size)\n");
    terminal.until(b"xterm-256color 33 101\r\n");
    terminal.resize(40, 120);
    // The shell is told at its next turn.
    terminal
        .type_in("while [ \"$(stty size)\" != '40 120' ]; do sleep 0.1; done; echo resi''zed\n");
    terminal.until(b"resized\r\n");
    terminal.type_in("sleep 1000\n");
    // A shell that is not ready yet would not pass the interrupt on.
    soon("the command", PATIENCE, || processes(&id, "sleep 1000").into_iter().next());
    terminal.until(b"sleep 1000");
    terminal.type_in("\x03");
    terminal.until(b"$ ");
    // What could be taken for frames of the engine's is none.
    terminal.type_in("printf '\\0\\0\\1\\2'; head -c 20 /dev/zero; echo aft''er\n");
    terminal.until(&[&b"\0\0\x01\x02"[..], &[0; 20], b"after"].concat());
    terminal.type_in("exit 5\n");
    assert_eq!(terminal.code(), Some(5));
}

#[test]
fn a_closed_terminal_leaves_nothing_behind() {
    let Some(mut bench) = Bench::new() else { return };
    let id = bench.service("db", SLEEPS);
    let mut terminal = bench.terminal(&["containers", "exec", "db"]);
    terminal.type_in("sleep 54321\n");
    soon("the command", PATIENCE, || processes(&id, "sleep 54321").into_iter().next());
    terminal.signal(Signal::HUP);
    assert_eq!(terminal.code(), Some(129));
    gone("processes", PATIENCE, || processes(&id, "sleep 54321"));
    gone("shells", PATIENCE, || processes(&id, "bash"));
}
