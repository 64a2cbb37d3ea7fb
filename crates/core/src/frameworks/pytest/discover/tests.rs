use std::collections::BTreeSet;
use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;

const SHAPES: &str = include_str!("shapes.py");
/// What `pytest --collect-only -q` of pytest 8.4 says of it.
const COLLECTED: &str = include_str!("shapes.collected.txt");

fn render(tests: &[FoundTest]) -> String {
    let mut out = String::new();
    for test in tests {
        let Range { start, end } = test.name_range;
        let words = [
            (test.kind == FoundKind::Class, " class"),
            (test.is_async, " async"),
            (test.marks.parametrized, " parametrized"),
            (test.marks.skip, " skip"),
            (test.marks.xfail, " xfail"),
            (test.inherited, " inherited"),
        ];
        let words: String =
            words.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word).collect();
        let (first, last) = (test.range.start, test.range.end);
        let name = test.names.join("::");
        let place = format!("{}:{}-{}", start.line, start.character, end.character);
        let whole = format!("{}:{}-{}:{}", first.line, first.character, last.line, last.character);
        writeln!(out, "{name} {place} in {whole}{words}").unwrap();
    }
    out
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&render(&discover(text, &NameRules::default())));
}

fn names(text: &str) -> Vec<String> {
    discover(text, &NameRules::default()).iter().map(|test| test.names.join("::")).collect()
}

#[test]
fn the_same_tests_as_pytest_collects() {
    let collected: BTreeSet<&str> =
        COLLECTED.lines().map(|id| id.split('[').next().unwrap_or(id)).collect();
    let tests = discover(SHAPES, &NameRules::default());
    let tests = tests
        .iter()
        .filter(|test| test.kind == FoundKind::Function)
        .map(|test| test.names.join("::"));
    let found: BTreeSet<String> = tests.collect();
    let missed: Vec<_> = collected.iter().filter(|name| !found.contains(**name)).collect();
    let only_here: Vec<_> =
        found.iter().filter(|name| !collected.contains(name.as_str())).collect();
    assert!(missed.is_empty(), "{missed:?}");
    // Which branch of an `if` or `try` is taken shows when it runs.
    assert_eq!(only_here, ["test_old", "test_without_json"]);
}

#[test]
fn lines_tell_the_same_as_the_syntax_tree() {
    let rules = NameRules::default();
    assert_eq!(render(&discover(SHAPES, &rules)), render(&skim(SHAPES, &rules)));
}

#[test]
fn ranges_and_marks() {
    check(
        r#"
import pytest
pytestmark = [pytest.mark.slow, pytest.mark.skipif("no")]

@pytest.mark.parametrize(
    "n", [1, 2],
)
async def test_n(n):
    assert n  # why

class TestA(Base[int], metaclass=M):
    @pytest.mark.xfail
    def test_b(self): pass
"#,
        &expect![[r#"
            test_n 7:10-16 in 4:0-8:19 async parametrized skip
            TestA 10:6-11 in 10:0-12:26 class skip
            TestA::test_b 12:8-14 in 11:4-12:26 skip xfail
        "#]],
    );
}

#[test]
fn columns_count_utf_16_units() {
    check(
        "if '😀é': x = 1\ndef test_ünï(a='😀'): return '😀'\r\n",
        &expect![[r#"
            test_ünï 1:4-12 in 1:0-1:33
        "#]],
    );
}

#[test]
fn a_base_class_from_elsewhere_may_bring_tests() {
    check(
        "class TestMine(common.StoreTests): pass\nclass TestClient(Client): pass\nclass A(django.test.TestCase):\n  def test_x(self): ...\n",
        &expect![[r#"
            TestMine 0:6-14 in 0:0-0:39 class
            A 2:6-7 in 2:0-3:23 class
            A::test_x 3:6-12 in 3:2-3:23
        "#]],
    );
}

#[test]
fn the_project_names_its_tests() {
    let rules = NameRules::new(&["check_*".into(), "it_".into()], &["*Spec".into()]);
    let text = "def check_a(): ...\ndef it_b(): ...\ndef test_c(): ...\nclass UserSpec:\n  def check_d(self): ...\n";
    let found: Vec<String> =
        discover(text, &rules).iter().map(|test| test.names.join("::")).collect();
    assert_eq!(found, ["check_a", "it_b", "UserSpec", "UserSpec::check_d"]);
}

const TYPED: &str = r#"import x

@pytest.mark.parametrize("n", [1])
def test_a(n):
    """Says def test_no(): pass"""
    assert foo(n)

class TestB(Base):
    def test_c(self):
        x = f"{1}"
        assert x

    @property
    def b(self): return 1

    def test_d(self):
        assert y

def test_e():
    pass
"#;

/// At every place of a line that is no definition's header, one more key changes no test.
#[test]
fn typing_in_a_body_moves_no_test() {
    let whole = names(TYPED);
    assert_eq!(whole, ["test_a", "TestB", "TestB::test_c", "TestB::test_d", "test_e"]);
    let header =
        |line: &str| ["def ", "class "].iter().any(|word| line.trim_start().starts_with(word));
    let mut start = 0;
    for line in TYPED.split_inclusive('\n') {
        let columns = line.len() - line.trim_start().len()..line.len();
        for at in columns.filter(|_| !header(line) && !line.trim().is_empty()) {
            for key in [
                "(", ")", "[", "{", "\"", "'", "\"\"\"", ":", "@", ".", "\\", "if ", "f'", "#",
                "lambda",
            ] {
                let (before, after) = TYPED.split_at(start + at);
                assert_eq!(
                    names(&format!("{before}{key}{after}")),
                    whole,
                    "{key} in {line:?} at {at}"
                );
            }
        }
        start += line.len();
    }
}

/// While a header is typed, all others stay.
#[test]
fn typing_a_header_moves_no_other_test() {
    for (typed, expected) in [
        ("def", vec!["test_a", "test_b"]),
        ("def test_new", vec!["test_a", "test_b"]),
        ("def test_new(", vec!["test_a", "test_new", "test_b"]),
        ("def test_new(a, b=(", vec!["test_a", "test_new", "test_b"]),
        ("async def test_new()", vec!["test_a", "test_new", "test_b"]),
        ("class TestNew", vec!["test_a", "test_b"]),
        (
            "class TestNew(unittest.TestCase):\n    def test_in(",
            vec!["test_a", "TestNew", "TestNew::test_in", "test_b"],
        ),
        ("@pytest.mark.parametrize(", vec!["test_a", "test_b"]),
        ("(:\n    def test_lost(self): pass", vec!["test_a", "test_b"]),
    ] {
        let text = format!("def test_a():\n    pass\n\n{typed}\n\ndef test_b():\n    pass\n");
        assert_eq!(names(&text), expected, "{typed}");
    }
}

#[test]
fn nothing_comes_of_nothing() {
    for text in ["", "\n", "\u{feff}", "\0", "def", "class", "@", "\"\"\"", "def test_", "   )"] {
        assert_eq!(names(text), Vec::<String>::new(), "{text:?}");
    }
}
