//! Keeps the house: what docs/architecture.md promises about the source, and a compiler does not see.
//!
//! Every check is a function from source to complaints, so that its own tests can show it a house in
//! disorder; then it is shown ours.

mod documents;
mod manifests;
mod purity;
mod size;
mod tower;
mod words;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A text file of the repository.
struct File {
    /// From the repository's root, with forward slashes.
    path: String,
    text: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether all of the file is a test.
    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.split('/').any(|folder| folder == "tests")
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lies in crates/").to_owned()
}

/// Every file that is, or would be, committed; one that is no text, such as a picture, has none.
fn files() -> Vec<File> {
    let list = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files of this checkout");
    assert!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
    let paths = String::from_utf8(list.stdout).expect("our paths are UTF-8");
    let read = |path: &str| {
        let bytes = std::fs::read(root().join(path)).ok()?;
        Some(File::new(path, std::str::from_utf8(&bytes).unwrap_or_default()))
    };
    paths.split_terminator('\0').filter_map(read).collect()
}

#[track_caller]
fn assert_none<C: Display>(complaints: impl IntoIterator<Item = C>) {
    let complaints: Vec<String> = complaints.into_iter().map(|c| c.to_string()).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_files_are_found() {
    assert!(files().iter().any(|file| file.path == "tests/tidy/main.rs"));
}
