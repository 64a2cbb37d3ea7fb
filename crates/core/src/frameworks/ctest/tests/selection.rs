//! Selections, and the files and words that say them.

use expect_test::{Expect, expect};

use super::{SHOP, job};
use crate::frameworks::Framework;
use crate::frameworks::ctest::Ctest;
use crate::frameworks::sample::site;
use crate::plan::{HelperFile, Job};

/// The files that name a selection.
fn selected(selection: &[&str], expected: &Expect) {
    let invocation = Ctest.invocation(&job(SHOP, selection), &site());
    let shown = |file: &HelperFile| format!("{}:\n{}\n", file.name, file.content.trim_end());
    expected.assert_eq(&invocation.inputs.iter().map(shown).collect::<String>());
}

#[test]
fn each_selection_has_its_files() {
    selected(&[], &expect![""]);
    selected(
        &[
            "tests/orders_test.cpp::Discount",
            "tests/pricing.cpp::10 pieces, \\[or] \"more\" * \\\\ ok",
            "tests/orders_test.cpp::Stock",
        ],
        &expect![[r#"
            selection:
            =
            +10 pieces, [or] "more" * \ ok
            +Discount.IsForFewPieces
            +Stock.Opens
            classes:
            Discount_IsForFewPieces_Test
            Stock_Opens_Test
            filter:
            Discount.IsForFewPieces/*:*/Discount.IsForFewPieces/*:Discount/*.IsForFewPieces:*/Discount/*.IsForFewPieces:Stock.Opens
            titles:
            10 pieces, [or] "more" * \ ok
            cases:
            "10 pieces\, [or] \"more\" * \\ ok"
            catch2:
            -f
            /s/cases
            doctest:
            --test-case=10 pieces? [or] ?more? * ? ok
        "#]],
    );
    selected(
        &[
            "tests/orders_test.cpp::Discount::IsForFewPieces[Many/2]",
            "tests/pricing.cpp::amounts begin at zero",
            "tests/pricing.cpp::amounts begin at zero[amounts begin at zero - int]",
        ],
        &expect![[r#"
            selection:
            =
            +Discount.IsForFewPieces[Many/2]
            ^amounts begin at zero - 
            +amounts begin at zero - int
            classes:
            Discount_IsForFewPieces_Test
            filter:
            Discount.IsForFewPieces/*:*/Discount.IsForFewPieces/*:Discount/*.IsForFewPieces:*/Discount/*.IsForFewPieces
            titles:
            amounts begin at zero
            amounts begin at zero
            cases:
            "amounts begin at zero - *"
            "amounts begin at zero - int"
            catch2:
            -f
            /s/cases
            doctest:
            --test-case=amounts begin at zero - *,amounts begin at zero - int
        "#]],
    );
    selected(
        &["tests/CMakeLists.txt", "tests/refund_test.cpp"],
        &expect![[r#"
            selection:
            =
            +Orders.Total
            +checkout
            +checkout_judged
            +checkout_quick
            ^exits_
            +ledger
            +patience
            +says hello
            +service
            classes:
            Orders_Total_Test
            filter:

        "#]],
    );
    selected(
        &["!tests/orders_test.cpp", "!tests/CMakeLists.txt::service"],
        &expect![[r#"
            selection:
            -Amounts.BeginAtZero
            -Discount.IsForFewPieces
            -Ledger.IsBalanced
            -Orders.DISABLED_Later
            -Orders.EndsTheProcess
            -Orders.OfNothing
            -Orders.PrintsWhatTerminalsFear
            -Orders.ReadsPieces
            -Orders.Tariffs
            -Orders.TotalWithTax
            -Stock.Opens
            -Tariff.IsLow
            -service
            classes:

            filter:
            -Amounts.BeginAtZero/*:*/Amounts.BeginAtZero/*:Amounts/*.BeginAtZero:*/Amounts/*.BeginAtZero:Discount.IsForFewPieces/*:*/Discount.IsForFewPieces/*:Discount/*.IsForFewPieces:*/Discount/*.IsForFewPieces:Ledger.IsBalanced:Orders.DISABLED_Later:Orders.EndsTheProcess:Orders.OfNothing:Orders.PrintsWhatTerminalsFear:Orders.ReadsPieces:Orders.Tariffs:Orders.TotalWithTax:Stock.Opens:Tariff.IsLow
        "#]],
    );
    selected(
        &["src/orders.cpp"],
        &expect![[r#"
        selection:
        =
        classes:

        filter:

    "#]],
    );
}

#[test]
fn words_for_cmake_and_for_ctest_are_told_apart() {
    let job = Job {
        args: vec!["-DSHOP=big one".into(), "-j4".into(), "--preset=ci".into()],
        ..job(SHOP, &[])
    };
    let invocation = Ctest.invocation(&job, &site());
    assert_eq!(invocation.args, ["-j4"]);
    assert_eq!(
        invocation.env,
        [("TESTDOCK_CMAKE_ARGS".to_owned(), "-DSHOP=big one\n--preset=ci".to_owned())]
    );
    assert_eq!(
        invocation.candidates[0].argv,
        ["sh", "/h/testdock_ctest.sh", "/s/cmake-", "/s", "ctest"]
    );
}
