//! What is said of a class or a method before it: in attributes, or else in a comment, as PHPUnit has it.

use std::sync::Arc;

use tree_sitter::Node;

use super::imports::Imports;
use super::literal;
use crate::frameworks::Source;
use crate::frameworks::source::named_children;

const ATTRIBUTES: &str = "phpunit\\framework\\attributes\\";

/// Names in small letters, with what they are given.
#[derive(Debug, Default)]
pub(super) struct Said(Vec<(String, Option<String>)>);

impl Said {
    /// A comment counts only where no attribute of PHPUnit's is.
    pub(super) fn of(
        source: &Source<'_>,
        node: Node<'_>,
        imports: &Imports,
        namespace: &str,
    ) -> Self {
        let attributes = attributes(source, node, imports, namespace);
        if !attributes.is_empty() {
            return Self(attributes);
        }
        let before = std::iter::successors(node.prev_sibling(), Node::prev_sibling);
        let mut comments =
            before.take_while(|it| it.kind() == "comment").map(|it| source.slice(it));
        let comment = comments.find(|it| it.starts_with("/**"));
        Self(comment.into_iter().flat_map(str::lines).filter_map(annotation).collect())
    }

    pub(super) fn is_test(&self) -> bool {
        self.has(&["test"])
    }

    /// Whether it runs with sets of data.
    pub(super) fn is_table(&self) -> bool {
        self.has(&["dataprovider", "dataproviderexternal", "testwith", "testwithjson"])
    }

    fn has(&self, names: &[&str]) -> bool {
        self.0.iter().any(|(name, _)| names.contains(&name.as_str()))
    }

    /// The groups that PHPUnit runs by `--group`. One that a constant names is not known.
    pub(super) fn groups(&self) -> Vec<Arc<str>> {
        let group = |(name, given): &(String, Option<String>)| match name.as_str() {
            "group" | "ticket" => given.as_deref().map(Arc::from),
            "small" | "medium" | "large" => Some(Arc::from(name.as_str())),
            _ => None,
        };
        self.0.iter().filter_map(group).collect()
    }
}

fn attributes(
    source: &Source<'_>,
    node: Node<'_>,
    imports: &Imports,
    namespace: &str,
) -> Vec<(String, Option<String>)> {
    let Some(list) = node.child_by_field_name("attributes") else {
        return Vec::new();
    };
    let groups = named_children(list).into_iter().flat_map(named_children);
    let attribute = |attribute: Node<'_>| {
        let written = source.slice(attribute.named_child(0)?);
        let whole = imports.resolve(written, namespace).to_lowercase();
        let name = whole.strip_prefix(ATTRIBUTES)?.to_owned();
        let given = attribute.child_by_field_name("parameters");
        let first = given.and_then(|given| given.named_child(0));
        // Behind its name where it has one.
        let value = first.and_then(|first| named_children(first).pop());
        Some((name, value.and_then(|value| literal::text(source, value))))
    };
    groups.filter_map(attribute).collect()
}

/// `* @group slow`.
fn annotation(line: &str) -> Option<(String, Option<String>)> {
    let is_part = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-');
    let (_, said) = line.split_once('@')?;
    let (name, given) = said.split_at(said.find(|c| !is_part(c)).unwrap_or(said.len()));
    let given = given.trim().trim_end_matches("*/").trim();
    (!name.is_empty()).then(|| (name.to_lowercase(), (!given.is_empty()).then(|| given.to_owned())))
}
