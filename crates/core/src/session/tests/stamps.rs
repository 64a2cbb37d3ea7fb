//! Outcomes from another image than the test would run in now.

use super::interpreters::{image, looked, resolved, two, watched};
use super::*;
use crate::interpreter::Found;

/// A session whose interpreter's image is `a`, in which a test has passed.
fn passed_in_a() -> Session {
    let mut session = watched();
    let _ = looked(&mut session, Found::Warm(image("a")), Found::Absent);
    run_in(&mut session, "r1", "a", &["a.t::one", "a.t::two"]);
    session
}

fn run_in(session: &mut Session, run: &str, image: &str, tests: &[&str]) {
    let _ = session.handle(request(run, tests));
    let provenance =
        Provenance { name: "default".to_owned(), image: image.to_owned(), ..Provenance::default() };
    let _ = event(session, run, RunEvent::Started(Arc::new(provenance)));
    let results: Vec<TestResult> = tests.iter().map(|test| passed(test)).collect();
    let _ = event(session, run, RunEvent::Reported(results));
    let _ = end(session, run, End::Completed);
}

fn stale(session: &Session, test: &str) -> Option<Stale> {
    session.record(&id(test)).unwrap().stale
}

#[test]
fn an_image_whose_files_changed_makes_outcomes_stale_until_they_change_back() {
    let mut session = passed_in_a();
    assert_eq!(stale(&session, "a.t::one"), None);
    let said = looked(&mut session, Found::Stale, Found::Absent);
    assert!(said.iter().any(|it| it.contains("stale")), "{said:?}");
    assert_eq!(stale(&session, "a.t::one"), Some(Stale::Elsewhere));
    let _ = looked(&mut session, Found::Ready(image("a")), Found::Absent);
    assert_eq!(stale(&session, "a.t::one"), None);
    let _ = looked(&mut session, Found::Ready(image("b")), Found::Absent);
    assert_eq!(stale(&session, "a.t::one"), Some(Stale::Elsewhere));
}

#[test]
fn a_run_in_a_new_image_leaves_those_of_the_old_one_stale() {
    let mut session = passed_in_a();
    run_in(&mut session, "r2", "b", &["a.t::one"]);
    assert_eq!(stale(&session, "a.t::one"), None);
    assert_eq!(stale(&session, "a.t::two"), Some(Stale::Elsewhere));
    // Of an engine that does not answer nothing is known that would be new.
    let fault = RunError::new(Fault::Interpreter, "gone");
    let _ = looked(&mut session, Found::Unreachable(fault), Found::Absent);
    assert_eq!(stale(&session, "a.t::one"), None);
}

#[test]
fn another_profile_makes_outcomes_stale() {
    let mut session = passed_in_a();
    let of_profile = Workspace { profile: Some("eu".to_owned()), ..two() };
    let _ = resolved(&mut session, of_profile);
    assert_eq!(stale(&session, "a.t::one"), Some(Stale::Elsewhere));
    run_in(&mut session, "r2", "a", &["a.t::one"]);
    assert_eq!(stale(&session, "a.t::one"), None);
    let provenance = session.record(&id("a.t::one")).unwrap().provenance.clone().unwrap();
    assert_eq!(provenance.profile.as_deref(), Some("eu"));
    let _ = resolved(&mut session, two());
    assert_eq!(stale(&session, "a.t::two"), None);
    assert_eq!(stale(&session, "a.t::one"), Some(Stale::Elsewhere));
}
