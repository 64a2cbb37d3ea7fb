//! What is found in Elixir files, which commands run a selection, and what Mix's words come to.

use expect_test::{Expect, expect};

use super::KIND;
use crate::frameworks::sample::{self, site};
use crate::frameworks::{Exit, Kind};
use crate::paths::RelPath;
use crate::plan::Job;

const CART: &str = r##"defmodule Shop.CartTest do
  use ExUnit.Case, async: true
  @moduletag :fast
  doctest Cart, import: true

  describe "total" do
    @tag :skip
    @tag timeout: 10, db: true
    test "adds \"up\" (1 + 1) \u010d", %{a: a} do
      test "nothing in a test"
    end
    test("parens", do: assert(true))
    for n <- [1, 2] do
      test "of #{n}", do: :ok
    end
  end
  test ~s(sigil "x") do
  end
  test "later"
  test "a" <> "b" do
  end
  property "holds" do
  end
  test unquote(name) do
  end
  defp helper do
    test "no"
  end

  defmodule Inner do
    test "within" do
    end
  end
end

defmodule Shop.Helper do
  def x, do: 1
end

defmodule Shop.HalfTest do
  test "unfinished" do
    foo(
"##;

fn job(selection: &[&str], exclude: &[&str]) -> Job {
    let price =
        "defmodule PriceTest do\n  test \"later\" do\n  end\n  test \"now\" do\n  end\nend\n";
    let stock =
        "defmodule StockTest do\n  test \"now\" do\n  end\n  test \"then\" do\n  end\nend\n";
    let stock = &format!("{stock}defmodule LateStockTest do\n  test \"now\" do\n  end\nend\n");
    let files = [
        ("shop/mix.exs", "apps_path: \"apps\""),
        ("shop/apps/cart/mix.exs", ""),
        ("shop/apps/cart/test/cart_test.exs", CART),
        ("shop/apps/price/mix.exs", ""),
        ("shop/apps/price/test/price_test.exs", price),
        ("shop/apps/price/test/stock_test.exs", stock),
        ("shop/tools/mix.exs", ""),
        ("shop/tools/test/tools_test.exs", price),
    ];
    sample::job(&KIND, "shop", &files, selection, exclude)
}

#[test]
fn tests_stand_in_modules_and_their_groups() {
    let job = job(&[], &[]);
    let file = RelPath::new("shop/apps/cart/test/cart_test.exs");
    let lines = job.known.in_file(&file).iter().map(|item| {
        let pattern = item.pattern.as_ref().map(|it| format!(" /{}/", it.regex(str::to_owned)));
        let (line, names) = (item.range.start.line + 1, &item.id.names);
        format!("{:?} {line} {names:?} {:?}{}\n", item.kind, item.tags, pattern.unwrap_or_default())
    });
    expect![[r#"
        Group 1 ["Shop.CartTest"] []
        Parametrised 4 ["Shop.CartTest", "doctest Cart"] ["fast"] /doctest .*Cart.*/
        Group 6 ["Shop.CartTest", "total"] ["fast"]
        Test 9 ["Shop.CartTest", "total", "adds \"up\" (1 + 1) č"] ["fast", "skip", "timeout", "db"]
        Test 12 ["Shop.CartTest", "total", "parens"] ["fast"]
        Parametrised 14 ["Shop.CartTest", "total", "of #{n}"] ["fast"] /of .*/
        Test 17 ["Shop.CartTest", "sigil \"x\""] ["fast"]
        Test 19 ["Shop.CartTest", "later"] ["fast"]
        Test 20 ["Shop.CartTest", "ab"] ["fast"]
        Test 22 ["Shop.CartTest", "property holds"] ["fast"]
        Parametrised 24 ["Shop.CartTest", "unquote(name)"] ["fast"] /.*/
        Group 30 ["Shop.CartTest.Inner"] []
        Test 31 ["Shop.CartTest.Inner", "within"] []
    "#]]
    .assert_eq(&lines.collect::<String>());
}

#[test]
fn tests_of_one_name_each_share_a_command_and_patterns_have_their_own() {
    let check = |chosen: &[&str], out: &[&str], expected: &Expect| {
        let job = job(chosen, out);
        let steps = job.suite.framework.invocation(&job, &site()).steps;
        expected.assert_eq(&steps.iter().map(|step| format!("{step:?}\n")).collect::<String>());
    };
    let cart = |names: &str| format!("shop/apps/cart/test/cart_test.exs::{names}");
    let (price, stock) =
        ("shop/apps/price/test/price_test.exs", "shop/apps/price/test/stock_test.exs");
    check(&[], &[], &expect![[""]]);
    check(
        &["shop/apps/price", price],
        &[],
        &expect![[r#"
            ["--testdock-in=apps/price"]
        "#]],
    );
    check(&["shop/apps/price/lib/price.ex"], &[], &expect![[""]]);
    check(
        &["shop/apps", "shop/lib"],
        &[],
        &expect![[r#"
        ["--testdock-in=apps", "--testdock-in=apps/cart", "--testdock-in=apps/price", "--testdock-in=lib"]
    "#]],
    );
    check(
        &["shop/tools"],
        &[],
        &expect![[r#"
        ["--testdock-in="]
    "#]],
    );
    check(
        &["shop/apps/cart/test", stock, &format!("{price}::PriceTest::now")],
        &[],
        &expect![[r#"
            ["--testdock-in=apps/cart/test"]
            ["apps/price/test/stock_test.exs"]
            ["--testdock-test=PriceTest test now", "apps/price/test/price_test.exs"]
        "#]],
    );
    check(
        &[&format!("{price}::PriceTest::later"), &format!("{stock}::StockTest::then")],
        &[],
        &expect![[r#"
            ["--testdock-test=PriceTest test later", "--testdock-test=StockTest test then", "apps/price/test/price_test.exs", "apps/price/test/stock_test.exs"]
        "#]],
    );
    check(
        &[&format!("{price}::PriceTest::now"), &format!("{stock}::StockTest::then")],
        &[],
        &expect![[r#"
            ["--testdock-test=PriceTest test now", "--testdock-test=StockTest test then", "apps/price/test/price_test.exs", "apps/price/test/stock_test.exs"]
        "#]],
    );
    check(
        &[
            &cart("Shop.CartTest::total::adds \"up\" (1 + 1) č"),
            &cart("Shop.CartTest::total::of #{n}[of 1]"),
            &cart("Shop.CartTest::total::of #{n}"),
            &cart("Shop.CartTest::doctest Cart"),
            &cart("Shop.CartTest::property holds"),
        ],
        &[],
        &expect![[r#"
            ["--testdock-test=Shop.CartTest property holds", "--testdock-test=Shop.CartTest test property holds", "--testdock-test=Shop.CartTest test total adds \"up\" (1 + 1) č", "apps/cart/test/cart_test.exs"]
            ["--exclude", "test", "--testdock-only=test=doctest .*Cart.*|test doctest .*Cart.*", "--testdock-only=test=test total of .*", "--testdock-only=test=test total of 1", "apps/cart/test/cart_test.exs"]
        "#]],
    );
    check(
        &[&cart("Shop.CartTest::total"), &cart("Shop.CartTest.Inner")],
        &[],
        &expect![[r#"
        ["--exclude", "test", "--testdock-only=describe=total", "--testdock-only=module=Elixir\\.Shop\\.CartTest\\.Inner", "apps/cart/test/cart_test.exs"]
    "#]],
    );
    check(
        &["shop/apps/cart"],
        &[
            &cart("Shop.CartTest::total"),
            &cart("Shop.CartTest::later"),
            &cart("Shop.CartTest::unquote(name)"),
        ],
        &expect![[r#"
            ["--exclude", "describe:total", "--exclude", "test:test later", "--exclude", "line:24", "apps/cart/test/cart_test.exs"]
        "#]],
    );
    check(
        &[&cart("Shop.CartTest::total")],
        &[&cart("Shop.CartTest::total::parens")],
        &expect![[r#"
            ["--exclude", "test", "--testdock-only=test=(?!(?:test total parens)\\z)(?:test total adds \"up\" \\(1 \\+ 1\\) č)", "--testdock-only=test=(?!(?:test total parens)\\z)(?:test total of .*)", "apps/cart/test/cart_test.exs"]
        "#]],
    );
    check(
        &[price],
        &[price],
        &expect![[r#"
            ["--testdock-in="]
        "#]],
    );
}

fn conclude(events: &str, printed: &str, exit: Exit) -> String {
    let job = job(&[], &[]);
    let mut reader = job.suite.framework.reader(&job, &site());
    printed.lines().for_each(|line| drop(reader.printed(line)));
    events.lines().for_each(|line| drop(reader.line(line)));
    sample::shown(&reader.conclude(&[], exit))
}

#[test]
fn what_does_not_compile_is_an_error_of_its_file() {
    let new = include_str!("captured/elixir-1.18.txt");
    expect![[r#"
        errored shop/apps/cart/lib/cart.ex
            /w/shop/apps/cart/lib/cart.ex:3: undefined variable "x"
            /w/shop/apps/cart/lib/cart.ex:4: unexpected reserved word: end
        errored shop/apps/price/test/q_test.exs
            /w/shop/apps/price/test/q_test.exs:4: undefined variable "zz"
        errored shop/apps/price/test/r_test.exs
            /w/shop/apps/price/test/r_test.exs:5: unexpected reserved word: end
        errored shop/apps/price/test/s_test.exs
            /w/shop/apps/price/test/s_test.exs:2: module Gone.Case is not loaded and could not be found
        errored shop/apps/price/test/t_test.exs
            /w/shop/apps/price/test/t_test.exs:3: at load
    "#]].assert_eq(&conclude("", new, Exit::Code(1)));
    let old = include_str!("captured/elixir-1.14.txt");
    expect![[r#"
        errored shop/apps/cart/lib/cart.ex
            /w/shop/apps/cart/lib/cart.ex:3: undefined function x/0 (expected Cart to define such a function or for it to be imported, but none are available)
            /w/shop/apps/cart/lib/cart.ex:4: unexpected reserved word: end. The "(" at line 3 is missing terminator ")"
        errored shop/apps/price/test/q_test.exs
            /w/shop/apps/price/test/q_test.exs:4: undefined function zz/0 (expected QTest to define such a function or for it to be imported, but none are available)
        errored shop/apps/price/test/r_test.exs
            /w/shop/apps/price/test/r_test.exs:5: unexpected reserved word: end. The "(" at line 4 is missing terminator ")"
        errored shop/apps/price/test/s_test.exs
            /w/shop/apps/price/test/s_test.exs:2: module Gone.Case is not loaded and could not be found
        errored shop/apps/price/test/t_test.exs
            /w/shop/apps/price/test/t_test.exs:3: at load
    "#]].assert_eq(&conclude("", old, Exit::Code(1)));
}

/// As Elixir 1.18 says it where the compiler does not know the line.
#[test]
fn what_does_not_compile_somewhere_in_a_file_is_an_error_of_that_file() {
    let logged = "Running ExUnit with seed: 152130, max_cases: 4

error: undefined function prices/1 (expected PriceTest to define such a function or for it to be imported, but none are available)
└─ test/price_test.exs: PriceTest.__ex_unit_describe_0/1

";
    let ended = "
== Compilation error in file test/price_test.exs ==
** (CompileError) test/price_test.exs: cannot compile module PriceTest (errors have been logged)
";
    expect![[r#"
        errored shop/apps/price/test/price_test.exs
            /w/shop/apps/price/test/price_test.exs:1: undefined function prices/1 (expected PriceTest to define such a function or for it to be imported, but none are available)
    "#]].assert_eq(&conclude("", &format!("==> price\n{logged}{ended}"), Exit::Code(1)));
    expect![[r#"
        errored shop/apps/price/test/price_test.exs
            /w/shop/apps/price/test/price_test.exs:1: cannot compile module PriceTest (errors have been logged)
    "#]].assert_eq(&conclude("", &format!("==> price\n{ended}"), Exit::Code(1)));
}

#[test]
fn what_ends_mix_breaks_the_run() {
    let missing = "Unchecked dependencies for environment test:\n* plug (Hex package)\n  the dependency is not available, run \"mix deps.get\"\n** (Mix) Can't continue due to errors on dependencies\n";
    expect![[r#"
        broken: Mix ended with exit code 1: Can't continue due to errors on dependencies
    "#]]
    .assert_eq(&conclude("", missing, Exit::Code(1)));
    let helper = "** (RuntimeError) no database\n    test/test_helper.exs:2: (file)\n    (elixir 1.18.3) lib/code.ex:1525: Code.require_file/2\n";
    expect![[r#"
        errored shop/apps/price/test/test_helper.exs
            /w/shop/apps/price/test/test_helper.exs:2: no database
    "#]]
    .assert_eq(&conclude("", &format!("==> price\n{helper}"), Exit::Code(1)));
    let passed = r#"{"e":"finish","file":"apps/price/test/price_test.exs","names":["PriceTest","now"],"outcome":"passed"}"#;
    expect![[r#"
        passed shop/apps/price/test/price_test.exs::PriceTest::now
        broken: the test process ended before ExUnit did: exit code 0
    "#]]
    .assert_eq(&conclude(passed, "", Exit::Code(0)));
    // A process of the project's that dies says so in the same words.
    let ended = format!("{passed}\n{{\"e\":\"end\"}}");
    expect![[r#"
        passed shop/apps/price/test/price_test.exs::PriceTest::now
    "#]]
    .assert_eq(&conclude(&ended, helper, Exit::Code(0)));
}

#[test]
fn it_is_found_by_name() {
    assert!(Kind::named(KIND.name).is_some());
}
