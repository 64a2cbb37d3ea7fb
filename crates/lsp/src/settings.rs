//! The settings of an editor: section `testdock`, or the same keys in `initializationOptions`.

use serde_json::Value;
use testdock_core::config::{Layer, Origin};
use testdock_engine::scan;

/// What the editor's settings say; every key may be absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Settings {
    pub(crate) interpreter: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) local: bool,
    pub(crate) run_on_save: bool,
    /// Anything that `testdock.toml` can say, over what it says.
    pub(crate) overlay: Option<Value>,
}

impl Settings {
    /// Reads settings; a key of the wrong type is left out, and told.
    pub(crate) fn read(value: &Value) -> (Self, Vec<String>) {
        let mut mistakes = Vec::new();
        let mut get = |key: &str, expected: &str, fits: fn(&Value) -> bool| {
            let value = value.get(key).filter(|value| !value.is_null())?;
            if !fits(value) {
                mistakes.push(format!("setting testdock.{key} must be {expected}, not {value}"));
                return None;
            }
            Some(value.clone())
        };
        let text = |value: Option<Value>| {
            let text = value.as_ref().and_then(Value::as_str).map(str::to_owned);
            // An editor that shows a text box says nothing by an empty text.
            text.filter(|text| !text.is_empty())
        };
        let settings = Self {
            interpreter: text(get("interpreter", "a name", Value::is_string)),
            profile: text(get("profile", "a name", Value::is_string)),
            local: get("local", "true or false", Value::is_boolean) == Some(Value::Bool(true)),
            run_on_save: get("runOnSave", "true or false", Value::is_boolean)
                == Some(Value::Bool(true)),
            overlay: get("settings", "an object", Value::is_object)
                .filter(|it| it.as_object().is_some_and(|it| !it.is_empty())),
        };
        (settings, mistakes)
    }

    /// What of them shapes a workspace.
    pub(crate) fn for_scanner(&self) -> scan::Settings {
        let layer = |values: &Value| Layer::from_values(Origin::Editor, values.clone());
        scan::Settings {
            layers: self.overlay.iter().map(layer).collect(),
            profile: self.profile.clone(),
            interpreter: self.interpreter.clone(),
            local: self.local,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_wrong_type_is_told_and_spoils_nothing_else() {
        let (settings, mistakes) = Settings::read(&json!({
            "interpreter": 3, "profile": "eu", "local": null, "runOnSave": true, "path": "/bin/x",
        }));
        assert_eq!(
            settings,
            Settings { profile: Some("eu".to_owned()), run_on_save: true, ..Settings::default() }
        );
        assert_eq!(mistakes, ["setting testdock.interpreter must be a name, not 3"]);
    }

    #[test]
    fn an_empty_text_says_nothing() {
        let read = |value| Settings::read(&value).0;
        assert_eq!(read(json!({ "interpreter": "", "settings": {} })), Settings::default());
        assert_eq!(read(Value::Null), Settings::default());
    }
}
