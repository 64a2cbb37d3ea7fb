//! Where Gradle's projects are, which commands run a selection, and what Gradle's words come to.

mod jupiter;

use expect_test::{Expect, expect};

use crate::frameworks::Exit;
use crate::frameworks::jvm::GRADLE;
use crate::frameworks::jvm::gradle::detect;
use crate::frameworks::sample::{self, Files, seen_in, site};
use crate::paths::RelPath;
use crate::plan::Job;

const CART: &str = "package shop;
class CartTest { @Test void adds() {} @ParameterizedTest void counts(int n) {} }
class TillTest { @Test void rings() {} static class No { @Test void no() {} } }
@RunWith(Enclosed.class) class AllTest { public static class One { @Test public void works() {} } }
";

const FILES: Files<'static> = &[
    ("shop/settings.gradle.kts", "include(\":cart\", \"deep:price\")\n// include(\"not\")\n"),
    ("shop/build.gradle.kts", ""),
    ("shop/cart/build.gradle", ""),
    ("shop/cart/src/test/java/shop/CartTest.java", CART),
    ("shop/deep/price/src/test/java/PriceIT.java", "class PriceIT { @Test void isRight() {} }"),
    ("shop/tool/settings.gradle", ""),
    ("shop/tool/src/test/java/ToolTest.java", ""),
    ("alone/build.gradle", ""),
    ("alone/src/test/java/AloneTest.java", ""),
    ("alone/src/test/resources/x/build.gradle", ""),
];

#[test]
fn a_build_is_a_suite_with_all_that_it_includes() {
    let shown = seen_in(FILES, |contents| {
        let shown = detect::detect(contents).into_iter().map(|(root, modules)| {
            let own: Vec<&str> = modules.own.iter().map(|module| module.dir.as_str()).collect();
            let tests = contents.files.iter().filter(|path| modules.tests(path));
            format!("{root:?}: {own:?} {:?}\n", tests.map(RelPath::as_str).collect::<Vec<_>>())
        });
        shown.collect::<String>()
    });
    expect![[r#"
        "alone": ["alone"] ["alone/src/test/java/AloneTest.java"]
        "shop": ["shop", "shop/cart", "shop/deep/price"] ["shop/cart/src/test/java/shop/CartTest.java", "shop/deep/price/src/test/java/PriceIT.java"]
        "shop/tool": ["shop/tool"] ["shop/tool/src/test/java/ToolTest.java"]
    "#]].assert_eq(&shown);
}

fn job(selection: &[&str], exclude: &[&str]) -> Job {
    sample::job(&GRADLE, "shop", FILES, selection, exclude)
}

#[test]
fn a_selection_is_a_task_for_each_module_with_its_classes_and_methods() {
    let check = |chosen: &[&str], out: &[&str], expected: &Expect| {
        expected.assert_eq(&sample::steps(&job(chosen, out), &site()));
    };
    let of = |names: &str| format!("shop/cart/src/test/java/shop/CartTest.java::{names}");
    check(&[], &[], &expect![[""]]);
    check(
        &["shop/cart"],
        &[],
        &expect![[r#"
        :cart:test --tests shop.AllTest --tests shop.AllTest$* --tests shop.CartTest --tests shop.CartTest$* --tests shop.TillTest --tests shop.TillTest$*
    "#]],
    );
    check(
        &[&of("CartTest::adds"), "shop/deep"],
        &[],
        &expect![[r#"
        :cart:test --tests shop.CartTest.adds :deep:price:test --tests PriceIT --tests PriceIT$*
    "#]],
    );
    check(
        &[&of("CartTest::counts"), &of("AllTest::One::works")],
        &[],
        &expect![[r#"
        :cart:test --tests shop.AllTest$One.works --tests shop.CartTest.counts --tests shop.CartTest.counts[*
    "#]],
    );
    check(
        &[&of("CartTest::größe"), &of("Čaj::isčaj[🍵 2]")],
        &[],
        &expect![[r#"
        :cart:test --tests shop.*aj.is*aj --tests shop.*aj.is*aj[* 2] --tests shop.CartTest.gr*e
    "#]],
    );
    check(
        &[&of("CartTest::counts[a, b #1*]")],
        &[],
        &expect![[r#"
        :cart:test --tests shop.CartTest.counts --tests shop.CartTest.counts[a, b #1*]
    "#]],
    );
    check(
        &[],
        &[&of("CartTest::adds"), "shop/deep"],
        &expect![[r#"
        :cart:test --tests shop.AllTest --tests shop.AllTest$* --tests shop.CartTest.counts --tests shop.CartTest.counts[* --tests shop.TillTest --tests shop.TillTest$*
    "#]],
    );
    check(
        &["shop/deep"],
        &["shop/deep"],
        &expect![[r#"
        help
    "#]],
    );
}

fn conclude(events: &str, printed: &str, exit: Exit) -> String {
    let job = job(&[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site());
    printed.lines().for_each(|line| drop(reader.printed(line)));
    let told: usize = events.lines().map(|line| reader.line(line).len()).sum();
    let conclusion = reader.conclude(&[], exit);
    format!("{told} told\n{}", sample::shown(&conclusion))
}

const LIVE: &str = "source ./cart/src/test/java/shop/CartTest.java
report ./cart/build/live.xml
 <testsuite name=\"shop.CartTest\"><testcase name=\"adds\" classname=\"shop.CartTest\" time=\"0.001\"><failure message=\"java.lang.AssertionError: no\" type=\"java.lang.AssertionError\">java.lang.AssertionError: no&#10;	at shop.CartTest.adds(CartTest.java:2)&#10;</failure><system-out>čaj</system-out></testcase></testsuite>
end
";

#[test]
fn what_was_told_when_it_happened_is_told_once() {
    let report = "report ./cart/build/test-results/test/TEST-shop.CartTest.xml
 <testsuite name=\"shop.CartTest\"><testcase name=\"adds\" classname=\"shop.CartTest\" time=\"0.001\"><failure message=\"java.lang.AssertionError: no\" type=\"java.lang.AssertionError\">java.lang.AssertionError: no
 	at shop.CartTest.adds(CartTest.java:2)
 </failure></testcase><testcase name=\"classMethod\" classname=\"shop.TillTest\"><failure message=\"x\" type=\"E\">x</failure></testcase></testsuite>
end";
    expect![[r#"
        2 told
        failed shop/cart/src/test/java/shop/CartTest.java::CartTest::adds
            /w/shop/cart/src/test/java/shop/CartTest.java:2: no
            printed "čaj"
        errored shop/cart/src/test/java/shop/CartTest.java::TillTest
            /w/shop/cart/src/test/java/shop/CartTest.java:3: x
    "#]]
    .assert_eq(&conclude(&format!("{LIVE}{report}"), "", Exit::Code(0)));
}

#[test]
fn what_does_not_compile_is_an_error_of_its_file_and_what_stops_gradle_one_of_the_run() {
    // Gradle 4 says the task in the same line.
    let compile = ":cart:compileTestJava/app/shop/cart/src/test/java/shop/CartTest.java:8: error: cannot find symbol
        int answer = answer();
                     ^
  symbol:   method answer()
/app/shop/cart/src/test/java/shop/CartTest.java:9: error: ';' expected
1 error
e: file:///app/shop/cart/src/test/kotlin/shop/TillTest.kt:12:5 Unresolved reference: x
e: /app/shop/cart/src/test/kotlin/shop/TillTest.kt: (13, 5): Unresolved reference: y

FAILURE: Build completed with 2 failures.

1: Task failed with an exception.
-----------
* What went wrong:
Execution failed for task ':cart:compileTestJava'.
> Compilation failed; see the compiler error output for details.

* Try:
Run with --stacktrace option";
    expect![[r#"
        0 told
        errored shop/cart/src/test/java/shop/CartTest.java
            /w/shop/cart/src/test/java/shop/CartTest.java:8: cannot find symbol
            /w/shop/cart/src/test/java/shop/CartTest.java:9: ';' expected
        errored shop/cart/src/test/kotlin/shop/TillTest.kt
            /w/shop/cart/src/test/kotlin/shop/TillTest.kt:12: Unresolved reference: x
            /w/shop/cart/src/test/kotlin/shop/TillTest.kt:13: Unresolved reference: y
    "#]]
    .assert_eq(&conclude("", compile, Exit::Code(1)));
    // Gradle 8.12 says it again at the end, and Gradle 8.11 had a heading for it.
    let newer = "> Task :cart:compileTestJava FAILED
/app/shop/cart/src/test/java/shop/CartTest.java:8: error: cannot find symbol
        int answer = answer();
                     ^
  symbol:   method answer()
1 error

FAILURE: Build failed with an exception.

* What went wrong:
Execution failed for task ':cart:compileTestJava' (registered by plugin class 'org.gradle.api.plugins.JavaBasePlugin').
> Compilation failed; see the compiler output below.
  Note: Some input files use unchecked or unsafe operations.
  /app/shop/cart/src/test/java/shop/CartTest.java:8: error: cannot find symbol
          int answer = answer();
                       ^
    symbol:   method answer()
  1 error

* Try:
> Check your code and dependencies to fix the compilation error(s)

BUILD FAILED in 4s";
    let heading = newer.replace(
        "output below.\n",
        "output below.\n\nJava compilation error (compilation:java:java-compilation-error)\n",
    );
    for newer in [newer, &heading] {
        expect![[r#"
            0 told
            errored shop/cart/src/test/java/shop/CartTest.java
                /w/shop/cart/src/test/java/shop/CartTest.java:8: cannot find symbol
        "#]]
        .assert_eq(&conclude("", newer, Exit::Code(1)));
    }
    let missing = "* What went wrong:
Could not resolve all files for configuration ':cart:testCompileClasspath'.
> Could not find junit:junit:4.99.

* Try:";
    expect![[r#"
        0 told
        broken: Gradle ended with exit code 1: Could not resolve all files for configuration ':cart:testCompileClasspath'.
    "#]].assert_eq(&conclude("", missing, Exit::Code(1)));
    let wrapper = "Downloading https://services.gradle.org/distributions/gradle-8.10-bin.zip

Exception in thread \"main\" java.net.UnknownHostException: services.gradle.org
	at java.base/sun.nio.ch.NioSocketImpl.connect(NioSocketImpl.java:567)";
    expect![[r#"
        0 told
        broken: Gradle ended with exit code 1: the wrapper could not get its Gradle: https://services.gradle.org/distributions/gradle-8.10-bin.zip: java.net.UnknownHostException: services.gradle.org
    "#]].assert_eq(&conclude("", wrapper, Exit::Code(1)));
    let died = "* What went wrong:
Execution failed for task ':cart:test'.
> Process 'Gradle Test Executor 1' finished with non-zero exit value 3
  This problem might be caused by incorrect test process configuration.

* Try:";
    expect![[r#"
        1 told
        failed shop/cart/src/test/java/shop/CartTest.java::CartTest::adds
            /w/shop/cart/src/test/java/shop/CartTest.java:2: no
            printed "čaj"
        broken: the process of the tests died: Process 'Gradle Test Executor 1' finished with non-zero exit value 3
    "#]].assert_eq(&conclude(LIVE, died, Exit::Code(1)));
}
