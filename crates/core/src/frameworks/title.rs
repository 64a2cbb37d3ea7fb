//! Titles of tests, as far as they stand in a file.

use super::NamePattern;

/// A title with gaps for what only a run can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Title {
    /// How it is called where all of it is not known.
    label: String,
    /// What stands before, between and behind the gaps.
    pieces: Vec<String>,
}

impl Title {
    /// One that is known.
    pub(super) fn whole(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { label: text.clone(), pieces: vec![text] }
    }

    /// One that is all gap, called by the words of `expression`.
    pub(super) fn unknown(expression: &str) -> Self {
        let label = expression.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { label, pieces: vec![String::new(), String::new()] }
    }

    /// Two titles in one, with what stands between them.
    pub(super) fn with(mut self, between: &str, mut other: Self) -> Self {
        let joint = self.pieces.pop().unwrap_or_default() + between + &other.pieces.remove(0);
        self.pieces.push(joint);
        self.pieces.append(&mut other.pieces);
        Self { label: self.label + between + &other.label, pieces: self.pieces }
    }

    /// With each of its texts changed.
    pub(super) fn map(&self, change: impl Fn(&str) -> String) -> Self {
        let pieces = self.pieces.iter().map(|piece| change(piece)).collect();
        Self { label: change(&self.label), pieces }
    }

    /// With gaps of its own in each of its texts: `split` says what stands around them, of a text without a gap all of it.
    pub(super) fn with_gaps(self, split: impl Fn(&str) -> Vec<String>) -> Self {
        let pieces = self.pieces.iter().flat_map(|piece| split(piece)).collect();
        Self { pieces, ..self }
    }

    /// How it is called where all of it is not known.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Its name in ids, and what results may call it.
    pub(super) fn named(self) -> (String, Option<NamePattern>) {
        match self.pieces.as_slice() {
            [only] => (only.clone(), None),
            _ => (self.label, Some(NamePattern::new(self.pieces))),
        }
    }
}

/// Parts that follow each other make one.
impl FromIterator<Title> for Title {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        parts.into_iter().fold(Self::whole(""), |whole, part| whole.with("", part))
    }
}
