//! The outline of a file that parses, from its syntax tree.
//!
//! The walk touches the statements of the module and of its classes and nothing below, so its cost
//! is that of the parse.

use std::cell::RefCell;

use tree_sitter::{Node, Parser, Point, Tree};

use super::outline::{Body, Definition, Kind};
use crate::frameworks::{Position, Range};

/// The outline, or `None` where the text has an error: what the parser then makes of the rest of
/// the file is a guess that changes with every key.
pub(super) fn outline(text: &str) -> Option<Body<'_>> {
    let tree = parse(text).filter(|tree| !tree.root_node().has_error())?;
    Some(Source { text }.body(tree.root_node()))
}

/// Parsers are costly to make and cheap to keep.
fn parse(text: &str) -> Option<Tree> {
    thread_local! {
        static PARSER: RefCell<Option<Parser>> = RefCell::new(python_parser());
    }
    PARSER.with_borrow_mut(|parser| parser.as_mut()?.parse(text, None))
}

fn python_parser() -> Option<Parser> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
    Some(parser)
}

struct Source<'t> {
    text: &'t str,
}

impl<'t> Source<'t> {
    fn body(&self, node: Node<'_>) -> Body<'t> {
        let mut body = Body::default();
        self.collect(node, &mut body);
        body
    }

    fn collect(&self, node: Node<'_>, body: &mut Body<'t>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "function_definition" | "class_definition" => {
                    body.definitions.extend(self.definition(child, child, Vec::new()));
                }
                "decorated_definition" => body.definitions.extend(self.decorated(child)),
                "expression_statement" => self.assignment(child, body),
                kind if is_transparent(kind) => self.collect(child, body),
                _ => {}
            }
        }
    }

    fn decorated(&self, whole: Node<'_>) -> Option<Definition<'t>> {
        let mut cursor = whole.walk();
        let decorators =
            whole.named_children(&mut cursor).filter(|child| child.kind() == "decorator");
        let names = decorators
            .filter_map(|decorator| Some(self.callee(decorator.named_child(0)?)))
            .collect();
        self.definition(whole.child_by_field_name("definition")?, whole, names)
    }

    fn definition(
        &self,
        node: Node<'_>,
        whole: Node<'_>,
        decorators: Vec<&'t str>,
    ) -> Option<Definition<'t>> {
        let name = node.child_by_field_name("name")?;
        let kind = match node.kind() {
            "class_definition" => Kind::Class {
                bases: self.bases(node),
                body: self.body(node.child_by_field_name("body")?),
            },
            _ => Kind::Function {
                is_async: node.child(0).is_some_and(|first| first.kind() == "async"),
            },
        };
        let (name, name_range) = (self.source(name), self.range(name));
        Some(Definition { name, name_range, range: self.range(whole), decorators, kind })
    }

    fn bases(&self, class: Node<'_>) -> Vec<&'t str> {
        let Some(list) = class.child_by_field_name("superclasses") else {
            return Vec::new();
        };
        let mut cursor = list.walk();
        let bases =
            list.named_children(&mut cursor).filter(|base| base.kind() != "keyword_argument");
        bases.map(|base| self.callee(base)).collect()
    }

    fn assignment(&self, statement: Node<'_>, body: &mut Body<'t>) {
        let assignment = statement.named_child(0).filter(|node| node.kind() == "assignment");
        let side = |field| assignment.and_then(|node| node.child_by_field_name(field));
        let (Some(target), Some(value)) = (side("left"), side("right")) else {
            return;
        };
        match self.source(target) {
            "pytestmark" => body.marks.extend(self.elements(value)),
            "__test__" => body.told = Some(self.source(value) == "True"),
            _ => {}
        }
    }

    /// A mark, or a list of them.
    fn elements(&self, value: Node<'_>) -> Vec<&'t str> {
        match value.kind() {
            "list" | "tuple" => {
                let mut cursor = value.walk();
                value.named_children(&mut cursor).map(|element| self.callee(element)).collect()
            }
            _ => vec![self.callee(value)],
        }
    }

    /// The name before the arguments: `mark.skip` of `mark.skip("later")`, `Box` of `Box[int]`.
    fn callee(&self, expression: Node<'_>) -> &'t str {
        let inner = match expression.kind() {
            "call" => expression.child_by_field_name("function"),
            "subscript" => expression.child_by_field_name("value"),
            _ => None,
        };
        inner.map_or_else(|| self.source(expression), |inner| self.callee(inner))
    }

    fn source(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn range(&self, node: Node<'_>) -> Range {
        Range {
            start: self.position(node.start_position(), node.start_byte()),
            end: self.position(node.end_position(), node.end_byte()),
        }
    }

    fn position(&self, point: Point, byte: usize) -> Position {
        let line_start = byte.saturating_sub(point.column);
        super::position(point.row, self.text.get(line_start..byte).unwrap_or_default())
    }
}

/// Statements whose inner statements belong to the scope around them.
fn is_transparent(kind: &str) -> bool {
    matches!(
        kind,
        "block"
            | "if_statement"
            | "elif_clause"
            | "else_clause"
            | "try_statement"
            | "except_clause"
            | "except_group_clause"
            | "finally_clause"
            | "with_statement"
            | "for_statement"
            | "while_statement"
            | "match_statement"
            | "case_clause"
    )
}
