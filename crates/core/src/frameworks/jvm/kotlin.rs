//! How Kotlin writes what JUnit looks at.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use tree_sitter::{Node, Tree};

use super::discover::Syntax;
use crate::frameworks::source::{children, named_children};
use crate::frameworks::{Grammar, ItemKind, Source};

static KOTLIN: Grammar =
    Grammar { name: "kotlin", language: || tree_sitter_kotlin_ng::LANGUAGE.into() };

pub(super) struct Kotlin;

impl Syntax for Kotlin {
    const CLASSES: &'static [&'static str] = &["class_declaration"];
    const METHOD: &'static str = "function_declaration";

    fn tree(source: &mut Source<'_>) -> Option<Tree> {
        source.mended_tree(&KOTLIN, mended)
    }

    fn body(class: Node<'_>) -> Option<Node<'_>> {
        part(class, "class_body").or_else(|| delegated_body(class))
    }

    fn modifiers(node: Node<'_>) -> Vec<Node<'_>> {
        let all = part(node, "modifiers").map(named_children).unwrap_or_default();
        // `@[Test Tag("slow")]` is one with several in it.
        let each = |it: Node<'_>| named_children(it).len() > 1 && it.kind() == "annotation";
        all.into_iter()
            .flat_map(|it| if each(it) { named_children(it) } else { vec![it] })
            .collect()
    }

    fn annotation<'s>(source: &Source<'s>, modifier: Node<'_>) -> Option<(&'s str, &'s str)> {
        let is_one = ["annotation", "user_type", "constructor_invocation"];
        let written = is_one.contains(&modifier.kind()).then(|| source.slice(modifier))?;
        let written = written.trim_start_matches(['@', '[']);
        let (name, arguments) = written.split_once('(').unwrap_or((written, ""));
        Some((name.trim_end_matches([']', ' ']), arguments))
    }

    fn is_interface(class: Node<'_>) -> bool {
        children(class).iter().any(|it| it.kind() == "interface")
    }

    fn is_plain(source: &Source<'_>, method: Node<'_>) -> bool {
        let hides = ["private", "protected", "internal"];
        let is_hidden =
            Self::modifiers(method).into_iter().any(|it| hides.contains(&source.slice(it)));
        let takes = part(method, "function_value_parameters").map(named_children);
        let gives = children(method).into_iter().skip_while(|it| it.kind() != ":").nth(1);
        let is_void = gives.is_none_or(|it| source.slice(it) == "Unit");
        is_void && !is_hidden && takes.is_some_and(|all| all.iter().all(Node::is_extra))
    }

    fn superclass<'s>(source: &Source<'s>, class: Node<'_>) -> &'s str {
        // Only a class is called: `: TestCase()`.
        let all = part(class, "delegation_specifiers").map(|it| source.slice(it));
        let called = all.and_then(|all| all.split_once("()")).map(|(name, _)| name);
        called.unwrap_or_default()
    }

    fn origins(source: &Source<'_>, class: Node<'_>) -> Vec<String> {
        let all = part(class, "delegation_specifiers").map(named_children).unwrap_or_default();
        let name = |node: &Node<'_>| {
            let text = source.slice(*node);
            text.split(['(', '<', ' ', '{']).next().unwrap_or_default().to_owned()
        };
        all.iter().map(name).collect()
    }

    fn can_run(source: &Source<'_>, method: Node<'_>, _: ItemKind) -> bool {
        !Self::modifiers(method).into_iter().any(|it| source.slice(it) == "private")
    }
}

/// What the grammar cannot read, so that it makes nothing of all that follows, in another way that is as long.
fn mended(text: &str) -> String {
    let older = NEWER.replace_all(text, |found: &Captures<'_>| {
        let kept = found.get(1).or(found.get(2)).map_or("", |it| it.as_str());
        " ".repeat(found[0].len() - kept.len()) + kept
    });
    ended(&older)
}

/// What is newer than the grammar, and calls no test anything: a condition in a branch (`is Int if it > 1 ->`), signs before a string
/// (`$$"a"`), `context(…)`, and the `field` of a property.
static NEWER: LazyLock<Regex> = LazyLock::new(|| {
    let lines = r"(?m:^[ \t]*context\([^()\n]*\))|(?m:^[ \t]*field\b[^\n=]*=[^\n]*)";
    Regex::new(&format!(r#" if [^\n{{}}]*?( ->)|\$\$+(")|{lines}"#)).expect("a pattern")
});

/// The grammar wants a line's end or a `;` behind each member of a class, which Kotlin does not: in `{ val x = 1 } fun y() {}` the spaces
/// beside the `}` become one.
fn ended(text: &str) -> String {
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
        let string = r#""""(?s:.*?)"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'"#;
        Regex::new(&format!(r"{string}|//[^\n]*|/\*(?s:.*?)\*/")).expect("a pattern")
    });
    let mut ended = String::with_capacity(text.len());
    let mut at = 0;
    let rest = text.len()..text.len();
    for quoted in QUOTED.find_iter(text).map(|it| it.range()).chain([rest]) {
        for (place, c) in text[at..quoted.start].char_indices() {
            let is_end = c == ' ' && is_end(&ended, &text[at + place + 1..]);
            ended.push(if is_end { ';' } else { c });
        }
        at = quoted.end;
        ended.push_str(&text[quoted]);
    }
    ended
}

/// Whether a member ends between two texts.
fn is_end(before: &str, behind: &str) -> bool {
    static MEMBER: LazyLock<Regex> = LazyLock::new(|| {
        let modifiers = "public|private|protected|internal|open|abstract|override|suspend|inner|data|enum|companion|lateinit";
        Regex::new(&format!(r"^(?:@|(?:fun|val|var|class|object|interface|init|{modifiers})\b)"))
            .expect("a pattern")
    });
    match before.trim_end_matches([' ', '\t']).chars().next_back() {
        None | Some('\n' | '{' | ';' | ',' | '>') => false,
        Some('}') if MEMBER.is_match(behind) => true,
        Some(_) => behind.starts_with('}'),
    }
}

/// The grammar takes the body behind `: Iface by Impl()` for the last argument of that call.
fn delegated_body(class: Node<'_>) -> Option<Node<'_>> {
    std::iter::successors(part(class, "delegation_specifiers"), |it| named_children(*it).pop())
        .find(|it| it.kind() == "lambda_literal")
}

fn part<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    named_children(node).into_iter().find(|it| it.kind() == kind)
}
