//! A file that is edited, and what is listed of it meanwhile.

use camino::Utf8Path;
use testdock_core::frameworks::{ItemKind, Memory, Position, Range, Source, TestItem};
use testdock_core::interpreter::Host;
use testdock_core::paths::RelPath;
use testdock_core::resolve::{Choice, Contents, resolve};
use testdock_core::workspace::Workspace;

use crate::samples::Files;

/// What is typed at a place, key by key.
const TYPED: [&str; 4] = ["{\"([", "'({", "})", "\"'"];

/// Every so many bytes: a prime, so that all columns have their turn.
const STEP: usize = 53;

/// An editor in which a file is open.
pub(crate) struct Editor<'e> {
    pub(crate) workspace: &'e Workspace,
    pub(crate) files: &'e Files,
    pub(crate) path: &'e RelPath,
}

impl Editor<'_> {
    /// Edits the file at many places, and tells of each edit that lost a test. Says how many there were.
    pub(crate) fn check(&self, fail: &mut dyn FnMut(String)) -> usize {
        let text = self.files[self.path].as_ref();
        let (before, memory) = self.shows(text, &Memory::default());
        let mut count = 0;
        let places = (0..text.len()).step_by(STEP).filter(|at| text.is_char_boundary(*at));
        for at in places {
            let stays: Vec<&TestItem> = stays(&before, text, at).collect();
            if stays.is_empty() {
                continue;
            }
            for texts in edits(text, at) {
                let mut memory = memory.clone();
                for edited in texts {
                    let (now, then) = self.shows(&edited, &memory);
                    memory = then;
                    count += 1;
                    let is_lost =
                        |item: &&&TestItem| !now.iter().any(|it| is_same(it, item, text, at));
                    if let Some(lost) = stays.iter().find(is_lost) {
                        let line = text[..at].matches('\n').count() + 1;
                        fail(format!("{} is lost at line {line}:\n{edited}", lost.id));
                    }
                }
                let (again, _) = self.shows(text, &memory);
                if again != before {
                    fail(format!("{at}: whole again it has other tests than it had"));
                }
            }
        }
        count
    }

    pub(crate) fn shows(&self, text: &str, memory: &Memory) -> (Vec<TestItem>, Memory) {
        let other = |path: &RelPath| self.files.get(path).cloned();
        let mut source = Source::edited(self.path, text, memory).beside(&other);
        let found = self.workspace.discover(&mut source);
        let items = found.iter().flat_map(|file| file.items.iter().cloned()).collect();
        (items, source.into_memory(text.into()))
    }
}

/// The tests that stand whole before a place, and are called by nothing behind it.
fn stays<'i>(items: &'i [TestItem], text: &str, at: usize) -> impl Iterator<Item = &'i TestItem> {
    let is_before = move |item: &TestItem| offset(text, item.range.end) < at;
    // A table's rows are no tests without the loop behind it.
    let is_of_test = move |item: &TestItem| {
        let parent = item.id.parent().and_then(|id| items.iter().find(|item| item.id == id));
        parent.is_some_and(|parent| parent.kind != ItemKind::Group && !is_before(parent))
    };
    // An example in the documentation is called by what it stands before.
    let is_example = |item: &TestItem| item.id.names.iter().any(|name| name.ends_with("(doc)"));
    items.iter().filter(move |item| {
        item.kind != ItemKind::Group && is_before(item) && !is_of_test(item) && !is_example(item)
    })
}

/// Whether a test is still where it was, or has become another's name where the edit is.
fn is_same(now: &TestItem, before: &TestItem, text: &str, at: usize) -> bool {
    let is_there = now.range.start == before.range.start && now.name == before.name;
    // pytest's and unittest's own outline takes a stray character for the end of the test before it.
    let is_whole = now.range.end == before.range.end || now.id.file.as_str().ends_with(".py");
    let Range { start, end } = now.range;
    let is_edited = offset(text, start) <= at && at <= offset(text, end) + 8;
    now.id == before.id && (is_there && is_whole || is_edited)
}

/// Texts that follow each other: something is typed at a place, one character goes there, or all that follows.
fn edits(text: &str, at: usize) -> Vec<Vec<String>> {
    let (before, after) = text.split_at(at);
    let typed = TYPED.iter().map(|keys| {
        (1..=keys.len()).map(|count| format!("{before}{}{after}", &keys[..count])).collect()
    });
    let mut rest = after.chars();
    rest.next();
    let deleted = vec![format!("{before}{}", rest.as_str())];
    typed.chain([deleted, vec![before.to_owned()]]).collect()
}

/// Where a position is in a text.
fn offset(text: &str, position: Position) -> usize {
    let line: usize = text.split_inclusive('\n').take(position.line as usize).map(str::len).sum();
    let mut units = 0;
    let mut chars = text[line.min(text.len())..].char_indices();
    let inner = chars.find(|(_, c)| {
        let is_there = units >= position.character as usize;
        units += c.len_utf16();
        is_there
    });
    inner.map_or(text.len(), |(at, _)| line + at)
}
pub(crate) fn workspace(files: &Files) -> Workspace {
    let read = |path: &str| files.get(&RelPath::new(path)).map(ToString::to_string);
    let paths: Vec<RelPath> = files.keys().cloned().collect();
    let contents = Contents { root: Utf8Path::new("/w"), files: &paths, read: &read };
    let local = Choice { local: true, ..Choice::default() };
    resolve(contents, Host::unknown(), &[], &local)
}
