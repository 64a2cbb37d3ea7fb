//! Runs on this machine.

use std::time::{Duration, Instant};

use crate::support::{Bench, Script, all_stubborn, gone_within, processes, stubborn};
use testdock_core::plan::{Candidate, Live, Reports, Source};

fn bench() -> Bench {
    Bench::new(Source::Local)
}

#[tokio::test]
async fn a_script_runs_with_what_it_was_given() {
    let story = bench()
        .run("echo \"$GIVEN\"; cat \"$2/helper\"; echo; cat file.txt; echo oops >&2; echo event >&3; printf 'a\\nb\\n' >$1/report; exit 3")
        .await;
    assert_eq!(story.printed(), "it's given\nbrought along\nhere\noops\n");
    assert_eq!(story.warnings(), ["live event"]);
    assert_eq!(story.results(), ["a", "b"]);
    assert_eq!(story.end(), "Completed");
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let mut script = Script::new("");
    let candidate = |name: &str, check: &[&str]| Candidate {
        argv: vec![name.into()],
        check: check.iter().map(|s| (*s).into()).collect(),
    };
    script.candidates = vec![candidate("no-such-tool", &[]), candidate("false", &["false"])];
    let story = bench().run(script).await;
    assert_eq!(
        story.end(),
        "Interpreter: cannot run the script tests in local: none of no-such-tool, false is there and works [install it]"
    );
}

#[tokio::test]
async fn a_death_without_report_is_said() {
    let story = bench().run("kill -SEGV $$").await;
    assert_eq!(
        story.end(),
        "Process: no report after Signal(11): the process was ended by SIGSEGV (memory that is not its own) []"
    );
}

#[tokio::test]
async fn nothing_survives_a_cancel() {
    cancelled_under(bench(), "31415.92").await;
}

/// The supervisor means the same to every shell that may be named sh.
#[tokio::test]
async fn nothing_survives_a_cancel_under_another_shell() {
    for (mark, shell) in [("31416.1", "dash"), ("31416.2", "bash"), ("31416.3", "busybox")] {
        let mut bench = bench();
        let Some(path) = shell_first(&bench, shell) else {
            println!("skipped: there is no {shell}");
            continue;
        };
        bench.interpreter.options.env.insert("PATH".into(), path);
        cancelled_under(bench, mark).await;
    }
}

/// A `PATH` on which `sh` is this shell.
fn shell_first(bench: &Bench, shell: &str) -> Option<String> {
    let path = std::env::var("PATH").unwrap();
    let found = std::env::split_paths(&path).map(|dir| dir.join(shell)).find(|it| it.is_file())?;
    let dir = bench.dir.path().join("shell");
    std::fs::create_dir(&dir).unwrap();
    std::os::unix::fs::symlink(found, dir.join("sh")).unwrap();
    Some(format!("{}:{path}", dir.display()))
}

async fn cancelled_under(bench: Bench, mark: &str) {
    let mut run = bench.start(stubborn(mark).as_str());
    run.until_printed("up").await;
    all_stubborn(mark).await;
    let asked = Instant::now();
    run.cancel.cancel();
    let story = run.end().await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert_eq!(story.end(), "Cancelled");
    gone_within(Duration::from_millis(500), || processes(mark)).await;
}

#[tokio::test]
async fn time_runs_out() {
    let mut bench = bench();
    bench.timeout = Some(Duration::from_millis(300));
    let story = bench.run("sleep 27182").await;
    assert_eq!(story.end(), "TimedOut(300ms)");
    gone_within(Duration::from_millis(500), || processes("27182")).await;
}

#[tokio::test]
async fn leftovers_go_when_the_run_has_ended() {
    let hidden = "(setsid env -i sleep 16180 </dev/null >/dev/null 2>&1 3>&- &)";
    let story = bench().run(format!("sleep 16180 & {hidden}; echo r >$1/report").as_str()).await;
    assert_eq!(story.end(), "Completed");
    gone_within(Duration::from_secs(1), || processes("16180")).await;
}

#[tokio::test]
async fn a_flood_is_bounded_and_lies_in_the_log() {
    let bench = bench();
    let story =
        bench.run("yes 0123456789abcdef | head -c 200000000; echo end; echo r >$1/report").await;
    assert_eq!(story.end(), "Completed");
    let printed = story.printed();
    assert!(printed.len() < 9 << 20, "{}", printed.len());
    assert!(printed.ends_with("end\n"));
    let log = story.ended().log.clone().unwrap();
    let len = std::fs::metadata(&log).unwrap().len();
    assert!((64 << 20..66 << 20).contains(&len), "{len}");
}

#[tokio::test]
async fn reports_of_the_workspace_are_those_of_this_run() {
    let bench = bench();
    std::fs::write(bench.root.join("old.xml"), "old").unwrap();
    let mut script = Script::new("echo new >new.xml");
    script.reports = Reports::Workspace(vec!["*.xml".into()]);
    let story = bench.run(script).await;
    assert_eq!(story.results(), ["new"]);
}

#[tokio::test]
async fn a_command_runs_once_for_each_step() {
    let bench = bench();
    let mut script = Script::new("echo $3 $4; echo $3 >>$1/$3; [ $3 != two ]");
    script.reports = Reports::Scratch(["one", "two", "three"].map(str::to_owned).to_vec());
    let step = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    script.steps = vec![step(&["one", "$x ' y"]), step(&["two"]), step(&["three"])];
    let story = bench.run(script).await;
    assert_eq!(story.printed(), "one $x ' y\ntwo\nthree\n");
    assert_eq!(story.results(), ["one", "two", "three"]);
    assert_eq!(story.end(), "Completed");
}

#[tokio::test]
async fn each_command_of_a_run_answers_for_itself() {
    let bench = bench();
    let mut script = Script::new(
        "printf \"tell $3\" >&2; echo $3 >&$TESTDOCK_EVENTS_FD; [ $3 != two ] || exit 0; echo $3 >$1/$3",
    );
    script.reports = Reports::Scratch(["one", "two", "three"].map(str::to_owned).to_vec());
    script.steps = ["one", "two", "three"].map(|word| vec![word.to_owned()]).to_vec();
    let story = bench.run(script).await;
    let mut warnings = story.warnings();
    warnings.sort();
    let told =
        ["live one", "live three", "live two", "printed one", "printed three", "printed two"];
    assert_eq!(warnings, told);
    assert_eq!(story.results(), ["one", "three"]);
    assert_eq!(story.end(), "Process: no report after Code(0) []");
}

#[tokio::test]
async fn standard_output_may_be_for_the_reader_alone() {
    let bench = bench();
    let mut script = Script::new("echo event; echo 'tell people' >&2; echo r >$1/report");
    script.live = Live::Stdout;
    let story = bench.run(script).await;
    assert_eq!(story.printed(), "tell people\n");
    let mut warnings = story.warnings();
    warnings.sort();
    assert_eq!(warnings, ["live event", "printed people"]);
}
