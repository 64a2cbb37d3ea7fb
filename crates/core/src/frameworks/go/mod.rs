//! `go test`: modules and workspaces, discovered by syntax, followed by its stream of JSON events.
//!
//! Go names a test by its package and function, and not by its file; so a run has to know what stands
//! where. Its events are all there is: what they come to at the end is the report.

mod build;
mod detect;
mod discover;
mod event;
mod failure;
mod invocation;
mod package;
mod reader;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use detect::Modules;

/// How Go's modules are found.
pub const KIND: Kind = Kind {
    name: "go",
    image: "golang:1.24",
    shaped_by: &["go.mod", "go.work"],
    detect: |contents| {
        let found = detect::detect(contents).into_iter();
        found.map(|(root, modules)| Detected::new(root, Go { modules })).collect()
    },
    at: |root, contents| Arc::new(Go { modules: detect::at(root, contents) }),
};

/// `go test` in the modules of one directory.
#[derive(Debug, Clone)]
pub struct Go {
    modules: Modules,
}

impl Framework for Go {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        path.as_str().ends_with("_test.go") && self.owns(suite, path)
    }

    fn owns(&self, suite: &Suite, path: &RelPath) -> bool {
        path.as_str().ends_with(".go")
            && path.strip(&suite.root).is_some()
            && self.modules.holds(path)
    }

    /// A package is built as one.
    fn unit(&self, _: &Suite, path: &RelPath) -> RelPath {
        path.parent()
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(&self.modules, job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::GoReader::new(&self.modules, job, site))
    }
}
