//! What the reports of any command come to.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::Command;
use crate::frameworks::sample::site;
use crate::frameworks::{Conclusion, Exit, Suite};
use crate::interpreter;
use crate::paths::{Files, RelPath};
use crate::plan::{Job, ReportFile, Source};

const FILES: [&str; 5] = [
    "svc/tests/test_a.py",
    "svc/src/test/java/demo/FooTest.java",
    "web/src/a.test.ts",
    "svc/pkg/a_test.go",
    "web/pkg/a_test.go",
];

fn conclude(xml: &str, exit: Exit) -> Conclusion {
    let command = Command::new(vec!["*.xml".into()]);
    let interpreter = interpreter::plan("default", &Default::default(), Source::Local);
    let job = Job::new(Suite::new(RelPath::new("svc"), Arc::new(command)), interpreter);
    let site = site();
    let mut reader = job.suite.framework.reader(&job, &site);
    reader.files(Files::new(FILES.map(RelPath::new).to_vec()));
    let report = ReportFile { name: "report.xml".into(), bytes: xml.as_bytes().to_vec() };
    reader.conclude(&[report], exit)
}

#[expect(clippy::needless_pass_by_value, reason = "an expectation stands where it is used")]
fn check(xml: &str, expected: Expect) {
    let conclusion = conclude(xml, Exit::Code(1));
    let mut told = String::new();
    for result in &conclusion.results {
        told += &format!("{} {}\n", result.outcome.as_str(), result.id);
        for failure in &result.failures {
            let place = failure.place.as_ref().map(|at| format!("{}:{}: ", at.path, at.line));
            told += &format!("  {}{}\n", place.unwrap_or_default(), failure.headline());
            for frame in &failure.frames {
                told += &format!("    {}:{}\n", frame.place.path, frame.place.line);
            }
        }
    }
    told.extend(conclusion.warnings.iter().map(|warning| format!("warning: {warning}\n")));
    told.extend(conclusion.broken.iter().map(|broken| format!("broken: {}\n", broken.message)));
    expected.assert_eq(&told);
}

#[test]
fn failures_lead_into_the_workspace() {
    check(
        "<testsuites><testsuite name='demo.FooTest'><testcase classname='demo.FooTest' name='adds'>\
         <failure message='no'>\tat demo.Foo.add(Foo.java:3)\n\tat demo.FooTest.adds(FooTest.java:9)</failure></testcase>\
         </testsuite><testsuite name='src/a.test.ts'><testcase classname='src/a.test.ts' name='a &gt; b'>\
         <failure>Error: no\n ❯ src/a.test.ts:5:3</failure></testcase></testsuite>\
         <testsuite name='e/svc/pkg'><testcase classname='e/svc/pkg' name='TestA'>\
         <failure>    a_test.go:7: no</failure></testcase></testsuite>\
         <testsuite name='x'><testcase name='gone'><failure>/elsewhere/b.py:3: no</failure></testcase></testsuite>\
         </testsuites>",
        expect![[r#"
            failed svc/src/test/java/demo/FooTest.java::adds
              /w/svc/src/test/java/demo/FooTest.java:9: no
            failed web/src/a.test.ts::a > b
              /w/web/src/a.test.ts:5: Error: no
            failed ::e/svc/pkg::TestA
              /w/svc/pkg/a_test.go:7: a_test.go:7: no
            failed ::x::gone
              /elsewhere/b.py:3: no
        "#]],
    );
}

#[test]
fn a_test_has_one_id_whether_it_passes_or_not() {
    let case = |status: &str| {
        let xml = format!(
            "<testsuite name='pytest'><testcase classname='tests.test_a.TestC' name='t[1]'>{status}</testcase></testsuite>"
        );
        conclude(&xml, Exit::Code(0)).results[0].id.to_string()
    };
    let failed = case("<failure>tests/test_a.py:3: no</failure>");
    assert_eq!(failed, r"svc/tests/test_a.py::pytest::tests.test_a.TestC::t\[1]");
    assert_eq!(case(""), failed);
}

#[test]
fn several_cases_of_one_test_are_one_result() {
    check(
        "<testsuite name='pytest'><testcase classname='tests.test_a' name='t' time='1'/>\
         <testcase classname='tests.test_a' name='t' time='1'><error message='failed on teardown with x'/></testcase>\
         <testcase classname='tests.test_a' name='u'><failure message='once'/></testcase>\
         <testcase classname='tests.test_a' name='u'/></testsuite>",
        expect![[r#"
            errored svc/tests/test_a.py::pytest::t
              failed on teardown with x
            passed svc/tests/test_a.py::pytest::u
        "#]],
    );
    check(
        "<testsuite name='s'><testcase name='row'/><testcase name='row'><failure message='no'/></testcase></testsuite>",
        expect![[r#"
            passed ::s::row
            failed ::s::row[#2]
              no
        "#]],
    );
}

#[test]
fn what_is_wrong_with_a_suite_or_a_report_is_told() {
    check(
        "<testsuite name='t/a.t'><error message='Dubious'/><testcase name='a'/></testsuite>",
        expect![[r#"
            passed ::t/a.t::a
            errored ::t/a.t
              Dubious
        "#]],
    );
    check(
        "<testsuite><testcase name='a & b'/>",
        expect![[r#"
        passed ::a & b
        broken: the report report.xml is damaged: the report is cut off: <testsuite> is never closed
    "#]],
    );
    check(
        "<testsuite><testcase name='a'><system-out>so",
        expect![[r#"
            errored ::a
              the report was cut off before the end of this case
            broken: the report report.xml is damaged: the report is cut off: a text is never closed
        "#]],
    );
    check(
        "<testsuite><testcase name='a'><failure>a <nil></failure></testcase></testsuite>",
        expect![[r#"
            failed ::a
              a
            warning: the report report.xml is damaged: an element of no meaning is closed by the end of an element around it
        "#]],
    );
    check(
        "<testsuite><testcase name='a'/></testsuite>",
        expect![[r#"
        passed ::a
        broken: the command ended with exit code 1, though its report shows no failure
    "#]],
    );
    check(
        "<html/>",
        expect![[r#"
            broken: report.xml: not a JUnit report, but a web page (<html>)
        "#]],
    );
}
