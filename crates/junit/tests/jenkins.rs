//! What is written for Jenkins is valid by the schema of its xunit plugin.
//!
//! The schema is told here in our words, from `junit-10.xsd` as xunit-plugin 3.1.6 publishes it: which
//! attributes and children an element may have, which attributes it must have, and whether text.

#![expect(clippy::unwrap_used, reason = "a broken corpus is a failed test")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use testdock_junit::{FlatSuite, Form, Outcome, read, write_as};

struct Element {
    required: &'static [&'static str],
    optional: &'static [&'static str],
    children: &'static [&'static str],
    /// The children come in the order above, each at most once.
    in_order: bool,
    text: bool,
}

const RERUN: Element = Element {
    required: &["type"],
    optional: &["message"],
    children: &["stackTrace", "system-out", "system-err"],
    in_order: true,
    text: true,
};

const STATUS: Element = Element { required: &[], optional: &["type", "message"], ..TEXT };

const TEXT: Element =
    Element { required: &[], optional: &[], children: &[], in_order: false, text: true };

fn element(name: &str) -> Element {
    match name {
        "testsuites" => Element {
            optional: &["name", "time", "tests", "failures", "errors"],
            children: &["testsuite"],
            text: false,
            ..TEXT
        },
        "testsuite" => Element {
            required: &["name", "tests", "failures", "errors"],
            optional: &[
                "group",
                "time",
                "skipped",
                "timestamp",
                "hostname",
                "id",
                "package",
                "file",
                "log",
                "url",
                "version",
            ],
            children: &["testsuite", "properties", "testcase", "system-out", "system-err"],
            text: false,
            ..TEXT
        },
        "testcase" => Element {
            required: &["name"],
            optional: &["time", "classname", "group"],
            children: &[
                "skipped",
                "error",
                "failure",
                "rerunFailure",
                "rerunError",
                "flakyFailure",
                "flakyError",
                "system-out",
                "system-err",
            ],
            text: false,
            ..TEXT
        },
        "properties" => Element { children: &["property"], text: false, ..TEXT },
        "property" => Element { required: &["name", "value"], text: false, ..TEXT },
        "skipped" | "error" | "failure" => STATUS,
        "rerunFailure" | "rerunError" | "flakyFailure" | "flakyError" => RERUN,
        "system-out" | "system-err" | "stackTrace" => TEXT,
        other => panic!("the schema knows no <{other}>"),
    }
}

/// Whether XML 1.0 does not allow a character.
fn forbidden(c: char) -> bool {
    (c.is_ascii_control() && !"\t\n\r\u{7f}".contains(c)) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Panics where a document breaks the schema.
fn validate(xml: &[u8]) {
    let xml = std::str::from_utf8(xml).unwrap();
    assert_eq!(xml.find(forbidden), None, "a character that XML does not allow");
    let mut reader = Reader::from_str(xml);
    // The names of what is open, and which of the children came last.
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut roots = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                roots += usize::from(open.is_empty());
                enter(&tag, &mut open);
                open.push((name(&tag), 0));
            }
            Event::Empty(tag) => enter(&tag, &mut open),
            Event::End(_) => drop(open.pop()),
            Event::Text(text) if !text.trim_ascii().is_empty() => {
                let (parent, _) = open.last().unwrap();
                assert!(element(parent).text, "text in <{parent}>");
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(roots, 1);
}

fn name(tag: &BytesStart<'_>) -> String {
    tag.name().as_ref().to_owned()
}

fn enter(tag: &BytesStart<'_>, open: &mut [(String, usize)]) {
    let name = name(tag);
    if let Some((parent, last)) = open.last_mut() {
        let schema = element(parent);
        let at = schema.children.iter().position(|child| *child == name);
        let at = at.unwrap_or_else(|| panic!("<{name}> in <{parent}>"));
        assert!(!schema.in_order || at >= *last, "<{name}> too late in <{parent}>");
        *last = at + usize::from(schema.in_order);
    } else {
        assert_eq!(name, "testsuites");
    }
    let schema = element(&name);
    let mut seen = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap();
        let key = attribute.key.as_ref().to_owned();
        let known = schema.required.contains(&&*key) || schema.optional.contains(&&*key);
        assert!(known, "the attribute {key} of <{name}>");
        if key == "time" {
            let plain = |c: char| c.is_ascii_digit() || c == '.';
            assert!(attribute.value.chars().all(plain), "time={:?}", attribute.value);
        }
        seen.push(key);
    }
    for required in schema.required {
        assert!(seen.iter().any(|key| key == required), "<{name}> without {required}");
    }
}

fn merged(xml: &[u8]) -> Vec<u8> {
    write_as(Form::Jenkins, "all skipped=\"7\"", &read(xml).0.into_flat())
}

#[test]
fn the_schema_finds_what_is_wrong() {
    for wrong in [
        "<testsuites skipped='1'/>",
        "<testsuites><testcase name='a'/></testsuites>",
        "<testsuites><testsuite name='a' tests='1' failures='0'/></testsuites>",
        "<testsuites>text</testsuites>",
        "<testsuites/><testsuites/>",
    ] {
        assert!(std::panic::catch_unwind(|| validate(wrong.as_bytes())).is_err(), "{wrong}");
    }
    validate(b"<testsuites><testsuite name='a' tests='1' failures='0' errors='0'/></testsuites>");
}

#[test]
fn what_a_schema_has_no_room_for_is_flattened() {
    let xml = merged(
        b"<testsuites><testsuite name='a' timestamp='yesterday' file='a.py' hostname='h' package='p'>\
          <properties><property name='k' value='v'/></properties>\
          <testsuite name='b'><testcase name='t' classname='c' time='0.12345' file='a.py' line='3'>\
          <properties><property name='id' value='7'/></properties>\
          <failure file='b.py' line='9'>no</failure><error>worse</error><system-out>said</system-out></testcase>\
          <testcase name='u'><flakyFailure/><flakyError type='E'><stackTrace>s</stackTrace><system-out>o</system-out></flakyError></testcase>\
          <testcase name='v'><failure/><rerunFailure message='m'/></testcase></testsuite>\
          <error message='did not load'/></testsuite><testcase name='outside'/></testsuites>",
    );
    validate(&xml);
    let expected = expect_test::expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="all skipped=&quot;7&quot;" tests="5" failures="1" errors="2">
            <testsuite name="a" tests="1" skipped="0" errors="1" failures="0" package="p" file="a.py" hostname="h">
                <properties>
                    <property name="k" value="v"/>
                    <property name="timestamp" value="yesterday"/>
                </properties>
                <testcase name="a">
                    <error message="did not load"/>
                </testcase>
            </testsuite>
            <testsuite name="a &gt; b" tests="3" skipped="0" errors="1" failures="1">
                <testcase name="t" classname="c" time="0.123">
                    <error>worse

        failure
        b.py:9
        no</error>
                    <system-out>[[PROPERTY|file=a.py]]
        [[PROPERTY|line=3]]
        [[PROPERTY|id=7]]
        said</system-out>
                </testcase>
                <testcase name="u">
                    <flakyFailure type="">
                    </flakyFailure>
                    <flakyError type="E">s
                        <system-out>o</system-out>
                    </flakyError>
                </testcase>
                <testcase name="v">
                    <failure/>
                    <rerunFailure message="m" type="">
                    </rerunFailure>
                </testcase>
            </testsuite>
            <testsuite name="tests" tests="1" skipped="0" errors="0" failures="0">
                <testcase name="outside"/>
            </testsuite>
        </testsuites>
    "#]];
    expected.assert_eq(&String::from_utf8(xml).unwrap());
}

#[test]
fn characters_that_xml_does_not_allow_are_left_out() {
    let xml = "<testcase name='a\u{fffe}b\u{ffff}'><failure message='\u{fffe}m'>t\u{ffff}</failure></testcase>";
    let written = merged(xml.as_bytes());
    validate(&written);
    let (report, _) = read(&written);
    let case = &report.cases[0];
    assert_eq!(case.name.as_deref(), Some("ab"));
    assert_eq!(case.statuses[0].message.as_deref(), Some("m"));
}

/// Every real report, merged.
#[test]
fn reports_of_real_tools_become_valid() {
    let Some(corpus) = corpus() else { return };
    let mut files = 0;
    for folder in std::fs::read_dir(corpus.join("dev")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let (report, _) = read(&bytes);
            let outcomes: Vec<Outcome> = report.cases.iter().map(|case| case.outcome()).collect();
            let broken = report.suites.iter().filter(|suite| !suite.statuses.is_empty()).count();
            let xml = write_as(Form::Jenkins, "all", &report.into_flat());
            validate(&xml);
            assert_eq!(read(&xml).0.cases.len(), outcomes.len() + broken);
            files += 1;
        }
    }
    assert!(files > 100);
}

fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/junit");
    let path = std::env::var_os("TESTDOCK_JUNIT_CORPUS").map_or_else(beside, PathBuf::from);
    if path.join("INDEX.tsv").exists() {
        return Some(path);
    }
    println!("skipped: no corpus of reports at {}", path.display());
    None
}

proptest! {
    /// Whatever was read, what is written is valid.
    #[test]
    fn anything_that_is_read_is_written_validly(pieces in prop::collection::vec(piece(), 0..40)) {
        let xml = pieces.concat();
        validate(&merged(xml.as_bytes()));
        let suites: Vec<FlatSuite<'_>> = read(xml.as_bytes()).0.into_flat();
        let common = write_as(Form::Common, "all", &suites);
        prop_assert_eq!(read(&common).1, vec![]);
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<testsuites>",
        "<testsuite name='s' file='f' time='1e300' timestamp='2026-01-01T00:00:00Z'>",
        "</testsuite>",
        "<testcase name='a' file='f' line='3' time='0.5'>",
        "<testcase/>",
        "</testcase>",
        "<failure message='m' file='g' line='4'>",
        "</failure>",
        "<error/>",
        "<skipped/>",
        "<flakyFailure/>",
        "<rerunError><stackTrace>s</stackTrace><system-err>e</system-err></rerunError>",
        "<system-out>\u{1b}[31mo]]&gt;</system-out>",
        "<property name='p' value='v'/>",
        "text \u{0} &#x1b; \u{fffe}",
    ])
}
