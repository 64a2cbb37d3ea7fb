//! What a run was asked for and did not do: a run that ran nothing says why.

use std::collections::BTreeSet;

use super::{Run, show};
use crate::id::TestId;
use crate::model::{End, Fault, RunError};
use crate::session::{Change, Effect};
use crate::views::ids_words;

/// So much of what a tool printed is kept as long as it told of no test.
const MOST: usize = 4 << 10;

impl Run {
    /// What was asked for by name, and of which nothing was told. What could not be loaded explains itself.
    pub fn unmet(&self) -> Vec<&TestId> {
        let is_error = |id: &TestId| id.names.is_empty() && self.results[id].outcome.is_bad();
        if self.results.keys().any(is_error) {
            return Vec::new();
        }
        let told: BTreeSet<TestId> = self.results.keys().map(bare).collect();
        let selected: BTreeSet<&TestId> = self.jobs.iter().flat_map(|job| &job.selection).collect();
        selected.into_iter().filter(|id| !is_met(&told, id)).collect()
    }

    /// Keeps the end of what is printed until there is a result.
    pub(super) fn keep_said(&mut self, text: &str) {
        if self.totals.all() > 0 {
            self.said.clear();
            return;
        }
        self.said.push_str(text);
        let over = self.said.len().saturating_sub(MOST);
        let over = (over..).find(|at| self.said.is_char_boundary(*at)).unwrap_or(over);
        self.said.drain(..over);
    }

    /// A run that came to nothing says why, one that did not do all says what.
    pub(super) fn explain_nothing(&mut self, how: &mut End) -> Vec<Effect> {
        if *how != End::Completed || self.is_build() {
            return Vec::new();
        }
        let unmet = self.unmet();
        match ids_words(unmet.iter().copied()) {
            names if self.totals.all() == 0 => {
                *how = End::Broken(self.nothing(names, &unmet));
                Vec::new()
            }
            None => Vec::new(),
            Some(names) => {
                let message =
                    format!("nothing ran of {names}: no such test, or an option leaves it out");
                self.warnings.push(message.clone());
                show(Change::Warning { run: self.id.clone(), message })
            }
        }
    }

    fn nothing(&self, names: Option<String>, unmet: &[&TestId]) -> RunError {
        let message = match names {
            Some(names) => format!("no test ran of {names}"),
            None => format!("no test ran: {} ran none", self.tools()),
        };
        let said = self.said.trim();
        let error = RunError::new(Fault::NoTests, message).help(self.whatever_left_all_out(unmet));
        RunError { log: (!said.is_empty()).then(|| said.into()), ..error }
    }

    fn whatever_left_all_out(&self, unmet: &[&TestId]) -> String {
        let args = self.jobs.iter().flat_map(|job| job.suite.args.iter().chain(&job.args));
        let args: Vec<&str> = args.map(String::as_str).collect();
        match (args.as_slice(), unmet) {
            ([], [first, ..]) => format!("`testdock discover {}` lists what there is", first.file),
            ([], []) => "see whether an option of the project's own leaves all of them out; \
                         `testdock discover` lists what there is"
                .to_owned(),
            (args, _) => format!("see whether `{}` leaves all of them out", args.join(" ")),
        }
    }

    fn tools(&self) -> String {
        let mut tools: Vec<&str> = self.jobs.iter().map(|job| job.suite.framework.name()).collect();
        tools.dedup();
        tools.join(", ")
    }
}

/// A selected id need not name the suite.
fn bare(id: &TestId) -> TestId {
    TestId { folder: None, suite: None, ..id.clone() }
}

fn is_met(told: &BTreeSet<TestId>, id: &TestId) -> bool {
    let id = bare(id);
    if id.names.is_empty() {
        return told.iter().any(|it| id.holds(it));
    }
    // What a test holds stands behind it in the order of ids.
    let next = told.range(&id..).next();
    next.is_some_and(|it| id.holds(it))
        || std::iter::successors(id.parent(), TestId::parent).any(|it| told.contains(&it))
}
