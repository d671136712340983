#include "fedtrail/core/base64.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;

namespace {

Bytes octets(std::string_view text) {
    Bytes out;
    for (const char c : text) {
        out.push_back(static_cast<std::byte>(c));
    }
    return out;
}

}  // namespace

TEST_CASE("base64 gives the vectors of RFC 4648 section 10, both ways") {
    const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : vectors) {
        CHECK(base64(octets(plain)) == text);
        CHECK(from_base64(text).value() == octets(plain));
    }
}

TEST_CASE("Every octet survives base64") {
    Bytes all;
    for (int i = 0; i < 256; ++i) {
        all.push_back(static_cast<std::byte>(i));
    }
    CHECK(from_base64(base64(all)).value() == all);
}

TEST_CASE("What is not strict base64 is refused") {
    for (const auto* text : {"Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zm 9", "Zm-v", "=Zg=", "Zg==Zg=="}) {
        CAPTURE(text);
        CHECK_FALSE(from_base64(text));
    }
}
