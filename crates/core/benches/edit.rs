//! How soon the tests of a large file are found again after a key was pressed in it: `cargo xtask bench discovery` calls this.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::time::Instant;

use camino::Utf8Path;
use testdock_core::frameworks::{Memory, Source};
use testdock_core::interpreter::Host;
use testdock_core::paths::RelPath;
use testdock_core::resolve::{Choice, Contents, resolve};

const LINES: usize = 5000;
const EDITS: usize = 100;

/// What somebody types in a test.
const UNFINISHED: &str = "call(\"";

fn main() {
    let python = "@pytest.mark.parametrize('x', [1, 2])\ndef test_caseN(x):\n    assert x * N >= 0, 'message'\n\n\n";
    let go = "func TestCase_caseN(t *testing.T) {\n\tif N < 0 {\n\t\tt.Fatal(\"no\")\n\t}\n}\n";
    let javascript =
        "test('caseN', () => {\n  if (N < 0) {\n    throw new Error('no');\n  }\n});\n";
    let java = "    @Test\n    void caseN() {\n        assertTrue(N >= 0);\n    }\n\n";
    let text = |head: &str, test: &str, foot: &str| {
        let tests = (0..LINES / 5).map(|number| test.replace('N', &number.to_string()));
        format!("{head}\n\n{}{foot}", tests.collect::<String>())
    };
    report("test_large.py", ("pytest.ini", ""), &text("import pytest", python, ""));
    report("large_test.go", ("go.mod", "module shop\n"), &text("package shop", go, ""));
    report(
        "large.test.js",
        ("package.json", r#"{"devDependencies": {"vitest": "3"}}"#),
        &text("import { test } from 'vitest'", javascript, ""),
    );
    report(
        "src/test/java/LargeTest.java",
        ("pom.xml", "<project/>"),
        &text("import org.junit.jupiter.api.Test;\n\nclass LargeTest {", java, "}\n"),
    );
}

/// Prints `name<TAB>lines<TAB>median seconds` of an edit in a file, and of one that leaves it unfinished.
fn report(name: &str, (project, content): (&str, &str), text: &str) {
    let path = RelPath::new(name);
    let files = [RelPath::new(project), path.clone()];
    let read = |file: &str| (file == project).then(|| content.to_owned());
    let contents = Contents { root: Utf8Path::new("/shop"), files: &files, read: &read };
    let local = Choice { local: true, ..Choice::default() };
    let workspace = resolve(contents, Host::unknown(), &[], &local);
    let mut memory = Memory::default();
    let mut find = |text: &str| {
        let began = Instant::now();
        let mut source = Source::edited(&path, text, &memory);
        let found = workspace.discover(&mut source);
        memory = source.into_memory(text.into());
        let took = began.elapsed().as_secs_f64();
        assert!(found.iter().map(|file| file.items.len()).sum::<usize>() > LINES / 10, "{name}");
        took
    };
    // The first is no edit.
    find(text);
    let lines = text.lines().count();
    let mut text = text.to_owned();
    let mut times = [Vec::new(), Vec::new()];
    for edit in 0..EDITS {
        // A key in a name, each time at another place.
        let from = text.len() * edit / EDITS;
        let at = text[from..].find("case").map_or(0, |at| from + at + "case".len());
        text.insert(at, 'x');
        times[0].push(find(&text));
        // A call is begun in a line of its body, and taken back.
        let Some(at) = text[at..].find('\n').map(|end| at + end + 1) else {
            continue;
        };
        let unfinished = format!("{}{UNFINISHED}\n{}", &text[..at], &text[at..]);
        times[1].push(find(&unfinished));
        find(&text);
    }
    for (kind, mut times) in ["whole", "unfinished"].into_iter().zip(times) {
        times.sort_by(f64::total_cmp);
        println!("{name}, {kind}\t{lines}\t{}", times[times.len() / 2]);
    }
}
