//! Ruby's frameworks: RSpec and Minitest.
//!
//! Each is followed, and told what to run, by a script of Testdock's own in its process.

mod detect;
mod discover;
mod excluded;
mod invocation;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::frameworks::globs::Globs;

use super::helper::HelperReader;
use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use crate::resolve::Contents;

/// How projects are found that RSpec tests.
pub const RSPEC: Kind = Kind {
    name: "rspec",
    image: IMAGE,
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Rspec),
    at: |root, contents| at(root, contents, Tool::Rspec),
};

/// How projects are found that Minitest tests.
pub const MINITEST: Kind = Kind {
    name: "minitest",
    image: IMAGE,
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Minitest),
    at: |root, contents| at(root, contents, Tool::Minitest),
};

const IMAGE: &str = "ruby:3.3";
const SHAPED_BY: &[&str] = &["Gemfile", "*.gemspec", "Rakefile", ".rspec"];

/// What runs the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Rspec,
    Minitest,
}

fn detect(contents: Contents<'_>, tool: Tool) -> Vec<Detected> {
    let found = detect::detect(contents, tool).into_iter();
    found.map(|root| Detected { framework: at(&root, contents, tool), root }).collect()
}

fn at(root: &RelPath, contents: Contents<'_>, tool: Tool) -> Arc<dyn Framework> {
    let has_gemfile = contents.files.binary_search(&root.join("Gemfile")).is_ok();
    let options = match tool {
        Tool::Rspec => (contents.read)(root.join(".rspec").as_str()).unwrap_or_default(),
        Tool::Minitest => String::new(),
    };
    Arc::new(Ruby { tool, has_gemfile, excluded: excluded::by_options(&options) })
}

/// One framework in one project.
#[derive(Debug, Clone)]
struct Ruby {
    tool: Tool,
    has_gemfile: bool,
    /// The files that the project keeps its tool from running.
    excluded: Globs,
}

impl Framework for Ruby {
    fn name(&self) -> &'static str {
        match self.tool {
            Tool::Rspec => RSPEC.name,
            Tool::Minitest => MINITEST.name,
        }
    }

    fn territory(&self) -> Option<&'static str> {
        Some(self.name())
    }

    /// A selected folder is the files in it.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        path.strip(&suite.root).is_some_and(|inner| {
            detect::is_test_file(self.tool, inner) && !self.excluded.is_match(inner)
        })
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(self.tool, suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(self.tool, self.has_gemfile, job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        let tool = match self.tool {
            Tool::Rspec => "RSpec",
            Tool::Minitest => "Minitest",
        };
        Box::new(HelperReader::new(tool, job, site).that_may_be_empty())
    }
}
