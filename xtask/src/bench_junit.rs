//! `cargo xtask bench junit`: the report reader beside its peers, on one large report, in turn.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::shell::{answer, command, python, say, scratch};
use crate::timing::Spread;

/// What Python's readers do with the report; it prints `name<TAB>seconds`.
const PEERS: &str = include_str!("bench_junit.py");
const LONG: Duration = Duration::from_secs(600);

const OURS: &str = "testdock-junit read";
/// Whom the reader is measured against, and by how much it is to be ahead.
const TARGETS: [(&str, f64); 3] =
    [("quick-junit", 10.0), ("junit-parser", 2.0), ("bare quick-xml walk", 0.6)];

pub(crate) fn compare(rounds: usize) -> Result<()> {
    say("building the benchmark (optimised)");
    let report = scratch()?.join("bench-junit.xml");
    ours(&["write"], &report)?;
    let size = fs::metadata(&report).context("cannot read the report")?.len() as f64 / 1e6;
    let python = python("bench-python", &["junitparser", "lxml"]);
    let python =
        python.inspect_err(|error| say(format_args!("without Python's readers: {error:#}"))).ok();
    let mut times: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for _ in 0..rounds {
        let mut told = ours(&["round"], &report)?;
        if let Some(python) = &python {
            told += "\n";
            told += &answer(Command::new(python).args(["-c", PEERS]).arg(&report), LONG)?;
        }
        for (name, seconds) in told.lines().filter_map(|line| line.split_once('\t')) {
            times.entry(name.to_owned()).or_default().push(seconds.parse()?);
        }
    }
    show(&times, size, rounds);
    peaks(&report)?;
    stream()?;
    parallel(&report, size)
}

/// The benchmark of the crate, which cargo builds where that is needed.
fn ours(words: &[&str], report: &Path) -> Result<String> {
    let mut bench = command("cargo", ["bench", "--quiet", "--package", "testdock-junit"]);
    bench.args(["--bench", "read", "--"]).args(words).arg(report);
    answer(&mut bench, LONG)
}

fn show(times: &BTreeMap<String, Vec<f64>>, size: f64, rounds: usize) {
    say(format_args!(
        "\n{size:.1} MB, 100,000 cases, {rounds} rounds in turn: median of MB/s (middle half); beside `{OURS}`"
    ));
    let Some(own) = times.get(OURS) else { return };
    let mut rows: Vec<(Spread, String)> = Vec::new();
    for (name, theirs) in times {
        let speeds = Spread::of(theirs.iter().map(|seconds| size / seconds).collect());
        let ratios = Spread::of(theirs.iter().zip(own).map(|(theirs, own)| theirs / own).collect());
        let target = TARGETS.iter().find(|(peer, _)| peer == name);
        let verdict = target.map_or_else(String::new, |(_, target)| {
            let word = if ratios.median >= *target { "reached" } else { "missed" };
            format!("   target {target} {word}")
        });
        rows.push((speeds, format!("{name:<30} {speeds:.0} MB/s   ours is × {ratios}{verdict}")));
    }
    rows.sort_by(|(one, _), (other, _)| other.median.total_cmp(&one.median));
    rows.iter().for_each(|(_, row)| say(format_args!("  {row}")));
}

fn peaks(report: &Path) -> Result<()> {
    say("\npeak memory, the report itself included");
    for reader in ["quick-junit", "junit-parser", OURS] {
        let peak = ours(&["peak", reader], report)?;
        say(format_args!("  {reader:<30} {peak} MB"));
    }
    Ok(())
}

fn stream() -> Result<()> {
    let told = ours(&["stream"], Path::new("1000"))?;
    let mut told = told.split('\t');
    let (cases, seconds, peak) = (told.next(), told.next(), told.next());
    let (Some(cases), Some(Ok(seconds)), Some(peak)) =
        (cases, seconds.map(str::parse::<f64>), peak)
    else {
        return Ok(());
    };
    say(format_args!(
        "\na report of 1 GB, case by case: {cases} cases, {:.0} MB/s, peak memory {peak} MB",
        1000.0 / seconds
    ));
    Ok(())
}

fn parallel(report: &Path, size: f64) -> Result<()> {
    let told = ours(&["parallel"], report)?;
    let rows: Vec<(&str, f64)> = told
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(threads, seconds)| Some((threads, seconds.parse().ok()?)))
        .collect();
    say(format_args!("\n16 such reports at once, by the clock"));
    for (threads, seconds) in &rows {
        say(format_args!("  {threads} thread(s) {:.0} MB/s", 16.0 * size / seconds));
    }
    Ok(())
}
