//! Names of tests of which parts are known only when they run.

use serde::{Deserialize, Serialize};

/// A name with gaps: `adds %i`, `` `adds ${a}` ``, `case_%d`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamePattern {
    /// The text before, between and behind the gaps: one piece more than there are gaps.
    pieces: Vec<String>,
}

impl NamePattern {
    /// The name that consists of these pieces with anything between them.
    pub fn new(pieces: impl IntoIterator<Item = String>) -> Self {
        Self { pieces: pieces.into_iter().collect() }
    }

    /// Whether a name may be one of these.
    pub fn matches(&self, name: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return name == first;
        };
        let Some(mut name) = name.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in middle {
            match name.find(piece.as_str()) {
                Some(at) => name = &name[at + piece.len()..],
                None => return false,
            }
        }
        name.ends_with(last.as_str())
    }

    /// The regular expression of these names, its literal pieces escaped with `escape`.
    pub fn regex(&self, escape: impl Fn(&str) -> String) -> String {
        let pieces: Vec<String> = self.pieces.iter().map(|piece| escape(piece)).collect();
        pieces.join(".*")
    }

    /// What such a name begins with.
    pub(super) fn start(&self) -> &str {
        self.pieces.first().map_or("", String::as_str)
    }

    /// How much of the name is known: of two patterns that match, the one that says more is meant.
    pub(super) fn weight(&self) -> usize {
        self.pieces.iter().map(String::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_take_anything_and_nothing() {
        let check = |pieces: &[&str], yes: &[&str], no: &[&str]| {
            let pattern = NamePattern::new(pieces.iter().map(|&piece| piece.to_owned()));
            for name in yes {
                assert!(pattern.matches(name), "{pieces:?} {name}");
            }
            for name in no {
                assert!(!pattern.matches(name), "{pieces:?} {name}");
            }
        };
        check(&["adds ", ""], &["adds 1", "adds ", "adds ü + 1"], &["add 1", ""]);
        check(&["", ""], &["", "x"], &[]);
        check(&["a ", " b ", " c"], &["a 1 b 2 c", "a  b  b  c"], &["a 1 b 2", "a b c", "a 1 c"]);
        check(&["same"], &["same"], &["same ", "sam"]);
        check(&["ab", "ba"], &["abba", "abxba"], &["aba"]);
    }

    #[test]
    fn the_regular_expression_escapes_what_is_literal() {
        let pattern = NamePattern::new(["a.b ".to_owned(), "?".to_owned()]);
        assert_eq!(pattern.regex(regex::escape), r"a\.b .*\?");
    }
}
