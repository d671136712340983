#include "fedtrail/core/personal.hpp"

#include <string>
#include <type_traits>

#include <catch2/catch.hpp>

#include "core/streams.hpp"

using fedtrail::testing::Streams;

TEST_CASE("Personal data cannot be streamed, only revealed", "[core][personal]") {
    STATIC_REQUIRE(Streams<std::string>);
    STATIC_REQUIRE_FALSE(Streams<fedtrail::Personal<std::string>>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<fedtrail::Personal<std::string>, std::string>);
    CHECK(fedtrail::Personal<std::string>{"alice"}.reveal() == "alice");
}
