//! JavaScript's and TypeScript's frameworks: Vitest, Jest, Mocha, Playwright, and the one that Node brings.
//!
//! Their tests are calls of `describe`, `it` and `test`, and are found by the same means; each is followed by a
//! reporter of ours, and these have all in common but what their frameworks call them by.

mod detect;
mod discover;
mod invocation;
mod names;
mod playwright;
mod script;
mod settings;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::names::Names;
use super::helper::HelperReader;
use super::{Detected, Framework, Kind, Reader, Source, Suite, TestItem};
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use crate::resolve::Contents;

/// How Vitest is found.
pub const VITEST: Kind = Kind {
    name: "vitest",
    image: IMAGE,
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Vitest),
    at: |root, contents| at(root, contents, Tool::Vitest),
};

/// How Jest is found.
pub const JEST: Kind = Kind {
    name: "jest",
    image: IMAGE,
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Jest),
    at: |root, contents| at(root, contents, Tool::Jest),
};

/// How Mocha is found.
pub const MOCHA: Kind = Kind {
    name: "mocha",
    image: IMAGE,
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Mocha),
    at: |root, contents| at(root, contents, Tool::Mocha),
};

/// How packages are found that are tested with `node --test`.
pub const NODE: Kind = Kind {
    name: "node",
    image: IMAGE,
    shaped_by: SHAPED_BY,
    detect: |contents| detect(contents, Tool::Node),
    at: |root, contents| at(root, contents, Tool::Node),
};

/// How Playwright's tests are found.
pub const PLAYWRIGHT: Kind = Kind {
    name: "playwright",
    image: IMAGE,
    shaped_by: &["package.json", "playwright.config.*"],
    detect: |contents| detect(contents, Tool::Playwright),
    at: |root, contents| at(root, contents, Tool::Playwright),
};

const IMAGE: &str = "node:22";
const SHAPED_BY: &[&str] = &[
    "package.json",
    "playwright.config.*",
    "vitest.config.*",
    "vite.config.*",
    "vitest.workspace.*",
    "jest.config.*",
    ".mocharc.*",
];

/// What runs the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Vitest,
    Jest,
    Mocha,
    Node,
    Playwright,
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Vitest => VITEST.name,
            Self::Jest => JEST.name,
            Self::Mocha => MOCHA.name,
            Self::Node => NODE.name,
            Self::Playwright => PLAYWRIGHT.name,
        }
    }
}

fn detect(contents: Contents<'_>, tool: Tool) -> Vec<Detected> {
    let found = match tool {
        Tool::Playwright => playwright::detect(contents),
        tool => detect::detect(contents, tool).into_iter().map(|(root, _)| root).collect(),
    };
    let detected = |root: RelPath| Detected { framework: at(&root, contents, tool), root };
    found.into_iter().map(detected).collect()
}

fn at(root: &RelPath, contents: Contents<'_>, tool: Tool) -> Arc<dyn Framework> {
    let (inner, homes) = match tool {
        Tool::Playwright => playwright::at(root, contents),
        tool => (detect::below(root, contents, tool), vec![root.clone()]),
    };
    let script = match tool {
        Tool::Mocha => script::arguments(root, contents),
        _ => Vec::new(),
    };
    Arc::new(Js { tool, names: Names::of(tool, root, contents), script, inner, homes })
}

/// One framework in one package.
#[derive(Debug, Clone)]
struct Js {
    tool: Tool,
    /// What its files are called.
    names: Names,
    /// Its arguments in the package's script, which count where the suite has none.
    script: Vec<String>,
    /// What is below it and of another suite: packages that have their own, and tests of Playwright's.
    inner: Vec<RelPath>,
    /// Where its files are.
    homes: Vec<RelPath>,
}

impl Framework for Js {
    fn name(&self) -> &'static str {
        self.tool.name()
    }

    fn limits_tests(&self) -> bool {
        true
    }

    /// A selected folder is the files in it.
    fn needs_known(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        let is_home = self.homes.iter().any(|home| path.strip(home).is_some());
        is_home && !self.leaves_out(path) && self.names.take(self.tool, &suite.root, path)
    }

    fn leaves_out(&self, path: &RelPath) -> bool {
        self.inner.iter().any(|dir| path.strip(dir).is_some())
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        discover::discover(self.tool, suite, source)
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(self.tool, &self.script, job, site)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(HelperReader::new(self.tool.name(), job, site))
    }
}
