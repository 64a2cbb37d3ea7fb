//! The model with text of its own, for whoever outlives the input.

use std::borrow::Cow;

use crate::model::{Case, Property, Report, Status, Suite};

impl Status<'_> {
    /// The same with text of its own.
    pub fn into_owned(self) -> Status<'static> {
        Status {
            kind: self.kind,
            type_: owned(self.type_),
            message: owned(self.message),
            text: Cow::Owned(self.text.into_owned()),
            file: owned(self.file),
            line: self.line,
            system_out: owned(self.system_out),
            system_err: owned(self.system_err),
        }
    }
}

impl Property<'_> {
    /// The same with text of its own.
    pub fn into_owned(self) -> Property<'static> {
        Property {
            name: Cow::Owned(self.name.into_owned()),
            value: Cow::Owned(self.value.into_owned()),
        }
    }
}

impl Case<'_> {
    /// The same with text of its own.
    pub fn into_owned(self) -> Case<'static> {
        Case {
            suite: self.suite,
            classname: owned(self.classname),
            name: owned(self.name),
            file: owned(self.file),
            line: self.line,
            time: self.time,
            status: owned(self.status),
            properties: self.properties.into_iter().map(Property::into_owned).collect(),
            statuses: self.statuses.into_iter().map(Status::into_owned).collect(),
            system_out: owned(self.system_out),
            system_err: owned(self.system_err),
            cut: self.cut,
        }
    }
}

impl Suite<'_> {
    /// The same with text of its own.
    pub fn into_owned(self) -> Suite<'static> {
        Suite {
            parent: self.parent,
            name: owned(self.name),
            package: owned(self.package),
            file: owned(self.file),
            hostname: owned(self.hostname),
            timestamp: owned(self.timestamp),
            time: self.time,
            properties: self.properties.into_iter().map(Property::into_owned).collect(),
            statuses: self.statuses.into_iter().map(Status::into_owned).collect(),
            system_out: owned(self.system_out),
            system_err: owned(self.system_err),
        }
    }
}

impl Report<'_> {
    /// The same with text of its own.
    pub fn into_owned(self) -> Report<'static> {
        Report {
            name: owned(self.name),
            suites: self.suites.into_iter().map(Suite::into_owned).collect(),
            cases: self.cases.into_iter().map(Case::into_owned).collect(),
        }
    }
}

fn owned(text: Option<Cow<'_, str>>) -> Option<Cow<'static, str>> {
    text.map(|text| Cow::Owned(text.into_owned()))
}
