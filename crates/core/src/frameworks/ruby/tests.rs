//! What is found in Ruby files, and what the scripts are told.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::{MINITEST, RSPEC, Ruby, Tool};
use crate::frameworks::globs::Globs;
use crate::frameworks::sample::{self, listed, site};
use crate::frameworks::{Source, Suite};
use crate::paths::RelPath;
use crate::plan::Job;

fn suite(tool: Tool) -> Suite {
    let excluded = Globs::default();
    let ruby = Ruby { tool, has_gemfile: tool == Tool::Rspec, excluded };
    Suite::new(RelPath::new("shop"), Arc::new(ruby))
}

fn found(tool: Tool, text: &str, expected: &Expect) {
    let (suite, path) = (suite(tool), RelPath::new("shop/a.rb"));
    let items = suite.framework.discover(&suite, &mut Source::new(&path, text));
    expected.assert_eq(&listed(&items));
}

const CART: &str = r#"require 'spec_helper'

RSpec.describe Shop::Cart, type: :model do
  let(:cart) { described_class.new }
  describe Shop::Cart, '#total', :slow do
    it("is 'quoted' \"twice\" \u010d") { }
    it 'is \n raw' do skip 'later' end
    it 'quo"te \' [x] \\' do end
    specify { expect(1).to  eq 1 }
    it { is_expected.to be_empty }
    it do
      expect(2).to eq 2
    end
    it :works
    example 'of ' 'two', focus: true do end
  end
  [1, 2].each { |n| context "with #{n}" do it "adds #{n} to #{n}" do end end }
  shared_examples('a thing') { it('is not one') {} }; it_behaves_like 'a thing', 3 do it('is') {} end
  describe 'empty' do it_should_behave_like "a #{thing}" end
  module Deep
    module Inner
      describe Till, '#rings' do it('loud') { } end
      describe ::Till do it('whole') { } end
    end
  end
  def helper
    it 'is nothing'
  end
end
"#;

#[test]
fn specs_are_calls_however_they_are_nested() {
    found(
        Tool::Rspec,
        CART,
        &expect![[r#"
            group 3 Shop::Cart
            group 5 Shop::Cart > Shop::Cart#total
            test 6 Shop::Cart > Shop::Cart#total > is 'quoted' "twice" č
            test 7 Shop::Cart > Shop::Cart#total > is \n raw
            test 8 Shop::Cart > Shop::Cart#total > quo"te ' [x] \
            test 9 Shop::Cart > Shop::Cart#total > expect(1).to eq 1
            test 10 Shop::Cart > Shop::Cart#total > is_expected.to be_empty
            parametrised 11 Shop::Cart > Shop::Cart#total > … (gaps)
            test 15 Shop::Cart > Shop::Cart#total > of two
            group 17 Shop::Cart > with #{n} (gaps)
            parametrised 17 Shop::Cart > with #{n} > adds #{n} to #{n} (gaps)
            group 18 Shop::Cart > behaves like a thing
            test 18 Shop::Cart > behaves like a thing > is
            group 19 Shop::Cart > empty
            group 19 Shop::Cart > empty > it should behave like a #{thing} (gaps)
            group 22 Shop::Cart > Deep::Inner::Till#rings
            test 22 Shop::Cart > Deep::Inner::Till#rings > loud
            group 23 Shop::Cart > Till
            test 23 Shop::Cart > Till > whole
        "#]],
    );
}

#[test]
fn examples_of_the_same_names_are_cases_and_what_is_pending_needs_no_body() {
    let spec = "RSpec.describe 'till' do
  pending 'to write'
  before { skip 'on Sundays' }
  it('same') { }
  it('same') { }
  context 'with #{x}' do
    it('same') { }
    it('same') { }
  end
  context \"of #{x}\" do
    it('same') { }
    it('same') { }
  end
  it('of all') { skip 'why' }
end
";
    let items = {
        let (suite, path) = (suite(Tool::Rspec), RelPath::new("shop/a.rb"));
        suite.framework.discover(&suite, &mut Source::new(&path, spec))
    };
    let lines = items.iter().map(|it| format!("{} {}\n", it.name.start.line + 1, it.id));
    expect![[r#"
        1 shop/a.rb::till
        2 shop/a.rb::till::to write
        4 shop/a.rb::till::same
        4 shop/a.rb::till::same[#1]
        5 shop/a.rb::till::same[#2]
        6 shop/a.rb::till::with #{x}
        7 shop/a.rb::till::with #{x}::same
        7 shop/a.rb::till::with #{x}::same[#1]
        8 shop/a.rb::till::with #{x}::same[#2]
        10 shop/a.rb::till::of #{x}
        11 shop/a.rb::till::of #{x}::same
        14 shop/a.rb::till::of all
    "#]]
    .assert_eq(&lines.collect::<String>());
}

const UNITS: &str = r#"module Shop
  class CartTest < Minitest::Test
    def setup; end
    def test_adds; end
    def helper; end
    test "adds up  well" do end
    test "of #{1}" do end
    define_method("test_made_#{x}") { }
    define_method(:other) { }
    class Inner < Minitest::Test
      def test_in; end
    end
  end
  class Nothing; end
end
class Till::RingTest < ActiveSupport::TestCase
  def test_rings = assert(true)
end
describe Shop do
  it "is open" do end
end
"#;

#[test]
fn units_are_methods_of_classes_and_sentences() {
    found(
        Tool::Minitest,
        UNITS,
        &expect![[r#"
            group 1 Shop
            group 2 Shop > CartTest
            test 4 Shop > CartTest > test_adds
            test 6 Shop > CartTest > test_adds_up_well
            parametrised 7 Shop > CartTest > test_of_#{1} (gaps)
            parametrised 8 Shop > CartTest > test_made_#{x} (gaps)
            group 10 Shop > CartTest > Inner
            test 11 Shop > CartTest > Inner > test_in
            group 16 Till
            group 16 Till > RingTest
            test 17 Till > RingTest > test_rings
            test 20 Shop > is open
        "#]],
    );
}

const GAPS: &str = r#"describe "of #{n}" do
  it("adds #{n} thing") { }
  it('adds many thing') { }
end
it('of "quotes"') { }
"#;

fn job(tool: Tool, selection: &[&str], exclude: &[&str]) -> Job {
    match tool {
        Tool::Rspec => {
            let files = [
                ("shop/Gemfile", ""),
                ("shop/spec/a_spec.rb", CART),
                ("shop/spec/deep/b_spec.rb", CART),
                ("shop/spec/gaps_spec.rb", GAPS),
            ];
            sample::job(&RSPEC, "shop", &files, selection, exclude)
        }
        Tool::Minitest => {
            let files = [("shop/test/a_test.rb", UNITS), ("shop/test/deep/b_test.rb", UNITS)];
            sample::job(&MINITEST, "shop", &files, selection, exclude)
        }
    }
}

#[test]
fn the_script_is_told_what_to_load_and_what_of_it_to_run() {
    let check = |tool, chosen: &[&str], out: &[&str], expected: &Expect| {
        let job = job(tool, chosen, out);
        let invocation = job.suite.framework.invocation(&job, &site());
        expected.assert_eq(&invocation.inputs[0].content);
    };
    check(Tool::Rspec, &[], &[], &expect![[r#"{"files":null,"exclude":[]}"#]]);
    check(
        Tool::Rspec,
        &["shop"],
        &["shop/spec/deep"],
        &expect![[r#"{"files":[["spec/a_spec.rb",[]],["spec/gaps_spec.rb",[]]],"exclude":[]}"#]],
    );
    check(
        Tool::Minitest,
        &[],
        &[],
        &expect![[r#"{"files":[["test/a_test.rb",[]],["test/deep/b_test.rb",[]]],"exclude":[]}"#]],
    );
    let total = "shop/spec/a_spec.rb::Shop::Cart";
    check(
        Tool::Rspec,
        &[
            "shop/spec/a_spec.rb::x::with #{n}::adds #{n} to #{n}",
            "shop/spec/a_spec.rb::Shop::Cart::is twice[#2]",
            "shop/spec/gaps_spec.rb::of #{n}::adds #{n} thing",
            "shop/spec/new_spec.rb",
            "shop/spec/support",
        ],
        &[total],
        &expect![[
            r##"{"files":[["spec/a_spec.rb",[[["Shop","Cart","is twice"],"#2"],[["x","with #\\{n\\}","adds #\\{n\\} to #\\{n\\}"],null]]],["spec/gaps_spec.rb",[[["(?!(?:of \"quotes\")\\z)of .*","(?!(?:adds many thing)\\z)adds .* thing"],null]]],["spec/new_spec.rb",[]]],"exclude":[["spec/a_spec.rb",[["Shop","Cart"],null]]]}"##
        ]],
    );
}

#[test]
fn a_gemfile_means_its_bundle() {
    let words = |tool| {
        let job = job(tool, &[], &[]);
        let invocation = job.suite.framework.invocation(&job, &site());
        let candidates = invocation.candidates.iter().map(|it| it.argv.join(" "));
        format!("{} | {}", candidates.collect::<Vec<_>>().join(", "), invocation.args.join(" "))
    };
    expect!["bundle exec rspec, rspec | --require /h/testdock_rspec.rb"]
        .assert_eq(&words(Tool::Rspec));
    expect!["ruby | -Ilib -Itest /h/testdock_minitest.rb"].assert_eq(&words(Tool::Minitest));
}

#[test]
fn what_does_not_parse_shows_what_can_be_seen() {
    let spec = "RSpec.describe 'broken' do
  it 'is seen' do
    expect(1).to eq(
  end
  it('is whole') { }
end
";
    found(
        Tool::Rspec,
        spec,
        &expect![[r#"
        group 1 broken
        test 2 broken > is seen
        test 5 broken > is whole
    "#]],
    );
    let unit = "class A < B
  def test_x
    assert_equal 1, (
  end
end
";
    found(
        Tool::Minitest,
        unit,
        &expect![[r#"
        group 1 A
        test 2 A > test_x
    "#]],
    );
}

/// As Minitest runs them.
#[test]
fn methods_are_tests_of_the_classes_that_have_them() {
    let base = "require_relative 'deep/checks'
class BaseCase < Minitest::Test
  include Checks
  def test_inherited; end
  private def test_hidden; end
end
";
    let checks = "module Checks\n  def test_shared; end\n  private\n  def test_not; end\nend\n";
    let text = "require_relative 'base_case'
class Thing
  def test_connection; end
end
module Mixin
  def test_mixed; end
end
class CartTest < BaseCase
  include Mixin
  def test_own; end
  def test_later; end
  def test_gone; end
  private :test_later
  undef_method :test_gone
  Point = Struct.new(:x) { def test_point; end }
  class << self
    def test_singleton; end
  end
  protected
  def test_protected; end
  public
  define_method(:test_symbol) { }
end
class KidTest < CartTest; end
class CartTest
  def test_reopened; end
end
Made = Class.new(Minitest::Test) do
  def test_made; end
end
describe String do
  it :symbol do end
  it { }
end
";
    let files =
        [("test/base_case.rb", base), ("test/deep/checks.rb", checks), ("test/cart_test.rb", text)];
    let job = sample::job(&MINITEST, "", &files, &[], &[]);
    expect![[r#"
        group 8 CartTest
        test 10 CartTest > test_own
        test 22 CartTest > test_symbol
        test 26 CartTest > test_reopened
        group 28 Made
        test 29 Made > test_made
        group 31 String
        test 32 String > symbol
        test 33 String > anonymous
        test 8 CartTest > test_mixed
        test 8 CartTest > test_inherited
        test 8 CartTest > test_shared
        group 24 KidTest
        test 24 KidTest > test_own
        test 24 KidTest > test_symbol
        test 24 KidTest > test_mixed
        test 24 KidTest > test_inherited
        test 24 KidTest > test_shared
        test 24 KidTest > test_reopened
    "#]]
    .assert_eq(&listed(job.known.in_file(&RelPath::new("test/cart_test.rb"))));
}
