//! Where tools say that a test failed: what they print, as they print it.

use testdock_junit::{Place, read};

/// Locates the failure of the only case of a report.
fn located(xml: &str) -> String {
    let (report, problems) = read(xml.as_bytes());
    assert!(problems.is_empty(), "{problems:?} in {xml}");
    let case = &report.cases[0];
    let location = report.locate(case, &case.statuses[0]);
    location.place.as_ref().map_or_else(|| "none".to_owned(), show)
}

fn show(place: &Place) -> String {
    let column = place.column.map(|column| format!(":{column}")).unwrap_or_default();
    format!("{}:{}{column}", place.path, place.line)
}

/// A tool, the attributes of its case, what its failure says, and where that is.
type Sample = (&'static str, &'static str, &'static str, &'static str);

fn check(samples: &[Sample]) {
    let wrong: Vec<String> = samples
        .iter()
        .filter_map(|(tool, attributes, text, expected)| {
            let xml =
                format!("<testcase {attributes}><failure><![CDATA[{text}]]></failure></testcase>");
            let told = located(&xml);
            (told != *expected).then(|| format!("{tool}: {told} instead of {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn on_the_jvm() {
    check(&[
        (
            "kotest",
            "classname='com.example.CalcSpec' name='adds'",
            "io.kotest.assertions.AssertionFailedError: expected:<3> but was:<2>\n\
             \tat com.example.CalcSpec$1$1.invokeSuspend(CalcSpec.kt:12)\n\
             \tat com.example.CalcSpec$1$1.invoke(CalcSpec.kt)\n\
             \tat io.kotest.core.spec.style.scopes.FunSpecRootScope.test(FunSpecRootScope.kt:57)",
            "com/example/CalcSpec.kt:12",
        ),
        (
            "spock",
            "classname='com.example.CalcSpec' name='adds 1 (and 2)'",
            "Condition not satisfied:\n\na + b == 4\n| | | |\n1 3 2 false\n\n\
             \tat com.example.CalcSpec.adds 1 (and 2)(CalcSpec.groovy:14)\n",
            "com/example/CalcSpec.groovy:14",
        ),
        (
            "scalatest",
            "classname='com.example.CalcSpec' name='adds'",
            "org.scalatest.exceptions.TestFailedException: 2 did not equal 3\n\
             \tat org.scalatest.MatchersHelper$.indicateFailure(MatchersHelper.scala:392)\n\
             \tat com.example.CalcSpec.$anonfun$new$2(CalcSpec.scala:10)\n\
             \tat scala.runtime.java8.JFunction0$mcV$sp.apply(JFunction0$mcV$sp.scala:18)",
            "com/example/CalcSpec.scala:10",
        ),
        (
            "specs2",
            "classname='com.example.CalcSpec' name='adds'",
            "java.lang.Exception: 2 != 3\n\
             \tat org.specs2.matcher.MatchResult.check(MatchResult.scala:12)\n\
             \tat com.example.CalcSpec.$anonfun$new$3(CalcSpec.scala:9)",
            "com/example/CalcSpec.scala:9",
        ),
        (
            "munit",
            "classname='example.CalcSuite' name='adds'",
            "munit.ComparisonFailException: /w/src/test/scala/example/CalcSuite.scala:7\n\
             6:  test(\"adds\") {\n7:    assertEquals(Calc.add(1, 2), 4)\n8:  }\nvalues are not the same\n\
             => Obtained\n3\n=> Diff (- expected, + obtained)\n-4\n+3\n\
             \tat munit.FunSuite.assertEquals(FunSuite.scala:11)\n\
             \tat example.CalcSuite.$anonfun$new$1(CalcSuite.scala:7)",
            "example/CalcSuite.scala:7",
        ),
        (
            "clojure.test",
            "classname='shop.core-test' name='adds'",
            "expected: (= 4 (add 1 2))\n  actual: (not (= 4 3))\n      at: core_test.clj:8",
            "core_test.clj:8",
        ),
        (
            "kaocha",
            "classname='shop.core-test' name='shop.core-test/adds'",
            "FAIL in shop.core-test/adds (core_test.clj:8)\nExpected:\n  4\nActual:\n  -4 +3",
            "core_test.clj:8",
        ),
        (
            "clojure, an exception",
            "classname='shop.core-test' name='adds'",
            "java.lang.ArithmeticException: Divide by zero\n at clojure.lang.Numbers.divide (Numbers.java:190)\n\
             \x20   shop.core$half.invokeStatic (core.clj:5)\n    shop.core_test$fn__1.invoke (core_test.clj:12)",
            "core_test.clj:12",
        ),
        (
            "cucumber-jvm",
            "classname='Cart' name='adds an article'",
            "org.opentest4j.AssertionFailedError: expected: <2> but was: <1>\n\
             \tat org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:55)\n\
             \tat shop.Steps.holds(Steps.java:21)\n\
             \tat ✽.the cart holds 2(file:///w/src/test/resources/cart.feature:6)",
            "shop/Steps.java:21",
        ),
        (
            "karate",
            "classname='users' name='get'",
            "status code was: 404, expected: 200, response time in milliseconds: 12\n\
             classpath:users/users.feature:12",
            "users/users.feature:12",
        ),
        (
            "a project of a known package",
            "classname='org.eclipse.pde.BundleTest' name='loads'",
            "junit.framework.AssertionFailedError\n\tat junit.framework.Assert.fail(Assert.java:47)\n\
             \tat org.eclipse.pde.Bundle.load(Bundle.java:5)\n\
             \tat org.eclipse.pde.BundleTest.loads(BundleTest.java:33)",
            "org/eclipse/pde/BundleTest.java:33",
        ),
        (
            "a nested class in the default package",
            "classname='OuterTest$Inner' name='t'",
            "java.lang.AssertionError\n\tat OuterTest$Inner.t(OuterTest.java:9)",
            "OuterTest.java:9",
        ),
        (
            "a suppressed source",
            "classname='a.B' name='t'",
            "E\n\tat a.B.t(Unknown Source)\n\tat a.B.main(B.java)",
            "none",
        ),
    ]);
}

#[test]
fn in_javascript() {
    check(&[
        (
            "jest with TypeScript",
            "classname='a' name='a'",
            "\x1b[96msrc/a.test.ts\x1b[0m:\x1b[93m5\x1b[0m:\x1b[93m3\x1b[0m - \x1b[91merror\x1b[0m\x1b[90m TS2322: \x1b[0mType",
            "src/a.test.ts:5:3",
        ),
        (
            "node, a part of a test",
            "classname='test' name='sub bad'",
            "Error [ERR_TEST_FAILURE]: no\n    at TestContext.<anonymous> (file:///w/m.test.mjs:5:11) {\n  code: 'ERR_TEST_FAILURE',\n  failureType: 'testCodeFailure',\n  cause: AssertionError [ERR_ASSERTION]: no\n      at TestContext.<anonymous> (file:///w/m.test.mjs:7:12)\n      at Test.run (node:internal/test_runner/test:796:25)\n      at TestContext.<anonymous> (file:///w/m.test.mjs:5:11) {\n    code: 'ERR_ASSERTION'",
            "/w/m.test.mjs:7:12",
        ),
        (
            "jest with Babel",
            "classname='a' name='a'",
            "  ● Test suite failed to run\n\n    SyntaxError: /w/src/a.test.js: Unexpected token (5:10)\n\n      3 | it('x', () => {\n    > 5 |   expect(;",
            "/w/src/a.test.js:5",
        ),
        (
            "Angular with Karma",
            "classname='HeadlessChrome.AppComponent' name='AppComponent renders'",
            "Expected 1 to be 2.\n    at <Jasmine>\n    at UserContext.<anonymous> (webpack:/src/app/app.component.spec.ts:21:25)\n    at ZoneDelegate.invoke (node_modules/zone.js/fesm2015/zone.js:409:30)",
            "src/app/app.component.spec.ts:21:25",
        ),
        (
            "Karma with webpack",
            "classname='HeadlessChrome' name='t'",
            "Error: x\n    at UserContext.eval (http://localhost:9876/_karma_webpack_/webpack:/src/app/a.spec.ts:21:25)",
            "src/app/a.spec.ts:21:25",
        ),
        (
            "Karma with files elsewhere",
            "classname='HeadlessChrome' name='t'",
            "Error: x\n    at UserContext.<anonymous> (http://localhost:9876/absolute/w/spec/a.spec.js?c0ffee:5:12)",
            "/w/spec/a.spec.js:5:12",
        ),
        (
            "vite",
            "classname='t' name='t'",
            "AssertionError: x\n    at http://localhost:5173/@fs/w/pkg/src/a.test.ts?t=1700000000:5:12",
            "/w/pkg/src/a.test.ts:5:12",
        ),
        (
            "web-test-runner",
            "classname='t' name='t'",
            "AssertionError: x\n    at Context.<anonymous> (http://localhost:8000/test/a.test.js?wtr-session-id=1:5:12)",
            "test/a.test.js:5:12",
        ),
        (
            "webpack's own scheme",
            "classname='t' name='t'",
            "Error: x\n    at eval (webpack-internal:///./src/a.test.js:5:3)\n    at Module.run (webpack://shop/./node_modules/mocha/lib/a.js:1:2)",
            "src/a.test.js:5:3",
        ),
        (
            "cypress",
            "classname='cart' name='t'",
            "AssertionError: Timed out retrying after 4000ms: Expected to find element: `#x`\n    at Context.eval (webpack://shop/./cypress/e2e/cart.cy.js:7:7)\n    at http://localhost:3500/__cypress/runner/cypress_runner.js:155323:13",
            "cypress/e2e/cart.cy.js:7:7",
        ),
        (
            "node:test, in the code under test",
            "classname='test' name='adds'",
            "TypeError\n    at total (file:///w/cart.mjs:2:17)\n    at TestContext.<anonymous> (file:///w/cart.test.mjs:14:5)",
            "/w/cart.test.mjs:14:5",
        ),
        (
            "deno",
            "classname='./calc_test.ts' name='t'",
            "Error: x\n    at fn (ext:cli/40_test.js:300:15)\n    at node:internal/x.js:1:1",
            "none",
        ),
        (
            "cypress, from its runner",
            "classname='cart' name='t'",
            "CypressError: x\n    at http://localhost:3500/__cypress/runner/cypress_runner.js:155323:13",
            "none",
        ),
        (
            "testcafe",
            "classname='t' name='t'",
            "1) AssertionError: expected 2 to deeply equal 3\n\n    Browser: Chrome 120\n\n       3 |\n     > 5 |    await t.expect(1).eql(2);\n\n    at <anonymous> (/w/tests/a.js:5:23)",
            "/w/tests/a.js:5:23",
        ),
        (
            "newman",
            "classname='Shop' name='status is 200'",
            "Error message: expected response to have status code 200 but got 500\nStacktrace: AssertionError: expected\n   at Object.eval sandbox-script.js:1:1)",
            "none",
        ),
        (
            "an old Node",
            "classname='t' name='t'",
            "Error: Timeout of 2000ms exceeded.\n    at Timeout.listOnTimeout (timers.js:277:5)\n    at Module._compile (module.js:570:32)",
            "none",
        ),
        ("ava", "name='adds'", "at: >-\n  file:///w/test/a.test.mjs:4:5", "/w/test/a.test.mjs:4:5"),
        (
            "qunit in Firefox",
            "classname='t' name='t'",
            "@http://localhost:7357/tests/unit/a-test.js:5:12\nrunTest@http://localhost:7357/assets/vendor.js:1:2",
            "tests/unit/a-test.js:5:12",
        ),
        (
            "yarn without node_modules",
            "classname='t' name='t'",
            "Error: x\n    at fn (/w/.yarn/cache/chai-npm-4.3.7-x.zip/node_modules/chai/a.js:1:2)\n    at Context.<anonymous> (/w/test/a.js:5:3)",
            "/w/test/a.js:5:3",
        ),
    ]);
    let eslint = "<testsuite package='org.eslint' name='/w/src/a.js'><testcase name='org.eslint.no-undef' classname='/w/src/a'>\
                  <failure message='x'><![CDATA[line 5, col 3, Error - 'x' is not defined. (no-undef)]]></failure></testcase></testsuite>";
    assert_eq!(located(eslint), "/w/src/a.js:5:3");
}

#[test]
fn in_compiled_languages() {
    check(&[
        (
            "testify",
            "classname='example.com/shop' name='TestAdd'",
            "    calc_test.go:12: \n        \tError Trace:\t/w/helper.go:5\n        \t            \t\t\t\t/w/calc_test.go:12\n        \tError:      \tNot equal: \n        \tTest:       \tTestAdd\n--- FAIL: TestAdd (0.00s)",
            "calc_test.go:12",
        ),
        (
            "ginkgo",
            "classname='Calc Suite' name='[It] Calc adds'",
            "[FAILED] Expected\n    <int>: 1\nto equal\n    <int>: 2\nIn [It] at: /w/calc/calc_test.go:15 @ 11/23/26 10:00:00.123\n",
            "/w/calc/calc_test.go:15",
        ),
        (
            "a Go package that is internal",
            "classname='example.com/shop/internal/calc' name='TestAdd'",
            "internal/calc/calc_test.go:7: got 1",
            "internal/calc/calc_test.go:7",
        ),
        (
            "go vet",
            "classname='example.com/shop' name='[build failed]'",
            "# example.com/shop\nvet: ./calc_test.go:5:2: undefined: foo",
            "calc_test.go:5:2",
        ),
        (
            "go with -trimpath",
            "classname='example.com/shop' name='TestX'",
            "panic: boom\n\ngoroutine 7 [running]:\ntesting.tRunner.func1.2({0x1, 0x2})\n\ttesting/testing.go:1631 +0x24a\nexample.com/shop.TestX(0xc0)\n\texample.com/shop/calc_test.go:9 +0x2e",
            "example.com/shop/calc_test.go:9",
        ),
        (
            "golangci-lint",
            "classname='shop/calc.go:5:3' name='govet'",
            "govet: unusedresult: x\nCategory: govet\nFile: shop/calc.go\nLine: 5\nDetails: fmt.Sprintf()",
            "shop/calc.go:5",
        ),
        (
            "cargo2junit",
            "classname='calc::tests' name='adds'",
            "thread 'tests::adds' panicked at 'assertion failed: `(left == right)`\n  left: `3`,\n right: `4`', src/lib.rs:11:9\nnote: run with `RUST_BACKTRACE=1`",
            "src/lib.rs:11:9",
        ),
        (
            "AddressSanitizer",
            "classname='calc' name='adds'",
            "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x6\nREAD of size 4 at 0x6 thread T0\n    #0 0x55d in sum(int*, int) /w/src/sum.cc:12:10\n    #1 0x55e in main /w/test/sum_test.cc:7:3",
            "/w/test/sum_test.cc:7:3",
        ),
        (
            "cmocka",
            "name='adds'",
            "0x2 != 0x3\n[   LINE   ] --- /w/test_calc.c:12: error: Failure!",
            "/w/test_calc.c:12",
        ),
        (
            "Unity",
            "name='test_adds'",
            "test/test_calc.c:12:test_adds:FAIL: Expected 3 Was 2",
            "test/test_calc.c:12",
        ),
        ("Criterion", "name='adds'", "test.c:12: The expression 2 == 3 is false.\n", "test.c:12"),
        (
            "Zephyr",
            "name='adds'",
            "Assertion failed at WEST_TOPDIR/shop/tests/calc/src/main.c:42: calc_adds: (a == b is false)",
            "WEST_TOPDIR/shop/tests/calc/src/main.c:42",
        ),
        (
            "dotnet",
            "classname='Shop.Tests.CalcTests' name='Adds'",
            "   at Xunit.Assert.Equal() in C:\\Dev\\xunit\\Assert.cs:line 4\n   at Shop.Tests.CalcTests.Adds() in /w/Shop.Tests/CalcTests.cs:line 14\n   at System.Reflection.MethodInvoker.Invoke(Object obj)",
            "/w/Shop.Tests/CalcTests.cs:14",
        ),
        (
            ".NET Framework in German",
            "classname='Shop.Tests.CalcTests' name='Adds'",
            "   bei Shop.Tests.CalcTests.Adds() in C:\\w w\\CalcTests.cs:Zeile 14.",
            "C:\\w w\\CalcTests.cs:14",
        ),
        (
            ".NET Framework in French",
            "classname='Shop.Tests.CalcTests' name='Adds'",
            "   à Shop.Tests.CalcTests.Adds() dans C:\\w\\CalcTests.cs:ligne 14",
            "C:\\w\\CalcTests.cs:14",
        ),
        (
            "XCTest by xcpretty",
            "classname='CalcTests' name='testAdds'",
            "CalcTests/CalcTests.swift:17",
            "CalcTests/CalcTests.swift:17",
        ),
        (
            "HUnit",
            "classname='Calc' name='adds'",
            "test/Spec.hs:12\nexpected: 3\n but got: 2",
            "test/Spec.hs:12",
        ),
        (
            "hspec",
            "classname='Calc' name='adds'",
            "  test/CalcSpec.hs:10:5: \n  1) Calc adds\n       expected: 3\n        but got: 2",
            "test/CalcSpec.hs:10:5",
        ),
        (
            "a call stack of Haskell",
            "classname='Calc' name='adds'",
            "uncaught exception: ErrorCall\nboom\nCallStack (from HasCallStack):\n  error, called at src/Calc.hs:5:10 in main:Calc",
            "src/Calc.hs:5:10",
        ),
        (
            "OUnit",
            "classname='calc' name='calc:0:adds'",
            "Error: calc:0:adds.\n\nFile \"test/test_calc.ml\", line 5, characters 2-10:\nnot equal\nRaised at OUnitAssert.assert_failure in file \"src/lib/ounit2/advanced/oUnitAssert.ml\", line 45, characters 2-27\nCalled from Dune__exe__Test_calc.t in file \"test/test_calc.ml\", line 5, characters 2-10",
            "test/test_calc.ml:5",
        ),
        (
            "Zig",
            "name='adds'",
            "/usr/lib/zig/std/testing.zig:93:17: 0x1 in expectEqualInner (test)\n/w/src/main.zig:5:5: 0x2 in test.adds (test)",
            "/w/src/main.zig:5:5",
        ),
        (
            "Nim",
            "name='adds'",
            "/w/tests/tcalc.nim(5, 9): Check failed: add(1, 2) == 4",
            "/w/tests/tcalc.nim:5:9",
        ),
        (
            "Crystal",
            "classname='spec.calc_spec' name='adds'",
            "Expected: 3\n     got: 2\n\n  from spec/calc_spec.cr:5:14 in '->'\n  from /usr/share/crystal/src/primitives.cr:266:3 in 'run'",
            "spec/calc_spec.cr:5:14",
        ),
        (
            "QtTest",
            "name='t'",
            "Compared values are not the same\n   Loc: [../t.cpp(6)]",
            "../t.cpp:6",
        ),
        ("MSVC", "name='t'", "C:\\my dir\\a.cpp(12): error C2065: x", "C:\\my dir\\a.cpp:12"),
        (
            "CMake",
            "name='t'",
            "CMake Error at modules/a.cmake:28 (frob):\n  Unknown CMake command",
            "modules/a.cmake:28",
        ),
        (
            "CUnit",
            "name='t'",
            "Test failed at line  100 in file  /w/test_1.c  :\nExpected : 0",
            "/w/test_1.c:100",
        ),
        (
            "Boost.Test by way of Jenkins",
            "name='t'",
            "[Error] - check failed\n == [File] - test.cpp\n == [Line] - 12",
            "test.cpp:12",
        ),
        (
            "Boost.Test, an exception",
            "name='t'",
            "UNCAUGHT EXCEPTION:\n- file: unknown location\n- line: 0\n\nLast checkpoint:\n- message: \"t\" test entry\n- file: t.cpp\n- line: 12",
            "t.cpp:12",
        ),
        (
            "valgrind",
            "name='t'",
            "Invalid write\n    at 0x1: memchr (mc_replace_strmem.c:446)\n    by 0x2: main (test.c:12)",
            "test.c:12",
        ),
        ("pFUnit", "name='adds'", "Location: \n[test_calc.pf:12]\nexpected 3", "test_calc.pf:12"),
        (
            "D",
            "name='adds'",
            "    tests/calc.d:5 - Expected: 3\n    tests/calc.d:5 -      Got: 2",
            "tests/calc.d:5",
        ),
    ]);
    let cgreen = "<testcase classname='calc' name='adds'><failure message='Expected [a]'>\n<location file='calc_tests.c' line='12'/>\n</failure></testcase>";
    assert_eq!(located(cgreen), "calc_tests.c:12");
}

#[test]
fn in_scripting_languages() {
    check(&[
        (
            "pytest, told to a suite below the project",
            "classname='api.tests.test_a' name='t' file='api/tests/test_a.py' line='3'",
            "def t():\n>   assert 0\nE   assert 0\n\ntests/test_a.py:7: AssertionError",
            "api/tests/test_a.py:7",
        ),
        (
            "pytest with short traces",
            "classname='tests.test_a' name='test_x'",
            "tests/test_a.py:7: in test_x\n    helper()\ntests/helpers.py:3: in helper\n    assert 0\nE   assert 0",
            "tests/test_a.py:7",
        ),
        (
            "unittest on Windows",
            "classname='tests.test_a.TestA' name='test_x'",
            "  File \"C:\\Python311\\Lib\\unittest\\case.py\", line 59, in testPartExecutor\n  File \"C:\\w\\tests\\helper.py\", line 3, in f",
            "C:\\w\\tests\\helper.py:3",
        ),
        (
            "Pest",
            "class='Tests\\Feature\\CalcTest' name='it adds' file='tests/Feature/CalcTest.php::it adds'",
            "it adds\nFailed asserting that 2 is identical to 3.\n\nat tests/Support/helper.php:3\nat tests/Feature/CalcTest.php:5",
            "tests/Feature/CalcTest.php:5",
        ),
        (
            "Codeception",
            "class='CalcTest' name='adds'",
            "CalcTest: Adds\nFailed asserting that 3 matches expected 4.\n#1  /w/tests/unit/CalcTest.php:15\n#2  CalcTest->testAdds\n",
            "/w/tests/unit/CalcTest.php:15",
        ),
        (
            "ExUnit",
            "classname='Elixir.CalcTest' name='test adds'",
            "  1) test adds (CalcTest)\n     test/calc_test.exs:5\n     Assertion with == failed\n     code:  assert Calc.add(1, 2) == 4\n     left:  3\n     right: 4\n     stacktrace:\n       (shop 0.1.0) lib/calc.ex:3: Calc.add/2\n       test/calc_test.exs:6: (test)\n",
            "test/calc_test.exs:6",
        ),
        (
            "ExUnit, from the platform",
            "classname='Elixir.CalcTest' name='test adds'",
            "  1) test adds (CalcTest)\n     test/calc_test.exs:5\n     ** (exit) exited\n     stacktrace:\n       (elixir 1.15.7) lib/enum.ex:2510: Enum.\"-reduce/3\"\n       (stdlib 5.1) gen_server.erl:1: x",
            "none",
        ),
        (
            "Common Test",
            "classname='calc_SUITE' name='adds'",
            "Test calc_SUITE:adds/1 failed! Reason: {{badmatch,3},\n [{calc_SUITE,adds,1,\n   [{file,\"/w/test/calc_SUITE.erl\"},\n    {line,12}]},\n  {test_server,ts_tc,3,[{file,\"test_server.erl\"},{line,1782}]}]}",
            "/w/test/calc_SUITE.erl:12",
        ),
        (
            "EUnit, an assertion",
            "name='calc_tests:0 adds_test'",
            "::error:{assertEqual,[{module,calc_tests},\n             {line,7},\n             {expression,\"calc : add ( 1 , 2 )\"},\n             {expected,4},\n             {value,3}]}",
            "calc_tests.erl:7",
        ),
        (
            "testthat 3",
            "classname='calc' name='adds'",
            "add(1, 2) not identical to 4.\n1/1 mismatches\n\nBacktrace:\n    ▆\n 1. └─testthat::expect_equal(add(1, 2), 4) at test-calc.R:3:3",
            "test-calc.R:3:3",
        ),
        (
            "busted",
            "classname='spec/calc_spec.lua:3' name='calc adds'",
            "spec/calc_spec.lua:5: Expected objects to be equal.\nPassed in:\n(number) 3\nExpected:\n(number) 4\n\nstack traceback:\n\tspec/calc_spec.lua:5: in function <spec/calc_spec.lua:4>",
            "spec/calc_spec.lua:5",
        ),
        (
            "Julia",
            "classname='Calc' name='adds'",
            "Test Failed at /w/test/runtests.jl:5\n  Expression: add(1, 2) == 4\n   Evaluated: 3 == 4\n\nStacktrace:\n [1] macro expansion\n   @ /opt/julia/share/julia/stdlib/v1.9/Test/src/Test.jl:478 [inlined]\n [2] top-level scope\n   @ /w/test/runtests.jl:5",
            "/w/test/runtests.jl:5",
        ),
        (
            "Pester",
            "classname='/w/Calc.Tests.ps1' name='Calc.adds'",
            "Expected 4, but got 3.\nat $sum | Should -Be 4, /w/Calc.Tests.ps1:8\nat <ScriptBlock>, /w/Calc.Tests.ps1:8",
            "/w/Calc.Tests.ps1:8",
        ),
        (
            "PowerShell",
            "name='adds'",
            "at Get-Sum, C:\\w\\Calc.psm1: line 5\nat <ScriptBlock>, C:\\w\\Calc.Tests.ps1: line 8",
            "C:\\w\\Calc.Tests.ps1:8",
        ),
        (
            "bash",
            "name='runs'",
            "/w/test/run.sh: line 5: frob: command not found",
            "/w/test/run.sh:5",
        ),
        (
            "Dart",
            "classname='test.calc_test' name='adds'",
            "Expected: <4>\n  Actual: <3>\n\npackage:test_api                 expect\ntest/calc_test.dart 7:5          main.<fn>\n",
            "test/calc_test.dart:7:5",
        ),
        (
            "Flutter",
            "classname='test.widget_test' name='counts'",
            "#0      fail (package:test_api/src/expect/expect.dart:149:31)\n#4      main.<anonymous closure> (file:///w/test/widget_test.dart:16:5)\n<asynchronous suspension>",
            "/w/test/widget_test.dart:16:5",
        ),
        (
            "RSpec",
            "classname='spec.calc_spec' name='adds' file='./spec/calc_spec.rb'",
            "Failure/Error: expect(sum).to eq 4\n\n  expected: 4\n       got: 3\n# ./lib/calc.rb:3:in `add'\n# ./spec/calc_spec.rb:5:in `block (2 levels) in <top (required)>'\n# /usr/local/bundle/gems/rspec-core-3.12.0/lib/rspec/core/example.rb:263:in `run'",
            "spec/calc_spec.rb:5",
        ),
        (
            "RSpec in a gem of the project",
            "classname='gems.core.spec.calc_spec' name='adds'",
            "expected: 4\n# ./gems/core/spec/calc_spec.rb:5:in `block'",
            "gems/core/spec/calc_spec.rb:5",
        ),
        (
            "test-unit",
            "classname='CalcTest' name='test_adds'",
            "test_adds(CalcTest) [/w/test/calc_test.rb:5]:\n<4> expected but was\n<3>.",
            "/w/test/calc_test.rb:5",
        ),
        (
            "plunit",
            "name='adds'",
            "ERROR: /w/calc_test.pl:5:\n\ttest adds: failed",
            "/w/calc_test.pl:5",
        ),
        (
            "MATLAB",
            "classname='CalcTest' name='adds'",
            "================\nVerification failed in CalcTest/adds.\n    ------------------\n    Stack Information:\n    ------------------\n    In /w/tests/CalcTest.m (CalcTest.adds) at 7",
            "/w/tests/CalcTest.m:7",
        ),
        (
            "Terraform",
            "classname='tests/main.tftest.hcl' name='adds'",
            "\nError: Test assertion failed\n\n  on tests/main.tftest.hcl line 12, in run \"adds\":\n  12:     condition = output.sum == 4\n",
            "tests/main.tftest.hcl:12",
        ),
        (
            "Apex",
            "classname='CalcTest' name='adds'",
            "Class.CalcTest.adds: line 5, column 1",
            "CalcTest.cls:5:1",
        ),
        (
            "gdUnit",
            "classname='CalcTest' name='adds'",
            "FAILED: res://test/calc_test.gd:12\nExpecting: 4",
            "test/calc_test.gd:12",
        ),
    ]);
    let cocotb = "<testcase classname='test_adder' name='adds' file='/w/test_adder.py' lineno='12'>\
                  <failure/></testcase>";
    assert_eq!(located(cocotb), "none");
    let luaunit = "<testcase classname='TestCalc' name='TestCalc.testAdds'>\
                   <failure type='test_calc.lua:6: expected: 4, actual: 3'/></testcase>";
    assert_eq!(located(luaunit), "test_calc.lua:6");
}
