//! What is found in PHP files, which commands run a selection, and what PHPUnit's words come to.

use expect_test::{Expect, expect};

use super::PHPUNIT;
use crate::frameworks::sample::{self, listed, site};
use crate::frameworks::{Exit, Readers};
use crate::model::RunEvent;
use crate::paths::RelPath;
use crate::plan::{Job, ReportFile};

const CART: &str = r#"<?php
namespace Shop\Till;

use PHPUnit\Framework\TestCase;
use PHPUnit\Framework\Attributes\{Group, DataProvider, Test as Checks};

/**
 * @test of nothing
 * @group the till
 */
#[Small]
final class CartTest extends TestCase
{
    public function testAdds(): void {}
    function testBare() {}
    protected function testHelper() {}
    public static function testStatic() {}
    /** @test */
    public function removes(): void {}
    /**
     * @dataProvider rows
     */
    public function testRows(int $n): void {}
    #[Checks, TestDox('x')]
    #[DataProvider('rows')]
    #[Group('it\'s slow'), \PHPUnit\Framework\Attributes\Group(name: "db")]
    public function counts(int $n): void {}
    // @test
    public function nothing(): void {}
    public function testify(): void { new class extends TestCase { public function testInner() {} }; }
}
abstract class Base extends TestCase { public function testInherited() {} }
class Plain { public function testNothing() {} }
class Unfinished extends TestCase { public function testSeen() { $this->
"#;

fn job(selection: &[&str], exclude: &[&str]) -> Job {
    let price = "<?php class PriceTest extends TestCase { function testIsRight() {} }";
    let files = [("shop/tests/CartTest.php", CART), ("shop/tests/deep/PriceTest.php", price)];
    sample::job(&PHPUNIT, "shop", &files, selection, exclude)
}

#[test]
fn tests_are_methods_that_say_so() {
    let job = job(&[], &[]);
    expect![[r#"
        group 12 Shop\Till\CartTest #the till
        test 14 Shop\Till\CartTest > testAdds #the till
        test 15 Shop\Till\CartTest > testBare #the till
        test 17 Shop\Till\CartTest > testStatic #the till
        test 19 Shop\Till\CartTest > removes #the till
        parametrised 23 Shop\Till\CartTest > testRows #the till
        parametrised 27 Shop\Till\CartTest > counts #the till #it's slow #db
        test 30 Shop\Till\CartTest > testify #the till
    "#]]
    .assert_eq(&listed(job.known.in_file(&RelPath::new("shop/tests/CartTest.php"))));
}

/// As `phpunit --list-groups` and `--list-tests` have it.
#[test]
fn groups_are_those_that_phpunit_knows() {
    let text = r#"<?php
use PHPUnit\Framework\TestCase as Base;
use PHPUnit\Framework\Attributes\Group as G, PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\Attributes\{Ticket, Medium as Middling};
use PHPUnit\Framework\Attributes as PU;
use function strlen as Small;

#[Middling]
/** @group ignored beside attributes */
class AliasTest extends Base {
    const SLOW = 'slow';
    #[G('aliased'), g("small " . 'letters')] public function testGroup() {}
    #[Ticket('SHOP-1')] public function testTicket() {}
    #[PU\Group('qualified')] public function testQualified() {}
    #[G(self::SLOW), G('known')] public function testConstant() {}
    #[Group('not imported')] public function testElsewhere() {}
    #[PU\Test] public function byAttribute() {}
    #[TEST, PU\TestWith([1])] public function rows($n) {}
    #[Other\Test] public function notOurs() {}
    /**
     * @test
     */
    #[G('x')] public function attributesDecide() {}
}
"#;
    let annotated = r#"<?php
use PHPUnit\Framework\TestCase as Base;
/**
 * @large
 * @ticket SHOP-2
 */
class AnnotatedTest extends Base {
    /**	@group	tabbed */
    public function testTab() {}
    /** @small */
    public function testSize() {}
}
"#;
    let files = [("tests/AliasTest.php", text), ("tests/AnnotatedTest.php", annotated)];
    let job = sample::job(&PHPUNIT, "", &files, &[], &[]);
    let of = |file: &str| listed(job.known.in_file(&RelPath::new(file)));
    expect![[r#"
        group 10 AliasTest #medium
        test 12 AliasTest > testGroup #medium #aliased #small letters
        test 13 AliasTest > testTicket #medium #SHOP-1
        test 14 AliasTest > testQualified #medium #qualified
        test 15 AliasTest > testConstant #medium #known
        test 16 AliasTest > testElsewhere #medium
        test 17 AliasTest > byAttribute #medium
        parametrised 18 AliasTest > rows #medium
    "#]]
    .assert_eq(&of("tests/AliasTest.php"));
    expect![[r#"
        group 7 AnnotatedTest #large #SHOP-2
        test 9 AnnotatedTest > testTab #large #SHOP-2 #tabbed
        test 11 AnnotatedTest > testSize #large #SHOP-2 #small
    "#]]
    .assert_eq(&of("tests/AnnotatedTest.php"));
}

/// PHPUnit runs one class of a file, and what that has from others.
#[test]
fn a_class_has_the_tests_of_its_traits_and_of_what_it_extends() {
    let files = [
        (
            "tests/Base.php",
            "<?php namespace Shop\\Tests;
            use PHPUnit\\Framework\\TestCase;
            abstract class Base extends TestCase { use Deep\\Checks; function testBase() {} function testBoth() {} }",
        ),
        (
            "tests/Deep/Checks.php",
            "<?php namespace Shop\\Tests\\Deep; use PHPUnit\\Framework\\Attributes\\Group;
            trait Checks { #[Group('traits')] function testTrait() {} private function testNot() {} }",
        ),
        (
            "tests/Unit/CartTest.php",
            "<?php
namespace Shop\\Tests\\Unit;
use Shop\\Tests\\Base as Cases;
class HelperTest extends Cases { function testHelper() {} }
trait Own { /** @dataProvider rows */ function testRows($n) {} }
if (true) {
    class CartTest extends Cases {
        use Own;
        static function testStatic() {}
        function testBoth() {}
    }
}",
        ),
        ("tests/Unit/OtherTest.php", "<?php class Unlike extends TestCase { function testIt() {} }"),
    ];
    let job = sample::job(&PHPUNIT, "", &files, &[], &[]);
    let of = |file: &str| listed(job.known.in_file(&RelPath::new(file)));
    expect![[r#"
        group 7 Shop\Tests\Unit\CartTest
        test 9 Shop\Tests\Unit\CartTest > testStatic
        test 10 Shop\Tests\Unit\CartTest > testBoth
        parametrised 7 Shop\Tests\Unit\CartTest > testRows
        test 7 Shop\Tests\Unit\CartTest > testBase
        test 7 Shop\Tests\Unit\CartTest > testTrait #traits
    "#]]
    .assert_eq(&of("tests/Unit/CartTest.php"));
    assert_eq!(of("tests/Unit/OtherTest.php"), "");
    assert_eq!(of("tests/Base.php"), "");
}

#[test]
fn a_selection_is_a_file_or_a_pattern_of_names() {
    let check = |chosen: &[&str], out: &[&str], expected: &Expect| {
        let job = job(chosen, out);
        let invocation = job.suite.framework.invocation(&job, &site());
        // What follows the report's path.
        let steps = invocation.steps.iter().map(|step| format!("[{}]\n", step[2..].join(" ")));
        expected.assert_eq(&steps.collect::<String>());
    };
    let of = |names: &str| format!(r"shop/tests/CartTest.php::Shop\\Till\\CartTest{names}");
    check(
        &[],
        &[],
        &expect![[r#"
            []
        "#]],
    );
    check(
        &["shop/tests/CartTest.php"],
        &[],
        &expect![[r#"
            [tests/CartTest.php]
        "#]],
    );
    check(
        &[&of("::testAdds"), &of(r#"::testRows["a/b \[1]"]"#)],
        &[],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:Shop\\Till\\CartTest::testAdds(?: with data set .*| is invalid.*)?|Shop\\Till\\CartTest::testRows is invalid.*|Shop\\Till\\CartTest::testRows with data set "a\/b \\\[1\]")$/s tests/CartTest.php]
        "#]],
    );
    check(
        &[&of("")],
        &[&of("::testAdds")],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?!(?:Shop\\Till\\CartTest::testAdds(?: with data set .*| is invalid.*)?)$)(?:Shop\\Till\\CartTest::.*)$/s tests/CartTest.php]
        "#]],
    );
    check(
        &[&of("::testRows[#0]"), "shop/tests/deep"],
        &[],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:PriceTest::.*|Shop\\Till\\CartTest::testRows is invalid.*|Shop\\Till\\CartTest::testRows with data set \#0)$/s tests]
        "#]],
    );
    check(
        &["shop/tests/NewTest.php", "shop/tests/deep"],
        &[],
        &expect![[r#"
            [tests/NewTest.php]
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:PriceTest::.*)$/s tests/deep/PriceTest.php]
        "#]],
    );
    check(
        &[],
        &[&of("::testAdds"), "shop/tests/deep"],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?!(?:Shop\\Till\\CartTest::testAdds(?: with data set .*| is invalid.*)?)$)(?:Shop\\Till\\CartTest::.*)$/s tests/CartTest.php]
        "#]],
    );
    check(
        &["shop/tests/deep"],
        &["shop/tests"],
        &expect![[r#"
            [--filter=/(?!)/]
        "#]],
    );
}

#[test]
fn a_folder_with_files_in_which_nothing_was_found_is_told_as_one() {
    let files = [
        ("tests/CartTest.php", "<?php class CartTest extends TestCase { function testAdds() {} }"),
        ("tests/Sub/P1Test.php", "<?php class P1Test extends TestCase { function testOne() {} }"),
        ("tests/Sub/P2Test.php", "<?php class P2Test extends BaseCase {}"),
        ("tests/Sub/Deep/P3Test.php", "<?php class P3Test extends Base { function testIt() {} }"),
    ];
    let check = |chosen: &[&str], out: &[&str], expected: &Expect| {
        let job = sample::job(&PHPUNIT, "", &files, chosen, out);
        let steps = job.suite.framework.invocation(&job, &site()).steps;
        let steps = steps.iter().map(|step| format!("[{}]\n", step[2..].join(" ")));
        expected.assert_eq(&steps.collect::<String>());
    };
    check(
        &["tests/Sub", "tests/Sub/Deep", "tests/CartTest.php", "tests/Sub/P2Test.php"],
        &[],
        &expect![[r#"
            [tests/Sub]
            [tests/CartTest.php]
        "#]],
    );
    check(
        &["tests/Sub/Deep"],
        &[],
        &expect![[r#"
        [tests/Sub/Deep/P3Test.php]
    "#]],
    );
    check(
        &["tests/Sub"],
        &["tests/Sub/Deep"],
        &expect![[r#"
            [tests/Sub/P2Test.php]
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:P1Test::.*)$/s tests/Sub/P1Test.php]
        "#]],
    );
}

#[test]
fn long_selections_are_divided() {
    let id = |n: usize| format!("shop/tests/CartTest.php::CartTest::testNumber{n}");
    let ids: Vec<String> = (0..3000).map(id).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let job = job(&ids, &[]);
    let invocation = job.suite.framework.invocation(&job, &site());
    assert!(invocation.steps.len() > 1);
    assert!(invocation.steps.iter().flatten().all(|word| word.len() < 20 * 1024));
    let words = invocation.steps.iter().flatten();
    assert_eq!(words.map(|word| word.matches("CartTest::").count()).sum::<usize>(), 3000);
}

fn conclude(events: &str, printed: &str, report: &str, exit: Exit) -> String {
    let site = site();
    let job = job(&[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site);
    let told: usize = events.lines().map(|line| reader.line(line).len()).sum();
    printed.lines().for_each(|line| drop(reader.printed(line)));
    let report = ReportFile { name: "0-phpunit.xml".into(), bytes: report.into() };
    let conclusion = reader.conclude(&[report], exit);
    format!("{told} told\n{}", sample::shown(&conclusion))
}

const HINT: &str = r"locationHint='php_qn:///app/shop/tests/CartTest.php::\Shop\Till\CartTest";

fn test(name: &str, between: &str) -> String {
    format!(
        "##teamcity[testStarted name='{name}' {HINT}::{name}' flowId='1']\n{between}\n\
         ##teamcity[testFinished name='{name}' duration='7' flowId='1']\n"
    )
}

fn class(tests: &str) -> String {
    format!(
        "##teamcity[testSuiteStarted name='Shop\\Till\\CartTest' {HINT}' flowId='1']\n{tests}\
         ##teamcity[testSuiteFinished name='Shop\\Till\\CartTest' flowId='1']\n"
    )
}

fn reported(name: &str, status: &str) -> String {
    format!(
        r#"<testcase name="{name}" class="Shop\Till\CartTest" classname="Shop.Till.CartTest">{status}</testcase>"#
    )
}

fn whole(cases: &[String]) -> String {
    format!("<testsuites><testsuite name='x'>{}</testsuite></testsuites>", cases.concat())
}

#[test]
fn errors_are_told_from_failures_by_the_report() {
    let failed = |name: &str, line: u32| {
        let failed = format!(
            "##teamcity[testFailed name='{name}' message='it |'was|'' details='/app/shop/src/Cart.php:3|n/app/shop/tests/CartTest.php:{line}|n' duration='1']"
        );
        test(name, &failed)
    };
    let events = class(
        &[failed("testAdds", 9), failed("testRows with data set \"a b\"", 18), test("removes", "")]
            .concat(),
    );
    let report = [
        reported("testAdds", "<failure>F</failure>"),
        reported("testRows with data set &quot;a b&quot;", "<error type='E'>E</error>"),
        reported("removes", ""),
    ];
    expect![[r#"
        6 told
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::removes
        failed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
            /w/shop/tests/CartTest.php:9: it 'was'
              /w/shop/tests/CartTest.php:9 
              /w/shop/src/Cart.php:3 
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows["a b"]
            /w/shop/tests/CartTest.php:18: it 'was'
              /w/shop/tests/CartTest.php:18 
              /w/shop/src/Cart.php:3 
    "#]]
    .assert_eq(&conclude(&events, "", &whole(&report), Exit::Code(2)));
}

/// What PHPUnit 11.5 told of `captured/VerdictsTest.php`.
fn verdicts(settings: &str, args: &[&str], report: &str) -> String {
    let files = [
        ("phpunit.xml", settings),
        ("tests/VerdictsTest.php", include_str!("captured/VerdictsTest.php")),
    ];
    let args = args.iter().map(|&word| word.to_owned()).collect();
    let job = Job { args, ..sample::job(&PHPUNIT, "", &files, &[], &[]) };
    let mut reader = job.suite.framework.reader(&job, &site());
    let mut live = String::new();
    for line in include_str!("captured/teamcity.txt").lines() {
        for event in reader.line(line) {
            if let RunEvent::TestFinished(result) = event {
                live += &format!("{} {}\n", result.outcome.as_str(), result.id.names[1]);
            }
        }
    }
    let report = ReportFile { name: "0-phpunit.xml".into(), bytes: report.into() };
    let concluded = reader.conclude(&[report], Exit::Code(2));
    format!("{live}\n{}", sample::shown(&concluded))
}

const VERDICTS: &str = include_str!("captured/junit.xml");

#[test]
fn what_has_no_place_is_a_failure_unless_the_report_has_none() {
    let told = verdicts("<phpunit/>", &[], VERDICTS);
    expect![[r#"
        failed testThrowsNothing
        failed testThrowsAnother
        failed testSaysAnother
        failed testCallsNobody
        failed testPrintsAnother
        failed testFails
        errored testErrs
        passed testIsRisky
        passed testPasses

        failed tests/VerdictsTest.php::VerdictsTest::testCallsNobody
            /w/tests/VerdictsTest.php:9: Expectation failed for method name is "send" when invoked 1 time.⏎Method was expected to be called 1 time, actually called 0 times.
        errored tests/VerdictsTest.php::VerdictsTest::testErrs
            /w/tests/VerdictsTest.php:12: RuntimeException: x
              /w/tests/VerdictsTest.php:12 
        failed tests/VerdictsTest.php::VerdictsTest::testFails
            /w/tests/VerdictsTest.php:11: Failed asserting that 2 is identical to 1.
              /w/tests/VerdictsTest.php:11 
        passed tests/VerdictsTest.php::VerdictsTest::testIsRisky
        passed tests/VerdictsTest.php::VerdictsTest::testPasses
        failed tests/VerdictsTest.php::VerdictsTest::testPrintsAnother
            /w/tests/VerdictsTest.php:10: Failed asserting that two strings are identical.
        failed tests/VerdictsTest.php::VerdictsTest::testSaysAnother
            /w/tests/VerdictsTest.php:8: Failed asserting that exception message 'x' contains 'foo'.
        failed tests/VerdictsTest.php::VerdictsTest::testThrowsAnother
            /w/tests/VerdictsTest.php:7: Failed asserting that exception of type "RuntimeException" matches expected exception "LogicException". Message was: "x" at⏎/w/tests/VerdictsTest.php:7⏎.
        failed tests/VerdictsTest.php::VerdictsTest::testThrowsNothing
            /w/tests/VerdictsTest.php:6: Failed asserting that exception of type "LogicException" is thrown.
    "#]].assert_eq(&told);
    assert_eq!(told, verdicts("<phpunit/>", &[], ""), "the report of a run that dies is missing");
}

#[test]
fn a_failure_has_the_difference_that_phpunit_shows() {
    let details = |report: &str| {
        let job = sample::job(
            &PHPUNIT,
            "",
            &[("tests/VerdictsTest.php", include_str!("captured/VerdictsTest.php"))],
            &[],
            &[],
        );
        let mut reader = job.suite.framework.reader(&job, &site());
        include_str!("captured/teamcity.txt").lines().for_each(|line| drop(reader.line(line)));
        let report = ReportFile { name: "0-phpunit.xml".into(), bytes: report.into() };
        let results = reader.conclude(&[report], Exit::Code(2)).results;
        let failures = results.into_iter().flat_map(|it| it.failures);
        failures.map(|it| it.detail.trim().to_owned() + "\n\n").collect::<String>()
    };
    expect![[r#"
        Expectation failed for method name is "send" when invoked 1 time.
        Method was expected to be called 1 time, actually called 0 times.

        RuntimeException: x

        /w/tests/VerdictsTest.php:12

        Failed asserting that 2 is identical to 1.

        /w/tests/VerdictsTest.php:11

        Failed asserting that two strings are identical.
        --- Expected
        +++ Actual
        @@ @@
        -'foo'
        +'bar'

        Failed asserting that exception message 'x' contains 'foo'.

        Failed asserting that exception of type "RuntimeException" matches expected exception "LogicException". Message was: "x" at
        /w/tests/VerdictsTest.php:7
        .

        Failed asserting that exception of type "LogicException" is thrown.

    "#]].assert_eq(&details(VERDICTS));
    assert!(!details("").contains("+++ Actual"));
}

/// PHPUnit 9 writes what a test prints among its messages.
#[test]
fn what_a_test_prints_is_no_outcome_where_the_report_is_whole() {
    let failed = "##teamcity[testFailed name='testAdds' message='no' details='/app/shop/tests/CartTest.php:14|n']";
    let ignored = "##teamcity[testIgnored name='ghost' message='m']";
    let finished = "##teamcity[testFinished name='testRows with data set #0' duration='0']";
    let rival = format!("##teamcity[testStarted name='testBare' {HINT}::testBare']");
    let events = class(
        &[
            test("testAdds", failed),
            test("testRows with data set #0", &format!("{finished}\n{ignored}")),
            test("removes", &format!("{rival}\n##teamcity[testSuiteStarted name='ghosts']")),
            test("testStatic", "##teamcity[testIgnored name='testStatic' message='m']"),
        ]
        .concat(),
    );
    let rows = "testRows with data set #0";
    let failure = "<failure type='F'>Shop\\Till\\CartTest::removes\nno two\n\n/app/shop/tests/CartTest.php:20</failure>";
    let cases = [
        reported("testAdds", ""),
        reported(rows, ""),
        reported("removes", failure),
        reported("testStatic", ""),
    ];
    expect![[r#"
        11 told
        failed shop/tests/CartTest.php::Shop\\Till\\CartTest::removes
            /w/shop/tests/CartTest.php:20: no two
              /w/shop/tests/CartTest.php:20 
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows[#0]
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testStatic
    "#]]
    .assert_eq(&conclude(&events, "", &whole(&cases), Exit::Code(1)));
    let cut = whole(&cases).replace("</testsuites>", "");
    let told = conclude(&events, "", &cut, Exit::Code(1));
    assert!(told.contains("ghost"), "{told}");
}

#[test]
fn a_skip_and_a_name_that_the_report_has_not_are_kept() {
    let skipped = "##teamcity[testIgnored name='testBare' message='needs PHP 9' duration='0']\n";
    let other = test("testRows with data set \"a?\"", "");
    let report = whole(&[reported("testRows with data set &quot;a&quot;", "")]);
    expect![[r#"
        4 told
        skipped shop/tests/CartTest.php::Shop\\Till\\CartTest::testBare (needs PHP 9)
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows["a?"]
    "#]]
    .assert_eq(&conclude(&class(&[skipped, &other].concat()), "", &report, Exit::Code(0)));
    let twice = [reported("testAdds", "<failure>x\nno</failure>"), reported("testAdds", "")];
    let told = conclude(&class(&test("testAdds", "")), "", &whole(&twice), Exit::Code(1));
    assert!(told.contains("failed shop/tests/CartTest.php"), "{told}");
}

/// As PHPUnit 9.6 reports them: without their classes.
#[test]
fn a_test_whose_provider_has_no_data_is_in_the_report() {
    let own = "PHPUnit/Framework/SkippedTestCase.php::\\PHPUnit\\Framework\\SkippedTestCase";
    let name = "Shop\\Till\\CartTest::testRows";
    let events = class(&format!(
        "##teamcity[testStarted name='{name}' locationHint='php_qn:///usr/{own}::{name}']\n\
         ##teamcity[testIgnored name='{name}' message='not today' details=' ']\n##teamcity[testFinished name='{name}']\n\
         ##teamcity[testStarted name='Error' locationHint='php_qn:///usr/x.php::\\PHPUnit\\Framework\\ErrorTestCase::Error']\n\
         ##teamcity[testFailed name='Error' message='The data provider specified for Shop\\Till\\CartTest::counts is invalid.|nE: no|n' details=' ']\n\
         ##teamcity[testFinished name='Error']\n"
    ));
    let report = format!(
        "<testsuites><testsuite><testcase name='{name}'><skipped/></testcase><testcase name='Error'><error>Error\n\
         The data provider specified for Shop\\Till\\CartTest::counts is invalid.\nE: no</error></testcase></testsuite></testsuites>"
    );
    expect![[r#"
        3 told
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::counts
            /w/shop/tests/CartTest.php:27: E: no
        skipped shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows (not today)
    "#]]
    .assert_eq(&conclude(&events, "", &report, Exit::Code(2)));
}

#[test]
fn a_tool_that_is_not_there_is_tried_without_a_word() {
    let job = job(&[], &[]);
    let candidates = job.suite.framework.invocation(&job, &site()).candidates;
    let own = &candidates[0];
    assert_eq!(own.tool(), "/app/shop/vendor/bin/phpunit");
    // The shell would say so itself.
    assert!(own.argv[2].starts_with("command -v \"$1\" >/dev/null"), "{:?}", own.argv);
}

#[test]
fn what_is_risky_is_a_failure_where_phpunit_is_told_so() {
    let is_failure = |settings: &str, args: &[&str]| {
        let told = verdicts(settings, args, VERDICTS);
        told.contains("failed tests/VerdictsTest.php::VerdictsTest::testIsRisky")
    };
    assert!(!is_failure("<phpunit colors='true'/>", &[]));
    assert!(!is_failure("<phpunit failOnRisky='false' failOnWarning='true'/>", &[]));
    assert!(is_failure("<phpunit\n  failOnRisky=\"true\">", &[]));
    assert!(is_failure("<phpunit failOnAllIssues='true'>", &[]));
    assert!(is_failure("<phpunit/>", &["--fail-on-risky"]));
}

#[test]
fn what_is_risky_is_bad_where_nothing_else_explains_the_exit() {
    let risky = "##teamcity[testFailed name='testAdds' message='This test did not perform any assertions' details='' duration='0']";
    let events = class(&test("testAdds", risky));
    expect![[r#"
        2 told
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
    "#]]
    .assert_eq(&conclude(&events, "", "", Exit::Code(0)));
    expect![[r#"
        2 told
        failed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
            /w/shop/tests/CartTest.php:14: This test did not perform any assertions
    "#]]
    .assert_eq(&conclude(&events, "", "", Exit::Code(1)));
    let of_phpunit_9 = r#"<testsuite name="x"><testcase name="testAdds" class="Shop\Till\CartTest"
        classname="Shop.Till.CartTest"><error type="PHPUnit\Framework\RiskyTestError">no assertions</error></testcase></testsuite>"#;
    expect![[r#"
        2 told
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
    "#]]
    .assert_eq(&conclude(&events, "", of_phpunit_9, Exit::Code(0)));
    let in_other_words = events
        .replace("This test did not perform any assertions", "Execution aborted after 1 second");
    let told = conclude(&in_other_words, "", of_phpunit_9, Exit::Code(0));
    assert!(told.contains("passed shop/tests/CartTest.php"), "{told}");
}

#[test]
fn a_file_without_tests_is_an_error_where_phpunit_makes_it_one() {
    let warnings = "There were 2 PHPUnit test runner warnings:

1) Class CartTest cannot be found in /app/shop/tests/CartTest.php

2) No tests found in class \"EmptyTest\".

--
1) Class CartTest cannot be found in /app/shop/tests/CartTest.php
";
    expect![[r#"
        2 told
        errored shop/tests/CartTest.php
            /w/shop/tests/CartTest.php:1: Class CartTest cannot be found in /w/shop/tests/CartTest.php
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
        warning: No tests found in class "EmptyTest".
    "#]]
    .assert_eq(&conclude(&class(&test("testAdds", "")), warnings, "", Exit::Code(1)));
    expect![[r#"
        2 told
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
        warning: Class CartTest cannot be found in /w/shop/tests/CartTest.php
        warning: No tests found in class "EmptyTest".
    "#]]
    .assert_eq(&conclude(&class(&test("testAdds", "")), warnings, "", Exit::Code(0)));
    // It is no error of PHPUnit's own count, where a test explains the end.
    let failed = "##teamcity[testFailed name='testAdds' message='no' details='/app/shop/tests/CartTest.php:15|n']\n";
    expect![[r#"
        2 told
        failed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
            /w/shop/tests/CartTest.php:15: no
              /w/shop/tests/CartTest.php:15 
        warning: Class CartTest cannot be found in /w/shop/tests/CartTest.php
        warning: No tests found in class "EmptyTest".
    "#]]
    .assert_eq(&conclude(&class(&test("testAdds", failed)), warnings, "", Exit::Code(1)));
}

#[test]
fn several_places_are_told_where_phpunit_takes_them() {
    let test =
        |class: &str| format!("<?php class {class} extends TestCase {{ function testA() {{}} }}");
    let (a, b, c) = (test("ATest"), test("BTest"), test("CTest"));
    let check = |asked: &str, chosen: &[&str], expected: &Expect| {
        let manifest = format!(r#"{{"require-dev": {{"phpunit/phpunit": "{asked}"}}}}"#);
        let files = [
            ("composer.json", manifest.as_str()),
            ("tests/Unit/ATest.php", a.as_str()),
            ("tests/Unit/BTest.php", b.as_str()),
            ("tests/Whole/CTest.php", c.as_str()),
        ];
        let job = sample::job(&PHPUNIT, "", &files, chosen, &[]);
        let steps = job.suite.framework.invocation(&job, &site()).steps;
        let steps = steps.iter().map(|step| format!("[{}]\n", step[2..].join(" ")));
        expected.assert_eq(&steps.collect::<String>());
    };
    let two = ["tests/Unit/ATest.php::ATest::testA", "tests/Whole/CTest.php::CTest::testA"];
    check(
        "^11.5",
        &two,
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:ATest::testA(?: with data set .*| is invalid.*)?|CTest::testA(?: with data set .*| is invalid.*)?)$/s tests/Unit/ATest.php tests/Whole/CTest.php]
        "#]],
    );
    check(
        "^9.6",
        &two,
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:ATest::testA(?: with data set .*| is invalid.*)?|CTest::testA(?: with data set .*| is invalid.*)?)$/s tests]
        "#]],
    );
    check(
        "^11.5",
        &["tests/Unit"],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:ATest::.*|BTest::.*)$/s tests/Unit/ATest.php tests/Unit/BTest.php]
        "#]],
    );
    check(
        "^9.6",
        &["tests/Unit"],
        &expect![[r#"
            [--filter=/^(?:The data provider specified for |PHPUnit\\Framework\\(?:Skipped|Incomplete)TestCase::)?(?:ATest::.*|BTest::.*)$/s tests/Unit]
        "#]],
    );
}

#[test]
fn what_keeps_tests_from_running_is_an_error_at_its_place() {
    let class_failed = class(
        "##teamcity[testFailed name='Shop\\Till\\CartTest' message='not set up' details='/app/shop/tests/CartTest.php:11|n']\n\
         ##teamcity[testSuiteFinished name='Shop\\Till\\CartTest' message='not set up' details='x']\n",
    );
    expect![[r#"
        1 told
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest
            /w/shop/tests/CartTest.php:11: not set up
              /w/shop/tests/CartTest.php:11 
    "#]]
    .assert_eq(&conclude(&class_failed, "", "", Exit::Code(2)));
    let provider = "1) Shop\\Till\\CartTest::testRows
The data provider specified for Shop\\Till\\CartTest::testRows is invalid
no rows

/app/shop/tests/CartTest.php:18
";
    expect![[r#"
        2 told
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows
            /w/shop/tests/CartTest.php:18: no rows
              /w/shop/tests/CartTest.php:18 
    "#]]
    .assert_eq(&conclude(&class(&test("testAdds", "")), provider, "", Exit::Code(2)));
    let inside = "An error occurred inside PHPUnit.

Message:  syntax error, unexpected token \";\"
Location: /app/shop/tests/CartTest.php:11
";
    expect![[r#"
        0 told
        errored shop/tests/CartTest.php
            /w/shop/tests/CartTest.php:11: syntax error, unexpected token ";"
        warning: no other test ran with it: PHPUnit loads all files first, and shop/tests/CartTest.php cannot be loaded
    "#]]
    .assert_eq(&conclude("", inside, "", Exit::Code(255)));
    let parse =
        "PHP Parse error:  syntax error, unexpected ';' in /app/shop/tests/CartTest.php on line 12";
    expect![[r#"
        0 told
        errored shop/tests/CartTest.php
            /w/shop/tests/CartTest.php:12: syntax error, unexpected ';'
        warning: no other test ran with it: PHPUnit loads all files first, and shop/tests/CartTest.php cannot be loaded
    "#]]
    .assert_eq(&conclude("", parse, "", Exit::Code(255)));
}

/// As PHPUnit 13.4 says it, which names the provider too.
#[test]
fn an_invalid_provider_is_an_error_of_its_test() {
    let printed = "There was 1 PHPUnit error:

1) Shop\\Till\\CartTest::testRows
The data provider Shop\\Till\\CartTest::rows specified for Shop\\Till\\CartTest::testRows is invalid
no rows

/app/shop/tests/CartTest.php:18

No tests executed!
";
    expect![[r#"
        0 told
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows
            /w/shop/tests/CartTest.php:18: no rows
              /w/shop/tests/CartTest.php:18 
    "#]]
    .assert_eq(&conclude("", printed, "", Exit::Code(2)));
}

/// As PHPUnit 9.6 tells it: as of a test of its own, which it lists as an error of no class.
#[test]
fn an_invalid_provider_of_phpunit_9_is_an_error_of_its_test() {
    let message = "The data provider specified for Shop\\Till\\CartTest::testRows is invalid.|nLogicException: no rows|n/app/shop/tests/CartTest.php:18|n";
    let error = "locationHint='php_qn:///usr/share/php/PHPUnit/Framework/ErrorTestCase.php::\\PHPUnit\\Framework\\ErrorTestCase::Error'";
    let events = class(&format!(
        "##teamcity[testStarted name='Error' {error}]\n##teamcity[testFailed name='Error' message='{message}' details=' ' duration='0']\n\
         ##teamcity[testFinished name='Error' duration='0']\n"
    ));
    let printed = "There was 1 error:

1) Error
The data provider specified for Shop\\Till\\CartTest::testRows is invalid.
LogicException: no rows
/app/shop/tests/CartTest.php:18

ERRORS!
";
    expect![[r#"
        1 told
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows
            /w/shop/tests/CartTest.php:18: LogicException: no rows
              /w/shop/tests/CartTest.php:18 
    "#]]
    .assert_eq(&conclude(&events, printed, "", Exit::Code(2)));
}

/// PHPUnit 9.6 takes what is called so here for the name of a test whose provider throws or skips.
#[test]
fn a_test_whose_provider_fails_is_chosen_by_its_name() {
    let invalid =
        "The data provider specified for Shop\\Till\\CartTest::testRows is invalid.\nE: no";
    let skipped = r"PHPUnit\Framework\SkippedTestCase::Shop\Till\CartTest::testRows";
    let chooses = |chosen: &str, out: &[&str], name: &str| {
        let of = |names: &str| format!(r"shop/tests/CartTest.php::Shop\\Till\\CartTest{names}");
        let out: Vec<String> = out.iter().map(|names| of(names)).collect();
        let out: Vec<&str> = out.iter().map(String::as_str).collect();
        let job = job(&[&of(chosen)], &out);
        let steps = job.suite.framework.invocation(&job, &site()).steps;
        let filter = steps[0].iter().find_map(|word| word.strip_prefix("--filter=")).unwrap();
        // Rust's expressions do not look ahead.
        let (out, names) = match filter.split_once("(?!(?:") {
            Some((start, rest)) => {
                let (out, names) = rest.split_once(")$)").unwrap();
                (format!("{start}(?:{out})$/s"), format!("{start}{names}"))
            }
            None => ("/a^/s".to_owned(), filter.to_owned()),
        };
        let is_match = |pattern: &str| {
            let pattern = pattern.strip_prefix('/').unwrap().strip_suffix("/s").unwrap();
            regex::Regex::new(&format!("(?s){pattern}")).unwrap().is_match(name)
        };
        is_match(&names) && !is_match(&out)
    };
    for name in [invalid, skipped] {
        assert!(chooses("::testRows", &[], name), "{name}");
        assert!(chooses("", &[], name), "{name}");
        assert!(chooses("", &["::testAdds"], name), "{name}");
        assert!(!chooses("", &["::testRows"], name), "{name}");
        assert!(!chooses("::testRow", &[], name), "{name}");
        assert!(!chooses("::testAdds", &[], name), "{name}");
    }
    assert!(chooses("::testRows[#0]", &[], invalid));
    assert!(chooses("", &["::testRows[#0]"], invalid));
    assert!(!chooses("::testRows[#0]", &[], r"Shop\Till\CartTest::testRows with data set #1"));
}

/// As PHPUnit 9.6 tells it: as a test of a class of its own.
#[test]
fn a_test_whose_provider_skips_it_is_skipped() {
    let hint = "locationHint='php_qn:///usr/share/php/PHPUnit/Framework/SkippedTestCase.php::\\PHPUnit\\Framework\\SkippedTestCase::Shop\\Till\\CartTest::testRows'";
    let name = "name='Shop\\Till\\CartTest::testRows'";
    let events = class(&format!(
        "##teamcity[testStarted {name} {hint}]\n##teamcity[testIgnored {name} message='not today' details=' ' duration='0']\n\
         ##teamcity[testFinished {name} duration='0']\n"
    ));
    expect![[r#"
        2 told
        skipped shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows (not today)
    "#]]
    .assert_eq(&conclude(&events, "", "", Exit::Code(0)));
}

#[test]
fn a_file_without_a_class_of_its_name_is_an_error_of_the_file() {
    let printed = "Class CartTest cannot be found in /app/shop/tests/CartTest.php\n";
    expect![[r#"
        0 told
        errored shop/tests/CartTest.php
            /w/shop/tests/CartTest.php:1: Class CartTest cannot be found in /w/shop/tests/CartTest.php
        warning: no other test ran with it: PHPUnit loads all files first, and shop/tests/CartTest.php cannot be loaded
    "#]].assert_eq(&conclude("", printed, "", Exit::Code(1)));
}

#[test]
fn a_test_that_is_kept_from_beginning_has_its_verdict() {
    let rows = format!("##teamcity[testSuiteStarted name='testRows' {HINT}::testRows' flowId='1']");
    let tests = format!(
        "##teamcity[testFailed name='testAdds' message='E: not set up' details='/app/shop/tests/CartTest.php:11|n' duration='0']\n\
         ##teamcity[testIgnored name='testBare' message='needs PHP 9' duration='0']\n{rows}\n\
         ##teamcity[testIgnored name='testRows with data set #0' message='not today' duration='0']\n\
         ##teamcity[testSuiteFinished name='testRows' flowId='1']\n{}",
        test("removes", ""),
    );
    let skipped = |name: &str| reported(name, "<skipped/>");
    let report = whole(&[
        reported("testAdds", "<error type='E'>E</error>"),
        skipped("testBare"),
        skipped("testRows with data set #0"),
        reported("removes", ""),
    ]);
    expect![[r#"
        8 told
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::removes
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
            /w/shop/tests/CartTest.php:11: E: not set up
              /w/shop/tests/CartTest.php:11 
        skipped shop/tests/CartTest.php::Shop\\Till\\CartTest::testBare (needs PHP 9)
        skipped shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows[#0] (not today)
    "#]]
    .assert_eq(&conclude(&class(&tests), "", &report, Exit::Code(2)));
}

#[test]
fn a_class_that_is_skipped_is_told_as_one_and_the_run_is_whole() {
    let events = format!(
        "##teamcity[testSuiteStarted name='all' flowId='1']\n\
         ##teamcity[testSuiteStarted name='Shop\\Till\\CartTest' {HINT}' flowId='1']\n\
         ##teamcity[testIgnored name='Shop\\Till\\CartTest' message='no server' duration='5']\n\
         ##teamcity[testSuiteFinished name='Shop\\Till\\CartTest' message='no server' duration='5']\n\
         ##teamcity[testSuiteFinished name='all' flowId='1']\n"
    );
    expect![[r#"
        1 told
        skipped shop/tests/CartTest.php::Shop\\Till\\CartTest (no server)
    "#]]
    .assert_eq(&conclude(&events, "", "", Exit::Code(0)));
}

/// As PHPUnit 11.5 tells of a class that inherits from `vendor`, of which nothing is known.
#[test]
fn a_test_that_is_inherited_from_elsewhere_is_one_of_its_class() {
    let site = site();
    let text = "<?php final class DerivedTest extends BaseCase {}";
    let job = sample::job(&PHPUNIT, "", &[("tests/DerivedTest.php", text)], &[], &[]);
    let check = |base: &str| {
        let test = |name: &str| {
            let hint = format!("locationHint='php_qn://{base}::\\DerivedTest::{name}'");
            format!(
                "##teamcity[testStarted name='{name}' {hint}]\n##teamcity[testFinished name='{name}' duration='1']\n"
            )
        };
        let events = format!(
            "##teamcity[testSuiteStarted name='DerivedTest' locationHint='php_qn:///app/tests/DerivedTest.php::\\DerivedTest']\n{}\
             ##teamcity[testSuiteStarted name='testRows' locationHint='php_qn://{base}::\\DerivedTest::testRows']\n{}\
             ##teamcity[testSuiteFinished name='testRows']\n##teamcity[testSuiteFinished name='DerivedTest']\n",
            test("testInherited"),
            test("testRows with data set #0"),
        );
        let mut reader = job.suite.framework.reader(&job, &site);
        events.lines().for_each(|line| drop(reader.line(line)));
        expect![[r#"
            passed tests/DerivedTest.php::DerivedTest::testInherited
            passed tests/DerivedTest.php::DerivedTest::testRows[#0]
        "#]]
        .assert_eq(&sample::shown(&reader.conclude(&[], Exit::Code(0))));
    };
    // Of the image's own, and of what it has installed in the workspace.
    ["/opt/lib/BaseCase.php", "/app/vendor/acme/BaseCase.php"].into_iter().for_each(check);
}

#[test]
fn a_process_that_dies_is_an_error_of_the_test_that_ran() {
    let whole = class(&[test("testAdds", ""), test("testRows with data set #0", "")].concat());
    let cut: String = whole.lines().take(5).map(|line| format!("{line}\n")).collect();
    let fatal = "PHP Fatal error:  Uncaught Error: Call to undefined function gone() in /app/shop/tests/CartTest.php:17";
    expect![[r#"
        3 told
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows[#0]
            /w/shop/tests/CartTest.php:17: Error: Call to undefined function gone()
              /w/shop/tests/CartTest.php:17 
        broken: the test process ended before PHPUnit did: exit code 255
    "#]]
    .assert_eq(&conclude(&cut, fatal, "", Exit::Code(255)));
    expect![[r#"
        3 told
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows[#0]
            /w/shop/tests/CartTest.php:23: the process ended while it ran: killed by signal 9
        broken: the test process ended before PHPUnit did: killed by signal 9
    "#]]
    .assert_eq(&conclude(&cut, "", "", Exit::Signal(9)));
    expect![[r#"
        0 told
        broken: the test process ended before PHPUnit did: exit code 1
    "#]]
    .assert_eq(&conclude("", "", "", Exit::Code(1)));
}

#[test]
fn one_of_several_commands_that_ends_too_soon_is_not_taken_for_the_others_success() {
    let conclude = |first: &str, exit: Exit| {
        let mut readers = Readers::new(|| {
            let job = job(&[], &[]);
            job.suite.framework.reader(&job, &site())
        });
        readers.ended(exit);
        first.lines().for_each(|line| drop(readers.printed(line)));
        readers.printed_all();
        class(&test("testAdds", "")).lines().for_each(|line| drop(readers.line(line)));
        let report = whole(&[reported("testAdds", "")]);
        let last = ReportFile { name: "1-phpunit.xml".into(), bytes: report.into() };
        sample::shown(&readers.conclude(&[Vec::new(), vec![last]], None, Exit::Code(0)))
    };
    expect![[r#"
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
        broken: the test process ended before PHPUnit did: exit code 0
    "#]]
    .assert_eq(&conclude("", Exit::Code(0)));
    expect![[r#"
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
    "#]]
    .assert_eq(&conclude("No tests executed!", Exit::Code(0)));
    let parse = "PHP Parse error:  syntax error in /app/shop/tests/Other.php on line 12";
    expect![[r#"
        errored shop/tests/Other.php
            /w/shop/tests/Other.php:12: syntax error
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
        warning: no other test ran with it: PHPUnit loads all files first, and shop/tests/Other.php cannot be loaded
    "#]]
    .assert_eq(&conclude(parse, Exit::Code(255)));
}

#[test]
fn phpunit_that_cannot_begin_says_why_in_its_own_words() {
    let check = |printed: &str, code: i32, expected: &str| {
        let banner = "PHPUnit 11.5.19 by Sebastian Bergmann and contributors.\n\n";
        let told = conclude("", &format!("{banner}{printed}"), "", Exit::Code(code));
        assert_eq!(told, format!("0 told\nbroken: {expected}\n"));
    };
    let could_not = |why: &str| format!("PHPUnit could not run the tests: {why}");
    let gone = "Cannot open bootstrap script \"/app/shop/boot.php\"";
    check(gone, 2, &could_not(&gone.replace("/app", "/w")));
    let thrown =
        "Error in bootstrap script: RuntimeException:\nno database\n#0 /usr/x.php(358): y()\n";
    check(thrown, 2, &could_not("Error in bootstrap script: RuntimeException: no database"));
    let invalid = "\nCouldn't find end of Start Tag oops line 1\n\nPremature end of data\n";
    check(invalid, 2, &could_not("Couldn't find end of Start Tag oops line 1"));
    check("set APP_ENV\n", 0, &could_not("set APP_ENV"));
    check("", 0, "the test process ended before PHPUnit did: exit code 0");
    let elsewhere =
        "PHP Fatal error:  Uncaught Error: no in /opt/lib/Client.php:12\nStack trace:\n";
    check(elsewhere, 255, &could_not("Error: no in /opt/lib/Client.php:12"));
}

#[test]
fn phpunit_without_a_test_to_run_is_not_broken() {
    let printed = "PHPUnit 11.5.19 by Sebastian Bergmann and contributors.\n\nNo tests executed!\n";
    assert_eq!(conclude("", printed, "", Exit::Code(0)), "0 told\n");
    assert_eq!(conclude("", printed, "", Exit::Code(1)), "0 told\n");
    assert_eq!(conclude("", "", "<testsuites/>", Exit::Code(0)), "0 told\n");
}

/// As PHPUnit 11.5 tells of tests that run in a process of their own, which ends: one of them without its end.
#[test]
fn a_test_whose_own_process_dies_is_an_error_beside_a_failure() {
    let ended = "##teamcity[testFailed name='testBare' message='Test was run in child process and ended unexpectedly' details='' duration='0']
##teamcity[testFinished name='testBare' duration='0']
##teamcity[testFailed name='testRows with data set #0' message='PHP Fatal error:  Allowed memory size exhausted in /app/shop/tests/CartTest.php on line 24|nFatal error: the same' details='' duration='0']
";
    let failed = "##teamcity[testFailed name='testAdds' message='no' details='/app/shop/tests/CartTest.php:14|n' duration='1']";
    let report = r#"<testsuite name="x">
        <testcase name="testAdds" class="Shop\Till\CartTest" classname="Shop.Till.CartTest"><failure type="F">F</failure></testcase>
        <testcase name="testBare" class="Shop\Till\CartTest" classname="Shop.Till.CartTest"><error type="PHPUnit\Framework\AssertionFailedError">E</error></testcase>
        <testcase name="testRows with data set #0" class="Shop\Till\CartTest" classname="Shop.Till.CartTest"><error type="PHPUnit\Framework\Exception">E</error></testcase>
        </testsuite>"#;
    let events = class(&[&test("testAdds", failed), ended].concat());
    let told = conclude(&events, "", report, Exit::Code(2));
    expect![[r#"
        6 told
        failed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
            /w/shop/tests/CartTest.php:14: no
              /w/shop/tests/CartTest.php:14 
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testBare
            /w/shop/tests/CartTest.php:15: Test was run in child process and ended unexpectedly
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testRows[#0]
            /w/shop/tests/CartTest.php:24: PHP Fatal error:  Allowed memory size exhausted in /w/shop/tests/CartTest.php on line 24⏎Fatal error: the same
              /w/shop/tests/CartTest.php:24 
    "#]].assert_eq(&told);
    assert_eq!(told, conclude(&events, "", "", Exit::Code(2)), "the report says the same");
}

/// PHPUnit lists it for people and nowhere else.
#[test]
fn what_goes_wrong_after_a_class_is_an_error_of_the_class() {
    let printed = "There were 2 errors:

1) Shop\\Till\\CartTest::testAdds
no

/app/shop/tests/CartTest.php:14

2) Shop\\Till\\CartTest
RuntimeException: cannot drop
the table

/app/shop/src/Cart.php:3
/app/shop/tests/CartTest.php:13

--

There was 1 failure:

1) Shop\\Till\\CartTest
of something else

ERRORS!
";
    let whole = class(&test("testAdds", ""));
    let told = conclude(&whole, printed, "", Exit::Code(2));
    expect![[r#"
        2 told
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest
            /w/shop/tests/CartTest.php:13: RuntimeException: cannot drop⏎the table
              /w/shop/tests/CartTest.php:13 
              /w/shop/src/Cart.php:3 
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
    "#]]
    .assert_eq(&told);
    let testdox =
        printed.replace("2) Shop\\Till\\CartTest", "1) Shop\\Till\\CartTest::tearDownAfterClass");
    let (_, testdox) = testdox.split_once("CartTest.php:14\n\n").unwrap();
    let testdox = format!("These after-last-test methods errored:\n\n{testdox}");
    assert_eq!(told, conclude(&whole, &testdox, "", Exit::Code(2)));
}

/// As PHPUnit 9.6 tells it: as of a test that is called as the method.
#[test]
fn what_goes_wrong_after_a_class_is_an_error_of_the_class_in_phpunit_9() {
    let failed = "##teamcity[testFailed name='closes' message='Exception in Shop\\Till\\CartTest::closes|ncannot drop|nthe table' details=' /app/shop/tests/CartTest.php:13|n ' duration='0']";
    let events = class(&[test("testAdds", ""), test("closes", failed)].concat());
    let printed = "There was 1 failure:

1) Shop\\Till\\CartTest::closes
Exception in Shop\\Till\\CartTest::closes
";
    expect![[r#"
        4 told
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest
            /w/shop/tests/CartTest.php:13: cannot drop⏎the table
              /w/shop/tests/CartTest.php:13 
        passed shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
    "#]]
    .assert_eq(&conclude(&events, printed, "", Exit::Code(1)));
    let own = failed.replace("Exception in Shop", "Exception in Other");
    let told = conclude(&class(&test("closes", &own)), "", "", Exit::Code(1));
    assert!(
        told.contains("failed shop/tests/CartTest.php::Shop\\\\Till\\\\CartTest::closes"),
        "{told}"
    );
}

#[test]
fn what_ended_the_process_stands_behind_the_progress() {
    let whole = class(&test("testAdds", ""));
    let cut: String = whole.lines().take(2).map(|line| format!("{line}\n")).collect();
    let fatal = "..SPHP Fatal error:  Allowed memory size of 16 bytes exhausted in /app/shop/tests/CartTest.php on line 15";
    expect![[r#"
        1 told
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
            /w/shop/tests/CartTest.php:15: Allowed memory size of 16 bytes exhausted
              /w/shop/tests/CartTest.php:15 
        broken: the test process ended before PHPUnit did: exit code 255
    "#]]
    .assert_eq(&conclude(&cut, fatal, "", Exit::Code(255)));
    let elsewhere = "Fatal error: Allowed memory size of 16 bytes exhausted in /usr/share/php/Context.php on line 100";
    expect![[r#"
        1 told
        errored shop/tests/CartTest.php::Shop\\Till\\CartTest::testAdds
            /w/shop/tests/CartTest.php:14: Allowed memory size of 16 bytes exhausted
        broken: the test process ended before PHPUnit did: exit code 255
    "#]]
    .assert_eq(&conclude(&cut, elsewhere, "", Exit::Code(255)));
}

#[test]
fn that_a_file_keeps_others_from_running_is_said() {
    let check = |selection: &[&str], expected: &Expect| {
        let job = job(selection, &[]);
        let mut reader = job.suite.framework.reader(&job, &site());
        let line = "PHP Parse error:  syntax error in /app/shop/tests/CartTest.php on line 12";
        reader.printed(line);
        expected.assert_eq(&sample::shown(&reader.conclude(&[], Exit::Code(255))));
    };
    check(
        &[],
        &expect![[r#"
        errored shop/tests/CartTest.php
            /w/shop/tests/CartTest.php:12: syntax error
        warning: no other test ran with it: PHPUnit loads all files first, and shop/tests/CartTest.php cannot be loaded
    "#]],
    );
    check(
        &["shop/tests/CartTest.php"],
        &expect![[r#"
        errored shop/tests/CartTest.php
            /w/shop/tests/CartTest.php:12: syntax error
    "#]],
    );
}
