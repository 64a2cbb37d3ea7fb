//! The sample service's expected outcome, held against what pytest itself says, and its colours. What
//! everything that shows a run makes of it is held in `tests/frameworks`.

use std::collections::BTreeMap;

use testdock_junit::{Case, Outcome};

use crate::support::docker::docker;
use crate::support::expected::Expected;
use crate::support::project::Project;

#[test]
fn colours_are_for_those_who_want_them() {
    let Some(project) = Project::shop() else {
        return;
    };
    let project = project.env("CLICOLOR_FORCE", "1");
    let run = ["run", "tests/test_orders.py::test_total"];
    assert!(project.shown(&run).1.contains("\x1b["));
    let project = project.env("NO_COLOR", "1");
    let (code, text) = project.shown(&run);
    assert_eq!((code, text.contains('\x1b')), (0, false), "{text:?}");
}

/// What has no other tool between the tests and the eye.
#[test]
fn pytest_alone_says_the_same() {
    let Some(project) = Project::shop() else {
        return;
    };
    let image = project.run(&["tests/test_orders.py::test_total"]);
    let image = image.only("interpreter-ready").value["image"].as_str().unwrap().to_owned();
    let mount = format!("{0}:{0}:ro", project.root);
    let script =
        "python3 -m pytest -p no:cacheprovider --junitxml=/tmp/r.xml >/tmp/log; cat /tmp/r.xml";
    let words = ["run", "--rm", "-v", &mount, "-w", project.root.as_str()];
    let env = ["-e", "PYTHONPATH=.", "-e", "PYTHONDONTWRITEBYTECODE=1"];
    let command = [image.as_str(), "sh", "-c", script];
    let xml = docker(&[&words[..], &env, &command].concat()).unwrap();
    let (report, problems) = testdock_junit::read(xml.as_bytes());
    assert_eq!(problems, []);
    let outcomes = report.cases.iter().map(|case| (node_id(case), outcome(case)));
    assert_eq!(outcomes.collect::<BTreeMap<_, _>>(), Expected::read().outcomes());
}

/// `tests.test_pricing.TestRounding` and `test_down` are `tests/test_pricing.py::TestRounding::test_down`.
fn node_id(case: &Case<'_>) -> String {
    let class = case.classname.as_deref().unwrap().to_owned();
    let is_class = |part: &&str| part.starts_with("Test");
    let module: Vec<&str> = class.split('.').take_while(|part| !is_class(part)).collect();
    let classes = class.split('.').skip(module.len());
    let mut parts = vec![format!("{}.py", module.join("/"))];
    parts.extend(classes.map(str::to_owned));
    parts.push(case.name.as_deref().unwrap().to_owned());
    parts.join("::")
}

fn outcome(case: &Case<'_>) -> String {
    let word = match case.outcome() {
        Outcome::Failed => "failed",
        Outcome::Errored => "errored",
        Outcome::Skipped => "skipped",
        _ => "passed",
    };
    word.to_owned()
}
