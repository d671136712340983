#include "fedtrail/core/utf8.hpp"

#include <string>

#include <catch2/catch.hpp>

using fedtrail::without_turns;

TEST_CASE("What turns the order of a text around is taken out of it, and separators become blanks",
          "[core][utf8]") {
    for (const auto* turn :
         {"\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069"}) {
        CAPTURE(turn);
        CHECK(without_turns(std::string{"a"} + turn + "b" + turn) == "ab");
        CHECK(without_turns(turn).empty());
    }
    CHECK(without_turns("a\u2028b\u2029") == "a b ");
}

TEST_CASE("All other text stays as it is, also what is not UTF-8", "[core][utf8]") {
    for (const auto* plain : {"",
                              "plain",
                              "\u2027 \u202F \u2065 \u206A \u2013 \u20AC",  // beside them, and common ones
                              "שלום \u200Fعالم",  // read from the right by themselves
                              "\xE2",
                              "\xE2\x80",
                              "\xE2\xE2\x80",
                              "\x80\xAE"}) {
        CAPTURE(plain);
        CHECK(without_turns(plain) == plain);
    }
    CHECK(without_turns("\xE2\xE2\x80\xAE") == "\xE2");
}
