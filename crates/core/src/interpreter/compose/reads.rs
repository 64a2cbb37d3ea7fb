//! What the compose tool reads: its files, and those that they name (`env_file`, `label_file`, `extends`, `include`).

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::super::folder::{Folder, clean};
use super::told::{filled, in_dotenv, on_disk};
use super::{texts, yaml};
use crate::plan::Compose;

/// All that the tool reads for a service. A path whose variables cannot be told stays as it is written, and what a file outside of
/// the workspace names is not followed.
pub fn compose_reads(compose: &Compose, folder: Folder<'_>) -> BTreeSet<Utf8PathBuf> {
    let root = folder.root;
    let files = compose.files.iter().map(|file| clean(&file.on(root)));
    let dir = files.clone().next().as_deref().and_then(Utf8Path::parent).unwrap_or(root).to_owned();
    let mut dotenvs: Vec<_> = compose.env_files.iter().map(|file| clean(&file.on(root))).collect();
    dotenvs.push(dir.join(".env"));
    let mut reading = Reading { folder, dotenvs: Vec::new(), found: BTreeSet::new() };
    reading.dotenvs = dotenvs.iter().filter_map(|path| reading.text(path)).collect();
    reading.found.extend(dotenvs);
    files.for_each(|file| reading.follow(file, &dir));
    reading.found
}

struct Reading<'f> {
    folder: Folder<'f>,
    /// Texts of files with variables; the first counts before the others.
    dotenvs: Vec<String>,
    found: BTreeSet<Utf8PathBuf>,
}

impl Reading<'_> {
    /// A compose file whose paths begin at `dir`, what it names, and what that names in turn.
    fn follow(&mut self, file: Utf8PathBuf, dir: &Utf8Path) {
        let text = self.text(&file);
        if !self.found.insert(file) {
            return;
        }
        let Some(document) = text.and_then(|text| yaml(&text).ok()) else {
            return;
        };
        let services = document["services"].as_object();
        for service in services.into_iter().flatten().map(|(_, service)| service) {
            self.name(&[&service["env_file"], &service["label_file"]], dir);
            if let Some(file) = service["extends"]["file"].as_str() {
                let file = self.place(file, dir);
                let beside = file.parent().unwrap_or(dir).to_owned();
                self.follow(file, &beside);
            }
        }
        for include in document["include"].as_array().into_iter().flatten() {
            self.include(include, dir);
        }
    }

    fn include(&mut self, include: &Value, dir: &Utf8Path) {
        self.name(&[&include["env_file"]], dir);
        let files: Vec<_> = texts(include).iter().map(|file| self.place(file, dir)).collect();
        let beside = files.first().and_then(|file| file.parent());
        let project = include["project_directory"].as_str().map(|it| self.place(it, dir));
        let project = project.or(beside.map(Utf8Path::to_owned)).unwrap_or_default();
        self.found.insert(project.join(".env"));
        files.into_iter().for_each(|file| self.follow(file, &project));
    }

    fn name(&mut self, written: &[&Value], dir: &Utf8Path) {
        let written = written.iter().flat_map(|it| texts(it));
        let places: Vec<_> = written.map(|it| self.place(&it, dir)).collect();
        self.found.extend(places);
    }

    fn place(&self, written: &str, dir: &Utf8Path) -> Utf8PathBuf {
        let value = |name: &str| {
            let in_files = || self.dotenvs.iter().find_map(|text| in_dotenv(text, name));
            (self.folder.host.env)(name).or_else(in_files)
        };
        match filled(written, &value) {
            Some(path) => on_disk(&path, dir, self.folder),
            None => Utf8PathBuf::from(written),
        }
    }

    fn text(&self, path: &Utf8Path) -> Option<String> {
        (self.folder.read)(path.strip_prefix(self.folder.root).ok()?.as_str())
    }
}
