//! Finds the tests of a JavaScript or TypeScript file: calls of `describe`, `it` and `test`, however they are nested.

pub(super) mod title;

use std::collections::BTreeMap;

use tree_sitter::{LanguageRef, Node, TreeCursor};

use super::{Tool, playwright};
use crate::frameworks::listed::Listed;
use crate::frameworks::{Grammar, ItemKind, NamePattern, Source, Suite, TestItem};
use crate::id::TestId;

static JAVASCRIPT: Grammar =
    Grammar { name: "javascript", language: || tree_sitter_javascript::LANGUAGE.into() };
pub(super) static TYPESCRIPT: Grammar =
    Grammar { name: "typescript", language: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into() };
static TSX: Grammar =
    Grammar { name: "tsx", language: || tree_sitter_typescript::LANGUAGE_TSX.into() };

/// What each framework's tests import, as far as they have to.
const IMPORTS: &[(Option<Tool>, &[&str])] = &[
    (Some(Tool::Vitest), &["vitest"]),
    (Some(Tool::Jest), &["@jest/globals"]),
    (Some(Tool::Node), &["node:test"]),
    (Some(Tool::Playwright), &["@playwright/test"]),
    (None, &["bun:test", "@cypress"]),
];

pub(super) fn discover(tool: Tool, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    if is_of_another(tool, source.text) {
        return Vec::new();
    }
    let grammar = match source.path.as_str().rsplit('.').next() {
        Some("ts" | "mts" | "cts") => &TYPESCRIPT,
        Some("tsx") => &TSX,
        _ => &JAVASCRIPT,
    };
    let Some(tree) = source.tree(grammar) else {
        return Vec::new();
    };
    let file = suite.of_file(source.path.clone());
    let kinds = Kinds::of(&tree.language());
    let mut walk =
        Walk { tool, source, file, kinds, items: Listed::default(), aliases: BTreeMap::new() };
    walk.visit(tree.root_node(), &Inside::default());
    walk.items.into()
}

/// Whether a file imports another framework than this one. Node's own has to be imported, and so has Playwright's `test`,
/// perhaps from a file of the project's.
fn is_of_another(tool: Tool, text: &str) -> bool {
    let (own, others): (Vec<_>, Vec<_>) = IMPORTS.iter().partition(|(of, _)| *of == Some(tool));
    let has_own = own.iter().any(|(_, names)| imports(names, text));
    let is_needed = match tool {
        Tool::Node => true,
        Tool::Playwright => !playwright::imports_test(text),
        _ => false,
    };
    !has_own && (is_needed || others.iter().any(|(_, names)| imports(names, text)))
}

/// Whether an import is one of a framework. Few tests import Mocha, and its name alone is a word like others.
fn is_of_a_framework(import: &str) -> bool {
    let mut all = IMPORTS.iter().map(|(_, names)| *names).chain([&["mocha"][..]]);
    all.any(|names| imports(names, import))
}

/// Whether a text names one of these as what it imports.
fn imports(names: &[&str], text: &str) -> bool {
    let quoted =
        |name: &&str| text.contains(&format!("'{name}'")) || text.contains(&format!("\"{name}\""));
    names.iter().any(quoted)
}

/// What surrounds a call.
#[derive(Debug, Clone, Default)]
struct Inside<'s> {
    names: Vec<String>,
    /// What the test around calls its context, on which parts of it are started.
    context: Option<&'s str>,
}

/// What a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Called {
    is_group: bool,
    /// Whether it is one for each row of a table.
    is_each: bool,
}

/// The kinds of nodes that matter, as a grammar numbers them.
struct Kinds {
    call: u16,
    declarator: u16,
    clause: u16,
    specifier: u16,
    shorthand: u16,
    pair: u16,
}

impl Kinds {
    fn of(language: &LanguageRef<'_>) -> Self {
        let kind = |name| language.id_for_node_kind(name, true);
        Self {
            call: kind("call_expression"),
            declarator: kind("variable_declarator"),
            clause: kind("import_clause"),
            specifier: kind("import_specifier"),
            shorthand: kind("shorthand_property_identifier_pattern"),
            pair: kind("pair_pattern"),
        }
    }
}

struct Walk<'w, 's> {
    tool: Tool,
    source: &'w Source<'s>,
    file: TestId,
    kinds: Kinds,
    items: Listed,
    /// Names of the file's own for the framework's functions: `const unixOnly = onUnix ? describe : describe.skip`.
    aliases: BTreeMap<&'s str, &'s str>,
}

impl<'s> Walk<'_, 's> {
    fn visit(&mut self, node: Node<'_>, inside: &Inside<'s>) {
        self.walk(&mut node.walk(), inside);
    }

    /// The node where the cursor is, and what is below: nearly all of a file, so a cursor of its own for each node would cost more than
    /// the parse.
    fn walk(&mut self, cursor: &mut TreeCursor<'_>, inside: &Inside<'s>) {
        let node = cursor.node();
        if node.kind_id() == self.kinds.call && self.call(node, inside) {
            return;
        }
        match node.kind_id() {
            kind if kind == self.kinds.declarator => self.alias(node),
            kind if kind == self.kinds.clause => self.import(node.named_child(0)),
            kind if kind == self.kinds.shorthand => self.import(Some(node)),
            kind if kind == self.kinds.specifier => {
                let (name, alias) =
                    (node.child_by_field_name("name"), node.child_by_field_name("alias"));
                self.rename(name, alias, node.parent().and_then(|it| it.parent()?.parent()));
                self.import(alias.or(name));
            }
            // `const { test: check } = require('node:test')`
            kind if kind == self.kinds.pair => {
                let field = |name| node.child_by_field_name(name);
                self.rename(field("key"), field("value"), node.parent().and_then(|it| it.parent()));
            }
            _ => {}
        }
        if cursor.goto_first_child() {
            self.walk(cursor, inside);
            while cursor.goto_next_sibling() {
                self.walk(cursor, inside);
            }
            cursor.goto_parent();
        }
    }

    /// Keeps the name that a declaration gives to one of the framework's functions.
    fn alias(&mut self, declarator: Node<'_>) {
        let name = declarator.child_by_field_name("name").filter(|it| it.kind() == "identifier");
        let Some((name, value)) = name.zip(declarator.child_by_field_name("value")) else {
            return;
        };
        if !value.kind().contains("function") {
            self.import(Some(name));
        }
        let stands_for = match value.kind() {
            "ternary_expression" => value.child_by_field_name("consequence"),
            _ => Some(value),
        };
        let function = stands_for.and_then(|it| self.function(it));
        if let Some(function) = function.filter(|it| is_group(it).is_some()) {
            self.aliases.insert(self.source.slice(name), function);
        }
    }

    /// Keeps the name that an import of the framework gives to one of its functions.
    fn rename(
        &mut self,
        name: Option<Node<'_>>,
        alias: Option<Node<'_>>,
        import: Option<Node<'_>>,
    ) {
        let text = |node: Node<'_>| self.source.slice(node);
        let Some(((name, alias), import)) = name.zip(alias).zip(import) else {
            return;
        };
        let (name, alias) = (text(name), text(alias));
        if is_group(name).is_some() && is_of_a_framework(text(import)) {
            self.aliases.insert(alias, name);
        }
    }

    /// Keeps a name such as `userTest` for a `test` of Playwright's that the project extended.
    fn import(&mut self, name: Option<Node<'_>>) {
        let name = name.filter(|it| it.kind().contains("identifier"));
        let name = name.map(|it| self.source.slice(it));
        let is_test = |name: &&str| name.ends_with("Test") || name.ends_with("_test");
        if let Some(name) = name.filter(|_| self.tool == Tool::Playwright).filter(is_test) {
            self.aliases.insert(name, "test");
        }
    }

    /// The function that an expression such as `describe.skip` or `test.extend(fixtures)` names.
    fn function(&self, mut node: Node<'_>) -> Option<&'s str> {
        loop {
            node = match node.kind() {
                "member_expression" => node.child_by_field_name("object")?,
                "call_expression" => self.extended(node)?,
                "identifier" => break,
                _ => return None,
            }
        }
        let name = self.source.slice(node);
        Some(self.aliases.get(name).copied().unwrap_or(name))
    }

    /// What a call of `extend` extends.
    fn extended<'t>(&self, call: Node<'t>) -> Option<Node<'t>> {
        let function = call.child_by_field_name("function")?;
        let property = function.child_by_field_name("property")?;
        (self.source.slice(property) == "extend").then(|| function.child_by_field_name("object"))?
    }

    /// Takes in a call that makes tests; whether it does.
    fn call(&mut self, call: Node<'_>, inside: &Inside<'s>) -> bool {
        let arguments = call.child_by_field_name("arguments").filter(|it| it.kind() == "arguments");
        let (Some(function), Some(arguments)) = (call.child_by_field_name("function"), arguments)
        else {
            return false;
        };
        let Some(called) = self.called(function, inside) else {
            return false;
        };
        // `test.skip(isMobile, "why")` says something of the test around.
        let is_made = |it: Node<'_>| it.kind().contains("function");
        if self.tool == Tool::Playwright && !last(arguments).is_some_and(is_made) {
            return false;
        }
        let Some(first) = arguments.named_child(0) else {
            return false;
        };
        let Some(title) = title::title(self.source, first) else {
            return false;
        };
        let title = if called.is_each { title::of_each(title) } else { title };
        let (name, pattern) = title.named();
        let mut names = inside.names.clone();
        names.push(name);
        let at = self.items.len();
        self.inner(called, arguments, &names);
        let has_parts = self.items.len() > at;
        let kind = match called {
            Called { is_group: true, .. } => ItemKind::Group,
            Called { is_each: true, .. } => ItemKind::Parametrised,
            _ if has_parts || pattern.is_some() => ItemKind::Parametrised,
            _ => ItemKind::Test,
        };
        let item = self.item(call, first, names, (kind, pattern));
        self.items.insert(at, item);
        true
    }

    /// What the function stands for that makes a group or, for Node, a test.
    fn inner(&mut self, called: Called, arguments: Node<'_>, names: &[String]) {
        let mut cursor = arguments.walk();
        for argument in arguments.named_children(&mut cursor).skip(1) {
            let is_function = argument.kind().contains("function");
            if called.is_group && is_function {
                self.visit(argument, &Inside { names: names.to_vec(), context: None });
            } else if self.tool == Tool::Node && is_function {
                let context = self.context(argument);
                if context.is_some() {
                    self.visit(argument, &Inside { names: names.to_vec(), context });
                }
            }
        }
    }

    /// The name of a function's first parameter.
    fn context(&self, function: Node<'_>) -> Option<&'s str> {
        let only = function.child_by_field_name("parameter");
        let several = || function.child_by_field_name("parameters")?.named_child(0);
        let first = only.or_else(several)?;
        let name = first.child_by_field_name("pattern").unwrap_or(first);
        (name.kind() == "identifier").then(|| self.source.slice(name))
    }

    /// Whether a function is one of the framework's, and what its properties make of it.
    fn called(&self, function: Node<'_>, inside: &Inside<'s>) -> Option<Called> {
        let mut properties: Vec<&str> = Vec::new();
        let mut is_each = false;
        let mut node = function;
        let base = loop {
            match node.kind() {
                "identifier" => break self.source.slice(node),
                "member_expression" => {
                    properties.push(self.source.slice(node.child_by_field_name("property")?));
                    node = node.child_by_field_name("object")?;
                }
                // `it.each(table)(…)`, `it.skipIf(condition)(…)`
                "call_expression" => {
                    node = node.child_by_field_name("function")?;
                    let property =
                        node.child_by_field_name("property").map(|it| self.source.slice(it));
                    match property? {
                        "each" | "for" => is_each = true,
                        "skipIf" | "runIf" => {}
                        _ => return None,
                    }
                }
                "non_null_expression" | "parenthesized_expression" => node = node.named_child(0)?,
                _ => return None,
            }
        };
        if inside.context == Some(base) {
            return (properties == ["test"]).then_some(Called { is_group: false, is_each });
        }
        let base = self.aliases.get(base).copied().unwrap_or(base);
        let is_plain = self.tool == Tool::Playwright && matches!(base, "setup" | "teardown");
        let is_group = !is_plain
            && (is_group(base)?
                || properties.iter().any(|property| matches!(*property, "describe" | "suite")));
        let is_known = |property: &&str| {
            matches!(
                *property,
                "only"
                    | "skip"
                    | "todo"
                    | "concurrent"
                    | "sequential"
                    | "each"
                    | "for"
                    | "failing"
                    | "fails"
                    | "skipIf"
                    | "runIf"
                    | "describe"
                    | "suite"
                    | "it"
                    | "test"
                    | "shuffle"
                    | "serial"
                    | "parallel"
                    | "fixme"
                    | "fail"
            )
        };
        properties.iter().all(is_known).then_some(Called { is_group, is_each })
    }

    fn item(
        &self,
        call: Node<'_>,
        title: Node<'_>,
        names: Vec<String>,
        (kind, pattern): (ItemKind, Option<NamePattern>),
    ) -> TestItem {
        let id = TestId { names, ..self.file.clone() };
        TestItem { pattern, ..self.source.item(id, kind, call, title) }
    }
}

fn last(arguments: Node<'_>) -> Option<Node<'_>> {
    arguments.named_child(arguments.named_child_count().checked_sub(1)?)
}

/// Whether one of the framework's functions makes groups; `None` where it is none of them.
fn is_group(function: &str) -> Option<bool> {
    match function {
        "describe" | "suite" | "context" | "fdescribe" | "xdescribe" | "xcontext" => Some(true),
        "it" | "test" | "specify" | "fit" | "xit" | "xtest" | "xspecify" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
