//! The compose files as far as a choice between their services needs them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::folder::Folder;
use super::super::found::at;
use super::{extends, texts, yaml};
use crate::config::{did_you_mean, nearest};
use crate::model::RunError;

/// The compose files as far as they can be read without the tool.
pub(super) struct Seen<'a> {
    /// Each file's text, read.
    pub(super) documents: Vec<Value>,
    /// The profiles that are on.
    profiles: &'a [String],
}

impl<'a> Seen<'a> {
    pub(super) fn of(
        files: &[String],
        profiles: &'a [String],
        folder: Folder<'_>,
    ) -> Result<Self, RunError> {
        let documents = files.iter().map(|file| document(file, folder));
        let seen = Self { documents: documents.collect::<Result<_, _>>()?, profiles };
        match seen.lack() {
            Some(Lack { file, key, why }) => {
                let text = folder.text(&files[file])?.unwrap_or_default();
                Err(unreadable(&files[file], line_of(&text, &key), &why, folder))
            }
            None => Ok(seen),
        }
    }

    /// What the files lack together that no compose tool does without.
    fn lack(&self) -> Option<Lack> {
        let mut documents = self.documents.iter();
        if self.is_partial() {
            return None;
        }
        if !documents.any(|document| document["services"].is_object()) {
            let keys = self.documents.first()?.as_object()?.keys();
            let near = nearest("services", keys.map(String::as_str).filter(|it| *it != "services"));
            let asked = near.map(|near| format!("; did you mean that by `{near}`?"));
            let why = format!("it has no `services`{}", asked.unwrap_or_default());
            return Some(Lack { file: 0, key: near.unwrap_or("services").to_owned(), why });
        }
        let services = self.services();
        let (name, _) = services.iter().find(|it| self.definitions(&it.0).all(Value::is_null))?;
        let file = self.documents.iter().position(|it| it["services"].get(name).is_some())?;
        let why = format!("the service `{name}` says nothing");
        Some(Lack { file, key: "services".to_owned(), why })
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

    /// The services that may be meant where nobody names one: those whose profile is on, if there are such; else one whose
    /// profile is off is not meant where others extend it.
    pub(super) fn candidates(&self) -> Vec<String> {
        let such = |is: &dyn Fn(&str) -> bool| {
            let mut services = self.services();
            services.retain(|(name, _)| is(name));
            self.likely(services)
        };
        let on = such(&|name| self.is_on(name));
        if on.is_empty() { such(&|name| !self.is_extended(name)) } else { on }
    }

    /// Those of some services that are built here, else those that see the workspace. What is built in a folder of its own
    /// for one that sees the workspace is there to be used by it.
    fn likely(&self, mut services: Vec<(String, Own)>) -> Vec<String> {
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

    /// Whether a service has no profile, or one that is on.
    fn is_on(&self, name: &str) -> bool {
        let own: Vec<_> = self.definitions(name).flat_map(|it| texts(&it["profiles"])).collect();
        own.is_empty() || own.iter().chain([&"*".to_owned()]).any(|it| self.profiles.contains(it))
    }

    /// Whether another service of its file extends this one.
    fn is_extended(&self, name: &str) -> bool {
        let services = self.documents.iter().filter_map(|it| it["services"].as_object());
        services.flat_map(|it| it.values()).any(|it| extends::beside(it) == Some(name))
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
    pub(super) fn choose(
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
            let near = did_you_mean(named, names.iter().copied());
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

/// What is missing: in which of the files, and the key there that it is about.
struct Lack {
    file: usize,
    key: String,
    why: String,
}

/// A file, its services whole.
fn document(file: &str, folder: Folder<'_>) -> Result<Value, RunError> {
    let text = folder.text(file)?.ok_or_else(|| {
        let message = format!("cannot read {file}: there is no such file in the workspace");
        at(folder, file, 1, message).help("correct interpreter.compose in testdock.toml")
    })?;
    let read = yaml(&text).and_then(|document| match misshapen(&document) {
        Some(why) => Err((line_of(&text, "services"), why)),
        None => Ok(extends::whole(file, document, folder)),
    });
    read.map_err(|(line, why)| unreadable(file, line, &why, folder))
}

fn unreadable(file: &str, line: u32, why: &str, folder: Folder<'_>) -> RunError {
    at(folder, file, line, format!("cannot read {file}: {why}")).help("correct it")
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

/// What is wrong with a document that no compose tool takes.
fn misshapen(document: &Value) -> Option<String> {
    let Some(fields) = document.as_object() else {
        return Some("it has to be a mapping with `services`".to_owned());
    };
    match fields.get("services") {
        None | Some(Value::Null) => None,
        Some(Value::Object(services)) => {
            let mut wrong = services.iter().filter(|(_, it)| !it.is_object() && !it.is_null());
            wrong.next().map(|(name, _)| format!("the service `{name}` has to be a mapping"))
        }
        Some(_) => Some("`services` has to be a mapping, from names to services".to_owned()),
    }
}

/// The line on which a key of the whole document stands.
fn line_of(text: &str, key: &str) -> u32 {
    let lines = (1..).zip(text.lines());
    let mut lines = lines.filter(|(_, line)| line.starts_with(key));
    lines.next().map_or(1, |(line, _)| line)
}
