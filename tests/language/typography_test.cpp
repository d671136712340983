/// Spaces before and within punctuation, in every text that people read.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "language/flat_texts.hpp"
#include "translation.hpp"

using namespace fedtrail;

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWide = "\u00a0";
constexpr std::string_view kNarrow = "\u202f";

std::string content_of(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The texts of a file: of a JSON object all but what it says of itself; else the file without its comments
/// and without the keyword of its first line.
std::vector<std::string> texts_in(const fs::path& file) {
    auto text = content_of(file);
    if (file.extension() == ".json") {
        std::vector<std::string> texts;
        const auto all = language::flat_texts(text);
        REQUIRE(all);
        for (const auto& [key, one] : *all) {
            if (!key.starts_with("about.")) {
                texts.push_back(one);
            }
        }
        return texts;
    }
    while (text.starts_with("{{!")) {
        text.erase(0, text.find('\n') + 1);
    }
    constexpr std::string_view kKeyword = "Subject:";
    text.erase(0, text.starts_with(kKeyword) ? kKeyword.size() : 0);
    return {text};
}

/// With a letter for each placeholder: what stands before and behind it is written for what it becomes.
std::string without_placeholders(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find("{{");
        const auto close = open == std::string_view::npos ? open : text.find("}}", open);
        out.append(text.substr(0, open)).append(open == std::string_view::npos ? "" : "x");
        text.remove_prefix(close == std::string_view::npos ? text.size() : close + 2);
    }
    return out;
}

std::string around(const std::string& text, std::size_t at) {
    const auto begin = at < 30 ? 0 : at - 30;
    return text.substr(begin, at - begin + 10);
}

/// Where the text breaks the rule of the Imprimerie nationale (Lexique des règles typographiques): a no-break
/// space before a colon and within quotation marks, a narrow one before ; ! and ?. "" if it does not.
std::string french_fault(const std::string& text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto before = std::string_view{text}.substr(0, at);
        const auto behind = std::string_view{text}.substr(at);
        const bool wide = behind.starts_with(':') || behind.starts_with("»");
        const bool narrow = behind.starts_with(';') || behind.starts_with('!') || behind.starts_with('?');
        const bool opens = behind.starts_with("«");
        if ((wide && !before.ends_with(kWide)) || (narrow && !before.ends_with(kNarrow)) ||
            (opens && !behind.substr(std::string_view{"«"}.size()).starts_with(kWide))) {
            return around(text, at);
        }
    }
    return {};
}

/// Where a space stands before punctuation; "" if there is none.
std::string spaced_fault(const std::string& text) {
    for (const std::string_view space : {std::string_view{" "}, kWide, kNarrow}) {
        for (const std::string_view mark : {":", ";", "!", "?", "»"}) {
            const auto at = text.find(std::string{space}.append(mark));
            if (at != std::string::npos) {
                return around(text, at);
            }
        }
    }
    return {};
}

/// Where a word that French cuts before a vowel stands before a name, which may begin with one: "de
/// {{host}}" would be "de example.org". "" if it stands nowhere.
std::string elision_fault(const std::string& text) {
    for (const std::string_view name :
         {"host", "hosts", "recipient", "origin", "subject", "controller", "name", "file"}) {
        for (const std::string_view word : {"de", "que", "le", "la", "se", "ne"}) {
            for (const std::string_view before : {" ", "\n", "("}) {
                const auto at =
                    text.find(std::string{before}.append(word).append(" {{").append(name).append("}}"));
                if (at != std::string::npos) {
                    return around(text, at);
                }
            }
        }
    }
    return {};
}

}  // namespace

TEST_CASE("French has its spaces before punctuation, other languages have none", "[language][typography]") {
    for (const auto tag : fedtrail::testing::kLanguages) {
        const auto folder = fs::path{FEDTRAIL_SOURCE_DIR "/policies/texts"} / tag;
        std::size_t files = 0;
        for (const auto& file : fs::recursive_directory_iterator{folder}) {
            if (!file.is_regular_file()) {
                continue;
            }
            ++files;
            for (const auto& text : texts_in(file.path())) {
                CAPTURE(file.path().string());
                const auto words = without_placeholders(text);
                CHECK((tag == "fr" ? french_fault(words) : spaced_fault(words)) == "");
                CHECK((tag == "fr" ? elision_fault(text) : "") == "");
            }
        }
        CHECK(files >= 10);
    }
}

TEST_CASE("A wrong space before French punctuation is found", "[language][typography]") {
    CHECK(french_fault("Droits\u00a0: « x »").find("« x") != std::string::npos);
    for (const auto* wrong :
         {"ainsi: x", "ainsi : x", "ainsi\u202f: x", "fini ; x", "fini\u00a0; x", "quoi ?"}) {
        CAPTURE(wrong);
        CHECK_FALSE(french_fault(wrong).empty());
    }
    CHECK(french_fault("ainsi\u00a0: «\u00a0x\u00a0»\u202f; fini\u202f!").empty());
    CHECK_FALSE(elision_fault("l’exploitant de {{recipient}}").empty());
    CHECK(elision_fault("l’exploitant du serveur {{recipient}}").empty());
    CHECK(without_placeholders("{{#a}}b{{/a}}\u00a0: {{c}}") == "xbx\u00a0: x");
}
