//! Finds the tests that a `CMakeLists.txt` makes of programs: `add_test(NAME … COMMAND …)`.

use tree_sitter::Node;

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
    let mut items = Vec::new();
    visit(file, source, tree.root_node(), &mut items);
    items
}

fn visit(file: &TestId, source: &Source<'_>, node: Node<'_>, items: &mut Vec<TestItem>) {
    if node.kind() == "normal_command" {
        let item = item(file, source, node);
        items.extend(item.filter(|item| items.iter().all(|known| known.id != item.id)));
        return;
    }
    let mut cursor = node.walk();
    for child in node.named_children(&mut cursor) {
        visit(file, source, child, items);
    }
}

fn item(file: &TestId, source: &Source<'_>, command: Node<'_>) -> Option<TestItem> {
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
        let kind = if is_whole { ItemKind::Test } else { ItemKind::Parametrised };
        let pattern = (!is_whole).then(|| NamePattern::new(pieces));
        TestItem { pattern, ..source.item(id, kind, command, at) }
    })
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
