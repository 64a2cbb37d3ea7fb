mod agreement;

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

/// The tests of `tests/test_a.py` beside other files.
fn names_beside(text: &str, others: &[(&str, &str)]) -> Vec<String> {
    let read = |path: &RelPath| {
        let found = others.iter().find(|(other, _)| *other == path.as_str());
        found.map(|(_, text)| (*text).into())
    };
    let path = RelPath::new("tests/test_a.py");
    let found = discover_in(&path, text, &NameRules::default(), &read);
    let lines =
        found.iter().map(|test| format!("{}:{}", test.names.join("::"), test.range.start.line));
    lines.collect()
}

#[test]
fn a_class_inherits_from_another_file() {
    let base = "import unittest\n\nclass Store:\n    def test_get(self): ...\n\n\
                class Case(unittest.TestCase):\n    def setUp(self): ...\n";
    let others = [
        ("tests/base.py", base),
        ("tests/all.py", "from .base import Store as Again\n"),
        (
            "lib/store.py",
            "from tests import base\nclass Full(base.Store):\n    def test_all(self): ...\n",
        ),
        ("tests/loop.py", "from loop import Round\n"),
    ];
    let check = |text: &str, expected: &[&str]| {
        assert_eq!(names_beside(text, &others), expected, "{text}");
    };
    // What stands in another file stands where its class stands.
    let whole = ["TestMine:1", "TestMine::test_get:1", "TestMine::test_own:2"];
    let own = "class TestMine(%):\n    def test_own(self): ...\n";
    let mine = |import: &str, base: &str| format!("{import}\n{}", own.replace('%', base));
    check(&mine("from .base import Store", "Store"), &whole);
    check(&mine("from tests.base import Store as S", "S[int]"), &whole);
    check(&mine("import base", "base.Store"), &whole);
    check(&mine("from . import base as b", "b.Store"), &whole);
    check(&mine("from all import *", "Again"), &whole);
    check(
        "from lib.store import Full\nclass TestMine(Full): pass\n",
        &["TestMine:1", "TestMine::test_get:1", "TestMine::test_all:1"],
    );
    // A class of unittest needs no name.
    check(
        "from base import Case\nclass Views(Case):\n    def test_own(self): ...\n",
        &["Views:1", "Views::test_own:2"],
    );
    check("from loop import Round\nclass TestMine(Round): pass\n", &[]);
    check("from base import Store\nclass Mine(Store): pass\n", &[]);
}

#[test]
fn a_test_from_elsewhere_changes_with_its_text() {
    let hash = |base: &str| {
        let read = |_: &RelPath| Some(base.into());
        let text = "from base import Store\nclass TestMine(Store): pass\n";
        let found = discover_in(&RelPath::new("test_a.py"), text, &NameRules::default(), &read);
        found.last().and_then(|test| test.elsewhere).unwrap()
    };
    let base = "class Store:\n    def test_get(self): return 1\n";
    assert_eq!(hash(base), hash(&format!("\n{base}")));
    assert_ne!(hash(base), hash(&base.replace('1', "2")));
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

/// Marks of a class and of a module hold for all that is in it; a decorator is no mark.
#[test]
fn marks_have_names() {
    let text = "
import pytest
from pytest import mark
pytestmark = [pytest.mark.net, mark.db(transaction=True)]

@pytest.mark.slow
@mock.patch('x')
def test_a(): ...

@mark.ui
class TestB:
    pytestmark = pytest.mark.smoke
    @pytest.mark.parametrize('n', [1])
    @pytest.mark.xfail(strict=True)
    def test_c(self, n): ...
    class TestInner:
        def test_d(self): ...

class Base:
    @mark.base
    def test_e(self): ...

@mark.more
class TestF(Base): ...
";
    let names = |found: Vec<FoundTest>| {
        let lines = found.iter().map(|test| {
            let marks: Vec<&str> = test.marks.names.iter().map(AsRef::as_ref).collect();
            format!("{}: {}\n", test.names.join("::"), marks.join(" "))
        });
        lines.collect::<String>()
    };
    let rules = NameRules::default();
    expect![[r#"
        test_a: db net slow
        TestB: db net smoke ui
        TestB::test_c: db net parametrize smoke ui xfail
        TestB::TestInner: db net smoke ui
        TestB::TestInner::test_d: db net smoke ui
        TestF: db more net
        TestF::test_e: base db more net
    "#]]
    .assert_eq(&names(discover(text, &rules)));
}
