//! How Java writes what JUnit looks at.

use tree_sitter::Node;

use super::discover::Syntax;
use crate::frameworks::source::children;
use crate::frameworks::{Grammar, Source};

static JAVA: Grammar = Grammar { name: "java", language: || tree_sitter_java::LANGUAGE.into() };

pub(super) struct Java;

impl Syntax for Java {
    const GRAMMAR: &'static Grammar = &JAVA;
    const CLASSES: &'static [&'static str] = &["class_declaration", "record_declaration"];
    const METHOD: &'static str = "method_declaration";

    fn body(class: Node<'_>) -> Option<Node<'_>> {
        class.child_by_field_name("body")
    }

    fn modifiers(node: Node<'_>) -> Vec<Node<'_>> {
        let all = node.named_child(0).filter(|first| first.kind() == "modifiers");
        all.map(children).unwrap_or_default()
    }

    fn annotation<'s>(source: &Source<'s>, modifier: Node<'_>) -> Option<(&'s str, &'s str)> {
        let name = modifier.child_by_field_name("name")?;
        let arguments = modifier.child_by_field_name("arguments").map(|it| source.slice(it));
        Some((source.slice(name), arguments.unwrap_or_default()))
    }

    fn is_interface(_: Node<'_>) -> bool {
        false // A kind of node of its own.
    }

    fn superclass<'s>(source: &Source<'s>, class: Node<'_>) -> &'s str {
        class.child_by_field_name("superclass").map(|it| source.slice(it)).unwrap_or_default()
    }
}
