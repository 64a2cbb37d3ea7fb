//! The caller's cache: losing what is there costs time and nothing else.

use std::fs;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use etcetera::BaseStrategy as _;

/// A directory of ours there.
pub(super) fn dir(name: &str) -> Option<Utf8PathBuf> {
    let cache = etcetera::choose_base_strategy().ok()?.cache_dir();
    Some(Utf8PathBuf::from_path_buf(cache).ok()?.join("testdock").join(name))
}

/// Removes what nobody has written for so long, but for `kept`.
pub(super) fn sweep(dir: &Utf8Path, age: Duration, kept: &str) {
    let now = SystemTime::now();
    for entry in dir.read_dir_utf8().into_iter().flatten().flatten() {
        let written = entry.metadata().and_then(|meta| meta.modified());
        let since = written.ok().and_then(|written| now.duration_since(written).ok());
        if entry.file_name() == kept || since.is_none_or(|since| since <= age) {
            continue;
        }
        let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
        // What cannot be removed is met again.
        let _ =
            if is_dir { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_goes() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let hour = Duration::from_secs(3600);
        let make = |name: &str, age: Duration| {
            let path = root.join(name);
            fs::write(&path, "").unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        };
        make("old", hour * 2);
        make("kept", hour * 2);
        make("new", Duration::ZERO);
        fs::create_dir(root.join("folder")).unwrap();
        fs::write(root.join("folder/file"), "").unwrap();
        let folder = fs::File::open(root.join("folder")).unwrap();
        folder.set_modified(SystemTime::now() - hour * 2).unwrap();
        sweep(root, hour, "kept");
        let mut left: Vec<String> =
            root.read_dir_utf8().unwrap().map(|it| it.unwrap().file_name().to_owned()).collect();
        left.sort();
        assert_eq!(left, ["kept", "new"]);
    }
}
