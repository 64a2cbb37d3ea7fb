//! What the script is told, and what its events come to.

use expect_test::{Expect, expect};

use super::{KIND, selection};
use crate::frameworks::Exit;
use crate::frameworks::sample::{self, site};
use crate::plan::Job;

const ORDERS: &str = "import unittest
class TestTotal(unittest.TestCase):
    def test_a(self): pass
    def test_b(self): pass
def test_nothing(): pass
";

fn job(selection: &[&str], exclude: &[&str]) -> Job {
    let files =
        ["py/tests/test_orders.py", "py/tests/deep/test_more.py"].map(|path| (path, ORDERS));
    sample::job(&KIND, "py", &files, selection, exclude)
}

#[test]
fn the_script_is_told_what_to_load_and_what_of_it_to_run() {
    let check = |chosen: &[&str], out: &[&str], expected: &Expect| {
        expected.assert_eq(&selection(&job(chosen, out)).to_string());
    };
    check(
        &[],
        &[],
        &expect![[
            r#"{"files":[["tests/deep/test_more.py",[]],["tests/test_orders.py",[]]],"exclude":[]}"#
        ]],
    );
    check(
        &[
            "py/tests/test_orders.py::TestTotal::test_a",
            "py/tests/test_orders.py::TestTotal::test_b",
        ],
        &[],
        &expect![[
            r#"{"files":[["tests/test_orders.py",[["TestTotal","test_a"],["TestTotal","test_b"]]]],"exclude":[]}"#
        ]],
    );
    check(
        &["py/tests/deep", "py/tests/test_orders.py"],
        &["py/tests/test_orders.py::TestTotal"],
        &expect![[
            r#"{"files":[["tests/deep/test_more.py",[]],["tests/test_orders.py",[]]],"exclude":[["tests/test_orders.py",["TestTotal"]]]}"#
        ]],
    );
    check(
        &[],
        &["py/tests/deep"],
        &expect![[r#"{"files":[["tests/test_orders.py",[]]],"exclude":[]}"#]],
    );
}

#[test]
fn a_file_in_which_nothing_was_found_is_loaded_where_it_speaks_of_unittest() {
    let doctests = "import doctest\ndef load_tests(loader, tests, pattern): return tests\n";
    let files = [
        ("tests/test_orders.py", ORDERS),
        ("tests/test_docs.py", doctests),
        ("tests/test_script.py", "print('hello')\n"),
    ];
    let check = |chosen: &[&str], expected: &Expect| {
        expected.assert_eq(&selection(&sample::job(&KIND, "", &files, chosen, &[])).to_string());
    };
    check(
        &[],
        &expect![[
            r#"{"files":[["tests/test_docs.py",[]],["tests/test_orders.py",[]]],"exclude":[]}"#
        ]],
    );
    check(
        &["tests"],
        &expect![[
            r#"{"files":[["tests/test_docs.py",[]],["tests/test_orders.py",[]]],"exclude":[]}"#
        ]],
    );
    check(
        &["tests/test_script.py"],
        &expect![[r#"{"files":[["tests/test_script.py",[]]],"exclude":[]}"#]],
    );
}

/// What a helper's events come to: this holds for each framework that brings one.
fn conclude(events: &str, exit: Exit) -> String {
    let site = site();
    let job = job(&[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site);
    let told: usize = events.lines().map(|line| reader.line(line).len()).sum();
    let conclusion = reader.conclude(&[], exit);
    format!("{told} told\n{}", sample::shown(&conclusion))
}

#[test]
fn the_events_of_a_helper_are_its_report() {
    let finish = r#"{"e":"finish","file":"tests/test_orders.py","names":["TestTotal","test_a"],"outcome":"failed",
        "duration":0.5,"failures":[{"message":"1 != 2 in /app/py","type":"","frames":[
        {"path":"/usr/lib/x.py","line":1,"name":"x"},{"path":"/app/py/checks.py","line":3,"name":"check"},
        {"path":"/app/py/tests/test_orders.py","line":4,"name":"test_a"}]},{"message":"elsewhere"}]}"#
        .replace('\n', " ");
    let events = format!(
        "{{\"e\":\"collected\",\"n\":2}}\n{{\"e\":\"start\",\"file\":\"/app/py/tests/test_orders.py\",\"names\":[\"TestTotal\",\"test_a\"]}}\n{finish}\nnot an event\n{{\"e\":\"unknown\"}}\n{{\"e\":\"finish\",\"file\":\"/elsewhere/test_x.py\",\"outcome\":\"passed\"}}\n{{\"e\":\"problem\",\"message\":\"mind\"}}\n{{\"e\":\"end\"}}"
    );
    expect![[r#"
        3 told
        failed py/tests/test_orders.py::TestTotal::test_a
            /w/py/tests/test_orders.py:4: 1 != 2 in /w/py
              /w/py/tests/test_orders.py:4 test_a
              /w/py/checks.py:3 check
            /w/py/tests/test_orders.py:3: elsewhere
        warning: mind
    "#]]
    .assert_eq(&conclude(&events, Exit::Code(1)));
}

#[test]
fn a_helper_that_does_not_come_to_its_end_is_never_green() {
    let passed = r#"{"e":"finish","file":"tests/test_orders.py","names":["TestTotal","test_a"],"outcome":"passed"}"#;
    let end = r#"{"e":"end"}"#;
    let fatal = r#"{"e":"fatal","message":"no such file"}"#;
    let check = |events: &[&str], exit, expected: &Expect| {
        expected.assert_eq(&conclude(&events.join("\n"), exit));
    };
    check(
        &[passed, end],
        Exit::Code(0),
        &expect![[r#"
        1 told
        passed py/tests/test_orders.py::TestTotal::test_a
    "#]],
    );
    check(
        &[passed],
        Exit::Signal(9),
        &expect![[r#"
            1 told
            passed py/tests/test_orders.py::TestTotal::test_a
            broken: the test process ended before unittest did: killed by signal 9
        "#]],
    );
    check(
        &[passed, end],
        Exit::Code(1),
        &expect![[r#"
            1 told
            passed py/tests/test_orders.py::TestTotal::test_a
            broken: unittest ended with exit code 1, though no test failed
        "#]],
    );
    check(
        &[fatal],
        Exit::Code(2),
        &expect![[r#"
            0 told
            broken: unittest could not run the tests: no such file
        "#]],
    );
    check(
        &[end],
        Exit::Code(5),
        &expect![[r#"
        0 told
    "#]],
    );
}
