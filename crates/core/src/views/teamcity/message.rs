//! One service message.

use std::fmt::Write;

/// A message under way; its attributes in the order in which they are given.
#[derive(Debug)]
pub(super) struct Message(String);

impl Message {
    pub(super) fn new(name: &str) -> Self {
        Self(format!("##teamcity[{name}"))
    }

    /// A message that has one value and no attributes.
    pub(super) fn single(name: &str, value: &str) -> String {
        format!("##teamcity[{name} '{}']", escaped(value))
    }

    pub(super) fn with(mut self, attribute: &str, value: &str) -> Self {
        let _ = write!(self.0, " {attribute}='{}'", escaped(value));
        self
    }

    pub(super) fn with_some(self, attribute: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(attribute, value),
            None => self,
        }
    }

    pub(super) fn line(self) -> String {
        self.0 + "]"
    }
}

/// Whoever reads the line may take it for text of any encoding: what is not ASCII is written as UTF-16
/// code units, which both kinds of readers put together again.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\'' | '[' | ']' => out.extend(['|', c]),
            '\n' => out.push_str("|n"),
            '\r' => out.push_str("|r"),
            ' '..='~' | '\t' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "|0x{unit:04x}");
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_a_message_is_escaped() {
        let message = Message::new("testFailed")
            .with("message", "it's [a|b]\r\n\tü 🦀\u{1b}[31m\0")
            .with_some("expected", None)
            .with_some("actual", Some(""));
        assert_eq!(
            message.line(),
            "##teamcity[testFailed message='it|'s |[a||b|]|r|n\t|0x00fc |0xd83e|0xdd80|0x001b|[31m|0x0000' actual='']"
        );
        assert_eq!(Message::single("progressMessage", "a'b"), "##teamcity[progressMessage 'a|'b']");
    }
}
