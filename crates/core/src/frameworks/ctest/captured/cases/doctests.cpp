#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <iostream>
#include <stdexcept>
TEST_CASE("a, \"quoted\" name") { std::cout << "said"; CHECK(1 == 1); }
TEST_SUITE("suite") {
TEST_CASE("another") { INFO("of ", 2); SUBCASE("s") { CHECK_MESSAGE(1 == 2, "really"); } }
}
TEST_CASE("throws") { MESSAGE("before"); throw std::runtime_error("oh <no>"); }
TEST_CASE("fails") { FAIL("here"); }
TEST_CASE("is left out" * doctest::skip()) { CHECK(1 == 2); }
TEST_CASE("should" * doctest::should_fail()) {}
TEST_CASE_TEMPLATE("types", T, int) { CHECK(T() == 0); }
SCENARIO("order") { GIVEN("a") { CHECK(1 == 1); } }
