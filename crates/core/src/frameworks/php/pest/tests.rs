//! What is found in Pest's files, which commands run a selection, and what Pest 3.5 told of `captured/*.php`.

use expect_test::{Expect, expect};

use super::super::PEST;
use crate::frameworks::Exit;
use crate::frameworks::sample::{self, shown, site, steps};
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile};

const CART: &str = include_str!("captured/CartTest.php");
const OLD: &str = include_str!("captured/OldTest.php");

fn job(selection: &[&str], exclude: &[&str]) -> Job {
    let files = [("tests/Unit/CartTest.php", CART), ("tests/Feature/OldTest.php", OLD)];
    sample::job(&PEST, "", &files, selection, exclude)
}

fn listed(job: &Job, file: &str) -> String {
    sample::listed(job.known.in_file(&RelPath::new(file)))
}

#[test]
fn tests_are_calls_in_blocks_and_loops() {
    let job = job(&[], &[]);
    expect![[r#"
        test 5 it adds
        test 6 fails in a helper
        test 7 throws
        group 9 group #slow
        test 10 group > it adds #slow
        group 11 group > in (ner) #slow
        test 12 group > in (ner) > deep / $lash #slow
        test 16 skips
        test 17 later
        test 18 risky
        parametrised 19 it has rows
        test 21 it loops $x! (gaps)
        test 23 expect [true] → not → toBeEmpty 
    "#]]
    .assert_eq(&listed(&job, "tests/Unit/CartTest.php"));
    expect![[r#"
        group 5 Tests\Feature\OldTest
        test 7 Tests\Feature\OldTest > test_it_adds
        test 8 Tests\Feature\OldTest > testThrows
    "#]]
    .assert_eq(&listed(&job, "tests/Feature/OldTest.php"));
}

#[test]
fn descriptions_are_read_as_php_means_them() {
    let text = r#"<?php
namespace Shop;
it('has \'quotes\' \n', function () {});
\test("a\tb \u{e9} {$x->y} end");
it('is ' . NAME . '!', fn () => 1);
it(description: 'is named', closure: fn () => 1)->repeat(3);
describe('empty', function () { beforeEach(fn () => 1); });
describe('table', function () { it('has rows', fn ($x) => 1); })->with([1]);
arch()->expect('App\Models')->not->toUse(['die', 1, null, 4])->group('arch');
if (PHP_OS === 'Linux') { test('on Linux', fn () => 1); } else { test('elsewhere', fn () => 1); }
it('has rows'); it('has rows');
function nothing() { it('is not seen', fn () => 1); }
$later = fn () => it('is not seen', fn () => 1);
expect(1)->toBe(1);
it('is being written', function () { $this->
"#;
    let job = sample::job(&PEST, "", &[("tests/ArchTest.php", text)], &[], &[]);
    expect![[r#"
        test 3 it has 'quotes' \n
        test 4 a	b é $x->y end (gaps)
        test 5 it is NAME! (gaps)
        parametrised 6 it is named
        group 8 table
        parametrised 8 table > it has rows
        test 9 expect 'App\Models' → not → toUse ['die', 1, null, …] #arch
        test 10 on Linux
        test 10 elsewhere
        test 11 it has rows
    "#]]
    .assert_eq(&listed(&job, "tests/ArchTest.php"));
}

#[test]
fn a_selection_is_files_and_a_pattern_of_descriptions() {
    let check = |chosen: &[&str], out: &[&str], expected: &Expect| {
        let steps = steps(&job(chosen, out), &site());
        let shown: String = steps
            .lines()
            .map(|line| format!("[{}]\n", line.split(' ').skip(2).collect::<Vec<_>>().join(" ")))
            .collect();
        expected.assert_eq(&shown);
    };
    check(
        &[],
        &[],
        &expect![[r#"
            []
        "#]],
    );
    check(
        &["tests/Unit/CartTest.php"],
        &[],
        &expect![[r#"
            [tests/Unit/CartTest.php]
        "#]],
    );
    check(
        &["tests"],
        &[],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:Tests\\Feature\\OldTest::.*|Tests\\Unit\\CartTest::.*|group::.*)$/s tests]
        "#]],
    );
    check(
        &["tests/Unit/CartTest.php::group::in (ner)::deep / $lash"],
        &[],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:Tests\\Unit\\CartTest::`group` → `in \(ner\)` → deep \/ \$lash)$/s tests/Unit/CartTest.php]
        "#]],
    );
    check(
        &[
            "tests/Unit/CartTest.php::group",
            r#"tests/Unit/CartTest.php::it has rows[dataset "three"]"#,
        ],
        &["tests/Unit/CartTest.php::group::it adds"],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?!(?:Tests\\Unit\\CartTest::`group` → it adds)$)(?:Tests\\Unit\\CartTest::it has rows|group::.*|Tests\\Unit\\CartTest::`group` → .*|it has rows is invalid.*)$/s tests/Unit/CartTest.php]
        "#]],
    );
    check(
        &[
            "tests/Unit/CartTest.php::it loops $x![it loops a!]",
            r"tests/Feature/OldTest.php::Tests\\Feature\\OldTest::testThrows",
            "tests/Unit/CartTest.php::is new",
        ],
        &[],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:Tests\\Feature\\OldTest::testThrows(?: with data set .*| is invalid.*)?|Tests\\Feature\\OldTest::`Tests\\Feature\\OldTest` → testThrows|Tests\\Unit\\CartTest::(?:is new|`is new` → .*)|Tests\\Unit\\CartTest::it loops a!|it loops \$x! is invalid.*)$/s tests]
        "#]],
    );
    check(
        &["tests/Unit/CartTest.php::it loops $x!"],
        &[],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:Tests\\Unit\\CartTest::it loops .*!)$/s tests/Unit/CartTest.php]
        "#]],
    );
}

fn conclude(events: &str, printed: &str, report: &str, exit: Exit) -> String {
    let site = site();
    let job = job(&[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site);
    let told: usize = events.lines().map(|line| reader.line(line).len()).sum();
    printed.lines().for_each(|line| drop(reader.printed(line)));
    let report = ReportFile { name: "0-junit.xml".into(), bytes: report.into() };
    format!("{told} told\n{}", shown(&reader.conclude(&[report], exit)))
}

#[test]
fn a_run_is_told_by_descriptions_and_sets_of_data() {
    let events = include_str!("captured/teamcity.txt");
    let report = include_str!("captured/junit.xml");
    expect![[r#"
        27 told
        errored tests/Feature/OldTest.php::Tests\\Feature\\OldTest::testThrows
            /w/tests/Feature/OldTest.php:8: LogicException: old
              /w/tests/Feature/OldTest.php:8 
        passed tests/Feature/OldTest.php::Tests\\Feature\\OldTest::test_it_adds
        passed tests/Unit/CartTest.php::expect \[true] → not → toBeEmpty 
        failed tests/Unit/CartTest.php::fails in a helper
            /w/tests/Unit/CartTest.php:3: Failed asserting that 2 is identical to 1.
              /w/tests/Unit/CartTest.php:6 
              /w/tests/Unit/CartTest.php:3 
        failed tests/Unit/CartTest.php::group::in (ner)::deep / $lash
            /w/tests/Unit/CartTest.php:12: Failed asserting that two arrays are identical.
              /w/tests/Unit/CartTest.php:12 
        passed tests/Unit/CartTest.php::group::it adds
        passed tests/Unit/CartTest.php::it adds
        passed tests/Unit/CartTest.php::it has rows[(1)]
        failed tests/Unit/CartTest.php::it has rows[dataset "three"]
            /w/tests/Unit/CartTest.php:19: Failed asserting that 3 is less than 3.
              /w/tests/Unit/CartTest.php:19 
        passed tests/Unit/CartTest.php::it loops $x![it loops a!]
        failed tests/Unit/CartTest.php::it loops $x![it loops b!]
            /w/tests/Unit/CartTest.php:21: Failed asserting that two strings are identical.
              /w/tests/Unit/CartTest.php:21 
        skipped tests/Unit/CartTest.php::later (todo)
        passed tests/Unit/CartTest.php::risky
        skipped tests/Unit/CartTest.php::skips (not today)
        errored tests/Unit/CartTest.php::throws
            /w/tests/Unit/CartTest.php:7: RuntimeException: broken 'x' [y]
              /w/tests/Unit/CartTest.php:7 
    "#]]
    .assert_eq(&conclude(events, "", report, Exit::Code(2)));
}

#[test]
fn without_a_report_a_test_that_no_one_knows_is_called_as_its_method_tells() {
    let events = include_str!("captured/teamcity.txt").replace("it_adds", "it_grew__up_");
    let told = conclude(&events, "", "", Exit::Code(2));
    assert!(told.contains("passed tests/Unit/CartTest.php::it grew_up \n"), "{told}");
    assert!(told.contains("errored tests/Unit/CartTest.php::throws\n"), "{told}");
}

#[test]
fn a_file_that_cannot_be_loaded_is_an_error_at_its_place() {
    let check = |printed: &str, expected: &Expect| {
        expected.assert_eq(&conclude("", printed, "", Exit::Code(1)));
    };
    check(
        "\n  \u{1b}[41;1m ParseError \u{1b}[49;22m\n\n\u{1b}[39;1m  syntax error, unexpected token \"}\"\u{1b}[39;22m\n\n  \
         at \u{1b}[32mtests/Unit/CartTest.php\u{1b}[39m:\u{1b}[32m2\u{1b}[39m\n      1▕ <?php\n",
        &expect![[r#"
            0 told
            errored tests/Unit/CartTest.php
                /w/tests/Unit/CartTest.php:2: syntax error, unexpected token "}"
            warning: no other test ran with it: Pest loads all files first, and tests/Unit/CartTest.php cannot be loaded
        "#]],
    );
    check(
        "\n   Pest\\Exceptions\\TestAlreadyExist \n\n  A test with the description `it adds` already exists in the filename \
         `/app/tests/Unit/CartTest.php`.\n\n",
        &expect![[r#"
            0 told
            errored tests/Unit/CartTest.php
                : A test with the description `it adds` already exists in the filename `/w/tests/Unit/CartTest.php`.
            warning: no other test ran with it: Pest loads all files first, and tests/Unit/CartTest.php cannot be loaded
        "#]],
    );
    check(
        "\n   INFO  Nothing.\n",
        &expect![[r#"
        0 told
        broken: the test process ended before Pest did: exit code 1
    "#]],
    );
}

#[test]
fn what_goes_wrong_before_the_first_test_of_a_file_is_an_error_of_the_file() {
    let suite = r"##teamcity[testSuiteStarted name='P\Tests\Unit\CartTest' locationHint='php_qn:///app/vendor/pestphp/pest/src/Factories/TestCaseFactory.php(169) : eval()|'d code::\P\Tests\Unit\CartTest' flowId='7']";
    let printed = "   FAIL  Tests\\Unit\\CartTest\n  ────\n   FAILED  Tests\\Unit\\CartTest >                             RuntimeException   \n  \
                   no server\n\n  at tests/Unit/CartTest.php:3\n      1▕ <?php\n";
    expect![[r#"
        0 told
        errored tests/Unit/CartTest.php
            /w/tests/Unit/CartTest.php:3: no server
    "#]]
    .assert_eq(&conclude(suite, printed, "", Exit::Code(2)));
    let provider = "  The data provider specified for P\\Tests\\Unit\\CartTest::__pest_evaluable_it_has_rows is invalid\n\
                    A dataset with the name `rows` does not exist.\n\n";
    let whole = format!("{suite}\n##teamcity[testSuiteFinished name='P\\Tests\\Unit\\CartTest']");
    expect![[r#"
        0 told
        errored tests/Unit/CartTest.php::it has rows
            /w/tests/Unit/CartTest.php:19: A dataset with the name `rows` does not exist.
    "#]]
    .assert_eq(&conclude(&whole, provider, "", Exit::Code(0)));
}
