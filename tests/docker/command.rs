//! A suite with a command: whatever paths its tool writes lead to files of the workspace.

use crate::support::images;
use crate::support::project::Project;

const HELPER: &str = "def check(count):\n    assert count == 3, 'three are asked for'\n";
const TESTS: &str = "from helper import check\n\n\ndef test_one():\n    check(2)\n\n\ndef test_two():\n    check(3)\n";

/// The image holds the project at a path of its own, where the workspace lies over it, and the tool writes absolute paths.
#[test]
fn absolute_paths_of_the_container() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::named("depot");
    let dockerfile =
        format!("FROM {image}\nWORKDIR /srv/depot\nCOPY . .\nENV PYTHONPATH=/srv/depot\n");
    project.write("Dockerfile", &dockerfile);
    let command = ["python3", "-m", "pytest", "--tb=native", "--junitxml=out/tests.xml"];
    project.write(
        "testdock.toml",
        &format!("[[suite]]\ncommand = {command:?}\nreports = ['out/*.xml']\n"),
    );
    project.write("helper.py", HELPER);
    project.write("tests/test_count.py", TESTS);
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(1), [1, 1, 0, 0]), "{story:#?}");
    let failed = story.test("command//tests/test_count.py::pytest::test_one");
    let place = &failed["location"];
    assert_eq!(place["path"], project.root.join("tests/test_count.py").as_str(), "{failed:#}");
    assert_eq!(place["line"], 5);
    let (code, told) = project.shown(&["run"]);
    assert_eq!(code, 1, "{told}");
    assert!(!told.contains("/srv/depot"), "{told}");
    assert!(told.contains(project.root.join("helper.py").as_str()), "{told}");
}
