//! How soon the tests of a large file are found again after a key was pressed in it: `cargo xtask bench discovery` calls this.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::fmt::Write as _;
use std::time::Instant;

use camino::Utf8Path;
use testdock_core::frameworks::{Memory, Source};
use testdock_core::interpreter::Host;
use testdock_core::paths::RelPath;
use testdock_core::resolve::{Choice, Contents, resolve};

const LINES: usize = 5000;
const EDITS: usize = 100;

fn main() {
    report("test_large.py", "pytest.ini", &python());
    report("large_test.go", "go.mod", &go());
}

/// Prints `name<TAB>median seconds` of an edit in a file.
fn report(name: &str, project: &str, text: &str) {
    let path = RelPath::new(name);
    let files = [RelPath::new(project), path.clone()];
    let read = |file: &str| (file == "go.mod").then(|| "module shop\n".to_owned());
    let contents = Contents { root: Utf8Path::new("/shop"), files: &files, read: &read };
    let local = Choice { local: true, ..Choice::default() };
    let workspace = resolve(contents, Host::unknown(), &[], &local);
    let mut text = text.to_owned();
    let mut memory = Memory::default();
    let mut times = Vec::new();
    for edit in 0..=EDITS {
        let began = Instant::now();
        let mut source = Source::edited(&path, &text, &memory);
        let found = workspace.discover(&mut source);
        memory = source.into_memory(text.as_str().into());
        times.push(began.elapsed().as_secs_f64());
        assert!(found.iter().map(|file| file.items.len()).sum::<usize>() > LINES / 10, "{name}");
        // A key in a name, each time at another place.
        let from = text.len() * edit / (EDITS + 1);
        let at = text[from..].find("case").map_or(0, |at| from + at + "case".len());
        text.insert(at, 'x');
    }
    // The first was no edit.
    let mut times = times.split_off(1);
    times.sort_by(f64::total_cmp);
    println!("{name}\t{}\t{}", text.lines().count(), times[times.len() / 2]);
}

fn python() -> String {
    let mut text = String::from("import pytest\n\n");
    for number in 0..LINES / 5 {
        let _ = write!(
            text,
            "@pytest.mark.parametrize('x', [1, 2])\ndef test_case_{number}(x):\n    assert x * {number} >= 0, 'message'\n\n\n"
        );
    }
    text
}

fn go() -> String {
    let mut text = String::from("package shop\n\nimport \"testing\"\n\n");
    for number in 0..LINES / 5 {
        let _ = write!(
            text,
            "func TestCase_case{number}(t *testing.T) {{\n\tif {number} < 0 {{\n\t\tt.Fatal(\"no\")\n\t}}\n}}\n"
        );
    }
    text
}
