//! From the protocol's terms to ours.

use std::cmp::Reverse;

use camino::Utf8PathBuf;
use lsp_types::Uri;
use testdock_core::frameworks::{Position, Range, TestItem};
use testdock_core::id::{FolderName, TestId};
use testdock_core::paths::RelPath;
use testdock_core::session::{Folder, Session};

/// The path of a file's URI; `None` for what is no file of this machine.
pub(crate) fn path(uri: &Uri) -> Option<Utf8PathBuf> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    let path = uri.to_file_path()?.into_owned();
    let path = Utf8PathBuf::from_path_buf(path).ok()?;
    // Without a trailing slash, which a folder's URI may have.
    path.is_absolute().then(|| path.components().collect())
}

/// A position.
pub(crate) fn position(position: lsp_types::Position) -> Position {
    Position { line: position.line, character: position.character }
}

/// The folder that a printed id means, and the id as the session knows it there.
///
/// With one folder open an id does not name it; with several it does, and one that does not means
/// the first folder.
pub(crate) fn test(session: &Session, text: &str) -> Option<(FolderName, TestId)> {
    let mut id: TestId = text.parse().unwrap_or_default();
    let folder = match id.folder.take() {
        Some(name) => session.folders().find(|folder| folder.name == name)?,
        None => session.folders().next()?,
    };
    Some((folder.name.clone(), id))
}

/// The innermost test or group around a position.
pub(crate) fn test_at<'f>(
    folder: &'f Folder,
    file: &RelPath,
    position: Position,
) -> Option<&'f TestItem> {
    let items = folder.tests_in(file).iter().flat_map(|file| file.items.iter());
    // What a class inherits from another file stands where the class does.
    let narrow = |item: &&TestItem| {
        (item.range.start, Reverse(item.range.end), Reverse(item.id.names.len()))
    };
    items.filter(|item| holds(item.range, position)).max_by_key(narrow)
}

/// Whether a position lies in a range, its end included: that is where a cursor stands after it.
pub(crate) fn holds(range: Range, position: Position) -> bool {
    range.start <= position && position <= range.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_out_of_uris() {
        let path_of = |uri: &str| uri.parse().ok().and_then(|uri| path(&uri));
        let some = |path: &str| Some(Utf8PathBuf::from(path));
        assert_eq!(path_of("file:///a%20b/%C3%A9.py"), some("/a b/é.py"));
        assert_eq!(path_of("file:///shop/"), some("/shop"));
        assert_eq!(path_of("untitled:Untitled-1"), None);
        assert_eq!(path_of("git:/shop/a.py?x"), None);
        assert_eq!(path_of("file:///a/%FF.py"), some("/a/\u{fffd}.py"));
    }
}
