//! What CTest printed, and what it comes to.

mod cases;
mod selection;

use expect_test::{Expect, expect};

use super::*;
use crate::frameworks::Exit;
use crate::frameworks::sample::{self, Files, site};
use crate::id::TestId;
use crate::model::RunEvent;

const SHOP: Files<'_> = &[
    (
        "tests/CMakeLists.txt",
        include_str!("../../../../../fixtures/cpp-ctest/tests/CMakeLists.txt"),
    ),
    (
        "tests/broken_test.cpp",
        include_str!("../../../../../fixtures/cpp-ctest/tests/broken_test.cpp"),
    ),
    (
        "tests/orders_test.cpp",
        include_str!("../../../../../fixtures/cpp-ctest/tests/orders_test.cpp"),
    ),
    ("tests/pricing.cpp", include_str!("../../../../../fixtures/cpp-ctest/tests/pricing.cpp")),
    (
        "tests/refund_test.cpp",
        include_str!("../../../../../fixtures/cpp-ctest/tests/refund_test.cpp"),
    ),
    (
        "tests/service_test.cpp",
        include_str!("../../../../../fixtures/cpp-ctest/tests/service_test.cpp"),
    ),
];

/// `!` in front of what is left out.
fn job(files: Files<'_>, selection: &[&str]) -> Job {
    let (out, selection): (Vec<&str>, Vec<&str>) =
        selection.iter().partition(|it| it.starts_with('!'));
    let out: Vec<&str> = out.iter().map(|it| &it[1..]).collect();
    sample::job(&KIND, "", files, &selection, &out)
}

fn check(job: &Job, captured: &str, exit: Exit, expected: &Expect) {
    let mut reader = Ctest.reader(job, &site());
    let told: Vec<RunEvent> = captured.lines().flat_map(|line| reader.line(line)).collect();
    let conclusion = reader.conclude(&[], exit);
    let finished = told.iter().filter(|event| matches!(event, RunEvent::TestFinished(_))).count();
    let started: Vec<&TestId> = told
        .iter()
        .filter_map(|event| match event {
            RunEvent::TestStarted(id) => Some(id),
            _ => None,
        })
        .collect();
    for id in &started {
        assert!(conclusion.results.iter().any(|it| it.id == **id), "{id} began and did not end");
    }
    let started = started.len();
    let ran = format!("{started} started and {finished} finished while it ran");
    expected.assert_eq(&format!("{ran}\n{}", sample::shown(&conclusion)));
}

#[test]
fn the_sample_project() {
    let captured = include_str!("captured/shop-3.31.txt");
    check(
        &job(SHOP, &[]),
        captured,
        Exit::Code(8),
        &expect![[r#"
            33 started and 34 finished while it ran
            passed tests/CMakeLists.txt::exits_…[exits_0]
            failed tests/CMakeLists.txt::exits_…[exits_1]
                /w/tests/CMakeLists.txt:40: the test failed
            errored tests/CMakeLists.txt::patience
                /w/tests/CMakeLists.txt:42: it took too long
            passed tests/CMakeLists.txt::says hello
                printed "hello\nno line end\n"
            errored tests/broken_test.cpp
                /w/tests/broken_test.cpp:6: invalid conversion from 'const char*' to 'int' [-fpermissive]
                /w/tests/broken_test.cpp:7: 'nowhere' was not declared in this scope
            passed tests/orders_test.cpp::Amounts::BeginAtZero[0]
            failed tests/orders_test.cpp::Amounts::BeginAtZero[1]
                /w/tests/orders_test.cpp:74: expected sizeof(TypeParam) == 4, but sizeof(TypeParam) is 8⏎so large
            passed tests/orders_test.cpp::Discount::IsForFewPieces[Few/of2]
            passed tests/orders_test.cpp::Discount::IsForFewPieces[Many/0]
            passed tests/orders_test.cpp::Discount::IsForFewPieces[Many/1]
            failed tests/orders_test.cpp::Discount::IsForFewPieces[Many/2]
                /w/tests/orders_test.cpp:59: Expected: (GetParam()) < (100), actual: 100 vs 100
            skipped tests/orders_test.cpp::Orders::DISABLED_Later (disabled)
            errored tests/orders_test.cpp::Orders::EndsTheProcess
                /w/tests/orders_test.cpp:34: its process was ended: Subprocess aborted: about to leave
                printed "about to leave\n"
            failed tests/orders_test.cpp::Orders::OfNothing
                /w/tests/orders_test.cpp:22: C++ exception with description "an order for nothing" thrown in the test body.
            passed tests/orders_test.cpp::Orders::PrintsWhatTerminalsFear
                printed "\u{1b}[31mred\u{1b}[0m and \u{7} no line end\n"
            failed tests/orders_test.cpp::Orders::ReadsPieces
                /w/tests/orders_test.cpp:18: expected pieces(order) == expected, but pieces(order) is 12, expected is 13⏎read from 12
                  /w/tests/orders_test.cpp:18 a dozen
                  /w/tests/checks.h:8 
            skipped tests/orders_test.cpp::Orders::Tariffs (needs the tariff server)
            passed tests/orders_test.cpp::Orders::Total
                printed "adding up 3 x 100\n"
            failed tests/orders_test.cpp::Orders::TotalWithTax
                /w/tests/orders_test.cpp:13: expected total(3, 100) == 357, but total(3, 100) is 300⏎čaj ≠ 茶
                /w/tests/orders_test.cpp:14: total(1, 100) == 119: expected true, actual false
            failed tests/orders_test.cpp::Stock::Opens
                /w/tests/orders_test.cpp:46: listed: expected true, actual false⏎no stock list
            failed tests/pricing.cpp::10 pieces, \[or] "more" * \\ ok
                /w/tests/pricing.cpp:15: REQUIRE( total(10, 100) == 900 )⏎with expansion: 1000 (0x3e8) == 900 (0x384)
            passed tests/pricing.cpp::Scenario: an order is paid
            passed tests/pricing.cpp::a single piece
                printed "one piece\n"
            passed tests/pricing.cpp::amounts begin at zero[amounts begin at zero - int]
            passed tests/pricing.cpp::amounts begin at zero[amounts begin at zero - unsigned long]
            failed tests/pricing.cpp::an order for nothing
                /w/tests/pricing.cpp:54: due to unexpected exception with message: an order for nothing
            passed tests/pricing.cpp::not yet
            failed tests/pricing.cpp::rounding
                /w/tests/pricing.cpp:24: half a cent: CHECK( cents == 2 )⏎with expansion: 1 == 2
                /w/tests/pricing.cpp:27: half a cent › to even: explicitly with message: čaj ≠ 茶⏎with message: as banks do
            skipped tests/pricing.cpp::tariffs (needs the tariff server)
            failed tests/pricing.cpp::the shop is open
                /w/tests/pricing.cpp:51: REQUIRE( opened + hour < 20 )⏎with expansion: 21 < 20
            passed tests/refund_test.cpp::Orders::Total
            passed tests/service_test.cpp::Service::Answers
            skipped tests/service_test.cpp::Service::IsElsewhere
            passed tests/service_test.cpp::Service::IsPatient
            failed tests/service_test.cpp::Service::SaysItInUnicode
                /w/tests/service_test.cpp:13: expected "čaj" == "茶"
        "#]],
    );
}

#[test]
fn a_part_of_a_program_and_none_of_what_else_ran() {
    let captured = include_str!("captured/shop-3.31.txt");
    let selection = ["tests/service_test.cpp::Service::SaysItInUnicode", "tests/refund_test.cpp"];
    check(
        &job(SHOP, &selection),
        captured,
        Exit::Code(8),
        &expect![[r#"
        2 started and 2 finished while it ran
        passed tests/refund_test.cpp::Orders::Total
        failed tests/service_test.cpp::Service::SaysItInUnicode
            /w/tests/service_test.cpp:13: expected "čaj" == "茶"
    "#]],
    );
    // Where nobody else tells of its parts, a program does.
    let whole = job(SHOP, &["tests/CMakeLists.txt::service"]);
    check(
        &whole,
        captured,
        Exit::Code(8),
        &expect![[r#"
        1 started and 1 finished while it ran
        failed tests/CMakeLists.txt::service
            /w/tests/service_test.cpp:13: expected "čaj" == "茶"
    "#]],
    );
}

/// What CTest prints of a program of two tests, the second of which says `more`.
fn of_program(more: &str, end: &str) -> String {
    format!(
        "Test project /b\n    Start 1: service\n\n1: Test command: /b/service\n\
         1: [ RUN      ] Service.Answers\n1: [       OK ] Service.Answers (0 ms)\n\
         1: [ RUN      ] Service.IsPatient\n{more}\
         1/1 Test #1: service ....{end}   0.01 sec\n\n100% tests passed, 0 tests failed out of 1\n"
    )
}

#[test]
fn a_program_is_no_test_beside_those_that_tell_all_of_it() {
    let all = |captured: &str, code: i32, expected: &Expect| {
        check(&job(SHOP, &[]), captured, Exit::Code(code), expected);
    };
    let passed = "1: [       OK ] Service.IsPatient (0 ms)\n";
    let failed = "1: [  FAILED  ] Service.IsPatient (0 ms)\n";
    all(
        &of_program(passed, "   Passed"),
        0,
        &expect![[r#"
            2 started and 2 finished while it ran
            passed tests/service_test.cpp::Service::Answers
            passed tests/service_test.cpp::Service::IsPatient
        "#]],
    );
    all(
        &of_program(failed, "***Failed"),
        8,
        &expect![[r#"
            2 started and 2 finished while it ran
            passed tests/service_test.cpp::Service::Answers
            failed tests/service_test.cpp::Service::IsPatient
        "#]],
    );
    // What no test in it tells, it tells itself: here a failure at its end, and one of its tests that CTest did not see.
    all(
        &of_program(passed, "***Failed"),
        8,
        &expect![[r#"
            2 started and 3 finished while it ran
            failed tests/CMakeLists.txt::service
                /w/tests/CMakeLists.txt:17: the test failed
            passed tests/service_test.cpp::Service::Answers
            passed tests/service_test.cpp::Service::IsPatient
        "#]],
    );
    all(
        &of_program("", "   Passed"),
        0,
        &expect![[r#"
            2 started and 3 finished while it ran
            errored tests/CMakeLists.txt::service
                /w/tests/CMakeLists.txt:17: its process ended while Service.IsPatient ran
            passed tests/service_test.cpp::Service::Answers
            errored tests/service_test.cpp::Service::IsPatient
                /w/tests/service_test.cpp:16: its process ended while Service.IsPatient ran
        "#]],
    );
    all(
        &of_program(failed, "***Exception: SegFault"),
        8,
        &expect![[r#"
            2 started and 3 finished while it ran
            errored tests/CMakeLists.txt::service
                /w/tests/CMakeLists.txt:17: its process was ended: SegFault
            passed tests/service_test.cpp::Service::Answers
            failed tests/service_test.cpp::Service::IsPatient
        "#]],
    );
}

/// As GoogleTest 1.15 prints it.
#[test]
fn what_no_test_of_a_selected_file_tells_its_program_does() {
    let set_up = "1: [----------] 1 test from Suite2\n\
                  1: /app/tests/service_test.cpp:5: Failure\n1: Failed\n1: no server\n1: \n\
                  1: [----------] Global test environment tear-down\n\
                  1: [  PASSED  ] 2 tests.\n1: [  FAILED  ] 0 tests, listed below:\n1: \n1:  0 FAILED TESTS\n\
                  1: [  FAILED  ] Suite2: SetUpTestSuite or TearDownTestSuite\n";
    let captured =
        of_program(&format!("1: [       OK ] Service.IsPatient (0 ms)\n{set_up}"), "***Failed");
    let service = job(SHOP, &["tests/service_test.cpp"]);
    check(
        &service,
        &captured,
        Exit::Code(8),
        &expect![[r#"
            2 started and 3 finished while it ran
            failed tests/CMakeLists.txt::service
                /w/tests/service_test.cpp:5: no server
            passed tests/service_test.cpp::Service::Answers
            passed tests/service_test.cpp::Service::IsPatient
        "#]],
    );
    // Also where one of its tests failed.
    let both = format!("1: [  FAILED  ] Service.IsPatient (0 ms)\n{set_up}");
    check(
        &service,
        &of_program(&both, "***Failed"),
        Exit::Code(8),
        &expect![[r#"
        2 started and 3 finished while it ran
        failed tests/CMakeLists.txt::service
            /w/tests/service_test.cpp:5: no server
        passed tests/service_test.cpp::Service::Answers
        failed tests/service_test.cpp::Service::IsPatient
    "#]],
    );
    // One that was not asked for, and is red by itself, says nothing of its program.
    let passed = job(SHOP, &["tests/service_test.cpp::Service::Answers"]);
    let failed = of_program("1: [  FAILED  ] Service.IsPatient (0 ms)\n", "***Failed");
    check(
        &passed,
        &failed,
        Exit::Code(8),
        &expect![[r#"
        1 started and 1 finished while it ran
        passed tests/service_test.cpp::Service::Answers
    "#]],
    );
}

/// As GoogleTest 1.12 prints it where `SetUpTestSuite` of the second suite ends the process, or where the environment does.
#[test]
fn a_program_that_ends_before_its_tests_is_told() {
    let running = "1: [==========] Running 3 tests from 2 test suites.\n1: [----------] Global test environment set-up.\n";
    let of = |tests: &str| {
        format!(
            "Test project /b\n    Start 1: service\n\n1: Test command: /b/service\n{running}{tests}\
             1/1 Test #1: service ....   Passed   0.01 sec\n\n100% tests passed, 0 tests failed out of 1\n"
        )
    };
    let one = of("1: [ RUN      ] Service.Answers\n1: [       OK ] Service.Answers (0 ms)\n1: \n\
                  1: [----------] 1 test from Later\n");
    let cut = &expect![[r#"
        1 started and 2 finished while it ran
        errored tests/CMakeLists.txt::service
            /w/tests/CMakeLists.txt:17: its process ended while it told of its tests
        passed tests/service_test.cpp::Service::Answers
    "#]];
    check(&job(SHOP, &[]), &one, Exit::Code(0), cut);
    check(&job(SHOP, &["tests/service_test.cpp"]), &one, Exit::Code(0), cut);
    check(
        &job(SHOP, &["tests/service_test.cpp"]),
        &of(""),
        Exit::Code(0),
        &expect![[r#"
            0 started and 1 finished while it ran
            errored tests/CMakeLists.txt::service
                /w/tests/CMakeLists.txt:17: its process ended while it told of its tests
        "#]],
    );
}

/// A program whose `main` does not call RUN_ALL_TESTS.
#[test]
fn a_program_that_passes_without_its_tests_is_a_warning() {
    let of = |program: &str, prints: &str| {
        format!(
            "Test project /b\n    Start 1: all\n\n1: Test command: /b/{program}\n{prints}\
             1/1 Test #1: all ....   Passed   0.01 sec\n\n100% tests passed, 0 tests failed out of 1\n"
        )
    };
    let said = |selection: &[&str], captured: &str| {
        let job = job(SHOP, selection);
        let mut reader = job.suite.framework.reader(&job, &site());
        captured.lines().for_each(|line| drop(reader.line(line)));
        reader.conclude(&[], Exit::Code(0)).warnings.join("\n")
    };
    let warning = "service_test ended without a word of the tests in tests/service_test.cpp: does its `main` call `RUN_ALL_TESTS`?";
    assert_eq!(said(&[], &of("service_test", "")), warning);
    assert_eq!(said(&["tests/service_test.cpp"], &of("service_test", "")), "");
    assert_eq!(said(&[], &of("service", "")), "");
    assert_eq!(
        said(
            &[],
            &of(
                "service_test",
                "1: [==========] Running 0 tests from 0 test suites.\n1: [==========] 0 tests\n"
            )
        ),
        ""
    );
    assert_eq!(
        said(
            &[],
            &of("service_test", "1: [ RUN      ] Else.Where\n1: [       OK ] Else.Where (0 ms)\n")
        ),
        ""
    );
}

#[test]
fn what_a_test_prints_is_not_its_end() {
    let words = "1: [       OK ] Service.IsPatient (0 ms)\n1: /app/tests/service_test.cpp:17: Failure\n1: Failed\n1: \n\
                 1: [  FAILED  ] Service.IsPatient (1 ms)\n1: [==========] 2 tests from 1 test suite ran. (1 ms total)\n\
                 1: [  FAILED  ] Service.IsPatient\n";
    check(
        &job(SHOP, &[]),
        &of_program(words, "***Failed"),
        Exit::Code(8),
        &expect![[r#"
            2 started and 3 finished while it ran
            passed tests/service_test.cpp::Service::Answers
            failed tests/service_test.cpp::Service::IsPatient
                /w/tests/service_test.cpp:17: Failed
        "#]],
    );
}

/// GoogleTest prints that for all that its filter leaves, and a line for each only where others of their suite run.
#[test]
fn what_is_turned_off_in_a_program_is_skipped() {
    let lists = "add_executable(whole whole.cpp)\ntarget_link_libraries(whole GTest::gtest_main)\nadd_test(NAME whole COMMAND whole)\n";
    let tests = "TEST(Whole, One) { }\nTEST(Whole, DISABLED_Off) { }\n";
    let files = [("CMakeLists.txt", lists), ("whole.cpp", tests)];
    let run = |tests: &str| {
        format!(
            "Test project /b\n    Start 1: whole\n\n1: Test command: /b/whole\n{tests}1: \n1:   YOU HAVE 1 DISABLED TEST\n\
             1/1 Test #1: whole ....   Passed   0.01 sec\n\n100% tests passed, 0 tests failed out of 1\n"
        )
    };
    let one = "1: [ RUN      ] Whole.One\n1: [       OK ] Whole.One (0 ms)\n1: [ DISABLED ] Whole.DISABLED_Off\n";
    check(
        &job(&files, &[]),
        &run(one),
        Exit::Code(0),
        &expect![[r#"
        1 started and 1 finished while it ran
        skipped whole.cpp::Whole::DISABLED_Off (disabled)
        passed whole.cpp::Whole::One
    "#]],
    );
    check(
        &job(&files, &["whole.cpp::Whole::DISABLED_Off"]),
        &run(""),
        Exit::Code(0),
        &expect![[r#"
            0 started and 0 finished while it ran
            skipped whole.cpp::Whole::DISABLED_Off (disabled)
        "#]],
    );
    check(
        &job(&files, &["whole.cpp::Whole::One"]),
        &run(one),
        Exit::Code(0),
        &expect![[r#"
        1 started and 1 finished while it ran
        passed whole.cpp::Whole::One
    "#]],
    );
}

#[test]
fn programs_that_end_in_unusual_ways() {
    let lists = "add_test(NAME a COMMAND a)\nadd_test(NAME asserts COMMAND asserts)\nadd_test(NAME sane COMMAND sane)\n";
    let captured = include_str!("captured/hard-3.31.txt");
    check(
        &job(&[("CMakeLists.txt", lists)], &[]),
        captured,
        Exit::Code(8),
        &expect![[r#"
            3 started and 7 finished while it ran
            errored CMakeLists.txt::a
                /w/CMakeLists.txt:1: Unable to find executable: /tmp/b/a
            errored CMakeLists.txt::asserts
                /w/asserts.cpp:3: Assertion `x == 2' failed.
                printed "asserts: /w/asserts.cpp:3: void check(int): Assertion `x == 2' failed.\n"
            failed CMakeLists.txt::judged
                : Required regular expression not found: a
                printed "a\n"
            errored CMakeLists.txt::needs
                : Failed test dependencies: setup
            failed CMakeLists.txt::sane
                /w/sane.cpp:2: AddressSanitizer: heap-buffer-overflow on address 0x502000000020 at pc 0x55ae8cde81b0 bp 0x7fff4ad52010 sp 0x7fff4ad52008
                  /w/sane.cpp:6 main
                  /w/sane.cpp:2 read(int*)
                printed "=================================================================\n==69==ERROR: A" …
            failed CMakeLists.txt::setup
                : the test failed
            passed CMakeLists.txt::with_env
                printed "hi\n"
            errored a.cpp
                /w/a.cpp:3: undefined reference to `nowhere()'
        "#]],
    );
}

#[test]
fn a_run_that_does_not_tell_all_is_broken() {
    let all = include_str!("captured/shop-3.31.txt");
    let cut = all.find(" 3/32 Test").unwrap();
    let from = all.find("Test project ").unwrap();
    check(
        &job(SHOP, &["tests/orders_test.cpp"]),
        &all[from..cut],
        Exit::Signal(9),
        &expect![[r#"
            3 started and 2 finished while it ran
            errored tests/orders_test.cpp::Orders::ReadsPieces
                /w/tests/orders_test.cpp:18: expected pieces(order) == expected, but pieces(order) is 12, expected is 13⏎read from 12
                  /w/tests/orders_test.cpp:18 a dozen
                  /w/tests/checks.h:8 
            passed tests/orders_test.cpp::Orders::Total
                printed "adding up 3 x 100\n"
            failed tests/orders_test.cpp::Orders::TotalWithTax
                /w/tests/orders_test.cpp:13: expected total(3, 100) == 357, but total(3, 100) is 300⏎čaj ≠ 茶
                /w/tests/orders_test.cpp:14: total(1, 100) == 119: expected true, actual false
            broken: CTest ended before its tests did: killed by signal 9
        "#]],
    );
    let configured = "CMake Error at tests/CMakeLists.txt:1 (find_package):\n  By not providing \"FindGTest.cmake\" in CMAKE_MODULE_PATH this project has\n  asked CMake to find it.\n\n\n-- Configuring incomplete, errors occurred!\n";
    check(
        &job(SHOP, &[]),
        configured,
        Exit::Code(1),
        &expect![[r#"
            0 started and 0 finished while it ran
            errored tests/CMakeLists.txt
                /w/tests/CMakeLists.txt:1: By not providing "FindGTest.cmake" in CMAKE_MODULE_PATH this project has asked CMake to find it.
        "#]],
    );
    // Whatever was asked for.
    check(
        &job(SHOP, &["tests/pricing.cpp"]),
        configured,
        Exit::Code(1),
        &expect![[r#"
            0 started and 0 finished while it ran
            errored tests/CMakeLists.txt
                /w/tests/CMakeLists.txt:1: By not providing "FindGTest.cmake" in CMAKE_MODULE_PATH this project has asked CMake to find it.
        "#]],
    );
    let elsewhere =
        "CMake Error: The source directory \"/app\" does not appear to contain CMakeLists.txt.\n";
    check(
        &job(SHOP, &[]),
        elsewhere,
        Exit::Code(1),
        &expect![[r#"
        0 started and 0 finished while it ran
        broken: the project was not built or tested: exit code 1: The source directory "/app" does not appear to contain CMakeLists.txt.
    "#]],
    );
    check(
        &job(SHOP, &[]),
        "Test project /b\nNo tests were found!!!",
        Exit::Code(0),
        &expect![[r#"
        0 started and 0 finished while it ran
    "#]],
    );
}

#[test]
fn what_does_not_build_has_no_outcome() {
    let broken = "/app/tests/broken_test.cpp:6: error: no\n";
    let not_built = "Test project /b\n    Start 1: pricing_NOT_BUILT-b12d07c\n1/1 Test #1: pricing_NOT_BUILT-b12d07c ...***Not Run   0.00 sec\n\n0% tests passed, 1 tests failed out of 1\n";
    check(
        &job(SHOP, &[]),
        &format!("{broken}{not_built}"),
        Exit::Code(8),
        &expect![[r#"
            0 started and 0 finished while it ran
            errored tests/broken_test.cpp
                /w/tests/broken_test.cpp:6: no
        "#]],
    );
    // What was asked for was built, and has no such test; or it was not, as far as is known: it may be in one program with
    // what does not compile.
    check(
        &job(SHOP, &["tests/pricing.cpp::not there"]),
        broken,
        Exit::Code(2),
        &expect![[r#"
        0 started and 0 finished while it ran
        errored tests/broken_test.cpp
            /w/tests/broken_test.cpp:6: no
    "#]],
    );
    let service = of_program("1: [       OK ] Service.IsPatient (0 ms)\n", "   Passed");
    check(
        &job(SHOP, &["tests/pricing.cpp", "tests/service_test.cpp"]),
        &format!("{broken}{service}"),
        Exit::Code(2),
        &expect![[r#"
            2 started and 2 finished while it ran
            errored tests/broken_test.cpp
                /w/tests/broken_test.cpp:6: no
            passed tests/service_test.cpp::Service::Answers
            passed tests/service_test.cpp::Service::IsPatient
        "#]],
    );
    check(
        &job(SHOP, &["tests/service_test.cpp"]),
        &format!("{broken}{service}"),
        Exit::Code(2),
        &expect![[r#"
            2 started and 2 finished while it ran
            passed tests/service_test.cpp::Service::Answers
            passed tests/service_test.cpp::Service::IsPatient
        "#]],
    );
}

#[test]
fn a_name_says_suite_case_and_program() {
    let names = names::Names::new(&job(SHOP, &[]).known);
    let of = |name: &str, program: &str| {
        names.of_googletest(name, program).map(|id: TestId| id.to_string())
    };
    assert_eq!(
        of("Orders.Total", "refund").as_deref(),
        Some("tests/refund_test.cpp::Orders::Total")
    );
    assert_eq!(
        of("Orders.Total", "orders").as_deref(),
        Some("tests/orders_test.cpp::Orders::Total")
    );
    let discount = "tests/orders_test.cpp::Discount::IsForFewPieces[Many/0]";
    assert_eq!(of("Many/Discount.IsForFewPieces/0", "orders").as_deref(), Some(discount));
    assert_eq!(of("Orders.Nothing", "orders"), None);
}
