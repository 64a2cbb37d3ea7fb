//! Text files of a workspace, which may be anything by the name of one: a pipe would be waited for, a device never ends.

use std::fs;
use std::io::{Error, ErrorKind, Result};

use camino::Utf8Path;

/// A file larger than this is generated; reading it would only cost time.
const LARGEST: u64 = 8 * 1024 * 1024;

/// The text of a file. What is no regular file is an error, and so is one of more than 8 MiB.
pub(crate) fn read(path: &Utf8Path) -> Result<String> {
    String::from_utf8(bytes(path)?).map_err(|error| Error::new(ErrorKind::InvalidData, error))
}

/// The same, with a sign in the place of what is not UTF-8.
pub(crate) fn read_lossy(path: &Utf8Path) -> Result<String> {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(String::from_utf8(bytes(path)?).unwrap_or_else(|error| lossy(error.as_bytes())))
}

/// Why what lies at a path cannot be read as a text; `None` where it can, or nothing lies there.
pub(crate) fn unread(path: &Utf8Path) -> Option<String> {
    let error = read_lossy(path).err()?;
    (!matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
        .then(|| error.to_string())
}

fn bytes(path: &Utf8Path) -> Result<Vec<u8>> {
    let found = fs::metadata(path).map_err(|error| match path.is_symlink() {
        true => Error::new(ErrorKind::InvalidInput, "it is a link that leads nowhere"),
        false => error,
    })?;
    if !found.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
    }
    if found.len() > LARGEST {
        return Err(Error::new(ErrorKind::FileTooLarge, "it is larger than 8 MiB"));
    }
    let bytes = fs::read(path)?;
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::new(ErrorKind::InvalidInput, "it is UTF-16, and not UTF-8"));
    }
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn what_never_ends_is_not_read() {
        let error = |path: &Utf8Path| read(path).unwrap_err().to_string();
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let pipe = folder.join("testdock.toml");
        mknodat(CWD, pipe.as_std_path(), FileType::Fifo, Mode::RUSR, 0).unwrap();
        assert_eq!(error(&pipe), "it is not a regular file");
        assert_eq!(error(Utf8Path::new("/dev/zero")), "it is not a regular file");
        assert_eq!(error(folder), "it is not a regular file");
    }

    #[test]
    fn what_is_not_text_is_said_or_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = Utf8Path::from_path(folder.path()).unwrap().join("latin.py");
        fs::write(&file, b"caf\xe9").unwrap();
        assert_eq!(read(&file).unwrap_err().kind(), ErrorKind::InvalidData);
        assert_eq!(read_lossy(&file).unwrap(), "caf\u{fffd}");
    }

    #[test]
    fn what_is_there_and_cannot_be_read_is_not_missing() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let why = |name: &str| unread(&root.join(name)).unwrap_or_default();
        std::os::unix::fs::symlink("gone", root.join("link")).unwrap();
        fs::write(root.join("wide"), b"\xff\xfe{\0").unwrap();
        fs::write(root.join("latin"), b"caf\xe9").unwrap();
        fs::File::create(root.join("long")).unwrap().set_len(LARGEST + 1).unwrap();
        assert_eq!(why("link"), "it is a link that leads nowhere");
        assert_eq!(why("wide"), "it is UTF-16, and not UTF-8");
        assert_eq!(why("long"), "it is larger than 8 MiB");
        assert_eq!(why("."), "it is not a regular file");
        assert_eq!([why("latin"), why("none"), why("latin/below")], [""; 3]);
    }
}
