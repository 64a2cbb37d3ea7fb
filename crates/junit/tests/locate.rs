//! Where failures are said to be, in the words of many tools.

use testdock_junit::{Location, Place, read};

/// Locates a failure with this text, in a case of this class, and shows the place.
fn located(class: &str, text: &str) -> String {
    let xml = format!(
        "<testcase classname='{class}' name='t'><failure><![CDATA[{text}]]></failure></testcase>"
    );
    show(&locate(&xml))
}

fn locate(xml: &str) -> Location {
    let (report, _) = read(xml.as_bytes());
    let case = &report.cases[0];
    report.locate(case, &case.statuses[0])
}

fn show(location: &Location) -> String {
    location.place.as_ref().map_or_else(|| "none".to_owned(), show_place)
}

fn show_place(place: &Place) -> String {
    let column = place.column.map(|column| format!(":{column}")).unwrap_or_default();
    format!("{}:{}{column}", place.path, place.line)
}

#[test]
fn forms_of_many_tools() {
    let cases = [
        (
            "t.test_a.TestC",
            "def test():\n>   f()\n\nt/test_a.py:7: \n_ _ _\nlib/f.py:3: ValueError",
            "t/test_a.py:7",
        ),
        (
            "m.Case",
            "  File \"/r/m.py\", line 4, in run\n  File \"/r/m.py\", line 9, in f\nE: x",
            "/r/m.py:9",
        ),
        ("", "E     File \"/r/t/test_s.py\", line 2\nE   SyntaxError: x", "/r/t/test_s.py:2"),
        (
            "a.b.FooTest",
            "E: x\n\tat org.junit.Assert.fail(Assert.java:8)\n\tat a.b.Util.f(Util.java:3)\n\
          \tat app//a.b.FooTest$In.t(FooTest.java:7)",
            "a/b/FooTest.java:7",
        ),
        ("a.FooTest", "\tat a.FooTest.adds two numbers(FooTest.kt:5)", "a/FooTest.kt:5"),
        (
            "N.T",
            "   at NUnit.Framework.Assert.That() in C:\\n\\Assert.cs:line 1\n   at N.T.Adds() in C:\\a b\\T.cs:line 45",
            "C:\\a b\\T.cs:45",
        ),
        (
            "a.test.js",
            "Error: x\n    at toBe (/w/n/a.test.js:5:19)\n    at run (/w/node_modules/j/b.js:1:2)",
            "/w/n/a.test.js:5:19",
        ),
        (
            "A",
            "    at Context.<anonymous> (file:///w/my%20dir/a.spec.mjs:5:12)",
            "/w/my dir/a.spec.mjs:5:12",
        ),
        (
            "A",
            "    at UserContext.<anonymous> (/w/my dir/a.spec.js:5:12)",
            "/w/my dir/a.spec.js:5:12",
        ),
        (
            "A",
            "    at UserContext.<anonymous> (http://localhost:9876/base/spec/a.js?c0ffee:5:12)",
            "spec/a.js:5:12",
        ),
        ("A", "f@http://localhost:9876/base/spec/a.js:5:12", "spec/a.js:5:12"),
        ("A", "    at fn (webpack:///./src/a.test.ts:3:4)", "src/a.test.ts:3:4"),
        ("calc.test.ts", " ❯ helper util.ts:8:13\n ❯ calc.test.ts:5:3", "calc.test.ts:5:3"),
        (
            "a.spec.ts",
            "  [p] › a.spec.ts:4:3 › group › fails ──\n\n    > 6 | x\n        at /w/a.spec.ts:6:22",
            "/w/a.spec.ts:6:22",
        ),
        ("example.com/a", "=== RUN   T\n    a_test.go:12: got 1\n--- FAIL", "a_test.go:12"),
        (
            "example.com/a",
            "panic: x\n\ngoroutine 1:\npanic()\n\t/usr/local/go/src/runtime/panic.go:8 +0x1\n\
          \t/w/a_test.go:9 +0x2e",
            "/w/a_test.go:9",
        ),
        (
            "crate::it",
            "thread 't' (12) panicked at src/help.rs:1:5:\nx\n   2: it::t\n             at ./tests/it.rs:6:9",
            "tests/it.rs:6:9",
        ),
        ("crate", "thread 't' panicked at 'x', src/lib.rs:11:9", "src/lib.rs:11:9"),
        ("Calc", "t.cc:5\nExpected equality", "t.cc:5"),
        ("t.global", "FAILED:\n  CHECK( a )\nat t.cpp:10\n", "t.cpp:10"),
        ("outer", "ASSERTION FAILURE:\n- file   : t.cpp\n- line   : 8\n- message: x", "t.cpp:8"),
        ("m", "Expected 1\n  File: a/b.c\n  Line: 77", "a/b.c:77"),
        (
            "c.bats",
            "(from function `h' in file c.bats, line 15,\n in test file c.bats, line 19)\n  `h' failed",
            "c.bats:19",
        ),
        (
            "",
            "::in function m:f/0 (m.erl, line 7)\nin call from eunit_test:x/1 (eunit_test.erl, line 71)",
            "m.erl:7",
        ),
        (
            "CalcTest",
            "CalcTest::t\nx\n\n/w/my src/Help.php:3\n/w/CalcTest.php:28",
            "/w/CalcTest.php:28",
        ),
        ("A", "#0 /w/a.php(28): f()\n#1 {main}", "/w/a.php:28"),
        ("spec.a_spec", "./spec/a_spec.rb:15:in `block'", "spec/a_spec.rb:15"),
        ("A", "Failure:\nA#t [test/a_test.rb:15]\nExpected", "test/a_test.rb:15"),
        ("calc", "1 not equal to 3. ('test-calc.R:3')", "test-calc.R:3"),
        ("A", "  Failed test 'x'\n  at t/a.t line 5.", "t/a.t:5"),
        ("T", "\x1b[31mT.swift\x1b[0m:31: failed", "T.swift:31"),
        ("A", "#x1B[1ma.py#x1B[0m:3: E", "a.py:3"),
        ("A", "C:\\w\\a.cpp(12): error: x", "C:\\w\\a.cpp:12"),
        ("A", "  test/a_test.exs:12: (test)", "test/a_test.exs:12"),
    ];
    for (class, text, expected) in cases {
        assert_eq!(located(class, text), expected, "{text}");
    }
}

#[test]
fn what_looks_like_a_place_and_is_none() {
    let texts = [
        "at 12:30:45 the ratio 3:4 of https://x.y/z:443 by mailto:a@b:1",
        "expected \"a.py:3\" to be \"b.py:4\" in the list",
        "a.py:3rd",
        "    at node:internal/process/task_queues:95:5\n    at x (/w/node_modules/a/b.js:1:2)",
        "at: is (file:///w/node_modules/ava/lib/assert.js:309:16)",
        "  Failed (TODO) test 'x'\n  at t/a.t line 5.",
        "File \"/usr/lib/python3.11/unittest/case.py\", line 4, in run",
        "C:\\w\\a:5 and a:5",
        "a.py:99999999999999999999",
        " in \\é/E'𑌸:12",
        "webpack:/é (a.é:3",
    ];
    for text in texts {
        assert_eq!(located("", text), "none", "{text}");
    }
}

#[test]
fn attributes_say_it_best() {
    let xml = "<testsuite file='T.h'><testcase name='t' line='5'><failure line='6'>at U.h:7</failure></testcase></testsuite>";
    let location = locate(xml);
    assert_eq!(show(&location), "T.h:6");
    assert_eq!(location.definition.as_ref().map(show_place).as_deref(), Some("T.h:5"));
    assert_eq!(location.frames.iter().map(show_place).collect::<Vec<_>>(), ["U.h:7"]);
}

#[test]
fn output_is_asked_last_and_only_about_failures() {
    let case = |out: &str| {
        format!(
            "<testcase name='t'><failure message='x'/><system-out>{out}</system-out></testcase>"
        )
    };
    let panicked = case("loading a.rs:1:1\nthread 't' panicked at src/lib.rs:11:9:\nx");
    assert_eq!(show(&locate(&panicked)), "src/lib.rs:11:9");
    assert_eq!(show(&locate(&case("src/a.rs:1:1: starting"))), "none");
}
