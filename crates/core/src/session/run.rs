//! One run, from the request to its end.

mod parts;
mod unmet;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::{Change, Effect, Folder};
use crate::id::{FolderName, RunId, TestId};
use crate::interpreter::Image;
use crate::model::{End, Ended, Provenance, RunError, RunEvent, Stage, TestResult, Totals};
use crate::paths::RelPath;
use crate::plan::{Build, Interpreter, Job, Plan};
use crate::views;

/// How far a run is.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// Accepted; the interpreter is being prepared.
    Preparing,
    /// Tests run.
    Running,
    /// It is over.
    Ended(Ended),
}

/// A run and all that it said.
#[derive(Debug)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Its number: higher is newer.
    pub sequence: u64,
    /// In which folder.
    pub folder: FolderName,
    /// How far it is.
    pub status: Status,
    /// Where its tests ran, in order; the last is where they run.
    pub provenances: Vec<Arc<Provenance>>,
    /// How many tests the tool said it has; 0 before it did.
    pub total: usize,
    /// Worth saying, failing nothing.
    pub warnings: Vec<String>,
    /// What it does on its way to the first test, or to its image.
    pub stage: Option<Stage>,
    /// The images that it has built, or found to be there.
    pub built: Vec<Image>,
    jobs: Vec<Job>,
    builds: Vec<Build>,
    results: BTreeMap<TestId, Told>,
    /// Of all results; kept, since every view asks for them at every test that ends.
    totals: Totals,
    running: BTreeSet<TestId>,
    /// Results of the job under way that its report has not yet confirmed.
    previews: BTreeSet<TestId>,
    /// How many tests the jobs before this one had.
    done_before: usize,
    /// The end of what was printed before there was a result.
    said: String,
    /// How the jobs ended that have.
    jobs_ended: Vec<Result<(), RunError>>,
}

/// What a run says of a test.
#[derive(Debug)]
struct Told {
    result: Arc<TestResult>,
    /// Where that ran.
    at: Option<Arc<Provenance>>,
}

impl Run {
    pub(super) fn new(sequence: u64, folder: FolderName, plan: &Plan) -> Self {
        Self {
            id: plan.run.clone(),
            sequence,
            folder,
            status: Status::Preparing,
            provenances: Vec::new(),
            total: 0,
            warnings: Vec::new(),
            stage: None,
            built: Vec::new(),
            jobs: plan.jobs.clone(),
            builds: plan.builds.clone(),
            results: BTreeMap::new(),
            totals: Totals::default(),
            running: BTreeSet::new(),
            previews: BTreeSet::new(),
            done_before: 0,
            said: String::new(),
            jobs_ended: Vec::new(),
        }
    }

    /// Whether it is not over yet.
    pub fn is_active(&self) -> bool {
        !matches!(self.status, Status::Ended(_))
    }

    /// Whether it runs no test, and only builds.
    pub fn is_build(&self) -> bool {
        !self.builds.is_empty()
    }

    /// Whether its containers are for it alone.
    pub(super) fn is_fresh(&self) -> bool {
        self.jobs.iter().any(|job| job.fresh)
    }

    /// Where it runs, or what it builds.
    pub(super) fn interpreters(&self) -> impl Iterator<Item = &Arc<Interpreter>> {
        let of_jobs = self.jobs.iter().map(|job| &job.interpreter);
        of_jobs.chain(self.builds.iter().map(|build| &build.interpreter))
    }

    /// The interpreter of all that it does.
    pub(super) fn only_interpreter(&self) -> Option<&Arc<Interpreter>> {
        let first = self.interpreters().next()?;
        self.interpreters().all(|it| it == first).then_some(first)
    }

    /// What it says of each test, by id.
    pub fn results(&self) -> impl Iterator<Item = &Arc<TestResult>> {
        self.results.values().map(|told| &told.result)
    }

    /// What it says of one test.
    pub fn result(&self, id: &TestId) -> Option<&Arc<TestResult>> {
        self.results.get(id).map(|told| &told.result)
    }

    /// Where a test ran of which it told.
    pub fn provenance_of(&self, id: &TestId) -> Option<&Provenance> {
        self.results.get(id)?.at.as_deref()
    }

    /// The tests that run right now.
    pub fn running(&self) -> impl Iterator<Item = &TestId> {
        self.running.iter()
    }

    /// How many tests ended how so far.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Whether its containers go with it.
    pub fn is_alone(&self) -> bool {
        self.jobs.iter().any(Job::is_alone)
    }

    /// What it will run, as far as that is known.
    pub(super) fn expected(&self, folder: &Folder) -> Vec<TestId> {
        folder.meant_by(&self.jobs)
    }

    pub(super) fn event(&mut self, folder: &mut Folder, event: RunEvent) -> Vec<Effect> {
        let run = self.id.clone();
        match event {
            RunEvent::Preparing(stage) => {
                self.stage = Some(stage.clone());
                show(Change::Preparing { run, stage })
            }
            RunEvent::BuildLog(line) => show(Change::BuildLog { run, line }),
            RunEvent::Started(mut provenance) => {
                if folder.workspace.profile.is_some() {
                    Arc::make_mut(&mut provenance).profile.clone_from(&folder.workspace.profile);
                }
                self.status = Status::Running;
                self.stage = None;
                self.provenances.push(provenance.clone());
                let mut effects = show(Change::Started { run, provenance: provenance.clone() });
                effects.extend(folder.learn_of_run(&provenance));
                effects
            }
            RunEvent::Built(image) => {
                self.stage = None;
                self.built.push(image.clone());
                show(Change::Built { run, image })
            }
            RunEvent::Collected(count) => {
                self.total = self.done_before + count;
                show(Change::Collected { run, total: self.total })
            }
            RunEvent::TestStarted(id) => {
                self.running.insert(id.clone());
                show(Change::TestStarted { run, id })
            }
            RunEvent::TestFinished(result) => {
                self.previews.insert(result.id.clone());
                self.take(folder, *result)
            }
            RunEvent::Output(text) => {
                self.keep_said(&text);
                show(Change::Output { run, text })
            }
            RunEvent::Reported(results) => self.reported(folder, results),
            RunEvent::JobEnded(how) => self.job_ended(folder, how),
            RunEvent::Warning(message) => {
                self.warnings.push(message.clone());
                show(Change::Warning { run, message })
            }
            RunEvent::Ended(ended) => self.ended(folder, ended),
        }
    }

    /// Takes over one result and shows what it changes.
    fn take(&mut self, folder: &mut Folder, result: TestResult) -> Vec<Effect> {
        self.running.remove(&result.id);
        let result = Arc::new(result);
        if self.result(&result.id) == Some(&result) {
            return Vec::new();
        }
        self.put(&result);
        let (newest, touched) =
            folder.record_result(self.sequence, &result, self.provenances.last());
        let outdated = folder.outdated(self.sequence, &result.id);
        let id = result.id.clone();
        let mut effects = show(Change::TestFinished { run: self.id.clone(), result, newest });
        // What an editor has that was not saved, did not run.
        if newest && folder.record(&id).is_some_and(|record| record.stale.is_some()) {
            effects.extend(show(Change::Stale { folder: folder.name.clone(), tests: vec![id] }));
        }
        effects.extend(folder.publish(touched));
        effects.extend(folder.forget(self.sequence, outdated));
        effects
    }

    fn put(&mut self, result: &Arc<TestResult>) {
        self.totals.count(result.outcome);
        let told = Told { result: result.clone(), at: self.provenances.last().cloned() };
        if let Some(before) = self.results.insert(result.id.clone(), told) {
            self.totals.uncount(before.result.outcome);
        }
    }

    fn take_back(&mut self, id: &TestId) {
        if let Some(before) = self.results.remove(id) {
            self.totals.uncount(before.result.outcome);
        }
    }

    /// The report decides: previews that it does not know were wrong.
    fn reported(&mut self, folder: &mut Folder, results: Vec<TestResult>) -> Vec<Effect> {
        let known: BTreeSet<&TestId> = results.iter().map(|result| &result.id).collect();
        let wrong: Vec<TestId> =
            self.previews.iter().filter(|id| !known.contains(id)).cloned().collect();
        self.previews.clear();
        let mut effects = Vec::new();
        for id in wrong {
            self.take_back(&id);
            effects.extend(self.retract(folder, id));
        }
        for result in results {
            effects.extend(self.take(folder, result));
        }
        effects.extend(self.settle_loaded(folder));
        self.done_before = self.tests_told();
        effects
    }

    fn retract(&self, folder: &mut Folder, id: TestId) -> Vec<Effect> {
        let touched = folder.retract(self.sequence, &id);
        let mut effects = show(Change::TestRetracted { run: self.id.clone(), id });
        effects.extend(folder.publish(touched));
        effects
    }

    /// Where a test ran, what is loaded with it did load, and its group was set up: an older error or skip that
    /// says otherwise goes.
    fn settle_loaded(&self, folder: &mut Folder) -> Vec<Effect> {
        let loaded = self.units(folder, |result| !result.id.names.is_empty());
        let is_loaded = |id: &TestId| match id.names.is_empty() {
            true => self.unit(folder, id).is_some_and(|unit| loaded.contains(&unit)),
            false => self.results.keys().any(|ran| id.holds(ran)),
        };
        let is_over = |id: &&TestId| !self.results.contains_key(*id) && is_loaded(id);
        let over: Vec<TestId> = folder.unloaded().filter(is_over).cloned().collect();
        over.into_iter().flat_map(|id| self.retract(folder, id)).collect()
    }

    /// What was loaded as one with the tests of which such results came.
    fn units(&self, folder: &Folder, which: impl Fn(&TestResult) -> bool) -> BTreeSet<RelPath> {
        let results = self.results().filter(|result| which(result));
        results.filter_map(|result| self.unit(folder, &result.id)).collect()
    }

    fn unit(&self, folder: &Folder, id: &TestId) -> Option<RelPath> {
        let suites = self.jobs.iter().map(|job| &job.suite);
        let mut mine = suites.filter(|suite| folder.workspace.is_meant(suite, id));
        let is_file = !id.file.is_root();
        mine.next().filter(|_| is_file).map(|suite| suite.framework.unit(suite, &id.file))
    }

    fn ended(&mut self, folder: &mut Folder, mut ended: Ended) -> Vec<Effect> {
        let mut effects = self.close_running(folder, &ended.how);
        self.close_jobs(&ended.how);
        effects.extend(self.settle_unreached(folder, &ended.how));
        effects.extend(self.settle_fault(folder, &ended.how));
        self.running.clear();
        self.previews.clear();
        self.stage = None;
        effects.extend(self.explain_nothing(&mut ended.how));
        self.status = Status::Ended(ended.clone());
        if !self.is_build() {
            effects.extend(folder.look_for_files());
            effects.push(Effect::Save { root: folder.root.clone(), outcomes: folder.outcomes() });
        }
        effects.extend(show(Change::Ended { run: self.id.clone(), ended }));
        effects
    }

    /// A test that this run meant and did not get to, since the run broke or the test's file did not load: what
    /// an older run said of it is no longer the truth. Where the run is complete, a test that stands nowhere any more is forgotten.
    fn settle_unreached(&mut self, folder: &mut Folder, how: &End) -> Vec<Effect> {
        let unreached: Vec<TestId> = folder
            .outcomes()
            .into_iter()
            .map(|(id, _)| id)
            .filter(|id| !self.results.contains_key(id) && self.means(folder, id))
            .collect();
        if !matches!(how, End::Completed) || self.is_cut() {
            return Self::not_reached(folder, unreached);
        }
        let failed = self.units(folder, |it| it.id.names.is_empty() && it.outcome.is_bad());
        let bad = || self.results().filter(|result| result.outcome.is_bad());
        let is_lost = |id: &TestId| {
            self.unit(folder, id).is_some_and(|unit| failed.contains(&unit))
                || bad().any(|it| !it.id.names.is_empty() && it.id.holds(id))
        };
        let (lost, others): (Vec<_>, Vec<_>) = unreached.into_iter().partition(is_lost);
        // Of a group that holds nothing a run tells only where the tests do not tell all that it stands for.
        let is_well = |id: &TestId| !self.has_args() && folder.is_empty_group(id);
        let (well, others): (Vec<_>, Vec<_>) = others.into_iter().partition(is_well);
        // A test that an argument left out is not gone.
        let is_gone = |id: &TestId| {
            id.file.is_root()
                || folder.is_gone(id)
                || self.lacks_case(id)
                || (folder.item(id).is_none() && self.is_whole(id))
        };
        let gone = others.into_iter().filter(is_gone).collect();
        let mut effects = Self::not_reached(folder, lost);
        effects.extend(well.into_iter().flat_map(|id| self.retract(folder, id)));
        effects.extend(folder.forget(self.sequence, gone));
        effects
    }

    /// Whether the tool had more tests than it told of: it stopped early, by a fault or by request.
    fn is_cut(&self) -> bool {
        self.tests_told() < self.total
    }

    /// How many of the tests that its tools had it did not get to, where it did not come to its end.
    pub fn unreached(&self) -> usize {
        match &self.status {
            Status::Ended(Ended { how: End::Completed, .. }) => 0,
            Status::Ended(_) => self.total.saturating_sub(self.tests_told()),
            Status::Preparing | Status::Running => 0,
        }
    }

    /// How many tests it told of; a file that did not load is none.
    fn tests_told(&self) -> usize {
        self.results.keys().filter(|id| !id.names.is_empty()).count()
    }

    /// Whether other cases of a test ran, and nothing kept this one from doing so.
    fn lacks_case(&self, id: &TestId) -> bool {
        let is_whole = self.total > 0 && !self.has_args();
        let mut ran = self.results.keys().filter(|it| it.file == id.file && it.names == id.names);
        id.case.is_some() && is_whole && ran.any(|it| it.case.is_some() && it.suite == id.suite)
    }

    /// Whether all of a test's file ran, and none that is made as it is loaded was left out.
    fn is_whole(&self, id: &TestId) -> bool {
        let holds = |it: &TestId| it.names.is_empty() && it.holds(id);
        let is_all = |job: &Job| {
            let has_args = !job.args.is_empty() || !job.suite.args.is_empty();
            let is_selected = job.selection.is_empty() || job.selection.iter().any(holds);
            job.suite.name == id.suite && is_selected && job.exclude.is_empty() && !has_args
        };
        let ran = |it: &TestId| it.file == id.file && it.suite == id.suite && !it.names.is_empty();
        id.case.is_none() && self.jobs.iter().any(is_all) && self.results.keys().any(ran)
    }

    /// Whether an argument may have left tests out.
    fn has_args(&self) -> bool {
        self.jobs.iter().any(|job| !job.args.is_empty())
    }

    fn not_reached(folder: &mut Folder, tests: Vec<TestId>) -> Vec<Effect> {
        let tests = folder.not_reached(tests.into_iter());
        if tests.is_empty() {
            return Vec::new();
        }
        let paths: Vec<Utf8PathBuf> = tests.iter().map(|id| id.file.on(&folder.root)).collect();
        let mut effects = show(Change::Stale { folder: folder.name.clone(), tests });
        effects.extend(folder.publish(paths));
        effects
    }

    fn means(&self, folder: &Folder, id: &TestId) -> bool {
        let is_meant = |job: &Job| folder.workspace.is_meant(&job.suite, id);
        self.jobs.iter().any(|job| is_meant(job) && job.selects(id))
    }

    /// Shows a fault with a place at that place; a run that got further takes it away.
    fn settle_fault(&self, folder: &mut Folder, how: &End) -> Vec<Effect> {
        match how {
            End::Broken(error @ RunError { place: Some(place), .. }) => {
                folder.set_fault(place.path.clone(), vec![views::fault_diagnostic(error, place)])
            }
            End::Completed | End::Cancelled | End::TimedOut(_) | End::Broken(_) => {
                let dockerfiles: Vec<Utf8PathBuf> = self.dockerfiles(folder);
                let mut effects = Vec::new();
                if !self.provenances.is_empty() || !self.built.is_empty() {
                    for path in dockerfiles {
                        effects.extend(folder.set_fault(path, Vec::new()));
                    }
                }
                effects
            }
        }
    }

    fn dockerfiles(&self, folder: &Folder) -> Vec<Utf8PathBuf> {
        use crate::plan::Source;
        let sources = self.interpreters().map(|interpreter| &interpreter.source);
        sources
            .filter_map(|source| match source {
                Source::Dockerfile(file) => Some(file.path.on(&folder.root)),
                Source::Image(_) | Source::Compose(_) | Source::Local => None,
            })
            .collect()
    }
}

fn show(change: Change) -> Vec<Effect> {
    vec![Effect::Show(change)]
}
