//! Values that are written as words in `testdock.toml`: durations, sizes, users, hosts, globs.
//!
//! Each is a type of its own whose parse error names the accepted form, and whose schema carries the
//! form's name, so that the validator says the same about a file as the type says about a flag.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// The schema keyword that names the form of a string; see [`check_form`].
pub(crate) const FORM: &str = "x-form";

/// Says whether `text` has the form that a schema names with [`FORM`].
pub(crate) fn check_form(form: &str, text: &str) -> Result<(), InvalidValue> {
    match form {
        Duration::FORM => text.parse::<Duration>().map(drop),
        Size::FORM => text.parse::<Size>().map(drop),
        User::FORM => text.parse::<User>().map(drop),
        DockerHost::FORM => text.parse::<DockerHost>().map(drop),
        ContainerPath::FORM => text.parse::<ContainerPath>().map(drop),
        FileGlob::FORM => text.parse::<FileGlob>().map(drop),
        _ => Ok(()),
    }
}

/// A string that does not have the form its setting asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found `{found}`")]
pub struct InvalidValue {
    expected: String,
    found: String,
}

impl InvalidValue {
    fn new(expected: impl Into<String>, found: &str) -> Self {
        Self { expected: expected.into(), found: found.to_owned() }
    }
}

/// Makes a type that is parsed from a string a setting of its own: its name in the schema, the form
/// that the validator checks, the description that the reference shows.
macro_rules! written_as_text {
    ($type:ident, $form:literal, $example:literal) => {
        impl $type {
            const FORM: &str = $form;
        }

        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", FORM: $form, "examples": [$example] })
            }

            fn inline_schema() -> bool {
                true
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidValue;

            fn try_from(text: String) -> Result<Self, InvalidValue> {
                text.parse()
            }
        }
    };
}

/// Gives an enum of words the schema that the validator and the reference know.
macro_rules! one_of_words {
    ($type:ident, $($word:literal),+) => {
        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($word),+] })
            }

            fn inline_schema() -> bool {
                true
            }
        }
    };
}
pub(super) use one_of_words;

/// A length of time, written `"10m"`, `"200ms"` or `"1h 30m"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Duration(pub std::time::Duration);
written_as_text!(Duration, "duration", "10m");

impl FromStr for Duration {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        humantime::parse_duration(text).map(Self).map_err(|_| {
            InvalidValue::new("a duration such as \"10m\", \"90s\" or \"200ms\"", text)
        })
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.0).fmt(f)
    }
}

impl From<Duration> for String {
    fn from(duration: Duration) -> Self {
        duration.to_string()
    }
}

/// An amount of memory in bytes, written as Docker writes it: `"512m"`, `"2g"`; a kilobyte is 1024 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Size(pub u64);
written_as_text!(Size, "size", "2g");

impl FromStr for Size {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse_size(text)
            .map(Self)
            .ok_or_else(|| InvalidValue::new("a size such as \"512m\" or \"2g\"", text))
    }
}

fn parse_size(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// As whom the tests run in the container.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, serde::Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum User {
    /// As the person who started them, so that every file they leave can be deleted.
    #[default]
    Host,
    /// As the image says.
    Image,
    /// As these numbers say.
    Ids {
        /// The user's number.
        uid: u32,
        /// The group's number.
        gid: u32,
    },
}
written_as_text!(User, "user", "host");

impl FromStr for User {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "host" => Ok(Self::Host),
            "image" => Ok(Self::Image),
            ids => parse_ids(ids).ok_or_else(|| {
                InvalidValue::new("\"host\", \"image\" or numbers such as \"1000:1000\"", text)
            }),
        }
    }
}

fn parse_ids(text: &str) -> Option<User> {
    let (uid, gid) = text.split_once(':')?;
    Some(User::Ids { uid: uid.parse().ok()?, gid: gid.parse().ok()? })
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("host"),
            Self::Image => f.write_str("image"),
            Self::Ids { uid, gid } => write!(f, "{uid}:{gid}"),
        }
    }
}

impl From<User> for String {
    fn from(user: User) -> Self {
        user.to_string()
    }
}

/// Makes a string whose content is checked and then kept as it was written.
macro_rules! checked_text {
    ($(#[$doc:meta])* $type:ident, $form:literal, $example:literal, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $type(String);
        written_as_text!($type, $form, $example);

        impl $type {
            /// The text, as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidValue::new($expected, text))
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text!(
    /// The address of a Docker engine: `unix:///run/docker.sock`, `ssh://build@box`, `tcp://box:2376`.
    DockerHost,
    "docker-host",
    "ssh://build@box",
    "an engine's address such as \"unix:///var/run/docker.sock\", \"ssh://user@host\" or \"tcp://host:2376\"",
    |text| matches!(
        text.split_once("://"),
        Some(("unix" | "npipe" | "tcp" | "http" | "https" | "ssh", rest)) if !rest.is_empty()
    )
);

checked_text!(
    /// An absolute path inside the container.
    ContainerPath,
    "container-path",
    "/app",
    "an absolute path in the container such as \"/app\"",
    |text| text.starts_with('/')
);

checked_text!(
    /// A pattern of workspace-relative files: `build/**/*.xml`.
    FileGlob,
    "glob",
    "build/**/*.xml",
    "a glob of files below, such as \"build/**/*.xml\"",
    |text| {
        let is_inside = !text.starts_with('/') && text.split('/').all(|part| part != "..");
        !text.is_empty() && is_inside && globset::Glob::new(text).is_ok()
    }
);

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check<T: FromStr<Err = InvalidValue> + fmt::Debug>(inputs: &[&str], expected: &Expect) {
        let lines = inputs.iter().map(|text| match text.parse::<T>() {
            Ok(value) => format!("{text} => {value:?}\n"),
            Err(error) => format!("{error}\n"),
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn durations() {
        check::<Duration>(
            &["10m", "200ms", "1h 30m", "0s", "10", "ten minutes", "", "99999999999999999999d"],
            &expect![[r#"
                10m => Duration(600s)
                200ms => Duration(200ms)
                1h 30m => Duration(5400s)
                0s => Duration(0ns)
                expected a duration such as "10m", "90s" or "200ms", found `10`
                expected a duration such as "10m", "90s" or "200ms", found `ten minutes`
                expected a duration such as "10m", "90s" or "200ms", found ``
                expected a duration such as "10m", "90s" or "200ms", found `99999999999999999999d`
            "#]],
        );
    }

    #[test]
    fn sizes() {
        check::<Size>(
            &["2g", "512m", "1GiB", "1024", "2 gb", "g", "1.5g", "-1g", "99999999999t", ""],
            &expect![[r#"
                2g => Size(2147483648)
                512m => Size(536870912)
                1GiB => Size(1073741824)
                1024 => Size(1024)
                2 gb => Size(2147483648)
                expected a size such as "512m" or "2g", found `g`
                expected a size such as "512m" or "2g", found `1.5g`
                expected a size such as "512m" or "2g", found `-1g`
                expected a size such as "512m" or "2g", found `99999999999t`
                expected a size such as "512m" or "2g", found ``
            "#]],
        );
    }

    #[test]
    fn users() {
        check::<User>(
            &["host", "image", "1000:1000", "1000", "me:us", "1:-1"],
            &expect![[r#"
                host => Host
                image => Image
                1000:1000 => Ids { uid: 1000, gid: 1000 }
                expected "host", "image" or numbers such as "1000:1000", found `1000`
                expected "host", "image" or numbers such as "1000:1000", found `me:us`
                expected "host", "image" or numbers such as "1000:1000", found `1:-1`
            "#]],
        );
    }

    #[test]
    fn hosts() {
        check::<DockerHost>(
            &["ssh://build@box", "tcp://box:2376", "box", "unix://"],
            &expect![[r#"
                ssh://build@box => DockerHost("ssh://build@box")
                tcp://box:2376 => DockerHost("tcp://box:2376")
                expected an engine's address such as "unix:///var/run/docker.sock", "ssh://user@host" or "tcp://host:2376", found `box`
                expected an engine's address such as "unix:///var/run/docker.sock", "ssh://user@host" or "tcp://host:2376", found `unix://`
            "#]],
        );
    }

    #[test]
    fn paths_and_globs() {
        check::<ContainerPath>(
            &["/app", "app"],
            &expect![[r#"
            /app => ContainerPath("/app")
            expected an absolute path in the container such as "/app", found `app`
        "#]],
        );
        check::<FileGlob>(
            &["build/**/*.xml", "[", "", "../*.xml", "/etc/*"],
            &expect![[r#"
                build/**/*.xml => FileGlob("build/**/*.xml")
                expected a glob of files below, such as "build/**/*.xml", found `[`
                expected a glob of files below, such as "build/**/*.xml", found ``
                expected a glob of files below, such as "build/**/*.xml", found `../*.xml`
                expected a glob of files below, such as "build/**/*.xml", found `/etc/*`
            "#]],
        );
    }

    #[test]
    fn durations_and_users_print_as_they_are_written() {
        let texts = ["10m", "200ms"].map(|text| text.parse::<Duration>().unwrap().to_string());
        assert_eq!(texts, ["10m", "200ms"]);
        let texts = ["host", "image", "1:2"].map(|text| text.parse::<User>().unwrap().to_string());
        assert_eq!(texts, ["host", "image", "1:2"]);
    }
}
