//! What a job chooses, file by file, for tools that are told files and names.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::Job;

/// What is chosen of a file: everything, or names.
pub(super) type Chosen<'j> = Option<BTreeSet<&'j TestId>>;

/// The folders that are selected in whole, for tools that look into them by themselves.
pub(super) fn folders(job: &Job) -> Vec<RelPath> {
    let is_cut = |dir: &RelPath| job.exclude.iter().any(|out| out.file.strip(dir).is_some());
    let is_folder = |path: &RelPath| {
        let mut below = all(job).filter(|file| file.strip(path).is_some()).peekable();
        match below.peek() {
            Some(file) => *file != path,
            None => !is_named_as_a_file(path),
        }
    };
    let whole = job.selection.iter().filter(|id| id.names.is_empty()).map(|id| &id.file);
    whole.filter(|path| is_folder(path) && !is_cut(path)).cloned().collect()
}

/// The files of tests, also those in which nothing was found: a tool looks into them where it is told their folder.
fn all(job: &Job) -> impl Iterator<Item = &RelPath> {
    let with_tests = job.known.files().filter(|file| !job.known.in_file(file).is_empty());
    with_tests.chain(job.known.bare())
}

fn is_named_as_a_file(path: &RelPath) -> bool {
    path.as_str().rsplit('/').next().is_some_and(|name| name.contains('.'))
}

/// The files that have something to do.
pub(super) fn files(job: &Job) -> BTreeMap<RelPath, Chosen<'_>> {
    let is_out = |file: &RelPath| {
        let id = job.suite.of_file(file.clone());
        job.exclude.iter().any(|out| out.holds(&id))
    };
    let mut files: BTreeMap<RelPath, Chosen<'_>> = BTreeMap::new();
    if job.selection.is_empty() {
        files.extend(all(job).map(|file| (file.clone(), None)));
    }
    for id in job.selection.iter().filter(|id| !id.names.is_empty()) {
        let chosen = files.entry(id.file.clone()).or_insert_with(|| Some(BTreeSet::new()));
        chosen.get_or_insert_default().insert(id);
    }
    for id in job.selection.iter().filter(|id| id.names.is_empty()) {
        let mut below = all(job).filter(|file| file.strip(&id.file).is_some()).peekable();
        // A file in which nothing was found may have tests all the same; a folder has none then.
        let is_file = below.peek().is_none() && is_named_as_a_file(&id.file);
        let itself = is_file.then(|| id.file.clone());
        files.extend(below.cloned().chain(itself).map(|file| (file, None)));
    }
    files.retain(|file, _| !is_out(file));
    files
}
