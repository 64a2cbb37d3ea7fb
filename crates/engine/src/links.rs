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
    let Some(dir) = path.parent() else {
        return path.to_owned();
    };
    let Some(name) = path.file_name() else {
        // `..` leads out of whatever may come to lie there.
        let mut above = follow(dir, left);
        above.pop();
        return above;
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
        for (path, leads) in [
            ("data/new/x", "/ws/data/new/x"),
            ("out", ""),
            ("out/new", "/new"),
            ("dangling", "/gone/x"),
            ("dangling/y", "/gone/x/y"),
            ("own/z", "/ws/data/z"),
            ("loop", "/ws/loop"),
            ("odd", "/odd\u{fffd}"),
            ("new/../..", ""),
        ] {
            assert_eq!(real(&root.join(path)).as_str(), format!("{top}{leads}"), "{path}");
        }
    }
}
