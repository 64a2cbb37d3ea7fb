//! Finds projects that PHPUnit or Pest tests.

use super::Tool;
use crate::paths::RelPath;
use crate::resolve::Contents;

/// The directories of PHPUnit's configuration, and of manifests that ask for one of them, where tests are.
pub(super) fn detect(contents: Contents<'_>, tool: Tool) -> Vec<RelPath> {
    let own = contents.files.iter().filter(|path| !path.as_str().split('/').any(is_foreign));
    let mut roots: Vec<(RelPath, Tool)> = own.filter_map(|path| root(contents, path)).collect();
    roots.sort_by(|(a, _), (b, _)| a.cmp(b));
    roots.dedup();
    let nearest = |file: &RelPath| {
        let above = roots.iter().filter(|(root, _)| file.strip(root).is_some());
        above.max_by_key(|(root, _)| root.as_str().len()).cloned()
    };
    let tests = contents.files.iter().filter(|path| is_test_file(path.as_str()));
    let found = tests.filter_map(nearest).filter(|(_, of)| *of == tool);
    let mut found: Vec<RelPath> = found.map(|(root, _)| root).collect();
    found.sort();
    found.dedup();
    found
}

/// The files of its configuration, in the order in which PHPUnit looks for them.
pub(super) const CONFIGURATIONS: [&str; 3] =
    ["phpunit.xml", "phpunit.dist.xml", "phpunit.xml.dist"];

/// The project that a file speaks of, and what tests it.
fn root(contents: Contents<'_>, path: &RelPath) -> Option<(RelPath, Tool)> {
    let dir = path.parent();
    let manifest = || (contents.read)(dir.join("composer.json").as_str()).unwrap_or_default();
    // Pest writes its tests otherwise, and reads PHPUnit's configuration.
    let has_pest = || {
        contents.files.binary_search(&dir.join("tests/Pest.php")).is_ok()
            || manifest().contains("\"pestphp/pest\"")
    };
    let tool = || if has_pest() { Tool::Pest } else { Tool::Phpunit };
    match path.as_str().rsplit('/').next().unwrap_or_default() {
        name if CONFIGURATIONS.contains(&name) => Some((dir.clone(), tool())),
        "composer.json" => match tool() {
            Tool::Phpunit if !manifest().contains("phpunit/phpunit") => None,
            tool => Some((dir.clone(), tool)),
        },
        "Pest.php" if dir.as_str() == "tests" || dir.as_str().ends_with("/tests") => {
            Some((dir.parent(), Tool::Pest))
        }
        _ => None,
    }
}

/// Whether PHPUnit takes a file for one of tests, unless it is told otherwise.
pub(super) fn is_test_file(path: &str) -> bool {
    path.ends_with("Test.php") && !path.split('/').any(is_foreign)
}

/// Directories of other people's code.
fn is_foreign(part: &str) -> bool {
    matches!(part, "vendor" | "node_modules" | ".git")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frameworks::sample::seen_in;

    fn check_of(tool: Tool, files: &[(&str, &str)], expected: &[&str]) {
        let found = seen_in(files, |contents| detect(contents, tool));
        assert_eq!(found.iter().map(RelPath::as_str).collect::<Vec<_>>(), expected, "{files:?}");
    }

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        check_of(Tool::Phpunit, files, expected);
    }

    #[test]
    fn a_project_with_tests_is_a_suite() {
        let test = ("shop/tests/CartTest.php", "");
        check(&[("shop/phpunit.xml.dist", ""), test], &["shop"]);
        check(
            &[
                ("phpunit.xml", ""),
                ("shop/composer.json", r#"{"require-dev":{"phpunit/phpunit":"^11"}}"#),
                test,
            ],
            &["shop"],
        );
        check(&[("phpunit.xml", ""), test], &[""]);
        check(&[("shop/composer.json", "{}"), test], &[]);
        check(
            &[
                ("shop/phpunit.xml", ""),
                ("shop/composer.json", r#""pestphp/pest" "phpunit/phpunit""#),
                test,
            ],
            &[],
        );
        check(
            &[("phpunit.xml", ""), ("vendor/x/phpunit.xml", ""), ("vendor/x/tests/XTest.php", "")],
            &[],
        );
    }

    #[test]
    fn a_project_that_needs_pest_is_pests() {
        let test = ("shop/tests/CartTest.php", "");
        let manifest = ("shop/composer.json", r#"{"require-dev":{"pestphp/pest":"^3.5"}}"#);
        let outer = ("phpunit.xml", "");
        check_of(Tool::Pest, &[outer, ("shop/phpunit.xml", ""), manifest, test], &["shop"]);
        check_of(Tool::Phpunit, &[outer, manifest, test], &[]);
        check_of(Tool::Phpunit, &[outer, manifest, test, ("tests/OldTest.php", "")], &[""]);
        check_of(Tool::Pest, &[("shop/tests/Pest.php", ""), test], &["shop"]);
        check_of(Tool::Pest, &[outer, test], &[]);
    }
}
