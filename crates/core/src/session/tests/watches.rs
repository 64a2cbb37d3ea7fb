//! Runs that a saved file starts.

use super::*;

fn watch(session: &mut Session, id: &str, include: &[&str]) -> Vec<String> {
    let include = include.iter().map(|text| super::id(text)).collect();
    let wish = RunRequest::new(id.into(), Selection::only(include));
    words(&session.handle(Input::Run(RunRequest { is_continuous: true, ..wish })))
}

fn saved(session: &mut Session, path: &str) -> Vec<String> {
    words(&session.handle(Input::Saved { path: path.into(), by_itself: None }))
}

fn by_itself(session: &mut Session, path: &str, run: &str) -> Vec<String> {
    let by_itself = Some(run.into());
    words(&session.handle(Input::Saved { path: path.into(), by_itself }))
}

fn selected(session: &mut Session, path: &str) -> Vec<String> {
    let effects = session.handle(Input::Saved { path: path.into(), by_itself: None });
    let plans = effects.iter().filter_map(|effect| match effect {
        Effect::Start(plan) => Some(plan),
        _ => None,
    });
    let selections = plans.flat_map(|plan| plan.jobs.iter().flat_map(|job| &job.selection));
    selections.map(ToString::to_string).collect()
}

#[test]
fn nothing_runs_before_something_is_saved() {
    let mut session = session();
    assert_eq!(watch(&mut session, "w", &[]), [""; 0]);
    assert_eq!(saved(&mut session, "/elsewhere/a.t"), [""; 0]);
    assert_eq!(saved(&mut session, "/w/a.t"), ["queued 2", "start w-1 of 1"]);
    let _ = end(&mut session, "w-1", End::Completed);
    assert_eq!(saved(&mut session, "/w/src/shop.rs"), ["queued 2", "start w-2 of 0"]);
}

#[test]
fn a_saved_file_runs_what_it_touches_of_the_wish() {
    let mut session = session();
    let _ = watch(&mut session, "one", &["a.t::one"]);
    assert_eq!(selected(&mut session, "/w/a.t"), ["a.t::one"]);
    assert_eq!(selected(&mut session, "/w/lib.rs"), ["a.t::one"]);
    let _ = session.handle(Input::Cancel("one".into()));
    let _ = watch(&mut session, "folder", &["src"]);
    assert_eq!(selected(&mut session, "/w/a.t"), [""; 0]);
    for nothing in ["/w/README.md", "/w/.git/index", "/w/.vscode/settings.json"] {
        assert_eq!(saved(&mut session, nothing), [""; 0]);
    }
}

#[test]
fn a_newer_run_ends_the_older_one_that_it_covers() {
    let mut session = session();
    let _ = watch(&mut session, "w", &[]);
    let _ = saved(&mut session, "/w/a.t");
    assert_eq!(saved(&mut session, "/w/a.t"), ["stop w-1", "queued 2", "start w-2 of 1"]);
    assert_eq!(saved(&mut session, "/w/lib.rs"), ["stop w-2", "queued 2", "start w-3 of 0"]);
    // All of it goes on: a part of it is news as well.
    assert_eq!(saved(&mut session, "/w/a.t"), ["queued 2", "start w-4 of 1"]);
}

#[test]
fn a_wish_ends_with_what_it_started_or_with_its_folder() {
    let mut session = session();
    let _ = watch(&mut session, "w", &[]);
    let _ = saved(&mut session, "/w/a.t");
    assert_eq!(words(&session.handle(Input::Cancel("w".into()))), ["stop w-1", "ended"]);
    assert_eq!(saved(&mut session, "/w/a.t"), [""; 0]);
    let _ = watch(&mut session, "v", &[]);
    let closed = session.handle(Input::Close("w".into()));
    assert_eq!(words(&closed), ["stop w-1", "ended", "closed w"]);
}

#[test]
fn a_file_that_shapes_the_workspace_is_read_first() {
    let mut session = session();
    let _ = watch(&mut session, "w", &[]);
    assert_eq!(saved(&mut session, "/w/testdock.toml"), ["ScanStarted(\"w\")", "scan"]);
    let resolved = Input::Resolved { folder: "w".into(), workspace: Box::new(workspace()) };
    assert_eq!(words(&session.handle(resolved)), ["queued 2", "start w-1 of 0"]);
}

#[test]
fn a_saved_file_of_tests_runs_by_itself_unless_a_wish_runs_it() {
    let mut session = session();
    assert_eq!(by_itself(&mut session, "/w/lib.rs", "s0"), [""; 0]);
    assert_eq!(by_itself(&mut session, "/w/a.t", "s1"), ["queued 2", "start s1 of 1"]);
    let _ = watch(&mut session, "w", &[]);
    assert_eq!(by_itself(&mut session, "/w/a.t", "s2"), ["queued 2", "start w-1 of 1"]);
}

#[test]
fn a_wish_is_refused_like_a_run() {
    let mut session = session();
    let _ = watch(&mut session, "w", &[]);
    assert_eq!(watch(&mut session, "w", &[]), ["refused: a run with the id w exists already"]);
    let _ = session.handle(Input::Trusted(false));
    assert_eq!(watch(&mut session, "v", &[]), ["refused: this workspace is not trusted"]);
}
