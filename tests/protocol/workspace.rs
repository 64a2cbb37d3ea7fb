//! A workspace on disk, gone with the test.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

/// A directory with files.
pub(crate) struct Workspace {
    root: PathBuf,
    _directory: TempDir,
}

/// One file, two tests, a class and a parametrised test.
pub(crate) const SHOP: &str = "\
import pytest


def test_adds():
    assert 1 + 1 == 2


def test_fails():
    total = 3
    assert total == 4


class TestCart:
    def test_empty(self):
        assert True

    @pytest.mark.parametrize(\"n\", [1, 2])
    def test_count(self, n):
        assert n < 2
";

impl Workspace {
    /// A workspace in a directory of this name.
    pub(crate) fn named(name: &str, files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path().canonicalize().expect("it is there").join(name);
        let workspace = Self { root, _directory: directory };
        workspace.write("pytest.ini", "[pytest]\n");
        for (path, text) in files {
            workspace.write(path, text);
        }
        workspace
    }

    /// A workspace without any test.
    pub(crate) fn bare(name: &str) -> Self {
        let workspace = Self::named(name, &[("README.md", "")]);
        fs::remove_file(workspace.path("pytest.ini")).expect("removed");
        workspace
    }

    /// A workspace with one file of tests, `tests/test_shop.py`.
    pub(crate) fn shop() -> Self {
        Self::named("shop", &[("tests/test_shop.py", SHOP)])
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("below the root")).expect("created");
        fs::write(path, text).expect("written");
    }

    /// The same file by another name: thousands of them cost little.
    pub(crate) fn link(&self, from: &str, to: &str) {
        let to = self.path(to);
        fs::create_dir_all(to.parent().expect("below the root")).expect("created");
        fs::hard_link(self.path(from), to).expect("linked");
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The URI of a file, as most clients spell it; of the folder for `""`.
    pub(crate) fn uri(&self, path: &str) -> String {
        let path = match path {
            "" => self.root.clone(),
            path => self.path(path),
        };
        uri(&path)
    }
}

pub(crate) fn uri(path: &std::path::Path) -> String {
    let uri = lsp_types::Uri::from_file_path(path).expect("absolute");
    uri.as_str().to_owned()
}
