//! A compose service as the place where tests run: with what it needs, and as its files say.

use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use super::sources::{all_pass, warnings};
use super::support::docker::{clean, docker};
use super::support::project::Project;
use super::support::{gone, skip};

#[test]
fn a_compose_service_with_what_it_needs() {
    let Some(project) = Compose::new() else { return };
    let (_, doctor) = project.shown(&["doctor"]);
    assert!(doctor.contains("not here yet: the next run builds or pulls it"), "{doctor}");
    let story = project.run(&[]);
    all_pass(&story, 4);
    assert_eq!(project.services(), ["seed", "store"], "the service's own container is left out");
    let (_, doctor) = project.shown(&["doctor"]);
    assert!(doctor.contains("a container is warm"), "{doctor}");
    assert!(project.run(&[]).is_warm());
    // What they come to now the tool tells, and is not asked for the mere sake of knowing.
    let own = project.read(".env");
    project.write(".env", &format!("{own}\nMORE=1\n"));
    let (_, list) = project.shown(&["interpreter", "list"]);
    let asks = "unknown: the next run asks the compose tool what its files say now";
    assert!(list.contains(asks), "{list}");
    let (_, doctor) = project.shown(&["doctor"]);
    assert!(doctor.contains("a container is warm"), "{doctor}");
    let over = project.read("compose.override.yaml");
    project.write("compose.override.yaml", "services: { app: { nonsense: 1 } }\n");
    let (_, doctor) = project.shown(&["doctor"]);
    assert!(doctor.contains("FAIL  compose") && !doctor.contains("note  image"), "{doctor}");
    let (_, list) = project.shown(&["interpreter", "list"]);
    assert!(list.contains(asks), "{list}");
    project.write("compose.override.yaml", &over);
    project.write(".env", &own);

    // A service that somebody has stopped is started again.
    docker(&["kill", &project.service("store")]).unwrap();
    all_pass(&project.run(&[]), 4);

    let (code, removed) = project.shown(&["interpreter", "remove", "default"]);
    assert_eq!(code, 0, "{removed}");
    assert!(project.services().is_empty(), "{removed}");
    assert!(project.networks().is_empty(), "the project's network goes with the last of it");
}

#[test]
fn an_env_file_of_the_project_names_no_engine() {
    let Some(project) = Compose::new() else { return };
    let env = if project.root.join(".env").exists() { project.read(".env") } else { String::new() };
    project.write(
        ".env",
        &format!("{env}\nDOCKER_HOST=tcp://127.0.0.1:1\nDOCKER_CONTEXT=elsewhere\n"),
    );
    all_pass(&project.run(&[]), 4);
}

#[test]
fn the_tools_own_variables_count_and_its_warnings_are_passed_on() {
    let Some(project) = Compose::new() else { return };
    let over =
        "services:\n  app:\n    environment: { EXTRA: from CI, KEY: \"${NOBODY_SETS_IT}\" }\n";
    project.write("ci/compose.yaml", over);
    project.edit(".env", "MODE", "COMPOSE_FILE=compose.yaml:ci/compose.yaml\nMODE");
    project.edit("tests/test_service.py", "from the override", "from CI");
    let story = project.run(&[]);
    all_pass(&story, 4);
    let said = format!("{story:?}");
    assert!(said.contains("reading compose.yaml, ci/compose.yaml"), "{said}");
    let said = warnings(&story).join("\n");
    assert!(said.contains("NOBODY_SETS_IT") && said.contains("not set"), "{said}");
    let warm = project.run(&[]);
    assert!(warm.is_warm() && warnings(&warm).is_empty(), "{warm:#?}");

    // It gives no privileges that the service does not ask for, and is told as it is.
    let options = docker(&["inspect", "-f", "{{.HostConfig.SecurityOpt}}", story.container()]);
    assert_eq!(options.unwrap(), "[no-new-privileges]");
    let (_, shown) = project.shown(&["interpreter", "show", "default"]);
    for words in ["security no-new-privileges", &format!("network  {}_default", project.name())] {
        assert!(shown.contains(words) && !shown.contains("engine's default"), "{words}: {shown}");
    }

    project.edit("ci/compose.yaml", "from CI", "from elsewhere");
    assert_eq!(project.run(&[]).totals(), [3, 1, 0, 0], "its files count for what is remembered");
}

#[test]
fn a_dev_containers_services_run_beside_its_own() {
    let Some(project) = Compose::new() else { return };
    let mail = "  mail: { image: \"${BASE}\", command: [sleep, \"600\"] }\n";
    project.edit("compose.yaml", "  debugger:\n", &format!("{mail}\n  debugger:\n"));
    let text = |more: &str| {
        format!(
            r#"{{ "dockerComposeFile": ["../compose.yaml", "../compose.override.yaml"], "service": "app",
                  "workspaceFolder": "/srv/app" {more} }}"#
        )
    };
    project.write(".devcontainer/devcontainer.json", &text(r#", "runServices": []"#));
    all_pass(&project.run(&[]), 4);
    assert_eq!(project.services(), ["seed", "store"]);
    project.write(".devcontainer/devcontainer.json", &text(""));
    let story = project.run(&[]);
    all_pass(&story, 4);
    assert_eq!(project.services(), ["mail", "seed", "store"]);
    assert!(!warnings(&story).join("\n").contains("runServices"));
}

#[test]
fn a_link_gives_a_service_another_name() {
    let Some(project) = Compose::new() else { return };
    project.edit(
        "compose.yaml",
        "    command: [\"sleep",
        "    links: [\"store:shop\"]\n    command: [\"sleep",
    );
    project.edit("compose.yaml", "http://store:8000", "http://shop:8000");
    all_pass(&project.run(&[]), 4);
}

#[test]
fn what_a_service_needs_goes_with_its_lease_though_nobody_comes_back() {
    let Some(project) = Compose::new() else { return };
    let mut run = project.start(&["--set", "interpreter.keep-warm = \"0s\""]);
    run.until("its first test", |event| event["event"] == "test-started");
    run.signal(Signal::KILL);
    drop(run.end());
    assert_eq!(project.services(), ["seed", "store"]);
    gone("what the service needs", Duration::from_secs(60), || project.services());
    // The project's network goes after the last of it.
    gone("networks", Duration::from_secs(20), || project.networks());
}

#[test]
fn a_service_that_ends_while_the_tests_run_is_named() {
    let Some(project) = Compose::new() else { return };
    let test = "import os, time, urllib.request\n\ndef test_wait():\n    while not os.path.exists('go'):\n        \
                time.sleep(0.05)\n    urllib.request.urlopen(os.environ['STORE'])\n";
    project.write("tests/test_wait.py", test);
    let mut run = project.start(&["tests/test_wait.py"]);
    run.until("its test", |event| event["event"] == "test-started");
    docker(&["kill", &project.service("store")]).unwrap();
    project.write("go", "");
    let story = run.end();
    assert_eq!(story.code, Some(1), "{story:#?}");
    let said = warnings(&story).join("\n");
    assert!(said.contains("the service store ended while the tests ran (exit code 137)"), "{said}");
    // It is started anew, and what it once did is not told again.
    let story = project.run(&["tests/test_wait.py", "tests/test_service.py"]);
    all_pass(&story, 5);
    assert!(warnings(&story).is_empty(), "{story:#?}");
}

#[test]
fn a_compose_service_that_runs_is_run_in_and_left_alone() {
    let Some(project) = Compose::new() else { return };
    let exec = ["--set", "interpreter.compose.exec = true"];
    let refused = project.run(&exec);
    assert_eq!(refused.code, Some(3), "{refused:#?}");
    assert!(refused.error().contains("up -d app"), "{}", refused.error());
    // So say those who look.
    all_pass(&project.run(&[]), 4);
    project.edit(
        "compose.yaml",
        "    volumes: [\".:/srv/app\"]",
        "    volumes: [\".:/srv/app\"]\n    ports: [\"8000\"]",
    );
    let stands = || {
        let (code, doctor) = project.shown(&[&["doctor"], &exec[..]].concat());
        assert!(!doctor.contains("not honoured"), "{doctor}");
        (code, doctor + &project.shown(&[&["interpreter", "list"], &exec[..]].concat()).1)
    };
    let (code, shown) = stands();
    assert_eq!(code, 3, "{shown}");
    assert_eq!(shown.matches("is not running").count(), 2, "{shown}");

    project.compose(&["up", "-d", "app"]);
    let before = project.service("app");
    let (code, shown) = stands();
    assert_eq!(code, 0, "{shown}");
    assert_eq!(shown.matches("a container is warm").count(), 2, "{shown}");
    all_pass(&project.run(&exec), 4);
    all_pass(&project.run(&[]), 4);
    let story = project.run(&[&exec[..], &["tests/test_service.py"]].concat());
    assert_eq!(story.container(), before);
    assert_eq!(project.service("app"), before);
    // What ran before is nobody's to take down.
    let (_, removed) = project.shown(&["interpreter", "remove", "default"]);
    assert!(!removed.contains("store"), "{removed}");
    assert_eq!(project.services(), ["app", "seed", "store"]);
}

/// Names that no shell can write are passed on by Bash alone.
#[test]
fn the_variables_of_a_service_that_runs_reach_the_tests() {
    let Some(project) = Compose::of(|| Some(Project::empty())) else { return };
    let base = super::support::images::pytest().unwrap();
    let bare = format!("FROM {base}\nUSER 0\nRUN rm -f /bin/bash /usr/bin/bash\n");
    project.write("Dockerfile", &bare);
    let all =
        "volumes: ['.:/w'], command: [sleep, '600'], environment: { My.Dotted: a, with-dash: b }";
    let services = format!("app: {{ image: '{base}', {all} }}, bare: {{ build: ., {all} }}");
    project.write("compose.yaml", &format!("services: {{ {services} }}\n"));
    let test = "import os\n\ndef test_it():\n    assert os.environ['My.Dotted'] + os.environ['with-dash'] == 'ab'\n";
    project.write("test_env.py", test);
    project.compose(&["up", "-d", "app", "bare"]);
    let run = |service: &str| {
        let set = format!("interpreter.compose = {{ service = \"{service}\", exec = true }}");
        project.run(&["--set", &set])
    };
    let story = run("app");
    all_pass(&story, 1);
    assert!(warnings(&story).is_empty(), "{story:#?}");
    let story = run("bare");
    assert_eq!(story.code, Some(1));
    let said = warnings(&story).join("\n");
    assert!(said.contains("the tests do not see `My.Dotted`, `with-dash`"), "{story:#?}");
    // What stands in the files by now has nothing to do with it.
    project.edit("compose.yaml", "My.Dotted: a", "My.Dotted: c");
    let of_app = "interpreter.compose = { service = \"app\", exec = true }";
    let (_, shown) = project.shown(&["interpreter", "show", "default", "--set", of_app]);
    assert!(shown.contains("My.Dotted=a") && !shown.contains("security"), "{shown}");
    project.edit("compose.yaml", "'.:/w'", "'./none:/w'");
    project.compose(&["up", "-d", "app"]);
    let said = run("app").error();
    assert!(said.contains("mount the workspace in the service"), "{said}");
}

#[test]
fn what_a_service_needs_may_fail_and_says_why() {
    let Some(project) = Compose::new() else { return };
    project.edit("compose.yaml", "echo seeded", "echo no seed today; exit 7; echo");
    let story = project.run(&[]);
    assert_eq!(story.code, Some(3), "{story:#?}");
    assert!(story.error().contains("seed"), "{}", story.error());
    project.edit("compose.yaml", "echo no seed today; exit 7; echo", "echo seeded");
    // What made it fail is mended: it is started anew.
    all_pass(&project.run(&[]), 4);
    let (code, removed) = project.shown(&["interpreter", "remove", "default"]);
    assert_eq!(code, 0, "{removed}");
    let probe = r#"["CMD", "python3", "-c", "import urllib.request as r; r.urlopen('http://localhost:8000/')"]"#;
    project.edit("compose.yaml", probe, r#"["CMD-SHELL", "echo the store is shut; exit 1"]"#);
    project.edit("compose.yaml", "retries: 30", "retries: 1");
    let story = project.run(&[]);
    assert_eq!(story.code, Some(3), "{story:#?}");
    for words in ["store", "its health check fails", "the store is shut"] {
        let error = story.error();
        assert!(error.contains(words), "{words}: {error}");
    }
    project.edit("compose.yaml", "    image:", "    frob: 1\n    image:");
    let error = project.run(&[]).error();
    for words in ["frob", " -f compose.yaml -f compose.override.yaml config"] {
        assert!(error.lines().next().unwrap().contains(words), "{words}: {error}");
    }
    project.write("compose.yaml", "services:\n  app:\n    build: [\n");
    let (code, doctor) = project.shown(&["doctor"]);
    assert_eq!(code, 2, "{doctor}");
    assert!(doctor.contains("compose.yaml:3"), "{doctor}");
}

#[test]
fn what_testdock_started_follows_the_compose_file() {
    let Some(project) = Compose::new() else { return };
    let image = format!("{}-base", project.name());
    docker(&["tag", &std::env::var("TESTDOCK_TEST_BASE").unwrap(), &image]).unwrap();
    let own = format!("  store:\n    image: {image}\n    #");
    project.edit("compose.yaml", "  store:\n", &own);
    all_pass(&project.run(&[]), 4);
    let before = ["seed", "store"].map(|name| project.service(name));

    // It ends at once: with its exit code, and what it printed.
    project.edit("compose.yaml", "sleep 1; cd /data", "echo closed for today; exit 9; cd /data");
    let error = project.run(&[]).error();
    for words in ["store", "it ended with exit code 9", "closed for today", "logs store"] {
        assert!(error.contains(words), "{words}: {error}");
    }
    project.edit("compose.yaml", "echo closed for today; exit 9; cd /data", "sleep 1; cd /data");
    all_pass(&project.run(&[]), 4);

    // Another definition, and another image by the same name.
    let old = project.service("store");
    project.edit("compose.yaml", "    #", "    environment: { STOCK: low }\n    #");
    let story = project.run(&[]);
    all_pass(&story, 4);
    let middle = project.service("store");
    assert_ne!(middle, old);
    let app = story.only("interpreter-ready").value["image"].as_str().unwrap().to_owned();
    docker(&["tag", &app, &image]).unwrap();
    all_pass(&project.run(&[]), 4);
    assert_ne!(project.service("store"), middle);
    assert_eq!(project.service("seed"), before[0], "nothing has changed of it");
    let kept = project.service("store");
    assert!(project.run(&[]).is_warm());
    assert_eq!(project.service("store"), kept);

    // What somebody else has started is left as it is.
    project.shown(&["interpreter", "remove", "default"]);
    project.compose(&["up", "-d", "store"]);
    let theirs = project.service("store");
    project.edit("compose.yaml", "STOCK: low", "STOCK: high");
    all_pass(&project.run(&[]), 4);
    assert_eq!(project.service("store"), theirs);
    docker(&["rmi", &image]).unwrap();
}

#[test]
fn what_another_run_uses_is_not_replaced_before_it_ends() {
    let Some(project) = Compose::new() else { return };
    let slow = "def test_slow():\n    import pathlib, time\n    path = pathlib.Path('go')\n    \
                while not path.exists():\n        time.sleep(0.05)\n    test_what_it_needs_is_there_and_ready()\n";
    let tests = project.read("tests/test_service.py");
    project.write("tests/test_service.py", &format!("{tests}\n\n{slow}"));
    let mut first = project.start(&["tests/test_service.py::test_slow"]);
    first.until("its test", |event| event["event"] == "test-started");
    let before = project.service("store");
    project.edit("compose.yaml", "  store:\n", "  store:\n    environment: { STOCK: low }\n");
    let quick = ["tests/test_service.py::test_what_it_needs_is_there_and_ready"];
    let mut second = project.start(&quick);
    second.until("it waits", |event| event.to_string().contains("waiting for another run"));
    assert_eq!(project.service("store"), before);
    project.write("go", "");
    all_pass(&first.end(), 1);
    all_pass(&second.end(), 1);
    assert_ne!(project.service("store"), before);
}

/// The project with a compose file; what the tool made of it goes when it is dropped.
pub(crate) struct Compose(Project);

impl std::ops::Deref for Compose {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.0
    }
}

impl Compose {
    fn new() -> Option<Self> {
        Self::of(|| Project::fixture("compose-service"))
    }

    /// A project with compose files of its own.
    pub(crate) fn of(project: impl FnOnce() -> Option<Project>) -> Option<Self> {
        if tool().is_none() {
            let why = "neither docker compose nor docker-compose is there";
            assert!(std::env::var_os("TESTDOCK_REQUIRE_DOCKER").is_none(), "{why}");
            return skip(why);
        }
        Some(Self(project()?))
    }

    fn name(&self) -> String {
        self.root.file_name().unwrap().to_owned()
    }

    fn label(&self) -> String {
        format!("label=com.docker.compose.project={}", self.name())
    }

    /// The services that have a container.
    fn services(&self) -> Vec<String> {
        let format = "{{.Label \"com.docker.compose.service\"}}";
        let all = docker(&["ps", "-a", "--filter", &self.label(), "--format", format]).unwrap();
        let mut all: Vec<String> = all.lines().map(str::to_owned).collect();
        all.sort();
        all
    }

    /// The project's networks.
    pub(crate) fn networks(&self) -> Vec<String> {
        let networks = docker(&["network", "ls", "-q", "--filter", &self.label()]).unwrap();
        networks.lines().map(str::to_owned).collect()
    }

    fn service(&self, name: &str) -> String {
        let service = format!("label=com.docker.compose.service={name}");
        let words = ["ps", "-aq", "--no-trunc", "--filter", &self.label(), "--filter", &service];
        docker(&words).unwrap()
    }

    fn compose(&self, words: &[&str]) {
        let mut tool = tool().unwrap();
        tool.current_dir(&self.root).env("BASE", std::env::var("TESTDOCK_TEST_BASE").unwrap());
        let out = tool.args(words).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
}

impl Drop for Compose {
    fn drop(&mut self) {
        // The containers of tests keep networks from going.
        clean(&self.root);
        for service in self.services() {
            let _gone = docker(&["rm", "-fv", &self.service(&service)]);
        }
        for kind in ["network", "volume"] {
            let ids = docker(&[kind, "ls", "-q", "--filter", &self.label()]).unwrap_or_default();
            ids.lines().for_each(|id| drop(docker(&[kind, "rm", id])));
        }
        let images = docker(&["images", "-q", "--filter", &format!("reference={}*", self.name())]);
        images.unwrap_or_default().lines().for_each(|id| drop(docker(&["rmi", "-f", id])));
    }
}

/// The compose tool, whichever is there.
fn tool() -> Option<Command> {
    let plugin = docker(&["compose", "version"]).is_ok();
    let mut command = Command::new(if plugin { "docker" } else { "docker-compose" });
    if plugin {
        command.arg("compose");
    }
    let works = Command::new(command.get_program()).arg("version").output().is_ok();
    works.then_some(command)
}

#[test]
fn a_service_built_from_outside_of_the_workspace_is_asked_about() {
    let Some(project) = Compose::new() else { return };
    let outside = project.home.join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("key"), project.root.as_str()).unwrap();
    let base = super::support::images::pytest().unwrap();
    std::fs::write(outside.join("Dockerfile"), format!("FROM {base}\nCOPY key /key\nARG PY\n"))
        .unwrap();
    let app = format!(
        "{{ build: {{ context: '{outside}', args: {{ PYY: a }} }}, volumes: ['.:/srv/app'], ports: ['1:1'] }}"
    );
    project.write("compose.yaml", &format!("services: {{ app: {app} }}\n"));
    let _ = std::fs::remove_file(project.root.join("compose.override.yaml"));
    let only = ["tests/test_service.py::test_the_workspace_is_where_the_service_has_it"];
    let refused = project.run(&only);
    assert_eq!(refused.code, Some(2), "{refused:#?}");
    assert!(refused.error().contains("the build's context"), "{}", refused.error());

    let allow = ["--set", "interpreter.allow = [\"host-files\"]"];
    let story = project.run(&[&only[..], &allow].concat());
    all_pass(&story, 1);
    let (_, doctor) = project.shown(&["doctor"]);
    let said = warnings(&story).join("\n");
    for words in ["not honoured: `ports`", "argument `PYY`", "did you mean `PY`?"] {
        assert!(said.contains(words) && doctor.contains(words), "{words}: {said} {doctor}");
    }
}

/// What a service extends counts for the choice, and where the workspace does not have it, you are asked before it is read.
#[test]
fn a_service_that_extends_one_of_another_file() {
    let Some(project) = Compose::new() else { return };
    let _ = std::fs::remove_file(project.root.join("compose.override.yaml"));
    let base = super::support::images::pytest().unwrap();
    let common = |workspace: &str| {
        format!("services: {{ base: {{ image: '{base}', volumes: ['{workspace}:/srv/app'] }} }}\n")
    };
    let extend = |file: &str| {
        let app = format!("{{ extends: {{ file: '{file}', service: base }} }}");
        project.write("compose.yaml", &format!("services:\n  app: {app}\n"));
    };
    let only = ["tests/test_service.py::test_the_workspace_is_where_the_service_has_it"];
    project.write("common.yaml", &common("."));
    extend("common.yaml");
    all_pass(&project.run(&only), 1);

    extend("comon.yaml");
    let refused = project.run(&only);
    assert_eq!(refused.code, Some(2), "{refused:#?}");
    assert!(refused.error().contains("`app` extends one of comon.yaml"), "{}", refused.error());

    let outside = project.home.join("common.yaml");
    std::fs::write(&outside, common(project.root.as_str())).unwrap();
    extend(outside.as_str());
    let refused = project.run(&only);
    assert_eq!(refused.code, Some(2), "{refused:#?}");
    assert!(refused.error().contains(outside.as_str()), "{}", refused.error());
    let allow = ["--set", "interpreter.allow = [\"host-files\"]"];
    all_pass(&project.run(&[&only[..], &allow].concat()), 1);
}

#[test]
fn a_volume_that_somebody_else_makes_has_to_be_there() {
    let Some(project) = Compose::new() else { return };
    let far = format!("{}-far", project.name());
    let volumes = format!("data: {{}}, far: {{ external: true, name: {far} }}");
    project.edit("compose.yaml", "data: {}", &volumes);
    project.write("compose.override.yaml", "services: { app: { volumes: ['far:/far'] } }\n");
    let only = ["tests/test_service.py::test_the_workspace_is_where_the_service_has_it"];
    let refused = project.run(&only);
    assert_eq!(refused.code, Some(3), "{refused:#?}");
    let error = refused.error();
    let mend = format!("docker volume create {far}");
    assert!(error.contains(&mend), "{error}");
    is_missed(&project, "invalid: cannot use the volume far", &mend);
    assert!(docker(&["volume", "inspect", &far]).is_err());

    docker(&["volume", "create", &far]).unwrap();
    let story = project.run(&only);
    let (code, _) = project.shown(&["interpreter", "remove", "default"]);
    docker(&["volume", "rm", &far]).unwrap();
    all_pass(&story, 1);
    assert_eq!(code, 0);
}

/// What a run would miss is known before.
#[track_caller]
fn is_missed(project: &Project, state: &str, mend: &str) {
    let (_, list) = project.shown(&["interpreter", "list"]);
    assert!(list.contains(state) && list.contains(mend), "{list}");
    let (code, doctor) = project.shown(&["doctor"]);
    assert!(doctor.contains("FAIL  image") && doctor.contains(mend), "{doctor}");
    assert_eq!(code, 3, "{doctor}");
}

#[test]
fn the_networks_of_a_service_that_needs_nobody() {
    let Some(project) = Compose::new() else { return };
    let far = format!("{}-far", project.name());
    let compose = |networks: &str| {
        format!(
            "services:\n  app:\n    build: {{ context: ., args: {{ BASE: \"${{BASE}}\" }} }}\n    volumes: ['.:/srv/app']\n    \
             networks: [inner, far]\nnetworks: {{ inner: {{ {networks} }}, far: {{ external: true, name: {far} }} }}\n"
        )
    };
    project.write("compose.yaml", &compose("internal: true"));
    let only = ["tests/test_service.py::test_the_workspace_is_where_the_service_has_it"];
    let refused = project.run(&only);
    assert_eq!(refused.code, Some(3), "{refused:#?}");
    let error = refused.error();
    let mend = format!("docker network create {far}");
    assert!(error.contains(&mend), "{error}");
    is_missed(&project, "invalid: cannot use the network far", &mend);

    docker(&["network", "create", &far]).unwrap();
    let story = project.run(&only);
    all_pass(&story, 1);
    let inner = format!("{}_inner", project.name());
    let joined = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}";
    let joined = docker(&["inspect", "-f", joined, story.container()]).unwrap();
    let mut joined: Vec<&str> = joined.split_whitespace().collect();
    joined.sort_unstable();
    assert_eq!(joined, [&far, &inner]);
    let told = ["network", "inspect", "-f", "{{.Internal}} {{json .Labels}}", &inner];
    let told = docker(&told).unwrap();
    assert!(told.starts_with("true") && told.contains("com.docker.compose.network"), "{told}");
    assert!(project.run(&only).is_warm());
    // The tool takes it for its own.
    project.compose(&["up", "--no-start", "app"]);
    project.compose(&["rm", "-f"]);

    project.write("compose.yaml", &compose("internal: false"));
    let error = project.run(&only).error();
    assert!(error.contains("interpreter remove default"), "{error}");
    let (code, removed) = project.shown(&["interpreter", "remove", "default"]);
    assert!(code == 0 && removed.contains("inner"), "{removed}");
    assert!(docker(&["network", "inspect", &inner]).is_err());

    // It goes with the lease of the tests' container.
    let mut run =
        project.start(&[&only[..], &["--set", "interpreter.keep-warm = \"0s\""]].concat());
    run.until("its test", |event| event["event"] == "test-started");
    run.signal(Signal::KILL);
    drop(run.end());
    assert!(!project.networks().is_empty());
    gone("networks", Duration::from_secs(60), || project.networks());
    docker(&["network", "rm", &far]).unwrap();
}

#[test]
fn an_entrypoint_that_does_not_go_on_is_named() {
    let Some(project) = Compose::new() else { return };
    let entry = project.read("entry.sh");
    let broken = entry.replace("exec \"$@\"", "echo no database; exit 5");
    project.write("entry.sh", &broken);
    let story = project.run(&[]);
    assert_eq!(story.code, Some(3), "{story:#?}");
    for words in ["ended with exit code 5", "no database", "exec \"$@\"", "entrypoint = false"] {
        assert!(story.error().contains(words), "{words}: {}", story.error());
    }
    project.write("entry.sh", &entry);
    all_pass(&project.run(&[]), 4);
}
