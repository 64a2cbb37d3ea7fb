//! What Bats says, what it comes to, and the commands for selections.

use expect_test::{Expect, expect};

use super::*;
use crate::frameworks::Exit;
use crate::frameworks::sample::{self, Files, site};
use crate::model::RunEvent;

const ORDERS: &str = include_str!("../../../../../fixtures/shell-bats/test/orders.bats");
const STOCK: &str = include_str!("../../../../../fixtures/shell-bats/test/deep/stock.bats");
const FILES: Files<'_> = &[
    ("test/broken.bats", "@test \"answers\" {\n"),
    ("test/deep/stock.bats", STOCK),
    ("test/orders.bats", ORDERS),
];

/// `!` in front of what is left out.
fn job(files: Files<'_>, selection: &[&str]) -> Job {
    let (out, selection): (Vec<&str>, Vec<&str>) =
        selection.iter().partition(|it| it.starts_with('!'));
    let out: Vec<&str> = out.iter().map(|it| &it[1..]).collect();
    sample::job(&KIND, "", files, &selection, &out)
}

fn check(captured: &str, exit: Exit, expected: &Expect) {
    let mut reader = Bats::default().reader(&job(FILES, &[]), &site());
    let told: Vec<RunEvent> = captured.lines().flat_map(|line| reader.line(line)).collect();
    let conclusion = reader.conclude(&[], exit);
    let finished = told.iter().filter(|event| matches!(event, RunEvent::TestFinished(_))).count();
    expected.assert_eq(&format!("{finished} told while it ran\n{}", sample::shown(&conclusion)));
}

#[test]
fn the_sample_project() {
    check(
        include_str!("captured/shop-1.11.txt"),
        Exit::Code(1),
        &expect![[r#"
            10 told while it ran
            errored test/broken.bats
                /w/test/broken.bats:4: syntax error near unexpected token `}'
            errored test/deep/stock.bats
                /w/test/deep/stock.bats:3: `return 1' failed
                  /w/test/deep/stock.bats:3 setup_file
                printed "no stock list\n"
            failed test/orders.bats::an order for nothing
                /w/test/orders.bats:24: values do not equal⏎expected : nothing⏎actual   : an order for nothing
                  /w/test/orders.bats:24 
                  /w/test/checks.bash:11 assert_equal
                printed "-- values do not equal --\nexpected : nothing\nactual   : an order for nothing\n--\n" …
            errored test/orders.bats::ends its process
                /w/test/orders.bats:41: its process was ended
            passed test/orders.bats::patience
            passed test/orders.bats::price of … pieces[price of ten pieces]
            failed test/orders.bats::reads pieces
                /w/test/orders.bats:19: `reads_as 12 13' failed
                  /w/test/orders.bats:19 
                  /w/test/checks.bash:4 reads_as
            failed test/orders.bats::says it in unicode: čaj ≠ 茶
                /w/test/orders.bats:38: `false' failed
                  /w/test/orders.bats:38 
                printed "\u{1b}[31mred\u{1b}[0m and \u{7} no line end\n"
            skipped test/orders.bats::tariffs (needs the tariff server)
            passed test/orders.bats::total
                printed "adding up 3 x 100\n"
            failed test/orders.bats::total with 'quotes', "doubles" (and $dollars) \[x] *
                /w/test/orders.bats:15: `[ "$output" = 357 ]' failed
                  /w/test/orders.bats:15 
                printed "Last output:\n300\n"
            passed test/orders.bats::written_otherwise
        "#]],
    );
}

#[test]
fn what_goes_wrong_around_tests() {
    let suite = "1..3
suite /app/test/orders.bats
begin 1 total
not ok 1 total in 1007ms # timeout after 1s
# (in test file test/orders.bats, line 10)
#   `sleep 3' failed due to timeout
# Terminated
not ok 2 teardown_file failed
# (from function `teardown_file' in test file test/orders.bats, line 2)
#   `teardown_file() { false; }' failed
# bats warning: Executed 2 instead of expected 1 tests";
    check(
        suite,
        Exit::Code(1),
        &expect![[r#"
        1 told while it ran
        errored test/orders.bats
            /w/test/orders.bats:2: `teardown_file() { false; }' failed
              /w/test/orders.bats:2 teardown_file
        errored test/orders.bats::total
            /w/test/orders.bats:10: `sleep 3' failed due to timeout
              /w/test/orders.bats:10 
            printed "Terminated\n"
    "#]],
    );
    let unclosed = "1..2
suite /app/test/broken.bats
not ok 1 setup_file failed
# (in test file /app/test/broken.bats, line 1)
#   `bats_require_minimum_version 1.5.0' failed with status 0
# /app/test/broken.bats: line 8: syntax error near unexpected token `}'
# bats warning: Executed 1 instead of expected 2 tests";
    check(
        unclosed,
        Exit::Code(1),
        &expect![[r#"
            0 told while it ran
            errored test/broken.bats
                /w/test/broken.bats:8: syntax error near unexpected token `}'
                  /w/test/broken.bats:1 
                printed "/w/test/broken.bats: line 8: syntax error near unexpected token `}'\n"
        "#]],
    );
    let setup = "1..3
not ok 1 setup_suite
# (from function `setup_suite' in test file /app/test/setup_suite.bash, line 1)
#   `setup_suite() { false; }' failed
# bats warning: Executed 1 instead of expected 3 tests";
    check(
        setup,
        Exit::Code(1),
        &expect![[r#"
        0 told while it ran
        errored test/setup_suite.bash
            /w/test/setup_suite.bash:1: `setup_suite() { false; }' failed
              /w/test/setup_suite.bash:1 setup_suite
    "#]],
    );
    let unread = "testdock-unread\t/app/test/broken.bats\t/app/test/broken.bats: line 5: Duplicate test name(s) in file \"/app/test/broken.bats\": test_a";
    check(
        unread,
        Exit::Code(1),
        &expect![[r#"
        0 told while it ran
        errored test/broken.bats
            /w/test/broken.bats:5: Duplicate test name(s) in file "/w/test/broken.bats": test_a
    "#]],
    );
    check(
        "1..2\nsuite /app/test/orders.bats\nbegin 1 total\nok 1 total in 2ms",
        Exit::Signal(9),
        &expect![[r#"
            0 told while it ran
            passed test/orders.bats::total
            broken: `bats` ended with killed by signal 9, and did not tell of a test that explains it
        "#]],
    );
    check(
        "bats: unknown option",
        Exit::Code(1),
        &expect![[r#"
        0 told while it ran
        broken: `bats` ended with exit code 1, and did not tell of a test that explains it
    "#]],
    );
}

#[test]
fn what_a_test_prints_is_nobodys_outcome() {
    let told = "1..2
suite /app/test/a.bats
begin 1 first
not ok 1 first
ok 7 ghost in 1ms
ok 1 first in 3ms
begin 2 second
not ok 1 first in 1ms
not ok 2 second in 2ms
# (in test file test/a.bats, line 5)
#   `false' failed
ok 2 second in 9ms";
    check(
        told,
        Exit::Code(1),
        &expect![[r#"
        2 told while it ran
        passed test/a.bats::first
        failed test/a.bats::second
            /w/test/a.bats:5: `false' failed
              /w/test/a.bats:5 
    "#]],
    );
}

#[test]
fn a_title_may_look_like_what_stands_behind_it() {
    let told = "1..4
suite /app/test/a.bats
begin 1 weird # skip
ok 1 weird # skip in 2ms
begin 2 worse # skip
not ok 2 worse # skip in 0ms
# (in test file test/a.bats, line 5)
#   `false' failed
begin 3 fine in 12ms # skip
ok 3 fine in 12ms # skip in 1ms # skip because in 5ms
begin 4 setup_suite works
ok 4 setup_suite works in 1ms";
    check(
        told,
        Exit::Code(1),
        &expect![[r#"
        3 told while it ran
        skipped test/a.bats::fine in 12ms # skip (because in 5ms)
        passed test/a.bats::setup_suite works
        passed test/a.bats::weird # skip
        failed test/a.bats::worse # skip
            /w/test/a.bats:5: `false' failed
              /w/test/a.bats:5 
    "#]],
    );
}

#[test]
fn a_directory_called_bats_is_the_projects_unless_bats_itself_is_in_it() {
    let roots = |files: &[&str]| {
        let files: Vec<(&str, &str)> = files.iter().map(|it| (*it, "")).collect();
        sample::seen_in(&files, detect).len()
    };
    assert_eq!(roots(&["bats/a.bats"]), 1);
    assert_eq!(roots(&["test/bats/libexec/bats-core/bats", "test/bats/test/bats.bats"]), 0);
    assert_eq!(roots(&["test/bats-assert/test/assert.bats"]), 0);
}

#[test]
fn the_projects_formatter_means_nothing() {
    let mut job = job(FILES, &[]);
    job.args = vec!["--formatter".to_owned(), "pretty".to_owned()];
    let args = Bats::default().invocation(&job, &site()).args.join(" ");
    assert!(args.starts_with("--formatter pretty --formatter cat "), "{args}");
}

#[test]
fn tests_are_found_line_by_line() {
    let text = r#"#!/usr/bin/env bats
# bats file_tags=all
# @test "not this" {
@test "one" { true; }
  @test 'in $quotes'   {
    if x; then
    }
  }
# bats test_tags=slow, db:x
@test 'no "more" \$1' {
}
@test "costs \$1, not \"$2\" or ${PRICE:-3} or $(date)" {
    true
@test bare words {
}
commented() { # @test
    true
}
@test "one" { again; }
function last {   #   @test
"#;
    let suite = Suite::new(RelPath::default(), Arc::new(Bats::default()));
    let path = RelPath::new("a.bats");
    let items = Bats::default().discover(&suite, &mut Source::new(&path, text));
    let shown = items.iter().map(|item| {
        let (start, end) = (item.range.start.line + 1, item.range.end.line + 1);
        let tags: String = item.tags.iter().map(|tag| format!(" #{tag}")).collect();
        format!("{:?} {start}-{end} {}{tags}\n", item.kind, item.id.names.join(" / "))
    });
    expect![[r#"
        Test 4-4 one #all
        Parametrised 5-8 in … #all
        Test 10-11 no more $1 #all #slow #db:x
        Parametrised 12-13 costs $1, not "$2" or … or … #all
        Test 14-15 bare words #all
        Test 16-18 commented #all
        Test 20-20 last #all
    "#]]
    .assert_eq(&shown.collect::<String>());
}

/// The commands of a selection.
fn commands(selection: &[&str], expected: &Expect) {
    let invocation = Bats::default().invocation(&job(FILES, selection), &site());
    let steps = invocation.steps.iter().map(|step| format!("{}\n", step.join(" ")));
    expected.assert_eq(&steps.collect::<String>());
}

#[test]
fn each_selection_has_its_commands() {
    commands(
        &[],
        &expect![[r#"
        -- /app/test/broken.bats /app/test/deep/stock.bats /app/test/orders.bats
    "#]],
    );
    commands(
        &["test/deep", "test/orders.bats::total"],
        &expect![[r#"
        -- /app/test/deep/stock.bats
        --filter ^(total)$ -- /app/test/orders.bats
    "#]],
    );
    commands(
        &[
            "test/orders.bats::total with 'quotes', \"doubles\" (and $dollars) \\[x] *",
            "test/orders.bats::price of … pieces[price of ten pieces]",
        ],
        &expect![[r#"
            --filter ^(price of .* pieces|total with 'quotes', \\?"doubles\\?" \(and \\?\$dollars\) \[x\] \*)$ -- /app/test/orders.bats
        "#]],
    );
    commands(
        &["!test/deep", "!test/orders.bats::patience", "!test/broken.bats::answers"],
        &expect![[r#"
            --filter ^(total|total with 'quotes', \\?"doubles\\?" \(and \\?\$dollars\) \[x\] \*|reads pieces|an order for nothing|tariffs|says it in unicode: čaj ≠ 茶|ends its process|price of .* pieces|written_otherwise)$ -- /app/test/orders.bats
        "#]],
    );
    commands(
        &["test/orders.bats", "!test/orders.bats"],
        &expect![[r#"
        --version --
    "#]],
    );
}
