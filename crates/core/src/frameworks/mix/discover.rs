//! Finds the tests of a file: `test`, `property` and `doctest` in modules and their `describe` blocks.

mod title;

use std::sync::Arc;

use tree_sitter::Node;

use crate::frameworks::listed::Listed;
use crate::frameworks::title::Title;
use crate::frameworks::{Grammar, ItemKind, NamePattern, Source, Suite, TestItem};
use crate::id::TestId;

static ELIXIR: Grammar =
    Grammar { name: "elixir", language: || tree_sitter_elixir::LANGUAGE.into() };

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.tree(&ELIXIR) else {
        return Vec::new();
    };
    let file = suite.of_file(source.path.clone());
    let mut walk = Walk { source, file, tags: Vec::new(), items: Listed::default() };
    walk.below(tree.root_node(), &Around::default());
    walk.items.into()
}

/// What surrounds a call.
#[derive(Debug, Clone, Default)]
struct Around {
    /// The module's whole name, and that of the group in it.
    names: Vec<String>,
    tags: Vec<Arc<str>>,
}

struct Walk<'w, 's> {
    source: &'w Source<'s>,
    file: TestId,
    /// Those that the next test has.
    tags: Vec<Arc<str>>,
    items: Listed,
}

impl Walk<'_, '_> {
    fn below(&mut self, node: Node<'_>, around: &Around) {
        let mut around = around.clone();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "unary_operator" => self.attribute(child, &mut around),
                "call" => self.call(child, &around),
                "arguments" | "ERROR" | "do_block" => self.below(child, &around),
                _ => {}
            }
        }
    }

    fn call(&mut self, call: Node<'_>, around: &Around) {
        let word = call.child_by_field_name("target").map(|it| self.source.slice(it));
        match (word.unwrap_or_default(), around.names.as_slice()) {
            ("defmodule", names) => self.module(call, names.first()),
            ("describe", [_]) => self.describe(call, around),
            (word @ ("test" | "property" | "doctest"), [_, ..]) => self.test(call, word, around),
            // Nothing in a function is a test.
            ("def" | "defp" | "defmacro" | "defmacrop" | "setup" | "setup_all" | "quote", _) => {}
            _ => self.below(call, around),
        }
    }

    fn module(&mut self, call: Node<'_>, outer: Option<&String>) {
        let (Some(name), Some(body)) = (argument(call), block(call)) else {
            return;
        };
        if name.kind() != "alias" {
            return;
        }
        let own = self.source.slice(name);
        let name = outer.map_or_else(|| own.to_owned(), |outer| format!("{outer}.{own}"));
        self.group(call, body, Title::whole(name), &Around::default());
    }

    fn describe(&mut self, call: Node<'_>, around: &Around) {
        let (Some(title), Some(body)) = (argument(call), block(call)) else {
            return;
        };
        self.group(call, body, title::title(self.source, title), around);
    }

    fn group(&mut self, call: Node<'_>, body: Node<'_>, title: Title, around: &Around) {
        let (name, pattern) = title.named();
        let mut inside = around.clone();
        inside.names.push(name);
        let at = self.items.len();
        self.below(body, &inside);
        self.tags.clear();
        let has_tests = self.items[at..].iter().any(|it| it.id.names.starts_with(&inside.names));
        if has_tests {
            self.add(at, call, inside.names, (ItemKind::Group, pattern), around.tags.clone());
        }
    }

    fn test(&mut self, call: Node<'_>, word: &str, around: &Around) {
        let Some(first) = argument(call) else {
            return;
        };
        let title = match word {
            "test" => title::title(self.source, first),
            "doctest" => title::of_doctest(self.source, first),
            word => Title::whole(format!("{word} ")).with("", title::title(self.source, first)),
        };
        let (name, pattern) = title.named();
        let kind = if pattern.is_some() { ItemKind::Parametrised } else { ItemKind::Test };
        let tags = around.tags.iter().cloned().chain(std::mem::take(&mut self.tags)).collect();
        let names = [around.names.as_slice(), &[name]].concat();
        self.add(self.items.len(), call, names, (kind, pattern), tags);
    }

    fn add(
        &mut self,
        at: usize,
        call: Node<'_>,
        names: Vec<String>,
        (kind, pattern): (ItemKind, Option<NamePattern>),
        tags: Vec<Arc<str>>,
    ) {
        let id = TestId { names, ..self.file.clone() };
        let item = self.source.item(id, kind, call, argument(call).unwrap_or(call));
        self.items.insert(at, TestItem { pattern, tags, ..item });
    }

    /// `@tag :slow`, `@moduletag slow: true`
    fn attribute(&mut self, attribute: Node<'_>, around: &mut Around) {
        let Some(call) = attribute.child_by_field_name("operand") else {
            return;
        };
        let word = call.child_by_field_name("target").map(|it| self.source.slice(it));
        let found = match argument(call) {
            Some(value) => self.keys(value),
            None => return,
        };
        match word {
            Some("tag") => self.tags.extend(found),
            Some("moduletag" | "describetag") => around.tags.extend(found),
            _ => {}
        }
    }

    fn keys(&self, value: Node<'_>) -> Vec<Arc<str>> {
        let mut cursor = value.walk();
        match value.kind() {
            "atom" => vec![self.source.slice(value).trim_start_matches(':').into()],
            "keywords" => {
                let keys = value.named_children(&mut cursor);
                let keys = keys.filter_map(|pair| pair.child_by_field_name("key"));
                keys.map(|key| self.source.slice(key).trim().trim_end_matches(':').into()).collect()
            }
            "list" => value.named_children(&mut cursor).flat_map(|it| self.keys(it)).collect(),
            _ => Vec::new(),
        }
    }
}

/// What a call is given first.
fn argument(call: Node<'_>) -> Option<Node<'_>> {
    of_kind(call, "arguments")?.named_child(0)
}

fn block(call: Node<'_>) -> Option<Node<'_>> {
    of_kind(call, "do_block")
}

fn of_kind<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|it| it.kind() == kind)
}
