//! Finds packages that are tested with one of the frameworks.

use serde_json::Value;

use super::names::Names;
use super::{Tool, playwright};
use crate::paths::RelPath;
use crate::resolve::Contents;

/// Each package that uses the tool and has tests, with those below it that do the same for themselves.
pub(super) fn detect(contents: Contents<'_>, tool: Tool) -> Vec<(RelPath, Vec<RelPath>)> {
    let roots = roots(contents, tool);
    let homes = playwright::homes(contents);
    let below = |root: &RelPath| {
        let others = roots.iter().chain(&homes);
        let others = others.filter(|other| *other != root && other.strip(root).is_some());
        others.cloned().collect::<Vec<_>>()
    };
    let has_tests = |(root, inner): &(RelPath, Vec<RelPath>)| {
        let names = Names::of(tool, root, contents);
        let is_own = |path: &RelPath| inner.iter().all(|it| path.strip(it).is_none());
        contents.files.iter().any(|path| names.take(tool, root, path) && is_own(path))
    };
    roots.iter().map(|root| (root.clone(), below(root))).filter(has_tests).collect()
}

/// Packages below a directory that use the tool for themselves.
pub(super) fn below(root: &RelPath, contents: Contents<'_>, tool: Tool) -> Vec<RelPath> {
    let is_below = |other: &RelPath| other != root && other.strip(root).is_some();
    let others = roots(contents, tool).into_iter().chain(playwright::homes(contents));
    others.filter(is_below).collect()
}

fn roots(contents: Contents<'_>, tool: Tool) -> Vec<RelPath> {
    let manifests = contents.files.iter().filter(|path| {
        let name = path.as_str().rsplit('/').next();
        name == Some("package.json") && !path.as_str().split('/').any(is_foreign)
    });
    let uses = manifests.filter(|path| {
        let text = (contents.read)(path.as_str()).unwrap_or_default();
        serde_json::from_str(&text).is_ok_and(|manifest| uses(&manifest, tool))
    });
    uses.map(RelPath::parent).collect()
}

fn uses(manifest: &Value, tool: Tool) -> bool {
    let needs = |name: &str| {
        let tables = ["dependencies", "devDependencies", "peerDependencies"];
        tables.iter().any(|table| manifest.get(table).is_some_and(|it| it.get(name).is_some()))
    };
    match tool {
        Tool::Vitest => needs("vitest"),
        Tool::Jest => needs("jest") || needs("react-scripts"),
        Tool::Mocha => needs("mocha"),
        Tool::Playwright => needs("@playwright/test"),
        Tool::Node => {
            let scripts = manifest.get("scripts").and_then(Value::as_object);
            let mut texts = scripts.into_iter().flatten().filter_map(|(_, text)| text.as_str());
            texts.any(|text| {
                let mut words = text.split_whitespace();
                words.any(|word| word == "node") && words.any(|word| word == "--test")
            })
        }
    }
}

/// Whether a file, named from the package's directory, is a program of the project's own.
pub(super) fn may_be_test(path: &str) -> bool {
    let is_program = |end: &str| is_typed(end) || matches!(end, "js" | "jsx" | "mjs" | "cjs");
    path.rsplit_once('.').is_some_and(|(_, end)| is_program(end))
        && !path.split('/').any(is_foreign)
}

fn is_typed(end: &str) -> bool {
    matches!(end, "ts" | "tsx" | "mts" | "cts")
}

/// Whether a tool of which the project says nothing takes such a file for one of tests.
pub(super) fn is_test_file(tool: Tool, path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some((stem, end)) = name.rsplit_once('.').filter(|_| may_be_test(path)) else {
        return false;
    };
    let is_marked = stem.ends_with(".test") || stem.ends_with(".spec");
    let is_below = |names: &[&str]| directory.split('/').any(|part| names.contains(&part));
    match tool {
        Tool::Vitest | Tool::Playwright => is_marked,
        Tool::Jest => is_marked || matches!(stem, "test" | "spec") || is_below(&["__tests__"]),
        Tool::Mocha => is_marked || is_below(&["test", "tests"]),
        Tool::Node => {
            let is_named = [".test", "-test", "_test"].iter().any(|end| stem.ends_with(end));
            let is_named = is_named || stem == "test" || stem.starts_with("test-");
            !is_typed(end) && end != "jsx" && (is_named || is_below(&["test"]))
        }
    }
}

/// Directories of other people's code, or of what was built.
pub(super) fn is_foreign(part: &str) -> bool {
    matches!(
        part,
        "node_modules" | "bower_components" | "dist" | ".git" | "fixtures" | "__fixtures__"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frameworks::sample::{Files, seen_in};

    fn check(tool: Tool, files: Files<'_>, expected: &[(&str, &[&str])]) {
        let found = seen_in(files, |contents| detect(contents, tool));
        let found: Vec<(&str, Vec<&str>)> = found
            .iter()
            .map(|(root, inner)| (root.as_str(), inner.iter().map(RelPath::as_str).collect()))
            .collect();
        let expected: Vec<(&str, Vec<&str>)> =
            expected.iter().map(|(root, inner)| (*root, inner.to_vec())).collect();
        assert_eq!(found, expected, "{tool:?} {files:?}");
    }

    #[test]
    fn a_package_that_needs_the_tool_is_a_suite() {
        let vitest = r#"{"devDependencies":{"vitest":"3"}}"#;
        check(Tool::Vitest, &[("package.json", vitest), ("src/a.test.ts", "")], &[("", &[])]);
        check(Tool::Vitest, &[("package.json", vitest), ("src/a.ts", "")], &[]);
        check(Tool::Vitest, &[("package.json", "{"), ("a.test.ts", "")], &[]);
        check(Tool::Jest, &[("package.json", vitest), ("src/a.test.ts", "")], &[]);
        check(
            Tool::Vitest,
            &[
                ("package.json", vitest),
                ("a.test.ts", ""),
                ("packages/one/package.json", vitest),
                ("packages/one/b.spec.tsx", ""),
                ("packages/two/package.json", "{}"),
                ("node_modules/x/package.json", vitest),
                ("node_modules/x/x.test.js", ""),
            ],
            &[("", &["packages/one"]), ("packages/one", &[])],
        );
        let node = r#"{"scripts":{"test":"NODE_ENV=test node --import tsx --test src/"}}"#;
        check(Tool::Node, &[("package.json", node), ("a.test.mjs", "")], &[("", &[])]);
        check(
            Tool::Node,
            &[("package.json", r#"{"scripts":{"test":"node x"}}"#), ("a.test.mjs", "")],
            &[],
        );
    }

    #[test]
    fn each_tool_has_its_names_for_files() {
        let check = |tool, yes: &[&str], no: &[&str]| {
            for path in yes {
                assert!(is_test_file(tool, path), "{tool:?} {path}");
            }
            for path in no {
                assert!(!is_test_file(tool, path), "{tool:?} {path}");
            }
        };
        check(
            Tool::Vitest,
            &["a.test.ts", "x/a.spec.mjs"],
            &["test.ts", "a.test.css", "dist/a.test.js", "test/a.js"],
        );
        check(
            Tool::Jest,
            &["a.test.ts", "test.js", "x/__tests__/y/a.jsx"],
            &["__tests__/a.json", "tests/a.js"],
        );
        check(Tool::Mocha, &["test/a.js", "src/a.spec.cjs"], &["src/a.js"]);
        check(
            Tool::Node,
            &["a.test.mjs", "test/deep/a.js", "test-a.cjs", "a_test.js"],
            &["a.spec.js", "a.test.ts"],
        );
    }
}
