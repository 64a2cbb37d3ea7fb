//! Which project a command means, and its settings.

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use testdock_core::config::{Layer, Origin};
use testdock_core::id::FolderName;
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
}

impl Project {
    /// The project that the arguments mean.
    pub(crate) fn find(arguments: &ProjectArguments) -> Result<Self> {
        let cwd = std::env::current_dir().context("cannot find the current folder")?;
        let cwd = Utf8PathBuf::from_path_buf(cwd).map_err(|path| {
            anyhow::anyhow!(
                "the folder {} has a name that is not unicode; rename it",
                path.display()
            )
        })?;
        let root = match &arguments.root {
            Some(root) => named(&cwd.join(root))?,
            None => nearest(&cwd),
        };
        Ok(Self { root, cwd, settings: settings(arguments)? })
    }

    /// What people call it.
    pub(crate) fn name(&self) -> FolderName {
        self.root.file_name().unwrap_or("project").into()
    }
}

/// A folder by name; `..` and `.` resolved by text, so that symbolic links stay as they are written.
fn named(path: &Utf8Path) -> Result<Utf8PathBuf> {
    if !path.is_dir() {
        bail!("cannot open the project {path}: there is no such folder");
    }
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
    Ok(clean)
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
        layers.push(Layer::from_toml(Origin::CommandLine(format!("--set {setting}")), setting));
    }
    Ok(Settings {
        layers,
        profile: arguments.profile.clone(),
        interpreter: arguments.interpreter.clone(),
        local: arguments.local,
    })
}
