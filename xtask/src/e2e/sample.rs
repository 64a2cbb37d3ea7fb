//! The sample project, for editors to work on.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::shell::root;

/// A copy of it.
pub(super) fn project(folder: &Path) -> Result<()> {
    copy(&root().join("fixtures/python-pytest"), folder)
}

/// Puts the tests of the recording `hostile` into it, whose names mean no good either.
pub(super) fn hostile(project: &Path) -> Result<()> {
    let to = project.join("tests/test_<b> %s|quit! $(zap)'#.py");
    let copied = fs::copy(root().join("editors/tests/hostile.py"), &to);
    copied.map(|_| ()).with_context(|| format!("cannot write {}", to.display()))
}

/// Copies a folder with all that it holds.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}
