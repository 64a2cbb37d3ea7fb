//! `prove`: files of Perl that say TAP. A test is what a file says of one assertion or one subtest; what runs is a file.

mod discover;
mod invocation;
mod reader;
mod tap;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use crate::resolve::Contents;

/// How distributions of Perl are found.
pub const KIND: Kind =
    Kind { name: "prove", image: "perl:5.40", shaped_by: &[], detect, at: |_, _| Arc::new(Prove) };

/// Each directory with tests in `t`.
fn detect(contents: Contents<'_>) -> Vec<Detected> {
    let files = contents.files.iter().filter(|path| path.as_str().ends_with(".t"));
    let roots = files.filter_map(|path| {
        let parts: Vec<&str> = path.as_str().split('/').collect();
        let at = parts.iter().position(|part| *part == "t")?;
        let is_own = !parts[..at].iter().any(|part| is_foreign(part));
        is_own.then(|| RelPath::new(parts[..at].join("/")))
    });
    let roots: BTreeSet<RelPath> = roots.collect();
    roots.into_iter().map(|root| Detected::new(root, Prove)).collect()
}

/// Directories of other people's code, or of what was built.
fn is_foreign(part: &str) -> bool {
    part.starts_with('.') || matches!(part, "blib" | "local" | "node_modules" | "vendor")
}

/// The tests of one distribution.
#[derive(Debug, Clone, Copy)]
struct Prove;

impl Framework for Prove {
    fn name(&self) -> &'static str {
        KIND.name
    }

    /// A selected folder is the files in it.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        let inner = path.strip(&suite.root);
        inner.is_some_and(|inner| inner.starts_with("t/") && inner.ends_with(".t"))
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::ProveReader::new(job, site))
    }
}
