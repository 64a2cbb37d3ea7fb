//! What looks like a secret is not shown, wherever it stands.

use std::borrow::Cow;

use serde_json::Value;

/// What stands in the place of a secret.
pub const MASK: &str = "•••";

const SECRET_WORDS: [&str; 8] =
    ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "AUTH", "DSN", "JWT"];

/// A word that is a part of others, as of `PATH`, and says so alone: `GITHUB_PAT`.
const WHOLE_WORD: &str = "PAT";

/// What is shorter may stand in any text.
const SHORTEST: usize = 4;

/// The secrets among variables, for texts of others in which they may stand.
#[derive(Debug, Clone, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Those that look like one.
    pub fn among<'v>(variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Self {
        let variables = variables.into_iter().filter(|(_, value)| value.len() >= SHORTEST);
        let secrets = variables.filter(|(name, value)| is_secret(name, value));
        let mut secrets: Vec<String> = secrets.map(|(_, value)| value.to_owned()).collect();
        // One may be the beginning of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(secrets)
    }

    /// A text without them.
    pub fn hide(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| match text.contains(secret.as_str()) {
            true => text.replace(secret.as_str(), MASK),
            false => text,
        })
    }
}

/// The maps of an inspected container whose keys people choose; elsewhere `…Key` is the engine's word.
const NAMED_BY_PEOPLE: [&str; 6] =
    ["Labels", "Annotations", "DriverOpts", "Options", "Config", "StorageOpt"];

/// The value of a variable as it may be shown.
pub fn value<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    Cow::Borrowed(if is_secret(name, value) { MASK } else { value })
}

/// A word of a command line or an environment as it may be shown: `NAME=VALUE` by its name.
pub fn word(word: &str) -> String {
    match word.split_once('=') {
        Some((name, secret)) if is_name(name) => format!("{name}={}", value(name, secret)),
        _ if holds_credentials(word) => MASK.to_owned(),
        _ => word.to_owned(),
    }
}

/// Masks an inspected container.
pub fn inspected(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if let (true, Value::Object(map)) =
                    (NAMED_BY_PEOPLE.contains(&key.as_str()), &mut *value)
                {
                    map.iter_mut().for_each(|(name, value)| named(name, value));
                }
                inspected(value);
            }
        }
        Value::Array(items) => {
            words(items);
            items.iter_mut().for_each(inspected);
        }
        Value::String(text) => *text = word(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Masks a setting, by its name or as a command line.
pub fn setting(name: &str, value: &mut Value) {
    match value {
        Value::String(_) => named(name, value),
        value => inspected(value),
    }
}

fn named(name: &str, value: &mut Value) {
    if let Value::String(text) = value {
        *text = self::value(name, text).into_owned();
    }
}

/// A command line as it may be shown.
pub fn command(words: Vec<String>) -> Vec<String> {
    let mut items: Vec<Value> = words.into_iter().map(Value::String).collect();
    self::words(&mut items);
    let texts = items.iter().filter_map(Value::as_str);
    texts.map(word).collect()
}

/// A command line: `--password` and what follows it.
fn words(items: &mut [Value]) {
    let mut follows = false;
    for item in items {
        let Value::String(text) = item else { continue };
        let is_option = text.starts_with('-');
        if follows && !is_option {
            MASK.clone_into(text);
        }
        follows = is_option && !text.contains('=') && is_secret_name(text);
    }
}

fn is_secret(name: &str, value: &str) -> bool {
    !value.is_empty() && (is_secret_name(name) || holds_credentials(value))
}

/// Whether a name says that its value is a secret.
pub fn is_secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    SECRET_WORDS.iter().any(|word| upper.contains(word))
        || upper.split(|c: char| !c.is_ascii_alphanumeric()).any(|it| it == WHOLE_WORD)
}

/// Of the form `scheme://user:password@host`.
fn holds_credentials(value: &str) -> bool {
    value.split_once("://").is_some_and(|(_, rest)| rest.contains('@'))
}

/// Whether this may be the name of a variable or an option, and not the beginning of a script.
fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !text.is_empty() && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_are_masked_by_name_and_by_form() {
        let words = [
            "API_TOKEN=abc",
            "LEVEL=debug",
            "URL=postgres://me:pw@db/x",
            "HOME=/root",
            "EMPTY_SECRET=",
            "odd",
            "--password=x=y",
            "https://me:pw@host",
            "if [ \"$KEY\" = 1 ]; then a=b; fi",
        ];
        assert_eq!(
            words.map(word),
            [
                "API_TOKEN=•••",
                "LEVEL=debug",
                "URL=•••",
                "HOME=/root",
                "EMPTY_SECRET=",
                "odd",
                "--password=•••",
                "•••",
                "if [ \"$KEY\" = 1 ]; then a=b; fi",
            ]
        );
    }

    #[test]
    fn an_inspected_container_keeps_its_secrets() {
        let mut value = json!({
            "Args": ["serve", "--token", "abc", "--level", "3", "--key"],
            "Config": {
                "Env": ["DB_PASSWORD=x", "PATH=/bin"],
                "Labels": { "proxy.auth.users": "me:hash", "team": "shop", "n": 1 },
            },
            "NetworkSettings": { "SandboxKey": "/run/ns" },
            "HostConfig": { "LogConfig": { "Config": { "splunk-token": "abc", "max-size": "1m" } } },
        });
        inspected(&mut value);
        assert_eq!(
            value,
            json!({
                "Args": ["serve", "--token", "•••", "--level", "3", "--key"],
                "Config": {
                    "Env": ["DB_PASSWORD=•••", "PATH=/bin"],
                    "Labels": { "proxy.auth.users": "•••", "team": "shop", "n": 1 },
                },
                "NetworkSettings": { "SandboxKey": "/run/ns" },
                "HostConfig": { "LogConfig": { "Config": { "splunk-token": "•••", "max-size": "1m" } } },
            })
        );
    }

    #[test]
    fn a_part_of_a_name_may_say_it_alone() {
        let shown = ["GITHUB_PAT", "PATH", "A_JWT"].map(|name| value(name, "v").into_owned());
        assert_eq!(shown, [MASK, "v", MASK]);
    }

    #[test]
    fn a_secret_is_hidden_wherever_it_stands() {
        let variables =
            [("NPM_TOKEN", "t0p"), ("API_KEY", "t0p-s3cret"), ("KEY", "t0p-s3"), ("LEVEL", "step")];
        let secrets = Secrets::among(variables);
        let said = "step t0p: echo t0p-s3cret >t0p-s3.txt".to_owned();
        // What is too short may be a part of any word.
        assert_eq!(secrets.hide(said), "step t0p: echo ••• >•••.txt");
    }

    #[test]
    fn a_command_line_shows_none() {
        let words = ["docker", "run", "-e", "NPM_TOKEN=t0p", "--password", "t0p", "-w", "/w"];
        let shown = command(words.map(str::to_owned).into());
        assert_eq!(shown.join(" "), "docker run -e NPM_TOKEN=••• --password ••• -w /w");
    }
}
