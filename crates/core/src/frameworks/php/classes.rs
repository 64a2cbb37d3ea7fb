//! Finds the tests of a PHP file: methods whose name, attribute or comment says so, in classes that extend another.

use tree_sitter::Node;

use crate::frameworks::classes::{Around, Classes};
use crate::frameworks::source::named_children;
use crate::frameworks::{ItemKind, Source, TestItem};
use crate::id::TestId;

pub(super) fn discover(source: &Source<'_>, file: &TestId, root: Node<'_>) -> Vec<TestItem> {
    let mut walk = Walk { found: Classes::new(source, file.clone()) };
    walk.below(root, "");
    walk.found.into_items()
}

struct Walk<'w, 's> {
    found: Classes<'w, 's>,
}

impl Walk<'_, '_> {
    fn below(&mut self, node: Node<'_>, namespace: &str) {
        let mut namespace = namespace.to_owned();
        for child in named_children(node) {
            match child.kind() {
                "namespace_definition" => {
                    let name = child.child_by_field_name("name");
                    let name = name.map(|name| self.found.source.slice(name)).unwrap_or_default();
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
        let parts = named_children(class);
        let has = |kind| parts.iter().any(|part| part.kind() == kind);
        if has("abstract_modifier") || !has("base_clause") {
            return;
        }
        let own = self.found.source.slice(name);
        let full =
            if namespace.is_empty() { own.to_owned() } else { format!("{namespace}\\{own}") };
        let inside = Around::default().within(full, Vec::new());
        let opened = self.found.open();
        for member in named_children(body) {
            if member.kind() == "method_declaration" {
                self.method(member, &inside);
            }
        }
        self.found.close(opened, class, name, inside);
    }

    fn method(&mut self, method: Node<'_>, class: &Around) {
        let Some(name) = method.child_by_field_name("name") else {
            return;
        };
        let source = self.found.source;
        let mut words = named_children(method).into_iter().map(|part| source.slice(part));
        if words.any(|word| matches!(word, "private" | "protected" | "static" | "abstract")) {
            return;
        }
        let own = source.slice(name);
        let attributes = method.child_by_field_name("attributes");
        let attributes = attributes.map(|it| source.slice(it)).unwrap_or_default();
        let comment = method.prev_sibling().filter(|it| it.kind() == "comment");
        let comment = comment.map(|it| source.slice(it)).unwrap_or_default();
        let is_marked = |attribute: &str| has_word(attributes, attribute);
        let is_said = |tag: &str| comment.starts_with("/**") && has_word(comment, tag);
        if !own.starts_with("test") && !is_marked("Test") && !is_said("@test") {
            return;
        }
        let tables = ["DataProvider", "DataProviderExternal", "TestWith", "TestWithJson"];
        let is_table = tables.iter().any(|table| is_marked(table))
            || ["@dataProvider", "@testWith"].iter().any(|tag| is_said(tag));
        let kind = if is_table { ItemKind::Parametrised } else { ItemKind::Test };
        self.found.method(kind, method, name, class.within(own.to_owned(), Vec::new()));
    }
}

/// Whether a word stands in a text, and not as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}
