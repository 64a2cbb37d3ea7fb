//! What a run was asked for and did not do: a run that ran nothing says why.

use super::{Run, show};
use crate::id::TestId;
use crate::model::{End, Fault, RunError};
use crate::session::{Change, Effect};

/// So much of what a tool printed is kept as long as it told of no test.
const MOST: usize = 4 << 10;
/// So many ids are named.
const NAMED: usize = 5;

impl Run {
    /// What was asked for by name, and of which nothing was told. What could not be loaded explains itself.
    pub fn unmet(&self) -> Vec<&TestId> {
        let is_error = |id: &TestId| id.names.is_empty() && self.results[id].outcome.is_bad();
        if self.results.keys().any(is_error) {
            return Vec::new();
        }
        let selected = self.jobs.iter().flat_map(|job| &job.selection);
        let mut unmet: Vec<&TestId> = selected.filter(|id| !self.has_told_of(id)).collect();
        unmet.sort();
        unmet.dedup();
        unmet
    }

    fn has_told_of(&self, id: &TestId) -> bool {
        let told = |ran: &TestId| {
            let ran = TestId { folder: id.folder.clone(), suite: id.suite.clone(), ..ran.clone() };
            id.holds(&ran) || ran.holds(id)
        };
        self.results.keys().any(told)
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
        match names(&unmet) {
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
        RunError { log: (!said.is_empty()).then(|| said.to_owned()), ..error }
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

fn names(ids: &[&TestId]) -> Option<String> {
    let named: Vec<String> = ids.iter().take(NAMED).map(|id| format!("`{id}`")).collect();
    let more = ids.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!ids.is_empty()).then(|| format!("{}{more}", named.join(", ")))
}
