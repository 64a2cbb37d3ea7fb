//! The language server: how long from a request to the verdict, beside `docker exec`; how long from the end of a test until
//! the editor knows; and what it has of memory after many runs.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};

use crate::editor::Editor;
use crate::shell::say;
use crate::timing::{Contender, Spread, time};

/// What may be added between the first tenth of the runs and the last.
const GROWTH: u64 = 2 << 20;

/// Measures a run of `tests` that the editor asks for and the same by `peer`, in turn.
pub(crate) fn verdicts(
    editor: &mut Editor,
    peer: &mut Contender,
    tests: &[String],
    rounds: usize,
) -> Result<()> {
    time(peer)?;
    editor.run(tests)?;
    let (mut peers, mut shown, mut over) = (Vec::new(), Vec::new(), Vec::new());
    for _round in 0..rounds {
        peers.push(time(peer)?.as_secs_f64());
        let began = SystemTime::now();
        let outcomes = editor.run(tests)?;
        over.push(began.elapsed()?.as_secs_f64());
        let last = outcomes.last().context("the server told no outcome")?;
        shown.push(last.told.duration_since(began)?.as_secs_f64());
    }
    let against = |own: &[f64]| Spread::of(own.iter().zip(&peers).map(|(o, p)| o / p).collect());
    let (shown_ratio, over_ratio) = (against(&shown), against(&over));
    let [peers, shown, over] = [peers, shown, over].map(Spread::of);
    say(format_args!("\nfrom a request on, {rounds} rounds in turn: median (middle half)"));
    say(format_args!("  {:<48} {peers} s", peer.name));
    say(format_args!(
        "  {:<48} {shown} s   × {shown_ratio}",
        "testdock lsp, each test's outcome told"
    ));
    say(format_args!(
        "  {:<48} {over} s   × {over_ratio}",
        "testdock lsp, the run over and its report read"
    ));
    Ok(())
}

/// Where the tests of [`live`] write down when they ended.
const ENDS: &str = "ends.txt";

/// Tests that end one after the other, each with a line that says when.
const LIVE: &str = r#"import pathlib, time, pytest

@pytest.mark.parametrize("n", range(20))
def test_end(n):
    time.sleep(0.03)
    with pathlib.Path(__file__).with_name("ends.txt").open("a") as ends:
        ends.write(f"{time.time_ns()}\n")
"#;

/// Writes the project of [`live`] into `folder`.
pub(crate) fn live_project(folder: &Path, image: &str) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("test_live.py"), LIVE)?;
    fs::write(folder.join("testdock.toml"), format!("[interpreter]\nimage = \"{image}\"\n"))?;
    Ok(())
}

/// Measures how long after the end of a test in its container the editor knows its outcome.
pub(crate) fn live(editor: &mut Editor, folder: &Path, rounds: usize) -> Result<()> {
    let tests = ["test_live.py".to_owned()];
    editor.run(&tests)?;
    let (mut firsts, mut all) = (Vec::new(), Vec::new());
    for _round in 0..rounds {
        let file = folder.join(ENDS);
        fs::remove_file(&file).context("the tests did not say when they ended")?;
        let outcomes = editor.run(&tests)?;
        let cases = outcomes.iter().filter(|outcome| outcome.test.ends_with(']'));
        let text = fs::read_to_string(&file)?;
        let ends = text.lines().map(|line| Ok(UNIX_EPOCH + Duration::from_nanos(line.parse()?)));
        let ends: Vec<SystemTime> = ends.collect::<Result<_>>()?;
        let late = ends
            .iter()
            .zip(cases)
            .map(|(end, case)| Ok(case.told.duration_since(*end)?.as_secs_f64()));
        let late: Vec<f64> = late.collect::<Result<_>>()?;
        ensure!(late.len() == ends.len(), "{} of {} outcomes were told", late.len(), ends.len());
        firsts.extend(late.first());
        all.extend(late);
    }
    let worst = all.iter().copied().fold(0.0, f64::max);
    say(format_args!(
        "\nfrom a test's end to its outcome in the editor, {rounds} rounds of 20 tests: median (middle half)"
    ));
    say(format_args!("  {:<48} {} s", "the first of a run", Spread::of(firsts)));
    say(format_args!("  {:<48} {} s, at most {worst:.3} s", "all", Spread::of(all)));
    Ok(())
}

/// Measures what the server has after a tenth of the runs, and after all of them.
pub(crate) fn memory(editor: &mut Editor, tests: &[String], runs: usize) -> Result<()> {
    let early = runs.div_ceil(10);
    for _run in 0..early {
        editor.run(tests)?;
    }
    let before = editor.memory()?;
    for _run in early..runs {
        editor.run(tests)?;
    }
    let after = editor.memory()?;
    let mega = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    say("\nresident memory of the language server");
    say(format_args!("  after {early:>5} runs {:>8.1} MiB", mega(before)));
    say(format_args!("  after {runs:>5} runs {:>8.1} MiB", mega(after)));
    let words = if after <= before + GROWTH { "within" } else { "more than" };
    say(format_args!("  {words} {:.1} MiB more", mega(GROWTH)));
    Ok(())
}
