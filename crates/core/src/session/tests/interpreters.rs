//! How interpreters stand: when the engine is asked, what is shown.

use super::*;
use crate::interpreter::{Found, Registered};
use crate::plan::Dockerfile;
use crate::workspace::Problem;

fn dockerfile(name: &str) -> Interpreter {
    let source = Source::Dockerfile(Dockerfile {
        path: RelPath::new("Dockerfile"),
        ..Dockerfile::default()
    });
    Interpreter { name: name.to_owned(), source, ..interpreter() }
}

fn registered(interpreter: Interpreter, is_chosen: bool) -> Registered {
    Registered {
        name: interpreter.name.clone(),
        kind: "dockerfile",
        choice: Ok(Choice { interpreter, why: String::new(), passed_over: Vec::new() }),
        file: None,
        is_chosen,
    }
}

/// A workspace whose tests run in an image, that has another one too.
pub(super) fn two() -> Workspace {
    let chosen = dockerfile("default");
    let choice =
        Choice { interpreter: chosen.clone(), why: String::new(), passed_over: Vec::new() };
    let local = Registered { kind: "local", ..registered(interpreter(), false) };
    Workspace {
        interpreters: BTreeMap::from([(None, Ok(choice))]),
        registered: vec![registered(chosen, true), registered(dockerfile("node"), false), local],
        ..workspace()
    }
}

pub(super) fn resolved(session: &mut Session, workspace: Workspace) -> Vec<String> {
    let workspace = Box::new(workspace);
    words(&session.handle(Input::Resolved { folder: "w".into(), workspace }))
}

/// A session that has read that workspace, and whose interpreters somebody wants to know about.
pub(super) fn watched() -> Session {
    let mut session = Session::default();
    let _ = session.handle(Input::Open { folder: "w".into(), root: "/w".into() });
    assert_eq!(resolved(&mut session, two()), [""; 0], "nobody asked");
    assert_eq!(words(&session.handle(Input::WatchInterpreters)), ["look at default, node"]);
    session
}

pub(super) fn image(id: &str) -> Image {
    Image { id: id.to_owned(), name: "shop:1".to_owned(), ..Image::default() }
}

pub(super) fn looked(session: &mut Session, default: Found, node: Found) -> Vec<String> {
    let standing = |name: &str, found| {
        let inputs = vec!["requirements.txt".to_owned()];
        let standing = Standing { engine: "unix:///run/docker.sock".to_owned(), found, inputs };
        (Arc::new(dockerfile(name)), standing)
    };
    let standings = vec![standing("default", default), standing("node", node)];
    words(&session.handle(Input::Looked { folder: "w".into(), standings }))
}

fn states(session: &Session) -> Vec<&'static str> {
    let folder = session.folders().next().unwrap();
    session.interpreters(folder).iter().map(|view| view.state.as_str()).collect()
}

fn build(run: &str, name: Option<&str>) -> Input {
    Input::Run(RunRequest::new(run.into(), Selection::Build(name.map(str::to_owned))))
}

fn building() -> RunEvent {
    RunEvent::Preparing(Stage::Building { step: "RUN make".to_owned(), number: 1, of: 2 })
}

fn started(image: &str) -> RunEvent {
    RunEvent::Started(Arc::new(Provenance {
        interpreter: "Dockerfile → shop:1".to_owned(),
        image: image.to_owned(),
        container: "c".to_owned(),
        warm: false,
        paths: PathMap::identity(),
        ..Provenance::default()
    }))
}

#[test]
fn the_engine_is_asked_once_and_only_news_is_shown() {
    let mut session = watched();
    assert_eq!(states(&session), ["unknown", "unknown", "local"]);
    assert_eq!(words(&session.handle(Input::WatchInterpreters)), [""; 0], "it is being asked");
    assert_eq!(
        looked(&mut session, Found::Absent, Found::Stale),
        ["build inputs", "interpreters", "look at default, node"],
        "and again, since it was asked for meanwhile"
    );
    assert_eq!(states(&session), ["absent", "stale", "local"]);
    assert_eq!(looked(&mut session, Found::Absent, Found::Stale), [""; 0]);
}

#[test]
fn nothing_is_asked_of_an_engine_that_a_stranger_names() {
    let mut session = Session::default();
    let _ = session.handle(Input::Trusted(false));
    let _ = session.handle(Input::Open { folder: "w".into(), root: "/w".into() });
    let _ = session.handle(Input::WatchInterpreters);
    assert_eq!(resolved(&mut session, two()), ["interpreters"]);
    assert_eq!(words(&session.handle(Input::Trusted(true))), ["look at default, node"]);
}

#[test]
fn a_run_moves_its_interpreter_from_absent_to_warm() {
    let mut session = watched();
    let _ = looked(&mut session, Found::Absent, Found::Absent);
    assert_eq!(words(&session.handle(request("r", &[]))), ["queued 0", "start r of 0"]);
    assert_eq!(words(&event(&mut session, "r", building())), ["preparing", "interpreters"]);
    assert_eq!(states(&session), ["building", "absent", "local"]);
    assert_eq!(words(&event(&mut session, "r", building())), ["preparing"], "no news");
    assert_eq!(words(&event(&mut session, "r", started("i"))), ["started", "interpreters"]);
    assert_eq!(states(&session), ["warm", "absent", "local"]);
    assert_eq!(
        words(&end(&mut session, "r", End::Completed)),
        ["save 0", "ended", "look at default, node"]
    );
    let warm = || Found::Warm(image("i"));
    assert_eq!(looked(&mut session, warm(), Found::Absent), ["remind after 75 s"]);
    // Its time is over, or was prolonged meanwhile.
    let reminded = session.handle(Input::Reminded("w".into()));
    assert_eq!(words(&reminded), ["look at default, node"]);
    assert_eq!(looked(&mut session, warm(), Found::Absent), ["remind after 75 s"]);
    let _ = session.handle(Input::Reminded("w".into()));
    assert_eq!(looked(&mut session, Found::Ready(image("i")), Found::Absent), ["interpreters"]);
}

#[test]
fn a_changed_input_of_the_build_is_looked_at_and_nothing_else_is() {
    let mut session = watched();
    let _ = looked(&mut session, Found::Ready(image("i")), Found::Absent);
    let mut changed = |path: &str| words(&session.handle(Input::Changed(vec![path.into()])));
    assert_eq!(changed("/w/src/shop.py"), [""; 0]);
    assert_eq!(changed("/w/requirements.txt"), ["look at default, node"]);
}

#[test]
fn another_interpreter_of_the_same_name_is_unknown() {
    let mut session = watched();
    let _ = looked(&mut session, Found::Ready(image("i")), Found::Absent);
    let mut other = two();
    let source = Source::Image("node:22".to_owned());
    other.registered[0] = registered(Interpreter { source, ..dockerfile("default") }, true);
    assert_eq!(resolved(&mut session, other), ["interpreters", "look at default, node"]);
    assert_eq!(states(&session), ["unknown", "absent", "local"]);
}

#[test]
fn a_build_runs_no_test() {
    let mut session = watched();
    let _ = looked(&mut session, Found::Stale, Found::Absent);
    assert_eq!(words(&session.handle(build("b", None))), ["queued 0", "build default"]);
    let _ = event(&mut session, "b", building());
    let built = event(&mut session, "b", RunEvent::Built(image("new")));
    assert_eq!(words(&built), ["built shop:1", "interpreters"]);
    assert_eq!(states(&session), ["ready", "absent", "local"]);
    let ended = end(&mut session, "b", End::Completed);
    assert_eq!(words(&ended), ["ended", "look at default, node"]);
    assert_eq!(words(&session.handle(build("c", Some("node")))), ["queued 0", "build node"]);
}

#[test]
fn a_broken_build_shows_its_line_until_one_succeeds() {
    let mut session = watched();
    let _ = looked(&mut session, Found::Absent, Found::Absent);
    let _ = session.handle(build("b", None));
    let place = Place { path: "/w/Dockerfile".into(), line: 3, column: None };
    let error = RunError::new(Fault::Interpreter, "cannot build");
    let broken = End::Broken(RunError { place: Some(place), ..error });
    assert_eq!(
        words(&end(&mut session, "b", broken)),
        ["diagnostics at 3", "ended", "look at default, node"]
    );
    let _ = session.handle(build("c", None));
    let _ = event(&mut session, "c", RunEvent::Built(image("i")));
    assert_eq!(words(&end(&mut session, "c", End::Completed)), ["diagnostics at ", "ended"]);
}

#[test]
fn a_build_needs_something_to_build() {
    let mut session = watched();
    assert_eq!(
        words(&session.handle(build("a", Some("nod")))),
        ["refused: no interpreter is named `nod`"]
    );
    assert_eq!(
        words(&session.handle(build("b", Some("local")))),
        ["refused: local runs without a container: it has no image"]
    );
}

#[test]
fn a_mistake_in_the_configuration_holds_up_all() {
    let mut session = watched();
    let _ = looked(&mut session, Found::Warm(image("i")), Found::Absent);
    let problem = Problem { place: None, length: 0, message: "no".to_owned(), help: None };
    let _ = resolved(&mut session, Workspace { problems: vec![problem], ..two() });
    assert_eq!(states(&session), ["invalid", "invalid", "invalid"]);
}
