//! Where tests run, by each kind of file that can say so: small real projects whose tests look around.

use super::support::docker::docker;
use super::support::person::{self, Engine};
use super::support::project::Project;
use super::support::running::Story;

/// Every test of a fixture is about its surroundings, and passes where they are right.
#[track_caller]
fn all_pass(story: &Story, tests: u64) {
    assert_eq!(story.code, Some(0), "{story:#?}");
    assert_eq!(story.totals(), [tests, 0, 0, 0], "{story:#?}");
}

/// What a run warned of.
fn warnings(story: &Story) -> Vec<String> {
    let texts = story.of("warning").filter_map(|line| line.value["message"].as_str());
    texts.map(str::to_owned).collect()
}

#[test]
fn a_jenkinsfiles_agent_is_built_and_run_as_jenkins_does() {
    let Some(project) = Project::fixture("jenkins-agent") else { return };
    let (code, doctor) = project.shown(&["doctor"]);
    assert_eq!(code, 0, "{doctor}");
    assert!(doctor.contains("the agent of stage `Test`"), "{doctor}");
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
    assert!(!said.contains("postCreateCommand") && !said.contains("the user"), "{said}");
    assert!(project.run(&asked).is_warm());

    // A command that fails is an error, and leaves no container behind.
    project.edit(".devcontainer/devcontainer.json", "echo ready", "echo broken; exit 3");
    let failed = project.run(&asked);
    let error = failed.error();
    assert_eq!(failed.code, Some(3), "{error}");
    assert!(error.contains("failed with exit code 3") && error.contains("broken"), "{error}");
    assert_eq!(project.containers().len(), 1, "the one that was ready");
}
