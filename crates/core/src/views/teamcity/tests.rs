//! What IDEs and TeamCity are told of recorded runs.

use expect_test::{Expect, expect, expect_file};

use super::*;
use crate::recording::tests::play;

const SHOP: &str = include_str!("../../../../../tests/recordings/python-pytest.jsonl");
const FILES: [(&str, &str); 3] = [
    (
        "tests/test_orders.py",
        include_str!("../../../../../fixtures/python-pytest/tests/test_orders.py"),
    ),
    (
        "tests/test_pricing.py",
        include_str!("../../../../../fixtures/python-pytest/tests/test_pricing.py"),
    ),
    (
        "tests/test_service.py",
        include_str!("../../../../../fixtures/python-pytest/tests/test_service.py"),
    ),
];

fn told(reader: Reader, recording: &str) -> String {
    let mut teamcity = Teamcity::new(reader);
    let mut lines = Vec::new();
    play(recording, "/home/me/shop", &FILES, &[], |session, change| {
        lines.extend(teamcity.lines(session, change));
    });
    lines.join("\n") + "\n"
}

/// What is told of a run in which these lines were recorded.
fn check(reader: Reader, lines: &[&str], expected: &Expect) {
    let recording = format!("{{\"event\":\"run-started\"}}\n{}", lines.join("\n"));
    expected.assert_eq(&told(reader, &recording));
}

const COMPLETED: &str = r#"{"event":"run-finished","how":"completed","duration_s":0.5}"#;

#[test]
fn an_ide_is_told_of_a_whole_run() {
    expect_file!["../../../../../tests/recordings/python-pytest.ide.txt"]
        .assert_eq(&told(Reader::Ide, SHOP));
}

#[test]
fn a_build_is_told_of_a_whole_run() {
    expect_file!["../../../../../tests/recordings/python-pytest.build.txt"]
        .assert_eq(&told(Reader::Build, SHOP));
}

#[test]
fn steps_on_the_way_are_told_once() {
    let steps = [
        r#"{"event":"preparing","stage":"pulling","image":"a","progress":"1 MB"}"#,
        r#"{"event":"preparing","stage":"pulling","image":"a","progress":"2 MB"}"#,
        r#"{"event":"preparing","stage":"building","step":"RUN make","number":1,"of":2}"#,
        r#"{"event":"build-output","text":"it's ##teamcity[testStarted name='a']"}"#,
        r#"{"event":"warning","message":"an old report"}"#,
        COMPLETED,
    ];
    check(
        Reader::Ide,
        &steps,
        &expect![[r#"
            ##teamcity[enteredTheMatrix]
            ##teamcity[rootName name='shop' location='file:///home/me/shop']
            pulling a
            building 1/2 RUN make
            it's ## teamcity[testStarted name='a']
            ##teamcity[message text='an old report' status='WARNING']
            ##teamcity[testStarted nodeId='1' parentNodeId='0' name='tests']
            ##teamcity[testFailed nodeId='1' message='no test ran: pytest ran none' error='true' details='see whether an option of the project|'s own leaves all of them out; `testdock discover` lists what there is']
            ##teamcity[testFinished nodeId='1']
        "#]],
    );
    check(
        Reader::Build,
        &steps,
        &expect![[r#"
            ##teamcity[progressMessage 'pulling a']
            ##teamcity[progressMessage 'building 1/2 RUN make']
            it's ##teamcity[testStarted name='a']
            ##teamcity[message text='an old report' status='WARNING']
            see whether an option of the project's own leaves all of them out; `testdock discover` lists what there is
            ##teamcity[buildProblem description='no test ran: pytest ran none' identity='tests']
        "#]],
    );
}

#[test]
fn what_the_report_corrects_is_told_as_far_as_it_can_be() {
    let corrected = [
        r#"{"event":"test-finished","id":"a.py::worse","outcome":"passed","duration_s":0.25}"#,
        r#"{"event":"test-finished","id":"a.py::better","outcome":"failed"}"#,
        r#"{"event":"test-finished","id":"a.py::ghost","outcome":"passed"}"#,
        r#"{"event":"test-finished","id":"a.py::worse","outcome":"errored","duration_s":0.25,"failures":[{"type":"E","message":"late","detail":"trace","location":{"path":"/home/me/shop/a.py","line":3}}]}"#,
        r#"{"event":"test-finished","id":"a.py::better","outcome":"passed"}"#,
        r#"{"event":"test-retracted","id":"a.py::ghost"}"#,
        COMPLETED,
    ];
    check(
        Reader::Ide,
        &corrected,
        &expect![[r#"
            ##teamcity[enteredTheMatrix]
            ##teamcity[rootName name='shop' location='file:///home/me/shop']
            ##teamcity[testSuiteStarted nodeId='1' parentNodeId='0' name='a.py' metainfo='a.py' locationHint='file:///home/me/shop/a.py']
            ##teamcity[testStarted nodeId='2' parentNodeId='1' name='worse' metainfo='a.py::worse' locationHint='file:///home/me/shop/a.py']
            ##teamcity[testFinished nodeId='2' duration='250']
            ##teamcity[testStarted nodeId='3' parentNodeId='1' name='better' metainfo='a.py::better' locationHint='file:///home/me/shop/a.py']
            ##teamcity[testFailed nodeId='3' message='failed' details='']
            ##teamcity[testFinished nodeId='3']
            ##teamcity[testStarted nodeId='4' parentNodeId='1' name='ghost' metainfo='a.py::ghost' locationHint='file:///home/me/shop/a.py']
            ##teamcity[testFinished nodeId='4']
            ##teamcity[testFailed nodeId='2' message='E: late' error='true' details='trace|n    at /home/me/shop/a.py:3|n']
            ##teamcity[testFinished nodeId='2' duration='250']
            ##teamcity[message text='the report says that a.py::better passed, not failed' status='WARNING']
            ##teamcity[message text='the report does not know a.py::ghost: its result does not count' status='WARNING']
            ##teamcity[testSuiteFinished nodeId='1']
            1 errored, 1 passed in 500 ms
        "#]],
    );
    check(
        Reader::Build,
        &corrected,
        &expect![[r#"
            ##teamcity[testStarted name='a.worse']
            ##teamcity[testFinished name='a.worse' duration='250']
            ##teamcity[testStarted name='a.better']
            ##teamcity[testFailed name='a.better' message='failed' details='testdock run a.py::better|n']
            ##teamcity[testFinished name='a.better']
            ##teamcity[testStarted name='a.ghost']
            ##teamcity[testFinished name='a.ghost']
            ##teamcity[testStarted name='a.worse']
            ##teamcity[testFailed name='a.worse' message='E: late' details='trace|n    at /home/me/shop/a.py:3|n|ntestdock run a.py::worse|n']
            ##teamcity[testFinished name='a.worse' duration='250']
            ##teamcity[message text='the report says that a.py::better passed, not failed' status='WARNING']
            ##teamcity[message text='the report does not know a.py::ghost: its result does not count' status='WARNING']
            1 errored, 1 passed in 500 ms
        "#]],
    );
}

#[test]
fn groups_and_cases_are_told_before_what_they_hold() {
    let nested = [
        r#"{"event":"tests-collected","total":2}"#,
        r#"{"event":"test-started","id":"a.py::T::x[1]"}"#,
        r#"{"event":"test-finished","id":"a.py::T::x[1]","outcome":"skipped","message":"not now"}"#,
        r#"{"event":"test-finished","id":"::alone","outcome":"passed","output":"hello\n"}"#,
        r#"{"event":"test-finished","id":"a.py","outcome":"errored","failures":[{"message":"cannot be read"}]}"#,
        COMPLETED,
    ];
    check(
        Reader::Ide,
        &nested,
        &expect![[r#"
            ##teamcity[enteredTheMatrix]
            ##teamcity[rootName name='shop' location='file:///home/me/shop']
            ##teamcity[testCount count='2']
            ##teamcity[testSuiteStarted nodeId='1' parentNodeId='0' name='a.py' metainfo='a.py' locationHint='file:///home/me/shop/a.py']
            ##teamcity[testSuiteStarted nodeId='2' parentNodeId='1' name='T' metainfo='a.py::T' locationHint='file:///home/me/shop/a.py']
            ##teamcity[testSuiteStarted nodeId='3' parentNodeId='2' name='x' metainfo='a.py::T::x' locationHint='file:///home/me/shop/a.py']
            ##teamcity[testStarted nodeId='4' parentNodeId='3' name='x|[1|]' metainfo='a.py::T::x|[1|]' locationHint='file:///home/me/shop/a.py']
            ##teamcity[testIgnored nodeId='4' message='not now']
            ##teamcity[testFinished nodeId='4']
            ##teamcity[testStarted nodeId='5' parentNodeId='0' name='alone' metainfo='::alone']
            ##teamcity[testStdOut nodeId='5' out='hello|n']
            ##teamcity[testFinished nodeId='5']
            ##teamcity[testStarted nodeId='6' parentNodeId='1' name='a.py' metainfo='a.py' locationHint='file:///home/me/shop/a.py']
            ##teamcity[testFailed nodeId='6' message='cannot be read' error='true' details='']
            ##teamcity[testFinished nodeId='6']
            ##teamcity[testSuiteFinished nodeId='3']
            ##teamcity[testSuiteFinished nodeId='2']
            ##teamcity[testSuiteFinished nodeId='1']
            1 errored, 1 passed, 1 skipped in 500 ms
        "#]],
    );
    check(
        Reader::Build,
        &nested,
        &expect![[r#"
            ##teamcity[testStarted name='a.T.x|[1|]']
            ##teamcity[testIgnored name='a.T.x|[1|]' message='not now']
            ##teamcity[testFinished name='a.T.x|[1|]']
            ##teamcity[testStarted name='alone']
            ##teamcity[testStdOut name='alone' out='hello|n']
            ##teamcity[testFinished name='alone']
            ##teamcity[testStarted name='a.a.py']
            ##teamcity[testFailed name='a.a.py' message='cannot be read' details='testdock run a.py|n']
            ##teamcity[testFinished name='a.a.py']
            1 errored, 1 passed, 1 skipped in 500 ms
        "#]],
    );
}

#[test]
fn a_test_that_starts_others_holds_them_and_speaks_for_itself_where_they_do_not() {
    let text = "import pytest\n\n@pytest.mark.parametrize('n', [1])\ndef test_a(n): pass\n";
    let both: Vec<String> = ["passed", "failed"]
        .into_iter()
        .flat_map(|part| {
            let id = format!("test_{part}.py::test_a");
            [
                format!(r#"{{"event":"test-started","id":"{id}"}}"#),
                format!(r#"{{"event":"test-started","id":"{id}[1]"}}"#),
                format!(r#"{{"event":"test-finished","id":"{id}[1]","outcome":"{part}"}}"#),
                format!(r#"{{"event":"test-finished","id":"{id}","outcome":"failed","output":"both\n"}}"#),
            ]
        })
        .collect();
    let alone = r#"{"event":"test-finished","id":"test_skipped.py::test_a","outcome":"skipped"}"#;
    let recording = ["{\"event\":\"run-started\"}", &both.join("\n"), alone, COMPLETED].join("\n");
    let files = ["test_failed.py", "test_passed.py", "test_skipped.py"].map(|path| (path, text));
    let mut teamcity = Teamcity::new(Reader::Ide);
    let mut lines = Vec::new();
    play(&recording, "/home/me/shop", &files, &[], |session, change| {
        lines.extend(teamcity.lines(session, change));
    });
    expect![[r#"
        ##teamcity[testSuiteStarted nodeId='1' parentNodeId='0' name='test_passed.py' metainfo='test_passed.py' locationHint='file:///home/me/shop/test_passed.py']
        ##teamcity[testSuiteStarted nodeId='2' parentNodeId='1' name='test_a' metainfo='test_passed.py::test_a' locationHint='file:///home/me/shop/test_passed.py:4']
        ##teamcity[testStarted nodeId='3' parentNodeId='2' name='test_a|[1|]' metainfo='test_passed.py::test_a|[1|]' locationHint='file:///home/me/shop/test_passed.py:4']
        ##teamcity[testFinished nodeId='3']
        ##teamcity[testStarted nodeId='4' parentNodeId='2' name='test_a' metainfo='test_passed.py::test_a' locationHint='file:///home/me/shop/test_passed.py:4']
        ##teamcity[testStdOut nodeId='4' out='both|n']
        ##teamcity[testFailed nodeId='4' message='failed' details='']
        ##teamcity[testFinished nodeId='4']
        ##teamcity[testSuiteStarted nodeId='5' parentNodeId='0' name='test_failed.py' metainfo='test_failed.py' locationHint='file:///home/me/shop/test_failed.py']
        ##teamcity[testSuiteStarted nodeId='6' parentNodeId='5' name='test_a' metainfo='test_failed.py::test_a' locationHint='file:///home/me/shop/test_failed.py:4']
        ##teamcity[testStarted nodeId='7' parentNodeId='6' name='test_a|[1|]' metainfo='test_failed.py::test_a|[1|]' locationHint='file:///home/me/shop/test_failed.py:4']
        ##teamcity[testFailed nodeId='7' message='failed' details='']
        ##teamcity[testFinished nodeId='7']
        ##teamcity[testStdOut nodeId='6' out='both|n']
        ##teamcity[testSuiteStarted nodeId='8' parentNodeId='0' name='test_skipped.py' metainfo='test_skipped.py' locationHint='file:///home/me/shop/test_skipped.py']
        ##teamcity[testSuiteStarted nodeId='9' parentNodeId='8' name='test_a' metainfo='test_skipped.py::test_a' locationHint='file:///home/me/shop/test_skipped.py:4']
        ##teamcity[testStarted nodeId='10' parentNodeId='9' name='test_a' metainfo='test_skipped.py::test_a' locationHint='file:///home/me/shop/test_skipped.py:4']
        ##teamcity[testIgnored nodeId='10' message='']
        ##teamcity[testFinished nodeId='10']
        ##teamcity[testSuiteFinished nodeId='9']
        ##teamcity[testSuiteFinished nodeId='8']
        ##teamcity[testSuiteFinished nodeId='6']
        ##teamcity[testSuiteFinished nodeId='5']
        ##teamcity[testSuiteFinished nodeId='2']
        ##teamcity[testSuiteFinished nodeId='1']
        3 failed, 1 passed, 1 skipped in 500 ms"#]].assert_eq(&lines[2..].join("\n"));
}

#[test]
fn a_run_that_broke_says_why() {
    let error = r#"{"fault":"interpreter","message":"cannot build Dockerfile: RUN make failed","help":"mend it","location":{"path":"/home/me/shop/Dockerfile","line":3},"log":"make: no rule\n"}"#;
    let ended =
        format!(r#"{{"event":"run-finished","how":"broken","duration_s":1.0,"error":{error}}}"#);
    check(
        Reader::Ide,
        &[&ended],
        &expect![[r#"
        ##teamcity[enteredTheMatrix]
        ##teamcity[rootName name='shop' location='file:///home/me/shop']
        ##teamcity[testStarted nodeId='1' parentNodeId='0' name='interpreter' locationHint='file:///home/me/shop/Dockerfile:3']
        ##teamcity[testFailed nodeId='1' message='cannot build Dockerfile: RUN make failed' error='true' details='make: no rule|nmend it']
        ##teamcity[testFinished nodeId='1']
    "#]],
    );
    check(
        Reader::Build,
        &[&ended],
        &expect![[r#"
        make: no rule
        mend it
        ##teamcity[buildProblem description='/home/me/shop/Dockerfile:3: cannot build Dockerfile: RUN make failed' identity='interpreter']
    "#]],
    );
}

#[test]
fn a_run_that_was_cancelled_before_its_first_test_is_no_failed_launch() {
    let cancelled = [r#"{"event":"run-finished","how":"cancelled","duration_s":1.0}"#];
    check(
        Reader::Ide,
        &cancelled,
        &expect![[r#"
        ##teamcity[enteredTheMatrix]
        ##teamcity[rootName name='shop' location='file:///home/me/shop']
        ##teamcity[testSuiteStarted nodeId='1' parentNodeId='0' name='cancelled']
        ##teamcity[testSuiteFinished nodeId='1']
        cancelled after 1.0 s: no test had ended
    "#]],
    );
    check(
        Reader::Build,
        &cancelled,
        &expect![[r#"
        cancelled after 1.0 s: no test had ended
    "#]],
    );
}

#[test]
fn a_run_that_was_refused_says_why() {
    let error = RunError::new(Fault::NoTests, "no suite has it").help("look");
    let change = Change::Refused { run: "r".into(), error };
    let lines = Teamcity::new(Reader::Ide).lines(&Session::default(), &change);
    expect![[r#"
        ##teamcity[enteredTheMatrix]
        ##teamcity[testStarted nodeId='1' parentNodeId='0' name='tests']
        ##teamcity[testFailed nodeId='1' message='no suite has it' error='true' details='look']
        ##teamcity[testFinished nodeId='1']"#]]
    .assert_eq(&lines.join("\n"));
}
