//! What an unfinished edit hides: where a text is not whole, such as behind a quote that was just typed, a grammar makes of all around it
//! what it likes.

use std::collections::{HashMap, HashSet};

use super::lines::Lines;
use super::source::common;
use super::{Position, Range, Source, TestItem};
use crate::id::TestId;

/// A test as it stood in a text that was whole, moved along with the edits since.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    item: TestItem,
    /// Whether none of them was in it.
    is_whole: bool,
}

impl Standing {
    pub(super) fn id(&self) -> &TestId {
        &self.item.id
    }
}

impl From<&TestItem> for Standing {
    fn from(item: &TestItem) -> Self {
        Self { item: item.clone(), is_whole: true }
    }
}

/// An edit, in positions of both texts.
struct Edit {
    start: Position,
    old_end: Position,
    new_end: Position,
}

/// What is listed of a text that is not whole, in which some tests were `found`, and what is known of those that stood there `before` it
/// was edited: they are there as long as what they are called by was not edited.
pub(super) fn with_hidden(
    mut found: Vec<TestItem>,
    before: &[&Standing],
    (old, new): (&str, &str),
    is_comment: impl Fn(usize) -> bool,
) -> (Vec<TestItem>, Vec<Standing>) {
    let edit = Edit::between(old, new);
    let lines = Lines::of(new);
    let stood: HashSet<&TestId> = before.iter().map(|standing| standing.id()).collect();
    // Where a class stands, the tests stand that it has from others.
    let mut places: HashMap<Position, Vec<usize>> = HashMap::new();
    for (at, item) in found.iter().enumerate() {
        places.entry(item.name.start).or_default().push(at);
    }
    let mut ids: HashSet<&TestId> = found.iter().map(|item| &item.id).collect();
    let (mut standing, mut instead, mut more) = (Vec::new(), Vec::new(), Vec::new());
    for (id, moved) in before.iter().filter_map(|it| Some((it.id(), edit.moved(it, &lines)?))) {
        let place = moved.item.name.start;
        let is_held = |holder: TestId| !stood.contains(&holder) || ids.contains(&holder);
        if !id.parent().is_none_or(is_held) {
            continue;
        }
        let here = places.get(&place).map_or(&[][..], Vec::as_slice);
        let same = here.iter().find(|at| found[**at].id.names.last() == id.names.last());
        let is_free = here.iter().all(|at| stood.contains(&found[*at].id));
        match same.map(|at| (*at, &found[*at])) {
            // Its end may be another's.
            Some((_, item)) if item.id == *id && !moved.is_whole => {}
            // It may be found out of its groups, or in others.
            Some((at, item)) if item.id == *id || !ids.contains(id) => {
                instead.push((at, moved.item.clone()));
            }
            None if is_free && !ids.contains(id) && !is_comment(lines.byte(place)) => {
                more.push(moved.item.clone());
            }
            _ => continue,
        }
        ids.insert(id);
        standing.push(moved);
    }
    for (at, item) in instead {
        found[at] = item;
    }
    found.extend(more);
    // Parents stand before their children.
    found.sort_by_key(|item| item.range.start);
    (found, standing)
}

impl Edit {
    fn between(old: &str, new: &str) -> Self {
        let (mut start, mut end) = common(old.as_bytes(), new.as_bytes());
        while !old.is_char_boundary(start) {
            start -= 1;
        }
        while !old.is_char_boundary(old.len() - end) {
            end -= 1;
        }
        Self {
            start: position(old, start),
            old_end: position(old, old.len() - end),
            new_end: position(new, new.len() - end),
        }
    }

    /// A test where it is now; `None` where what it is called by was edited.
    fn moved(&self, standing: &Standing, new: &Lines<'_>) -> Option<Standing> {
        let item = &standing.item;
        if item.range.end <= self.start {
            return Some(standing.clone());
        }
        if item.range.start >= self.old_end {
            let shifted =
                |it: Range| Range { start: self.shifted(it.start), end: self.shifted(it.end) };
            let (range, name) = (shifted(item.range), shifted(item.name));
            return Some(Standing {
                item: TestItem { range, name, ..item.clone() },
                ..standing.clone()
            });
        }
        (item.name.end <= self.start).then(|| {
            let is_around = self.old_end <= item.range.end;
            let end = if is_around { self.shifted(item.range.end) } else { self.new_end };
            let range = Range { end, ..item.range };
            let text = new.between(range);
            let item = TestItem { range, hash: Source::hash_of(text), ..item.clone() };
            Standing { item, is_whole: false }
        })
    }

    /// A position behind the edit.
    fn shifted(&self, old: Position) -> Position {
        let line = self.new_end.line + old.line.saturating_sub(self.old_end.line);
        let is_beside = old.line == self.old_end.line;
        let character = match is_beside {
            true => self.new_end.character + old.character.saturating_sub(self.old_end.character),
            false => old.character,
        };
        Position { line, character }
    }
}

fn position(text: &str, at: usize) -> Position {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let begin = before.rfind('\n').map_or(0, |at| at + 1);
    let units = before[begin..].chars().map(char::len_utf16).sum::<usize>();
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: count(line), character: count(units) }
}
