//! Finds the tests of a PHP file: methods whose name, attribute or comment says so, in classes that extend another.

use tree_sitter::Node;

use crate::frameworks::{ItemKind, Source, TestItem};
use crate::id::TestId;

pub(super) fn discover(source: &Source<'_>, file: &TestId, root: Node<'_>) -> Vec<TestItem> {
    let mut walk = Walk { source, file: file.clone(), items: Vec::new() };
    walk.below(root, "");
    walk.items
}

struct Walk<'w, 's> {
    source: &'w Source<'s>,
    file: TestId,
    items: Vec<TestItem>,
}

impl Walk<'_, '_> {
    fn below(&mut self, node: Node<'_>, namespace: &str) {
        let mut namespace = namespace.to_owned();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "namespace_definition" => {
                    let name = child.child_by_field_name("name");
                    let name = name.map(|name| self.source.slice(name)).unwrap_or_default();
                    match child.child_by_field_name("body") {
                        Some(body) => self.below(body, name),
                        // It holds for all that follows.
                        None => name.clone_into(&mut namespace),
                    }
                }
                "class_declaration" => self.class(child, &namespace),
                _ => {}
            }
        }
    }

    fn class(&mut self, class: Node<'_>, namespace: &str) {
        let (Some(name), Some(body)) =
            (class.child_by_field_name("name"), class.child_by_field_name("body"))
        else {
            return;
        };
        let mut cursor = class.walk();
        let mut parts = class.named_children(&mut cursor);
        let is_abstract = parts.any(|part| part.kind() == "abstract_modifier");
        let mut cursor = class.walk();
        let extends = class.named_children(&mut cursor).any(|part| part.kind() == "base_clause");
        if is_abstract || !extends {
            return;
        }
        let own = self.source.slice(name);
        let full =
            if namespace.is_empty() { own.to_owned() } else { format!("{namespace}\\{own}") };
        let at = self.items.len();
        let mut cursor = body.walk();
        for member in body.named_children(&mut cursor) {
            if member.kind() == "method_declaration" {
                self.method(member, &full);
            }
        }
        if self.items.len() > at {
            let item = self.item(class, name, vec![full], ItemKind::Group);
            self.items.insert(at, item);
        }
    }

    fn method(&mut self, method: Node<'_>, class: &str) {
        let Some(name) = method.child_by_field_name("name") else {
            return;
        };
        let mut cursor = method.walk();
        let mut words = method.named_children(&mut cursor).map(|part| self.source.slice(part));
        if words.any(|word| matches!(word, "private" | "protected" | "static" | "abstract")) {
            return;
        }
        let own = self.source.slice(name);
        let attributes = method.child_by_field_name("attributes");
        let attributes = attributes.map(|it| self.source.slice(it)).unwrap_or_default();
        let comment = method.prev_sibling().filter(|it| it.kind() == "comment");
        let comment = comment.map(|it| self.source.slice(it)).unwrap_or_default();
        let is_marked = |attribute: &str| has_word(attributes, attribute);
        let is_said = |tag: &str| comment.starts_with("/**") && has_word(comment, tag);
        if !own.starts_with("test") && !is_marked("Test") && !is_said("@test") {
            return;
        }
        let tables = ["DataProvider", "DataProviderExternal", "TestWith", "TestWithJson"];
        let is_table = tables.iter().any(|table| is_marked(table))
            || ["@dataProvider", "@testWith"].iter().any(|tag| is_said(tag));
        let kind = if is_table { ItemKind::Parametrised } else { ItemKind::Test };
        let item = self.item(method, name, vec![class.to_owned(), own.to_owned()], kind);
        self.items.push(item);
    }

    fn item(&self, node: Node<'_>, name: Node<'_>, names: Vec<String>, kind: ItemKind) -> TestItem {
        self.source.item(TestId { names, ..self.file.clone() }, kind, node, name)
    }
}

/// Whether a word stands in a text, and not as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}
