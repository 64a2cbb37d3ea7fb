//! What a run was asked for and did not do: a run that ran nothing says why.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use crate::config::nearest;
use crate::frameworks::ItemKind;
use crate::id::TestId;
use crate::model::{End, Fault, Outcome, RunError, TestResult};
use crate::paths::RelPath;
use crate::plan::Job;
use crate::session::{Change, Effect};
use crate::views::ids_words;

/// So much of what a tool printed is kept as long as it told of no test.
const MOST: usize = 4 << 10;

/// What a run told, by ids without folder and suite: a selected one need not name them.
type Told = BTreeMap<TestId, Outcome>;

/// Why nothing ran of a test, as far as that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Ended,
    Unloaded,
    Missing,
    LeftOut,
}

impl Reason {
    fn words(self) -> &'static str {
        match self {
            Self::Ended => "a test that ran before ended the process, or an option leaves it out",
            Self::Unloaded => "what could not be loaded kept it from running",
            Self::Missing => "no such test, or an option leaves it out",
            Self::LeftOut => "an option leaves it out, or the process ended before it",
        }
    }
}

impl Run {
    /// What was asked for by name, and of which nothing was told. What could not be loaded explains itself, and what is loaded with it.
    pub fn unmet(&self) -> Vec<&TestId> {
        let told = self.told();
        let selected: BTreeSet<&TestId> = self.jobs.iter().flat_map(|job| &job.selection).collect();
        let mut unmet: Vec<&TestId> = selected.iter().copied().collect();
        let unloaded = self.units_where(is_unloaded);
        let is_loaded = |id: &TestId| !self.units_of(id).any(|unit| unloaded.contains(&unit));
        unmet.retain(|id| !is_met(&told, id) && is_loaded(id));
        // What ran in a file that nothing else asked for, ran for one that has its tests in others.
        let is_for_others = |id: &&TestId| id.names.is_empty() && !self.has_tests(id);
        if unmet.iter().any(is_for_others) && has_strays(&told, &selected) {
            unmet.retain(|id| !is_for_others(id));
        }
        unmet
    }

    /// Whether tests are known in a selected file or folder.
    fn has_tests(&self, id: &TestId) -> bool {
        self.jobs_of(id).any(|job| {
            let is_in = |file: &RelPath| {
                file.strip(&id.file).is_some() && !job.known.in_file(file).is_empty()
            };
            job.known.files().any(is_in)
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
        let found_none = |error: &RunError| error.fault == Fault::NoTests;
        if matches!(how, End::Broken(error) if found_none(error)) && self.totals.all() > 0 {
            *how = End::Completed;
        }
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
        let bad = self.units_where(|it| it.outcome.is_bad());
        let mut by_reason: BTreeMap<Reason, Vec<&TestId>> = BTreeMap::new();
        for id in others {
            by_reason.entry(self.reason(&told, &bad, id)).or_default().push(id);
        }
        let words = |(reason, ids): (Reason, Vec<&TestId>)| {
            Some(format!("nothing ran of {}: {}", ids_words(ids)?, reason.words()))
        };
        let by_test = cases.chunk_by(|a, b| a.names == b.names && a.file == b.file);
        let of_cases = by_test.filter_map(|cases| cases_words(&told, cases));
        by_reason.into_iter().filter_map(words).chain(of_cases).collect()
    }

    /// Why nothing ran of a test; `bad` is what was loaded as one with something that ended badly.
    fn reason(&self, told: &Told, bad: &BTreeSet<RelPath>, id: &TestId) -> Reason {
        if !self.may_be_there(told, id) {
            return Reason::Missing;
        }
        if self.units_of(id).any(|unit| bad.contains(&unit)) {
            return Reason::Ended;
        }
        match self.results().any(|it| is_unloaded(it)) {
            true => Reason::Unloaded,
            false => Reason::LeftOut,
        }
    }

    /// Whether a test is known by that id, or may be made by one that did not get to it.
    fn may_be_there(&self, told: &Told, id: &TestId) -> bool {
        if id.names.is_empty() {
            return self.has_tests(id);
        }
        self.jobs_of(id).any(|job| {
            let id = TestId { folder: None, suite: job.suite.name.clone(), ..id.clone() };
            job.known.definition(&id).is_some_and(|item| {
                let made_it = item.kind == ItemKind::Parametrised;
                item.id.names == id.names || (made_it && !told.contains_key(&bare(&item.id)))
            })
        })
    }

    /// What is loaded as one with something of which such a result was told: its process may have ended before other tests of it ran.
    fn units_where(&self, which: impl Fn(&TestResult) -> bool) -> BTreeSet<RelPath> {
        let told = self.results().filter(|result| which(result));
        told.flat_map(|result| self.units_of(&result.id)).collect()
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

/// Whether a result is an error of a whole file or folder.
fn is_unloaded(result: &TestResult) -> bool {
    result.id.names.is_empty() && result.outcome.is_bad()
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
