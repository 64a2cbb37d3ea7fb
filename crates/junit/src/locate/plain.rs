//! Places as most tools write them: `path:line` and `path:line:column`, somewhere in a line.

use super::frames::{Frame, Trust};
use super::library::is_library_scheme;
use super::line::{frame, number};
use super::path;

/// A path longer than this is none; it bounds how far a look back goes.
const MAX_PATH: usize = 1024;

/// Every `path:line` and `path:line:column`.
pub(super) fn frames(line: &str, frames: &mut Vec<Frame>) {
    let mut from = 0;
    while let Some(colon) = line[from..].find(':').map(|at| from + at) {
        from = colon + 1;
        let Some((number, rest)) = number(&line[colon + 1..]) else {
            continue;
        };
        let start = path_start(line, colon);
        let (column, after) = column(rest);
        let trust = trust(&line[..start], after);
        let frame = frame(&line[start..colon], number, trust);
        let Some(mut frame) =
            frame.filter(|frame| path::is_source(&frame.place.path) && !is_title(rest, after))
        else {
            continue;
        };
        frame.place.column = column;
        frame.library |= is_library_scheme(&line[..start]);
        frames.push(frame);
        from = line.len() - after.len();
    }
}

/// After a line comes no letter; after the place of a definition in a heading comes the test's
/// title.
fn is_title(rest: &str, after_column: &str) -> bool {
    rest.starts_with(char::is_alphanumeric) || after_column.starts_with(" ›")
}

fn column(rest: &str) -> (Option<u32>, &str) {
    match rest.strip_prefix(':').and_then(number) {
        Some((column, rest)) => (Some(column), rest),
        None => (None, rest),
    }
}

/// Where the path before a colon begins.
fn path_start(line: &str, colon: usize) -> usize {
    let mut reach = colon.saturating_sub(MAX_PATH)..colon;
    let floor = reach.find(|&at| line.is_char_boundary(at)).unwrap_or(colon);
    let before = &line[floor..colon];
    let start = url_start(before).unwrap_or_else(|| {
        let start = word_start(before);
        start_with_spaces(before, start).unwrap_or(start)
    });
    floor + start
}

/// The start of a URL that reaches to the end of the text.
fn url_start(before: &str) -> Option<usize> {
    let slashes = before.find("://").map(|at| (at, "://".len()));
    let bundled = || before.rfind("webpack:/").map(|at| (at + "webpack".len(), ":/".len()));
    let (colon, length) = slashes.or_else(bundled)?;
    let (scheme, rest) = (&before[..colon], colon + length);
    if before[rest..].contains(|c: char| c.is_whitespace() || "()[]\"'`".contains(c)) {
        return url_start(&before[rest..]).map(|start| rest + start);
    }
    let is_scheme = |c: char| c.is_ascii_alphabetic() || c == '-';
    let start = scheme.trim_end_matches(is_scheme).len();
    (start < colon).then_some(start)
}

/// The start of a path without spaces that reaches to the end of the text.
pub(super) fn word_start(before: &str) -> usize {
    let mut start = before.len();
    for (at, c) in before.char_indices().rev() {
        let drive = c == ':' && is_drive(before, at);
        let scope = c == '@' && before[..at].ends_with('/');
        let boundary = c.is_whitespace() || "()[]{}<>\"'`,;|=:@".contains(c);
        if boundary && !drive && !scope {
            break;
        }
        start = at;
    }
    start
}

/// `C:\` or `C:/` at the beginning of a word.
pub(super) fn is_drive(text: &str, colon: usize) -> bool {
    let mut before = text[..colon].chars().rev();
    let letter = before.next().is_some_and(|c| c.is_ascii_alphabetic());
    let begins = before.next().is_none_or(|c| !c.is_alphanumeric());
    letter && begins && text[colon + 1..].starts_with(['/', '\\'])
}

/// An absolute path may have spaces where a bracket, or the line, begins with it.
fn start_with_spaces(before: &str, start: usize) -> Option<usize> {
    let bracket = before[..start].rfind('(').map(|at| at + 1);
    let line = before.len() - before.trim_start().len();
    let line = line + if before[line..].starts_with("at ") { 3 } else { 0 };
    [bracket, Some(line)].into_iter().flatten().find(|&from| {
        let path = &before[from.min(start)..];
        from < start && is_rooted(path) && may_have_spaces(path)
    })
}

/// Whether a path begins with `/`, `C:\` or `C:/`.
pub(super) fn is_rooted(path: &str) -> bool {
    match path.as_bytes() {
        [letter, b':', b'\\' | b'/', ..] => letter.is_ascii_alphabetic(),
        path => path.starts_with(b"/"),
    }
}

/// Whether what begins with a root is one path rather than words and one.
pub(super) fn may_have_spaces(path: &str) -> bool {
    let path = path.get(2..).unwrap_or_default();
    !path.contains([':', '(', '"', '\''])
        && ![" at ", " in ", " on ", " - "].iter().any(|word| path.contains(word))
}

/// What stands around a place tells whether a tool put it there.
fn trust(before: &str, rest: &str) -> Trust {
    const WORDS: [&str; 14] = [
        "at",
        "at:",
        "❯",
        "#",
        "from",
        "-->",
        "---",
        "@",
        "vet:",
        "ERROR:",
        "FAIL:",
        "FAILED:",
        "Location:",
        "Trace:",
    ];
    let lead = before.trim();
    let opened = lead.ends_with(['(', '[', '@']);
    let ends = rest.trim_matches(|c: char| c.is_whitespace() || ")]'\".:".contains(c)).is_empty();
    let word = lead.trim_end_matches(['(', '[', '\'', '"']).split_whitespace().next_back();
    let stated = lead.is_empty()
        || ["at ", "❯ ", "# "].iter().any(|frame| lead.starts_with(frame))
        || is_numbered(lead)
        || lead.contains("panicked at")
        || word.is_some_and(|word| WORDS.contains(&word))
        || lead.ends_with('@')
        || (opened || lead.ends_with(['\'', '"']) || lead.ends_with("',")) && ends;
    if stated { Trust::Stated } else { Trust::Mentioned }
}

/// `#0 0x55d in sum(int*, int) /w/sum.cc:12:10`
fn is_numbered(lead: &str) -> bool {
    lead.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}
