//! The reference of all settings, as `docs/configuration.md` shows it.

use std::fmt::Write;

use super::node::toml_value;
use super::schema::{LISTED_IN, SchemaView};

/// The tables of `testdock.toml`: the schema's definition, as people write it, what it means here.
const TABLES: &[(&str, &str)] = &[
    ("", "Top level"),
    ("Interpreter", "`[interpreter]`, `[interpreters.NAME]`"),
    ("Compose", "`compose` of an interpreter"),
    ("Limits", "`limits` of an interpreter"),
    ("Suite", "`[[suite]]`"),
    ("Service", "`[services.NAME]`"),
    ("Health", "`health` of a service"),
];

/// Markdown: for each table its keys with type, default and meaning.
pub fn reference() -> String {
    let document = SchemaView::document();
    let mut text = String::new();
    for (definition, title) in TABLES {
        let Some(schema) = document.definition(definition) else {
            continue;
        };
        let meaning = schema.text("description").unwrap_or_default();
        _ = write!(text, "### {title}\n\n{}\n\n", one_line(meaning));
        text.push_str("| key | type | default | meaning |\n|---|---|---|---|\n");
        for (key, inner) in schema.properties() {
            text.push_str(&row(key, inner, schema.texts("required").contains(&key)));
        }
        text.push('\n');
    }
    text
}

fn row(key: &str, schema: SchemaView<'_>, required: bool) -> String {
    let default = match schema.keyword("default") {
        Some(value) => format!("`{}`", toml_value(value)),
        None if required => "required".to_owned(),
        None => String::new(),
    };
    let meaning = one_line(schema.own_text("description").unwrap_or_default());
    format!("| `{key}` | {} | {default} | {meaning} |\n", kind(schema))
}

fn kind(schema: SchemaView<'_>) -> String {
    if let Some(list) = schema.text(LISTED_IN) {
        return format!("a [name]({list})");
    }
    let choices = schema.texts("enum");
    if !choices.is_empty() {
        return choices
            .iter()
            .map(|choice| format!("`\"{choice}\"`"))
            .collect::<Vec<_>>()
            .join(", ");
    }
    let example = || Some(format!("`{}`", schema.keyword("examples")?.as_array()?.first()?));
    match schema.kind() {
        "string" => {
            example().map_or_else(|| "string".to_owned(), |example| format!("such as {example}"))
        }
        "array" => {
            format!("list of {}s", schema.items().map_or("value", |items| word(items.kind())))
        }
        "object" => match schema.additional() {
            Some(values) => format!("table of {}s", word(values.kind())),
            None => "table".to_owned(),
        },
        other => word(other).to_owned(),
    }
}

/// A JSON type as TOML calls it.
fn word(kind: &str) -> &str {
    match kind {
        "object" => "table",
        "integer" => "whole number",
        kind => kind,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    use super::*;

    const BEGIN: &str = "<!-- generated: settings -->\n";
    const END: &str = "<!-- end of generated -->\n";

    #[test]
    fn every_table_of_the_schema_is_in_the_reference() {
        let schema = super::super::json_schema();
        let mut defined: Vec<_> = schema["$defs"].as_object().unwrap().keys().collect();
        defined.retain(|name| *name != "Profile");
        defined.sort();
        let mut shown: Vec<_> = TABLES[1..].iter().map(|(name, _)| *name).collect();
        shown.sort_unstable();
        assert_eq!(defined, shown);
    }

    #[test]
    fn every_setting_has_a_meaning() {
        assert!(!reference().contains("|  |\n"), "{}", reference());
    }

    /// `UPDATE_EXPECT=1 cargo test` writes it anew.
    #[test]
    fn the_documented_settings_are_those_of_the_types() {
        let document = include_str!("../../../../docs/configuration.md");
        let (before, rest) = document.split_once(BEGIN).expect("begin marker");
        let (_, after) = rest.split_once(END).expect("end marker");
        let current = format!("{before}{BEGIN}\n{}{END}{after}", reference());
        expect_file!["../../../../docs/configuration.md"].assert_eq(&current);
    }

    /// `UPDATE_EXPECT=1 cargo test` writes it anew.
    #[test]
    fn the_published_schema_is_that_of_the_types() {
        let schema = format!("{:#}\n", super::super::json_schema());
        expect_file!["../../../../docs/testdock.schema.json"].assert_eq(&schema);
    }

    /// The file that the documentation shows is the one that the tests understand.
    #[test]
    fn the_documented_example_is_the_tested_one() {
        let document = include_str!("../../../../docs/configuration.md");
        assert!(document.contains(include_str!("example.toml")));
    }
}
