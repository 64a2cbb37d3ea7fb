//! pytest: found by its configuration and files, discovered by syntax, followed by a helper plugin.

pub mod detect;
pub mod discover;
mod event;
mod ini;
mod invocation;
mod patterns;
mod reader;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::lines::Lines;
use super::{Detected, Framework, ItemKind, Kind, Reader, Source, Suite, TestItem, unittest};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::{Invocation, Job, Site};
use crate::resolve::Contents;
use detect::{FileRules, PytestRoot};
use discover::{FoundKind, FoundTest, NameRules};

/// How pytest is found.
pub const KIND: Kind = Kind {
    name: "pytest",
    image: "python:3.12",
    shaped_by: &ini::CONFIG_FILES,
    detect: |contents| {
        let found = Pytest::detect(contents).into_iter();
        found.map(|pytest| Detected::new(pytest.root.clone(), pytest)).collect()
    },
    at: |root, contents| Arc::new(Pytest::at(root, contents)),
};

/// pytest with the settings of one root directory.
#[derive(Debug)]
pub struct Pytest {
    root: RelPath,
    /// Roots of other projects inside of this one.
    inner: Vec<RelPath>,
    files: FileRules,
    names: NameRules,
}

impl Pytest {
    /// The pytest projects of a workspace.
    pub fn detect(contents: Contents<'_>) -> Vec<Self> {
        let is_plain = |root: &&PytestRoot| root.config_file.is_none();
        let is_unittest = |root: &&PytestRoot| {
            is_plain(root) && unittest::is_chosen(contents, &RelPath::new(&root.root))
        };
        let roots = roots(contents);
        let roots = roots.iter().filter(|root| !is_unittest(root));
        let mut found: Vec<Self> = roots.map(Self::new).collect();
        let all: Vec<RelPath> = found.iter().map(|pytest| pytest.root.clone()).collect();
        for pytest in &mut found {
            let inner = all.iter().filter(|root| **root != pytest.root);
            let inner = inner.filter(|root| root.strip(&pytest.root).is_some());
            pytest.inner = inner.cloned().collect();
        }
        found
    }

    /// pytest at a directory that the configuration names, with the settings that pytest finds there.
    pub fn at(root: &RelPath, contents: Contents<'_>) -> Self {
        let found = roots(contents);
        let here = detect::owner(&found, root.join("test_.py").as_str());
        let mut pytest =
            Self::new(&here.cloned().unwrap_or_else(|| PytestRoot::plain(root.as_str())));
        pytest.root = root.clone();
        pytest
    }

    fn new(root: &PytestRoot) -> Self {
        Self {
            root: RelPath::new(&root.root),
            inner: Vec::new(),
            files: FileRules::new(root),
            names: NameRules::new(&root.python_functions, &root.python_classes),
        }
    }
}

fn roots(contents: Contents<'_>) -> Vec<PytestRoot> {
    let files = contents.files.iter().map(RelPath::as_str);
    detect::detect(files, contents.read)
}

impl Framework for Pytest {
    fn name(&self) -> &'static str {
        "pytest"
    }

    fn limits_tests(&self) -> bool {
        true
    }

    fn is_test_file(&self, suite: &Suite, path: &RelPath) -> bool {
        path.strip(&suite.root).is_some()
            && self.files.is_test_file(path.as_str())
            && !self.leaves_out(path)
    }

    fn leaves_out(&self, path: &RelPath) -> bool {
        self.inner.iter().any(|root| path.strip(root).is_some())
    }

    fn owns(&self, suite: &Suite, path: &RelPath) -> bool {
        path.strip(&suite.root).is_some_and(|inner| inner.ends_with(".py"))
            && !self.leaves_out(path)
    }

    fn discover(&self, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
        let lines = Lines::of(source.text);
        let read = |path: &RelPath| source.other(path);
        let found = discover::discover_in(source.path, source.text, &self.names, &read);
        found.into_iter().map(|test| item(suite, source.path, &lines, test)).collect()
    }

    fn invocation(&self, job: &Job, site: &Site) -> Invocation {
        invocation::invocation(job, site, &self.inner)
    }

    fn reader(&self, job: &Job, site: &Site) -> Box<dyn Reader> {
        Box::new(reader::PytestReader::new(job, site))
    }
}

fn item(suite: &Suite, path: &RelPath, lines: &Lines<'_>, test: FoundTest) -> TestItem {
    let kind = match test.kind {
        FoundKind::Class => ItemKind::Group,
        FoundKind::Function if test.marks.parametrized => ItemKind::Parametrised,
        FoundKind::Function => ItemKind::Test,
    };
    TestItem {
        hash: lines.hash(&test.range) ^ test.elsewhere.unwrap_or_default(),
        id: TestId {
            suite: suite.name.clone(),
            names: test.names,
            ..TestId::of_file(path.clone())
        },
        kind,
        range: test.range,
        name: test.name_range,
        pattern: None,
        tags: test.marks.names.into_iter().collect(),
    }
}
