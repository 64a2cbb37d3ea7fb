//! A suite with a command: whatever paths its tool writes lead to files of the workspace.

use crate::sources::warnings;
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

/// The image made the folder that reports are written into, and what it made is kept.
#[test]
fn reports_in_a_folder_that_the_image_made() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    let made = "RUN mkdir -p build && echo made > build/lib.txt && chmod -R a+rwX build";
    project.write("Dockerfile", &format!("FROM {image}\nWORKDIR /srv/shop\nCOPY . .\n{made}\n"));
    project.write(".gitignore", "build/\n");
    project.write("test_lib.py", "def test_lib():\n    assert open('build/lib.txt').read()\n");
    let command = ["python3", "-m", "pytest", "--junitxml=build/reports/tests.xml"];
    let suite = format!("[[suite]]\ncommand = {command:?}\nreports = ['build/**/*.xml']\n");
    project.write("testdock.toml", &suite);
    for _ in 0..2 {
        let story = project.run(&[]);
        assert_eq!((story.code, story.totals()), (Some(0), [1, 0, 0, 0]), "{story:#?}");
        assert!(project.read("build/reports/tests.xml").contains("test_lib"));
    }
}

/// What a test leaves in an output's place spoils the output, and not the run.
#[test]
fn an_output_that_cannot_be_written() {
    let Some(image) = images::pytest() else {
        return;
    };
    let project = Project::empty();
    let made = "RUN mkdir -p build && touch build/lib.txt && chmod -R a+rwX build";
    project.write("Dockerfile", &format!("FROM {image}\nWORKDIR /srv/shop\nCOPY . .\n{made}\n"));
    project.write(".gitignore", "build/\n");
    project.write("build/log.txt", "the host's\n");
    let script = "rm -f build/log.txt; mkdir -p build/log.txt 'build/two\nlines'\n\
        echo log >build/log.txt/in.txt; echo good >build/good.txt; echo x >'build/two\nlines/x.txt'\n\
        echo '<testsuite><testcase classname=\"c\" name=\"n\"/></testsuite>' >build/r.xml\n";
    project.write("make.sh", script);
    let suite = "[[suite]]\ncommand = ['sh', 'make.sh']\nreports = ['build/*.xml']\noutputs = ['build/**']\n";
    project.write("testdock.toml", suite);
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(0), [1, 0, 0, 0]), "{story:#?}");
    let said = warnings(&story);
    assert!(said.iter().any(|it| it.contains("cannot write build/log.txt/in.txt")), "{said:?}");
    assert_eq!(project.read("build/log.txt"), "the host's\n");
    assert_eq!(project.read("build/good.txt"), "good\n");
    assert!(!project.root.join("build/two").exists());
}
