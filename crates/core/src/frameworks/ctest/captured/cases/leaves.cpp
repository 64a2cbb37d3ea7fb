#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
TEST_CASE("stays") {}
TEST_CASE("leaves") { CHECK(1 == 2); std::_Exit(0); }
TEST_CASE("comes after") {}
