//! Holds one layer against the schema: says every mistake in it, and keeps what is right.

use super::node::{Content, Node, Table};
use super::problem::{ConfigProblem, advice};
use super::schema::{ONE_OF, SchemaView};
use super::units::{FORM, check_form};
use crate::containers::mask::{MASK, is_secret_name};

/// Reports every mistake in `node` and returns what is left of it without them.
pub(super) fn validate(
    mut node: Node,
    schema: SchemaView<'_>,
    key: &str,
    problems: &mut Vec<ConfigProblem>,
) -> Option<Node> {
    match (schema.kind(), &mut node.content) {
        ("object", Content::Table(table)) => {
            let before = problems.len();
            validate_table(table, schema, key, problems);
            node.damaged = problems.len() > before;
            Some(node)
        }
        ("array", Content::Array(_)) => validate_array(node, schema, key, problems),
        _ => match check_scalar(&node, schema, key) {
            None => Some(node),
            Some(problem) => {
                problems.push(problem);
                None
            }
        },
    }
}

fn validate_table(
    table: &mut Table,
    schema: SchemaView<'_>,
    key: &str,
    problems: &mut Vec<ConfigProblem>,
) {
    for (name, node) in std::mem::take(table) {
        let inner = join(key, &name);
        match schema.property(&name) {
            Some(schema) => {
                table.extend(validate(node, schema, &inner, problems).map(|node| (name, node)));
            }
            None => problems.push(unknown_key(&node, &name, &inner, schema)),
        }
    }
    keep_one(table, &schema.texts(ONE_OF), problems);
}

fn unknown_key(node: &Node, name: &str, key: &str, schema: SchemaView<'_>) -> ConfigProblem {
    let valid: Vec<_> = schema.properties().map(|(name, _)| name).collect();
    let mut problem = node.key_problem(format!("unknown setting `{key}`"));
    problem.help = advice(name, &valid);
    problem
}

/// Of keys that exclude each other, keeps the one that comes first in `group`.
fn keep_one(table: &mut Table, group: &[&str], problems: &mut Vec<ConfigProblem>) {
    let mut present = group.iter().filter(|name| table.contains_key(**name));
    let Some(kept) = present.next() else { return };
    let extra: Vec<_> = present.copied().collect();
    for name in extra {
        if let Some(node) = table.remove(name) {
            let message = format!("`{name}` and `{kept}` exclude each other");
            problems.push(ConfigProblem {
                help: Some("keep one of them".to_owned()),
                ..node.key_problem(message)
            });
        }
    }
}

/// An array of tables keeps the good parts of each; any other array is good or bad as a whole, since a
/// command without one of its words is another command.
fn validate_array(
    mut node: Node,
    schema: SchemaView<'_>,
    key: &str,
    problems: &mut Vec<ConfigProblem>,
) -> Option<Node> {
    let items = schema.items()?;
    let elements = std::mem::take(node.elements_mut()?);
    let count = elements.len();
    if schema.number("minItems").is_some_and(|least| (count as f64) < least) {
        problems.push(node.problem(format!("`{key}` must not be empty")));
        return None;
    }
    let numbered = elements.into_iter().enumerate();
    let valid = numbered.filter_map(|(index, element)| {
        validate(element, items, &format!("{key}[{index}]"), problems)
    });
    let valid: Vec<_> = valid.collect();
    let usable = items.kind() == "object" || valid.len() == count;
    usable.then_some(Node { content: Content::Array(valid), ..node })
}

fn check_scalar(node: &Node, schema: SchemaView<'_>, key: &str) -> Option<ConfigProblem> {
    match (schema.kind(), &node.content) {
        ("string", Content::String(text)) => check_text(node, text, schema, key),
        ("integer" | "number", Content::Integer(number)) => {
            check_number(node, *number as f64, schema, key)
        }
        ("number", Content::Float(number)) => check_number(node, *number, schema, key),
        ("boolean", Content::Boolean(value)) => check_flag(node, *value, schema, key),
        _ => Some(wrong_type(node, schema, key)),
    }
}

fn check_flag(
    node: &Node,
    value: bool,
    schema: SchemaView<'_>,
    key: &str,
) -> Option<ConfigProblem> {
    let only = schema.keyword("const")?.as_bool()?;
    (value != only).then(|| ConfigProblem {
        help: Some("leave it out instead".to_owned()),
        ..node.problem(format!("`{key}` can only be {only}"))
    })
}

fn check_text(node: &Node, text: &str, schema: SchemaView<'_>, key: &str) -> Option<ConfigProblem> {
    let choices = schema.texts("enum");
    if !choices.is_empty() && !choices.contains(&text) {
        let problem = node.problem(format!("unknown value {text:?} of `{key}`"));
        return Some(ConfigProblem { help: advice(text, &choices), ..problem });
    }
    if text.is_empty() && schema.number("minLength").is_some() {
        return Some(node.problem(format!("`{key}` must not be empty")));
    }
    let error = check_form(schema.text(FORM)?, text).err()?;
    Some(node.problem(format!("`{key}`: {error}")))
}

fn check_number(
    node: &Node,
    number: f64,
    schema: SchemaView<'_>,
    key: &str,
) -> Option<ConfigProblem> {
    let bounds = [
        ("minimum", "at least", f64::ge as fn(&f64, &f64) -> bool),
        ("maximum", "at most", f64::le),
        ("exclusiveMinimum", "more than", f64::gt),
    ];
    bounds.into_iter().find_map(|(keyword, words, holds)| {
        let bound = schema.number(keyword).filter(|bound| !holds(&number, bound))?;
        Some(node.problem(format!("`{key}` must be {words} {bound}, found {number}")))
    })
}

fn wrong_type(node: &Node, schema: SchemaView<'_>, key: &str) -> ConfigProblem {
    let found = if is_secret_name(key) { node.kind().to_owned() } else { node.describe() };
    let message = format!("`{key}`: expected {}, found {found}", expected(schema));
    ConfigProblem { help: remedy(node, schema, key), ..node.problem(message) }
}

fn expected(schema: SchemaView<'_>) -> String {
    let plural = |schema: Option<SchemaView<'_>>| match schema.map_or("", SchemaView::kind) {
        "string" => " of strings",
        "object" => " of tables",
        _ => "",
    };
    match schema.kind() {
        "string" => match example(schema) {
            Some(example) => format!("a string such as {example}"),
            None => "a string".to_owned(),
        },
        "integer" => "a whole number".to_owned(),
        "number" => "a number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => format!("an array{}", plural(schema.items())),
        _ => format!("a table{}", plural(schema.additional())),
    }
}

fn example(schema: SchemaView<'_>) -> Option<String> {
    Some(schema.keyword("examples")?.as_array()?.first()?.to_string())
}

/// What to write instead, where it can be told from what was written.
fn remedy(node: &Node, schema: SchemaView<'_>, key: &str) -> Option<String> {
    let items = schema.items().map(SchemaView::kind);
    match (&node.content, schema.kind(), items) {
        (Content::Table(_), "array", Some("object")) => Some(format!("write [[{key}]]")),
        (Content::String(text), "array", Some("string")) => Some(format!("write [{text:?}]")),
        (Content::Integer(_) | Content::Float(_) | Content::Boolean(_), "string", _)
            if example(schema).is_none() =>
        {
            let value = if is_secret_name(key) { MASK.to_owned() } else { node.to_toml() };
            Some(format!("write \"{value}\""))
        }
        _ => None,
    }
}

/// The full key of `name` inside the table `key`, quoted where TOML would quote it.
pub(super) fn join(key: &str, name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name = match !name.is_empty() && name.chars().all(bare) {
        true => name.to_owned(),
        false => format!("{name:?}"),
    };
    if key.is_empty() { name } else { format!("{key}.{name}") }
}
