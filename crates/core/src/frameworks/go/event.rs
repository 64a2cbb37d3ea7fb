//! The events of `go test -json`.

use std::time::Duration;

use serde::Deserialize;

/// One event; `go doc test2json` and `go help buildjson` describe them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Event {
    pub(super) action: String,
    /// When it happened.
    pub(super) time: String,
    pub(super) package: String,
    /// The test, with its subtests behind slashes; empty where the event is the package's.
    pub(super) test: String,
    /// In seconds.
    pub(super) elapsed: Option<f64>,
    pub(super) output: String,
    /// What was built, of a build's event.
    pub(super) import_path: String,
    /// What of that failed, so that the package did.
    pub(super) failed_build: String,
}

impl Event {
    /// When it happened, as the time since that day began.
    pub(super) fn clock(&self) -> Option<Duration> {
        let clock = self.time.split_once('T')?.1;
        let mut parts = clock.splitn(3, ':');
        let mut number = || parts.next()?.parse::<u64>().ok();
        let minutes = number()? * 60 + number()?;
        let seconds = parts.next()?.trim_end_matches('Z');
        let seconds = seconds.split(['+', '-']).next()?.parse::<f64>().ok()?;
        Some(Duration::from_secs(minutes * 60) + Duration::try_from_secs_f64(seconds).ok()?)
    }
}

/// The package that a line says could not be built: older versions of Go print it as it is.
pub(super) fn unbuilt(line: &str) -> Option<&str> {
    let (package, why) = line.strip_prefix("FAIL\t")?.trim_end().split_once(' ')?;
    matches!(why, "[build failed]" | "[setup failed]").then_some(package)
}

/// Whether a line only says how far a test is, which the events say too.
pub(super) fn is_framing(line: &str) -> bool {
    let line = line.trim_start();
    let marks = [
        "=== RUN ",
        "=== PAUSE ",
        "=== CONT ",
        "=== NAME ",
        "--- PASS: ",
        "--- FAIL: ",
        "--- SKIP: ",
    ];
    marks.iter().any(|mark| line.starts_with(mark))
}

/// Whether a package's own line says that its tests are over, or that it has none.
pub(super) fn is_end(line: &str) -> bool {
    let line = line.trim_end();
    line == "PASS" || line.ends_with("[no test files]") || line.ends_with("[no tests to run]")
}

/// Whether a package's own line only says how it ended.
pub(super) fn is_verdict(line: &str) -> bool {
    let line = line.trim_end();
    let words = ["FAIL\t", "ok  \t", "?   \t", "coverage: ", "testing: warning: "];
    matches!(line, "" | "FAIL" | "PASS") || words.iter().any(|word| line.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_read_whatever_the_zone() {
        let clock = |time: &str| Event { time: time.into(), ..Event::default() }.clock();
        let expected = Some(Duration::from_millis(3_723_250));
        assert_eq!(clock("2025-01-02T01:02:03.25Z"), expected);
        assert_eq!(clock("2025-01-02T01:02:03.25+02:00"), expected);
        assert_eq!(clock("2025-01-02T01:02:03.25-07:00"), expected);
        assert_eq!(clock("yesterday"), None);
        assert_eq!(clock(""), None);
    }

    #[test]
    fn what_could_not_be_built_is_said_in_brackets() {
        assert_eq!(unbuilt("FAIL\texample.com/a [build failed]"), Some("example.com/a"));
        assert_eq!(unbuilt("FAIL\texample.com/a [setup failed]\n"), Some("example.com/a"));
        assert_eq!(unbuilt("FAIL\texample.com/a\t0.1s"), None);
    }
}
