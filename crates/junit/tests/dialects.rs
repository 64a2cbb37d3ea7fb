//! What is read from the accents and accidents that reports come with.

use expect_test::{Expect, expect};
use testdock_junit::{Case, Outcome, Problem, Report, Status, Suite, read};

/// Reads a report and shows all that is in it.
#[expect(clippy::needless_pass_by_value, reason = "an expectation stands where it is used")]
fn check(xml: impl AsRef<[u8]>, expected: Expect) {
    let (report, problems) = read(xml.as_ref());
    expected.assert_eq(&show(&report, &problems));
}

fn show(report: &Report<'_>, problems: &[Problem]) -> String {
    let suites = report.suites.iter().enumerate().map(|(id, suite)| show_suite(id, suite));
    let cases = report.cases.iter().map(show_case);
    let problems = problems.iter().map(|p| format!("! {} at {}\n", p.message, p.offset));
    suites.chain(cases).chain(problems).collect()
}

fn show_suite(id: usize, suite: &Suite<'_>) -> String {
    let mut line = format!("suite {id}");
    let parent = suite.parent.map(|id| id.index().to_string());
    let fields = [("in", &parent.map(Into::into)), ("name", &suite.name), ("file", &suite.file)];
    for (field, value) in fields.into_iter().chain([("out", &suite.system_out)]) {
        line += &value.as_ref().map(|value| format!(" {field}={value:?}")).unwrap_or_default();
    }
    suite.statuses.iter().fold(line + "\n", |text, status| text + &show_status(status))
}

fn show_case(case: &Case<'_>) -> String {
    let mut line = format!("{:?}", case.outcome());
    let suite = case.suite.map(|id| id.index().to_string());
    let fields = [
        ("suite", suite.map(Into::into)),
        ("class", case.classname.clone()),
        ("name", case.name.clone()),
        ("file", case.file.clone()),
        ("line", case.line.map(|line| line.to_string().into())),
        ("time", case.time.map(|time| time.to_string().into())),
        ("out", case.system_out.clone()),
        ("err", case.system_err.clone()),
    ];
    for (field, value) in fields {
        line += &value.map(|value| format!(" {field}={value:?}")).unwrap_or_default();
    }
    for property in &case.properties {
        line += &format!(" {}:{:?}", property.name, property.value);
    }
    case.statuses.iter().fold(line + "\n", |text, status| text + &show_status(status))
}

fn show_status(status: &Status<'_>) -> String {
    let mut line = format!("  {:?}", status.kind);
    let fields = [("type", &status.type_), ("message", &status.message), ("file", &status.file)];
    for (field, value) in fields.into_iter().chain([("out", &status.system_out)]) {
        line += &value.as_ref().map(|value| format!(" {field}={value:?}")).unwrap_or_default();
    }
    line += &status.line.map(|line| format!(" line={line}")).unwrap_or_default();
    format!("{line} {:?}\n", status.text)
}

#[test]
fn suites_nest_and_cases_stand_anywhere() {
    check(
        "<x:testsuites xmlns:x='urn:j'><x:testcase name='top'/>\
         <x:testsuite name='a'><x:testsuite name='b' file='b.py'><x:testcase classname='c' name='in'/>\
         <x:system-out>hi</x:system-out></x:testsuite><x:testcase class='k' name='out' filepath='f' line=' 7 '/>\
         </x:testsuite></x:testsuites>\n<testsuite/><testcase name='bare'/>",
        expect![[r#"
            suite 0 name="a"
            suite 1 in="0" name="b" file="b.py" out="hi"
            suite 2
            Passed name="top"
            Passed suite="1" class="c" name="in"
            Passed suite="0" class="k" name="out" file="f" line="7"
            Passed name="bare"
        "#]],
    );
}

#[test]
fn texts_are_as_the_tool_meant_them() {
    check(
        "<testcase name='a &amp; b' name='twice' time='1,5'><failure message='x &lt;\r\ny' type='E'>a &#10;\
         <![CDATA[<b> &amp; ]]>c<br/>\r\nd &who;&#xE9;</failure>\
         <system-out><![CDATA[one]]>&#xA;<![CDATA[two]]></system-out><system-out>three</system-out>\
         <system-err/><properties><property name='k' value='v'/><property name='t'>text</property>\
         </properties></testcase>",
        expect![[r#"
            Failed name="a & b" time="1.5" out="one\ntwo\nthree" err="" k:"v" t:"text"
              Failure type="E" message="x <\ny" "a \n<b> &amp; c\nd &who;é"
            ! an entity of the document's own is left as it is written at 128
        "#]],
    );
}

#[test]
fn every_status_is_kept_and_one_outcome_told() {
    check(
        "<testsuite><error message='did not load'/>\
         <testcase name='both'><failure>1</failure><error>2</error><failure file='f.c' line='3'>4</failure></testcase>\
         <testcase name='expected'><skipped/><failure/></testcase>\
         <testcase name='flaky'><flakyFailure message='m' type='T'>\n <stackTrace>at x</stackTrace>\n\
         <system-out>o</system-out></flakyFailure></testcase>\
         <testcase name='again'><failure/><rerunFailure>r</rerunFailure></testcase>\
         <testcase name='only'><rerunError/></testcase>\
         <testcase name='disabled' status='notrun' result='suppressed'/>\
         <testcase name='nested'><failure>a<error>b</error><system-out>c<failure/>d</system-out>e</failure></testcase>\
         <testcase name='deep'><steps><failure/></steps></testcase></testsuite>",
        expect![[r#"
            suite 0
              Error message="did not load" ""
            Errored suite="0" name="both"
              Failure "1"
              Error "2"
              Failure file="f.c" line=3 "4"
            Skipped suite="0" name="expected"
              Skipped ""
              Failure ""
            Passed suite="0" name="flaky"
              FlakyFailure type="T" message="m" out="o" "at x"
            Failed suite="0" name="again"
              Failure ""
              RerunFailure "r"
            Errored suite="0" name="only"
              RerunError ""
            Skipped suite="0" name="disabled"
            Failed suite="0" name="nested"
              Failure out="cd" "abe"
            Passed suite="0" name="deep"
        "#]],
    );
}

#[test]
fn what_is_cut_off_is_kept_and_never_passes() {
    check(
        "<testsuite name='s'><testcase name='a'/><testcase name='b'><failure message='m'>half a li",
        expect![[r#"
            suite 0 name="s"
            Passed suite="0" name="a"
            Failed suite="0" name="b"
              Failure message="m" "half a li"
            ! the report is cut off: a status is never closed at 89
        "#]],
    );
    check(
        "<testsuite><testcase name='a'><failure message='mess",
        expect![[r#"
            suite 0
            Failed suite="0" name="a"
              Failure message="mess" ""
            ! the markup that begins here never ends at 30
            ! the report is cut off: a status is never closed at 52
        "#]],
    );
    check(
        "<testsuite><testcase name='a'><failure><![CDATA[a.py:3",
        expect![[r#"
            suite 0
            Failed suite="0" name="a"
              Failure "a.py:3"
            ! the markup that begins here never ends at 39
            ! the report is cut off: a status is never closed at 54
        "#]],
    );
    check(
        "<testsuite><testcase name='a'/><testcase na",
        expect![[r#"
            suite 0
            Passed suite="0" name="a"
            ! the markup that begins here never ends at 31
            ! the report is cut off: <testsuite> is never closed at 43
        "#]],
    );
    check(
        "<testsuite name='1'><testcase name='a'><?xml version='1.0'?><testsuites><testsuite name='2'>\
         <testcase name='b'/></testsuite></testsuites>",
        expect![[r#"
            suite 0 name="1"
            suite 1 name="2"
            Errored suite="0" name="a"
            Passed suite="1" name="b"
            ! another report begins before this one ends at 60
        "#]],
    );
}

#[test]
fn what_is_not_escaped_costs_no_case() {
    check(
        "log <a> line\n<testsuite name='s'><testcase name='a & b'><failure message='a < b'>if a < b && c: \
         got <nil>, <*errors.String> <!x></failure></testcase><testcase name='b'></testcase></nil>\
         </testsuite>\nDone",
        expect![[r#"
            suite 0 name="s"
            Failed suite="0" name="a & b"
              Failure message="a < b" "if a < b && c: got , <*errors.String> <!x>"
            Passed suite="0" name="b"
            ! there is text outside of the report at 0
            ! a `<` that begins no tag is taken for text at 86
            ! an element of no meaning is closed by the end of an element around it at 128
            ! </nil> closes nothing that is open at 179
        "#]],
    );
    check(
        "<testsuite><testcase name='a'><failure>it's <b \" ></failure></testcase>\
         <testcase name=\"b\"/></testsuite>",
        expect![[r#"
            suite 0
            Failed suite="0" name="a"
              Failure "it's <b \" >"
            Passed suite="0" name="b"
            ! the markup that begins here never ends at 44
        "#]],
    );
    check(
        "<testsuite><testcase name='a><failure/></testcase><testcase name='b'/></testsuite>",
        expect![[r#"
            suite 0
            Failed suite="0" name="a>"
              Failure ""
            Passed suite="0" name="b"
            ! the markup that begins here never ends at 11
        "#]],
    );
    check(
        "<testsuite><testcase name='a'><failure><![CDATA[never ends</failure></testcase>\
         <testcase name='b'/></testsuite>",
        expect![[r#"
            suite 0
            Failed suite="0" name="a"
              Failure "never ends"
            Passed suite="0" name="b"
            ! the markup that begins here never ends at 39
        "#]],
    );
    check(
        "\u{feff}\u{feff}<testsuite><\u{feff}<testcase name='a'/></testsuite>",
        expect![[r#"
            suite 0
            Passed suite="0" name="a"
            ! a `<` that begins no tag is taken for text at 17
        "#]],
    );
}

#[test]
fn what_is_printed_behind_a_report_is_no_part_of_it() {
    check(
        "<testsuite name='s'><testcase name='a'/></testsuite>\n<done> in 2 s <failure>, see <system-out>\n</pre>\n\
         <testsuite name='t'><testcase name='b'><failure message='no'/></testcase></testsuite>\n<bye>",
        expect![[r#"
            suite 0 name="s"
            suite 1 name="t"
            Passed suite="0" name="a"
            Failed suite="1" name="b"
              Failure message="no" ""
            ! there is text outside of the report at 59
        "#]],
    );
}

#[test]
fn encodings_are_read_and_bad_bytes_told() {
    let utf16: Vec<u8> = "\u{feff}<?xml version='1.0' encoding='UTF-8'?><testcase name='é'/>"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    check(
        utf16,
        expect![[r#"
        Passed name="é"
    "#]],
    );
    for order in [u32::to_le_bytes, u32::to_be_bytes] {
        let mut utf32: Vec<u8> =
            "\u{feff}<testcase name='é😀'/>".chars().flat_map(|c| order(u32::from(c))).collect();
        utf32.push(0);
        check(
            utf32,
            expect![[r#"
                Passed name="é😀"
                ! there is text outside of the report at 25
            "#]],
        );
    }
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><testcase name='\xe9'/>";
    check(
        latin,
        expect![[r#"
        Passed name="é"
    "#]],
    );
    check(
        b"<testcase name='a\xffb'/>",
        expect![[r#"
        Passed name="a�b"
        ! there are bytes that are not UTF-8 at 17
    "#]],
    );
    check(
        b"<?xml version='1.0' encoding='klingon'?><testcase name='a\xe9'/>",
        expect![[r#"
            Passed name="aé"
            ! the encoding "klingon" is unknown: it is read as windows-1252 at 0
        "#]],
    );
    check(
        b"<testcase name='\x1b[31mred\x00'/>",
        expect![[r#"
        Passed name="\u{1b}[31mred\0"
    "#]],
    );
}

#[test]
fn what_is_no_report_is_called_so() {
    check(
        "",
        expect![[r#"
        ! not a JUnit report: it is empty at 0
    "#]],
    );
    check(
        " \n",
        expect![[r#"
        ! not a JUnit report: it holds no XML element at 0
    "#]],
    );
    check(
        "Segmentation fault",
        expect![[r#"
        ! there is text outside of the report at 0
        ! not a JUnit report: it holds no XML element at 0
    "#]],
    );
    check(
        "<html><body>502 Bad Gateway</body></html>",
        expect![[r#"
            ! not a JUnit report, but a web page (<html>) at 0
        "#]],
    );
    check("<testsuites/>", expect![[r#""#]]);
}

/// Whoever counts a failure has seen one, and no report that leaves it out is the whole truth.
#[test]
fn a_count_is_not_above_what_is_listed() {
    let problems = |xml: &str| {
        let said = read(xml.as_bytes()).1.into_iter().map(|problem| problem.message);
        said.collect::<Vec<_>>().join("; ")
    };
    let suite = |case: &str| format!("<testsuite tests='5' failures='2'>{case}</testsuite>");
    let lists_none = "the report counts 2 failures, and lists none";
    assert_eq!(problems(&suite("<testcase name='a'/>")), lists_none);
    assert_eq!(problems("<testsuites errors='2'/>"), lists_none);
    for case in [
        "<testcase><failure/></testcase>",
        "<testcase><flakyFailure/></testcase>",
        "<testcase status='failed'/>",
        "<error/>",
    ] {
        assert_eq!(problems(&suite(case)), "", "{case}");
    }
    assert_eq!(problems("<testsuite tests='5' failures='0'><testcase/></testsuite>"), "");
}

#[test]
fn bombs_cost_what_their_bytes_cost() {
    let deep = "<testsuite>".repeat(70_000) + "<testcase name='deep'/>";
    let (report, problems) = read(deep.as_bytes());
    assert_eq!((report.suites.len(), report.cases.len()), (1 << 16, 1));
    assert_eq!(problems.len(), 2);

    let named = "<testsuite name='s'>".repeat(30_000) + &"<testcase name='deep'/>".repeat(10_000);
    let (report, _) = read(named.as_bytes());
    let paths = report.cases.iter().map(|case| report.suite_path(case.suite.unwrap()).len());
    assert_eq!(paths.max(), Some(testdock_junit::MAX_PATH));
    assert!(testdock_junit::write("all", &report.into_flat()).len() < 10_000_000);

    let cases = "<testcase>".repeat(10_000);
    assert_eq!(read(cases.as_bytes()).0.cases.len(), 10_000);

    let quotes = "<testcase name='".repeat(10_000);
    assert!(read(quotes.as_bytes()).0.cases.len() <= 10_000);

    let marks = format!("<testcase><failure>{}</failure></testcase>", "<".repeat(300_000));
    let (report, problems) = read(marks.as_bytes());
    assert_eq!((report.cases[0].statuses[0].text.len(), problems.len()), (300_000, 1));

    let many = format!("<testcase>{}<error/></testcase>", "<failure/><property/>".repeat(20_000));
    let (report, problems) = read(many.as_bytes());
    assert_eq!(
        (report.cases[0].statuses.len(), report.cases[0].properties.len()),
        (10_002, 10_000)
    );
    assert_eq!((report.cases[0].outcome(), problems.len()), (Outcome::Errored, 1));

    let entities = "<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><testcase name='&b;'>\
                    <failure>&b;</failure></testcase>";
    check(
        entities,
        expect![[r#"
        Failed name="&b;"
          Failure "&b;"
        ! an entity of the document's own is left as it is written at 86
    "#]],
    );
}
