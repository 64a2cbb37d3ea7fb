//! A project's recipe, and the copy of it with failures planted.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::source;
use crate::shell::{command, root, run, scratch};

/// A project as `tests/realworld/NAME/project.toml` describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    #[serde(skip)]
    pub(super) name: String,
    pub(super) language: String,
    pub(super) framework: String,
    /// Where it comes from, such as `pypi:toolz@1.0.0`.
    pub(super) source: String,
    /// Whose words tell the tool's counts, where it is not the framework itself.
    pub(super) tool: Option<String>,
    /// How its own tool runs, where that is not what its framework's usually is.
    pub(super) command: Option<String>,
    /// The failures to plant.
    pub(super) plant: Vec<Plant>,
}

/// A line that is changed so that a test fails at it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plant {
    file: String,
    /// A text that stands in one line of the file only.
    line: String,
    becomes: String,
}

/// Where a failure must be told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: usize,
}

impl Project {
    /// Its name and version.
    pub(super) fn title(&self) -> String {
        let version = self.source.rsplit('@').next().unwrap_or_default();
        format!("{} {version}", self.name)
    }

    /// The copy that is tested.
    pub(super) fn folder(&self) -> Result<PathBuf> {
        Ok(scratch()?.join("realworld").join(&self.name))
    }

    /// A file beside the copy that keeps what was said of it.
    pub(super) fn log(&self, what: &str) -> Result<PathBuf> {
        Ok(scratch()?.join("realworld").join(format!("{}.{what}", self.name)))
    }

    /// The public image that its Dockerfile begins with.
    pub(super) fn base(&self) -> Result<String> {
        let dockerfile = self.recipe().join("Dockerfile");
        let text = fs::read_to_string(&dockerfile)
            .with_context(|| format!("cannot read {}", dockerfile.display()))?;
        let base = text.lines().find_map(|line| line.strip_prefix("ARG BASE="));
        Ok(base.context("the Dockerfile has no ARG BASE")?.trim().to_owned())
    }

    fn recipe(&self) -> PathBuf {
        recipes().join(&self.name)
    }

    /// Fetches it, makes a fresh copy with the recipe's own files, and plants the failures.
    pub(super) fn prepare(&self) -> Result<Vec<Place>> {
        let source = source::fetched(&self.source)?;
        let folder = self.folder()?;
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        for from in [source, self.recipe()] {
            run(command("cp", ["-r", "--no-preserve=ownership"]).arg(from.join(".")).arg(&folder))?;
        }
        fs::remove_file(folder.join("project.toml"))?;
        self.plant.iter().map(|it| it.apply(&folder)).collect()
    }
}

impl Plant {
    fn apply(&self, folder: &Path) -> Result<Place> {
        let path = folder.join(&self.file);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot plant a failure in {}", path.display()))?;
        let lines = text.lines().enumerate();
        let hits: Vec<usize> =
            lines.filter(|(_, line)| line.contains(&self.line)).map(|(at, _)| at + 1).collect();
        let [line] = hits[..] else {
            bail!("`{}` stands in {} lines of {}, not in one", self.line, hits.len(), self.file);
        };
        fs::write(&path, text.replace(&self.line, &self.becomes))?;
        Ok(Place { file: self.file.clone(), line })
    }
}

/// Those of these names, or all.
pub(super) fn all(names: &[String]) -> Result<Vec<Project>> {
    let mut known = Vec::new();
    for entry in fs::read_dir(recipes()).context("cannot read tests/realworld")? {
        known.push(entry?.file_name().to_string_lossy().into_owned());
    }
    known.sort();
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        bail!("no project is named {name}; there are {}", known.join(", "));
    }
    known.into_iter().filter(|name| names.is_empty() || names.contains(name)).map(read).collect()
}

fn read(name: String) -> Result<Project> {
    let path = recipes().join(&name).join("project.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let project: Project =
        toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Project { name, ..project })
}

fn recipes() -> PathBuf {
    root().join("tests/realworld")
}
