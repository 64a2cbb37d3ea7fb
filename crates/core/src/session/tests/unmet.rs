//! What a run says of what it did not do.

use super::*;

/// The end of a run of `tests`, in which those of `ran` passed, and what it warned of.
fn end_of(tests: &[&str], ran: &[&str], args: &[&str]) -> (End, Vec<String>) {
    let mut session = session();
    let include = tests.iter().map(|text| id(text)).collect();
    let args = args.iter().map(|it| (*it).to_owned()).collect();
    let request = RunRequest { args, ..RunRequest::new("r".into(), Selection::only(include)) };
    let _ = session.handle(Input::Run(request));
    let mut event = |event| session.handle(Input::Event("r".into(), event));
    let _ = event(RunEvent::Output("collected 2 items / 2 deselected\n".to_owned()));
    let passed = |text: &&str| TestResult::new(id(text), Outcome::Passed);
    let _ = event(RunEvent::Reported(ran.iter().map(passed).collect()));
    let ended = Ended { how: End::Completed, duration: Duration::ZERO, log: None };
    let _ = event(RunEvent::Ended(ended));
    let run = session.run(&"r".into()).unwrap();
    let Status::Ended(ended) = &run.status else { panic!("{:?}", run.status) };
    (ended.how.clone(), run.warnings.clone())
}

fn error_of(tests: &[&str], args: &[&str]) -> RunError {
    match end_of(tests, &[], args) {
        (End::Broken(error), warnings) if warnings.is_empty() => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_run_without_a_test_says_why() {
    let error = error_of(&["a.t::onne"], &[]);
    assert_eq!(error.fault, Fault::NoTests);
    assert_eq!(error.message, "no test ran of `a.t::onne`");
    assert_eq!(error.help.as_deref(), Some("`testdock discover a.t` lists what there is"));
    assert_eq!(error.log.as_deref(), Some("collected 2 items / 2 deselected"));

    let error = error_of(&[], &["-k", "none"]);
    assert_eq!(error.message, "no test ran: toy ran none");
    assert_eq!(error.help.as_deref(), Some("see whether `-k none` leaves all of them out"));
    assert!(error_of(&[], &[]).help.unwrap().contains("option of the project's own"));
}

#[test]
fn what_a_run_did_not_do_is_said() {
    let warning = "nothing ran of `a.t::onne`, `b`: no such test, or an option leaves it out";
    let (how, warnings) = end_of(&["a.t::one", "b", "a.t::onne"], &["a.t::one"], &[]);
    assert_eq!((how, warnings), (End::Completed, vec![warning.to_owned()]));
    let met = end_of(&["a.t::one", "a.t", "a.t::two"], &["a.t::one", "a.t::two[1]"], &[]);
    assert_eq!(met, (End::Completed, Vec::new()));
}

#[test]
fn a_test_whose_process_ended_before_it_is_there() {
    let mut session = session();
    let _ = session.handle(request("r", &["a.t::one", "a.t::two", "a.t::three"]));
    let _ = event(&mut session, "r", RunEvent::Reported(vec![failed("a.t::one", 1)]));
    let _ = end(&mut session, "r", End::Completed);
    expect_test::expect![[r#"
        nothing ran of `a.t::two`: a test that ran before ended the process, or an option leaves it out
        nothing ran of `a.t::three`: no such test, or an option leaves it out"#]]
    .assert_eq(&session.run(&"r".into()).unwrap().warnings.join("\n"));
}

#[test]
fn a_run_that_did_not_come_to_its_end_says_how_many_tests_it_did_not_get_to() {
    let came_to = |how: End| {
        let mut session = session();
        let _ = session.handle(request("r", &[]));
        let _ = event(&mut session, "r", RunEvent::Collected(6));
        let _ = finish(&mut session, "r", failed("a.t::one", 1));
        let _ = end(&mut session, "r", how);
        crate::views::outcome_words(session.run(&"r".into()).unwrap())
    };
    assert_eq!(came_to(End::Cancelled), "1 failed, 5 not reached");
    let died = RunError::new(Fault::Process, "died");
    assert_eq!(came_to(End::Broken(died)), "1 failed, 5 not reached");
    assert_eq!(came_to(End::Completed), "1 failed");
}

#[test]
fn a_file_may_have_its_tests_in_another() {
    let (_, warnings) = end_of(&["whole.t"], &["part.t::one"], &[]);
    assert_eq!(warnings, [""; 0]);
    let (_, warnings) = end_of(&["none.t", "part.t::one"], &["part.t::one"], &[]);
    assert_eq!(warnings, ["nothing ran of `none.t`: no such test, or an option leaves it out"]);
}

#[test]
fn a_case_that_its_test_does_not_have_is_said_with_those_that_there_are() {
    let asked = ["a.t::one[#9]", "a.t::two[x]", "b.t::six[7]"];
    let ran = ["a.t::one", "a.t::one[#2]", "a.t::two", "b.t::six[10]"];
    let (how, warnings) = end_of(&asked, &ran, &[]);
    assert_eq!(how, End::Completed);
    expect_test::expect![[r#"
        nothing ran of `a.t::one[#9]`: no such case, or an option leaves it out; did you mean `a.t::one[#2]`? these ran: `a.t::one[#2]`
        nothing ran of `a.t::two[x]`: the test ran as a whole, and has no cases
        nothing ran of `b.t::six[7]`: no such case, or an option leaves it out; these ran: `b.t::six[10]`"#]].assert_eq(&warnings.join("\n"));
    let met = end_of(&["a.t::one[#2]"], &["a.t::one", "a.t::one[#2]"], &[]);
    assert_eq!(met, (End::Completed, Vec::new()));
}

#[test]
fn a_test_that_did_not_get_to_its_cases_explains_itself() {
    let mut session = session();
    let _ = session.handle(request("r", &["a.t::one[1]"]));
    let skipped = TestResult::new(id("a.t::one"), Outcome::Skipped);
    let _ = event(&mut session, "r", RunEvent::Reported(vec![skipped]));
    let _ = end(&mut session, "r", End::Completed);
    assert!(session.run(&"r".into()).unwrap().warnings.is_empty());
}

#[test]
fn what_could_not_be_loaded_explains_what_did_not_run() {
    let warnings = |of: &str, told: &str| {
        let mut session = session();
        let _ = session.handle(request("r", &[of]));
        let unloaded = TestResult::new(id(told), Outcome::Errored);
        let _ = event(&mut session, "r", RunEvent::Reported(vec![unloaded]));
        let _ = end(&mut session, "r", End::Completed);
        session.run(&"r".into()).unwrap().warnings.clone()
    };
    assert_eq!(warnings("a.t::one", "a.t"), [""; 0], "the error says it");
    let kept = "nothing ran of `a.t::one`: what could not be loaded kept it from running";
    assert_eq!(warnings("a.t::one", "b.t"), [kept]);
    let missing = "nothing ran of `a.t::onne`: no such test, or an option leaves it out";
    assert_eq!(warnings("a.t::onne", "b.t"), [missing]);
}

#[test]
fn what_one_tool_does_not_find_is_a_warning_where_another_ran() {
    let end_with = |ran: Vec<TestResult>| {
        let mut session = session();
        let _ = session.handle(request("r", &["a.t::onne", "b.t"]));
        let _ = event(&mut session, "r", RunEvent::Reported(ran));
        let none = RunError::new(Fault::NoTests, "no test ran: toy does not find a.t::onne");
        let _ = end(&mut session, "r", End::Broken(none));
        let run = session.run(&"r".into()).unwrap();
        let Status::Ended(ended) = &run.status else { panic!("{:?}", run.status) };
        (matches!(ended.how, End::Completed), run.warnings.clone())
    };
    let missing = "nothing ran of `a.t::onne`: no such test, or an option leaves it out";
    assert_eq!(end_with(vec![failed("b.t::six", 1)]), (true, vec![missing.to_owned()]));
    assert_eq!(end_with(Vec::new()), (false, Vec::new()));
}

#[test]
fn failed_tests_that_are_no_longer_there_are_named() {
    let rerun = |run: &str| Input::Run(RunRequest::new(run.into(), Selection::Failed(Vec::new())));
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", failed("old.t::one", 2));
    let _ = finish(&mut session, "r1", failed("old.t::two", 2));
    let _ = end(&mut session, "r1", End::Broken(RunError::new(Fault::Process, "died")));
    let _ = ghosts::gone(&mut session, &["old.t"]);
    let gone = "2 tests that failed are no longer there: `old.t::one`, `old.t::two`";
    assert_eq!(words(&session.handle(rerun("r2"))), [format!("refused: {gone}")]);

    let _ = session.handle(request("r3", &[]));
    let _ = finish(&mut session, "r3", failed("a.t::one", 2));
    let _ = end(&mut session, "r3", End::Broken(RunError::new(Fault::Process, "died")));
    let _ = ghosts::gone(&mut session, &["old.t"]);
    let effects = session.handle(rerun("r4"));
    let warned = |effect: &Effect| matches!(effect, Effect::Show(Change::Warning { message, .. }) if message == gone);
    assert!(effects.iter().any(warned), "{effects:?}");
}
