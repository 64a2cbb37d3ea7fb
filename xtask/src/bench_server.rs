//! The language server: how long from a request to the verdict, beside `docker exec`, and what it has of memory after
//! many runs.

use std::time::Instant;

use anyhow::Result;

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
    let (mut peers, mut owns) = (Vec::new(), Vec::new());
    for _round in 0..rounds {
        peers.push(time(peer)?.as_secs_f64());
        let began = Instant::now();
        editor.run(tests)?;
        owns.push(began.elapsed().as_secs_f64());
    }
    let ratios = owns.iter().zip(&peers).map(|(own, peer)| own / peer).collect();
    let [peers, owns, ratios] = [peers, owns, ratios].map(Spread::of);
    say(format_args!(
        "\nfrom a request to the verdict, {rounds} rounds in turn: median (middle half)"
    ));
    say(format_args!("  {:<48} {peers} s", peer.name));
    say(format_args!("  {:<48} {owns} s   × {ratios}", "testdock lsp, container warm"));
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
