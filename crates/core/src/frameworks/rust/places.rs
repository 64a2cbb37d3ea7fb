//! Which file a module is in, and which module a file is.

use super::packages::{Packages, Target};
use crate::frameworks::Known;
use crate::id::TestId;
use crate::paths::RelPath;

/// The module that a file is in a program, outermost first.
pub(super) fn module(target: &Target, file: &RelPath) -> Vec<String> {
    if *file == target.root {
        return Vec::new();
    }
    let dir = target.dir();
    let inner = file.strip(&dir).and_then(|inner| inner.strip_suffix(".rs")).unwrap_or_default();
    let mut parts: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// A test as its program calls it.
pub(super) fn path(target: &Target, id: &TestId) -> String {
    let mut parts = module(target, &id.file);
    parts.extend(id.names.iter().cloned());
    parts.join("::")
}

/// The test that a program calls by this path: in the file of the innermost module that has one.
pub(super) fn resolve(target: &Target, known: &Known, path: &str) -> TestId {
    let parts: Vec<&str> = path.split("::").collect();
    let candidates = || candidates(target, &parts);
    let is_test = |id: &TestId| known.item(id).is_some();
    let is_part = |id: &TestId| known.definition(id).is_some();
    let is_there = |id: &TestId| known.files().any(|file| *file == id.file);
    let found = candidates().find(is_test).or_else(|| candidates().find(is_part));
    let found = found.or_else(|| candidates().find(is_there));
    found.unwrap_or_else(|| id(target.root.clone(), &parts))
}

/// Where a test may stand, the innermost module first.
fn candidates(target: &Target, parts: &[&str]) -> impl Iterator<Item = TestId> {
    let dir = target.dir();
    (0..parts.len()).rev().flat_map(move |depth| {
        let module = parts[..depth].join("/");
        let files = match depth {
            0 => vec![target.root.clone()],
            _ => vec![dir.join(&format!("{module}.rs")), dir.join(&format!("{module}/mod.rs"))],
        };
        files.into_iter().map(|file| id(file, &parts[depth..])).collect::<Vec<_>>()
    })
}

fn id(file: RelPath, names: &[&str]) -> TestId {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    TestId { names, ..TestId::of_file(file) }
}

/// The file that a tool means by a path: from the workspace's root, or from the package's.
pub(super) fn file(packages: &Packages, root: &RelPath, path: &str, known: &Known) -> RelPath {
    let here = root.resolve(path).unwrap_or_else(|| RelPath::new(path));
    let dirs = packages.own.iter().filter_map(|package| package.dir.resolve(path));
    let mut candidates = std::iter::once(here.clone()).chain(dirs);
    candidates.find(|path| known.files().any(|file| file == path)).unwrap_or(here)
}
