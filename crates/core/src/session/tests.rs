//! The session, fed with inputs. The framework is a toy: `check NAME` in a `.t` file is a test, and
//! every line up to the next one belongs to it. A name with a capital is a group's.

mod ghosts;
mod interpreters;
mod parts;
mod stamps;
mod unmet;
mod watches;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use super::*;
use crate::frameworks::{
    self, Conclusion, Exit, Framework, ItemKind, Position, Range, Reader, Suite, TestItem,
};
use crate::interpreter::{Choice, Image, Standing};
use crate::model::{End, Failure, Fault, Place, Provenance, RunError, Stage, TestResult};
use crate::paths::PathMap;
use crate::plan::{Interpreter, Invocation, Job, ReportFile, Site, Source};
use crate::views::{Severity, terminal};

#[derive(Debug)]
struct Toy;

impl Framework for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn is_test_file(&self, _: &Suite, path: &RelPath) -> bool {
        path.as_str().ends_with(".t")
    }

    fn discover(&self, _: &Suite, source: &mut frameworks::Source<'_>) -> Vec<TestItem> {
        let (path, text) = (source.path, source.text);
        // `like FILE` in the first line stands for what is in that file.
        let other = text.lines().next().and_then(|line| line.strip_prefix("like "));
        let other = other.and_then(|other| source.other(&RelPath::new(other)));
        let text = other.as_deref().unwrap_or(text);
        let lines: Vec<&str> = text.lines().collect();
        let starts: Vec<usize> =
            (0..lines.len()).filter(|&i| lines[i].starts_with("check ")).collect();
        let item = |(n, &start): (usize, &usize)| {
            let end = starts.get(n + 1).copied().unwrap_or(lines.len());
            let mut hasher = DefaultHasher::new();
            lines[start..end].hash(&mut hasher);
            let is_group = lines[start][6..].starts_with(char::is_uppercase);
            let kind = if is_group { ItemKind::Group } else { ItemKind::Test };
            let at = |line: usize| Position { line: u32::try_from(line).unwrap(), character: 0 };
            TestItem {
                id: id(&format!("{path}::{}", &lines[start][6..])),
                kind,
                range: Range { start: at(start), end: at(end) },
                name: Range { start: at(start), end: at(start) },
                hash: hasher.finish(),
                pattern: None,
                tags: Vec::new(),
            }
        };
        starts.iter().enumerate().map(item).collect()
    }

    /// What lies in `built` is built as one.
    fn unit(&self, _: &Suite, path: &RelPath) -> RelPath {
        let dir = path.parent();
        if dir.as_str() == "built" { dir } else { path.clone() }
    }

    fn invocation(&self, _: &Job, _: &Site) -> Invocation {
        Invocation::default()
    }

    fn reader(&self, _: &Job, _: &Site) -> Box<dyn Reader> {
        struct Nothing;
        impl Reader for Nothing {
            fn line(&mut self, _: &str) -> Vec<RunEvent> {
                Vec::new()
            }
            fn conclude(&mut self, _: &[ReportFile], _: Exit) -> Conclusion {
                Conclusion::default()
            }
        }
        Box::new(Nothing)
    }
}

const TEXT: &str = "check one\n  a\ncheck two\n  b\n";

fn id(text: &str) -> TestId {
    text.parse().unwrap_or_default()
}

fn interpreter() -> Interpreter {
    Interpreter { keep_warm: Duration::from_secs(60), ..Interpreter::new("local", Source::Local) }
}

fn workspace() -> Workspace {
    let interpreter = interpreter();
    let choice = Choice { interpreter, why: String::new(), passed_over: Vec::new() };
    let suite = Suite::new(RelPath::default(), Arc::new(Toy));
    Workspace {
        suites: vec![Arc::new(suite)],
        interpreters: BTreeMap::from([(None, Ok(choice))]),
        ..Workspace::default()
    }
}

/// A session with `a.t` read from disk.
fn session() -> Session {
    let mut session = Session::default();
    let _ = session.handle(Input::Open { folder: "w".into(), root: "/w".into() });
    let workspace = workspace();
    let files = workspace.discover(&mut frameworks::Source::new(&RelPath::new("a.t"), TEXT));
    let _ = session.handle(Input::Resolved { folder: "w".into(), workspace: Box::new(workspace) });
    let _ = session.handle(Input::Found { folder: "w".into(), files });
    let _ = session.handle(Input::ScanEnded("w".into()));
    session
}

fn edit(session: &mut Session, version: i32, text: &str) -> Vec<Effect> {
    session.handle(Input::Edited { path: "/w/a.t".into(), version, text: text.into() })
}

fn request(run: &str, tests: &[&str]) -> Input {
    let include = tests.iter().map(|text| id(text)).collect();
    Input::Run(RunRequest::new(run.into(), Selection::only(include)))
}

#[test]
fn a_run_knows_the_files_in_which_nothing_was_found() {
    let mut session = session();
    let bare = |session: &mut Session, run: &str| {
        let effects = session.handle(request(run, &["deep"]));
        let plan = effects.iter().find_map(|effect| match effect {
            Effect::Start(plan) => Some(plan.clone()),
            _ => None,
        });
        let plan = plan.unwrap();
        plan.jobs[0].known.bare().map(ToString::to_string).collect::<Vec<_>>()
    };
    let found = |text: &str| {
        let path = RelPath::new("deep/b.t");
        let files = workspace().discover(&mut frameworks::Source::new(&path, text));
        Input::Found { folder: "w".into(), files }
    };
    let _ = session.handle(found("nothing that is known"));
    assert_eq!(bare(&mut session, "one"), ["deep/b.t"]);
    let _ = session.handle(found("check one"));
    assert!(bare(&mut session, "two").is_empty());
    // One that is gone reads as nothing.
    let _ = session.handle(found(""));
    assert!(bare(&mut session, "three").is_empty());
}

fn passed(test: &str) -> TestResult {
    TestResult::new(id(test), Outcome::Passed)
}

fn failed(test: &str, line: u32) -> TestResult {
    let place = Place { path: "/w/a.t".into(), line, column: None };
    let failure = Failure { message: "no".into(), place: Some(place), ..Failure::default() };
    TestResult { failures: vec![failure], ..TestResult::new(id(test), Outcome::Failed) }
}

fn event(session: &mut Session, run: &str, event: RunEvent) -> Vec<Effect> {
    session.handle(Input::Event(run.into(), event))
}

fn finish(session: &mut Session, run: &str, result: TestResult) -> Vec<Effect> {
    event(session, run, RunEvent::TestFinished(Box::new(result)))
}

fn end(session: &mut Session, run: &str, how: End) -> Vec<Effect> {
    let ended = Ended { how, duration: Duration::from_secs(1), log: None };
    event(session, run, RunEvent::Ended(ended))
}

/// The effects in a few words each.
fn words(effects: &[Effect]) -> Vec<String> {
    let word = |effect: &Effect| match effect {
        Effect::Scan { only: None, .. } => "scan".to_owned(),
        Effect::Scan { only: Some((_, files)), .. } => format!("scan {files:?}"),
        Effect::LookForFiles { files, .. } => format!("look for {files:?}"),
        Effect::Start(plan) if plan.jobs.is_empty() => {
            let names = plan.builds.iter().map(|it| it.interpreter.name.as_str());
            format!("build {}", names.collect::<Vec<_>>().join(", "))
        }
        Effect::Start(plan) => format!("start {} of {}", plan.run, plan.jobs[0].selection.len()),
        Effect::Look { places, .. } => {
            let names = places.iter().map(|it| it.name.as_str());
            format!("look at {}", names.collect::<Vec<_>>().join(", "))
        }
        Effect::Remind { after, .. } => format!("remind after {} s", after.as_secs()),
        Effect::Stop(run) => format!("stop {run}"),
        Effect::Save { outcomes, .. } => format!("save {}", outcomes.len()),
        Effect::Show(Change::Diagnostics { diagnostics, .. }) => {
            let lines: Vec<String> = diagnostics
                .iter()
                .map(|d| {
                    let mark = if d.severity == Severity::Error { "" } else { "?" };
                    format!("{}{mark}", d.range.start.line + 1)
                })
                .collect();
            format!("diagnostics at {}", lines.join(","))
        }
        Effect::Show(Change::Tests { files, .. }) => format!("tests {files:?}"),
        Effect::Show(Change::Stale { tests, .. }) => format!("stale {}", tests[0]),
        Effect::Show(Change::Queued { tests, .. }) => format!("queued {}", tests.len()),
        Effect::Show(Change::Refused { error, .. }) => format!("refused: {}", error.message),
        Effect::Show(Change::TestFinished { result, newest, .. }) => {
            let old = if *newest { "" } else { " (old)" };
            format!("{} {}{old}", result.id, result.outcome.as_str())
        }
        Effect::Show(Change::TestRetracted { id, .. }) => format!("retracted {id}"),
        Effect::Show(Change::Ended { .. }) => "ended".to_owned(),
        Effect::Show(Change::Warning { message, .. }) => format!("warning {message}"),
        Effect::Show(Change::BuildInputs(_)) => "build inputs".to_owned(),
        Effect::Show(Change::Interpreters(_)) => "interpreters".to_owned(),
        Effect::Show(Change::Built { image, .. }) => format!("built {}", image.name),
        Effect::Show(Change::Preparing { .. }) => "preparing".to_owned(),
        Effect::Show(Change::Started { .. }) => "started".to_owned(),
        Effect::Show(Change::FolderClosed { folder, .. }) => format!("closed {folder}"),
        Effect::Show(other) => format!("{other:?}"),
    };
    effects.iter().map(word).collect()
}

#[test]
fn a_run_shows_failures_while_it_goes_on_and_takes_them_away_when_they_pass() {
    let mut session = session();
    assert_eq!(words(&session.handle(request("r1", &[]))), ["queued 2", "start r1 of 0"]);
    assert_eq!(
        words(&finish(&mut session, "r1", failed("a.t::one", 2))),
        ["a.t::one failed", "diagnostics at 2"]
    );
    assert_eq!(words(&finish(&mut session, "r1", passed("a.t::two"))), ["a.t::two passed"]);
    let report = vec![failed("a.t::one", 2), passed("a.t::two")];
    assert_eq!(words(&event(&mut session, "r1", RunEvent::Reported(report))), [""; 0]);
    assert_eq!(words(&end(&mut session, "r1", End::Completed)), ["save 2", "ended"]);

    let _ = session.handle(request("r2", &["a.t::one"]));
    assert_eq!(
        words(&finish(&mut session, "r2", passed("a.t::one"))),
        ["a.t::one passed", "diagnostics at "]
    );
}

#[test]
fn the_report_decides_against_the_preview() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", passed("a.t::one"));
    let _ = finish(&mut session, "r1", passed("a.t::ghost"));
    let report = vec![failed("a.t::one", 2)];
    assert_eq!(
        words(&event(&mut session, "r1", RunEvent::Reported(report))),
        ["retracted a.t::ghost", "a.t::one failed", "diagnostics at 2"]
    );
}

#[test]
fn what_an_older_run_says_of_a_test_is_dropped() {
    let mut session = session();
    let _ = session.handle(request("old", &[]));
    let _ = session.handle(request("new", &[]));
    let _ = finish(&mut session, "new", passed("a.t::one"));
    assert_eq!(
        words(&finish(&mut session, "old", failed("a.t::one", 2))),
        ["a.t::one failed (old)"]
    );
    assert_eq!(session.record(&id("a.t::one")).unwrap().result.outcome, Outcome::Passed);
    assert_eq!(session.run(&"old".into()).unwrap().totals().failed, 1);
}

#[test]
fn an_edit_moves_diagnostics_and_makes_the_edited_test_stale() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", failed("a.t::two", 4));
    let _ = end(&mut session, "r1", End::Completed);

    let moved = format!("# a line\n{TEXT}");
    assert_eq!(words(&edit(&mut session, 1, &moved)), ["diagnostics at 5", "tests [\"a.t\"]"]);
    let edited = moved.replace("  b", "  c");
    assert_eq!(
        words(&edit(&mut session, 2, &edited)),
        ["stale a.t::two", "diagnostics at 5?", "tests [\"a.t\"]"]
    );
    assert_eq!(words(&edit(&mut session, 3, &moved)), ["diagnostics at 5", "tests [\"a.t\"]"]);
}

#[test]
fn what_ran_is_what_was_saved() {
    let mut session = session();
    let _ = edit(&mut session, 1, TEXT);
    let unsaved = "check one\n  changed\ncheck two\n  b\n";
    let _ = edit(&mut session, 2, unsaved);
    assert_eq!(
        words(&session.handle(request("r1", &[]))),
        ["queued 2", "scan [\"a.t\"]", "start r1 of 0"]
    );
    assert_eq!(
        words(&finish(&mut session, "r1", failed("a.t::one", 2))),
        ["a.t::one failed", "stale a.t::one", "diagnostics at 2?"]
    );
    assert_eq!(words(&finish(&mut session, "r1", passed("a.t::two"))), ["a.t::two passed"]);
    let _ = end(&mut session, "r1", End::Completed);
    // Saving does not make it the outcome of what was saved; taking the edit back does.
    let _ = session.handle(Input::Saved { path: "/w/a.t".into(), by_itself: None });
    let stale = |session: &Session| {
        let folder = session.folders().next().unwrap();
        folder.record(&id("a.t::one")).unwrap().stale
    };
    assert_eq!(stale(&session), Some(Stale::Edited));
    let _ = edit(&mut session, 3, TEXT);
    assert_eq!(stale(&session), None);
    let _ = edit(&mut session, 4, unsaved);
    let _ = session.handle(request("r2", &[]));
    assert_eq!(
        words(&finish(&mut session, "r2", failed("a.t::one", 2))),
        ["a.t::one failed", "diagnostics at 2"]
    );
    assert_eq!(stale(&session), None);
}

#[test]
fn what_is_saved_while_tests_run_did_not_run() {
    let mut session = session();
    let _ = edit(&mut session, 1, TEXT);
    let save = |session: &mut Session, version: i32, text: &str| {
        let _ = edit(session, version, text);
        session.handle(Input::Saved { path: "/w/a.t".into(), by_itself: None })
    };
    let _ = session.handle(request("r1", &[]));
    // Nothing was read yet.
    let early = "check one\n  early\ncheck two\n  b\n";
    let _ = save(&mut session, 2, early);
    let _ = event(&mut session, "r1", RunEvent::Started(Arc::default()));
    for (version, word) in [(3, "late"), (4, "later")] {
        let _ = save(&mut session, version, &early.replace("early", word));
    }
    assert_eq!(
        words(&finish(&mut session, "r1", passed("a.t::one"))),
        ["a.t::one passed", "stale a.t::one"]
    );
    assert_eq!(words(&finish(&mut session, "r1", passed("a.t::two"))), ["a.t::two passed"]);
    let _ = edit(&mut session, 5, early);
    let folder = session.folders().next().unwrap();
    assert_eq!(folder.record(&id("a.t::one")).unwrap().stale, None);
    let _ = end(&mut session, "r1", End::Completed);
    let _ = save(&mut session, 6, &early.replace("early", "again"));
    let _ = session.handle(request("r2", &[]));
    assert_eq!(words(&finish(&mut session, "r2", passed("a.t::one"))), ["a.t::one passed"]);
}

/// As after another branch was checked out below an editor that reads it again and says that it was edited.
#[test]
fn what_an_editor_read_again_from_disk_is_what_ran() {
    let mut session = session();
    let _ = edit(&mut session, 1, TEXT);
    let changed = "check one\n  changed\ncheck two\n  b\n";
    let _ = edit(&mut session, 2, changed);
    let _ = session.handle(request("r1", &[]));
    let files = workspace().discover(&mut frameworks::Source::new(&RelPath::new("a.t"), changed));
    let _ = session.handle(Input::Found { folder: "w".into(), files });
    assert_eq!(words(&finish(&mut session, "r1", passed("a.t::one"))), ["a.t::one passed"]);
}

#[test]
fn an_edit_makes_stale_what_was_said_of_the_file() {
    let mut session = session();
    let _ = edit(&mut session, 1, TEXT);
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", failed("a.t", 2));
    let _ = end(&mut session, "r1", End::Completed);

    let mended = TEXT.replace("  a", "  c");
    assert_eq!(
        words(&edit(&mut session, 2, &mended)),
        ["stale a.t", "diagnostics at 2?", "tests [\"a.t\"]"]
    );
    assert_eq!(words(&edit(&mut session, 3, TEXT)), ["diagnostics at 2", "tests [\"a.t\"]"]);
}

#[test]
fn an_older_version_never_overwrites_a_newer_one() {
    let mut session = session();
    let _ = edit(&mut session, 7, "check seven\n");
    assert_eq!(words(&edit(&mut session, 6, "check six\n")), [""; 0]);
    let folder = session.folders().next().unwrap();
    assert!(folder.item(&id("a.t::seven")).is_some());
    assert!(folder.item(&id("a.t::six")).is_none());
}

#[test]
fn what_is_open_in_the_editor_wins_over_what_is_on_disk() {
    let mut session = session();
    let _ = edit(&mut session, 1, "check mine\n");
    let files = workspace().discover(&mut frameworks::Source::new(&RelPath::new("a.t"), TEXT));
    assert_eq!(words(&session.handle(Input::Found { folder: "w".into(), files })), [""; 0]);
    assert_eq!(words(&session.handle(Input::Closed("/w/a.t".into()))), ["scan [\"a.t\"]"]);
    assert_eq!(words(&session.handle(Input::Changed(vec!["/w/b.t".into()]))), ["scan [\"b.t\"]"]);
}

#[test]
fn tests_that_come_from_another_file_follow_it() {
    let mut session = session();
    let read = |_: &RelPath| Some("check base\n".into());
    let path = RelPath::new("b.t");
    let files =
        workspace().discover(&mut frameworks::Source::new(&path, "like lib/base").beside(&read));
    let changed = |session: &mut Session, path: &str| {
        let path = Utf8PathBuf::from(path);
        words(&session.handle(Input::Changed(vec![path])))
    };
    let tests = |session: &Session| {
        let folder = session.folders().next().unwrap();
        let tests = folder.tests_in(&RelPath::new("b.t")).iter().flat_map(|file| file.items.iter());
        tests.map(|item| item.id.to_string()).collect::<Vec<_>>()
    };
    let found = Input::Found { folder: "w".into(), files };
    assert_eq!(words(&session.handle(found)), ["tests [\"b.t\"]"]);
    assert_eq!(tests(&session), ["b.t::base"]);
    // What is typed in a document is seen beside what other files said.
    let mut edit = |path: &str, text: &str| {
        let _ = session.handle(Input::Edited { path: path.into(), version: 1, text: text.into() });
        tests(&session)
    };
    assert_eq!(edit("/w/b.t", "like lib/base\n"), ["b.t::base"]);
    assert_eq!(edit("/w/lib/base", "check edited\n"), ["b.t::base"]);
    assert_eq!(edit("/w/b.t", "like lib/base\n\n"), ["b.t::edited"]);
    let _ = session.handle(Input::Closed("/w/lib/base".into()));
    assert_eq!(changed(&mut session, "/w/lib/base"), ["scan [\"b.t\"]"]);
    assert_eq!(changed(&mut session, "/w/lib/other"), [""; 0]);
}

#[test]
fn a_broken_run_leaves_no_old_green() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", passed("a.t::one"));
    let _ = finish(&mut session, "r1", passed("a.t::two"));
    let _ = end(&mut session, "r1", End::Completed);

    let _ = session.handle(request("r2", &[]));
    let _ = event(&mut session, "r2", RunEvent::TestStarted(id("a.t::one")));
    let died = RunError::new(Fault::Process, "the process died");
    assert_eq!(
        words(&end(&mut session, "r2", End::Broken(died))),
        ["a.t::one errored", "diagnostics at 1", "stale a.t::two", "save 2", "ended"]
    );
    let record = session.record(&id("a.t::two")).unwrap();
    assert_eq!(record.stale, Some(Stale::NotReached));
    assert_eq!(session.record(&id("a.t::one")).unwrap().result.message(), Some("the process died"));
}

#[test]
fn a_complete_run_forgets_tests_that_are_gone() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", failed("a.t::gone", 1));
    let _ = end(&mut session, "r1", End::Completed);
    let _ = session.handle(request("r2", &[]));
    let _ = finish(&mut session, "r2", passed("a.t::one"));
    assert_eq!(
        words(&end(&mut session, "r2", End::Completed)),
        ["tests [\"a.t\"]", "diagnostics at ", "save 1", "ended"]
    );
}

#[test]
fn a_file_that_does_not_load_leaves_no_old_green_and_its_error_goes_when_a_test_of_it_ran() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", passed("a.t::one"));
    let _ = finish(&mut session, "r1", passed("a.t::two"));
    let _ = end(&mut session, "r1", End::Completed);

    let _ = session.handle(request("r2", &["a.t::one"]));
    let mut error = failed("a.t", 1);
    error.outcome = Outcome::Errored;
    let report = RunEvent::Reported(vec![error]);
    assert_eq!(words(&event(&mut session, "r2", report)), ["a.t errored", "diagnostics at 1"]);
    // The run did not mean the other test, which did pass when it ran last.
    assert_eq!(
        words(&end(&mut session, "r2", End::Completed)),
        ["stale a.t::one", "save 3", "ended"]
    );

    let _ = session.handle(request("r3", &["a.t::two"]));
    let report = RunEvent::Reported(vec![passed("a.t::two")]);
    assert_eq!(
        words(&event(&mut session, "r3", report)),
        ["a.t::two passed", "retracted a.t", "diagnostics at "]
    );
}

#[test]
fn what_a_group_cannot_set_up_for_is_not_reached_until_one_of_its_tests_ran() {
    let mut session = session();
    let _ = edit(&mut session, 1, "check Group\ncheck one\n");
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", passed("a.t::Group::inner"));
    let _ = end(&mut session, "r1", End::Completed);

    let _ = session.handle(request("r2", &[]));
    let report = RunEvent::Reported(vec![failed("a.t::Group", 1)]);
    let _ = event(&mut session, "r2", report);
    assert_eq!(
        words(&end(&mut session, "r2", End::Completed)),
        ["stale a.t::Group::inner", "save 2", "ended"]
    );

    let _ = session.handle(request("r3", &["a.t::Group::inner"]));
    let report = RunEvent::Reported(vec![passed("a.t::Group::inner")]);
    assert_eq!(
        words(&event(&mut session, "r3", report)),
        ["a.t::Group::inner passed", "retracted a.t::Group", "diagnostics at "]
    );
}

#[test]
fn what_was_wrong_with_a_group_of_no_tests_goes_when_a_run_of_it_says_nothing() {
    let mut session = session();
    let _ = edit(&mut session, 1, "check Program\ncheck one\n");
    let tell = |session: &mut Session, run: &str, results| {
        let _ = event(session, run, RunEvent::Reported(results));
        words(&end(session, run, End::Completed))
    };
    let _ = session.handle(request("r1", &[]));
    let _ = tell(&mut session, "r1", vec![failed("a.t::Program", 1), passed("a.t::one")]);
    // This one did not mean it.
    let _ = session.handle(request("r2", &["a.t::one"]));
    assert_eq!(tell(&mut session, "r2", vec![passed("a.t::one")]), ["save 2", "ended"]);
    let _ = session.handle(request("r3", &[]));
    assert_eq!(
        tell(&mut session, "r3", vec![passed("a.t::one")]),
        ["retracted a.t::Program", "diagnostics at ", "save 1", "ended"]
    );
}

#[test]
fn a_group_that_is_skipped_as_a_whole_skips_its_tests_until_one_of_them_ran() {
    let mut session = session();
    let _ = edit(&mut session, 1, "check Group\ncheck Group::one\ncheck two\n");
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", passed("a.t::Group::one"));
    let _ = end(&mut session, "r1", End::Completed);
    let _ = session.handle(request("r2", &[]));
    let skip = TestResult::new(id("a.t::Group"), Outcome::Skipped);
    let _ = event(&mut session, "r2", RunEvent::Reported(vec![skip]));
    let _ = end(&mut session, "r2", End::Completed);
    let titles = |session: &Session| {
        let folder = session.folders().next().unwrap();
        let lenses = crate::views::lenses(folder, &RelPath::new("a.t"));
        let told = lenses.into_iter().filter(|lens| !lens.title.starts_with('▶'));
        told.map(|lens| lens.title).collect::<Vec<_>>()
    };
    assert_eq!(titles(&session), ["○ 1 skipped", "○ skipped", "○ skipped"]);
    let group = id("a.t::Group");
    let folder = session.folders().next().unwrap();
    assert_eq!(folder.skipped_with(&group).collect::<Vec<_>>(), [&id("a.t::Group::one")]);
    // It counts as the tool counts it.
    assert_eq!(session.run(&"r2".into()).unwrap().totals().skipped, 1);

    let _ = session.handle(request("r3", &[]));
    let report = RunEvent::Reported(vec![passed("a.t::Group::one")]);
    let _ = event(&mut session, "r3", report);
    assert_eq!(titles(&session), ["✓ 1 passed", "✓ 1 passed", "✓ passed"]);
}

#[test]
fn a_test_in_a_group_is_forgotten_once_all_of_its_file_ran_without_it() {
    let mut session = session();
    let _ = edit(&mut session, 1, "check Group\ncheck two\n");
    let mut run = |of: &[&str], told: &str| {
        let name = format!("{of:?}");
        let _ = session.handle(request(&name, of));
        let _ = finish(&mut session, &name, failed(told, 1));
        let _ = end(&mut session, &name, End::Completed);
        session.record(&id("a.t::Group::renamed")).is_some()
    };
    assert!(run(&[], "a.t::Group::renamed"));
    assert!(run(&["a.t::two"], "a.t::two"), "the group may make it");
    assert!(run(&["b.t"], "b.t::six"));
    assert!(!run(&["a.t"], "a.t::two"));
}

#[test]
fn a_test_that_an_argument_left_out_is_not_forgotten() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", failed("a.t::one", 2));
    let _ = end(&mut session, "r1", End::Completed);
    let _ = session.handle(request("r2", &[]));
    let _ = finish(&mut session, "r2", passed("a.t::two"));
    assert_eq!(words(&end(&mut session, "r2", End::Completed)), ["save 2", "ended"]);
    assert_eq!(session.folders().next().unwrap().failed(), [id("a.t::one")]);
}

#[test]
fn cancelling_stops_and_ends_nothing_else() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = session.handle(request("r2", &[]));
    assert_eq!(words(&session.handle(Input::Cancel("r1".into()))), ["stop r1"]);
    let _ = event(&mut session, "r1", RunEvent::TestStarted(id("a.t::one")));
    assert_eq!(words(&end(&mut session, "r1", End::Cancelled)), ["save 0", "ended"]);
    assert_eq!(words(&session.handle(Input::Cancel("r1".into()))), [""; 0]);
    assert!(session.run(&"r2".into()).unwrap().is_active());
}

#[test]
fn failed_tests_run_again_and_nothing_else() {
    let mut session = session();
    let rerun = |run: &str| Input::Run(RunRequest::new(run.into(), Selection::Failed(Vec::new())));
    assert_eq!(words(&session.handle(rerun("r0"))), ["refused: no test failed in its last run"]);
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", failed("a.t::one", 2));
    let _ = finish(&mut session, "r1", passed("a.t::two"));
    let _ = end(&mut session, "r1", End::Completed);
    assert_eq!(words(&session.handle(rerun("r2"))), ["queued 1", "start r2 of 1"]);
    let of = |run: &str, test: &str| {
        Input::Run(RunRequest::new(run.into(), Selection::Failed(vec![id(test)])))
    };
    let refused = words(&session.handle(of("r3", "a.t::two")));
    assert_eq!(refused, ["refused: no test of `a.t::two` failed in its last run"]);
    assert_eq!(words(&session.handle(of("r4", "a.t"))), ["queued 1", "start r4 of 1"]);
}

#[test]
fn of_a_test_that_failed_in_a_part_the_part_runs_again() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    for test in ["a.t::one", "a.t::one::part", "a.t::one::part::inner", "a.t::two"] {
        let _ = finish(&mut session, "r1", failed(test, 2));
    }
    let _ = end(&mut session, "r1", End::Completed);
    let failed = session.folders().next().unwrap().failed();
    assert_eq!(failed, [id("a.t::one::part::inner"), id("a.t::two")]);
}

/// Nobody sees in the file what is made as it is loaded.
#[test]
fn a_failed_test_that_was_never_found_runs_again_by_its_own_id() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    for test in ["a.t::made", "a.t::one", "gone.t::one", "unreadable.t"] {
        let _ = finish(&mut session, "r1", failed(test, 2));
    }
    let ended = words(&end(&mut session, "r1", End::Completed));
    assert!(ended.contains(&r#"look for ["gone.t", "unreadable.t"]"#.to_owned()), "{ended:?}");
    let rerun = Input::Run(RunRequest::new("r2".into(), Selection::Failed(Vec::new())));
    assert_eq!(words(&session.handle(rerun)), [""; 0], "waits for the answer");
    let files = vec![RelPath::new("gone.t")];
    let told = words(&session.handle(Input::FilesGone { folder: "w".into(), files }));
    assert!(told.iter().any(|it| it.starts_with("start r2")), "{told:?}");
    assert_eq!(
        session.folders().next().unwrap().failed(),
        ["a.t::made", "a.t::one", "unreadable.t"].map(id)
    );
}

#[test]
fn for_a_failed_file_without_tests_those_run_that_are_built_with_it() {
    let mut session = session();
    for file in ["built/one.t", "built/two.t"] {
        let files = workspace().discover(&mut frameworks::Source::new(&RelPath::new(file), TEXT));
        let _ = session.handle(Input::Found { folder: "w".into(), files });
    }
    let folder = session.folders().next().unwrap();
    assert_eq!(folder.again(id("built/none.t")), ["built/one.t", "built/two.t"].map(id));
    for same in ["built/one.t", "none.t", "built/none.t::one"] {
        assert_eq!(folder.again(id(same)), [id(same)]);
    }
}

#[test]
fn nothing_runs_where_it_must_not() {
    let mut session = session();
    assert_eq!(
        words(&session.handle(request("r1", &["nowhere//x.t"]))),
        ["refused: no suite of /w has the test `nowhere//x.t`"]
    );
    let _ = session.handle(Input::Trusted(false));
    assert_eq!(
        words(&session.handle(request("r2", &[]))),
        ["refused: this workspace is not trusted"]
    );
    let _ = session.handle(Input::Trusted(true));
    assert_eq!(words(&session.handle(request("r3", &[]))), ["queued 2", "start r3 of 0"]);
    assert_eq!(
        words(&session.handle(request("r3", &[]))),
        ["refused: a run with the id r3 exists already"]
    );
}

fn known(session: &Session) -> Vec<String> {
    let outcomes = session.folders().next().unwrap().outcomes();
    outcomes.into_iter().map(|(id, _)| id.to_string()).collect()
}

/// Parameters may come from a fixture of another file: no text of the test tells of them.
#[test]
fn a_test_that_gets_cases_has_no_outcome_of_its_own_any_more() {
    let mut session = session();
    let mut run = |id: &str, tests: &[&str]| {
        let _ = session.handle(request(id, &[]));
        for test in tests {
            let _ = finish(&mut session, id, failed(test, 2));
        }
        let _ = end(&mut session, id, End::Completed);
        known(&session)
    };
    assert_eq!(run("r1", &["a.t::one", "a.t::two"]), ["a.t::one", "a.t::two"]);
    let cases = ["a.t::one[1]", "a.t::one[2]", "a.t::two"];
    assert_eq!(run("r2", &cases), cases);
    assert_eq!(run("r3", &["a.t::one", "a.t::two"]), ["a.t::one", "a.t::two"]);
}

/// Such as by -x, or since another file did not load.
#[test]
fn a_run_that_stopped_early_leaves_no_old_green() {
    let mut session = session();
    let mut run = |id: &str, results: &[TestResult]| {
        let _ = session.handle(request(id, &[]));
        let _ = event(&mut session, id, RunEvent::Collected(2));
        for result in results {
            let _ = finish(&mut session, id, result.clone());
        }
        words(&end(&mut session, id, End::Completed))
    };
    assert_eq!(run("r1", &[passed("a.t::one"), passed("a.t::two")]), ["save 2", "ended"]);
    let stale = ["stale a.t::two", "save 2", "ended"];
    assert_eq!(run("r2", &[failed("a.t::one", 2)]), stale);
    let loaded = TestResult::new(id("b.t"), Outcome::Errored);
    let stale = ["stale a.t::one", "diagnostics at 2?", "look for [\"b.t\"]", "save 3", "ended"];
    assert_eq!(run("r3", &[loaded]), stale);
}

#[test]
fn a_case_that_is_no_more_is_forgotten_once_all_cases_ran() {
    let mut session = session();
    let mut run = |id: &str, args: &[&str], total: usize, tests: &[&str]| {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        let request = RunRequest { args, ..RunRequest::new(id.into(), Selection::all()) };
        let _ = session.handle(Input::Run(request));
        let _ = event(&mut session, id, RunEvent::Collected(total));
        for test in tests {
            let _ = finish(&mut session, id, passed(test));
        }
        let _ = end(&mut session, id, End::Completed);
        known(&session)
    };
    let all = ["a.t::one[1]", "a.t::one[2]"];
    assert_eq!(run("r1", &[], 2, &all), all);
    assert_eq!(run("r2", &["-k1"], 1, &["a.t::one[1]"]), all, "an argument left one out");
    assert_eq!(run("r3", &[], 2, &["a.t::one[1]"]), all, "the tool stopped early");
    assert_eq!(run("r4", &[], 1, &["a.t::one[1]"]), ["a.t::one[1]"]);
}

#[test]
fn a_setting_that_means_nothing_is_said_and_holds_nothing_up() {
    let mut session = session();
    let workspace = Workspace { warnings: vec!["odd".into()], ..workspace() };
    let _ = session.handle(Input::Resolved { folder: "w".into(), workspace: Box::new(workspace) });
    let effects = session.handle(request("r1", &[]));
    assert_eq!(words(&effects), ["queued 2", "warning odd", "start r1 of 0"]);
}

#[test]
fn a_run_waits_until_its_folder_was_read() {
    let mut session = Session::default();
    let _ = session.handle(Input::Announce { folder: "w".into(), root: "/w".into() });
    assert_eq!(words(&session.handle(request("r0", &[]))), [""; 0]);
    let _ = session.handle(Input::Open { folder: "w".into(), root: "/w".into() });
    assert_eq!(words(&session.handle(request("r1", &[]))), [""; 0]);
    let resolved = Input::Resolved { folder: "w".into(), workspace: Box::new(workspace()) };
    assert_eq!(
        words(&session.handle(resolved)),
        ["queued 0", "start r0 of 0", "queued 0", "start r1 of 0"]
    );
}

#[test]
fn what_stands_at_a_cursor_is_known_once_its_file_was_read() {
    let mut session = Session::default();
    let _ = session.handle(Input::Open { folder: "w".into(), root: "/w".into() });
    let at = |path: &str, line| {
        let selection = Selection::At(RelPath::new(path), Position { line, character: 0 });
        Input::Run(RunRequest::new(path.into(), selection))
    };
    let text = TEXT.into();
    let _ = session.handle(Input::Edited { path: "/w/open.t".into(), version: 1, text });
    assert_eq!(words(&session.handle(at("open.t", 3))), [""; 0]);
    assert_eq!(words(&session.handle(at("b.t", 3))), [""; 0]);
    let resolved = Input::Resolved { folder: "w".into(), workspace: Box::new(workspace()) };
    let selected = |effects: Vec<Effect>| -> Vec<String> {
        let plans = effects.into_iter().filter_map(|effect| match effect {
            Effect::Start(plan) => Some(plan.jobs[0].selection[0].to_string()),
            _ => None,
        });
        plans.collect()
    };
    assert_eq!(selected(session.handle(resolved)), ["open.t::two"]);
    let files = workspace().discover(&mut frameworks::Source::new(&RelPath::new("b.t"), TEXT));
    let found = Input::Found { folder: "w".into(), files };
    assert_eq!(selected(session.handle(found)), [""; 0], "more may come");
    assert_eq!(selected(session.handle(Input::ScanEnded("w".into()))), ["b.t::two"]);
}

/// Its configuration may have changed.
#[test]
fn a_run_waits_until_its_folder_was_read_again() {
    let mut session = session();
    let _ = session.handle(Input::Open { folder: "w".into(), root: "/w".into() });
    assert_eq!(words(&session.handle(request("r1", &[]))), [""; 0]);
    let resolved = Input::Resolved { folder: "w".into(), workspace: Box::new(workspace()) };
    assert_eq!(words(&session.handle(resolved)), ["queued 2", "start r1 of 0"]);
}

#[test]
fn a_run_that_is_held_begins_once_all_let_it_go_and_can_be_cancelled() {
    let mut session = session();
    let _ = session.handle(Input::Hold);
    let _ = session.handle(Input::Hold);
    for run in ["r1", "r2"] {
        assert_eq!(words(&session.handle(request(run, &[]))), [""; 0]);
    }
    assert_eq!(words(&session.handle(Input::Cancel("r1".into()))), ["ended"]);
    assert_eq!(words(&session.handle(Input::Release)), [""; 0]);
    assert_eq!(words(&session.handle(Input::Release)), ["queued 2", "start r2 of 0"]);
}

#[test]
fn a_closed_folder_takes_its_diagnostics_and_runs_along() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let _ = finish(&mut session, "r1", failed("a.t::one", 2));
    assert_eq!(
        words(&session.handle(Input::Close("w".into()))),
        ["stop r1", "diagnostics at ", "closed w"]
    );
    assert_eq!(words(&end(&mut session, "r1", End::Cancelled)), ["ended"]);
}

#[test]
fn remembered_outcomes_say_that_they_are_old() {
    let mut session = session();
    let outcomes = vec![(id("a.t::one"), Outcome::Failed)];
    let _ = session.handle(Input::Restored { folder: "w".into(), outcomes });
    assert_eq!(session.record(&id("a.t::one")).unwrap().stale, Some(Stale::Remembered));
    assert_eq!(session.folders().next().unwrap().failed(), [id("a.t::one")]);
}

#[test]
fn remembered_outcomes_are_shown_once_their_tests_are_known() {
    let mut session = session();
    let outcomes = ["a.t::one", "a.t::gone"].map(|test| (id(test), Outcome::Passed));
    let restored = Input::Restored { folder: "w".into(), outcomes: outcomes.into() };
    assert_eq!(words(&session.handle(restored)), [""; 0]);
    let mut scan = || {
        let _ = session.handle(Input::Open { folder: "w".into(), root: "/w".into() });
        let files = workspace().discover(&mut frameworks::Source::new(&RelPath::new("a.t"), TEXT));
        let _ = session.handle(Input::Found { folder: "w".into(), files });
        words(&session.handle(Input::ScanEnded("w".into())))
    };
    assert_eq!(scan(), ["stale a.t::one", "ScanEnded(\"w\")"]);
    assert_eq!(scan(), ["ScanEnded(\"w\")"]);
}

#[test]
fn ended_runs_are_kept_for_a_while_only() {
    let mut session = session();
    for n in 0..40 {
        let run = format!("r{n}");
        let _ = session.handle(request(&run, &[]));
        let _ = end(&mut session, &run, End::Completed);
    }
    assert_eq!(session.runs().count(), KEPT_RUNS);
    assert_eq!(&*session.runs().last().unwrap().id.0, "r39");
}

#[test]
fn the_end_says_whether_the_next_run_is_warm() {
    let said = |fresh, how| {
        let mut session = session();
        let request = RunRequest { fresh, ..RunRequest::new("r1".into(), Selection::all()) };
        let _ = session.handle(Input::Run(request));
        let provenance = Provenance {
            interpreter: "image".into(),
            image: "i".into(),
            container: "c".into(),
            warm: false,
            paths: PathMap::identity(),
            ..Provenance::default()
        };
        let _ = event(&mut session, "r1", RunEvent::Started(Arc::new(provenance)));
        let ended = Ended { how, duration: Duration::ZERO, log: None };
        let line = terminal::end_line(session.run(&"r1".into()).unwrap(), &ended);
        anstream::adapter::strip_str(&line).to_string()
    };
    let of = |fresh| said(fresh, End::Completed);
    assert_eq!(of(false), "no tests in 0 µs (new container; the next run is warm)");
    assert_eq!(of(true), "no tests in 0 µs (new container)");
    let lost = End::Broken(RunError::new(Fault::Interpreter, "it was removed"));
    assert_eq!(said(false, lost), "broken: no tests in 0 µs (new container)");
}

#[test]
fn a_started_run_knows_where_it_runs() {
    let mut session = session();
    let _ = session.handle(request("r1", &[]));
    let provenance = Arc::new(Provenance {
        interpreter: "local".into(),
        image: String::new(),
        container: String::new(),
        warm: false,
        paths: PathMap::identity(),
        ..Provenance::default()
    });
    let _ = event(&mut session, "r1", RunEvent::Started(provenance.clone()));
    let _ = finish(&mut session, "r1", passed("a.t::one"));
    assert_eq!(session.record(&id("a.t::one")).unwrap().provenance.as_ref(), Some(&provenance));
}
