//! Elixir: projects and umbrellas whose tests are ExUnit's, followed by a formatter of Testdock's own beside the one for
//! people.

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
use detect::Projects;

/// How Mix's projects are found.
pub const KIND: Kind = Kind {
    name: "mix",
    image: "elixir:1.18",
    shaped_by: &["mix.exs"],
    detect: |contents| {
        let found = detect::detect(contents).into_iter();
        found.map(|(root, projects)| Detected::new(root, Mix { projects })).collect()
    },
    at: |root, contents| Arc::new(Mix { projects: detect::at(root, contents) }),
};

/// `mix test` in one project, or in all of an umbrella.
#[derive(Debug, Clone)]
struct Mix {
    projects: Projects,
}

impl Framework for Mix {
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

    fn is_test_file(&self, _: &Suite, path: &RelPath) -> bool {
        self.projects.tests(path)
    }

    fn owns(&self, _: &Suite, path: &RelPath) -> bool {
        let is_code = [".ex", ".exs"].iter().any(|end| path.as_str().ends_with(end));
        is_code && self.projects.of_file(path).is_some()
    }

    /// An application is compiled as one, and a file of its tests by itself.
    fn unit(&self, suite: &Suite, path: &RelPath) -> RelPath {
        let is_test = self.is_test_file(suite, path);
        let application = self.projects.of_file(path).filter(|_| !is_test);
        application.unwrap_or(path).clone()
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(&self.projects, job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::MixReader::new(&self.projects, job, site))
    }
}
