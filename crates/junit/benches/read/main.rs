//! How fast a large report is read, side by side with what there is: `cargo xtask bench junit`, which
//! calls this for each of its parts; `cargo bench -p testdock-junit` prints the first of them.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

mod readers;
mod report;

use std::hint::black_box;
use std::time::{Duration, Instant};

use readers::{Count, READERS};
use report::{CASES, Endless, report};

const ROUNDS: usize = 9;
/// How many reports are read at once.
const FILES: usize = 16;

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", path] => std::fs::write(path, report())?,
        ["names"] => READERS.iter().for_each(|(name, _)| println!("{name}")),
        ["round", path] => round(&std::fs::read_to_string(path)?),
        ["peak", reader, path] => peak(reader, &std::fs::read_to_string(path)?),
        ["stream", megabytes] => stream(megabytes.parse().unwrap_or(1000)),
        ["parallel", path] => parallel(&std::fs::read_to_string(path)?),
        _ => table(),
    }
    Ok(())
}

/// All readers in turn, several times; the best of each, and ratios.
fn table() {
    let xml = report();
    println!("{CASES} cases, {:.1} MB, best of {ROUNDS} rounds in turn", megabytes(xml.len()));
    let mut best = [Duration::MAX; READERS.len()];
    for _ in 0..ROUNDS {
        for (best, (_, read)) in best.iter_mut().zip(READERS) {
            *best = time(|| read(&xml)).min(*best);
        }
    }
    let speed = |index: usize| megabytes(xml.len()) / best[index].as_secs_f64();
    for (index, (name, _)) in READERS.iter().enumerate() {
        let [junit, parser, walk] = [0, 1, 2].map(|other| speed(index) / speed(other));
        println!(
            "{name:28} {:7.0} MB/s   {junit:5.2} x quick-junit   {parser:5.2} x junit-parser   {walk:5.2} x bare walk",
            speed(index)
        );
    }
}

/// The best of a few of each reader: `name<TAB>seconds`.
fn round(xml: &str) {
    for (name, read) in READERS {
        let best = (0..5).map(|_| time(|| read(xml))).min().unwrap_or_default();
        println!("{name}\t{}", best.as_secs_f64());
    }
}

/// The most memory that the process had, with the report and with what was made of it.
fn peak(reader: &str, xml: &str) {
    let found = READERS.iter().find(|(name, _)| *name == reader);
    black_box(found.map(|(_, read)| read(xml)));
    println!("{:.0}", peak_megabytes());
}

/// A report that is longer than memory may be, case by case.
fn stream(size: usize) {
    let mut count = Count::default();
    let began = on_processor();
    testdock_junit::visit_reader(Endless::of(size * 1_000_000), &mut count);
    let took = on_processor().saturating_sub(began);
    println!("{}\t{}\t{:.0}", count.0, took.as_secs_f64(), peak_megabytes());
}

/// Many reports on one thread, and on as many as there are processors: `threads<TAB>seconds`.
fn parallel(xml: &str) {
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in [1, most] {
        let began = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let share = (thread..FILES).step_by(threads).count();
                scope.spawn(move || {
                    for _ in 0..share {
                        black_box(testdock_junit::read(black_box(xml.as_bytes())));
                    }
                });
            }
        });
        println!("{threads}\t{}", began.elapsed().as_secs_f64());
    }
}

fn time(read: impl Fn() -> usize) -> Duration {
    let began = on_processor();
    assert_eq!(black_box(read()), CASES);
    on_processor().saturating_sub(began)
}

/// How long this thread was on a processor, which other work on the machine disturbs less than the
/// clock; the clock, where that is not told.
fn on_processor() -> Duration {
    static CLOCK: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| CLOCK.elapsed(), Duration::from_nanos)
}

fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) * 1024.0 / 1e6
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
