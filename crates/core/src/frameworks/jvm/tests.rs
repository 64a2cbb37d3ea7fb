//! Kotlin's sources: what is found in them, how it is chosen, and which test a report means.

use expect_test::{Expect, expect};

use super::{GRADLE, MAVEN};
use crate::frameworks::sample::{self, Files, listed, shown, site, steps};
use crate::frameworks::{Exit, ItemKind, Kind};
use crate::plan::Job;

const CART: &str = r#"package shop

import org.junit.jupiter.api.*

@Tag("fast")
class CartTest : Base() {
    @BeforeEach fun setUp() {}
    @Test
    fun adds() = assertEquals(2, 1 + 1)
    @Test fun `adds two, and more`() { }
    @Disabled("not today") @Test fun `skips (now)`() {}
    @ParameterizedTest
    @ValueSource(ints = [1, 2])
    fun `counts up`(n: Int) { }
    @org.junit.jupiter.api.RepeatedTest(3) internal fun again() {}
    @TestFactory fun made() = listOf(dynamicTest("x") {})
    private fun helper() {}
    @Nested
    inner class `When empty` {
        @Test fun `is zero`() {}
    }
    inner class Helper {
        @Test fun no() {}
    }
    companion object {
        @JvmStatic fun rows() = 1..2
    }
    @Test fun unfinished() {
        this.
    }
}

abstract class Base {
    @Test fun inherited() {}
}

interface Contract {
    @Test fun agreed() {}
}

@RunWith(Parameterized::class)
class OldTest(val n: Int) {
    @Test fun works() {}
}

class OlderTest : TestCase(), Cleanup {
    fun testIt() {}
    fun other() {}
    fun testWith(n: Int) {}
    fun testOf(): Int = 1
    private fun testHidden() {}
    fun testUnit(): Unit {}
}

class PaidTest : Till by CashTill() {
    @[Test Tag("slow")] fun pays() {}
    @[JvmStatic Suppress("x")] fun helps() {}
    @[Test] fun returns() {}
}

@Test fun nowhere() {}
"#;

const FILES: Files<'static> = &[
    ("pom.xml", "<project/>"),
    ("build.gradle.kts", ""),
    ("src/test/kotlin/shop/CartTest.kt", CART),
    // A folder that is not its package's.
    ("src/test/kotlin/TillTest.kt", "package shop.till\nclass TillTest { @Test fun rings() {} }"),
];

fn job(kind: &Kind, selection: &[&str]) -> Job {
    sample::job(kind, "", FILES, selection, &[])
}

#[test]
fn tests_are_functions_with_an_annotation_in_classes() {
    let job = job(&MAVEN, &[]);
    expect![[r#"
        group 2 TillTest
        test 2 TillTest > rings
        group 6 CartTest #fast
        test 9 CartTest > adds #fast
        test 10 CartTest > adds two, and more #fast
        test 11 CartTest > skips (now) #fast
        parametrised 14 CartTest > counts up #fast
        parametrised 15 CartTest > again #fast
        parametrised 16 CartTest > made #fast
        group 19 CartTest > When empty #fast
        test 20 CartTest > When empty > is zero #fast
        test 28 CartTest > unfinished #fast
        test 6 CartTest > inherited #fast
        group 42 OldTest
        parametrised 43 OldTest > works
        group 46 OlderTest
        test 47 OlderTest > testIt
        test 52 OlderTest > testUnit
        group 55 PaidTest
        test 56 PaidTest > pays #slow
        test 58 PaidTest > returns
    "#]]
    .assert_eq(&listed(job.known.items()));
}

/// As JUnit 5 runs them.
#[test]
fn a_class_has_the_tests_that_it_inherits_and_those_that_can_run() {
    let files = [
        ("pom.xml", "<project/>"),
        (
            "src/test/java/shop/Base.java",
            "package shop;
public abstract class Base<T> extends Root { @Test void inherited() {} @Test void dropped() {} @Test void kept() {} }
class Root { @Tag(\"slow\") @Test void deep() {} }",
        ),
        ("src/test/java/shop/till/Checks.java", "interface Checks { @Test default void checks() {} }"),
        (
            "src/test/java/shop/till/TillTest.java",
            "package shop.till;
import shop.Base;
class TillTest extends Base<String> implements Checks, Runnable {
    @Override void dropped() {}
    @Override @Test void kept() {}
    @Test private void hidden() {}
    @Test static void still() {}
    @Test int returns() { return 1; }
    @TestFactory List<DynamicTest> made() { return null; }
}
class OtherTest extends TillTest {}",
        ),
    ];
    let job = sample::job(&MAVEN, "", &files, &[], &[]);
    expect![[r#"
        group 3 TillTest
        test 5 TillTest > kept
        parametrised 9 TillTest > made
        test 3 TillTest > inherited
        test 3 TillTest > deep #slow
        test 3 TillTest > checks
        group 11 OtherTest
        test 11 OtherTest > kept
        parametrised 11 OtherTest > made
        test 11 OtherTest > inherited
        test 11 OtherTest > deep #slow
        test 11 OtherTest > checks
    "#]]
    .assert_eq(&listed(job.known.items()));
}

/// Of a class on one line the grammar reads nothing, nor of what follows.
#[test]
fn what_stands_on_one_line_is_found() {
    let check = |text: &str, expected: &Expect| {
        let files = [("pom.xml", "<project/>"), ("src/test/kotlin/shop/CartTest.kt", text)];
        expected.assert_eq(&listed(sample::job(&MAVEN, "", &files, &[], &[]).known.items()));
    };
    let text = r#"class CartTest {
    companion object { val x = 1 }; @Test fun adds() { assertEquals("a }", 'b') }
    @Nested inner class Empty { @Test fun free() { call { it } } }
    inner class No { val text = """ " } """ /* " } */ } // " }
    @Test fun counts() = when (x) { 1 -> "${ x }" else -> "b" }
}
class TillTest { @Test fun rings() { } @Nested inner class X { @Test fun y() {} } }
"#;
    check(
        text,
        &expect![[r#"
            group 1 CartTest
            test 2 CartTest > adds
            group 3 CartTest > Empty
            test 3 CartTest > Empty > free
            test 5 CartTest > counts
            group 7 TillTest
            test 7 TillTest > rings
            group 7 TillTest > X
            test 7 TillTest > X > y
        "#]],
    );
    check(
        "class CartTest { @Test fun adds() {} }",
        &expect![[r#"
        group 1 CartTest
        test 1 CartTest > adds
    "#]],
    );
}

/// Each of these makes the grammar read nothing of the file.
#[test]
fn what_is_newer_than_the_grammar_hides_nothing() {
    let newer = [
        "@Test fun first() { when (x) { is Int if x > 1 && y() -> a(); else -> b() } }",
        "@Test fun first() { val s = $$\"a $$b\" }",
        "context(clock: Clock)\n    @Test fun first() {}",
        "val x: List<Int>\n        field = listOf(1)\n    @Test fun first() {}",
    ];
    for newer in newer {
        let text = format!(
            "class ATest {{\n    {newer}\n    @Test fun second() {{}}\n}}\nclass BTest {{ @Test fun third() {{}} }}\n"
        );
        let files = [("pom.xml", "<project/>"), ("src/test/kotlin/ATest.kt", text.as_str())];
        let job = sample::job(&MAVEN, "", &files, &[], &[]);
        let found = job.known.items().filter(|it| it.kind == ItemKind::Test);
        let found: Vec<(String, u32)> =
            found.map(|it| (it.id.names.join("."), it.name.start.line)).collect();
        let line = |test: &str| text[..text.find(test).unwrap()].matches('\n').count() as u32;
        let expected =
            [("ATest.first", "first()"), ("ATest.second", "second"), ("BTest.third", "third")];
        let expected = expected.map(|(name, test)| (name.to_owned(), line(test)));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn names_with_spaces_are_chosen() {
    let check = |kind: &Kind, chosen: &[&str], expected: &Expect| {
        expected.assert_eq(&steps(&job(kind, chosen), &site()));
    };
    let chosen = [
        "src/test/kotlin/shop/CartTest.kt::CartTest::adds two, and more",
        "src/test/kotlin/shop/CartTest.kt::CartTest::When empty::is zero",
    ];
    check(
        &GRADLE,
        &chosen,
        &expect![[r#"
        :test --tests shop.CartTest$When empty.is zero --tests shop.CartTest.adds two, and more
    "#]],
    );
    check(
        &MAVEN,
        &chosen,
        &expect![[r#"
        -pl . -am -Dtest=shop.CartTest#adds?two??and?more,shop.CartTest$When empty#is?zero
    "#]],
    );
    check(
        &GRADLE,
        &["src/test/kotlin/shop"],
        &expect![[r#"
            :test --tests shop.CartTest --tests shop.CartTest$* --tests shop.OldTest --tests shop.OldTest$* --tests shop.OlderTest --tests shop.OlderTest$* --tests shop.PaidTest --tests shop.PaidTest$*
        "#]],
    );
}

#[test]
fn a_report_means_functions_of_any_name() {
    let site = site();
    let job = job(&MAVEN, &[]);
    let report = r#"report ./target/surefire-reports/TEST-shop.CartTest.xml
 <testsuite name="shop.CartTest">
 <testcase name="adds" classname="shop.CartTest"/>
 <testcase name="adds two, and more()" classname="shop.CartTest"/>
 <testcase name="skips (now)" classname="shop.CartTest"><skipped message="not today"/></testcase>
 <testcase name="counts up(int)[1]" classname="shop.CartTest"/>
 <testcase name="counts up{int}[2]" classname="shop.CartTest"/>
 <testcase name="is zero" classname="shop.CartTest$When empty"/>
 <testcase name="is new()" classname="shop.CartTest"/>
 <testcase name="rings" classname="shop.till.TillTest"/>
 </testsuite>
end
"#;
    let mut reader = job.suite.framework.reader(&job, &site);
    report.lines().for_each(|line| drop(reader.line(line)));
    expect![[r#"
        passed src/test/kotlin/TillTest.kt::TillTest::rings
        passed src/test/kotlin/shop/CartTest.kt::CartTest::When empty::is zero
        passed src/test/kotlin/shop/CartTest.kt::CartTest::adds
        passed src/test/kotlin/shop/CartTest.kt::CartTest::adds two, and more
        passed src/test/kotlin/shop/CartTest.kt::CartTest::counts up[1]
        passed src/test/kotlin/shop/CartTest.kt::CartTest::counts up[2]
        passed src/test/kotlin/shop/CartTest.kt::CartTest::is new()
        skipped src/test/kotlin/shop/CartTest.kt::CartTest::skips (now) (not today)
    "#]]
    .assert_eq(&shown(&reader.conclude(&[], Exit::Code(0))));
}
