//! Finds the tests of a PHP file: methods whose name, attribute or comment says so, in classes that extend another.

use std::sync::Arc;

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

impl<'s> Walk<'_, 's> {
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
        let inside = Around::default().within(full, self.said(class).groups());
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
        let said = self.said(method);
        if !own.starts_with("test") && !said.has("Test", "@test") {
            return;
        }
        let kind = if said.is_table() { ItemKind::Parametrised } else { ItemKind::Test };
        self.found.method(kind, method, name, class.within(own.to_owned(), said.groups()));
    }

    fn said(&self, node: Node<'_>) -> Said<'s> {
        let source = self.found.source;
        let attributes = node.child_by_field_name("attributes");
        let comment = node.prev_sibling().filter(|it| it.kind() == "comment");
        let comment = comment.map(|it| source.slice(it)).filter(|it| it.starts_with("/**"));
        Said {
            attributes: attributes.map(|it| source.slice(it)).unwrap_or_default(),
            comment: comment.unwrap_or_default(),
        }
    }
}

/// What stands before a class or a method.
struct Said<'s> {
    attributes: &'s str,
    comment: &'s str,
}

impl Said<'_> {
    fn has(&self, attribute: &str, annotation: &str) -> bool {
        has_word(self.attributes, attribute) || has_word(self.comment, annotation)
    }

    fn is_table(&self) -> bool {
        self.has("DataProvider", "@dataProvider")
            || self.has("TestWith", "@testWith")
            || ["DataProviderExternal", "TestWithJson"]
                .iter()
                .any(|it| has_word(self.attributes, it))
    }

    /// The groups that PHPUnit runs by `--group`.
    fn groups(&self) -> Vec<Arc<str>> {
        let attributes = self.attributes.split("Group(").skip(1).filter_map(quoted);
        let annotations = self.comment.lines().filter_map(|line| line.split_once("@group "));
        let annotations = annotations.map(|(_, group)| group.trim_end_matches("*/").trim());
        attributes.chain(annotations.map(str::to_owned)).map(Arc::from).collect()
    }
}

/// The text in quotes that an argument begins with, behind its name where it has one.
fn quoted(argument: &str) -> Option<String> {
    let argument = argument.trim_start();
    let argument = argument.strip_prefix("name:").unwrap_or(argument).trim_start();
    let mut chars = argument.chars();
    let quote = chars.next().filter(|it| matches!(it, '\'' | '"'))?;
    let mut text = String::new();
    while let Some(c) = chars.next().filter(|it| *it != quote) {
        match c {
            '\\' => text.extend(chars.next()),
            c => text.push(c),
        }
    }
    Some(text)
}

/// Whether a word stands in a text, and not as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}
