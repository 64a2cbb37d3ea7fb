//! How fast a large report is read, side by side with what there is: `cargo bench -p
//! testdock-junit`.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use quick_xml::Reader;
use quick_xml::events::Event;
use testdock_junit::{Case, Visitor};

const CASES: usize = 100_000;
const FAILURE_EVERY: usize = 20;
const FRAMES: usize = 18;
const ROUNDS: usize = 9;

/// Reads a report and counts its cases.
type Read = fn(&str) -> usize;

fn main() {
    let xml = report();
    println!("{CASES} cases, {:.1} MB, best of {ROUNDS} rounds in turn", megabytes(&xml));
    let readers: [(&str, Read); 6] = [
        ("quick-junit", quick_junit),
        ("junit-parser", junit_parser),
        ("bare quick-xml walk", bare_walk),
        ("testdock-junit read", read),
        ("testdock-junit read, locate", read_and_locate),
        ("testdock-junit visit_reader", visit_reader),
    ];
    let only = std::env::args().nth(1).filter(|only| !only.starts_with('-'));
    let wanted = |name: &str| only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    let mut best = [Duration::MAX; 6];
    for _ in 0..ROUNDS {
        let rows = best.iter_mut().zip(readers).filter(|(_, (name, _))| wanted(name));
        for (best, (_, read)) in rows {
            let start = Instant::now();
            assert_eq!(black_box(read(black_box(&xml))), CASES);
            *best = start.elapsed().min(*best);
        }
    }
    let speed = |index: usize| megabytes(&xml) / best[index].as_secs_f64();
    for (index, (name, _)) in readers.iter().enumerate() {
        let [against_junit, against_parser, against_walk] =
            [0, 1, 2].map(|i| speed(index) / speed(i));
        println!(
            "{name:28} {:7.0} MB/s   {against_junit:5.2} x quick-junit   {against_parser:5.2} x junit-parser   \
             {against_walk:5.2} x bare walk",
            speed(index)
        );
    }
}

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

fn visit_reader(xml: &str) -> usize {
    struct Count(usize);
    impl<'a> Visitor<'a> for Count {
        fn case(&mut self, _: Case<'a>) {
            self.0 += 1;
        }
    }
    let mut count = Count(0);
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
                black_box(
                    tag.attributes()
                        .flatten()
                        .map(|attribute| attribute.value.len())
                        .sum::<usize>(),
                );
                cases += usize::from(tag.name().as_ref() == "testcase");
            }
            Ok(Event::Eof) | Err(_) => return cases,
            Ok(event) => drop(black_box(event)),
        }
    }
}

/// A report as a Java build of some size writes it, and as all readers accept it.
fn report() -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"all\" tests=\"{CASES}\">\n"
    );
    for case in 0..CASES {
        if case.is_multiple_of(100) {
            let close = if case > 0 { "  </testsuite>\n" } else { "" };
            let suite = case / 100;
            let _ = writeln!(
                xml,
                "{close}  <testsuite name=\"com.example.service{suite}.ServiceTest\" tests=\"100\" failures=\"5\" \
                 errors=\"0\" skipped=\"0\" time=\"12.5\" timestamp=\"2026-01-01T00:00:00Z\">"
            );
        }
        add_case(&mut xml, case);
    }
    xml + "  </testsuite>\n</testsuites>\n"
}

fn add_case(xml: &mut String, case: usize) {
    let _ = write!(
        xml,
        "    <testcase name=\"handles_request_number_{case}_of_a_longer_name_with_several_parameters_in_it\" \
         classname=\"com.example.service.ServiceTest\" time=\"0.{:03}\"",
        case % 1000
    );
    if !case.is_multiple_of(FAILURE_EVERY) {
        return xml.push_str("/>\n");
    }
    let message = "expected: &lt;200&gt; but was: &lt;500&gt;";
    let _ = write!(
        xml,
        ">\n      <failure message=\"{message}\" type=\"AssertionError\">AssertionError: {message}\n"
    );
    for frame in 0..FRAMES {
        let _ = writeln!(
            xml,
            "\tat com.example.service.layer{frame}.Handler.handle(Handler.java:{})",
            100 + frame
        );
    }
    xml.push_str("</failure>\n    </testcase>\n");
}

fn megabytes(xml: &str) -> f64 {
    xml.len() as f64 / 1e6
}
