//! How Kotlin writes what JUnit looks at.

use tree_sitter::Node;

use super::discover::Syntax;
use crate::frameworks::source::{children, named_children};
use crate::frameworks::{Grammar, ItemKind, Source};

static KOTLIN: Grammar =
    Grammar { name: "kotlin", language: || tree_sitter_kotlin_ng::LANGUAGE.into() };

pub(super) struct Kotlin;

impl Syntax for Kotlin {
    const GRAMMAR: &'static Grammar = &KOTLIN;
    const CLASSES: &'static [&'static str] = &["class_declaration"];
    const METHOD: &'static str = "function_declaration";

    fn body(class: Node<'_>) -> Option<Node<'_>> {
        part(class, "class_body").or_else(|| delegated_body(class))
    }

    fn modifiers(node: Node<'_>) -> Vec<Node<'_>> {
        let all = part(node, "modifiers").map(named_children).unwrap_or_default();
        // `@[Test Tag("slow")]` is one with several in it.
        let each = |it: Node<'_>| named_children(it).len() > 1 && it.kind() == "annotation";
        all.into_iter()
            .flat_map(|it| if each(it) { named_children(it) } else { vec![it] })
            .collect()
    }

    fn annotation<'s>(source: &Source<'s>, modifier: Node<'_>) -> Option<(&'s str, &'s str)> {
        let is_one = ["annotation", "user_type", "constructor_invocation"];
        let written = is_one.contains(&modifier.kind()).then(|| source.slice(modifier))?;
        let written = written.trim_start_matches(['@', '[']);
        let (name, arguments) = written.split_once('(').unwrap_or((written, ""));
        Some((name.trim_end_matches([']', ' ']), arguments))
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

    fn origins(source: &Source<'_>, class: Node<'_>) -> Vec<String> {
        let all = part(class, "delegation_specifiers").map(named_children).unwrap_or_default();
        let name = |node: &Node<'_>| {
            let text = source.slice(*node);
            text.split(['(', '<', ' ', '{']).next().unwrap_or_default().to_owned()
        };
        all.iter().map(name).collect()
    }

    fn can_run(source: &Source<'_>, method: Node<'_>, _: ItemKind) -> bool {
        !Self::modifiers(method).into_iter().any(|it| source.slice(it) == "private")
    }
}

/// The grammar takes the body behind `: Iface by Impl()` for the last argument of that call.
fn delegated_body(class: Node<'_>) -> Option<Node<'_>> {
    std::iter::successors(part(class, "delegation_specifiers"), |it| named_children(*it).pop())
        .find(|it| it.kind() == "lambda_literal")
}

fn part<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    named_children(node).into_iter().find(|it| it.kind() == kind)
}
