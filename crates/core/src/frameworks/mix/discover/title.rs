//! Titles of tests, from the expressions that make them.

use tree_sitter::Node;

use crate::frameworks::Source;
use crate::frameworks::title::Title;

/// The title that an expression makes.
pub(super) fn title(source: &Source<'_>, expression: Node<'_>) -> Title {
    let unknown = || Title::unknown(source.slice(expression));
    match expression.kind() {
        "string" => string(source, expression, escaped),
        "sigil" => {
            let is_raw = source.slice(expression).starts_with("~S");
            string(source, expression, if is_raw { raw } else { escaped })
        }
        "binary_operator" => {
            let side = |field| expression.child_by_field_name(field);
            let operator = side("operator").map(|it| source.slice(it));
            match (operator, side("left"), side("right")) {
                (Some("<>"), Some(left), Some(right)) => {
                    title(source, left).with("", title(source, right))
                }
                _ => unknown(),
            }
        }
        _ => unknown(),
    }
}

/// The titles of the examples in a module's documentation, which the module's whole name begins.
pub(super) fn of_doctest(source: &Source<'_>, module: Node<'_>) -> Title {
    let name = source.slice(module);
    let any = || Title::unknown("");
    let name = if module.kind() == "alias" { Title::whole(name) } else { Title::unknown(name) };
    Title::whole("doctest ").with("", any()).with("", name).with("", any())
}

fn string(source: &Source<'_>, string: Node<'_>, escaped: fn(&str) -> String) -> Title {
    let mut cursor = string.walk();
    let parts = string.named_children(&mut cursor).map(|part| {
        let text = source.slice(part);
        match part.kind() {
            "interpolation" => Title::unknown(text),
            "escape_sequence" => Title::whole(escaped(text)),
            "quoted_content" => Title::whole(text),
            _ => Title::whole(""),
        }
    });
    parts.collect()
}

fn raw(sequence: &str) -> String {
    sequence.to_owned()
}

/// What an escape sequence stands for.
fn escaped(sequence: &str) -> String {
    let rest = &sequence[1..];
    let code = |digits: &str| {
        u32::from_str_radix(digits.trim_matches(['{', '}']), 16).ok().and_then(char::from_u32)
    };
    if let Some(c) = rest.strip_prefix(['u', 'x']).and_then(code) {
        return c.to_string();
    }
    match rest {
        "n" => "\n".to_owned(),
        "t" => "\t".to_owned(),
        "r" => "\r".to_owned(),
        "s" => " ".to_owned(),
        "e" => "\u{1b}".to_owned(),
        "0" => "\0".to_owned(),
        "\n" => String::new(),
        rest => rest.to_owned(),
    }
}
