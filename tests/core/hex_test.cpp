#include "fedtrail/core/hex.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;

TEST_CASE("Hexadecimal comes back as the bytes it was written from") {
    Bytes all;
    for (int i = 0; i < 256; ++i) {
        all.push_back(static_cast<std::byte>(i));
    }
    CHECK(from_hex(hex(all)).value() == all);
    CHECK(from_hex("AbCd").value() == from_hex("abcd").value());
    CHECK(from_hex("").value().empty());
}

TEST_CASE("What is not hexadecimal is refused") {
    for (const auto* text : {"a", "0x", "zz", "-1", "+1", "ab c", " a", "a ", "abc"}) {
        CAPTURE(text);
        CHECK_FALSE(from_hex(text));
    }
}
