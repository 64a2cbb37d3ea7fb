//! pytest: found by its configuration and files, discovered by syntax, followed by a helper plugin.

mod detect;
mod discover;
mod event;
mod invocation;
mod reader;

#[cfg(test)]
mod tests;

pub use detect::{PytestRoot, detect};

use super::{Framework, ItemKind, Reader, Suite, TestItem};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};

/// pytest with the settings of one root directory.
#[derive(Debug)]
pub struct Pytest {
    root: PytestRoot,
}

impl Pytest {
    /// pytest at a detected root.
    pub fn new(root: PytestRoot) -> Self {
        Self { root }
    }
}

impl Framework for Pytest {
    fn name(&self) -> &'static str {
        "pytest"
    }

    fn is_test_file(&self, _: &Suite, path: &RelPath) -> bool {
        detect::is_test_file(&self.root, path.as_str())
    }

    fn discover(&self, suite: &Suite, path: &RelPath, text: &str) -> Vec<TestItem> {
        let found = discover::discover(text, &self.root.rules);
        found.into_iter().map(|test| item(suite, path, test)).collect()
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::PytestReader::new(job, site))
    }
}
