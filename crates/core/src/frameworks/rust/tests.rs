//! What commands run a selection, and what their words come to; both of the sample project.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::{CARGO, NEXTEST};
use crate::frameworks::{Exit, Kind, Known, Source, Suite, sample};
use crate::id::TestId;
use crate::interpreter;
use crate::paths::RelPath;
use crate::plan::{self, Job, Site};
use crate::resolve::Contents;

macro_rules! files {
    ($($path:literal),*) => {
        &[$(($path, include_str!(concat!("../../../../../fixtures/rust-cargo/", $path)))),*]
    };
}

/// The sample project.
const FILES: &[(&str, &str)] = files![
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
    let paths: Vec<RelPath> = FILES.iter().map(|(path, _)| RelPath::new(path)).collect();
    let text = |path: &str| FILES.iter().find(|(name, _)| *name == path).map(|it| it.1.to_owned());
    let contents = Contents { root: "/w".into(), files: &paths, read: &text };
    let suite = Suite::new(RelPath::default(), (kind.at)(&RelPath::default(), contents));
    let sources = paths.iter().filter(|path| suite.framework.is_test_file(&suite, path));
    let known = sources.map(|path| {
        let text = text(path.as_str()).unwrap_or_default();
        let items = suite.framework.discover(&suite, &mut Source::new(path, &text));
        (path.clone(), Arc::from(items))
    });
    let known = Known::new(known.collect::<Vec<_>>());
    let interpreter = interpreter::plan("default", &Default::default(), plan::Source::Local);
    let ids = |texts: &[&str]| texts.iter().map(|text| text.parse::<TestId>().unwrap()).collect();
    Job { selection: ids(selection), exclude: ids(exclude), known, ..Job::new(suite, interpreter) }
}

fn site() -> Site {
    Site { cache: Some("/c".into()), ..sample::site() }
}

fn commands(kind: &Kind, selection: &[&str], exclude: &[&str], expected: &Expect) {
    let job = job(kind, selection, exclude);
    let invocation = job.suite.framework.invocation(&job, &site());
    let steps = invocation.steps.iter().map(|step| step.join(" ") + "\n");
    expected.assert_eq(&steps.collect::<String>());
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

fn concluded(kind: &Kind, stdout: &str, stderr: &str, exit: Exit) -> String {
    let job = job(kind, &[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site());
    for line in stderr.lines() {
        reader.printed(line);
    }
    let told: usize = stdout.lines().map(|line| reader.line(line).len()).sum();
    let conclusion = reader.conclude(&[], exit);
    let results = conclusion.results.iter().map(|result| {
        let failures = result.failures.iter().map(|failure| {
            let place = failure.place.as_ref().map(|it| format!("{}:{}", it.path, it.line));
            let frames =
                failure.frames.iter().map(|it| format!("{}:{}", it.place.path, it.place.line));
            let frames = frames.collect::<Vec<_>>().join(" < ");
            let message = failure.message.replace('\n', "⏎");
            format!("\n  {} {message} [{frames}]", place.unwrap_or_default())
        });
        let failures: String = failures.collect();
        format!("{} {}{failures}\n", result.outcome.as_str(), result.id)
    });
    let results: String = results.collect();
    let broken = conclusion.broken.map(|it| it.message).unwrap_or_default();
    format!("{told} told\n{results}{broken}")
}

#[test]
fn the_words_of_cargo_test_are_results() {
    let words = include_str!("captured/cargo-1.85.txt");
    expect![[r#"
        79 told
        passed points/src/lib.rs::each_euro_is_a_point
        failed points/src/lib.rs::tests::total
          /w/points/src/lib.rs:17 no point for 99 cents [/w/points/src/lib.rs:17]
        passed shop/src/lib.rs::(doc)
        failed shop/src/orders/tests.rs::an_order_that_cannot_be_read
          /w/shop/src/orders/tests.rs:25 ParseIntError { kind: InvalidDigit } []
        failed shop/src/orders/tests.rs::an_order_without_stock
          /w/shop/src/orders/tests.rs:21 no such thing [/w/shop/src/orders/tests.rs:21 < /w/shop/src/orders.rs:14]
        passed shop/src/orders/tests.rs::total_of_one
        failed shop/src/orders/tests.rs::total_with_tax
          /w/shop/src/orders/tests.rs:6 assertion `left == right` failed⏎  left: 1000⏎ right: 1190 [/w/shop/src/orders/tests.rs:16 < /w/shop/src/orders/tests.rs:6]
        failed shop/src/pricing.rs::discount (doc 2)
          /w/shop/src/pricing.rs:13 assertion `left == right` failed⏎  left: 10⏎ right: 15 []
        passed shop/src/pricing.rs::discount (doc)
        skipped shop/src/pricing.rs::gone (doc)
        passed shop/src/pricing.rs::tests::a_single_piece
        failed shop/src/pricing.rs::tests::of_many::a_hundred
          /w/shop/src/pricing.rs:51 assertion `left == right` failed: a hundred pieces⏎  left: 10⏎ right: 15 [/w/shop/src/pricing.rs:51]
        passed shop/src/pricing.rs::tests::of_many::ten
        skipped shop/src/pricing.rs::tests::tariffs
        failed shop/src/pricing.rs::tests::unknown_tariff
          /w/shop/src/pricing.rs:63 test did not panic as expected []
        passed shop/tests/checks/mod.rs::the_path_is_taken_as_it_is
        failed shop/tests/service.rs::opens_with_stock
          /w/shop/tests/service.rs:10 no stock list: Os { code: 2, kind: NotFound, message: "No such file or directory" } [/w/shop/tests/service.rs:10 < /w/shop/tests/checks/mod.rs:5]
        passed shop/tests/service.rs::patience
        passed shop/tests/service.rs::prints_what_terminals_fear
        failed shop/tests/service.rs::says_it_in_unicode
          /w/shop/tests/service.rs:27 assertion `left == right` failed: čaj ≠ 茶⏎  left: "naïve “quotes”"⏎ right: "naive quotes" [/w/shop/tests/service.rs:27]
        passed shop/tests/service.rs::total
    "#]].assert_eq(&concluded(&CARGO, words, "", Exit::Code(101)));
}

#[test]
fn the_words_of_nextest_are_results() {
    let words = include_str!("captured/nextest-0.9.143.txt");
    expect![[r#"
        34 told
        passed points/src/lib.rs::each_euro_is_a_point
        failed points/src/lib.rs::tests::total
          /w/points/src/lib.rs:17 no point for 99 cents [/w/points/src/lib.rs:17]
        failed shop/src/orders/tests.rs::an_order_that_cannot_be_read
          /w/shop/src/orders/tests.rs:25 ParseIntError { kind: InvalidDigit } []
        failed shop/src/orders/tests.rs::an_order_without_stock
          /w/shop/src/orders/tests.rs:21 no such thing [/w/shop/src/orders/tests.rs:21 < /w/shop/src/orders.rs:14]
        passed shop/src/orders/tests.rs::total_of_one
        failed shop/src/orders/tests.rs::total_with_tax
          /w/shop/src/orders/tests.rs:6 assertion `left == right` failed⏎  left: 1000⏎ right: 1190 [/w/shop/src/orders/tests.rs:16 < /w/shop/src/orders/tests.rs:6]
        passed shop/src/pricing.rs::tests::a_single_piece
        failed shop/src/pricing.rs::tests::of_many::a_hundred
          /w/shop/src/pricing.rs:51 assertion `left == right` failed: a hundred pieces⏎  left: 10⏎ right: 15 [/w/shop/src/pricing.rs:51]
        passed shop/src/pricing.rs::tests::of_many::ten
        skipped shop/src/pricing.rs::tests::tariffs
        failed shop/src/pricing.rs::tests::unknown_tariff
          /w/shop/src/pricing.rs:63 test did not panic as expected []
        passed shop/tests/checks/mod.rs::the_path_is_taken_as_it_is
        failed shop/tests/service.rs::opens_with_stock
          /w/shop/tests/service.rs:10 no stock list: Os { code: 2, kind: NotFound, message: "No such file or directory" } [/w/shop/tests/service.rs:10 < /w/shop/tests/checks/mod.rs:5]
        passed shop/tests/service.rs::patience
        passed shop/tests/service.rs::prints_what_terminals_fear
        failed shop/tests/service.rs::says_it_in_unicode
          /w/shop/tests/service.rs:27 assertion `left == right` failed: čaj ≠ 茶⏎  left: "naïve “quotes”"⏎ right: "naive quotes" [/w/shop/tests/service.rs:27]
        passed shop/tests/service.rs::total
    "#]].assert_eq(&concluded(&NEXTEST, words, "", Exit::Code(100)));
}

#[test]
fn what_does_not_build_is_an_error_of_its_file() {
    let complaints = "   Compiling shop v0.1.0 (/app)\nwarning: unused variable: `x`\n --> shop/src/lib.rs:1:1\n\nerror[E0308]: mismatched types\n --> shop/tests/service.rs:4:23\n  |\n4 |     let wrong: &str = 1;\n  |                ----   ^ expected `&str`, found `u32`\n\nerror: expected one of `!` or `::`, found `x`\n  --> /app/shop/tests/service.rs:9:2\n\nerror: could not compile `shop` (test \"service\") due to 2 previous errors\n";
    expect![[r#"
        0 told
        errored shop/tests/service.rs
          /w/shop/tests/service.rs:4 mismatched types []
          /w/shop/tests/service.rs:9 expected one of `!` or `::`, found `x` []
    "#]]
    .assert_eq(&concluded(&CARGO, "", complaints, Exit::Code(101)));
}

#[test]
fn an_end_that_no_test_explains_is_told() {
    let complaints =
        "error: failed to parse manifest at `/app/Cargo.toml`\n\nCaused by:\n  no targets\n";
    expect![[r#"
        0 told
        `cargo` ended with exit code 101, though no test failed: failed to parse manifest at `/app/Cargo.toml`"#]].assert_eq(&concluded(&CARGO, "", complaints, Exit::Code(101)));
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
          /w/shop/tests/checks/mod.rs:9 the tests' process ended while this one ran []
        passed shop/tests/service.rs::total
    "#]]
    .assert_eq(&concluded(&CARGO, started, "", Exit::Code(101)));
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
          /w/points/src/lib.rs:17 assertion failed: `(left == right)`⏎  left: `1`,⏎ right: `2` []
    "#]]
    .assert_eq(&concluded(&CARGO, words, "", Exit::Code(101)));
}
