//! What Pest says for people only: what stopped it, and what went wrong before the first test of a file.

use std::sync::LazyLock;

use anstream::adapter::strip_str;
use regex::Regex;

/// What was said so far.
#[derive(Debug, Default)]
pub(in super::super) struct Notices {
    told: Vec<Notice>,
    /// Whether the lines belong to the last one: its message, and then its place.
    part: Part,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    None,
    Message,
    Place,
}

/// One of them.
#[derive(Debug, Default)]
pub(in super::super) struct Notice {
    /// The class of the file that it is about; `None` where it stopped Pest itself.
    pub(in super::super) class: Option<String>,
    /// The type of what was thrown.
    pub(in super::super) kind: String,
    pub(in super::super) message: String,
    /// From the directory that Pest runs in.
    pub(in super::super) place: Option<(String, u32)>,
}

impl Notices {
    pub(in super::super) fn line(&mut self, line: &str) {
        let line = strip_str(line).to_string();
        if let Some(notice) = headline(&line) {
            self.told.push(notice);
            self.part = Part::Message;
            return;
        }
        let Some(last) = self.told.last_mut() else {
            return;
        };
        let words = line.trim();
        match self.part {
            Part::None => {}
            Part::Message if words.is_empty() && !last.message.is_empty() => {
                self.part = Part::Place
            }
            Part::Message if words.is_empty() => {}
            Part::Message => {
                if !last.message.is_empty() {
                    last.message.push('\n');
                }
                last.message.push_str(words);
            }
            Part::Place if words.is_empty() => {}
            Part::Place => {
                last.place = words.strip_prefix("at ").and_then(place);
                self.part = Part::None;
            }
        }
    }

    /// What stopped Pest.
    pub(in super::super) fn stop(&mut self) -> Option<Notice> {
        let at = self.told.iter().position(|notice| notice.class.is_none())?;
        Some(self.told.remove(at))
    }

    /// What went wrong in classes before their first tests.
    pub(in super::super) fn of_classes(&mut self) -> Vec<Notice> {
        self.told.extract_if(.., |notice| notice.class.is_some()).collect()
    }
}

/// The type of what was thrown, in a line for itself, or beside the class whose test has no name.
fn headline(line: &str) -> Option<Notice> {
    static HEADLINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^   (?:FAILED  (\S+) > {2,})?([A-Z][\w\\]*) +$").expect("a pattern")
    });
    let found = HEADLINE.captures(line)?;
    let class = found.get(1).map(|class| class.as_str().to_owned());
    Some(Notice { class, kind: found[2].to_owned(), ..Notice::default() })
}

impl Notice {
    /// The file that its message names.
    pub(in super::super) fn file(&self) -> Option<String> {
        static FILE: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"/[^\s`'()]+\.php").expect("a pattern"));
        FILE.find(&self.message).map(|found| found.as_str().to_owned())
    }
}

fn place(words: &str) -> Option<(String, u32)> {
    let (path, line) = words.rsplit_once(':')?;
    Some((path.to_owned(), line.parse().ok()?))
}
