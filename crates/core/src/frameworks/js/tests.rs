//! What commands run a selection.

use expect_test::{Expect, expect};

use super::{JEST, MOCHA, NODE, VITEST};
use crate::frameworks::Kind;
use crate::frameworks::sample::{self, site};
use crate::plan::Job;

const CART: &str = "import { test } from 'node:test';
describe('cart', () => {
  it('adds (1 + 1)', () => {});
  it.each([1])('of %i', () => {});
  it(`made ${n}`, () => {});
});
test('whole', async (t) => { await t.test('part', () => {}) });
";

fn job(kind: &Kind, selection: &[&str], exclude: &[&str]) -> Job {
    let own = match kind.name {
        "node" => CART.to_owned(),
        _ => CART.replace("node:test", "./helpers"),
    };
    let files = [
        ("web/src/a.test.js", &*own),
        ("web/src/deep/b.test.js", &own),
        ("web/src/none.test.js", ""),
    ];
    sample::job(kind, "web", &files, selection, exclude)
}

fn check(kind: &Kind, selection: &[&str], exclude: &[&str], expected: &Expect) {
    let job = job(kind, selection, exclude);
    let invocation = job.suite.framework.invocation(&job, &site());
    let steps = invocation.steps.iter().map(|step| format!("{step:?}\n"));
    expected.assert_eq(&steps.collect::<String>());
}

const ADDS: &str = "web/src/a.test.js::cart::adds (1 + 1)";

#[test]
fn files_share_a_command_and_names_have_one_for_each_file() {
    check(&VITEST, &[], &[], &expect![[""]]);
    check(&VITEST, &["web"], &[], &expect![[""]]);
    check(
        &VITEST,
        &["web/src/deep"],
        &[],
        &expect![[r#"
            ["/app/web/src/deep/"]
        "#]],
    );
    check(
        &VITEST,
        &[
            ADDS,
            "web/src/a.test.js::cart::of %i[of 1]",
            "web/src/deep/b.test.js::cart",
            "web/src/none.test.js",
        ],
        &[],
        &expect![[r#"
            ["/app/web/src/none.test.js"]
            ["--testNamePattern=^(?:cart adds \\(1 \\+ 1\\)|cart of 1)$", "--passWithNoTests", "/app/web/src/a.test.js"]
            ["--testNamePattern=^cart [^]*$", "--passWithNoTests", "/app/web/src/deep/b.test.js"]
        "#]],
    );
    check(
        &JEST,
        &["web/src/a.test.js", "web/src/deep/b.test.js::cart::made ${n}"],
        &[],
        &expect![[r#"
            ["--runTestsByPath", "/app/web/src/a.test.js"]
            ["--testNamePattern=^cart made [^]*$", "--runTestsByPath", "/app/web/src/deep/b.test.js"]
        "#]],
    );
    check(
        &MOCHA,
        &[],
        &[ADDS, "web/src/deep"],
        &expect![[r#"
            ["--grep=^(?!(?:cart adds \\(1 \\+ 1\\))$)", "--testdock-chosen=/app/web/src/a.test.js", "/app/web/src/a.test.js"]
        "#]],
    );
    check(
        &MOCHA,
        &["web/src/deep"],
        &["web/src"],
        &expect![[r#"
            ["--testdock-chosen=/app/web/src/deep", "/app/web/src/deep"]
        "#]],
    );
}

#[test]
fn a_name_may_have_several_lines() {
    let text = "describe('line\\nbreak', () => {});\ndescribe(`made ${n}`, () => {});\n";
    let files = [("web/src/a.test.js", text)];
    let ids =
        ["web/src/a.test.js::line\nbreak", "web/src/a.test.js::made ${n}", "web/src/b.test.js::x"];
    let job = sample::job(&VITEST, "web", &files, &ids, &[]);
    expect![[r#"
        --testNamePattern=^(?:line\nbreak [^]*|made [^]* [^]*)$ --passWithNoTests /app/web/src/a.test.js
        --testNamePattern=^x(?: [^]*)?$ --passWithNoTests /app/web/src/b.test.js
    "#]]
    .assert_eq(&sample::steps(&job, &site()));
}

#[test]
fn a_name_with_gaps_leaves_alone_what_has_a_name_of_its_own() {
    let text = "describe(add, () => { it('a', () => {}) });\n\
                describe('other', () => { it('adds one', () => {}); it(`adds ${n}`, () => {}) });\n";
    let files = [("web/src/a.test.js", text)];
    let steps = |ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| format!("web/src/a.test.js::{id}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        sample::steps(&sample::job(&VITEST, "web", &files, &ids, &[]), &site())
    };
    expect![[r#"
        --testNamePattern=^(?!(?:other [^]*)$)[^]* [^]*$ --passWithNoTests /app/web/src/a.test.js
        --testNamePattern=^(?!(?:other adds one)$)(?:[^]* [^]*|other adds [^]*)$ --passWithNoTests /app/web/src/a.test.js
        --testNamePattern=^other [^]*$ --passWithNoTests /app/web/src/a.test.js
    "#]]
    .assert_eq(&[steps(&["add"]), steps(&["add", "other::adds ${n}"]), steps(&["other"])].concat());
}

#[test]
fn nodes_versions_mean_different_names() {
    check(
        &NODE,
        &["web/src/a.test.js::cart", "web/src/deep/b.test.js::whole::part"],
        &[],
        &expect![[r#"
            ["--test-name-pattern=^(?:(?:cart )?adds \\(1 \\+ 1\\)|(?:cart )?made [^]*|(?:cart )?of [^]*)$", "/app/web/src/a.test.js"]
            ["--test-name-pattern=^whole$", "/app/web/src/deep/b.test.js"]
        "#]],
    );
    check(
        &NODE,
        &["web/src/a.test.js"],
        &["web/src/a.test.js::cart"],
        &expect![[r#"
            ["--test-name-pattern=^(?!(?:(?:cart )?adds \\(1 \\+ 1\\)|(?:cart )?made [^]*|(?:cart )?of [^]*)$)", "/app/web/src/a.test.js"]
        "#]],
    );
}

#[test]
fn the_tool_is_the_one_that_the_package_or_one_around_it_installed() {
    let job = job(&JEST, &[], &[]);
    let invocation = job.suite.framework.invocation(&job, &site());
    let words = invocation.candidates.iter().map(|it| it.argv.join(" ")).collect::<Vec<_>>();
    expect![[r#"
        /app/web/node_modules/.bin/jest
        /app/node_modules/.bin/jest
        jest
        --reporters=default --reporters=/h/testdock_jest.cjs --passWithNoTests"#]]
    .assert_eq(&format!("{}\n{}", words.join("\n"), invocation.args.join(" ")));
}

#[test]
fn mochas_script_says_what_the_suite_does_not() {
    let package = r#"{"scripts": {"test": "mocha --recursive 'spec/**/*.js'"}}"#;
    let mut job = sample::job(
        &MOCHA,
        "web",
        &[("web/package.json", package), ("web/spec/a.js", CART)],
        &[],
        &[],
    );
    let args = |job: &Job| job.suite.framework.invocation(job, &site()).args.join(" ");
    expect!["--reporter /h/testdock_mocha.cjs --recursive spec/**/*.js"].assert_eq(&args(&job));
    let suite = crate::frameworks::Suite { args: vec!["it".into()], ..(*job.suite).clone() };
    job.suite = suite.into();
    expect!["--reporter /h/testdock_mocha.cjs it"].assert_eq(&args(&job));
}
