//! What captured runs of `go test` come to, and the commands for selections. Lines that begin with `ERR`
//! are those of the error stream.

use expect_test::{Expect, expect};

use super::KIND;
use crate::frameworks::Exit;
use crate::frameworks::sample::{self, Files, site};
use crate::model::RunEvent;
use crate::plan::Job;

/// The sample project.
const SHOP: &[(&str, &str)] = &[
    ("go.mod", include_str!("../../../../../fixtures/go-test/go.mod")),
    ("go.work", include_str!("../../../../../fixtures/go-test/go.work")),
    (
        "broken/broken_test.go",
        include_str!("../../../../../fixtures/go-test/broken/broken_test.go"),
    ),
    ("loyalty/go.mod", include_str!("../../../../../fixtures/go-test/loyalty/go.mod")),
    (
        "loyalty/points/points_test.go",
        include_str!("../../../../../fixtures/go-test/loyalty/points/points_test.go"),
    ),
    (
        "orders/checks_test.go",
        include_str!("../../../../../fixtures/go-test/orders/checks_test.go"),
    ),
    (
        "orders/orders_test.go",
        include_str!("../../../../../fixtures/go-test/orders/orders_test.go"),
    ),
    (
        "pricing/example_test.go",
        include_str!("../../../../../fixtures/go-test/pricing/example_test.go"),
    ),
    (
        "pricing/pricing_test.go",
        include_str!("../../../../../fixtures/go-test/pricing/pricing_test.go"),
    ),
    (
        "refund/refund_test.go",
        include_str!("../../../../../fixtures/go-test/refund/refund_test.go"),
    ),
    (
        "service/service_test.go",
        include_str!("../../../../../fixtures/go-test/service/service_test.go"),
    ),
    ("stock/stock_test.go", include_str!("../../../../../fixtures/go-test/stock/stock_test.go")),
];

/// Packages that end in unusual ways.
const NASTY: &[(&str, &str)] = &[
    ("go.mod", "module example.com/nasty\n\ngo 1.19\n"),
    ("exit/exit_test.go", "package exit\nfunc TestExits(t *testing.T) {}\n"),
    (
        "gopanic/gopanic_test.go",
        "package gopanic\nfunc TestFine(t *testing.T) {}\nfunc TestInTheBackground(t *testing.T) {}\n",
    ),
    ("needsdep/needsdep_test.go", "package needsdep\nfunc TestNeeds(t *testing.T) {}\n"),
    ("setup/setup_test.go", "package setup\nfunc TestSetup(t *testing.T) {}\n"),
    (
        "slow/slow_test.go",
        "package slow\nfunc TestQuick(t *testing.T) {}\nfunc TestSlow(t *testing.T) { t.Run(\"deep\", nil) }\n",
    ),
    ("vet/vet_test.go", "package vet\nfunc TestVet(t *testing.T) {}\n"),
];

fn job(files: Files<'_>, selection: &[&str], exclude: &[&str]) -> Job {
    sample::job(&KIND, "", files, selection, exclude)
}

/// What a run comes to: a line for each test, one for each failure.
fn conclude(job: &Job, captured: &str, exit: Exit) -> String {
    let mut reader = job.suite.framework.reader(job, &site());
    let mut told = Vec::new();
    for line in captured.lines() {
        told.extend(match line.strip_prefix("ERR ") {
            Some(line) => reader.printed(line),
            None => reader.line(line),
        });
    }
    let conclusion = reader.conclude(&[], exit);
    let finished = told.iter().filter(|event| matches!(event, RunEvent::TestFinished(_))).count();
    format!("{finished} told while it ran\n{}", sample::shown(&conclusion))
}

fn check(files: Files<'_>, captured: &str, exit: Exit, expected: &Expect) {
    expected.assert_eq(&conclude(&job(files, &[], &[]), captured, exit));
}

#[test]
fn the_sample_project() {
    check(
        SHOP,
        include_str!("captured/shop-1.24.txt"),
        Exit::Code(1),
        &expect![[r#"
        38 told while it ran
        errored broken/broken_test.go
            /w/broken/broken_test.go:6: invalid operation: Answer() != "42" (mismatched types int and untyped string)
            /w/broken/broken_test.go:7: undefined: undefined
        failed loyalty/points/points_test.go::TestDiscount
            /w/loyalty/points/points_test.go:12: no discount for points
        passed loyalty/points/points_test.go::TestFor
        passed orders/orders_test.go::TestEmptyOrderIsFree
        failed orders/orders_test.go::TestInvoice
            /w/orders/checks_test.go:15: line 1 reads:⏎1 x pot⏎not:⏎1 x teapot
            /w/orders/orders_test.go:27: and the total is missing
        skipped orders/orders_test.go::TestReservation (too small to reserve: tea)
            printed "    orders_test.go:32: too small to reserve: tea\n"
        passed orders/orders_test.go::TestTotal
            printed "    orders_test.go:12: adding up [12 x tea]\n"
        failed orders/orders_test.go::TestTotalWithTax
            /w/orders/orders_test.go:19: total is 999, not 1189
        passed pricing/example_test.go::ExampleDiscount
        failed pricing/example_test.go::ExampleRound
            /w/pricing/example_test.go:14: printed `2`, not `1`
        failed pricing/pricing_test.go::FuzzParse
        failed pricing/pricing_test.go::FuzzParse::negative
            /w/pricing/pricing_test.go:77: "-1.5" is -95 cents
        passed pricing/pricing_test.go::FuzzParse::seed#0
        passed pricing/pricing_test.go::FuzzParse::seed#1
        failed pricing/pricing_test.go::TestDiscount
        failed pricing/pricing_test.go::TestDiscount::a_hundred
            /w/pricing/pricing_test.go:26: discount is 10, not 15
        passed pricing/pricing_test.go::TestDiscount::almost_a_hundred
        passed pricing/pricing_test.go::TestDiscount::single
        passed pricing/pricing_test.go::TestDiscount::ten
        passed pricing/pricing_test.go::TestDiscountOfEach
        passed pricing/pricing_test.go::TestDiscountOfEach::…_pieces[10_pieces]
        passed pricing/pricing_test.go::TestDiscountOfEach::…_pieces[1_pieces]
        failed pricing/pricing_test.go::TestRounding
        passed pricing/pricing_test.go::TestRounding::down
        failed pricing/pricing_test.go::TestRounding::half_a_cent
        passed pricing/pricing_test.go::TestRounding::half_a_cent::to_even
        failed pricing/pricing_test.go::TestRounding::half_a_cent::up_(always)
            /w/pricing/pricing_test.go:56: rounded to 2, not 3
        skipped pricing/pricing_test.go::TestTariffs (needs the tariff server)
            printed "    pricing_test.go:63: needs the tariff server\n"
        failed refund/refund_test.go::TestNegativeRefund
        failed refund/refund_test.go::TestNegativeRefund::of_one
            /w/refund/refund_test.go:13: assignment to entry in nil map
              /w/refund/refund_test.go:13 refund.TestNegativeRefund.func1
              /w/refund/refund.go:7 refund.Refund
              /w/refund/refund.go:12 refund.share
        passed refund/refund_test.go::TestRefund
        passed service/service_test.go::TestPatience
        passed service/service_test.go::TestPrintsWhatTerminalsFear
            printed "\u{1b}[31mred\u{1b}[0m and \u{7} and no line endon the error stream\n"
        passed service/service_test.go::TestQuotesAtOnce
        passed service/service_test.go::TestQuotesAtOnce::pot
            printed "quoting pot\n"
        passed service/service_test.go::TestQuotesAtOnce::tea
            printed "quoting pot\n"
        failed service/service_test.go::TestSaysItInUnicode
            /w/service/service_test.go:29: naïve “quotes” — čaj ≠ 茶
        errored stock/stock_test.go
            /w/stock/stock_test.go:1: the package failed outside of its tests: no stock list stock.csv
    "#]],
    );
}

#[test]
fn packages_that_end_in_unusual_ways() {
    check(
        NASTY,
        include_str!("captured/nasty-1.24.txt"),
        Exit::Code(1),
        &expect![[r#"
        10 told while it ran
        errored dep/dep.go
            /w/dep/dep.go:3: cannot use "x" (untyped string constant) as int value in return statement
        errored exit/exit_test.go::TestExits
            /w/exit/exit_test.go:2: the test's process ended while it ran: about to leave
        passed gopanic/gopanic_test.go::TestFine
        errored gopanic/gopanic_test.go::TestInTheBackground
            /w/gopanic/gopanic_test.go:13: runtime error: index out of range [3] with length 0
              /w/gopanic/gopanic_test.go:11 gopanic.TestInTheBackground in goroutine 19
              /w/gopanic/gopanic_test.go:13 gopanic.TestInTheBackground.func1
        errored needsdep/needsdep_test.go
            /w/dep/dep.go:3: cannot use "x" (untyped string constant) as int value in return statement
        errored setup/setup_test.go
            /w/setup/setup_test.go:6: no required module provides package example.com/nasty/nowhere; to add it:⏎	go get example.com/nasty/nowhere
        passed slow/slow_test.go::TestQuick
        errored slow/slow_test.go::TestSlow
        errored slow/slow_test.go::TestSlow::deep
            /w/slow/slow_test.go:12: test timed out after 2s
              /w/slow/slow_test.go:12 slow.TestSlow.func1
        errored vet/vet_test.go
            /w/vet/vet_test.go:9: fmt.Printf format %d has arg "text" of wrong type string
    "#]],
    );
}

#[test]
fn the_same_as_an_older_version_tells_it() {
    check(
        NASTY,
        include_str!("captured/nasty-1.19.txt"),
        Exit::Code(2),
        &expect![[r#"
            6 told while it ran
            errored exit/exit_test.go::TestExits
                /w/exit/exit_test.go:2: the test's process ended while it ran: about to leave
            passed gopanic/gopanic_test.go::TestFine
            errored gopanic/gopanic_test.go::TestInTheBackground
                /w/gopanic/gopanic_test.go:13: runtime error: index out of range [3] with length 0
                  /w/gopanic/gopanic_test.go:11 gopanic.TestInTheBackground
                  /w/gopanic/gopanic_test.go:13 gopanic.TestInTheBackground.func1
            errored needsdep/needsdep_test.go
                /w/dep/dep.go:3: cannot use "x" (untyped string constant) as int value in return statement
            errored setup/setup_test.go
                /w/setup/setup_test.go:6: no required module provides package example.com/nasty/nowhere; to add it:⏎	go get example.com/nasty/nowhere
            passed slow/slow_test.go::TestQuick
            errored slow/slow_test.go::TestSlow
            errored slow/slow_test.go::TestSlow::deep
                /w/slow/slow_test.go:12: test timed out after 2s
                  /w/slow/slow_test.go:12 slow.TestSlow.func1
            errored vet/vet_test.go
                /w/vet/vet_test.go:9: fmt.Printf format %d has arg "text" of wrong type string
        "#]],
    );
}

#[test]
fn a_test_that_only_led_to_the_one_asked_for_is_not_told() {
    let lines = r#"{"Action":"run","Package":"example.com/shop/pricing","Test":"TestDiscount"}
{"Action":"run","Package":"example.com/shop/pricing","Test":"TestDiscount/ten"}
{"Action":"pass","Package":"example.com/shop/pricing","Test":"TestDiscount/ten","Elapsed":0.02}
{"Action":"pass","Package":"example.com/shop/pricing","Test":"TestDiscount","Elapsed":0.02}
{"Action":"pass","Package":"example.com/shop/pricing","Elapsed":0.1}"#;
    let job = job(SHOP, &["pricing/pricing_test.go::TestDiscount::ten"], &[]);
    expect![[r#"
        1 told while it ran
        passed pricing/pricing_test.go::TestDiscount::ten
    "#]]
    .assert_eq(&conclude(&job, lines, Exit::Code(0)));
}

/// As Go 1.24 tells it.
#[test]
fn a_package_that_ends_before_its_tests_is_a_warning() {
    let lines = |last: &str| {
        format!(
            r#"{{"Action":"start","Package":"example.com/shop/pricing"}}
{{"Action":"output","Package":"example.com/shop/pricing","Output":"{last}\n"}}
{{"Action":"pass","Package":"example.com/shop/pricing","Elapsed":0.007}}"#
        )
    };
    let ended = lines("ok  \\texample.com/shop/pricing\\t0.006s");
    let check = |selection: &[&str], captured: &str, expected: &Expect| {
        expected.assert_eq(&conclude(&job(SHOP, selection, &[]), captured, Exit::Code(0)));
    };
    check(
        &[],
        &ended,
        &expect![[r#"
        0 told while it ran
        warning: example.com/shop/pricing ended without a word of the tests that stand in it: does its `TestMain` or an `init` call `os.Exit`?
    "#]],
    );
    let nothing = expect![[r#"
        0 told while it ran
    "#]];
    check(&["pricing/pricing_test.go::TestDiscount"], &ended, &nothing);
    check(&["pricing"], &ended, &nothing);
    check(&[], &lines("PASS"), &nothing);
    check(&[], &lines("?   \\texample.com/shop/pricing\\t[no test files]"), &nothing);
    let other = r#"{"Action":"run","Package":"example.com/shop/service","Test":"TestSaysItInUnicode"}
{"Action":"pass","Package":"example.com/shop/service","Test":"TestSaysItInUnicode"}
{"Action":"output","Package":"example.com/shop/service","Output":"PASS\n"}
{"Action":"pass","Package":"example.com/shop/service"}
"#;
    let told = conclude(&job(SHOP, &[""], &[]), &format!("{other}{ended}"), Exit::Code(0));
    assert!(told.contains("warning: example.com/shop/pricing"), "{told}");
}

#[test]
fn a_folder_without_packages_has_no_tests_and_no_error() {
    let missing = r##"{"ImportPath":"./nosuch/...","Action":"build-output","Output":"# ./nosuch/...\n"}
{"ImportPath":"./nosuch/...","Action":"build-output","Output":"pattern ./nosuch/...: lstat ./nosuch/: no such file or directory\n"}
{"ImportPath":"./nosuch/...","Action":"build-fail"}
{"Action":"start","Package":"./nosuch/..."}
{"Action":"output","Package":"./nosuch/...","Output":"FAIL\t./nosuch/... [setup failed]\n"}
{"Action":"fail","Package":"./nosuch/...","Elapsed":0,"FailedBuild":"./nosuch/..."}"##;
    let printed = "ERR # ./nosuch/...
ERR pattern ./nosuch/...: open /app/nosuch: no such file or directory
FAIL\t./nosuch/... [setup failed]";
    let empty = "ERR go: warning: \"./docs/...\" matched no packages\nERR no packages to test";
    for captured in [missing, printed, empty] {
        check(
            SHOP,
            captured,
            Exit::Code(1),
            &expect![[r#"
            0 told while it ran
        "#]],
        );
    }
}

#[test]
fn a_run_that_does_not_tell_all_is_broken() {
    let cut = r#"{"Action":"start","Package":"example.com/shop/orders"}
{"Action":"run","Package":"example.com/shop/orders","Test":"TestTotal"}
not an event"#;
    check(
        SHOP,
        cut,
        Exit::Signal(9),
        &expect![[r#"
        0 told while it ran
        broken: `go test` ended before example.com/shop/orders did: killed by signal 9
    "#]],
    );
    check(
        SHOP,
        "ERR go: go.mod file not found",
        Exit::Code(1),
        &expect![[r#"
        0 told while it ran
        broken: `go test` ended with exit code 1, though no test failed: go: go.mod file not found
    "#]],
    );
    check(
        SHOP,
        "",
        Exit::Code(0),
        &expect![[r#"
        0 told while it ran
    "#]],
    );
}

#[test]
fn testify_says_where_and_what_was_expected() {
    let output = "    orders_test.go:12: \n        \tError Trace:\t/app/orders/checks_test.go:9\n        \t            \t/app/orders/orders_test.go:12\n        \tError:      \tNot equal: \n        \t            \texpected: 4\n        \t            \tactual  : 3\n        \tTest:       \tTestTotal\n        \tMessages:   \tof tea\n";
    let mut lines = String::from(
        "{\"Action\":\"run\",\"Package\":\"example.com/shop/orders\",\"Test\":\"TestTotal\"}\n",
    );
    for line in output.split_inclusive('\n') {
        let event = serde_json::json!({"Action": "output", "Package": "example.com/shop/orders", "Test": "TestTotal", "Output": line});
        lines.push_str(&format!("{event}\n"));
    }
    lines.push_str("{\"Action\":\"fail\",\"Package\":\"example.com/shop/orders\",\"Test\":\"TestTotal\"}\n{\"Action\":\"fail\",\"Package\":\"example.com/shop/orders\"}\n");
    check(
        SHOP,
        &lines,
        Exit::Code(1),
        &expect![[r#"
            1 told while it ran
            failed orders/orders_test.go::TestTotal
                /w/orders/orders_test.go:12: Not equal: expected: 4 actual  : 3 (of tea)
                  /w/orders/orders_test.go:12 
                  /w/orders/checks_test.go:9 
        "#]],
    );
}

/// The commands of a selection, `!` in front of what is left out.
fn commands(selection: &[&str], expected: &Expect) {
    let (out, selection): (Vec<&str>, Vec<&str>) =
        selection.iter().partition(|it| it.starts_with('!'));
    let out: Vec<&str> = out.iter().map(|it| &it[1..]).collect();
    let args = ["-race", "-args", "-x"].map(str::to_owned).into();
    let job = Job { args, ..job(SHOP, &selection, &out) };
    let invocation = job.suite.framework.invocation(&job, &site());
    let steps = sample::steps(&job, &site());
    expected.assert_eq(&format!("{}\n{steps}", invocation.args.join(" ")));
}

#[test]
fn each_selection_has_its_commands() {
    commands(
        &[],
        &expect![[r#"
        -json -count=1 -race
        ./... ./loyalty/... -args -x
    "#]],
    );
    commands(
        &["pricing"],
        &expect![[r#"
        -json -count=1 -race
        ./pricing/... -args -x
    "#]],
    );
    commands(
        &["loyalty", "orders/orders_test.go::TestTotal"],
        &expect![[r#"
        -json -count=1 -race
        ./loyalty/... -args -x
        -run=^TestTotal$ ./orders -args -x
    "#]],
    );
    commands(
        &["pricing/example_test.go"],
        &expect![[r#"
        -json -count=1 -race
        -run=^(ExampleDiscount|ExampleRound)$ ./pricing -args -x
    "#]],
    );
    commands(
        &["pricing/pricing.go"],
        &expect![[r#"
        -json -count=1 -race
        -run=^$ ./pricing -args -x
    "#]],
    );
    commands(
        &["orders/checks_test.go", "orders/orders_test.go::TestTotal", "nowhere_test.go"],
        &expect![[r#"
        -json -count=1 -race
        -run=^$ . -args -x
        -run=^TestTotal$ ./orders -args -x
    "#]],
    );
    commands(
        &["orders/orders_test.go", "!orders/orders_test.go"],
        &expect![[r#"
        -json -count=1 -race
        -run=^$ . -args -x
    "#]],
    );
    commands(
        &[
            "pricing/pricing_test.go::TestDiscount::ten",
            "pricing/pricing_test.go::TestDiscount::a_hundred",
            "pricing/pricing_test.go::TestRounding::half_a_cent::up_(always)",
            "pricing/pricing_test.go::TestDiscountOfEach::…_pieces[10_pieces]",
            "pricing/pricing_test.go::FuzzParse::seed#0",
            "pricing/pricing_test.go::TestTariffs",
        ],
        &expect![[r#"
            -json -count=1 -race
            -run=^TestTariffs$|^FuzzParse$/^seed\#0$|^TestDiscount$/^(a_hundred|ten)$|^TestDiscountOfEach$/^10_pieces$|^TestRounding$/^half_a_cent$/^up_\(always\)$ ./pricing -args -x
        "#]],
    );
    commands(
        &["pricing/pricing_test.go::TestDiscountOfEach::…_pieces"],
        &expect![[r#"
        -json -count=1 -race
        -run=^TestDiscountOfEach$/^.*_pieces$ ./pricing -args -x
    "#]],
    );
    commands(
        &["pricing/pricing_test.go::TestDiscount", "pricing/pricing_test.go::TestDiscount::ten"],
        &expect![[r#"
            -json -count=1 -race
            -run=^TestDiscount$ ./pricing -args -x
        "#]],
    );
    commands(
        &[
            "loyalty",
            "loyalty/points/points_test.go",
            "pricing/pricing_test.go::TestRounding::half_a_cent",
            "pricing/pricing_test.go::TestRounding::half_a_cent::up_(always)",
        ],
        &expect![[r#"
            -json -count=1 -race
            ./loyalty/... -args -x
            -run=^TestRounding$/^half_a_cent$ ./pricing -args -x
        "#]],
    );
    commands(
        &[
            "!refund",
            "!orders/orders_test.go::TestInvoice",
            "!pricing/pricing_test.go::TestDiscount::ten",
        ],
        &expect![[r#"
            -json -count=1 -race
            -run=^(ExampleDiscount|ExampleRound|FuzzParse|TestDiscount|TestDiscountOfEach|TestRounding|TestTariffs)$ -skip=^TestDiscount$/^ten$ ./pricing -args -x
            -run=^(TestDiscount|TestFor)$ ./loyalty/points -args -x
            -run=^(TestEmptyOrderIsFree|TestReservation|TestTotal|TestTotalWithTax)$ ./orders -args -x
            -run=^(TestPatience|TestPrintsWhatTerminalsFear|TestQuotesAtOnce|TestSaysItInUnicode)$ ./service -args -x
            -run=^TestAnswer$ ./broken -args -x
            -run=^TestStock$ ./stock -args -x
        "#]],
    );
}

#[test]
fn a_file_without_tests_has_no_package_run_and_may_keep_it_from_being_built() {
    let nowhere = r##"{"ImportPath":".","Action":"build-output","Output":"# .\n"}
{"ImportPath":".","Action":"build-output","Output":"no Go files in /w\n"}
{"ImportPath":".","Action":"build-fail"}
{"Action":"start","Package":"."}
{"Action":"output","Package":".","Output":"FAIL\t. [setup failed]\n"}
{"Action":"fail","Package":".","Elapsed":0,"FailedBuild":"."}"##;
    let job = |file| job(SHOP, &[file, "orders/orders_test.go::TestTotal"], &[]);
    let expected = expect![[r#"
        0 told while it ran
    "#]];
    expected.assert_eq(&conclude(&job("nowhere_test.go"), nowhere, Exit::Code(1)));
    let unread = r##"{"ImportPath":"example.com/shop/orders","Action":"build-output","Output":"# example.com/shop/orders\n"}
{"ImportPath":"example.com/shop/orders","Action":"build-output","Output":"orders/unread_test.go:3:1: expected declaration, found x\n"}
{"ImportPath":"example.com/shop/orders","Action":"build-fail"}
{"Action":"start","Package":"example.com/shop/orders"}
{"Action":"output","Package":"example.com/shop/orders","Output":"FAIL\texample.com/shop/orders [setup failed]\n"}
{"Action":"fail","Package":"example.com/shop/orders","Elapsed":0,"FailedBuild":"example.com/shop/orders"}"##;
    let expected = expect![[r#"
        1 told while it ran
        errored orders/unread_test.go
            /w/orders/unread_test.go:3: expected declaration, found x
    "#]];
    expected.assert_eq(&conclude(&job("orders/unread_test.go"), unread, Exit::Code(1)));
}

/// Go tells of a panic where the outermost test ends.
#[test]
fn a_part_that_panics_is_told_once_and_with_its_panic() {
    let words = r##"{"Action":"run","Package":"example.com/shop/pricing","Test":"TestDiscount"}
{"Action":"run","Package":"example.com/shop/pricing","Test":"TestDiscount/ten"}
{"Action":"output","Package":"example.com/shop/pricing","Test":"TestDiscount/ten","Output":"    --- FAIL: TestDiscount/ten (0.00s)\n"}
{"Action":"fail","Package":"example.com/shop/pricing","Test":"TestDiscount/ten","Elapsed":0}
{"Action":"output","Package":"example.com/shop/pricing","Test":"TestDiscount","Output":"--- FAIL: TestDiscount (0.00s)\n"}
{"Action":"output","Package":"example.com/shop/pricing","Test":"TestDiscount","Output":"panic: boom [recovered]\n"}
{"Action":"fail","Package":"example.com/shop/pricing","Test":"TestDiscount","Elapsed":0}
{"Action":"fail","Package":"example.com/shop/pricing","Elapsed":0.01}"##;
    check(
        SHOP,
        words,
        Exit::Code(1),
        &expect![[r#"
            2 told while it ran
            failed pricing/pricing_test.go::TestDiscount
            failed pricing/pricing_test.go::TestDiscount::ten
                /w/pricing/pricing_test.go:8: boom
        "#]],
    );
}

#[test]
fn go_says_why_a_package_did_not_build_without_a_place() {
    let full = r##"{"ImportPath":"internal/goos","Action":"build-output","Output":"internal/goos: write /tmp/go-build1/b018/importcfg: no space left on device\n"}
{"ImportPath":"internal/goos","Action":"build-fail"}
{"Action":"start","Package":"example.com/nasty/vet"}
{"Action":"output","Package":"example.com/nasty/vet","Output":"FAIL\texample.com/nasty/vet [build failed]\n"}
{"Action":"fail","Package":"example.com/nasty/vet","Elapsed":0,"FailedBuild":"internal/goos"}"##;
    check(
        NASTY,
        full,
        Exit::Code(1),
        &expect![[r#"
        0 told while it ran
        errored vet/vet_test.go
            /w/vet/vet_test.go:1: the package did not build: internal/goos: write /tmp/go-build1/b018/importcfg: no space left on device
    "#]],
    );
    // `-k x` before the packages: Go takes `x` and what follows for arguments of the package here.
    let flag = r##"{"ImportPath":".","Action":"build-output","Output":"# .\n"}
{"ImportPath":".","Action":"build-output","Output":"no Go files in /w\n"}
{"ImportPath":".","Action":"build-fail"}
{"Action":"start","Package":"."}
{"Action":"output","Package":".","Output":"FAIL\t. [setup failed]\n"}
{"Action":"fail","Package":".","Elapsed":0.002,"FailedBuild":"."}"##;
    check(
        NASTY,
        flag,
        Exit::Code(1),
        &expect![[r#"
        0 told while it ran
        broken: `go test` ended with exit code 1, though no test failed: no Go files in /w
    "#]],
    );
    let unknown = r##"{"Action":"start","Package":"example.com/nasty/vet"}
{"Action":"output","Package":"example.com/nasty/vet","Output":"flag provided but not defined: -k\n"}
{"Action":"output","Package":"example.com/nasty/vet","Output":"  -test.v\n"}
{"Action":"output","Package":"example.com/nasty/vet","Output":"FAIL\texample.com/nasty/vet\t0.006s\n"}
{"Action":"fail","Package":"example.com/nasty/vet","Elapsed":0.007}"##;
    check(
        NASTY,
        unknown,
        Exit::Code(1),
        &expect![[r#"
        1 told while it ran
        errored vet/vet_test.go
            /w/vet/vet_test.go:1: the package failed outside of its tests: flag provided but not defined: -k
    "#]],
    );
}
