/// What a text and its translation must have in common.

#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fedtrail::testing {

inline constexpr std::array<std::string_view, 7> kLanguages{"de", "en", "es", "fr", "it", "nl", "pl"};

/// The names in a text's placeholders and sections. What depends on a number ("servers_n", "servers_few") is
/// the number's name: languages have different forms.
inline std::set<std::string> names_in(std::string_view text) {
    std::set<std::string> names;
    for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
        const auto start = text.find_first_not_of("{#^/& ", at);
        if (start == std::string_view::npos || text[start] == '!') {
            continue;
        }
        std::string name{text.substr(start, text.find_first_of(" }", start) - start)};
        for (const std::string_view ending : {"_n", "_one", "_few", "_many", "_other"}) {
            if (name.size() > ending.size() &&
                std::string_view{name}.substr(name.size() - ending.size()) == ending) {
                name.resize(name.size() - ending.size());
                break;
            }
        }
        names.insert(name);
    }
    return names;
}

/// Everything outside placeholders.
inline std::string words_in(std::string_view text) {
    std::string words;
    while (!text.empty()) {
        const auto open = text.find("{{");
        words.append(text.substr(0, open)).append(" ");
        const auto close = open == std::string_view::npos ? open : text.find("}}", open);
        text.remove_prefix(close == std::string_view::npos ? text.size() : close + 2);
    }
    return words;
}

/// The numbers that the words name: articles, paragraphs, the Regulation. Sorted.
inline std::vector<std::string> numbers_in(std::string_view text) {
    std::vector<std::string> numbers;
    std::string number;
    for (const char c : words_in(text) + " ") {
        if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
            number += c;
        } else if (!number.empty()) {
            numbers.push_back(std::exchange(number, {}));
        }
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

/// Whether there is anything to translate.
inline bool has_words(std::string_view text) {
    const auto words = words_in(text);
    return std::any_of(
        words.begin(), words.end(), [](unsigned char c) { return c >= 0x80 || std::isalpha(c) != 0; });
}

/// The folders of policies/texts. A test that lists languages must know all of them.
inline std::set<std::string> language_folders(const std::filesystem::path& policies) {
    std::set<std::string> names;
    for (const auto& folder : std::filesystem::directory_iterator{policies / "texts"}) {
        names.insert(folder.path().filename().string());
    }
    return names;
}

}  // namespace fedtrail::testing
