//! Reads, locates, streams and writes any bytes, as a report and as the texts of one failure. How to
//! run it: `fuzz/README.md`.

#![no_main]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use libfuzzer_sys::fuzz_target;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use testdock_junit::{
    Case, FlatSuite, Form, Identities, Outcome, Place, Report, Status, Suite, read, visit_in_steps,
    visit_reader, write, write_as,
};

fuzz_target!(|bytes: &[u8]| {
    as_report(bytes);
    as_texts(&String::from_utf8_lossy(bytes));
});

fn as_report(bytes: &[u8]) {
    let (report, problems) = read(bytes);
    assert!(report.cases.len() * "<testcase".len() <= bytes.len());
    if let Some(cases) = count(bytes) {
        assert_eq!(report.cases.len(), cases, "cases of a well-formed document");
    }
    for case in &report.cases {
        for status in &case.statuses {
            report.locate(case, status);
        }
    }
    identify(&report);
    let mut streamed = Report::default();
    let heard = visit_reader(bytes, &mut streamed);
    assert!(heard == problems || heard.len() > 100, "{heard:?} is not {problems:?}");
    assert_eq!(streamed, report);
    let mut windowed = Report::default();
    let step = 1 + bytes.len() % 61;
    let heard = visit_in_steps(bytes, &mut windowed, step, 64 << 20);
    // How much is read again before the rest is given up depends on what is looked at together.
    if !problems.iter().chain(&heard).any(|problem| problem.message.contains("hardly XML")) {
        assert!(heard == problems || heard.len() > 100, "{heard:?} is not {problems:?}");
        assert_eq!(windowed, report);
    }
    visit_in_steps(bytes, &mut Report::default(), 16, 64);
    merge(&report.into_flat());
}

/// How many cases a document has by the rules of XML; none where it breaks them.
fn count(bytes: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut reader = Reader::from_str(text);
    let mut cases = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => cases += usize::from(is_case(&tag)?),
            Event::Decl(declaration) => declaration
                .encoding()
                .is_none_or(|name| name.is_ok_and(|name| name == "UTF-8"))
                .then_some(())?,
            Event::Eof => return Some(cases),
            _ => {}
        }
    }
}

/// Whether a tag begins a case, if it is a tag as XML wants it.
fn is_case(tag: &BytesStart<'_>) -> Option<bool> {
    let content: &str = tag;
    let sound = tag.attributes().all(|attribute| attribute.is_ok())
        && !content.contains('<')
        && content.starts_with(|c: char| c.is_alphabetic() || c == '_');
    sound.then(|| {
        tag.local_name().as_ref() == "testcase" && tag.name().as_ref().matches(':').count() < 2
    })
}

/// No two cases are the same part of the same test, and any of them can be asked for.
fn identify(report: &Report<'_>) {
    let tool = report.tool();
    let mut identities = Identities::new(tool);
    let mut seen = HashSet::new();
    for case in &report.cases {
        let sighting = identities.next(report, case);
        assert!(seen.insert((sighting.identity, sighting.part)));
        if let Some(tool) = tool {
            report.select_as(tool, case, &|file| file.len() % 2 == 0);
        }
    }
}

/// What is written is whole, says the same, and says it again when it is read and written.
fn merge(suites: &[FlatSuite<'_>]) {
    let merged = write("all", suites);
    let (again, problems) = read(&merged);
    assert!(problems.is_empty(), "{problems:?}");
    let for_jenkins = write_as(Form::Jenkins, "all", suites);
    assert_eq!(read(&for_jenkins).0.cases.len(), again.cases.len());
    let failed = suites
        .iter()
        .filter(|suite| !suite.suite.statuses.is_empty())
        .map(|suite| Case { statuses: suite.suite.statuses.clone(), ..Case::default() }.outcome());
    let outcomes = suites.iter().flat_map(|suite| &suite.cases).map(Case::outcome).chain(failed);
    assert_eq!(totals(again.cases.iter().map(Case::outcome)), totals(outcomes));
}

fn totals(outcomes: impl Iterator<Item = Outcome>) -> BTreeMap<Outcome, usize> {
    let mut totals = BTreeMap::new();
    for outcome in outcomes {
        *totals.entry(outcome).or_default() += 1;
    }
    totals
}

/// A failure whose class, name, message and text are any texts; NUL stands between them.
fn as_texts(text: &str) {
    let mut parts = text.splitn(4, '\0').map(|part| Some(Cow::Borrowed(part)));
    let body = parts.next().flatten().unwrap_or_default();
    let (message, classname, name) =
        (parts.next().flatten(), parts.next().flatten(), parts.next().flatten());
    let (mut template, _) = read(b"<testcase><failure/></testcase>");
    let Some(mut case) = template.cases.pop() else { return };
    case.statuses = vec![Status { text: body, message, ..case.statuses.remove(0) }];
    let case = Case { classname, name, ..case };
    let location = template.locate(&case, &case.statuses[0]);
    for Place { path, line, .. } in location.place.iter().chain(&location.frames) {
        assert!(!path.is_empty());
        assert!(text.contains(&line.to_string()) || text.contains('0'), "{path}:{line}");
    }
    merge(&[FlatSuite { suite: Suite::default(), cases: vec![case] }]);
}
