//! The workspace folders as the client knows them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use lsp_types::Uri;
use testdock_core::containers::Project;
use testdock_core::id::FolderName;

use crate::from_proto;

/// The open folders, in the order in which they were opened.
#[derive(Debug, Default)]
pub(crate) struct Folders(Mutex<Vec<Known>>);

#[derive(Debug, Clone)]
struct Known {
    name: FolderName,
    /// As the client spells it.
    root: Utf8PathBuf,
    /// With every symbolic link followed, where that differs.
    real: Option<Utf8PathBuf>,
}

impl Folders {
    /// Adds a folder under a name of its own; `None` for one that is no directory's, or is known.
    pub(crate) fn add(&self, uri: &Uri, name: &str) -> Option<(FolderName, Utf8PathBuf)> {
        let root = from_proto::path(uri)?;
        let real = root.canonicalize_utf8().ok().filter(|real| *real != root);
        let mut known = self.known();
        if known.iter().any(|folder| folder.root == root) {
            return None;
        }
        let name = unique(&known, &usable(name, &root));
        known.push(Known { name: name.clone(), root: root.clone(), real });
        Some((name, root))
    }

    /// Removes a folder.
    pub(crate) fn remove(&self, uri: &Uri) -> Option<FolderName> {
        let root = from_proto::path(uri)?;
        let mut known = self.known();
        let at = known.iter().position(|folder| folder.root == root)?;
        Some(known.remove(at).name)
    }

    /// All folders.
    pub(crate) fn all(&self) -> Vec<(FolderName, Utf8PathBuf)> {
        let known = self.known();
        known.iter().map(|folder| (folder.name.clone(), folder.root.clone())).collect()
    }

    /// All folders, as the containers view knows them.
    pub(crate) fn projects(&self) -> Vec<Project> {
        let project = |folder: &Known| Project {
            root: folder.root.clone(),
            real: folder.real.clone(),
            compose: Vec::new(),
        };
        self.known().iter().map(project).collect()
    }

    /// A path as it reads in the folder that the client opened: a folder opened by way of a
    /// symbolic link has its files below that link.
    pub(crate) fn as_opened(&self, path: &Utf8Path) -> Utf8PathBuf {
        self.inside(path).unwrap_or_else(|| path.to_owned())
    }

    /// The same for a file that the client names, which may be by way of other links than its folder.
    pub(crate) fn of_client(&self, path: &Utf8Path) -> Utf8PathBuf {
        let followed = || self.inside(&followed(path)?);
        self.inside(path).or_else(followed).unwrap_or_else(|| path.to_owned())
    }

    fn inside(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        let known = self.known();
        if known.iter().any(|folder| path.starts_with(&folder.root)) {
            return Some(path.to_owned());
        }
        known.iter().find_map(|folder| {
            let rest = path.strip_prefix(folder.real.as_ref()?).ok()?;
            Some(folder.root.join(rest).components().collect())
        })
    }

    fn known(&self) -> MutexGuard<'_, Vec<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A path with every symbolic link followed, as far as it is there: a file may be new.
fn followed(path: &Utf8Path) -> Option<Utf8PathBuf> {
    path.ancestors().find_map(|above| {
        let rest = path.strip_prefix(above).ok()?;
        Some(above.canonicalize_utf8().ok()?.join(rest).components().collect())
    })
}

/// A name that a printed id can carry. Some clients say the whole path in its place.
fn usable(name: &str, root: &Utf8Path) -> String {
    let name = match name.trim() {
        name if name.is_empty() || Utf8Path::new(name) == root => {
            root.file_name().unwrap_or("workspace")
        }
        name => name,
    };
    let mut name = name.replace('/', "-");
    name.retain(|c| !c.is_control());
    name
}

fn unique(known: &[Known], name: &str) -> FolderName {
    let taken = |name: &str| known.iter().any(|folder| &*folder.name == name);
    if !taken(name) {
        return name.into();
    }
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    let free = numbered.into_iter().find(|name| !taken(name));
    free.unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_have_names_of_their_own() {
        let folders = Folders::default();
        let add = |uri: &str, name: &str| {
            let uri = uri.parse().expect("a URI");
            folders.add(&uri, name).map(|(name, _)| name.to_string())
        };
        assert_eq!(add("file:///a/shop", "").as_deref(), Some("shop"));
        assert_eq!(add("file:///b/shop/", "shop").as_deref(), Some("shop-2"));
        assert_eq!(add("file:///c", "a//b").as_deref(), Some("a--b"));
        assert_eq!(add("file:///d/cart", "/d/cart/").as_deref(), Some("cart"));
        assert_eq!(add("file:///a/shop/", "again"), None);
        assert_eq!(add("vscode-remote:///a", "x"), None);
    }

    #[cfg(unix)]
    #[test]
    fn files_of_a_linked_folder_lie_below_the_link() {
        let directory = tempfile::tempdir().expect("a directory");
        let base = directory.path().canonicalize().expect("real");
        let base = Utf8PathBuf::from_path_buf(base).expect("unicode");
        std::fs::create_dir(base.join("real")).expect("created");
        std::os::unix::fs::symlink(base.join("real"), base.join("link")).expect("linked");
        let folders = Folders::default();
        let uri = crate::to_proto::uri(&base.join("link")).expect("a URI");
        folders.add(&uri, "").expect("added");
        assert_eq!(folders.as_opened(&base.join("real/a.py")), base.join("link/a.py"));
        assert_eq!(folders.as_opened(&base.join("link/a.py")), base.join("link/a.py"));
        assert_eq!(folders.as_opened(&base.join("other")), base.join("other"));

        std::os::unix::fs::symlink(base.join("real"), base.join("second")).expect("linked");
        assert_eq!(folders.of_client(&base.join("second/a/new.py")), base.join("link/a/new.py"));
        assert_eq!(folders.of_client(&base.join("real/a.py")), base.join("link/a.py"));
        assert_eq!(folders.of_client(&base.join("other")), base.join("other"));
    }
}
