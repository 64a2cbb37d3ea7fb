//! What lines tell is what the syntax tree tells, or they know that they do not tell it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::super::collect::collect;
use super::super::lines::Parse;
use super::super::{Body, NameRules, lines, syntax};

/// Of a library's files one in so many is looked at; with 1 in their place it takes a minute.
const EVERY: usize = 10;

/// All that an outline holds.
fn render(body: &Body<'_>) -> String {
    let all = NameRules::new(&["*".to_owned()], &["*".to_owned()]);
    let mut out = String::new();
    for test in collect(body, &all, None) {
        writeln!(out, "{test:?}").unwrap();
    }
    out
}

fn is_sure(text: &str) -> bool {
    lines::outline(text).1 == Parse::Same
}

/// Asserts that both tell the same where lines are sure of it, and that a text that parses is not said to be broken.
#[track_caller]
fn check(text: &str, name: &Path) {
    let (body, parse) = lines::outline(text);
    let parsed = syntax::outline(text);
    assert!(parsed.is_none() || parse != Parse::Fails, "{}", name.display());
    if let Some(parsed) = parsed.filter(|_| parse == Parse::Same) {
        let (body, parsed) = (render(&body), render(&parsed));
        let differs = body.lines().zip(parsed.lines()).find(|(lines, parsed)| lines != parsed);
        assert!(body == parsed, "{}: {differs:#?}", name.display());
    }
}

#[test]
fn of_what_stands_on_lines() {
    let texts = [
        "@pytest.mark.parametrize(\n  'a', [\n 1,\n2])\ndef test_a(a,\nb): pass\n",
        "class TestA(Base, b.C, metaclass=M): # why\n  '''def test_no(self): x'''\n  def test_a(self): pass\n",
        "pytestmark = pytest.mark.slow\nclass TestA:\n  __test__ = False\n  x = (\n2)\n",
        "if a and \\\n   b:\n  def test_a(): x = '#', '\"\"\"'\n",
        "class TestA:\n  def test_a(self):\n    pass\n    # of a\n  # of the class\n\n# of nobody\n",
        "def test_a():\n    return (\n  1\n)\n\n\ndef test_b(): x = \"\"\"\nend\"\"\"\n",
    ];
    for text in texts {
        assert!(is_sure(text), "{text}");
        check(text, text.as_ref());
    }
}

#[test]
fn of_what_does_not() {
    let texts = [
        "pytestmark = [\n  pytest.mark.slow,\n]\n",
        "x = 1; pytestmark = pytest.mark.slow\n",
        "class TestA(\n  Base):\n  pass\n",
        "class TestA(Box[int, str]): pass\n",
        "class TestA(make(B, C)): pass\n",
        "class TestA: __test__ = False\n",
        "@(a.b)\ndef test_a(): pass\n",
        "@a(1).b\ndef test_a(): pass\n",
        "if x:\n\tdef test_a(): pass\nelse:\n        def test_b(): pass\n",
        "x = 'a\\\ndef test_a(): pass'\n",
        "x = (\ndef test_a(): pass\n",
        "\u{feff}def test_a(): pass\n",
        "async with a: pass\n",
    ];
    for text in texts {
        assert!(!is_sure(text), "{text}");
    }
}

/// What is being typed is seen without a parse, which takes longest where it fails.
#[test]
fn of_what_is_being_typed() {
    let whole = "def test_a():\n    pass\n\n\ndef test_b():\n    pass\n";
    for typed in ["call(\"", "call(", "x = [", "x)", "\"\"\"", "'", "x = {'a': f(b)"] {
        let text = whole.replacen("pass", typed, 1);
        assert_eq!(lines::outline(&text).1, Parse::Fails, "{typed}");
        assert!(syntax::outline(&text).is_none(), "{typed}");
    }
    // Quotes within quotes, and what goes on in the next line.
    for odd in ["x = f\"{a[\"(\"]}\"", "x = 'a\\\n b'", "x = 1;"] {
        let text = whole.replacen("pass", odd, 1);
        assert_eq!(lines::outline(&text).1, Parse::Unsure, "{odd}");
        assert!(syntax::outline(&text).is_some(), "{odd}");
    }
}

/// Python's own library, as Debian installs it: written by many, in thirty years of styles.
#[test]
fn of_a_whole_library() {
    let mut files = Vec::new();
    for folder in ["/usr/lib/python3", "/usr/lib/python3.11"] {
        python_files(folder.as_ref(), &mut files);
    }
    if files.is_empty() {
        return println!("skipped: there is no /usr/lib/python3");
    }
    files.sort();
    let files: Vec<_> = files.into_iter().step_by(EVERY).collect();
    files.iter().for_each(|(path, text)| check(text, path));
    let sure = files.iter().filter(|(_, text)| is_sure(text)).count();
    assert!(sure * 2 > files.len(), "lines alone tell {sure} of {} files", files.len());
}

fn python_files(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            python_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "py") {
            found.extend(std::fs::read_to_string(&path).ok().map(|text| (path, text)));
        }
    }
}
