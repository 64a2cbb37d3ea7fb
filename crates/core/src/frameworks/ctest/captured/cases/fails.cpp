#include <catch2/catch_test_macros.hpp>
TEST_CASE("passes as well") {}
TEST_CASE("fails as it should") { CHECK(1 == 2); }
