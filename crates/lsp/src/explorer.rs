//! Tells the test explorer what it must know: which tests there are, and how they stand.
//!
//! A client that knows only rust-analyzer's extension has one run at a time, the one that it asked
//! for: it is told of no other, and of the end when all that it asked for has ended. One that knows
//! run ids is told of all.

mod unended;
mod whole;

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::containers::harmless;
use testdock_core::id::{FolderName, RunId, TestId};
use testdock_core::model::{Outcome, TestResult};
use testdock_core::paths::RelPath;
use testdock_core::session::{Folder, Session};

use crate::ext::{
    AppendOutputParams, AppendOutputToRunTest, ChangeTestState, ChangeTestStateParams,
    DiscoverTestResults, DiscoveredTests, EndRunTest, EndRunTestParams, QueuedTests,
    QueuedTestsParams, RunOutput, TestItem, TestState,
};
use crate::runs::{Finished, Named, Origin};
use crate::shared::Shared;
use crate::to_proto;
use crate::tree::Tree;
use unended::Unended;
use whole::Whole;

/// So many tests a message tells of that are going to run: a client that draws them one by one breathes in between.
const QUEUED: usize = 1_000;

/// What the test explorer was told.
#[derive(Debug)]
pub(crate) struct Explorer {
    shared: Arc<Shared>,
    /// What was said of each file, as a hash: nothing is said twice. `None` where a run told of more since.
    told: HashMap<Utf8PathBuf, Option<u64>>,
    /// Tests that only runs told of.
    announced: HashSet<(FolderName, TestId)>,
    /// Tests whose state was said to be no longer the truth.
    stale: BTreeSet<(FolderName, TestId)>,
    /// How tests stand of which a run tells in cases: as the worst of these so far.
    wholes: HashMap<RunId, HashMap<TestId, Whole>>,
    /// Tests that were told to run, and not to have ended.
    unended: Unended,
    /// How many folders are open: with several, ids name theirs.
    folders: usize,
    /// Bytes of output that the client was too slow for.
    left_out: usize,
}

impl Explorer {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            told: HashMap::new(),
            announced: HashSet::new(),
            stale: BTreeSet::new(),
            wholes: HashMap::new(),
            unended: Unended::default(),
            folders: 0,
            left_out: 0,
        }
    }

    /// The tests of these files are other ones, or elsewhere.
    pub(crate) fn tests(&mut self, session: &Session, folder: &FolderName, files: &[RelPath]) {
        if !self.shared.client_can().explorer {
            return;
        }
        self.rename(session);
        if let Some(folder) = find(session, folder) {
            self.tell_files(session, folder, files);
            self.restore(session, folder, files);
        }
    }

    /// Where the second folder is opened, or the last but one closed, all ids change.
    pub(crate) fn rename(&mut self, session: &Session) {
        let count = session.folders().count();
        let before = std::mem::replace(&mut self.folders, count);
        if (before > 1) == (count > 1) || before == 0 {
            return;
        }
        self.announced.clear();
        for folder in session.folders() {
            let files: Vec<RelPath> = folder.files().cloned().collect();
            self.tell_files(session, folder, &files);
        }
    }

    /// A folder was closed: its files hold no tests any more.
    pub(crate) fn closed(&mut self, session: &Session, folder: &FolderName, root: &Utf8Path) {
        self.stale.retain(|(name, _)| name != folder);
        let gone = self.told.keys().filter(|path| path.starts_with(root));
        let gone: Vec<Utf8PathBuf> = gone.cloned().collect();
        let uris = gone.iter().filter_map(|path| self.shared.uri(path));
        let scope = uris.map(|uri| lsp_types::TextDocumentIdentifier { uri });
        let scope_file = Some(scope.collect());
        for path in &gone {
            self.told.remove(path);
        }
        self.tell(Vec::new(), scope_file);
        self.rename(session);
    }

    fn tell_files(&mut self, session: &Session, folder: &Folder, files: &[RelPath]) {
        let tree = Tree::new(&self.shared, session, folder);
        let mut changed = Vec::new();
        for file in files {
            let hash = Some(hash(&tree.files(std::slice::from_ref(file))));
            let known = self.told.insert(file.on(&folder.root), hash);
            if known != Some(hash) {
                changed.push(file.clone());
            }
        }
        if changed.is_empty() {
            return;
        }
        self.announced.retain(|(name, id)| *name != folder.name || !changed.contains(&id.file));
        let scope_file = changed.iter().filter_map(|file| tree.document(file)).collect();
        self.tell(tree.files(&changed), Some(scope_file));
    }

    fn tell(
        &self,
        tests: Vec<TestItem>,
        scope_file: Option<Vec<lsp_types::TextDocumentIdentifier>>,
    ) {
        if !self.shared.client_can().explorer {
            return;
        }
        self.shared.outbox.notify::<DiscoveredTests>(DiscoverTestResults {
            tests,
            scope: None,
            scope_file,
            seq: self.shared.next_seq(),
        });
    }

    /// Outcomes are no longer the truth.
    pub(crate) fn stale(&mut self, session: &Session, folder: &FolderName, tests: &[TestId]) {
        let Some(folder) = find(session, folder) else {
            return;
        };
        for id in tests {
            let test = (folder.name.clone(), id.clone());
            self.unended.stands(&test);
            self.stale.insert(test);
            self.tell_record(session, folder, id);
        }
    }

    /// A test that was edited back is the truth again.
    fn restore(&mut self, session: &Session, folder: &Folder, files: &[RelPath]) {
        let in_files =
            |(name, id): &&(FolderName, TestId)| *name == folder.name && files.contains(&id.file);
        let current = |(_, id): &&(FolderName, TestId)| {
            folder.record(id).is_some_and(|record| record.stale.is_none())
        };
        let again = self.stale.iter().filter(in_files).filter(current);
        for entry in again.cloned().collect::<Vec<_>>() {
            self.stale.remove(&entry);
            self.tell_record(session, folder, &entry.1);
        }
    }

    fn tell_record(&self, session: &Session, folder: &Folder, id: &TestId) {
        let Some(record) = folder.record(id).filter(|_| self.shared.client_can().run_ids) else {
            return;
        };
        let stale = record.stale.map(to_proto::stale);
        let change = to_proto::change(&self.shared, session, folder, &record.result, None);
        self.shared.outbox.notify::<ChangeTestState>(ChangeTestStateParams { stale, ..change });
    }

    /// A run will run these tests.
    pub(crate) fn queued(&mut self, session: &Session, run: &RunId, tests: &[TestId]) {
        if self.shared.client_can().queued_tests {
            return self.queued_at_once(session, run, tests);
        }
        for id in tests {
            self.change(session, run, id, TestState::Enqueued);
        }
    }

    fn queued_at_once(&self, session: &Session, run: &RunId, tests: &[TestId]) {
        let Some((folder, named)) = self.listened(session, run) else {
            return;
        };
        for tests in tests.chunks(QUEUED) {
            self.shared.outbox.notify::<QueuedTests>(QueuedTestsParams {
                run_id: named.name.to_string(),
                seq: self.shared.next_seq(),
                test_ids: tests.iter().map(|id| to_proto::id(session, folder, id)).collect(),
            });
        }
    }

    /// A test began.
    pub(crate) fn started(&mut self, session: &Session, run: &RunId, id: &TestId) {
        let sequence = session.run(run).map(|run| run.sequence);
        let folder = session.run(run).and_then(|run| find(session, &run.folder));
        let newest = folder.and_then(|folder| folder.record(id)).map(|record| record.sequence);
        // What a newer run said of it stays.
        if newest > sequence {
            return;
        }
        self.announce(session, run, id);
        self.change(session, run, id, TestState::Started);
        self.whole(session, run, id, Whole::Started);
    }

    /// A test ended, in the newest run of it.
    pub(crate) fn finished(&mut self, session: &Session, run: &RunId, result: &TestResult) {
        let Some((folder, named)) = self.listened(session, run) else {
            return;
        };
        self.announce(session, run, &result.id);
        let test = (folder.name.clone(), result.id.clone());
        self.stale.remove(&test);
        let run_id = Some(named.name.to_string());
        let change = to_proto::change(&self.shared, session, folder, result, run_id);
        self.unended.told(run, test, &change.state);
        self.shared.outbox.notify::<ChangeTestState>(change);
        self.whole(session, run, &result.id, Whole::of(result.outcome));
        // Of tests in a group that was skipped as a whole nobody else tells.
        if result.outcome == Outcome::Skipped {
            for id in folder.skipped_with(&result.id) {
                self.change(session, run, id, TestState::Skipped);
            }
        }
    }

    /// Says how the test stands that a case is one of: nobody else would.
    fn whole(&mut self, session: &Session, run: &RunId, case: &TestId, now: Whole) {
        let Some((folder, named)) = self.listened(session, run) else {
            return;
        };
        let whole = TestId { case: None, ..case.clone() };
        if case.case.is_none() || folder.item(&whole).is_none() {
            return;
        }
        // The first of several tests of one name is no case, and counts as well.
        let sequence = session.run(run).map(|run| run.sequence);
        let first = folder.record(&whole).filter(|it| Some(it.sequence) == sequence);
        let first = first.map(|it| Whole::of(it.result.outcome));
        let known = self.wholes.entry(run.clone()).or_default();
        if known.get(&whole).copied().max(first).is_some_and(|before| before >= now) {
            return;
        }
        known.insert(whole.clone(), now);
        let (test_id, run_id) = (to_proto::id(session, folder, &whole), named.name.to_string());
        let test = (folder.name.clone(), whole);
        self.stale.remove(&test);
        let state = now.state(case);
        self.unended.told(run, test, &state);
        let seq = self.shared.next_seq();
        let change = ChangeTestStateParams {
            errored: now == Whole::Errored,
            ..ChangeTestStateParams::new(test_id, state, Some(run_id), seq)
        };
        self.shared.outbox.notify::<ChangeTestState>(change);
    }

    /// A run is over: what it was to run and did not end stands as it did before.
    pub(crate) fn over(&mut self, session: &Session, run: &RunId) {
        self.wholes.remove(run);
        for (folder, id) in self.unended.left_by(run) {
            if let Some(folder) =
                find(session, &folder).filter(|_| self.shared.client_can().run_ids)
            {
                self.tell_standing(session, folder, &id);
            }
        }
    }

    /// Says how a test stands, or the worst of its cases does, without a run; or that nothing is known of it.
    fn tell_standing(&self, session: &Session, folder: &Folder, id: &TestId) {
        if folder.record(id).is_some() {
            return self.tell_record(session, folder, id);
        }
        let worst = folder.records_below(id).max_by_key(|it| Whole::of(it.result.outcome));
        let state = worst.map(|it| Whole::of(it.result.outcome).state(&it.result.id));
        let (test_id, seq) = (to_proto::id(session, folder, id), self.shared.next_seq());
        let change = ChangeTestStateParams {
            errored: worst.is_some_and(|it| it.result.outcome == Outcome::Errored),
            stale: worst.and_then(|it| it.stale).map(to_proto::stale),
            retracted: worst.is_none(),
            ..ChangeTestStateParams::new(test_id, state.unwrap_or(TestState::Skipped), None, seq)
        };
        self.shared.outbox.notify::<ChangeTestState>(change);
    }

    /// What a run said of a test was wrong.
    pub(crate) fn retracted(&mut self, session: &Session, run: &RunId, id: &TestId) {
        let Some((folder, named)) = self.listened(session, run) else {
            return;
        };
        let (test_id, run_id) = (to_proto::id(session, folder, id), named.name.to_string());
        let test = (folder.name.clone(), id.clone());
        self.announced.remove(&test);
        self.unended.stands(&test);
        let seq = self.shared.next_seq();
        let change = ChangeTestStateParams::new(test_id, TestState::Skipped, Some(run_id), seq);
        self.shared
            .outbox
            .notify::<ChangeTestState>(ChangeTestStateParams { retracted: true, ..change });
        // A test that only runs told of is gone.
        self.tell_files(session, folder, std::slice::from_ref(&id.file));
    }

    /// Sends a test that only runs told of before the first word about it.
    fn announce(&mut self, session: &Session, run: &RunId, id: &TestId) {
        let folder = session.run(run).and_then(|run| find(session, &run.folder));
        let Some(folder) = folder.filter(|folder| folder.item(id).is_none()) else {
            return;
        };
        if self.announced.insert((folder.name.clone(), id.clone())) {
            self.told.insert(id.file.on(&folder.root), None);
            let tree = Tree::new(&self.shared, session, folder);
            self.tell(tree.path_to(id), None);
        }
    }

    fn change(&mut self, session: &Session, run: &RunId, id: &TestId, state: TestState) {
        let Some((folder, named)) = self.listened(session, run) else {
            return;
        };
        self.unended.told(run, (folder.name.clone(), id.clone()), &state);
        let (test_id, run_id) = (to_proto::id(session, folder, id), named.name.to_string());
        let seq = self.shared.next_seq();
        let change = ChangeTestStateParams::new(test_id, state, Some(run_id), seq);
        self.shared.outbox.notify::<ChangeTestState>(change);
    }

    /// A run's folder and request, where the client wants to hear of them.
    fn listened<'s>(&self, session: &'s Session, run: &RunId) -> Option<(&'s Folder, Named)> {
        let named = self.named(run)?;
        let folder = find(session, &session.run(run)?.folder)?;
        Some((folder, named))
    }

    fn named(&self, run: &RunId) -> Option<Named> {
        let named = self.shared.runs.request_of(run)?;
        self.is_listened(&named).then_some(named)
    }

    fn is_listened(&self, named: &Named) -> bool {
        let client = self.shared.client_can();
        client.explorer && (client.run_ids || named.origin == Origin::Explorer)
    }

    /// A run printed something.
    pub(crate) fn output(&mut self, run: &RunId, text: &str) {
        let Some(named) = self.named(run).filter(|_| !text.is_empty()) else {
            return;
        };
        // An editor shows all runs on one screen, on which one test would wipe out what others said.
        let text: String = text.split_inclusive('\n').map(harmless_line).collect();
        let text = match self.left_out {
            0 => text,
            bytes => format!("… {bytes} bytes of output left out: the editor was too slow\n{text}"),
        };
        let weight = text.len();
        let params = self.output_params(&named, text);
        if self.shared.outbox.offer::<AppendOutputToRunTest>(params, weight) {
            self.left_out = 0;
        } else {
            self.left_out += weight;
        }
    }

    fn output_params(&self, named: &Named, text: String) -> AppendOutputParams {
        if !self.shared.client_can().run_ids {
            // The client adds the last line break itself.
            let line = text.strip_suffix('\n').unwrap_or(&text);
            return AppendOutputParams::Text(line.to_owned());
        }
        AppendOutputParams::Detailed(RunOutput {
            run_id: named.name.to_string(),
            seq: self.shared.next_seq(),
            text,
        })
    }

    /// All runs of a request ended.
    pub(crate) fn ended(&self, finished: Finished) {
        if !self.is_listened(&finished.named) {
            return;
        }
        if self.shared.client_can().run_ids {
            self.shared.outbox.notify::<EndRunTest>(Some(EndRunTestParams {
                run_id: finished.named.name.to_string(),
                seq: self.shared.next_seq(),
                message: finished.message,
                how: finished.how,
            }));
        } else if finished.is_last_of_explorer {
            self.shared.outbox.notify::<EndRunTest>(None);
        }
    }
}

fn find<'s>(session: &'s Session, name: &FolderName) -> Option<&'s Folder> {
    session.folders().find(|folder| folder.name == *name)
}

fn hash(items: &[TestItem]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for item in items {
        (&item.id, &item.parent, item.kind as u8, &item.tags).hash(&mut hasher);
        let range = item.range.map(|range| (range.start, range.end));
        range
            .map(|(start, end)| (start.line, start.character, end.line, end.character))
            .hash(&mut hasher);
    }
    hasher.finish()
}

fn harmless_line(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(text) => harmless(text) + "\n",
        None => harmless(line),
    }
}
