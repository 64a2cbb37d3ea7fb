//! What a pytest session's events, report and exit code come to.

use std::sync::Arc;

use super::Pytest;
use super::detect::PytestRoot;
use crate::frameworks::sample::site;
use crate::frameworks::{Conclusion, Exit, Suite};
use crate::id::TestId;
use crate::interpreter;
use crate::model::{Fault, RunEvent};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile, Source};
use crate::resolve::Contents;
use crate::workspace::Workspace;

fn suite() -> Suite {
    let pytest = Pytest::new(&PytestRoot::plain(""));
    Suite::new(RelPath::default(), Arc::new(pytest))
}

fn job() -> Job {
    let interpreter = interpreter::plan("default", &Default::default(), Source::Local);
    Job::new(suite(), interpreter)
}

fn conclude(events: &[&str], cases: &str, exit: Exit) -> (Vec<Vec<RunEvent>>, Conclusion) {
    let (job, site) = (job(), site());
    let mut reader = job.suite.framework.reader(&job, &site);
    let told = events.iter().map(|line| reader.line(line)).collect();
    let xml = format!("<testsuites><testsuite name=\"pytest\">{cases}</testsuite></testsuites>");
    let report = ReportFile { name: "report.xml".into(), bytes: xml.into_bytes() };
    (told, reader.conclude(&[report], exit))
}

const PASSED: &str = r#"<testcase classname="test_a" name="test_one" time="0.1"><properties>
    <property name="testdock.id" value="test_a.py::test_one"/></properties></testcase>"#;

const END: &str = r#"{"e":"end","exitstatus":0,"cut":false}"#;

fn broken(exit: Exit, cases: &str) -> Option<String> {
    conclude(&[END], cases, exit).1.broken.map(|broken| broken.message)
}

#[test]
fn an_exit_code_that_no_test_explains_is_never_green() {
    assert_eq!(broken(Exit::Code(0), PASSED), None);
    assert_eq!(broken(Exit::Code(5), ""), None, "nothing was collected");
    for exit in [Exit::Code(1), Exit::Code(2), Exit::Code(7)] {
        let message = broken(exit, PASSED).expect("broken");
        assert!(message.contains("though no test failed"), "{message}");
    }
    assert_eq!(broken(Exit::Signal(15), PASSED).unwrap(), "pytest ended, though no test failed");
    let failed = PASSED.replace("</properties>", "</properties><failure message=\"no\"/>");
    assert_eq!(broken(Exit::Code(1), &failed), None);
}

#[test]
fn a_session_that_stops_early_is_not_green_whatever_it_says() {
    let cut = END.replace("false", "true");
    let broken = |cases: &str| {
        let (_, conclusion) = conclude(&[&cut], cases, Exit::Code(0));
        conclusion.broken.map(|broken| broken.message)
    };
    assert_eq!(broken(PASSED).unwrap(), "pytest stopped before all tests had run");
    assert_eq!(broken(""), None, "nothing was to run, such as with --collect-only");
    let failed = PASSED.replace("</properties>", "</properties><failure message=\"no\"/>");
    assert_eq!(broken(&failed), None, "such as by --maxfail");
}

#[test]
fn a_process_that_dies_is_told_once() {
    let said = |exit| {
        let (job, site) = (job(), site());
        let mut reader = job.suite.framework.reader(&job, &site);
        reader.conclude(&[], exit).broken.unwrap().message
    };
    assert_eq!(said(Exit::Code(0)), "the test process ended with exit code 0 before pytest did");
    // The engine names the signal.
    assert_eq!(said(Exit::Signal(11)), "the test process ended before pytest did");
}

#[test]
fn only_a_test_that_began_can_have_ended_the_process() {
    let help = |events: &[&str]| {
        let (job, site) = (job(), site());
        let mut reader = job.suite.framework.reader(&job, &site);
        events.iter().for_each(|line| drop(reader.line(line)));
        reader.conclude(&[], Exit::Code(1)).broken.unwrap().help.unwrap()
    };
    assert!(help(&[r#"{"e":"start","id":"test_a.py::test_one"}"#]).contains("os._exit"));
    assert!(help(&[r#"{"e":"collected","n":1}"#]).starts_with("no test had begun"));
}

#[test]
fn what_did_not_load_is_told_the_same_by_helper_and_report() {
    let error = r#"{"e":"collect-error","id":"test_bad.py","when":"collect","outcome":"errored","message":"no"}"#;
    let case =
        r#"<testcase classname="" name="test_bad" time="0.000"><error message="no"/></testcase>"#;
    let (told, conclusion) = conclude(&[error, END], case, Exit::Code(2));
    let [RunEvent::TestFinished(live)] = told[0].as_slice() else { panic!("{told:?}") };
    assert_eq!(conclusion.results, [(**live).clone()]);
}

#[test]
fn a_case_without_a_name_is_no_test() {
    let cases = format!("{PASSED}<testcase time=\"0.003\"/>");
    let (_, conclusion) = conclude(&[END], &cases, Exit::Code(2));
    let ids: Vec<String> = conclusion.results.iter().map(|r| r.id.to_string()).collect();
    assert_eq!(ids, ["test_a.py::test_one"]);
}

#[test]
fn the_helper_knows_the_place_and_the_report_the_outcome() {
    let finish = r#"{"e":"finish","id":"test_a.py::test_one","outcome":"failed","duration":0.5,
        "message":"assert 1 == 2","type":"AssertionError","path":"/app/test_a.py","line":7,
        "frames":[{"path":"/app/test_a.py","line":7,"name":"test_one"},
                  {"path":"/usr/lib/python3/x.py","line":1,"name":"x"}]}"#;
    let failed = PASSED.replace("</properties>", "</properties><failure message=\"no\"/>");
    let (told, conclusion) = conclude(&[&finish.replace('\n', " "), END], &failed, Exit::Code(1));
    assert!(matches!(told[0][..], [RunEvent::TestFinished(_)]), "{told:?}");
    let result = &conclusion.results[0];
    let place = result.place().expect("a place");
    assert_eq!((place.path.as_str(), place.line), ("/w/test_a.py", 7));
    assert_eq!(result.failures[0].frames.len(), 1, "only what the host has");
    assert_eq!(result.message(), Some("assert 1 == 2"));
}

#[test]
fn a_prefix_of_the_report_is_no_part_of_an_id() {
    let session = r#"{"e":"session","rootdir":"/app","junit_prefix":"py311"}"#;
    let cases = r#"<testcase classname="py311.tests.test_a.TestA" name="test_one"/>
        <testcase classname="py311" name="tests.test_bad"><error message="no"/></testcase>"#;
    let (_, conclusion) = conclude(&[session, END], cases, Exit::Code(1));
    let ids: Vec<String> = conclusion.results.iter().map(|r| r.id.to_string()).collect();
    assert_eq!(ids, ["tests/test_a.py::TestA::test_one", "tests/test_bad.py"]);
}

#[test]
fn a_project_in_another_has_its_tests_for_itself() {
    let files = ["pytest.ini", "services/a/pyproject.toml", "services/a/test_a.py", "test_b.py"];
    let files = files.map(RelPath::new);
    let read = |path: &str| match path {
        "pytest.ini" => Some("[pytest]\n".to_owned()),
        _ => Some("[tool.pytest.ini_options]\n".to_owned()),
    };
    let found = Pytest::detect(Contents { root: "/w".into(), files: &files, read: &read });
    let suites = found.into_iter().map(|it| Arc::new(Suite::new(it.root.clone(), Arc::new(it))));
    let workspace = Workspace { suites: suites.collect(), ..Workspace::default() };
    let told = workspace.suites.iter().map(|suite| {
        let is_test = |path: &&RelPath| suite.framework.is_test_file(suite, path);
        let tests: Vec<&str> = files.iter().filter(is_test).map(RelPath::as_str).collect();
        let meant = ["services", "services/a", "services/a/test_a.py"].map(|path| {
            let id = TestId::of_file(RelPath::new(path));
            workspace.is_meant(suite, &id)
        });
        let job = Job { suite: suite.clone(), ..job() };
        let ignored: Vec<String> = suite.framework.invocation(&job, &site()).args.split_off(2);
        format!("{:?} has {tests:?}, means {meant:?}, {ignored:?}", suite.root)
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            r#""" has ["test_b.py"], means [true, false, false], ["--ignore=services/a"]"#,
            r#""services/a" has ["services/a/test_a.py"], means [true, true, true], []"#,
        ]
    );
}

#[test]
fn a_line_that_is_no_event_spoils_nothing() {
    let (told, conclusion) = conclude(&["garbage", "{\"e\":\"new\"}", END], PASSED, Exit::Code(0));
    assert!(told.iter().all(Vec::is_empty), "{told:?}");
    assert_eq!(conclusion.results.len(), 1);
}

#[test]
fn a_traceback_is_set_in_as_pytest_does_it_before_it_strips_it() {
    let detail = |text: &str| {
        let failed = format!("<failure message=\"no\">{text}</failure></testcase>");
        let case = PASSED.replace("</testcase>", &failed);
        let (_, conclusion) = conclude(&[END], &case, Exit::Code(1));
        conclusion.results[0].failures[0].detail.clone()
    };
    let rest = "\n>       assert x\nE       AssertionError";
    for line in ["def test_one():", "async def test_one():", "@mark", "class A:"] {
        assert_eq!(detail(&format!("{line}{rest}")), format!("    {line}{rest}"));
    }
    for line in ["x = 1", "Traceback (most recent call last):", ">   def test_one():"] {
        assert_eq!(detail(&format!("{line}{rest}")), format!("{line}{rest}"));
    }
}

#[test]
fn a_test_that_is_none_is_no_mistake_of_the_command_line() {
    let broken = |printed: &str| {
        let (job, site) = (job(), site());
        let mut reader = job.suite.framework.reader(&job, &site);
        let _ = reader.printed(printed);
        let broken = reader.conclude(&[], Exit::Code(4)).broken.unwrap();
        (broken.fault, broken.message)
    };
    let (fault, message) = broken("ERROR: not found: /w/test_a.py::nope");
    assert_eq!(fault, Fault::NoTests);
    assert_eq!(message, "no test ran: pytest does not find /w/test_a.py::nope");
    assert_eq!(broken("ERROR: file or directory not found: nope.py").0, Fault::NoTests);
    assert_eq!(broken("ERROR: usage: pytest [options]").0, Fault::Configuration);
}
