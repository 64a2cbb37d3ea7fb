//! What the tool's own variables say (`COMPOSE_FILE` and its kin), in the environment or the project's `.env`.

use std::borrow::Cow;
use std::sync::LazyLock;

use camino::{Utf8Path, Utf8PathBuf};
use regex::{Captures, Regex};

use super::super::folder::{Folder, clean, inside};
use super::super::found::at;
use crate::config::Compose as Setting;
use crate::model::{Fault, RunError};

const DOTENV: &str = ".env";

/// The variables of the tool for one project.
pub(super) struct Told<'f> {
    folder: Folder<'f>,
    /// Files with variables, and their texts; what a later one says counts.
    files: Vec<(String, String)>,
}

/// Files that `COMPOSE_FILE` names.
pub(super) struct Named {
    /// Their paths from the workspace's root.
    pub(super) files: Vec<String>,
    /// Where it is set.
    pub(super) by: String,
    /// The same, where that is `.env`, and the files are in a folder of which it is not the tool's own.
    pub(super) dotenv: Option<&'static str>,
}

impl<'f> Told<'f> {
    /// For files in the folder `dir`.
    pub(super) fn of(setting: &Setting, dir: &str, folder: Folder<'f>) -> Self {
        let mut files = env_files(setting, folder);
        if files.is_empty() {
            files.extend(inside(dir, DOTENV));
        }
        let read = |file: String| (folder.read)(&file).map(|text| (file, text));
        Self { folder, files: files.into_iter().filter_map(read).collect() }
    }

    /// The value of a variable that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        Some(self.find(name)?.0).filter(|value| !value.is_empty())
    }

    /// The file of the workspace that a compose file names in the folder `dir`; `None` where it lies elsewhere, or nobody but
    /// the tool can tell.
    pub(super) fn file(&self, written: &str, dir: &str) -> Option<String> {
        let is_address = written.contains("://")
            || ["git@", "github.com/"].iter().any(|host| written.starts_with(host));
        let path = filled(written, &|name| self.get(name)).filter(|_| !is_address)?;
        let root = self.folder.root;
        let path = on_disk(&path, &root.join(dir), self.folder);
        Some(path.strip_prefix(root).ok()?.to_string())
    }

    /// The value of a variable, and where it is set.
    fn find(&self, name: &str) -> Option<(String, &str)> {
        if let Some(value) = (self.folder.host.env)(name) {
            return Some((value, "the environment"));
        }
        let mut files = self.files.iter().rev();
        files.find_map(|(file, text)| Some((in_dotenv(text, name)?, file.as_str())))
    }

    fn named(&self) -> Result<Option<Named>, RunError> {
        let Some((written, place)) = self.find("COMPOSE_FILE") else {
            return Ok(None);
        };
        let usual = if cfg!(windows) { ";" } else { ":" };
        let separator = self.get("COMPOSE_PATH_SEPARATOR");
        let names = written.split(separator.as_deref().unwrap_or(usual));
        let files = names.filter(|name| !name.is_empty()).map(|name| self.placed(name, place));
        let files: Vec<String> = files.collect::<Result<_, _>>()?;
        let Some(first) = files.first() else {
            return Ok(None);
        };
        let dotenv = (place == DOTENV && first.contains('/')).then_some(DOTENV);
        Ok(Some(Named { by: format!("COMPOSE_FILE in {place}"), dotenv, files }))
    }

    /// A file that has to be there.
    fn placed(&self, written: &str, place: &str) -> Result<String, RunError> {
        let why = match self.folder.inside(written) {
            None => "it lies outside of the workspace",
            Some(path) if self.folder.text(&path)?.is_some() => return Ok(path),
            Some(_) => "there is no such file in the workspace",
        };
        let message = format!("cannot use {written}, which COMPOSE_FILE in {place} names: {why}");
        let error = match self.files.iter().any(|(file, _)| file == place) {
            true => at(self.folder, place, 1, message),
            false => RunError::new(Fault::Configuration, message),
        };
        Err(error.help(
            "correct COMPOSE_FILE, or write compose = { file = \"compose.yaml\" } or what else is meant under \
             [interpreter] in testdock.toml",
        ))
    }
}

/// The files that the tool would read where no setting names any; `None` where it looks for those of the usual names.
pub(super) fn named(setting: &Setting, folder: Folder<'_>) -> Result<Option<Named>, RunError> {
    match setting.file.is_none() && setting.files.is_empty() {
        true => Told::of(setting, "", folder).named(),
        false => Ok(None),
    }
}

/// The files with variables that somebody names.
pub(super) fn env_files(setting: &Setting, folder: Folder<'_>) -> Vec<String> {
    match setting.env_file.is_empty() {
        true => listed(&(folder.host.env)("COMPOSE_ENV_FILES").unwrap_or_default()),
        false => setting.env_file.iter().map(ToString::to_string).collect(),
    }
}

/// The parts of a list as the tool's variables have it.
pub(super) fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The value of a variable in a file of them.
pub(super) fn in_dotenv(text: &str, name: &str) -> Option<String> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let lines = lines.map(|line| line.strip_prefix("export ").unwrap_or(line).trim_start());
    let mut values =
        lines.filter_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='));
    let value = values.next_back()?.trim();
    let quotes = ['"', '\''].into_iter();
    let quoted = quotes.filter_map(|quote| value.strip_prefix(quote)?.split_once(quote)).next();
    let plain = || value.split(" #").next().unwrap_or(value).trim_end();
    Some(quoted.map_or_else(plain, |(inner, _)| inner).to_owned())
}

/// A path of the machine that is written in the folder `dir`.
pub(super) fn on_disk(path: &str, dir: &Utf8Path, folder: Folder<'_>) -> Utf8PathBuf {
    // The older tool knows homes.
    match path.starts_with('~') {
        true => folder.host_path(path),
        false => clean(&dir.join(path)),
    }
}

/// A text with the values of its variables; `None` where they cannot be told.
pub(super) fn filled<'w>(
    written: &'w str,
    value: &dyn Fn(&str) -> Option<String>,
) -> Option<Cow<'w, str>> {
    static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\$(?:\{([A-Za-z_]\w*)(?::?-([^{}]*))?\}|([A-Za-z_]\w*))").expect("a pattern")
    });
    let filled = VARIABLE.replace_all(written, |found: &Captures<'_>| {
        let name = found.get(1).or(found.get(3)).map_or("", |name| name.as_str());
        let known = value(name).filter(|value| !value.is_empty());
        known.or_else(|| Some(found.get(2)?.as_str().to_owned())).unwrap_or_default()
    });
    (!filled.contains('$')).then_some(filled)
}
