//! Finds Maven's projects, and which module and class a file belongs to.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::paths::RelPath;
use crate::resolve::Contents;

/// A directory with a `pom.xml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) dir: RelPath,
    /// Where its tests' packages begin.
    pub(super) tests: RelPath,
    /// Whether it says itself which classes are tests.
    has_includes: bool,
}

/// The modules that are built together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Modules {
    pub(super) own: Vec<Module>,
    /// Directories of modules that are not among them.
    others: Vec<RelPath>,
}

/// Each project that has tests: the directory of a `pom.xml` that is no module of another, and its modules.
pub(super) fn detect(contents: Contents<'_>) -> Vec<(RelPath, Modules)> {
    let poms = poms(contents);
    let inner: BTreeSet<&RelPath> = poms.iter().flat_map(|pom| &pom.modules).collect();
    let roots = poms.iter().filter(|pom| !inner.contains(&pom.module.dir));
    let projects = roots.map(|pom| (pom.module.dir.clone(), below(&pom.module.dir, &poms)));
    let has_tests = |modules: &Modules| contents.files.iter().any(|path| modules.tests(path));
    projects.filter(|(_, modules)| has_tests(modules)).collect()
}

/// The project at a directory that the configuration names.
pub(super) fn at(root: &RelPath, contents: Contents<'_>) -> Modules {
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
        own: own.collect(),
        others: others.into_iter().map(|pom| pom.module.dir.clone()).collect(),
    }
}

impl Modules {
    /// The module that a file belongs to, if it is one of these: the nearest above it.
    pub(super) fn of_file(&self, path: &RelPath) -> Option<&Module> {
        let depth = |dir: &RelPath| path.strip(dir).map(|_| dir.as_str().len());
        let own = self.own.iter().filter(|module| depth(&module.dir).is_some());
        let own = own.max_by_key(|module| depth(&module.dir))?;
        let nearer = self.others.iter().any(|dir| depth(dir) > depth(&own.dir));
        (!nearer).then_some(own)
    }

    /// Whether Surefire takes the class of a file for one of tests.
    pub(super) fn tests(&self, path: &RelPath) -> bool {
        let Some(module) = self.of_file(path) else {
            return false;
        };
        let stem = path.strip(&module.tests).and_then(|inner| {
            let name = inner.rsplit('/').next().unwrap_or(inner);
            name.strip_suffix(".java").or_else(|| name.strip_suffix(".kt"))
        });
        stem.is_some_and(|stem| module.has_includes || is_named_test(stem))
    }

    /// The class that a file of tests is named after.
    pub(super) fn class(&self, file: &RelPath) -> Option<String> {
        let inner = file.strip(&self.of_file(file)?.tests)?;
        let stem = inner.strip_suffix(".java").or_else(|| inner.strip_suffix(".kt"))?;
        Some(stem.replace('/', "."))
    }
}

fn is_named_test(stem: &str) -> bool {
    let ends = ["Test", "Tests", "TestCase"];
    stem.starts_with("Test") || ends.iter().any(|end| stem.ends_with(end))
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
