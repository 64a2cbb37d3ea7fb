//! From what a user asks to run to a plan.

use std::sync::Arc;
use std::time::Duration;

use super::{Change, Effect, Folder, Run, Session};
use crate::frameworks::{ItemKind, Position, Suite};
use crate::id::{FolderName, RunId, TestId};
use crate::interpreter::Registered;
use crate::model::{Fault, RunError};
use crate::paths::RelPath;
use crate::plan::{Build, Job, Plan, Source};
use crate::views::{ids_words, number_words};
use crate::workspace::Workspace;

/// What a user asks for.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// The run's id, chosen by whoever asks.
    pub id: RunId,
    /// The folder; `None` for the one that the selection means.
    pub folder: Option<FolderName>,
    /// Which tests.
    pub selection: Selection,
    /// Further arguments for the tool.
    pub args: Vec<String>,
    /// Whether a clean container is wanted.
    pub fresh: bool,
    /// Instead of the configured timeout.
    pub timeout: Option<Duration>,
    /// Whether nothing runs now, and whenever a file is saved what it touches of the selection.
    pub is_continuous: bool,
}

impl RunRequest {
    /// A run of `selection` with everything else as configured.
    pub fn new(id: RunId, selection: Selection) -> Self {
        Self {
            id,
            folder: None,
            selection,
            args: Vec::new(),
            fresh: false,
            timeout: None,
            is_continuous: false,
        }
    }
}

/// Which tests a user means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These, and what they hold; all where `include` is empty.
    Tests {
        /// What to run.
        include: Vec<TestId>,
        /// What to leave out.
        exclude: Vec<TestId>,
    },
    /// The test around a position of a file, else all of the file.
    At(RelPath, Position),
    /// Those whose newest outcome is bad; where some are named, only of these and what they hold.
    Failed(Vec<TestId>),
    /// None: only the image of an interpreter is got. Without a name those of all that are chosen.
    Build(Option<String>),
}

impl Selection {
    /// Everything.
    pub fn all() -> Self {
        Self::only(Vec::new())
    }

    /// These, and what they hold.
    pub fn only(include: Vec<TestId>) -> Self {
        Self::Tests { include, exclude: Vec::new() }
    }
}

impl Session {
    /// Accepts a request or refuses it; one that is held, or for a folder that is still being read, waits for that.
    pub(super) fn request(&mut self, mut request: RunRequest) -> Vec<Effect> {
        if let (Selection::At(file, position), Ok(folder)) =
            (&request.selection, self.folder_for(&request))
            && folder.has_read(file)
        {
            request.selection = Selection::only(vec![folder.id_at(file, *position)]);
        }
        let is_early = |folder: &Folder| !folder.is_ready_for(&request.selection);
        if self.held > 0 || self.folder_for(&request).is_ok_and(is_early) {
            self.waiting.push(request);
            return Vec::new();
        }
        let id = request.id.clone();
        match self.accept(&request) {
            Ok((run, plan)) => {
                let folder = &self.folders[&run.folder];
                let tests = run.expected(folder);
                let warning = |message| Change::Warning { run: id.clone(), message };
                let gone =
                    matches!(request.selection, Selection::Failed(_)).then(|| gone_words(folder));
                let warnings = folder.workspace.warnings.iter().cloned();
                let warnings = warnings.chain(gone.flatten()).chain(unlimited_words(&plan));
                let warnings: Vec<Change> = warnings.map(warning).collect();
                self.runs.insert(id.clone(), run);
                let shown = [Change::Queued { run: id, tests }].into_iter().chain(warnings);
                let shown = shown.map(Effect::Show).chain(folder.read_edited());
                shown.chain([Effect::Start(Arc::new(plan))]).collect()
            }
            Err(error) => vec![Effect::Show(Change::Refused { run: id, error })],
        }
    }

    fn accept(&mut self, request: &RunRequest) -> Result<(Run, Plan), RunError> {
        let folder = &self.folders[&self.may_begin(request)?];
        let plan = plan(folder, request)?;
        let run = Run::new(self.sequence + 1, folder.name.clone(), &plan);
        self.sequence += 1;
        Ok((run, plan))
    }

    /// The folder of a request that may be met.
    pub(super) fn may_begin(&self, request: &RunRequest) -> Result<FolderName, RunError> {
        if self.untrusted {
            return Err(RunError::new(Fault::Configuration, "this workspace is not trusted").help(
                "trust it in the editor (initialization option `trusted`, or the notification \
                         `testdock/trust`), then run again",
            ));
        }
        if self.runs.contains_key(&request.id) || self.watches.contains_key(&request.id) {
            let message = format!("a run with the id {} exists already", request.id);
            return Err(RunError::new(Fault::Configuration, message));
        }
        Ok(self.folder_for(request)?.name.clone())
    }

    fn folder_for(&self, request: &RunRequest) -> Result<&Folder, RunError> {
        let named = request.folder.as_ref().or_else(|| match &request.selection {
            Selection::Tests { include, .. } => include.iter().find_map(|id| id.folder.as_ref()),
            Selection::At(..) | Selection::Failed(_) | Selection::Build(_) => None,
        });
        let folder = match named {
            Some(name) => self.folders.get(name),
            None => self.folders.values().next(),
        };
        folder.ok_or_else(|| RunError::new(Fault::Configuration, "no workspace folder is open"))
    }
}

fn plan(folder: &Folder, request: &RunRequest) -> Result<Plan, RunError> {
    if let Some(error) = folder.workspace.mistakes() {
        return Err(error);
    }
    if let Selection::Build(name) = &request.selection {
        return build_plan(folder, request, name.as_deref());
    }
    let (include, exclude) = selected(folder, &request.selection)?;
    if let Some(file) = folder.unsaved(&include) {
        return Err(never_saved(file));
    }
    let suites = &folder.workspace.suites;
    if suites.is_empty() {
        return Err(no_suite(folder));
    }
    let mut jobs = Vec::new();
    for suite in suites {
        let Some(selection) = part_of(&folder.workspace, suite, &include) else {
            continue;
        };
        let is_meant = |id: &&TestId| folder.workspace.is_meant(suite, id);
        let known = folder.known(suite);
        jobs.push(Job {
            selection: selection.into_iter().map(|id| known.told(id)).collect(),
            exclude: exclude.iter().filter(is_meant).cloned().collect(),
            args: request.args.clone(),
            fresh: request.fresh,
            known,
            ..Job::new(suite.clone(), folder.workspace.interpreter(suite)?)
        });
    }
    if jobs.is_empty() {
        return Err(no_match(folder, &include));
    }
    let timeout = request.timeout.or(folder.workspace.timeout);
    let builds = Vec::new();
    Ok(Plan { run: request.id.clone(), root: folder.root.clone(), jobs, builds, timeout })
}

fn build_plan(folder: &Folder, request: &RunRequest, name: Option<&str>) -> Result<Plan, RunError> {
    let registered = &folder.workspace.registered;
    let is_meant = |it: &&Registered| name.map_or(it.is_chosen, |name| it.name == name);
    let meant: Vec<&Registered> = registered.iter().filter(is_meant).collect();
    if let (Some(name), true) = (name, meant.is_empty()) {
        return Err(no_interpreter(name, registered));
    }
    let mut builds = Vec::new();
    for registered in meant {
        let interpreter = registered.choice.clone()?.interpreter;
        if interpreter.source != Source::Local {
            builds.push(Build { interpreter: Arc::new(interpreter), fresh: request.fresh });
        }
    }
    if builds.is_empty() {
        return Err(nothing_to_build(name));
    }
    let (run, root) = (request.id.clone(), folder.root.clone());
    Ok(Plan { run, root, jobs: Vec::new(), builds, timeout: None })
}

fn no_interpreter(name: &str, registered: &[Registered]) -> RunError {
    let names: Vec<&str> = registered.iter().map(|it| it.name.as_str()).collect();
    RunError::new(Fault::Configuration, format!("no interpreter is named `{name}`"))
        .help(format!("name one of {}", names.join(", ")))
}

fn nothing_to_build(name: Option<&str>) -> RunError {
    let message = format!("{} runs without a container: it has no image", name.unwrap_or("it"));
    RunError::new(Fault::Configuration, message).help("name an interpreter that has one")
}

fn selected(
    folder: &Folder,
    selection: &Selection,
) -> Result<(Vec<TestId>, Vec<TestId>), RunError> {
    match selection {
        Selection::Tests { include, exclude } => {
            // An id of the folder itself means all of it.
            let all = include
                .iter()
                .any(|id| id.file.is_root() && id.names.is_empty() && id.suite.is_none());
            Ok((if all { Vec::new() } else { include.clone() }, exclude.clone()))
        }
        Selection::At(file, position) => Ok((vec![folder.id_at(file, *position)], Vec::new())),
        Selection::Failed(within) => {
            let mut failed = folder.failed();
            failed.retain(|id| is_within(id, within));
            if failed.is_empty() {
                return Err(no_failed(folder, within));
            }
            Ok((failed.into_iter().flat_map(|id| folder.again(id)).collect(), Vec::new()))
        }
        Selection::Build(_) => Ok((Vec::new(), Vec::new())),
    }
}

/// Whether a test is one of those that are named, or held by one; that need name no folder and no suite.
fn is_within(id: &TestId, named: &[TestId]) -> bool {
    let holds = |it: &TestId| {
        let suite = it.suite.clone().or_else(|| id.suite.clone());
        TestId { folder: id.folder.clone(), suite, ..it.clone() }.holds(id)
    };
    named.is_empty() || named.iter().any(holds)
}

fn no_failed(folder: &Folder, within: &[TestId]) -> RunError {
    if let (Some(names), false) = (ids_words(within), folder.failed().is_empty()) {
        let message = format!("no test of {names} failed in its last run");
        return RunError::new(Fault::Configuration, message).help("others did: name none of them");
    }
    match gone_words(folder) {
        Some(words) => RunError::new(Fault::NoTests, words)
            .help("run all tests: under another name, or in another file, it is another test"),
        None => RunError::new(Fault::Configuration, "no test failed in its last run")
            .help("run all tests first"),
    }
}

/// What is said of a limit that a tool cannot be told.
fn unlimited_words(plan: &Plan) -> Option<String> {
    let is_unlimited =
        |job: &&Job| job.suite.test_timeout.is_some() && !job.suite.framework.limits_tests();
    let jobs = plan.jobs.iter().filter(is_unlimited);
    let mut tools: Vec<&str> = jobs.map(|job| job.suite.framework.name()).collect();
    tools.sort_unstable();
    tools.dedup();
    let tools = tools.join(", ");
    (!tools.is_empty()).then(|| {
        format!("the test timeout means nothing to {tools}: only a whole run is limited there, by `timeout`")
    })
}

/// Which failed tests cannot run again, since they were renamed, moved or deleted.
fn gone_words(folder: &Folder) -> Option<String> {
    let gone = folder.failed_and_gone();
    let names = ids_words(gone.iter().copied())?;
    let count = number_words(gone.len(), "test");
    let are = if gone.len() == 1 { "is" } else { "are" };
    Some(format!("{count} that failed {are} no longer there: {names}"))
}

/// What of `include` is for this suite: nothing (`None`), all (empty), or these.
fn part_of(workspace: &Workspace, suite: &Suite, include: &[TestId]) -> Option<Vec<TestId>> {
    if include.is_empty() {
        return Some(Vec::new());
    }
    let mine = include.iter().filter(|id| workspace.is_meant(suite, id));
    let mine: Vec<TestId> = mine.cloned().collect();
    if mine.is_empty() {
        return None;
    }
    let whole = mine.iter().any(|id| id.names.is_empty() && suite.root.strip(&id.file).is_some());
    Some(if whole || !suite.framework.can_select() { Vec::new() } else { mine })
}

fn no_suite(folder: &Folder) -> RunError {
    RunError::new(Fault::Configuration, format!("no tests were found in {}", folder.root))
        .help("add a test, or write a [[suite]] with a command and its reports into testdock.toml")
}

fn never_saved(file: &RelPath) -> RunError {
    let message = format!("{file} is not on disk yet: only the editor has it");
    RunError::new(Fault::NoTests, message).help("save it, then run again")
}

fn no_match(folder: &Folder, include: &[TestId]) -> RunError {
    let wanted: Vec<String> = include.iter().map(|id| format!("`{id}`")).collect();
    let message = format!("no suite of {} has the test {}", folder.root, wanted.join(", "));
    RunError::new(Fault::NoTests, message).help("`testdock discover` lists the tests")
}

impl Folder {
    /// Whether enough was read to run this: which tests failed and still stand is known after a scan,
    /// and so is what stands where. A new document may not be on disk.
    fn is_ready_for(&self, selection: &Selection) -> bool {
        let needs_scan = matches!(selection, Selection::Failed(_)) || self.workspace.needs_known();
        let is_looking = match selection {
            Selection::Tests { include, .. } => self.is_looking_for(include),
            // Else it would be one of the others.
            Selection::At(..) => true,
            Selection::Failed(_) => self.is_looking(),
            Selection::Build(_) => false,
        };
        self.is_resolved && !is_looking && !(self.scanning && needs_scan)
    }

    /// The tests that a plan means, as far as they are known before it runs.
    pub(super) fn meant_by(&self, jobs: &[Job]) -> Vec<TestId> {
        let mut meant = Vec::new();
        for job in jobs {
            let items = self
                .items()
                .filter(|(suite, item)| suite.is_same(&job.suite) && item.kind != ItemKind::Group);
            meant.extend(items.map(|(_, item)| &item.id).filter(|id| job.selects(id)).cloned());
        }
        meant
    }
}
