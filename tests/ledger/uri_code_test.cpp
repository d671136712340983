#include "fedtrail/ledger/uri_code.hpp"

#include <random>

#include <catch2/catch.hpp>

using fedtrail::ledger::join_uri;
using fedtrail::ledger::split_uri;

namespace {

std::string there_and_back(const std::string& uri) {
    const auto split = split_uri(uri);
    return join_uri(split.shape, split.numbers, split.text).value_or("(nothing)");
}

}  // namespace

TEST_CASE("Posts of one software share a shape", "[ledger][uri-code]") {
    CHECK(split_uri("https://a.example/users/alice/statuses/115/activity").shape ==
          split_uri("https://a.example/users/alice/statuses/116999/activity").shape);
    CHECK(split_uri("https://a.example/users/alice/statuses/115#updates/1699").numbers ==
          std::vector<std::uint64_t>{115, 1699});
    CHECK(split_uri("https://a.example/notes/9xk2abcd01").text == "9xk2abcd01");
    CHECK(split_uri("https://a.example/activities/create/01234567-89ab-cdef-0123-456789abcdef").numbers ==
          std::vector<std::uint64_t>{0x0123456789abcdef, 0x0123456789abcdef});
    CHECK(split_uri("https://a.example/?p=17").numbers == std::vector<std::uint64_t>{17});
}

TEST_CASE("A name that ends in digits stays in the shape", "[ledger][uri-code]") {
    CHECK(split_uri("https://a1.example/users/al2/statuses/3").shape ==
          "https://a1.example/users/al2/statuses/\1");
}

TEST_CASE("Every URI comes back as it was", "[ledger][uri-code]") {
    for (const std::string uri : {"",
                                  "https://a.example/",
                                  "https://a.example",
                                  "no scheme",
                                  "https://a.example/0/00/01/1",
                                  "https://a.example/123456789012345678901234567890",
                                  "https://a.example/999999999999999999/1/2/3/4/5",
                                  "https://a.example/01234567-89AB-cdef-0123-456789abcdef",
                                  "https://a.example/x9999999/y9999999",
                                  "urn:x:17",
                                  "https://a.example/01234567-89ab-cdef-0123-456789abcdef-1",
                                  "https://a.example/-/1-2_3.4?x=5#6"}) {
        CAPTURE(uri);
        CHECK(there_and_back(uri) == uri);
    }
}

TEST_CASE("Random text over the alphabet of URIs comes back as it was", "[ledger][uri-code]") {
    std::mt19937_64 random{20261122};  // NOLINT(cert-msc51-cpp): the same texts every time
    const std::string alphabet = "/?#&=-_.0123456789abcdefZ:%\x01\x02\x03";
    for (int round = 0; round < 20'000; ++round) {
        std::string uri = round % 2 == 0 ? "https://a.example/" : "";
        const auto length = random() % 60;
        for (std::size_t i = 0; i < length; ++i) {
            uri += alphabet[random() % alphabet.size()];
        }
        CAPTURE(uri);
        REQUIRE(there_and_back(uri) == uri);
    }
}

TEST_CASE("Slots that do not fit a shape give nothing", "[ledger][uri-code]") {
    CHECK_FALSE(join_uri("https://a.example/\1", {1, 2}, ""));
    CHECK_FALSE(join_uri("https://a.example/\1/\1", {1}, ""));
}
