//! One report of many.

use testdock_junit::{Outcome, read};

use crate::{FAILS, PASSES, fixtures, folder, report};

#[test]
fn all_cases_come_into_one_report() {
    let dir = folder(&[]);
    let merged = dir.path().join("all.xml");
    let arguments = [
        "pytest.xml",
        "node-test.xml",
        "vitest.xml",
        "nextest.xml",
        "--merge",
        merged.to_str().unwrap(),
    ];
    let told = report(&fixtures(), &arguments);
    assert_eq!(told.code, 1);
    assert!(
        told.err.starts_with("wrote ") && told.err.ends_with(": 18 cases of 4 reports\n"),
        "{}",
        told.err
    );
    let xml = std::fs::read(&merged).unwrap();
    let (report, problems) = read(&xml);
    assert_eq!(problems, []);
    let count = |outcome| report.cases.iter().filter(|case| case.outcome() == outcome).count();
    let counts = [Outcome::Passed, Outcome::Failed, Outcome::Errored, Outcome::Skipped].map(count);
    assert_eq!(counts, [5, 8, 1, 4]);
    let suites: Vec<&str> =
        report.suites.iter().filter_map(|suite| suite.name.as_deref()).collect();
    assert_eq!(suites, ["pytest", "cart", "src/cart.test.ts", "cart"]);
}

/// Where it went the last time may be among the files that are named.
#[test]
fn a_merged_report_is_not_merged_again() {
    let dir = folder(&[("a.xml", PASSES), ("b.xml", FAILS)]);
    for _ in 0..2 {
        let told = report(dir.path(), &["*.xml", "--merge", "merged.xml"]);
        assert_eq!(told.code, 1);
        assert!(told.out.ends_with("1 failed, 1 passed in 500 ms (2 reports)\n"), "{}", told.out);
    }
    let told = report(dir.path(), &["a.xml", "--merge", "no/such/folder.xml"]);
    assert_eq!(told.code, 2);
    assert!(
        told.err.starts_with("error: cannot write the merged report no/such/folder.xml: "),
        "{}",
        told.err
    );
}
