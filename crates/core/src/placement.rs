//! Where the workspace goes in a container.
//!
//! An image that holds a copy of the project points there with editable installs, search paths and
//! start scripts, and a stale copy beside the mounted workspace is the classic wrong green. So the
//! workspace goes over that copy; what the image *made* there stays visible, as volumes that start
//! from the image. Without a copy the workspace goes to the same path as on the host.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use crate::paths::RelPath;

/// A directory of the image that the workspace, or a part of it, may go over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The directory.
    pub dir: String,
    /// What of the workspace it would hold.
    pub holds: RelPath,
    /// Why it is thought of.
    pub because: Because,
}

/// Why a directory of the image may be the place of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The configuration says so.
    Told,
    /// The Dockerfile copies the whole context there.
    Copied,
    /// The image starts there.
    Workdir,
}

/// What an image holds at some directories, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// By directory: the names in it.
    names: BTreeMap<String, BTreeSet<String>>,
    /// Absolute paths of directories at and below them.
    dirs: BTreeSet<String>,
    /// Absolute paths of compiled files below them.
    compiled: BTreeSet<String>,
}

impl Tree {
    /// Reads what a look into the image printed: `N DIR//NAME` for each name directly in a
    /// directory, `D PATH` for each directory at any depth, `F PATH` for each compiled file. Other lines
    /// mean nothing.
    pub fn parse(text: &str) -> Self {
        let mut tree = Self::default();
        for line in text.lines() {
            if let Some((dir, name)) = line.strip_prefix("N ").and_then(|l| l.split_once("//")) {
                let names = tree.names.entry(dir.to_owned()).or_default();
                names.insert(name.to_owned());
            } else if let Some(path) = line.strip_prefix("D ") {
                tree.dirs.insert(path.trim_end_matches('/').to_owned());
            } else if let Some(path) = line.strip_prefix("F ") {
                tree.compiled.insert(path.to_owned());
            }
        }
        tree
    }
}

/// What must be known of the workspace.
pub trait Workspace {
    /// The names in a directory of the workspace.
    fn names(&self, dir: &RelPath) -> BTreeSet<String>;
    /// Whether there is a directory.
    fn is_dir(&self, dir: &RelPath) -> bool;
    /// Whether version control ignores it.
    fn ignores(&self, path: &RelPath) -> bool;
    /// Whether there is nothing by that name, or a file with nothing in it.
    fn lacks(&self, file: &RelPath) -> bool;
}

/// Where everything goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placement {
    /// Which part of the workspace goes to which directory.
    pub mounts: Vec<(RelPath, String)>,
    /// Parts of the workspace that the image's own directories stay visible at, with those
    /// directories.
    pub volumes: Vec<(RelPath, String)>,
    /// The same for single files: what the image compiled in place, among the sources.
    pub files: Vec<(RelPath, String)>,
}

/// Decides where the workspace `root` goes in an image that holds `tree`.
pub fn place(root: &Utf8Path, spots: &[Spot], tree: &Tree, workspace: &dyn Workspace) -> Placement {
    let fits = |spot: &&Spot| spot.dir != "/" && fits(spot, tree, workspace);
    let by = |because| spots.iter().filter(move |s| s.because == because);
    let mut taken: Vec<&Spot> = by(Because::Told).take(1).collect();
    for because in [Because::Copied, Because::Workdir] {
        if taken.is_empty() {
            taken = by(because).filter(fits).collect();
        }
    }
    let mut placement = Placement::default();
    for spot in &taken {
        placement.mounts.push((spot.holds.clone(), spot.dir.clone()));
        let volumes = made(spot, tree, workspace);
        placement.files.extend(compiled(spot, tree, &volumes, workspace));
        placement.volumes.extend(volumes);
    }
    // A copy of a part leaves the rest without a place.
    if taken.iter().all(|spot| !spot.holds.is_root()) {
        placement.mounts.push((RelPath::default(), root.to_string()));
    }
    placement
}

/// Whether the image has a copy of the project there.
fn fits(spot: &Spot, tree: &Tree, workspace: &dyn Workspace) -> bool {
    let Some(there) = tree.names.get(&spot.dir) else {
        return false;
    };
    let here = workspace.names(&spot.holds);
    let mut common = there.intersection(&here);
    match spot.because {
        Because::Told => true,
        Because::Copied => common.next().is_some(),
        Because::Workdir => common.any(|name| MARKERS.contains(&name.as_str())),
    }
}

/// Files that stand at the top of a project and hardly anywhere else.
const MARKERS: &[&str] = &[
    "CMakeLists.txt",
    "Cargo.toml",
    "Gemfile",
    "Makefile",
    "Pipfile",
    "Rakefile",
    "build.gradle",
    "build.gradle.kts",
    "composer.json",
    "conftest.py",
    "deno.json",
    "go.mod",
    "manage.py",
    "meson.build",
    "mix.exs",
    "package.json",
    "phpunit.xml",
    "phpunit.xml.dist",
    "pom.xml",
    "pyproject.toml",
    "pytest.ini",
    "requirements.txt",
    "setup.cfg",
    "setup.py",
    "tox.ini",
];

/// Directories that tools make, whether or not version control knows.
const MADE: &[&str] = &[
    ".bundle",
    ".eggs",
    ".gradle",
    ".next",
    ".nox",
    ".tox",
    ".venv",
    "Pods",
    "_build",
    "bower_components",
    "build",
    "deps",
    "dist",
    "node_modules",
    "target",
    "vendor",
    "venv",
];

/// Directories that nobody misses from an image.
const IDLE: &[&str] = &[
    ".cache",
    ".git",
    ".hg",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    "__pycache__",
];

/// The topmost directories that the image made at `spot`: those that version control ignores, or
/// that the workspace lacks and whose name says that a tool made them. Any other directory that the
/// workspace lacks may be one that was deleted since, and must not come back.
fn made(spot: &Spot, tree: &Tree, workspace: &dyn Workspace) -> Vec<(RelPath, String)> {
    let mut made: Vec<(RelPath, String)> = Vec::new();
    let prefix = format!("{}/", spot.dir);
    for path in tree.dirs.range(prefix.clone()..) {
        let Some(rest) = path.strip_prefix(&prefix) else {
            break;
        };
        let (parent, name) = rest.rsplit_once('/').unwrap_or(("", rest));
        let below = |dir: &str| rest.strip_prefix(dir).is_some_and(|r| r.starts_with('/'));
        let seen = made.iter().any(|(_, dir)| below(&dir[prefix.len()..]));
        let here = spot.holds.join(rest);
        if seen || rest.split('/').any(|part| IDLE.contains(&part)) {
            continue;
        }
        let by_name = MADE.contains(&name) || name.ends_with(".egg-info");
        let lacks = || workspace.names(&here).is_empty();
        if workspace.is_dir(&spot.holds.join(parent))
            && (workspace.ignores(&here) || (by_name && lacks()))
        {
            made.push((here, path.clone()));
        }
    }
    made
}

/// The files that the image compiled in place at `spot`, outside of the directories in `made`: only what
/// version control ignores, since a mount needs something in the workspace to go over.
fn compiled(
    spot: &Spot,
    tree: &Tree,
    made: &[(RelPath, String)],
    workspace: &dyn Workspace,
) -> Vec<(RelPath, String)> {
    let prefix = format!("{}/", spot.dir);
    let below = |path: &str, dir: &str| path.strip_prefix(dir).is_some_and(|r| r.starts_with('/'));
    let here = tree.compiled.range(prefix.clone()..).map_while(|path| {
        let rest = path.strip_prefix(&prefix)?;
        Some((spot.holds.join(rest), path))
    });
    let outside = here.filter(|(_, path)| made.iter().all(|(_, dir)| !below(path, dir)));
    let lacking = outside.filter(|(file, _)| {
        let (dir, _) = file.as_str().rsplit_once('/').unwrap_or(("", file.as_str()));
        workspace.is_dir(&RelPath::new(dir)) && workspace.lacks(file) && workspace.ignores(file)
    });
    lacking.map(|(file, path)| (file, path.clone())).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// A workspace as a list of paths; an ignored one is marked with `!`, one that is not even there
    /// with `!!`.
    struct Listed(Vec<&'static str>);

    impl Workspace for Listed {
        fn names(&self, dir: &RelPath) -> BTreeSet<String> {
            let there = self.0.iter().filter(|path| !path.starts_with("!!"));
            let below = |path: &&str| {
                RelPath::new(path.trim_start_matches('!')).strip(dir).map(str::to_owned)
            };
            let first = |rest: String| rest.split('/').next().map(str::to_owned);
            let names = there.filter_map(below).filter_map(first);
            names.filter(|name| !name.is_empty()).collect()
        }
        fn is_dir(&self, dir: &RelPath) -> bool {
            dir.is_root() || !self.names(dir).is_empty()
        }
        fn lacks(&self, file: &RelPath) -> bool {
            !self.0.iter().any(|path| {
                path.trim_start_matches('!') == file.as_str() && !path.starts_with("!!")
            })
        }
        fn ignores(&self, dir: &RelPath) -> bool {
            let ignored = self.0.iter().filter(|p| p.starts_with('!'));
            let ignored = ignored.map(|p| p.trim_start_matches('!'));
            ignored.into_iter().any(|p| dir.strip(&RelPath::new(p)).is_some())
        }
    }

    fn check(
        spots: &[(&str, &str, Because)],
        tree: &str,
        workspace: &[&'static str],
        expected: &Expect,
    ) {
        let spots: Vec<Spot> = spots
            .iter()
            .map(|(dir, holds, because)| Spot {
                dir: (*dir).into(),
                holds: RelPath::new(holds),
                because: *because,
            })
            .collect();
        let root = Utf8Path::new("/home/me/shop");
        let placement = place(root, &spots, &Tree::parse(tree), &Listed(workspace.to_vec()));
        let mounts = placement.mounts.iter().map(|(rel, dir)| format!("./{rel} → {dir}\n"));
        let volumes = placement.volumes.iter().map(|(rel, dir)| format!("./{rel} ← {dir}\n"));
        let files = placement.files.iter().map(|(rel, path)| format!("./{rel} = {path}\n"));
        expected.assert_eq(&mounts.chain(volumes).chain(files).collect::<String>());
    }

    const NODE: &str = "N /app//package.json\nN /app//node_modules\nD /app\nD /app/node_modules\nD /app/node_modules/x\nD /app/src\nD /app/tests/old\n";

    #[test]
    fn over_the_copy_with_what_the_image_made() {
        check(
            &[("/app", "", Because::Copied)],
            NODE,
            &["package.json", "src/a.js", "tests/a.js"],
            &expect![[r#"
                ./ → /app
                ./node_modules ← /app/node_modules
            "#]],
        );
    }

    #[test]
    fn the_images_own_wins_where_version_control_ignores_it() {
        check(
            &[("/app", "", Because::Workdir)],
            "N /app//setup.py\nD /app/src/shop.egg-info\nD /app/.venv/lib\nD /app/.venv\nD /app/data\nD /app/__pycache__\n",
            &[
                "setup.py",
                "src/shop/a.py",
                "!src/shop.egg-info",
                "!.venv",
                ".venv/bin",
                "!__pycache__",
                "data/x",
            ],
            &expect![[r#"
                ./ → /app
                ./.venv ← /app/.venv
                ./src/shop.egg-info ← /app/src/shop.egg-info
            "#]],
        );
    }

    #[test]
    fn without_a_copy_at_the_same_path() {
        // The working directory holds something else; the copy is in another stage; nothing can
        // cover the root.
        for (spot, tree) in [
            (("/srv", "", Because::Workdir), "N /srv//README\n"),
            (("/src", "", Because::Copied), ""),
            (("/", "", Because::Copied), "N ///setup.py\n"),
        ] {
            check(
                &[spot],
                tree,
                &["README", "setup.py"],
                &expect![[r#"
                    ./ → /home/me/shop
                "#]],
            );
        }
    }

    #[test]
    fn a_part_goes_over_its_copy_and_the_rest_to_the_same_path() {
        check(
            &[("/app", "services/billing", Because::Copied)],
            "N /app//go.mod\nD /app/vendor\n",
            &["services/billing/go.mod", "services/x"],
            &expect![[r#"
                ./services/billing → /app
                ./ → /home/me/shop
                ./services/billing/vendor ← /app/vendor
            "#]],
        );
    }

    #[test]
    fn what_is_compiled_among_the_sources_stays_visible() {
        check(
            &[("/app", "", Because::Copied)],
            "N /app//setup.py\nD /app/shop\nD /app/.venv\nF /app/shop/_fast.so\nF /app/shop/_here.so\nF /app/shop/_known.so\nF /app/.venv/x.so\nF /app/gone/x.so\nF /apple/x.so\n",
            &[
                "setup.py",
                "shop/a.py",
                "shop/_here.so",
                "!!shop/_fast.so",
                "!shop/_here.so",
                "!.venv",
                "!gone",
            ],
            &expect![[r#"
                ./ → /app
                ./.venv ← /app/.venv
                ./shop/_fast.so = /app/shop/_fast.so
            "#]],
        );
    }

    #[test]
    fn what_is_told_is_done() {
        check(
            &[("/work", "", Because::Told), ("/app", "", Because::Copied)],
            NODE,
            &["package.json"],
            &expect![[r#"
                ./ → /work
            "#]],
        );
    }
}
