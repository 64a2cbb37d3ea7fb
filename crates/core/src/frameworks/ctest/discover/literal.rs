//! The text of a literal of C++.

use tree_sitter::Node;

use crate::frameworks::Source;

/// What a literal says; `None` for anything else.
pub(super) fn text(source: &Source<'_>, node: Node<'_>) -> Option<String> {
    // Bytes one by one may make a character.
    bytes(source, node).map(|it| String::from_utf8_lossy(&it).into_owned())
}

fn bytes(source: &Source<'_>, node: Node<'_>) -> Option<Vec<u8>> {
    let mut cursor = node.walk();
    let mut children = node.named_children(&mut cursor);
    match node.kind() {
        "string_literal" => {
            Some(children.flat_map(|part| piece(part.kind(), source.slice(part))).collect())
        }
        "raw_string_literal" => {
            let content = children.find(|part| part.kind() == "raw_string_content");
            Some(content.map(|part| source.slice(part).into()).unwrap_or_default())
        }
        "concatenated_string" => children
            .filter(|part| part.kind() != "comment")
            .map(|part| bytes(source, part))
            .collect::<Option<Vec<_>>>()
            .map(|parts| parts.concat()),
        _ => None,
    }
}

fn piece(kind: &str, text: &str) -> Vec<u8> {
    if kind != "escape_sequence" {
        return text.into();
    }
    let escape = &text[1..];
    let character = |digits: &str| {
        let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        code.map(|it| it.to_string().into_bytes())
    };
    let byte = |digits: &str, radix| Some(vec![u8::from_str_radix(digits, radix).ok()?]);
    let known = match escape.chars().next() {
        Some('n') => Some(b"\n".to_vec()),
        Some('t') => Some(b"\t".to_vec()),
        Some('r') => Some(b"\r".to_vec()),
        Some('a') => Some(b"\x07".to_vec()),
        Some('x') => byte(&escape[1..], 16),
        Some('u' | 'U') => character(&escape[1..]),
        Some('0'..='7') => byte(escape, 8),
        _ => None,
    };
    known.unwrap_or_else(|| escape.into())
}
