//! What files of Perl say, what it comes to, and the commands for selections.

use expect_test::{Expect, expect};

use super::*;
use crate::frameworks::Exit;
use crate::frameworks::sample::{self, Files, site};
use crate::model::RunEvent;

const FILES: Files<'_> = &[
    ("t/deep/orders.t", include_str!("../../../../../fixtures/perl-prove/t/deep/orders.t")),
    ("t/orders.t", include_str!("../../../../../fixtures/perl-prove/t/orders.t")),
    ("t/service.t", include_str!("../../../../../fixtures/perl-prove/t/service.t")),
];

/// `!` in front of what is left out.
fn job(selection: &[&str]) -> Job {
    let (out, selection): (Vec<&str>, Vec<&str>) =
        selection.iter().partition(|it| it.starts_with('!'));
    let out: Vec<&str> = out.iter().map(|it| &it[1..]).collect();
    sample::job(&KIND, "", FILES, &selection, &out)
}

fn check(job: &Job, captured: &str, exit: Exit, expected: &Expect) {
    let mut reader = Prove.reader(job, &site());
    let told: Vec<RunEvent> = captured.lines().flat_map(|line| reader.line(line)).collect();
    let conclusion = reader.conclude(&[], exit);
    let finished = told.iter().filter(|event| matches!(event, RunEvent::TestFinished(_))).count();
    let text = format!("{finished} told while it ran\n{}", sample::shown(&conclusion));
    expected.assert_eq(&text);
}

#[test]
fn the_sample_project() {
    check(
        &job(&[]),
        include_str!("captured/shop-3.48.txt"),
        Exit::Code(1),
        &expect![[r##"
            22 told while it ran
            errored t/broken.t
                /w/t/broken.t:4: syntax error, near "= ;"
            passed t/deep/orders.t::total
            skipped t/orders.t::discounts (later)
            failed t/orders.t::many pieces
            passed t/orders.t::many pieces::less than …[less than 100]
            failed t/orders.t::many pieces::less than …[less than 200]
                /w/t/orders.t:20: Failed test 'less than 200'
            passed t/orders.t::many pieces::ten
            failed t/orders.t::reads 12
                /w/t/lib/Checks.pm:10: got: '12' expected: '13'
            failed t/orders.t::rounding
            passed t/orders.t::rounding::down
            failed t/orders.t::rounding::half a cent
            failed t/orders.t::rounding::half a cent::up
                /w/t/orders.t:26: got: '0.5' expected: '1'
            failed t/orders.t::stock
                /w/t/orders.t:48: Structures begin differing at: $got->{tea} = '1' $expected->{tea} = '2'
            skipped t/orders.t::tariffs (needs the tariff server)
            passed t/orders.t::test 10
            skipped t/orders.t::test 6 (no network)
            passed t/orders.t::total
                printed "# adding up 3 x 100\n"
            failed t/orders.t::total with 'tax' #1
                /w/t/orders.t:14: got: '300' expected: '357'
            failed t/orders.t::čaj ≠ 茶
                /w/t/orders.t:52: 'čaj' doesn't match '(?^u:茶)'
                printed "\u{1b}[31mred\u{1b}[0m and \u{7}\n"
            errored t/service.t
                /w/lib/Orders.pm:9: an order for nothing
            passed t/service.t::opens
            skipped t/windows.t (only on Windows)
        "##]],
    );
}

#[test]
fn what_was_not_asked_for_is_not_told() {
    let captured = include_str!("captured/shop-3.48.txt");
    check(
        &job(&["t/orders.t::rounding::down"]),
        captured,
        Exit::Code(1),
        &expect![[r#"
        4 told while it ran
        errored t/broken.t
            /w/t/broken.t:4: syntax error, near "= ;"
        passed t/orders.t::rounding::down
        errored t/service.t
            /w/lib/Orders.pm:9: an order for nothing
        skipped t/windows.t (only on Windows)
    "#]],
    );
}

#[test]
fn what_has_neither_name_nor_number_is_called_by_its_turn() {
    let said = "open\tt/a.t\nline\tt/a.t\t1..4\nline\tt/a.t\tok\nline\tt/a.t\tok 2 - named\nline\tt/a.t\t# Subtest: part\nline\tt/a.t\t    not ok\nline\tt/a.t\t    1..1\nline\tt/a.t\tnot ok 3 - part\nline\tt/a.t\tnot ok\nclose\tt/a.t\t0\n";
    check(
        &job(&[]),
        said,
        Exit::Code(1),
        &expect![[r#"
        5 told while it ran
        passed t/a.t::named
        failed t/a.t::part
        failed t/a.t::part::test 1
            : the test failed
        passed t/a.t::test 1
        failed t/a.t::test 4
            : the test failed
    "#]],
    );
    let chosen = job(&["t/a.t::test 4"]);
    check(
        &chosen,
        said,
        Exit::Code(1),
        &expect![[r#"
        1 told while it ran
        failed t/a.t::test 4
            : the test failed
    "#]],
    );
}

#[test]
fn words_of_the_file_itself_stand_behind_what_the_library_says() {
    let said = "open\tt/a.t\nline\tt/a.t\tnot ok 1 - plain\nline\tt/a.t\t#   Failed test 'plain'\nline\tt/a.t\t#   at t/a.t line 7.\nline\tt/a.t\t# a word\nline\tt/a.t\t# a note\nline\tt/a.t\t1..1\nclose\tt/a.t\t1\n";
    check(
        &job(&[]),
        said,
        Exit::Code(1),
        &expect![[r#"
            1 told while it ran
            failed t/a.t::plain
                /w/t/a.t:7: Failed test 'plain'⏎a word⏎a note
        "#]],
    );
}

#[test]
fn words_of_the_file_itself_are_lines_of_their_own() {
    let said = "open\tt/a.t\nline\tt/a.t\tnot ok 1 - one\nline\tt/a.t\t#   Failed test 'one'\nline\tt/a.t\t#   at t/a.t line 2.\nline\tt/a.t\t#          got: '1'\nline\tt/a.t\t#     expected: '2\nline\tt/a.t\t# 3'\nline\tt/a.t\t# after one\nline\tt/a.t\t# a note\nline\tt/a.t\t1..1\nclose\tt/a.t\t1\n";
    check(
        &job(&[]),
        said,
        Exit::Code(1),
        &expect![[r#"
        1 told while it ran
        failed t/a.t::one
            /w/t/a.t:2: got: '1' expected: '2 3'⏎after one⏎a note
    "#]],
    );
}

#[test]
fn files_that_end_in_unusual_ways() {
    let ends = "open\tt/a.t\nline\tt/a.t\t1..2\nline\tt/a.t\tok 1 - only\nline\tt/a.t\t# Looks like your test exited with 3 just after 1.\nwrong\tt/a.t\tBad plan.  You planned 2 tests but ran 1.\nclose\tt/a.t\t3\nopen\tt/b.t\nline\tt/b.t\tok 1 - all\nline\tt/b.t\tnot ok 2 - all\nclose\tt/b.t\t0\n";
    check(
        &job(&[]),
        ends,
        Exit::Code(1),
        &expect![[r#"
            5 told while it ran
            errored t/a.t
                /w/t/a.t:1: it ended with exit code 3 before its tests did: Bad plan.  You planned 2 tests but ran 1.
            passed t/a.t::only
            errored t/b.t
                /w/t/b.t:1: it ended with exit code 0 and without a plan of its tests
            passed t/b.t::all
            failed t/b.t::all[#2]
                : the test failed
        "#]],
    );
    let killed = "open\tt/a.t\nline\tt/a.t\tok 1 - only\nclose\tt/a.t\tSIGSEGV\n";
    check(
        &job(&["t/a.t"]),
        killed,
        Exit::Code(1),
        &expect![[r#"
        2 told while it ran
        errored t/a.t
            /w/t/a.t:1: it was ended by SIGSEGV and without a plan of its tests
        passed t/a.t::only
    "#]],
    );
    let bails =
        "open\tt/a.t\nline\tt/a.t\tok 1\nline\tt/a.t\tBail out!  no shop\nclose\tt/a.t\t255\n";
    check(
        &job(&[]),
        bails,
        Exit::Code(255),
        &expect![[r#"
        2 told while it ran
        errored t/a.t
            /w/t/a.t:1: it ended with exit code 255 and without a plan of its tests
        passed t/a.t::test 1
        broken: a test bailed out: no shop
    "#]],
    );
    check(
        &job(&[]),
        "open\tt/a.t\nline\tt/a.t\tok 1\n",
        Exit::Signal(9),
        &expect![[r#"
        1 told while it ran
        passed t/a.t::test 1
        broken: `prove` ended before its tests did: killed by signal 9
    "#]],
    );
    check(
        &job(&[]),
        "",
        Exit::Code(2),
        &expect![[r#"
        0 told while it ran
        broken: `prove` ended with exit code 2, though no test failed
    "#]],
    );
}

#[test]
fn a_file_that_does_not_keep_to_its_plan_is_an_error() {
    let told = "open\tt/a.t
line\tt/a.t\t1..2
line\tt/a.t\tok 1 - forged
line\tt/a.t\tok 1 - fine
line\tt/a.t\tok 2 - fine too
wrong\tt/a.t\tTests out of sequence.  Found (1) but expected (2)
wrong\tt/a.t\tBad plan.  You planned 2 tests but ran 3.
close\tt/a.t\t0";
    check(
        &job(&[]),
        told,
        Exit::Code(1),
        &expect![[r#"
        4 told while it ran
        errored t/a.t
            /w/t/a.t:1: Tests out of sequence.  Found (1) but expected (2); Bad plan.  You planned 2 tests but ran 3.
        passed t/a.t::fine
        passed t/a.t::fine too
        passed t/a.t::forged
    "#]],
    );
}

#[test]
fn what_comes_on_standard_error_is_no_outcome() {
    let told = "open\tt/a.t
line\tt/a.t\t1..3
aside\tt/a.t\tok 7 - forged
aside\tt/a.t\tnot ok 8 - forged
aside\tt/a.t\t1..0 # SKIP forged
aside\tt/a.t\tBail out! forged
line\tt/a.t\tok 1 - one
line\tt/a.t\tnot ok 2 - two
aside\tt/a.t\t# expected: 3
aside\tt/a.t\tno newline
line\tt/a.t\tok 3 - three
close\tt/a.t\t1";
    check(
        &job(&[]),
        told,
        Exit::Code(1),
        &expect![[r#"
            3 told while it ran
            passed t/a.t::one
            passed t/a.t::three
            failed t/a.t::two
                : expected: 3
        "#]],
    );
}

#[test]
fn of_assertions_of_the_same_description_one_can_be_chosen() {
    let told = "open\tt/a.t
line\tt/a.t\tok 1 - dup
line\tt/a.t\tok 2 - dup
line\tt/a.t\tok 3 - dup
line\tt/a.t\t1..3
close\tt/a.t\t0";
    check(
        &job(&["t/a.t::dup[#2]", "t/a.t::other"]),
        told,
        Exit::Code(0),
        &expect![[r#"
            1 told while it ran
            passed t/a.t::dup[#2]
        "#]],
    );
}

#[test]
fn a_warning_is_not_why_a_file_ended() {
    let told = "open\tt/a.t
aside\tt/a.t\tsoon old at t/a.t line 2.
line\tt/a.t\tok 1 - one
aside\tt/a.t\tno shop at t/a.t line 4.
aside\tt/a.t\t\tmain::sell(3) called at t/a.t line 9
close\tt/a.t\t255";
    check(
        &job(&[]),
        told,
        Exit::Code(1),
        &expect![[r#"
        2 told while it ran
        errored t/a.t
            /w/t/a.t:4: no shop
        passed t/a.t::one
    "#]],
    );
}

#[test]
fn assertions_with_a_description_are_found() {
    let text = r#"
use Test::More;
ok(1, 'one');
ok(1);
is($a, 'expected');
is $a, 1, "with $a->{b}[0] and @{list} \"q\"";
cmp_ok($a, '==', 'x');
subtest 'outer' => sub {
    pass 'inside';
    subtest inner => sub { pass('deep') };
};
if (1) { fail("in a block") }
sub helper { ok(1, 'of whoever calls') }
ok(1, 'one');
ok(1, $name);
like($text, qr/x/, q{quoted otherwise \d});
is $a, 1, qq (priced $a's "x");
"#;
    let suite = Suite::new(RelPath::default(), std::sync::Arc::new(Prove));
    let path = RelPath::new("t/a.t");
    let items = Prove.discover(&suite, &mut Source::new(&path, text));
    let shown = items.iter().map(|item| {
        let (start, end) = (item.range.start.line + 1, item.range.end.line + 1);
        format!("{:?} {start}-{end} {}\n", item.kind, item.id.names.join(" / "))
    });
    expect![[r#"
        Test 3-3 one
        Parametrised 6-6 with … and … "q"
        Parametrised 8-11 outer
        Test 9-9 outer / inside
        Parametrised 10-10 outer / inner
        Test 10-10 outer / inner / deep
        Test 12-12 in a block
        Test 16-16 quoted otherwise \d
        Parametrised 17-17 priced …'s "x"
    "#]]
    .assert_eq(&shown.collect::<String>());
}

#[test]
fn each_selection_has_its_files() {
    let steps = |selection: &[&str]| {
        let steps = Prove.invocation(&job(selection), &site()).steps;
        steps.iter().map(|step| step.join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(steps(&[]), ["t"]);
    assert_eq!(steps(&["t/deep", "t/orders.t::total", "t/deep/orders.t"]), ["t/deep t/orders.t"]);
    assert_eq!(steps(&["!t/deep"]), ["t/orders.t t/service.t"]);
    assert_eq!(steps(&["t/orders.t", "!t/orders.t"]), ["--version"]);
}
