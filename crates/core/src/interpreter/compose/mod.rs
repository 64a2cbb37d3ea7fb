//! Compose files: which service tests run in, and what it comes to.
//!
//! Reading a workspace looks into the files just far enough to tell which service is meant. What a
//! service really is (variables, several files, profiles) only the compose tool knows: when a
//! run is asked for, the engine has it resolve the files, and [`compose_interpreter`] reads what comes out.

mod beside;
mod documents;
mod extends;
mod networks;
mod overlay;
mod reads;
mod resolved;
mod seen;
mod service;
mod told;
mod values;
mod volumes;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::detect::Read;
use super::folder::{Folder, clean, from_root};
use super::found::{Found, NO_NEW_PRIVILEGES, at};
use crate::config::{Compose as Setting, Interpreter as Settings, User as UserSetting};
use crate::model::RunError;
use crate::paths::RelPath;
use crate::plan::{Beside, Compose, Options, Source, User};
use seen::Seen;
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
    let told = Told::of(setting, directory(main), folder);
    let profiles = match setting.profiles.is_empty() {
        true => listed(&told.get("COMPOSE_PROFILES").unwrap_or_default()),
        false => setting.profiles.clone(),
    };
    let seen = Seen::of(files, &profiles, &told, folder)?;
    let is_named = service.is_some() || setting.service.is_some();
    if !is_named && !seen.is_partial() && seen.candidates().is_empty() {
        let why = "none of its services is built here, or has the workspace mounted";
        return Ok(Read::Nothing(why.to_owned()));
    }
    let service = seen.choose(main, service, folder)?;
    let from_root = |file: &String| from_root(folder.root, &clean(&folder.root.join(file)));
    let compose = Compose {
        files: files.iter().map(RelPath::new).collect(),
        project: project(main, setting, &seen, &told, folder),
        profiles,
        env_files: told::env_files(setting, folder).iter().map(from_root).collect(),
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
        folder.inside(file).ok_or_else(|| {
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

/// The folder that a file is in, from the workspace's root.
fn directory(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The name of the project, as the tool itself forms it.
fn project(
    main: &str,
    setting: &Setting,
    seen: &Seen<'_>,
    told: &Told<'_>,
    folder: Folder<'_>,
) -> String {
    let folder_name =
        || folder.root.join(directory(main)).file_name().unwrap_or("project").to_owned();
    let name = setting.project.clone().or_else(|| told.get("COMPOSE_PROJECT_NAME"));
    let name = name
        .filter(|name| !name.is_empty())
        .or_else(|| seen.project().map(str::to_owned))
        .unwrap_or_else(folder_name)
        .to_lowercase();
    let name: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    name.trim_start_matches(['-', '_']).to_owned()
}

/// Reads YAML; the error has its line.
fn yaml(text: &str) -> Result<Value, (u32, String)> {
    // `y` is a name, as for the tools.
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options::<Value>(text, options).map_err(|error| {
        let line = error.location().map_or(1, |at| u32::try_from(at.line()).unwrap_or(1));
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        // The rest is advice to whoever calls the library.
        let first = first.split(", set ").next().unwrap_or(first);
        (line, first.strip_prefix("error: ").unwrap_or(first).to_owned())
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
