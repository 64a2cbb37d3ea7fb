//! Titles of tests, from the expressions that make them.

use std::sync::LazyLock;

use regex::Regex;
use tree_sitter::Node;

use crate::frameworks::Source;
use crate::frameworks::title::Title;

/// The title of each row of a table: `%i` and `$name` stand for values.
pub(super) fn of_each(title: Title) -> Title {
    static VALUE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"%[sdifjoOpc#$]|%%|\$#|\$[A-Za-z_][\w.]*").expect("a pattern")
    });
    title.with_gaps(|text| {
        let (mut pieces, mut current, mut end) = (Vec::new(), String::new(), 0);
        for value in VALUE.find_iter(text) {
            current.push_str(&text[end..value.start()]);
            end = value.end();
            match value.as_str() {
                "%%" => current.push('%'),
                _ => pieces.push(std::mem::take(&mut current)),
            }
        }
        pieces.push(current + &text[end..]);
        pieces
    })
}

/// The title that an expression makes; `None` where it can be none.
pub(in crate::frameworks::js) fn title(source: &Source<'_>, expression: Node<'_>) -> Option<Title> {
    match expression.kind() {
        "string" => Some(Title::whole(text(source, expression))),
        "template_string" => Some(template(source, expression)),
        "binary_expression" => {
            let side = |field| expression.child_by_field_name(field);
            if source.slice(side("operator")?) != "+" {
                return None;
            }
            Some(title(source, side("left")?)?.with("", title(source, side("right")?)?))
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
            Some(Title::unknown(source.slice(expression)))
        }
        "identifier" | "call_expression" | "subscript_expression" => {
            Some(Title::unknown(source.slice(expression)))
        }
        _ => None,
    }
}

fn template(source: &Source<'_>, expression: Node<'_>) -> Title {
    let mut cursor = expression.walk();
    let parts = expression.named_children(&mut cursor).map(|part| match part.kind() {
        "template_substitution" => Title::unknown(source.slice(part)),
        "escape_sequence" => Title::whole(escaped(source.slice(part))),
        _ => Title::whole(source.slice(part)),
    });
    parts.collect()
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
