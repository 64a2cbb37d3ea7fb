//! Writes suites of many runs as one report.
//!
//! Jenkins and the usual readers agree on `<testsuites>` over flat `<testsuite>`s, so that is
//! what is written, through quick-junit. What its model cannot hold is flattened:
//!
//! - a nested suite becomes a flat one, named by its path (`outer > inner`);
//! - cases outside of any suite come into one named `tests`;
//! - of several statuses the first that gives the outcome stands; the others are told in its text;
//! - earlier tries of a case that passed are flaky runs; further tries of one that did not are
//!   reruns;
//! - a status's own `file` and `line` stand as `file:line` before its text;
//! - a failure of a suite itself becomes a case with the suite's name;
//! - a timestamp that is not RFC 3339 becomes a property of the suite.
//!
//! The schema that Jenkins' xunit plugin holds reports against (`junit-10.xsd`) knows no properties,
//! file or line of a case. [`Form::Jenkins`] writes them as lines of its output instead,
//! `[[PROPERTY|file=a.py]]`, which several readers understand.
//!
//! Characters that XML does not allow are left out, and so are ANSI colours.

mod status;

use std::borrow::Cow;
use std::time::Duration;

use quick_junit::{Property, TestCase, TestSuite, XmlString};

use crate::model::{Case, Report, Suite};

/// A suite and its cases, ready to be written; ids of suites mean nothing here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlatSuite<'a> {
    /// The suite itself.
    pub suite: Suite<'a>,
    /// Its cases.
    pub cases: Vec<Case<'a>>,
}

/// Whom a report is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Whoever reads JUnit: a case has its file, line and properties.
    #[default]
    Common,
    /// Whoever holds it against the schema of Jenkins.
    Jenkins,
}

/// Writes one report over all of the suites, in its common form. Nothing here looks at a clock: times
/// are the caller's.
///
/// ```
/// use testdock_junit::{Case, FlatSuite, Suite};
///
/// let suite = FlatSuite {
///     suite: Suite { name: Some("billing".into()), ..Suite::default() },
///     cases: vec![Case { name: Some("adds".into()), time: Some(0.25), ..Case::default() }],
/// };
/// let xml = String::from_utf8(testdock_junit::write("all", &[suite])).unwrap();
/// assert!(xml.contains(r#"<testcase name="adds" time="0.250"/>"#));
/// ```
pub fn write(name: &str, suites: &[FlatSuite<'_>]) -> Vec<u8> {
    write_as(Form::Common, name, suites)
}

/// Writes one report over all of the suites.
pub fn write_as(form: Form, name: &str, suites: &[FlatSuite<'_>]) -> Vec<u8> {
    let mut report = quick_junit::Report::new(name);
    report.add_test_suites(suites.iter().map(|suite| test_suite(form, suite)));
    report.time =
        suites.iter().filter_map(|flat| duration(flat.suite.time)).reduce(Duration::saturating_add);
    let mut xml = Vec::new();
    // Writing into memory does not fail.
    let _ = report.serialize(&mut xml);
    if form == Form::Jenkins {
        remove_root_skips(&mut xml);
    }
    without_noncharacters(xml)
}

/// quick-junit leaves out control characters, but not the two others that XML does not allow.
fn without_noncharacters(xml: Vec<u8>) -> Vec<u8> {
    const FORBIDDEN: [char; 2] = ['\u{fffe}', '\u{ffff}'];
    match std::str::from_utf8(&xml) {
        Ok(text) if text.contains(FORBIDDEN) => text.replace(FORBIDDEN, "").into_bytes(),
        _ => xml,
    }
}

/// quick-junit counts skipped cases in the root element too, where the schema has no such attribute. A
/// quote within a value is escaped, so the first that looks like it is it.
fn remove_root_skips(xml: &mut Vec<u8>) {
    const ATTRIBUTE: &[u8] = b" skipped=\"";
    let Some(start) = memchr::memmem::find(xml, ATTRIBUTE) else {
        return;
    };
    let end = start + ATTRIBUTE.len();
    if let Some(length) = memchr::memchr(b'"', &xml[end..]) {
        xml.drain(start..=end + length);
    }
}

impl<'a> Report<'a> {
    /// The suites with their cases, each named by its path, without those that hold nothing.
    pub fn into_flat(self) -> Vec<FlatSuite<'a>> {
        let paths: Vec<Option<String>> =
            self.suites.iter().map(|suite| self.path_below(suite)).collect();
        let mut flat: Vec<FlatSuite<'a>> = self.suites.into_iter().map(FlatSuite::from).collect();
        for (suite, path) in flat.iter_mut().zip(paths) {
            suite.suite.name = path.map(Cow::Owned).or(suite.suite.name.take());
        }
        let mut outside = FlatSuite::from(Suite { name: Some("tests".into()), ..Suite::default() });
        for case in self.cases {
            let suite = case.suite.and_then(|id| flat.get_mut(id.index()));
            suite.unwrap_or(&mut outside).cases.push(case);
        }
        flat.push(outside);
        flat.retain(|suite| !suite.is_empty());
        flat
    }

    /// The path of a suite that lies in another one.
    fn path_below(&self, suite: &Suite<'a>) -> Option<String> {
        let mut path = self.suite_path(suite.parent?);
        path.extend(suite.name.as_deref());
        Some(path.join(" > "))
    }
}

impl<'a> From<Suite<'a>> for FlatSuite<'a> {
    fn from(suite: Suite<'a>) -> Self {
        FlatSuite { suite, cases: Vec::new() }
    }
}

impl FlatSuite<'_> {
    fn is_empty(&self) -> bool {
        let suite = &self.suite;
        self.cases.is_empty()
            && suite.statuses.is_empty()
            && suite.properties.is_empty()
            && suite.system_out.is_none()
            && suite.system_err.is_none()
    }
}

fn test_suite(form: Form, flat: &FlatSuite<'_>) -> TestSuite {
    let suite = &flat.suite;
    let mut written = TestSuite::new(suite.name.as_deref().unwrap_or_default());
    written.time = duration(suite.time);
    written.properties = suite.properties.iter().map(property).collect();
    match suite.timestamp.as_deref().map(|timestamp| (timestamp, timestamp.parse())) {
        Some((_, Ok(timestamp))) => written.timestamp = Some(timestamp),
        Some((timestamp, Err(_))) => drop(written.add_property(("timestamp", timestamp))),
        None => {}
    }
    for (key, value) in
        [("package", &suite.package), ("file", &suite.file), ("hostname", &suite.hostname)]
    {
        if let Some(value) = value {
            written.extra.insert(key.into(), value.as_ref().into());
        }
    }
    written.system_out = suite.system_out.as_deref().map(XmlString::from);
    written.system_err = suite.system_err.as_deref().map(XmlString::from);
    written.add_test_cases(flat.cases.iter().map(|case| test_case(form, case)));
    written.add_test_cases(suite_failure(form, suite));
    written
}

/// A case that stands for what went wrong outside of all cases.
fn suite_failure(form: Form, suite: &Suite<'_>) -> Option<TestCase> {
    let case =
        Case { name: suite.name.clone(), statuses: suite.statuses.clone(), ..Case::default() };
    (!case.statuses.is_empty()).then(|| test_case(form, &case))
}

fn test_case(form: Form, case: &Case<'_>) -> TestCase {
    let mut written =
        TestCase::new(case.name.as_deref().unwrap_or_default(), status::test_status(case));
    written.classname = case.classname.as_deref().map(XmlString::from);
    written.time = duration(case.time);
    written.system_out = case.system_out.as_deref().map(XmlString::from);
    written.system_err = case.system_err.as_deref().map(XmlString::from);
    let file = case.file.as_deref().map(|file| ("file", Cow::Borrowed(file)));
    let line = case.line.map(|line| ("line", Cow::Owned(line.to_string())));
    let place = file.into_iter().chain(line);
    match form {
        Form::Common => {
            written.properties = case.properties.iter().map(property).collect();
            let place = place.map(|(key, value)| (key.into(), value.as_ref().into()));
            written.extra.extend(place);
        }
        Form::Jenkins => {
            let properties = case.properties.iter().map(|it| (it.name.as_ref(), it.value.clone()));
            let lines = place.chain(properties);
            let lines = lines.map(|(name, value)| format!("[[PROPERTY|{name}={value}]]\n"));
            let printed =
                lines.collect::<String>() + case.system_out.as_deref().unwrap_or_default();
            if !printed.is_empty() {
                written.system_out = Some(printed.into());
            }
        }
    }
    written
}

fn property(property: &crate::model::Property<'_>) -> Property {
    Property::new(property.name.as_ref(), property.value.as_ref())
}

fn duration(seconds: Option<f64>) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds?).ok()
}
