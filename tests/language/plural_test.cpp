#include "language/plural.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace fedtrail::language;

namespace {

/// The form for each number, by its first letter: "moo" is many, other, other.
std::string forms_of(std::string_view language, const std::vector<std::uint64_t>& numbers) {
    const auto rule = plural_rule(language);
    REQUIRE(rule);
    std::string letters;
    for (const auto n : numbers) {
        letters += name_of(rule->of(n)).front();
    }
    return letters;
}

}  // namespace

// What ICU answers for the same numbers (Intl.PluralRules, CLDR 45).
TEST_CASE("Whole numbers ask for the forms that CLDR names", "[language][plural]") {
    for (const auto* language : {"en", "de", "nl"}) {
        CAPTURE(language);
        CHECK(forms_of(language, {0, 2, 5, 11, 21, 101, 1'000'000}) == "ooooooo");
    }
    for (const auto* language : {"es", "it"}) {
        CAPTURE(language);
        CHECK(forms_of(language, {0, 2, 21, 1000, 1'000'000, 1'000'001, 2'000'000}) == "oooomom");
    }
    CHECK(forms_of("fr", {2, 21, 1000, 1'000'000, 1'000'001, 2'000'000}) == "ooomom");
    CHECK(
        forms_of("pl", {0, 2, 3, 4, 5, 11, 12, 13, 14, 20, 21, 22, 24, 25, 101, 102, 112, 122, 1'000'000}) ==
        "mfffmmmmmmmffmmfmfm");
    for (const auto* language : {"en", "de", "nl", "es", "it", "fr", "pl"}) {
        CAPTURE(language);
        CHECK(plural_rule(language)->of(1) == Plural::One);
        CHECK((plural_rule(language)->of(0) == Plural::One) == (std::string{language} == "fr"));
    }
}

TEST_CASE("A rule names every form that it gives and no other", "[language][plural]") {
    for (const auto* language : {"en", "de", "nl", "es", "it", "fr", "pl"}) {
        CAPTURE(language);
        const auto rule = plural_rule(language);
        std::vector<bool> given(kPlurals.size());
        for (std::uint64_t n = 0; n <= 1'000'200; ++n) {
            given.at(static_cast<std::size_t>(rule->of(n))) = true;
        }
        for (const auto form : kPlurals) {
            const bool named = std::find(rule->forms.begin(), rule->forms.end(), form) != rule->forms.end();
            CHECK(given.at(static_cast<std::size_t>(form)) == named);
        }
    }
}

TEST_CASE("A region does not change the rule, and an unknown language has none", "[language][plural]") {
    CHECK(plural_rule("de-AT"));
    CHECK(plural_rule("PL"));
    CHECK_FALSE(plural_rule("tlh"));
    CHECK_FALSE(plural_rule(""));
    CHECK_FALSE(plural_rule("deutsch"));
}
