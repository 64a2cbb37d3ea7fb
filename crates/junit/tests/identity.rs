//! Which test a case is, and how its tool runs it again.

use testdock_junit::{Identities, Report, Tool, read};

fn report(xml: &str) -> Report<'_> {
    let (report, problems) = read(xml.as_bytes());
    assert!(problems.is_empty(), "{problems:?} in {xml}");
    report
}

fn ids(xml: &str) -> Vec<String> {
    let report = report(xml);
    let mut identities = Identities::new(report.tool());
    let show = |case| {
        let sighting = identities.next(&report, case);
        let part = if sighting.part > 1 { format!(" ({})", sighting.part) } else { String::new() };
        format!("{}{part}", sighting.identity)
    };
    report.cases.iter().map(show).collect()
}

#[test]
fn the_same_test_has_the_same_id_in_every_run() {
    let run = |time: &str, address: &str| {
        ids(&format!(
            "<testsuites><testsuite name='m.ArithTest-{time}'><testcase classname='m.ArithTest' name='t'/>\
             <testcase classname='m.ArithTest' name='row ng.Foo@{address}'/></testsuite></testsuites>"
        ))
    };
    assert_eq!(run("20261123045013", "1b2c3d4"), run("20261124120000", "7f8e9d0"));
    assert_eq!(run("20261123045013", "1b2c3d4")[0], "m.ArithTest > t");
}

#[test]
fn repeated_names_are_several_tests_or_one_as_the_tool_has_it() {
    let rows = "<testsuite name='ng.T'><testcase classname='ng.T' name='row'/>\
                <testcase classname='ng.T' name='row'/></testsuite>";
    assert_eq!(ids(rows), ["ng.T > row", "ng.T > row #2"]);
    let teardown = "<testsuite name='pytest'><testcase classname='t.test_a' name='t[1]'/>\
                    <testcase classname='t.test_a' name='t[1]'><error message='failed on teardown'/></testcase>\
                    <testcase classname='t.test_a' name='t[2]'/></testsuite>";
    let expected =
        ["pytest > t.test_a > t[1]", "pytest > t.test_a > t[1] (2)", "pytest > t.test_a > t[2]"];
    assert_eq!(ids(teardown), expected);
    let again = "<testsuite name='p'><properties><property name='go.version' value='1'/></properties>\
                 <testcase classname='p' name='TestX'><failure/></testcase><testcase classname='p' name='TestX'/></testsuite>";
    assert_eq!(ids(again), ["p > TestX", "p > TestX (2)"]);
}

#[test]
fn a_project_of_playwright_is_part_of_the_id() {
    let suite = |project: &str| {
        format!(
            "<testsuite name='a.spec.ts' hostname='{project}'>\
             <testcase classname='a.spec.ts' name='group › fails'/></testsuite>"
        )
    };
    let both = format!("<testsuites>{}{}</testsuites>", suite("chromium"), suite("firefox"));
    let one = format!("<testsuites>{}</testsuites>", suite("firefox"));
    assert_eq!(ids(&both)[1], "a.spec.ts > [firefox] > a.spec.ts > group › fails");
    assert_eq!(ids(&both)[1..], ids(&one)[..]);
}

#[test]
fn a_test_is_selected_in_the_words_of_its_tool() {
    let cases: &[(Tool, &str, &str)] = &[
        (
            Tool::Pytest,
            "classname='tests.unit.test_a.TestC' name='test_x[a/b::c]'",
            "pytest tests/unit/test_a.py::TestC::test_x[a/b::c]",
        ),
        (
            Tool::Unittest,
            "classname='m.ArithTest' name='test_x (i=1)'",
            "python -m unittest m.ArithTest.test_x",
        ),
        (
            Tool::Maven,
            "classname='a.B$Inner' name='add(int, int)[2]'",
            "mvn test -Dtest=a.B$Inner#add*",
        ),
        (Tool::Maven, "classname='a.B' name='fails()'", "mvn test -Dtest=a.B#fails"),
        (Tool::Gradle, "classname='a.B' name='fails'", "gradle test --tests a.B.fails"),
        (
            Tool::Go,
            "classname='example.com/a' name='TestTable/a.b/#01'",
            "go test -run ^TestTable$/^a\\.b$/^#01$ example.com/a",
        ),
        (
            Tool::Jest,
            "classname='Calculator fails' name='Calculator fails'",
            "npx jest --testNamePattern=^Calculator fails$",
        ),
        (
            Tool::Jest,
            "classname='a.test.js' name='fails (1)'",
            "npx jest --runTestsByPath a.test.js --testNamePattern=(^| )fails \\(1\\)$",
        ),
        (
            Tool::Jest,
            "classname='Calc › inner' name='fails' file='t/[id].test.js'",
            "npx jest --runTestsByPath t/[id].test.js --testNamePattern=^Calc inner fails$",
        ),
        (Tool::Jest, "classname=' -top ' name=' -top '", "npx jest --testNamePattern=^-top $"),
        (
            Tool::Vitest,
            "classname='a.test.ts' name='Calculator &gt; fails'",
            "npx vitest run a.test.ts -t ^Calculator fails$",
        ),
        (
            Tool::Mocha,
            "classname='fails' name='Calculator fails'",
            "npx mocha -g ^Calculator fails$",
        ),
        (
            Tool::Mocha,
            "classname='x' name='Calculator &quot;before each&quot; hook: open for &quot;adds (1)&quot;'",
            "npx mocha -g ^x Calculator (.* )?adds \\(1\\)$",
        ),
        (Tool::Mocha, "classname='Calculator' name='fails'", "npx mocha -g ^Calculator fails$"),
        (
            Tool::Playwright,
            "classname='a.spec.ts' name='[p1] group › fails'",
            r"npx playwright test /a\.spec\.ts$ -g a\.spec\.ts (› )?group (› )?fails( @\S+)*$ --project=p1",
        ),
        (
            Tool::NodeTest,
            "classname='test' name='fails'",
            "node --test --test-name-pattern=^fails$",
        ),
        (
            Tool::Deno,
            "classname='./a_test.ts' name='steps &gt; s2'",
            "deno test --filter steps ./a_test.ts",
        ),
        (
            Tool::PhpUnit,
            "classname='C' name='testSum with data set \"x\"'",
            "vendor/bin/phpunit --filter /^C::testSum with data set \"x\"$/",
        ),
        (Tool::PhpUnit, "classname='A.C' name='t'", "vendor/bin/phpunit --filter /^A\\\\C::t$/"),
        (
            Tool::Rspec,
            "file='./spec/a_spec.rb' name='Cart adds'",
            "rspec ./spec/a_spec.rb -E ^Cart adds$",
        ),
        (
            Tool::Rspec,
            "file='./spec/a_spec.rb' name='Cart example at ./spec/a_spec.rb:9'",
            "rspec ./spec/a_spec.rb:9",
        ),
        (
            Tool::Nextest,
            "classname='crate::it' name='a::b'",
            "cargo nextest run -E binary_id(=crate::it) & test(=a::b)",
        ),
        (Tool::GoogleTest, "classname='All/P' name='IsOne/1'", " --gtest_filter=All/P.IsOne/1"),
        (
            Tool::Catch2,
            "classname='t.global' name='sections/deep'",
            " sections,sections/deep -c deep",
        ),
        (
            Tool::BoostTest,
            "classname='outer.inner' name='throws'",
            " --run_test=outer/inner/throws",
        ),
        (
            Tool::Doctest,
            "classname='t.cpp' name='fails/sub one'",
            " -tc=fails,fails/sub one -sc=sub one",
        ),
        (Tool::CTest, "classname='t1' name='t1'", "ctest -R ^t1$"),
        (Tool::Bats, "classname='a.bats' name='adds'", "bats -f ^adds$ a.bats"),
        (Tool::Bats, "classname='a.bats' name='$x'", "bats -f ^\\\\?\\$x$ a.bats"),
        (
            Tool::Catch2,
            "name='-a, [b]/c/d'",
            " \\-a\\, \\[b\\],\\-a\\, \\[b\\]/c,\\-a\\, \\[b\\]/c/d",
        ),
        (Tool::Doctest, "name='a, b/c/d'", " -tc=a\\, b,a\\, b/c,a\\, b/c/d -sc=c,d"),
        (
            Tool::EUnit,
            "name='calc_tests:0 fail_test'",
            "erl -noshell -eval eunit:test({calc_tests,fail_test}), halt().",
        ),
        (
            Tool::Dotnet,
            "classname='N.T' name='N.T.Adds(a: 1)'",
            "dotnet test --filter FullyQualifiedName~N.T.Adds",
        ),
        (Tool::Robot, "classname='Suite.Sub' name='Adds'", "robot --test Suite.Sub.Adds ."),
        (Tool::Robot, "classname='S' name='[a]*'", "robot --test S.[[]a][*] ."),
        (Tool::Behave, "classname='f.Feature' name='adds (1)'", "behave --name=^adds \\(1\\)$"),
    ];
    for (tool, attributes, expected) in cases {
        let xml = format!("<testcase {attributes}/>");
        let report = report(&xml);
        let selection = report.select_as(*tool, &report.cases[0], &|_| false).expect(expected);
        let command = selection.command.iter().copied().map(str::to_owned).collect::<Vec<_>>();
        let told = format!("{} {}", command.join(" "), selection.args.join(" "));
        assert_eq!(told, *expected);
    }
}

/// As a failed test of Node says where it was started.
fn of_node(started: &str) -> Vec<String> {
    let xml = format!(
        "<testsuite name='outer (1)'><testsuite name='inner'><testcase classname='test' name='a &amp;quot;t'>\
         <failure>\nError [ERR_TEST_FAILURE]: x\n    at {started} {{\n  failureType: 'testCodeFailure',\n  \
         cause: Error: x\n      at TestContext.&lt;anonymous> (/w/a.test.js:5:1)\n</failure></testcase></testsuite></testsuite>"
    );
    let report = report(&xml);
    assert_eq!(report.tool(), Some(Tool::NodeTest));
    report.select(&report.cases[0], &|_| false).map(|it| it.args).unwrap_or_default()
}

/// Which Node 20 and 24 were seen to run.
#[test]
fn a_test_of_node_is_selected_with_its_suites_and_a_part_of_a_test_with_that() {
    let own = r#"--test-name-pattern=^(outer \(1\) inner )?a ("|&quot;)t$"#;
    assert_eq!(of_node("async Promise.all (index 0)"), [own]);
    let outer = r"--test-name-pattern=^outer \(1\)$";
    let part = [outer, r"--test-name-pattern=^(outer \(1\) )?inner$", own];
    assert_eq!(of_node("async TestContext.foo (/w/a.test.js:3:81)"), part);
}

#[test]
fn what_has_its_name_only_once_it_ran_is_not_selected() {
    let report = report("<testcase file='./a_spec.rb' name='Cart is expected to eq 2'/>");
    assert_eq!(report.select_as(Tool::Rspec, &report.cases[0], &|_| false), None);
}

#[test]
fn how_a_file_was_named_is_no_part_of_the_id() {
    let of = |file: &str| {
        ids(&format!(
            "<testsuite name='{file}'><testcase classname='{file}' name='t'/></testsuite>"
        ))
    };
    assert_eq!(of("./a.bats"), ["a.bats > t"]);
    assert_eq!(of("./a.bats"), of("a.bats"));
}

#[test]
fn a_feature_is_found_below_its_folder() {
    let report = report("<testcase classname='sub.a.Feature 1.2' name='adds'/>");
    let is_file = |file: &str| file == "features/sub/a.feature";
    let selection = report.select_as(Tool::Behave, &report.cases[0], &is_file).unwrap();
    assert_eq!(selection.args, ["features/sub/a.feature", "--name=^adds$"]);
}

#[test]
fn what_the_files_say_decides_what_a_dotted_name_means() {
    let xml = "<testsuite name='pytest'><testcase classname='tests.Widgets.test_a.Outer.inner' name='t'/>\
               <testcase classname='' name='tests.test_broken'/><testcase classname='' name='setUp'/></testsuite>";
    let report = report(xml);
    let select = |index: usize| {
        let is_file =
            |file: &str| ["tests/Widgets/test_a.py", "tests/test_broken.py"].contains(&file);
        report.select(&report.cases[index], &is_file).map(|selection| selection.args.join(" "))
    };
    assert_eq!(select(0).as_deref(), Some("tests/Widgets/test_a.py::Outer::inner::t"));
    assert_eq!(select(1).as_deref(), Some("tests/test_broken.py"));
    assert_eq!(select(2), None);
}

#[test]
fn tools_are_known_by_their_marks() {
    let cases = [
        ("<testsuites name='jest tests'><testsuite/></testsuites>", Some(Tool::Jest)),
        (
            "<testsuites name='Mocha Tests'><testsuite file='cypress/e2e/a.cy.js'/></testsuites>",
            Some(Tool::Cypress),
        ),
        (
            "<testsuite name='module &apos;m&apos;'><testcase name='m:0 t'/></testsuite>",
            Some(Tool::EUnit),
        ),
        ("<testsuites><testcase classname='test' name='t'/></testsuites>", Some(Tool::NodeTest)),
        (
            "<testsuite name='a'><testcase classname='a' name='t' file='/w/a.test.js'/></testsuite>",
            Some(Tool::NodeTest),
        ),
        (
            "<testsuite name='R'><testsuite name='S'><testcase classname='R.S' name='t'/></testsuite></testsuite>",
            Some(Tool::Robot),
        ),
        (
            "<testsuite><properties><property name='surefire.real.class.path' value='x'/></properties><testcase classname='a.B' name='t'/></testsuite>",
            Some(Tool::Maven),
        ),
        (
            "<testsuite><testcase classname='a.spec.ts' name='t'><failure>[one] › a.spec.ts:9:1 › t</failure></testcase></testsuite>",
            Some(Tool::Playwright),
        ),
        ("<testsuite><testcase classname='a' name='t'/></testsuite>", None),
        ("<testsuites/>", None),
    ];
    for (xml, expected) in cases {
        assert_eq!(report(xml).tool(), expected, "{xml}");
    }
}
