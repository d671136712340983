#include "language/choice.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "language/tag.hpp"

using namespace fedtrail::language;

namespace {

std::vector<std::string> known() {
    return {"de", "en", "fr", "pt-BR"};
}

std::string chosen(std::string_view header) {
    return accepted(known(), "en", header).value_or("none");
}

}  // namespace

TEST_CASE("A language is never a path", "[language]") {
    CHECK(is_tag("en"));
    CHECK(is_tag("zh-Hant-TW"));
    for (const auto* text : {"", "e", "../en", "en/..", "en_GB", "-en", "en-", "é", "e n", "1en"}) {
        CAPTURE(text);
        CHECK_FALSE(is_tag(text));
        CHECK_FALSE(match(known(), text));
    }
    CHECK_FALSE(is_tag(std::string(36, 'a')));
}

TEST_CASE("A tag is matched by itself or by what it begins with, in any case", "[language]") {
    CHECK(match(known(), "de") == "de");
    CHECK(match(known(), "DE") == "de");
    CHECK(match(known(), "de-Latn-AT") == "de");
    CHECK(match(known(), "pt-br") == "pt-BR");
    CHECK_FALSE(match(known(), "pt"));
    CHECK_FALSE(match(known(), "den"));
    CHECK_FALSE(match(known(), "nl"));
}

TEST_CASE("Of the languages accepted the one with the greatest weight is taken", "[language]") {
    CHECK(chosen("fr") == "fr");
    CHECK(chosen("nl, fr;q=0.5, de;q=0.7") == "de");
    CHECK(chosen("fr;q=0.5,de;q=0.5") == "fr");
    CHECK(chosen(" de-CH ;q=0.8 , fr; q=0.9") == "fr");
    CHECK(chosen("fr;q=0.100,de;Q=0.099") == "fr");
    CHECK(chosen("nl, *;q=0.1") == "en");
    CHECK(chosen("*") == "en");
    CHECK(chosen("*, en;q=0") == "de");
    CHECK(chosen("de-AT, de;q=0, fr;q=0.1") == "fr");
    CHECK(chosen("nl, pl") == "none");
    CHECK(chosen("") == "none");
    CHECK(chosen("de;q=0") == "none");
}

TEST_CASE("What is no language range is as if it were not there", "[language]") {
    for (const auto* bad : {"de;q=2",
                            "de;q=1.001",
                            "de;q=0.1234",
                            "de;q=-1",
                            "de;q=",
                            "de;q",
                            "de;q=.5",
                            "de;x=1",
                            "de;q=0.5;q=0.6",
                            "../de",
                            "d e",
                            ",,,",
                            "\xff"}) {
        CAPTURE(bad);
        CHECK(chosen(bad) == "none");
        CHECK(chosen(std::string{bad} + ", fr;q=0.001") == "fr");
    }
}

TEST_CASE("A header is read to its bound and no further", "[language]") {
    std::string many;
    for (std::size_t i = 0; i < kMostRanges; ++i) {
        many += "nl,";
    }
    CHECK(chosen(many + "de") == "none");
    CHECK(chosen(many.substr(3) + "de") == "de");
    const std::string spaces(kLongestHeader, ' ');
    CHECK(chosen("fr;q=0.1," + spaces + "de") == "fr");
    CHECK(chosen("de" + spaces) == "none");
    CHECK(listed(known()) == "de, en, fr, pt-BR");
}
