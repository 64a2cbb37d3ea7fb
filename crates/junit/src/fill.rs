//! From a start tag's attributes to the parts of the model.

use std::borrow::Cow;

use crate::model::{Case, Property, Status, StatusKind, Suite, SuiteId};
use crate::number;
use crate::tag::Tag;
use crate::text::Keep;

pub(crate) fn name<'e, 'a, K: Keep<'e, 'a>>(tag: Tag<'e>) -> Option<Cow<'a, str>> {
    tag.attributes().find(|(name, _)| *name == "name").map(|(_, value)| K::keep(value))
}

/// How many failures and errors a suite, or all of them, say to hold.
pub(crate) fn bad_counted(tag: Tag<'_>) -> u64 {
    let counts = tag.attributes().filter(|(name, _)| matches!(*name, "failures" | "errors"));
    counts.fold(0, |sum, (_, value)| sum.saturating_add(value.trim().parse().unwrap_or(0)))
}

pub(crate) fn suite<'e, 'a, K: Keep<'e, 'a>>(tag: Tag<'e>, parent: Option<SuiteId>) -> Suite<'a> {
    let mut suite = Suite { parent, ..Suite::default() };
    let mut filepath = None;
    for (name, value) in tag.attributes() {
        match name {
            "name" => set::<K>(&mut suite.name, value),
            "package" => set::<K>(&mut suite.package, value),
            "file" => set::<K>(&mut suite.file, value),
            "filepath" => set::<K>(&mut filepath, value),
            "hostname" => set::<K>(&mut suite.hostname, value),
            "timestamp" => set::<K>(&mut suite.timestamp, value),
            "time" => suite.time = suite.time.or_else(|| number::seconds(&value)),
            _ => {}
        }
    }
    suite.file = suite.file.or(filepath);
    suite
}

pub(crate) fn case<'e, 'a, K: Keep<'e, 'a>>(tag: Tag<'e>, suite: Option<SuiteId>) -> Case<'a> {
    let mut case = Case { suite, ..Case::default() };
    let (mut class, mut filepath, mut result) = (None, None, None);
    for (name, value) in tag.attributes() {
        match name {
            "name" => set::<K>(&mut case.name, value),
            "classname" => set::<K>(&mut case.classname, value),
            "class" => set::<K>(&mut class, value),
            "file" => set::<K>(&mut case.file, value),
            "filepath" => set::<K>(&mut filepath, value),
            "line" | "lineno" => case.line = case.line.or_else(|| number::line(&value)),
            "time" => case.time = case.time.or_else(|| number::seconds(&value)),
            "status" => set::<K>(&mut case.status, value),
            "result" => set::<K>(&mut result, value),
            _ => {}
        }
    }
    case.classname = case.classname.or(class);
    case.file = case.file.or(filepath);
    case.status = case.status.or(result);
    case
}

pub(crate) fn status<'e, 'a, K: Keep<'e, 'a>>(tag: Tag<'e>, kind: StatusKind) -> Status<'a> {
    let mut status = Status::new(kind);
    for (name, value) in tag.attributes() {
        match name {
            "type" => set::<K>(&mut status.type_, value),
            "message" => set::<K>(&mut status.message, value),
            "file" => set::<K>(&mut status.file, value),
            "line" => status.line = status.line.or_else(|| number::line(&value)),
            _ => {}
        }
    }
    status
}

/// Where a status happened, as an element within it says; its own attributes count first.
pub(crate) fn location<'e, 'a, K: Keep<'e, 'a>>(tag: Tag<'e>, status: &mut Status<'a>) {
    for (name, value) in tag.attributes() {
        match name {
            "file" => set::<K>(&mut status.file, value),
            "line" => status.line = status.line.or_else(|| number::line(&value)),
            _ => {}
        }
    }
}

pub(crate) fn property<'e, 'a, K: Keep<'e, 'a>>(tag: Tag<'e>) -> Property<'a> {
    let (mut name, mut content) = (None, None);
    for (attribute, value) in tag.attributes() {
        match attribute {
            "name" => set::<K>(&mut name, value),
            "value" => set::<K>(&mut content, value),
            _ => {}
        }
    }
    Property { name: name.unwrap_or_default(), value: content.unwrap_or_default() }
}

/// Of two attributes of one name the first counts.
fn set<'e, 'a, K: Keep<'e, 'a>>(slot: &mut Option<Cow<'a, str>>, value: Cow<'e, str>) {
    if slot.is_none() {
        *slot = Some(K::keep(value));
    }
}
