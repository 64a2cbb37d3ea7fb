//! Places that a word for "line" tells: `in C:\a\B.cs:line 3`, `(m.erl, line 3)`, `at a.t line 3.`,
//! `in test file a.bats, line 3`, `./a.sh: line 3: …`, `on main.tf line 3, in …`.

use super::frames::{Frame, Trust};
use super::library::is_library_class;
use super::line::{frame as new_frame, number};
use super::{path, plain};

pub(super) fn frame(line: &str) -> Option<Frame> {
    if let Some(frame) = apex(line).or_else(|| reversed(line)) {
        return Some(frame);
    }
    let (before, number) = split(line)?;
    let before = before.trim_end_matches([' ', ',', ':']);
    let before = [" on", " at"].iter().find_map(|word| before.strip_suffix(word)).unwrap_or(before);
    let (lead, path) = before.split_at(start(before));
    if !path::is_source(path) {
        return None;
    }
    let mut frame = new_frame(path, number, trust(lead, path)?)?;
    let class = lead.trim_start().split(' ').nth(1).unwrap_or_default();
    frame.library |= is_dotnet(path) && is_library_class(class);
    Some(frame)
}

/// What stands before the word, and the number behind it.
fn split(line: &str) -> Option<(&str, u32)> {
    let words = line.rmatch_indices("line ");
    let mut found = words.filter_map(|(at, word)| {
        let (number, rest) = number(&line[at + word.len()..])?;
        let bounded =
            line[..at].ends_with([' ', ':', ',']) && !rest.starts_with(char::is_alphanumeric);
        bounded.then_some((&line[..at], number))
    });
    found.next().or_else(|| split_foreign(line))
}

/// The platform of .NET speaks its user's language: `in C:\a\B.cs:Zeile 3.`
fn split_foreign(line: &str) -> Option<(&str, u32)> {
    let (before, digits) = line.trim_end().trim_end_matches('.').rsplit_once(' ')?;
    let (number, "") = number(digits)? else { return None };
    let (before, word) = before.rsplit_once(':')?;
    let is_word = !word.is_empty() && word.chars().all(char::is_alphabetic);
    is_word.then_some((before, number))
}

/// Where the path begins that reaches to the end: it may have spaces where it begins with a root.
pub(super) fn start(before: &str) -> usize {
    let is_root = |&at: &usize| {
        let begins =
            before[..at].is_empty() || before[..at].ends_with([' ', '\t', '(', '[', '"', '\'']);
        begins && plain::is_rooted(&before[at..])
    };
    let mut roots = before.char_indices().map(|(at, _)| at).filter(is_root);
    let whole = roots.find(|&at| plain::may_have_spaces(&before[at..]));
    whole.unwrap_or_else(|| plain::word_start(before))
}

/// Whether the words before a path say that it is where something happened.
fn trust(lead: &str, path: &str) -> Option<Trust> {
    const WORDS: [&str; 5] = ["at", "in", "on", "file", "from"];
    let words = lead.trim_end();
    if words.ends_with("in test file") {
        return Some(Trust::Vouched);
    }
    let word = words.rsplit([' ', '\t', '(']).next().unwrap_or_default();
    let stated = words.trim().is_empty() || WORDS.contains(&word) || words.ends_with(['(', ',']);
    (stated || is_dotnet(path)).then_some(Trust::Stated)
}

fn is_dotnet(path: &str) -> bool {
    [".cs", ".fs", ".vb"].iter().any(|end| path.ends_with(end))
}

/// `failed at line 3 in file /a/b.c`
fn reversed(line: &str) -> Option<Frame> {
    let (_, rest) = line.split_once("line ")?;
    let (line, rest) = number(rest.trim_start())?;
    let rest = ["in", "of"].iter().find_map(|word| rest.trim_start().strip_prefix(word))?;
    let path = rest.trim_start().strip_prefix("file ").unwrap_or(rest).trim_start();
    let path = path.split([' ', ',', ';', ')']).next()?.trim_end_matches([':', '.']);
    new_frame(path.trim_matches(['"', '\'']), line, Trust::Stated)
        .filter(|it| path::is_source(&it.place.path))
}

/// `Class.FooTest.adds: line 3, column 7`
fn apex(line: &str) -> Option<Frame> {
    let (class, rest) = line.trim_start().strip_prefix("Class.")?.split_once(": line ")?;
    let (name, _) = class.rsplit_once('.')?;
    let (line, rest) = number(rest)?;
    let name = name.rsplit('.').next()?;
    let mut frame = new_frame(&format!("{name}.cls"), line, Trust::Stated)?;
    frame.place.column = rest.strip_prefix(", column ").and_then(number).map(|(column, _)| column);
    Some(frame)
}
