//! The files in which PHPUnit finds no test that it could run. It lists them for people among its warnings, at its end.

use std::sync::LazyLock;

use anstream::adapter::strip_str;
use regex::Regex;

/// What was listed so far.
#[derive(Debug, Default)]
pub(super) struct Unloaded {
    pub(super) told: Vec<NoTests>,
    is_listing: bool,
}

/// One of them.
#[derive(Debug)]
pub(super) struct NoTests {
    pub(super) message: String,
    pub(super) class: String,
    /// The container's path, where it is said.
    pub(super) path: Option<String>,
}

impl Unloaded {
    pub(super) fn line(&mut self, line: &str) {
        static LIST: LazyLock<Regex> = LazyLock::new(|| {
            let text = r"^There w(?:as 1|ere \d+) PHPUnit test runner warnings?:$";
            Regex::new(text).expect("a pattern")
        });
        let line = strip_str(line).to_string();
        if LIST.is_match(&line) {
            self.is_listing = true;
        } else if line == "--" {
            self.is_listing = false;
        } else if self.is_listing {
            self.told.extend(NoTests::of(&line));
        }
    }
}

impl NoTests {
    fn of(line: &str) -> Option<Self> {
        static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
            let of_file = r"Class (\S+) (?:cannot be found|declared) in (/.+?\.php)(?: .*)?";
            let of_class = r#"No tests found in class "(.+)"\."#;
            Regex::new(&format!(r"^\d+\) (?:{of_file}|{of_class})$")).expect("a pattern")
        });
        let entry = ENTRY.captures(line)?;
        let class = entry.get(1).or_else(|| entry.get(3))?.as_str().to_owned();
        let path = entry.get(2).map(|path| path.as_str().to_owned());
        let message = line.split_once(") ").map_or(line, |(_, message)| message).to_owned();
        Some(Self { message, class, path })
    }
}
