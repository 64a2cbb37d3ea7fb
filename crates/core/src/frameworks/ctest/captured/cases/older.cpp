#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <cstdio>
TEST_CASE("one of\ntwo lines") { std::puts("<TestCase name=\"leaves\">"); WARN("careful"); }
TEST_CASE("in sections") {
    INFO("in all");
    SECTION("a") { SECTION("b") { CHECK_THROWS(1); } }
    SECTION("c") { FAIL("no\nc"); }
}
TEST_CASE("may", "[!mayfail]") { CHECK(1 == 2); }
TEST_CASE("should", "[!shouldfail]") {}
TEST_CASE("hidden", "[.]") { CHECK(1 == 2); }
TEMPLATE_TEST_CASE("types", "", int, long) { CHECK(TestType() == 0); }
