//! Maven: modules whose tests are JUnit's, versions 4 and 5, run by Surefire and followed by its reports.
//!
//! Java names a test by its class, and not by its file; what the one is of the other is told by the packages' folders.

mod build;
mod detect;
mod discover;
mod invocation;
mod reader;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use detect::Modules;

/// How Maven's projects are found.
pub const KIND: Kind = Kind {
    name: "maven",
    image: "maven:3.9-eclipse-temurin-21",
    shaped_by: &["pom.xml"],
    detect: |contents| {
        let found = detect::detect(contents).into_iter();
        found.map(|(root, modules)| Detected::new(root, Maven { modules })).collect()
    },
    at: |root, contents| Arc::new(Maven { modules: detect::at(root, contents) }),
};

/// `mvn test` in the modules of one project.
#[derive(Debug, Clone)]
struct Maven {
    modules: Modules,
}

impl Framework for Maven {
    fn name(&self) -> &'static str {
        KIND.name
    }

    /// A selected folder is the classes in it.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, _: &Suite, path: &RelPath) -> bool {
        path.as_str().ends_with(".java") && self.modules.tests(path)
    }

    fn owns(&self, _: &Suite, path: &RelPath) -> bool {
        self.modules.of_file(path).is_some()
            && [".java", ".kt"].iter().any(|end| path.as_str().ends_with(end))
    }

    /// A module is built as one.
    fn unit(&self, _: &Suite, path: &RelPath) -> RelPath {
        self.modules.of_file(path).map_or_else(|| path.clone(), |module| module.dir.clone())
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(&self.modules, job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::MavenReader::new(&self.modules, job, site))
    }
}
