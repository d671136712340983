/// What is kept for requests that may be repeated has an end.

#include "api/repeats.hpp"

#include <string>

#include <catch2/catch.hpp>

using fedtrail::HttpResponse;
using fedtrail::Instant;
using fedtrail::api::Repeats;

TEST_CASE("Long answers push out the oldest, short ones do not", "[api][repeats]") {
    Repeats repeats;
    int made = 0;
    const auto ask = [&](const std::string& key, std::size_t octets) {
        return repeats.once("POST /x", key, "body", Instant{}, [&] {
            ++made;
            return HttpResponse{200, {}, std::string(octets, 'x')};
        });
    };
    static_cast<void>(ask("first", 1));
    for (int i = 0; i < 18; ++i) {
        static_cast<void>(ask("short" + std::to_string(i), 1000));
    }
    CHECK(ask("first", 1).body == "x");
    CHECK(made == 19);
    for (int i = 0; i < 18; ++i) {
        static_cast<void>(ask("long" + std::to_string(i), std::size_t{1} << 20U));
    }
    made = 0;
    static_cast<void>(ask("long17", 0));
    CHECK(made == 0);
    static_cast<void>(ask("first", 1));
    CHECK(made == 1);
}
