//! Adds interpreters to a workspace's `testdock.toml`, or to a person's own.

use std::fs;
use std::io::{self, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::NamedTempFile;
use testdock_core::config::Origin;
use testdock_core::interpreter::{self, Addition, Document, Folder, NotAdded};
use testdock_core::model::{Fault, RunError};

use crate::scan::{Scanner, folders, host};
use crate::sources::person_file;
use crate::text;

/// Whose an interpreter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Owner {
    /// The project's.
    #[default]
    Project,
    /// One person's, in all projects.
    Person,
}

/// The file that interpreters are added to; `None` for a person without a home.
pub fn file(root: &Utf8Path, owner: Owner) -> Option<Utf8PathBuf> {
    match owner {
        Owner::Project => Some(root.join("testdock.toml")),
        Owner::Person => person_file(),
    }
}

/// Adds an interpreter for the workspace at `root`, and answers with the file that says so now.
/// Nothing is written where anything is wrong.
pub fn add(
    scanner: &Scanner,
    root: &Utf8Path,
    owner: Owner,
    addition: &Addition,
) -> Result<Utf8PathBuf, NotAdded> {
    let path = file(root, owner).ok_or_else(homeless)?;
    add_to(&path, owner, scanner, root, addition)?;
    Ok(path)
}

fn add_to(
    path: &Utf8Path,
    owner: Owner,
    scanner: &Scanner,
    root: &Utf8Path,
    addition: &Addition,
) -> Result<(), NotAdded> {
    let origin = match owner {
        Owner::Project => Origin::Repository(path.to_owned()),
        Owner::Person => Origin::Person(path.to_owned()),
    };
    let before = match text::read(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed("read", path, &error)),
    };
    let resolution = scanner.settings(root);
    let read = |path: &str| text::read_lossy(&root.join(path)).ok();
    let folders = |path: &str| folders(&root.join(path));
    let env = |name: &str| std::env::var(name).ok();
    // Whoever adds one has said where it is.
    let host = host(&env, &|_, _| true);
    let folder = Folder { root, read: &read, folders: &folders, host };
    let text = before.as_deref();
    let document = Document { origin: &origin, text, resolution: &resolution, folder };
    let after = interpreter::add(document, addition)?;
    context(root, addition)?;
    let written = match text {
        None => create(path, &after),
        Some(_) => replace(path, &after),
    };
    written.map_err(|error| failed("write", path, &error))
}

/// That the folder that is to be built from is there.
fn context(root: &Utf8Path, addition: &Addition) -> Result<(), NotAdded> {
    const FIELD: &str = "context";
    let given = addition.values.get(FIELD).map_or("", |answer| answer.trim());
    if root.join(given).is_dir() {
        return Ok(());
    }
    let message = format!("cannot build from `{given}`: there is no such folder in the workspace");
    let error = RunError::new(Fault::Configuration, message)
        .help("nothing was added: make it, or give another one");
    Err(NotAdded { field: Some(FIELD.to_owned()), error: Box::new(error) })
}

fn homeless() -> NotAdded {
    let error = RunError::new(Fault::Configuration, "cannot find your folder for configurations")
        .help("set HOME or XDG_CONFIG_HOME");
    NotAdded { field: None, error: Box::new(error) }
}

/// A new file; one that somebody made meanwhile stays as it is.
fn create(path: &Utf8Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::File::create_new(path)?.write_all(text.as_bytes())
}

/// All of the new text or all of the old, whatever happens; through a link, the file itself.
fn replace(path: &Utf8Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize_utf8()?;
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Utf8Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.persist(&path)?;
    Ok(())
}

fn failed(what: &str, path: &Utf8Path, error: &io::Error) -> NotAdded {
    let message = format!("cannot {what} {path}: {error}");
    let error = RunError::new(Fault::Configuration, message);
    NotAdded { field: None, error: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use testdock_core::interpreter::Addition;

    use super::*;
    use crate::scan::{Depth, Settings};

    fn image(name: &str) -> Addition {
        let values = [("image".to_owned(), "node:22".to_owned())];
        Addition { kind: "image".to_owned(), name: name.to_owned(), values: values.into() }
    }

    #[test]
    fn one_after_the_other_and_a_mistake_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let scanner = Scanner::new(Settings::default(), Depth::Configuration);
        let text = || fs::read_to_string(root.join("testdock.toml")).unwrap();

        assert_eq!(
            add(&scanner, root, Owner::Project, &image("a")),
            Ok(root.join("testdock.toml"))
        );
        add(&scanner, root, Owner::Project, &image("b")).unwrap();
        let both =
            "[interpreters.a]\nimage = \"node:22\"\n\n[interpreters.b]\nimage = \"node:22\"\n";
        assert_eq!(text(), both);

        let error = add(&scanner, root, Owner::Project, &image("a")).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("name"));
        assert_eq!(text(), both);
        assert_eq!(root.read_dir_utf8().unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_name_that_a_person_took_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs::write(root.join("testdock.local.toml"), "[interpreters.a]\nimage = \"a\"\n").unwrap();
        let scanner = Scanner::new(Settings::default(), Depth::Configuration);
        let error = add(&scanner, root, Owner::Project, &image("a")).unwrap_err();
        assert_eq!(error.error.message, "an interpreter is named `a` already");
        assert!(!root.join("testdock.toml").exists());
    }

    #[test]
    fn a_persons_file_is_made_with_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let path = root.join("config/testdock/testdock.toml");
        let scanner = Scanner::new(Settings::default(), Depth::Configuration);
        add_to(&path, Owner::Person, &scanner, root, &image("mine")).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "[interpreters.mine]\nimage = \"node:22\"\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let real = root.join("shared.toml");
        fs::write(&real, "# ours\n").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, root.join("testdock.toml")).unwrap();
        let scanner = Scanner::new(Settings::default(), Depth::Configuration);
        add(&scanner, root, Owner::Project, &image("a")).unwrap();
        assert!(root.join("testdock.toml").is_symlink());
        assert!(fs::read_to_string(&real).unwrap().starts_with("# ours\n"));
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
