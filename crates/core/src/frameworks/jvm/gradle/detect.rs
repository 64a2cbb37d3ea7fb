//! Finds Gradle's projects.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::super::modules::{Module, Modules};
use crate::paths::RelPath;
use crate::resolve::Contents;

const SETTINGS: &[&str] = &["settings.gradle", "settings.gradle.kts"];
const BUILDS: &[&str] = &["build.gradle", "build.gradle.kts"];

/// Each build that has tests: the directory of its settings, or of a script that is in no other build.
pub(in super::super) fn detect(contents: Contents<'_>) -> Vec<(RelPath, Modules)> {
    let settings = dirs(contents, SETTINGS);
    let is_inner =
        |dir: &RelPath| settings.iter().any(|other| other != dir && dir.strip(other).is_some());
    let alone = dirs(contents, BUILDS).into_iter().filter(|dir| !is_inner(dir));
    let roots: BTreeSet<RelPath> = alone.chain(settings.iter().cloned()).collect();
    let builds = roots.into_iter().map(|root| (root.clone(), at(&root, contents)));
    let has_tests = |modules: &Modules| contents.files.iter().any(|path| modules.tests(path));
    builds.filter(|(_, modules)| has_tests(modules)).collect()
}

/// The build at a directory that the configuration names.
pub(in super::super) fn at(root: &RelPath, contents: Contents<'_>) -> Modules {
    let text = SETTINGS.iter().find_map(|name| (contents.read)(root.join(name).as_str()));
    let included = included(&text.unwrap_or_default()).into_iter();
    let own: BTreeSet<RelPath> =
        included.map(|path| root.join(&path)).chain([root.clone()]).collect();
    let others = dirs(contents, SETTINGS).into_iter().filter(|dir| !own.contains(dir)).collect();
    let module =
        |dir: RelPath| Module { tests: dir.join("src/test/java"), dir, has_includes: true };
    Modules { described_by: "build.gradle", own: own.into_iter().map(module).collect(), others }
}

/// The directories of files of such names, not of what tests are about.
fn dirs(contents: Contents<'_>, names: &[&str]) -> BTreeSet<RelPath> {
    let is_foreign = |part: &str| {
        matches!(part, "src" | "build" | "buildSrc" | "node_modules" | ".git" | ".gradle")
    };
    let files = contents.files.iter().filter(|path| {
        let name = path.as_str().rsplit('/').next().unwrap_or_default();
        names.contains(&name) && !path.as_str().split('/').any(is_foreign)
    });
    files.map(RelPath::parent).collect()
}

/// The directories of `include 'a', ':b:c'`.
fn included(settings: &str) -> Vec<String> {
    static INCLUDE: LazyLock<Regex> = LazyLock::new(|| {
        let string = r#"['"][^'"]*['"]"#;
        Regex::new(&format!(r"(?m)^\s*include[\s(]+({string}(?:\s*,\s*{string})*)"))
            .expect("a pattern")
    });
    let lists = INCLUDE.captures_iter(settings).map(|found| found[1].to_owned());
    let paths = lists.flat_map(|list| {
        let names = list.split(['\'', '"']).skip(1).step_by(2);
        names.map(|name| name.trim_start_matches(':').replace(':', "/")).collect::<Vec<_>>()
    });
    paths.filter(|path| !path.is_empty()).collect()
}
