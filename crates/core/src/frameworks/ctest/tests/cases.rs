//! Programs of Catch2 and doctest that tell of their tests in XML, and some that do not keep to that.

use expect_test::expect;

use super::{check, job};
use crate::frameworks::Exit;
use crate::frameworks::sample::Files;

const CASES: Files<'_> = &[
    ("CMakeLists.txt", include_str!("../captured/cases/CMakeLists.txt")),
    ("deaf.cpp", include_str!("../captured/cases/deaf.cpp")),
    ("dies.cpp", include_str!("../captured/cases/dies.cpp")),
    ("doctests.cpp", include_str!("../captured/cases/doctests.cpp")),
    ("fails.cpp", include_str!("../captured/cases/fails.cpp")),
    ("leaves.cpp", include_str!("../captured/cases/leaves.cpp")),
    ("older.cpp", include_str!("../captured/cases/older.cpp")),
];

const CAPTURED: &str = include_str!("../captured/cases-3.31.txt");

#[test]
fn each_test_is_told_and_what_no_test_tells() {
    check(
        &job(CASES, &[]),
        CAPTURED,
        Exit::Code(8),
        &expect![[r#"
            22 started and 26 finished while it ran
            failed CMakeLists.txt::deaf
                /w/deaf.cpp:3: CHECK( 1 == 2 )
            errored CMakeLists.txt::dies
                : its process was ended: SegFault
            errored CMakeLists.txt::leaves
                : its process ended while leaves ran
            failed CMakeLists.txt::older
            errored dies.cpp::dies
                /w/dies.cpp:5: due to a fatal error condition: SIGSEGV - Segmentation violation signal
            passed dies.cpp::lives
            passed doctests.cpp::Scenario: order
            passed doctests.cpp::a, "quoted" name
                printed "said\n"
            failed doctests.cpp::another
                /w/doctests.cpp:7: s: CHECK( 1 == 2 )⏎with messages: of 2⏎really
            failed doctests.cpp::fails
                /w/doctests.cpp:10: explicitly with message: here
            skipped doctests.cpp::is left out
            failed doctests.cpp::should
                /w/doctests.cpp:12: it passed, and should have failed
            failed doctests.cpp::throws
                /w/doctests.cpp:9: due to unexpected exception with message: oh <no>
                printed "warning: before\n"
            passed doctests.cpp::types[types<int>]
            skipped fails.cpp::fails as it should (it failed, and CTest takes its program as passed)
            passed fails.cpp::passes as well
            errored leaves.cpp::leaves
                /w/leaves.cpp:4: CHECK( 1 == 2 )
                /w/leaves.cpp:4: its process ended while leaves ran
            passed leaves.cpp::stays
            failed older.cpp::in sections
                /w/older.cpp:7: a › b: CHECK_THROWS( 1 )⏎with message: in all
                /w/older.cpp:8: c: explicitly with message: no⏎c⏎with message: in all
            passed older.cpp::may
            passed older.cpp::one of
            two lines
                printed "<TestCase name=\"leaves\">\nwarning: careful\n"
            failed older.cpp::should
                /w/older.cpp:11: it passed, and should have failed
            passed older.cpp::types[types - int]
            passed older.cpp::types[types - long]
        "#]],
    );
}

#[test]
fn a_test_of_a_program_and_none_of_what_else_ran() {
    let selection = ["older.cpp::in sections", "doctests.cpp::is left out"];
    check(
        &job(CASES, &selection),
        CAPTURED,
        Exit::Code(8),
        &expect![[r#"
        1 started and 2 finished while it ran
        skipped doctests.cpp::is left out
        failed older.cpp::in sections
            /w/older.cpp:7: a › b: CHECK_THROWS( 1 )⏎with message: in all
            /w/older.cpp:8: c: explicitly with message: no⏎c⏎with message: in all
    "#]],
    );
}

/// A program of two tests that fails, of which one is told.
#[test]
fn a_program_that_fails_by_what_was_not_asked_for_breaks_nothing() {
    let of = |tests: &str| {
        format!(
            "Test project /b\n    Start 1: older\n\n1: Test command: /b/older \"-r\" \"xml\"\n\
             1: <Catch name=\"older\">\n{tests}1: </Catch>\n\
             1/1 Test #1: older ....***Failed   0.01 sec\n\n0% tests passed, 1 tests failed out of 1\n"
        )
    };
    let case = |name: &str, success: bool| {
        format!(
            "1: <TestCase name=\"{name}\" filename=\"/app/older.cpp\" line=\"1\">\n\
             1: <OverallResult success=\"{success}\"/>\n1: </TestCase>\n"
        )
    };
    let job = job(CASES, &["older.cpp::may"]);
    let both = of(&(case("may", true) + &case("hidden", false)));
    check(
        &job,
        &both,
        Exit::Code(8),
        &expect![[r#"
            1 started and 1 finished while it ran
            passed older.cpp::may
        "#]],
    );
    // It failed before it said anything of what was asked for.
    check(
        &job,
        &of(""),
        Exit::Code(8),
        &expect![[r#"
            0 started and 0 finished while it ran
            broken: the project was not built or tested: exit code 8
        "#]],
    );
}

#[test]
fn a_main_of_the_projects_own_prints_around_the_report() {
    let printed = "Test project /b\n    Start 1: older\n\n1: Test command: /b/older \"-r\" \"xml\"\n\
                   1: set up<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n1: <Catch name=\"older\">\n\
                   1: <TestCase name=\"may\">\n1: <OverallResult success=\"true\"/>\n1: </TestCase>\n\
                   1: </Catch>torn down\n1/1 Test #1: older ....***Failed   0.01 sec\n\n\
                   0% tests passed, 1 tests failed out of 1\n";
    check(
        &job(CASES, &[]),
        printed,
        Exit::Code(8),
        &expect![[r#"
            2 started and 2 finished while it ran
            failed CMakeLists.txt::older
                /w/CMakeLists.txt:16: torn down
                printed "set up\ntorn down\n"
            passed older.cpp::may
        "#]],
    );
}
