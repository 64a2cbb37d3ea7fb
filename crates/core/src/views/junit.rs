//! A run as one merged JUnit report.

use std::borrow::Cow;
use std::collections::BTreeMap;

use testdock_junit::{Case, FlatSuite, Property, Status, StatusKind, Suite};

use crate::frameworks;
use crate::id::TestId;
use crate::model::{Failure, Outcome, Provenance, RunError, TestResult};
use crate::session::Run;

/// The report of a run, a suite for each file, and one for each suite that did not get to its end; `timestamp`
/// is RFC 3339.
pub fn junit_report(run: &Run, timestamp: &str) -> Vec<u8> {
    let mut files: BTreeMap<String, Vec<&TestResult>> = BTreeMap::new();
    for result in run.results() {
        let suite = result.id.suite.as_deref().map(|name| format!("{name}//")).unwrap_or_default();
        files.entry(format!("{suite}{}", result.id.file)).or_default().push(result);
    }
    let suites: Vec<FlatSuite<'_>> = files
        .into_iter()
        .map(|(name, results)| {
            let provenance = results.first().and_then(|it| run.provenance_of(&it.id));
            suite(name, results, provenance, timestamp)
        })
        .chain(run.incomplete().map(|(suite, error)| incomplete(suite, error, timestamp)))
        .collect();
    testdock_junit::write("testdock", &suites)
}

fn suite<'r>(
    name: String,
    results: Vec<&'r TestResult>,
    provenance: Option<&'r Provenance>,
    timestamp: &str,
) -> FlatSuite<'r> {
    let stamp = provenance.map(|it| {
        [
            ("testdock.interpreter", it.interpreter.as_str()),
            ("testdock.image", &it.image),
            ("testdock.inputs", &it.inputs),
            ("testdock.engine", &it.engine),
            ("testdock.profile", it.profile.as_deref().unwrap_or_default()),
        ]
    });
    let properties = stamp.into_iter().flatten().filter(|(_, value)| !value.is_empty());
    let total = results.iter().filter_map(|result| result.duration).map(|d| d.as_secs_f64()).sum();
    FlatSuite {
        suite: Suite {
            name: Some(name.into()),
            timestamp: Some(timestamp.to_owned().into()),
            time: Some(total),
            properties: properties
                .map(|(name, value)| Property { name: name.into(), value: value.into() })
                .collect(),
            ..Suite::default()
        },
        cases: results.into_iter().map(case).collect(),
    }
}

/// A suite that did not get to its end is an error, whatever its tests say: build servers see nothing but the report.
fn incomplete<'r>(
    suite: &'r frameworks::Suite,
    error: &'r RunError,
    timestamp: &str,
) -> FlatSuite<'r> {
    let framework = suite.framework.name();
    let place = (!suite.root.is_root()).then(|| suite.root.as_str());
    let name = suite.name.as_deref().or(place).unwrap_or(framework);
    let log = error.log.as_deref().map(str::trim_end);
    let help = error.help.as_ref().map(|help| format!("help: {help}"));
    let text: Vec<&str> = log.into_iter().chain(help.as_deref()).collect();
    let failure = Status {
        file: error.place.as_ref().map(|place| place.path.as_str().into()),
        line: error.place.as_ref().map(|place| place.line),
        ..status(StatusKind::Error, None, &error.message, Cow::Owned(text.join("\n")))
    };
    let case = Case {
        classname: Some(name.into()),
        name: Some(framework.into()),
        statuses: vec![failure],
        ..Case::default()
    };
    let timestamp = Some(timestamp.to_owned().into());
    FlatSuite {
        suite: Suite { name: Some(name.into()), timestamp, ..Suite::default() },
        cases: vec![case],
    }
}

fn case(result: &TestResult) -> Case<'_> {
    let id = &result.id;
    let (classname, name) = case_name(id);
    Case {
        classname: Some(classname.into()),
        name: Some(name.into()),
        file: (!id.file.is_root()).then(|| id.file.as_str().into()),
        // A failure elsewhere, such as in a fixture's file, has no line in this one.
        line: result
            .place()
            .filter(|place| place.path.ends_with(id.file.as_str()))
            .map(|place| place.line),
        time: result.duration.map(|duration| duration.as_secs_f64()),
        properties: vec![Property { name: "testdock.id".into(), value: id.to_string().into() }],
        statuses: statuses(result),
        system_out: (!result.output.is_empty()).then(|| result.output.as_str().into()),
        ..Case::default()
    }
}

/// A test as build servers name it: a class, which may be a file and the groups in it, and a name.
pub(super) fn case_name(id: &TestId) -> (String, String) {
    let (name, groups) = match id.names.split_last() {
        Some((name, groups)) => (name.as_str(), groups),
        None => (id.file.as_str(), &[][..]),
    };
    let case = id.case.as_ref().map(|case| format!("[{case}]")).unwrap_or_default();
    let module = id.file.as_str();
    let module = module.rsplit_once('.').map_or(module, |(stem, _)| stem).replace('/', ".");
    let class: Vec<&str> = std::iter::once(module.as_str())
        .filter(|module| !module.is_empty())
        .chain(groups.iter().map(String::as_str))
        .collect();
    (class.join("."), format!("{name}{case}"))
}

fn statuses(result: &TestResult) -> Vec<Status<'_>> {
    let kind = match result.outcome {
        Outcome::Passed => return Vec::new(),
        Outcome::Failed => StatusKind::Failure,
        Outcome::Errored => StatusKind::Error,
        Outcome::Skipped => {
            let message = result.reason.as_deref().unwrap_or_default();
            return vec![status(StatusKind::Skipped, None, message, Cow::Borrowed(""))];
        }
    };
    let of = |failure| failure_status(kind, failure);
    let statuses: Vec<Status<'_>> = result.failures.iter().map(of).collect();
    if statuses.is_empty() { vec![status(kind, None, "", Cow::Borrowed(""))] } else { statuses }
}

fn failure_status(kind: StatusKind, failure: &Failure) -> Status<'_> {
    let place = failure.place.as_ref();
    let text = Cow::Borrowed(failure.detail.as_str());
    Status {
        file: place.map(|place| place.path.as_str().into()),
        line: place.map(|place| place.line),
        ..status(kind, Some(&failure.kind), &failure.message, text)
    }
}

fn status<'r>(
    kind: StatusKind,
    type_: Option<&'r String>,
    message: &'r str,
    text: Cow<'r, str>,
) -> Status<'r> {
    Status {
        kind,
        type_: type_.filter(|type_| !type_.is_empty()).map(|type_| type_.as_str().into()),
        message: (!message.is_empty()).then(|| message.into()),
        text,
        file: None,
        line: None,
        system_out: None,
        system_err: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    #[test]
    fn a_failure_says_its_place_once() {
        let place = Place { path: "/w/a.py".into(), line: 7, column: None };
        let failure =
            Failure { detail: "assert 0".into(), place: Some(place), ..Failure::default() };
        let statuses = vec![failure_status(StatusKind::Failure, &failure)];
        let suite =
            FlatSuite { cases: vec![Case { statuses, ..Case::default() }], ..FlatSuite::default() };
        let xml = String::from_utf8(testdock_junit::write("all", &[suite])).unwrap();
        assert!(xml.contains("/w/a.py:7\nassert 0"), "{xml}");
        assert_eq!(xml.matches("/w/a.py:7").count(), 1, "{xml}");
    }
}
