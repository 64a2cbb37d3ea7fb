//! Where a path leads once its links are followed, also where nothing lies there yet.

use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};

/// As many links as a system follows.
const MOST: usize = 40;

/// What a path really names. A name that is no text is shown as near as can be: it is never taken for another one.
pub(crate) fn real(path: &Utf8Path) -> Utf8PathBuf {
    follow(path, MOST)
}

fn follow(path: &Utf8Path, left: usize) -> Utf8PathBuf {
    if let Ok(real) = path.as_std_path().canonicalize() {
        return text(real);
    }
    let Some((dir, name)) = path.parent().zip(path.file_name()) else {
        return path.to_owned();
    };
    match path.as_std_path().read_link() {
        Ok(target) if left > 0 => follow(&dir.join(text(target)), left - 1),
        _ => follow(dir, left).join(name),
    }
}

fn text(path: PathBuf) -> Utf8PathBuf {
    Utf8PathBuf::from_path_buf(path).unwrap_or_else(|path| path.to_string_lossy().as_ref().into())
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_to_what_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let top = text(dir.path().canonicalize().unwrap());
        let root = top.join("ws");
        fs::create_dir_all(root.join("data")).unwrap();
        let odd = top.as_std_path().join(OsStr::from_bytes(b"odd\xff"));
        fs::create_dir(&odd).unwrap();
        for (target, link) in [
            (top.as_std_path(), "out"),
            (OsStr::new("../gone/x").as_ref(), "dangling"),
            (OsStr::new("loop").as_ref(), "loop"),
            (OsStr::new("data").as_ref(), "own"),
            (&odd, "odd"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        let shown =
            ["data/new/x", "out", "out/new", "dangling", "dangling/y", "own/z", "loop", "odd"]
                .map(|path| real(&root.join(path)).as_str().replace(top.as_str(), ""));
        assert_eq!(
            shown,
            [
                "/ws/data/new/x",
                "",
                "/new",
                "/gone/x",
                "/gone/x/y",
                "/ws/data/z",
                "/ws/loop",
                "/odd\u{fffd}"
            ]
        );
    }
}
