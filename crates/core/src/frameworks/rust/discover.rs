//! Finds the tests of a Rust file: functions with a test's attribute, in modules; and the examples in its
//! documentation.

mod example;

use std::sync::LazyLock;

use regex::Regex;
use tree_sitter::Node;

use super::super::{Grammar, ItemKind, Part, Range, Source, Suite, TestItem};
use crate::frameworks::listed::Listed;
use crate::id::TestId;
use example::{Comment, Example};

static RUST: Grammar = Grammar { name: "rust", language: || tree_sitter_rust::LANGUAGE.into() };

/// What counts as a test of a file, beside functions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The examples in its documentation.
    pub(super) has_examples: bool,
    /// Its main function.
    pub(super) has_main: bool,
}

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>, wanted: Wanted) -> Vec<TestItem> {
    let Some(tree) = source.tree(&RUST) else {
        return Vec::new();
    };
    let file = suite.of_file(source.path.clone());
    let mut walk = Walk { source, file, wanted, items: Listed::default() };
    walk.visit(tree.root_node(), &Inside::default());
    walk.items.into()
}

/// Where in a file something stands.
#[derive(Debug, Default, Clone)]
struct Inside {
    /// Modules.
    modules: Vec<String>,
    /// The type that methods belong to.
    owner: Option<String>,
}

/// What stands before an item and belongs to it.
#[derive(Default)]
struct Before<'s, 't> {
    first: Option<Node<'t>>,
    attributes: Vec<&'s str>,
    comments: Vec<Comment<'s>>,
}

struct Walk<'w, 's> {
    source: &'w Source<'s>,
    file: TestId,
    wanted: Wanted,
    items: Listed,
}

impl<'s> Walk<'_, 's> {
    fn visit(&mut self, container: Node<'_>, inside: &Inside) {
        let mut before = Before::default();
        let mut about_this = Vec::new();
        let mut cursor = container.walk();
        for node in container.named_children(&mut cursor) {
            match node.kind() {
                "attribute_item" => {
                    before.first.get_or_insert(node);
                    before.attributes.push(self.source.slice(node));
                }
                "line_comment" | "block_comment" => {
                    let comment = Comment::new(self.source.slice(node), node.start_position().row);
                    match comment {
                        Some(comment) if comment.is_inner => about_this.push(comment),
                        Some(comment) => before.comments.push(comment),
                        None => {}
                    }
                }
                _ => {
                    self.examples(&std::mem::take(&mut about_this), "", inside);
                    self.item(node, &before, inside);
                    before = Before::default();
                }
            }
        }
    }

    fn item(&mut self, node: Node<'_>, before: &Before<'s, '_>, inside: &Inside) {
        let name = node.child_by_field_name("name");
        if let Some(name) = name {
            self.examples(&before.comments, self.source.slice(name), inside);
        }
        match (node.kind(), name) {
            ("function_item", Some(name)) => self.function(node, name, before, inside),
            ("mod_item", Some(name)) if node.child_by_field_name("body").is_none() => {
                self.named_file(name, before, inside);
            }
            ("mod_item", Some(name)) => self.module(node, name, inside),
            ("impl_item" | "trait_item", _) if self.wanted.has_examples => {
                let owner = node.child_by_field_name("type").or(name);
                let owner = owner.map(|owner| self.source.slice(owner));
                let owner = owner.and_then(|owner| owner.split('<').next()).map(str::to_owned);
                if let Some(body) = node.child_by_field_name("body") {
                    self.visit(body, &Inside { owner, ..inside.clone() });
                }
            }
            ("macro_invocation", _) => self.made(node, inside),
            // The semicolon behind it makes a statement of it.
            ("expression_statement", _) => {
                if let Some(call) = node.named_child(0).filter(|it| it.kind() == "macro_invocation")
                {
                    self.made(call, inside);
                }
            }
            _ => {}
        }
    }

    fn function(
        &mut self,
        node: Node<'_>,
        name: Node<'_>,
        before: &Before<'s, '_>,
        inside: &Inside,
    ) {
        let is_main =
            self.wanted.has_main && inside.modules.is_empty() && self.source.slice(name) == "main";
        let parameters = node.child_by_field_name("parameters");
        let parameters = parameters.map_or("", |it| self.source.slice(it));
        let kind =
            if is_main { Some(ItemKind::Test) } else { kind(&before.attributes, parameters) };
        if let Some(kind) = kind.filter(|_| inside.owner.is_none()) {
            let whole = self.source.range(node);
            let start = before.first.map_or(whole.start, |first| self.source.range(first).start);
            let hash = self.source.hash(node);
            let range = Range { start, ..whole };
            self.push(&inside.modules, name, kind, range, hash);
        }
    }

    /// A module is a group where there is a test in it.
    fn module(&mut self, node: Node<'_>, name: Node<'_>, inside: &Inside) {
        let Some(body) = node.child_by_field_name("body") else {
            return;
        };
        let mut modules = inside.modules.clone();
        modules.push(self.source.slice(name).to_owned());
        let at = self.items.len();
        self.visit(body, &Inside { modules, owner: None });
        if self.items.len() > at {
            let below = self.items.split_off(at);
            let (range, hash) = (self.source.range(node), self.source.hash(node));
            self.push(&inside.modules, name, ItemKind::Group, range, hash);
            self.items.extend(below);
        }
    }

    /// A module in a file that an attribute names: from the directory of this one's modules, or, outside of any inner module, from its own
    /// (<https://doc.rust-lang.org/reference/items/modules.html#the-path-attribute>).
    fn named_file(&self, name: Node<'_>, before: &Before<'s, '_>, inside: &Inside) {
        static PATH: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r#"^#\[\s*path\s*=\s*"([^"]+)""#).expect("a pattern"));
        let Some(path) = before.attributes.iter().find_map(|it| PATH.captures(it)) else {
            return;
        };
        let file = self.source.path;
        let stem = file.as_str().rsplit('/').next().and_then(|it| it.strip_suffix(".rs"));
        let mut dir = file.parent();
        if !inside.modules.is_empty() {
            let own = stem.filter(|stem| !matches!(*stem, "mod" | "lib" | "main"));
            dir = own
                .into_iter()
                .chain(inside.modules.iter().map(String::as_str))
                .fold(dir, |dir, it| dir.join(it));
        }
        if let Some(file) = dir.resolve(&path[1]) {
            let names = inside.modules.iter().cloned().chain([self.source.slice(name).to_owned()]);
            self.source.note_part(Part { names: names.collect(), file });
        }
    }

    /// Functions that a macro makes tests of, where they stand in it as they would outside.
    fn made(&mut self, node: Node<'_>, inside: &Inside) {
        static TEST: LazyLock<Regex> = LazyLock::new(|| {
            let pattern =
                r"#\s*\[\s*test\s*\](?:\s*#\s*\[[^\]]*\])*\s*(?:pub\s+)?(?:async\s+)?fn\s+(\w+)";
            Regex::new(pattern).expect("a pattern")
        });
        let text = self.source.slice(node);
        for found in TEST.captures_iter(text) {
            let name = found.get(1).expect("the group always matches");
            let at = |offset: usize| {
                let end = node.start_byte() + offset;
                node.descendant_for_byte_range(end, end + 1)
            };
            if let Some(name) = at(name.start()) {
                let (range, hash) = (self.source.range(name), self.source.hash(node));
                self.push(&inside.modules, name, ItemKind::Test, range, hash);
            }
        }
    }

    fn examples(&mut self, comments: &[Comment<'s>], name: &str, inside: &Inside) {
        if !self.wanted.has_examples {
            return;
        }
        let owner = inside.owner.iter().map(String::as_str);
        let path: Vec<&str> = owner.chain([name]).filter(|part| !part.is_empty()).collect();
        for Example { lines, hash } in example::in_comments(comments) {
            let mut id = self.file.clone();
            id.names.clone_from(&inside.modules);
            id.names.push(super::examples::name(&path.join("::"), 1));
            let mut further = 2;
            while self.items.has(&id) {
                id.names.pop();
                id.names.push(super::examples::name(&path.join("::"), further));
                further += 1;
            }
            let range = example::range(&lines);
            self.items.push(TestItem {
                id,
                kind: ItemKind::Test,
                range,
                name: Range { end: range.start, ..range },
                hash,
                pattern: None,
                tags: Vec::new(),
            });
        }
    }

    fn push(
        &mut self,
        modules: &[String],
        name: Node<'_>,
        kind: ItemKind,
        range: Range,
        hash: u64,
    ) {
        let names = modules.iter().cloned().chain([self.source.slice(name).to_owned()]);
        let id = TestId { names: names.collect(), ..self.file.clone() };
        let (name, tags) = (self.source.range(name), Vec::new());
        self.items.push(TestItem { id, kind, range, name, hash, pattern: None, tags });
    }
}

/// What attributes make of a function, its own and those of its parameters.
fn kind(attributes: &[&str], parameters: &str) -> Option<ItemKind> {
    static TABLE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"#\s*\[\s*(?:values|files)\b").expect("a pattern"));
    // A template of rstest_reuse, and not a macro that others call so.
    static TEMPLATE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^#\s*\[\s*(?:rstest_reuse::)?apply\s*\(\s*[\w:]+\s*[,)]").expect("a pattern")
    });
    let paths = attributes.iter().map(|text| {
        let inner = text.trim_start_matches("#[").trim_end_matches(']').trim();
        inner.split(['(', '=', ' ', '[', '{']).next().unwrap_or_default()
    });
    let last = |path: &'_ str| path.rsplit("::").next().unwrap_or_default().to_owned();
    let words: Vec<String> = paths.map(last).collect();
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if has(&["template"]) {
        return None;
    }
    let is_applied = attributes.iter().any(|text| TEMPLATE.is_match(text));
    let has_table = || has(&["case"]) || TABLE.is_match(parameters);
    if has(&["test_case", "test_matrix"]) || is_applied || (has(&["rstest"]) && has_table()) {
        return Some(ItemKind::Parametrised);
    }
    has(&["test", "rstest", "quickcheck", "gtest"]).then_some(ItemKind::Test)
}

#[cfg(test)]
mod tests;
