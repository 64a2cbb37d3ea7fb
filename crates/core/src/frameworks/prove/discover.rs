//! Finds the assertions of a file of Perl that have a description, and its subtests.

use std::sync::LazyLock;

use regex::Regex;
use tree_sitter::Node;

use crate::frameworks::listed::Listed;
use crate::frameworks::{Grammar, ItemKind, NamePattern, Source, Suite, TestItem};
use crate::id::TestId;

static PERL: Grammar = Grammar { name: "perl", language: || ts_parser_perl::LANGUAGE.into() };

/// A variable in a text.
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[$@]\{?\w+\}?(?:(?:->)?(?:\[[^\]]*\]|\{[^}]*\}))*").expect("a pattern")
});

pub(super) fn discover(suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.tree(&PERL) else {
        return Vec::new();
    };
    let file = suite.of_file(source.path.clone());
    let mut walk = Walk { source, file, items: Listed::default() };
    walk.visit(tree.root_node(), &[]);
    walk.items.into()
}

struct Walk<'w, 's> {
    source: &'w Source<'s>,
    file: TestId,
    items: Listed,
}

impl Walk<'_, '_> {
    fn visit(&mut self, node: Node<'_>, names: &[String]) {
        match node.kind() {
            // What a function says is said where it is called.
            "subroutine_declaration_statement" => return,
            "function_call_expression" | "ambiguous_function_call_expression"
                if self.call(node, names) =>
            {
                return;
            }
            _ => {}
        }
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.visit(child, names);
        }
    }

    /// Takes in a call that makes a test; whether it does.
    fn call(&mut self, call: Node<'_>, names: &[String]) -> bool {
        let mut cursor = call.walk();
        let mut children = call.named_children(&mut cursor);
        let function = children.next().map(|it| self.source.slice(it)).unwrap_or_default();
        let Some(first) = children.next() else {
            return false;
        };
        let mut cursor = first.walk();
        let arguments: Vec<Node<'_>> = match first.kind() {
            "list_expression" => first.named_children(&mut cursor).collect(),
            _ => vec![first],
        };
        let Some((title, body)) = title(function, &arguments) else {
            return false;
        };
        let Some(pieces) = self.pieces(title) else {
            return false;
        };
        let names = [names, &[pieces.join("…")]].concat();
        let id = TestId { names: names.clone(), ..self.file.clone() };
        // One that is said again is a case of the first.
        if self.items.has(&id) {
            return true;
        }
        let at = self.items.len();
        if let Some(body) = body {
            self.visit(body, &names);
        }
        let is_whole = pieces.len() == 1;
        let has_parts = self.items.len() > at;
        let kind = if is_whole && !has_parts { ItemKind::Test } else { ItemKind::Parametrised };
        let pattern = (!is_whole).then(|| NamePattern::new(pieces));
        let item = self.source.item(id, kind, call, title);
        self.items.insert(at, TestItem { pattern, ..item });
        true
    }

    /// What a description says, in pieces where variables are.
    fn pieces(&self, node: Node<'_>) -> Option<Vec<String>> {
        let text = self.source.slice(node);
        match node.kind() {
            "autoquoted_bareword" => Some(vec![text.to_owned()]),
            "string_literal" => {
                let delimiter = text.chars().next_back()?;
                Some(vec![unescaped(inside(text, "q")?, |c| c == '\\' || c == delimiter)])
            }
            "interpolated_string_literal" => {
                let pieces = VARIABLE.split(inside(text, "qq")?);
                let pieces: Vec<String> = pieces.map(|piece| unescaped(piece, |_| true)).collect();
                pieces.iter().any(|piece| !piece.is_empty()).then_some(pieces)
            }
            _ => None,
        }
    }
}

/// The description among a function's arguments, and what a subtest does.
fn title<'t>(function: &str, arguments: &[Node<'t>]) -> Option<(Node<'t>, Option<Node<'t>>)> {
    let least = match function {
        "subtest" => return Some((*arguments.first()?, arguments.get(1).copied())),
        "pass" | "fail" => 1,
        "ok" => 2,
        "is" | "isnt" | "like" | "unlike" | "is_deeply" => 3,
        "cmp_ok" => 4,
        _ => return None,
    };
    (arguments.len() >= least).then(|| arguments.last().map(|last| (*last, None)))?
}

/// What stands between quotes, or between the delimiters behind the operator that quotes.
fn inside<'t>(text: &'t str, operator: &str) -> Option<&'t str> {
    let text = text.strip_prefix(operator).map_or(text, str::trim_start);
    let mut chars = text.chars();
    (chars.next().is_some() && chars.next_back().is_some()).then_some(chars.as_str())
}

/// A backslash stands for itself, unless it escapes what is behind it.
fn unescaped(text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next_if(|c| is_escaped(*c)) } else { None };
        out.push(escaped.unwrap_or(c));
    }
    out
}
