//! `cargo test` and `cargo nextest`: workspaces, discovered by syntax, followed by what the test
//! library tells of each test.
//!
//! Rust names a test by its program and its modules, and not by its file; so a run has to know what
//! stands where.

mod build;
mod cargo;
mod discover;
mod examples;
mod failure;
mod nextest;
mod packages;
mod places;
mod reader;
mod selection;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use crate::resolve::Contents;
use packages::Packages;

/// How workspaces are found that `cargo test` tests.
pub const CARGO: Kind = Kind {
    name: "cargo",
    image: "rust:1.85",
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Cargo),
    at: |root, contents| at(root, contents, Tool::Cargo),
};

/// How workspaces are found that `cargo nextest` tests.
pub const NEXTEST: Kind = Kind {
    name: "nextest",
    image: "rust:1.85",
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Nextest),
    at: |root, contents| at(root, contents, Tool::Nextest),
};

const SHAPED_BY: &[&str] = &["Cargo.toml", "nextest.toml"];

/// What runs the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Cargo,
    Nextest,
}

fn detect(contents: Contents<'_>, tool: Tool) -> Vec<Detected> {
    let is_here = |root: &RelPath| {
        let wants_nextest =
            contents.files.binary_search(&root.join(".config/nextest.toml")).is_ok();
        wants_nextest == (tool == Tool::Nextest)
    };
    let found = packages::detect(contents).into_iter().filter(|(root, _)| is_here(root));
    found.map(|(root, packages)| Detected::new(root, Rust { packages, tool })).collect()
}

fn at(root: &RelPath, contents: Contents<'_>, tool: Tool) -> Arc<dyn Framework> {
    Arc::new(Rust { packages: packages::at(root, contents), tool })
}

/// The tests of one Cargo workspace.
#[derive(Debug, Clone)]
struct Rust {
    packages: Packages,
    tool: Tool,
}

impl Framework for Rust {
    fn name(&self) -> &'static str {
        match self.tool {
            Tool::Cargo => CARGO.name,
            Tool::Nextest => NEXTEST.name,
        }
    }

    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, _: &Suite, path: &RelPath) -> bool {
        path.as_str().ends_with(".rs") && self.packages.of_file(path).is_some()
    }

    /// A program is built as one.
    fn unit(&self, _: &Suite, path: &RelPath) -> RelPath {
        let target = self.packages.targets_of(path).into_iter().next();
        target.map_or_else(|| path.clone(), |(_, target)| target.unit())
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        let has_examples = self.tool == Tool::Cargo && self.packages.is_library(source.path);
        let has_main = self.packages.is_bare(source.path);
        discover::discover(suite, source, discover::Wanted { has_examples, has_main })
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        let terms = selection::terms(&self.packages, job);
        match self.tool {
            Tool::Cargo => cargo::invocation(&self.packages, &terms, job, site),
            Tool::Nextest => nextest::invocation(&self.packages, &terms, job, site),
        }
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::RustReader::new(&self.packages, job, site))
    }
}
