//! Where tests run, by each kind of file that can say so: small real projects whose tests look around.

use super::support::docker::{docker, is_rootless};
use super::support::images;
use super::support::person::{self, Engine};
use super::support::project::Project;
use super::support::running::Story;

/// Every test of a fixture is about its surroundings, and passes where they are right.
#[track_caller]
pub(crate) fn all_pass(story: &Story, tests: u64) {
    assert_eq!(story.code, Some(0), "{story:#?}");
    assert_eq!(story.totals(), [tests, 0, 0, 0], "{story:#?}");
}

/// What a run warned of.
pub(crate) fn warnings(story: &Story) -> Vec<String> {
    let texts = story.of("warning").filter_map(|line| line.value["message"].as_str());
    texts.map(str::to_owned).collect()
}

#[test]
fn a_jenkinsfiles_agent_is_built_and_run_as_jenkins_does() {
    let Some(project) = Project::fixture("jenkins-agent") else { return };
    let caller = rustix::process::getuid().as_raw().to_string();
    let project = project.env("TESTDOCK_INTERPRETER__ENV__EXPECTED_CALLER", &caller);
    let (code, doctor) = project.shown(&["doctor"]);
    assert_eq!(code, 0, "{doctor}");
    assert!(doctor.contains("the agent of stage `Test`"), "{doctor}");
    let (_, explained) = project.shown(&["explain", "interpreter"]);
    assert!(explained.contains("#     not testdock.toml: not there"), "{explained}");
    let (code, commands) = project.shown(&["explain", "--jenkins"]);
    assert_eq!(code, 0, "{commands}");
    let tag = commands.split_whitespace().nth(3).unwrap().to_owned();
    assert!(commands.contains(&format!("-v {0}:{0}:rw,z", project.root)), "{commands}");

    let story = project.run(&[]);
    all_pass(&story, 5);
    let said = warnings(&story);
    assert!(said.iter().any(|it| it.contains("`label`")), "{said:?}");
    // The image has the name that Jenkins would give it, too.
    let built = docker(&["image", "inspect", "-f", "{{.RepoTags}}", &tag]).unwrap();
    assert!(built.contains("testdock/"), "{built}");

    let again = project.run(&[]);
    all_pass(&again, 5);
    assert!(again.is_warm());
    assert!(warnings(&again).is_empty(), "said once for each container");
    docker(&["rmi", &tag]).unwrap();
}

#[test]
fn a_dev_container_is_built_and_made_as_its_file_says() {
    let Some(project) = Project::fixture("dev-container") else { return };
    let story = project.run(&[]);
    all_pass(&story, 5);
    let said = warnings(&story).join("\n");
    for what in ["postCreateCommand", "features/node", "the user `dev`"] {
        assert!(said.contains(what), "{what}: {said}");
    }
    assert!(!said.contains("customizations"), "{said}");
}

#[test]
fn a_dev_containers_user_and_its_commands() {
    let Some(project) = Project::fixture("dev-container") else { return };
    let project = project.env("TESTDOCK_INTERPRETER__ENV__EXPECTED_SETUP", "yes");
    let Some(project) = person::hand_over(project, Engine::Allowed) else { return };
    let asked = ["--set", "interpreter.lifecycle = true"];
    let story = project.run(&asked);
    all_pass(&story, 5);
    let said = warnings(&story).join("\n");
    assert!(!said.contains("postCreateCommand"), "{said}");
    // There nobody but the container's root is the caller.
    assert_eq!(said.contains("the user `dev`"), is_rootless(), "{said}");
    assert!(project.run(&asked).is_warm());

    // A command that fails is an error, and leaves no container behind.
    project.edit(".devcontainer/devcontainer.json", "echo ready", "echo broken; exit 3");
    let failed = project.run(&asked);
    let error = failed.error();
    assert_eq!(failed.code, Some(3), "{error}");
    assert!(error.contains("failed with exit code 3") && error.contains("broken"), "{error}");
    assert_eq!(project.containers().len(), 1, "the one that was ready");
}

#[test]
fn a_build_has_secrets_and_keeps_none() {
    let Some(project) = Project::fixture("dockerfile-secrets") else { return };
    let base = std::env::var("TESTDOCK_TEST_BASE").unwrap();
    let project = project.env("TESTDOCK_INTERPRETER__BUILD_ARGS__BASE", &base);
    let unset = project.run(&[]);
    assert_eq!(unset.code, Some(2), "{unset:#?}");
    assert!(unset.error().contains("BUILD_TOKEN"), "{}", unset.error());

    let project = project.env("BUILD_TOKEN", "s3cr3t-token");
    let story = project.run(&[]);
    all_pass(&story, 3);
    let said = format!("{story:?}");
    assert!(!said.contains("s3cr3t") && said.contains("RUN --mount"), "{said}");
    let image = story.only("interpreter-ready").value["image"].as_str().unwrap().to_owned();
    let history = docker(&["history", "--no-trunc", &image]).unwrap();
    assert!(!history.contains("s3cr3t"), "{history}");

    project.edit("Dockerfile", "> /hosts", "> /hosts && echo no mirror && exit 7");
    let failed = project.run(&[]);
    let told = &failed.only("run-finished").value["error"];
    assert_eq!(told["log"], "no mirror", "{failed:#?}");
    assert_eq!(told["location"]["line"], 5, "{failed:#?}");
    assert_eq!(failed.code, Some(3), "{failed:#?}");
    let error = failed.error();
    for words in ["RUN --mount", "failed with exit code 7", "correct line 5 of the Dockerfile"] {
        assert!(error.contains(words), "{words}: {error}");
    }
}

/// As an editor changes the uid of a dev container's user, whose home is then yours.
#[test]
fn a_dev_containers_user_has_another_number() {
    let Some(image) = images::pytest() else { return };
    let project = Project::empty();
    let dockerfile = format!(
        "FROM {image}\nRUN useradd -m -u 1005 dev\nUSER dev\nRUN python -c \"import os, site; there = \
         site.getusersitepackages(); os.makedirs(there); open(there + '/homely.py', 'w').close()\" && chmod 700 ~\n"
    );
    project.write("Dockerfile", &dockerfile);
    project.write(
        ".devcontainer/devcontainer.json",
        r#"{ "build": { "dockerfile": "../Dockerfile" }, "remoteUser": "dev", "mounts":
             ["source=${localWorkspaceFolder}/kept,target=/home/dev/kept,type=bind"] }"#,
    );
    project.write("kept/theirs", "");
    project.write(
        "test_home.py",
        "import os, pathlib, pwd\n\n\ndef test_home():\n    import homely\n    home = pathlib.Path.home()\n    \
         assert str(home) == '/home/dev'\n    \
         # A rootless engine calls its person root.\n    assert os.getuid() == 0 or pwd.getpwuid(os.getuid()).pw_dir == '/home/dev'\n    (home / 'mine').touch()\n",
    );
    let Some(project) = person::hand_over(project, Engine::Allowed) else { return };
    let theirs = project.root.join("kept/theirs");
    // Only root can; else it stays the caller's.
    let _not_root = std::os::unix::fs::chown(&theirs, Some(4321), None);
    let owner = || std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&theirs).unwrap());
    let before = owner();
    all_pass(&project.run(&[]), 1);
    assert!(project.run(&[]).is_warm());
    // What lies behind a mount is nobody's to give away.
    assert_eq!(owner(), before);
}

#[test]
fn what_the_image_made_stays_visible_and_belongs_to_the_user() {
    let Some(project) = Project::fixture("image-made") else { return };
    let base = std::env::var("TESTDOCK_TEST_BASE").unwrap();
    let project = project.env("TESTDOCK_INTERPRETER__BUILD_ARGS__BASE", &base);
    project.write("shop/new.py", "NEW = 1\n");
    let Some(project) = person::hand_over(project, Engine::Allowed) else { return };
    for _ in ["cold", "with the mount points that the first one left"] {
        all_pass(&project.run(&["--fresh"]), 5);
        assert_eq!(person::foreign(&project.root), [""; 0]);
    }
    all_pass(&project.run(&[]), 5);
    assert!(project.run(&["tests/test_made.py::test_a_compiled_module_is_there"]).is_warm());
}

#[test]
fn an_images_entrypoint_that_is_no_wrapper_is_named() {
    let files = [
        ("Dockerfile", "ARG BASE\nFROM ${BASE}\nENTRYPOINT [\"echo\", \"hi\"]\n"),
        ("pytest.ini", "[pytest]\n"),
        ("test_a.py", "def test_a(): pass\n"),
        ("testdock.toml", "[interpreter]\ndockerfile = \"Dockerfile\"\nentrypoint = true\n"),
    ];
    let Some(base) = images::base() else { return };
    let project = Project::empty().env("TESTDOCK_INTERPRETER__BUILD_ARGS__BASE", &base);
    files.iter().for_each(|(path, text)| project.write(path, text));
    let story = project.run(&["test_a.py"]);
    assert_eq!(story.code, Some(3), "{story:#?}");
    let error = story.error();
    assert!(error.contains("ended with exit code 0") && error.contains("hi sh -c"), "{error}");
    assert!(!error.contains("trap"), "Testdock's own words are no news: {error}");
}
