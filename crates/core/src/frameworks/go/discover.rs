//! Finds the tests of a Go file: test functions, and below them what `t.Run` starts, as far as its
//! names stand in the file.

mod body;
mod literal;
mod table;

use tree_sitter::Node;

use super::super::source::Field;
use super::super::{Grammar, ItemKind, NamePattern, Range, Source, Suite, TestItem};
use crate::id::TestId;
use body::Bodies;

static GO: Grammar = Grammar { name: "go", language: || tree_sitter_go::LANGUAGE.into() };
static NAME: Field = Field::new("name");
static PARAMETERS: Field = Field::new("parameters");
static TYPE: Field = Field::new("type");
static BODY: Field = Field::new("body");

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.tree(&GO) else {
        return Vec::new();
    };
    let bodies = Bodies::new(source, tree.root_node());
    let mut items = Vec::new();
    let mut cursor = tree.root_node().walk();
    for node in tree.root_node().named_children(&mut cursor) {
        if let Some(test) = test(source, node) {
            let file = suite.of_file(source.path.clone());
            let below = test.parameter.map(|name| bodies.subtests(node, name)).unwrap_or_default();
            let mut writer = Writer { file, hash: source.hash(node), items: &mut items };
            writer.write(&[], Subtest::top(source, &test, below));
        }
    }
    items
}

/// A test function.
struct Test<'s, 't> {
    node: Node<'t>,
    name: Node<'t>,
    /// What it calls its `*testing.T`; an example has none.
    parameter: Option<&'s str>,
    /// Whether it has seeds of its own that stand in other files.
    is_fuzz: bool,
}

fn test<'s, 't>(source: &Source<'s>, node: Node<'t>) -> Option<Test<'s, 't>> {
    if node.kind() != "function_declaration" {
        return None;
    }
    let name = NAME.of(node)?;
    let parameters = PARAMETERS.of(node)?;
    let test = |parameter, is_fuzz| Test { node, name, parameter, is_fuzz };
    let word = source.slice(name);
    if is_name(word, "Test") {
        return parameter(source, parameters, "T").map(|name| test(Some(name), false));
    }
    if is_name(word, "Fuzz") {
        return parameter(source, parameters, "F").map(|name| test(Some(name), true));
    }
    let is_example = is_name(word, "Example")
        && parameters.named_child_count() == 0
        && has_output(source, BODY.of(node)?);
    is_example.then(|| test(None, false))
}

/// `TestX`, `Test_x` and `Test`, and not `Testing`.
fn is_name(name: &str, prefix: &str) -> bool {
    let rest = name.strip_prefix(prefix);
    rest.is_some_and(|rest| !rest.starts_with(char::is_lowercase))
}

/// The name of the only parameter, if it is a `*testing.T`.
fn parameter<'s>(source: &Source<'s>, parameters: Node<'_>, kind: &str) -> Option<&'s str> {
    let only = parameters.named_child(0).filter(|_| parameters.named_child_count() == 1)?;
    let text = source.slice(TYPE.of(only)?);
    let is_kind =
        text.starts_with('*') && text.trim_start_matches('*').rsplit('.').next() == Some(kind);
    let name = NAME.of(only).map_or("_", |name| source.slice(name));
    is_kind.then_some(name)
}

/// An example is run where it says what it prints.
fn has_output(source: &Source<'_>, body: Node<'_>) -> bool {
    let mut cursor = body.walk();
    let mut comments = body.named_children(&mut cursor).flat_map(|statement| {
        let mut cursor = statement.walk();
        let nested: Vec<Node<'_>> = statement.named_children(&mut cursor).collect();
        std::iter::once(statement).chain(nested)
    });
    comments.any(|node| {
        let text = source.slice(node).trim_start_matches(['/', '*', ' ', '\t']).to_lowercase();
        let is_output = text.starts_with("output:") || text.starts_with("unordered output:");
        node.kind() == "comment" && is_output
    })
}

/// A test, and what it starts in its turn.
#[derive(Debug)]
struct Subtest {
    /// As Go will print it.
    name: String,
    pattern: Option<NamePattern>,
    range: Range,
    name_range: Range,
    below: Vec<Subtest>,
    /// Whether it starts tests whose names do not stand in the file.
    has_others: bool,
}

impl Subtest {
    fn top(source: &Source<'_>, test: &Test<'_, '_>, below: body::Started) -> Self {
        Self {
            name: source.slice(test.name).to_owned(),
            pattern: None,
            range: source.range(test.node),
            name_range: source.range(test.name),
            below: below.subtests,
            has_others: below.has_others || test.is_fuzz,
        }
    }
}

/// Writes the tests of one function, parents first.
struct Writer<'w> {
    file: TestId,
    /// Of the whole function: what stands around a subtest is as much part of it as its own lines.
    hash: u64,
    items: &'w mut Vec<TestItem>,
}

impl Writer<'_> {
    fn write(&mut self, above: &[String], test: Subtest) {
        let mut names = above.to_vec();
        // A slash in a name makes a level of its own.
        names.extend(test.name.split('/').map(str::to_owned));
        let has_cases = test.has_others || !test.below.is_empty() || test.pattern.is_some();
        self.items.push(TestItem {
            id: TestId { names: names.clone(), ..self.file.clone() },
            kind: if has_cases { ItemKind::Parametrised } else { ItemKind::Test },
            range: test.range,
            name: test.name_range,
            hash: self.hash,
            pattern: test.pattern,
            tags: Vec::new(),
        });
        for below in test.below {
            self.write(&names, below);
        }
    }
}

#[cfg(test)]
mod tests;
