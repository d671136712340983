/// The texts of reports say the same in every language.

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include <catch2/catch.hpp>

#include "reports/approve.hpp"
#include "reports/example_reports.hpp"
#include "reports/rendered.hpp"
#include "reports/renderers.hpp"
#include "reports/report_library.hpp"
#include "reports/text_keys.hpp"
#include "temp_dir.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

namespace {

using fedtrail::testing::kLanguages;

constexpr const char* kPolicies = FEDTRAIL_SOURCE_DIR "/policies";

/// Texts that are the same word in both languages.
std::map<std::string, std::set<std::string>> reports_same_as_english() {
    return {{"de", {"cite.article", "page.column_server"}},
            {"es", {"confidence.medium"}},
            {"fr", {"confidence.medium", "page.controller_contact", "visibility.public"}},
            {"it", {"channel.relay.word", "count.servers.one", "mark.relay.word"}},
            {"nl",
             {"channel.relay.word",
              "count.servers.one",
              "count.servers.other",
              "mark.relay.word",
              "page.column_server"}},
            {"pl", {}}};
}

/// The name of a country, which is often the same in two languages.
bool is_country(const std::string& key) {
    return key.compare(0, 8, "country.") == 0;
}

/// Every sentence with a number in it, for numbers that ask for every form.
std::string counted_sentences(const ReportTexts& texts) {
    std::ostringstream out;
    for (const auto& [key, text] : texts.all()) {
        std::vector<ReportTexts::Count> counts;
        for (const auto* noun : {"servers",
                                 "times",
                                 "connections",
                                 "deliveries",
                                 "certain",
                                 "presumed",
                                 "countries",
                                 "items",
                                 "fetches"}) {
            const std::string name = noun;
            const bool named = fedtrail::testing::names_in(text).count(name) != 0 && key != "sentence.most";
            if (named) {
                counts.push_back({name, 0, name == "certain" || name == "presumed" ? "servers" : name});
            }
        }
        if (counts.empty()) {
            continue;
        }
        out << key << "\n";
        for (const std::uint64_t n : {1U, 2U, 5U, 22U, 1'000'000U}) {
            for (auto& count : counts) {
                count.value = n;
            }
            out << "  "
                << texts.fill(key,
                              {{"subject", "alice@origin.example"},
                               {"host", "a.example"},
                               {"first", texts.forms().day(at("2025-03-01T00:00:00Z"))},
                               {"last", texts.forms().day(at("2026-11-22T00:00:00Z"))},
                               {"since", texts.forms().day(at("2026-11-22T00:00:00Z"))},
                               {"from", texts.forms().day(at("2025-03-01T00:00:00Z"))},
                               {"to", texts.forms().day(at("2026-11-22T00:00:00Z"))},
                               {"peak", texts.forms().month(at("2026-11-22T00:00:00Z"))},
                               {"when", texts.forms().month(at("2026-11-22T00:00:00Z"))},
                               {"most", texts.at("country.NL") + " (7)"}},
                              counts)
                << "\n";
        }
    }
    return std::move(out).str();
}

}  // namespace

TEST_CASE("The languages that are tested are those that there are", "[reports][translations]") {
    const std::set<std::string> tested{kLanguages.begin(), kLanguages.end()};
    CHECK(fedtrail::testing::language_folders(kPolicies) == tested);
    const auto known = report_languages(kPolicies);
    REQUIRE(known);
    CHECK(std::set<std::string>{known->begin(), known->end()} == tested);
}

TEST_CASE("Every language has every text, with the same placeholders and articles",
          "[reports][translations]") {
    const auto& english = texts_in("en");
    for (const auto language : kLanguages) {
        const auto& texts = texts_in(language);
        CAPTURE(language);
        CHECK(keys_of(texts) == keys_of(english));
        for (const auto& [key, text] : texts.all()) {
            if (is_about(key)) {
                continue;
            }
            CAPTURE(key, text);
            CHECK_FALSE(text.empty());
            const auto& original = english.at(is_count(key) ? key.substr(0, key.rfind('.')) + ".other" : key);
            CHECK(fedtrail::testing::numbers_in(text) == fedtrail::testing::numbers_in(original));
            if (!is_count(key)) {
                CHECK(fedtrail::testing::names_in(text) == fedtrail::testing::names_in(original));
            }
        }
    }
}

TEST_CASE("A form of a noun that serves more than one number says which", "[reports][translations]") {
    for (const auto language : kLanguages) {
        const auto& texts = texts_in(language);
        for (const auto& [key, text] : texts.all()) {
            if (!is_count(key)) {
                continue;
            }
            CAPTURE(language, key);
            const bool just_one = key.substr(key.rfind('.')) == ".one" &&
                                  texts.forms().plurals().of(0) != language::Plural::One;
            CHECK((just_one || contains(text, "{{n}}")));
        }
    }
}

TEST_CASE("No text has been left in English", "[reports][translations]") {
    const auto& english = texts_in("en");
    const auto listed_words = reports_same_as_english();
    for (const auto language : kLanguages) {
        if (language == "en") {
            continue;
        }
        const auto& listed = listed_words.at(std::string{language});
        std::set<std::string> same;
        for (const auto& [key, text] : texts_in(language).all()) {
            const auto original = english.all().find(key);
            if (original != english.all().end() && original->second == text && !is_about(key) &&
                !is_country(key) && fedtrail::testing::has_words(text)) {
                same.insert(key);
            }
        }
        CAPTURE(language);
        CHECK(same == listed);
    }
}

TEST_CASE("A sentence that points at a word of the table uses that word", "[reports][translations]") {
    for (const auto language : kLanguages) {
        const auto& texts = texts_in(language);
        CAPTURE(language);
        for (const auto& [code, evidence] :
             std::map<std::string, std::string>{{"outcome_unknown", "intended"},
                                                {"inferred_only", "inferred"},
                                                {"receipt_unconfirmed", "sent"}}) {
            CAPTURE(code);
            CHECK(contains(texts.at("not_established." + code + ".sentence"),
                           texts.at("evidence." + evidence + ".word")));
        }
    }
}

TEST_CASE("A column's name can stand in the style sheet", "[reports][translations]") {
    for (const auto language : kLanguages) {
        for (const auto& [key, text] : texts_in(language).all()) {
            if (contains(key, "page.column_")) {
                CAPTURE(language, key);
                CHECK(text.find_first_of("'\"\\<>&") == std::string::npos);
            }
        }
    }
}

TEST_CASE("Every sentence with a number in it is the approved one", "[reports][translations][approval]") {
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto text = counted_sentences(texts_in(language));
        CHECK_FALSE(contains(text, "{{"));
        CHECK(text == approved("counted." + std::string{language} + ".txt", text));
    }
}

TEST_CASE("The page in each language is the approved one, and says which it is",
          "[reports][html][translations][approval]") {
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto& texts = texts_in(language);
        const auto page = html_of(report_of(small_ledger(), {}, texts), texts);
        CHECK(contains(page, "<html lang=\"" + std::string{language} + "\">"));
        const auto name = language == "en" ? "small.html" : "small." + std::string{language} + ".html";
        CHECK(page == approved(name, page));
    }
}

TEST_CASE("A page with everything on it is the approved one in each language",
          "[reports][html][translations][approval]") {
    Surroundings around;
    small_surroundings(around);
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto& texts = texts_in(language);
        const auto report = full_report_of(around, texts);
        const auto items = items_of(around, report);
        std::ostringstream out;
        render_html(report, texts, out, &items);
        CHECK_FALSE(contains(out.str(), "{{"));
        CHECK(out.str() == approved("full." + std::string{language} + ".html", out.str()));
    }
}

TEST_CASE("A library serves every language, and refuses a usual one that is not there",
          "[reports][translations]") {
    const auto library = ReportLibrary::load(kPolicies, "de-AT");
    REQUIRE(library);
    CHECK(library->usual() == "de");
    CHECK(library->languages().size() == kLanguages.size());
    CHECK(library->in("pl").language() == "pl");
    const auto unknown = ReportLibrary::load(kPolicies, "tlh");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == ErrorKind::NotFound);
    CHECK(contains(unknown.error().remedy, "de, en, es, fr, it, nl, pl"));
    CHECK_FALSE(contains(unknown_language("../../etc", library->languages()).what, "etc"));
    const fedtrail::testing::TempDir empty;
    CHECK(report_languages(empty.path().string()).error().kind == ErrorKind::NotFound);
}

TEST_CASE("Every language has its own names for countries, and a name for every country",
          "[reports][translations]") {
    CHECK(texts_in("de").at("country.NL") == "Niederlande");
    CHECK(texts_in("pl").at("country.NL") == "Holandia");
    CHECK(texts_in("fr").at("country.US") == "États-Unis");
    CHECK(texts_in("en").at("country.XK") == "Kosovo");
    for (const auto language : kLanguages) {
        std::size_t own = 0;
        std::size_t countries = 0;
        for (const auto& [key, name] : texts_in(language).all()) {
            countries += is_country(key) ? 1 : 0;
            own += is_country(key) && english().at(key) != name ? 1 : 0;
        }
        CAPTURE(language, own);
        CHECK(countries == 250);
        CHECK((language == "en" || own > 80));
    }
}

TEST_CASE("A word about recipients that is missing is said at start", "[reports][translations]") {
    const fedtrail::testing::TempDir copy;
    std::filesystem::copy(kPolicies, copy.path(), std::filesystem::copy_options::recursive);
    for (const auto& [file, word, key] : {std::tuple{"countries.json", "\"NL\"", "country.NL"},
                                          std::tuple{"recipients.json", "\"relay\"", "mark.relay.word"}}) {
        const auto path = copy / ("texts/it/" + std::string{file});
        std::stringstream text;
        text << std::ifstream{path}.rdbuf();
        auto changed = text.str();
        const auto at = changed.find(word);
        REQUIRE(at != std::string::npos);
        std::ofstream{path} << changed.replace(at, std::string_view{word}.size(), "\"nobody\"");
        const auto broken = ReportTexts::load(copy.path().string(), "it");
        REQUIRE_FALSE(broken);
        CHECK(contains(broken.error().what, file));
        CHECK(contains(broken.error().what, key));
        std::ofstream{path} << text.str();
    }
}

TEST_CASE("One language whose texts are broken is said at start, whatever the usual one is",
          "[reports][translations]") {
    const fedtrail::testing::TempDir copy;
    std::filesystem::copy(kPolicies, copy.path(), std::filesystem::copy_options::recursive);
    REQUIRE(ReportLibrary::load(copy.path().string(), "en"));
    std::filesystem::remove(copy / "texts/pl/forms.json");
    const auto broken = ReportLibrary::load(copy.path().string(), "en");
    REQUIRE_FALSE(broken);
    CHECK(broken.error().kind == ErrorKind::Invalid);
    CHECK(contains(broken.error().what, "texts/pl/forms.json"));
}

}  // namespace fedtrail::reports::test
