//! Names of subtests, from the expressions that make them.

use tree_sitter::Node;

use crate::frameworks::{NamePattern, Source};

/// A name as far as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// All of it.
    Whole(String),
    /// The pieces between what only a run can tell.
    Pieces(Vec<String>),
}

impl Name {
    /// As Go prints it, with the pattern that its names follow where it has gaps.
    pub(super) fn printed(&self) -> (String, Option<NamePattern>) {
        match self {
            Self::Whole(text) => (rewritten(text), None),
            Self::Pieces(pieces) => {
                let pieces: Vec<String> = pieces.iter().map(|piece| rewritten(piece)).collect();
                (pieces.join("…"), Some(NamePattern::new(pieces)))
            }
        }
    }
}

/// The name that an expression makes; `None` where nothing of it is known.
pub(super) fn name(source: &Source<'_>, expression: Node<'_>) -> Option<Name> {
    match expression.kind() {
        "interpreted_string_literal" | "raw_string_literal" => {
            string(source, expression).map(Name::Whole)
        }
        "binary_expression" => concatenation(source, expression),
        "call_expression" => formatted(source, expression),
        "parenthesized_expression" => name(source, expression.named_child(0)?),
        _ => None,
    }
}

/// `"case " + x`.
fn concatenation(source: &Source<'_>, expression: Node<'_>) -> Option<Name> {
    let side = |field| expression.child_by_field_name(field).map(|node| name(source, node));
    let operator = expression.child_by_field_name("operator")?;
    if source.slice(operator) != "+" {
        return None;
    }
    let pieces = |name| match name {
        Some(Name::Whole(text)) => vec![text],
        Some(Name::Pieces(pieces)) => pieces,
        None => vec![String::new(), String::new()],
    };
    let (mut left, right) = (pieces(side("left")?), pieces(side("right")?));
    let joint = left.pop()? + right.first()?;
    left.push(joint);
    left.extend_from_slice(&right[1..]);
    match left.as_slice() {
        [only] => Some(Name::Whole(only.clone())),
        pieces if pieces.iter().all(String::is_empty) => None,
        _ => Some(Name::Pieces(left)),
    }
}

/// `fmt.Sprintf("case %d", n)`.
fn formatted(source: &Source<'_>, call: Node<'_>) -> Option<Name> {
    let function = source.slice(call.child_by_field_name("function")?);
    let format = call.child_by_field_name("arguments")?.named_child(0)?;
    if function.rsplit('.').next() != Some("Sprintf") {
        return None;
    }
    let Some(Name::Whole(format)) = name(source, format) else {
        return None;
    };
    let pieces = pieces(&format);
    match pieces.as_slice() {
        [only] => Some(Name::Whole(only.clone())),
        pieces if pieces.iter().all(String::is_empty) => None,
        _ => Some(Name::Pieces(pieces)),
    }
}

/// What stands between the verbs of a format.
fn pieces(format: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        let piece = pieces.last_mut().expect("never empty");
        if c != '%' {
            piece.push(c);
            continue;
        }
        match chars.find(|c| c.is_alphabetic() || *c == '%') {
            Some('%') => piece.push('%'),
            _ => pieces.push(String::new()),
        }
    }
    pieces
}

/// The value of a string literal.
pub(super) fn string(source: &Source<'_>, literal: Node<'_>) -> Option<String> {
    let text = source.slice(literal);
    if let Some(raw) = text.strip_prefix('`').and_then(|text| text.strip_suffix('`')) {
        return Some(raw.replace('\r', ""));
    }
    let mut chars = text.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut value = String::new();
    while let Some(c) = chars.next() {
        value.push(if c == '\\' { escaped(&mut chars)? } else { c });
    }
    Some(value)
}

/// What stands for the letters after a backslash.
fn escaped(chars: &mut std::str::Chars<'_>) -> Option<char> {
    let code = |chars: &mut std::str::Chars<'_>, digits: usize| {
        let digits: String = chars.take(digits).collect();
        u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
    };
    Some(match chars.next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'v' => '\x0b',
        'x' => code(chars, 2).filter(char::is_ascii)?,
        'u' => code(chars, 4)?,
        'U' => code(chars, 8)?,
        c @ ('\\' | '"' | '\'') => c,
        _ => return None,
    })
}

/// A name as Go prints it: without spaces, and without what cannot be seen.
fn rewritten(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            c if c.is_whitespace() => out.push('_'),
            '\x07' => out.push_str(r"\a"),
            '\x08' => out.push_str(r"\b"),
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}
