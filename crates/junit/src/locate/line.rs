//! The places in one line of text.
//!
//! A handful of forms have words around the place; all others are `path:line` or `path:line:column`.

use super::Place;
use super::frames::{Frame, Order, Trust};
use super::library::{is_library, is_library_class};
use super::path;

/// A path longer than this is none; it bounds how far a look back goes.
const MAX_PATH: usize = 1024;

/// Adds the places in a line, given the line before it.
pub(super) fn frames(line: &str, previous: &str, frames: &mut Vec<Frame>) {
    let forms = [python, java, dotnet, erlang, bats, php];
    let found = forms.iter().find_map(|form| form(line));
    match found
        .or_else(|| perl(line, previous))
        .or_else(|| labelled(line, previous))
    {
        Some(frame) => frames.push(frame),
        None => plain(line, frames),
    }
}

fn frame(written: &str, line: u32, trust: Trust) -> Option<Frame> {
    let path = path::clean(written)?;
    let order = match path.ends_with(".py") {
        true => Order::InnermostLast,
        false => Order::InnermostFirst,
    };
    let library = is_library(written) || is_library(&path);
    Some(Frame {
        place: Place {
            path,
            line,
            column: None,
        },
        order,
        trust,
        library,
    })
}

/// `File "a.py", line 3, in f`
fn python(line: &str) -> Option<Frame> {
    let (_, rest) = line.split_once("File \"")?;
    let (path, rest) = rest.split_once("\", line ")?;
    let mut frame = frame(path, number(rest)?.0, Trust::Stated)?;
    frame.order = Order::InnermostLast;
    Some(frame)
}

/// `at com.example.FooTest$Inner.method(FooTest.java:3)`; the package tells the folder.
fn java(line: &str) -> Option<Frame> {
    let (_, call) = line.split_once("at ")?;
    let (method, rest) = call.split_once('(')?;
    let (file, rest) = rest.split_once(':')?;
    let (number, rest) = number(rest)?;
    if !rest.starts_with(')') || !is_jvm(file) {
        return None;
    }
    // Before the class may stand a class loader and a module: `app//`, `java.base@17/`. A method of Kotlin may have spaces.
    let method = method.split(' ').next()?.rsplit('/').next()?;
    let class = method.rsplit_once('.')?.0;
    let folders = class
        .rsplit_once('.')
        .map(|(package, _)| package.replace('.', "/") + "/");
    let mut frame = frame(
        &format!("{}{file}", folders.unwrap_or_default()),
        number,
        Trust::Stated,
    )?;
    frame.library |= is_library_class(class);
    Some(frame)
}

fn is_jvm(file: &str) -> bool {
    let extension = file.rsplit_once('.').map(|(_, extension)| extension);
    matches!(
        extension,
        Some("java" | "kt" | "kts" | "scala" | "sc" | "groovy" | "clj" | "cljc")
    )
}

/// `at Example.Tests.Adds() in C:\x\Tests.cs:line 3`
fn dotnet(line: &str) -> Option<Frame> {
    let (before, rest) = line.rsplit_once(":line ")?;
    let (call, path) = before.rsplit_once(" in ")?;
    let mut frame = frame(path, number(rest)?.0, Trust::Stated)?;
    frame.library |= call
        .split_once("at ")
        .is_some_and(|(_, class)| is_library_class(class));
    Some(frame)
}

/// `in function m:f/0 (m.erl, line 3)`
fn erlang(line: &str) -> Option<Frame> {
    let (before, rest) = line.rsplit_once(".erl, line ")?;
    let (_, module) = before.rsplit_once(['(', ' '])?;
    frame(&format!("{module}.erl"), number(rest)?.0, Trust::Stated)
}

/// `(in test file a.bats, line 3)`; frames of helpers say `in file`.
fn bats(line: &str) -> Option<Frame> {
    let (before, rest) = line.rsplit_once(", line ")?;
    let (line, _) = number(rest)?;
    match before.rsplit_once("in test file ") {
        Some((_, path)) => frame(path, line, Trust::Vouched),
        None => frame(before.rsplit_once(" in file ")?.1, line, Trust::Stated),
    }
}

/// `at t/a.t line 3.`; the place of a test that is allowed to fail is not the failure's.
fn perl(line: &str, previous: &str) -> Option<Frame> {
    let (before, rest) = line.rsplit_once(" line ")?;
    let path = before.rsplit_once("at ")?.1;
    if !path::is_source(path) || path.contains(' ') || previous.contains("(TODO)") {
        return None;
    }
    frame(path, number(rest)?.0, Trust::Stated)
}

/// `/a/b.php(3)`, which some compilers write too.
fn php(line: &str) -> Option<Frame> {
    let (before, rest) = line.split_once('(')?;
    let (number, rest) = number(rest)?;
    let path = before
        .rsplit([' ', '\t'])
        .next()
        .filter(|path| path::is_source(path))?;
    if rest.starts_with([')', ',']) {
        frame(path, number, Trust::Stated)
    } else {
        None
    }
}

/// Two lines: `- file   : a.cpp` and `- line   : 3`; or `File: a.c` and `Line: 3`.
fn labelled(line: &str, previous: &str) -> Option<Frame> {
    let line = value_of(line, "line")?.parse().ok()?;
    frame(value_of(previous, "file")?, line, Trust::Vouched)
}

fn value_of<'t>(line: &'t str, label: &str) -> Option<&'t str> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_matches(|c: char| c == '-' || c.is_whitespace());
    name.eq_ignore_ascii_case(label).then(|| value.trim())
}

/// Every `path:line` and `path:line:column`.
fn plain(line: &str, frames: &mut Vec<Frame>) {
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
            frame.filter(|frame| path::is_source(&frame.place.path) && !is_title(rest))
        else {
            continue;
        };
        frame.place.column = column;
        frames.push(frame);
        from = line.len() - after.len();
    }
}

/// After a line comes no letter; after the place of a definition in a heading comes the test's title.
fn is_title(rest: &str) -> bool {
    let after_column = rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
    rest.starts_with(char::is_alphanumeric) || after_column.starts_with(" ›")
}

fn column(rest: &str) -> (Option<u32>, &str) {
    match rest.strip_prefix(':').and_then(number) {
        Some((column, rest)) => (Some(column), rest),
        None => (None, rest),
    }
}

/// A number and what follows it.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// Where the path before a colon begins.
fn path_start(line: &str, colon: usize) -> usize {
    let floor = line.floor_char_boundary(colon.saturating_sub(MAX_PATH));
    let before = &line[floor..colon];
    let start = url_start(before).unwrap_or_else(|| {
        let start = word_start(before);
        start_with_spaces(before, start).unwrap_or(start)
    });
    floor + start
}

/// The start of a URL that reaches to the end of the text.
fn url_start(before: &str) -> Option<usize> {
    let colon = before.rfind("://")?;
    let ends_before =
        before[colon..].contains(|c: char| c.is_whitespace() || "()[]\"'`".contains(c));
    let scheme = before[..colon]
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |at| {
            at + before[at..].chars().next().map_or(0, char::len_utf8)
        });
    (!ends_before && scheme < colon).then_some(scheme)
}

/// The start of a path without spaces that reaches to the end of the text.
fn word_start(before: &str) -> usize {
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
fn is_drive(text: &str, colon: usize) -> bool {
    let letter = text[..colon]
        .chars()
        .next_back()
        .is_some_and(|c| c.is_ascii_alphabetic());
    let word = !text[..colon.saturating_sub(1)].ends_with(|c: char| c.is_alphanumeric());
    letter && word && text[colon + 1..].starts_with(['/', '\\'])
}

/// An absolute path may have spaces where a bracket, or the line, begins with it.
fn start_with_spaces(before: &str, start: usize) -> Option<usize> {
    let bracket = before[..start].rfind('(').map(|at| at + 1);
    let line = before.len() - before.trim_start().len();
    let line = line
        + if before[line..].starts_with("at ") {
            3
        } else {
            0
        };
    [bracket, Some(line)].into_iter().flatten().find(|&from| {
        let path = &before[from.min(start)..];
        let plain = !path.contains([':', '(', '"', '\''])
            && ![" at ", " in ", " - "]
                .iter()
                .any(|word| path.contains(word));
        from < start && path.starts_with('/') && plain
    })
}

/// What stands around a place tells whether a tool put it there.
fn trust(before: &str, rest: &str) -> Trust {
    const WORDS: [&str; 8] = ["at", "at:", "❯", "#", "from", "-->", "Location:", "Trace:"];
    let lead = before.trim();
    let opened = lead.ends_with(['(', '[', '@']);
    let ends = rest
        .trim_matches(|c: char| c.is_whitespace() || ")]'\".".contains(c))
        .is_empty();
    let word = lead
        .trim_end_matches(['(', '[', '\'', '"'])
        .split_whitespace()
        .next_back();
    let stated = lead.is_empty()
        || ["at ", "❯ ", "# "]
            .iter()
            .any(|frame| lead.starts_with(frame))
        || lead.contains("panicked at")
        || word.is_some_and(|word| WORDS.contains(&word))
        || lead.ends_with('@')
        || (opened || lead.ends_with(['\'', '"'])) && ends;
    if stated {
        Trust::Stated
    } else {
        Trust::Mentioned
    }
}
