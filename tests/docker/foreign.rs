//! A run leaves no file that the caller, who is not root, cannot delete.

use crate::support::person::{Engine, foreign, hand_over, remove};
use crate::support::project::Project;

fn check(project: Option<Project>) {
    let Some(project) = project.and_then(|it| hand_over(it, Engine::Allowed)) else {
        return;
    };
    for args in [&[][..], &["--fresh"]] {
        let story = project.run(args);
        assert_eq!(story.code, Some(1), "{story:#?}");
    }
    assert!(project.root.join(".pytest_cache").exists());
    assert_eq!(foreign(&project.home), Vec::<String>::new());
    assert!(remove(&project.root));
}

#[test]
fn with_the_workspace_at_its_own_path() {
    check(Project::shop());
}

/// There the workspace lies over a copy of itself, and what the image made in it shows through.
#[test]
fn with_the_workspace_over_its_copy() {
    check(Project::of_fixture("python-pytest"));
}
