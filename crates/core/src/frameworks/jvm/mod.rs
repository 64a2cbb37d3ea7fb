//! Java's tools, Maven and Gradle: modules whose tests are JUnit's, versions 4 and 5, followed by the reports of their
//! classes.
//!
//! Java names a test by its class, and not by its file; what the one is of the other is told by the packages' folders.

mod discover;
mod gradle;
mod heritage;
mod java;
mod kotlin;
mod launch;
mod maven;
mod modules;
mod reader;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::model::Failure;
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use modules::Modules;

/// How Maven's projects are found.
pub const MAVEN: Kind = Kind {
    name: "maven",
    image: "maven:3.9-eclipse-temurin-21",
    shaped_by: &["pom.xml"],
    detect: |contents| detected(Tool::Maven, maven::detect::detect(contents)),
    at: |root, contents| {
        Arc::new(Jvm { tool: Tool::Maven, modules: maven::detect::at(root, contents) })
    },
};

/// How Gradle's projects are found.
pub const GRADLE: Kind = Kind {
    name: "gradle",
    image: "gradle:8-jdk21",
    shaped_by: &["settings.gradle*", "build.gradle*", "gradlew"],
    detect: |contents| detected(Tool::Gradle, gradle::detect::detect(contents)),
    at: |root, contents| {
        Arc::new(Jvm { tool: Tool::Gradle, modules: gradle::detect::at(root, contents) })
    },
};

fn detected(tool: Tool, found: Vec<(RelPath, Modules)>) -> Vec<Detected> {
    let found = found.into_iter();
    found.map(|(root, modules)| Detected::new(root, Jvm { tool, modules })).collect()
}

/// What builds and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Maven,
    Gradle,
}

/// The modules of one project.
#[derive(Debug, Clone)]
struct Jvm {
    tool: Tool,
    modules: Modules,
}

/// What a tool complains of, as it prints it for people.
trait Build: Send {
    fn line(&mut self, line: &str);

    /// What does not compile, by file.
    fn failures(&self, site: &Site) -> BTreeMap<RelPath, Vec<Failure>>;

    /// A process of tests that died, in the tool's words, and the classes that ran in it.
    fn crash(&self) -> Option<(&str, Vec<&str>)>;

    /// Whether the tool says that tests ran.
    fn has_counted(&self) -> bool {
        false
    }

    /// What stopped the tool, other than what does not compile and what tests have told.
    fn complaint(&self) -> Option<&str>;

    /// What mends that.
    fn help(&self) -> &'static str {
        "the end of its output says why"
    }
}

fn is_source(path: &RelPath) -> bool {
    [".java", ".kt"].iter().any(|end| path.as_str().ends_with(end))
}

impl Framework for Jvm {
    fn name(&self) -> &'static str {
        match self.tool {
            Tool::Maven => MAVEN.name,
            Tool::Gradle => GRADLE.name,
        }
    }

    /// A selected folder is the classes in it.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, _: &Suite, path: &RelPath) -> bool {
        is_source(path) && self.modules.tests(path)
    }

    fn owns(&self, _: &Suite, path: &RelPath) -> bool {
        is_source(path) && self.modules.of_file(path).is_some()
    }

    /// A module is built as one.
    fn unit(&self, _: &Suite, path: &RelPath) -> RelPath {
        self.modules.of_file(path).map_or_else(|| path.clone(), |module| module.dir.clone())
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        match self.tool {
            Tool::Maven => maven::invocation::invocation(&self.modules, job, site),
            Tool::Gradle => gradle::invocation::invocation(&self.modules, job, site),
        }
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        let (name, build): (_, Box<dyn Build>) = match self.tool {
            Tool::Maven => ("Maven", Box::<maven::build::Complaints>::default()),
            Tool::Gradle => ("Gradle", Box::<gradle::build::Complaints>::default()),
        };
        Box::new(reader::JvmReader::new(name, build, &self.modules, job, site))
    }
}
