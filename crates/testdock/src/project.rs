//! Which project a command means, and its settings.

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::config::{Layer, Origin};
use testdock_core::containers::mask;
use testdock_core::id::FolderName;
use testdock_core::interpreter::DEFAULT;
use testdock_core::paths::RelPath;
use testdock_core::views::terminal::shell_quoted;
use testdock_engine::scan::Settings;

use crate::args::ProjectArguments;

/// A project on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// Its folder, absolute.
    pub(crate) root: Utf8PathBuf,
    /// Where the user is, absolute.
    pub(crate) cwd: Utf8PathBuf,
    /// What is set beside its files.
    pub(crate) settings: Settings,
    /// What a run of it begins with, as the user would type it from where they are.
    pub(crate) call: String,
}

impl Project {
    /// The project that the arguments mean.
    pub(crate) fn find(arguments: &ProjectArguments) -> Result<Self> {
        let cwd = current_folder()?;
        let root = match &arguments.root {
            Some(root) => named(&cwd.join(root))?,
            None => nearest(&cwd),
        };
        Ok(Self { root, cwd, settings: settings(arguments)?, call: call(arguments) })
    }

    /// What people call it.
    pub(crate) fn name(&self) -> FolderName {
        self.root.file_name().unwrap_or("project").into()
    }

    /// The file or folder of the project that somebody names: as seen from where they are, or else from
    /// the project's folder, as tests are printed.
    pub(crate) fn path(&self, written: &str) -> Option<RelPath> {
        let seen = [&self.cwd, &self.root].map(|dir| clean(&dir.join(written)));
        let below = |path: &Utf8PathBuf| below(&self.root, path);
        seen.iter().filter(|path| path.exists()).find_map(below).or_else(|| below(&seen[0]))
    }
}

fn call(arguments: &ProjectArguments) -> String {
    let program = std::env::args().next().unwrap_or_default();
    // As it was called where that was by a path; what the shell found by name it finds again.
    let program = if program.contains(std::path::MAIN_SEPARATOR) { &program } else { "testdock" };
    let mut words = vec![program.to_owned(), "run".to_owned()];
    words.extend(arguments.words());
    words.iter().map(|word| shell_quoted(word)).collect::<Vec<_>>().join(" ")
}

/// Where the user is.
pub(crate) fn current_folder() -> Result<Utf8PathBuf> {
    let cwd = std::env::current_dir().context("cannot find the current folder")?;
    Utf8PathBuf::from_path_buf(cwd).map_err(|path| {
        anyhow::anyhow!("the folder {} has a name that is not unicode; rename it", path.display())
    })
}

/// Where a path lies in the project, also when one of them is written through a symbolic link.
fn below(root: &Utf8Path, path: &Utf8Path) -> Option<RelPath> {
    RelPath::below(root, path).or_else(|| {
        let (root, path) = (root.canonicalize_utf8().ok()?, path.canonicalize_utf8().ok()?);
        RelPath::below(&root, &path)
    })
}

fn named(path: &Utf8Path) -> Result<Utf8PathBuf> {
    if !path.is_dir() {
        bail!("cannot open the project {path}: there is no such folder");
    }
    Ok(clean(path))
}

/// A path without `..` and `.`, resolved by text, so that symbolic links stay as they are written.
fn clean(path: &Utf8Path) -> Utf8PathBuf {
    let mut clean = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            camino::Utf8Component::ParentDir => {
                clean.pop();
            }
            camino::Utf8Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}

fn nearest(cwd: &Utf8Path) -> Utf8PathBuf {
    let with = |marker: &str| cwd.ancestors().find(|dir| dir.join(marker).exists());
    with("testdock.toml").or_else(|| with(".git")).unwrap_or(cwd).to_owned()
}

fn settings(arguments: &ProjectArguments) -> Result<Settings> {
    let mut layers = Vec::new();
    if let Some(image) = &arguments.image {
        layers.push(Layer::set(
            Origin::CommandLine("--image".into()),
            "interpreter.image",
            image.as_str(),
        ));
    }
    for setting in &arguments.settings {
        layers.push(Layer::from_toml(
            Origin::CommandLine(format!("--set {}", mask::word(setting))),
            setting,
        ));
    }
    Ok(Settings {
        layers,
        profile: arguments.profile.clone(),
        // An image for this call goes before whatever the environment chooses.
        interpreter: arguments
            .interpreter
            .clone()
            .or_else(|| arguments.image.as_ref().map(|_| DEFAULT.to_owned())),
        local: arguments.local,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_the_user_or_from_the_project() {
        let dir = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(dir.path()).unwrap().canonicalize_utf8().unwrap();
        let root = top.join("shop");
        for path in
            ["shop/tests/test_a.py", "shop/sub/tests/test_b.py", "elsewhere/tests/test_a.py"]
        {
            std::fs::create_dir_all(top.join(path).parent().unwrap()).unwrap();
            std::fs::write(top.join(path), "").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(&root, top.join("link")).unwrap();
        let path = |cwd: &str, written: &str| {
            let (cwd, settings) = (top.join(cwd), Settings::default());
            let project = Project { root: root.clone(), cwd, settings, call: String::new() };
            project.path(written).map(|path| path.to_string())
        };
        let there = |path: &str| Some(path.to_owned());
        assert_eq!(path("shop", "tests/test_a.py"), there("tests/test_a.py"));
        assert_eq!(path("shop/sub", "tests"), there("sub/tests"));
        assert_eq!(path("shop/sub", "../tests/./test_a.py"), there("tests/test_a.py"));
        assert_eq!(path("shop/sub", "tests/test_a.py"), there("tests/test_a.py"));
        assert_eq!(path("shop/sub", "tests/test_c.py"), there("sub/tests/test_c.py"));
        assert_eq!(path("elsewhere", "tests/test_a.py"), there("tests/test_a.py"));
        assert_eq!(path("elsewhere", "tests/test_c.py"), None);
        assert_eq!(path("shop", "."), there(""));
        assert_eq!(path("elsewhere", root.join("tests").as_str()), there("tests"));
        let linked = top.join("link/tests/test_a.py");
        #[cfg(unix)]
        assert_eq!(path("shop", linked.as_str()), there("tests/test_a.py"));
    }
}
