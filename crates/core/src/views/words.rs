//! Numbers in words, the same in every view.

use std::borrow::Cow;
use std::time::Duration;

use crate::id::TestId;
use crate::model::{End, Ended, Stage, Totals};
use crate::session::Run;

/// A duration as people say it: `340 µs`, `12 ms`, `3.4 s`, `2 min 5 s`.
pub fn duration_words(duration: Duration) -> String {
    let micros = duration.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..999_500 => format!("{} ms", (micros + 500) / 1_000),
        999_500..59_950_000 => format!("{:.1} s", duration.as_secs_f64()),
        _ => {
            let seconds = (micros + 500_000) / 1_000_000;
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
    }
}

/// How long ago something was, as people say it: `40 s`, `12 min`, `3 h`, `5 days`.
pub fn age_words(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// A number of bytes as people say it: `512 B`, `3.4 MB`, `1.2 GB`.
pub fn bytes_words(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let mut value = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A limit of memory as people write it, in powers of two: `512 MiB`, `2 GiB`.
pub fn memory_words(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")].into_iter();
    let mut fitting =
        units.filter(|(bits, _)| bytes >> bits > 0 && bytes.trailing_zeros() >= *bits);
    fitting
        .next()
        .map_or_else(|| format!("{bytes} B"), |(bits, unit)| format!("{} {unit}", bytes >> bits))
}

/// A number of things: `1 test`, `3 tests`.
pub fn number_words(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// The names of tests, of many the first few; `None` for none.
pub fn ids_words<'t>(ids: impl IntoIterator<Item = &'t TestId>) -> Option<String> {
    const NAMED: usize = 5;
    let mut ids = ids.into_iter();
    let named: Vec<String> = ids.by_ref().take(NAMED).map(|id| format!("`{id}`")).collect();
    let more = match ids.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!named.is_empty()).then(|| format!("{}{more}", named.join(", ")))
}

const NO_TESTS: &str = "no tests";

/// The counts that are not zero, worst first: `2 failed, 1 errored, 9 passed`.
pub fn count_words(totals: &Totals) -> String {
    let counts = [
        (totals.failed, "failed"),
        (totals.errored, "errored"),
        (totals.passed, "passed"),
        (totals.skipped, "skipped"),
    ];
    let words: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if words.is_empty() { NO_TESTS.to_owned() } else { words.join(", ") }
}

/// What the tests' tools and the tests themselves print must not move a cursor, ring a bell or clear a
/// screen: without escape sequences, and any other control character shown as one.
pub(super) fn printable(text: &str) -> String {
    let shown = |c: char| {
        if c.is_control() && c != '\n' && c != '\t' { char::REPLACEMENT_CHARACTER } else { c }
    };
    anstream::adapter::strip_str(text).to_string().chars().map(shown).collect()
}

/// The same for what has a line to itself, which a name does not get out of.
pub fn printable_line<'t>(text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
    let text = text.into();
    if !text.contains(char::is_control) {
        return text;
    }
    printable(&text).replace('\n', "␤").into()
}

/// A name that was printed so, as it is.
pub fn from_printed_line(text: &str) -> String {
    text.replace('␤', "\n")
}

/// A step on the way to the first test: `building 3/7 RUN pip install .`.
pub fn stage_words(stage: &Stage) -> String {
    match stage {
        Stage::Connecting => "connecting to the engine".to_owned(),
        Stage::Pulling { image, progress } if progress.is_empty() => format!("pulling {image}"),
        Stage::Pulling { image, progress } => format!("pulling {image}: {progress}"),
        Stage::Building { step, of: 0, .. } => format!("building {step}"),
        Stage::Building { step, number, of } => format!("building {number}/{of} {step}"),
        Stage::Services { doing } => doing.clone(),
        Stage::Starting => "starting the container".to_owned(),
        Stage::Waiting => {
            "waiting for another run to end, which writes reports here too".to_owned()
        }
        Stage::Copying { files: 1, .. } => "copying a file of the workspace".to_owned(),
        Stage::Copying { files, .. } => format!("copying {files} files of the workspace"),
    }
}

/// What a run came to: `2 failed, 9 passed`, or of one that only builds `image shop:1 ready`. Where it did not come to its end, also
/// how many tests it did not get to.
pub fn outcome_words(run: &Run) -> String {
    if !run.is_build() {
        let counts = count_words(&run.totals());
        return match run.unreached() {
            unreached @ 1.. if run.totals().all() > 0 => {
                format!("{counts}, {unreached} not reached")
            }
            _ => counts,
        };
    }
    let names: Vec<&str> = run.built.iter().map(|image| image.name.as_str()).collect();
    if names.is_empty() {
        "no image".to_owned()
    } else {
        format!("image {} ready", names.join(", "))
    }
}

/// How a run that came to `what` ended: `2 failed, 9 passed in 3.4 s`.
pub fn end_words(what: &str, ended: &Ended) -> String {
    let time = duration_words(ended.duration);
    match &ended.how {
        End::Completed => format!("{what} in {time}"),
        End::Cancelled => format!("cancelled after {time}: {}", so_far(what)),
        End::TimedOut(limit) => {
            format!("timed out after {}: {}", duration_words(*limit), so_far(what))
        }
        End::Broken(error) => error.message.clone(),
    }
}

/// Where a run did not get to its end, none is not all that there are.
fn so_far(what: &str) -> &str {
    if what == NO_TESTS { "no test had ended" } else { what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_memory_are_as_they_were_written() {
        let words = [200 << 20, 2 << 30, 1536 << 20, 1 << 10, 1025].map(memory_words);
        assert_eq!(words, ["200 MiB", "2 GiB", "1536 MiB", "1 KiB", "1025 B"]);
    }

    #[test]
    fn ages_have_one_number() {
        let words = |seconds| age_words(Duration::from_secs(seconds));
        let said = [0, 59, 60, 3_599, 7_260, 172_799, 172_800].map(words);
        assert_eq!(said, ["0 s", "59 s", "1 min", "59 min", "2 h", "47 h", "2 days"]);
    }

    #[test]
    fn durations_keep_two_or_three_digits() {
        let words = |micros| duration_words(Duration::from_micros(micros));
        assert_eq!(words(340), "340 µs");
        assert_eq!(words(12_300), "12 ms");
        assert_eq!(words(999_400), "999 ms");
        assert_eq!(words(999_600), "1.0 s");
        assert_eq!(words(3_440_000), "3.4 s");
        assert_eq!(words(59_960_000), "1 min 0 s");
        assert_eq!(words(125_000_000), "2 min 5 s");
    }

    #[test]
    fn bytes_take_the_unit_that_fits() {
        let words: Vec<String> =
            [512, 3_440_000, 999_960, 1_200_000_000].into_iter().map(bytes_words).collect();
        assert_eq!(words, ["512 B", "3.4 MB", "1.0 MB", "1.2 GB"]);
    }

    #[test]
    fn one_thing_is_not_several() {
        let words: Vec<String> = [0, 1, 2].into_iter().map(|n| number_words(n, "test")).collect();
        assert_eq!(words, ["0 tests", "1 test", "2 tests"]);
    }

    #[test]
    fn counts_name_what_is_there() {
        let totals = Totals { passed: 9, failed: 2, errored: 1, skipped: 0 };
        assert_eq!(count_words(&totals), "2 failed, 1 errored, 9 passed");
        assert_eq!(count_words(&Totals::default()), "no tests");
    }

    #[test]
    fn what_is_printed_moves_nothing() {
        assert_eq!(printable("a\u{1b}[31mb\u{1b}[2J\tc\n\rd\u{7}"), "ab\tc\n\u{fffd}d");
    }

    #[test]
    fn stages_say_how_far_they_are() {
        let building = |number, of| Stage::Building { step: "RUN make".to_owned(), number, of };
        assert_eq!(stage_words(&building(3, 7)), "building 3/7 RUN make");
        assert_eq!(stage_words(&building(3, 0)), "building RUN make");
    }

    #[test]
    fn the_end_says_how_it_came() {
        let of = |what: &str, how| {
            let duration = Duration::from_millis(20);
            end_words(what, &Ended { how, duration, log: None })
        };
        let words = |how| of("1 passed", how);
        assert_eq!(words(End::Completed), "1 passed in 20 ms");
        assert_eq!(words(End::Cancelled), "cancelled after 20 ms: 1 passed");
        let limit = Duration::from_secs(2);
        assert_eq!(words(End::TimedOut(limit)), "timed out after 2.0 s: 1 passed");
        let nothing = count_words(&Totals::default());
        assert_eq!(of(&nothing, End::Cancelled), "cancelled after 20 ms: no test had ended");
        assert_eq!(of(&nothing, End::Completed), "no tests in 20 ms");
    }
}
