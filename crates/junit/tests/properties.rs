//! What holds for any input.

use proptest::prelude::*;
use testdock_junit::{Case, FlatSuite, Outcome, Property, Report, StatusKind, Suite, read, write};

proptest! {
    /// Any bytes are read to their end.
    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (report, problems) = read(&bytes);
        prop_assert!(report.cases.len() * "<testcase".len() <= bytes.len());
        prop_assert!(!problems.is_empty() || !report.cases.is_empty() || !report.suites.is_empty()
            || String::from_utf8_lossy(&bytes).contains("testsuites"));
    }

    /// A place is found or not, in any text; and what was found stands in it.
    #[test]
    fn any_text_can_be_asked_for_a_place(pieces in prop::collection::vec(piece(), 0..30)) {
        let text = pieces.concat();
        let xml = format!("<testcase><failure><![CDATA[{}]]></failure></testcase>", text.replace("]]>", ""));
        let (report, _) = read(xml.as_bytes());
        let location = report.locate(&report.cases[0], &report.cases[0].statuses[0]);
        for place in location.place.iter().chain(&location.frames) {
            prop_assert!(text.contains(&place.line.to_string()));
            prop_assert!(!place.path.is_empty());
        }
    }

    /// A report cut anywhere keeps each case that was whole, and no other one passes.
    #[test]
    fn a_cut_loses_nothing_before_it(suites in suites(), cut in any::<prop::sample::Index>()) {
        let xml = write("all", &suites);
        let cut = cut.index(xml.len());
        let (whole, _) = read(&xml);
        let (report, problems) = read(&xml[..cut]);
        let complete = report.cases.iter().filter(|case| !case.cut);
        prop_assert!(complete.zip(&whole.cases).all(|(read, written)| read == written));
        prop_assert!(report.cases.iter().all(|case| !case.cut || case.outcome() != Outcome::Passed
            || case.statuses.iter().any(|status| status.kind == StatusKind::FlakyFailure)));
        let closed = String::from_utf8_lossy(&xml[..cut]).contains("</testsuites>");
        prop_assert_eq!(problems.is_empty(), closed);
    }

    /// What the writer's model holds comes back, and so it does a second time.
    #[test]
    fn what_is_written_is_read(suites in suites()) {
        let xml = write("all", &suites);
        let (report, problems) = read(&xml);
        prop_assert_eq!(problems, vec![]);
        let written: Vec<_> = suites.iter().flat_map(|suite| &suite.cases).map(essence).collect();
        let back: Vec<_> = report.cases.iter().map(essence).collect();
        prop_assert_eq!(back, written);
        let report = Report::into_flat(report.into_owned());
        let again = write("all", &report);
        prop_assert_eq!(read(&again).0.cases, read(&xml).0.cases);
    }

    /// Whatever characters there are, what is written is well-formed.
    #[test]
    fn any_text_can_be_written(text in any::<String>()) {
        let case = Case {
            name: Some(text.as_str().into()),
            system_out: Some(text.as_str().into()),
            properties: vec![Property { name: text.as_str().into(), value: text.as_str().into() }],
            ..Case::default()
        };
        let suite = FlatSuite { suite: Suite::default(), cases: vec![case] };
        let xml = write(&text, &[suite]);
        let (report, problems) = read(&xml);
        prop_assert_eq!((report.cases.len(), problems), (1, vec![]));
        let xml = String::from_utf8(xml).unwrap();
        prop_assert!(xml.chars().all(is_allowed));
    }
}

fn piece() -> impl Strategy<Value = String> {
    let forms = prop::sample::select(vec![
        "a.py",
        ":3",
        ":12:7",
        "File \"",
        "\", line ",
        "at ",
        " in ",
        "(",
        ")",
        "é.rs",
        "://",
        "file://",
        "webpack:/",
        "http://localhost:1/@fs/",
        "{file,\"",
        "{line,",
        "{module,",
        "stacktrace:\n",
        " == [Line] - ",
        ".dart 3:7",
        "Class.A.b: line 3, column 7",
        "In /a.m (A) at 3",
        ".js: x (3:7)",
        "#0 ",
        " on line 5",
        "line 3 in file ",
        ":Zeile 3.",
        "C:\\",
        "/w/",
        " ",
        "\n",
        "Line: 4",
        "File: x.c\n",
        ".erl, line ",
        "x.F.m(F.java:3)",
        "#x1B[",
        "%4",
        "?p=",
        "@",
        "panicked at",
        " › ",
        ".php(3)",
        "in test file ",
        ", line 9",
        "5",
    ]);
    prop_oneof![4 => forms.prop_map(str::to_owned), 1 => any::<String>()]
}

/// The characters of XML 1.0.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

type Essence =
    (Option<String>, Option<String>, Option<u32>, Outcome, Vec<(String, Option<String>)>);

fn essence(case: &Case<'_>) -> Essence {
    let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
    let statuses = case.statuses.iter().map(|s| (s.text.to_string(), text(&s.message)));
    (text(&case.name), text(&case.classname), case.line, case.outcome(), statuses.collect())
}

fn suites() -> impl Strategy<Value = Vec<FlatSuite<'static>>> {
    let suite = (word(), prop::collection::vec(case(), 1..5)).prop_map(|(name, cases)| FlatSuite {
        suite: Suite { name: Some(name.into()), ..Suite::default() },
        cases,
    });
    prop::collection::vec(suite, 1..4)
}

/// A case as the reader would give it, with at most one status.
fn case() -> impl Strategy<Value = Case<'static>> {
    let kind = prop::sample::select(vec!["failure", "error", "skipped", "flakyFailure", "passed"]);
    (word(), word(), any::<Option<u32>>(), kind, word(), word()).prop_map(
        |(name, class, line, kind, message, text)| {
            let status =
                format!("<testcase><{kind} message='{message}'>{text}</{kind}></testcase>");
            let (mut report, _) = read(status.as_bytes());
            let case = report.cases.remove(0).into_owned();
            Case { name: Some(name.into()), classname: Some(class.into()), line, ..case }
        },
    )
}

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9é./:\\[\\]-]([a-zA-Z0-9 é./:\\[\\]-]{0,8}[a-z])?"
}
