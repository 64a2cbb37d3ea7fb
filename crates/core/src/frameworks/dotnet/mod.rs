//! `dotnet test`: projects of xUnit, NUnit and MSTest, followed by what is printed of each test, and told by the reports (trx)
//! that it writes for each project.

mod build;
mod detect;
mod discover;
mod invocation;
mod names;
mod printed;
mod reader;
mod trx;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use detect::Projects;

/// How .NET's projects of tests are found.
pub const KIND: Kind = Kind {
    name: "dotnet",
    image: "mcr.microsoft.com/dotnet/sdk:8.0",
    shaped_by: &["*.sln", "*.slnx", "*.csproj", "*.fsproj", "*.vbproj", "Directory.Build.props"],
    detect: |contents| {
        let found = detect::detect(contents).into_iter();
        found.map(|(root, projects)| Detected::new(root, Dotnet { projects })).collect()
    },
    at: |root, contents| Arc::new(Dotnet { projects: detect::at(root, contents) }),
};

/// A solution, or a project in none.
#[derive(Debug)]
struct Dotnet {
    projects: Projects,
}

impl Framework for Dotnet {
    fn name(&self) -> &'static str {
        KIND.name
    }

    /// Reports name classes, and no files.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, _: &Suite, path: &RelPath) -> bool {
        path.as_str().ends_with(".cs") && self.projects.of_file(path).is_some()
    }

    fn owns(&self, _: &Suite, path: &RelPath) -> bool {
        let ends = [".cs", ".fs", ".vb"];
        ends.iter().any(|end| path.as_str().ends_with(end)) && self.projects.of_file(path).is_some()
    }

    /// A project is built as one.
    fn unit(&self, _: &Suite, path: &RelPath) -> RelPath {
        self.projects.of_file(path).map_or_else(|| path.clone(), RelPath::parent)
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(&self.projects, job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::DotnetReader::new(&self.projects, job, site))
    }
}
