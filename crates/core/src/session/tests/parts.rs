//! Runs of several jobs, of which some break.

use super::*;
use crate::views::junit_report;

/// Two suites, each with an interpreter of its own, and a run of both.
fn running() -> Session {
    let mut session = session();
    let suite = |name: &str| Suite {
        name: Some(name.into()),
        interpreter: Some(name.to_owned()),
        ..Suite::new(RelPath::default(), Arc::new(Toy))
    };
    let choice = Choice { interpreter: interpreter(), why: String::new(), passed_over: Vec::new() };
    let of = |name: &str| (Some(name.to_owned()), Ok(choice.clone()));
    let workspace = Workspace {
        suites: vec![Arc::new(suite("api")), Arc::new(suite("web"))],
        interpreters: BTreeMap::from([of("api"), of("web")]),
        ..Workspace::default()
    };
    let _ = session.handle(Input::Resolved { folder: "w".into(), workspace: Box::new(workspace) });
    let _ = session.handle(request("r", &[]));
    session
}

fn started(session: &mut Session, image: &str) {
    let place = Provenance {
        interpreter: format!("the image {image}"),
        image: image.to_owned(),
        container: "c".to_owned(),
        warm: image == "warm",
        ..Provenance::default()
    };
    let _ = event(session, "r", RunEvent::Started(Arc::new(place)));
}

fn ended(session: &mut Session, how: Result<(), RunError>) {
    let _ = event(session, "r", RunEvent::JobEnded(how));
}

fn xml(session: &Session) -> String {
    let run = session.run(&"r".into()).unwrap();
    String::from_utf8(junit_report(run, "2026-01-01T00:00:00Z")).unwrap()
}

fn broken() -> RunError {
    RunError::new(Fault::Interpreter, "cannot build Dockerfile").help("mend it")
}

#[test]
fn a_suite_that_never_ran_is_an_error_of_the_report() {
    let mut session = running();
    started(&mut session, "a");
    let _ = event(&mut session, "r", RunEvent::Reported(vec![passed("api//a.t::one")]));
    ended(&mut session, Ok(()));
    ended(&mut session, Err(broken()));
    let _ = end(&mut session, "r", End::Broken(broken()));
    let xml = xml(&session);
    assert!(xml.contains(r#"<testcase name="toy" classname="web""#), "{xml}");
    assert!(xml.contains(r#"<error message="cannot build Dockerfile""#), "{xml}");
    assert!(xml.contains("help: mend it"), "{xml}");
    assert_eq!(xml.matches("<error").count(), 1, "{xml}");
}

#[test]
fn a_run_that_stops_early_leaves_no_suite_green() {
    for how in [End::Cancelled, End::TimedOut(Duration::from_secs(5))] {
        let mut session = running();
        started(&mut session, "a");
        let _ = finish(&mut session, "r", passed("api//a.t::one"));
        let _ = end(&mut session, "r", how.clone());
        let xml = xml(&session);
        assert_eq!(xml.matches("<error").count(), 2, "{how:?}: {xml}");
    }
}

#[test]
fn a_result_is_stamped_with_the_place_where_it_ran() {
    let mut session = running();
    for (image, test) in [("warm", "api//a.t::one"), ("cold", "web//a.t::one")] {
        started(&mut session, image);
        let _ = event(&mut session, "r", RunEvent::Reported(vec![passed(test)]));
        ended(&mut session, Ok(()));
    }
    let _ = end(&mut session, "r", End::Completed);
    let xml = xml(&session);
    let (api, web) = xml.split_once(r#"name="web//a.t""#).unwrap();
    assert!(api.contains("the image warm") && !api.contains("cold"), "{xml}");
    assert!(web.contains("the image cold") && !web.contains("warm"), "{xml}");
    let run = session.run(&"r".into()).unwrap();
    let Status::Ended(ended) = &run.status else { panic!("not over") };
    let line = terminal::end_line(run, ended);
    assert!(line.ends_with("(new container; the next run is warm)"), "{line}");
}

#[test]
fn what_a_broken_job_said_stands_when_the_next_one_reports() {
    let mut session = running();
    let _ = finish(&mut session, "r", passed("api//a.t::one"));
    let _ = event(&mut session, "r", RunEvent::TestStarted(id("api//a.t::two")));
    ended(&mut session, Err(broken()));
    let _ = event(&mut session, "r", RunEvent::Reported(vec![passed("web//a.t::one")]));
    ended(&mut session, Ok(()));
    let run = session.run(&"r".into()).unwrap();
    let told: Vec<String> = run.results().map(|it| format!("{} {:?}", it.id, it.outcome)).collect();
    assert_eq!(told, ["api//a.t::one Passed", "api//a.t::two Errored", "web//a.t::one Passed"]);
}

#[test]
fn a_limit_that_the_tool_cannot_be_told_is_said() {
    let mut session = session();
    let suite = Suite {
        test_timeout: Some(Duration::from_secs(1)),
        ..Suite::new(RelPath::default(), Arc::new(Toy))
    };
    let workspace = Workspace { suites: vec![Arc::new(suite)], ..workspace() };
    let _ = session.handle(Input::Resolved { folder: "w".into(), workspace: Box::new(workspace) });
    let effects = session.handle(request("r", &[]));
    let said = effects.iter().find_map(|effect| match effect {
        Effect::Show(Change::Warning { message, .. }) => Some(message.as_str()),
        _ => None,
    });
    let expected =
        "the test timeout means nothing to toy: only a whole run is limited there, by `timeout`";
    assert_eq!(said, Some(expected));
}
