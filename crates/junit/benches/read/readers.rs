//! What reads a report, ours and others; each says how many cases it found.

use std::hint::black_box;

use quick_xml::Reader;
use quick_xml::events::Event;
use testdock_junit::{Case, Visitor};

type Read = fn(&str) -> usize;

pub(crate) const READERS: [(&str, Read); 6] = [
    ("quick-junit", quick_junit),
    ("junit-parser", junit_parser),
    ("bare quick-xml walk", bare_walk),
    ("testdock-junit read", read),
    ("testdock-junit read, locate", read_and_locate),
    ("testdock-junit visit_reader", visit_reader),
];

fn read(xml: &str) -> usize {
    testdock_junit::read(xml.as_bytes()).0.cases.len()
}

fn read_and_locate(xml: &str) -> usize {
    let (report, _) = testdock_junit::read(xml.as_bytes());
    for case in &report.cases {
        for status in &case.statuses {
            assert!(report.locate(case, status).place.is_some());
        }
    }
    report.cases.len()
}

/// Counts cases, and forgets them.
#[derive(Default)]
pub(crate) struct Count(pub(crate) usize);

impl<'a> Visitor<'a> for Count {
    fn case(&mut self, _: Case<'a>) {
        self.0 += 1;
    }
}

fn visit_reader(xml: &str) -> usize {
    let mut count = Count::default();
    testdock_junit::visit_reader(xml.as_bytes(), &mut count);
    count.0
}

fn quick_junit(xml: &str) -> usize {
    let report = quick_junit::Report::deserialize_from_str(xml)
        .unwrap_or_else(|_| quick_junit::Report::new(""));
    report.test_suites.iter().map(|suite| suite.test_cases.len()).sum()
}

fn junit_parser(xml: &str) -> usize {
    let report = junit_parser::from_reader(xml.as_bytes()).unwrap_or_default();
    report.suites.iter().map(|suite| suite.cases.len()).sum()
}

/// All events and attributes, and nothing made of them.
fn bare_walk(xml: &str) -> usize {
    let mut reader = Reader::from_str(xml);
    let mut cases = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                let values = tag.attributes().flatten().map(|attribute| attribute.value.len());
                black_box(values.sum::<usize>());
                cases += usize::from(tag.name().as_ref() == "testcase");
            }
            Ok(Event::Eof) | Err(_) => return cases,
            Ok(event) => drop(black_box(event)),
        }
    }
}
