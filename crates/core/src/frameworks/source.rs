//! The text of one file, its syntax tree, and places in it.
//!
//! A tree is made at most once for each text. Where an earlier text of the file is remembered, only
//! what an edit touched is parsed again.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroU16;
use std::sync::{Arc, OnceLock};

use tree_sitter::{InputEdit, Language, Node, Parser, Point, Tree};

use super::hidden::{Standing, with_hidden};
use super::{ItemKind, Position, Range, TestItem};
use crate::id::TestId;
use crate::paths::RelPath;

/// A language's grammar.
pub struct Grammar {
    /// A name for it, unique among the grammars.
    pub name: &'static str,
    /// Makes it.
    pub language: fn() -> Language,
}

/// The syntax trees of an earlier text of a file, and the tests that stood in it.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    text: Arc<str>,
    trees: HashMap<&'static str, Tree>,
    tests: Vec<Standing>,
}

/// A part of a file, such as a module, that is a file of its own at a place that does not tell so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The groups that it is, outermost first.
    pub names: Vec<String>,
    /// The file in which it is written.
    pub file: RelPath,
}

/// Reads another file of the workspace; `None` where there is none.
pub type Read<'r> = &'r dyn Fn(&RelPath) -> Option<Arc<str>>;

/// A file that may hold tests.
pub struct Source<'s> {
    /// Where it is.
    pub path: &'s RelPath,
    /// Its text.
    pub text: &'s str,
    trees: HashMap<&'static str, Tree>,
    mended: HashMap<&'static str, Tree>,
    memory: Option<&'s Memory>,
    tests: Vec<Standing>,
    read: Option<Read<'s>>,
    others: RefCell<BTreeMap<RelPath, Arc<str>>>,
    parts: RefCell<Vec<Part>>,
}

impl<'s> Source<'s> {
    /// A file of which nothing else is known.
    pub fn new(path: &'s RelPath, text: &'s str) -> Self {
        Self {
            path,
            text,
            trees: HashMap::new(),
            mended: HashMap::new(),
            memory: None,
            tests: Vec::new(),
            read: None,
            others: RefCell::default(),
            parts: RefCell::default(),
        }
    }

    /// A file whose earlier text is remembered.
    pub fn edited(path: &'s RelPath, text: &'s str, memory: &'s Memory) -> Self {
        Self { memory: Some(memory), ..Self::new(path, text) }
    }

    /// The same, beside other files that what stands in it may come from.
    #[must_use]
    pub fn beside(self, read: Read<'s>) -> Self {
        Self { read: Some(read), ..self }
    }

    /// The text of another file of the workspace.
    pub fn other(&self, path: &RelPath) -> Option<Arc<str>> {
        let text = self.read?(path)?;
        self.others.borrow_mut().insert(path.clone(), text.clone());
        Some(text)
    }

    /// The other files that were read so far.
    pub fn others(&self) -> Vec<(RelPath, Arc<str>)> {
        self.others.borrow().iter().map(|(path, text)| (path.clone(), text.clone())).collect()
    }

    /// Notes a part of it that is a file of its own.
    pub fn note_part(&self, part: Part) {
        self.parts.borrow_mut().push(part);
    }

    /// The parts that were noted since this was asked last.
    pub fn take_parts(&self) -> Vec<Part> {
        self.parts.take()
    }

    /// What to remember of it, for when it is edited. `text` is its text.
    pub fn into_memory(self, text: Arc<str>) -> Memory {
        Memory { text, trees: self.trees, tests: self.tests }
    }

    /// What a suite found in it, of whose tests `is_own` knows, and what an unfinished edit hides of that.
    pub(crate) fn complete(
        &mut self,
        found: Vec<TestItem>,
        is_own: impl Fn(&TestId) -> bool,
    ) -> Vec<TestItem> {
        // Of what is read once nothing is kept.
        let Some(memory) = self.memory else {
            return found;
        };
        let read = |(name, tree)| self.mended.get(name).unwrap_or(tree);
        let broken: Vec<&Tree> =
            self.trees.iter().map(read).filter(|tree| tree.root_node().has_error()).collect();
        if broken.is_empty() || memory.tests.is_empty() {
            self.tests.extend(found.iter().map(Standing::from));
            return found;
        }
        let is_comment = |at: usize| {
            let node = |tree: &&Tree| {
                let node = tree.root_node().descendant_for_byte_range(at, at);
                node.is_some_and(|node| node.kind().contains("comment"))
            };
            broken.iter().any(node)
        };
        let before: Vec<&Standing> = memory.tests.iter().filter(|it| is_own(it.id())).collect();
        let (all, tests) = with_hidden(found, &before, (&memory.text, self.text), is_comment);
        self.tests.extend(tests);
        all
    }

    /// Its syntax tree; `None` where the grammar does not fit this program.
    pub fn tree(&mut self, grammar: &'static Grammar) -> Option<Tree> {
        if let Some(tree) = self.trees.get(grammar.name) {
            return Some(tree.clone());
        }
        let old = self.memory.and_then(|memory| {
            let mut tree = memory.trees.get(grammar.name)?.clone();
            tree.edit(&edit(&memory.text, self.text));
            Some(tree)
        });
        let tree = parse(grammar, self.text, old.as_ref())?;
        self.trees.insert(grammar.name, tree.clone());
        Some(tree)
    }

    /// The same of a grammar that cannot read some texts: `mend` writes what it cannot read in another way that is as long.
    pub fn mended_tree(
        &mut self,
        grammar: &'static Grammar,
        mend: fn(&str) -> String,
    ) -> Option<Tree> {
        let tree = self.tree(grammar)?;
        if !tree.root_node().has_error() {
            return Some(tree);
        }
        let mended = parse(grammar, &mend(self.text), None)?;
        self.mended.insert(grammar.name, mended.clone());
        Some(mended)
    }

    /// The text of a node.
    pub fn slice(&self, node: Node<'_>) -> &'s str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// Where a node stands.
    pub fn range(&self, node: Node<'_>) -> Range {
        Range {
            start: self.position(node.start_position(), node.start_byte()),
            end: self.position(node.end_position(), node.end_byte()),
        }
    }

    fn position(&self, point: Point, byte: usize) -> Position {
        let line_start = byte.saturating_sub(point.column);
        let before = self.text.get(line_start..byte).unwrap_or_default();
        let units = if before.is_ascii() {
            before.len()
        } else {
            before.chars().map(char::len_utf16).sum()
        };
        let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: count(point.row), character: count(units) }
    }

    /// A hash of a node's text, wherever in the file it is.
    pub fn hash(&self, node: Node<'_>) -> u64 {
        Self::hash_of(self.slice(node))
    }

    /// A test or group that stands in a node, with its name in another; without a pattern and tags.
    pub fn item(&self, id: TestId, kind: ItemKind, node: Node<'_>, name: Node<'_>) -> TestItem {
        TestItem {
            id,
            kind,
            range: self.range(node),
            name: self.range(name),
            hash: self.hash(node),
            pattern: None,
            tags: Vec::new(),
        }
    }

    /// The same of a text.
    pub fn hash_of(text: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        hasher.finish()
    }
}

/// The children of a node, words and punctuation included.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}

/// The named children of a node.
pub(super) fn named_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

/// A field of the nodes of one grammar. The grammar is asked for its number once: it compares its name with those of all its fields, which
/// for each node of a large file costs as much as all else that is done with it.
pub(super) struct Field {
    name: &'static str,
    id: OnceLock<Option<NonZeroU16>>,
}

impl Field {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, id: OnceLock::new() }
    }

    pub(super) fn of<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        let id = self.id.get_or_init(|| node.language().field_id_for_name(self.name));
        node.child_by_field_id((*id)?.get())
    }
}

/// Parsers are costly to make and cheap to keep.
fn parse(grammar: &'static Grammar, text: &str, old: Option<&Tree>) -> Option<Tree> {
    thread_local! {
        static PARSERS: RefCell<HashMap<&'static str, Parser>> = RefCell::new(HashMap::new());
    }
    PARSERS.with_borrow_mut(|parsers| {
        if !parsers.contains_key(grammar.name) {
            let mut parser = Parser::new();
            parser.set_language(&(grammar.language)()).ok()?;
            parsers.insert(grammar.name, parser);
        }
        parsers.get_mut(grammar.name)?.parse(text, old)
    })
}

/// The one edit that turns one text into another: what lies between their common beginning and end.
fn edit(old: &str, new: &str) -> InputEdit {
    let (start, end) = common(old.as_bytes(), new.as_bytes());
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    InputEdit {
        start_byte: start,
        old_end_byte: old_end,
        new_end_byte: new_end,
        start_position: point(old.as_bytes(), start),
        old_end_position: point(old.as_bytes(), old_end),
        new_end_position: point(new.as_bytes(), new_end),
    }
}

/// How many bytes two texts have in common at their beginning and, behind that, at their end; a character may be cut.
pub(super) fn common(old: &[u8], new: &[u8]) -> (usize, usize) {
    let same =
        |both: &mut dyn Iterator<Item = (&u8, &u8)>| both.take_while(|(a, b)| a == b).count();
    let start = same(&mut old.iter().zip(new));
    let end = same(&mut old[start..].iter().rev().zip(new[start..].iter().rev()));
    (start, end)
}

fn point(text: &[u8], at: usize) -> Point {
    let before = &text[..at];
    let row = before.iter().filter(|byte| **byte == b'\n').count();
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
    Point { row, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PYTHON: Grammar =
        Grammar { name: "python", language: || tree_sitter_python::LANGUAGE.into() };

    #[test]
    fn an_edited_tree_is_the_tree_of_the_new_text() {
        let path = RelPath::new("a.py");
        let texts = [
            "def a():\n    pass\n\ndef b():\n    pass\n",
            "def a():\n    pass\n\ndef bü():\n    pass\n",
            "",
            "def a():\n    pass\n\n\n\ndef c(x):\n    return 'a'\n",
            "def a():\n    pass\n\n\n\nclass C(x):\n  def x(): return 'a'\n",
        ];
        let mut memory = Memory::default();
        for text in texts {
            let mut source = Source::edited(&path, text, &memory);
            let again = source.tree(&PYTHON).unwrap().root_node().to_sexp();
            let fresh = Source::new(&path, text).tree(&PYTHON).unwrap().root_node().to_sexp();
            assert_eq!(again, fresh, "{text}");
            memory = source.into_memory(text.into());
        }
    }

    #[test]
    fn an_edit_may_cut_a_character() {
        let edit = edit("aéb", "aèb");
        assert_eq!((edit.start_byte, edit.old_end_byte, edit.new_end_byte), (2, 3, 3));
    }
}
