//! How Kotlin writes what JUnit looks at.

use tree_sitter::Node;

use super::discover::Syntax;
use crate::frameworks::source::{children, named_children};
use crate::frameworks::{Grammar, Source};

static KOTLIN: Grammar =
    Grammar { name: "kotlin", language: || tree_sitter_kotlin_ng::LANGUAGE.into() };

pub(super) struct Kotlin;

impl Syntax for Kotlin {
    const GRAMMAR: &'static Grammar = &KOTLIN;
    const CLASSES: &'static [&'static str] = &["class_declaration"];
    const METHOD: &'static str = "function_declaration";

    fn body(class: Node<'_>) -> Option<Node<'_>> {
        part(class, "class_body")
    }

    fn modifiers(node: Node<'_>) -> Vec<Node<'_>> {
        part(node, "modifiers").map(named_children).unwrap_or_default()
    }

    fn annotation<'s>(source: &Source<'s>, modifier: Node<'_>) -> Option<(&'s str, &'s str)> {
        let written = source.slice(modifier).strip_prefix('@')?;
        let (name, arguments) = written.split_once('(').unwrap_or((written, ""));
        Some((name.trim(), arguments))
    }

    fn is_interface(class: Node<'_>) -> bool {
        children(class).iter().any(|it| it.kind() == "interface")
    }

    fn superclass<'s>(source: &Source<'s>, class: Node<'_>) -> &'s str {
        // Only a class is called: `: TestCase()`.
        let all = part(class, "delegation_specifiers").map(|it| source.slice(it));
        let called = all.and_then(|all| all.split_once("()")).map(|(name, _)| name);
        called.unwrap_or_default()
    }
}

fn part<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    named_children(node).into_iter().find(|it| it.kind() == kind)
}
