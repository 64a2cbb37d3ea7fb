//! Which files are Playwright's, what is found in them, and what commands run a selection.

use expect_test::{Expect, expect};

use crate::frameworks::js::{JEST, PLAYWRIGHT, VITEST};
use crate::frameworks::sample::{self, Files, seen_in, site};
use crate::frameworks::{Kind, Suite};

const CART: &str = r#"import { test, expect } from "@playwright/test";
test.describe('cart', () => {
  test.describe.configure({ mode: 'serial' });
  test.beforeEach(async ({ page }) => {});
  test('adds (1 + 1)/2', { tag: '@fast' }, async ({ page }) => {
    test.skip(isMobile, 'not on a phone');
    test.slow();
    await test.step('first', async () => {});
  });
  test.fixme('later', () => {});
});
test.describe.parallel(() => { test.fail('unnamed group', () => {}); });
for (const n of [1]) test(`of ${n}`, () => {});
"#;

const TODAY: &str = "import { test } from '../fixtures';\ntest('adds', () => {});\n";

fn check_files(kind: &Kind, files: Files<'_>, expected: &Expect) {
    let shown = seen_in(files, |contents| {
        let shown = (kind.detect)(contents).into_iter().map(|found| {
            let suite = Suite::new(found.root.clone(), found.framework);
            let own = contents.files.iter().filter(|it| suite.framework.is_test_file(&suite, it));
            format!(
                "{:?} {:?}\n",
                found.root.as_str(),
                own.map(|it| it.as_str()).collect::<Vec<_>>()
            )
        });
        shown.collect::<String>()
    });
    expected.assert_eq(&shown);
}

#[test]
fn a_file_is_playwrights_or_anothers_and_never_both() {
    let package = r#"{"devDependencies":{"vitest":"3","@playwright/test":"1"}}"#;
    let files = [
        ("package.json", package),
        ("playwright.config.ts", "export default defineConfig({ testDir: './e2e' })"),
        ("e2e/cart.spec.ts", CART),
        ("src/cart.spec.ts", ""),
        ("packages/web/playwright.config.js", "module.exports = { testDir: dir }"),
        ("packages/web/a.spec.js", ""),
        ("node_modules/x/playwright.config.js", ""),
        ("node_modules/x/a.spec.js", ""),
    ];
    check_files(
        &PLAYWRIGHT,
        &files,
        &expect![[r#"
        "" ["e2e/cart.spec.ts"]
        "packages/web" ["packages/web/a.spec.js"]
    "#]],
    );
    check_files(
        &VITEST,
        &files,
        &expect![[r#"
            "" ["packages/web/a.spec.js", "src/cart.spec.ts"]
        "#]],
    );
    check_files(&JEST, &files, &expect![[""]]);
}

#[test]
fn only_the_configurations_own_folder_narrows() {
    let config = "export default { testDir: dir(), projects: [{ testDir: './api' }, {}] }";
    let files = [("playwright.config.ts", config), ("api/a.spec.ts", ""), ("ui/b.spec.ts", "")];
    check_files(
        &PLAYWRIGHT,
        &files,
        &expect![[r#"
        "" ["api/a.spec.ts", "ui/b.spec.ts"]
    "#]],
    );
    let config = "export default { testDir: 'ui', projects: [{ testDir: './api' }, {}] }";
    let files = [
        ("playwright.config.ts", config),
        ("api/a.spec.ts", ""),
        ("ui/b.spec.ts", ""),
        ("unit/c.spec.ts", ""),
    ];
    check_files(
        &PLAYWRIGHT,
        &files,
        &expect![[r#"
        "" ["api/a.spec.ts", "ui/b.spec.ts"]
    "#]],
    );
}

#[test]
fn tests_are_calls_with_a_function_and_steps_are_none() {
    let files = [
        ("playwright.config.ts", ""),
        ("cart.spec.ts", CART),
        ("e2e/today.spec.ts", TODAY),
        ("unit.spec.ts", "test('of jest', () => {});"),
        (
            "user.spec.ts",
            "import { userTest as buyerTest } from './fixtures';\nbuyerTest('buys', () => {});\nrunTest('none', () => {});",
        ),
        (
            "default.spec.ts",
            "import test, { expect } from './fixtures';\ntest('by default', () => {});",
        ),
        (
            "required.spec.js",
            "const test = require('./fixtures').test;\ntest('required', () => {});",
        ),
        (
            "extended.spec.js",
            "const { test } = require('@playwright/test');\nconst adminTest = test.extend({});\nadminTest('bans', () => {});",
        ),
        ("other.spec.ts", "import { test } from 'vitest';\ntest('of vitest', () => {});"),
    ];
    let job = sample::job(&PLAYWRIGHT, "", &files, &[], &[]);
    let lines = job.known.items().map(|item| {
        let pattern = item.pattern.as_ref().map(|it| format!(" /{}/", it.regex(str::to_owned)));
        format!("{:?} {}{}\n", item.kind, item.id, pattern.unwrap_or_default())
    });
    expect![[r#"
        Group cart.spec.ts::cart
        Test cart.spec.ts::cart::adds (1 + 1)/2
        Test cart.spec.ts::cart::later
        Test cart.spec.ts::unnamed group
        Parametrised cart.spec.ts::of ${n} /of .*/
        Test default.spec.ts::by default
        Test e2e/today.spec.ts::adds
        Test extended.spec.js::bans
        Test required.spec.js::required
        Test user.spec.ts::buys
    "#]]
    .assert_eq(&lines.collect::<String>());
}

#[test]
fn a_selection_is_of_files_and_whole_titles() {
    let files = [
        ("web/playwright.config.ts", ""),
        ("web/cart.spec.ts", CART),
        ("web/e2e/cart.spec.ts", CART),
        ("web/e2e/today.spec.ts", TODAY),
    ];
    let check = |chosen: &[&str], out: &[&str], expected: &Expect| {
        let job = sample::job(&PLAYWRIGHT, "web", &files, chosen, out);
        let steps = job.suite.framework.invocation(&job, &site()).steps;
        expected.assert_eq(&steps.iter().map(|step| format!("{step:?}\n")).collect::<String>());
    };
    let adds = "web/cart.spec.ts::cart::adds (1 + 1)/2";
    check(&[], &[], &expect![[""]]);
    check(
        &["web/e2e"],
        &[],
        &expect![[r#"
            ["--pass-with-no-tests", "^/app/web/e2e/"]
        "#]],
    );
    check(
        &[adds, "web/e2e/today.spec.ts::adds[phone (small)]"],
        &[],
        &expect![[r#"
        ["--grep=/^(?:.* )?(?:\\S.*\\/)?cart\\.spec\\.ts cart adds \\(1 \\+ 1\\)/2(?: @\\S+)*$|^phone \\(small\\) (?:\\S.*\\/)?today\\.spec\\.ts adds(?: @\\S+)*$/", "^/app/web/cart\\.spec\\.ts$", "^/app/web/e2e/today\\.spec\\.ts$"]
    "#]],
    );
    check(
        &[adds, "web/e2e/cart.spec.ts::cart"],
        &[],
        &expect![[r#"
            ["--grep=/^(?:.* )?(?:\\S.*\\/)?cart\\.spec\\.ts cart adds \\(1 \\+ 1\\)/2(?: @\\S+)*$/", "^/app/web/cart\\.spec\\.ts$"]
            ["--grep=/^(?:.* )?(?:\\S.*\\/)?cart\\.spec\\.ts cart [^]*(?: @\\S+)*$/", "^/app/web/e2e/cart\\.spec\\.ts$"]
        "#]],
    );
    check(
        &["web/cart.spec.ts::of ${n}[of 1 › phone]", "web/cart.spec.ts::of ${n}[of 1]"],
        &[],
        &expect![[r#"
            ["--grep=/^(?:.* )?(?:\\S.*\\/)?cart\\.spec\\.ts of 1(?: @\\S+)*$|^phone (?:\\S.*\\/)?cart\\.spec\\.ts of 1(?: @\\S+)*$/", "^/app/web/cart\\.spec\\.ts$"]
        "#]],
    );
    check(
        &[],
        &[adds, "web/e2e/cart.spec.ts"],
        &expect![[r#"
            ["^/app/web/e2e/today\\.spec\\.ts$"]
            ["--grep-invert=/^(?:.* )?(?:\\S.*\\/)?cart\\.spec\\.ts cart adds \\(1 \\+ 1\\)/2(?: @\\S+)*$/", "^/app/web/cart\\.spec\\.ts$"]
        "#]],
    );
    check(
        &["web/e2e"],
        &["web/e2e"],
        &expect![[r#"
            ["--pass-with-no-tests", "(?!)"]
        "#]],
    );
}
