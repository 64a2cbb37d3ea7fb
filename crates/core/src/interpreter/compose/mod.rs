//! Compose files: which service tests run in, and what it comes to.
//!
//! Reading a workspace looks into the files just far enough to tell which service is meant. What a
//! service really is (variables, several files, `extends`, profiles) only the compose tool knows: when a
//! run is asked for, the engine has it resolve the files, and [`compose_interpreter`] reads what comes out.

mod beside;
mod networks;
mod overlay;
mod reads;
mod resolved;
mod service;
mod told;
mod values;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::detect::Read;
use super::folder::{Folder, inside};
use super::found::{Found, NO_NEW_PRIVILEGES, at};
use crate::config::{Compose as Setting, Interpreter as Settings, User as UserSetting, nearest};
use crate::model::RunError;
use crate::paths::RelPath;
use crate::plan::{Beside, Compose, Options, Source, User};
use told::{Told, listed};

pub use networks::{ComposeNetwork, Pool};
pub use reads::compose_reads;
pub use resolved::{ComposeService, Condition, Dependency, compose_interpreter};

/// The names that compose itself looks for, and those of the files that it lays over them.
const NAMES: [&str; 4] =
    ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const OVERRIDES: [&str; 4] = [
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// What a compose file says.
pub(super) fn read(file: &str, settings: &Settings, folder: Folder<'_>) -> Result<Read, RunError> {
    let mut setting = settings.compose.clone().unwrap_or_default();
    let named = told::named(&setting, folder)?;
    let files = match &named {
        Some(named) => named.files.clone(),
        None => files(file, &setting, folder)?,
    };
    // Told the files, the tool would look for one beside the first of them.
    setting.env_file.extend(named.iter().filter_map(|named| named.dotenv).map(Into::into));
    let service = setting.service.as_deref().map(|service| (file, service));
    let mut read = read_service(&files, service, &Beside::Needed, &setting, settings, folder)?;
    if let Read::Found(found) = &mut read {
        // Where the service does not ask otherwise.
        found.options.security_opt.push(NO_NEW_PRIVILEGES.to_owned());
        if let Some(named) = named {
            found.which = format!("{} of the files that {} names", found.which, named.by);
        }
    }
    Ok(read)
}

/// The first of the files that the tool's own variables name, where no setting names any.
pub(super) fn first_named(
    setting: &Setting,
    folder: Folder<'_>,
) -> Result<Option<String>, RunError> {
    Ok(told::named(setting, folder)?.and_then(|named| named.files.into_iter().next()))
}

/// The service of these files, which some other file (by its path) or the settings name.
pub(super) fn read_service(
    files: &[String],
    service: Option<(&str, &str)>,
    beside: &Beside,
    setting: &Setting,
    settings: &Settings,
    folder: Folder<'_>,
) -> Result<Read, RunError> {
    let main = files.first().map_or("compose.yaml", String::as_str);
    let seen = Seen::of(files, folder)?;
    if service.is_none() && setting.service.is_none() && seen.candidates().is_empty() {
        let why = "none of its services is built here, or has the workspace mounted";
        return Ok(Read::Nothing(why.to_owned()));
    }
    let service = seen.choose(main, service, folder)?;
    let told = Told::of(setting, directory(main), folder);
    let profiles = || told.get("COMPOSE_PROFILES").unwrap_or_default();
    let compose = Compose {
        files: files.iter().map(RelPath::new).collect(),
        profiles: match setting.profiles.is_empty() {
            true => listed(&profiles()),
            false => setting.profiles.clone(),
        },
        project: project(main, setting, &seen, &told, folder),
        env_files: told::env_files(setting, folder).iter().map(RelPath::new).collect(),
        service: service.clone(),
        beside: beside.clone(),
        exec: setting.exec == Some(true),
        user: settings.user.as_ref().map(|user| match user {
            UserSetting::Host => User::Host,
            UserSetting::Image => User::Image,
            ids @ UserSetting::Ids { .. } => User::Named(ids.to_string()),
        }),
        entrypoint: settings.entrypoint,
    };
    Ok(Read::Found(Box::new(Found {
        reads: compose_reads(&compose, folder).into_iter().collect(),
        source: Source::Compose(Box::new(compose)),
        options: Options::default(),
        pull: false,
        which: format!("its service `{service}`"),
        unheeded: Vec::new(),
    })))
}

/// The files in their order: the one that is set, else `file` where it is there and what is laid over it; then further ones.
fn files(file: &str, setting: &Setting, folder: Folder<'_>) -> Result<Vec<String>, RunError> {
    let inside = |file: &str| {
        inside("", file).ok_or_else(|| {
            let message = format!("cannot use {file}: it lies outside of the workspace");
            at(folder, "testdock.toml", 1, message).help("correct compose.file")
        })
    };
    let further = setting.files.iter().map(|file| inside(file.as_str()));
    let further: Vec<String> = further.collect::<Result<_, _>>()?;
    let mut files = match &setting.file {
        Some(file) => vec![inside(file.as_str())?],
        // Whoever names it there says all of them.
        None if further.iter().any(|further| further == file) => Vec::new(),
        None => with_override(file, folder),
    };
    files.extend(further);
    Ok(files)
}

/// A file, and the one that compose lays over it by its name.
fn with_override(file: &str, folder: Folder<'_>) -> Vec<String> {
    let overrides = if NAMES.contains(&file) { &OVERRIDES[..] } else { &[] };
    let over = overrides.iter().find(|over| (folder.read)(over).is_some());
    [file].iter().chain(over).map(|file| (*file).to_owned()).collect()
}

/// The compose files as far as they can be read without the tool.
struct Seen {
    /// Each file's text, read.
    documents: Vec<Value>,
}

impl Seen {
    fn of(files: &[String], folder: Folder<'_>) -> Result<Self, RunError> {
        let document = |file: &String| {
            let text = folder.text(file)?.ok_or_else(|| {
                let message = format!("cannot read {file}: there is no such file in the workspace");
                at(folder, file, 1, message).help("correct interpreter.compose in testdock.toml")
            })?;
            yaml(&text).map_err(|(line, error)| {
                at(folder, file, line, format!("cannot read {file}: {error}")).help("correct it")
            })
        };
        Ok(Self { documents: files.iter().map(document).collect::<Result<_, _>>()? })
    }

    /// The names of the services, and how likely each is the project's own.
    fn services(&self) -> Vec<(String, Own)> {
        let mut services: Vec<(String, Own)> = Vec::new();
        for document in &self.documents {
            for (name, service) in document["services"].as_object().into_iter().flatten() {
                let own = Own::of(service);
                match services.iter_mut().find(|(known, _)| known == name) {
                    Some((_, known)) => *known = own.max(*known),
                    None => services.push((name.clone(), own)),
                }
            }
        }
        services
    }

    /// The services that may be meant where nobody names one: those that are built here, else those that
    /// see the workspace. What is built in a folder of its own for one that sees the workspace is there to be used by it.
    fn candidates(&self) -> Vec<String> {
        let mut services = self.services();
        let seeing = services.iter().filter(|(name, _)| self.sees_workspace(name));
        let served = self.needed_by(seeing.map(|(name, _)| name.clone()).collect());
        services.retain(|(name, _)| !served.contains(name) || self.is_whole(name));
        let best = services.iter().map(|(_, own)| *own).max().unwrap_or(Own::No);
        let best = services.into_iter().filter(|(_, own)| *own == best && best > Own::No);
        best.map(|(name, _)| name).collect()
    }

    /// What the documents say of a service.
    fn definitions(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.documents.iter().map(move |document| &document["services"][name])
    }

    /// What these services need, and what that needs.
    fn needed_by(&self, mut names: Vec<String>) -> BTreeSet<String> {
        let mut needed = BTreeSet::new();
        while let Some(name) = names.pop() {
            for definition in self.definitions(&name) {
                let own = match &definition["depends_on"] {
                    Value::Object(conditions) => conditions.keys().cloned().collect(),
                    list => texts(list),
                };
                names.extend(own.into_iter().filter(|name| needed.insert(name.clone())));
            }
        }
        needed
    }

    /// Whether a service has the workspace mounted, or is built from all of it.
    fn sees_workspace(&self, name: &str) -> bool {
        self.is_whole(name) || self.definitions(name).any(Own::is_mounted)
    }

    /// Whether a service is built from the whole workspace.
    fn is_whole(&self, name: &str) -> bool {
        self.definitions(name).any(|definition| {
            let build = &definition["build"];
            let context = build.as_str().or(build["context"].as_str());
            matches!(context, Some("." | "./"))
        })
    }

    /// Whether there are services that only the tool can see.
    fn is_partial(&self) -> bool {
        self.documents.iter().any(|document| document.get("include").is_some())
    }

    /// The service that is meant.
    fn choose(
        &self,
        file: &str,
        named: Option<(&str, &str)>,
        folder: Folder<'_>,
    ) -> Result<String, RunError> {
        let services = self.services();
        let names: Vec<&str> = services.iter().map(|(name, _)| name.as_str()).collect();
        if let Some((by, named)) = named {
            if names.contains(&named) || self.is_partial() {
                return Ok(named.to_owned());
            }
            let near = nearest(named, names.iter().copied());
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            let message = format!("cannot use {file}: it has no service `{named}`");
            return Err(
                at(folder, by, 1, message).help(format!("{near}there are: {}", names.join(", ")))
            );
        }
        let candidates = self.candidates();
        if let [only] = candidates.as_slice() {
            return Ok(only.clone());
        }
        let several =
            candidates.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let first = candidates.first().map_or("NAME", String::as_str);
        let message = format!("cannot tell in which service of {file} the tests run: {several}");
        Err(at(folder, file, 1, message).help(format!(
            "write compose = {{ service = \"{first}\" }} under [interpreter] in testdock.toml, \
             or another one of them"
        )))
    }
}

/// How likely a service is the project's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Own {
    No,
    /// The workspace is mounted.
    Mounted,
    /// It is built here.
    Built,
}

impl Own {
    fn of(service: &Value) -> Self {
        match service.get("build") {
            Some(_) => Self::Built,
            None if Self::is_mounted(service) => Self::Mounted,
            None => Self::No,
        }
    }

    fn is_mounted(service: &Value) -> bool {
        let is_workspace = |volume: &Value| {
            let source = match volume {
                Value::String(text) => text.split(':').next(),
                fields => fields["source"].as_str(),
            };
            matches!(source, Some("." | "./" | "${PWD}" | "$PWD" | ".."))
        };
        service["volumes"].as_array().into_iter().flatten().any(is_workspace)
    }
}

/// The folder that a file is in, from the workspace's root.
fn directory(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The name of the project, as the tool itself forms it.
fn project(
    main: &str,
    setting: &Setting,
    seen: &Seen,
    told: &Told<'_>,
    folder: Folder<'_>,
) -> String {
    let in_file = || {
        let names = seen.documents.iter().rev().filter_map(|document| document["name"].as_str());
        names.into_iter().find(|name| !name.contains('$')).map(str::to_owned)
    };
    let folder_name =
        || folder.root.join(directory(main)).file_name().unwrap_or("project").to_owned();
    let name = setting.project.clone().or_else(|| told.get("COMPOSE_PROJECT_NAME"));
    let name = name
        .filter(|name| !name.is_empty())
        .or_else(in_file)
        .unwrap_or_else(folder_name)
        .to_lowercase();
    let name: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    name.trim_start_matches(['-', '_']).to_owned()
}

/// Reads YAML; the error has its line.
fn yaml(text: &str) -> Result<Value, (u32, String)> {
    serde_saphyr::from_str::<Value>(text).map_err(|error| {
        let line = error.location().map_or(1, |at| u32::try_from(at.line()).unwrap_or(1));
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        (line, first.strip_prefix("error: ").unwrap_or(first).to_lowercase())
    })
}

/// A compose file that gives each of some services labels, to be laid over one with the text `main`.
pub fn compose_labels(main: &str, services: &[(&str, Vec<(&str, &str)>)]) -> String {
    // The tool takes a `$` for a variable's.
    let label = |(name, value): &(&str, &str)| (name.to_string(), value.replace('$', "$$").into());
    let labels = |labels: &[(&str, &str)]| labels.iter().map(label).collect::<Map<_, _>>();
    let each = services.iter().map(|(service, given)| {
        ((*service).to_owned(), serde_json::json!({ "labels": labels(given) }))
    });
    let mut file = serde_json::json!({ "services": each.collect::<Map<_, _>>() });
    // The older tool wants both to say the same, or neither.
    if let Ok(Value::Object(main)) = yaml(main)
        && let Some(version) = main.get("version")
    {
        file["version"] = version.clone();
    }
    file.to_string()
}

/// One text or a list of them; of tables, their `path`.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.get("path").map(texts).unwrap_or_default(),
        _ => Vec::new(),
    }
}
