#include <catch2/catch_session.hpp>
#include <catch2/catch_test_macros.hpp>
TEST_CASE("is not asked") { CHECK(1 == 2); }
int main() { return Catch::Session().run(); }
