//! What a build server sees of a run: its report, and what it tells the tests.

use crate::support::images;
use crate::support::project::Project;

/// Three suites in three interpreters, of which the last cannot be built.
fn monorepo() -> Option<Project> {
    let image = images::pytest()?;
    let project = Project::empty();
    let dockerfile = |more: &str| format!("FROM {image}\nENV PYTHONPATH=.\n{more}\n");
    project.write("api/Dockerfile", &dockerfile("LABEL part=api"));
    project.write("web/Dockerfile", &dockerfile("LABEL part=web"));
    project.write("svc/Dockerfile", &dockerfile("RUN echo no luck; false"));
    let mut settings = String::new();
    for part in ["api", "web", "svc"] {
        project.write(&format!("{part}/pytest.ini"), "[pytest]\n");
        project.write(&format!("{part}/test_{part}.py"), "def test_it():\n    pass\n");
        settings.push_str(&format!(
            "[interpreters.{part}]\ndockerfile = '{part}/Dockerfile'\n\
             [[suite]]\nname = '{part}'\nroot = '{part}'\nframework = 'pytest'\ninterpreter = '{part}'\n"
        ));
    }
    project.write("testdock.toml", &settings);
    Some(project)
}

#[test]
fn the_report_of_a_run_that_broke_in_part_is_red_and_says_where_each_suite_ran() {
    let Some(project) = monorepo() else { return };
    let (code, told) = project.shown(&["run", "--junit", "out/all.xml"]);
    assert_eq!(code, 3, "{told}");
    let xml = project.read("out/all.xml");
    let suite = |name: &str| {
        let suites = xml.split("<testsuite ");
        let named = |it: &&str| it.starts_with(&format!("name=\"{name}\""));
        suites.into_iter().find(named).unwrap_or_else(|| panic!("no {name} in {xml}"))
    };
    assert!(suite("api//api/test_api.py").contains("api/Dockerfile →"), "{xml}");
    assert!(suite("web//web/test_web.py").contains("web/Dockerfile →"), "{xml}");
    let broken = suite("svc");
    assert!(broken.contains("<error message=\"cannot build svc/Dockerfile"), "{xml}");
    assert!(broken.contains("no luck"), "{xml}");
    let (code, told) =
        project.shown(&["report", "out/all.xml", "--root", ".", "--format", "github"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("::error file=svc/Dockerfile,line=3"), "{told}");
}

/// `init` finds the Dockerfiles of the parts.
#[test]
fn a_monorepo_without_settings_runs_after_init() {
    let Some(project) = monorepo() else { return };
    std::fs::remove_file(project.root.join("testdock.toml")).unwrap();
    project.edit("svc/Dockerfile", "; false", "");
    let (code, told) = project.shown(&["run"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("testdock init"), "{told}");
    let (code, told) = project.shown(&["init"]);
    assert_eq!(code, 0, "{told}");
    let story = project.run(&[]);
    assert_eq!((story.code, story.totals()), (Some(0), [3, 0, 0, 0]), "{story:#?}");
    assert_eq!(story.of("interpreter-ready").count(), 3, "{story:#?}");
}

#[test]
fn tests_know_that_they_run_in_a_build_and_the_container_is_the_same() {
    let test = "import os\n\n\ndef test_it():\n    assert os.environ.get('CI', 'none') == open('expected').read()\n";
    let Some(mut project) = Project::with(&[("test_ci.py", test)]) else { return };
    // These tests may themselves run in a build.
    project = project.env("CI", "");
    for (value, expected) in [("", "none"), ("true", "true")] {
        project = project.env("CI", value);
        project.write("expected", expected);
        let story = project.run(&[]);
        assert_eq!(story.code, Some(0), "{story:#?}");
    }
    project.container();
    project.write("testdock.toml", "[interpreter]\nenv = { CI = 'mine' }\n");
    project.write("expected", "mine");
    assert_eq!(project.run(&[]).code, Some(0));
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_the_tests_run() {
    let Some(project) = Project::with(&[("test_it.py", "def test_it():\n    pass\n")]) else {
        return;
    };
    for (path, why) in
        [("test_it.py/r.xml", "File exists"), (".", "it is a folder; name a file in it")]
    {
        let (code, told) = project.shown(&["run", "--junit", path]);
        assert_eq!(code, 2, "{told}");
        assert!(told.contains(&format!("cannot write the report {path}: {why}")), "{told}");
        assert!(!told.contains("passed"), "{told}");
    }
}

#[test]
fn a_run_that_is_refused_leaves_no_report_of_an_earlier_one() {
    let project = Project::empty();
    project.write("testdock.toml", "imagge = 'python'\n");
    project.write("r.xml", "<testsuites/>");
    let (code, told) = project.shown(&["run", "--junit", "r.xml"]);
    assert_eq!(code, 2, "{told}");
    assert!(!project.root.join("r.xml").exists(), "{told}");
}

#[test]
fn what_is_no_report_is_not_written_over() {
    let project = Project::empty();
    project.write("testdock.toml", "imagge = 'python'\n");
    project.write("selected", "test_it.py\n");
    for (words, path) in [
        (vec!["run", "--junit", "testdock.toml"], "testdock.toml"),
        (vec!["run", "--select-file", "selected", "--junit", "selected"], "selected"),
    ] {
        let before = project.read(path);
        let (code, told) = project.shown(&words);
        assert_eq!(code, 2, "{told}");
        let said = format!("cannot write the report {path}: there is a file that is no report");
        assert!(told.contains(&said), "{told}");
        assert_eq!(project.read(path), before);
    }
    let (_, told) = project.shown(&["run", "--junit", ""]);
    assert!(told.contains("name a file"), "{told}");
}

#[test]
fn a_file_that_is_not_there_is_said_and_no_old_report_stays() {
    let project = Project::empty();
    project.write("old.xml", "<?xml version='1.0'?><testsuites/>");
    for selector in ["spec/nope_spec.rb", "spec/nope_spec.rb:3", "tests/nope"] {
        let (code, told) = project.shown(&["run", selector, "--junit", "old.xml"]);
        assert!(code == 4 && told.contains("there is no "), "{code}: {told}");
    }
    assert!(!project.root.join("old.xml").exists());
}

#[test]
fn an_old_report_behind_a_link_goes_and_the_link_stays() {
    let project = Project::empty();
    project.write("testdock.toml", "imagge = 'python'\n");
    project.write("old/r.xml", "<?xml version='1.0'?><testsuites/>");
    std::os::unix::fs::symlink("old/r.xml", project.root.join("r.xml")).unwrap();
    let (code, told) = project.shown(&["run", "--junit", "r.xml"]);
    assert_eq!(code, 2, "{told}");
    assert!(!project.root.join("old/r.xml").exists(), "{told}");
    assert!(project.root.join("r.xml").is_symlink(), "{told}");
}
