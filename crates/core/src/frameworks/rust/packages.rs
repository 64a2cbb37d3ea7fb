//! Finds Cargo's workspaces, their packages, and the programs that are built of these.

use std::collections::BTreeMap;

use globset::Glob;
use toml::{Table, Value};

use crate::paths::RelPath;
use crate::resolve::Contents;

/// So many files of a workspace are looked into for a test.
const SAMPLE: usize = 400;

/// What is built of some files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TargetKind {
    Lib,
    Bin,
    Test,
}

/// A program with tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) kind: TargetKind,
    pub(super) name: String,
    /// Its first file.
    pub(super) root: RelPath,
    /// Whether it is a test as a whole, without the test library.
    pub(super) is_bare: bool,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) dir: RelPath,
    pub(super) name: String,
    pub(super) targets: Vec<Target>,
}

/// The packages of one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Packages {
    pub(super) own: Vec<Package>,
    /// Directories of packages that are not among them.
    others: Vec<RelPath>,
}

/// Each workspace, and each package outside of one, that has tests.
pub(super) fn detect(contents: Contents<'_>) -> Vec<(RelPath, Packages)> {
    let groups = groups(contents).into_iter();
    groups.filter(|(_, packages)| has_tests(packages, contents)).collect()
}

/// The packages of the workspace of a directory that the configuration names.
pub(super) fn at(root: &RelPath, contents: Contents<'_>) -> Packages {
    let groups = groups(contents);
    let holds = |(dir, packages): &(&RelPath, &Packages)| {
        *dir == root || packages.own.iter().any(|package| package.dir == *root)
    };
    let found = groups.iter().find(holds);
    found.map(|(_, packages)| packages.clone()).unwrap_or_default()
}

fn groups(contents: Contents<'_>) -> BTreeMap<RelPath, Packages> {
    let manifests = manifests(contents);
    let mut groups: BTreeMap<RelPath, Vec<Package>> = BTreeMap::new();
    for (dir, manifest) in &manifests {
        if let Some(package) = package(dir, manifest, contents) {
            groups.entry(workspace_of(dir, &manifests)).or_default().push(package);
        }
    }
    let all: Vec<RelPath> = groups.values().flatten().map(|package| package.dir.clone()).collect();
    let with_others = |own: Vec<Package>| {
        let is_other = |dir: &&RelPath| own.iter().all(|package| package.dir != **dir);
        let others = all.iter().filter(is_other).cloned().collect();
        Packages { own, others }
    };
    groups.into_iter().map(|(root, own)| (root, with_others(own))).collect()
}

fn manifests(contents: Contents<'_>) -> BTreeMap<RelPath, Table> {
    let named = contents.files.iter().filter(|path| {
        let name = path.as_str().rsplit('/').next();
        let is_foreign = path.as_str().split('/').any(|part| matches!(part, "target" | "vendor"));
        name == Some("Cargo.toml") && !is_foreign
    });
    named
        .filter_map(|path| {
            let text = (contents.read)(path.as_str())?;
            Some((path.parent(), text.parse::<Table>().ok()?))
        })
        .collect()
}

/// Where the workspace stands that a package belongs to: the nearest above it that wants it, else its own.
fn workspace_of(dir: &RelPath, manifests: &BTreeMap<RelPath, Table>) -> RelPath {
    let wants = |(root, manifest): &(&RelPath, &Table)| {
        let Some(workspace) = manifest.get("workspace") else {
            return false;
        };
        let Some(inner) = dir.strip(root) else {
            return false;
        };
        let matches = |key: &str| {
            let patterns = workspace.get(key).and_then(Value::as_array).into_iter().flatten();
            patterns.filter_map(Value::as_str).any(|pattern| is_match(pattern, inner))
        };
        let is_out =
            list(workspace, "exclude").iter().any(|out| dir.strip(&root.join(out)).is_some());
        inner.is_empty() || matches("members") || (!is_out && is_needed(dir, root, manifests))
    };
    let nearest = manifests.iter().filter(wants).max_by_key(|(root, _)| root.as_str().len());
    nearest.map_or(dir, |(root, _)| root).clone()
}

/// Whether a package of the workspace depends on one by its path, which makes it a member.
fn is_needed(dir: &RelPath, root: &RelPath, manifests: &BTreeMap<RelPath, Table>) -> bool {
    let inside = manifests.iter().filter(|(other, _)| other.strip(root).is_some());
    let mut paths = inside.flat_map(|(other, manifest)| {
        let of_workspace = manifest.get("workspace").and_then(Value::as_table);
        let tables = [Some(manifest), of_workspace].into_iter().flatten();
        let needed = tables.flat_map(|table| {
            ["dependencies", "dev-dependencies", "build-dependencies"]
                .into_iter()
                .filter_map(|key| table.get(key)?.as_table())
                .flat_map(|table| table.values())
                .filter_map(|value| value.get("path")?.as_str())
        });
        needed.filter_map(move |path| other.resolve(path))
    });
    paths.any(|path| path == *dir)
}

fn is_match(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
    let glob = Glob::new(pattern).map(|glob| glob.compile_matcher());
    pattern == path || glob.is_ok_and(|glob| glob.is_match(path))
}

fn list(table: &Value, key: &str) -> Vec<String> {
    let values = table.get(key).and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn package(dir: &RelPath, manifest: &Table, contents: Contents<'_>) -> Option<Package> {
    let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
    let files = contents.files.iter().filter_map(|path| path.strip(dir));
    let files: Vec<&str> = files.filter(|path| path.ends_with(".rs")).collect();
    let mut targets = described(dir, manifest, &name, &files);
    for target in found(dir, &name, &files) {
        let is_known = targets.iter().any(|known| {
            known.root == target.root || (known.kind, &known.name) == (target.kind, &target.name)
        });
        if !is_known {
            targets.push(target);
        }
    }
    Some(Package { dir: dir.clone(), name, targets })
}

/// What the manifest says of targets.
fn described(dir: &RelPath, manifest: &Table, package: &str, files: &[&str]) -> Vec<Target> {
    let target = |kind, table: &Value| {
        let word = |key: &str| table.get(key).and_then(Value::as_str);
        let name = word("name").unwrap_or(package).to_owned();
        let usual = match kind {
            TargetKind::Lib => vec!["src/lib.rs".to_owned()],
            TargetKind::Bin => {
                vec![
                    format!("src/bin/{name}.rs"),
                    format!("src/bin/{name}/main.rs"),
                    "src/main.rs".into(),
                ]
            }
            TargetKind::Test => vec![format!("tests/{name}.rs"), format!("tests/{name}/main.rs")],
        };
        let usual = || usual.iter().find(|path| files.contains(&path.as_str())).cloned();
        let path = word("path").map(str::to_owned).or_else(usual)?;
        let is_off = |key: &str| table.get(key).and_then(Value::as_bool) == Some(false);
        let root = dir.resolve(&path)?;
        (!is_off("test")).then(|| Target { kind, name, root, is_bare: is_off("harness") })
    };
    let of_lib = manifest.get("lib").and_then(|table| target(TargetKind::Lib, table));
    let several = [("bin", TargetKind::Bin), ("test", TargetKind::Test)];
    let several = several.into_iter().flat_map(|(key, kind)| {
        let tables = manifest.get(key).and_then(Value::as_array).into_iter().flatten();
        tables.filter_map(move |table| target(kind, table))
    });
    of_lib.into_iter().chain(several).collect()
}

/// What Cargo finds by itself.
fn found(dir: &RelPath, package: &str, files: &[&str]) -> Vec<Target> {
    let target = |path: &&str| {
        let (kind, name) = match *path {
            "src/lib.rs" => (TargetKind::Lib, package),
            "src/main.rs" => (TargetKind::Bin, package),
            path => {
                let (kind, rest) = match path.strip_prefix("tests/") {
                    Some(rest) => (TargetKind::Test, rest),
                    None => (TargetKind::Bin, path.strip_prefix("src/bin/")?),
                };
                let name = rest.strip_suffix("/main.rs").or(rest.strip_suffix(".rs"))?;
                (!name.contains('/')).then_some((kind, name))?
            }
        };
        Some(Target { kind, name: name.to_owned(), root: dir.join(path), is_bare: false })
    };
    files.iter().filter_map(target).collect()
}

fn has_tests(packages: &Packages, contents: Contents<'_>) -> bool {
    let files = contents.files.iter().filter(|path| path.as_str().ends_with(".rs"));
    let own = files.filter(|path| packages.of_file(path).is_some());
    let is_test = |text: String| {
        text.contains("#[test]") || text.contains("::test") || text.contains("#[rstest")
    };
    own.take(SAMPLE).any(|path| (contents.read)(path.as_str()).is_some_and(is_test))
}

impl Target {
    /// Where its modules lie.
    pub(super) fn dir(&self) -> RelPath {
        self.root.parent()
    }

    /// What is built as one with it: its directory, where that is its own.
    pub(super) fn unit(&self) -> RelPath {
        let is_one_of_many =
            self.kind != TargetKind::Lib && !self.root.as_str().ends_with("/main.rs");
        if is_one_of_many { self.root.clone() } else { self.dir() }
    }
}

impl Packages {
    /// The package that a file belongs to, if it is one of these.
    pub(super) fn of_file(&self, path: &RelPath) -> Option<&Package> {
        let depth = |dir: &RelPath| path.strip(dir).map(|_| dir.as_str().len());
        // A test may lie beside its package.
        let reaches = |package: &&Package| {
            package
                .targets
                .iter()
                .any(|it| it.dir().strip(&package.dir).is_none() && path.strip(&it.dir()).is_some())
        };
        if let Some(package) = self.own.iter().find(reaches) {
            return Some(package);
        }
        let nearest = self.own.iter().filter(|package| depth(&package.dir).is_some());
        let nearest = nearest.max_by_key(|package| depth(&package.dir))?;
        let is_others = self.others.iter().any(|dir| depth(dir) > depth(&nearest.dir));
        (!is_others).then_some(nearest)
    }

    /// The programs that a file is a part of, as far as its place says.
    pub(super) fn targets_of(&self, path: &RelPath) -> Vec<(&Package, &Target)> {
        let Some(package) = self.of_file(path) else {
            return Vec::new();
        };
        let all = || package.targets.iter().map(|target| (package, target));
        if let Some(own) = all().find(|(_, target)| target.root == *path) {
            return vec![own];
        }
        let around = all().filter(|(_, target)| path.strip(&target.dir()).is_some());
        let around: Vec<_> = around.collect();
        let depth = around.iter().map(|(_, target)| target.dir().as_str().len()).max();
        let near =
            around.into_iter().filter(|(_, target)| Some(target.dir().as_str().len()) == depth);
        let mut near: Vec<_> = near.collect();
        near.sort_by_key(|(_, target)| target.kind);
        // A library's modules are not those of the program beside it.
        if near.first().is_some_and(|(_, target)| target.kind != TargetKind::Test) {
            near.truncate(1);
        }
        near
    }

    /// Whether a file is a part of a library.
    pub(super) fn is_library(&self, path: &RelPath) -> bool {
        self.targets_of(path).iter().any(|(_, target)| target.kind == TargetKind::Lib)
    }

    /// Whether a file is a test as a whole.
    pub(super) fn is_bare(&self, path: &RelPath) -> bool {
        self.targets_of(path).iter().any(|(_, target)| target.is_bare && target.root == *path)
    }

    /// The programs of a package that a tool calls so.
    pub(super) fn named<'p>(
        &'p self,
        package: &'p str,
        name: &'p str,
    ) -> impl Iterator<Item = &'p Target> {
        let of_name =
            move |target: &&Target| target.name.replace('-', "_") == name.replace('-', "_");
        let packages = self.own.iter().filter(move |it| it.name == package);
        packages.flat_map(|package| &package.targets).filter(of_name)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::frameworks::sample::{Files, seen_in};

    fn check(files: Files<'_>, expected: &Expect) {
        let mut text = String::new();
        seen_in(files, |contents| {
            for (root, packages) in detect(contents) {
                text.push_str(&format!("in {root:?}\n"));
                for path in contents.files.iter().filter(|path| path.as_str().ends_with(".rs")) {
                    let targets = packages.targets_of(path).into_iter();
                    let targets = targets.map(|(package, target)| {
                        format!(" {} {:?} {}", package.name, target.kind, target.name)
                    });
                    let targets: String = targets.collect();
                    if packages.of_file(path).is_some() {
                        text.push_str(&format!("  {path}:{targets}\n"));
                    }
                }
            }
        });
        expected.assert_eq(&text);
    }

    #[test]
    fn a_workspace_is_a_suite_and_so_is_what_it_leaves_out() {
        check(
            &[
                ("Cargo.toml", "[workspace]\nmembers = ['crates/*']\nexclude = ['fuzz']\n"),
                (
                    "crates/a/Cargo.toml",
                    "[package]\nname = 'a-b'\n[dependencies]\nneeded = { path = '../../needed' }\n[[test]]\nname = 'all'\npath = '../../tests/all/main.rs'\nharness = false\n",
                ),
                ("crates/a/src/lib.rs", "#[test]"),
                ("crates/a/src/main.rs", ""),
                ("crates/a/src/x/mod.rs", ""),
                ("crates/a/src/bin/tool/main.rs", ""),
                ("crates/a/src/bin/tool/y.rs", ""),
                ("crates/a/tests/one.rs", ""),
                ("crates/a/tests/two/main.rs", ""),
                ("crates/a/tests/two/inner.rs", ""),
                ("crates/a/tests/common/mod.rs", ""),
                ("crates/a/examples/e.rs", ""),
                ("tests/all/main.rs", ""),
                ("tests/all/more.rs", ""),
                ("needed/Cargo.toml", "[package]\nname = 'needed'\n"),
                ("needed/src/lib.rs", ""),
                ("fuzz/Cargo.toml", "[package]\nname = 'fuzz'\n"),
                ("fuzz/src/main.rs", "#[tokio::test]"),
                ("silent/Cargo.toml", "[package]\nname = 'silent'\n"),
                ("silent/src/lib.rs", ""),
                ("broken/Cargo.toml", "[package"),
            ],
            &expect![[r#"
                in ""
                  crates/a/examples/e.rs:
                  crates/a/src/bin/tool/main.rs: a-b Bin tool
                  crates/a/src/bin/tool/y.rs: a-b Bin tool
                  crates/a/src/lib.rs: a-b Lib a-b
                  crates/a/src/main.rs: a-b Bin a-b
                  crates/a/src/x/mod.rs: a-b Lib a-b
                  crates/a/tests/common/mod.rs: a-b Test one
                  crates/a/tests/one.rs: a-b Test one
                  crates/a/tests/two/inner.rs: a-b Test two
                  crates/a/tests/two/main.rs: a-b Test two
                  needed/src/lib.rs: needed Lib needed
                  tests/all/main.rs: a-b Test all
                  tests/all/more.rs: a-b Test all
                in "fuzz"
                  fuzz/src/main.rs: fuzz Bin fuzz
            "#]],
        );
    }
}
