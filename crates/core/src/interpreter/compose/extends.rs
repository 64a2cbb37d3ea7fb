//! What services take over from those that they extend.

use serde_json::Value;

use super::super::folder::Folder;
use super::directory;
use super::documents::{parsed, unreadable};
use super::told::Told;
use crate::config::did_you_mean;
use crate::model::RunError;

/// Services with what they extend.
pub(super) struct Extended<'f> {
    told: &'f Told<'f>,
    folder: Folder<'f>,
    /// The services that extend each other, and their files.
    steps: Vec<(String, String)>,
    /// Whether the last of them extends one that only the tool can see.
    is_open: bool,
}

/// A file, and the folder where its paths begin.
struct Here<'d> {
    file: &'d str,
    dir: &'d str,
    document: &'d Value,
}

impl<'f> Extended<'f> {
    pub(super) fn new(told: &'f Told<'f>, folder: Folder<'f>) -> Self {
        Self { told, folder, steps: Vec::new(), is_open: false }
    }

    /// The document whose services are whole, and those that are not: the tool alone sees what they extend.
    pub(super) fn whole(
        mut self,
        file: &str,
        dir: &str,
        mut document: Value,
    ) -> Result<(Value, Vec<String>), RunError> {
        let services = document["services"].as_object();
        let names: Vec<String> = services.into_iter().flat_map(|it| it.keys().cloned()).collect();
        let mut unseen = Vec::new();
        for name in names {
            (self.steps, self.is_open) = (Vec::new(), false);
            let service = self.service(&Here { file, dir, document: &document }, &name)?;
            document["services"][&name] = service;
            unseen.extend(self.is_open.then_some(name));
        }
        Ok((document, unseen))
    }

    fn service(&mut self, here: &Here<'_>, name: &str) -> Result<Value, RunError> {
        let mut service = here.document["services"][name].clone();
        let step = (here.file.to_owned(), name.to_owned());
        if self.steps.contains(&step) {
            return Err(self.wrong(here, name, "extends itself"));
        }
        self.steps.push(step);
        if let Some(mut base) = self.base(here, name, &service)? {
            base.as_object_mut().map(|base| base.remove("extends"));
            take_over(&mut service, base);
        }
        Ok(service)
    }

    fn base(
        &mut self,
        here: &Here<'_>,
        name: &str,
        service: &Value,
    ) -> Result<Option<Value>, RunError> {
        if service["extends"].is_null() {
            return Ok(None);
        }
        let Some((other, base)) = base(service) else {
            return Err(self.wrong(here, name, "does not say which one it extends"));
        };
        let Some(other) = other else {
            return self.known(here, base, (here, name));
        };
        let Some(file) = self.told.file(other, here.dir) else {
            self.is_open = true;
            return Ok(None);
        };
        let Some(text) = self.folder.text(&file)? else {
            let why = format!("extends one of {file}, and there is no such file in the workspace");
            return Err(self.wrong(here, name, &why));
        };
        let document = parsed(&file, &text, self.folder)?;
        let there = Here { file: &file, dir: directory(&file), document: &document };
        self.known(&there, base, (here, name))
    }

    /// The service `base` of the file `there`; who extends it is told where that is not one.
    fn known(
        &mut self,
        there: &Here<'_>,
        base: &str,
        (here, name): (&Here<'_>, &str),
    ) -> Result<Option<Value>, RunError> {
        let services = there.document["services"].as_object();
        let mut names = services.into_iter().flat_map(|it| it.keys().map(String::as_str));
        if names.clone().any(|known| known == base) {
            return self.service(there, base).map(Some);
        }
        // An included one may be meant.
        self.is_open = there.document["include"].is_array();
        if self.is_open {
            return Ok(None);
        }
        let near = did_you_mean(base, &mut names);
        let why = format!("extends `{base}`, and {} has no such service", there.file);
        Err(self.wrong(here, name, &why).help(format!("{near}correct it")))
    }

    fn wrong(&self, here: &Here<'_>, name: &str, why: &str) -> RunError {
        let why = format!("the service `{name}` {why}");
        unreadable(here.file, &format!("{name}:"), &why, self.folder)
    }
}

/// The service of the same file that this one extends.
pub(super) fn beside(service: &Value) -> Option<&str> {
    base(service).and_then(|(file, name)| file.is_none().then_some(name))
}

/// The file, where it is another one, and the service that this one extends.
fn base(service: &Value) -> Option<(Option<&str>, &str)> {
    let extends = service.get("extends")?;
    let name = extends.as_str().or(extends["service"].as_str())?;
    Some((extends["file"].as_str(), name))
}

/// Adds what `base` says: values that are missing, and what its lists hold before the rest.
fn take_over(own: &mut Value, base: Value) {
    match (own, base) {
        (Value::Object(own), Value::Object(base)) => {
            for (key, value) in base {
                take_over(own.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(own), Value::Array(base)) => drop(own.splice(..0, base)),
        (own @ Value::Null, base) => *own = base,
        _ => {}
    }
}
