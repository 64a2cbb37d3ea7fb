//! Finds solutions and projects with tests.

use std::sync::LazyLock;

use regex::Regex;

use crate::paths::RelPath;
use crate::resolve::Contents;

/// The projects of tests that one command runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Projects {
    /// What names them: a solution, or the one project itself.
    pub(super) target: RelPath,
    /// The files of the projects.
    pub(super) own: Vec<RelPath>,
    /// Directories of projects that are not among them.
    others: Vec<RelPath>,
}

impl Projects {
    /// The project that a file belongs to, if it is one of these: the nearest above it.
    pub(super) fn of_file(&self, path: &RelPath) -> Option<&RelPath> {
        let depth = |dir: &RelPath| path.strip(dir).map(|_| dir.as_str().len());
        let is_built = |part: &str| matches!(part, "bin" | "obj");
        let own = self.own.iter().filter(|own| depth(&own.parent()).is_some());
        let own = own.max_by_key(|own| depth(&own.parent()))?;
        let inner = path.strip(&own.parent()).unwrap_or_default();
        let nearer = self.others.iter().any(|dir| depth(dir) > depth(&own.parent()));
        (!nearer && !inner.split('/').any(is_built)).then_some(own)
    }
}

/// Each solution with projects of tests, and each such project that is in none.
pub(super) fn detect(contents: Contents<'_>) -> Vec<(RelPath, Projects)> {
    let all = projects(contents);
    let mut found: Vec<(RelPath, Projects)> = Vec::new();
    let is_taken = |found: &[(RelPath, Projects)], path: &RelPath| {
        found.iter().any(|(_, projects)| projects.own.contains(path))
    };
    // The one that names most is meant, and of such the outermost.
    let mut solutions = solutions(contents, &all);
    solutions.sort_by_key(|(path, own)| (usize::MAX - own.len(), path.as_str().len()));
    for (target, own) in solutions {
        let own: Vec<RelPath> = own.into_iter().filter(|it| !is_taken(&found, it)).collect();
        if !own.is_empty() && !found.iter().any(|(root, _)| *root == target.parent()) {
            found.push((target.parent(), among(&all, target, own)));
        }
    }
    for project in all.iter().filter(|project| project.is_of_tests) {
        let path = &project.path;
        if !is_taken(&found, path) && !found.iter().any(|(root, _)| *root == path.parent()) {
            found.push((path.parent(), among(&all, path.clone(), vec![path.clone()])));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// What stands at a directory that the configuration names.
pub(super) fn at(root: &RelPath, contents: Contents<'_>) -> Projects {
    let found = detect(contents).into_iter().find(|(dir, _)| dir == root);
    found.map(|(_, projects)| projects).unwrap_or_else(|| {
        let all = projects(contents);
        let own = all.iter().filter(|it| it.is_of_tests && it.path.strip(root).is_some());
        let own = own.map(|it| it.path.clone()).collect();
        among(&all, root.clone(), own)
    })
}

fn among(all: &[Project], target: RelPath, own: Vec<RelPath>) -> Projects {
    let others = all.iter().filter(|it| !own.contains(&it.path)).map(|it| it.path.parent());
    Projects { target, others: others.collect(), own }
}

struct Project {
    path: RelPath,
    is_of_tests: bool,
}

fn projects(contents: Contents<'_>) -> Vec<Project> {
    let files = named(contents, &[".csproj", ".fsproj", ".vbproj"]);
    let project = |path: &RelPath| {
        let text = (contents.read)(path.as_str())?;
        let is_of_tests = speaks_of_tests(&text) || {
            let above = std::iter::successors(Some(path.parent()), |dir| {
                (!dir.as_str().is_empty()).then(|| dir.parent())
            });
            let props = above.map(|dir| dir.join("Directory.Build.props"));
            let mut props = props.filter(|it| contents.files.binary_search(it).is_ok());
            let name = path.as_str().rsplit('/').next().unwrap_or_default();
            name.contains("Test")
                && props
                    .next()
                    .and_then(|it| (contents.read)(it.as_str()))
                    .is_some_and(|text| speaks_of_tests(&text))
        };
        Some(Project { path: path.clone(), is_of_tests })
    };
    files.filter_map(project).collect()
}

fn speaks_of_tests(project: &str) -> bool {
    let words = [
        "Microsoft.NET.Test.Sdk",
        "MSTest.Sdk",
        "\"MSTest\"",
        "\"xunit.v3\"",
        "<IsTestProject>true",
    ];
    words.iter().any(|word| project.contains(word))
}

/// The projects of tests that each solution names.
fn solutions(contents: Contents<'_>, all: &[Project]) -> Vec<(RelPath, Vec<RelPath>)> {
    static PROJECT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#""([^"]+\.(?:cs|fs|vb)proj)""#).expect("a pattern"));
    let solution = |path: &RelPath| {
        let text = (contents.read)(path.as_str())?;
        let named = PROJECT.captures_iter(&text);
        let named = named.filter_map(|it| path.parent().resolve(&it[1].replace('\\', "/")));
        let own = named.filter(|it| all.iter().any(|one| one.path == *it && one.is_of_tests));
        // Files of a suite lie below its root.
        let own = own.filter(|it| it.strip(&path.parent()).is_some());
        Some((path.clone(), own.collect()))
    };
    named(contents, &[".sln", ".slnx"]).filter_map(solution).collect()
}

fn named<'c>(contents: Contents<'c>, ends: &[&str]) -> impl Iterator<Item = &'c RelPath> {
    let is_foreign = |part: &str| matches!(part, "bin" | "obj" | "node_modules" | ".git");
    contents.files.iter().filter(move |path| {
        ends.iter().any(|end| path.as_str().ends_with(end))
            && !path.as_str().split('/').any(is_foreign)
    })
}
