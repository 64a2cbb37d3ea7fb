//! Finds the tests of a Kotlin file: functions with an annotation of JUnit's, in classes and the nested ones.

use std::sync::Arc;

use tree_sitter::Node;

use super::discover::{Annotations, Around};
use crate::frameworks::source::named_children;
use crate::frameworks::{Grammar, ItemKind, Source, Suite, TestItem};
use crate::id::TestId;

static KOTLIN: Grammar =
    Grammar { name: "kotlin", language: || tree_sitter_kotlin_ng::LANGUAGE.into() };

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.tree(&KOTLIN) else {
        return Vec::new();
    };
    let file = suite.of_file(source.path.clone());
    let mut walk = Walk { source, file, items: Vec::new() };
    for node in named_children(tree.root_node()) {
        walk.class(node, &Around::default());
    }
    walk.items
}

struct Walk<'w, 's> {
    source: &'w Source<'s>,
    file: TestId,
    items: Vec<TestItem>,
}

impl<'s> Walk<'_, 's> {
    fn class(&mut self, class: Node<'_>, around: &Around) {
        if class.kind() != "class_declaration" {
            return;
        }
        let body = named_children(class).into_iter().find(|it| it.kind() == "class_body");
        let (Some(name), Some(body)) = (class.child_by_field_name("name"), body) else {
            return;
        };
        let said = self.annotations(class);
        let is_nested = !around.names.is_empty();
        let is_abstract = is_interface(class)
            || self.modifiers(class).iter().any(|it| self.source.slice(*it) == "abstract");
        if is_abstract || is_nested && !said.has("Nested") && !around.is_enclosing {
            return;
        }
        let mut inside = Around { is_enclosing: said.encloses(), ..around.clone() };
        inside.names.push(self.word(name));
        inside.tags.extend(said.tags.iter().cloned());
        let at = self.items.len();
        for member in named_children(body) {
            match member.kind() {
                "function_declaration" => self.function(member, &inside, said.makes_cases()),
                _ => self.class(member, &inside),
            }
        }
        if self.items.len() > at {
            let item = self.item(class, name, inside.names, ItemKind::Group, inside.tags);
            self.items.insert(at, item);
        }
    }

    fn function(&mut self, function: Node<'_>, inside: &Around, is_table: bool) {
        let said = self.annotations(function);
        let (Some(name), Some(kind)) = (function.child_by_field_name("name"), said.kind()) else {
            return;
        };
        let kind = if is_table { ItemKind::Parametrised } else { kind };
        let mut names = inside.names.clone();
        names.push(self.word(name));
        // Overloaded functions are one test to Surefire, which is told their name.
        if self.items.iter().any(|item| item.id.names == names) {
            return;
        }
        let tags = inside.tags.iter().cloned().chain(said.tags).collect();
        let item = self.item(function, name, names, kind, tags);
        self.items.push(item);
    }

    fn item(
        &self,
        node: Node<'_>,
        name: Node<'_>,
        names: Vec<String>,
        kind: ItemKind,
        tags: Vec<Arc<str>>,
    ) -> TestItem {
        let id = TestId { names, ..self.file.clone() };
        TestItem { tags, ..self.source.item(id, kind, node, name) }
    }

    /// A name, without the backticks that let it be any text.
    fn word(&self, name: Node<'_>) -> String {
        self.source.slice(name).trim_matches('`').to_owned()
    }

    fn modifiers<'t>(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let all = named_children(node).into_iter().find(|it| it.kind() == "modifiers");
        all.map(named_children).unwrap_or_default()
    }

    fn annotations(&self, node: Node<'_>) -> Annotations<'s> {
        let mut said = Annotations::default();
        for annotation in self.modifiers(node).iter().filter(|it| it.kind() == "annotation") {
            let written = self.source.slice(*annotation);
            let written = written.trim_start_matches('@');
            let (name, arguments) = written.split_once('(').unwrap_or((written, ""));
            said.note(name.trim(), arguments);
        }
        said
    }
}

fn is_interface(class: Node<'_>) -> bool {
    let mut cursor = class.walk();
    class.children(&mut cursor).any(|it| it.kind() == "interface")
}
