//! All that the newest run said of a test, as Markdown: for a hover, or a document of its own.

use std::fmt::Write;

use super::words::{count_words, duration_words, printable};
use crate::id::TestId;
use crate::model::{Failure, Provenance, TestResult, Totals};
use crate::session::{Folder, Record, Stale};

/// How much of traces and output is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Lines of each trace, and of the output; the last ones.
    pub lines: usize,
    /// Bytes of each.
    pub bytes: usize,
    /// Tests below a group that are told one by one.
    pub tests: usize,
}

impl Extent {
    /// What fits beside the code.
    pub const HOVER: Self = Self { lines: 15, bytes: 2_000, tests: 5 };
    /// What fits into a document.
    pub const DOCUMENT: Self = Self { lines: 2_000, bytes: 200_000, tests: 50 };
}

/// What is known of a test, or of all tests below a group; `None` where none of them ever ran.
pub fn details(folder: &Folder, id: &TestId, extent: Extent) -> Option<String> {
    if let Some(record) = folder.record(id) {
        return Some(record_details(record, extent));
    }
    let below: Vec<&Record> = folder.records_below(id).collect();
    if below.is_empty() {
        return None;
    }
    let totals = Totals::of(below.iter().map(|record| record.result.outcome));
    let mut text = format!("**{}**\n", count_words(&totals));
    let (bad, good): (Vec<&Record>, Vec<&Record>) =
        below.into_iter().partition(|r| r.result.outcome.is_bad());
    let count = bad.len() + good.len();
    for record in bad.into_iter().chain(good).take(extent.tests) {
        let _ = write!(text, "\n### {}\n\n", plain(&record.result.id.label()));
        text.push_str(&record_details(record, extent));
    }
    if count > extent.tests {
        let _ = write!(text, "\n… and {} more\n", count - extent.tests);
    }
    Some(text)
}

fn record_details(record: &Record, extent: Extent) -> String {
    let mut text = headline(record);
    let result = &record.result;
    if let Some(reason) = &result.reason {
        let _ = write!(text, "\n{}\n", plain(reason));
    }
    for failure in &result.failures {
        push_failure(&mut text, failure, extent);
    }
    push_block(&mut text, "Output", &result.output, extent);
    if let Some(provenance) = &record.provenance {
        let _ = write!(text, "\n_{}_\n", provenance_words(provenance));
    }
    text
}

fn headline(record: &Record) -> String {
    let result: &TestResult = &record.result;
    let time = result
        .duration
        .map(|duration| format!(" in {}", duration_words(duration)))
        .unwrap_or_default();
    let stale = match record.stale {
        None => "",
        Some(Stale::Edited) => ", before the last edit",
        Some(Stale::Remembered) => ", in an earlier session",
        Some(Stale::NotReached) => ", not reached by the last run",
        Some(Stale::Elsewhere) => ", somewhere else than it would run now",
    };
    format!("**{}**{time}{stale}\n", result.outcome.as_str())
}

fn push_failure(text: &mut String, failure: &Failure, extent: Extent) {
    let headline = failure.headline();
    push_block(text, "", &headline, extent);
    if let Some((expected, actual)) = &failure.diff {
        push_block(text, "Expected", expected, extent);
        push_block(text, "Actual", actual, extent);
    }
    if !headline.contains(failure.detail.trim()) {
        push_block(text, "Trace", &failure.detail, extent);
    }
}

fn push_block(text: &mut String, title: &str, content: &str, extent: Extent) {
    let (content, is_cut) = tail(content, extent);
    if content.trim().is_empty() {
        return;
    }
    if !title.is_empty() {
        let _ = write!(text, "\n{title}:\n");
    }
    let cut = if is_cut { "…\n" } else { "" };
    let fence = fence(&content);
    let _ = write!(text, "\n{fence}text\n{cut}{content}\n{fence}\n");
}

/// The end of a text, without what a terminal would act on.
fn tail(text: &str, extent: Extent) -> (String, bool) {
    let text = text.trim_end();
    let mut start = text.len().saturating_sub(extent.bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let last = &text[start..];
    let total = last.lines().count();
    let lines: Vec<&str> = last.lines().skip(total.saturating_sub(extent.lines)).collect();
    (printable(&lines.join("\n")), start > 0 || total > extent.lines)
}

/// A fence that the content does not close.
fn fence(content: &str) -> String {
    let mut fence = "```".to_owned();
    while content.contains(&fence) {
        fence.push('`');
    }
    fence
}

/// Text that Markdown leaves alone.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn provenance_words(provenance: &Provenance) -> String {
    let how = match (provenance.container.is_empty(), provenance.warm) {
        (true, _) => "",
        (false, true) => ", warm container",
        (false, false) => ", new container",
    };
    let profile = provenance.profile.as_ref().map(|name| format!(", profile {}", plain(name)));
    let profile = profile.unwrap_or_default();
    format!("ran in {}{how}{profile}", plain(&provenance.interpreter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_text_is_kept_and_says_that_it_is_one() {
        let extent = Extent { lines: 2, bytes: 9, tests: 1 };
        assert_eq!(tail("a\nb\nc\n", extent), ("b\nc".to_owned(), true));
        assert_eq!(tail("ab\u{1b}[31mc", extent).0, "abc");
        assert_eq!(tail("ééééé", extent), ("éééé".to_owned(), true));
        assert_eq!(tail("x\u{7}", extent), ("x".to_owned(), false));
    }

    #[test]
    fn a_fence_outlasts_what_it_holds() {
        assert_eq!(fence("a ``` b"), "````");
        assert_eq!(plain("a_b[1]"), r"a\_b\[1\]");
    }
}
