#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>
TEST_CASE("lives") {}
TEST_CASE("dies") { std::raise(SIGSEGV); }
