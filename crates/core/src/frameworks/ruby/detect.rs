//! Finds projects that are tested with one of the frameworks.

use std::collections::BTreeMap;

use super::Tool;
use crate::paths::RelPath;
use crate::resolve::Contents;

/// So many test files of a project are looked into.
const SAMPLE: usize = 16;

/// The directories where the tool runs.
pub(super) fn detect(contents: Contents<'_>, tool: Tool) -> Vec<RelPath> {
    let is_project = |path: &&RelPath| {
        let name = path.as_str().rsplit('/').next().unwrap_or_default();
        let is_named =
            matches!(name, "Gemfile" | "Rakefile" | ".rspec") || name.ends_with(".gemspec");
        // An application that tests are about is no project of its own.
        let is_subject = || path.as_str().split('/').any(|part| matches!(part, "spec" | "test"));
        is_named && !is_subject()
    };
    let projects: Vec<RelPath> =
        contents.files.iter().filter(is_project).map(RelPath::parent).collect();
    let mut homes: BTreeMap<RelPath, Vec<&RelPath>> = BTreeMap::new();
    for path in contents.files.iter().filter(|path| is_test_file(tool, path.as_str())) {
        let above = projects.iter().filter(|project| path.strip(project).is_some());
        let nearest = above.max_by_key(|project| project.as_str().len()).cloned();
        homes.entry(nearest.unwrap_or_else(|| beside_tests(path))).or_default().push(path);
    }
    let text = |path: &&RelPath| (contents.read)(path.as_str()).unwrap_or_default();
    let uses = |tests: &[&RelPath]| {
        tool == Tool::Rspec || tests.iter().take(SAMPLE).map(text).any(|text| is_minitest(&text))
    };
    homes.into_iter().filter(|(_, tests)| uses(tests)).map(|(home, _)| home).collect()
}

/// What holds the outermost folder of tests.
fn beside_tests(path: &RelPath) -> RelPath {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    let at = parts.iter().position(|part| matches!(*part, "spec" | "test")).unwrap_or(0);
    RelPath::new(parts[..at].join("/"))
}

fn is_minitest(text: &str) -> bool {
    let words = ["Minitest", "MiniTest", "minitest", "ActiveSupport::TestCase", "test_helper"];
    words.iter().any(|word| text.contains(word)) && !text.contains("Test::Unit")
}

/// Whether a tool takes a file, named from its project's directory, for one of tests.
pub(super) fn is_test_file(tool: Tool, path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some(stem) = name.strip_suffix(".rb") else {
        return false;
    };
    if path.split('/').any(is_foreign) {
        return false;
    }
    let is_below = |folder: &str| directory.split('/').any(|part| part == folder);
    match tool {
        Tool::Rspec => stem.ends_with("_spec"),
        Tool::Minitest => {
            let is_named = stem.ends_with("_test") || stem.starts_with("test_");
            is_named && stem != "test_helper" && is_below("test")
        }
    }
}

/// Directories of other people's code.
fn is_foreign(part: &str) -> bool {
    matches!(part, "vendor" | "node_modules" | ".git" | ".bundle" | "tmp" | "fixtures")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tool: Tool, files: &[(&str, &str)], expected: &[&str]) {
        let mut paths: Vec<RelPath> = files.iter().map(|(path, _)| RelPath::new(path)).collect();
        paths.sort();
        let read = |path: &str| {
            files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned())
        };
        let found = detect(Contents { root: "/w".into(), files: &paths, read: &read }, tool);
        assert_eq!(found.iter().map(RelPath::as_str).collect::<Vec<_>>(), expected, "{files:?}");
    }

    #[test]
    fn a_project_with_tests_of_the_tool_is_a_suite() {
        let spec = ("spec/cart_spec.rb", "");
        check(Tool::Rspec, &[spec], &[""]);
        check(Tool::Rspec, &[("shop/Gemfile", ""), ("shop/lib/spec/a_spec.rb", "")], &["shop"]);
        check(
            Tool::Rspec,
            &[("shop/spec/a_spec.rb", ""), ("till/spec/x/b_spec.rb", "")],
            &["shop", "till"],
        );
        check(Tool::Rspec, &[("vendor/x/spec/a_spec.rb", ""), ("spec/spec_helper.rb", "")], &[]);
        let dummy = ("spec/dummy/Gemfile", "");
        check(Tool::Rspec, &[("Gemfile", ""), dummy, ("spec/dummy/spec/a_spec.rb", "")], &[""]);
        let test = "require \"minitest/autorun\"";
        check(Tool::Minitest, &[("test/cart_test.rb", test), ("test/test_helper.rb", "")], &[""]);
        check(
            Tool::Minitest,
            &[("Rakefile", ""), ("test/x/test_cart.rb", "require 'test_helper'")],
            &[""],
        );
        check(Tool::Minitest, &[("test/cart_test.rb", "class A < Test::Unit::TestCase")], &[]);
        check(Tool::Minitest, &[spec, ("lib/cart_test.rb", test)], &[]);
    }
}
