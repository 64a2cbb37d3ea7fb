//! The text of a literal of C++.

use tree_sitter::Node;

use crate::frameworks::Source;

/// What a literal says; `None` for anything else.
pub(super) fn text(source: &Source<'_>, node: Node<'_>) -> Option<String> {
    let mut cursor = node.walk();
    let mut children = node.named_children(&mut cursor);
    match node.kind() {
        "string_literal" => {
            Some(children.map(|part| piece(part.kind(), source.slice(part))).collect())
        }
        "raw_string_literal" => {
            let content = children.find(|part| part.kind() == "raw_string_content");
            Some(content.map(|part| source.slice(part).to_owned()).unwrap_or_default())
        }
        "concatenated_string" => children
            .filter(|part| part.kind() != "comment")
            .map(|part| text(source, part))
            .collect::<Option<Vec<_>>>()
            .map(|parts| parts.concat()),
        _ => None,
    }
}

fn piece(kind: &str, text: &str) -> String {
    if kind != "escape_sequence" {
        return text.to_owned();
    }
    let escape = &text[1..];
    let number = |digits: &str, radix| {
        u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from)
    };
    let known = match escape.chars().next() {
        Some('n') => Some("\n".to_owned()),
        Some('t') => Some("\t".to_owned()),
        Some('r') => Some("\r".to_owned()),
        Some('a') => Some("\u{7}".to_owned()),
        Some('x' | 'u' | 'U') => number(&escape[1..], 16),
        Some('0'..='7') => number(escape, 8),
        _ => None,
    };
    known.unwrap_or_else(|| escape.to_owned())
}
