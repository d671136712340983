/// The texts of papers say the same in every language.

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "reports/approve.hpp"
#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/paper.hpp"
#include "reports/text_keys.hpp"
#include "temp_dir.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

namespace {

using fedtrail::testing::kLanguages;

/// Texts that are the same word in both languages.
const std::map<std::string, std::set<std::string>>& papers_same_as_english() {
    static const std::map<std::string, std::set<std::string>> all{
        {"de",
         {"activity.moderation.name",
          "assess.label.host",
          "assess.label.software",
          "label.server",
          "label.software"}},
        {"es", {"record.followed.no"}},
        {"fr",
         {"assess.label.contact",
          "assess.label.point",
          "assess.topic.contact",
          "label.contact",
          "label.source"}},
        {"it", {"assess.label.host", "label.server", "record.followed.no"}},
        {"nl",
         {"assess.label.contact",
          "assess.label.host",
          "assess.label.open",
          "assess.label.software",
          "label.contact",
          "label.server",
          "label.servers",
          "label.software",
          "service.hosting"}},
        {"pl", {"assess.label.operator"}}};
    return all;
}

}  // namespace

TEST_CASE("Every language has every text of papers, with the same placeholders and articles",
          "[reports][papers][translations]") {
    const auto& english = papers_in("en");
    for (const auto language : kLanguages) {
        const auto& texts = papers_in(language);
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
            CHECK(fedtrail::testing::names_in(text) == fedtrail::testing::names_in(original));
        }
    }
}

TEST_CASE("No text of papers has been left in English", "[reports][papers][translations]") {
    const auto& english = papers_in("en");
    for (const auto language : kLanguages) {
        if (language == "en") {
            continue;
        }
        std::set<std::string> same;
        for (const auto& [key, text] : papers_in(language).all()) {
            const auto original = english.all().find(key);
            if (original != english.all().end() && original->second == text && !is_about(key) &&
                fedtrail::testing::has_words(fedtrail::testing::words_in(text)) &&
                text.find("{{text}}") != 0) {
                same.insert(key);
            }
        }
        CAPTURE(language);
        CHECK(same == papers_same_as_english().at(std::string{language}));
    }
}

TEST_CASE("A straight quote or apostrophe is in no text of papers", "[reports][papers][translations]") {
    for (const auto language : kLanguages) {
        for (const auto& [key, text] : papers_in(language).all()) {
            CAPTURE(language, key, text);
            CHECK((is_about(key) || text.find_first_of("'\"") == std::string::npos));
        }
    }
}

TEST_CASE("Every sentence of papers with a number in it is the approved one",
          "[reports][papers][translations][approval]") {
    for (const auto language : kLanguages) {
        const auto& texts = papers_in(language);
        std::ostringstream out;
        for (const auto& [key, text] : texts.all()) {
            const auto names = fedtrail::testing::names_in(text);
            std::vector<FillCount> counts;
            for (const auto* noun : {"servers", "disclosures", "countries"}) {
                if (names.count(noun) != 0) {
                    counts.push_back({noun, 0, noun});
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
                    << texts.plain(texts.fill(
                           key, {{"first", texts.forms().day(at("2025-03-01T00:00:00Z"))}}, counts))
                    << "\n";
            }
        }
        CAPTURE(language);
        const auto text = std::move(out).str();
        CHECK(text.find("{{") == std::string::npos);
        CHECK(text == approved("counted-papers." + std::string{language} + ".txt", text));
    }
}

TEST_CASE("A broken file of papers' texts is said at start, with what is wrong", "[reports][papers]") {
    const fedtrail::testing::TempDir copy;
    std::filesystem::copy(
        FEDTRAIL_SOURCE_DIR "/policies", copy.path(), std::filesystem::copy_options::recursive);
    const auto file = copy / "texts/en/papers.json";
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    const auto with = [&](const std::string& from, const std::string& to) {
        auto changed = text.str();
        const auto found = changed.find(from);
        REQUIRE(found != std::string::npos);
        changed.replace(found, from.size(), to);
        std::ofstream{file} << changed;
        const auto loaded = PaperTexts::load(copy.path().string(), english());
        REQUIRE_FALSE(loaded);
        CHECK(loaded.error().kind == ErrorKind::Invalid);
        return loaded.error().what;
    };
    CHECK(with("\"colophon\":", "\"colofon\":").find("lacks the text \"notice.colophon\"") !=
          std::string::npos);
    CHECK(with("[[28]]", "[[28(z)]]").find("names no article: [[28(z)]]") != std::string::npos);
    CHECK(with("{{#servers_one}}passes", "{{#server_one}}passes").find("papers.json") != std::string::npos);
}

TEST_CASE("References are articles of the GDPR and nothing else", "[reports][papers]") {
    for (const auto* article : {"13", "13(1)", "13(1)(a)", "9(2)(e)"}) {
        CHECK(is_article(article));
    }
    for (const auto* other : {"", "x", "13(", "13(1)(a)(b)", "13(a)", "113", "13(1)(aa)", "13 (1)", "../1"}) {
        CAPTURE(other);
        CHECK_FALSE(is_article(other));
    }
}

}  // namespace fedtrail::reports::test
