//! Values that stand in a PHP file, as far as they can be told without running it.

use tree_sitter::Node;

use crate::frameworks::Source;
use crate::frameworks::source::named_children;
use crate::frameworks::title::Title;

/// A text as a title, with gaps for what is put into it.
pub(super) fn title(source: &Source<'_>, node: Node<'_>) -> Title {
    match node.kind() {
        "string" => Title::whole(single(inner(source.slice(node), 1))),
        "encapsed_string" => named_children(node)
            .into_iter()
            .map(|part| match part.kind() {
                "string_content" => Title::whole(source.slice(part)),
                "escape_sequence" => Title::whole(unescaped(source.slice(part))),
                _ => Title::unknown(source.slice(part)),
            })
            .collect(),
        "binary_expression" => {
            let side = |name| node.child_by_field_name(name);
            let operator = side("operator").map(|it| source.slice(it));
            match (side("left"), operator, side("right")) {
                (Some(left), Some("."), Some(right)) => {
                    title(source, left).with("", title(source, right))
                }
                _ => Title::unknown(source.slice(node)),
            }
        }
        "parenthesized_expression" => match node.named_child(0) {
            Some(inner) => title(source, inner),
            None => Title::whole(""),
        },
        _ => Title::unknown(source.slice(node)),
    }
}

/// A text that is known.
pub(super) fn text(source: &Source<'_>, node: Node<'_>) -> Option<String> {
    let (text, gaps) = title(source, node).named();
    gaps.is_none().then_some(text)
}

/// Values as Pest writes them into a description.
pub(super) fn values(source: &Source<'_>, nodes: &[Node<'_>]) -> Title {
    const MOST: usize = 3;
    let shown = nodes.iter().take(MOST).map(|node| value(source, *node));
    let more = (nodes.len() > MOST).then(|| Title::whole("…"));
    let joined = shown.chain(more).reduce(|all, next| all.with(", ", next));
    joined.unwrap_or_else(|| Title::whole(""))
}

fn value(source: &Source<'_>, node: Node<'_>) -> Title {
    const LONGEST: usize = 40;
    let written = source.slice(node);
    match node.kind() {
        "string" | "encapsed_string" => match text(source, node) {
            Some(text) if text.chars().count() <= LONGEST && !text.contains(['\n', '\r']) => {
                Title::whole(format!("'{}'", text.replace("...", "…")))
            }
            _ => Title::unknown(written),
        },
        "integer" if written.bytes().all(|it| it.is_ascii_digit()) => Title::whole(written),
        "boolean" | "null" => Title::whole(written.to_ascii_lowercase()),
        "array_creation_expression" => {
            let elements = named_children(node);
            // A key stands before its value, and is not written.
            let last = |it: &Node<'_>| it.named_child_count().checked_sub(1);
            let items = elements.iter().filter_map(|it| it.named_child(last(it)?));
            let items: Vec<Node<'_>> = items.collect();
            Title::whole("[").with("", values(source, &items)).with("", Title::whole("]"))
        }
        _ => Title::unknown(written),
    }
}

/// What stands between quotes.
fn inner(text: &str, quote: usize) -> &str {
    text.get(quote..text.len().saturating_sub(quote)).unwrap_or_default()
}

fn single(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let escaped = rest.next_if(|next| c == '\\' && matches!(next, '\\' | '\''));
        plain.push(escaped.unwrap_or(c));
    }
    plain
}

/// What an escape in double quotes means.
fn unescaped(escape: &str) -> String {
    let code = |digits: &str, base| u32::from_str_radix(digits, base).ok().and_then(char::from_u32);
    let rest = escape.get(1..).unwrap_or_default();
    let known = match rest.chars().next() {
        Some('n') => Some('\n'),
        Some('r') => Some('\r'),
        Some('t') => Some('\t'),
        Some('e') => Some('\u{1b}'),
        Some('v') => Some('\u{b}'),
        Some('f') => Some('\u{c}'),
        Some('u') => code(rest[1..].trim_matches(['{', '}']), 16),
        Some('x') => code(&rest[1..], 16),
        Some('0'..='7') => code(rest, 8),
        Some(c @ ('\\' | '$' | '"')) => Some(c),
        _ => None,
    };
    known.map_or_else(|| escape.to_owned(), String::from)
}
