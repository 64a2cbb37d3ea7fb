//! Where mounts go over the workspace, and what they show of it. The caller makes it, before the engine does so as root.

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::model::{Fault, RunError};
use testdock_core::paths::{self, PathMap, RelPath};
use testdock_core::placement::Placement;
use testdock_core::plan::{Mount, MountFrom, Options};

/// Makes sure that what is to be mounted is there, and that something is there to mount it over.
pub(super) fn make(root: &Utf8Path, options: &Options, place: &Placement) -> Result<(), RunError> {
    options.mounts.iter().try_for_each(|mount| source(root, mount))?;
    for (point, mount) in points(root, options, place) {
        let is_file = mount.host_path().is_some_and(|path| path.is_file());
        let dir = if is_file { point.parent().unwrap_or(root) } else { &point };
        // Where it cannot be made, the engine says so.
        let _ = fs::create_dir_all(dir).and_then(|()| if is_file { file(&point) } else { Ok(()) });
    }
    Ok(())
}

/// That what is to be mounted is there, or will be made.
pub(super) fn check(root: &Utf8Path, options: &Options) -> Result<(), RunError> {
    let is_made = |mount: &Mount| matches!(mount.from, MountFrom::Host { make: true, .. });
    options.mounts.iter().filter(|it| !is_made(it)).try_for_each(|mount| source(root, mount))
}

/// The directory or file of the host that is to be mounted.
fn source(root: &Utf8Path, mount: &Mount) -> Result<(), RunError> {
    let MountFrom::Host { path, make, .. } = &mount.from else {
        return Ok(());
    };
    if path.try_exists().unwrap_or(true) {
        return Ok(());
    }
    let made = if *make { fs::create_dir_all(path) } else { Err(io::ErrorKind::NotFound.into()) };
    match made {
        // What lies elsewhere may be the engine's to know.
        Err(error) if path.starts_with(root) => Err(missing(mount, path, *make, &error)),
        _ => Ok(()),
    }
}

fn missing(mount: &Mount, path: &Utf8Path, make: bool, error: &io::Error) -> RunError {
    let why = match make {
        true => format!("it cannot be made: {error}"),
        false => "there is no such file or folder in the workspace".to_owned(),
    };
    let message = format!("cannot mount {path} at {}: {why}", mount.target);
    RunError::new(Fault::Configuration, message).help("make it, or correct the mount")
}

/// Which files and directories of the host a container has, and where they lie in each other, beside their names: it goes on
/// having the ones that it was made with when others take their place.
pub(super) fn seen(root: &Utf8Path, options: &Options, place: &Placement) -> Vec<String> {
    let ours = place.mounts.iter().chain(&place.volumes).chain(&place.files);
    let ours = ours.map(|(path, _)| path.on(root));
    let further = options.mounts.iter().filter_map(Mount::host_path).cloned();
    let points = points(root, options, place).map(|(point, _)| point);
    let mut seen: Vec<String> =
        ours.chain(further).chain(points).map(|path| identity(&path)).collect();
    seen.sort();
    seen
}

/// The same of what is mounted beside the workspace.
pub(super) fn mounted(options: &Options) -> Vec<String> {
    options.mounts.iter().filter_map(Mount::host_path).map(|path| identity(path)).collect()
}

/// Where mounts go over the workspace.
fn points<'o>(
    root: &'o Utf8Path,
    options: &'o Options,
    place: &Placement,
) -> impl Iterator<Item = (Utf8PathBuf, &'o Mount)> {
    let lies = |container: &str, host: Option<Utf8PathBuf>| paths::Mount {
        container: container.to_owned(),
        host,
    };
    let parts = place.mounts.iter().map(|(path, dir)| lies(dir, Some(path.on(root))));
    let volumes = place.volumes.iter().map(|(_, dir)| lies(dir, None));
    let further = options.mounts.iter();
    let further = further.map(|mount| lies(&mount.target, mount.host_path().cloned()));
    let map = PathMap::new(parts.chain(volumes).chain(further));
    options.mounts.iter().filter_map(move |mount| {
        let (dir, name) = mount.target.trim_end_matches('/').rsplit_once('/')?;
        let point = map.to_host(dir)?.join(name);
        let path = RelPath::below(root, &point)?;
        is_inside(&path, root).then_some((point, mount))
    })
}

/// Whether no link lies on the way to a path: what one leads to may lie outside of the workspace, where nothing is to
/// be made.
pub(super) fn is_inside(path: &RelPath, root: &Utf8Path) -> bool {
    let path = path.on(root);
    let above = path.ancestors().skip(1).take_while(|dir| *dir != root);
    above.into_iter().all(|dir| !dir.is_symlink())
}

/// Makes an empty file, unless something is there: a tool that looks here without the container sees nothing in it.
pub(super) fn file(path: &Utf8Path) -> io::Result<()> {
    match fs::File::create_new(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// What tells a file or directory from another one of its name. A number alone is given anew, often at once.
#[cfg(unix)]
fn identity(path: &Utf8Path) -> String {
    use std::os::unix::fs::MetadataExt as _;
    let found = fs::metadata(path);
    found.map_or(String::new(), |it| format!("{}:{}:{:?}", it.dev(), it.ino(), it.created().ok()))
}

/// Where a directory has no number, its name must do.
#[cfg(not(unix))]
fn identity(_: &Utf8Path) -> String {
    String::new()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mount(target: &str, from: MountFrom) -> Mount {
        Mount { target: target.to_owned(), from, read_only: false }
    }

    fn host(path: Utf8PathBuf, make: bool) -> MountFrom {
        MountFrom::Host { path, make, label: None }
    }

    /// A workspace that lies at `/app`, with `node_modules` of the image's.
    fn place() -> Placement {
        Placement {
            mounts: vec![(RelPath::default(), "/app".to_owned())],
            volumes: vec![(RelPath::new("node_modules"), "/app/node_modules".to_owned())],
            files: Vec::new(),
        }
    }

    #[test]
    fn nothing_is_made_behind_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs::create_dir(root.join("real")).unwrap();
        symlink("/tmp", root.join("link")).unwrap();
        let inside = ["made", "real/made", "link", "link/made", "link/a/b"]
            .map(|path| is_inside(&RelPath::new(path), root));
        assert_eq!(inside, [true, true, true, false, false]);
    }

    #[test]
    fn what_mounts_go_over_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let root = &Utf8Path::from_path(dir.path()).unwrap().join("ws");
        fs::create_dir_all(root.join("shared")).unwrap();
        fs::write(root.join("one"), "1").unwrap();
        symlink("..", root.join("link")).unwrap();
        let cache = || MountFrom::Volume(Some("cache".to_owned()));
        let mounts = vec![
            mount("/app/build/cache", cache()),
            mount("/app/nested/deep/", host(root.join("shared"), true)),
            mount("/app/nested/deep/in", cache()),
            mount("/app/conf/two", host(root.join("one"), false)),
            mount("/app/node_modules/.cache", cache()),
            mount("/app/link/out", cache()),
            mount("/else/where", host(root.join("new/made"), true)),
        ];
        let options = Options { mounts, ..Options::default() };
        make(root, &options, &place()).unwrap();
        for made in ["build/cache", "nested/deep", "shared/in", "new/made"] {
            assert!(root.join(made).is_dir(), "{made}");
        }
        assert!(root.join("conf/two").is_file());
        for kept in ["node_modules", "../out", "else", "shared/deep"] {
            assert!(!root.join(kept).exists(), "{kept}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_mounted() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let made = |path: Utf8PathBuf| {
            let mounts = vec![mount("/etc/pp.toml", host(path, false))];
            make(root, &Options { mounts, ..Options::default() }, &place())
        };
        let said = made(root.join("pp.toml")).unwrap_err().message;
        assert!(said.ends_with(
            "pp.toml at /etc/pp.toml: there is no such file or folder in the workspace"
        ));
        assert!(!root.join("pp.toml").exists());
        assert!(made("/of/the/engine".into()).is_ok());
    }

    #[test]
    fn a_place_that_is_made_anew_is_another_one() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let point = root.join("node_modules");
        let look = || seen(root, &Options::default(), &place());
        fs::create_dir(&point).unwrap();
        let before = look();
        fs::write(point.join("x"), "").unwrap();
        assert_eq!(look(), before);
        fs::create_dir(root.join("other")).unwrap();
        fs::remove_dir_all(&point).unwrap();
        fs::rename(root.join("other"), &point).unwrap();
        assert_ne!(look(), before);
    }
}
