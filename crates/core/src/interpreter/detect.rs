//! What a workspace offers as an interpreter, strongest first.

use super::folder::Folder;
use super::found::Found;
use super::{compose, devcontainer, environments, jenkins};
use crate::config::{Compose as Setting, Interpreter as Settings};
use crate::model::RunError;

/// A kind of file that says where tests run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    DevContainer,
    Jenkinsfile,
    Compose,
    TestEnvironments,
    Dockerfile,
}

/// What a file says about where tests run.
pub(super) enum Read {
    Found(Box<Found>),
    /// Nothing, and why.
    Nothing(String),
}

impl Offer {
    /// All kinds, the strongest first.
    pub(super) const ALL: [Self; 5] = [
        Self::DevContainer,
        Self::Jenkinsfile,
        Self::Compose,
        Self::TestEnvironments,
        Self::Dockerfile,
    ];

    /// The names that such a file may have, from the workspace's root.
    pub(super) fn files(self) -> &'static [&'static str] {
        match self {
            Self::DevContainer => &[".devcontainer/devcontainer.json", ".devcontainer.json"],
            Self::Jenkinsfile => &["Jenkinsfile"],
            Self::Compose => {
                &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]
            }
            Self::TestEnvironments => &[environments::FILE],
            Self::Dockerfile => &["Dockerfile"],
        }
    }

    /// What people call such a file; `None` where they would not think of it.
    pub(super) fn label(self) -> Option<&'static str> {
        match self {
            Self::DevContainer => Some("dev container"),
            Self::Jenkinsfile => Some("Jenkinsfile"),
            Self::Compose => Some("compose file"),
            Self::TestEnvironments => None,
            Self::Dockerfile => Some("Dockerfile"),
        }
    }

    /// The setting that names such a file.
    pub(super) fn setting(self) -> &'static str {
        match self {
            Self::DevContainer => "devcontainer",
            Self::Jenkinsfile => "jenkinsfile",
            Self::Compose => "compose",
            Self::TestEnvironments => "test-environment",
            Self::Dockerfile => "dockerfile",
        }
    }

    /// The file of this kind that the workspace has, and its text.
    pub(super) fn find(self, folder: Folder<'_>) -> Result<Option<(String, String)>, RunError> {
        let told = match self {
            Self::Compose => compose::first_named(&Setting::default(), folder)?,
            _ => None,
        };
        let usual = self.files().iter().map(|file| (*file).to_owned());
        for file in told.into_iter().chain(usual).chain(self.named(folder)) {
            if let Some(text) = folder.text(&file)? {
                return Ok(Some((file, text)));
            }
        }
        Ok(None)
    }

    /// Whether the workspace has a file of this kind, and which.
    pub(super) fn file(self, folder: Folder<'_>) -> Option<String> {
        self.find(folder).ok().flatten().map(|(file, _)| file)
    }

    /// The files of this kind between which somebody has to choose, where `found` is not the only one.
    pub(super) fn rivals(self, found: &str, folder: Folder<'_>) -> Vec<String> {
        if self.files().contains(&found) {
            return Vec::new();
        }
        let all = self.named(folder).filter(|file| (folder.read)(file).is_some());
        let all: Vec<String> = all.collect();
        if all.len() > 1 { all } else { Vec::new() }
    }

    /// Where each of several dev containers lies.
    fn named(self, folder: Folder<'_>) -> impl Iterator<Item = String> {
        let names = match self {
            Self::DevContainer => (folder.folders)(".devcontainer"),
            _ => Vec::new(),
        };
        names.into_iter().map(|name| format!(".devcontainer/{name}/devcontainer.json"))
    }

    /// The kind and the file that a setting names.
    pub(super) fn configured(
        settings: &Settings,
        folder: Folder<'_>,
    ) -> Result<Option<(Self, String)>, RunError> {
        if let Some(compose) = &settings.compose {
            return Ok(Some((Self::Compose, Self::compose_file(compose, folder)?)));
        }
        if let Some(file) = &settings.devcontainer {
            return Ok(Some((Self::DevContainer, file.to_string())));
        }
        if settings.test_environment.is_some() {
            return Ok(Some((Self::TestEnvironments, environments::FILE.to_owned())));
        }
        let file = settings.jenkinsfile.as_ref();
        Ok(file.map(|file| (Self::Jenkinsfile, file.to_string())))
    }

    /// The first of the compose files that a setting means.
    fn compose_file(setting: &Setting, folder: Folder<'_>) -> Result<String, RunError> {
        if let Some(file) = &setting.file {
            return Ok(file.to_string());
        }
        if let Some(file) = compose::first_named(setting, folder)? {
            return Ok(file);
        }
        let usual =
            || Self::Compose.files().iter().find(|file| !matches!(folder.text(file), Ok(None)));
        let further = || setting.files.first().map(ToString::to_string);
        let file = usual().map(|file| (*file).to_owned()).or_else(further);
        Ok(file.unwrap_or_else(|| "compose.yaml".to_owned()))
    }

    /// What such a file says.
    pub(super) fn read(
        self,
        file: &str,
        text: &str,
        settings: &Settings,
        folder: Folder<'_>,
    ) -> Result<Read, RunError> {
        match self {
            Self::Jenkinsfile => jenkins::read(file, text, settings.stage.as_deref(), folder),
            Self::DevContainer => devcontainer::read(file, text, settings, folder),
            Self::Compose => compose::read(file, settings, folder),
            Self::TestEnvironments => {
                environments::read(text, settings.test_environment.as_deref(), folder)
            }
            // Nothing but its being there says anything.
            Self::Dockerfile => Ok(Read::Nothing("it is no file of that kind".to_owned())),
        }
    }
}
