//! Files, folders, patterns, standard input; and what is none of them.

use crate::{FAILS, PASSES, folder, objects, report, report_of};

#[test]
fn files_are_named_in_many_ways() {
    let dir = folder(&[
        ("a.xml", PASSES),
        ("out/b.xml", FAILS),
        ("out/deep/c.xml", PASSES),
        ("out/x.txt", b""),
    ]);
    let paths = |arguments: &[&str]| -> Vec<String> {
        let told = report(dir.path(), &[arguments, &["--format", "json"]].concat());
        objects(&told).iter().map(|object| object["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(paths(&["out", "a.xml"]), ["out/b.xml", "out/deep/c.xml", "a.xml"]);
    assert_eq!(paths(&["**/*.xml"]), ["a.xml", "out/b.xml", "out/deep/c.xml"]);
    assert_eq!(paths(&["a.xml", "./a.xml", "*.xml"]), ["a.xml"]);
}

#[test]
fn exit_codes_say_what_was_found() {
    let cut = b"<testsuite><testcase name='a'/>";
    let dir = folder(&[
        ("passes.xml", PASSES),
        ("fails.xml", FAILS),
        ("none.xml", b"<testsuites/>"),
        ("cut.xml", cut),
        ("page.xml", b"<html/>"),
        ("empty.xml", b""),
        ("out/x.txt", b""),
    ]);
    let cases: &[(&[&str], i32)] = &[
        (&["passes.xml"], 0),
        (&["passes.xml", "fails.xml"], 1),
        (&["none.xml"], 4),
        (&["none.xml", "passes.xml"], 0),
        (&["cut.xml"], 1),
        (&["page.xml"], 2),
        (&["empty.xml"], 2),
        (&["page.xml", "passes.xml"], 0),
        (&["page.xml", "fails.xml"], 1),
        (&["gone.xml", "passes.xml"], 2),
        (&["gone.xml", "fails.xml"], 1),
        (&["out"], 2),
        (&["gone/*.xml"], 2),
        (&["passes.xml", "--root", "gone"], 2),
        (&["passes.xml", "--format", "yaml"], 2),
        (&[], 2),
    ];
    for (arguments, expected) in cases {
        let told = report(dir.path(), arguments);
        assert_eq!(told.code, *expected, "{arguments:?}: {}{}", told.out, told.err);
    }
}

#[test]
fn what_is_no_report_is_told_and_costs_nothing_else() {
    let dir = folder(&[("page.xml", b"<html/>"), ("a.xml", FAILS), ("trx.xml", b"<TestRun/>")]);
    let told = report(dir.path(), &["page.xml", "gone.xml", "a.xml", "trx.xml"]);
    for line in [
        "warning: page.xml: not a JUnit report, but a web page (<html>)",
        "warning: gone.xml: cannot read the report: ",
        "warning: trx.xml: not a JUnit report, but a TRX report of .NET: `dotnet test --logger junit` writes JUnit",
        "s > b: no",
        "1 failed (4 reports)",
    ] {
        assert!(told.out.contains(line), "{line}: {}", told.out);
    }
}

#[test]
fn standard_input_is_read_in_any_encoding() {
    let xml = "<?xml version='1.0'?><testsuite name='ü'><testcase name='é'/></testsuite>";
    let utf16: Vec<u8> =
        "\u{feff}".chars().chain(xml.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    let latin: Vec<u8> =
        xml.replace("?>", " encoding='ISO-8859-1'?>").chars().map(|c| c as u8).collect();
    for input in [xml.as_bytes(), &utf16, &latin] {
        let told = report_of(&crate::fixtures(), &["-", "--format", "json"], input);
        assert_eq!(told.code, 0);
        let object = &objects(&told)[0];
        assert_eq!(object["path"], "-");
        assert_eq!(object["cases"][0]["name"], "é");
        assert_eq!(object["cases"][0]["suites"][0], "ü");
    }
}

/// Files are read several at a time, and told in the order in which they were named.
#[test]
fn thousands_of_files_come_in_order() {
    let files: Vec<(String, Vec<u8>)> = (0..1000)
        .map(|number| {
            let text = "x".repeat(if number % 500 == 0 { 3 << 20 } else { number % 700 });
            let xml = format!(
                "<testsuite name='{number}'><testcase name='t'><system-out>{text}</system-out>\
                               <skipped>{text}</skipped></testcase></testsuite>"
            );
            (format!("{number:04}.xml"), xml.into_bytes())
        })
        .collect();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(path, xml)| (path.as_str(), xml.as_slice())).collect();
    let dir = folder(&files);
    let told = report(dir.path(), &[".", "--format", "json"]);
    let objects = objects(&told);
    assert_eq!((objects.len(), told.code), (1000, 0));
    for (number, object) in objects.iter().enumerate() {
        assert_eq!(object["path"], format!("./{number:04}.xml"));
        assert_eq!(object["cases"][0]["suites"][0], number.to_string());
    }
}

/// Whoever reads only the beginning is not told of an error.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let long = b"<testsuite>"
        .iter()
        .chain(b"<testcase name='a'/>".repeat(200_000).iter())
        .copied()
        .collect::<Vec<u8>>();
    let dir = folder(&[("long.xml", &long)]);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_testdock"))
        .args(["report", "long.xml", "long.xml", "--format", "json"])
        .current_dir(dir.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
