//! Configurations, and which files they make tests of.

use super::*;
use crate::frameworks::sample::{Files, seen_in};

fn check(tool: Tool, root: &str, files: Files<'_>, expected: &[&str]) {
    let root = RelPath::new(root);
    let taken = seen_in(files, |contents| {
        let names = Names::of(tool, &root, contents);
        let taken = contents.files.iter().filter(|path| names.take(tool, &root, path));
        taken.cloned().collect::<Vec<_>>()
    });
    let taken: Vec<&str> = taken.iter().map(RelPath::as_str).collect();
    assert_eq!(taken, expected, "{tool:?} {files:?}");
}

/// Files to choose from, with those that a configuration is in.
fn with<'f>(files: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let paths = [
        "src/a.test.ts",
        "src/b.check.ts",
        "src/deep/c.unit.tsx",
        "test/d.js",
        "e2e/f.e2e.ts",
        "test/data.json",
    ];
    paths.into_iter().map(|path| (path, "")).chain(files.iter().copied()).collect()
}

#[test]
fn vitest_heeds_include() {
    let check = |config: &str, expected: &[&str]| {
        check(Tool::Vitest, "", &with(&[("vitest.config.ts", config)]), expected);
    };
    check("export default defineConfig({ test: { globals: true } })", &["src/a.test.ts"]);
    check(
        "export default { test: { include: ['src/**/*.{check,unit}.ts?(x)'] } }",
        &["src/b.check.ts", "src/deep/c.unit.tsx"],
    );
    check(
        "export default { test: { include: ['./src/*.check.ts', ...more] } }",
        &["src/a.test.ts", "src/b.check.ts"],
    );
    check("export default { test: { coverage: { include: ['test/**'] } } }", &["src/a.test.ts"]);
    check(
        "export default { test: { projects: [{ test: { root: 'src', include: ['*.check.ts'] } }] } }",
        &["src/a.test.ts", "src/b.check.ts"],
    );
}

#[test]
fn what_is_excluded_is_no_test() {
    let check = |tool: Tool, config: (&str, &str), expected: &[&str]| {
        check(tool, "", &with(&[config]), expected);
    };
    let ends = "include: ['**/*.{check,test,e2e}.ts']";
    for exclude in ["['src/*.check.ts', 'e2e/**']", "[...configDefaults.exclude, '**/{b,f}.*']"] {
        let config = format!("export default {{ test: {{ {ends}, exclude: {exclude} }} }}");
        check(Tool::Vitest, ("vitest.config.ts", &config), &["src/a.test.ts"]);
    }
    let config = "export default { test: { exclude: ['src/a.*'] } }";
    check(Tool::Vitest, ("vite.config.ts", config), &[]);
    // What one project leaves out may be another's.
    let config = "export default { test: { projects: [{ test: { include: ['src/*.ts'] } }], exclude: ['src/**'] } }";
    check(Tool::Vitest, ("vitest.config.ts", config), &["src/a.test.ts", "src/b.check.ts"]);
    let ends = "testMatch: ['**/*.{check,test,e2e}.ts']";
    for ignore in ["['/e2e/', '<rootDir>/src/b']", r"['\\.(e2e|check)\\.', '(?<!x)y']"] {
        let config = format!("module.exports = {{ {ends}, testPathIgnorePatterns: {ignore} }}");
        check(Tool::Jest, ("jest.config.js", &config), &["src/a.test.ts"]);
    }
    let config = "spec: '**/*.ts'\nignore:\n  - e2e/**\n  - ./src/b*\n";
    check(Tool::Mocha, (".mocharc.yml", config), &["src/a.test.ts"]);
    for ignore in ["'*.e2e.ts'", "[/e2e/, 'x']", "'**/e2e/**'"] {
        let config =
            format!("export default {{ testMatch: '*.{{test,e2e}}.ts', testIgnore: {ignore} }}");
        check(Tool::Playwright, ("playwright.config.ts", &config), &["src/a.test.ts"]);
    }
    let config = "export default { testIgnore: /a/, projects: [{ name: 'x' }, { testIgnore: 'b', testMatch: /check/ }] }";
    check(Tool::Playwright, ("playwright.config.ts", config), &["src/b.check.ts"]);
}

#[test]
fn jest_heeds_test_match_and_test_regex() {
    let configured = |config: &str, expected: &[&str]| {
        check(Tool::Jest, "", &with(&[("jest.config.js", config)]), expected);
    };
    configured(
        "module.exports = { testMatch: ['<rootDir>/src/**/*.unit.ts?(x)', '**/?(*.)+(check|e2e).[jt]s?(x)'] }",
        &["e2e/f.e2e.ts", "src/b.check.ts", "src/deep/c.unit.tsx"],
    );
    configured(
        r"module.exports = { testRegex: '/src/.*\\.(check|unit)\\.tsx?$' }",
        &["src/b.check.ts", "src/deep/c.unit.tsx"],
    );
    configured("module.exports = { testRegex: '(?<!x)y' }", &["src/a.test.ts"]);
    configured(
        "module.exports = { projects: [{ rootDir: '<rootDir>/src', testMatch: ['<rootDir>/*.check.ts'] }, '<rootDir>/e2e'] }",
        &["src/a.test.ts", "src/b.check.ts"],
    );
    configured("module.exports = { projects: ['<rootDir>'] }", &["src/a.test.ts"]);
    check(Tool::Jest, "", &with(&[("package.json", "[]")]), &["src/a.test.ts"]);
    let package = r#"{"jest": {"testMatch": ["**/test/*.js"]}}"#;
    check(Tool::Jest, "", &with(&[("package.json", package)]), &["test/d.js"]);
}

#[test]
fn mocha_heeds_spec() {
    let yaml = "recursive: true\nspec:\n  - src/deep\n  - 'src/*.check.ts'\n";
    check(
        Tool::Mocha,
        "",
        &with(&[(".mocharc.yml", yaml)]),
        &["src/b.check.ts", "src/deep/c.unit.tsx"],
    );
    check(
        Tool::Mocha,
        "",
        &with(&[(".mocharc.json", "// none\n{}")]),
        &["src/a.test.ts", "test/d.js"],
    );
    let package = r#"{"scripts": {"test": "mocha --require tsx 'src/deep/*.tsx' e2e"}}"#;
    check(
        Tool::Mocha,
        "",
        &with(&[("package.json", package)]),
        &["e2e/f.e2e.ts", "src/deep/c.unit.tsx"],
    );
    let package = r#"{"mocha": {"spec": "e2e/**/*.ts"}}"#;
    check(Tool::Mocha, "", &with(&[("package.json", package)]), &["e2e/f.e2e.ts"]);
    check(
        Tool::Mocha,
        "pack",
        &[("pack/.mocharc.cjs", "module.exports = { spec: './it/*.js' }"), ("pack/it/a.js", "")],
        &["pack/it/a.js"],
    );
}

#[test]
fn playwright_heeds_test_match() {
    let check = |config: &str, expected: &[&str]| {
        check(Tool::Playwright, "", &with(&[("playwright.config.ts", config)]), expected);
    };
    check(
        r"export default { testMatch: /.*\.(e2e|check)\.ts/ }",
        &["e2e/f.e2e.ts", "src/b.check.ts"],
    );
    check("export default { testMatch: '*.check.ts' }", &["src/b.check.ts"]);
    check(
        "export default { projects: [{ testMatch: /e2e/ }, { name: 'other' }] }",
        &["e2e/f.e2e.ts", "src/a.test.ts"],
    );
    check("export default { projects: [{ testMatch: '**/*.e2e.ts' }] }", &["e2e/f.e2e.ts"]);
}
