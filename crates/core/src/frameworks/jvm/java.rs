//! How Java writes what JUnit looks at.

use tree_sitter::{Node, Tree};

use super::discover::Syntax;
use crate::frameworks::source::{Field, children, named_children};
use crate::frameworks::{Grammar, ItemKind, Source};

static JAVA: Grammar = Grammar { name: "java", language: || tree_sitter_java::LANGUAGE.into() };
static NAME: Field = Field::new("name");
static ARGUMENTS: Field = Field::new("arguments");
static TYPE: Field = Field::new("type");
static PARAMETERS: Field = Field::new("parameters");

pub(super) struct Java;

impl Syntax for Java {
    const CLASSES: &'static [&'static str] = &["class_declaration", "record_declaration"];
    const METHOD: &'static str = "method_declaration";

    fn tree(source: &mut Source<'_>) -> Option<Tree> {
        source.tree(&JAVA)
    }

    fn body(class: Node<'_>) -> Option<Node<'_>> {
        class.child_by_field_name("body")
    }

    fn modifiers(node: Node<'_>) -> Vec<Node<'_>> {
        let all = node.named_child(0).filter(|first| first.kind() == "modifiers");
        all.map(children).unwrap_or_default()
    }

    fn annotation<'s>(source: &Source<'s>, modifier: Node<'_>) -> Option<(&'s str, &'s str)> {
        let name = NAME.of(modifier)?;
        let arguments = ARGUMENTS.of(modifier).map(|it| source.slice(it));
        Some((source.slice(name), arguments.unwrap_or_default()))
    }

    fn is_interface(_: Node<'_>) -> bool {
        false // A kind of node of its own.
    }

    fn is_plain(source: &Source<'_>, method: Node<'_>) -> bool {
        let is_void = TYPE.of(method).is_some_and(|it| it.kind() == "void_type");
        let takes = PARAMETERS.of(method).map(named_children);
        let is_public = Self::modifiers(method).into_iter().any(|it| source.slice(it) == "public");
        is_void && is_public && takes.is_some_and(|all| all.iter().all(Node::is_extra))
    }

    fn superclass<'s>(source: &Source<'s>, class: Node<'_>) -> &'s str {
        class.child_by_field_name("superclass").map(|it| source.slice(it)).unwrap_or_default()
    }

    fn origins(source: &Source<'_>, class: Node<'_>) -> Vec<String> {
        let parts = named_children(class).into_iter().filter(|part| {
            matches!(part.kind(), "superclass" | "super_interfaces" | "extends_interfaces")
        });
        let lists = parts.flat_map(named_children).flat_map(|part| match part.kind() {
            "type_list" => named_children(part),
            _ => vec![part],
        });
        let names = lists.map(|part| source.slice(part).split('<').next().unwrap_or_default());
        names.map(|name| name.trim().to_owned()).collect()
    }

    fn can_run(source: &Source<'_>, method: Node<'_>, kind: ItemKind) -> bool {
        let mut words = Self::modifiers(method).into_iter().map(|it| source.slice(it));
        let is_void = TYPE.of(method).is_some_and(|it| it.kind() == "void_type");
        // A factory of tests returns them.
        !words.any(|word| matches!(word, "private" | "static"))
            && (is_void || kind == ItemKind::Parametrised)
    }
}
