//! Titles of tests, from the expressions that make them.

use std::sync::LazyLock;

use regex::Regex;
use tree_sitter::Node;

use crate::frameworks::{NamePattern, Source};

/// A title as far as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Title {
    /// How it is called where all of it is not known.
    label: String,
    /// What stands between what only a run can tell.
    pieces: Vec<String>,
}

impl Title {
    fn whole(text: String) -> Self {
        Self { label: text.clone(), pieces: vec![text] }
    }

    /// The title of each row of a table: `%i` and `$name` stand for values.
    pub(super) fn of_each(self) -> Self {
        static VALUE: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"%[sdifjoOpc#$]|%%|\$#|\$[A-Za-z_][\w.]*").expect("a pattern")
        });
        let mut pieces = Vec::new();
        for piece in &self.pieces {
            let mut current = String::new();
            let mut end = 0;
            for value in VALUE.find_iter(piece) {
                current.push_str(&piece[end..value.start()]);
                end = value.end();
                match value.as_str() {
                    "%%" => current.push('%'),
                    _ => pieces.push(std::mem::take(&mut current)),
                }
            }
            pieces.push(current + &piece[end..]);
        }
        Self { pieces, ..self }
    }

    /// Its name in ids, and what results may call it.
    pub(super) fn named(self) -> (String, Option<NamePattern>) {
        match self.pieces.as_slice() {
            [only] => (only.clone(), None),
            _ => (self.label, Some(NamePattern::new(self.pieces))),
        }
    }
}

/// The title that an expression makes; `None` where it can be none.
pub(super) fn title(source: &Source<'_>, expression: Node<'_>) -> Option<Title> {
    match expression.kind() {
        "string" => Some(Title::whole(text(source, expression))),
        "template_string" => Some(template(source, expression)),
        "binary_expression" => {
            let side = |field| expression.child_by_field_name(field);
            if source.slice(side("operator")?) != "+" {
                return None;
            }
            let (mut left, right) = (title(source, side("left")?)?, title(source, side("right")?)?);
            let joint = left.pieces.pop()? + right.pieces.first()?;
            left.pieces.push(joint);
            left.pieces.extend_from_slice(&right.pieces[1..]);
            Some(Title { label: left.label + &right.label, pieces: left.pieces })
        }
        "parenthesized_expression" => title(source, expression.named_child(0)?),
        // A class, or a function, is called by its name.
        "identifier" if source.slice(expression).starts_with(char::is_uppercase) => {
            Some(Title::whole(source.slice(expression).to_owned()))
        }
        "member_expression" => {
            let object = source.slice(expression.child_by_field_name("object")?);
            let is_name = source.slice(expression.child_by_field_name("property")?) == "name";
            let is_plain = object.chars().all(|c| c.is_alphanumeric() || c == '_');
            if is_name && is_plain && object.starts_with(char::is_uppercase) {
                return Some(Title::whole(object.to_owned()));
            }
            Some(unknown(source, expression))
        }
        "identifier" | "call_expression" | "subscript_expression" => {
            Some(unknown(source, expression))
        }
        _ => None,
    }
}

fn unknown(source: &Source<'_>, expression: Node<'_>) -> Title {
    let label = source.slice(expression).split_whitespace().collect::<Vec<_>>().join(" ");
    Title { label, pieces: vec![String::new(), String::new()] }
}

fn template(source: &Source<'_>, expression: Node<'_>) -> Title {
    let mut pieces = vec![String::new()];
    let mut cursor = expression.walk();
    for part in expression.named_children(&mut cursor) {
        let last = pieces.last_mut().expect("never empty");
        match part.kind() {
            "template_substitution" => pieces.push(String::new()),
            "escape_sequence" => last.push_str(&escaped(source.slice(part))),
            _ => last.push_str(source.slice(part)),
        }
    }
    let label = source.slice(expression).trim_matches('`').to_owned();
    Title { label: if pieces.len() == 1 { pieces[0].clone() } else { label }, pieces }
}

/// The value of a string.
fn text(source: &Source<'_>, string: Node<'_>) -> String {
    let mut cursor = string.walk();
    let parts = string.named_children(&mut cursor).map(|part| match part.kind() {
        "escape_sequence" => escaped(source.slice(part)),
        _ => source.slice(part).to_owned(),
    });
    parts.collect()
}

/// What an escape sequence stands for.
fn escaped(sequence: &str) -> String {
    let rest = &sequence[1..];
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    let of_code = rest.strip_prefix("u{").and_then(|digits| code(digits.trim_end_matches('}')));
    let of_code = of_code.or_else(|| code(rest.strip_prefix(['u', 'x'])?));
    match (of_code, rest) {
        (Some(c), _) => c.to_string(),
        (None, "n") => "\n".to_owned(),
        (None, "t") => "\t".to_owned(),
        (None, "r") => "\r".to_owned(),
        (None, "b") => "\u{8}".to_owned(),
        (None, "f") => "\u{c}".to_owned(),
        (None, "v") => "\u{b}".to_owned(),
        (None, "0") => "\0".to_owned(),
        (None, "\n" | "\r\n") => String::new(),
        (None, rest) => rest.to_owned(),
    }
}
