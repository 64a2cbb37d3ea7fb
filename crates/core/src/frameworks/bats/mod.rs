//! Bats: tests of shells, found as Bats itself finds them, line by line, and followed by the stream that its own formatters
//! are fed with.

mod discover;
mod failure;
mod invocation;
mod reader;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use crate::resolve::Contents;

/// How a workspace is found that has tests of Bats.
pub const KIND: Kind = Kind {
    name: "bats",
    image: "bats/bats:latest",
    shaped_by: &["bats"],
    detect,
    at: |_, contents| Arc::new(Bats::among(contents)),
};

/// The workspace: from there people call Bats.
fn detect(contents: Contents<'_>) -> Vec<Detected> {
    let bats = Bats::among(contents);
    let is_there = contents.files.iter().any(|path| bats.has_test_file(path.as_str()));
    is_there.then(|| Detected::new(RelPath::default(), bats)).into_iter().collect()
}

/// Directories of other people's code: the libraries for Bats have tests too.
fn is_foreign(part: &str) -> bool {
    part.starts_with('.')
        || matches!(part, "node_modules" | "vendor" | "third_party")
        || ["bats-core", "bats-support", "bats-assert", "bats-file", "bats-mock"].contains(&part)
}

/// The tests of one directory.
#[derive(Debug, Clone, Default)]
struct Bats {
    /// Where Bats itself lies in the workspace, with its own tests.
    copies: Vec<RelPath>,
}

impl Bats {
    fn among(contents: Contents<'_>) -> Self {
        let copy = |path: &RelPath| {
            let path = path.as_str();
            let inner = path.strip_suffix("/libexec/bats-core/bats");
            inner.or_else(|| path.strip_suffix("/libexec/bats")).map(RelPath::new)
        };
        Self { copies: contents.files.iter().filter_map(copy).collect() }
    }

    fn has_test_file(&self, path: &str) -> bool {
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let path = RelPath::new(path);
        path.as_str().ends_with(".bats")
            && !directory.split('/').any(is_foreign)
            && !self.copies.iter().any(|copy| path.strip(copy).is_some())
    }
}

impl Framework for Bats {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn limits_tests(&self) -> bool {
        true
    }

    /// A selected folder is the files in it.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        path.strip(&suite.root).is_some() && self.has_test_file(path.as_str())
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::BatsReader::new(job, site))
    }
}
