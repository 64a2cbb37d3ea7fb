//! Settings in environment variables: `TESTDOCK_INTERPRETER__BUILD_ARGS__PYTHON=3.12`.
//!
//! Two underscores go one table deeper, one stands for the dash of a known key. A name that the user
//! chooses, such as that of a build argument, stands as it is.

use serde_json::Value;

use super::layer::{Layer, Origin};
use super::problem::nearest;
use super::schema::SchemaView;

const PREFIX: &str = "TESTDOCK_";

/// Makes a layer of each variable that is a setting or was probably meant to be one.
///
/// A wrong name inside a known table, or near to a known name, becomes a layer too, whose mistake
/// [`resolve`](super::resolve) reports; any other variable belongs to someone else.
pub fn environment_layers(variables: impl IntoIterator<Item = (String, String)>) -> Vec<Layer> {
    let mut variables: Vec<_> = variables.into_iter().collect();
    variables.sort();
    variables.iter().filter_map(|(name, value)| layer(name, value)).collect()
}

fn layer(variable: &str, value: &str) -> Option<Layer> {
    let name = variable.strip_prefix(PREFIX)?;
    let path: Vec<&str> = name.split("__").collect();
    let document = SchemaView::document();
    let top = path.first().map(|word| written(word))?;
    // `TESTDOCK_PROFILE` and `TESTDOCK_INTERPRETER` choose one; they define none.
    let ours = document.properties().map(|(name, _)| name).filter(|name| *name != "profile");
    if top == "profile" || name == "INTERPRETER" || nearest(&top, ours).is_none() {
        return None;
    }
    let mut keys = Vec::new();
    let mut place = Some(document);
    for word in path {
        let (key, inner) = step(place, word);
        keys.push(key);
        place = inner;
    }
    let value = typed(value, place);
    let origin = Origin::Environment(variable.to_owned());
    Some(Layer::at_path(origin, keys.iter().map(String::as_str), value))
}

fn step<'s>(place: Option<SchemaView<'s>>, word: &str) -> (String, Option<SchemaView<'s>>) {
    let key = written(word);
    let Some(place) = place else {
        return (key, None);
    };
    if let Some((name, schema)) = place.properties().find(|(name, _)| *name == key) {
        return (name.to_owned(), Some(schema));
    }
    match place.additional() {
        Some(schema) => (word.to_owned(), Some(schema)),
        None => (key, None),
    }
}

/// A word of a variable's name as the file writes it.
fn written(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', "-")
}

/// Text where text is wanted; anything else is read as TOML, so that lists and numbers can be given.
fn typed(value: &str, place: Option<SchemaView<'_>>) -> Value {
    let is_text = place.is_none_or(|schema| schema.kind() == "string");
    let parsed = (!is_text)
        .then(|| toml::from_str::<Value>(&format!("value = {value}")))
        .and_then(Result::ok);
    parsed.and_then(|parsed| parsed.get("value").cloned()).unwrap_or_else(|| value.into())
}
