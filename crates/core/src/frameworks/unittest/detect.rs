//! Finds projects whose tests are unittest's, and that do not speak of pytest.

use std::collections::BTreeMap;

use crate::paths::RelPath;
use crate::resolve::Contents;

/// So many test files of a project are looked into.
const SAMPLE: usize = 8;

/// Files of a project that would name pytest, if it used it.
const MANIFESTS: &[&str] = &[
    "Pipfile",
    "noxfile.py",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements-test.txt",
    "requirements.txt",
    "setup.cfg",
    "setup.py",
    "tox.ini",
];

/// The directories where unittest runs.
pub(super) fn detect(contents: Contents<'_>) -> Vec<RelPath> {
    let homes = homes(contents).into_iter();
    homes.filter(|(home, tests)| uses_unittest(contents, home, tests)).map(|it| it.0).collect()
}

/// Whether unittest runs in this directory, and not pytest.
pub(in crate::frameworks) fn is_chosen(contents: Contents<'_>, root: &RelPath) -> bool {
    homes(contents).get(root).is_some_and(|tests| uses_unittest(contents, root, tests))
}

/// The files that unittest itself looks for.
pub(super) fn is_test_file(path: &RelPath) -> bool {
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    let is_named = name.starts_with("test") && name.ends_with(".py");
    is_named && !path.as_str().split('/').any(is_foreign)
}

/// The topmost project around each test file, else the workspace, with its test files.
fn homes(contents: Contents<'_>) -> BTreeMap<RelPath, Vec<&RelPath>> {
    let is_project = |path: &&RelPath| {
        let name = path.as_str().rsplit('/').next().unwrap_or_default();
        matches!(name, "pyproject.toml" | "setup.py" | "setup.cfg" | "manage.py")
    };
    let projects: Vec<RelPath> = contents.files.iter().filter(is_project).map(directory).collect();
    let mut homes: BTreeMap<RelPath, Vec<&RelPath>> = BTreeMap::new();
    for test in contents.files.iter().filter(|path| is_test_file(path)) {
        let above = projects.iter().filter(|project| test.strip(project).is_some());
        let home = above.min_by_key(|project| project.as_str().len()).cloned();
        homes.entry(home.unwrap_or_default()).or_default().push(test);
    }
    homes
}

fn uses_unittest(contents: Contents<'_>, home: &RelPath, tests: &[&RelPath]) -> bool {
    let text = |path: &RelPath| (contents.read)(path.as_str()).unwrap_or_default();
    let has = |name: &str| contents.files.binary_search(&home.join(name)).is_ok();
    // Django's tests want its own command.
    if has("conftest.py") || has("manage.py") {
        return false;
    }
    if MANIFESTS.iter().any(|name| has(name) && text(&home.join(name)).contains("pytest")) {
        return false;
    }
    let texts: Vec<String> = tests.iter().take(SAMPLE).map(|path| text(path)).collect();
    let is_unittest = |text: &String| text.contains("unittest") && text.contains("TestCase");
    let is_pytest = |text: &String| {
        text.contains("pytest") || text.lines().any(|line| line.starts_with("def test"))
    };
    texts.iter().any(is_unittest) && !texts.iter().any(is_pytest)
}

fn directory(path: &RelPath) -> RelPath {
    RelPath::new(path.as_str().rsplit_once('/').map_or("", |(directory, _)| directory))
}

/// Directories of other people's code.
fn is_foreign(part: &str) -> bool {
    part.starts_with('.')
        || matches!(part, "node_modules" | "site-packages" | "dist-packages" | "venv" | "build")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frameworks::sample::{Files, seen_in};

    fn check(files: Files<'_>, expected: &[&str]) {
        let found = seen_in(files, detect);
        assert_eq!(found.iter().map(RelPath::as_str).collect::<Vec<_>>(), expected, "{files:?}");
    }

    const CASE: &str = "import unittest\nclass TestA(unittest.TestCase): pass\n";

    #[test]
    fn a_project_that_speaks_of_unittest_alone_is_unittests() {
        check(&[("test_a.py", CASE)], &[""]);
        check(
            &[("tests/test_a.py", CASE), ("tests/testing.py", ""), ("setup.py", "setup()")],
            &[""],
        );
        check(
            &[("a/setup.py", ""), ("a/tests/test_a.py", CASE), ("test_b.py", "def test_b(): 0")],
            &["a"],
        );
    }

    #[test]
    fn a_word_of_pytest_is_enough_for_pytest() {
        check(&[("test_a.py", CASE), ("test_b.py", "def test_b(): pass\n")], &[]);
        check(&[("test_a.py", CASE), ("requirements.txt", "pytest==8\n")], &[]);
        check(&[("test_a.py", CASE), ("conftest.py", "")], &[]);
        check(&[("test_a.py", &format!("import pytest\n{CASE}"))], &[]);
        check(&[("test_a.py", CASE), ("manage.py", "")], &[]);
        check(&[("test_a.py", "x = 1\n"), (".venv/test_a.py", CASE)], &[]);
    }
}
