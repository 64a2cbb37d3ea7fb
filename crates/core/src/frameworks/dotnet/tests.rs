//! What is found in C# files, which commands run a selection, and what is made of reports and of what is printed. The reports have
//! the form of those that VSTest 16 and 17 write for xUnit, NUnit and MSTest.

use expect_test::{Expect, expect};

use super::{KIND, detect};
use crate::frameworks::Exit;
use crate::frameworks::sample::{self, listed, seen_in, shown, site, steps};
use crate::model::RunEvent;
use crate::paths::RelPath;
use crate::plan::Job;

const SOLUTION: &str = r#"Microsoft Visual Studio Solution File
Project("{FAE04EC0}") = "Shop", "src\Shop\Shop.csproj", "{1}"
Project("{FAE04EC0}") = "Shop.Tests", "tests\Shop.Tests\Shop.Tests.csproj", "{2}"
Project("{FAE04EC0}") = "Till.Tests", "tests\Till.Tests\Till.Tests.csproj", "{3}"
"#;
const PROJECT: &str = r#"<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>
  <PackageReference Include="Microsoft.NET.Test.Sdk" Version="17.11.1" /></ItemGroup></Project>"#;

const CART: &str = r#"using Xunit;
namespace Shop.Tests;

[Trait("Category", "fast")]
public class CartTests : IDisposable
{
    [Fact]
    public void Adds() => Assert.Equal(2, 1 + 1);
    [Fact(Skip = "not today")] public async Task Skips() { }
    [Theory]
    [InlineData(1), InlineData(2)]
    public void Counts(int n) { }
    [Xunit.FactAttribute, Trait("Speed", "slow")]
    public void Slow() { }
    private void Helper() { }
    public class WhenEmpty { [Fact] public void IsZero() { } }
    public void Dispose() { }
}
public abstract class Base { [Fact] public void Inherited() { } }
public class Open<T> { [Fact] public void Generic() { } }
internal static class Nothing { }
"#;

const TILL: &str = r#"namespace Till
{
    namespace Tests
    {
        [TestFixture]
        public class TillTests
        {
            [Test] public void Opens() { }
            [TestCase(1, "a")] [TestCase(2, "b")] public void Rings(int n, string s) { }
            [Test, Ignore("later")] public void Ignored() { }
            [DataTestMethod, DataRow(1)] public void Rows(int n) { }
            [TestMethod] public void Adds() { this. }
        }
    }
}
"#;

const FILES: sample::Files<'static> = &[
    ("Shop.sln", SOLUTION),
    ("src/Shop/Shop.csproj", "<Project/>"),
    ("src/Shop/Cart.cs", ""),
    ("tests/Shop.Tests/Shop.Tests.csproj", PROJECT),
    ("tests/Shop.Tests/CartTests.cs", CART),
    ("tests/Till.Tests/Till.Tests.csproj", PROJECT),
    ("tests/Till.Tests/TillTests.cs", TILL),
];

fn job(selection: &[&str], exclude: &[&str]) -> Job {
    sample::job(&KIND, "", FILES, selection, exclude)
}

/// .NET knows nothing of the signs that let C# have its own words as names.
#[test]
fn names_that_are_words_of_the_language_are_found() {
    let event = "namespace Shop.@event; public class @class { [Fact] public void @new() { } }";
    let files = [("a.csproj", PROJECT), ("EventTests.cs", event)];
    let job = sample::job(&KIND, "", &files, &["EventTests.cs::Shop.event.class::new"], &[]);
    expect![[r#"
        group 1 Shop.event.class
        test 1 Shop.event.class > new
        /app/a.csproj --filter FullyQualifiedName=Shop.event.class.new
    "#]]
    .assert_eq(&(listed(job.known.items()) + &steps(&job, &site())));
}

/// The grammar makes nothing of a class in which something is set where it is there.
#[test]
fn what_is_newer_than_the_grammar_hides_nothing() {
    for newer in ["x?.Y = 1;", "x?.Y.Z += 1;", "x?[0] ??= 1;"] {
        let text = format!(
            "public class NewTests {{\n  [Fact] public void A() {{ {newer} }}\n  [Fact] public void B() {{ }}\n}}\n"
        );
        let files = [("a.csproj", PROJECT), ("NewTests.cs", text.as_str())];
        let job = sample::job(&KIND, "", &files, &[], &[]);
        let expected = "group 1 NewTests\ntest 2 NewTests > A\ntest 3 NewTests > B\n";
        assert_eq!(listed(job.known.items()), expected, "{text}");
    }
}

#[test]
fn a_solution_with_tests_is_a_suite_and_so_is_a_project_in_none() {
    let check = |files: sample::Files<'_>, expected: &[&str]| {
        let found = seen_in(files, detect::detect);
        let shown = found.iter().map(|(root, projects)| {
            let own: Vec<&str> = projects.own.iter().map(RelPath::as_str).collect();
            format!("{root}: {} with {}", projects.target, own.join(" "))
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    };
    check(
        FILES,
        &[": Shop.sln with tests/Shop.Tests/Shop.Tests.csproj tests/Till.Tests/Till.Tests.csproj"],
    );
    let alone = ("a/A.Tests.fsproj", r#"<Project Sdk="MSTest.Sdk/3.6.1" />"#);
    let other = ("b/B.csproj", "<Project/>");
    check(&[alone, other], &["a: a/A.Tests.fsproj with a/A.Tests.fsproj"]);
    let new = ("All.slnx", r#"<Solution><Project Path="a/A.Tests.fsproj" /></Solution>"#);
    check(&[alone, other, new], &[": All.slnx with a/A.Tests.fsproj"]);
    let central = ("Directory.Build.props", PROJECT);
    check(
        &[central, ("c/C.Tests.csproj", "<Project/>"), other],
        &["c: c/C.Tests.csproj with c/C.Tests.csproj"],
    );
    check(&[other], &[]);
}

#[test]
fn tests_are_methods_with_an_attribute() {
    let job = job(&[], &[]);
    expect![[r#"
        group 5 Shop.Tests.CartTests #fast
        test 8 Shop.Tests.CartTests > Adds #fast
        test 9 Shop.Tests.CartTests > Skips #fast
        parametrised 12 Shop.Tests.CartTests > Counts #fast
        test 14 Shop.Tests.CartTests > Slow #fast #slow
        group 16 Shop.Tests.CartTests > WhenEmpty #fast
        test 16 Shop.Tests.CartTests > WhenEmpty > IsZero #fast
        group 6 Till.Tests.TillTests
        test 8 Till.Tests.TillTests > Opens
        parametrised 9 Till.Tests.TillTests > Rings
        test 10 Till.Tests.TillTests > Ignored
        parametrised 11 Till.Tests.TillTests > Rows
        test 12 Till.Tests.TillTests > Adds
    "#]]
    .assert_eq(&listed(job.known.items()));
}

#[test]
fn a_selection_is_projects_and_filters() {
    let check = |chosen: &[&str], out: &[&str], expected: &Expect| {
        expected.assert_eq(&steps(&job(chosen, out), &site()));
    };
    check(
        &[],
        &[],
        &expect![[r#"
        /app/Shop.sln
    "#]],
    );
    check(
        &["tests/Till.Tests"],
        &[],
        &expect![[r#"
        /app/tests/Till.Tests/Till.Tests.csproj --filter FullyQualifiedName~Till.Tests.TillTests.|FullyQualifiedName~Till.Tests.TillTests+
    "#]],
    );
    check(
        &[
            "tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Adds",
            "tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::WhenEmpty::IsZero",
            "tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Counts[n: 1]",
            "tests/Till.Tests/TillTests.cs",
        ],
        &[],
        &expect![[r#"
            /app/tests/Shop.Tests/Shop.Tests.csproj --filter FullyQualifiedName=Shop.Tests.CartTests+WhenEmpty.IsZero|FullyQualifiedName=Shop.Tests.CartTests.Adds|FullyQualifiedName=Shop.Tests.CartTests.Counts|FullyQualifiedName~Shop.Tests.CartTests.Counts\(
            /app/tests/Till.Tests/Till.Tests.csproj --filter FullyQualifiedName~Till.Tests.TillTests.|FullyQualifiedName~Till.Tests.TillTests+
        "#]],
    );
    check(
        &["tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests"],
        &["tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Counts"],
        &expect![[r#"
            /app/tests/Shop.Tests/Shop.Tests.csproj --filter (FullyQualifiedName~Shop.Tests.CartTests.|FullyQualifiedName~Shop.Tests.CartTests+)&FullyQualifiedName!=Shop.Tests.CartTests.Counts&FullyQualifiedName!~Shop.Tests.CartTests.Counts\(
        "#]],
    );
    check(
        &["src/Shop/Cart.cs"],
        &[],
        &expect![[r#"
        /app/Shop.sln --filter FullyQualifiedName=-
    "#]],
    );
}

#[test]
fn what_is_for_the_tests_stands_behind_the_project() {
    let mut job = job(&[], &[]);
    job.args = ["-c", "Release", "--", "NUnit.NumberOfTestWorkers=1"].map(str::to_owned).to_vec();
    let invocation = job.suite.framework.invocation(&job, &site());
    assert_eq!(invocation.args, ["-c", "Release"]);
    assert_eq!(invocation.steps, [["/app/Shop.sln", "--", "NUnit.NumberOfTestWorkers=1"]]);
}

fn result(id: u32, shown: &str, outcome: &str, inner: &str) -> String {
    format!(
        "<UnitTestResult testId=\"{id}\" testName=\"{shown}\" duration=\"00:00:01.5000000\" outcome=\"{outcome}\">\n{inner}\n</UnitTestResult>\n"
    )
}

fn definition(id: u32, project: &str, class: &str, method: &str) -> String {
    let code = format!("/app/tests/{project}/bin/Debug/net8.0/{project}.dll");
    format!(
        "<UnitTest name=\"x\" storage=\"{}\" id=\"{id}\"><TestMethod codeBase=\"{code}\" className=\"{class}\" name=\"{method}\" /></UnitTest>\n",
        code.to_lowercase()
    )
}

fn report(results: &str, definitions: &str) -> String {
    let text = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\">\n\
         <Results>\n{results}</Results>\n<TestDefinitions>\n{definitions}</TestDefinitions>\n</TestRun>"
    );
    told(&text)
}

fn told(report: &str) -> String {
    let lines: String = report.lines().map(|line| format!(" {line}\n")).collect();
    format!("report r.trx\n{lines}end\n")
}

fn conclude(events: &str, printed: &str, exit: Exit) -> String {
    let site = site();
    let job = job(&[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site);
    let before: usize = printed.lines().map(|line| reader.printed(line).len()).sum();
    let told: usize = events.lines().map(|line| reader.line(line).len()).sum();
    format!("{before} before, {told} told\n{}", shown(&reader.conclude(&[], exit)))
}

#[test]
fn a_report_tells_of_classes_and_cases() {
    let failed = "<Output><StdOut>said &lt;so&gt;&#xD;\nü</StdOut><ErrorInfo><Message>Assert.Equal() Failure&#xD;\nExpected: 3</Message>\
                  <StackTrace>   at Shop.Cart.Add(Int32 n) in /app/src/Shop/Cart.cs:line 3&#xD;\n   at \
                  Shop.Tests.CartTests.Adds() in /app/tests/Shop.Tests/CartTests.cs:line 8&#xD;\n   at System.Reflection.X()\
                  </StackTrace></ErrorInfo></Output>";
    let results = [
        result(1, "Shop.Tests.CartTests.Adds", "Failed", failed),
        result(
            2,
            "Shop.Tests.CartTests.Skips",
            "NotExecuted",
            "<Output><StdOut>not today</StdOut></Output>",
        ),
        result(3, "Shop.Tests.CartTests.Counts(n: 1)", "Passed", ""),
        result(4, "Shop.Tests.CartTests.Counts(n: 2)", "Timeout", ""),
        result(5, "Slow for people", "Passed", ""),
        result(6, "Shop.Tests.CartTests+WhenEmpty.IsZero", "Passed", ""),
        result(7, "Shop.Tests.Derived.Inherited", "Passed", ""),
        result(9, "Is odd(n: 1)", "Passed", ""),
        result(9, "Is odd(n: 2)", "Passed", ""),
        result(8, "[Test Class Cleanup Failure (Shop.Tests.CartTests)]", "Failed", failed),
    ];
    let class = "Shop.Tests.CartTests";
    let definitions = [
        definition(1, "Shop.Tests", class, "Adds"),
        definition(2, "Shop.Tests", class, "Skips"),
        definition(3, "Shop.Tests", class, "Counts"),
        definition(4, "Shop.Tests", class, "Counts"),
        definition(5, "Shop.Tests", class, "Shop.Tests.CartTests.Slow"),
        definition(6, "Shop.Tests", "Shop.Tests.CartTests+WhenEmpty", "IsZero"),
        definition(7, "Shop.Tests", "Shop.Tests.Derived", "Inherited"),
        definition(9, "Shop.Tests", "Shop.Tests.Derived", "IsOdd"),
    ];
    expect![[r#"
        0 before, 10 told
        failed Shop.sln::\[Test Class Cleanup Failure (Shop.Tests.CartTests)]
            /w/src/Shop/Cart.cs:3: Assert.Equal() Failure⏎Expected: 3
              /w/tests/Shop.Tests/CartTests.cs:8 Shop.Tests.CartTests.Adds
              /w/src/Shop/Cart.cs:3 Shop.Cart.Add
            printed "said <so>\nü"
        failed tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Adds
            /w/tests/Shop.Tests/CartTests.cs:8: Assert.Equal() Failure⏎Expected: 3
              /w/tests/Shop.Tests/CartTests.cs:8 Shop.Tests.CartTests.Adds
              /w/src/Shop/Cart.cs:3 Shop.Cart.Add
            printed "said <so>\nü"
        passed tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Counts[n: 1]
        errored tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Counts[n: 2]
            /w/tests/Shop.Tests/CartTests.cs:12: Timeout
        skipped tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Skips (not today)
        passed tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Slow
        passed tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::WhenEmpty::IsZero
        passed tests/Shop.Tests/Shop.Tests.csproj::Shop.Tests.Derived::Inherited
        passed tests/Shop.Tests/Shop.Tests.csproj::Shop.Tests.Derived::IsOdd
        passed tests/Shop.Tests/Shop.Tests.csproj::Shop.Tests.Derived::IsOdd[Is odd(n: 2)]
    "#]]
    .assert_eq(&conclude(&report(&results.concat(), &definitions.concat()), "", Exit::Code(1)));
}

#[test]
fn nunit_and_mstest_call_cases_by_their_arguments() {
    let rows = format!(
        "<InnerResults>{}{}</InnerResults>",
        result(3, "Rows (1)", "Passed", ""),
        result(
            3,
            "Rows (2)",
            "Failed",
            "<Output><ErrorInfo><Message>no</Message></ErrorInfo></Output>"
        ),
    );
    let ignored =
        "<Output><StdOut>later</StdOut><ErrorInfo><Message>later</Message></ErrorInfo></Output>";
    let results = [
        result(1, "Rings(1,&quot;a&quot;)", "Passed", "<Output><StdOut>x</StdOut></Output>"),
        result(2, "Ignored", "NotExecuted", ignored),
        result(3, "Rows", "Failed", &rows),
        result(4, "Opens", "Inconclusive", ""),
    ];
    let class = "Till.Tests.TillTests";
    let definitions = [
        definition(1, "Till.Tests", class, "Rings(1,&quot;a&quot;)"),
        definition(2, "Till.Tests", class, "Ignored"),
        definition(3, "Till.Tests", "Till.Tests.TillTests, Till.Tests, Version=1.0.0.0", "Rows"),
        definition(4, "Till.Tests", class, "Opens"),
    ];
    expect![[r#"
        0 before, 5 told
        skipped tests/Till.Tests/TillTests.cs::Till.Tests.TillTests::Ignored (later)
        skipped tests/Till.Tests/TillTests.cs::Till.Tests.TillTests::Opens
        passed tests/Till.Tests/TillTests.cs::Till.Tests.TillTests::Rings[1,"a"]
            printed "x"
        passed tests/Till.Tests/TillTests.cs::Till.Tests.TillTests::Rows[1]
        failed tests/Till.Tests/TillTests.cs::Till.Tests.TillTests::Rows[2]
            /w/tests/Till.Tests/TillTests.cs:11: no
    "#]]
    .assert_eq(&conclude(&report(&results.concat(), &definitions.concat()), "", Exit::Code(1)));
}

#[test]
fn what_is_printed_is_told_before_the_report() {
    let site = site();
    let job = job(&[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site);
    let printed = [
        "  Determining projects to restore...",
        "[xUnit.net 00:00:00.12]     Shop.Tests.CartTests.Slow [FAIL]",
        "  Passed Shop.Tests.CartTests.Counts(n: 1) [3 ms]",
        "\u{1b}[31m  Failed Shop.Tests.CartTests.Slow [1 m 2 s]\u{1b}[m",
        "  Skipped Shop.Tests.CartTests.Skips",
        "  √ Opens [1s 200ms]",
        "  Passed Adds [3 ms]",
        "  Passed something else",
        "     Passed: 3",
    ];
    let events = printed.iter().flat_map(|line| reader.printed(line));
    let shown = events.map(|event| match event {
        RunEvent::TestFinished(result) => {
            format!("{} {} {:?}\n", result.outcome.as_str(), result.id, result.duration)
        }
        other => format!("{other:?}\n"),
    });
    expect![[r#"
        passed tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Counts[n: 1] Some(3ms)
        failed tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Slow Some(62s)
        skipped tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Skips None
        passed tests/Till.Tests/TillTests.cs::Till.Tests.TillTests::Opens Some(1.2s)
    "#]]
    .assert_eq(&shown.collect::<String>());
}

#[test]
fn what_was_told_is_not_told_again_unless_it_is_otherwise() {
    let results = [
        result(1, "Shop.Tests.CartTests.Adds", "Passed", ""),
        result(5, "Shop.Tests.CartTests.Slow", "Passed", ""),
    ];
    let definitions = [
        definition(1, "Shop.Tests", "Shop.Tests.CartTests", "Adds"),
        definition(5, "Shop.Tests", "Shop.Tests.CartTests", "Slow"),
    ];
    let report = report(&results.concat(), &definitions.concat());
    let printed =
        "  Passed Shop.Tests.CartTests.Adds [1 ms]\n  Failed Shop.Tests.CartTests.Slow [1 s]\n";
    let whole = conclude(&report, printed, Exit::Code(0));
    assert!(whole.starts_with("2 before, 1 told\n"), "{whole}");
    assert!(!whole.contains("failed"), "{whole}");
}

#[test]
fn what_does_not_build_is_an_error_at_its_place() {
    let printed = "\
/app/src/Shop/Cart.cs(12,5): error CS1002: ; expected [/app/src/Shop/Shop.csproj]
Till.cs(1,64): error CS1002: ; expected [/app/src/Shop/Shop.csproj::TargetFramework=net8.0]
CSC : warning CS2038: The language name 'en' is invalid. [/app/src/Shop/Shop.csproj]
/app/src/Shop/Cart.cs(13,5): warning CS0168: unused [/app/src/Shop/Shop.csproj]
/app/tests/Till.Tests/Till.Tests.csproj : error NU1101: Unable to find package NUnitt. No packages exist. [/app/Shop.sln]

Build FAILED.

/app/src/Shop/Cart.cs(12,5): error CS1002: ; expected [/app/src/Shop/Shop.csproj]
    2 Error(s)
";
    expect![[r#"
        0 before, 0 told
        errored src/Shop/Cart.cs
            /w/src/Shop/Cart.cs:12: CS1002: ; expected
        errored src/Shop/Till.cs
            /w/src/Shop/Till.cs:1: CS1002: ; expected
        errored tests/Till.Tests/Till.Tests.csproj
            /w/tests/Till.Tests/Till.Tests.csproj:1: NU1101: Unable to find package NUnitt. No packages exist.
    "#]].assert_eq(&conclude("", printed, Exit::Code(1)));
    let missing = "MSBUILD : error MSB1009: Project file does not exist.\nSwitch: Shop.sln\n";
    expect![[r#"
        0 before, 0 told
        broken: dotnet test ended with exit code 1: MSB1009: Project file does not exist.
    "#]]
    .assert_eq(&conclude("", missing, Exit::Code(1)));
}

#[test]
fn a_run_that_is_not_whole_is_broken() {
    let passed = result(1, "Shop.Tests.CartTests.Adds", "Passed", "");
    let whole = report(&passed, &definition(1, "Shop.Tests", "Shop.Tests.CartTests", "Adds"));
    let died =
        "The active test run was aborted. Reason: Test host process crashed : Stack overflow.\n";
    expect![[r#"
        0 before, 1 told
        passed tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Adds
        broken: the process of the tests died: The active test run was aborted. Reason: Test host process crashed : Stack overflow.
    "#]].assert_eq(&conclude(&whole, died, Exit::Code(1)));
    expect![[r#"
        0 before, 1 told
        passed tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Adds
        broken: dotnet test ended with exit code 1: no test failed
    "#]]
    .assert_eq(&conclude(&whole, "", Exit::Code(1)));
    let cut: String = whole.lines().take(6).map(|line| format!("{line}\n")).collect();
    expect![[r#"
        0 before, 0 told
        broken: the report r.trx is cut off
    "#]]
    .assert_eq(&conclude(&format!("{cut}end\n"), "", Exit::Code(1)));
    expect![[r#"
        0 before, 1 told
        passed tests/Shop.Tests/CartTests.cs::Shop.Tests.CartTests::Adds
    "#]]
    .assert_eq(&conclude(&whole, "", Exit::Code(0)));
}
