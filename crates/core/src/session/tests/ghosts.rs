//! Outcomes whose file is no longer there.

use super::*;

pub(super) fn gone(session: &mut Session, files: &[&str]) -> Vec<String> {
    let files = files.iter().map(RelPath::new).collect();
    words(&session.handle(Input::FilesGone { folder: "w".into(), files }))
}

fn delete(session: &mut Session, file: &str) -> Vec<String> {
    let path = RelPath::new(file);
    let _ = session.handle(Input::Changed(vec![path.on("/w".into())]));
    let files = workspace().discover(&mut frameworks::Source::new(&path, ""));
    words(&session.handle(Input::Found { folder: "w".into(), files }))
}

fn is_lost(session: &Session, test: &str) -> bool {
    let record = session.record(&id(test)).unwrap();
    session.folders().next().unwrap().is_lost(record)
}

#[test]
fn a_file_that_is_deleted_while_its_tests_run_takes_them_along() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = delete(&mut session, "a.t");
    let _ = finish(&mut session, "r1", failed("a.t::one", 2));
    assert!(!is_lost(&session, "a.t::one"), "a test that was made at run time looks alike");
    let ended = end(&mut session, "r1", End::Broken(RunError::new(Fault::Process, "died")));
    assert_eq!(words(&ended), ["look for [\"a.t\"]", "save 1", "ended"]);
    assert_eq!(gone(&mut session, &["a.t"]), ["tests [\"a.t\"]", "diagnostics at "]);
    assert!(is_lost(&session, "a.t::one"));
    assert_eq!(gone(&mut session, &["a.t"]), [""; 0]);
}

#[test]
fn a_test_that_was_made_at_run_time_goes_with_its_file_and_comes_back_with_it() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", passed("made.t::one[2]"));
    let _ = end(&mut session, "r1", End::Cancelled);
    assert_eq!(gone(&mut session, &[]), [""; 0]);
    assert!(!is_lost(&session, "made.t::one[2]"));

    assert_eq!(delete(&mut session, "made.t"), ["tests [\"made.t\"]", "look for [\"made.t\"]"]);
    assert_eq!(gone(&mut session, &["made.t"]), ["tests [\"made.t\"]"]);
    assert!(is_lost(&session, "made.t::one[2]"));
    assert_eq!(gone(&mut session, &[]), ["tests [\"made.t\"]"]);
    assert!(!is_lost(&session, "made.t::one[2]"));
}

#[test]
fn what_an_earlier_process_knew_of_a_file_goes_with_it() {
    let mut session = session();
    let outcomes = vec![(id("old.t::one"), Outcome::Failed)];
    let _ = session.handle(Input::Restored { folder: "w".into(), outcomes });
    let ended = session.handle(Input::ScanEnded("w".into()));
    assert_eq!(words(&ended), ["look for [\"old.t\"]", "ScanEnded(\"w\")"]);
    assert_eq!(gone(&mut session, &["old.t"]), ["tests [\"old.t\"]"]);
    assert!(is_lost(&session, "old.t::one"));
}

#[test]
fn a_file_that_was_never_saved_does_not_run_before_it_is() {
    let mut session = session();
    let text = "check new\n";
    let opened = Input::Edited { path: "/w/new.t".into(), version: 1, text: text.into() };
    let asked = "look for [\"new.t\"]";
    assert_eq!(words(&session.handle(opened)), ["tests [\"new.t\"]", asked]);
    assert_eq!(words(&session.handle(request("r0", &["new.t"]))), [""; 0], "waits for the answer");
    let refused = "refused: new.t is not on disk yet: only the editor has it";
    assert_eq!(gone(&mut session, &["new.t"]), ["tests [\"new.t\"]", refused]);

    assert_eq!(words(&session.handle(request("r1", &["new.t::new"]))), [refused]);
    assert_eq!(words(&session.handle(request("r2", &["a.t"]))), ["queued 2", "start r2 of 1"]);

    let saved = Input::Saved { path: "/w/new.t".into(), by_itself: Some("r3".into()) };
    assert_eq!(words(&session.handle(saved)), ["queued 1", "start r3 of 1"]);
    // A look that began before says nothing of that.
    let _ = gone(&mut session, &["new.t"]);
    assert_eq!(words(&session.handle(request("r4", &["new.t"]))), ["queued 1", "start r4 of 1"]);
}
