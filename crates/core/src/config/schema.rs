//! The JSON schema of `testdock.toml`, and the view of it that the validator walks.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::document::Config;
use crate::frameworks::KINDS;
use crate::frameworks::command::Command;

/// The schema keyword for keys of a table that exclude each other.
pub(crate) const ONE_OF: &str = "x-only-one-of";

/// The schema keyword of a key that means something beside one other key only.
pub(crate) const BELONGS_TO: &str = "x-belongs-to";

/// The schema keyword of a key whose values a page of the documentation lists.
pub(crate) const LISTED_IN: &str = "x-listed-in";

/// The frameworks that a suite may name.
pub(super) fn framework_schema(_: &mut SchemaGenerator) -> Schema {
    let mut names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    names.push(Command::NAME);
    names.sort_unstable();
    json_schema!({ "type": "string", "enum": names, LISTED_IN: "frameworks.md" })
}

/// The JSON schema of `testdock.toml`, as published in `docs/testdock.schema.json`.
pub fn json_schema() -> Value {
    SCHEMA.clone()
}

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let generator = SchemaSettings::draft2020_12().with_transform(WithoutNull).into_generator();
    let mut schema = generator.into_root_schema_for::<Config>().to_value();
    schema["title"] = json!("testdock.toml");
    schema["description"] = json!("The configuration of Testdock.");
    add_profiles(&mut schema);
    schema
});

/// A profile is the document itself once more, so its schema is made from the document's.
fn add_profiles(schema: &mut Value) {
    let mut properties = json!({ "inherits": {
        "type": "string",
        "description": "The profile that this one is laid over.",
    }});
    if let (Some(own), Some(base)) = (properties.as_object_mut(), schema["properties"].as_object())
    {
        own.extend(base.clone());
    }
    schema["$defs"]["Profile"] = json!({
        "type": "object",
        "description": "The same settings again, laid over the others when the profile is chosen.",
        "additionalProperties": false,
        "properties": properties,
    });
    schema["properties"]["profile"] = json!({
        "type": "object",
        "description": "Overlays to choose with `--profile NAME`, each the same document again.",
        "additionalProperties": { "$ref": "#/$defs/Profile" },
    });
}

/// Leaves out what a TOML file has no use for: null (what may be absent is simply not required), defaults
/// that are empty, the widths of Rust's numbers.
#[derive(Clone)]
struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        object.retain(|keyword, value| match keyword.as_str() {
            "default" => *value != Value::Null && *value != json!({}) && *value != json!([]),
            keyword => keyword != "format",
        });
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                object.insert("type".into(), only);
            }
        }
        if let Some(Value::Array(choices)) = object.remove("anyOf") {
            let real = choices.into_iter().filter(|choice| choice["type"] != "null");
            object.extend(real.filter_map(|choice| choice.as_object().cloned()).flatten());
        }
    }
}

/// One place in the schema; a `$ref` is followed wherever it is met.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SchemaView<'s> {
    root: &'s Value,
    here: &'s Value,
}

impl SchemaView<'static> {
    /// The document itself.
    pub(crate) fn document() -> Self {
        Self { root: &SCHEMA, here: &SCHEMA }
    }
}

impl<'s> SchemaView<'s> {
    fn at(self, here: &'s Value) -> Self {
        Self { here, ..self }
    }

    /// A keyword of this place: its own, or of what it refers to.
    pub(crate) fn keyword(self, name: &str) -> Option<&'s Value> {
        self.here.get(name).or_else(|| self.target()?.get(name))
    }

    fn target(self) -> Option<&'s Value> {
        let reference = self.here.get("$ref")?.as_str()?;
        self.root.pointer(reference.strip_prefix('#')?)
    }

    /// The definition of a table by its name; the document itself for none.
    pub(crate) fn definition(self, name: &str) -> Option<Self> {
        match name {
            "" => Some(self.at(self.root)),
            name => self.root.get("$defs")?.get(name).map(|here| self.at(here)),
        }
    }

    /// A keyword of this place alone, not of what it refers to.
    pub(crate) fn own_text(self, name: &str) -> Option<&'s str> {
        self.here.get(name)?.as_str()
    }

    pub(crate) fn text(self, name: &str) -> Option<&'s str> {
        self.keyword(name)?.as_str()
    }

    /// The strings of a keyword that lists some, such as `enum` or `required`.
    pub(crate) fn texts(self, name: &str) -> Vec<&'s str> {
        let list = self.keyword(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(crate) fn number(self, name: &str) -> Option<f64> {
        self.keyword(name)?.as_f64()
    }

    /// The JSON type, `object` for a table.
    pub(crate) fn kind(self) -> &'s str {
        self.text("type").unwrap_or("object")
    }

    fn own_properties(self) -> Option<&'s Map<String, Value>> {
        self.keyword("properties")?.as_object()
    }

    /// The keys that this table knows, with their schemas.
    pub(crate) fn properties(self) -> impl Iterator<Item = (&'s str, Self)> {
        let own = self.own_properties().into_iter().flatten();
        own.map(move |(name, schema)| (name.as_str(), self.at(schema)))
    }

    /// The schema of whatever key this table does not know; `None` where such keys are mistakes.
    pub(crate) fn additional(self) -> Option<Self> {
        let schema = self.keyword("additionalProperties")?;
        schema.is_object().then(|| self.at(schema))
    }

    /// The schema of one key.
    pub(crate) fn property(self, name: &str) -> Option<Self> {
        let own = self.own_properties().and_then(|own| own.get(name));
        own.map(|schema| self.at(schema)).or_else(|| self.additional())
    }

    /// The schema of an array's elements.
    pub(crate) fn items(self) -> Option<Self> {
        self.keyword("items").map(|schema| self.at(schema))
    }
}
