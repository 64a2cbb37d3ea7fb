//! Titles of groups and tests, from the expressions that make them.

use tree_sitter::Node;

use super::super::Tool;
use crate::frameworks::Source;
use crate::frameworks::title::Title;

/// The name of the method that ActiveSupport makes of a sentence.
pub(super) fn of_method(sentence: Title) -> Title {
    let joined = |text: &str| {
        let mut out = String::new();
        for c in text.chars() {
            match c.is_whitespace() {
                true if out.ends_with('_') => {}
                true => out.push('_'),
                false => out.push(c),
            }
        }
        out
    };
    Title::whole("test_").with("", sentence).map(joined)
}

/// The title of a group: what it is about, and in RSpec what of it.
pub(super) fn of_group(
    source: &Source<'_>,
    arguments: Option<Node<'_>>,
    tool: Tool,
    scope: &str,
) -> Title {
    let Some(arguments) = arguments else {
        return Title::whole("");
    };
    let Some(first) = arguments.named_child(0) else {
        return Title::whole("");
    };
    let about = title(source, first).unwrap_or_else(|| Title::unknown(source.slice(first)));
    let is_class = matches!(first.kind(), "constant" | "scope_resolution");
    let is_within = is_class && !source.slice(first).starts_with("::");
    let about = if is_within { Title::whole(scope).with("", about) } else { about };
    let second = arguments.named_child(1).filter(|it| it.kind() == "string");
    let Some(second) = second.filter(|_| tool == Tool::Rspec).and_then(|it| title(source, it))
    else {
        return about;
    };
    let is_method = is_class && second.label().starts_with(['#', '.', ':']);
    about.with(if is_method { "" } else { " " }, second)
}

/// The title of a group of shared examples, whose name stands first.
pub(super) fn of_shared(
    source: &Source<'_>,
    arguments: Option<Node<'_>>,
    before: &str,
) -> Option<Title> {
    let first = arguments?.named_child(0)?;
    let name = title(source, first).unwrap_or_else(|| Title::unknown(source.slice(first)));
    Some(Title::whole(before).with("", name))
}

/// The title of a test; `None` where it has none, or an empty one.
pub(super) fn of_example(
    source: &Source<'_>,
    arguments: Option<Node<'_>>,
    tool: Tool,
) -> Option<Title> {
    let first = arguments?.named_child(0)?;
    match first.kind() {
        "string" if first.named_child_count() == 0 => None,
        // What comes first is what it is marked with.
        "pair" | "hash" => None,
        "simple_symbol" if tool == Tool::Rspec => None,
        _ => Some(title(source, first).unwrap_or_else(|| Title::unknown(source.slice(first)))),
    }
}

/// A test without a title is called by its one line.
pub(super) fn of_block(source: &Source<'_>, block: Option<Node<'_>>) -> Title {
    let line =
        block.filter(|it| it.kind() == "block" && it.start_position().row == it.end_position().row);
    match line {
        Some(block) => {
            let text = source.slice(block).trim_start_matches('{').trim_end_matches('}').trim();
            Title::whole(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        None => Title::unknown("…"),
    }
}

fn title(source: &Source<'_>, expression: Node<'_>) -> Option<Title> {
    match expression.kind() {
        "string" => Some(string(source, expression)),
        "constant" | "scope_resolution" => {
            Some(Title::whole(source.slice(expression).trim_start_matches("::")))
        }
        "simple_symbol" => Some(Title::whole(source.slice(expression).trim_start_matches(':'))),
        "chained_string" => {
            let mut cursor = expression.walk();
            let parts = expression.named_children(&mut cursor).map(|it| string(source, it));
            parts.reduce(|whole, part| whole.with("", part))
        }
        _ => None,
    }
}

fn string(source: &Source<'_>, string: Node<'_>) -> Title {
    let whole = source.slice(string);
    let is_raw = whole.starts_with('\'') || whole.starts_with("%q");
    let mut cursor = string.walk();
    let parts = string.named_children(&mut cursor).map(|part| {
        let text = source.slice(part);
        match part.kind() {
            "interpolation" => Title::unknown(text),
            _ if is_raw => Title::whole(raw(text, whole)),
            "escape_sequence" => Title::whole(escaped(text)),
            _ => Title::whole(text),
        }
    });
    parts.collect()
}

/// The text of a string in which a backslash stands for itself, but before another one and before what bounds the string.
fn raw(text: &str, string: &str) -> String {
    let bounds = [string.trim_start_matches("%q").chars().next(), string.chars().last()];
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_escape =
            c == '\\' && rest.peek().is_some_and(|it| *it == '\\' || bounds.contains(&Some(*it)));
        out.push(if is_escape { rest.next().unwrap_or(c) } else { c });
    }
    out
}

/// What an escape sequence stands for.
fn escaped(sequence: &str) -> String {
    let rest = &sequence[1..];
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    let of_code = rest.strip_prefix('u').map(|it| it.trim_matches(['{', '}']));
    if let Some(c) = of_code.or_else(|| rest.strip_prefix('x')).and_then(code) {
        return c.to_string();
    }
    match rest {
        "n" => "\n".to_owned(),
        "t" => "\t".to_owned(),
        "e" => "\u{1b}".to_owned(),
        "s" => " ".to_owned(),
        rest => rest.to_owned(),
    }
}
