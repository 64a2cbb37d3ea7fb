//! Tables of test cases: composite literals, and the names that stand in their rows.

use std::collections::HashMap;

use tree_sitter::Node;

use super::literal::{self, Name};
use crate::frameworks::Source;

/// What a file says of types and tables, at its top and in the functions looked at.
#[derive(Debug, Default, Clone)]
pub(super) struct Scope<'t> {
    /// Fields of the structs, in order, by the name of their type.
    structs: HashMap<String, Vec<String>>,
    tables: HashMap<String, Node<'t>>,
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'t> {
    /// All of it.
    pub(super) node: Node<'t>,
    key: Option<Node<'t>>,
    value: Node<'t>,
}

/// The rows that a loop goes through, and what it calls their parts.
#[derive(Debug, Clone)]
pub(super) struct Loop<'s, 't> {
    pub(super) rows: Vec<Row<'t>>,
    fields: Vec<String>,
    is_map: bool,
    key: Option<&'s str>,
    value: Option<&'s str>,
}

impl<'t> Scope<'t> {
    /// Takes in a declaration or an assignment.
    pub(super) fn add(&mut self, source: &Source<'_>, node: Node<'t>) {
        match node.kind() {
            "type_spec" => self.add_struct(source, node),
            "var_spec" => {
                let name = node.child_by_field_name("name");
                let value = node.child_by_field_name("value").and_then(|list| list.named_child(0));
                self.add_table(source, name, value);
            }
            "short_var_declaration" | "assignment_statement" => {
                let side = |field| {
                    let list = node.child_by_field_name(field)?;
                    list.named_child(0).filter(|_| list.named_child_count() == 1)
                };
                self.add_table(source, side("left"), side("right"));
            }
            _ => {}
        }
    }

    fn add_struct(&mut self, source: &Source<'_>, spec: Node<'_>) {
        let field = |name| spec.child_by_field_name(name);
        let fields = field("type").and_then(|kind| fields(source, kind));
        if let (Some(name), Some(fields)) = (field("name"), fields) {
            self.structs.insert(source.slice(name).to_owned(), fields);
        }
    }

    fn add_table(&mut self, source: &Source<'_>, name: Option<Node<'t>>, value: Option<Node<'t>>) {
        let table = value.filter(|value| value.kind() == "composite_literal");
        if let (Some(name), Some(table)) = (name, table) {
            self.tables.insert(source.slice(name).to_owned(), table);
        }
    }

    /// The table that a loop goes through, where it stands in the file.
    pub(super) fn table<'s>(&self, source: &Source<'s>, range: Node<'t>) -> Option<Loop<'s, 't>> {
        let over = range.child_by_field_name("right")?;
        let literal = match over.kind() {
            "identifier" => *self.tables.get(source.slice(over))?,
            "composite_literal" => over,
            _ => return None,
        };
        let kind = literal.child_by_field_name("type")?;
        let names = range.child_by_field_name("left").map(|left| {
            let mut cursor = left.walk();
            left.named_children(&mut cursor).map(|name| source.slice(name)).collect::<Vec<_>>()
        });
        let names = names.unwrap_or_default();
        let (is_map, element) = match kind.kind() {
            "map_type" => (true, kind.child_by_field_name("value")?),
            _ => (false, kind.child_by_field_name("element")?),
        };
        let element = source.slice(element).trim_start_matches('*');
        let fields = match self.structs.get(element) {
            Some(fields) => fields.clone(),
            None => self.inline_fields(source, kind, is_map).unwrap_or_default(),
        };
        let rows = rows(literal.child_by_field_name("body")?);
        Some(Loop {
            rows,
            fields,
            is_map,
            key: names.first().copied(),
            value: names.get(1).copied(),
        })
    }

    fn inline_fields(
        &self,
        source: &Source<'_>,
        kind: Node<'_>,
        is_map: bool,
    ) -> Option<Vec<String>> {
        fields(source, kind.child_by_field_name(if is_map { "value" } else { "element" })?)
    }
}

impl<'t> Loop<'_, 't> {
    /// Where the name that `expression` takes from a row stands, and what it is.
    pub(super) fn name(
        &self,
        source: &Source<'_>,
        row: Row<'t>,
        expression: Node<'_>,
    ) -> Option<(Node<'t>, Name)> {
        let cell = self.cell(source, row, expression)?;
        Some((cell, literal::name(source, cell)?))
    }

    fn cell(&self, source: &Source<'_>, row: Row<'t>, expression: Node<'_>) -> Option<Node<'t>> {
        let text = source.slice(expression);
        match expression.kind() {
            "identifier" if self.is_map && self.key == Some(text) => row.key,
            "identifier" if self.value == Some(text) => Some(row.value),
            "selector_expression" => {
                let operand = source.slice(expression.child_by_field_name("operand")?);
                let field = source.slice(expression.child_by_field_name("field")?);
                (self.value == Some(operand)).then(|| self.field(source, row.value, field))?
            }
            _ => None,
        }
    }

    /// The value of one field of a row.
    fn field(&self, source: &Source<'_>, row: Node<'t>, field: &str) -> Option<Node<'t>> {
        let body = match row.kind() {
            "composite_literal" => row.child_by_field_name("body")?,
            "unary_expression" => row.named_child(0)?.child_by_field_name("body")?,
            _ => row,
        };
        let mut cursor = body.walk();
        let elements: Vec<Node<'t>> = body.named_children(&mut cursor).collect();
        let keyed = elements.iter().filter(|element| element.kind() == "keyed_element");
        for element in keyed {
            let (key, value) = parts(*element)?;
            if source.slice(key) == field {
                return Some(value);
            }
        }
        let position = self.fields.iter().position(|name| name == field)?;
        let mut plain = elements.iter().filter(|element| element.kind() == "literal_element");
        plain.nth(position)?.named_child(0)
    }
}

/// The names of a struct's fields.
fn fields(source: &Source<'_>, kind: Node<'_>) -> Option<Vec<String>> {
    let list = kind.named_child(0).filter(|_| kind.kind() == "struct_type")?;
    let mut names = Vec::new();
    let mut cursor = list.walk();
    for field in list.named_children(&mut cursor).filter(|it| it.kind() == "field_declaration") {
        let mut inner = field.walk();
        let of_field = field.children_by_field_name("name", &mut inner);
        names.extend(of_field.map(|name| source.slice(name).to_owned()));
    }
    Some(names)
}

fn rows(body: Node<'_>) -> Vec<Row<'_>> {
    let mut cursor = body.walk();
    let rows = body.named_children(&mut cursor).filter_map(|element| match element.kind() {
        "keyed_element" => {
            let (key, value) = parts(element)?;
            Some(Row { node: element, key: Some(key), value })
        }
        "literal_element" => Some(Row { node: element, key: None, value: element.named_child(0)? }),
        _ => None,
    });
    rows.collect()
}

/// Key and value of `key: value`.
fn parts(element: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let inner = |at| element.named_child(at).and_then(|side| side.named_child(0));
    Some((inner(0)?, inner(1)?))
}
