//! Examples in the comments of the documentation.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::RangeInclusive;

use crate::frameworks::{Position, Range};

/// A comment of the documentation.
#[derive(Debug, Clone)]
pub(super) struct Comment<'s> {
    /// Whether it is about what it stands in, and not about what follows.
    pub(super) is_inner: bool,
    text: &'s str,
    /// Its first line, from 0.
    line: usize,
}

impl<'s> Comment<'s> {
    /// `None` where a comment documents nothing.
    pub(super) fn new(text: &'s str, line: usize) -> Option<Self> {
        let is_inner = text.starts_with("//!") || text.starts_with("/*!");
        let is_outer = (text.starts_with("///") && !text.starts_with("////"))
            || (text.starts_with("/**") && !text.starts_with("/***") && text != "/**/");
        (is_inner || is_outer).then_some(Self { is_inner, text, line })
    }

    /// Its lines without what makes a comment of them.
    fn lines(&self) -> impl Iterator<Item = (usize, &'s str)> {
        let lines = self.text.lines().enumerate();
        lines.map(|(at, line)| {
            let line =
                line.trim_start().trim_start_matches("/*").trim_start_matches(['/', '!', '*']);
            (self.line + at, line.strip_prefix(' ').unwrap_or(line))
        })
    }
}

/// A block of code that is compiled and run.
pub(super) struct Example {
    /// From the fence up to the other, from 0.
    pub(super) lines: RangeInclusive<usize>,
    pub(super) hash: u64,
}

pub(super) fn in_comments(comments: &[Comment<'_>]) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut open: Option<(usize, &str, bool, DefaultHasher)> = None;
    for (number, line) in comments.iter().flat_map(Comment::lines) {
        let fence = ["```", "~~~"].into_iter().find(|fence| line.trim_start().starts_with(fence));
        match (&mut open, fence) {
            (None, Some(fence)) => {
                let language = line.trim_start().trim_start_matches(['`', '~']).trim();
                open = Some((number, fence, is_rust(language), DefaultHasher::new()));
            }
            (Some((start, begun, is_test, hasher)), Some(fence)) if *begun == fence => {
                if *is_test {
                    examples.push(Example { lines: *start..=number, hash: hasher.finish() });
                }
                open = None;
            }
            (Some((_, _, _, hasher)), _) => line.hash(hasher),
            (None, None) => {}
        }
    }
    examples
}

/// Whether the words behind a fence make a test of what follows.
fn is_rust(words: &str) -> bool {
    words.split([',', ' ', '{', '}']).filter(|word| !word.is_empty()).all(|word| {
        let word = word.trim();
        matches!(
            word,
            "rust"
                | "should_panic"
                | "no_run"
                | "compile_fail"
                | "test_harness"
                | "standalone_crate"
        ) || word.starts_with("edition")
            || word.starts_with("ignore")
            || (word.len() == 5 && word.starts_with('E'))
    })
}

pub(super) fn range(lines: &RangeInclusive<usize>) -> Range {
    let position =
        |line: usize| Position { line: u32::try_from(line).unwrap_or(u32::MAX), character: 0 };
    Range { start: position(*lines.start()), end: position(lines.end() + 1) }
}
