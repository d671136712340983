/// Answers and letters say the same in every language.

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "erasure/answer.hpp"
#include "erasure/letters.hpp"
#include "language/parts.hpp"
#include "temp_dir.hpp"
#include "translation.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

namespace fs = std::filesystem;

fs::path texts_folder() {
    return FEDTRAIL_SOURCE_DIR "/policies/texts";
}

/// Every Mustache file of a language by its path in the folder.
std::map<std::string, std::string> templates_of(std::string_view language) {
    std::map<std::string, std::string> all;
    const auto folder = texts_folder() / std::string{language};
    for (const auto& file : fs::recursive_directory_iterator{folder}) {
        if (file.path().extension() == ".mustache") {
            std::ifstream in{file.path()};
            all[fs::relative(file.path(), folder).string()] = {std::istreambuf_iterator<char>{in}, {}};
        }
    }
    return all;
}

std::set<std::string> lines_of(const std::string& text) {
    std::set<std::string> lines;
    std::string line;
    for (const char c : text) {
        if (c == '\n') {
            lines.insert(std::exchange(line, {}));
        } else {
            line += c;
        }
    }
    return lines;
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

erasure::AnswerWords answer_words(std::string_view language) {
    auto words = erasure::load_answer_words(texts_folder().parent_path().string(), language);
    INFO((words ? std::string{} : words.error().what));
    REQUIRE(words);
    return *std::move(words);
}

/// The fault of the answer's words in Italian with `from` in `file` made `to`.
std::string answer_fault_with(const std::string& file, const std::string& from, const std::string& to) {
    const TempDir copy;
    fs::copy(texts_folder(), copy / "texts", fs::copy_options::recursive);
    const auto path = copy / "texts/it" / file;
    std::ifstream in{path};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    std::ofstream{path} << text.replace(at, from.size(), to);
    const auto words = erasure::load_answer_words(copy.path().string(), "it");
    REQUIRE_FALSE(words);
    CHECK(words.error().kind == ErrorKind::Invalid);
    return words.error().what;
}

erasure::LetterTexts letters() {
    auto texts = erasure::LetterTexts::load(texts_folder().parent_path().string());
    INFO((texts ? std::string{} : texts.error().what));
    REQUIRE(texts);
    return std::move(*texts);
}

/// Everything a letter can say, except that the server was out of reach.
erasure::LetterFacts all_facts() {
    erasure::LetterFacts facts;
    facts.controller = {"Origin Foundation", "privacy@origin.example", "dpo@origin.example"};
    facts.origin = *Host::parse("origin.example");
    facts.recipient = *Host::parse("a.example");
    facts.reference = "7-12";
    facts.at = *parse_rfc3339("2026-11-22T10:00:00Z");
    facts.things = {Personal<std::string>{"https://origin.example/users/alice"}};
    facts.more = 3;
    facts.acknowledged_at = *parse_rfc3339("2026-10-01T10:00:00Z");
    facts.seen_at = *parse_rfc3339("2026-11-02T10:00:00Z");
    facts.first_letter_at = *parse_rfc3339("2026-10-20T10:00:00Z");
    facts.from_us = true;
    facts.told = true;
    facts.refused = true;
    facts.status = 403;
    return facts;
}

std::string today_in(std::string_view language) {
    const std::map<std::string, std::string, std::less<>> days{{"de", "22. November 2026"},
                                                               {"en", "22 November 2026"},
                                                               {"es", "22 de noviembre de 2026"},
                                                               {"fr", "22 novembre 2026"},
                                                               {"it", "22 novembre 2026"},
                                                               {"nl", "22 november 2026"},
                                                               {"pl", "22 listopada 2026"}};
    return days.find(language)->second;
}

}  // namespace

TEST_CASE("Every language has every answer and letter, with the same placeholders and articles",
          "[erasure][translations]") {
    const auto english = templates_of("en");
    REQUIRE(english.size() >= 3);
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto translated = templates_of(language);
        for (const auto& [file, text] : english) {
            CAPTURE(file);
            REQUIRE(translated.count(file) == 1);
            CHECK(names_in(translated.at(file)) == names_in(text));
            CHECK(numbers_in(translated.at(file)) == numbers_in(text));
        }
        CHECK(translated.size() == english.size());
    }
}

TEST_CASE("No line of an answer or a letter has been left in English", "[erasure][translations]") {
    for (const auto& [file, text] : templates_of("en")) {
        for (const auto language : kLanguages) {
            if (language == "en") {
                continue;
            }
            const auto translated = lines_of(templates_of(language).at(file));
            for (const auto& line : lines_of(text)) {
                CAPTURE(language, file, line);
                const bool comment = line.compare(0, 3, "{{!") == 0;
                CHECK((comment || !has_words(line) || translated.count(line) == 0));
            }
        }
    }
}

TEST_CASE("Every language has every part of the answer, with the same placeholders and articles",
          "[erasure][answer][translations]") {
    const auto english = answer_words("en").parts;
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto parts = answer_words(language).parts;
        CHECK(parts.size() == english.size());
        for (const auto& [name, text] : english) {
            CAPTURE(name);
            REQUIRE(parts.count(name) == 1);
            const auto& translated = parts.find(name)->second;
            CHECK(names_in(translated) == names_in(text));
            CHECK(numbers_in(translated) == numbers_in(text));
            CHECK((language == "en" || !has_words(text) || translated != text));
        }
    }
}

TEST_CASE("No part of the answer stands for nothing", "[erasure][answer][translations]") {
    const auto words = answer_words("en");
    const auto in_text = language::parts_named(words.text);
    std::set<std::string> named{in_text.begin(), in_text.end()};
    for (const auto& [name, text] : words.parts) {
        for (auto& part : language::parts_named(text)) {
            named.insert(std::move(part));
        }
    }
    for (const auto& [name, text] : words.parts) {
        CAPTURE(name);
        CHECK(named.count(name.substr(0, name.find('.'))) == 1);
    }
}

TEST_CASE("A part of the answer that is missing, unknown, broken or without end is refused at start",
          "[erasure][answer][translations]") {
    const auto said = [](const std::string& fault, const std::string& words) {
        CAPTURE(fault, words);
        return count_of(fault, words) == 1;
    };
    const auto* const json = "erasure-answer.json";
    CHECK(said(answer_fault_with(json, "\"planned\"", "\"plan\""), "lacks the text \"state.planned\""));
    CHECK(
        said(answer_fault_with(json, "\"expression\"", "\"free\""), "lacks the text \"ground.expression\""));
    CHECK(said(answer_fault_with(json, "\"told_and\"", "\"told\""), "{{>told_and}}, which there is not"));
    CHECK(said(answer_fault_with(json, "{{/seen}}", ""), "\"state.disproportionate\""));
    CHECK(said(answer_fault_with(json, "{{>confirmed}}", "{{>server}}"), "never ends"));
    CHECK(said(answer_fault_with(json, "{", "["), "is not a JSON object of texts"));
    CHECK(said(answer_fault_with("erasure-answer.md.mustache", "{{>server}}", "{{>host}}"),
               "erasure-answer.md.mustache: names the part {{>host}}, which there is not"));
}

TEST_CASE("A letter in each language says all it can, and the days as they are written there",
          "[letters][translations]") {
    const auto texts = letters();
    for (const auto language : kLanguages) {
        CAPTURE(language);
        for (const auto* name : {"erasure", "erasure-reminder", "removal", "removal-reminder"}) {
            CAPTURE(name);
            const auto letter = texts.write(name, language, language, all_facts());
            REQUIRE(letter);
            CHECK(letter->note.empty());
            CHECK(letter->language == language);
            CHECK(count_of(letter->text, "{{") == 0);
            CHECK(count_of(letter->subject, "a.example") == 1);
            CHECK(count_of(letter->subject, "7-12") == 1);
            CHECK(count_of(letter->text, "* * *") == 0);
            CHECK(count_of(letter->text, "\n" + today_in(language) + "\n") == 1);
            CHECK(count_of(letter->text, "2026-") == 0);
            for (const auto* part : {"Origin Foundation",
                                     "privacy@origin.example",
                                     "dpo@origin.example",
                                     "https://origin.example/users/alice",
                                     "17",
                                     "19"}) {
                CAPTURE(part);
                CHECK(count_of(letter->text, part) >= 1);
            }
        }
    }
}

TEST_CASE("What is left out of a letter is counted in the language's own forms", "[letters][translations]") {
    const auto texts = letters();
    auto facts = all_facts();
    std::map<std::uint64_t, std::string> said;
    for (const std::uint64_t n : {1U, 3U, 5U, 22U, 12'345U}) {
        facts.more = n;
        said[n] = texts.write("erasure", "pl", "pl", facts)->text;
    }
    CHECK(count_of(said[1], "1 element, który") == 1);
    CHECK(count_of(said[3], "3 elementy, które") == 1);
    CHECK(count_of(said[5], "5 elementów, które") == 1);
    CHECK(count_of(said[22], "22 elementy, które") == 1);
    CHECK(count_of(said[12'345], "12\u00a0345 elementów, które") == 1);
    facts.more = 1;
    CHECK(count_of(texts.write("erasure", "en", "en", facts)->text, "and 1 more, which was named") == 1);
    facts.more = 0;
    CHECK(count_of(texts.write("erasure", "pl", "pl", facts)->text, "element") == 0);
}

TEST_CASE("A letter to a reader of one language from a writer of another has both, theirs first",
          "[letters][translations]") {
    const auto texts = letters();
    const auto both = texts.write("erasure", "pl-PL", "nl", all_facts());
    REQUIRE(both);
    CHECK(both->language == "pl");
    CHECK(both->note.empty());
    CHECK(both->subject.find("Usunięcie danych osobowych") == 0);
    const auto cut = both->text.find("* * *");
    REQUIRE(cut != std::string::npos);
    CHECK(both->text.find("22 listopada 2026") < cut);
    CHECK(both->text.find("22 november 2026") > cut);
    const auto missing = texts.write("erasure", "sv", "nl", all_facts());
    CHECK(missing->language == "nl");
    CHECK(missing->note == "there is no text in the recipient's language (sv)");
}

TEST_CASE("A letter that leaves out a form of its language is refused at start", "[letters][translations]") {
    const TempDir copy;
    fs::copy(texts_folder(), copy / "texts", fs::copy_options::recursive);
    REQUIRE(erasure::LetterTexts::load(copy.path().string()));
    fs::copy_file(texts_folder() / "en/letters/parts/listed.mustache",
                  copy / "texts/pl/letters/parts/listed.mustache",
                  fs::copy_options::overwrite_existing);
    const auto texts = erasure::LetterTexts::load(copy.path().string());
    REQUIRE_FALSE(texts);
    CHECK(texts.error().what.find("texts/pl/letters/parts/listed.mustache") != std::string::npos);
    CHECK(texts.error().what.find("more_few") != std::string::npos);
}

TEST_CASE("A letter whose part is missing is refused at start, by both names", "[letters][translations]") {
    const TempDir copy;
    fs::copy(texts_folder(), copy / "texts", fs::copy_options::recursive);
    fs::remove(copy / "texts/nl/letters/parts/sender.mustache");
    const auto texts = erasure::LetterTexts::load(copy.path().string());
    REQUIRE_FALSE(texts);
    CHECK(texts.error().kind == ErrorKind::Invalid);
    CHECK(texts.error().what.find("texts/nl/letters/erasure.mustache: names the part {{>sender}}") !=
          std::string::npos);
}

TEST_CASE("No part of a letter stands for nothing", "[letters][translations]") {
    std::set<std::string> named;
    std::set<std::string> written;
    for (const auto& [file, text] : templates_of("en")) {
        if (!file.starts_with("letters/")) {
            continue;
        }
        for (const auto& part : language::parts_named(text)) {
            named.insert("letters/parts/" + part + ".mustache");
        }
        if (file.starts_with("letters/parts/")) {
            written.insert(file);
        }
    }
    CHECK(named == written);
}
