//! PHP's frameworks: PHPUnit, followed by the messages that it writes for TeamCity, which it has done in all of its
//! versions, and Pest, which stands on it.

mod class_errors;
mod classes;
mod detect;
mod failure;
mod heritage;
mod imports;
mod invocation;
mod last_words;
mod literal;
mod message;
mod pest;
mod places;
mod reader;
mod said;
mod strict;
mod trouble;
mod unloaded;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Detected, Framework, Grammar, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use crate::resolve::Contents;

/// How projects are found that PHPUnit tests.
pub const PHPUNIT: Kind = Kind {
    name: "phpunit",
    image: IMAGE,
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Phpunit),
    at: |root, contents| Arc::new(Php::at(Tool::Phpunit, root, contents)),
};

/// How projects are found that Pest tests.
pub const PEST: Kind = Kind {
    name: "pest",
    image: IMAGE,
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Pest),
    at: |root, contents| Arc::new(Php::at(Tool::Pest, root, contents)),
};

const IMAGE: &str = "php:8.4-cli";
const SHAPED_BY: &[&str] =
    &["composer.json", "phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml", "Pest.php"];

static GRAMMAR: Grammar =
    Grammar { name: "php", language: || tree_sitter_php::LANGUAGE_PHP.into() };

fn detect(contents: Contents<'_>, tool: Tool) -> Vec<Detected> {
    let found = detect::detect(contents, tool).into_iter();
    found
        .map(|root| {
            let framework = Php::at(tool, &root, contents);
            Detected::new(root, framework)
        })
        .collect()
}

/// What runs the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Phpunit,
    Pest,
}

/// One of them in one project.
#[derive(Debug)]
struct Php {
    tool: Tool,
    fails_on_risky: bool,
    /// Whether it can be told several places to look for tests.
    takes_several: bool,
}

impl Php {
    fn at(tool: Tool, root: &RelPath, contents: Contents<'_>) -> Self {
        let fails_on_risky = strict::of_project(root, contents);
        let takes_several = tool == Tool::Phpunit && places::takes_several(root, contents);
        Self { tool, fails_on_risky, takes_several }
    }
}

impl Framework for Php {
    fn name(&self) -> &'static str {
        match self.tool {
            Tool::Phpunit => PHPUNIT.name,
            Tool::Pest => PEST.name,
        }
    }

    /// Pest runs PHPUnit's tests too.
    fn territory(&self) -> Option<&'static str> {
        Some(PHPUNIT.name)
    }

    /// A selected folder is the classes in it.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        path.strip(&suite.root).is_some_and(detect::is_test_file)
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        let Some(tree) = source.tree(&GRAMMAR) else {
            return Vec::new();
        };
        let file = suite.of_file(source.path.clone());
        let mut items = classes::discover(source, &file, tree.root_node());
        if self.tool == Tool::Pest {
            items.extend(pest::discover::discover(source, &file, tree.root_node()));
        }
        items
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(self, job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        let fails_on_risky = self.fails_on_risky || strict::of_job(job);
        Box::new(reader::PhpunitReader::new(self.tool, fails_on_risky, job, site))
    }
}
