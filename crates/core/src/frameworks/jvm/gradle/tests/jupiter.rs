//! JUnit 5 under Gradle, in the form that reports of Gradle 4.6 to 9 have and its listeners tell: the method is in what was told when
//! a test ended (`counts(int)[1]`), and a report from Gradle 5 on has the name for people alone (`[1] 5`).

use expect_test::expect;

use crate::frameworks::Exit;
use crate::frameworks::jvm::GRADLE;
use crate::frameworks::sample::{self, Files, listed, site, steps};
use crate::plan::Job;

const CART: &str = r#"package shop;

@DisplayName("A cart")
class CartTest {
    @Test void adds() {}
    @Test @DisplayName("takes one away") void removes() {}
    @ParameterizedTest @ValueSource(ints = {5, 7}) void counts(int n) {}
    @ParameterizedTest @ValueSource(ints = {5, 7}) void weighs(int n) {}
    @ParameterizedTest @ValueSource(strings = "a") void counts(String name) {}
    @RepeatedTest(2) void again() {}
    @TestFactory Stream<DynamicNode> made() { return null; }
    @TestFactory Stream<DynamicNode> cannotBeMade() { throw new IllegalStateException("no rows"); }
    @Disabled("not today") @Test void waits() {}
    @Test void asks() { assumeTrue(false, "no network"); }
    @Nested @DisplayName("when empty") class Empty { @Test void isFree() {} }
}
"#;

const CLOSED: &str = "package shop.closed;
class ClosedTest { @BeforeAll static void open() {} @Test void never() {} }
class LateTest { @AfterAll static void close() {} @Test void works() {} }
";

const FILES: Files<'static> = &[
    ("settings.gradle", "include 'cart', 'closed'"),
    ("cart/src/test/java/shop/CartTest.java", CART),
    ("closed/src/test/java/shop/closed/ClosedTest.java", CLOSED),
];

fn job(selection: &[&str]) -> Job {
    sample::job(&GRADLE, "", FILES, selection, &[])
}

#[test]
fn its_tests_are_found() {
    expect![[r#"
        group 4 CartTest
        test 5 CartTest > adds
        test 6 CartTest > removes
        parametrised 7 CartTest > counts
        parametrised 8 CartTest > weighs
        parametrised 10 CartTest > again
        parametrised 11 CartTest > made
        parametrised 12 CartTest > cannotBeMade
        test 13 CartTest > waits
        test 14 CartTest > asks
        group 15 CartTest > Empty
        test 15 CartTest > Empty > isFree
        group 2 ClosedTest
        test 2 ClosedTest > never
        group 3 LateTest
        test 3 LateTest > works
    "#]]
    .assert_eq(&listed(job(&[]).known.items()));
}

/// A filter of Gradle's is for methods, whatever their types, and one that matches nothing is passed over beside one that does.
#[test]
fn its_tests_are_chosen() {
    let of = |names: &str| format!("cart/src/test/java/shop/CartTest.java::CartTest{names}");
    let check = |id: &str| steps(&job(&[id]), &site());
    expect![[r#"
        :cart:test --tests shop.CartTest.adds
        :cart:test --tests shop.CartTest.counts --tests shop.CartTest.counts[*
        :cart:test --tests shop.CartTest.counts --tests shop.CartTest.counts[2]
        :cart:test --tests shop.CartTest$Empty --tests shop.CartTest$Empty$*
        :cart:test --tests shop.CartTest$Empty.isFree
        :cart:test --tests shop.CartTest --tests shop.CartTest$*
    "#]]
    .assert_eq(
        &["::adds", "::counts", "::counts[2]", "::Empty", "::Empty::isFree", ""]
            .map(|names| check(&of(names)))
            .concat(),
    );
}

/// A block as the init script tells it.
fn told(module: &str, class: &str, name: &str, shown: &str, inside: &str) -> String {
    format!(
        "report ./{module}/build/live.xml\n <testsuite name=\"{class}\"><testcase name=\"{name}\" classname=\"{class}\" time=\"0.001\">\
         {inside}<properties><property name=\"testdock.shown\" value=\"{shown}\"/></properties><system-out></system-out></testcase></testsuite>\nend\n"
    )
}

/// A failure as listeners and reports have it.
fn failed(element: &str, kind: &str, message: &str, frame: &str) -> String {
    format!(
        "<{element} message=\"{kind}: {message}\" type=\"{kind}\">{kind}: {message}&#10;\tat org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:39)&#10;\tat {frame}&#10;</{element}>"
    )
}

/// A whole report of a class.
fn report(module: &str, class: &str, shown: &str, cases: &[(&str, &str)]) -> String {
    let cases = cases.iter().map(|(name, inside)| {
        format!(
            " <testcase name=\"{name}\" classname=\"{class}\" time=\"0.001\">{inside}</testcase>\n"
        )
    });
    format!(
        "report ./{module}/build/test-results/test/TEST-{class}.xml\n <testsuite name=\"{shown}\" tests=\"9\" skipped=\"0\" failures=\"0\" \
         errors=\"0\" timestamp=\"2026-11-26T05:16:52.101Z\" hostname=\"box\" time=\"0.05\">\n <properties/>\n{} \
         <system-out><![CDATA[]]></system-out>\n </testsuite>\nend\n",
        cases.collect::<String>()
    )
}

fn conclude(events: &str) -> String {
    let job = job(&[]);
    let mut reader = job.suite.framework.reader(&job, &site());
    let sources = FILES.iter().map(|(path, _)| format!("source ./{path}\n")).collect::<String>();
    let told: usize = (sources + events).lines().map(|line| reader.line(line).len()).sum();
    format!("{told} told\n{}", sample::shown(&reader.conclude(&[], Exit::Code(0))))
}

const ASSERTION: &str = "org.opentest4j.AssertionFailedError";
/// Gradle 9 has the reason in its reports, where an assumption is one.
const ASSUMPTION: &str = "<skipped message=\"org.opentest4j.TestAbortedException: Assumption failed: no network\" \
                          type=\"org.opentest4j.TestAbortedException\">org.opentest4j.TestAbortedException: Assumption failed: no \
                          network</skipped>";
const STATE: &str = "java.lang.IllegalStateException";

fn live() -> String {
    let cart =
        |name: &str, shown: &str, inside: &str| told("cart", "shop.CartTest", name, shown, inside);
    let wrong =
        failed("failure", ASSERTION, "expected: 1", "shop.CartTest.removes(CartTest.java:6)");
    let seven =
        failed("failure", ASSERTION, "expected: 5", "shop.CartTest.counts(CartTest.java:7)");
    let rows = failed("error", STATE, "no rows", "shop.CartTest.cannotBeMade(CartTest.java:12)");
    let shut = failed("failure", STATE, "shut", "shop.closed.ClosedTest.open(ClosedTest.java:2)");
    let late = failed("failure", STATE, "late", "shop.closed.LateTest.close(ClosedTest.java:3)");
    [
        cart("adds()", "adds()", ""),
        cart("removes()", "takes one away", &wrong),
        cart("counts(int)[1]", "[1] 5", ""),
        cart("counts(int)[2]", "[2] 7", &seven),
        cart("weighs(int)[1]", "[1] 5", ""),
        cart("weighs(int)[2]", "[2] 7", ""),
        cart("counts(String)[1]", "[1] a", ""),
        cart("again()[1]", "repetition 1 of 2", ""),
        cart("again()[2]", "repetition 2 of 2", ""),
        cart("made()[1]", "one", ""),
        cart("made()[2][1]", "in two", ""),
        cart("cannotBeMade()", "initializationError", &rows),
        cart("waits()", "waits()", "<skipped/>"),
        cart("asks()", "asks()", "<skipped/>"),
        told("cart", "shop.CartTest$Empty", "isFree()", "isFree()", ""),
        told(
            "closed",
            "shop.closed.ClosedTest",
            "initializationError",
            "initializationError",
            &shut,
        ),
        told("closed", "shop.closed.LateTest", "works()", "works()", ""),
        told("closed", "shop.closed.LateTest", "executionError", "executionError", &late),
    ]
    .concat()
}

fn reports() -> String {
    let wrong =
        failed("failure", ASSERTION, "expected: 1", "shop.CartTest.removes(CartTest.java:6)");
    let seven =
        failed("failure", ASSERTION, "expected: 5", "shop.CartTest.counts(CartTest.java:7)");
    let rows = failed("failure", STATE, "no rows", "shop.CartTest.cannotBeMade(CartTest.java:12)");
    let shut = failed("failure", STATE, "shut", "shop.closed.ClosedTest.open(ClosedTest.java:2)");
    let late = failed("failure", STATE, "late", "shop.closed.LateTest.close(ClosedTest.java:3)");
    let cases = [
        ("adds()", ""),
        ("takes one away", wrong.as_str()),
        ("[1] 5", ""),
        ("[2] 7", &seven),
        ("[1] 5", ""),
        ("[2] 7", ""),
        ("[1] a", ""),
        ("repetition 1 of 2", ""),
        ("repetition 2 of 2", ""),
        ("one", ""),
        ("in two", ""),
        ("initializationError", &rows),
        ("waits()", "<skipped/>"),
        ("asks()", ASSUMPTION),
    ];
    [
        report("cart", "shop.CartTest", "A cart", &cases),
        report("cart", "shop.CartTest$Empty", "when empty", &[("isFree()", "")]),
        report(
            "closed",
            "shop.closed.ClosedTest",
            "shop.closed.ClosedTest",
            &[("initializationError", &shut)],
        ),
        report(
            "closed",
            "shop.closed.LateTest",
            "shop.closed.LateTest",
            &[("works()", ""), ("executionError", &late)],
        ),
    ]
    .concat()
}

#[test]
fn what_was_told_says_which_test_a_report_means() {
    expect![[r#"
        19 told
        passed cart/src/test/java/shop/CartTest.java::CartTest::Empty::isFree
        passed cart/src/test/java/shop/CartTest.java::CartTest::adds
        passed cart/src/test/java/shop/CartTest.java::CartTest::again[1]
        passed cart/src/test/java/shop/CartTest.java::CartTest::again[2]
        skipped cart/src/test/java/shop/CartTest.java::CartTest::asks (org.opentest4j.TestAbortedException: Assumption failed: no network)
        errored cart/src/test/java/shop/CartTest.java::CartTest::cannotBeMade
            /w/cart/src/test/java/shop/CartTest.java:12: no rows
        passed cart/src/test/java/shop/CartTest.java::CartTest::counts[(String)[1]]
        passed cart/src/test/java/shop/CartTest.java::CartTest::counts[1]
        failed cart/src/test/java/shop/CartTest.java::CartTest::counts[2]
            /w/cart/src/test/java/shop/CartTest.java:7: expected: 5
        passed cart/src/test/java/shop/CartTest.java::CartTest::made[1]
        passed cart/src/test/java/shop/CartTest.java::CartTest::made[2][1]
        failed cart/src/test/java/shop/CartTest.java::CartTest::removes
            /w/cart/src/test/java/shop/CartTest.java:6: expected: 1
        skipped cart/src/test/java/shop/CartTest.java::CartTest::waits
        passed cart/src/test/java/shop/CartTest.java::CartTest::weighs[1]
        passed cart/src/test/java/shop/CartTest.java::CartTest::weighs[2]
        errored closed/src/test/java/shop/closed/ClosedTest.java::ClosedTest
            /w/closed/src/test/java/shop/closed/ClosedTest.java:2: shut
        errored closed/src/test/java/shop/closed/ClosedTest.java::LateTest
            /w/closed/src/test/java/shop/closed/ClosedTest.java:3: late
        passed closed/src/test/java/shop/closed/ClosedTest.java::LateTest::works
    "#]]
    .assert_eq(&conclude(&(live() + &reports())));
}

#[test]
fn reports_alone_call_tests_as_people_do() {
    expect![[r#"
        16 told
        errored cart/src/test/java/shop/CartTest.java::CartTest
            /w/cart/src/test/java/shop/CartTest.java:12: no rows
        passed cart/src/test/java/shop/CartTest.java::CartTest::Empty::isFree
        passed cart/src/test/java/shop/CartTest.java::CartTest::\[1] 5
        passed cart/src/test/java/shop/CartTest.java::CartTest::\[1] a
        failed cart/src/test/java/shop/CartTest.java::CartTest::\[2] 7
            /w/cart/src/test/java/shop/CartTest.java:7: expected: 5
        passed cart/src/test/java/shop/CartTest.java::CartTest::adds
        skipped cart/src/test/java/shop/CartTest.java::CartTest::asks (org.opentest4j.TestAbortedException: Assumption failed: no network)
        passed cart/src/test/java/shop/CartTest.java::CartTest::in two
        passed cart/src/test/java/shop/CartTest.java::CartTest::one
        passed cart/src/test/java/shop/CartTest.java::CartTest::repetition 1 of 2
        passed cart/src/test/java/shop/CartTest.java::CartTest::repetition 2 of 2
        failed cart/src/test/java/shop/CartTest.java::CartTest::takes one away
            /w/cart/src/test/java/shop/CartTest.java:6: expected: 1
        skipped cart/src/test/java/shop/CartTest.java::CartTest::waits
        errored closed/src/test/java/shop/closed/ClosedTest.java::ClosedTest
            /w/closed/src/test/java/shop/closed/ClosedTest.java:2: shut
        errored closed/src/test/java/shop/closed/ClosedTest.java::LateTest
            /w/closed/src/test/java/shop/closed/ClosedTest.java:3: late
        passed closed/src/test/java/shop/closed/ClosedTest.java::LateTest::works
    "#]]
    .assert_eq(&conclude(&reports()));
}

/// Gradle 4.6 to 4.10 have the method in their reports too.
#[test]
fn older_reports_have_the_methods() {
    let cases =
        [("adds()", ""), ("counts(int)[1]", ""), ("counts(String)[1]", ""), ("made()[2]", "")];
    expect![[r#"
        4 told
        passed cart/src/test/java/shop/CartTest.java::CartTest::adds
        passed cart/src/test/java/shop/CartTest.java::CartTest::counts[(String)[1]]
        passed cart/src/test/java/shop/CartTest.java::CartTest::counts[1]
        passed cart/src/test/java/shop/CartTest.java::CartTest::made[2]
    "#]]
    .assert_eq(&conclude(&report("cart", "shop.CartTest", "shop.CartTest", &cases)));
}
