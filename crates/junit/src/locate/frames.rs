//! Every place that a text speaks of, with how far it can be trusted.

use super::Place;
use super::line;

/// A text of more lines than this says it in its first or last.
const MAX_FRAMES: usize = 1000;
/// A line longer than this is no frame; only its beginning is looked at.
const MAX_LINE: usize = 4096;

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) place: Place,
    pub(super) order: Order,
    pub(super) trust: Trust,
    pub(super) library: bool,
}

/// Where in a stack trace the failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The innermost frame comes first, as nearly everywhere.
    InnermostFirst,
    /// The innermost frame comes last, as Python has it.
    InnermostLast,
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// Somewhere in a sentence, where any text may stand: a name, a value.
    Mentioned,
    /// Where tools put places: a frame, or a line that begins with it.
    Stated,
    /// What the tool itself calls the test's place.
    Vouched,
}

/// The places in a failure's text.
pub(super) fn in_text(text: &str) -> Vec<Frame> {
    let mut previous = "";
    let mut frames = Vec::new();
    for line in text.lines().map(beginning) {
        // What ExUnit tells before it is where the test is defined; what Node does, where its parent started it.
        let is_node =
            line.trim().starts_with("cause: ") && previous.trim().starts_with("failureType: ");
        if line.trim() == "stacktrace:" || is_node {
            frames.clear();
        }
        // A place has a number.
        if line.bytes().any(|byte| byte.is_ascii_digit()) {
            line::frames(line, previous, &mut frames);
        }
        if frames.len() > MAX_FRAMES {
            break;
        }
        previous = line;
    }
    frames
}

/// The places in lines of a test's output that speak of a failure, which most output does not.
pub(super) fn of_failures_in_output(text: &str) -> Vec<Frame> {
    const WORDS: [&str; 6] = ["panicked at", "fail", "error", "assert", "exception", "not ok"];
    let speaks = |line: &str| {
        let line = line.to_ascii_lowercase();
        WORDS.iter().any(|word| line.contains(word))
    };
    let lines = text.lines().filter(|line| line.len() < 4096 && speaks(line));
    let mut frames = Vec::new();
    for line in lines.take(MAX_FRAMES) {
        line::frames(line, "", &mut frames);
    }
    frames.retain(|frame| frame.trust > Trust::Mentioned);
    frames
}

fn beginning(line: &str) -> &str {
    match line.char_indices().nth(MAX_LINE) {
        Some((end, _)) => &line[..end],
        None => line,
    }
}
