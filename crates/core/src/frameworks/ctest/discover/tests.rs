//! Texts and what is found in them.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::*;
use crate::frameworks::ctest::Ctest;
use crate::paths::RelPath;

fn check(path: &str, text: &str, expected: &Expect) {
    let suite = Suite::new(RelPath::default(), Arc::new(Ctest));
    let path = RelPath::new(path);
    let items = discover(&suite, &mut Source::new(&path, text));
    let line = |item: &TestItem| {
        let (start, end) = (item.range.start.line + 1, item.range.end.line + 1);
        let gaps = if item.pattern.is_some() { " (gaps)" } else { "" };
        let tags = item.tags.iter().map(|tag| format!(" #{tag}")).collect::<String>();
        let name = item.name.start.line + 1;
        format!(
            "{:?} {start}-{end} at {name} {}{gaps}{tags}\n",
            item.kind,
            item.id.names.join(" / ")
        )
    };
    expected.assert_eq(&items.iter().map(line).collect::<String>());
}

#[test]
fn tests_of_googletest_belong_to_suites() {
    check(
        "a_test.cpp",
        r#"
#include <gtest/gtest.h>
// TEST(Not, This) {}
namespace shop { namespace {
class Stock : public ::testing::Test {
  void SetUp() override {}
};
TEST_F(Stock, Opens) {
  EXPECT_EQ(R"(TEST(Not, That) {})", "");
}
TEST(Orders, Total) { }
TEST_F(Stock, /* later */ DISABLED_Closes) { }
#ifdef MANY
TEST_P(Discount, IsFew) { if (x) { } }
#else
TEST_P(Discount, IsFew) { }
#endif
#if 0
TEST(Never, Built) { }
#else
TEST(Always, Built) { }
#endif
} }
TYPED_TEST(Amounts, Zero) { }
TEST(Unfinished, Body) {
  EXPECT_EQ(
"#,
        &expect![[r#"
            Group 5-12 at 5 Stock
            Test 8-10 at 8 Stock / Opens
            Group 11-11 at 11 Orders
            Test 11-11 at 11 Orders / Total
            Test 12-12 at 12 Stock / DISABLED_Closes
            Group 14-14 at 14 Discount
            Parametrised 14-14 at 14 Discount / IsFew
            Group 21-21 at 21 Always
            Test 21-21 at 21 Always / Built
            Group 24-24 at 24 Amounts
            Parametrised 24-24 at 24 Amounts / Zero
            Group 25-25 at 25 Unfinished
            Test 25-25 at 25 Unfinished / Body
        "#]],
    );
}

#[test]
fn cases_of_catch_have_names_and_tags() {
    check(
        "pricing.cpp",
        r#"
TEST_CASE("one", "[quick][.slow]") {
    SECTION("inner") { }
}
CATCH_TEST_CASE( "with \"quotes\", \x41 and \\" ) { }
TEST_CASE(R"x(raw ")")x" " text") { }
SCENARIO("an order", "[a]") { GIVEN("it") { } }
TEMPLATE_TEST_CASE("types", "[t]", int, (std::map<int, int>)) { }
TEST_CASE_METHOD(Fixture, "of a class") { }
METHOD_AS_TEST_CASE(Shop::open, "of a method")
TEST_CASE(name_from_elsewhere) { }
MY_TEST_CASES("not one") { }
TEST_SUITE("of doctest") {
TEST_CASE("inside") { CHECK(1 == 1); }
}
TEST_CASE("decorated" * doctest::skip() * doctest::timeout(1)) { }
TEST_CASE_TEMPLATE("of types", T, int, long) { }
TEST_CASE_TEMPLATE("of a type", T, int) { CHECK(T() == 0); }
TEST_CASE_FIXTURE(Shop, "of a fixture") { CHECK(1 == 1); }
TEMPLATE_TEST_CASE("of more", "[t]", float, double) { CHECK(TestType() == 0); }
TEST_CASE("measures", "[!benchmark]") { }
TEST_CASE("hidden", "[.]") { }
TEST_CASE("bytes \xc4\x8d\101 \u8336") { }
TEST_CASE() { CHECK(1 == 2); }
TEST_CASE() { }
TEMPLATE_PRODUCT_TEST_CASE("products", "[t]", std::vector, (int, char)) { TestType v; CHECK(v.empty()); }
TEMPLATE_PRODUCT_TEST_CASE_METHOD(Shop, "of a shop", "[.][t]", (std::vector, std::deque), (int, float)) { }
TEST_CASE("behind it") { CHECK(1 == 1); }
"#,
        &expect![[r#"
            Test 2-4 at 2 one #quick #slow #.
            Test 5-5 at 5 with "quotes", A and \
            Test 6-6 at 6 raw ")" text
            Test 7-7 at 7 Scenario: an order #a
            Parametrised 8-8 at 8 types (gaps) #t
            Test 9-9 at 9 of a class
            Test 10-10 at 10 of a method
            Test 14-14 at 14 inside
            Test 16-16 at 16 decorated
            Parametrised 17-17 at 17 of types (gaps)
            Parametrised 18-18 at 18 of a type (gaps)
            Test 19-19 at 19 of a fixture
            Parametrised 20-20 at 20 of more (gaps) #t
            Test 21-21 at 21 measures #!benchmark #.
            Test 22-22 at 22 hidden #.
            Test 23-23 at 23 bytes čA 茶
            Parametrised 24-24 at 24 Anonymous test case (gaps)
            Parametrised 26-26 at 26 products (gaps) #t
            Parametrised 27-27 at 27 of a shop (gaps) #t #.
            Test 28-28 at 28 behind it
        "#]],
    );
}

#[test]
fn programs_are_named_in_lists() {
    check(
        "tests/CMakeLists.txt",
        r#"
# add_test(NAME not COMMAND this)
if(BUILD_TESTING)
  ADD_TEST(NAME "says hello" COMMAND x $<TARGET_FILE:x>)
  foreach(code 0 1)
    add_test(
      NAME exits_${code}_at_$<CONFIG>
      COMMAND x)
  endforeach()
endif()
add_test(old x)
add_test(NAME [[raw ${name}]] COMMAND x)
function(made name)
  add_test(NAME ${name} COMMAND x)
endfunction()
target_link_libraries(unit PRIVATE core "GTest::gtest_main")
target_link_libraries(more ${CATCH_LIBRARIES})
target_link_libraries(tool core)
add_test(NAME units COMMAND unit --gtest_shuffle)
add_test(more more)
add_test(NAME files COMMAND $<TARGET_FILE:more>)
add_test(NAME tools COMMAND tool unit)
set(RUNNER wine unit)
add_test(NAME held COMMAND ${RUNNER})
"#,
        &expect![[r#"
            Test 4-4 at 4 says hello
            Parametrised 6-8 at 7 exits_…_at_… (gaps)
            Test 11-11 at 11 old
            Test 12-12 at 12 raw ${name}
            Group 19-19 at 19 units
            Group 20-20 at 20 more
            Group 21-21 at 21 files
            Test 22-22 at 22 tools
            Group 24-24 at 24 held
        "#]],
    );
}
