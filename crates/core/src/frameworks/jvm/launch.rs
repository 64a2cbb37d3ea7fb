//! What the commands of both tools have in common.

use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Candidate, HelperFile, Job, Site};

const HELPER: &str = include_str!("helper/testdock_jvm.sh");
const HELPER_NAME: &str = "testdock_jvm.sh";

pub(super) fn helper() -> HelperFile {
    HelperFile { name: HELPER_NAME.into(), content: HELPER.into() }
}

/// The suite's own command, else the first of `usual` that is there.
pub(super) fn candidates(
    job: &Job,
    site: &Site,
    reports: &str,
    usual: [&str; 2],
) -> Vec<Candidate> {
    if let Some(command) = &job.suite.command {
        return vec![launched(site, reports, command, Vec::new())];
    }
    let here = |command: &str| {
        let check = ["sh", "-c", "command -v \"$0\" || [ -f \"$0\" ]", command].map(str::to_owned);
        launched(site, reports, &[command.to_owned()], check.to_vec())
    };
    usual.map(here).to_vec()
}

/// A command, started by the helper that tells of its reports: files like `reports`.
fn launched(site: &Site, reports: &str, command: &[String], check: Vec<String>) -> Candidate {
    let helper = format!("{}/{HELPER_NAME}", site.helpers);
    let words = ["sh".to_owned(), helper, site.scratch.clone(), reports.to_owned()];
    Candidate { argv: words.into_iter().chain(command.iter().cloned()).collect(), check }
}

/// What a selected id means: itself where it has names, else the outermost classes below it.
pub(super) fn classes(job: &Job, id: &TestId) -> Vec<TestId> {
    if !id.names.is_empty() {
        return vec![id.clone()];
    }
    let tops = job.known.items().filter(|item| item.id.names.len() == 1 && id.holds(&item.id));
    let tops = tops.map(|item| item.id.clone());
    // A file in which nothing was found may have tests all the same.
    let bare = job.known.bare().filter(|file| file.strip(&id.file).is_some());
    let tops: Vec<TestId> = tops.chain(bare.filter_map(|file| class_of(id, file))).collect();
    let is_file = id.file.as_str().ends_with(".java") || id.file.as_str().ends_with(".kt");
    if !tops.is_empty() || !is_file {
        return tops;
    }
    class_of(id, &id.file).into_iter().collect()
}

/// The class that a file is called as.
fn class_of(id: &TestId, file: &RelPath) -> Option<TestId> {
    let name = file.as_str().rsplit('/').next()?.split('.').next()?;
    Some(TestId { file: file.clone(), names: vec![name.to_owned()], ..id.clone() })
}
