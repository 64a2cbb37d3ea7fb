//! Finds Mix's projects, and which of them a file belongs to.

use crate::paths::RelPath;
use crate::resolve::Contents;

/// The projects that one command tests: one alone, or an umbrella and its applications.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Projects {
    /// Their directories.
    own: Vec<RelPath>,
    /// Directories of projects that are not among them.
    others: Vec<RelPath>,
}

/// Each project that has tests and is no application of an umbrella.
pub(super) fn detect(contents: Contents<'_>) -> Vec<(RelPath, Projects)> {
    let found = found(contents);
    let is_inner = |dir: &RelPath| {
        let mut umbrellas = found.iter().filter_map(|it| it.applications.as_ref());
        umbrellas.any(|applications| dir.parent() == *applications)
    };
    let roots = found.iter().map(|it| &it.dir).filter(|dir| !is_inner(dir));
    let projects = roots.map(|root| (root.clone(), below(root, &found)));
    let has_tests = |projects: &Projects| contents.files.iter().any(|path| projects.tests(path));
    projects.filter(|(_, projects)| has_tests(projects)).collect()
}

/// The project at a directory that the configuration names.
pub(super) fn at(root: &RelPath, contents: Contents<'_>) -> Projects {
    below(root, &found(contents))
}

/// A directory with a `mix.exs`.
struct Found {
    dir: RelPath,
    /// Where its applications are, of an umbrella.
    applications: Option<RelPath>,
}

fn found(contents: Contents<'_>) -> Vec<Found> {
    let files = contents.files.iter().filter(|path| {
        path.as_str().rsplit('/').next() == Some("mix.exs") && !is_foreign(path.as_str())
    });
    let found = files.map(|path| {
        let dir = path.parent();
        let text = (contents.read)(path.as_str()).unwrap_or_default();
        let inner = text.split_once("apps_path:").and_then(|(_, rest)| rest.split('"').nth(1));
        Found { applications: inner.and_then(|inner| dir.resolve(inner)), dir }
    });
    found.collect()
}

fn below(root: &RelPath, found: &[Found]) -> Projects {
    let applications = found.iter().find(|it| it.dir == *root);
    let applications = applications.and_then(|it| it.applications.as_ref());
    let is_own = |dir: &RelPath| dir == root || applications == Some(&dir.parent());
    let dirs = found.iter().map(|it| it.dir.clone()).chain([root.clone()]);
    let (mut own, others): (Vec<_>, Vec<_>) = dirs.partition(is_own);
    own.dedup();
    Projects { own, others }
}

impl Projects {
    /// The directory of the project that a file belongs to, if it is one of these: the nearest above it.
    pub(super) fn of_file(&self, path: &RelPath) -> Option<&RelPath> {
        let nearest = |dirs: &'_ [RelPath]| {
            let above = dirs.iter().filter(|dir| path.strip(dir).is_some());
            above.map(|dir| dir.as_str().len()).max()
        };
        let depth = nearest(&self.own)?;
        let is_own = nearest(&self.others).is_none_or(|other| other < depth);
        let is_it = |dir: &&RelPath| dir.as_str().len() == depth && path.strip(dir).is_some();
        self.own.iter().find(is_it).filter(|_| is_own && !is_foreign(path.as_str()))
    }

    /// A folder, where it is of these projects, and those that lie in it.
    pub(super) fn within(&self, folder: &RelPath) -> Vec<RelPath> {
        let is_own = self.of_file(&folder.join("mix.exs")).is_some();
        let below = self.own.iter().filter(|dir| *dir != folder && dir.strip(folder).is_some());
        is_own.then(|| folder.clone()).into_iter().chain(below.cloned()).collect()
    }

    /// Whether a file may hold tests.
    pub(super) fn tests(&self, path: &RelPath) -> bool {
        path.as_str().ends_with("_test.exs") && self.of_file(path).is_some()
    }

    /// The directory of the application of that name.
    pub(super) fn named(&self, name: &str) -> Option<&RelPath> {
        let is_it = |dir: &&RelPath| dir.as_str().rsplit('/').next() == Some(name);
        self.own.iter().find(is_it)
    }
}

/// What lies in directories of other people's code, of what was built, or of what tests are about.
fn is_foreign(path: &str) -> bool {
    let is_one = |part| {
        matches!(part, "deps" | "_build" | "node_modules" | ".git" | "fixtures" | "templates")
    };
    path.split('/').any(is_one)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::frameworks::sample::{Files, seen_in};

    fn check(files: Files<'_>, expected: &Expect) {
        let shown = seen_in(files, |contents| {
            let shown = detect(contents).into_iter().map(|(root, projects)| {
                let tests = contents.files.iter().filter(|path| projects.tests(path));
                let tests: Vec<&str> = tests.map(RelPath::as_str).collect();
                let own: Vec<&str> = projects.own.iter().map(RelPath::as_str).collect();
                format!("{root:?}: {own:?} {tests:?}\n")
            });
            shown.collect::<String>()
        });
        expected.assert_eq(&shown);
    }

    #[test]
    fn a_project_is_a_suite_and_so_is_an_umbrella_with_its_applications() {
        check(
            &[
                ("shop/mix.exs", "[apps_path: \"apps\", version: \"1\"]"),
                ("shop/apps/orders/mix.exs", "[app: :orders]"),
                ("shop/apps/orders/test/orders_test.exs", ""),
                ("shop/apps/orders/test/test_helper.exs", ""),
                ("shop/apps/orders/deps/x/mix.exs", ""),
                ("shop/apps/orders/deps/x/test/x_test.exs", ""),
                ("shop/tools/mix.exs", ""),
                ("shop/tools/test/tools_test.exs", ""),
                ("shop/test/all_test.exs", ""),
                ("other/mix.exs", ""),
                ("other/lib/other.ex", ""),
                ("loose/test/loose_test.exs", ""),
            ],
            &expect![[r#"
                "shop": ["shop/apps/orders", "shop"] ["shop/apps/orders/test/orders_test.exs", "shop/test/all_test.exs"]
                "shop/tools": ["shop/tools"] ["shop/tools/test/tools_test.exs"]
            "#]],
        );
    }
}
