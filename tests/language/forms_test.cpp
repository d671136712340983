#include "language/forms.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace fedtrail;
using language::Forms;

namespace {

std::string file_of(const std::string& language) {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/policies/texts/" + language + "/forms.json"};
    REQUIRE(in);
    return {std::istreambuf_iterator<char>{in}, {}};
}

Forms forms_of(const std::string& language) {
    auto forms = Forms::parse(language, file_of(language));
    INFO((forms ? std::string{} : forms.error().what));
    REQUIRE(forms);
    return std::move(*forms);
}

Instant at(std::string_view rfc3339) {
    return parse_rfc3339(rfc3339).value();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto found = text.find(from);
    REQUIRE(found != std::string::npos);
    return text.replace(found, from.size(), to);
}

/// One moment and four numbers as each language writes them.
struct Written {
    std::string language;
    std::string numbers;
    std::string first_of_march;
    std::string short_day;
    std::string month;
    std::string moment;
};

}  // namespace

// Numbers and days as ICU writes them (Intl, CLDR 45), with the times of day that official notices use.
TEST_CASE("Numbers and days are written as readers of each language write them", "[language][forms]") {
    const std::vector<Written> all{{"en",
                                    "999 1,000 12,345 1,234,567",
                                    "1 March 2026",
                                    "1 Mar 2026",
                                    "March 2026",
                                    "1 March 2026, 08:30 UTC"},
                                   {"de",
                                    "999 1.000 12.345 1.234.567",
                                    "1. März 2026",
                                    "1. März 2026",
                                    "März 2026",
                                    "1. März 2026, 08:30 Uhr (UTC)"},
                                   {"fr",
                                    "999 1\u202f000 12\u202f345 1\u202f234\u202f567",
                                    "1er mars 2026",
                                    "1er mars 2026",
                                    "mars 2026",
                                    "1er mars 2026 à 08:30 (UTC)"},
                                   {"nl",
                                    "999 1.000 12.345 1.234.567",
                                    "1 maart 2026",
                                    "1 mrt 2026",
                                    "maart 2026",
                                    "1 maart 2026, 08:30 uur (UTC)"},
                                   {"es",
                                    "999 1000 12.345 1.234.567",
                                    "1 de marzo de 2026",
                                    "1 mar 2026",
                                    "marzo de 2026",
                                    "1 de marzo de 2026 a las 08:30 (UTC)"},
                                   {"it",
                                    "999 1000 12.345 1.234.567",
                                    "1 marzo 2026",
                                    "1 mar 2026",
                                    "marzo 2026",
                                    "1 marzo 2026, ore 08:30 (UTC)"},
                                   {"pl",
                                    "999 1000 12\u00a0345 1\u00a0234\u00a0567",
                                    "1 marca 2026",
                                    "1 mar 2026",
                                    "marzec 2026",
                                    "1 marca 2026, godz. 08:30 (UTC)"}};
    for (const auto& one : all) {
        CAPTURE(one.language);
        const auto forms = forms_of(one.language);
        const auto moment = at("2026-03-01T08:30:00Z");
        std::string numbers;
        for (const std::uint64_t n : {999U, 1'000U, 12'345U, 1'234'567U}) {
            numbers.append(numbers.empty() ? "" : " ").append(forms.number(n));
        }
        CHECK(numbers == one.numbers);
        CHECK(forms.day(moment) == one.first_of_march);
        CHECK(forms.day(Forms::Day{std::chrono::year{2026}, std::chrono::March, std::chrono::day{1}}) ==
              one.first_of_march);
        CHECK(forms.day(Forms::Day{}).empty());
        CHECK(forms.short_day(moment) == one.short_day);
        CHECK(forms.month(moment) == one.month);
        CHECK(forms.moment(moment) == one.moment);
        CHECK(forms.day(at("2026-12-31T23:59:59Z")).find("31") == 0);
    }
}

TEST_CASE("An act of the Union has the letters of the language's own Official Journal", "[language][forms]") {
    CHECK(forms_of("en").act("2002/2/EC") == "2002/2/EC");
    CHECK(forms_of("de").act("2002/2/EC") == "2002/2/EG");
    CHECK(forms_of("nl").act("2002/2/EC") == "2002/2/EG");
    CHECK(forms_of("pl").act("2002/2/EC") == "2002/2/WE");
    for (const auto* language : {"fr", "es", "it"}) {
        CHECK(forms_of(language).act("2002/2/EC") == "2002/2/CE");
        CHECK(forms_of(language).act("(EU) 2021/1772") == "(UE) 2021/1772");
        CHECK(forms_of(language).act("2010/146/EU") == "2010/146/UE");
    }
    CHECK(forms_of("de").act("(EU) 2021/1772") == "(EU) 2021/1772");
    CHECK(forms_of("de").act("").empty());
    CHECK(forms_of("fr").colon() == "\u00a0:");
    CHECK(forms_of("fr").between_parts() == "\u202f; ");
    CHECK(forms_of("de").between_parts() == "; ");
}

TEST_CASE("A count opens the section of its form", "[language][forms]") {
    CHECK(forms_of("en").section("more", 1) == "more_one");
    CHECK(forms_of("en").section("more", 5) == "more_other");
    CHECK(forms_of("pl").section("more", 3) == "more_few");
    CHECK(forms_of("pl").section("more", 5) == "more_many");
}

TEST_CASE("A text that has a section for one form and not for all is found out", "[language][forms]") {
    const auto polish = forms_of("pl");
    CHECK(polish.missing_section("{{#n_one}}a{{/n_one}}{{#n_few}}b{{/n_few}}") == "n_many");
    CHECK(
        polish.missing_section("{{#n_one}}a{{/n_one}}{{#n_few}}b{{/n_few}}{{#n_many}}c{{/n_many}}").empty());
    CHECK(polish.missing_section("{{#n_other}}a{{/n_other}}") == "n_one");
    CHECK(polish.missing_section("{{n}} {{#other}}x{{/other}}{{#sure_one_x}}y{{/sure_one_x}}").empty());
    CHECK(forms_of("en").missing_section("{{#n_one}}a{{/n_one}}{{#n_other}}b{{/n_other}}").empty());
}

TEST_CASE("A file of forms that lacks something is refused by its name", "[language][forms]") {
    const auto good = file_of("en");
    const auto refused = [](const std::string& json, const std::string& why) {
        const auto forms = Forms::parse("en", json);
        REQUIRE_FALSE(forms);
        CHECK(forms.error().kind == ErrorKind::Invalid);
        INFO(forms.error().what);
        CHECK(forms.error().what.find(why) != std::string::npos);
    };
    refused("{", "is not a JSON object");
    refused("[]", "is not a JSON object");
    refused(replaced(good, "\"thousands\":", "\"thousand\":"), "thousands");
    refused(replaced(good, "\"November\"", "11"), "is not a JSON object");
    refused(replaced(good, "\"12\": \"Dec\"", "\"13\": \"Dec\""), "short_months.12");
    refused(replaced(good, "{{day}} {{month}} {{year}}", "{{day}} {{month}}"), "\"day\"");
    refused(replaced(good, "{{day}}, {{time}}", "{{day}}, {{hour}}"), "\"moment\"");
    refused(replaced(good, "\"1000\"", "\"none\""), "thousands_from");
    CHECK(Forms::parse("tlh", good).error().what.find("plural rule") != std::string::npos);
}
