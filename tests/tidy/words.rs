//! The repository names no machine: packages come from wherever the reader's own tools are set to get
//! them, and no path of one person's disk is anyone else's.

use std::path::Path;

use crate::{File, assert_none, files, root};

/// Hosts of package registries, written so that this file does not name them. (That of images is missing:
/// what an image's short name means is Testdock's own business.)
const REGISTRIES: &[&str] = &[
    concat!("deb.debian", ".org"),
    concat!("files.pythonhosted", ".org"),
    concat!("index.crates", ".io"),
    concat!("proxy.golang", ".org"),
    concat!("pypi", ".org"),
    concat!("registry.npmjs", ".org"),
    concat!("repo.maven.apache", ".org"),
    concat!("repo1.maven", ".org"),
    concat!("static.crates", ".io"),
];

fn complaints(files: &[File], root: &Path) -> Vec<String> {
    let written = files.iter().filter(|file| !is_lock(&file.path));
    written.flat_map(|file| complaints_of(file, root)).collect()
}

fn complaints_of(file: &File, root: &Path) -> Vec<String> {
    let registries = REGISTRIES.iter().filter(|host| file.text.contains(**host));
    let mut found: Vec<String> =
        registries.map(|host| format!("{}: names {host}", file.path)).collect();
    if is_telling(root) && names_path(&file.text, &root.to_string_lossy()) {
        found.push(format!("{}: names {}, a path of this machine", file.path, root.display()));
    }
    found
}

fn is_lock(path: &str) -> bool {
    path.ends_with(".lock") || path.ends_with("package-lock.json")
}

/// Whether a path belongs to one machine: `/app` may stand anywhere.
fn is_telling(root: &Path) -> bool {
    root.components().count() > 2
}

fn names_path(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let next = text[at + path.len()..].chars().next();
        next.is_none_or(|next| !next.is_alphanumeric() && next != '-' && next != '_')
    })
}

#[test]
fn no_machine_is_named() {
    assert_none(complaints(&files(), &root()));
}

mod check {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(path: &str, text: &str, root: &str, expected: &Expect) {
        let found = complaints(&[File::new(path, text)], Path::new(root)).join("\n");
        // Nor does the expectation.
        expected.assert_eq(&found.replace(concat!("pypi", ".org"), "HOST"));
    }

    #[test]
    fn a_registry_is_seen_but_in_lock_files() {
        let text = concat!("https://pypi", ".org/simple");
        check("fixtures/a/Dockerfile", text, "/src", &expect!["fixtures/a/Dockerfile: names HOST"]);
        check("fixtures/a/uv.lock", text, "/src", &expect![]);
    }

    #[test]
    fn a_path_of_this_machine_is_seen() {
        let root = "/home/jane/testdock";
        check(
            "README.md",
            "see /home/jane/testdock/docs",
            root,
            &expect!["README.md: names /home/jane/testdock, a path of this machine"],
        );
        check("README.md", "see /home/jane/testdock-old", root, &expect![]);
        check("README.md", "it lies in /app/docs", "/app", &expect![]);
    }
}
