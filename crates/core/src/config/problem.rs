//! A mistake in the configuration, and where it stands.

use std::fmt;
use std::ops::Range;

use super::layer::Origin;
use crate::model::Place;
use crate::workspace::Problem;

/// A mistake in one of the layers.
///
/// It displays as `testdock.toml:3:1: unknown setting …; did you mean …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The layer that holds the mistake.
    pub origin: Origin,
    /// The place in the layer's text, where it is a text.
    pub location: Option<Location>,
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The bytes.
    pub span: Range<usize>,
    /// The line of the first byte, from 1.
    pub line: usize,
    /// The column of the first byte in characters, from 1.
    pub column: usize,
    /// How many characters of that line the span covers.
    pub length: usize,
}

impl Location {
    /// The place of `span` in `text`; a span that does not fit is cut to the text.
    pub fn of(span: &Range<usize>, text: &str) -> Self {
        let start = floor_char_boundary(text, span.start);
        let end = floor_char_boundary(text, span.end).max(start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            span: start..end,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            length: text[start..end].lines().next().unwrap_or_default().chars().count(),
        }
    }
}

fn floor_char_boundary(text: &str, index: usize) -> usize {
    (0..=index.min(text.len())).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0)
}

impl From<&ConfigProblem> for Problem {
    /// As the workspace shows it: at its place in a file, or with the name of what is at fault.
    fn from(problem: &ConfigProblem) -> Self {
        let place = problem.origin.file().zip(problem.location.as_ref());
        let message = match place {
            Some(_) => problem.message.clone(),
            None => format!("{}: {}", problem.origin, problem.message),
        };
        Self {
            place: place.map(|(file, at)| Place {
                path: file.to_owned(),
                line: saturating_u32(at.line),
                column: Some(saturating_u32(at.column)),
            }),
            length: problem.location.as_ref().map_or(0, |at| saturating_u32(at.length)),
            message,
            help: problem.help.clone(),
        }
    }
}

fn saturating_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.origin.file(), &self.location) {
            (Some(file), Some(at)) => write!(f, "{file}:{}:{}: ", at.line, at.column)?,
            _ => write!(f, "{}: ", self.origin)?,
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// The candidate that `word` was probably meant to be.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The beginning of a help that asks whether the nearest of these words was meant; empty where none is near.
pub(crate) fn did_you_mean<'w>(word: &str, valid: impl IntoIterator<Item = &'w str>) -> String {
    nearest(word, valid).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default()
}

/// Advice for a word that is none of the `valid` ones.
pub(super) fn advice(word: &str, valid: &[&str]) -> Option<String> {
    let list = valid.join(", ");
    match nearest(word, valid.iter().copied()) {
        Some(near) if valid.len() == 1 => Some(format!("did you mean `{near}`?")),
        Some(near) => Some(format!("did you mean `{near}`? valid here: {list}")),
        None if valid.is_empty() => None,
        None => Some(format!("valid here: {list}")),
    }
}
