//! Finds out what `testdock_core::placement` must know: what the image holds, and what the
//! workspace.

use std::collections::BTreeSet;

use bollard::Docker;
use camino::Utf8Path;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use testdock_core::model::RunError;
use testdock_core::paths::RelPath;
use testdock_core::placement::{Because, Placement, Spot, Tree, Workspace, place};
use testdock_core::plan::{Interpreter, Mount, Source};

use super::image::Image;
use super::look::look;
use super::points::is_inside;

/// Where the workspace goes in a container of `image`.
pub(crate) async fn placement(
    docker: &Docker,
    root: &Utf8Path,
    interpreter: &Interpreter,
    image: &Image,
) -> Result<Placement, RunError> {
    let mut spots = spots(interpreter, image);
    spots.retain(|spot| !is_taken(root, interpreter, spot));
    let dirs: BTreeSet<&str> = spots.iter().map(|s| s.dir.as_str()).filter(|d| *d != "/").collect();
    let tree = if dirs.is_empty() { Tree::default() } else { look(docker, image, &dirs).await? };
    let mut placement = place(root, &spots, &tree, &OnDisk::at(root));
    placement.volumes.retain(|(path, _)| is_inside(path, root) && mount_point(&path.on(root)));
    placement.files.retain(|(path, _)| is_inside(path, root));
    Ok(placement)
}

fn spots(interpreter: &Interpreter, image: &Image) -> Vec<Spot> {
    let context = match &interpreter.source {
        Source::Dockerfile(dockerfile) => dockerfile.context.clone(),
        Source::Image(_) | Source::Compose(_) | Source::Local => RelPath::default(),
    };
    let spot = |dir: &str, holds: &RelPath, because| Spot {
        dir: match dir.trim_end_matches('/') {
            "" => "/".to_owned(),
            dir => dir.to_owned(),
        },
        holds: holds.clone(),
        because,
    };
    let told =
        interpreter.options.workdir.iter().map(|dir| spot(dir, &RelPath::default(), Because::Told));
    let copied = image.copied_to.iter().map(|dir| spot(dir, &context, Because::Copied));
    let workdir = spot(&image.workdir, &context, Because::Workdir);
    told.chain(copied).chain([workdir]).collect()
}

/// Whether the configuration has something else at that directory: what somebody wrote goes before the image's copy.
fn is_taken(root: &Utf8Path, interpreter: &Interpreter, spot: &Spot) -> bool {
    let is_ours = |mount: &Mount| mount.shows(&spot.holds.on(root), &spot.dir) && !mount.read_only;
    let mut there = interpreter.options.mounts.iter().filter(|mount| mount.is_at(&spot.dir));
    spot.because != Because::Told && there.any(|mount| !is_ours(mount))
}

/// Makes sure that the caller, and not the engine as root, made the directory that a volume goes
/// over; a volume that has none cannot be.
fn mount_point(path: &Utf8Path) -> bool {
    path.is_dir() || std::fs::create_dir(path).is_ok()
}

/// The workspace on this machine.
struct OnDisk<'a> {
    root: &'a Utf8Path,
}

impl<'a> OnDisk<'a> {
    fn at(root: &'a Utf8Path) -> Self {
        Self { root }
    }

    /// The rules that hold in `dir`, the nearest first.
    fn rules(&self, dir: &Utf8Path) -> Vec<Gitignore> {
        let inside = dir.ancestors().take_while(|d| d.starts_with(self.root));
        let files = inside.map(|d| (d, d.join(".gitignore")));
        let local = [(self.root, self.root.join(".git/info/exclude"))];
        files
            .chain(local)
            .filter(|(_, file)| file.is_file())
            .filter_map(|(base, file)| {
                let mut builder = GitignoreBuilder::new(base);
                // A rule that cannot be read rules nothing.
                let _ = builder.add(file);
                builder.build().ok()
            })
            .collect()
    }
}

impl Workspace for OnDisk<'_> {
    fn names(&self, dir: &RelPath) -> BTreeSet<String> {
        let entries = dir.on(self.root).read_dir_utf8();
        entries.into_iter().flatten().flatten().map(|e| e.file_name().to_owned()).collect()
    }

    fn is_dir(&self, dir: &RelPath) -> bool {
        dir.on(self.root).is_dir()
    }

    fn lacks(&self, file: &RelPath) -> bool {
        let metadata = std::fs::symlink_metadata(file.on(self.root));
        metadata.map_or(true, |metadata| metadata.is_file() && metadata.len() == 0)
    }

    fn ignores(&self, dir: &RelPath) -> bool {
        let path = dir.on(self.root);
        let parent = path.parent().unwrap_or(self.root);
        let said = self.rules(parent).iter().find_map(|rules| {
            match rules.matched_path_or_any_parents(&path, true) {
                ignore::Match::None => None,
                ignore::Match::Ignore(_) => Some(true),
                ignore::Match::Whitelist(_) => Some(false),
            }
        });
        said.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_rules_are_followed() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        std::fs::create_dir_all(root.join("web/keep")).unwrap();
        std::fs::write(root.join(".gitignore"), "node_modules/\nkeep\n*.egg-info\n").unwrap();
        std::fs::write(root.join("web/.gitignore"), "!keep\nout\n").unwrap();
        let disk = OnDisk::at(root);
        let ignored = [
            "node_modules",
            "web/node_modules",
            "web/keep",
            "keep",
            "web/out",
            "out",
            "a.egg-info",
        ]
        .into_iter()
        .filter(|path| disk.ignores(&RelPath::new(path)));
        assert_eq!(
            ignored.collect::<Vec<_>>(),
            ["node_modules", "web/node_modules", "keep", "web/out", "a.egg-info"]
        );
    }
}
