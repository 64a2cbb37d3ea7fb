//! The volumes of a service.

use serde_json::Value;

use super::service::Reading;

impl Reading<'_> {
    /// What the engine calls a volume of the files.
    pub(super) fn volume_name(&self, key: &str) -> String {
        let volume = &self.document["volumes"][key];
        match volume["name"].as_str().or(volume["external"]["name"].as_str()) {
            Some(name) => name.to_owned(),
            None if self.is_external(key) => key.to_owned(),
            None => format!("{}_{key}", self.compose.project),
        }
    }

    /// The volumes of the service that somebody else makes: what the files and what the engine call them.
    pub(super) fn external_volumes(&self) -> Vec<(String, String)> {
        let written = self.service["volumes"].as_array().into_iter().flatten();
        let keys = written.filter_map(|written| match written {
            Value::String(text) => text.split(':').next(),
            fields => fields["source"].as_str(),
        });
        let external = keys.filter(|key| self.is_external(key));
        external.map(|key| (key.to_owned(), self.volume_name(key))).collect()
    }

    fn is_external(&self, key: &str) -> bool {
        let external = &self.document["volumes"][key]["external"];
        external == true || external.is_object()
    }
}
