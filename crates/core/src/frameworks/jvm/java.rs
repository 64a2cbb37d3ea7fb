//! Finds the tests of a Java file: methods with an annotation of JUnit's, in classes and the nested ones.

use std::sync::Arc;

use tree_sitter::Node;

use super::discover::{Annotations, Around};
use crate::frameworks::{Grammar, ItemKind, Source, Suite, TestItem};
use crate::id::TestId;

static JAVA: Grammar = Grammar { name: "java", language: || tree_sitter_java::LANGUAGE.into() };

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.tree(&JAVA) else {
        return Vec::new();
    };
    let file = suite.of_file(source.path.clone());
    let mut walk = Walk { source, file, items: Vec::new() };
    let mut cursor = tree.root_node().walk();
    for node in tree.root_node().named_children(&mut cursor) {
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
        if !matches!(class.kind(), "class_declaration" | "record_declaration") {
            return;
        }
        let (Some(name), Some(body)) =
            (class.child_by_field_name("name"), class.child_by_field_name("body"))
        else {
            return;
        };
        let said = self.annotations(class);
        let is_nested = !around.names.is_empty();
        let is_abstract =
            self.modifiers(class).is_some_and(|it| has_word(self.source, it, "abstract"));
        if is_abstract || is_nested && !said.has("Nested") && !around.is_enclosing {
            return;
        }
        let mut inside = Around { is_enclosing: said.encloses(), ..around.clone() };
        inside.names.push(self.source.slice(name).to_owned());
        inside.tags.extend(said.tags.iter().cloned());
        let at = self.items.len();
        let superclass = class.child_by_field_name("superclass");
        let is_old = superclass.is_some_and(|it| self.source.slice(it).ends_with("TestCase"));
        let is_table = said.makes_cases();
        let mut cursor = body.walk();
        for member in body.named_children(&mut cursor) {
            match member.kind() {
                "method_declaration" => self.method(member, &inside, is_old, is_table),
                _ => self.class(member, &inside),
            }
        }
        if self.items.len() > at {
            let item = self.item(class, name, inside.names, ItemKind::Group, inside.tags);
            self.items.insert(at, item);
        }
    }

    fn method(&mut self, method: Node<'_>, inside: &Around, is_old: bool, is_table: bool) {
        let Some(name) = method.child_by_field_name("name") else {
            return;
        };
        let word = self.source.slice(name);
        let said = self.annotations(method);
        let old = (is_old && word.starts_with("test")).then_some(ItemKind::Test);
        let Some(kind) = said.kind().or(old) else {
            return;
        };
        let kind = if is_table { ItemKind::Parametrised } else { kind };
        let mut names = inside.names.clone();
        names.push(word.to_owned());
        // Overloaded methods are one test to Surefire, which is told their name.
        if self.items.iter().any(|item| item.id.names == names) {
            return;
        }
        let tags = inside.tags.iter().cloned().chain(said.tags).collect();
        let item = self.item(method, name, names, kind, tags);
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

    fn modifiers<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        node.named_child(0).filter(|first| first.kind() == "modifiers")
    }

    fn annotations(&self, node: Node<'_>) -> Annotations<'s> {
        let mut said = Annotations::default();
        if let Some(modifiers) = self.modifiers(node) {
            let mut cursor = modifiers.walk();
            for annotation in modifiers.named_children(&mut cursor) {
                self.annotation(annotation, &mut said);
            }
        }
        said
    }

    fn annotation(&self, annotation: Node<'_>, said: &mut Annotations<'s>) {
        let Some(name) = annotation.child_by_field_name("name") else {
            return;
        };
        let name = self.source.slice(name);
        let arguments = annotation.child_by_field_name("arguments").map(|it| self.source.slice(it));
        said.note(name, arguments.unwrap_or_default());
    }
}

fn has_word(source: &Source<'_>, modifiers: Node<'_>, word: &str) -> bool {
    let mut cursor = modifiers.walk();
    modifiers.children(&mut cursor).any(|it| source.slice(it) == word)
}
