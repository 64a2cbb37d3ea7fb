//! CTest: CMake projects whose tests are GoogleTest's, Catch2's, doctest's, or any program that `add_test` names.
//!
//! CTest decides what one test is: a test of a library where the project has them discovered, else a whole program; of
//! a program of one of these libraries, the tests in it are told too. GoogleTest does not tell the file, so a run has to
//! know what stands where.

mod build;
mod case;
mod detect;
mod discover;
mod filters;
mod invocation;
mod names;
mod program;
mod reader;
mod report;
mod running;
mod selection;
mod status;
mod verdict;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};

/// How projects are found that CTest tests.
pub const KIND: Kind = Kind {
    name: "ctest",
    image: "gcc:14",
    shaped_by: &["CMakeLists.txt"],
    detect: |contents| {
        let roots = detect::detect(contents).into_iter();
        roots.map(|root| Detected::new(root, Ctest)).collect()
    },
    at: |_, _| Arc::new(Ctest),
};

/// The file that says what belongs to a project.
const LISTS: &str = "CMakeLists.txt";

/// The tests of one CMake project.
#[derive(Debug, Clone, Copy)]
struct Ctest;

impl Framework for Ctest {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn limits_tests(&self) -> bool {
        true
    }

    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        path.strip(&suite.root).is_some_and(detect::is_test_file)
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::CtestReader::new(job, site))
    }
}
