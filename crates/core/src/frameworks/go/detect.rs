//! Finds Go's modules and workspaces, and which module a directory belongs to.

use std::collections::BTreeMap;

use crate::paths::RelPath;
use crate::resolve::Contents;

/// A module: a directory with a `go.mod`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) dir: RelPath,
    /// Its path, which its packages' import paths begin with.
    pub(super) path: String,
    /// The minor version of Go 1 that it asks for.
    pub(super) minor: u32,
}

/// The modules that are tested together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Modules {
    pub(super) own: Vec<Module>,
    /// Directories of modules that are not among them.
    others: Vec<RelPath>,
    /// Whether the workspace that they lie in does not use them.
    pub(super) is_unused: bool,
}

/// Each workspace's directory, and the directories of the modules that it uses.
type Workspaces = BTreeMap<RelPath, Vec<RelPath>>;

/// Each workspace, and each module outside of one, that has tests; by where the `go` command runs.
pub(super) fn detect(contents: Contents<'_>) -> Vec<(RelPath, Modules)> {
    let all = all_modules(contents);
    let mut groups: BTreeMap<RelPath, Vec<Module>> = BTreeMap::new();
    let workspaces = workspaces(contents);
    for module in &all {
        let used = workspaces.iter().find(|(_, used)| used.contains(&module.dir));
        let root = used.map_or(&module.dir, |(root, _)| root);
        groups.entry(root.clone()).or_default().push(module.clone());
    }
    let grouped = groups.into_iter().map(|(root, own)| (root, Modules::of(own, &all, &workspaces)));
    let is_test = |path: &RelPath| path.as_str().ends_with("_test.go");
    let has_tests =
        |modules: &Modules| contents.files.iter().any(|path| is_test(path) && modules.holds(path));
    grouped.filter(|(_, modules)| has_tests(modules)).collect()
}

/// The modules of a directory that the configuration names: those of its workspace, or the one that
/// it lies in.
pub(super) fn at(root: &RelPath, contents: Contents<'_>) -> Modules {
    let all = all_modules(contents);
    let workspaces = workspaces(contents);
    let own = match workspaces.get(root) {
        Some(used) => all.iter().filter(|module| used.contains(&module.dir)).cloned().collect(),
        None => {
            let above = all.iter().filter(|module| root.strip(&module.dir).is_some());
            above.max_by_key(|module| module.dir.as_str().len()).cloned().into_iter().collect()
        }
    };
    Modules::of(own, &all, &workspaces)
}

impl Modules {
    fn of(own: Vec<Module>, all: &[Module], workspaces: &Workspaces) -> Self {
        let is_unused = own.iter().all(|module| is_unused(module, workspaces));
        let is_other = |module: &&Module| !own.contains(module);
        let others = all.iter().filter(is_other).map(|module| module.dir.clone()).collect();
        Self { own, others, is_unused }
    }

    /// The module that a file belongs to, if it is one of these: the nearest above it.
    pub(super) fn of_file(&self, path: &RelPath) -> Option<&Module> {
        let depth = |dir: &RelPath| path.strip(dir).map(|_| dir.as_str().len());
        let module = self.own.iter().filter(|module| depth(&module.dir).is_some());
        let module = module.max_by_key(|module| depth(&module.dir))?;
        let nearer = self.others.iter().any(|dir| depth(dir) > depth(&module.dir));
        (!nearer).then_some(module)
    }

    /// Whether the `go` command sees a file as part of these modules.
    pub(super) fn holds(&self, path: &RelPath) -> bool {
        let inner = self.of_file(path).and_then(|module| path.strip(&module.dir));
        inner.is_some_and(|inner| !inner.split('/').any(is_ignored))
    }

    /// The directory of a package.
    pub(super) fn package(&self, import_path: &str) -> Option<RelPath> {
        let rest = |module: &Module| {
            let rest = import_path.strip_prefix(&module.path)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| module.dir.join(rest))
        };
        let modules = self.own.iter().filter(|module| rest(module).is_some());
        modules.max_by_key(|module| module.path.len()).and_then(rest)
    }
}

fn all_modules(contents: Contents<'_>) -> Vec<Module> {
    let files = contents.files.iter().filter(|path| is_named(path, "go.mod"));
    let seen = files.filter(|path| !path.as_str().split('/').any(is_ignored));
    seen.filter_map(|path| module(&path.parent(), &(contents.read)(path.as_str())?)).collect()
}

fn module(dir: &RelPath, text: &str) -> Option<Module> {
    let value = |key: &str| {
        let mut lines = text.lines().map(without_comment);
        let found = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix([' ', '\t']));
        found.map(unquoted)
    };
    let minor = value("go").and_then(|version| version.split('.').nth(1)?.parse().ok());
    Some(Module { dir: dir.clone(), path: value("module")?, minor: minor.unwrap_or(0) })
}

/// Whether a module lies in a workspace, the nearest above it, that does not use it.
fn is_unused(module: &Module, workspaces: &Workspaces) -> bool {
    let around = workspaces.iter().filter(|(dir, _)| module.dir.strip(dir).is_some());
    let nearest = around.max_by_key(|(dir, _)| dir.as_str().len());
    nearest.is_some_and(|(_, used)| !used.contains(&module.dir))
}

fn workspaces(contents: Contents<'_>) -> Workspaces {
    let files = contents.files.iter().filter(|path| is_named(path, "go.work"));
    let read = files.filter_map(|path| Some((path.parent(), (contents.read)(path.as_str())?)));
    read.map(|(dir, text)| {
        let used = used(&text).into_iter().filter_map(|path| dir.resolve(&path));
        // One that lies elsewhere is a suite of its own: files of a suite lie below its root.
        let used = used.filter(|used| used.strip(&dir).is_some()).collect();
        (dir, used)
    })
    .collect()
}

/// The directories in `use ./a` and `use ( … )`.
fn used(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    let mut in_block = false;
    for line in text.lines().map(without_comment) {
        if in_block {
            in_block = line != ")";
            used.extend((in_block && !line.is_empty()).then(|| unquoted(line)));
        } else if let Some(rest) = line.strip_prefix("use") {
            in_block = rest.trim() == "(";
            used.extend((!in_block && rest.starts_with([' ', '\t'])).then(|| unquoted(rest)));
        }
    }
    used
}

fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default().trim()
}

fn unquoted(text: &str) -> String {
    text.trim().trim_matches(['"', '`']).to_owned()
}

fn is_named(path: &RelPath, name: &str) -> bool {
    path.as_str().rsplit('/').next() == Some(name)
}

/// Parts of a path that the `go` command does not look into.
fn is_ignored(part: &str) -> bool {
    part.starts_with(['.', '_']) || matches!(part, "testdata" | "vendor" | "node_modules")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::frameworks::sample::{Files, seen_in};

    fn check(files: Files<'_>, expected: &Expect) {
        let shown = seen_in(files, |contents| {
            let shown = detect(contents).into_iter().map(|(root, modules)| {
                let is_held =
                    |path: &&RelPath| path.as_str().ends_with(".go") && modules.holds(path);
                let held: Vec<&str> =
                    contents.files.iter().filter(is_held).map(RelPath::as_str).collect();
                format!("in {root:?} {modules:?}\n  {held:?}\n")
            });
            shown.collect::<String>()
        });
        expected.assert_eq(&shown);
    }

    #[test]
    fn each_module_with_tests_is_a_suite() {
        check(
            &[
                ("go.mod", "// Deprecated: no\nmodule \"example.com/a\" // here\n\ngo 1.22.3\n"),
                ("a_test.go", ""),
                ("vendor/x/x_test.go", ""),
                ("x/testdata/y_test.go", ""),
                ("x/.y/y_test.go", ""),
                ("tools/go.mod", "module example.com/tools\n"),
                ("tools/t.go", ""),
                ("nested/go.mod", "module example.com/nested\ngo 1.19\n"),
                ("nested/x/n_test.go", ""),
            ],
            &expect![[r#"
                in "" Modules { own: [Module { dir: "", path: "example.com/a", minor: 22 }], others: ["nested", "tools"], is_unused: false }
                  ["a_test.go"]
                in "nested" Modules { own: [Module { dir: "nested", path: "example.com/nested", minor: 19 }], others: ["", "tools"], is_unused: false }
                  ["nested/x/n_test.go"]
            "#]],
        );
    }

    #[test]
    fn a_workspace_is_one_suite() {
        check(
            &[
                (
                    "go/go.work",
                    "go 1.22\nuse ../lib // near\nuse (\n\t.\n\t\"./b\"\n)\nreplace x => ./y\n",
                ),
                ("go/go.mod", "module a\n"),
                ("go/b/go.mod", "module b\n"),
                ("go/b/b_test.go", ""),
                ("go/c/go.mod", "module c\n"),
                ("go/c/c_test.go", ""),
                ("lib/go.mod", "module lib\n"),
                ("lib/l_test.go", ""),
            ],
            &expect![[r#"
                in "go" Modules { own: [Module { dir: "go/b", path: "b", minor: 0 }, Module { dir: "go", path: "a", minor: 0 }], others: ["go/c", "lib"], is_unused: false }
                  ["go/b/b_test.go"]
                in "go/c" Modules { own: [Module { dir: "go/c", path: "c", minor: 0 }], others: ["go/b", "go", "lib"], is_unused: true }
                  ["go/c/c_test.go"]
                in "lib" Modules { own: [Module { dir: "lib", path: "lib", minor: 0 }], others: ["go/b", "go/c", "go"], is_unused: false }
                  ["lib/l_test.go"]
            "#]],
        );
    }

    #[test]
    fn a_package_lies_where_its_import_path_says() {
        let module =
            |dir: &str, path: &str| Module { dir: RelPath::new(dir), path: path.into(), minor: 0 };
        let own = vec![module("", "example.com/a"), module("x", "example.com/a/x/v2")];
        let modules = Modules { own, ..Modules::default() };
        let package = |path: &str| modules.package(path).map(|dir| dir.to_string());
        assert_eq!(package("example.com/a").as_deref(), Some(""));
        assert_eq!(package("example.com/a/b/c").as_deref(), Some("b/c"));
        assert_eq!(package("example.com/a/x/v2/y").as_deref(), Some("x/y"));
        assert_eq!(package("example.com/ab"), None);
    }
}
