#include "fedtrail/core/personal.hpp"

#include <sstream>
#include <string>
#include <type_traits>

#include <catch2/catch.hpp>

namespace {

template <typename T>
concept Streams = requires(std::ostream& out, const T& value) {
    out << value;
};

}  // namespace

TEST_CASE("Personal data cannot be streamed, only revealed", "[core][personal]") {
    STATIC_REQUIRE(Streams<std::string>);
    STATIC_REQUIRE_FALSE(Streams<fedtrail::Personal<std::string>>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<fedtrail::Personal<std::string>, std::string>);
    CHECK(fedtrail::Personal<std::string>{"alice"}.reveal() == "alice");
}
