//! The compose files, and those that they include, as far as they can be read without the tool.

use serde_json::Value;

use super::super::folder::Folder;
use super::super::found::at;
use super::extends::Extended;
use super::told::Told;
use super::{directory, texts, yaml};
use crate::model::RunError;

/// A file's text, read.
pub(super) struct Document {
    /// Its path from the workspace's root.
    pub(super) file: String,
    pub(super) value: Value,
    /// Services that extend one which only the tool can see.
    pub(super) unseen: Vec<String>,
    /// The folder where the paths of an included file begin.
    pub(super) included_in: Option<String>,
}

/// All files.
pub(super) struct Documents<'f> {
    pub(super) all: Vec<Document>,
    /// What they include and only the tool can read.
    pub(super) hidden: Vec<String>,
    told: &'f Told<'f>,
    folder: Folder<'f>,
}

impl<'f> Documents<'f> {
    /// Those of one project.
    pub(super) fn read(
        files: &[String],
        told: &'f Told<'f>,
        folder: Folder<'f>,
    ) -> Result<Self, RunError> {
        let mut read = Self { all: Vec::new(), hidden: Vec::new(), told, folder };
        let dir = files.first().map_or("", |file| directory(file));
        for file in files {
            read.add(file, dir, None)?;
        }
        Ok(read)
    }

    /// Adds a file whose paths begin at `dir`, its services whole, and what it includes.
    fn add(&mut self, file: &str, dir: &str, included_in: Option<String>) -> Result<(), RunError> {
        let value = document(file, self.folder)?;
        let (value, unseen) = Extended::new(self.told, self.folder).whole(file, dir, value)?;
        let includes = value["include"].clone();
        self.all.push(Document { file: file.to_owned(), value, unseen, included_in });
        for include in includes.as_array().into_iter().flatten() {
            self.include(include, file, dir)?;
        }
        Ok(())
    }

    /// Adds the files that `file` includes by one entry of its list.
    fn include(&mut self, include: &Value, file: &str, dir: &str) -> Result<(), RunError> {
        let named = include["project_directory"].as_str();
        let project = named.map(|written| self.told.file(written, dir));
        let mut begin = project.clone().flatten();
        for written in texts(include) {
            let place = self.told.file(&written, dir).filter(|_| project != Some(None));
            let Some(place) = place else {
                self.hidden.push(written);
                continue;
            };
            if self.folder.text(&place)?.is_none() {
                let why =
                    format!("it includes {place}, and there is no such file in the workspace");
                return Err(unreadable(file, "include", &why, self.folder));
            }
            let begin = begin.get_or_insert_with(|| directory(&place).to_owned()).clone();
            // One that comes again would do so for ever.
            if !self.all.iter().any(|known| known.file == place) {
                self.add(&place, &begin, Some(begin.clone()))?;
            }
        }
        Ok(())
    }
}

/// A file that a setting or another file names.
fn document(file: &str, folder: Folder<'_>) -> Result<Value, RunError> {
    let text = folder.text(file)?.ok_or_else(|| {
        let message = format!("cannot read {file}: there is no such file in the workspace");
        at(folder, file, 1, message).help("correct interpreter.compose in testdock.toml")
    })?;
    let document = parsed(file, &text, folder)?;
    match misshapen(&document) {
        Some((key, why)) => Err(unreadable(file, key, &why, folder)),
        None => Ok(document),
    }
}

/// The text of a file, read.
pub(super) fn parsed(file: &str, text: &str, folder: Folder<'_>) -> Result<Value, RunError> {
    yaml(text).map_err(|(line, why)| unreadable_at(file, line, &why, folder))
}

/// The error about the first mention of a key in a file.
pub(super) fn unreadable(file: &str, key: &str, why: &str, folder: Folder<'_>) -> RunError {
    let text = (folder.read)(file).unwrap_or_default();
    let mut lines = (1..).zip(text.lines());
    let line = lines.find(|(_, line)| line.trim_start().starts_with(key));
    unreadable_at(file, line.map_or(1, |(line, _)| line), why, folder)
}

fn unreadable_at(file: &str, line: u32, why: &str, folder: Folder<'_>) -> RunError {
    at(folder, file, line, format!("cannot read {file}: {why}")).help("correct it")
}

/// What is wrong with a document that no compose tool takes, and the key that it is about.
fn misshapen(document: &Value) -> Option<(&'static str, String)> {
    let Some(fields) = document.as_object() else {
        return Some(("services", "it has to be a mapping with `services`".to_owned()));
    };
    if fields.get("include").is_some_and(|it| !it.is_array() && !it.is_null()) {
        return Some(("include", "`include` has to be a list".to_owned()));
    }
    let why = match fields.get("services") {
        None | Some(Value::Null) => None,
        Some(Value::Object(services)) => {
            let mut wrong = services.iter().filter(|(_, it)| !it.is_object() && !it.is_null());
            wrong.next().map(|(name, _)| format!("the service `{name}` has to be a mapping"))
        }
        Some(_) => Some("`services` has to be a mapping, from names to services".to_owned()),
    };
    why.map(|why| ("services", why))
}
