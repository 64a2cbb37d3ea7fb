//! What is found in Java files, which commands run a selection, and what Maven's words come to.

use expect_test::{Expect, expect};

use crate::frameworks::Exit;
use crate::frameworks::jvm::MAVEN as KIND;
use crate::frameworks::sample::{self, listed, site};
use crate::paths::RelPath;
use crate::plan::Job;

const CART: &str = r#"package shop;

@Tag("fast")
class CartTest {
    @Test void adds() {}
    @org.junit.jupiter.api.Test
    @Tags({@Tag("slow"), @Tag("db")})
    void removes() {}
    @ParameterizedTest(name = "{0}") @ValueSource(ints = {1})
    void counts(int n) {}
    @RepeatedTest(2) void repeats() {}
    @Test void counts(String overloaded) {}
    void helper() {}
    @Nested class Empty { @Test void isFree() {} class Ignored { @Test void no() {} } }
    static class Fake { @Test void no() {} }
}
abstract class Base { @Test void inherited() {} }
class Other { void nothing() {} }
class OldTest extends junit.framework.TestCase { public void testIt(/* */) {} public void other() {} public void testWith(int n) {} public int testOf() { return 1; } void testHidden() {} }
@RunWith(Parameterized.class) class TableTest { @Test public void row() {} }
@RunWith(Enclosed.class) class AllTest { public static class One { @Test public void works() {} } }
class HalfTest { @Test void unfinished( }
"#;

const POM: &str = "<modules><module>cart</module><module>price</module></modules>";

fn job(selection: &[&str], exclude: &[&str]) -> Job {
    let price = "package shop.price; class PriceTest { @Test void isRight() {} }";
    let files = [
        ("pom.xml", POM),
        ("cart/pom.xml", ""),
        ("cart/src/test/java/shop/CartTest.java", CART),
        ("price/pom.xml", ""),
        ("price/src/test/java/shop/price/PriceTest.java", price),
    ];
    sample::job(&KIND, "", &files, selection, exclude)
}

#[test]
fn tests_are_methods_with_annotations_in_classes_and_the_nested_ones() {
    let job = job(&[], &[]);
    expect![[r#"
        group 4 CartTest #fast
        test 5 CartTest > adds #fast
        test 8 CartTest > removes #fast #slow #db
        parametrised 10 CartTest > counts #fast
        parametrised 11 CartTest > repeats #fast
        group 14 CartTest > Empty #fast
        test 14 CartTest > Empty > isFree #fast
        group 19 OldTest
        test 19 OldTest > testIt
        group 20 TableTest
        parametrised 20 TableTest > row
        group 21 AllTest
        group 21 AllTest > One
        test 21 AllTest > One > works
    "#]]
    .assert_eq(&listed(job.known.in_file(&RelPath::new("cart/src/test/java/shop/CartTest.java"))));
}

#[test]
fn a_selection_is_a_list_of_classes_and_methods_with_their_modules() {
    let check = |chosen: &[&str], out: &[&str], expected: &Expect| {
        expected.assert_eq(&sample::steps(&job(chosen, out), &site()));
    };
    let cart = "cart/src/test/java/shop/CartTest.java";
    let of = |names: &str| format!("{cart}::{names}");
    check(&[], &[], &expect![[""]]);
    check(
        &["cart/src"],
        &[],
        &expect![[r#"
        -pl cart -am -Dtest=shop.AllTest,shop.AllTest$*,shop.CartTest,shop.CartTest$*,shop.OldTest,shop.OldTest$*,shop.TableTest,shop.TableTest$*
    "#]],
    );
    check(
        &[&of("CartTest"), &of("CartTest::Empty::isFree")],
        &[],
        &expect![[r#"
        -pl cart -am -Dtest=shop.CartTest,shop.CartTest$*,shop.CartTest$Empty#isFree
    "#]],
    );
    check(
        &[&of("CartTest::counts"), &of("TableTest::row[a, b#1]")],
        &[],
        &expect![[r#"
            -pl cart -am -Dtest=shop.CartTest#counts+counts[*],shop.TableTest#row+row[a??b?1]
        "#]],
    );
    check(
        &[&of("CartTest::größe"), &of("Čaj::is🍵")],
        &[],
        &expect![[r#"
            -pl cart -am -Dtest=shop.?aj#is??,shop.CartTest#gr??e
        "#]],
    );
    check(
        &[&of("CartTest::adds"), "price"],
        &[],
        &expect![[r#"
            -pl cart,price -am -Dtest=shop.CartTest#adds,shop.price.PriceTest,shop.price.PriceTest$*
        "#]],
    );
    check(
        &[],
        &[&of("CartTest::adds"), &of("CartTest::Empty"), "price"],
        &expect![[r#"
        -pl cart -am -Dtest=shop.AllTest,shop.AllTest$*,shop.CartTest,shop.CartTest$*,shop.OldTest,shop.OldTest$*,shop.TableTest,shop.TableTest$*,!shop.CartTest#adds,!shop.CartTest$Empty,!shop.CartTest$Empty$*
    "#]],
    );
    check(
        &["cart/src/test/java/shop/NewTest.java"],
        &[],
        &expect![[r#"
        -pl cart -am -Dtest=shop.NewTest,shop.NewTest$*
    "#]],
    );
    check(
        &["price"],
        &["price"],
        &expect![[r#"
        -pl . -am -Dtest=testdock.None
    "#]],
    );
}

#[test]
fn a_folder_is_also_the_classes_in_which_nothing_was_found() {
    let meta = "package shop; class MetaTest { @Slow void onlyMeta() {} }";
    let files = [
        ("pom.xml", ""),
        (
            "src/test/java/shop/CartTest.java",
            "package shop; class CartTest { @Test void adds() {} }",
        ),
        ("src/test/java/shop/MetaTest.java", meta),
        ("src/test/java/other/OtherTest.java", "package other; class OtherTest {}"),
    ];
    let job = sample::job(&KIND, "", &files, &["src/test/java/shop"], &[]);
    expect![[r#"
        -pl . -am -Dtest=shop.CartTest,shop.CartTest$*,shop.MetaTest,shop.MetaTest$*
    "#]]
    .assert_eq(&sample::steps(&job, &site()));
}

#[test]
fn long_selections_are_divided() {
    let ids: Vec<String> = (0..5000)
        .map(|n| format!("cart/src/test/java/shop/Cart{n}Test.java::Cart{n}Test::adds"))
        .collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let job = job(&ids, &[]);
    let steps = job.suite.framework.invocation(&job, &site()).steps;
    assert!(steps.len() > 1);
    assert!(steps.iter().flatten().all(|word| word.len() < 33 * 1024));
    let classes: usize = steps.iter().flatten().map(|word| word.matches("#adds").count()).sum();
    assert_eq!(classes, 5000);
}

#[test]
fn goals_of_the_project_take_the_place_of_ours() {
    let mut job = job(&[], &[]);
    let words = |job: &Job| job.suite.framework.invocation(job, &site()).args.join(" ");
    assert!(words(&job).ends_with("-DtrimStackTrace=false test"), "{}", words(&job));
    job.args = vec!["-Pfast".into(), "verify".into()];
    assert!(words(&job).ends_with("-DtrimStackTrace=false -Pfast verify"), "{}", words(&job));
}

fn conclude(events: &str, printed: &str, exit: Exit) -> String {
    let site = site();
    let job = job(&[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site);
    printed.lines().for_each(|line| drop(reader.printed(line)));
    let told: usize = events.lines().map(|line| reader.line(line).len()).sum();
    let conclusion = reader.conclude(&[], exit);
    format!("{told} told\n{}", sample::shown(&conclusion))
}

const SOURCES: &str = "source ./cart/src/main/java/shop/Cart.java
source ./cart/src/test/java/shop/CartTest.java
source ./cart/src/test/kotlin/shop/TillTest.kt
source ./price/src/test/java/shop/price/PriceTest.java
";

fn report(cases: &str) -> String {
    let lines = cases.lines().map(|line| format!(" {line}\n")).collect::<String>();
    format!(
        "{SOURCES}report ./cart/target/surefire-reports/TEST-shop.CartTest.xml\n \
         <testsuite name=\"shop.CartTest\">\n{lines} </testsuite>\nend\n"
    )
}

#[test]
fn names_of_all_versions_of_surefire_lead_to_the_same_tests() {
    let cases = r#"<testcase name="adds" classname="shop.CartTest"/>
<testcase name="counts{int}[1]" classname="shop.CartTest"/>
<testcase name="counts(int)[2]" classname="shop.CartTest"/>
<testcase name="counts(String)[2]" classname="shop.CartTest"/>
<testcase name="repeats[1]" classname="shop.CartTest"/>
<testcase name="isFree" classname="shop.CartTest$Empty"/>
<testcase name="row[a b]" classname="shop.TableTest"/>
<testcase name="it adds, for people" classname="shop.CartTest"/>
<testcase name="rings" classname="shop.TillTest"/>
<testcase name="" classname="shop.OldTest"><error message="not set up" type="E">E: not set up
	at shop.Cart.open(Cart.java:3)
	at shop.OldTest.setUp(CartTest.java:20)
</error></testcase>
<testcase name="gone" classname="other.Elsewhere"/>"#;
    expect![[r#"
        11 told
        passed cart/pom.xml::Elsewhere::gone
        passed cart/src/test/java/shop/CartTest.java::CartTest::Empty::isFree
        passed cart/src/test/java/shop/CartTest.java::CartTest::adds
        passed cart/src/test/java/shop/CartTest.java::CartTest::counts[(String)[2]]
        passed cart/src/test/java/shop/CartTest.java::CartTest::counts[1]
        passed cart/src/test/java/shop/CartTest.java::CartTest::counts[2]
        passed cart/src/test/java/shop/CartTest.java::CartTest::it adds, for people
        passed cart/src/test/java/shop/CartTest.java::CartTest::repeats[1]
        errored cart/src/test/java/shop/CartTest.java::OldTest
            /w/cart/src/test/java/shop/CartTest.java:20: not set up
              /w/cart/src/main/java/shop/Cart.java:3 
        passed cart/src/test/java/shop/CartTest.java::TableTest::row[a b]
        passed cart/src/test/kotlin/shop/TillTest.kt::TillTest::rings
    "#]]
    .assert_eq(&conclude(&report(cases), "", Exit::Code(0)));
}

#[test]
fn what_does_not_compile_is_an_error_of_its_file() {
    let printed = "[INFO] COMPILATION
[ERROR] /app/cart/src/test/java/shop/CartTest.java:[10,26] cannot find symbol
  symbol:   method answer()
[INFO] 1 error
[ERROR] file:///app/cart/src/test/kotlin/shop/TillTest.kt:12:5 Unresolved reference: x
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.13.0:testCompile (default-testCompile) on project cart: Compilation failure -> [Help 1]
[ERROR] /app/cart/src/test/java/shop/CartTest.java:[10,26] cannot find symbol
[ERROR]   symbol:   method answer()";
    expect![[r#"
        0 told
        errored cart/src/test/java/shop/CartTest.java
            /w/cart/src/test/java/shop/CartTest.java:10: cannot find symbol⏎  symbol:   method answer()
        errored cart/src/test/kotlin/shop/TillTest.kt
            /w/cart/src/test/kotlin/shop/TillTest.kt:12: Unresolved reference: x
    "#]]
    .assert_eq(&conclude(SOURCES, printed, Exit::Code(1)));
}

#[test]
fn what_stops_maven_breaks_the_run() {
    let goal = "[ERROR] Failed to execute goal on project cart: Could not resolve dependencies -> [Help 1]";
    expect![[r#"
        0 told
        broken: Maven ended with exit code 1: on project cart: Could not resolve dependencies
    "#]]
    .assert_eq(&conclude("", goal, Exit::Code(1)));
    let passing = report(r#"<testcase name="adds" classname="shop.CartTest"/>"#);
    // Surefire 2.22; Maven itself ends well.
    let crash = "[ERROR] There are test failures.

Please refer to dump files (if any exist) [date].dump, [date]-jvmRun[N].dump and [date].dumpstream.
The forked VM terminated without properly saying goodbye. VM crash or System.exit called?
Command was /bin/sh -c cd '/app'
Error occurred in starting fork, check output in log
Process Exit Code: 3
Crashed tests:
shop.price.PriceTest
org.apache.maven.surefire.booter.SurefireBooterForkException: The forked VM terminated without properly saying goodbye.
Process Exit Code: 3
Crashed tests:
shop.price.PriceTest
\tat org.apache.maven.plugin.surefire.booterclient.ForkStarter.fork(ForkStarter.java:669)";
    expect![[r#"
        1 told
        passed cart/src/test/java/shop/CartTest.java::CartTest::adds
        errored price/src/test/java/shop/price/PriceTest.java::PriceTest
            /w/price/src/test/java/shop/price/PriceTest.java:1: the process of the tests ended while it ran
        broken: the process of the tests died: The forked VM terminated without properly saying goodbye. VM crash or System.exit called?
    "#]].assert_eq(&conclude(&passing, crash, Exit::Code(0)));
    let crash = "[ERROR] The forked VM terminated without properly saying goodbye. VM crash or System.exit called?
[ERROR] Crashed tests:
[ERROR] shop.price.PriceTest
[ERROR] -> [Help 1]";
    expect![[r#"
        1 told
        passed cart/src/test/java/shop/CartTest.java::CartTest::adds
        errored price/src/test/java/shop/price/PriceTest.java::PriceTest
            /w/price/src/test/java/shop/price/PriceTest.java:1: the process of the tests ended while it ran
        broken: the process of the tests died: The forked VM terminated without properly saying goodbye. VM crash or System.exit called?
    "#]].assert_eq(&conclude(&passing, crash, Exit::Code(0)));
    expect![[r#"
        1 told
        passed cart/src/test/java/shop/CartTest.java::CartTest::adds
        broken: Maven ended with exit code 1, though no test failed
    "#]]
    .assert_eq(&conclude(&passing, "", Exit::Code(1)));
    expect![[r#"
        1 told
        errored cart/pom.xml::::adds
            : the report was cut off before the end of this case
    "#]]
    .assert_eq(&conclude(&report("<testcase name=\"adds\""), "", Exit::Code(0)));
}

#[test]
fn tests_without_a_report_break_the_run() {
    let counted =
        "[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0 <<< FAILURE! - in shop.FineTest";
    expect![[r#"
        0 told
        broken: Maven ran tests, and left no report of them
    "#]]
    .assert_eq(&conclude("", counted, Exit::Code(0)));
    let none = "[INFO] Tests run: 0, Failures: 0, Errors: 0, Skipped: 0";
    expect![[r#"
        0 told
    "#]]
    .assert_eq(&conclude("", none, Exit::Code(0)));
}

#[test]
fn it_is_found_by_name() {
    assert!(crate::frameworks::Kind::named(KIND.name).is_some());
}
