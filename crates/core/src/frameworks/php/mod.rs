//! PHPUnit, followed by the messages that it writes for TeamCity, which it has done in all of its versions.

mod classes;
mod detect;
mod invocation;
mod message;
mod reader;
mod trouble;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};

/// How projects are found that PHPUnit tests.
pub const PHPUNIT: Kind = Kind {
    name: "phpunit",
    image: "php:8.4-cli",
    shaped_by: &["composer.json", "phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml"],
    detect: |contents| {
        let found = detect::detect(contents).into_iter();
        found.map(|root| Detected::new(root, Phpunit)).collect()
    },
    at: |_, _| Arc::new(Phpunit),
};

/// `phpunit` in one project.
#[derive(Debug)]
struct Phpunit;

impl Framework for Phpunit {
    fn name(&self) -> &'static str {
        PHPUNIT.name
    }

    /// A selected folder is the classes in it.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        path.strip(&suite.root).is_some_and(detect::is_test_file)
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        classes::discover(suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::PhpunitReader::new(job, site))
    }
}
