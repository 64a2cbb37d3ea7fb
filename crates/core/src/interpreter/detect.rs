//! What a workspace offers as an interpreter, strongest first.

use camino::Utf8Path;
use regex::Regex;

use super::choice::ReadFile;

/// A kind of file that says where tests run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    DevContainer,
    Jenkinsfile,
    Compose,
    Dockerfile,
}

impl Offer {
    /// All kinds, the strongest first.
    pub(super) const ALL: [Self; 4] =
        [Self::DevContainer, Self::Jenkinsfile, Self::Compose, Self::Dockerfile];

    /// The names that such a file may have, from the workspace's root.
    pub(super) fn files(self) -> &'static [&'static str] {
        match self {
            Self::DevContainer => &[".devcontainer/devcontainer.json", ".devcontainer.json"],
            Self::Jenkinsfile => &["Jenkinsfile"],
            Self::Compose => {
                &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]
            }
            Self::Dockerfile => &["Dockerfile"],
        }
    }

    /// The setting that names such a file.
    pub(super) fn setting(self) -> &'static str {
        match self {
            Self::DevContainer => "devcontainer",
            Self::Jenkinsfile => "jenkinsfile",
            Self::Compose => "compose",
            Self::Dockerfile => "dockerfile",
        }
    }

    /// The file of this kind that the workspace has, and its text.
    pub(super) fn find(self, read: ReadFile<'_>) -> Option<(&'static str, String)> {
        self.files().iter().find_map(|file| Some((*file, read(file)?)))
    }

    /// Why the file says nothing about a container, where it does not.
    pub(super) fn is_no_container(self, text: &str) -> Option<&'static str> {
        let agent =
            || find(&without_comments(text), r"agent\s*\{\s*(docker|dockerfile|kubernetes)\b");
        (self == Self::Jenkinsfile && agent().is_none()).then_some("it has no Docker agent")
    }

    /// The setting that means what the file says, where that can be told without understanding all of it.
    pub(super) fn proposal(self, file: &str, read: ReadFile<'_>) -> Option<String> {
        let text = without_comments(&read(file)?);
        let (dockerfile, image) = match self {
            Self::DevContainer => (
                find(&text, r#""[dD]ocker[fF]ile"\s*:\s*"([^"]+)""#)
                    .map(|path| beside(file, &path)),
                find(&text, r#""image"\s*:\s*"([^"]+)""#),
            ),
            Self::Jenkinsfile => (
                jenkins_dockerfile(&text),
                find(&text, r#"docker\s*\{[^}]*image\s+["']([^"']+)["']"#)
                    .or_else(|| find(&text, r#"agent\s*\{\s*docker\s+["']([^"']+)["']"#)),
            ),
            Self::Compose | Self::Dockerfile => (None, None),
        };
        let dockerfile = dockerfile.filter(|path| read(path).is_some());
        let setting = dockerfile.map(|path| format!("dockerfile = \"{path}\""));
        setting.or_else(|| image.map(|image| format!("image = \"{image}\"")))
    }
}

/// Jenkins looks for the file `filename` in the folder `dir`.
fn jenkins_dockerfile(text: &str) -> Option<String> {
    if let Some(block) = find(text, r"dockerfile\s*\{([^}]*)\}") {
        let value = |name| find(&block, &format!(r#"\b{name}\s+["']([^"']+)["']"#));
        let file = value("filename").unwrap_or_else(|| "Dockerfile".to_owned());
        return Some(value("dir").map_or_else(|| file.clone(), |dir| format!("{dir}/{file}")));
    }
    find(text, r"agent\s*\{\s*dockerfile\s+(true)\b").map(|_| "Dockerfile".to_owned())
}

/// A path in a file, from the workspace's root.
fn beside(file: &str, path: &str) -> String {
    let directory = Utf8Path::new(file).parent().unwrap_or(Utf8Path::new(""));
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.as_str().split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The first group of the first match.
fn find(text: &str, pattern: &str) -> Option<String> {
    let regex = Regex::new(pattern).ok()?;
    Some(regex.captures(text)?.get(1)?.as_str().to_owned())
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}
