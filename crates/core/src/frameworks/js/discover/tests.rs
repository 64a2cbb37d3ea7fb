//! Texts and what is found in them.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::discover;
use crate::frameworks::js::names::Names;
use crate::frameworks::js::{Js, Tool};
use crate::frameworks::{Source, Suite};
use crate::paths::RelPath;

fn check(tool: Tool, path: &str, text: &str, expected: &Expect) {
    let suite = Suite::new(
        RelPath::default(),
        Arc::new(Js {
            tool,
            names: Names::default(),
            script: Vec::new(),
            inner: Vec::new(),
            homes: vec![RelPath::default()],
        }),
    );
    let path = RelPath::new(path);
    let items = discover(tool, &suite, &mut Source::new(&path, text));
    let line = |item: &crate::frameworks::TestItem| {
        let pattern = item.pattern.as_ref().map(|it| format!(" /{}/", it.regex(str::to_owned)));
        let start = item.range.start.line + 1;
        format!("{:?} {start} {:?}{}\n", item.kind, item.id.names, pattern.unwrap_or_default())
    };
    expected.assert_eq(&items.iter().map(line).collect::<String>());
}

#[test]
fn calls_are_tests_however_they_are_nested() {
    check(
        Tool::Vitest,
        "a.test.ts",
        r#"
import { it } from "vitest";
describe('outer', () => {
  it('plain', async () => { it('not this', f) });
  describe("inner \"quoted\" \u010daj", function () {
    test.only(`template`, () => {});
    for (const n of [1]) { it(`made ${n} of ${m}`, () => {}); }
  });
  it.skip('skipped', () => {});
  it.todo('later');
  it.concurrent.skipIf(true)('conditional', () => {});
  it('same', () => {}); it('same', () => {});
});
describe(Shop, () => { it('opens', () => {}) });
describe(Shop.name, () => { it('closes', () => {}) });
it('a' + 'b', () => {});
it('a ' + n, () => {});
it(title(), () => {});
it.each([[1, 2]])('adds %i to $b.c, 100%%', (a, b) => {});
test.each`a | b
${1} | ${2}`('table $a', () => {});
describe.each([1])('of %s', () => { it('each', () => {}) });
item('x', () => {}); it.fancy('y', () => {}); x.it('z', () => {});
"#,
        &expect![[r#"
            Group 3 ["outer"]
            Test 4 ["outer", "plain"]
            Group 5 ["outer", "inner \"quoted\" čaj"]
            Test 6 ["outer", "inner \"quoted\" čaj", "template"]
            Parametrised 7 ["outer", "inner \"quoted\" čaj", "made ${n} of ${m}"] /made .* of .*/
            Test 9 ["outer", "skipped"]
            Test 10 ["outer", "later"]
            Test 11 ["outer", "conditional"]
            Test 12 ["outer", "same"]
            Group 14 ["Shop"]
            Test 14 ["Shop", "opens"]
            Test 15 ["Shop", "closes"]
            Test 16 ["ab"]
            Parametrised 17 ["a n"] /a .*/
            Parametrised 18 ["title()"] /.*/
            Parametrised 19 ["adds %i to $b.c, 100%%"] /adds .* to .*, 100%/
            Parametrised 20 ["table $a"] /table .*/
            Group 22 ["of %s"] /of .*/
            Test 22 ["of %s", "each"]
        "#]],
    );
}

#[test]
fn parts_of_nodes_tests_are_found_by_the_name_of_their_context() {
    check(
        Tool::Node,
        "a.test.mjs",
        "import test, { suite } from 'node:test';\ntest('outer', async (t) => {\n  await t.test('inner', (u) => { u.test('innermost', () => {}) });\n  await u.test('another', () => {});\n});\nsuite('s', () => { test('in', () => {}) });\n",
        &expect![[r#"
            Parametrised 2 ["outer"]
            Parametrised 3 ["outer", "inner"]
            Test 3 ["outer", "inner", "innermost"]
            Group 6 ["s"]
            Test 6 ["s", "in"]
        "#]],
    );
}

#[test]
fn a_file_that_imports_another_framework_is_not_of_this_one() {
    let text = "import { test } from 'node:test';\ntest('x', () => {});\n";
    check(Tool::Vitest, "a.test.js", text, &expect![[""]]);
    check(Tool::Node, "a.test.js", "it('x', () => {});\n", &expect![[""]]);
    check(
        Tool::Mocha,
        "a.js",
        "const { test } = require(\"@playwright/test\"); test('x', () => {})",
        &expect![[""]],
    );
}

#[test]
fn types_and_markup_are_understood_and_so_is_half_a_text() {
    check(
        Tool::Jest,
        "a.test.tsx",
        "it<Props>('renders', () => { render(<A b={1}/>) })\nit('next', (): void => {});",
        &expect![[r#"
            Test 1 ["renders"]
            Test 2 ["next"]
        "#]],
    );
    check(
        Tool::Jest,
        "a.test.jsx",
        "it('renders', () => { render(<A/>) })",
        &expect![[r#"
        Test 1 ["renders"]
    "#]],
    );
    check(
        Tool::Jest,
        "a.test.js",
        "describe('a', () => {\n  it('b', () => {\n    expect(\n  });\n  it('c', () => {});\n",
        &expect![[r#"
            Test 2 ["b"]
            Test 5 ["c"]
        "#]],
    );
    check(Tool::Jest, "a.test.js", "it(", &expect![[""]]);
}

#[test]
fn functions_with_names_of_the_files_own_make_tests() {
    check(
        Tool::Jest,
        "a.test.js",
        r#"
const unixOnly = process.platform === 'win32' ? describe.skip : describe;
const slow = it.skip, context2 = describe, other = condition ? fn.skip : fn;
const result = describe('called', () => {});
unixOnly('signals', () => { it('are sent', () => {}); });
unixOnly.each([[1]])('number %i', () => { slow('arrives', () => {}); });
context2('again', () => {});
other('is nothing', () => {});
result('is nothing', () => {});
"#,
        &expect![[r#"
            Group 4 ["called"]
            Group 5 ["signals"]
            Test 5 ["signals", "are sent"]
            Group 6 ["number %i"] /number .*/
            Test 6 ["number %i", "arrives"]
            Group 7 ["again"]
        "#]],
    );
}

#[test]
fn functions_may_have_other_names() {
    check(
        Tool::Vitest,
        "a.test.ts",
        r#"
import { test as t, it as check, describe as group } from "vitest";
import { test as sample } from "./samples";
const { it: verify } = require('vitest');
const own = t.extend<{ a: string }>({ a: 'x' });
const further = own.extend({});
t("one", () => {});
group("g", () => { check.skip("two", () => {}) });
sample("no test", () => {});
verify("three", () => {});
own("four", () => {});
further.only("five", () => {});
"#,
        &expect![[r#"
            Test 7 ["one"]
            Group 8 ["g"]
            Test 8 ["g", "two"]
            Test 10 ["three"]
            Test 11 ["four"]
            Test 12 ["five"]
        "#]],
    );
}
