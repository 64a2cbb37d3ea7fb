//! Reads, locates, streams and writes any bytes:
//! `cargo +nightly fuzz run read DIRECTORY-OF-REPORTS` in this crate's folder.

#![no_main]

use libfuzzer_sys::fuzz_target;
use testdock_junit::{Report, read, visit_reader, write};

fuzz_target!(|bytes: &[u8]| {
    let (report, _) = read(bytes);
    assert!(report.cases.len() * "<testcase".len() <= bytes.len());
    for case in &report.cases {
        for status in &case.statuses {
            report.locate(case, status);
        }
    }
    let mut streamed = Report::default();
    visit_reader(bytes, &mut streamed);
    assert_eq!(streamed, report);
    let cases = report.cases.len();
    let merged = write("all", &report.into_flat());
    let (again, problems) = read(&merged);
    assert!(again.cases.len() >= cases);
    assert!(problems.is_empty(), "{problems:?}");
});
