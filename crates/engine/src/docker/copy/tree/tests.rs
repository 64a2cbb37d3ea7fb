use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use expect_test::{Expect, expect};

use super::*;

/// A workspace of empty files, and rules.
fn workspace(files: &[&str], rules: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let all = files.iter().map(|path| (*path, "")).chain(rules.iter().copied());
    for (path, text) in all {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn look_into(dir: &tempfile::TempDir, hidden: &[String]) -> Tree {
    let root = Utf8Path::from_path(dir.path()).unwrap();
    let part = Part { host: root.to_owned(), dir: "/app".to_owned() };
    look(root, &[part], hidden)
}

#[track_caller]
fn check(files: &[&str], rules: &[(&str, &str)], expected: &Expect) {
    let dir = workspace(files, rules);
    let found = look_into(&dir, &[]);
    let shown = found.keys().filter(|path| !path.ends_with("ignore"));
    expected.assert_eq(&shown.map(String::as_str).collect::<Vec<_>>().join(" "));
}

#[test]
fn what_version_control_ignores_stays_at_home() {
    check(
        &["a.py", ".env", ".hidden", "target/x", "web/out/y", "web/keep/z", ".git/HEAD"],
        &[(".gitignore", ".env\n/target\nout\n"), ("web/.gitignore", "keep\n")],
        &expect!["/app /app/.hidden /app/a.py /app/web"],
    );
}

#[test]
fn what_no_build_gets_stays_at_home() {
    check(
        &["a.py", "docs/a.md", "docs/keep/b.md", "src/a.log"],
        &[(".dockerignore", "docs\n!docs/keep/b.md\n**/*.log\n")],
        &expect!["/app /app/a.py /app/docs /app/docs/keep /app/docs/keep/b.md /app/src"],
    );
}

#[test]
fn own_rules_come_first() {
    check(
        &["tests/a.py", "gen/b.py", "big/c", ".git/HEAD", "docs/d"],
        &[
            (".dockerignore", "tests\ndocs\n"),
            (".gitignore", "gen\n"),
            (".testdockignore", "!tests\n!gen\n!.git\nbig\n"),
        ],
        &expect!["/app /app/.git /app/.git/HEAD /app/gen /app/gen/b.py /app/tests /app/tests/a.py"],
    );
}

#[test]
fn what_something_else_lies_over_stays_at_home() {
    let dir = workspace(&["vendor/a", "vendored"], &[]);
    let found = look_into(&dir, &["/app/vendor".to_owned()]);
    assert_eq!(found.into_keys().collect::<Vec<_>>(), ["/app", "/app/vendored"]);
}

#[test]
fn differences() {
    let dir = workspace(&["a", "b", "c/d", "e/f", "g", "h/i"], &[]);
    let at = |path: &str| dir.path().join(path);
    let old = |path: &str| {
        let time = SystemTime::now() - Duration::from_secs(60);
        fs::File::open(at(path)).unwrap().set_modified(time).unwrap();
    };
    for path in ["a", "b", "c/d", "e/f", "g", "h/i"] {
        old(path);
    }
    // Times tell what happened only once they lie back.
    std::thread::park_timeout(TICK * 2);
    let before = look_into(&dir, &[]);
    assert_eq!(Changes::between(&before, &look_into(&dir, &[])), Changes::default());

    fs::remove_file(at("a")).unwrap();
    fs::set_permissions(at("b"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::remove_dir_all(at("c")).unwrap();
    fs::write(at("c"), "a file now").unwrap();
    fs::remove_dir_all(at("e")).unwrap();
    fs::remove_file(at("g")).unwrap();
    symlink("b", at("g")).unwrap();
    // The same size and time, another content.
    fs::write(at("h/i"), "").unwrap();
    old("h/i");
    let changes = Changes::between(&before, &look_into(&dir, &[]));
    assert_eq!(changes.gone, ["/app/a", "/app/c", "/app/e"]);
    assert_eq!(changes.new, ["/app/b", "/app/c", "/app/g", "/app/h/i"]);
}

#[test]
fn what_was_just_written_is_sent_again() {
    let dir = workspace(&["a"], &[]);
    // However long it takes to get there.
    let file = fs::File::options().write(true).open(dir.path().join("a")).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(60)).unwrap();
    let before = look_into(&dir, &[]);
    assert_eq!(Changes::between(&before, &before).new, ["/app/a"]);
}

#[test]
fn what_is_remembered_is_what_was_seen() {
    let dir = workspace(&["a", "b/c"], &[]);
    symlink("a", dir.path().join("link")).unwrap();
    let seen = look_into(&dir, &[]);
    let text = serde_json::to_vec(&seen).unwrap();
    assert_eq!(serde_json::from_slice::<Tree>(&text).unwrap(), seen);
}
