//! A project that means ill: what it asks for is refused, or said; nothing of it is done in silence.

use rustix::process::Signal;

use crate::support::images;
use crate::support::project::Project;
use crate::support::terminal::Terminal;

const ONE: (&str, &str) = ("test_one.py", "def test_one():\n    pass\n");

/// The settings are refused before anything is made.
#[track_caller]
fn refused(settings: &str, said: &[&str]) {
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    std::os::unix::fs::symlink("/", project.root.join("link")).unwrap();
    std::os::unix::fs::symlink("/var/run/docker.sock", project.root.join("sock")).unwrap();
    project.write("testdock.toml", settings);
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(2), [0; 4]), "{story:#?}");
    let told = format!("{}{}", story.error(), story.errors);
    for words in said {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(project.containers(), [""; 0]);
}

#[test]
fn the_hosts_files() {
    refused("interpreter.mounts = ['/:/host']", &["the host's /", "allow = [\"host-files\"]"]);
    refused("interpreter.run-args = ['-v', '/etc:/host']", &["the host's /etc", "host-files"]);
    refused(
        "interpreter.run-args = ['--mount=type=bind,source=/home,target=/h']",
        &["the host's /home"],
    );
    refused("interpreter.mounts = ['../../../../:/host']", &["the host's /", "host-files"]);
}

/// What is not the workspace's is not its own to show, also where nothing of the system lies there.
#[test]
fn what_lies_beside_the_workspace() {
    refused("interpreter.mounts = ['..:/up']", &["the host's /", "host-files"]);
    refused("interpreter.mounts = ['./tests/../../p1:/up']", &["/p1, which", "host-files"]);
    refused("interpreter.mounts = ['/opt:/up']", &["the host's /opt", "host-files"]);
    refused("interpreter.mounts = ['/tmp:/up:ro']", &["the host's /tmp (read-only)"]);
    refused("interpreter.mounts = ['~/.m2:/m2']", &["/.m2, which", "host-files"]);
}

/// The same, where other files than the settings say so.
#[test]
fn what_other_files_mount_from_beside_the_workspace() {
    let Some(image) = images::pytest() else { return };
    let mount = "source=${localWorkspaceFolder}/..,target=/up,type=bind";
    let container = format!(r#"{{"image": "{image}", "mounts": ["{mount}"]}}"#);
    let service =
        format!("services: {{ web: {{ image: '{image}', volumes: ['.:/w', '..:/up'] }} }}");
    for (path, text) in [(".devcontainer/devcontainer.json", container), ("compose.yaml", service)]
    {
        let project = Project::empty();
        project.write(ONE.0, ONE.1);
        project.write(path, &text);
        let story = project.run(&[]);
        assert_eq!(story.code, Some(2), "{story:#?}");
        let said = format!("gives the container the host's {}, which reaches", project.home);
        assert!(story.error().contains(&said), "{}", story.error());
    }
}

#[test]
fn the_hosts_files_by_way_of_a_link() {
    refused("interpreter.mounts = ['./link:/host']", &["the host's /, by way of", "host-files"]);
    refused("interpreter.mounts = ['./link/etc:/host']", &["the host's /etc, by way of"]);
    refused("interpreter.mounts = ['./link/opt/new:/host']", &["the host's /opt/new, by way of"]);
    refused("interpreter.mounts = ['./sock:/sock']", &["docker.sock, by way of", "docker-socket"]);
}

#[test]
fn a_home_and_its_keys() {
    refused("interpreter.mounts = ['~:/home']", &["host-files"]);
    refused("interpreter.mounts = ['~/.ssh:/keys:ro']", &["host-files"]);
    refused("interpreter.mounts = ['~/.config/gh:/gh']", &["host-files"]);
}

#[test]
fn the_engine_and_all_privileges() {
    refused("interpreter.mounts = ['/var/run/docker.sock:/s']", &["docker-socket"]);
    refused("interpreter.run-args = ['--privileged']", &["allow = [\"privileged\"]"]);
    refused("interpreter.run-args = ['--cap-add=SYS_ADMIN']", &["allow = [\"privileged\"]"]);
    refused("interpreter.run-args = ['--pid=host']", &["allow = [\"host-namespaces\"]"]);
    refused("interpreter.network = 'host'", &["allow = [\"host-namespaces\"]"]);
}

#[test]
fn a_build_of_what_is_not_the_workspaces() {
    // Nothing runs: no engine is needed.
    let project = Project::empty();
    project.write("Dockerfile", "FROM scratch\n");
    for (settings, said) in [
        ("interpreter = { dockerfile = 'Dockerfile', context = '../..' }", "interpreter.context"),
        ("interpreter.context = '/'", "interpreter.context"),
        ("interpreter.dockerfile = '../Dockerfile'", "interpreter.dockerfile"),
        ("interpreter.dockerfile = '/etc/passwd'", "interpreter.dockerfile"),
    ] {
        project.write("testdock.toml", settings);
        let (code, told) = project.shown(&["interpreter", "build"]);
        let said = format!("`{said}` leads out of the workspace");
        assert!(code == 2 && told.contains(&said), "{code}: {told}");
    }
}

/// A context that is a link is what it leads to.
#[test]
fn a_build_of_what_a_link_leads_to() {
    if images::base().is_none() {
        return;
    }
    let project = Project::empty();
    let keys = project.home.join("keys");
    std::fs::create_dir(&keys).unwrap();
    std::os::unix::fs::symlink(&keys, project.root.join("link")).unwrap();
    project.write("Dockerfile", "FROM scratch\nCOPY . /\n");
    project.write("testdock.toml", "interpreter = { dockerfile = 'Dockerfile', context = 'link' }");
    let (code, told) = project.shown(&["interpreter", "build"]);
    let said = format!("outside of the workspace, {keys}, by way of {}/link", project.root);
    assert!(code == 2 && told.contains(&said) && told.contains("host-files"), "{code}: {told}");
}

#[test]
fn reports_of_elsewhere() {
    let suite = |glob: &str| format!("[[suite]]\ncommand = ['true']\nreports = ['{glob}']\n");
    refused(&suite("../../**/*.xml"), &["expected a glob of files below"]);
    refused(&suite("/etc/*.xml"), &["expected a glob of files below"]);
    refused("[[suite]]\nframework = 'pytest'\nroot = '../elsewhere'\n", &["lies in the workspace"]);
}

/// A report that is a link to a file of the host is no report.
#[test]
fn a_report_that_is_a_link() {
    let Some(project) = Project::with(&[]) else {
        return;
    };
    let secret = project.home.join("secret.xml");
    std::fs::write(&secret, "<testsuite><testcase name='stolen'/></testsuite>").unwrap();
    let suite = format!(
        "[[suite]]\ncommand = ['sh', '-c', 'ln -sf {secret} r.xml']\nreports = ['*.xml']\n"
    );
    project.write("testdock.toml", &suite);
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(1), [0; 4]), "{story:#?}");
    assert!(story.error().contains("wrote no report"), "{}", story.error());
}

const READS_ETC: &str = "[interpreter]\nmounts = ['/etc:/host:ro']\nallow = ['host-files']\n";

/// A project cannot allow itself what reaches beyond its container. What was allowed is said with each container that has it.
#[test]
fn what_a_project_allows_itself_is_asked_for() {
    refused(
        READS_ETC,
        &["testdock.toml gives the container the host's /etc", "testdock interpreter allow"],
    );
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    project.write("testdock.toml", READS_ETC);
    let (_, told) = project.shown(&["doctor"]);
    assert!(told.contains("consent") && told.contains("you have not allowed"), "{told}");
    let (code, told) = project.shown(&["interpreter", "allow"]);
    assert_eq!((code, told.as_str()), (0, "default may have the host's /etc (read-only)\n"));
    let story = project.run(&[]);
    assert_eq!(story.code, Some(0), "{story:#?}");
    let said = story.only("warning").value["message"].to_string();
    assert!(said.contains("the container has the host's /etc"), "{said}");
    // More than that is asked for anew.
    project.edit("testdock.toml", "/etc:/host:ro", "/etc:/host");
    let story = project.run(&[]);
    assert!(story.error().contains("the container the host's /etc, which"), "{}", story.error());
    project.edit("testdock.toml", "/etc:/host", "/etc:/host:ro");
    project.edit("testdock.toml", "'/etc:/host:ro'", "'/etc:/host:ro', '/:/all'");
    let story = project.run(&[]);
    assert_eq!(story.code, Some(2), "{story:#?}");
    assert!(story.error().contains("gives the container the host's /,"), "{}", story.error());
    project.edit("testdock.toml", ", '/:/all'", "");
    assert_eq!(project.run(&[]).code, Some(0));
    project.shown(&["interpreter", "allow", "--withdraw"]);
    assert_eq!(project.run(&[]).code, Some(2));
}

/// Where nobody can be asked, it is said beside the project's files.
#[test]
fn what_the_caller_allows_is_not_asked_for() {
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    project.write("testdock.toml", READS_ETC);
    let story = project.run(&["--set", "interpreter.allow = ['host-files']"]);
    assert_eq!(story.code, Some(0), "{story:#?}");
    let mine = project.run(&["--set", "interpreter.mounts = ['/etc:/host:ro']"]);
    assert_eq!(mine.code, Some(0), "{mine:#?}");
    let project = project.env("TESTDOCK_INTERPRETER__ALLOW", "[\"host-files\"]");
    assert_eq!(project.run(&[]).code, Some(0));
}

/// On a terminal the run itself asks, and goes on.
#[test]
fn a_terminal_is_asked() {
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    project.write("testdock.toml", READS_ETC);
    let answered = |answer: &str| {
        let testdock = project.testdock(&[]);
        let testdock = testdock.get_program().to_str().unwrap();
        let line = format!("echo {answer} | script -qec '{testdock} run' /dev/null");
        let out = project.shell().args(["-c", &line]).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned())
    };
    let (code, told) = answered("n");
    assert!(code == Some(2) && told.contains("from now on? [y/N]"), "{code:?}: {told}");
    assert_eq!(project.containers(), [""; 0]);
    let (code, told) = answered("y");
    assert!(code == Some(0) && told.contains("1 passed"), "{code:?}: {told}");
    assert_eq!(project.run(&[]).code, Some(0));
    let (_, told) = project.shown(&["doctor"]);
    assert!(!told.contains("consent"), "{told}");
}

/// Whoever interrupts a question has allowed nothing.
#[test]
fn a_question_that_is_interrupted() {
    let Some(project) = Project::with(&[ONE]) else {
        return;
    };
    project.write("testdock.toml", READS_ETC);
    let mut terminal = Terminal::start(&mut project.testdock(&["run"]), 24, 80);
    terminal.until(b"[y/N]");
    terminal.signal(Signal::INT);
    assert_eq!(terminal.code(), Some(130));
    let (_, told) = project.shown(&["doctor"]);
    assert!(told.contains("consent"), "{told}");
    assert_eq!(project.containers(), [""; 0]);
}

/// Whoever wrote a Jenkinsfile asks for the engine in one line; so it is allowed in one step.
#[test]
fn what_no_setting_names_is_asked_for_once() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    project.write(ONE.0, ONE.1);
    let socket = "-v /var/run/docker.sock:/var/run/docker.sock";
    let agent = format!("agent {{ docker {{ image '{image}'; args '{socket}' }} }}");
    project.write("Jenkinsfile", &format!("pipeline {{ {agent}\n stages {{ }} }}\n"));
    let story = project.run(&[]);
    assert_eq!(story.code, Some(2), "{story:#?}");
    let said =
        "the interpreter `default` gives the container the engine itself (/var/run/docker.sock)";
    assert!(story.error().contains(said), "{}", story.error());
    assert_eq!(project.containers(), [""; 0]);
    project.shown(&["interpreter", "allow"]);
    assert_eq!(project.run(&[]).code, Some(0));
}

/// What the compose tool reads of variables, the tests see.
#[test]
fn compose_files_that_read_outside_of_the_workspace() {
    let Some(image) = images::pytest() else {
        return;
    };
    let outside = tempfile::tempdir().unwrap();
    let keys = outside.path().join("keys");
    std::fs::write(&keys, "TOKEN=s3cret\n").unwrap();
    let project = Project::empty();
    std::os::unix::fs::symlink(&keys, project.root.join("link.env")).unwrap();
    project.write("test_env.py", "import os\n\ndef test_env():\n    assert os.environ['TOKEN']\n");
    for file in [keys.to_str().unwrap(), "link.env"] {
        let service = format!("image: '{image}', volumes: ['.:/w'], env_file: '{file}'");
        project.write("compose.yaml", &format!("services: {{ web: {{ {service} }} }}\n"));
        let story = project.run(&[]);
        assert_eq!(story.code, Some(2), "{story:#?}");
        let said = "gives the container what is outside of the workspace, ";
        assert!(story.error().contains(&format!("{said}{}", keys.display())), "{story:#?}");
        project.shown(&["interpreter", "allow"]);
        assert_eq!(project.run(&[]).code, Some(0));
    }
}

/// What it reads outside is allowed; what that comes to ask for is not.
#[test]
fn a_file_outside_that_comes_to_ask_for_more() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    let base = |more: &str| {
        let text = format!("services: {{ base: {{ image: '{image}'{more} }} }}\n");
        std::fs::write(project.home.join("base.yml"), text).unwrap();
    };
    base("");
    let outside = project.home.join("base.yml");
    project.write(
        "compose.yaml",
        &format!("services: {{ app: {{ extends: {{ file: '{}', service: base }}, volumes: ['.:/w'] }} }}\n", outside),
    );
    project.write(ONE.0, ONE.1);
    project.shown(&["interpreter", "allow"]);
    assert_eq!(project.run(&[]).code, Some(0));
    base(", privileged: true");
    let said = "all privileges of the host";
    let (code, doctor) = project.shown(&["doctor"]);
    assert!(code == 2 && doctor.contains(said), "{doctor}");
    let story = project.run(&[]);
    assert!(story.code == Some(2) && story.error().contains(said), "{story:#?}");
}

/// What an image made where the workspace has a link is not kept there: its place would be made outside.
#[test]
fn an_image_that_made_what_lies_behind_a_link() {
    let Some(image) = images::pytest() else { return };
    let project = Project::empty();
    let outside = project.home.join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, project.root.join("sub")).unwrap();
    let made = "rm -rf sub; mkdir -p sub/node_modules; touch sub/x.so sub/node_modules/f";
    let lines = format!("FROM {image}\nWORKDIR /app\nCOPY . .\nRUN {made}\n");
    project.write("Dockerfile", &lines);
    project.write(".gitignore", "node_modules\n*.so\n");
    project.write(ONE.0, ONE.1);
    let story = project.run(&[]);
    assert_eq!(story.code, Some(0), "{story:#?}");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
}

/// A pipe by the name of a settings file is not waited for.
#[test]
fn files_that_never_end() {
    let project = Project::empty();
    project.write(ONE.0, ONE.1);
    project.write("pytest.ini", "[pytest]\n");
    let made = project.shell().args(["-c", "mkfifo testdock.toml Dockerfile"]).status().unwrap();
    assert!(made.success());
    let (code, told) = project.shown(&["discover"]);
    assert!(
        code == 2 && told.contains("testdock.toml: cannot read it: it is not a regular"),
        "{told}"
    );
    std::fs::remove_file(project.root.join("testdock.toml")).unwrap();
    let (code, told) = project.shown(&["discover"]);
    assert!(code == 0 && told.contains("test_one.py::test_one"), "{told}");
    let story = project.run(&["--set", "interpreter.dockerfile = 'Dockerfile'"]);
    let said = story.error();
    assert!(said.contains("cannot read Dockerfile: it is not a regular file"), "{said}");
}

/// The escape character itself is no part of an id.
#[test]
fn names_that_steer_a_terminal() {
    let project = Project::empty();
    project.write("package.json", r#"{"devDependencies": {"jest": "*"}}"#);
    project.write("a.test.js", "test('one\\n\\x1b[2Jtwo', () => {})\n");
    let (code, told) = project.shown(&["discover"]);
    assert_eq!((code, told.lines().next()), (0, Some("a.test.js::one␤[2Jtwo")), "{told}");
}
