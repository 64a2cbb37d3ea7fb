//! What services take over from those that they extend.

use serde_json::Value;

use super::super::folder::{Folder, inside};
use super::{directory, yaml};

/// A document whose services are whole. What cannot be found, only the tool can say: it fills in variables.
pub(super) fn whole(file: &str, mut document: Value, folder: Folder<'_>) -> Value {
    let services = document["services"].as_object();
    let names: Vec<String> = services.into_iter().flat_map(|it| it.keys().cloned()).collect();
    for name in names {
        let service = Chain { folder, steps: Vec::new() }.service(file, &document, &name);
        document["services"][name] = service;
    }
    document
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

/// Services that extend each other.
struct Chain<'f> {
    folder: Folder<'f>,
    /// Files and names; one that comes again would do so for ever.
    steps: Vec<(String, String)>,
}

impl Chain<'_> {
    fn service(&mut self, file: &str, document: &Value, name: &str) -> Value {
        let mut service = document["services"][name].clone();
        let step = (file.to_owned(), name.to_owned());
        if !self.steps.contains(&step) {
            self.steps.push(step);
            if let Some(mut base) = self.base(file, document, &service) {
                base.as_object_mut().map(|base| base.remove("extends"));
                take_over(&mut service, base);
            }
        }
        service
    }

    fn base(&mut self, file: &str, document: &Value, service: &Value) -> Option<Value> {
        let (other, name) = base(service)?;
        let Some(other) = other else {
            return Some(self.service(file, document, name));
        };
        let other = inside(directory(file), other)?;
        let document = yaml(&(self.folder.read)(&other)?).ok()?;
        Some(self.service(&other, &document, name))
    }
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
