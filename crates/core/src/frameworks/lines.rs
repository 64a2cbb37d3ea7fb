//! The lines of a text, to find places in it.

use super::{Position, Range, Source};

/// A text whose lines are known.
pub(crate) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Where a position is.
    pub(super) fn byte(&self, position: Position) -> usize {
        let start = self.start(position.line);
        let mut units = 0;
        let mut chars = self.text[start..].char_indices();
        let inner = chars.find(|(_, c)| {
            let is_there = units >= position.character as usize;
            units += c.len_utf16();
            is_there
        });
        inner.map_or(self.text.len(), |(at, _)| start + at)
    }

    /// The text in a range.
    pub(super) fn between(&self, range: Range) -> &'t str {
        self.text.get(self.byte(range.start)..self.byte(range.end)).unwrap_or_default()
    }

    /// A hash of the lines that a range touches, wherever in the file they are.
    pub(crate) fn hash(&self, range: &Range) -> u64 {
        let (start, end) =
            (self.start(range.start.line), self.start(range.end.line.saturating_add(1)));
        Source::hash_of(self.text.get(start..end).unwrap_or_default().trim_end_matches('\n'))
    }

    fn start(&self, line: u32) -> usize {
        self.starts.get(line as usize).copied().unwrap_or(self.text.len())
    }
}
