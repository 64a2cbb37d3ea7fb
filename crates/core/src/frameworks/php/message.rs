//! Messages as they are written for TeamCity: `##teamcity[name key='value' …]`.

use std::collections::BTreeMap;

/// One message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) name: String,
    attributes: BTreeMap<String, String>,
}

impl Message {
    /// The message of a line; `None` where it holds none.
    pub(super) fn of(line: &str) -> Option<Self> {
        let at = line.find("##teamcity[")?;
        let rest = &line[at + "##teamcity[".len()..];
        let (name, mut rest) = rest.split_once(' ')?;
        let mut attributes = BTreeMap::new();
        while let Some((key, value)) = rest.split_once("='") {
            let (value, end) = value_of(value)?;
            attributes.insert(key.trim().to_owned(), value);
            rest = end;
        }
        Some(Self { name: name.to_owned(), attributes })
    }

    /// An attribute; empty where there is none.
    pub(super) fn get(&self, key: &str) -> &str {
        self.attributes.get(key).map_or("", String::as_str)
    }

    /// The file and the class or test that it tells of.
    pub(super) fn subject(&self) -> Option<(&str, &str)> {
        self.get("locationHint").strip_prefix("php_qn://")?.split_once("::\\")
    }
}

/// A value up to its quote, and what follows.
fn value_of(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '\'' => return Some((value, &text[at + 1..])),
            '|' => match rest.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                '0' => {
                    let digits = text.get(at + 3..at + 7)?;
                    value.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                    // Its `x`, and four digits.
                    rest.nth(4);
                }
                other => value.push(other),
            },
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_were_meant() {
        let line = "x##teamcity[testFailed name='a |'b|' |[c|]' message='1|n2||' details='|0x010d!' flowId='3']";
        let message = Message::of(line).unwrap();
        assert_eq!(message.name, "testFailed");
        assert_eq!(message.get("name"), "a 'b' [c]");
        assert_eq!(message.get("message"), "1\n2|");
        assert_eq!(message.get("details"), "č!");
        assert_eq!(message.get("none"), "");
        assert_eq!(Message::of("##teamcity[testStarted name='cut"), None);
        assert_eq!(Message::of("nothing"), None);
    }
}
