//! What people, GitHub and programs are shown.

use std::process::Command;

use expect_test::expect;
use serde_json::json;

use crate::{fixtures, folder, objects, report};

#[test]
fn people_see_what_failed_and_where() {
    let told = report(&fixtures(), &["pytest.xml", "vitest.xml", "--root", "shop"]);
    assert_eq!((told.code, told.err.as_str()), (1, ""));
    let shown: Vec<&str> = told.out.lines().map(str::trim_end).collect();
    expect![[r#"
        FAIL  tests.test_cart  3 failed, 2 passed  1 ms
        FAIL  tests.test_cart.TestStore  1 errored, 2 skipped  2 ms
        FAIL  src/cart.test.ts  1 failed, 1 passed, 1 skipped  5 ms

        ── tests.test_cart > test_total
        shop/tests/test_cart.py:7: AssertionError: assert 5 == 6
            def test_total():
            >       assert total([("apple", 2), ("pear", 3)]) == 6
            E       AssertionError: assert 5 == 6
            E        +  where 5 = total([('apple', 2), ('pear', 3)])

            tests/test_cart.py:7: AssertionError

        ── tests.test_cart > test_many[three]
        shop/tests/test_cart.py:12: TypeError: unsupported operand type(s) for +: 'int' and 'str'
            count = 'three'

                @pytest.mark.parametrize("count", [1, 2, "three"])
                def test_many(count):
            >       assert total([("apple", count)]) == count
                           ^^^^^^^^^^^^^^^^^^^^^^^^^

            tests/test_cart.py:12:
            _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

            items = [('apple', 'three')]

                def total(items):
            >       return sum(count for _, count in items)
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            E       TypeError: unsupported operand type(s) for +: 'int' and 'str'

            cart.py:2: TypeError

        ── tests.test_cart > test_helper
        shop/tests/test_cart.py:16: TypeError: 'NoneType' object is not iterable
            def test_helper():
            >       total(None)

            tests/test_cart.py:16:
            _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

            items = None

                def total(items):
            >       return sum(count for _, count in items)
                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            E       TypeError: 'NoneType' object is not iterable

            cart.py:2: TypeError

        ── tests.test_cart.TestStore > test_empty
        shop/tests/test_cart.py:22: failed on teardown with "OSError: the store is gone"
            @pytest.fixture
                def store():
                    yield {}
            >       raise OSError("the store is gone")
            E       OSError: the store is gone

            tests/test_cart.py:22: OSError

        ── src/cart.test.ts > cart > adds
        shop/web/src/cart.test.ts:7:27: AssertionError: expected 5 to be 6 // Object.is equality
            AssertionError: expected 5 to be 6 // Object.is equality

            - Expected
            + Received

            - 6
            + 5

             ❯ src/cart.test.ts:7:27

        shop/tests/test_cart.py:7: AssertionError: assert 5 == 6
        shop/tests/test_cart.py:12: TypeError: unsupported operand type(s) for +: 'int' and 'str'
        shop/tests/test_cart.py:16: TypeError: 'NoneType' object is not iterable
        shop/tests/test_cart.py:22: failed on teardown with "OSError: the store is gone"
        shop/web/src/cart.test.ts:7:27: AssertionError: expected 5 to be 6 // Object.is equality

        Slowest
              4 ms  src/cart.test.ts > cart > adds
              2 ms  tests.test_cart.TestStore > test_later
              1 ms  tests.test_cart > test_total
            307 µs  src/cart.test.ts > cart > is empty

        4 failed, 1 errored, 3 passed, 3 skipped in 8 ms (2 reports)
        Next: pytest tests/test_cart.py::test_total"#]]
    .assert_eq(&shown.join("\n"));
}

#[test]
fn what_passed_is_told_in_a_few_lines() {
    let xml = b"<testsuites><testsuite name='a'><testcase name='1' time='0.2'/><testcase name='2'/></testsuite>\
                <testsuite name='b'><testcase name='3' time='1.5'><flakyFailure/></testcase></testsuite></testsuites>";
    let dir = folder(&[("r.xml", xml)]);
    let told = report(dir.path(), &["r.xml"]);
    assert_eq!(told.code, 0);
    expect![[r#"
        PASS  2 groups with 3 tests

        Slowest
             1.5 s  b > 3
            200 ms  a > 1

        flaky: b > 3

        3 passed in 1.7 s
    "#]]
    .assert_eq(&told.out);
}

#[test]
fn colours_are_for_terminals() {
    let told = report(&fixtures(), &["pytest.xml"]);
    assert!(!told.out.contains('\u{1b}'));
    let forced = Command::new(env!("CARGO_BIN_EXE_testdock"))
        .args(["report", "pytest.xml"])
        .current_dir(fixtures())
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(String::from_utf8(forced.stdout).unwrap().contains("\u{1b}[1m\u{1b}[31m"));
}

/// What a test prints cannot move the cursor, and no text becomes a command of GitHub's.
#[test]
fn texts_of_tests_stay_texts() {
    let xml = b"<testsuite name='s'><testcase name='a,b:c&#10;::set-env::x' file='a%b,c:d.py' line='3'>\
                <failure message='50%&#13;&#10;::error::no' file='a%b,c:d.py' line='7'>\x1b[2Jgone\x07</failure>\
                <system-out>::add-mask::x</system-out></testcase></testsuite>";
    let dir = folder(&[("r.xml", xml)]);
    let told = report(dir.path(), &["r.xml", "--format", "github"]);
    expect![[r#"
        ::error file=a%25b%2Cc%3Ad.py,line=7,title=a%25b%2Cc%3Ad.py > a%2Cb%3Ac%0A%3A%3Aset-env%3A%3Ax::50%25%0A::error::no%0Agone
        1 failed
    "#]].assert_eq(&told.out);
    let told = report(dir.path(), &["r.xml"]);
    let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!told.out.contains(strange), "{:?}", told.out);
}

/// Where the workflow stands is where its paths begin.
#[test]
fn paths_of_the_folder_where_one_stands_begin_with_nothing() {
    let dir =
        folder(&[("a.xml", b"<testcase name='t'><failure>a/b.py:3: no</failure></testcase>")]);
    std::fs::create_dir(dir.path().join("a")).unwrap();
    std::fs::write(dir.path().join("a/b.py"), "").unwrap();
    for root in [".", "./"] {
        let told = report(dir.path(), &["a.xml", "--root", root, "--format", "github"]);
        assert!(told.out.starts_with("::error file=a/b.py,line=3,"), "{root}: {}", told.out);
    }
    let told = report(dir.path(), &["a.xml", "--root", "a", "--format", "github"]);
    assert!(told.out.starts_with("::error file=a/b.py,line=3,"), "{}", told.out);
}

#[test]
fn github_gets_an_annotation_for_each_failure() {
    let told = report(
        &fixtures(),
        &["nextest.xml", "node-test.xml", "--root", "shop", "--format", "github"],
    );
    assert_eq!(told.code, 1);
    let beginnings: Vec<&str> =
        told.out.lines().map(|line| line.split("%0A").next().unwrap()).collect();
    expect![[r#"
        ::error file=shop/rust/src/lib.rs,line=22,col=30,title=cart > tests%3A%3Ais_indexed::test failure with exit code 101: index out of bounds: the len is 0 but the index is 1
        ::error file=shop/rust/src/lib.rs,line=11,col=9,title=cart > tests%3A%3Aadds::test failure with exit code 101: assertion `left == right` failed
        ::error file=shop/web/src/cart.test.mjs,line=8,col=12,title=cart > adds::testCodeFailure: Expected values to be strictly equal:5 !== 6
        ::error file=shop/web/src/cart.test.mjs,line=14,col=5,title=cart > wants numbers::testCodeFailure: Cannot read properties of null (reading 'reduce')
        4 failed, 2 passed, 1 skipped in 495 ms"#]].assert_eq(&beginnings.join("\n"));
}

#[test]
fn programs_get_an_object_for_each_file() {
    let told = report(&fixtures(), &["vitest.xml", "pytest.xml", "--format", "json"]);
    assert_eq!(told.code, 1);
    let objects = objects(&told);
    assert_eq!(objects.len(), 2);
    let vitest = &objects[0];
    assert_eq!(vitest["path"], "vitest.xml");
    assert_eq!(vitest["problems"], json!([]));
    assert_eq!(
        vitest["totals"],
        json!({ "cases": 3, "passed": 1, "failed": 1, "errored": 0, "skipped": 1 })
    );
    let mut case = vitest["cases"][0].clone();
    let text = case["statuses"][0]["text"].take();
    assert!(text.as_str().unwrap().contains("❯ src/cart.test.ts:7:27"));
    assert_eq!(
        case,
        json!({
            "suites": ["src/cart.test.ts"],
            "classname": "src/cart.test.ts",
            "name": "cart > adds",
            "outcome": "failed",
            "time_s": 0.004242036,
            "statuses": [{
                "kind": "failure",
                "type": "AssertionError",
                "message": "expected 5 to be 6 // Object.is equality",
                "text": null,
                "location": { "path": "src/cart.test.ts", "line": 7, "column": 27 },
                "frames": [],
            }],
        })
    );
    let in_helper =
        objects[1]["cases"].as_array().unwrap().iter().find(|case| case["name"] == "test_helper");
    let status = &in_helper.unwrap()["statuses"][0];
    assert_eq!(
        status["location"],
        json!({ "path": "tests/test_cart.py", "line": 16, "column": null })
    );
    assert_eq!(status["frames"], json!([{ "path": "cart.py", "line": 2, "column": null }]));
}

/// A failure of a suite itself is no case, and is not lost.
#[test]
fn a_suite_that_failed_as_a_whole_is_told() {
    let xml = b"<testsuites><testsuite name='t'><error message='Dubious' type='E'>died at t/a.t line 3.</error>\
                <testcase name='a'/></testsuite></testsuites>";
    let dir = folder(&[("r.xml", xml)]);
    let told = report(dir.path(), &["r.xml", "--format", "json"]);
    assert_eq!(told.code, 1);
    let object = &objects(&told)[0];
    assert_eq!(object["totals"]["errored"], 0);
    assert_eq!(object["suites"][0]["suites"], json!(["t"]));
    assert_eq!(object["suites"][0]["statuses"][0]["location"]["line"], 3);
    let told = report(dir.path(), &["r.xml"]);
    assert!(told.out.contains("\nt/a.t:3: E: Dubious\n"), "{}", told.out);
    assert!(told.out.ends_with("1 suite broken, 1 passed\n"), "{}", told.out);
}

/// What `docs/report.md` shows is what there is.
#[test]
fn the_documentation_shows_every_field() {
    let page = fixtures().join("../../docs/report.md");
    let page = std::fs::read_to_string(page).unwrap();
    let shown = page.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let shown: serde_json::Value = serde_json::from_str(shown).unwrap();
    let told = report(&fixtures(), &["pytest.xml", "--format", "json"]);
    let mut object = objects(&told).remove(0);
    let failed =
        object["cases"].as_array().unwrap().iter().find(|case| case["name"] == "test_helper");
    object["cases"] = json!([failed.unwrap()]);
    let keys = |value: &serde_json::Value| paths("", value);
    assert_eq!(keys(&shown), keys(&object));
}

/// The names of all fields, with those that they are in.
fn paths(prefix: &str, value: &serde_json::Value) -> Vec<String> {
    let mut all: Vec<String> = match value {
        serde_json::Value::Object(fields) => {
            let below = |(key, value)| paths(&format!("{prefix}.{key}"), value);
            fields.iter().flat_map(below).collect()
        }
        serde_json::Value::Array(items) => {
            items.iter().flat_map(|item| paths(&format!("{prefix}[]"), item)).collect()
        }
        _ => vec![prefix.to_owned()],
    };
    all.sort();
    all.dedup();
    all
}

/// A workflow takes a line that begins with `::` for a command.
#[test]
fn a_name_does_not_get_out_of_its_line() {
    let name = "a&#10;::error::b&#10;\u{1b}[2J";
    let case = format!("<testcase classname='{name}' name='{name}'><failure/></testcase>");
    let xml = format!("<testsuite name='{name}'>{case}</testsuite>");
    let dir = folder(&[("a.xml", xml.as_bytes())]);
    let told = report(dir.path(), &["a.xml"]);
    assert_eq!(told.code, 1);
    let escapes = |line: &&str| line.trim_start().starts_with("::");
    assert_eq!(told.out.lines().find(escapes), None, "{}", told.out);
    assert!(told.out.contains("a␤::error::b"), "{}", told.out);
}
