//! Finds tests as Bats does: by lines that look like the head of one.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::frameworks::listed::Listed;
use crate::frameworks::{ItemKind, NamePattern, Position, Range, Source, Suite, TestItem};
use crate::id::TestId;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

/// `@test "title" {`
static HEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^([ \t]*)@test[ \t]+(.*[^ \t])[ \t]+\{(.*)$"));

/// `function name { # @test`
static COMMENTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^([ \t]*)(?:function[ \t]+)?([^ \t()]+)[ \t]*\(?\)?[ \t]+\{[ \t]+#[ \t]*@test[ \t]*()$",
    )
});

/// `# bats test_tags=slow, db`
static TAGS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[ \t]*#[ \t]*bats[ \t]+(test|file)_tags=(.*)$"));

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let file = suite.of_file(source.path.clone());
    let lines: Vec<&str> = source.text.lines().collect();
    let (mut of_file, mut of_test) = (Vec::new(), Vec::new());
    let mut items = Listed::default();
    for (at, line) in lines.iter().enumerate() {
        if let Some(found) = TAGS.captures(line) {
            let tags = found[2].split(',').map(str::trim).filter(|tag| !tag.is_empty());
            let tags: Vec<Arc<str>> = tags.map(Arc::from).collect();
            *(if &found[1] == "file" { &mut of_file } else { &mut of_test }) = tags;
            continue;
        }
        let Some(found) = HEAD.captures(line).or_else(|| COMMENTED.captures(line)) else {
            continue;
        };
        let title = found.get(2).expect("a group that always takes part");
        let pieces = pieces(title.as_str());
        let is_whole = pieces.len() == 1;
        let last = last_line(&lines, at, &found[1], &found[3]);
        let id = TestId { names: vec![pieces.join("…")], ..file.clone() };
        let item = TestItem {
            kind: if is_whole { ItemKind::Test } else { ItemKind::Parametrised },
            range: Range {
                start: position(at, line, 0),
                end: position(last, lines[last], lines[last].len()),
            },
            name: Range {
                start: position(at, line, title.start()),
                end: position(at, line, title.end()),
            },
            hash: Source::hash_of(&lines[at..=last].join("\n")),
            pattern: (!is_whole).then(|| NamePattern::new(pieces)),
            tags: of_file.iter().cloned().chain(std::mem::take(&mut of_test)).collect(),
            id,
        };
        items.push(item);
    }
    items.into()
}

/// The line of the brace that closes a test: one that stands as the test does.
fn last_line(lines: &[&str], at: usize, indent: &str, rest: &str) -> usize {
    if rest.trim_end().ends_with('}') {
        return at;
    }
    let closes = |line: &&str| line.strip_prefix(indent).is_some_and(|rest| rest.trim_end() == "}");
    let close = lines[at + 1..].iter().position(closes);
    let next = lines[at + 1..].iter().position(|line| HEAD.is_match(line));
    match (close, next) {
        (Some(close), next) if next.is_none_or(|next| close < next) => at + 1 + close,
        (_, Some(next)) => at + next,
        (_, None) => lines.len() - 1,
    }
}

fn position(line: usize, text: &str, byte: usize) -> Position {
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: count(line), character: count(text[..byte].encode_utf16().count()) }
}

/// A title without its quotes, in pieces where the shell fills something in. Bats takes both kinds of quotes for double ones.
fn pieces(title: &str) -> Vec<String> {
    let quoted = |quote| title.strip_prefix(quote).map(|it| it.strip_suffix(quote).unwrap_or(it));
    let mut rest = quoted('"').or_else(|| quoted('\'')).unwrap_or(title);
    let mut pieces = vec![String::new()];
    while let Some(at) = rest.find(['\\', '$', '`', '"']) {
        let last = pieces.last_mut().expect("there is one");
        last.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let filled = match (&rest[at..=at], behind.as_bytes().first()) {
            ("\\", Some(b'"' | b'\\' | b'$' | b'`')) => {
                last.push_str(&behind[..1]);
                rest = &behind[1..];
                continue;
            }
            ("\"", _) => {
                rest = behind;
                continue;
            }
            ("$", Some(b'{')) => behind.find('}').map(|end| end + 1),
            ("$", Some(b'(')) => behind.find(')').map(|end| end + 1),
            ("$", Some(c)) if c.is_ascii_alphabetic() || *c == b'_' => {
                let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                Some(end.unwrap_or(behind.len()))
            }
            ("`", _) => behind.find('`').map(|end| end + 1),
            _ => None,
        };
        if let Some(end) = filled {
            pieces.push(String::new());
            rest = &behind[end..];
        } else {
            last.push_str(&rest[at..=at]);
            rest = behind;
        }
    }
    pieces.last_mut().expect("there is one").push_str(rest);
    pieces
}
