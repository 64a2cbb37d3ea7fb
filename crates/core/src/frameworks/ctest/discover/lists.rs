//! Finds the tests that a `CMakeLists.txt` makes of programs: `add_test(NAME … COMMAND …)`.
//!
//! A program that is linked with a test library there is a group: its tests stand in its sources.

use std::collections::HashSet;

use tree_sitter::Node;

use crate::frameworks::listed::Listed;
use crate::frameworks::source::named_children;
use crate::frameworks::{Grammar, ItemKind, NamePattern, Source, TestItem};
use crate::id::TestId;

static CMAKE: Grammar = Grammar { name: "cmake", language: || tree_sitter_cmake::LANGUAGE.into() };

pub(super) fn discover(file: &TestId, source: &mut Source<'_>) -> Vec<TestItem> {
    if !source.text.to_ascii_lowercase().contains("add_test") {
        return Vec::new();
    }
    let Some(tree) = source.tree(&CMAKE) else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    collect(tree.root_node(), &mut commands);
    let all_words: Vec<Vec<&str>> = commands.iter().map(|it| words(source, *it)).collect();
    let programs = programs(&all_words);
    let mut items = Listed::default();
    items.extend(commands.into_iter().filter_map(|it| item(file, source, it, &programs)));
    items.into()
}

/// The programs that are linked with a test library, and the variables that may hold one.
fn programs(commands: &[Vec<&str>]) -> HashSet<String> {
    let of = |command: &'static str| {
        commands.iter().filter_map(move |words| match words.as_slice() {
            [name, first, rest @ ..] if name.eq_ignore_ascii_case(command) => Some((*first, rest)),
            _ => None,
        })
    };
    let linked = of("target_link_libraries");
    let linked = linked.filter(|(_, libraries)| libraries.iter().any(|it| is_library(it)));
    let mut programs: HashSet<String> = linked.map(|(program, _)| program.to_owned()).collect();
    let holding = of("set").filter(|(_, values)| values.iter().any(|it| programs.contains(*it)));
    let variables: Vec<String> = holding.map(|(name, _)| format!("${{{name}}}")).collect();
    programs.extend(variables);
    programs
}

fn collect<'t>(node: Node<'t>, commands: &mut Vec<Node<'t>>) {
    if node.kind() == "normal_command" {
        return commands.push(node);
    }
    for child in named_children(node) {
        collect(child, commands);
    }
}

/// A command's name and arguments as they stand there, quotes aside.
fn words<'s>(source: &Source<'s>, command: Node<'_>) -> Vec<&'s str> {
    let mut words = Vec::new();
    for part in named_children(command) {
        if part.kind() == "argument_list" {
            let arguments = named_children(part).into_iter().filter(|it| it.kind() == "argument");
            words.extend(arguments.map(|it| source.slice(it).trim_matches('"')));
        } else {
            words.push(source.slice(part));
        }
    }
    words
}

/// Whether what a program is linked with is a library whose tests are told one by one.
fn is_library(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["gtest", "gmock", "catch", "doctest"].iter().any(|library| name.contains(library))
}

fn item(
    file: &TestId,
    source: &Source<'_>,
    command: Node<'_>,
    programs: &HashSet<String>,
) -> Option<TestItem> {
    let word = |node: Node<'_>| source.slice(node).to_ascii_lowercase();
    command.named_child(0).filter(|name| word(*name) == "add_test")?;
    let arguments = command.named_child(1)?;
    // An older form begins with the name itself.
    let first = arguments.named_child(0)?;
    let at = if word(first) == "name" { arguments.named_child(1)? } else { first };
    let pieces = pieces(source, at.named_child(0)?);
    let name = pieces.join("…");
    let is_whole = pieces.len() == 1;
    // Of a name that is all gap nothing is known.
    (is_whole || pieces.iter().any(|piece| !piece.is_empty())).then(|| {
        let id = TestId { names: vec![name], ..file.clone() };
        let kind = match is_whole {
            false => ItemKind::Parametrised,
            true if program(&words(source, command)).is_some_and(|it| programs.contains(it)) => {
                ItemKind::Group
            }
            true => ItemKind::Test,
        };
        let pattern = (!is_whole).then(|| NamePattern::new(pieces));
        TestItem { pattern, ..source.item(id, kind, command, at) }
    })
}

/// The program that an `add_test` runs.
fn program<'s>(words: &[&'s str]) -> Option<&'s str> {
    let at = match words.iter().position(|word| *word == "COMMAND") {
        Some(at) => at + 1,
        None => 2,
    };
    let program = words.get(at)?;
    let file = program.strip_prefix("$<TARGET_FILE:").and_then(|it| it.strip_suffix('>'));
    Some(file.unwrap_or(program))
}

/// The text before, between and behind what CMake fills in.
fn pieces(source: &Source<'_>, argument: Node<'_>) -> Vec<String> {
    let whole = source.slice(argument);
    if argument.kind() == "bracket_argument" {
        let text = whole.trim_start_matches(['[', '=']).trim_end_matches([']', '=']);
        return vec![text.to_owned()];
    }
    let quotes = usize::from(argument.kind() == "quoted_argument");
    let text = &whole[quotes..whole.len() - quotes];
    let mut pieces = vec![String::new()];
    let mut rest = text;
    while let Some(at) = rest.find(['$', '\\']) {
        let last = pieces.last_mut().expect("there is one");
        last.push_str(&rest[..at]);
        rest = &rest[at..];
        let closing = match rest.as_bytes().get(1) {
            Some(b'{') => rest.find('}'),
            Some(b'<') => rest.rfind('>'),
            _ => None,
        };
        if let (true, Some(end)) = (rest.starts_with('$'), closing) {
            pieces.push(String::new());
            rest = &rest[end + 1..];
        } else {
            // A backslash makes text of what follows.
            let skipped = usize::from(rest.starts_with('\\'));
            let kept = rest[skipped..].chars().next().map_or(0, char::len_utf8);
            last.push_str(&rest[skipped..skipped + kept]);
            rest = &rest[skipped + kept..];
        }
    }
    pieces.last_mut().expect("there is one").push_str(rest);
    pieces
}
