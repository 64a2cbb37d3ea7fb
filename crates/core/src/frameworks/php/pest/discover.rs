//! Finds the tests of a file of Pest's: calls of `it`, `test` and their like, also in `describe` blocks and loops.

use std::sync::Arc;

use tree_sitter::Node;

use super::super::literal;
use crate::frameworks::listed::Listed;
use crate::frameworks::source::named_children;
use crate::frameworks::title::Title;
use crate::frameworks::{ItemKind, Source, TestItem};
use crate::id::TestId;

pub(in super::super) fn discover(
    source: &Source<'_>,
    file: &TestId,
    root: Node<'_>,
) -> Vec<TestItem> {
    let mut walk = Walk { source, file, items: Listed::default() };
    walk.below(root, &Around::default());
    walk.items.into()
}

struct Walk<'w, 's> {
    source: &'w Source<'s>,
    file: &'w TestId,
    items: Listed,
}

/// The blocks around a test.
#[derive(Debug, Clone, Default)]
struct Around {
    names: Vec<String>,
    tags: Vec<Arc<str>>,
    is_table: bool,
}

/// A call and what hangs on it: `it('adds', …)->with(…)->skip()`.
struct Chain<'t> {
    call: Node<'t>,
    /// From the call outwards.
    links: Vec<Node<'t>>,
}

impl<'t> Chain<'t> {
    fn of(expression: Node<'t>) -> Option<Self> {
        let mut links = Vec::new();
        let mut node = expression;
        loop {
            match node.kind() {
                "member_call_expression" | "member_access_expression" => {
                    links.push(node);
                    node = node.child_by_field_name("object")?;
                }
                "function_call_expression" => break,
                _ => return None,
            }
        }
        links.reverse();
        Some(Self { call: node, links })
    }
}

impl<'s> Walk<'_, 's> {
    fn below(&mut self, node: Node<'_>, around: &Around) {
        for child in named_children(node) {
            match child.kind() {
                "expression_statement" => self.statement(child, around),
                "namespace_definition"
                | "compound_statement"
                | "foreach_statement"
                | "for_statement"
                | "while_statement"
                | "if_statement"
                | "else_clause"
                | "else_if_clause"
                | "colon_block" => self.below(child, around),
                _ => {}
            }
        }
    }

    fn statement(&mut self, statement: Node<'_>, around: &Around) {
        let Some(chain) = statement.named_child(0).and_then(Chain::of) else {
            return;
        };
        let Some(function) = chain.call.child_by_field_name("function") else {
            return;
        };
        let arguments = arguments(chain.call);
        let own = arguments.first().map(|first| literal::title(self.source, *first));
        let title = match (self.source.slice(function).trim_start_matches('\\'), own) {
            ("describe", Some(title)) => {
                return self.block(statement, &chain, title, around);
            }
            ("it", Some(title)) => Title::whole("it ").with("", title),
            ("test" | "arch" | "todo", Some(title)) => title,
            ("test" | "arch", None) => self.made_of(&chain),
            _ => return,
        };
        let inside = self.said(&chain, around);
        let kind = if inside.is_table { ItemKind::Parametrised } else { ItemKind::Test };
        let name = arguments.first().copied().unwrap_or(function);
        self.item(statement, name, title, kind, inside);
    }

    fn block(&mut self, statement: Node<'_>, chain: &Chain<'_>, title: Title, around: &Around) {
        let arguments = arguments(chain.call);
        let body = arguments.get(1).and_then(|it| it.child_by_field_name("body"));
        let (Some(name), Some(body)) = (arguments.first(), body) else {
            return;
        };
        let mut inside = self.said(chain, around);
        let at = self.items.len();
        self.item(statement, *name, title, ItemKind::Group, inside.clone());
        let Some(group) = self.items.get(at) else {
            return;
        };
        inside.names.clone_from(&group.id.names);
        self.below(body, &inside);
        if self.items.len() == at + 1 {
            self.items.split_off(at);
        }
    }

    /// What the links of a chain add to what is around.
    fn said(&self, chain: &Chain<'_>, around: &Around) -> Around {
        let mut said = around.clone();
        for link in &chain.links {
            match self.name(*link) {
                "with" | "repeat" => said.is_table = true,
                "group" => {
                    let texts = arguments(*link).into_iter();
                    let texts = texts.filter_map(|it| literal::text(self.source, it));
                    said.tags.extend(texts.map(Arc::from));
                }
                _ => {}
            }
        }
        said
    }

    /// The description of a test that has none: what it expects.
    fn made_of(&self, chain: &Chain<'_>) -> Title {
        let links = chain.links.iter().filter(|link| !is_about_the_test(self.name(**link)));
        let words = links.map(|link| match link.kind() {
            "member_access_expression" => Title::whole(self.name(*link)),
            _ => {
                let values = arguments(*link);
                Title::whole(self.name(*link)).with(" ", literal::values(self.source, &values))
            }
        });
        words
            .reduce(|whole, next| whole.with(" → ", next))
            .unwrap_or_else(|| Title::unknown("test()"))
    }

    fn name(&self, link: Node<'_>) -> &'s str {
        link.child_by_field_name("name").map(|name| self.source.slice(name)).unwrap_or_default()
    }

    /// A test, unless one of that name stands there already.
    fn item(
        &mut self,
        node: Node<'_>,
        name: Node<'_>,
        title: Title,
        kind: ItemKind,
        inside: Around,
    ) {
        let (own, pattern) = title.named();
        let mut names = inside.names;
        names.push(own);
        let id = TestId { names, ..self.file.clone() };
        let item = self.source.item(id, kind, node, name);
        self.items.push(TestItem { pattern, tags: inside.tags, ..item });
    }
}

/// The values that a call is given.
fn arguments(call: Node<'_>) -> Vec<Node<'_>> {
    let all = call.child_by_field_name("arguments").map(named_children).unwrap_or_default();
    let values = all.into_iter().filter(|it| it.kind() == "argument");
    // What an argument is called stands before its value.
    values.filter_map(|it| it.named_child(it.named_child_count().checked_sub(1)?)).collect()
}

/// Methods that say something of a test, and are no part of it.
fn is_about_the_test(method: &str) -> bool {
    const EXACTLY: &[&str] = &[
        "after",
        "assignee",
        "depends",
        "done",
        "fails",
        "group",
        "issue",
        "note",
        "only",
        "pr",
        "references",
        "repeat",
        "ticket",
        "todo",
        "wip",
        "with",
    ];
    let starts = ["covers", "only", "skip", "throws"];
    EXACTLY.contains(&method) || starts.iter().any(|start| method.starts_with(start))
}
