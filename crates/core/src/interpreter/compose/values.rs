//! Values in the forms that compose files have for them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::texts;
use crate::config::Size;
use crate::plan::Ulimit;

/// What the compose tool has printed, without the `$` that it writes before each `$`: in names and values alike.
pub(super) fn unescaped(printed: Value) -> Value {
    let plain = |text: String| text.replace("$$", "$");
    match printed {
        Value::String(text) => Value::String(plain(text)),
        Value::Array(list) => list.into_iter().map(unescaped).collect(),
        Value::Object(map) => {
            map.into_iter().map(|(name, value)| (plain(name), unescaped(value))).collect()
        }
        value => value,
    }
}

pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => String::new(),
    }
}

/// A table, or a list of `NAME=value`; a name without a value stays out.
pub(super) fn pairs(value: &Value) -> BTreeMap<String, String> {
    match value {
        Value::Object(map) => {
            let set = map.iter().filter(|(_, value)| !value.is_null());
            set.map(|(name, value)| (name.clone(), scalar(value))).collect()
        }
        Value::Array(list) => {
            let lines = list.iter().filter_map(Value::as_str);
            let pairs = lines.filter_map(|line| line.split_once('='));
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        }
        _ => BTreeMap::new(),
    }
}

/// `name:address`, which the tool may have written with `=`.
pub(super) fn hosts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => {
            map.iter().map(|(name, ip)| format!("{name}:{}", scalar(ip))).collect()
        }
        value => texts(value).iter().map(|host| host.replacen('=', ":", 1)).collect(),
    }
}

pub(super) fn bytes(value: &Value) -> Option<u64> {
    scalar(value).parse::<Size>().ok().map(|size| size.0)
}

pub(super) fn device(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let field = |key: &str| fields.get(key).map(scalar).unwrap_or_default();
            let permissions = Some(field("permissions")).filter(|p| !p.is_empty());
            let permissions = permissions.unwrap_or_else(|| "rwm".to_owned());
            format!("{}:{}:{permissions}", field("source"), field("target"))
        }
        value => scalar(value),
    }
}

pub(super) fn ulimits(value: &Value) -> Vec<Ulimit> {
    let limit = |(name, value): (&String, &Value)| {
        let number = |value: &Value| scalar(value).parse::<i64>().ok();
        let (soft, hard) = match value {
            Value::Object(_) => (number(&value["soft"])?, number(&value["hard"])?),
            value => (number(value)?, number(value)?),
        };
        Some(Ulimit { name: name.clone(), soft, hard })
    };
    value.as_object().into_iter().flatten().filter_map(limit).collect()
}
