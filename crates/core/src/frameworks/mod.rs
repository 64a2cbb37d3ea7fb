//! What Testdock knows of each test framework.
//!
//! A framework is one module. It answers: is it here, where are its tests, what command runs this
//! selection and where will its report be, what does a live line mean, and which test does a report
//! case belong to. Adding one touches its module, its registration in [`KINDS`], a fixture and a table
//! row in the documentation: see `docs/adding-a-framework.md`.

pub mod bats;
pub mod command;
pub mod ctest;
pub mod dotnet;
pub mod go;
pub mod js;
pub mod jvm;
pub mod mix;
pub mod php;
pub mod prove;
pub mod pytest;
pub mod ruby;
pub mod rust;
pub mod unittest;

mod chosen;
mod classes;
mod complaint;
mod globs;
mod helper;
mod hidden;
mod item;
pub mod kept;
mod known;
mod lines;
mod listed;
mod pattern;
mod reader;
mod readers;
#[cfg(test)]
mod sample;
mod source;
mod text;
mod title;
mod told;
mod words;

pub use item::{ItemKind, Items, Position, Range, TestItem};
pub use known::Known;
pub use pattern::NamePattern;
pub use reader::{Broken, Conclusion, Exit, Reader};
pub use readers::Readers;
pub use source::{Grammar, Memory, Part, Read, Source};

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use crate::resolve::Contents;

/// The frameworks that are found by what a workspace holds, by name. Their suites run in this order.
pub const KINDS: &[&Kind] = &[
    &go::KIND,
    &rust::CARGO,
    &rust::NEXTEST,
    &pytest::KIND,
    &unittest::KIND,
    &js::VITEST,
    &js::JEST,
    &js::MOCHA,
    &js::NODE,
    &js::PLAYWRIGHT,
    &ctest::KIND,
    &dotnet::KIND,
    &jvm::MAVEN,
    &jvm::GRADLE,
    &mix::KIND,
    &ruby::RSPEC,
    &ruby::MINITEST,
    &php::PHPUNIT,
    &php::PEST,
    &bats::KIND,
    &prove::KIND,
];

/// What is known of a framework before it is met anywhere.
#[derive(Debug)]
pub struct Kind {
    /// Its name in the configuration, such as `pytest`.
    pub name: &'static str,
    /// The public image in which its tests have a chance to run.
    pub image: &'static str,
    /// Names of files, `*` for any part, whose change may change what [`Kind::detect`] finds.
    pub shaped_by: &'static [&'static str],
    /// Where it stands in a workspace.
    pub detect: fn(Contents<'_>) -> Vec<Detected>,
    /// The framework at a directory that the configuration names.
    pub at: fn(&RelPath, Contents<'_>) -> Arc<dyn Framework>,
}

impl Kind {
    /// The framework of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name).copied()
    }
}

/// A framework that was found.
#[derive(Debug, Clone)]
pub struct Detected {
    /// The directory that its tool runs in.
    pub root: RelPath,
    /// The framework there.
    pub framework: Arc<dyn Framework>,
}

impl Detected {
    /// A framework at a directory.
    pub fn new(root: RelPath, framework: impl Framework + 'static) -> Self {
        Self { root, framework: Arc::new(framework) }
    }
}

/// A set of tests that one command runs: a framework at one place of the workspace.
#[derive(Debug, Clone)]
pub struct Suite {
    /// Its name, where the configuration gives one; then part of its tests' ids.
    pub name: Option<Arc<str>>,
    /// Where it stands.
    pub root: RelPath,
    /// Its framework, as found or configured at this place.
    pub framework: Arc<dyn Framework>,
    /// Where suites stand below it that have what lies there.
    pub inner: Vec<RelPath>,
    /// The interpreter's name in the configuration; `None` for the default one.
    pub interpreter: Option<String>,
    /// The command that runs the tool, where the configuration gives one.
    pub command: Option<Vec<String>>,
    /// Further arguments from the configuration.
    pub args: Vec<String>,
    /// Further environment from the configuration.
    pub env: Vec<(String, String)>,
    /// Files that its tests write and people want: globs from its root.
    pub outputs: Vec<String>,
    /// Its part of a run may take this long.
    pub timeout: Option<Duration>,
    /// One test of it may take this long.
    pub test_timeout: Option<Duration>,
}

impl Suite {
    /// A suite with everything as detected.
    pub fn new(root: RelPath, framework: Arc<dyn Framework>) -> Self {
        Self {
            name: None,
            root,
            framework,
            inner: Vec::new(),
            interpreter: None,
            command: None,
            args: Vec::new(),
            env: Vec::new(),
            outputs: Vec::new(),
            timeout: None,
            test_timeout: None,
        }
    }

    /// Whether `path` may hold tests of it.
    pub fn has_test_file(&self, path: &RelPath) -> bool {
        !self.leaves_out(path) && self.framework.is_test_file(self, path)
    }

    /// Whether `path` is of it, tests or not: selecting it means this suite and not its neighbours.
    pub fn owns(&self, path: &RelPath) -> bool {
        !self.leaves_out(path) && self.framework.owns(self, path)
    }

    /// Whether what lies at `path`, below its root, belongs to another suite.
    pub fn leaves_out(&self, path: &RelPath) -> bool {
        let is_inner = self.inner.iter().any(|root| path.strip(root).is_some());
        is_inner || self.framework.leaves_out(path)
    }

    /// The id of a whole file of this suite.
    pub fn of_file(&self, file: RelPath) -> TestId {
        TestId { suite: self.name.clone(), ..TestId::of_file(file) }
    }

    /// A number that is another where anything of this suite is, such as a setting of its framework: what was
    /// found by one of the same number would be found again. The same in every process of one build.
    pub fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        format!("{self:?}").hash(&mut hasher);
        hasher.finish()
    }

    /// Whether `other` is this suite, perhaps as an earlier reading of the workspace saw it.
    pub fn is_same(&self, other: &Self) -> bool {
        let key = |suite: &Self| (suite.name.clone(), suite.root.clone(), suite.framework.name());
        key(self) == key(other)
    }
}

/// A framework at one place of a workspace.
pub trait Framework: Debug + Send + Sync {
    /// Its name in the configuration, such as `pytest`.
    fn name(&self) -> &'static str;

    /// Whether its command can run some of its tests only.
    fn can_select(&self) -> bool {
        true
    }

    /// Whether its tool names tests without their files, so that a run has to know what stands where:
    /// it then waits until the workspace was read. See [`Job::known`].
    fn needs_known(&self) -> bool {
        false
    }

    /// Whether its tool is told how long one test may take.
    fn limits_tests(&self) -> bool {
        false
    }

    /// Whether `path` may hold tests of this suite.
    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool;

    /// What divides a workspace among its suites: of those of one territory each has what lies below its root, up to
    /// the roots of others. `None` where the framework itself knows what is whose.
    fn territory(&self) -> Option<&'static str> {
        None
    }

    /// Whether what lies at `path`, below the suite's root, belongs to another suite.
    fn leaves_out(&self, _path: &RelPath) -> bool {
        false
    }

    /// Whether `path` is of this suite, tests or not: selecting it means this suite and not its neighbours.
    fn owns(&self, suite: &Suite, path: &RelPath) -> bool {
        self.is_test_file(suite, path)
    }

    /// What is loaded or built as one with the file `path`, such as its package: where that fails none
    /// of its tests ran, and where one of them ran that did not fail.
    fn unit(&self, suite: &Suite, path: &RelPath) -> RelPath {
        let _ = suite;
        path.clone()
    }

    /// The tests that a file's text defines, parents before their children.
    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem>;

    /// Whether a text in which no test was found may have some all the same, or keep others from running.
    fn may_have_more(&self, text: &str) -> bool {
        !text.trim().is_empty()
    }

    /// The command that runs a job there.
    fn invocation(&self, job: &Job, site: &Site) -> Invocation;

    /// Understands what that command says while it runs and when it has ended.
    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader>;
}
