//! Interpreters from a person's side: built without a run, listed as they stand, seen in an editor.

use serde_json::{Value, json};

use crate::support::docker::docker;
use crate::support::editor::{Editor, is, uri};
use crate::support::images;
use crate::support::project::Project;
use crate::support::terminal::Terminal;

#[test]
fn a_build_makes_the_next_run_quick() {
    let Some(project) = Project::of_fixture("python-pytest") else {
        return;
    };
    let list = |state: &str| {
        let (code, text) = project.shown(&["interpreter", "list"]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(&format!("*default: Dockerfile; {state}: ")), "{text}");
    };
    list("absent");
    let (code, text) = project.shown(&["interpreter", "build"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("image testdock/python-pytest-"), "{text}");
    list("ready");
    assert_eq!(project.containers(), [""; 0]);
    let run = project.run(&["tests/test_orders.py::test_total"]);
    assert_eq!((run.code, run.of("build-output").count()), (Some(0), 0));
    list("warm");
    project.edit("requirements.txt", "pytest", "# changed\npytest");
    list("stale");
}

/// A container that waits counts where it is the one that the next run takes.
#[test]
fn one_that_is_warm_is_warm_for_the_next_run() {
    let Some(image) = images::pytest() else { return };
    let project = Project::empty();
    project.write("test_a.py", "def test_a(): pass\n");
    let write = |more: &str| {
        project.write("testdock.toml", &format!("[interpreter]\nimage = '{image}'\n{more}"));
    };
    let stands = |state: &str| {
        let (code, text) = project.shown(&["interpreter", "list"]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(&format!("; {state}: ")), "{state}: {text}");
    };
    write("");
    assert_eq!(project.run(&[]).code, Some(0));
    stands("warm");
    // A command is started with its variables, in the same container.
    write("env = { A = '1' }\n");
    stands("warm");
    assert!(project.run(&[]).is_warm());
    write("env = { A = '1' }\nsetup = ['true']\n");
    stands("ready");
    assert!(!project.run(&[]).is_warm());
    stands("warm");
    write("env = { A = '2' }\nsetup = ['true']\n");
    stands("ready");
    assert!(!project.run(&[]).is_warm());
    stands("warm");
    write("env = { A = '2' }\nsetup = ['true']\nmounts = ['./data:/data']\n");
    stands("invalid");
    let (_, doctor) = project.shown(&["doctor"]);
    assert!(doctor.contains("there is no such file or folder in the workspace"), "{doctor}");
}

/// What a run would refuse is known before.
#[test]
fn what_the_next_run_would_miss_is_said() {
    let Some(image) = images::pytest() else { return };
    let project = Project::empty();
    project.write("test_a.py", "def test_a(): pass\n");
    project.write("Dockerfile", &format!("FROM {image}\nRUN echo {} >/nonce\n", project.root));
    let missed = |settings: &str, subject: &str, said: &str| {
        project.write("testdock.toml", settings);
        let (_, list) = project.shown(&["interpreter", "list"]);
        assert!(list.contains("*default: ") && list.contains("; invalid: "), "{list}");
        assert!(list.contains(said), "{said}: {list}");
        let (code, doctor) = project.shown(&["doctor"]);
        assert!(doctor.contains(&format!("FAIL  {subject}")) && doctor.contains(said), "{doctor}");
        let run = project.run(&[]);
        assert!(matches!(code, 2 | 3) && run.code == Some(code), "{doctor}{run:#?}");
    };
    let built = "[interpreter]\ndockerfile = 'Dockerfile'\n";
    let no_folder = "nodir: there is no such folder";
    missed(&format!("{built}context = 'nodir'\n"), "image", no_folder);
    let no_variable = "the variable TD_NO_SUCH, which is not set";
    missed(&format!("{built}secrets = {{ a = 'env:TD_NO_SUCH' }}\n"), "image", no_variable);
    let plain = format!("[interpreter]\nimage = '{image}'\n");
    missed(&format!("{plain}network = 'td-nosuch'\n"), "image", "create that network");
    let not_allowed = "you have not allowed that";
    missed(&format!("{plain}mounts = ['/opt:/opt']\n"), "consent", not_allowed);
}

/// The folder that a mount showed is another one when it is made again.
#[test]
fn a_container_whose_mount_is_gone_is_not_for_the_next_run() {
    let Some(image) = images::pytest() else { return };
    let project = Project::empty();
    project.write("test_a.py", "def test_a(): pass\n");
    let settings = format!("[interpreter]\nimage = '{image}'\nrun-args = ['-v', './data:/data']\n");
    project.write("testdock.toml", &settings);
    let stands = |state: &str| {
        let (code, text) = project.shown(&["interpreter", "list"]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(&format!("; {state}: ")), "{state}: {text}");
    };
    assert_eq!(project.run(&[]).code, Some(0));
    stands("warm");
    std::fs::remove_dir(project.root.join("data")).unwrap();
    stands("ready");
    assert!(!project.run(&[]).is_warm());
    stands("warm");
}

/// A run refuses all of them for a mistake in one.
#[test]
fn a_mistake_in_the_configuration_is_listed() {
    let Some(image) = images::pytest() else { return };
    let project = Project::empty();
    let right = format!("[interpreter]\nimage = '{image}'\n");
    project.write("testdock.toml", &format!("{right}[interpreters.usr]\nuser = 'nosuch'\n"));
    let (code, text) = project.shown(&["interpreter", "list"]);
    assert_eq!(code, 2, "{text}");
    let held_up = "invalid: nothing runs before the configuration is corrected";
    assert!(text.contains(&format!("*default: {image}; {held_up}")), "{text}");
    assert!(text.contains("testdock.toml:4:8: ") && text.contains("nosuch"), "{text}");
}

#[test]
fn a_broken_build_has_the_exit_code_of_one() {
    let Some(project) = Project::of_fixture("python-pytest") else {
        return;
    };
    project.edit("Dockerfile", "COPY . .", "RUN exit 7\nCOPY . .");
    let (code, text) = project.shown(&["interpreter", "build", "default"]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("RUN exit 7 failed with exit code 7"), "{text}");
    let (code, text) = project.shown(&["interpreter", "build", "other"]);
    assert_eq!(code, 2, "{text}");
}

#[test]
fn an_editor_sees_how_they_stand_and_builds() {
    let Some(project) = Project::of_fixture("python-pytest") else {
        return;
    };
    let mut editor = Editor::open(&project);
    stands(&mut editor, "absent");
    let build = editor.command("testdock.buildInterpreter", &json!({}));
    stands(&mut editor, "building");
    stands(&mut editor, "ready");
    let end = editor.until_ended(&build);
    assert_eq!(end["how"], "completed", "{end}");
    let run = editor.command("testdock.runAll", &json!({}));
    stands(&mut editor, "warm");
    editor.until_ended(&run);

    project.edit("requirements.txt", "pytest", "# changed\npytest");
    let changed = json!({ "uri": uri(project.root.join("requirements.txt")), "type": 2 });
    editor.notify("workspace/didChangeWatchedFiles", &json!({ "changes": [changed] }));
    stands(&mut editor, "stale");
    // What ran in the image as it was is no longer the truth, until it runs in the new one.
    let tests = uri(project.root.join("tests/test_orders.py"));
    let text = project.read("tests/test_orders.py");
    let line = text.lines().position(|it| it.starts_with("def test_total(")).unwrap() as u64 + 1;
    let old = editor.lenses(&tests, line).concat();
    assert!(old.contains("✓ passed") && old.contains("(in another image)"), "{old}");
    let run = editor.command("testdock.runAll", &json!({}));
    editor.until_ended(&run);
    let new = editor.lenses(&tests, line).concat();
    assert!(new.contains("✓ passed") && !new.contains("(in another image)"), "{new}");
}

/// Waits until the default interpreter is told to stand so.
#[track_caller]
fn stands(editor: &mut Editor, state: &str) {
    let default = |it: &Value| it["name"] == "default" && it["state"] == state;
    editor.until(state, |it| {
        let all = it["params"]["interpreters"].as_array();
        is(it, "testdock/interpretersChanged") && all.is_some_and(|all| all.iter().any(default))
    });
}

#[test]
fn one_is_added_by_flags_and_chosen() {
    let Some(image) = images::pytest() else { return };
    let project = Project::empty();
    project.write("test_one.py", "def test_one():\n    pass\n");
    project.write("testdock.toml", "# ours\ntimeout = \"5m\"\n");
    let (code, told) = project.shown(&["interpreter", "add", "ours", "--image", &image]);
    assert_eq!(code, 0, "{told}");
    let ours = format!("# ours\ntimeout = \"5m\"\n\n[interpreters.ours]\nimage = \"{image}\"\n");
    assert_eq!(project.read("testdock.toml"), ours);
    let mine = ["interpreter", "add", "mine", "--personal", "--image", &image, "--user", "image"];
    let (code, told) = project.shown(&mine);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("config/testdock/testdock.toml"), "{told}");
    assert_eq!(project.read("testdock.toml"), ours);

    let (code, listed) = project.shown(&["interpreter", "list"]);
    assert_eq!(code, 0, "{listed}");
    for name in ["ours", "mine"] {
        assert!(listed.contains(&format!("  {name}: {image}; ready: {image}, ")), "{listed}");
    }
    for name in ["ours", "mine"] {
        let run = project.run(&["--interpreter", name]);
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
    let project = project.env("TESTDOCK_INTERPRETER", "mine");
    let run = project.run(&[]);
    assert_eq!((run.code, run.is_warm()), (Some(0), true), "{run:#?}");
}

#[test]
fn what_is_wrong_with_a_new_one_is_said() {
    let project = Project::empty();
    let refused = |args: &[&str], said: &str| {
        let (code, told) = project.shown(&[&["interpreter", "add"], args].concat());
        assert_eq!(code, 2, "{told}");
        assert!(told.contains(said), "{said}: {told}");
    };
    refused(&[], "testdock interpreter add NAME");
    refused(&["mine"], "--dockerfile");
    refused(&["mine", "--dockerfile", "no/Dockerfile"], "no such file");
    refused(&["mine", "--image", "a", "--user", "nobody"], "numbers such as");
    refused(&["default", "--image", "a", "--personal"], "a name of its own");
    project.write("Dockerfile", "FROM scratch\n");
    refused(&["mine", "--dockerfile", "Dockerfile", "--context", "nodir"], "no such folder");
    refused(&["mine", "--image", "a", "--target", "b"], "`image` has no field `target`");
    assert!(!project.root.join("testdock.toml").exists());
}

#[test]
fn on_a_terminal_it_asks() {
    let project = Project::empty();
    project.write("Dockerfile", "FROM scratch AS base\n");
    let mut terminal = Terminal::start(&mut project.testdock(&["interpreter", "add"]), 24, 80);
    let dialogue = [
        ("Number [1]: ", "1"),
        ("[dockerfile]: ", "ci"),
        ("[Dockerfile]: ", ""),
        ("left out: ", "tset"),
        ("[no]: ", ""),
        ("Number [1]: ", ""),
        // What was wrong is asked for again.
        ("left out: ", "base"),
    ];
    for (question, answer) in dialogue {
        terminal.until(question.as_bytes());
        terminal.type_in(&format!("{answer}\n"));
    }
    terminal.until(b"added the interpreter ci to testdock.toml");
    assert_eq!(terminal.code(), Some(0));
    let text = "[interpreters.ci]\ndockerfile = \"Dockerfile\"\ntarget = \"base\"\n";
    assert_eq!(project.read("testdock.toml"), text);
}

#[test]
fn one_is_shown_as_it_is_and_removed_with_its_images() {
    let Some(project) = Project::of_fixture("python-pytest") else {
        return;
    };
    let project = project.env("TESTDOCK_INTERPRETER__ENV__API_TOKEN", "hush");
    let project = project.env("TESTDOCK_INTERPRETER__ENV__TWO", "a\nb");
    let project = project.env("TESTDOCK_INTERPRETER__MOUNTS", "['./tests:/more:ro']");
    let run = project.run(&["tests/test_orders.py::test_total"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let (code, shown) = project.shown(&["interpreter", "show", "default"]);
    assert_eq!(code, 0, "{shown}");
    let container = project.container();
    let image = docker(&["inspect", "-f", "{{.Image}}", &container]).unwrap();
    let root = project.root.as_str();
    let more = format!("/more is {root}/tests, read-only\n");
    assert_eq!(shown.matches(&more).count(), 2, "{shown}");
    for words in [
        &*container,
        &image,
        root,
        "warm",
        "no-new-privileges",
        "API_TOKEN=•••",
        "inputs",
        "TWO=a\\nb",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("hush"), "{shown}");

    let (code, removed) = project.shown(&["interpreter", "remove", "default"]);
    assert_eq!(code, 0, "{removed}");
    assert_eq!(project.containers(), [""; 0]);
    assert!(docker(&["image", "inspect", &image]).is_ok(), "the image stays: {removed}");
    let (code, removed) = project.shown(&["interpreter", "remove", "default", "--images"]);
    assert_eq!(code, 0, "{removed}");
    assert!(docker(&["image", "inspect", &image]).is_err(), "{removed}");
    let (code, listed) = project.shown(&["interpreter", "list"]);
    assert!(code == 0 && listed.contains("*default: Dockerfile; absent: "), "{listed}");
}

/// A project with a Dockerfile whose image no other test has.
fn built() -> Option<Project> {
    let base = images::pytest()?;
    let project = Project::empty();
    project.write("Dockerfile", &format!("FROM {base}\nRUN echo {} >/nonce\n", project.root));
    project.write("test_one.py", "def test_one():\n    pass\n");
    assert_eq!(project.run(&[]).code, Some(0));
    Some(project)
}

#[test]
fn an_image_that_somebody_has_named_or_made_of_ours_stays() {
    let Some(project) = built() else { return };
    let image = image_of(&project.container());
    let nonce = project.root.file_name().unwrap().to_lowercase();
    let (named, derived) = (format!("mine/named:{nonce}"), format!("mine/derived:{nonce}"));
    docker(&["tag", &image, &named]).unwrap();
    project.write("derived/Dockerfile", &format!("FROM {named}\nRUN echo x >/x\n"));
    docker(&["build", "-t", &derived, project.root.join("derived").as_str()]).unwrap();
    let container = docker(&["run", "-d", "--rm", &derived, "sleep", "600"]).unwrap();

    let (_, listed) = project.shown(&["interpreter", "list"]);
    assert!(!listed.contains("mine/derived"), "{listed}");
    let removals = [&["remove", "default", "--images"][..], &["remove", "--all", "--images"]];
    for (words, is_first) in removals.into_iter().zip([true, false]) {
        let (code, removed) = project.shown(&[&["interpreter"], words].concat());
        assert_eq!(code, 0, "{removed}");
        assert_eq!(removed.contains(&format!("removed {image}")), is_first, "{removed}");
        assert!(!removed.contains("mine/"), "{removed}");
    }
    let (_, listed) = project.shown(&["interpreter", "list"]);
    assert!(
        listed.contains("*default: Dockerfile; absent: ") && !listed.contains("mine/"),
        "{listed}"
    );
    docker(&["rm", "-f", &container]).unwrap();
    assert!(docker(&["image", "inspect", &image]).is_err());
    docker(&["rmi", &derived, &named]).unwrap();
}

/// What is made from ours keeps the layers, and nothing has to be removed first.
#[test]
fn an_image_that_another_is_made_from_loses_its_name() {
    let Some(project) = built() else { return };
    let image = image_of(&project.container());
    let derived = format!("mine/derived:{}", project.root.file_name().unwrap().to_lowercase());
    project.write("derived/Dockerfile", &format!("FROM {image}\nRUN true\n"));
    docker(&["build", "-t", &derived, project.root.join("derived").as_str()]).unwrap();
    let (code, removed) = project.shown(&["interpreter", "remove", "default", "--images"]);
    assert_eq!(code, 0, "{removed}");
    assert!(removed.contains(&format!("removed {image}\n")), "{removed}");
    assert!(docker(&["image", "inspect", &image]).is_err());
    docker(&["rmi", &derived]).unwrap();
}

/// The name of the image that a container is made of.
fn image_of(container: &str) -> String {
    let id = docker(&["inspect", "-f", "{{.Image}}", container]).unwrap();
    docker(&["image", "inspect", "-f", "{{index .RepoTags 0}}", &id]).unwrap()
}

#[test]
fn an_image_in_use_says_what_uses_it() {
    let Some(project) = built() else { return };
    let image = image_of(&project.container());
    project
        .write("testdock.toml", "[interpreters.other]\ndockerfile = \"Dockerfile\"\ninit = true\n");
    assert_eq!(project.run(&["--interpreter", "other"]).code, Some(0));
    let remove = |words: &[&str]| {
        project.shown(&[&["interpreter", "remove"], words, &["--images"]].concat())
    };
    let (code, said) = remove(&["default"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("kept {image}: the interpreter other needs it")), "{said}");
    assert!(!said.contains(&format!("removed {image}")), "{said}");

    // What nobody has registered needs nothing, and uses it all the same.
    project.write("testdock.toml", "");
    let name = |container: &str| {
        let name = docker(&["inspect", "-f", "{{.Name}}", container]).unwrap();
        name.trim_start_matches('/').to_owned()
    };
    let other = name(&project.container());
    let (code, said) = remove(&["default"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains(&format!("it is in use by the container {other}")), "{said}");
    assert!(said.contains(&format!("testdock interpreter remove {other}")), "{said}");

    let theirs = docker(&["run", "-d", "--rm", &image, "sleep", "600"]).unwrap();
    let (code, said) = remove(&["--all"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains(&format!("removed {other}\n")), "what went first: {said}");
    assert!(said.contains(&format!("docker rm {}", name(&theirs))), "{said}");
    let (code, said) = remove(&["--all"]);
    assert!(code == 3 && !said.contains("is there"), "{said}");
    docker(&["rm", "-f", &theirs]).unwrap();
}

#[test]
fn of_two_from_one_dockerfile_each_has_images_of_its_own() {
    let Some(project) = built() else { return };
    let two = "[interpreters.two]\ndockerfile = \"Dockerfile\"\nbuild-args = { A = \"2\" }\n";
    project.write("testdock.toml", two);
    project.edit("Dockerfile", "RUN echo", "ARG A=1\nRUN echo $A");
    let stand = |default: &str, two: &str| {
        let (code, listed) = project.shown(&["interpreter", "list"]);
        assert_eq!(code, 0, "{listed}");
        for stands in
            [format!(" *default: Dockerfile; {default}: "), format!("  two: Dockerfile; {two}: ")]
        {
            assert!(listed.contains(&stands), "{stands}: {listed}");
        }
    };
    let remove = |name: &str| {
        let (code, removed) = project.shown(&["interpreter", "remove", name, "--images"]);
        assert_eq!(code, 0, "{removed}");
        assert!(has_line(&removed, "removed ", "testdock/shop-"), "{removed}");
    };
    stand("stale", "absent");
    for name in ["default", "two"] {
        assert_eq!(project.run(&["--interpreter", name]).code, Some(0));
    }
    stand("warm", "warm");
    remove("two");
    stand("warm", "absent");
    assert_eq!(project.run(&["--interpreter", "two"]).code, Some(0));
    remove("default");
    stand("absent", "warm");
}

#[test]
fn an_image_that_another_one_needs_stays_and_says_so() {
    let Some(project) = built() else { return };
    project.write("testdock.toml", "[interpreters.two]\ndockerfile = \"Dockerfile\"\n");
    let (code, told) = project.shown(&["interpreter", "remove", "two", "--images"]);
    assert_eq!(code, 0, "{told}");
    let is_kept = has_line(&told, "kept ", ": the interpreter default needs it");
    assert!(is_kept && !told.contains("nothing of"), "{told}");
}

/// Whether a line begins and goes on so: Podman writes whole names of images.
fn has_line(text: &str, begin: &str, part: &str) -> bool {
    text.lines().any(|line| line.starts_with(begin) && line.contains(part))
}

#[test]
fn an_image_without_a_name_is_told_by_its_id() {
    let Some(project) = built() else { return };
    let older = docker(&["inspect", "-f", "{{.Image}}", &project.container()]).unwrap();
    let (code, said) = project.shown(&["interpreter", "build", "--no-cache"]);
    assert_eq!(code, 0, "{said}");
    let (_, listed) = project.shown(&["interpreter", "list"]);
    let (code, removed) = project.shown(&["interpreter", "remove", "default", "--images"]);
    assert_eq!(code, 0, "{removed}");
    assert!(removed.contains(&format!("removed {older}\n")), "{removed}");
    assert!(!format!("{listed}{removed}").contains("<none>"), "{listed}{removed}");
}

#[test]
fn a_build_that_fails_says_its_step_once() {
    let Some(project) = built() else { return };
    let text = project.read("Dockerfile");
    project.write("Dockerfile", &format!("{text}RUN echo once; false\n"));
    let (code, said) = project.shown(&["interpreter", "build"]);
    assert_eq!(code, 3, "{said}");
    assert_eq!(said.lines().filter(|line| line.trim() == "once").count(), 1, "{said}");
    assert!(said.contains("RUN echo once; false failed with exit code 1"), "{said}");
    // A run shows no build, and so the end of the step's output with its error.
    let (_, ran) = project.shown(&["run"]);
    assert_eq!(ran.lines().filter(|line| line.trim() == "once").count(), 1, "{ran}");
}

/// It would fail again, and take as long.
#[test]
fn a_build_that_fails_for_one_suite_is_not_done_again_for_the_next() {
    let Some(project) = built() else { return };
    let text = project.read("Dockerfile");
    project.write("Dockerfile", &format!("{text}RUN echo at=$(date +%N); false\n"));
    for suite in ["a", "b"] {
        project.write(&format!("{suite}/test_it.py"), "def test_it():\n    pass\n");
    }
    let suite = |root: &str| format!("[[suite]]\nframework = \"pytest\"\nroot = \"{root}\"\n");
    project.write("testdock.toml", &(suite("a") + &suite("b")));
    let (code, ran) = project.shown(&["run"]);
    assert_eq!(code, 3, "{ran}");
    let is_printed = |line: &&str| line.trim().starts_with("at=") && !line.contains('$');
    assert_eq!(ran.lines().filter(is_printed).count(), 1, "{ran}");
    assert_eq!(ran.matches("cannot build").count(), 1, "{ran}");
}

#[test]
fn an_argument_that_the_build_does_not_take_is_said() {
    let Some(project) = built() else { return };
    let text = project.read("Dockerfile");
    project.write("Dockerfile", &format!("{text}ARG PY\n"));
    project.write("testdock.toml", "[interpreter]\nbuild-args = { PYY = \"3.12\" }\n");
    for words in [&["run"][..], &["interpreter", "build", "--no-cache"], &["doctor"]] {
        let (code, said) = project.shown(words);
        assert_eq!(code, 0, "{said}");
        let warning =
            "the build argument `PYY`: no `ARG` of Dockerfile asks for it; did you mean `PY`?";
        assert!(said.contains(warning), "{words:?}: {said}");
    }
}
