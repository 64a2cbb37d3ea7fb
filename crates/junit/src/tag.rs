//! Names of elements, and start tags with their attributes.

use std::borrow::Cow;

use quick_xml::events::attributes::Attributes;

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
        let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
        match local {
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
            _ => Element::Other,
        }
    }

    fn has_attributes(self) -> bool {
        use TextKind::Property;
        matches!(
            self,
            Element::Suite | Element::Case | Element::Status(_) | Element::Text(Property)
        )
    }
}

/// The inside of a start tag: all between `<` and `>` or `/>`.
#[derive(Clone, Copy)]
pub(crate) struct Tag<'e> {
    content: &'e str,
    pub(crate) name: &'e str,
    pub(crate) element: Element,
}

impl<'e> Tag<'e> {
    pub(crate) fn new(content: &'e str) -> Self {
        let end = content.bytes().position(|byte| byte.is_ascii_whitespace());
        let name = &content[..end.unwrap_or(content.len())];
        Tag {
            content,
            name,
            element: Element::named(name),
        }
    }

    /// Names and resolved values; what is no attribute is passed over.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (&'e str, Cow<'e, str>)> {
        self.raw_attributes()
            .flatten()
            .filter_map(|attribute| match attribute.value {
                Cow::Borrowed(value) => Some((attribute.key.0, text::attribute(value))),
                Cow::Owned(_) => None,
            })
    }

    fn raw_attributes(self) -> Attributes<'e> {
        let mut attributes = Attributes::new(self.content, self.name.len());
        // Of two attributes of one name the first counts; that is no reason to lose the second's case.
        attributes.with_checks(false);
        attributes
    }

    /// Where a `<` stands that shows that this is no tag, or one that was never closed; from the start of its content.
    ///
    /// In an attribute it may stand, since several tools do not escape it there. Elsewhere, or where the attributes
    /// make no sense, it may not.
    pub(crate) fn broken_at(self) -> Option<usize> {
        if !self
            .name
            .starts_with(|first: char| first.is_alphabetic() || first == '_')
        {
            return Some(0);
        }
        let at = self.content.find('<')?;
        let sound = self.element.has_attributes() && self.raw_attributes().all(|each| each.is_ok());
        (!sound).then_some(at)
    }
}
