//! Files small enough to be read in one go, and lints that are answered, not silenced.

use crate::{File, assert_none, files};

/// Lines of code in one file. Tests and comments are left out: they make no file harder to take in.
const LONGEST: usize = 400;

fn complaints(files: &[File]) -> Vec<String> {
    let rust = files.iter().filter(|file| file.is_rust());
    rust.flat_map(|file| too_long(file).into_iter().chain(silenced(file))).collect()
}

fn too_long(file: &File) -> Option<String> {
    let (code, _tests) = file.text.split_once("#[cfg(test)]\nmod ").unwrap_or((&file.text, ""));
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
    let lines = code.lines().map(str::trim).filter(is_code).count();
    (lines > LONGEST && !file.is_test())
        .then(|| format!("{}: {lines} lines of code, split it at {LONGEST}", file.path))
}

/// The compiler asks the same, but only in what it builds on this system.
fn silenced(file: &File) -> Option<String> {
    let silencer = concat!("#[", "allow(");
    let inner = concat!("#![", "allow(");
    let line =
        file.text.lines().position(|line| line.contains(silencer) || line.contains(inner))?;
    Some(format!("{}:{}: use `#[expect(…, reason = \"…\")]`", file.path, line + 1))
}

#[test]
fn files_are_small_and_lints_are_answered() {
    assert_none(complaints(&files()));
}

mod check {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(path: &str, text: &str, expected: &Expect) {
        expected.assert_eq(&complaints(&[File::new(path, text)]).join("\n"));
    }

    #[test]
    fn a_long_file_is_seen() {
        let long = "use a;\n".repeat(LONGEST + 1);
        check(
            "crates/core/src/plan.rs",
            &long,
            &expect!["crates/core/src/plan.rs: 401 lines of code, split it at 400"],
        );
        check("tests/docker/main.rs", &long, &expect![]);
    }

    #[test]
    fn tests_and_comments_do_not_count() {
        let comments = "    //! Why.\n\n".repeat(LONGEST);
        let tests = "use a;\n".repeat(LONGEST);
        let tests = format!("{comments}#[cfg(test)]\nmod tests {{{tests}}}");
        check("crates/core/src/plan.rs", &tests, &expect![]);
    }

    #[test]
    fn a_silenced_lint_is_seen() {
        let silenced = concat!("fn a() {}\n#[", "allow(dead_code)]\nfn b() {}");
        check(
            "crates/lsp/src/lib.rs",
            silenced,
            &expect![[r#"crates/lsp/src/lib.rs:2: use `#[expect(…, reason = "…")]`"#]],
        );
    }
}
