//! Names of elements, and start tags with their attributes.

use std::borrow::Cow;

use crate::model::StatusKind;
use crate::text;

/// What an element means in JUnit XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    Suites,
    Suite,
    Case,
    Status(StatusKind),
    Text(TextKind),
    /// Where a status happened, in an element of its own.
    Location,
    Other,
}

/// The elements whose text is all that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextKind {
    Out,
    Err,
    StackTrace,
    Property,
}

impl Element {
    /// Looks a name up, whatever its namespace prefix.
    pub(crate) fn named(name: &str) -> Element {
        match Element::local(name) {
            Element::Other => {
                name.split_once(':').map_or(Element::Other, |(_, local)| Element::local(local))
            }
            known => known,
        }
    }

    fn local(name: &str) -> Element {
        match name {
            "testcase" => Element::Case,
            "testsuite" => Element::Suite,
            "testsuites" => Element::Suites,
            "failure" => Element::Status(StatusKind::Failure),
            "error" => Element::Status(StatusKind::Error),
            "skipped" => Element::Status(StatusKind::Skipped),
            "flakyFailure" => Element::Status(StatusKind::FlakyFailure),
            "flakyError" => Element::Status(StatusKind::FlakyError),
            "rerunFailure" => Element::Status(StatusKind::RerunFailure),
            "rerunError" => Element::Status(StatusKind::RerunError),
            "system-out" => Element::Text(TextKind::Out),
            "system-err" => Element::Text(TextKind::Err),
            "stackTrace" => Element::Text(TextKind::StackTrace),
            "property" => Element::Text(TextKind::Property),
            "location" => Element::Location,
            _ => Element::Other,
        }
    }

    /// Whether it holds tests, or is one.
    pub(crate) fn is_of_tests(self) -> bool {
        matches!(self, Element::Suites | Element::Suite | Element::Case)
    }

    fn has_attributes(self) -> bool {
        use TextKind::Property;
        matches!(
            self,
            Element::Suites
                | Element::Suite
                | Element::Case
                | Element::Status(_)
                | Element::Text(Property)
                | Element::Location
        )
    }
}

/// The inside of a start tag: all between `<` and `>` or `/>`.
#[derive(Clone, Copy)]
pub(crate) struct Tag<'e> {
    content: &'e str,
    pub(crate) name: &'e str,
    pub(crate) element: Element,
    /// There is nothing in it to resolve or to doubt, which one look at all of it tells.
    plain: bool,
}

impl<'e> Tag<'e> {
    pub(crate) fn new(content: &'e str) -> Self {
        let end = content.bytes().position(|byte| byte.is_ascii_whitespace());
        let name = &content[..end.unwrap_or(content.len())];
        let plain = memchr::memchr3(b'<', b'&', b'\r', content.as_bytes()).is_none();
        Tag { content, name, element: Element::named(name), plain }
    }

    pub(crate) fn len(self) -> usize {
        self.content.len()
    }

    /// Names and resolved values.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (&'e str, Cow<'e, str>)> {
        self.raw_attributes().map(move |attribute| {
            let value = match self.plain {
                true => Cow::Borrowed(attribute.value),
                false => text::attribute(attribute.value),
            };
            (attribute.name, value)
        })
    }

    fn raw_attributes(self) -> RawAttributes<'e> {
        RawAttributes { rest: &self.content[self.name.len()..] }
    }

    /// Where a `<` stands that shows that this is no tag, or one that was never closed; from the
    /// start of its content.
    ///
    /// In an attribute it may stand, since several tools do not escape it there. Elsewhere, or
    /// where the attributes make no sense, it may not.
    pub(crate) fn broken_at(self) -> Option<usize> {
        if self.element == Element::Other && !is_name_start(self.name) {
            return Some(0);
        }
        if self.plain {
            return None;
        }
        let at = self.content.find('<')?;
        let sound = self.element.has_attributes() && self.raw_attributes().all(|each| each.sound);
        (!sound).then_some(at)
    }
}

fn is_name_start(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Splits attributes at their quotes. The parser's own iterator looks at every byte and stops where
/// XML does; this one is faster, and goes on.
struct RawAttributes<'e> {
    rest: &'e str,
}

struct RawAttribute<'e> {
    name: &'e str,
    value: &'e str,
    /// It is written as XML wants it.
    sound: bool,
}

impl<'e> Iterator for RawAttributes<'e> {
    type Item = RawAttribute<'e>;

    fn next(&mut self) -> Option<RawAttribute<'e>> {
        let rest = self.rest.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let Some(equals) = rest.bytes().position(|byte| byte == b'=') else {
            self.rest = "";
            return Some(RawAttribute { name: "", value: rest, sound: false });
        };
        let name = rest[..equals].trim_ascii_end();
        let (value, after, quoted) = split_value(rest[equals + 1..].trim_ascii_start());
        self.rest = after;
        let sound = quoted && !name.bytes().any(is_separator);
        Some(RawAttribute { name: if sound { name } else { last_word(name) }, value, sound })
    }
}

/// What stands before a name without a value belongs to no name.
fn last_word(name: &str) -> &str {
    name.rsplit(|c: char| c.is_ascii() && is_separator(c as u8)).next().unwrap_or(name)
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'')
}

/// A value, what follows it, and whether it stands in quotes.
fn split_value(text: &str) -> (&str, &str, bool) {
    let quote = match text.as_bytes().first() {
        Some(&quote @ (b'"' | b'\'')) => quote,
        _ => {
            let end = text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len());
            return (&text[..end], &text[end..], false);
        }
    };
    match memchr::memchr(quote, &text.as_bytes()[1..]) {
        Some(length) => (&text[1..length + 1], &text[length + 2..], true),
        None => (&text[1..], "", false),
    }
}
