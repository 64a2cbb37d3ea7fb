//! Which file a module is in, and which module a file is.

use super::packages::{Packages, Target};
use crate::frameworks::Known;
use crate::id::TestId;
use crate::paths::RelPath;

/// Modules may name files that name each other, but not for ever.
const DEPTH: usize = 8;

/// The module that a file is in a program, outermost first.
pub(super) fn module(target: &Target, known: &Known, file: &RelPath) -> Vec<String> {
    let (file, names) = named(known, file);
    let mut parts = module_at(target, file);
    parts.extend(names);
    parts
}

/// The file whose place tells the module that it is, from which a file is named, and what it is called there.
pub(super) fn named<'k>(known: &'k Known, file: &'k RelPath) -> (&'k RelPath, Vec<String>) {
    let (mut file, mut names) = (file, Vec::new());
    for id in (0..DEPTH).map_while(|_| known.part(file).inspect(|id| file = &id.file)) {
        names.splice(0..0, id.names.iter().cloned());
    }
    (file, names)
}

/// The module that a file is by its place.
fn module_at(target: &Target, file: &RelPath) -> Vec<String> {
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
pub(super) fn path(target: &Target, known: &Known, id: &TestId) -> String {
    let mut parts = module(target, known, &id.file);
    parts.extend(id.names.iter().cloned());
    parts.join("::")
}

/// The test that a program calls by this path: in the file of the innermost module that has one.
pub(super) fn resolve(target: &Target, known: &Known, path: &str) -> TestId {
    let parts: Vec<&str> = path.split("::").collect();
    let candidates = || named_candidates(target, known, &parts).chain(candidates(target, &parts));
    let is_test = |id: &TestId| known.item(id).is_some();
    let is_part = |id: &TestId| known.definition(id).is_some();
    let is_there = |id: &TestId| known.files().any(|file| *file == id.file);
    let found = candidates().find(is_test).or_else(|| candidates().find(is_part));
    let found = found.or_else(|| candidates().find(is_there));
    found.unwrap_or_else(|| id(target.root.clone(), &parts))
}

/// Where a test may stand of those files whose place does not tell it.
fn named_candidates<'k>(
    target: &'k Target,
    known: &'k Known,
    parts: &'k [&str],
) -> impl Iterator<Item = TestId> + use<'k> {
    known.parts().filter_map(move |(file, _)| {
        let module = module(target, known, file);
        let is_in = parts.len() > module.len() && parts.iter().zip(&module).all(|(a, b)| a == b);
        is_in.then(|| id(file.clone(), &parts[module.len()..]))
    })
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
