//! What commands run a selection, and what their words come to; both of the sample project.

use expect_test::{Expect, expect};

use super::{CARGO, NEXTEST};
use crate::frameworks::sample::Files;
use crate::frameworks::{Exit, Kind, sample};
use crate::plan::{Job, Site};

macro_rules! files {
    ($($path:literal),*) => {
        &[$(($path, include_str!(concat!("../../../../../fixtures/rust-cargo/", $path)))),*]
    };
}

/// The sample project.
const FILES: Files<'_> = files![
    "Cargo.toml",
    "points/Cargo.toml",
    "points/src/lib.rs",
    "shop/Cargo.toml",
    "shop/src/lib.rs",
    "shop/src/orders.rs",
    "shop/src/orders/tests.rs",
    "shop/src/pricing.rs",
    "shop/tests/checks/mod.rs",
    "shop/tests/service.rs"
];

fn job(kind: &Kind, selection: &[&str], exclude: &[&str]) -> Job {
    sample::job(kind, "", FILES, selection, exclude)
}

fn site() -> Site {
    Site { cache: Some("/c".into()), ..sample::site() }
}

fn commands(kind: &Kind, selection: &[&str], exclude: &[&str], expected: &Expect) {
    expected.assert_eq(&sample::steps(&job(kind, selection, exclude), &site()));
}

#[test]
fn each_program_gets_its_own_command() {
    let check = |selection: &[&str], exclude: &[&str], expected: &Expect| {
        commands(&CARGO, selection, exclude, expected);
    };
    check(
        &[],
        &[],
        &expect![[r#"
        --workspace
    "#]],
    );
    check(
        &["shop"],
        &[],
        &expect![[r#"
        --package shop
    "#]],
    );
    check(
        &["shop/src/pricing.rs::tests::of_many"],
        &[],
        &expect![[r#"
        --package shop --lib -- --exact pricing::tests::of_many::a_hundred pricing::tests::of_many::ten
    "#]],
    );
    check(
        &["shop/src/pricing.rs", "shop/tests/service.rs", "shop/src/lib.rs"],
        &[],
        &expect![[r#"
            --package shop --lib -- --skip orders:: --skip orders::tests:: --skip pricing::
            --package shop --lib -- pricing::
            --package shop --test service -- --skip checks::
            --package shop --doc -- pricing::discount pricing::gone src/lib.rs
        "#]],
    );
    check(
        &["shop/src/pricing.rs::discount (doc)", "points/src/lib.rs::each_euro_is_a_point"],
        &[],
        &expect![[r#"
            --package loyalty-points --lib -- --exact each_euro_is_a_point
            --package shop --doc -- pricing::discount
        "#]],
    );
    check(
        &["shop/tests"],
        &["shop/tests/service.rs::patience"],
        &expect![[r#"
        --package shop --test service -- checks::
        --package shop --test service -- --exact opens_with_stock prints_what_terminals_fear says_it_in_unicode total
    "#]],
    );
    check(
        &["shop/src/orders.rs"],
        &[],
        &expect![[r#"
        --package shop --lib -- orders::
    "#]],
    );
    check(
        &["shop/src/pricing.rs", "shop/src/pricing.rs::tests::of_many", "shop/src/orders.rs::sums"],
        &[],
        &expect![[r#"
            --package shop --lib -- pricing::
            --package shop --lib -- --exact orders::sums
            --package shop --doc -- pricing::discount pricing::gone
        "#]],
    );
    check(
        &["points"],
        &["points"],
        &expect![[r#"
        --no-run
    "#]],
    );
    check(
        &["shop/src/orders/tests.rs::made_by_a_macro"],
        &[],
        &expect![[r#"
        --package shop --lib -- --exact orders::tests::made_by_a_macro
    "#]],
    );
}

#[test]
fn one_expression_says_all_to_nextest() {
    let check = |selection: &[&str], exclude: &[&str], expected: &Expect| {
        commands(&NEXTEST, selection, exclude, expected);
    };
    check(&[], &[], &expect!["\n\n"]);
    check(
        &["points", "shop/src/pricing.rs::tests::of_many"],
        &[],
        &expect![[r#"
        --filterset package(=loyalty-points) | (binary_id(=shop) & (test(=pricing::tests::of_many::a_hundred) | test(=pricing::tests::of_many::ten)))
    "#]],
    );
    check(
        &["shop/src/orders.rs", "shop/tests/service.rs"],
        &[],
        &expect![[r#"
            --filterset (binary_id(=shop) & test(/^orders::/)) | (binary_id(=shop::service) & (all() - test(/^checks::/)))
        "#]],
    );
    check(
        &["shop/tests"],
        &["shop/tests/service.rs::patience"],
        &expect![[r#"
        --filterset (binary_id(=shop::service) & test(/^checks::/)) | (binary_id(=shop::service) & (test(=opens_with_stock) | test(=prints_what_terminals_fear) | test(=says_it_in_unicode) | test(=total)))
    "#]],
    );
}

/// A module of the library and one of a module, both in files of other names.
const NAMED: Files<'_> = &[
    ("Cargo.toml", "[package]\nname = 'a'\n"),
    (
        "src/lib.rs",
        "mod price;\n#[cfg(test)]\n#[path = \"../checks/all.rs\"]\nmod checks;\n#[test] fn here() {}",
    ),
    ("src/price.rs", "mod inner {\n#[path = \"of_price.rs\"] mod tests;\n}"),
    ("src/price/inner/of_price.rs", "#[test] fn ten() {}"),
    ("checks/all.rs", "mod deep { #[test] fn ten() {} }\n#[test] fn all() {}"),
];

#[test]
fn a_file_that_an_attribute_names_is_the_module_that_it_is_called() {
    let check = |selection: &[&str], expected: &Expect| {
        expected
            .assert_eq(&sample::steps(&sample::job(&CARGO, "", NAMED, selection, &[]), &site()));
    };
    check(
        &["checks/all.rs"],
        &expect![[r#"
        --package a --lib -- checks::
    "#]],
    );
    check(
        &["checks/all.rs::deep::ten", "src/price/inner/of_price.rs::ten"],
        &expect![[r#"
        --package a --lib -- --exact checks::deep::ten price::inner::tests::ten
    "#]],
    );
    check(
        &["src/lib.rs"],
        &expect![[r#"
        --package a --lib -- --skip checks:: --skip price:: --skip price::inner::tests::
    "#]],
    );
}

#[test]
fn what_is_for_the_programs_stands_behind() {
    let mut job = job(&CARGO, &["shop/tests/service.rs::total"], &[]);
    job.args = ["--release", "--", "--test-threads=1"].map(str::to_owned).into();
    let invocation = job.suite.framework.invocation(&job, &site());
    expect![[r#"
        (
            [
                Candidate {
                    argv: [
                        "sh",
                        "/h/testdock_cargo.sh",
                        "launch",
                        "/c",
                        "cargo",
                    ],
                    check: [
                        "cargo",
                        "--version",
                    ],
                },
            ],
            [
                "--config",
                "target.\"cfg(all())\".runner=[\"sh\",\"/h/testdock_cargo.sh\"]",
                "test",
                "--no-fail-fast",
                "--message-format=json-render-diagnostics",
                "--release",
            ],
            [
                [
                    "--package",
                    "shop",
                    "--test",
                    "service",
                    "--",
                    "--exact",
                    "total",
                    "--test-threads=1",
                ],
            ],
            [
                (
                    "CARGO_TERM_COLOR",
                    "never",
                ),
                (
                    "RUST_BACKTRACE",
                    "1",
                ),
                (
                    "RUST_LIB_BACKTRACE",
                    "0",
                ),
                (
                    "TESTDOCK_BARE",
                    "",
                ),
            ],
        )
    "#]]
    .assert_debug_eq(&(invocation.candidates, invocation.args, invocation.steps, invocation.env));
}

#[test]
fn a_program_that_is_one_test_has_no_part_in_a_file_beside_it() {
    let files: Files<'_> = &[
        ("Cargo.toml", "[package]\nname = 'core'\n[[test]]\nname = 'custom'\nharness = false\n"),
        ("src/lib.rs", ""),
        ("tests/api.rs", "#[test] fn a() {}"),
        ("tests/common/mod.rs", ""),
        ("tests/custom.rs", "fn main() {}"),
    ];
    let check = |file: &str, expected: &Expect| {
        let job = sample::job(&CARGO, "", files, &[file], &[]);
        expected.assert_eq(&sample::steps(&job, &site()));
    };
    check(
        "tests/common/mod.rs",
        &expect![[r#"
        --package core --test api -- common::
    "#]],
    );
    check(
        "tests/nowhere.rs",
        &expect![[r#"
        --package core --test api -- nowhere::
    "#]],
    );
    check(
        "tests/custom.rs",
        &expect![[r#"
        --package core --test custom
    "#]],
    );
}

fn concluded(kind: &Kind, stdout: &str, stderr: &str, exit: Exit) -> String {
    concluded_of(&job(kind, &[], &[]), stdout, stderr, exit)
}

fn concluded_of(job: &Job, stdout: &str, stderr: &str, exit: Exit) -> String {
    let mut reader = job.suite.framework.reader(job, &site());
    for line in stderr.lines() {
        reader.printed(line);
    }
    let told: usize = stdout.lines().map(|line| reader.line(line).len()).sum();
    let conclusion = reader.conclude(&[], exit);
    format!("{told} told\n{}", sample::shown(&conclusion))
}

#[test]
fn the_words_of_cargo_test_are_results() {
    let words = include_str!("captured/cargo-1.85.txt");
    expect![[r#"
        79 told
        passed points/src/lib.rs::each_euro_is_a_point
        failed points/src/lib.rs::tests::total
            /w/points/src/lib.rs:17: no point for 99 cents
              /w/points/src/lib.rs:17 loyalty_points::tests::total
            printed "\nthread 'tests::total' panicked at points/src/lib.rs:17:9:\nno point for 99 cents" …
        passed shop/src/lib.rs::(doc)
        failed shop/src/orders/tests.rs::an_order_that_cannot_be_read
            /w/shop/src/orders/tests.rs:25: ParseIntError { kind: InvalidDigit }
            printed "Error: ParseIntError { kind: InvalidDigit }\n"
        failed shop/src/orders/tests.rs::an_order_without_stock
            /w/shop/src/orders/tests.rs:21: no such thing
              /w/shop/src/orders/tests.rs:21 shop::orders::tests::an_order_without_stock
              /w/shop/src/orders.rs:14 shop::orders::in_stock
            printed "\nthread 'orders::tests::an_order_without_stock' panicked at shop/src/orders.rs:1" …
        passed shop/src/orders/tests.rs::total_of_one
            printed "adding up 1 x 100\n"
        failed shop/src/orders/tests.rs::total_with_tax
            /w/shop/src/orders/tests.rs:6: assertion `left == right` failed⏎  left: 1000⏎ right: 1190
              /w/shop/src/orders/tests.rs:16 shop::orders::tests::total_with_tax
              /w/shop/src/orders/tests.rs:6 shop::orders::tests::check
            printed "adding up 10 x 100\n\nthread 'orders::tests::total_with_tax' panicked at shop/src/" …
        failed shop/src/pricing.rs::discount (doc 2)
            /w/shop/src/pricing.rs:13: assertion `left == right` failed⏎  left: 10⏎ right: 15
            printed "Test executable failed (exit status: 101).\n\nstderr:\n\nthread 'main' panicked at s" …
        passed shop/src/pricing.rs::discount (doc)
        skipped shop/src/pricing.rs::gone (doc)
        passed shop/src/pricing.rs::tests::a_single_piece
        failed shop/src/pricing.rs::tests::of_many::a_hundred
            /w/shop/src/pricing.rs:51: assertion `left == right` failed: a hundred pieces⏎  left: 10⏎ right: 15
              /w/shop/src/pricing.rs:51 shop::pricing::tests::of_many::a_hundred
            printed "\nthread 'pricing::tests::of_many::a_hundred' panicked at shop/src/pricing.rs:51:" …
        passed shop/src/pricing.rs::tests::of_many::ten
        skipped shop/src/pricing.rs::tests::tariffs (needs the tariff server)
        failed shop/src/pricing.rs::tests::unknown_tariff
            /w/shop/src/pricing.rs:63: test did not panic as expected
        passed shop/tests/checks/mod.rs::the_path_is_taken_as_it_is
        failed shop/tests/service.rs::opens_with_stock
            /w/shop/tests/service.rs:10: no stock list: Os { code: 2, kind: NotFound, message: "No such file or directory" }
              /w/shop/tests/service.rs:10 service::opens_with_stock
              /w/shop/tests/checks/mod.rs:5 service::checks::stock
            printed "\nthread 'opens_with_stock' panicked at shop/tests/checks/mod.rs:5:35:\nno stock l" …
        passed shop/tests/service.rs::patience
        passed shop/tests/service.rs::prints_what_terminals_fear
            printed "\u{1b}[31mred\u{1b}[0m and \u{7}\nno line end"
        failed shop/tests/service.rs::says_it_in_unicode
            /w/shop/tests/service.rs:27: assertion `left == right` failed: čaj ≠ 茶⏎  left: "naïve “quotes”"⏎ right: "naive quotes"
              /w/shop/tests/service.rs:27 service::says_it_in_unicode
            printed "\nthread 'says_it_in_unicode' panicked at shop/tests/service.rs:27:5:\nassertion `" …
        passed shop/tests/service.rs::total
            printed "adding up 2 x 50\n"
    "#]].assert_eq(&concluded(&CARGO, words, "", Exit::Code(101)));
}

#[test]
fn the_words_of_nextest_are_results() {
    let words = include_str!("captured/nextest-0.9.143.txt");
    expect![[r#"
        34 told
        passed points/src/lib.rs::each_euro_is_a_point
        failed points/src/lib.rs::tests::total
            /w/points/src/lib.rs:17: no point for 99 cents
              /w/points/src/lib.rs:17 loyalty_points::tests::total
            printed "\nthread 'tests::total' (23179) panicked at points/src/lib.rs:17:9:\nno point for " …
        failed shop/src/orders/tests.rs::an_order_that_cannot_be_read
            /w/shop/src/orders/tests.rs:25: ParseIntError { kind: InvalidDigit }
            printed "Error: ParseIntError { kind: InvalidDigit }\n"
        failed shop/src/orders/tests.rs::an_order_without_stock
            /w/shop/src/orders/tests.rs:21: no such thing
              /w/shop/src/orders/tests.rs:21 shop::orders::tests::an_order_without_stock
              /w/shop/src/orders.rs:14 shop::orders::in_stock
            printed "\nthread 'orders::tests::an_order_without_stock' (23199) panicked at shop/src/ord" …
        passed shop/src/orders/tests.rs::total_of_one
        failed shop/src/orders/tests.rs::total_with_tax
            /w/shop/src/orders/tests.rs:6: assertion `left == right` failed⏎  left: 1000⏎ right: 1190
              /w/shop/src/orders/tests.rs:16 shop::orders::tests::total_with_tax
              /w/shop/src/orders/tests.rs:6 shop::orders::tests::check
            printed "adding up 10 x 100\n\nthread 'orders::tests::total_with_tax' (23243) panicked at s" …
        passed shop/src/pricing.rs::tests::a_single_piece
        failed shop/src/pricing.rs::tests::of_many::a_hundred
            /w/shop/src/pricing.rs:51: assertion `left == right` failed: a hundred pieces⏎  left: 10⏎ right: 15
              /w/shop/src/pricing.rs:51 shop::pricing::tests::of_many::a_hundred
            printed "\nthread 'pricing::tests::of_many::a_hundred' (23249) panicked at shop/src/pricin" …
        passed shop/src/pricing.rs::tests::of_many::ten
        skipped shop/src/pricing.rs::tests::tariffs
        failed shop/src/pricing.rs::tests::unknown_tariff
            /w/shop/src/pricing.rs:63: test did not panic as expected
            printed "test pricing::tests::unknown_tariff - should panic ... FAILED\n\nfailures:\n\n---- p" …
        passed shop/tests/checks/mod.rs::the_path_is_taken_as_it_is
        failed shop/tests/service.rs::opens_with_stock
            /w/shop/tests/service.rs:10: no stock list: Os { code: 2, kind: NotFound, message: "No such file or directory" }
              /w/shop/tests/service.rs:10 service::opens_with_stock
              /w/shop/tests/checks/mod.rs:5 service::checks::stock
            printed "\nthread 'opens_with_stock' (23298) panicked at shop/tests/checks/mod.rs:5:35:\nno" …
        passed shop/tests/service.rs::patience
        passed shop/tests/service.rs::prints_what_terminals_fear
        failed shop/tests/service.rs::says_it_in_unicode
            /w/shop/tests/service.rs:27: assertion `left == right` failed: čaj ≠ 茶⏎  left: "naïve “quotes”"⏎ right: "naive quotes"
              /w/shop/tests/service.rs:27 service::says_it_in_unicode
            printed "\nthread 'says_it_in_unicode' (23326) panicked at shop/tests/service.rs:27:5:\nass" …
        passed shop/tests/service.rs::total
    "#]].assert_eq(&concluded(&NEXTEST, words, "", Exit::Code(100)));
}

#[test]
fn a_name_may_look_like_one_that_was_tried_again() {
    let words = r#"{"type":"test","event":"ok","name":"shop::service$r#match::r#type","exec_time":0.1}
{"type":"test","event":"ok","name":"shop::service$r#match::total#2","exec_time":0.1}
"#;
    expect![[r#"
        2 told
        passed shop/tests/service.rs::r#match::r#type
        passed shop/tests/service.rs::r#match::total
    "#]]
    .assert_eq(&concluded(&NEXTEST, words, "", Exit::Code(0)));
}

#[test]
fn nextest_says_of_no_test_that_it_is_ignored_where_it_runs_no_other() {
    let words = r#"{"type":"suite","event":"started","test_count":1,"nextest":{"crate":"shop","test_binary":"service","kind":"test"}}
{"type":"test","event":"started","name":"shop::service$total"}
{"type":"suite","event":"ok","passed":0,"failed":0,"ignored":1,"nextest":{"crate":"shop","test_binary":"service","kind":"test"}}
"#;
    expect![[r#"
        2 told
        skipped shop/tests/service.rs::total
    "#]]
    .assert_eq(&concluded(&NEXTEST, words, "", Exit::Code(4)));
}

/// It begins with those that were not asked for, and counts them.
#[test]
fn nextest_counts_ignored_tests_that_were_not_asked_for() {
    let words = r#"{"type":"suite","event":"started","test_count":3,"nextest":{"crate":"shop","test_binary":"service","kind":"test"}}
{"type":"test","event":"started","name":"shop::service$patience"}
{"type":"suite","event":"ok","passed":0,"failed":0,"ignored":2,"nextest":{"crate":"shop","test_binary":"service","kind":"test"}}
{"type":"suite","event":"started","test_count":3,"nextest":{"crate":"shop","test_binary":"service","kind":"test"}}
{"type":"test","event":"started","name":"shop::service$total"}
{"type":"suite","event":"ok","passed":0,"failed":0,"ignored":2,"nextest":{"crate":"shop","test_binary":"service","kind":"test"}}
"#;
    let job = job(&NEXTEST, &["shop/tests/service.rs::total"], &[]);
    expect![[r#"
        2 told
        skipped shop/tests/service.rs::total
    "#]]
    .assert_eq(&concluded_of(&job, words, "", Exit::Code(0)));
}

/// A library and a program may be called the same: an end that counts no ignored test says nothing of one that runs.
#[test]
fn the_end_of_a_program_without_tests_is_no_outcome_of_its_namesakes() {
    let words = r#"{"type":"suite","event":"started","test_count":1,"nextest":{"crate":"shop","test_binary":"service","kind":"test"}}
{"type":"test","event":"started","name":"shop::service$total"}
{"type":"suite","event":"ok","passed":0,"failed":0,"ignored":0,"nextest":{"crate":"shop","test_binary":"service","kind":"test"}}
{"type":"test","event":"failed","name":"shop::service$total","exec_time":0.1,"stdout":"no"}
"#;
    let text = concluded(&NEXTEST, words, "", Exit::Code(100));
    assert!(text.contains("failed shop/tests/service.rs::total"), "{text}");
}

#[test]
fn what_does_not_build_is_an_error_of_its_file() {
    let complaints = "   Compiling shop v0.1.0 (/app)\nwarning: unused variable: `x`\n --> shop/src/lib.rs:1:1\n\nerror[E0308]: mismatched types\n --> shop/tests/service.rs:4:23\n  |\n4 |     let wrong: &str = 1;\n  |                ----   ^ expected `&str`, found `u32`\n\nerror: expected one of `!` or `::`, found `x`\n  --> /app/shop/tests/service.rs:9:2\n\nerror: could not compile `shop` (test \"service\") due to 2 previous errors\n";
    expect![[r#"
        0 told
        errored shop/tests/service.rs
            /w/shop/tests/service.rs:4: mismatched types
            /w/shop/tests/service.rs:9: expected one of `!` or `::`, found `x`
    "#]]
    .assert_eq(&concluded(&CARGO, "", complaints, Exit::Code(101)));
}

#[test]
fn an_end_that_no_test_explains_is_told() {
    let complaints =
        "error: failed to parse manifest at `/app/Cargo.toml`\n\nCaused by:\n  no targets\n";
    expect![[r#"
        0 told
        broken: `cargo` ended with exit code 101, though no test failed: failed to parse manifest at `/app/Cargo.toml`
    "#]].assert_eq(&concluded(&CARGO, "", complaints, Exit::Code(101)));
    let started = r#"{"reason":"compiler-artifact","target":{"src_path":"/app/shop/tests/service.rs"},"executable":"/t/service-1"}
{"reason":"testdock-runs","executable":"/t/service-1"}
{ "type": "suite", "event": "started", "test_count": 2 }
{ "type": "test", "event": "started", "name": "total" }
noise{ "type": "test", "name": "total", "event": "ok", "exec_time": 0.5 }
{ "type": "test", "event": "started", "name": "checks::the_path_is_taken_as_it_is" }
"#;
    expect![[r#"
        4 told
        errored shop/tests/checks/mod.rs::the_path_is_taken_as_it_is
            /w/shop/tests/checks/mod.rs:9: the tests' process ended while this one ran
        passed shop/tests/service.rs::total
    "#]]
    .assert_eq(&concluded(&CARGO, started, "", Exit::Code(101)));
}

#[test]
fn what_older_versions_compare_is_told_apart() {
    let words = r#"{"reason":"compiler-artifact","target":{"src_path":"/app/points/src/lib.rs"},"executable":"/t/p-1"}
{"reason":"testdock-runs","executable":"/t/p-1"}
{ "type": "test", "name": "tests::total", "event": "failed", "stdout": "thread 'tests::total' panicked at 'assertion failed: `(left == right)`\n  left: `3`,\n right: `4`: one \"quoted\" text', points/src/lib.rs:17:9\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n" }
"#;
    let job = job(&CARGO, &[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site());
    words.lines().for_each(|line| drop(reader.line(line)));
    let conclusion = reader.conclude(&[], Exit::Code(101));
    let diff = conclusion.results[0].failures[0].diff.clone();
    assert_eq!(diff, Some(("4".to_owned(), "3".to_owned())));
}

#[test]
fn what_ended_a_program_is_told() {
    let aborts = r#"{"reason":"compiler-artifact","target":{"src_path":"/app/shop/tests/service.rs"},"executable":"/t/service-1"}
{"reason":"testdock-runs","executable":"/t/service-1"}
{ "type": "test", "event": "started", "name": "total" }
"#;
    let said = "error: test failed, to rerun pass `-p shop --test service`\n\nCaused by:\n  process didn't exit successfully: `sh /h/testdock_cargo.sh /t/service-1 --show-output` (signal: 6, SIGABRT: process abort signal)\n";
    expect![[r#"
        1 told
        errored shop/tests/service.rs::total
            /w/shop/tests/service.rs:31: the tests' process ended while this one ran: SIGABRT
    "#]]
    .assert_eq(&concluded(&CARGO, aborts, said, Exit::Code(101)));
}

#[test]
fn panics_of_older_versions_are_read() {
    let words = r#"{"reason":"compiler-artifact","target":{"src_path":"/app/points/src/lib.rs"},"executable":"/t/p-1"}
{"reason":"testdock-runs","executable":"/t/p-1"}
{ "type": "test", "name": "tests::total", "event": "failed", "stdout": "thread 'tests::total' panicked at 'assertion failed: `(left == right)`\n  left: `1`,\n right: `2`', points/src/lib.rs:17:9\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n" }
"#;
    expect![[r#"
        1 told
        failed points/src/lib.rs::tests::total
            /w/points/src/lib.rs:17: assertion failed: `(left == right)`⏎  left: `1`,⏎ right: `2`
            printed "thread 'tests::total' panicked at 'assertion failed: `(left == right)`\n  left: `" …
    "#]]
    .assert_eq(&concluded(&CARGO, words, "", Exit::Code(101)));
}
