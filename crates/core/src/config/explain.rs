//! Who set a setting, and what it replaced.

use super::Resolution;
use super::layer::Origin;
use super::node::{Content, Node, toml_value};
use super::problem::{Location, advice};
use super::schema::{BELONGS_TO, SchemaView};
use super::validate::join;
use crate::containers::mask;

/// One setting: its value, who set it, and what each weaker layer said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The full key: `interpreter.env.REGION`, `suite[0].args`.
    pub key: String,
    /// The value as TOML writes it, secrets masked.
    pub value: String,
    /// Who set it.
    pub origin: Origin,
    /// The place in the origin's text, where it is a text.
    pub location: Option<Location>,
    /// What it replaced, the strongest first.
    pub overridden: Vec<Overridden>,
}

/// A value that a stronger layer replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// Its key: another one where an interpreter's source was replaced by one of another kind.
    pub key: String,
    /// The value as TOML writes it, secrets masked.
    pub value: String,
    /// Who had set it.
    pub origin: Origin,
}

/// A key that is no setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no setting is named `{key}`{}", .help.as_ref().map(|help| format!("; {help}")).unwrap_or_default())]
pub struct UnknownSetting {
    key: String,
    help: Option<String>,
}

impl Resolution {
    /// Every setting that has a value, or only `key` and what lies inside it.
    ///
    /// A known setting without a value has no entry; see [`Resolution::problems`] for those that are wrong.
    pub fn explain(&self, key: Option<&str>) -> Result<Vec<Explained>, UnknownSetting> {
        if let Some(key) = key {
            check_key(key)?;
        }
        let mut settings = Vec::new();
        explain(Some(&self.settings), SchemaView::document(), "", &mut settings);
        settings.retain(|setting| key.is_none_or(|key| lies_in(&setting.key, key)));
        Ok(settings)
    }
}

fn lies_in(key: &str, outer: &str) -> bool {
    key.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn check_key(key: &str) -> Result<(), UnknownSetting> {
    let mut place = SchemaView::document();
    for word in key.split('.') {
        let name = word.split('[').next().unwrap_or(word);
        let Some(inner) = place.property(name) else {
            let valid: Vec<_> = place.properties().map(|(name, _)| name).collect();
            return Err(UnknownSetting { key: key.to_owned(), help: advice(name, &valid) });
        };
        place = if word.contains('[') { inner.items().unwrap_or(inner) } else { inner };
    }
    Ok(())
}

fn explain(node: Option<&Node>, schema: SchemaView<'_>, key: &str, settings: &mut Vec<Explained>) {
    match (schema.kind(), node.map(|node| &node.content), schema.items()) {
        ("object", _, _) => explain_table(node, schema, key, settings),
        ("array", Some(Content::Array(elements)), Some(items)) if items.kind() == "object" => {
            for (index, element) in elements.iter().enumerate() {
                explain(Some(element), items, &format!("{key}[{index}]"), settings);
            }
        }
        _ => settings.extend(node.map(|node| set(node, key)).or_else(|| default(schema, key))),
    }
}

fn explain_table(
    node: Option<&Node>,
    schema: SchemaView<'_>,
    key: &str,
    settings: &mut Vec<Explained>,
) {
    let entry = |name: &str| node.and_then(|node| node.get(name));
    for (name, inner) in schema.properties() {
        // What is set counts, also for a source that no setting names.
        let meaningless = inner.text(BELONGS_TO).is_some_and(|owner| entry(owner).is_none())
            || !inner.texts("required").is_empty();
        if entry(name).is_some() || !meaningless {
            explain(entry(name), inner, &join(key, name), settings);
        }
    }
    let chosen_names = node.and_then(Node::table).into_iter().flatten();
    if let Some(inner) = schema.additional() {
        for (name, node) in chosen_names {
            explain(Some(node), inner, &join(key, name), settings);
        }
    }
}

fn set(node: &Node, key: &str) -> Explained {
    Explained {
        key: key.to_owned(),
        value: shown(node, key),
        origin: node.source.origin.clone(),
        location: node.location(),
        overridden: node.overridden.clone(),
    }
}

/// The value as it may be shown: what looks like a secret is not.
pub(super) fn shown(node: &Node, key: &str) -> String {
    let mut words = key.rsplit('.');
    let (name, table) = (words.next().unwrap_or_default(), words.next());
    let mut value = node.to_json();
    // A build's secrets are told by where they are, and are not there.
    if table != Some("secrets") {
        mask::setting(name, &mut value);
    }
    toml_value(&value)
}

fn default(schema: SchemaView<'_>, key: &str) -> Option<Explained> {
    Some(Explained {
        key: key.to_owned(),
        value: toml_value(schema.keyword("default")?),
        origin: Origin::Defaults,
        location: None,
        overridden: Vec::new(),
    })
}
