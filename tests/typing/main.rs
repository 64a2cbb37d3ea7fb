//! While somebody types in a test file of any sample project, the tests that stand whole before that place stay listed where they are, and once
//! the text is whole again all is as it was.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod editor;
mod samples;

use testdock_core::frameworks::Memory;
use testdock_core::paths::RelPath;

use editor::{Editor, workspace};
use samples::{Files, projects};

#[test]
fn what_stands_before_an_edit_stays() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (name, files) in projects() {
        let workspace = workspace(&files);
        // What is not whole before it is edited may become so.
        for path in files.keys().filter(|path| !path.as_str().contains("broken")) {
            let editor = Editor { workspace: &workspace, files: &files, path };
            count += editor.check(&mut |edit| failures.push(format!("{name} {path}: {edit}")));
        }
    }
    assert!(count > 1000, "{count}");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}

/// A text may never be whole to a grammar: what is done there to tests and groups is seen all the same.
#[test]
fn what_is_renamed_deleted_or_commented_out_is_not_kept() {
    let text = "describe('cart', () => {
  test('adds', () => {});
  test('counts', () => {});
});
test('rings', () => {});
unfinished(
";
    let path = RelPath::new("cart.test.js");
    let package = r#"{"devDependencies": {"jest": "30"}}"#;
    let files: Files =
        [(RelPath::new("package.json"), package.into()), (path.clone(), text.into())].into();
    let workspace = workspace(&files);
    let editor = Editor { workspace: &workspace, files: &files, path: &path };
    let check = |edits: &[(&str, &str)], expected: &str| {
        let (_, mut memory) = editor.shows(text, &Memory::default());
        let (mut now, mut shown) = (text.to_owned(), String::new());
        for (from, to) in edits {
            assert!(now.contains(from), "{from}");
            now = now.replacen(from, to, 1);
            let (items, then) = editor.shows(&now, &memory);
            memory = then;
            shown = items.iter().map(|item| item.id.names.join(" > ") + "\n").collect();
        }
        assert_eq!(shown, expected, "{now}");
    };
    check(&[("(\n", "(1\n")], "cart\ncart > adds\ncart > counts\nrings\n");
    check(&[("adds", "adds up")], "cart\ncart > adds up\ncart > counts\nrings\n");
    check(&[("cart", "carts")], "carts\ncarts > adds\ncarts > counts\nrings\n");
    check(&[("  test('counts', () => {});\n", "")], "cart\ncart > adds\nrings\n");
    check(
        &[("  test('c", "  /* test('c"), ("{});\n});", "{}); */\n});")],
        "cart\ncart > adds\nrings\n",
    );
    // What is typed in it belongs to a test, and what is typed before it moves it.
    check(
        &[("adds', () => {", "adds', () => { \"("), ("describe", "\n\ndescribe")],
        "cart\ncart > adds\ncart > counts\nrings\n",
    );
}
