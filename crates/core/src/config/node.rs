//! A tree of settings in which every value knows who set it, where, and what it replaced.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::explain::Overridden;
use super::layer::Origin;
use super::problem::{ConfigProblem, Location};

/// One layer: who it is, and the text that its spans point into.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) origin: Origin,
    pub(super) text: Option<Arc<str>>,
}

/// A value with its provenance.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) content: Content,
    pub(super) source: Arc<Source>,
    /// The value in the source's text, and the key that it is set by.
    pub(super) span: Range<usize>,
    pub(super) key_span: Range<usize>,
    /// Whether a mistake was taken out of this table: what it seems to lack may have been meant to be there.
    pub(super) damaged: bool,
    /// What this value replaced, the most recent first.
    pub(super) overridden: Vec<Overridden>,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    /// Something that no setting can be: a date, a number too large, null.
    Other(&'static str),
    Array(Vec<Node>),
    Table(Table),
}

pub(super) type Table = BTreeMap<String, Node>;

impl Node {
    /// Reads as much of a TOML text as can be read, and every syntax error.
    pub(super) fn from_toml(origin: Origin, text: &Arc<str>) -> (Self, Vec<ConfigProblem>) {
        let source = Arc::new(Source { origin, text: Some(Arc::clone(text)) });
        let (document, errors) = DeTable::parse_recoverable(text);
        let root = Self::new(Content::Table(table(document.get_ref(), &source)), &source);
        let problems = errors.iter().map(|error| {
            Self { span: error.span().unwrap_or(text.len()..text.len()), ..root.clone() }
                .problem(format!("not valid TOML: {}", error.message()))
        });
        let problems = problems.collect();
        (root, problems)
    }

    /// Reads a tree of values; null is how editors say that a setting is not set.
    pub(super) fn from_values(origin: Origin, values: &Value) -> Self {
        value_from_json(values, &Arc::new(Source { origin, text: None }))
    }

    fn new(content: Content, source: &Arc<Source>) -> Self {
        let source = Arc::clone(source);
        Self { content, source, span: 0..0, key_span: 0..0, damaged: false, overridden: Vec::new() }
    }

    /// An empty table that nobody wrote.
    pub(super) fn empty() -> Self {
        let source = Arc::new(Source { origin: Origin::Defaults, text: None });
        Self::new(Content::Table(Table::new()), &source)
    }

    pub(super) fn table(&self) -> Option<&Table> {
        match &self.content {
            Content::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn table_mut(&mut self) -> Option<&mut Table> {
        match &mut self.content {
            Content::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.table()?.get(key)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn elements(&self) -> &[Self] {
        match &self.content {
            Content::Array(elements) => elements,
            _ => &[],
        }
    }

    pub(super) fn elements_mut(&mut self) -> Option<&mut Vec<Self>> {
        match &mut self.content {
            Content::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The entries of the table at `key`; none where there is no such table.
    pub(super) fn entries(&self, key: &str) -> impl Iterator<Item = (&String, &Self)> {
        self.get(key).and_then(Self::table).into_iter().flatten()
    }

    /// A mistake in this value.
    pub(super) fn problem(&self, message: impl Into<String>) -> ConfigProblem {
        self.problem_at(&self.span, message)
    }

    /// A mistake in having this key at all.
    pub(super) fn key_problem(&self, message: impl Into<String>) -> ConfigProblem {
        self.problem_at(&self.key_span, message)
    }

    fn problem_at(&self, span: &Range<usize>, message: impl Into<String>) -> ConfigProblem {
        ConfigProblem {
            origin: self.source.origin.clone(),
            location: self.locate(span),
            message: message.into(),
            help: None,
        }
    }

    /// Where the value stands.
    pub(super) fn location(&self) -> Option<Location> {
        self.locate(&self.span)
    }

    fn locate(&self, span: &Range<usize>) -> Option<Location> {
        self.source.text.as_ref().map(|text| Location::of(span, text))
    }

    /// What the value is, as a message calls it.
    pub(super) fn describe(&self) -> String {
        match &self.content {
            Content::String(text) => format!("the string {text:?}"),
            Content::Integer(number) => format!("the number {number}"),
            Content::Float(number) => format!("the number {number}"),
            Content::Boolean(value) => format!("`{value}`"),
            Content::Other(_) | Content::Array(_) | Content::Table(_) => self.kind().to_owned(),
        }
    }

    /// What kind of value it is.
    pub(super) fn kind(&self) -> &'static str {
        match &self.content {
            Content::String(_) => "a string",
            Content::Integer(_) | Content::Float(_) => "a number",
            Content::Boolean(_) => "true or false",
            Content::Other(name) => name,
            Content::Array(_) => "an array",
            Content::Table(_) => "a table",
        }
    }

    /// The same values, set by someone else.
    pub(super) fn relabel(&mut self, source: &Arc<Source>) {
        self.source = Arc::clone(source);
        match &mut self.content {
            Content::Array(elements) => elements.iter_mut().for_each(|node| node.relabel(source)),
            Content::Table(table) => table.values_mut().for_each(|node| node.relabel(source)),
            _ => {}
        }
    }

    /// The value alone.
    pub(super) fn to_json(&self) -> Value {
        match &self.content {
            Content::String(text) => text.as_str().into(),
            Content::Integer(number) => (*number).into(),
            Content::Float(number) => (*number).into(),
            Content::Boolean(value) => (*value).into(),
            Content::Other(_) => Value::Null,
            Content::Array(elements) => elements.iter().map(Self::to_json).collect(),
            Content::Table(table) => {
                table.iter().map(|(key, node)| (key.clone(), node.to_json())).collect()
            }
        }
    }

    /// The value as TOML writes it.
    pub(super) fn to_toml(&self) -> String {
        toml_value(&self.to_json())
    }
}

/// A string as TOML writes it.
pub(crate) fn toml_string(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A JSON value as TOML writes it inside a line.
pub(super) fn toml_value(value: &Value) -> String {
    toml::Value::try_from(value).map_or_else(|_| value.to_string(), |value| value.to_string())
}

fn table(table: &DeTable<'_>, source: &Arc<Source>) -> Table {
    let entries = table.iter().map(|(key, value)| {
        let mut node = value_from_toml(value, source);
        node.key_span = key.span();
        (key.get_ref().to_string(), node)
    });
    entries.collect()
}

fn value_from_toml(value: &toml::Spanned<DeValue<'_>>, source: &Arc<Source>) -> Node {
    let content = match value.get_ref() {
        DeValue::String(text) => Content::String(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Content::Other("a number that is too large"), Content::Integer),
        DeValue::Float(number) => finite(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Content::Boolean(*value),
        DeValue::Datetime(_) => Content::Other("a date"),
        DeValue::Array(elements) => {
            Content::Array(elements.iter().map(|value| value_from_toml(value, source)).collect())
        }
        DeValue::Table(entries) => Content::Table(table(entries, source)),
    };
    Node { span: value.span(), key_span: value.span(), ..Node::new(content, source) }
}

fn finite(number: f64) -> Content {
    if number.is_finite() { Content::Float(number) } else { Content::Other("no finite number") }
}

fn value_from_json(value: &Value, source: &Arc<Source>) -> Node {
    let content = match value {
        Value::Null => Content::Other("null"),
        Value::Bool(value) => Content::Boolean(*value),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => Content::Integer(number),
            (None, Some(number)) => finite(number),
            (None, None) => Content::Other("a number that is too large"),
        },
        Value::String(text) => Content::String(text.clone()),
        Value::Array(elements) => {
            Content::Array(elements.iter().map(|value| value_from_json(value, source)).collect())
        }
        Value::Object(entries) => Content::Table(
            entries
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), value_from_json(value, source)))
                .collect(),
        ),
    };
    Node::new(content, source)
}
