//! The compose files as far as a choice between their services needs them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::folder::{Folder, inside};
use super::super::found::at;
use super::documents::{Document, Documents, unreadable};
use super::told::Told;
use super::{extends, texts};
use crate::config::{did_you_mean, nearest};
use crate::model::RunError;

/// The compose files as far as they can be read without the tool.
pub(super) struct Seen<'a> {
    documents: Vec<Document>,
    /// What they include and only the tool can read.
    hidden: Vec<String>,
    /// The profiles that are on.
    profiles: &'a [String],
}

impl<'a> Seen<'a> {
    pub(super) fn of(
        files: &[String],
        profiles: &'a [String],
        told: &Told<'_>,
        folder: Folder<'_>,
    ) -> Result<Self, RunError> {
        let Documents { all: documents, hidden, .. } = Documents::read(files, told, folder)?;
        let seen = Self { documents, hidden, profiles };
        match seen.lack() {
            Some(Lack { file, key, why }) => Err(unreadable(file, &key, &why, folder)),
            None => Ok(seen),
        }
    }

    /// What the files lack together that no compose tool does without.
    fn lack(&self) -> Option<Lack<'_>> {
        if self.is_partial() {
            return None;
        }
        let services = self.services();
        if !self.documents.iter().any(|document| document.value["services"].is_object()) {
            let Document { file, value, .. } = self.documents.first()?;
            let keys = value.as_object()?.keys();
            let near = nearest("services", keys.map(String::as_str).filter(|it| *it != "services"));
            let asked = near.map(|near| format!("; did you mean that by `{near}`?"));
            let why = format!("it has no `services`{}", asked.unwrap_or_default());
            return Some(Lack { file, key: near.unwrap_or("services").to_owned(), why });
        }
        services.iter().find_map(|(name, _)| {
            let is_unseen = self.documents.iter().any(|it| it.unseen.contains(name));
            let why = self.lack_of(name).filter(|_| !is_unseen)?;
            let mut documents = self.documents.iter();
            let Document { file, .. } =
                documents.find(|it| it.value["services"].get(name).is_some())?;
            let why = format!("the service `{name}` {why}");
            Some(Lack { file, key: format!("{name}:"), why })
        })
    }

    /// What a service lacks that none does without; one whose profile is off is there to be extended.
    fn lack_of(&self, name: &str) -> Option<String> {
        let mut all = self.definitions(name).map(|it| it.fields);
        if all.clone().all(Value::is_null) {
            return Some("says nothing".to_owned());
        }
        const SOURCES: [&str; 3] = ["image", "build", "provider"];
        let has_source = all.clone().any(|it| SOURCES.iter().any(|key| !it[*key].is_null()));
        if has_source || !self.is_on(name) {
            return None;
        }
        let near = all.find_map(|it| {
            let keys = || it.as_object().into_iter().flat_map(|it| it.keys().map(String::as_str));
            let others = || keys().filter(|key| !SOURCES.contains(key));
            SOURCES[..2].iter().find_map(|key| Some((*key, nearest(key, others())?)))
        });
        let asked = near.map(|(key, near)| format!("; did you mean `{key}` by `{near}`?"));
        Some(format!("has neither an image nor a build{}", asked.unwrap_or_default()))
    }

    /// The name that the last of the files gives to the project.
    pub(super) fn project(&self) -> Option<&str> {
        let own = self.documents.iter().rev().filter(|it| it.included_in.is_none());
        let mut names = own.filter_map(|document| document.value["name"].as_str());
        names.find(|name| !name.contains('$'))
    }

    /// The names of the services, and how likely each is the project's own.
    fn services(&self) -> Vec<(String, Own)> {
        let mut services: Vec<(String, Own)> = Vec::new();
        for document in &self.documents {
            for (name, fields) in document.value["services"].as_object().into_iter().flatten() {
                let own = match (Definition { document, fields }).own() {
                    Own::No if document.unseen.contains(name) => Own::Unseen,
                    own => own,
                };
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
    fn definitions(&self, name: &str) -> impl Iterator<Item = Definition<'_>> + Clone {
        self.documents
            .iter()
            .map(move |document| Definition { document, fields: &document.value["services"][name] })
    }

    /// Whether a service has no profile, or one that is on.
    fn is_on(&self, name: &str) -> bool {
        let own: Vec<_> =
            self.definitions(name).flat_map(|it| texts(&it.fields["profiles"])).collect();
        own.is_empty() || own.iter().chain([&"*".to_owned()]).any(|it| self.profiles.contains(it))
    }

    /// Whether another service of its file extends this one.
    fn is_extended(&self, name: &str) -> bool {
        let services = self.documents.iter().filter_map(|it| it.value["services"].as_object());
        services.flat_map(|it| it.values()).any(|it| extends::beside(it) == Some(name))
    }

    /// What these services need, and what that needs.
    fn needed_by(&self, mut names: Vec<String>) -> BTreeSet<String> {
        let mut needed = BTreeSet::new();
        while let Some(name) = names.pop() {
            for definition in self.definitions(&name) {
                let own = match &definition.fields["depends_on"] {
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
        self.is_whole(name) || self.definitions(name).any(|it| it.is_mounted())
    }

    /// Whether a service is built from the whole workspace.
    fn is_whole(&self, name: &str) -> bool {
        self.definitions(name).any(|it| it.is_whole())
    }

    /// Whether there are services that only the tool can see.
    pub(super) fn is_partial(&self) -> bool {
        !self.hidden.is_empty()
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
        let (open, first, rest) = match candidates.first() {
            Some(first) => {
                let several: Vec<_> = candidates.iter().map(|name| format!("`{name}`")).collect();
                (several.join(", "), first.as_str(), ", or another one of them")
            }
            None => {
                let hidden = self.hidden.join(" and ");
                (format!("only the compose tool sees those of {hidden}"), "NAME", "")
            }
        };
        let message = format!("cannot tell in which service of {file} the tests run: {open}");
        Err(at(folder, file, 1, message).help(format!(
            "write compose = {{ service = \"{first}\" }} under [interpreter] in testdock.toml{rest}"
        )))
    }
}

/// What is missing: in which of the files, and the key there that it is about.
struct Lack<'a> {
    file: &'a str,
    key: String,
    why: String,
}

/// How likely a service is the project's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Own {
    No,
    /// Only the tool sees what it extends.
    Unseen,
    /// The workspace is mounted.
    Mounted,
    /// It is built here.
    Built,
}

/// What a file says of a service.
#[derive(Clone, Copy)]
struct Definition<'a> {
    document: &'a Document,
    fields: &'a Value,
}

impl Definition<'_> {
    fn own(self) -> Own {
        match self.fields.get("build") {
            Some(_) => Own::Built,
            None if self.is_mounted() => Own::Mounted,
            None => Own::No,
        }
    }

    /// Whether the workspace is mounted.
    fn is_mounted(self) -> bool {
        let is_workspace = |volume: &Value| {
            let source = match volume {
                Value::String(text) => text.split(':').next(),
                fields => fields["source"].as_str(),
            };
            source.is_some_and(|source| {
                self.is_workspace(source, &[".", "./", "${PWD}", "$PWD", ".."])
            })
        };
        self.fields["volumes"].as_array().into_iter().flatten().any(is_workspace)
    }

    /// Whether it is built from the whole workspace.
    fn is_whole(self) -> bool {
        let build = &self.fields["build"];
        let context = build.as_str().or(build["context"].as_str());
        context.is_some_and(|context| self.is_workspace(context, &[".", "./"]))
    }

    /// Whether a path is the workspace: one of the `usual` ones, but where an included file has its paths from elsewhere.
    fn is_workspace(self, path: &str, usual: &[&str]) -> bool {
        match &self.document.included_in {
            Some(dir) => inside(dir, path).is_some_and(|path| path.is_empty()),
            None => usual.contains(&path),
        }
    }
}
