//! What is mounted where something else is to lie: the same once, and never two things at one place.

use crate::support::docker::docker;
use crate::support::images;
use crate::support::person::{Engine, foreign, hand_over};
use crate::support::project::Project;

const WHERE: &str = "import os\n\n\ndef test_where():\n    assert os.getcwd() == '/srv/api'\n    assert 'new' in open('note').read()\n";

/// A project whose image has a copy of one of its folders.
fn monorepo() -> Option<Project> {
    let base = images::pytest()?;
    let project = Project::empty();
    let dockerfile = format!("FROM {base}\nWORKDIR /srv/api\nCOPY . .\n");
    project.write("api/Dockerfile", &dockerfile);
    project.write("api/pytest.ini", "[pytest]\n");
    project.write("api/test_a.py", WHERE);
    project.write("api/note", "new");
    project.write("other/note", "old");
    Some(project)
}

#[test]
fn a_service_that_is_built_from_a_folder_and_has_it_mounted() {
    let Some(project) = monorepo() else { return };
    let compose = "services: { api: { build: ./api, volumes: ['./api:/srv/api'] } }\n";
    project.write("compose.yaml", compose);
    let story = project.run(&[]);
    assert_eq!(story.code, Some(0), "{story:#?}");
    // The mount is the workspace, not a copy of it.
    project.write("api/note", "old");
    let story = project.run(&[]);
    assert_eq!(story.code, Some(1), "{story:#?}");
    assert!(story.is_warm());
}

#[test]
fn what_somebody_mounts_goes_before_the_images_copy() {
    let Some(project) = monorepo() else { return };
    let settings = |mount: &str| {
        let text = "[interpreter]\ndockerfile = 'api/Dockerfile'\ncontext = 'api'\nmounts = [";
        project.write("testdock.toml", &format!("{text}{mount}]\n"));
    };
    settings("'./api:/srv/api'");
    assert_eq!(project.run(&[]).code, Some(0));

    project.write(
        "api/test_a.py",
        "def test_it():\n    assert open('/srv/api/note').read() == 'old'\n",
    );
    settings("'./other:/srv/api'");
    let story = project.run(&[]);
    assert_eq!(story.code, Some(0), "{story:#?}");

    settings("'./other:/data', 'cache:/data'");
    let story = project.run(&[]);
    assert_eq!(story.code, Some(2), "{story:#?}");
    let error = story.error();
    assert!(error.contains("/data: ") && error.contains("the volume cache ["), "{error}");
}

const WRITES: &str = "
import os


def test_it():
    for place in ('nested/deep', 'vol', 'build/cache'):
        open(os.path.join(place, 'new'), 'w').close()
";

/// What the engine would make in the workspace, it would make as root; and root's would be a volume that it makes.
#[test]
fn what_mounts_go_over_is_the_callers() {
    let Some(image) = images::pytest() else { return };
    let project = Project::empty();
    project.write("test_it.py", WRITES);
    let volumes = "['.:/app', './shared:/app/nested/deep', 'vol:/app/vol/', '/app/build/cache']";
    let service = format!("image: '{image}', volumes: {volumes}");
    let compose = format!("services: {{ web: {{ {service} }} }}\nvolumes: {{ vol: {{}} }}\n");
    project.write("compose.yaml", &compose);
    let Some(project) = hand_over(project, Engine::Allowed) else { return };
    let story = project.run(&[]);
    let volume = format!("{}_vol", project.root.file_name().unwrap());
    docker(&["rm", "-f", story.container()]).unwrap();
    docker(&["volume", "rm", &volume]).unwrap();
    assert_eq!(story.code, Some(0), "{story:#?}");
    assert!(project.root.join("shared/new").is_file() && project.root.join("build/cache").is_dir());
    assert_eq!(foreign(&project.home), Vec::<String>::new());
}

/// A folder in its place is what nobody has asked for.
#[test]
fn a_file_that_is_not_there() {
    let Some(project) = Project::with(&[("test_a.py", "def test_a():\n    pass\n")]) else {
        return;
    };
    project.write("testdock.toml", "interpreter.mounts = ['./pyproject.toml:/etc/pp.toml:ro']\n");
    let story = project.run(&[]);
    assert_eq!(story.code, Some(2), "{story:#?}");
    let said = "pyproject.toml at /etc/pp.toml: there is no such file or folder in the workspace";
    assert!(story.error().contains(said), "{}", story.error());
    assert!(!project.root.join("pyproject.toml").exists());
    project.write("pyproject.toml", "");
    assert_eq!(project.run(&[]).code, Some(0));
}
