//! What is known of a package and its tests while they run.

use std::collections::BTreeMap;
use std::time::Duration;

use super::event::Event;
use crate::id::TestId;

/// So much is kept of what a test or a package printed.
const MOST_OUTPUT: usize = 64 * 1024;

/// A package under test.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// The tests under way.
    pub(super) running: BTreeMap<String, Running>,
    /// What failed in it.
    pub(super) failed: Vec<TestId>,
    /// Parts of a test under way that failed without a word: how it ends may say why.
    pub(super) silent: Vec<TestId>,
    /// What it printed outside of its tests.
    pub(super) output: String,
    pub(super) ended: bool,
    /// Whether a test of it began.
    pub(super) has_run: bool,
    /// It passed, and its program ended before it came to its tests.
    pub(super) is_mute: bool,
    /// It did not build; this is what failed, if Go says so.
    pub(super) unbuilt: Option<String>,
    /// Whether a result says so.
    pub(super) is_told: bool,
}

/// A test under way.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// What it printed.
    pub(super) output: String,
    /// When it began.
    pub(super) began: Option<Duration>,
    /// Whether it waited for its turn: then it took less time than has passed.
    pub(super) waited: bool,
}

impl Running {
    /// How long it took, up to an event that ends it. Go counts in hundredths of a second.
    pub(super) fn duration(&self, event: &Event) -> Option<Duration> {
        let counted = event.elapsed.and_then(|it| Duration::try_from_secs_f64(it).ok());
        match (counted, self.began, event.clock()) {
            (Some(Duration::ZERO) | None, Some(began), Some(now)) if !self.waited => {
                // Midnight may have passed.
                now.checked_sub(began).or(counted)
            }
            _ => counted,
        }
    }
}

/// Appends to what is kept of an output, and lets its beginning go when it grows too long.
pub(super) fn keep(kept: &mut String, more: &str) {
    kept.push_str(more);
    if kept.len() > 2 * MOST_OUTPUT {
        let from = kept.len() - MOST_OUTPUT;
        let from = (from..kept.len()).find(|at| kept.is_char_boundary(*at)).unwrap_or(0);
        kept.drain(..from);
    }
}
