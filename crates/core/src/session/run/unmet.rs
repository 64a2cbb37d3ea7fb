//! What a run was asked for and did not do: a run that ran nothing says why.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use crate::config::nearest;
use crate::id::TestId;
use crate::model::{End, Fault, Outcome, RunError};
use crate::paths::RelPath;
use crate::plan::Job;
use crate::session::{Change, Effect};
use crate::views::ids_words;

/// So much of what a tool printed is kept as long as it told of no test.
const MOST: usize = 4 << 10;

/// What a run told, by ids without folder and suite: a selected one need not name them.
type Told = BTreeMap<TestId, Outcome>;

impl Run {
    /// What was asked for by name, and of which nothing was told. What could not be loaded explains itself.
    pub fn unmet(&self) -> Vec<&TestId> {
        let is_error = |id: &TestId| {
            id.names.is_empty() && self.result(id).is_some_and(|it| it.outcome.is_bad())
        };
        if self.results.keys().any(is_error) {
            return Vec::new();
        }
        let told = self.told();
        let selected: BTreeSet<&TestId> = self.jobs.iter().flat_map(|job| &job.selection).collect();
        let mut unmet: Vec<&TestId> = selected.iter().copied().collect();
        unmet.retain(|id| !is_met(&told, id));
        // What ran in a file that nothing else asked for, ran for one that has its tests in others.
        let is_for_others = |id: &&TestId| id.names.is_empty() && !self.has_tests(id);
        if unmet.iter().any(is_for_others) && has_strays(&told, &selected) {
            unmet.retain(|id| !is_for_others(id));
        }
        unmet
    }

    /// Whether a test is known that a selected id means.
    fn has_tests(&self, id: &TestId) -> bool {
        self.jobs_of(id).any(|job| {
            let id = TestId { folder: None, suite: job.suite.name.clone(), ..id.clone() };
            let is_in = |file: &RelPath| {
                file.strip(&id.file).is_some() && !job.known.in_file(file).is_empty()
            };
            match id.names.is_empty() {
                true => job.known.files().any(is_in),
                false => job.known.definition(&id).is_some(),
            }
        })
    }

    fn jobs_of(&self, id: &TestId) -> impl Iterator<Item = &Job> {
        let suite = id.suite.clone();
        self.jobs.iter().filter(move |job| suite.is_none() || suite == job.suite.name)
    }

    fn told(&self) -> Told {
        self.results().map(|result| (bare(&result.id), result.outcome)).collect()
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
            _ => {
                let messages = self.unmet_words(&unmet);
                self.warnings.extend(messages.iter().cloned());
                let run = &self.id;
                let warning = |message| Change::Warning { run: run.clone(), message };
                messages.into_iter().map(warning).map(Effect::Show).collect()
            }
        }
    }

    /// What is said of what did not run: of the cases of a test at once.
    fn unmet_words(&self, unmet: &[&TestId]) -> Vec<String> {
        let told = self.told();
        let (cases, others): (Vec<&TestId>, Vec<_>) =
            unmet.iter().partition(|id| lacks_case(&told, id));
        let bad = self.bad_units();
        let is_late =
            |id: &&TestId| self.has_tests(id) && self.units_of(id).any(|unit| bad.contains(&unit));
        let (late, others): (Vec<&TestId>, Vec<_>) = others.into_iter().partition(is_late);
        let words = |ids: Vec<&TestId>, why: &str| {
            Some(format!("nothing ran of {}: {why}", ids_words(ids)?))
        };
        let late =
            words(late, "a test that ran before ended the process, or an option leaves it out");
        let others = words(others, "no such test, or an option leaves it out");
        let by_test = cases.chunk_by(|a, b| a.names == b.names && a.file == b.file);
        late.into_iter()
            .chain(others)
            .chain(by_test.filter_map(|cases| cases_words(&told, cases)))
            .collect()
    }

    /// What is loaded as one with something that ended badly: its process may have ended before other tests of it ran.
    fn bad_units(&self) -> BTreeSet<RelPath> {
        let bad = self.results().filter(|result| result.outcome.is_bad());
        bad.flat_map(|result| self.units_of(&result.id)).collect()
    }

    fn units_of(&self, id: &TestId) -> impl Iterator<Item = RelPath> {
        self.jobs_of(id).map(|job| job.suite.framework.unit(&job.suite, &id.file))
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

fn bare(id: &TestId) -> TestId {
    TestId { folder: None, suite: None, ..id.clone() }
}

/// Whether a test ran in a file that is not among those of the selected ones.
fn has_strays(told: &Told, selected: &BTreeSet<&TestId>) -> bool {
    let files: BTreeSet<&RelPath> = selected.iter().map(|id| &id.file).collect();
    let around = |file: &RelPath| {
        let above = |file: &RelPath| (!file.is_root()).then(|| file.parent());
        std::iter::successors(Some(file.clone()), above)
    };
    told.keys().any(|id| !around(&id.file).any(|file| files.contains(&file)))
}

fn is_met(told: &Told, id: &TestId) -> bool {
    let id = bare(id);
    if id.names.is_empty() {
        return told.keys().any(|it| id.holds(it));
    }
    // What a test holds stands behind it in the order of ids.
    let next = told.range(&id..).next();
    let is_around = || std::iter::successors(id.parent(), TestId::parent);
    next.is_some_and(|(it, _)| id.holds(it))
        || (is_around().any(|it| told.contains_key(&it)) && !lacks_case(told, &id))
}

/// Whether it is a case of a test that ran without it. One that was skipped, or could not run, did not get to its cases.
fn lacks_case(told: &Told, id: &TestId) -> bool {
    let ran = |outcome| matches!(outcome, Outcome::Passed | Outcome::Failed);
    let mut of_test = of_test(told, id);
    id.case.is_some()
        && of_test.clone().any(|(it, outcome)| it.case.is_some() || ran(*outcome))
        && of_test.all(|(it, _)| it.case != id.case)
}

/// What was told of the test that `id` is a case of, and of its cases.
fn of_test<'t>(
    told: &'t Told,
    id: &TestId,
) -> impl Iterator<Item = (&'t TestId, &'t Outcome)> + Clone {
    let whole = TestId { case: None, ..bare(id) };
    let file_and_names = (whole.file.clone(), whole.names.clone());
    told.range(whole..)
        .take_while(move |(it, _)| (&it.file, &it.names) == (&file_and_names.0, &file_and_names.1))
}

/// Why nothing ran of some cases of one test.
fn cases_words(told: &Told, cases: &[&TestId]) -> Option<String> {
    let (asked, first) = (ids_words(cases.iter().copied())?, cases.first()?);
    let ran = of_test(told, first).map(|(it, _)| it).filter(|it| it.case.is_some());
    let Some(names) = ids_words(ran.clone()) else {
        return Some(format!("nothing ran of {asked}: the test ran as a whole, and has no cases"));
    };
    let near = nearest(first.case.as_deref()?, ran.clone().filter_map(|it| it.case.as_deref()));
    let near = near.and_then(|near| ran.clone().find(|it| it.case.as_deref() == Some(near)));
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let why = "no such case, or an option leaves it out";
    Some(format!("nothing ran of {asked}: {why}; {near}these ran: {names}"))
}
