//! Finds the tests of a file of C++: GoogleTest's macros, which look like functions, and those of Catch2 and doctest, which
//! look like calls with a block behind them.

mod lists;
mod literal;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use regex::{Captures, Regex};
use tree_sitter::Node;

use super::LISTS;
use super::selection::HIDDEN;
use crate::frameworks::{Grammar, ItemKind, NamePattern, Range, Source, Suite, TestItem};
use crate::id::TestId;

static CPP: Grammar = Grammar { name: "cpp", language: || tree_sitter_cpp::LANGUAGE.into() };

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let file = suite.of_file(source.path.clone());
    if source.path.as_str().rsplit('/').next() == Some(LISTS) {
        return lists::discover(&file, source);
    }
    // Most files have none, and parsing is what takes time.
    if !["TEST", "SCENARIO"].iter().any(|word| source.text.contains(word)) {
        return Vec::new();
    }
    match readable(source.text) {
        Cow::Borrowed(_) => found_in(file, source),
        Cow::Owned(text) => found_in(file, &mut Source::new(source.path, &text)),
    }
}

/// The grammar takes the end of `TEMPLATE_TEST_CASE("name", "[tag]", int) { … }` for a value of that type, and the tests
/// behind it for what it cannot read: a name in the type's place spares it that.
fn readable(text: &str) -> Cow<'_, str> {
    static LAST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"((?:TEMPLATE_\w*TEST_CASE|TEST_CASE_TEMPLATE)\w*\s*\([^;{}]*,\s*)(bool|char|double|float|int)(\s*\)\s*\{)")
            .expect("a pattern")
    });
    if !text.contains("TEMPLATE") {
        return Cow::Borrowed(text);
    }
    LAST.replace_all(text, |found: &Captures<'_>| {
        format!("{}{}{}", &found[1], found[2].to_ascii_uppercase(), &found[3])
    })
}

fn found_in(file: TestId, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.tree(&CPP) else {
        return Vec::new();
    };
    let mut walk = Walk {
        source,
        file,
        classes: HashMap::new(),
        groups: HashMap::new(),
        seen: HashSet::new(),
        items: Vec::new(),
    };
    walk.visit(tree.root_node());
    walk.items
}

struct Walk<'w, 's> {
    source: &'w Source<'s>,
    file: TestId,
    /// Where classes stand, and their names: a test's suite may be one.
    classes: HashMap<&'s str, (Range, Range)>,
    /// Where among the items the suites of GoogleTest are.
    groups: HashMap<&'s str, usize>,
    /// The names of all tests so far: one that is written twice, for several platforms, is one.
    seen: HashSet<Vec<String>>,
    items: Vec<TestItem>,
}

impl<'s> Walk<'_, 's> {
    fn visit(&mut self, container: Node<'_>) {
        let mut cursor = container.walk();
        let children: Vec<Node<'_>> = container.named_children(&mut cursor).collect();
        for (at, &node) in children.iter().enumerate() {
            let block = children.get(at + 1).filter(|it| it.kind() == "compound_statement");
            match node.kind() {
                "function_definition" => {
                    if let Some(declarator) = node.child_by_field_name("declarator") {
                        self.named(node, declarator, "declarator", "parameters");
                        self.unnamed(node, declarator);
                    }
                }
                // What is still being written has no block yet.
                "function_declarator" => self.named(node, node, "declarator", "parameters"),
                "expression_statement" => {
                    if let Some(call) = node.named_child(0) {
                        self.call(node, call, block.copied());
                    }
                }
                "call_expression" => self.call(node, node, block.copied()),
                // Types in parentheses are no expression, and so no call is seen here.
                "identifier" if self.is_of_products(node) => {
                    self.case(node, node, &children[at + 1..], None)
                }
                "class_specifier" | "struct_specifier" => self.class(node),
                "namespace_definition"
                | "declaration_list"
                | "linkage_specification"
                | "template_declaration"
                | "ERROR" => self.visit(node),
                "preproc_if" if self.is_never(node) => {
                    if let Some(other) = node.child_by_field_name("alternative") {
                        self.visit(other);
                    }
                }
                kind if kind.starts_with("preproc_") => self.visit(node),
                _ => {}
            }
        }
    }

    /// `#if 0`
    fn is_never(&self, node: Node<'_>) -> bool {
        node.child_by_field_name("condition").is_some_and(|it| self.source.slice(it) == "0")
    }

    fn class(&mut self, node: Node<'_>) {
        if let Some(name) = node.child_by_field_name("name") {
            let ranges = (self.source.range(node), self.source.range(name));
            self.classes.insert(self.source.slice(name), ranges);
        }
    }

    /// `TEST(Suite, Name) { … }`, which has the shape of a function without a type.
    fn named(&mut self, node: Node<'_>, shape: Node<'_>, name: &str, given: &str) {
        let kind = match shape.child_by_field_name(name).map(|it| self.source.slice(it)) {
            Some("TEST" | "TEST_F" | "GTEST_TEST") => ItemKind::Test,
            Some("TEST_P" | "TYPED_TEST" | "TYPED_TEST_P") => ItemKind::Parametrised,
            _ => return,
        };
        let Some(given) = shape.child_by_field_name(given) else {
            return;
        };
        let mut cursor = given.walk();
        let mut given = given.named_children(&mut cursor).filter(|it| it.kind() != "comment");
        if let (Some(suite), Some(name), None) = (given.next(), given.next(), given.next()) {
            self.of_suite(node, suite, name, kind);
        }
    }

    fn of_suite(&mut self, node: Node<'_>, suite: Node<'_>, name: Node<'_>, kind: ItemKind) {
        let names = [suite, name].map(|it| self.source.slice(it).to_owned());
        let range = self.source.range(node);
        let item = self.item(range, self.source.range(name), names.to_vec(), kind);
        if !self.seen.insert(item.id.names.clone()) {
            return;
        }
        let group = self.source.slice(suite);
        match self.groups.get(group) {
            Some(&at) => self.items[at].range.end = self.items[at].range.end.max(range.end),
            None => {
                let own = (range, self.source.range(suite));
                let (class, name) = self.classes.get(group).copied().unwrap_or(own);
                let whole = Range { start: class.start.min(range.start), end: range.end };
                self.groups.insert(group, self.items.len());
                self.items.push(self.item(whole, name, vec![group.to_owned()], ItemKind::Group));
            }
        }
        self.items.push(TestItem { hash: self.source.hash(node), ..item });
    }

    /// `TEST_CASE("name", "[tag]")` with a block behind it.
    fn call(&mut self, node: Node<'_>, call: Node<'_>, body: Option<Node<'_>>) {
        self.named(node, call, "function", "arguments");
        let function = call.child_by_field_name("function").map(|it| self.source.slice(it));
        if let (Some("TEST_SUITE"), Some(body)) = (function, body) {
            return self.visit(body);
        }
        let arguments = call.child_by_field_name("arguments");
        if let (Some(function), Some(arguments)) = (call.child_by_field_name("function"), arguments)
        {
            let mut cursor = arguments.walk();
            let arguments: Vec<Node<'_>> = arguments.named_children(&mut cursor).collect();
            self.case(node, function, &arguments, body);
        }
    }

    fn is_of_products(&self, word: Node<'_>) -> bool {
        case_macro(self.source.slice(word)).is_some_and(|it| it.contains("PRODUCT"))
    }

    /// `TEST_CASE() { … }`: Catch2 numbers those of a program.
    fn unnamed(&mut self, node: Node<'_>, shape: Node<'_>) {
        let word = shape.child_by_field_name("declarator");
        let given = shape.child_by_field_name("parameters");
        let is_empty = given.is_some_and(|given| given.named_child_count() == 0);
        let macro_ = word.and_then(|word| case_macro(self.source.slice(word)));
        if let (Some(word), Some("TEST_CASE"), true) = (word, macro_, is_empty) {
            let names = vec![UNNAMED.to_owned()];
            let (range, name) = (self.source.range(node), self.source.range(word));
            let item = self.item(range, name, names, ItemKind::Parametrised);
            if self.seen.insert(item.id.names.clone()) {
                let pattern = NamePattern::new([format!("{UNNAMED} "), String::new()]);
                let hash = self.source.hash(node);
                self.items.push(TestItem { hash, pattern: Some(pattern), ..item });
            }
        }
    }

    /// What a macro makes that has these arguments, of which texts are its name and its tags.
    fn case(
        &mut self,
        node: Node<'_>,
        word: Node<'_>,
        arguments: &[Node<'_>],
        body: Option<Node<'_>>,
    ) {
        let Some(macro_) = case_macro(self.source.slice(word)) else {
            return;
        };
        let arguments = arguments.iter().copied().map(first_operand);
        let mut texts = arguments.filter_map(|it| Some((it, literal::text(self.source, it)?)));
        let Some((title, name)) = texts.next() else {
            return;
        };
        let tags = texts.next().map(|(_, text)| tags(&text)).unwrap_or_default();
        let name = if macro_.contains("SCENARIO") { format!("Scenario: {name}") } else { name };
        let is_template = macro_.contains("TEMPLATE");
        let pieces = match macro_.starts_with("TEST_CASE_TEMPLATE") {
            true => [format!("{name}<"), ">".to_owned()],
            false => [format!("{name} - "), String::new()],
        };
        let pattern = is_template.then(|| NamePattern::new(pieces));
        let kind = if is_template { ItemKind::Parametrised } else { ItemKind::Test };
        let title = self.source.range(title);
        let end = self.source.range(body.unwrap_or(node)).end.max(title.end);
        let range = Range { start: self.source.range(node).start, end };
        let item = self.item(range, title, vec![name], kind);
        if self.seen.insert(item.id.names.clone()) {
            let hash =
                self.source.hash(body.unwrap_or(node)) ^ self.source.hash(node).rotate_left(1);
            self.items.push(TestItem { hash, pattern, tags, ..item });
        }
    }

    fn item(&self, range: Range, name: Range, names: Vec<String>, kind: ItemKind) -> TestItem {
        TestItem {
            id: TestId { names, ..self.file.clone() },
            kind,
            range,
            name,
            hash: 0,
            pattern: None,
            tags: Vec::new(),
        }
    }
}

/// How Catch2 calls a test that has no name, with a number behind it.
const UNNAMED: &str = "Anonymous test case";

/// The macro of Catch2, or of doctest, which has the same, without what may stand before it.
fn case_macro(name: &str) -> Option<&str> {
    const STARTS: &[&str] = &["TEST_CASE", "TEMPLATE_", "SCENARIO", "METHOD_AS_", "REGISTER_"];
    let name = name.strip_prefix("CATCH_").unwrap_or(name);
    let is_one = matches!(name, "SCENARIO" | "SCENARIO_METHOD") || name.contains("TEST_CASE");
    (is_one && STARTS.iter().any(|start| name.starts_with(start))).then_some(name)
}

/// What stands before doctest's decorators: `"name" * doctest::skip()`.
fn first_operand(node: Node<'_>) -> Node<'_> {
    let left = (node.kind() == "binary_expression").then(|| node.child_by_field_name("left"));
    left.flatten().map_or(node, first_operand)
}

/// `[quick][.slow]`: a dot before a tag hides its test, and so do some tags; Catch2 itself tags it so then.
fn tags(text: &str) -> Vec<Arc<str>> {
    let words = || text.split(['[', ']']);
    let is_hiding = |word: &str| word.starts_with('.') || matches!(word, "!hide" | "!benchmark");
    let hidden = words().any(is_hiding).then_some(HIDDEN);
    let names = words().map(|word| word.trim_start_matches('.'));
    names.filter(|word| !word.trim().is_empty()).chain(hidden).map(Arc::from).collect()
}

#[cfg(test)]
mod tests;
