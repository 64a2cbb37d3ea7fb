//! From the protocol's terms to ours.

use camino::Utf8PathBuf;
use lsp_types::Uri;
use testdock_core::frameworks::Position;
use testdock_core::id::{FolderName, TestId};
use testdock_core::session::Session;

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
