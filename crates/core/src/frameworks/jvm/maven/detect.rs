//! Finds Maven's projects.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::super::modules::{Module, Modules};
use crate::paths::RelPath;
use crate::resolve::Contents;

/// Each project that has tests: the directory of a `pom.xml` that is no module of another, and its modules.
pub(in super::super) fn detect(contents: Contents<'_>) -> Vec<(RelPath, Modules)> {
    let poms = poms(contents);
    let inner: BTreeSet<&RelPath> = poms.iter().flat_map(|pom| &pom.modules).collect();
    let roots = poms.iter().filter(|pom| !inner.contains(&pom.module.dir));
    let projects = roots.map(|pom| (pom.module.dir.clone(), below(&pom.module.dir, &poms)));
    let has_tests = |modules: &Modules| contents.files.iter().any(|path| modules.tests(path));
    projects.filter(|(_, modules)| has_tests(modules)).collect()
}

/// The project at a directory that the configuration names.
pub(in super::super) fn at(root: &RelPath, contents: Contents<'_>) -> Modules {
    below(root, &poms(contents))
}

/// A `pom.xml`.
struct Pom {
    module: Module,
    modules: Vec<RelPath>,
}

fn poms(contents: Contents<'_>) -> Vec<Pom> {
    let is_foreign = |part: &str| matches!(part, "src" | "target" | "node_modules" | ".git");
    let files = contents.files.iter().filter(|path| {
        let name = path.as_str().rsplit('/').next();
        name == Some("pom.xml") && !path.as_str().split('/').any(is_foreign)
    });
    files.filter_map(|path| Some(pom(path.parent(), &(contents.read)(path.as_str())?))).collect()
}

fn pom(dir: RelPath, text: &str) -> Pom {
    static COMMENT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->").expect("a pattern"));
    let text = COMMENT.replace_all(text, "");
    let values = |tag: &str| -> Vec<String> {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        let parts = text.split(&open).skip(1);
        parts.filter_map(|part| Some(part.split_once(&close)?.0.trim().to_owned())).collect()
    };
    let modules = values("module")
        .into_iter()
        .filter_map(|module| dir.resolve(module.strip_suffix("/pom.xml").unwrap_or(&module)));
    let modules = modules.collect();
    let tests = values("testSourceDirectory").into_iter().next();
    let tests = tests.map(|it| it.replace("${project.basedir}/", "").replace("${basedir}/", ""));
    let tests = tests.filter(|it| !it.contains('$')).unwrap_or_else(|| "src/test/java".to_owned());
    let tests = dir.resolve(&tests).unwrap_or_else(|| dir.join("src/test/java"));
    let has_includes = text.contains("<includes>") || text.contains("<include>");
    Pom { module: Module { dir, tests, has_includes }, modules }
}

/// The module at `root`, and those that it names, and so on.
fn below(root: &RelPath, poms: &[Pom]) -> Modules {
    let mut dirs = vec![root.clone()];
    let mut at = 0;
    while let Some(dir) = dirs.get(at).cloned() {
        let pom = poms.iter().find(|pom| pom.module.dir == dir);
        for module in pom.into_iter().flat_map(|pom| &pom.modules) {
            // Files of a suite lie below its root.
            if module.strip(root).is_some() && !dirs.contains(module) {
                dirs.push(module.clone());
            }
        }
        at += 1;
    }
    let (own, others): (Vec<&Pom>, Vec<&Pom>) =
        poms.iter().partition(|pom| dirs.contains(&pom.module.dir));
    let says = own.iter().any(|pom| pom.module.dir == *root && pom.module.has_includes);
    // What the outermost says holds for all.
    let own = own
        .into_iter()
        .map(|pom| Module { has_includes: pom.module.has_includes || says, ..pom.module.clone() });
    Modules {
        described_by: "pom.xml",
        own: own.collect(),
        others: others.into_iter().map(|pom| pom.module.dir.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::frameworks::sample::{Files, seen_in};

    fn check(files: Files<'_>, expected: &Expect) {
        let shown = seen_in(files, |contents| {
            let shown = detect(contents).into_iter().map(|(root, modules)| {
                let own: Vec<&str> = modules.own.iter().map(|module| module.dir.as_str()).collect();
                let tests = contents.files.iter().filter(|path| modules.tests(path));
                let tests: Vec<String> =
                    tests.map(|path| format!("{path} {}", modules.class(path).unwrap())).collect();
                format!("{root:?}: {own:?} {tests:?}\n")
            });
            shown.collect::<String>()
        });
        expected.assert_eq(&shown);
    }

    #[test]
    fn a_project_is_a_suite_with_all_of_its_modules() {
        check(
            &[
                (
                    "pom.xml",
                    "<modules><module>a</module><module> deep/b/pom.xml </module><!--<module>c</module>--></modules>",
                ),
                ("a/pom.xml", ""),
                ("a/src/test/java/x/OneTest.java", ""),
                ("a/src/test/java/x/TestTwo.java", ""),
                ("a/src/test/java/x/Checks.java", ""),
                ("a/src/test/resources/sample/pom.xml", ""),
                ("a/src/main/java/x/LoadTest.java", ""),
                (
                    "deep/b/pom.xml",
                    "<testSourceDirectory>${basedir}/test</testSourceDirectory><includes><include>**/*Spec.java</include></includes>",
                ),
                ("deep/b/test/x/SomeSpec.java", ""),
                ("c/pom.xml", ""),
                ("c/src/test/java/ThreeTests.java", ""),
                ("d/pom.xml", ""),
                ("d/src/main/java/D.java", ""),
            ],
            &expect![[r#"
                "c": ["c"] ["c/src/test/java/ThreeTests.java ThreeTests"]
                "": ["a", "deep/b", ""] ["a/src/test/java/x/OneTest.java x.OneTest", "a/src/test/java/x/TestTwo.java x.TestTwo", "deep/b/test/x/SomeSpec.java x.SomeSpec"]
            "#]],
        );
    }
}
