//! Finds projects that PHPUnit tests.

use crate::paths::RelPath;
use crate::resolve::Contents;

/// The directories of PHPUnit's own configuration, and of manifests that ask for it, where tests are.
pub(super) fn detect(contents: Contents<'_>) -> Vec<RelPath> {
    let is_own = |path: &&RelPath| !path.as_str().split('/').any(is_foreign);
    let mut roots: Vec<RelPath> = contents
        .files
        .iter()
        .filter(is_own)
        .filter(|path| is_root(contents, path))
        .map(RelPath::parent)
        .collect();
    roots.sort();
    roots.dedup();
    let nearest = |file: &RelPath| {
        let above = roots.iter().filter(|root| file.strip(root).is_some());
        above.max_by_key(|root| root.as_str().len()).cloned()
    };
    let tests = contents.files.iter().filter(|path| is_test_file(path.as_str()));
    let mut found: Vec<RelPath> = tests.filter_map(nearest).collect();
    found.sort();
    found.dedup();
    found
}

fn is_root(contents: Contents<'_>, path: &RelPath) -> bool {
    let name = path.as_str().rsplit('/').next().unwrap_or_default();
    let manifest = |path: &RelPath| (contents.read)(path.as_str()).unwrap_or_default();
    match name {
        // Pest writes its tests otherwise, and reads the same configuration.
        "phpunit.xml" | "phpunit.xml.dist" | "phpunit.dist.xml" => {
            !manifest(&path.parent().join("composer.json")).contains("pestphp/pest")
        }
        "composer.json" => {
            let text = manifest(path);
            text.contains("phpunit/phpunit") && !text.contains("pestphp/pest")
        }
        _ => false,
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

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let mut paths: Vec<RelPath> = files.iter().map(|(path, _)| RelPath::new(path)).collect();
        paths.sort();
        let read = |path: &str| {
            files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned())
        };
        let found = detect(Contents { root: "/w".into(), files: &paths, read: &read });
        assert_eq!(found.iter().map(RelPath::as_str).collect::<Vec<_>>(), expected, "{files:?}");
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
                ("shop/composer.json", "pestphp/pest phpunit/phpunit"),
                test,
            ],
            &[],
        );
        check(
            &[("phpunit.xml", ""), ("vendor/x/phpunit.xml", ""), ("vendor/x/tests/XTest.php", "")],
            &[],
        );
    }
}
