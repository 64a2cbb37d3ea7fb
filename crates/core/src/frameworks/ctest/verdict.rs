//! What the output of one test says of how it went: of GoogleTest, of Catch2, or of any program.

use std::sync::LazyLock;

use regex::Regex;

use crate::frameworks::text::tail;
use crate::model::{Failure, Frame, Place};
use crate::paths::RelPath;
use crate::plan::Site;

/// Where a test stands and ran.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'s> {
    pub(super) site: &'s Site,
    /// Where relative paths begin.
    pub(super) root: &'s RelPath,
    pub(super) definition: Option<&'s Place>,
}

/// What became of one test.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) failures: Vec<Failure>,
    /// Why it was skipped.
    pub(super) reason: Option<String>,
    pub(super) output: String,
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// Where something is told: `path:1: Failure` of GoogleTest, `path:1: FAILED:` of Catch2.
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:(.+?):(\d+)|unknown file): (Failure|Skipped|FAILED:|SKIPPED:)$")
});

/// `path:1: message`, a line of GoogleTest's trace.
static TRACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(.+?):(\d+): (.*)$"));

/// What the C library says of an assertion.
static ASSERTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\S+: (\S+?):(\d+): (?:(.*): )?(Assertion `.*' failed\.)$"));

/// A frame of a sanitizer's stack.
static FRAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ +#\d+ 0x[0-9a-f]+ in (.+) (/\S+?):(\d+)(?::\d+)?$"));

/// What a sanitizer found.
static SANITIZER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:==\d+==ERROR: (\w+Sanitizer: .*)|WARNING: (ThreadSanitizer: .*)|^(\S+?):(\d+):\d+: runtime error: (.*))$",
    )
});

impl Scene<'_> {
    /// Takes apart what a test printed.
    pub(super) fn verdict(self, lines: &[String]) -> Verdict {
        let mut verdict = Verdict::default();
        let mut sections: Vec<&str> = Vec::new();
        let mut printed: Vec<&str> = Vec::new();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            if let Some(found) = HEADING.captures(line) {
                let end = end(lines, at + 1);
                let block: Vec<&str> = lines[at + 1..end].iter().map(String::as_str).collect();
                let place = found.get(1).zip(found.get(2));
                let place = place.and_then(|(path, line)| self.place(path.as_str(), line.as_str()));
                match &found[3] {
                    "Failure" => verdict.failures.push(self.of_googletest(place, line, &block)),
                    "FAILED:" => {
                        verdict.failures.push(self.of_catch(place, line, &sections, &block))
                    }
                    _ => {
                        let reason = joined(&block);
                        let reason =
                            reason.strip_prefix("explicitly with message: ").unwrap_or(&reason);
                        verdict.reason = Some(reason.to_owned()).filter(|it| !it.is_empty());
                    }
                }
                at = end;
            } else if is_rule(line, '-')
                && lines.get(at + 1).is_some_and(|line| !is_rule(line, '-'))
            {
                let close = lines[at + 1..].iter().position(|line| is_rule(line, '-'));
                let close = close.map_or(lines.len(), |close| at + 1 + close);
                // The test's own name comes first.
                sections = lines[at + 1..close].iter().skip(1).map(|it| it.trim()).collect();
                // Behind it is where the test stands, and a line of dots.
                at = (close + 3).min(lines.len());
            } else {
                printed.extend((!is_frame(line)).then_some(line.as_str()));
                at += 1;
            }
        }
        // A section runs again for each one in it.
        let mut seen: Vec<Failure> = Vec::new();
        verdict.failures.retain(|failure| {
            let is_new = !seen.contains(failure);
            seen.extend(is_new.then(|| failure.clone()));
            is_new
        });
        verdict.output = self.site.text_to_host(tail(&text(&printed)));
        verdict
    }

    fn of_googletest(self, place: Option<Place>, heading: &str, block: &[&str]) -> Failure {
        let end =
            block.iter().position(|line| *line == "Google Test trace:").unwrap_or(block.len());
        let frames = block[end..].iter().filter_map(|line| {
            let found = TRACE.captures(line)?;
            Some(Frame { place: self.place(&found[1], &found[2])?, name: found[3].to_owned() })
        });
        let mut frames: Vec<Frame> = frames.collect();
        frames.reverse();
        let told = match &block[..end] {
            // `FAIL() << "why"`
            ["Failed", said @ ..] if !said.is_empty() => said,
            told => told,
        };
        let message = equality(told).or_else(|| value(told)).unwrap_or_else(|| joined(told));
        self.failure(&message, (place, frames), heading, block)
    }

    pub(super) fn of_catch(
        self,
        place: Option<Place>,
        heading: &str,
        sections: &[&str],
        block: &[&str],
    ) -> Failure {
        let sections = if sections.is_empty() {
            String::new()
        } else {
            format!("{}: ", sections.join(" › "))
        };
        let message = format!("{sections}{}", joined(&said_first(block)));
        self.failure(&message, (place, Vec::new()), heading, block)
    }

    fn failure(
        self,
        message: &str,
        (place, frames): (Option<Place>, Vec<Frame>),
        heading: &str,
        block: &[&str],
    ) -> Failure {
        let (place, frames) = self.nearest(place, frames);
        let detail = format!("{heading}\n{}", block.join("\n"));
        Failure {
            message: self.site.text_to_host(message),
            detail: self.site.text_to_host(tail(&detail)).trim_end().to_owned(),
            place,
            frames,
            ..Failure::default()
        }
    }

    /// What any program says when it fails, in its last words if nothing else is known of them.
    pub(super) fn of_program(self, lines: &[String], how: &str) -> Failure {
        let assertion = lines.iter().find_map(|line| {
            let found = ASSERTION.captures(line)?;
            Some((found[4].to_owned(), self.place(&found[1], &found[2])))
        });
        let sanitized = || {
            lines.iter().find_map(|line| {
                let found = SANITIZER.captures(line)?;
                let text = |at: usize| found.get(at).map(|it| it.as_str());
                let place = text(3).zip(text(4)).and_then(|(path, line)| self.place(path, line));
                Some((text(1).or(text(2)).or(text(5))?.to_owned(), place))
            })
        };
        let last = || lines.iter().rfind(|line| !line.trim().is_empty() && !is_frame(line));
        let told = assertion.or_else(sanitized);
        let message = match (&told, last()) {
            (Some((message, _)), _) => message.clone(),
            (None, Some(last)) if how.is_empty() => last.trim().to_owned(),
            (None, Some(last)) => format!("{}: {}", how.trim_end_matches('.'), last.trim()),
            (None, None) if how.is_empty() => "the test failed".to_owned(),
            (None, None) => how.to_owned(),
        };
        // Other stacks follow: where memory was allocated, say.
        let is_frame = |line: &&String| line.trim_start().starts_with('#');
        let stack = lines.iter().skip_while(|line| !is_frame(line)).take_while(is_frame);
        let frames = stack.filter_map(|line| {
            let found = FRAME.captures(line)?;
            Some(Frame { place: self.place(&found[2], &found[3])?, name: found[1].to_owned() })
        });
        let mut frames: Vec<Frame> = frames.collect();
        frames.reverse();
        let place = told.and_then(|(_, place)| place);
        let innermost = frames.last().map(|frame| frame.place.clone());
        let (place, frames) = self.nearest(place.or(innermost), frames);
        Failure {
            message: self.site.text_to_host(&message),
            detail: self.site.text_to_host(tail(&lines.join("\n"))).trim_end().to_owned(),
            place,
            frames,
            ..Failure::default()
        }
    }

    /// The place in the test's own file, where the stack has one; what lies elsewhere becomes part of the stack.
    fn nearest(self, told: Option<Place>, mut frames: Vec<Frame>) -> (Option<Place>, Vec<Frame>) {
        let is_own = |place: &Place| self.definition.is_some_and(|it| it.path == place.path);
        let Some(told) = told else {
            return (self.definition.cloned(), frames);
        };
        let own =
            frames.iter().rfind(|frame| is_own(&frame.place)).map(|frame| frame.place.clone());
        match own.filter(|_| !is_own(&told)) {
            Some(own) => {
                if frames.iter().all(|frame| frame.place != told) {
                    frames.push(Frame { place: told, name: String::new() });
                }
                (Some(own), frames)
            }
            None => (Some(told), frames),
        }
    }

    pub(super) fn place(self, path: &str, line: &str) -> Option<Place> {
        self.site.place(self.root, path, line.parse().ok()?, None)
    }
}

/// Where what is told below a heading ends: both libraries leave a line empty.
fn end(lines: &[String], from: usize) -> usize {
    let is_end = |line: &String| line.is_empty() || HEADING.is_match(line);
    lines[from..].iter().position(is_end).map_or(lines.len(), |at| from + at)
}

/// A line that Catch2 draws.
fn is_rule(line: &str, of: char) -> bool {
    line.len() > 70 && line.chars().all(|c| c == of)
}

/// What the library itself prints around a test.
fn is_frame(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "Filters: ",
        "Randomness seeded to: ",
        "All tests passed (",
        "test cases: ",
        "assertions: ",
        "Run with -? for options",
        "Running main() from ",
        "Note: Google Test filter = ",
        "[==========] ",
        "[----------] ",
        "[  PASSED  ] ",
        "[  FAILED  ] ",
        "[  SKIPPED ] ",
    ];
    STARTS.iter().any(|start| line.starts_with(start))
        || line.ends_with(" host application.") && line.contains(" is a Catch")
        || line.ends_with(" FAILED TEST")
        || line.ends_with(" FAILED TESTS")
        || line.ends_with(" FAILED TEST SUITE")
        || line.ends_with(" FAILED TEST SUITES")
        || is_rule(line, '=')
        || is_rule(line, '~')
}

fn text(lines: &[&str]) -> String {
    let from = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let to = lines.iter().rposition(|line| !line.is_empty()).map_or(from, |at| at + 1);
    lines[from..to].iter().map(|line| format!("{line}\n")).collect()
}

/// What is told, with what is indented behind the line that introduces it, and what a line's `where` lists.
fn joined(block: &[&str]) -> String {
    let mut out = String::new();
    let mut is_listing = false;
    for line in block.iter().map(|line| line.trim()) {
        let separator = match () {
            () if out.is_empty() => "",
            () if out.ends_with(':') || is_listing => " ",
            () => "\n",
        };
        out.push_str(separator);
        out.push_str(line);
        let goes_on = line.ends_with(',') || line.ends_with(", and");
        is_listing = line.ends_with(", where") || is_listing && goes_on;
    }
    out
}

/// What a test says itself, before the messages that were in force: Catch2 tells it behind them.
fn said_first<'b>(block: &[&'b str]) -> Vec<&'b str> {
    match block {
        ["explicitly with messages:", messages @ .., said] => {
            let how = if messages.len() == 1 { "with message:" } else { "with messages:" };
            ["explicitly with message:", said, how]
                .into_iter()
                .chain(messages.iter().copied())
                .collect()
        }
        _ => block.to_vec(),
    }
}

/// `total(1, 100) == 119: expected true, actual false`, and what the test says of it.
fn value(block: &[&str]) -> Option<String> {
    let (first, rest) = block.split_first()?;
    let value = first.strip_prefix("Value of: ")?;
    let lines: Vec<&str> = rest.iter().map(|line| line.trim()).collect();
    let (expected, actual, said) = match lines.as_slice() {
        [actual, expected, said @ ..] if actual.starts_with("Actual: ") => {
            ((*expected).to_owned(), *actual, said)
        }
        // A matcher may say in several lines what it expects.
        lines => {
            let at = lines.iter().position(|line| line.starts_with("Actual: "))?;
            (lines[..at].join(" "), lines[at], &lines[at + 1..])
        }
    };
    let (expected, actual) =
        (expected.strip_prefix("Expected: ")?, actual.strip_prefix("Actual: ")?);
    let said: String = said.iter().map(|line| format!("\n{line}")).collect();
    Some(format!("{value}: expected {expected}, actual {actual}{said}"))
}

/// `total(3, 100) == 357, where total(3, 100) is 300`, and what the test says of it.
fn equality(block: &[&str]) -> Option<String> {
    let (first, rest) = block.split_first()?;
    let sign = match *first {
        "Expected equality of these values:" => "==",
        "Expected equality of these values (ignoring case):" => "== (ignoring case)",
        _ => return None,
    };
    let mut sides: Vec<(&str, &str)> = Vec::new();
    let mut said = Vec::new();
    for line in rest {
        if let Some(value) = line.trim_start().strip_prefix("Which is: ") {
            sides.last_mut()?.1 = value;
        } else if let Some(text) = line.trim_start().strip_prefix("As Text: ") {
            sides.last_mut()?.1 = text;
        } else if let Some(side) =
            line.strip_prefix("  ").filter(|_| said.is_empty() && sides.len() < 2)
        {
            sides.push((side.trim(), ""));
        } else {
            said.push(line.trim());
        }
    }
    let [left, right] = sides.as_slice() else {
        return None;
    };
    let values =
        [left, right].into_iter().filter(|(side, value)| !value.is_empty() && side != value);
    let values: Vec<String> = values.map(|(side, value)| format!("{side} is {value}")).collect();
    let values =
        if values.is_empty() { String::new() } else { format!(", but {}", values.join(", ")) };
    let said: String = said.iter().map(|line| format!("\n{line}")).collect();
    Some(format!("expected {} {sign} {}{values}{said}", left.0, right.0))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    /// As GoogleTest 1.12 says it.
    #[test]
    fn what_is_said_in_several_lines_is_told_in_one() {
        let matcher = [
            "Value of: v",
            "Expected: has 2 elements where",
            "element #0 is equal to 1,",
            "element #1 is equal to 3",
            "  Actual: { 1, 2 }, whose element #1 doesn't match",
            "the stock",
        ];
        let truth = ["Value of: ready", "  Actual: false", "Expected: true", "the stock"];
        let near = [
            "The difference between a and 1.5 is 0.5, which exceeds 0.1, where",
            "a evaluates to 1,",
            "1.5 evaluates to 1.5, and",
            "0.1 evaluates to 0.1.",
            "the stock",
        ];
        let said = [value(&matcher), value(&truth), Some(joined(&near))];
        expect![[r#"
            v: expected has 2 elements where element #0 is equal to 1, element #1 is equal to 3, actual { 1, 2 }, whose element #1 doesn't match
            the stock

            ready: expected true, actual false
            the stock

            The difference between a and 1.5 is 0.5, which exceeds 0.1, where a evaluates to 1, 1.5 evaluates to 1.5, and 0.1 evaluates to 0.1.
            the stock"#]].assert_eq(&said.map(Option::unwrap_or_default).join("\n\n"));
    }
}
